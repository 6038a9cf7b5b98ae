"""Each undocumented name of `websockets` that we use: is it still there, and does it do that?"""

import asyncio
import inspect

import pytest
import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve

from wslab.network.websockets_internals import (
    TRIED_WITH,
    ObservedConnection,
    cancel_handlers,
    destination,
    uses_proxy,
)

GONE = (
    f"websockets {websockets.__version__} has no {{name}} any more; {TRIED_WITH} had it. "
    "Mend wslab/network/websockets_internals.py, or narrow the range of versions."
)


@pytest.mark.parametrize("name", ["connection_made", "send_data", "connection_lost"])
def test_a_connection_has_it(name: str) -> None:
    assert callable(getattr(ServerConnection, name, None)), GONE.format(name=name)


@pytest.mark.parametrize(("owner", "name"), [(Server, "handler_tasks"), (connect, "ws_uri"),
                                             (connect, "proxy")])  # fmt: skip
def test_an_object_has_it(owner: type, name: str) -> None:
    assert f"self.{name}" in inspect.getsource(owner), GONE.format(name=name)


class Watched(ObservedConnection):
    seen: list[str] = []

    def has_come(self) -> None:
        self.seen.append("come")

    def is_about_to_send(self) -> None:
        self.seen.append("send")

    def has_gone(self) -> None:
        self.seen.append("gone")


async def test_a_connection_is_observed_and_its_handler_cancelled() -> None:
    Watched.seen, ended = [], asyncio.Event()

    async def handler(ws: ServerConnection) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with serve(handler, "127.0.0.1", 0, create_connection=Watched) as server:
        port = server.sockets[0].getsockname()[1]
        opening = connect(f"ws://127.0.0.1:{port}", proxy=None)
        assert destination(opening) == f"127.0.0.1:{port}" and not uses_proxy(opening)
        assert uses_proxy(connect("ws://127.0.0.1", proxy=True))
        async with opening:
            cancel_handlers(server)
            async with asyncio.timeout(10):
                await ended.wait()
    assert Watched.seen[:2] == ["come", "send"] and Watched.seen[-1] == "gone"
