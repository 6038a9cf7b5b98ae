"""LineWriter: writes lines to a terminal in a thread of its own, within bounded memory."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TextIO

from wslab.display.phrases import count

MAX_WAITING_CHARACTERS: Final = 1024 * 1024  # characters of lines that wait for the terminal
WRITE_CHARACTERS: Final = 4096  # characters written at once
CLOSE_TIMEOUT_S: Final = 1.0  # seconds for the last lines
INDENT: Final = " " * 16

MakeLine = Callable[[], str]
"""Makes a line and what belongs below it. Called only if there is room for the text."""


class LineWriter:
    """Writes lines in a thread of its own. A caller of `put` never waits."""

    def __init__(self) -> None:
        self.error: OSError | None = None
        self._texts: deque[str] = deque()
        self._size = 0  # characters of them
        self._is_full = False
        self._left_out = 0  # lines, since the last one that found room
        self._writing = 0  # lines taken and not written yet
        self._closing = threading.Event()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, make: MakeLine) -> None:
        """Write this line after those before it, or leave it out."""
        self._is_full = self._size > (
            MAX_WAITING_CHARACTERS // 2 if self._is_full else MAX_WAITING_CHARACTERS
        )
        if self._is_full or self.error is not None:
            self._left_out += 1
            return
        text = make()
        if self._left_out:
            left, self._left_out = count(self._left_out, "line"), 0
            text = f"({left} left out: they came faster than they were read)\n{text}"
        with self._changed:
            self._texts.append(text)
            self._size += len(text)
            self._changed.notify()

    def open(self, stream: TextIO, failed: Callable[[], object]) -> None:
        """Begin to write; `failed` is called when it fails."""
        arguments = (stream, failed)
        self._thread = threading.Thread(target=self._run, args=arguments, daemon=True)
        self._thread.start()

    def close(self) -> int:
        """Wait, for a second at most, until all is written; how many lines are not?"""
        if self._thread is None:
            return 0
        with self._changed:
            self._closing.set()
            self._changed.notify()
        self._thread.join(CLOSE_TIMEOUT_S)
        return 0 if self.error else len(self._texts) + self._writing + self._left_out

    def _run(self, stream: TextIO, failed: Callable[[], object]) -> None:
        # Below the buffers, whose locks a write that blocks would hold for ever.
        buffer: Any = getattr(stream, "buffer", stream)
        out = getattr(buffer, "raw", buffer)
        try:
            while text := self._next():
                data = text.replace("\n", os.linesep).encode(stream.encoding, "backslashreplace")
                while data:
                    # None: it takes nothing now, and does not wait until it does.
                    written = out.write(data)
                    data = data[written or 0 :]
                    if not written:
                        self._closing.wait(0.05)
        except OSError as error:
            if not self._closing.is_set():
                self.error = error
                failed()

    def _next(self) -> str:
        """Some lines to write, as soon as there are any; none at the end."""
        with self._changed:
            self._writing = 0
            self._changed.wait_for(lambda: self._texts or self._closing.is_set())
            texts: list[str] = []
            size = 0
            while self._texts and size < WRITE_CHARACTERS:
                texts.append(self._texts.popleft())
                size += len(texts[-1])
            self._size -= size
            self._writing = len(texts)
            return "".join(texts)
