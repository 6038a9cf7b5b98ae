"""Bytes to one WebSocket frame, and back (RFC 6455 §5).

Rules of this file:

* A frame *is* its bytes as they travelled; every fact is read out of them on
  demand. Nothing is thrown away, so
  ``Frame.parse(b).encode() == b`` for every complete frame, legal or not.
* ``None`` means "more bytes are needed", never "wrong".
* Nothing here judges. A fragmented ping or a wasteful length form is parsed as
  it stands; ``wslab.protocol.rules`` says what is wrong with it.
* A declared length is only a number. Memory is used for bytes that arrived.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from functools import lru_cache
from struct import Struct
from typing import Final

from wslab.protocol.closing import CloseCode, ClosePayload

__all__ = [
    "CloseCode",
    "ClosePayload",
    "Frame",
    "FrameHeader",
    "FrameReader",
    "Opcode",
    "Side",
    "apply_mask",
    "header_size",
]

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

    __hash__ = object.__hash__  # two single objects; an Enum would hash its name in Python

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


_OPCODES: Final[tuple[Opcode | int, ...]] = tuple(
    Opcode(value) if value in Opcode._value2member_map_ else value for value in range(16)
)


def apply_mask(data: bytes, key: bytes) -> bytes:
    """XOR every byte with the 4-byte key, over and over (RFC 6455 §5.3).

    The same call masks and unmasks. `data` of n bytes gives n bytes.

    Raises ValueError if the key is not 4 bytes long.
    """
    if len(key) != 4:
        raise ValueError(f"a masking key has 4 bytes; this one has {len(key)}: {key.hex(' ')}")
    size = len(data)
    if size < _LONG:
        # A loop over the bytes is slow in Python; one XOR of two long integers is not.
        pad = (key * (size // 4 + 1))[:size]
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(pad, "little")
        return mixed.to_bytes(size, "little")
    # Longer still, and four passes of translate() win: every 4th byte meets the same key byte.
    masked = bytearray(size)
    for place, key_byte in enumerate(key):
        masked[place::4] = data[place::4].translate(_xor_table(key_byte))
    return bytes(masked)


_LONG: Final = 2048  # bytes from which on the second way of masking is the faster one


@lru_cache(maxsize=256)
def _xor_table(key_byte: int) -> bytes:
    """For every byte value, what it becomes under this key byte."""
    return bytes(value ^ key_byte for value in range(256))


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

    Raises ValueError if the bytes are not exactly one header.
    """

    __slots__ = ("_bytes", "_size")
    _bytes: bytes  # the header, and in a Frame the payload as it travels behind it
    _size: int  # of the header, in bytes

    def __init__(self, data: bytes) -> None:
        size = header_size(data)
        if size is None or size != len(data):
            raise ValueError(f"these are not exactly the bytes of a frame header: {data.hex(' ')}")
        self._bytes, self._size = bytes(data), size

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> FrameHeader | None:
        """Read the header that starts at byte `offset`; None if it is not whole yet."""
        size = header_size(data, offset)
        if size is None or len(data) < offset + size:
            return None
        return FrameHeader(data[offset : offset + size])

    def encode(self) -> bytes:
        """The bytes as they travel."""
        return self._bytes

    @property
    def fin(self) -> bool:
        """Is this the last frame of its message?"""
        return self._bytes[0] >= FIN

    @property
    def rsv1(self) -> bool:
        """Reserved bit 1; permessage-deflate uses it (RFC 7692 §6)."""
        return bool(self._bytes[0] & RSV1)

    @property
    def rsv2(self) -> bool:
        """Reserved bit 2."""
        return bool(self._bytes[0] & RSV2)

    @property
    def rsv3(self) -> bool:
        """Reserved bit 3."""
        return bool(self._bytes[0] & RSV3)

    @property
    def opcode(self) -> Opcode | int:
        """What the frame is for; a plain int if the value is reserved."""
        return _OPCODES[self._bytes[0] & OPCODE]

    @property
    def mask(self) -> bytes | None:
        """The 4-byte masking key, or None for an unmasked frame."""
        return self._bytes[self._size - 4 : self._size] if self._bytes[1] & MASK else None

    @property
    def length(self) -> int:
        """The declared payload length in bytes."""
        short = self._bytes[1] & LENGTH
        if short == LENGTH_16:
            return int(_UINT16.unpack_from(self._bytes, 2)[0])
        if short == LENGTH_64:
            return int(_UINT64.unpack_from(self._bytes, 2)[0])
        return short

    @property
    def length_size(self) -> int:
        """How many extra length bytes follow the first two: 0, 2 or 8."""
        return _LENGTH_SIZES.get(self._bytes[1] & LENGTH, 0)

    def __len__(self) -> int:
        return len(self._bytes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrameHeader):
            return NotImplemented
        return type(self) is type(other) and self._bytes == other._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __repr__(self) -> str:
        return f"FrameHeader(bytes.fromhex({self._bytes.hex(' ')!r}))"


class Frame(FrameHeader):
    """One frame: `opcode`, `payload` in bytes (never masked), and every header choice.

    `mask` is the sender's 4-byte key, or None. `length_size` is the number of
    extra length bytes, 0, 2 or 8; None takes the shortest form that fits, as
    RFC 6455 §5.2 wants. Frames that break the rules can be built on purpose.

    Raises ValueError if the values cannot be written in a header at all.
    """

    __slots__ = ()

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
        travels = bytes(payload) if mask is None else apply_mask(bytes(payload), mask)
        first = FIN * fin | RSV1 * rsv1 | RSV2 * rsv2 | RSV3 * rsv3 | opcode
        short, *long = _encode_length(len(travels), length_size)
        head = bytes((first, short if mask is None else MASK | short, *long)) + (mask or b"")
        self._bytes, self._size = head + travels, len(head)

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> Frame | None:
        """Read the frame that starts at byte `offset`; None if it is not whole yet."""
        frames, _ = _walk(bytes(data), offset, most=1)
        return frames[0] if frames else None

    @property
    def header(self) -> FrameHeader:
        """The header alone."""
        return FrameHeader(self._bytes[: self._size])

    @property
    def payload(self) -> bytes:
        """The payload in bytes, unmasked."""
        raw, size = self._bytes, self._size
        return apply_mask(raw[size:], raw[size - 4 : size]) if raw[1] >= MASK else raw[size:]

    @property
    def masked_payload(self) -> bytes:
        """The payload as it travels; equal to `payload` when there is no mask."""
        return self._bytes[self._size :]

    def __repr__(self) -> str:
        opcode = self.opcode
        parts = [f"Opcode.{opcode.name}" if isinstance(opcode, Opcode) else f"0x{opcode:X}"]
        parts.append(repr(self.payload))
        parts += [] if self.fin else ["fin=False"]
        parts += [f"{bit}=True" for bit in ("rsv1", "rsv2", "rsv3") if getattr(self, bit)]
        parts += [] if self.mask is None else [f"mask=bytes.fromhex({self.mask.hex()!r})"]
        if self.length_size != shortest_length_size(self.length):
            parts.append(f"length_size={self.length_size}")
        return f"Frame({', '.join(parts)})"


def shortest_length_size(length: int) -> int:
    """The extra length bytes that RFC 6455 §5.2 demands for this many payload bytes."""
    return 0 if length < LENGTH_16 else 2 if length < 1 << 16 else 8


def _encode_length(length: int, length_size: int | None) -> bytes:
    """The 7-bit length and the extra length bytes: 1, 3 or 9 bytes in all."""
    shortest = shortest_length_size(length)
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


def _walk(data: bytes, offset: int, most: int) -> tuple[list[Frame], int]:
    """The whole frames that start at `offset`, up to `most` of them, and the byte after.

    The hottest loop of the house: it makes one object and one slice a frame, and
    looks at no byte twice. What a frame means is read later, and only if asked.
    """
    frames: list[Frame] = []
    new, append, end = object.__new__, frames.append, len(data)
    uint16, uint64 = _UINT16.unpack_from, _UINT64.unpack_from
    while most and offset + 2 <= end:
        second = data[offset + 1]
        size, length = 2, second & LENGTH
        if length >= LENGTH_16:
            size = 4 if length == LENGTH_16 else 10
            if offset + size > end:
                break
            (length,) = (uint16 if size == 4 else uint64)(data, offset + 2)
        if second >= MASK:
            size += 4
        after = offset + size + length
        if after > end:
            break
        frame: Frame = new(Frame)
        frame._bytes = data[offset:after]
        frame._size = size
        append(frame)
        offset = after
        most -= 1
    return frames, offset


class FrameReader:
    """Frames out of a stream of bytes that arrives in pieces of any size.

    It holds the bytes of the frame that is not whole yet. That grows only by what
    was fed, whatever length a header declares.
    """

    __slots__ = ("_missing", "_parts")

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # of the frame that is not whole yet
        self._missing = 0  # bytes without which it cannot become whole

    @property
    def pending(self) -> bytes:
        """What was fed and is not part of a whole frame yet."""
        return b"".join(self._parts)

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes of the stream; return the frames they complete."""
        frames: list[Frame] = []
        while self._parts and chunk:
            # Join the parts only once enough are here: a long frame is copied once.
            piece, chunk = chunk[: self._missing], chunk[self._missing :]
            self._parts.append(piece)
            self._missing -= len(piece)
            if self._missing == 0:
                start = self.pending
                self._parts.clear()
                frames += self._take(start)
        return frames + self._take(chunk) if chunk else frames

    def _take(self, data: bytes) -> list[Frame]:
        """The whole frames in `data`; what is left of it is kept for later."""
        frames, offset = _walk(data, 0, most=-1)
        if offset < len(data):
            rest = data[offset:]
            size, header = header_size(rest), FrameHeader.parse(rest)
            self._parts.append(rest)
            self._missing = (size or 2) + (header.length if header else 0) - len(rest)
        return frames
