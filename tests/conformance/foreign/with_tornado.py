"""tornado: the client of the library that JupyterLab is made with."""

import asyncio
import sys

import tornado
from tornado.websocket import websocket_connect

from tests.conformance.foreign.conversation import (
    BINARY,
    CODE,
    PING,
    REASON,
    TEXT,
    act,
    cannot,
    introduce,
    same,
)


async def main(url: str) -> None:
    introduce("tornado", tornado.version)
    ws = await websocket_connect(url, compression_options={})
    with act("text"):
        await ws.write_message(TEXT)
        same(await ws.read_message(), TEXT)
    with act("binary"):
        await ws.write_message(BINARY, binary=True)
        same(await ws.read_message(), BINARY)
    with act("empty"):
        await ws.write_message("")
        same(await ws.read_message(), "")
    with act("ping"):
        ponged: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        ws.on_pong = ponged.set_result
        ws.ping(PING)
        same(await ponged, PING)
    cannot("fragments", "each frame it sends is a whole message")
    with act("close"):
        ws.close(CODE, REASON)
        same(await ws.read_message(), None)
        same((ws.close_code, ws.close_reason), (CODE, REASON))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
