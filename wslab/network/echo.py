"""EchoServer: what you send comes back, with a page to send it from."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.http11 import Response

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
        name: str = "server",  # as a notebook calls it, so that an error names what the reader has
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
        html, policy = _page_and_policy()
        response = ws.respond(200, html)
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    async def _tell_time(self, ws: ServerConnection) -> None:
        while True:
            await ws.send(self._clock())
            with suppress(TimeoutError):
                async with asyncio.timeout(self._tick):
                    while True:  # unread messages would hold up the client's Close frame
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


@cache
def _page_and_policy() -> tuple[str, str]:
    """The page, and the policy that lets it run its own script and style and nothing else."""
    html = files("wslab.network").joinpath("static/echo.html").read_text(encoding="utf-8")
    hashes = {
        tag: f"'sha256-{b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
        for tag, body in re.findall(r"<(script|style)>(.*?)</\1>", html, re.DOTALL)
    }
    policy = (
        f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; "
        "connect-src ws: wss:; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return html, policy
