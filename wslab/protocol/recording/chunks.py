"""What a tap records: the bytes of one read, and how a direction ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from wslab.protocol.frames import Side
from wslab.protocol.http_head import MAX_HEAD_BYTES

ENDINGS: Final = ("eof", "reset", "cut", "refused")


class Chunk(NamedTuple):  # the quickest object to make: a tap makes one for each read
    """Some bytes of one direction. `at` is in seconds since the connection began.

    Its repr says how many bytes, not which: a cookie split over two chunks could not
    be recognised and hidden.
    """

    at: float
    sender: Side
    data: bytes

    def __repr__(self) -> str:
        return f"Chunk(at={self.at}, sender={self.sender}, data=<{len(self.data):,} bytes>)"


@dataclass(frozen=True, slots=True)
class Ending:
    """How one direction of the TCP connection ended, `at` seconds after it began.

    `how` is "eof" (a half-close: this sender sends no more), "reset" (TCP RST),
    "cut" (by the tap, on purpose) or "refused" (the target was never reached);
    `detail` says more in words.
    """

    at: float
    sender: Side
    how: str
    detail: str = ""


def beginning(chunks: Sequence[Chunk], side: Side) -> bytes:
    """The first bytes from a side, enough to hold any head; a side may have sent far more."""
    start = bytearray()
    for chunk in chunks:
        if chunk.sender is side:
            start += chunk.data
            if len(start) >= MAX_HEAD_BYTES:
                break
    return bytes(start)
