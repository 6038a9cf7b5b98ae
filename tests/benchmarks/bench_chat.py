"""What a chat costs: ChatServer with 1,000 clients against bare `websockets.broadcast`.

Each server is a process of its own, and so are its clients, which only look for the last
message of a round. Both servers are up all the time and take turns, round by round, and
medians of ratios are shown. Messages on the wire have about the same size.

On a machine that is busy with other things, the time of the clock says more about those:
what the server's own processor time gives is the row to look at.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.benchmarks.ratios import Row, full_or_quick, show
from wslab.network.chat.protocol import Limits, encode
from wslab.network.chat.server import ChatServer
from wslab.network.raw import SAMPLE_KEY
from wslab.protocol.frames import Frame, Opcode

RUNS: Final = 1  # none of its rows has a goal
CLIENTS: Final = full_or_quick(1_000, 100)
# Of one round, each to every client; a round is longer than a tick of the processor's clock.
MESSAGES: Final = full_or_quick(40, 200)
ROUNDS: Final = full_or_quick(7, 1)
AT_ONCE: Final = 100  # connections that are being made at the same time
PATIENCE: Final = 120.0  # seconds for any one step
TEXT: Final = "x" * 50
AROUND: Final = "y" * 70  # what ChatServer adds to a message: id, time, name


# The servers, each in a process.


async def bare() -> None:
    """The least that fans out: what one client sends goes to all, and nothing is kept."""
    clients: set[ServerConnection] = set()

    async def chat(ws: ServerConnection) -> None:
        await ws.recv()  # the join
        clients.add(ws)
        await ws.send('{"type":"join"}')
        try:
            async for message in ws:
                broadcast(clients, message)
        finally:
            clients.discard(ws)

    silent = logging.getLogger("bare")
    silent.disabled = True
    options: dict[str, Any] = {"compression": None, "ping_interval": None, "logger": silent}
    async with serve(chat, "127.0.0.1", 0, **options) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


def reference() -> None:
    limits = Limits(clients=CLIENTS + 1, burst=10**9)
    with ChatServer(limits=limits, keepalive=None) as server:  # the clients answer no ping
        print(server.url, flush=True)
        sys.stdin.readline()


# The clients, in a process.


class Listener(asyncio.Protocol):
    """One client: it shakes hands, joins, and then only looks for a marker in the bytes."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd = crowd
        self.number = number
        self.tail = b""
        self.joined = crowd.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            f"GET / HTTP/1.1\r\nHost: {self.crowd.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {SAMPLE_KEY}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.tell({"type": "join", "name": f"client {self.number}"})

    def tell(self, message: dict[str, Any]) -> None:
        data = encode(message).encode()
        self.transport.write(Frame(Opcode.TEXT, data, mask=b"wsck").encode())

    def data_received(self, data: bytes) -> None:
        seen = self.tail + data
        self.tail = seen[-16:]
        if not self.joined.done() and b'"join"' in seen:
            self.joined.set_result(None)
        if b"THE-END" in seen:
            self.tail = b""
            self.crowd.has_heard()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.joined.done():
            self.joined.set_exception(error or ConnectionError("closed"))


class Crowd:
    def __init__(self, url: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.host = urlsplit(url).netloc
        self.port = urlsplit(url).port
        self.listeners: list[Listener] = []
        self.waiting = 0
        self.all_heard = asyncio.Event()

    def has_heard(self) -> None:
        self.waiting -= 1
        if self.waiting == 0:
            self.all_heard.set()

    async def connect(self) -> None:
        for first in range(0, CLIENTS, AT_ONCE):
            new = [Listener(self, first + number) for number in range(AT_ONCE)]
            await asyncio.gather(
                *(
                    self.loop.create_connection(lambda one=one: one, "127.0.0.1", self.port)
                    for one in new
                )  # type: ignore[misc]
            )
            await asyncio.gather(*(one.joined for one in new))
            self.listeners += new

    async def round(self, around: str) -> float:
        """Seconds from the first word of a speaker until all have heard the last one."""
        self.waiting = CLIENTS
        self.all_heard.clear()
        began = time.perf_counter()
        for number in range(MESSAGES):
            last = "THE-END" if number == MESSAGES - 1 else ""
            self.listeners[0].tell({"type": "say", "text": TEXT + around + last})
        async with asyncio.timeout(PATIENCE):
            await self.all_heard.wait()
        return time.perf_counter() - began


async def crowd(url: str, around: str) -> None:
    people = Crowd(url)
    async with asyncio.timeout(PATIENCE):
        await people.connect()
    print("all are here", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(await people.round(around), flush=True)


# The comparison.


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_chat", *arguments]
    pipe = subprocess.PIPE
    running = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def line(running: subprocess.Popen[str], ask: str = "") -> str:
    assert running.stdin is not None and running.stdout is not None
    if ask:
        running.stdin.write(ask + "\n")
        running.stdin.flush()
    return running.stdout.readline().strip()


def enough_files() -> bool:
    """Raise this process's limit of open files for it and its children, as far as it may."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return True
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CLIENTS + 100
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard >= wanted):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft >= wanted


def main() -> None:
    if not enough_files():
        print(f"\nthe chat needs {CLIENTS + 100} open files; allow them with 'ulimit -n 4096'")
        return
    memory: dict[str, float] = {}
    joining: dict[str, float] = {}
    rounds: dict[str, list[tuple[float, float]]] = {"bare": [], "chat": []}
    with ExitStack() as stack:
        crowds = {}
        servers = {}
        for name, around in (("bare", AROUND), ("chat", "")):
            server = stack.enter_context(process(name))
            url = line(server)
            servers[name] = psutil.Process(server.pid)
            before = servers[name].memory_info().rss
            began = time.perf_counter()
            crowds[name] = stack.enter_context(process("crowd", url, around))
            assert line(crowds[name]) == "all are here"
            joining[name] = time.perf_counter() - began
            memory[name] = (servers[name].memory_info().rss - before) / CLIENTS
        for number in range(ROUNDS + 1):
            for name, people in crowds.items():
                before = sum(servers[name].cpu_times()[:2])  # user and system
                seconds = float(line(people, "go"))
                if number:  # the first warms up
                    used = sum(servers[name].cpu_times()[:2]) - before
                    rounds[name].append((seconds, used))

    def ratio(column: int) -> float:
        pairs = zip(rounds["bare"], rounds["chat"], strict=True)
        return statistics.median(bare[column] / chat[column] for bare, chat in pairs)

    per_second = CLIENTS * MESSAGES / statistics.median(row[0] for row in rounds["chat"])
    show(
        f"chat with {CLIENTS:,} clients at once (ChatServer: {per_second:,.0f} messages/s "
        f"delivered, {memory['chat'] / 1024:.1f} KiB a client, all joined and told so in "
        f"{joining['chat']:.1f} s)",
        [
            Row("messages delivered per second of processor", "bare broadcast", ratio(1)),
            Row("messages delivered per second by the clock", "bare broadcast", ratio(0)),
            Row("memory of a client", "bare server", memory["chat"] / memory["bare"]),
        ],
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare"]:
            asyncio.run(bare())
        case ["chat"]:
            reference()
        case ["crowd", url, around]:
            asyncio.run(crowd(url, around))
        case _:
            main()
