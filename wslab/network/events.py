"""ServerEvent and EventLog: what the clients of a server did, in order, and a wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, overload

from wslab.errors import WslabError
from wslab.network.background import loop
from wslab.protocol.closing import CloseCode

#: open: a handshake was accepted. message: a handler received one. close: the
#: connection ended. error: a handshake was refused, or a handler raised.
KINDS: Final = ("open", "message", "close", "error")

_DATA_CHARACTERS: Final = 60  # characters or bytes of a message that a line shows


@dataclass(frozen=True, slots=True, repr=False)
class ServerEvent:
    """One thing that a client did or that happened to it.

    `kind` is one of KINDS. `client` counts the WebSocket clients of a server in
    order of arrival, from 1; a refused one counts too. `data` is a message's str
    or bytes. `code` and `reason` are those of the Close frame that the server
    received (RFC 6455 §7.1.5, §7.1.6); the code is 1005 when that frame had
    none, 1006 when there was no such frame. `detail` says more in words.

    There is no time, port or address in it, so a notebook may show it.
    """

    kind: str
    client: int
    path: str
    data: str | bytes | None = None
    code: CloseCode | int | None = None
    reason: str = ""
    detail: str = ""

    def __repr__(self) -> str:
        parts = [repr(self.kind), f"client={self.client}", f"path={self.path!r}"]
        if self.data is not None:
            parts.append(f"data={_short(self.data)}")
        if self.code is not None:
            parts.append(f"code={int(self.code)}")
        parts += [
            f"{name}={text!r}" for name in ("reason", "detail") if (text := getattr(self, name))
        ]
        return f"{type(self).__name__}({', '.join(parts)})"

    def __str__(self) -> str:
        """A line of a log, such as ``client 1  close    /  1000, the client closed first``."""
        facts = [
            "" if self.data is None else _short(self.data),
            "" if self.code is None else str(int(self.code)),
            repr(self.reason) if self.reason else "",
            self.detail,
        ]
        what = ", ".join(fact for fact in facts if fact)
        return f"client {self.client}  {self.kind:<7}  {self.path}  {what}".rstrip()


def _short(data: str | bytes) -> str:
    if len(data) <= _DATA_CHARACTERS:
        return repr(data)
    unit = "characters" if isinstance(data, str) else "bytes"
    return f"{data[:_DATA_CHARACTERS]!r}… ({len(data):,} {unit})"


class EventLog(Sequence[ServerEvent]):
    """The events of one server, oldest first: a sequence that any thread can read.

    It keeps the newest `limit` events, with at most `data_limit` bytes or characters
    of messages; `left_out` counts the older events.
    """

    def __init__(self, limit: int = 10_000, data_limit: int = 64 * 2**20) -> None:
        self.left_out = 0
        self._limit = limit
        self._data_limit = data_limit
        self._data_size = 0
        self._events: deque[ServerEvent] = deque()
        self._seen: Counter[str] = Counter()  # by kind, those left out included
        self._changed = threading.Condition()

    def add(self, event: ServerEvent) -> None:
        """Append an event and wake every thread in `wait_for`."""
        with self._changed:
            self._events.append(event)
            self._data_size += len(event.data or "")
            while len(self._events) > self._limit or (
                self._data_size > self._data_limit and len(self._events) > 1
            ):
                self._data_size -= len(self._events.popleft().data or "")
                self.left_out += 1
            self._seen[event.kind] += 1
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._events.clear()
            self._seen.clear()
            self._data_size = self.left_out = 0

    def of(self, kind: str) -> list[ServerEvent]:
        """The events of one kind. Raises WslabError if there is no such kind."""
        if kind not in KINDS:
            raise WslabError(f"{kind!r} is not a kind of event; the kinds are {', '.join(KINDS)}.")
        return [event for event in self if event.kind == kind]

    def wait_for(self, kind: str, count: int = 1, timeout: float = 5.0) -> list[ServerEvent]:
        """Block until `count` events of `kind` were seen since the start; return those kept.

        For a cell that needs to know what the server has noticed. `timeout` is in
        seconds. Raises WslabError when it is over, if there is no such kind, or on the
        background thread, where it would block the events themselves.
        """
        self.of(kind)
        with suppress(RuntimeError):  # no loop runs in this thread
            if asyncio.get_running_loop() is loop():
                raise WslabError(
                    "wait_for was called on the server's own thread, where it would stop the "
                    "server; call it from a cell."
                )
        with self._changed:
            if not self._changed.wait_for(lambda: self._seen[kind] >= count, timeout):
                raise WslabError(
                    f"the server saw {self._seen[kind]} of {count} {kind!r} events within "
                    f"{timeout:g} s; look at server.events for what it did see."
                )
        return self.of(kind)

    @overload
    def __getitem__(self, index: int) -> ServerEvent: ...
    @overload
    def __getitem__(self, index: slice) -> list[ServerEvent]: ...
    def __getitem__(self, index: int | slice) -> ServerEvent | list[ServerEvent]:
        with self._changed:
            return list(self._events)[index] if isinstance(index, slice) else self._events[index]

    def __iter__(self) -> Iterator[ServerEvent]:
        return iter(self[:])  # a copy: events may arrive meanwhile

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        """One line per event, so that a cell shows the log as a log."""
        lines = [f"({self.left_out:,} older events left out)"] if self.left_out else []
        return "\n".join([*lines, *map(str, self)]) or "(no events yet)"
