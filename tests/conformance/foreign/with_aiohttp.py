"""aiohttp: compression is offered on request, and each message is one frame."""

import asyncio
import sys

import aiohttp

from tests.conformance.foreign.conversation import (
    BINARY,
    CODE,
    LIMIT,
    PING,
    REASON,
    TEXT,
    act,
    cannot,
    introduce,
    same,
)


async def main(url: str) -> None:
    introduce("aiohttp", aiohttp.__version__)
    async with (
        aiohttp.ClientSession() as session,
        # Not autoping: it would keep the Pong to itself.
        session.ws_connect(url, compress=15, autoping=False) as ws,
    ):
        with act("text"):
            await ws.send_str(TEXT)
            same(await ws.receive_str(timeout=LIMIT), TEXT)
        with act("binary"):
            await ws.send_bytes(BINARY)
            same(await ws.receive_bytes(timeout=LIMIT), BINARY)
        with act("empty"):
            await ws.send_str("")
            same(await ws.receive_str(timeout=LIMIT), "")
        with act("ping"):
            await ws.ping(PING)
            answer = await ws.receive(timeout=LIMIT)
            same((answer.type, bytes(answer.data)), (aiohttp.WSMsgType.PONG, PING))
        cannot("fragments", "each frame it sends is a whole message")
        with act("close"):
            same(await ws.close(code=CODE, message=REASON.encode()), True)
            same(ws.close_code, CODE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
