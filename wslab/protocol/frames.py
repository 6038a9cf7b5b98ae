"""Bytes to one WebSocket frame, and back (RFC 6455 §5).

Rules of this file:

* A frame *is* its header bytes and its payload as it travelled; every other
  fact is read out of those on demand. Nothing is thrown away, so
  ``Frame.parse(b).encode() == b`` for every complete frame, legal or not.
* ``None`` means "more bytes are needed", never "wrong".
* Nothing here judges. A fragmented ping or a wasteful length form is parsed as
  it stands; ``wslab.protocol.rules`` says what is wrong with it.
* A declared length is only a number. Memory is used for bytes that arrived.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from struct import Struct
from typing import Final

_UINT16: Final = Struct("!H")
_UINT64: Final = Struct("!Q")

FIN: Final = 0b1000_0000
RSV1: Final = 0b0100_0000
RSV2: Final = 0b0010_0000
RSV3: Final = 0b0001_0000
OPCODE: Final = 0b0000_1111
MASK: Final = 0b1000_0000
LENGTH: Final = 0b0111_1111

LENGTH_16: Final = 126  # the 7-bit length that says: two more length bytes follow
LENGTH_64: Final = 127  # the 7-bit length that says: eight more length bytes follow


class Side(Enum):
    """Who sent the bytes. In a tap nobody is "local", so these are the only words."""

    CLIENT = "client"
    SERVER = "server"

    @property
    def peer(self) -> Side:
        """The other end of the connection."""
        return Side.SERVER if self is Side.CLIENT else Side.CLIENT

    @property
    def must_mask(self) -> bool:
        """A client masks every frame, a server none (RFC 6455 §5.1)."""
        return self is Side.CLIENT

    def __repr__(self) -> str:
        return f"Side.{self.name}"


class Opcode(IntEnum):
    """What a frame is for (RFC 6455 §5.2, §11.8). Other values are reserved."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """Why a connection ends (RFC 6455 §7.4.1 and the IANA registry).

    Each row holds the value, its phrase, and whether it may stand in a Close
    frame. The three that may not are words an API uses to say that no such
    frame was seen.
    """

    phrase: str
    sendable: bool

    def __new__(cls, value: int, phrase: str, sendable: bool) -> CloseCode:
        row = int.__new__(cls, value)
        row._value_ = value
        row.phrase = phrase
        row.sendable = sendable
        return row

    NORMAL_CLOSURE = 1000, "the purpose of the connection is fulfilled", True
    GOING_AWAY = 1001, "the server stops or the page is left", True
    PROTOCOL_ERROR = 1002, "the peer broke the protocol", True
    UNSUPPORTED_DATA = 1003, "this kind of data is not accepted", True
    NO_STATUS_RECEIVED = 1005, "a Close frame without a code was received", False
    ABNORMAL_CLOSURE = 1006, "the connection ended without a Close frame", False
    INVALID_FRAME_PAYLOAD_DATA = 1007, "the data does not fit its type (not UTF-8)", True
    POLICY_VIOLATION = 1008, "the message breaks the receiver's policy", True
    MESSAGE_TOO_BIG = 1009, "the message is too big to process", True
    MANDATORY_EXTENSION = 1010, "the server did not agree to an extension", True
    INTERNAL_ERROR = 1011, "the server met an unexpected condition", True
    SERVICE_RESTART = 1012, "the service restarts", True
    TRY_AGAIN_LATER = 1013, "the service is overloaded", True
    BAD_GATEWAY = 1014, "a gateway got an invalid response", True
    TLS_HANDSHAKE = 1015, "the TLS handshake failed", False


_OPCODES: Final[tuple[Opcode | int, ...]] = tuple(
    Opcode(value) if value in Opcode._value2member_map_ else value for value in range(16)
)


def apply_mask(data: bytes, key: bytes) -> bytes:
    """XOR every byte with the 4-byte key, over and over (RFC 6455 §5.3).

    The same call masks and unmasks. One XOR of two long integers replaces a
    loop over the bytes, which in Python is some fifty times slower.

    Raises ValueError if the key is not 4 bytes long.
    """
    if len(key) != 4:
        raise ValueError(f"a masking key has 4 bytes; this one has {len(key)}: {key.hex(' ')}")
    size = len(data)
    pad = key * (size // 4 + 1)
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(pad[:size], "little")
    return mixed.to_bytes(size, "little")


_LENGTH_SIZES: Final = {LENGTH_16: 2, LENGTH_64: 8}


def header_size(data: bytes, offset: int = 0) -> int | None:
    """How many bytes the header at `offset` takes: 2 to 14; None before its 2nd byte."""
    if len(data) < offset + 2:
        return None
    second = data[offset + 1]
    return 2 + _LENGTH_SIZES.get(second & LENGTH, 0) + (4 if second & MASK else 0)


class FrameHeader:
    """The 2 to 14 bytes before a payload (RFC 6455 §5.2).

    It can be read before the payload has arrived, so that a frame which breaks
    a rule in its header can be judged at once.
    """

    __slots__ = ("_head",)
    _head: bytes

    def __init__(self, data: bytes) -> None:
        size = header_size(data)
        if size is None or size != len(data):
            raise ValueError(f"these are not exactly the bytes of a frame header: {data.hex(' ')}")
        self._head = bytes(data)

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> FrameHeader | None:
        """Read the header that starts at byte `offset`; None if it is not whole yet."""
        size = header_size(data, offset)
        if size is None or len(data) < offset + size:
            return None
        return cls(bytes(data[offset : offset + size]))

    def encode(self) -> bytes:
        """The header's bytes as they travel."""
        return self._head

    @property
    def fin(self) -> bool:
        """Is this the last frame of its message?"""
        return self._head[0] >= FIN

    @property
    def rsv1(self) -> bool:
        """Reserved bit 1; permessage-deflate uses it (RFC 7692 §6)."""
        return bool(self._head[0] & RSV1)

    @property
    def rsv2(self) -> bool:
        """Reserved bit 2."""
        return bool(self._head[0] & RSV2)

    @property
    def rsv3(self) -> bool:
        """Reserved bit 3."""
        return bool(self._head[0] & RSV3)

    @property
    def opcode(self) -> Opcode | int:
        """What the frame is for; a plain int if the value is reserved."""
        return _OPCODES[self._head[0] & OPCODE]

    @property
    def mask(self) -> bytes | None:
        """The 4-byte masking key, or None for an unmasked frame."""
        return self._head[-4:] if self._head[1] & MASK else None

    @property
    def length(self) -> int:
        """The declared payload length in bytes."""
        short = self._head[1] & LENGTH
        if short == LENGTH_16:
            return int(_UINT16.unpack_from(self._head, 2)[0])
        if short == LENGTH_64:
            return int(_UINT64.unpack_from(self._head, 2)[0])
        return short

    @property
    def length_size(self) -> int:
        """How many extra length bytes follow the first two: 0, 2 or 8."""
        return _LENGTH_SIZES.get(self._head[1] & LENGTH, 0)

    def __len__(self) -> int:
        return len(self._head)

    def __eq__(self, other: object) -> bool:
        return self._head == other._head if isinstance(other, FrameHeader) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._head)

    def __repr__(self) -> str:
        return f"FrameHeader({self._head.hex(' ')!r}, length={self.length})"


class Frame(FrameHeader):
    """One frame: `opcode`, `payload` in bytes (never masked), and every header choice.

    `mask` is the sender's 4-byte key, or None. `length_size` is the number of
    extra length bytes, 0, 2 or 8; None takes the shortest form that fits, as
    RFC 6455 §5.2 wants. Frames that break the rules can be built on purpose.

    Raises ValueError if the values cannot be written in a header at all.
    """

    __slots__ = ("_wire",)
    _wire: bytes  # the payload as it travels: masked, if there is a mask

    def __init__(
        self,
        opcode: int,
        payload: bytes = b"",
        *,
        fin: bool = True,
        rsv1: bool = False,
        rsv2: bool = False,
        rsv3: bool = False,
        mask: bytes | None = None,
        length_size: int | None = None,
    ) -> None:
        if not 0 <= opcode <= OPCODE:
            raise ValueError(f"an opcode has 4 bits, so 0 to 15; found {opcode}")
        if mask is not None and len(mask) != 4:
            raise ValueError(f"a masking key has 4 bytes; found {len(mask)}: {mask.hex(' ')}")
        payload = bytes(payload)
        first = FIN * fin | RSV1 * rsv1 | RSV2 * rsv2 | RSV3 * rsv3 | opcode
        length = _encode_length(len(payload), length_size)
        second = length[0] | (0 if mask is None else MASK)
        self._head = bytes((first, second)) + length[1:] + (mask or b"")
        self._wire = payload if mask is None else apply_mask(payload, mask)

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> Frame | None:
        """Read the frame that starts at byte `offset`; None if it is not whole yet."""
        # This runs once a frame, in the hottest loop of the house, so it reads
        # each byte once, and builds no object but the frame itself.
        have = len(data) - offset
        if have < 2:
            return None
        short = data[offset + 1]
        start = 2
        size = short & LENGTH
        if size >= LENGTH_16:
            start = 4 if size == LENGTH_16 else 10
            if have < start:
                return None
            length_form = _UINT16 if size == LENGTH_16 else _UINT64
            (size,) = length_form.unpack_from(data, offset + 2)
        if short >= MASK:
            start += 4
        if have < start + size:
            return None
        body = offset + start
        frame: Frame = object.__new__(cls)
        frame._head = bytes(data[offset:body])
        frame._wire = bytes(data[body : body + size])
        return frame

    def encode(self) -> bytes:
        """The frame's bytes as they travel."""
        return self._head + self._wire

    @property
    def header(self) -> FrameHeader:
        """The header alone."""
        return FrameHeader(self._head)

    @property
    def payload(self) -> bytes:
        """The payload in bytes, unmasked."""
        head = self._head
        return apply_mask(self._wire, head[-4:]) if head[1] >= MASK else self._wire

    @property
    def masked_payload(self) -> bytes:
        """The payload as it travels; equal to `payload` when there is no mask."""
        return self._wire

    def __len__(self) -> int:
        return len(self._head) + len(self._wire)

    def __eq__(self, other: object) -> bool:
        return self.encode() == other.encode() if isinstance(other, Frame) else NotImplemented

    def __hash__(self) -> int:
        return hash((self._head, self._wire))

    def __repr__(self) -> str:
        opcode = self.opcode
        parts = [f"Opcode.{opcode.name}" if isinstance(opcode, Opcode) else f"0x{opcode:X}"]
        parts.append(repr(self.payload))
        parts += [] if self.fin else ["fin=False"]
        parts += [f"{bit}=True" for bit in ("rsv1", "rsv2", "rsv3") if getattr(self, bit)]
        parts += [] if self.mask is None else [f"mask=bytes.fromhex({self.mask.hex()!r})"]
        if self.length_size != _shortest_length_size(len(self._wire)):
            parts.append(f"length_size={self.length_size}")
        return f"Frame({', '.join(parts)})"


def _shortest_length_size(length: int) -> int:
    """The extra length bytes that RFC 6455 §5.2 demands for this many payload bytes."""
    return 0 if length < LENGTH_16 else 2 if length < 1 << 16 else 8


def _encode_length(length: int, length_size: int | None) -> bytes:
    """The 7-bit length and the extra length bytes, 1, 3 or 9 bytes in all."""
    shortest = _shortest_length_size(length)
    size = shortest if length_size is None else length_size
    if size not in (0, 2, 8):
        raise ValueError(f"a frame has 0, 2 or 8 extra length bytes, not {length_size}")
    if size < shortest:
        raise ValueError(f"{length} bytes do not fit in {size} extra length bytes; use {shortest}")
    if size == 0:
        return bytes((length,))
    if size == 2:
        return bytes((LENGTH_16,)) + _UINT16.pack(length)
    return bytes((LENGTH_64,)) + _UINT64.pack(length)


class FrameReader:
    """Frames out of a stream of bytes that arrives in pieces of any size.

    `pending` holds the bytes of the frame that is not whole yet. It grows only
    by what was fed, whatever length a header declares.
    """

    __slots__ = ("_buffer", "_wanted")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted = 0  # no frame can be whole before the buffer holds this many bytes

    @property
    def pending(self) -> bytes:
        """What was fed and is not part of a whole frame yet."""
        return bytes(self._buffer)

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes of the stream; return the frames they complete."""
        buffer = self._buffer
        if buffer:
            buffer += chunk
            if len(buffer) < self._wanted:
                return []
            chunk = bytes(buffer)
            buffer.clear()
        frames: list[Frame] = []
        parse, offset = Frame.parse, 0
        while (frame := parse(chunk, offset)) is not None:
            frames.append(frame)
            offset += len(frame._head) + len(frame._wire)
        if offset < len(chunk):
            buffer += memoryview(chunk)[offset:]
            self._wanted = _size_wanted(chunk, offset)
        return frames


def _size_wanted(data: bytes, offset: int) -> int:
    """How many bytes the frame at `offset` must have before it can be whole."""
    size = header_size(data, offset)
    if size is None:
        return 2
    header = FrameHeader.parse(data, offset)
    return size if header is None else size + header.length


class ClosePayload:
    """What a Close frame says: a code and a reason (RFC 6455 §5.5.1, §7.4).

    `code` is None for an empty payload, and for the illegal one-byte payload,
    whose byte is kept in `reason_bytes`; so `ClosePayload.parse(b).encode() == b`.
    """

    __slots__ = ("code", "reason_bytes")
    code: CloseCode | int | None
    reason_bytes: bytes

    def __init__(self, code: int | None = None, reason: str | bytes = b"") -> None:
        if code is not None and not 0 <= code < 1 << 16:
            raise ValueError(f"a close code has 16 bits, so 0 to 65535; found {code}")
        self.code = code if code is None else _close_code(code)
        self.reason_bytes = reason.encode() if isinstance(reason, str) else bytes(reason)

    @classmethod
    def parse(cls, payload: bytes) -> ClosePayload:
        """Read the (unmasked) payload of a Close frame."""
        if len(payload) < 2:
            return cls(None, payload)
        return cls(_UINT16.unpack_from(payload)[0], payload[2:])

    def encode(self) -> bytes:
        """The payload's bytes."""
        return (b"" if self.code is None else _UINT16.pack(self.code)) + self.reason_bytes

    @property
    def reason(self) -> str:
        """The reason as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.reason_bytes.decode(errors="replace")

    def __eq__(self, other: object) -> bool:
        return self.encode() == other.encode() if isinstance(other, ClosePayload) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.encode())

    def __repr__(self) -> str:
        code = f"CloseCode.{self.code.name}" if isinstance(self.code, CloseCode) else self.code
        return f"ClosePayload({code}, {self.reason!r})"


def _close_code(value: int) -> CloseCode | int:
    """The named row of a close code, or the plain number."""
    return CloseCode._value2member_map_.get(value, value)  # type: ignore[return-value]
