"""What a tap notes down: the bytes of one read, and how a direction ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from wslab.protocol.frames import Side
from wslab.protocol.http_head import MAX_HEAD_BYTES

ENDINGS: Final = ("eof", "reset", "cut", "refused")


class Chunk(NamedTuple):  # the quickest object to make: a tap makes one for each read
    """Some bytes of one direction. `at` is in seconds since the connection began.

    Its repr tells how many, not which: a cookie cut in two by a chunk boundary could
    not be recognised and hidden.
    """

    at: float
    sender: Side
    data: bytes

    def __repr__(self) -> str:
        return f"Chunk(at={self.at}, sender={self.sender}, data=<{len(self.data):,} bytes>)"


@dataclass(frozen=True, slots=True)
class Ending:
    """How one direction of the TCP connection ended, and who ended it.

    `how` is "eof" (a half-close: this sender has no more to say), "reset" (TCP RST),
    "cut" (by the tap, on purpose) or "refused" (the target was never reached).
    """

    at: float
    sender: Side
    how: str
    detail: str = ""


def beginning(chunks: Sequence[Chunk], side: Side) -> bytes:
    """At least as many first bytes of a side as a head may have: there may be many."""
    start = bytearray()
    for chunk in chunks:
        if chunk.sender is side:
            start += chunk.data
            if len(start) >= MAX_HEAD_BYTES:
                break
    return bytes(start)
