"""What a tap can do to the bytes of one sender: delay them, hold them back, cut them up.

No sockets and no clock here: times are arguments, in seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto


class EndMark(Enum):
    """How a direction ends: an entry in the queue, after its bytes."""

    EOF = auto()
    RESET = auto()


@dataclass(slots=True)
class Impairment:
    """The settings for one sender, shared by all connections of a tap."""

    delay: float = 0.0  # seconds
    opening: float = 0.0  # seconds that TCP's own packets of a new connection take
    frozen: bool = False
    piece: int | None = None  # bytes in one write at most

    @property
    def active(self) -> bool:
        """Whether anything is done to the bytes."""
        return self.frozen or self.delay > 0 or self.piece is not None


class DelayQueue:
    """What one sender has sent and the tap has not yet passed on, in order."""

    def __init__(self, impairment: Impairment) -> None:
        self.size = 0  # bytes
        self._impairment = impairment
        self._queue: deque[tuple[float, bytes | EndMark]] = deque()
        self._offset = 0  # bytes of the first item that are already taken

    def __bool__(self) -> bool:
        return bool(self._queue)

    def put(self, item: bytes | EndMark, now: float) -> None:
        """Add what arrived at `now`."""
        self._queue.append((now, item))
        if not isinstance(item, EndMark):
            self.size += len(item)

    def wait(self, now: float) -> float | None:
        """Seconds until the next item is due, 0 or less if it is; None if none will be."""
        if not self._queue or self._impairment.frozen:
            return None
        # The delay that is set now counts, not that on arrival: delay(0) lets everything go.
        return self._queue[0][0] + self._impairment.delay - now if self._impairment.delay else 0.0

    def take(self) -> bytes | EndMark:
        """Remove and return the next piece, or the next mark."""
        item = self._queue[0][1]
        if isinstance(item, EndMark):
            self._queue.popleft()
            return item
        size = self._impairment.piece or len(item)
        piece = item[self._offset : self._offset + size]
        self._offset += len(piece)
        self.size -= len(piece)
        if self._offset == len(item):
            self._queue.popleft()
            self._offset = 0
        return piece

    def clear(self) -> None:
        """Forget everything."""
        self._queue.clear()
        self.size = self._offset = 0


class BitFlips:
    """Bits to flip, once each, at places counted from the sender's first byte."""

    def __init__(self) -> None:
        self._bits: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._bits)

    def add(self, place: int, bit: int) -> None:
        """Flip `bit` of the byte at `place`; bit 0 is the leftmost."""
        self._bits[place] = self._bits.get(place, 0) ^ (0x80 >> bit)

    def apply(self, data: bytes, start: int) -> tuple[bytes, list[tuple[int, int, int]]]:
        """`data`, which begins at `start`, with its bits flipped; and (place, old, new) for each.

        It leaves the object `data` as it is.
        """
        places = sorted(p for p in self._bits if start <= p < start + len(data))
        changed = bytearray(data)
        for place in places:
            changed[place - start] ^= self._bits.pop(place)
        return bytes(changed), [(p, data[p - start], changed[p - start]) for p in places]
