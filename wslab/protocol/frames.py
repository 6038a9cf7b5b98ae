"""Bytes to one WebSocket frame, and back (RFC 6455 §5).

Rules of this file:

* A frame *is* its bytes as they travelled; every fact is read out of them on
  demand. Nothing is thrown away, so
  ``Frame.parse(b).encode() == b`` for every complete frame, legal or not.
* ``None`` means "more bytes are needed", never "wrong".
* Nothing here judges. A fragmented ping or a wasteful length form is parsed as
  it stands; ``wslab.protocol.rules.frames`` says what is wrong with it.
* A declared length is only a number. Memory is used for bytes that arrived.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from wslab.protocol.closing import CloseCode, ClosePayload
from wslab.protocol.frame_header import (
    FIN,
    LENGTH,
    LENGTH_16,
    LENGTH_64,
    MASK,
    OPCODE,
    RSV1,
    RSV2,
    RSV3,
    UINT16,
    UINT64,
    FrameHeader,
    Opcode,
    header_size,
)
from wslab.protocol.masking import apply_mask

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


_VIEW_FROM_BYTES: Final = 4096  # bytes of a frame from which on its payload is not copied first


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


class Frame(FrameHeader):
    """One frame: `opcode`, `payload` in bytes (never masked), and every header choice.

    `mask` is the sender's 4-byte key, or None. `length_size` is the number of
    extra length bytes, 0, 2 or 8; None takes the shortest form that fits, as
    RFC 6455 §5.2 wants. Frames that break the rules can be built on purpose.

    Raises ValueError if the values cannot be written in a header at all, and TypeError
    if the payload is not bytes.
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
        if not isinstance(payload, bytes | bytearray | memoryview):
            raise TypeError(
                f"a payload is bytes, not {type(payload).__name__}; found {payload!r}; "
                "text becomes bytes with .encode()"
            )
        travels = bytes(payload) if mask is None else apply_mask(bytes(payload), mask)
        first = FIN * fin | RSV1 * rsv1 | RSV2 * rsv2 | RSV3 * rsv3 | opcode
        short, *long = _encode_length(len(travels), length_size)
        head = bytes((first, short if mask is None else MASK | short, *long)) + (mask or b"")
        self._bytes, self._size = head + travels, len(head)

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> Frame | None:
        """Read the frame that starts at byte `offset`; None if it is not complete yet."""
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
        if raw[1] < MASK:
            return raw[size:]
        # A slice is the quicker way to few bytes; of many it would be one copy more.
        masked = raw[size:] if len(raw) < _VIEW_FROM_BYTES else memoryview(raw)[size:]
        return apply_mask(masked, raw[size - 4 : size])

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
        return bytes((LENGTH_16,)) + UINT16.pack(length)
    return bytes((LENGTH_64,)) + UINT64.pack(length)


def _walk(data: bytes, offset: int, most: int) -> tuple[list[Frame], int]:
    """The whole frames that start at `offset`, up to `most` of them, and the byte after.

    The hottest loop of the house: it makes one object and one slice a frame, and
    looks at no byte twice. What a frame means is read later, and only if asked.
    """
    frames: list[Frame] = []
    new, append, end = object.__new__, frames.append, len(data)
    uint16, uint64 = UINT16.unpack_from, UINT64.unpack_from
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

    It holds the bytes of the incomplete frame. That grows only by what
    was fed, whatever length a header declares.
    """

    __slots__ = ("_missing", "_parts")

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # of the incomplete frame
        self._missing = 0  # bytes without which it cannot become whole

    @property
    def pending(self) -> bytes:
        """What was fed and is not part of a whole frame yet."""
        return b"".join(self._parts)

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes of the stream; return the frames they complete."""
        frames: list[Frame] = []
        chunk = bytes(chunk)  # a buffer of the caller's may change later
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
