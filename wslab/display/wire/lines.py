"""What passes through a tap, printed as it passes.

Rules of this file:

* The relay comes first. It hands over what it saw and goes on; lines are made in the turns
  of its loop that follow, some at a time, and a thread of their own writes them.
* A slow reader blocks nobody and costs a bounded amount of memory: lines that find no room
  are left out, and their number is printed. Every frame is followed and judged all the same.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final, TextIO

from wslab.display.spans import visible
from wslab.display.wire.connection_lines import ConnectionLines
from wslab.display.wire.line_writer import INDENT, LineWriter, MakeLine
from wslab.protocol.recording.recording import Chunk, Ending, Recording

LINES_A_TURN: Final = 200  # lines made in one turn of the loop
#: Bytes without their lines, above which the relay waits for them.
MAX_BEHIND_BYTES: Final = 8 * 1024 * 1024


class _WatchedRecording(Recording):
    """A recording that shows what comes, whether it has room to keep it or not."""

    def __init__(self, target: str, limit: int, show: Callable[[Chunk | Ending], None]) -> None:
        super().__init__(target, limit)
        self._show = show

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        self._show(chunk)

    def end(self, ending: Ending) -> None:
        super().end(ending)
        self._show(ending)


class WireLines:
    """Prints what passes: ``Tap(url, record=lines.record, on_end=lines.connection_ended)``.

    With `fields`, the fields of each frame stand below its line. Nothing is written before
    `begin`; what passes until then waits.
    """

    def __init__(self, fields: bool = False) -> None:
        self._fields = fields
        self._writer = LineWriter()
        self._first: float | None = None
        self._number = 0
        self._live: dict[Recording, ConnectionLines] = {}
        self._waiting: deque[tuple[Recording, Chunk | Ending | None]] = deque()
        self._size = 0  # bytes of what waits
        self._lines: Iterator[MakeLine] = iter(())  # of what waits no more
        self._is_due = False
        self._turns = threading.RLock()

    @property
    def error(self) -> OSError | None:
        """Why nothing could be written any more."""
        return self._writer.error

    def record(self, target: str, limit: int) -> Recording:
        """The recording of the next connection."""
        now = monotonic()
        self._first = now if self._first is None else self._first
        self._number += 1
        talk = ConnectionLines(self._number, now - self._first, self._fields)
        recording = _WatchedRecording(target, limit, lambda what: self._heard(recording, what))
        self._live[recording] = talk
        return recording

    def connection_ended(self, recording: Recording) -> None:
        """Both directions of this connection have ended."""
        self._heard(recording, None)

    def begin(self, stream: TextIO | None, failed: Callable[[], object]) -> None:
        """Write to `stream`; `failed` is called when that is no longer possible."""
        if stream is not None:
            self._writer.open(stream, failed)

    def close(self) -> int:
        """Write what is left, for a second at most. How many lines were not written?"""
        self._turn(float("inf"))
        return self._writer.close()

    def _heard(self, recording: Recording, what: Chunk | Ending | None) -> None:
        self._waiting.append((recording, what))
        self._size += len(what.data) if isinstance(what, Chunk) else 0
        if self._size > MAX_BEHIND_BYTES:
            self._turn(float("inf"))
        elif not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._due)

    def _due(self) -> None:
        """Make some lines, and the others later: in between, the relay has its turn."""
        self._is_due = False
        if self._turn(LINES_A_TURN) and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._due)

    def _turn(self, most: float) -> bool:
        """Make up to so many lines; is there more to make?"""
        with self._turns:
            while most > 0:
                most -= 1
                try:
                    if (make := next(self._lines, None)) is not None:
                        self._writer.put(make)
                    elif self._waiting:
                        self._lines = self._lines_of(*self._waiting.popleft())
                    else:
                        return False
                except Exception as error:  # a fault of ours must not cut what passes
                    sorry = f"{INDENT}a line could not be made: {visible(repr(error))}\n"
                    self._writer.put(sorry.__str__)
            return True

    def _lines_of(self, recording: Recording, what: Chunk | Ending | None) -> Iterator[MakeLine]:
        self._size -= len(what.data) if isinstance(what, Chunk) else 0
        return (
            self._live.pop(recording).last_lines()
            if what is None
            else self._live[recording].take(what)
        )
