"""One feed of events, served four ways from one port.

    GET /poll?after=2       what came after event 2, at once, be it nothing
    GET /wait?after=2       the same, but held back until there is something (long polling)
    GET /stream             server-sent events: an answer that never ends (WHATWG HTML §9.2)
    /socket?after=2         a WebSocket: each event is a message, and so is what a client says

Polls answer JSON, ``[[3, "three"]]``; a message of the WebSocket is one such pair. The
stream says ``id: 3`` and ``data: three``, and resumes after the ``Last-Event-ID`` that its
client names. ``after`` may be left out, which means 0: from the first event on.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from time import perf_counter
from typing import Any, Final, NamedTuple

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from wslab.errors import WslabError
from wslab.network import background
from wslab.network.background import Service, Signal, call, run

MAX_EVENTS: Final = 10_000  # events that one feed holds
MAX_MESSAGE_BYTES: Final = 1024  # bytes that a client may say at once
_CLOSE_TIMEOUT_S: Final = 0.2  # seconds for the answers to a Close frame
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")  # the three that an event stream knows


class FeedEvent(NamedTuple):
    """One event: its number, counted from 1, its text, and when it was published.

    `at` is in seconds of ``time.perf_counter``, for the delay of those who received it.
    """

    number: int
    text: str
    at: float


class Feed(Service):
    """A server of events that a test or a lesson publishes; see the module for its paths.

    `hold` is how many seconds ``/wait`` holds a request back before it answers ``[]``: a
    proxy or a browser would not wait for ever. The rest as for every Service.

    A miss is a client that finds nothing new: a poll that gets ``[]``, a request that
    begins to wait, a stream or a WebSocket that has been told everything.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, hold: float = 25.0, name: str | None = None
    ) -> None:
        super().__init__(host=host, port=port, name=name)
        self.hold = hold
        self.misses = 0
        self._events: list[FeedEvent] = []
        self._signal = Signal()
        self._over = True
        self._waiting = 0
        self._sockets: set[_Socket] = set()
        self._to_cut: set[int] = set()
        self._planned: list[str] = []
        self._every = 1

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:PORT``. NotRunning before start()."""
        self._need_running()
        return f"http://{self._place}"

    @property
    def events(self) -> list[FeedEvent]:
        """Everything published so far; it outlives a stop."""
        return list(self._events)

    @property
    def waiting(self) -> int:
        """How many clients wait for the next event now; a poll never does."""
        return self._waiting

    def publish(self, text: str) -> FeedEvent:
        """Add an event and tell those who wait; from any thread.

        WslabError when UTF-8 cannot hold the text, or when the feed is full.
        """
        if not isinstance(text, str):
            raise WslabError(f"an event is a str; found {text!r}. Try feed.publish('one').")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise WslabError(f"UTF-8 cannot hold {text!r}: {error.reason}.") from None
        return call(lambda: self._publish(text))

    def publish_on_miss(self, texts: Iterable[str], misses: int = 1) -> None:
        """Publish the next of `texts` at each miss, or at every second, third, … miss.

        So that what travels does not depend on the speed of a machine. A poll that brings
        the miss does not carry the event: it happens right after the question.
        """
        planned = list(texts)
        if not isinstance(misses, int) or misses < 1:
            raise WslabError(f"misses is a number from 1 on; found {misses!r}.")

        def plan() -> None:
            self._planned, self._every, self.misses = planned, misses, 0

        call(plan)

    def cut_event(self, number: int) -> None:
        """Misbehave once: the next stream that tells this event breaks off in its middle."""
        call(lambda: self._to_cut.add(number))

    def wait_for_clients(self, count: int = 1, timeout: float = 5.0) -> None:
        """Block until `count` clients wait for the next event. WslabError after `timeout` s."""

        async def until() -> None:
            try:
                async with asyncio.timeout(timeout):
                    while self._waiting < count:
                        await self._signal.next()
            except TimeoutError:
                raise WslabError(
                    f"within {timeout:g} s, {self._waiting} of {count} clients waited for an event."
                ) from None

        run(until(), timeout + 1)

    # What the room `background` asks for.

    async def _open(self) -> None:
        sockets = bind_sockets(self.port, self.host)
        me = {"feed": self}
        routes: list[Any] = [
            ("/poll", _Poll, me),
            ("/wait", _Wait, me),
            ("/stream", _EventStream, me),
            ("/socket", _Socket, me),
            (".*", _Elsewhere, me),
        ]
        app = Application(
            routes, log_function=lambda handler: None, websocket_max_message_size=MAX_MESSAGE_BYTES
        )
        self._server = HTTPServer(app, max_body_size=MAX_MESSAGE_BYTES)
        self._server.add_sockets(sockets)
        self._listens_at(*(one.getsockname() for one in sockets))
        self._over = False

    async def _close(self) -> None:
        self._server.stop()
        self._over = True
        self._signal.notify()
        sockets = list(self._sockets)
        for socket in sockets:
            socket.close(1001, "the feed stops")
        if sockets:
            _, slow = await asyncio.wait([s.gone for s in sockets], timeout=_CLOSE_TIMEOUT_S)
            for socket in list(self._sockets):
                socket.hang_up()
            if slow:
                await asyncio.wait(slow)
        await self._server.close_all_connections()

    # On the background thread alone.

    def _publish(self, text: str) -> FeedEvent:
        if len(self._events) >= MAX_EVENTS:
            raise WslabError(
                f"this feed holds {MAX_EVENTS:,} events and takes no more; start another."
            )
        event = FeedEvent(len(self._events) + 1, text, perf_counter())
        self._events.append(event)
        self._signal.notify()
        return event

    def _after(self, number: int) -> list[FeedEvent]:
        """What is new to a client that knows `number` events; a miss if nothing is."""
        news = self._events[number:]
        if not news:
            self.misses += 1
            if self._planned and self.misses % self._every == 0:
                self._publish(self._planned.pop(0))
        return news

    async def _next(
        self, number: int, gone: asyncio.Future[None], hold: float | None = None
    ) -> list[FeedEvent]:
        """The same, but wait for news; [] when the client has gone, `hold` is over or the feed."""
        if news := self._after(number) or self._events[number:]:
            return news
        self._waiting += 1
        self._signal.notify()  # for wait_for_clients
        try:
            async with asyncio.timeout(hold):
                while not (self._over or gone.done() or len(self._events) > number):
                    await asyncio.wait({self._signal.next(), gone}, return_when="FIRST_COMPLETED")
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1
        return [] if gone.done() else self._events[number:]


# --- the four ways ------------------------------------------------------------------------


class _Answer(RequestHandler):
    """What all paths share: who asks, and which events the client knows."""

    kind = "application/json"

    def initialize(self, feed: Feed) -> None:
        self.feed = feed
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def set_default_headers(self) -> None:
        self.clear_header("Date")  # so that a lesson sees the same bytes every day
        self.clear_header("Content-Type")
        self.set_header("Server", "wslab")

    def compute_etag(self) -> None:
        return None

    def log_exception(self, *error: Any) -> None:
        """Background code never prints, and a client's mistake is not an error of ours."""
        if not isinstance(error[1], (StreamClosedError, OSError)) and self.get_status() >= 500:
            background.report(f"{self.feed.name} failed at {self.request.path}: {error[1]!r}")

    def on_connection_close(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)
        super().on_connection_close()

    def prepare(self) -> None:
        asked = self.known()
        last = len(self.feed.events)
        if _NUMBER.fullmatch(asked) and int(asked) <= last:
            self.after = int(asked)
            self.set_header("Content-Type", self.kind)
            self.set_header("Cache-Control", "no-store")
        else:
            self.refuse(400, f"the number of an event is from 0 to {last}; found {asked[:40]!r}")

    def known(self) -> str:
        """The number of the last event that the client knows, as it says."""
        given = self.request.query_arguments.get("after", [b"0"])
        return given[-1].decode("latin-1")

    def refuse(self, status: int, sentence: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{sentence}\n")

    def write_error(self, status_code: int, **rest: Any) -> None:
        method = f"this feed answers GET, not {self.request.method[:40]}"
        self.refuse(status_code, method if status_code == 405 else "this feed made a mistake")


class _Poll(_Answer):
    def get(self) -> None:
        self.finish(_in_json(self.feed._after(self.after)))


class _Wait(_Answer):
    async def get(self) -> None:
        self.finish(_in_json(await self.feed._next(self.after, self.gone, self.feed.hold)))


class _EventStream(_Answer):
    kind = "text/event-stream"

    def known(self) -> str:
        # A client that resumes asks for the URL it was given first, so the header wins.
        return self.request.headers.get("Last-Event-ID", "").strip() or super().known()

    async def get(self) -> None:
        with suppress(StreamClosedError):
            await self.flush()  # the head at once: it tells the client that it is heard
            while news := await self.feed._next(self.after, self.gone):
                for event in news:
                    block = _in_lines(event)
                    if event.number in self.feed._to_cut:
                        self.feed._to_cut.discard(event.number)
                        self.write(block[: -2 - (len(event.text.encode()) + 1) // 2])
                        await self.flush()
                        self.detach().close()
                        return
                    self.write(block)
                    await self.flush()  # returns when it is on its way: a slow reader slows this
                    self.after = event.number


class _Socket(_Answer, WebSocketHandler):
    def prepare(self) -> None:
        super().prepare()
        self.clear_header("Content-Type")  # a 101 has no body
        self.clear_header("Cache-Control")

    def open(self, *args: str, **kwargs: str) -> None:
        assert self.ws_connection is not None
        self._tcp = self.ws_connection.stream  # the library forgets it when it says goodbye
        self.feed._sockets.add(self)
        self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        with suppress(WebSocketClosedError, StreamClosedError):
            while news := await self.feed._next(self.after, self.gone):
                for event in news:
                    await self.write_message(_pair(event))
                    self.after = event.number

    def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.close(1003, "this feed takes text")
            return
        try:
            self.feed.publish(message)
        except WslabError:
            self.close(1013, "this feed is full")

    def on_close(self) -> None:
        self.feed._sockets.discard(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def hang_up(self) -> None:
        """Close TCP under a client that did not answer our Close frame."""
        if self._tcp is not None:
            self._tcp.close()


class _Elsewhere(_Answer):
    def prepare(self) -> None:
        self.refuse(404, "this feed has /poll, /wait, /stream and /socket")


def _pair(event: FeedEvent) -> str:
    return json.dumps([event.number, event.text], ensure_ascii=False)


def _in_json(events: list[FeedEvent]) -> str:
    return f"[{', '.join(map(_pair, events))}]"


def _in_lines(event: FeedEvent) -> bytes:
    """An event of an event stream. A text of several lines is several data lines."""
    data = "".join(f"data: {line}\n" for line in _LINE_END.split(event.text))
    return f"id: {event.number}\n{data}\n".encode()
