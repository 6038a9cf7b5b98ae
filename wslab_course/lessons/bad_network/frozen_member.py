"""What one member with a frozen wire does to the others, and to the server's memory.

Two clients connect to a server: the first through a tap, which then freezes, the second
directly. The server sends news in rounds, and after each the second client must receive it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from wslab.network.background import in_background
from wslab.network.client import connect
from wslab.network.paths import PathServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side

ROUNDS: Final = 48
NEWS: Final = bytes(2**20)  # what the server sends in each round: 1 MiB
STALL_TIMEOUT_S: Final = 2.0  # seconds after which `tell` counts as stopped
_STEP_TIMEOUT_S: Final = 10.0  # seconds for anything else


@dataclass(frozen=True, slots=True)
class BroadcastReport:
    """The result. `waiting` lists the bytes that the server held after each completed round."""

    heard: int  # rounds that the healthy member received
    waiting: list[int]

    @property
    def done(self) -> bool:
        """Whether all rounds were sent, and the healthy member received them."""
        return self.heard == ROUNDS


async def with_one_frozen(
    server: PathServer,
    path: str,
    tell: Callable[[bytes], Awaitable[None]],
    waiting: Callable[[], int],
) -> BroadcastReport:
    """Let `tell(news)` send to two members of `path` up to `ROUNDS` times, one of them frozen.

    The handler of `path` sends a first message when its client is a member. `tell` and
    `waiting`, which returns bytes, run on the background loop, as the handlers do. The
    rounds end early when `tell` has not returned after `STALL_TIMEOUT_S` seconds, although the
    loop had time for it.

    Raises TimeoutError when a member gets no first message or no news, and what `tell` raises.
    """

    async def tell_and_look() -> int:
        await tell(NEWS)
        return waiting()

    sizes: list[int] = []
    async with Tap(server.url) as tap:
        stopped = await connect(urlsplit(tap.url)._replace(path=path).geturl())
        healthy = await connect(urlsplit(server.url)._replace(path=path).geturl())
        try:
            for member in (stopped, healthy):
                await asyncio.wait_for(member.recv(), _STEP_TIMEOUT_S)
            tap.freeze(Side.SERVER)
            while len(sizes) < ROUNDS:
                telling = asyncio.ensure_future(in_background(tell_and_look()))
                await asyncio.wait({telling}, timeout=STALL_TIMEOUT_S)
                await in_background(asyncio.sleep(0))  # a busy machine is not one that stands still
                if not telling.done():
                    telling.cancel()
                    break
                sizes.append(telling.result())
                await asyncio.wait_for(healthy.recv(), _STEP_TIMEOUT_S)
        finally:
            tap.cut()
            await healthy.close()
            await asyncio.wait_for(stopped.wait_closed(), _STEP_TIMEOUT_S)
    return BroadcastReport(len(sizes), sizes)
