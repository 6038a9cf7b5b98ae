"""Events, their listeners and exceptions, as the DOM and Web IDL standards define them (DOM §2).

Rules of this file:

* Listeners run one at a time, in the order in which they were added. A handler attribute
  such as ``onopen`` keeps the place in that order at which it was first set.
* A listener that raises is reported to the event loop, and the next one runs.
* A listener may be ``async def``. As in a browser it is started but not awaited, so
  the next event may come before it ends.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from wslab.errors import WslabError

Listener = Callable[[Any], object]


# --- what the API raises: JavaScript tells these apart by ``error.name``; so can Python -------


class DOMException(WslabError):
    """The root of the browser's exceptions; `name` and `code` are those of Web IDL §2.8.1."""

    name: ClassVar[str] = "Error"
    code: ClassVar[int] = 0


class InvalidStateError(DOMException):
    """The object is not in a state that allows this, such as `send` while CONNECTING."""

    name = "InvalidStateError"
    code = 11


class InvalidAccessError(DOMException):
    """The object does not accept this value, such as `close` with a code of 1001."""

    name = "InvalidAccessError"
    code = 15


class DOMSyntaxError(DOMException):
    """The text has the wrong form, such as a relative URL.

    Its `name` is "SyntaxError", as in a browser. Its class is not called that, because
    Python's own SyntaxError is about something else.
    """

    name = "SyntaxError"
    code = 12


# --- events -------------------------------------------------------------------------------


class Event:
    """Something that happened: its `type`, and the `target` that it happened to."""

    def __init__(self, type: str) -> None:
        self.type = type
        self.target: EventTarget | None = None
        self._stopped = False

    def stopImmediatePropagation(self) -> None:
        """Keep the listeners that have not run yet from running."""
        self._stopped = True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.type!r})"


class MessageEvent(Event):
    """A message arrived: its `data`, and the `origin` of the server that sent it."""

    def __init__(self, type: str, *, data: Any = None, origin: str = "") -> None:
        super().__init__(type)
        self.data = data
        self.origin = origin

    def __repr__(self) -> str:
        # No origin: it holds the port, which differs from run to run.
        data = repr(self.data)
        return f"MessageEvent({self.type!r}, data={data if len(data) < 80 else data[:79] + '…'})"


class CloseEvent(Event):
    """The connection is closed: the peer's `code` and `reason`, and whether it closed cleanly."""

    def __init__(
        self, type: str, *, wasClean: bool = False, code: int = 0, reason: str = ""
    ) -> None:
        super().__init__(type)
        self.wasClean = wasClean
        self.code = code
        self.reason = reason

    def __repr__(self) -> str:
        return (
            f"CloseEvent({self.type!r}, code={int(self.code)}, reason={self.reason!r}, "
            f"wasClean={self.wasClean})"
        )


class _Entry:
    """One entry in an object's list of listeners."""

    def __init__(self, listener: Listener, once: bool = False, attribute: bool = False) -> None:
        self.listener = listener
        self.once = once
        self.attribute = attribute  # was it set as on…, not with addEventListener?
        self.removed = False


class EventTarget:
    """An object that receives events and calls its listeners (DOM §2.7)."""

    def __init__(self) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        self._unfinished: set[asyncio.Future[Any]] = set()  # the loop does not keep tasks alive

    def addEventListener(self, type: str, listener: Listener, *, once: bool = False) -> None:
        """Call ``listener(event)`` for each event of this type; with `once`, for the next only.

        Adding the same listener again changes nothing.
        """
        _need_callable(listener, f"addEventListener({type!r}, listener)")
        entries = self._entries.setdefault(type, [])
        if not any(entry.listener == listener and not entry.attribute for entry in entries):
            entries.append(_Entry(listener, once))

    def removeEventListener(self, type: str, listener: Listener) -> None:
        """Stop calling it, even for an event in progress. An unknown listener is ignored."""
        for entry in self._entries.get(type, []):
            if entry.listener == listener and not entry.attribute:
                self._remove(type, entry)
                return

    def dispatchEvent(self, event: Event) -> None:
        """Run the listeners of this event now, in order."""
        event.target = self
        # A copy: a listener added from here on gets the next event, not this one.
        for entry in list(self._entries.get(event.type, [])):
            if event._stopped:
                break
            if entry.removed:
                continue
            if entry.once:
                self._remove(event.type, entry)
            self._run(entry.listener, event)

    def _remove(self, type: str, entry: _Entry) -> None:
        entry.removed = True
        self._entries[type].remove(entry)

    def _run(self, listener: Listener, event: Event) -> None:
        try:
            result = listener(event)
        except Exception as error:
            self._report(listener, event, error)
            return
        if inspect.iscoroutine(result):
            task = asyncio.ensure_future(result)
            self._unfinished.add(task)
            task.add_done_callback(lambda done: self._finish(done, listener, event))

    def _finish(self, task: asyncio.Future[Any], listener: Listener, event: Event) -> None:
        self._unfinished.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(listener, event, error)

    def _report(self, listener: Listener, event: Event, error: BaseException) -> None:
        name = getattr(listener, "__qualname__", repr(listener))
        asyncio.get_running_loop().call_exception_handler(
            {"message": f"{name} raised while it handled {event!r}", "exception": error}
        )


class HandlerAttribute:
    """An attribute such as ``onopen``: a function, or None for no handler (HTML §8.1.8.1).

    A new function takes the place of the old one; None gives the place up.
    """

    def __init__(self, type: str) -> None:
        self._type = type

    def __get__(self, target: EventTarget | None, owner: type | None = None) -> Listener | None:
        entry = None if target is None else self._entry(target)
        return None if entry is None else entry.listener

    def __set__(self, target: EventTarget, listener: Listener | None) -> None:
        entry = self._entry(target)
        if listener is None:
            if entry is not None:
                target._remove(self._type, entry)
            return
        _need_callable(listener, f"on{self._type} = …")
        if entry is None:
            target._entries.setdefault(self._type, []).append(_Entry(listener, attribute=True))
        else:
            entry.listener = listener

    def _entry(self, target: EventTarget) -> _Entry | None:
        entries = target._entries.get(self._type, [])
        return next((entry for entry in entries if entry.attribute), None)


def _need_callable(listener: object, where: str) -> None:
    if not callable(listener):
        raise TypeError(
            f"{where} needs a function that takes the event, found {listener!r}; "
            "pass the function itself, without calling it."
        )


async def once(target: EventTarget, type: str, timeout: float = 5.0) -> Any:
    """Wait for the next event of this type and return it.

    The standard has no such function; a cell that wants to go on after an event does.
    Events between two waits are missed: to get every message, set `onmessage`.
    `timeout` is in seconds; after it, this raises WslabError.
    """
    future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()

    def listener(event: Event) -> None:
        if not future.done():
            future.set_result(event)

    target.addEventListener(type, listener, once=True)
    try:
        async with asyncio.timeout(timeout):
            return await future
    except TimeoutError:
        raise WslabError(
            f"no {type!r} event within {timeout:g} s; it may have happened before you waited. "
            "Look at readyState, or wait for it earlier."
        ) from None
    finally:
        target.removeEventListener(type, listener)
