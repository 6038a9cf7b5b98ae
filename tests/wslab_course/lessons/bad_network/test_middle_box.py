"""The box forgets who is silent, both sides learn it as a reset, and a ping counts as talk."""

import asyncio

import pytest
from websockets.exceptions import ConnectionClosedError

from tests.patience import LIMIT
from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab_course.lessons.bad_network.middle_box import MiddleBox


async def test_the_silent_connection_is_forgotten_and_the_pinging_one_is_not() -> None:
    async with EchoServer() as server, MiddleBox(server.url, patience=0.4) as box:
        pinging = await connect(box.url, ping_interval=0.05, ping_timeout=None)
        silent = await connect(box.url)
        await asyncio.wait_for(silent.wait_closed(), LIMIT)
        assert silent.close_code == 1006
        await pinging.send("here")
        assert await asyncio.wait_for(pinging.recv(), LIMIT) == "here"
        assert box.forgotten == 1
        seen = box.recordings[1]
        assert {ending.how for ending in seen.endings} == {"cut"}
        assert "nothing passed for 0.4 s" in seen.endings[0].detail
        await pinging.close()
        closes = await asyncio.to_thread(server.wait_for, "close")
        assert closes[0].client == 2 and closes[0].code == 1006


async def test_who_speaks_late_is_told() -> None:
    async with EchoServer() as server, MiddleBox(server.url, patience=0.1) as box:
        ws = await connect(box.url)
        await asyncio.wait_for(ws.wait_closed(), LIMIT)
        with pytest.raises(ConnectionClosedError):
            await ws.send("too late")


async def test_it_starts_again_and_still_watches() -> None:
    async with EchoServer() as server:
        box = MiddleBox(server.url, patience=0.1, name="box")
        for _ in range(2):
            async with box:
                ws = await connect(box.url)
                await asyncio.wait_for(ws.wait_closed(), LIMIT)
        assert box.forgotten == 2


@pytest.mark.parametrize("patience", [0, -1, float("inf"), float("nan")])
def test_patience_is_a_number_of_seconds(patience: float) -> None:
    with pytest.raises(WslabError, match="patience is a number of seconds above 0"):
        MiddleBox("ws://127.0.0.1:1", patience=patience)
