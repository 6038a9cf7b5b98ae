"""EchoServer: what you send comes back, with a page to send it from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.http11 import Response

from wslab.network.page import page_response
from wslab.network.paths import PathServer


def _time_of_day() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


class EchoServer(PathServer):
    """A WebSocket server to learn with; ``/`` opened in a browser is the echo page.

    Paths: ``/`` and ``/echo`` send each message back, text as text and binary
    as binary; ``/reverse`` sends it back to front (by code point, or by byte);
    ``/broadcast`` sends it to every client of that path, the sender included;
    ``/time`` sends ``clock()`` at once and then every `tick` seconds, unasked.

    `clock` returns the text that ``/time`` sends, so that a lesson can choose
    it. The other arguments are those of `PathServer`.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        clock: Callable[[], str] = _time_of_day,
        tick: float = 1.0,
        name: str = "server",  # of its variable in a notebook, so that an error names it
        **options: Any,
    ) -> None:
        super().__init__(host, port, name=name, **options)
        self._clock = clock
        self._tick = tick
        self._listeners: set[ServerConnection] = set()  # the clients of /broadcast
        self.register("/", _echo)
        self.register("/echo", _echo)
        self.register("/reverse", _reverse)
        self.register("/time", self._tell_time)
        self.register("/broadcast", self._broadcast)

    def _page(self, ws: ServerConnection, path: str) -> Response | None:
        if path != "/":
            return None
        return page_response(ws, "wslab.network", "echo.html")

    async def _tell_time(self, ws: ServerConnection) -> None:
        while True:
            await ws.send(self._clock())
            with suppress(TimeoutError):
                async with asyncio.timeout(self._tick):
                    while True:  # unread messages would delay the client's Close frame
                        await ws.recv()

    async def _broadcast(self, ws: ServerConnection) -> None:
        self._listeners.add(ws)
        try:
            while True:
                broadcast(self._listeners, await ws.recv())
        finally:
            self._listeners.discard(ws)


async def _echo(ws: ServerConnection) -> None:
    while True:
        await ws.send(await ws.recv())


async def _reverse(ws: ServerConnection) -> None:
    while True:
        await ws.send((await ws.recv())[::-1])
