"""The 2 to 14 bytes before a payload (RFC 6455 §5.2)."""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import Final

UINT16: Final = Struct("!H")
UINT64: Final = Struct("!Q")

FIN: Final = 0b1000_0000
RSV1: Final = 0b0100_0000
RSV2: Final = 0b0010_0000
RSV3: Final = 0b0001_0000
OPCODE: Final = 0b0000_1111
MASK: Final = 0b1000_0000
LENGTH: Final = 0b0111_1111

LENGTH_16: Final = 126  # the 7-bit length that says: two more length bytes follow
LENGTH_64: Final = 127  # the 7-bit length that says: eight more length bytes follow


class Opcode(IntEnum):
    """What a frame is for (RFC 6455 §5.2, §11.8). Other values are reserved."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


OPCODES: Final = {opcode.value: opcode for opcode in Opcode}
"""Every opcode that has a meaning, by its value."""

_BY_VALUE: Final[tuple[Opcode | int, ...]] = tuple(OPCODES.get(n, n) for n in range(16))

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
        """Read the header that starts at byte `offset`; None if it is not complete yet."""
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
        return _BY_VALUE[self._bytes[0] & OPCODE]

    @property
    def mask(self) -> bytes | None:
        """The 4-byte masking key, or None for an unmasked frame."""
        return self._bytes[self._size - 4 : self._size] if self._bytes[1] & MASK else None

    @property
    def length(self) -> int:
        """The declared payload length in bytes."""
        short = self._bytes[1] & LENGTH
        if short == LENGTH_16:
            return int(UINT16.unpack_from(self._bytes, 2)[0])
        if short == LENGTH_64:
            return int(UINT64.unpack_from(self._bytes, 2)[0])
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
