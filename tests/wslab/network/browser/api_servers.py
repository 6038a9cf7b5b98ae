"""The servers that the scripts of the WebSocket API talk to, and their addresses."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection

from tests.wslab.network.browser.wrong_servers import WrongServer
from wslab.network.echo import EchoServer


class Addresses(dict[str, str]):
    """What stands in a script as {echo}, {wrong} and so on."""

    def fill(self, steps: list[list[Any]]) -> list[list[Any]]:
        """The steps with real addresses."""
        text = json.dumps(steps)
        for name, url in self.items():
            text = text.replace("{" + name + "}", url)
        return json.loads(text)

    def hide(self, log: list[str]) -> list[str]:
        """The log without real addresses."""
        hidden = []
        for line in log:
            for name, url in self.items():
                line = line.replace(url, "{" + name + "}")
            hidden.append(line)
        return hidden


@contextmanager
def serving() -> Iterator[Addresses]:
    """The servers run, and here is where."""
    with (
        EchoServer(subprotocols=["chat", "echo"]) as echo,
        EchoServer(compression="deflate") as deflate,
        WrongServer() as wrong,
        socket.socket() as nobody,
    ):
        nobody.bind(("127.0.0.1", 0))  # and it never listens
        for code in (1000, 1001, 1011, 4000):
            echo.register(f"/close/{code}", _closes_with(code))
        echo.register("/fail", _fail)
        yield Addresses(
            echo=echo.url,
            echo_http=echo.http_url,
            deflate=deflate.url,
            wrong=wrong.url,
            nobody=f"ws://127.0.0.1:{nobody.getsockname()[1]}",
        )


def _closes_with(code: int) -> Any:
    async def handler(ws: ServerConnection) -> None:
        await ws.close(code, "the server says so")

    return handler


async def _fail(ws: ServerConnection) -> None:
    raise RuntimeError("a broken handler")
