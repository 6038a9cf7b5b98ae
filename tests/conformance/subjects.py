"""The servers that the suite is let loose on, each in a process of its own.

    python -m tests.conformance.subjects bare          what the library does alone
    python -m tests.conformance.subjects echo          EchoServer
    python -m tests.conformance.subjects tap [FOLDER]  EchoServer behind a recording Tap

It prints the URL, then, behind a tap, one line of JSON for each connection that has ended:
what `scrutiny.examine` saw. It stops when its standard input ends. With FOLDER each
recording is kept there, by its number.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.conformance.scrutiny import Seen, examine
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

MAX_SIZE: Final = 16 * 2**20  # bytes: cases 9.1.6 and 9.2.6 send one message of 16 MiB
#: Cases 9.3.1 and 9.4.1 send 65,536 fragments; `websockets` reads this variable on import.
ENVIRONMENT: Final = {"WEBSOCKETS_MAX_FRAGMENTS": "100000"}
LIMIT: Final = 512 * 2**20  # bytes: the longest case leaves 228 MB in its recording
LOOK_AGAIN: Final = 0.1  # seconds

NAMES: Final = ("bare", "echo", "tap")


async def _echo(ws: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in ws:
            await ws.send(message)


def bare(over: threading.Event) -> None:
    """The library's own echo. Compression is its default, keepalive pings would be noise."""

    async def main() -> None:
        options = {"max_size": MAX_SIZE, "ping_interval": None}
        async with serve(_echo, "127.0.0.1", 0, **options) as server:
            port = server.sockets[0].getsockname()[1]
            say(f"ws://127.0.0.1:{port}")
            await asyncio.to_thread(over.wait)

    asyncio.run(main())


def echo(over: threading.Event) -> None:
    """EchoServer with compression, which cases 12 and 13 ask for."""
    with EchoServer(compression="deflate", max_size=MAX_SIZE) as server:
        say(server.url)
        over.wait()


def tap(over: threading.Event, folder: Path | None = None) -> None:
    """The same EchoServer through a Tap; each recording is taken out when it has ended.

    It is examined in another process, for here it would hold up what passes.
    """
    with ExitStack() as stack:
        pool = stack.enter_context(multiprocessing.get_context("spawn").Pool(1))
        server = stack.enter_context(EchoServer(compression="deflate", max_size=MAX_SIZE))
        relay = stack.enter_context(Tap(server.url, limit=LIMIT))
        say(relay.url)
        taken = 0
        # Not `relay.wait`: a tap that somebody waits for takes its long way, and this is
        # about the short one.
        while not over.wait(LOOK_AGAIN):
            taken = _take_out(pool, folder, relay, taken, _has_ended)
        relay.stop()
        _take_out(pool, folder, relay, taken, lambda recording: True)


def _take_out(
    pool: Pool,
    folder: Path | None,
    relay: Tap,
    taken: int,
    ready: Callable[[Recording], bool],
) -> int:
    """Examine the recordings from number `taken` on that are ready, and empty them."""
    for recording in relay.recordings[taken:]:  # more may arrive meanwhile
        if not ready(recording):
            break
        seen = pool.apply(_examine, (recording, folder and folder / f"{taken}.wscap"))
        say(json.dumps(seen.as_json()))
        recording.chunks = []
        taken += 1
    return taken


def _has_ended(recording: Recording) -> bool:
    return {ending.sender for ending in recording.endings} == set(Side)


def _examine(recording: Recording, kept: Path | None) -> Seen:
    if kept is not None:
        recording.save(kept)
    return examine(recording)


def say(line: str) -> None:
    print(line, flush=True)


def main(name: str, folder: str | None = None) -> None:
    over = threading.Event()

    def read_to_the_end() -> None:
        sys.stdin.buffer.read()
        over.set()

    threading.Thread(target=read_to_the_end, daemon=True).start()
    if name == "tap":
        tap(over, Path(folder) if folder else None)
    else:
        {"bare": bare, "echo": echo}[name](over)


if __name__ == "__main__":
    main(*sys.argv[1:])
