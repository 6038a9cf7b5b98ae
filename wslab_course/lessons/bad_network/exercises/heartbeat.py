"""Exercise heartbeat of notebook 08, bad network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Opcode
from wslab.protocol.recording.recording import Recording
from wslab_course.checks.exercises import Case, exercise

ONE_WAY_S = 0.05  # seconds from one end of the slow wire to the other


def count(seen: Recording, opcode: Opcode) -> int:
    return sum(sent.frame.opcode == opcode for sent in seen.frames())


async def slow_then_frozen(attempt: Callable[..., Any], pause: float, deadline: float) -> Any:
    """What a heartbeat does on a wire that is slow for three Pongs, and then freezes."""
    async with EchoServer() as server, Tap(server.url) as tap:
        tap.delay(ONE_WAY_S)
        ws = await connect(tap.url)
        beating = asyncio.ensure_future(attempt(ws, pause, deadline))

        def three_or_over(seen: Recording) -> bool:
            return beating.done() or count(seen, Opcode.PONG) >= 3

        slow = asyncio.ensure_future(asyncio.to_thread(tap.wait, three_or_over, 1.5))
        try:
            await asyncio.wait({beating, slow}, return_when="FIRST_COMPLETED")
            lived_through = min(count(tap.recording, Opcode.PONG), 3)
            tap.freeze()  # this makes the wait above look again
            await asyncio.wait({beating}, timeout=3 * deadline)
            pings, pongs = (count(tap.recording, code) for code in (Opcode.PING, Opcode.PONG))
            if not beating.done():
                beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            return {
                "pings": pings > 0,
                "slow Pongs it lived through": lived_through if pings else "no Ping was sent",
                "notices a frozen wire": not beating.cancelled(),
                "one ping at a time": pings - pongs <= 1,
            }
        finally:
            beating.cancel()
            with suppress(WslabError):
                await slow
            tap.cut()


@exercise(
    cases=[
        Case(
            0.03,
            0.5,
            expected={
                "pings": True,
                "slow Pongs it lived through": 3,
                "notices a frozen wire": True,
                "one ping at a time": True,
            },
            label="heartbeat(ws, 0.03, 0.5) on a slow wire, which then freezes",
            nudge="A Pong takes 0.1 s there; `deadline` says how long one may take.",
        )
    ],
    run=slow_then_frozen,
    seconds=12.0,
    hints=[
        "Write a loop: send a Ping, wait for its Pong, pause. What ends the loop?",
        "`pong = await ws.ping()` sends; awaiting `pong` waits. asyncio.timeout bounds a wait.",
        "Inside `async with asyncio.timeout(deadline):` write `await (await ws.ping())`; around "
        "it `try`, with `except TimeoutError: return`.",
    ],
    why="Only a Pong shows that the other side is there. A Ping that was sent proves nothing, "
    "and a wait without a deadline never ends on a frozen wire. A Pong takes at least a round "
    "trip, so choose a deadline that is much longer.",
)
async def heartbeat(ws, pause: float, deadline: float) -> None:
    """Send Pings in a loop; return when a Pong takes longer than deadline."""
    while True:
        pong = await ws.ping()
        try:
            await asyncio.wait_for(pong, deadline)
        except TimeoutError:
            return
        await asyncio.sleep(pause)


@heartbeat.wrong(
    "You send Pings but never wait for a Pong: write `pong = await ws.ping()`, then await pong."
)
async def looks_at_no_pong(ws, pause, deadline):
    while True:
        await ws.ping()
        await asyncio.sleep(pause)


@heartbeat.wrong("You wait for a Pong for ever; limit the wait: asyncio.wait_for(pong, deadline).")
async def waits_for_ever(ws, pause, deadline):
    while True:
        await (await ws.ping())
        await asyncio.sleep(pause)


@heartbeat.wrong(
    "A slow Pong is not a missing one: it may take `deadline` seconds, not `pause` seconds."
)
async def impatient(ws, pause, deadline):
    with suppress(TimeoutError):
        while True:
            await asyncio.wait_for(await ws.ping(), pause)


@heartbeat.wrong("One Pong in time is not the end: go on pinging until one is late.")
async def asks_once(ws, pause, deadline):
    with suppress(TimeoutError):
        await asyncio.wait_for(await ws.ping(), deadline)


@heartbeat.wrong(
    "A message is not a Ping: the other side need not answer it, and recv() takes the program's "
    "own messages."
)
async def says_ping_in_words(ws, pause, deadline):
    with suppress(TimeoutError):
        while True:
            await ws.send("ping")
            await asyncio.wait_for(ws.recv(), deadline)


@heartbeat.wrong("The TimeoutError is the result that you are looking for: catch it, and return.")
async def lets_it_raise(ws, pause, deadline):
    while True:
        await asyncio.wait_for(await ws.ping(), deadline)
        await asyncio.sleep(pause)
