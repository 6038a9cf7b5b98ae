"""A terminal that a test can block, and look into."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

from tests.patience import LIMIT


class Terminal(io.RawIOBase):
    """Takes a write only while it is `open_`."""

    encoding = "ascii"

    def __init__(self) -> None:
        self.open_ = threading.Event()
        self.reached = threading.Event()  # somebody wants to write
        self.data = b""
        self._wrote = threading.Condition()

    def write(self, data) -> int:
        self.reached.set()
        assert self.open_.wait(LIMIT)
        with self._wrote:
            self.data += bytes(data)
            self._wrote.notify_all()
        return len(data)

    def writable(self) -> bool:
        return True

    def until(self, met: Callable[[], bool]) -> None:
        with self._wrote:
            assert self._wrote.wait_for(met, LIMIT)

    @property
    def lines(self) -> list[str]:
        return self.data.decode().splitlines()


def failed() -> None:
    raise AssertionError("nothing has failed")
