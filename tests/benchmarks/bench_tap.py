"""What recording costs: a Tap against relays that only pass bytes on.

The echo server is a process of its own; the client is the main thread; each relay
runs on the background loop, as a Tap does. The contenders take turns, round by
round, and medians are compared, so that a busy machine disturbs all of them alike.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import cast

from tests.benchmarks.ratios import Row, full_or_quick, show
from wslab.network.background import Service, loop, stop_listening
from wslab.network.tap.tap import Tap

ROUNDS = full_or_quick(15, 1)
TRIPS = full_or_quick(300, 10)  # round trips in one round
SMALL = b"x" * 131  # a masked text frame of 125 bytes
BLOCKS = full_or_quick(24, 1)  # echoes of one MiB in one round
BLOCK = bytes(1024 * 1024)

TAP = "tap"
FULL = "tap whose recording is full"
DIRECT = "no relay"
BARE = "bare relay"
KEEPING = "bare relay that keeps the bytes in a list"  # what memory costs on this machine
STREAMS = "relay made of streams"
MITMPROXY = "mitmproxy"

ECHO = """
import asyncio

class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(data)

async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


class BareEnd(asyncio.Protocol):
    """One connection of the leanest honest relay: it waits for slow readers and records nothing."""

    transport: asyncio.Transport
    peer: BareEnd

    def __init__(self, target: int = 0, kept: list[bytes] | None = None) -> None:
        self.target = target
        self.kept = kept

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if self.target:
            self.transport.pause_reading()
            self.connecting = loop().create_task(self.connect())

    async def connect(self) -> None:
        self.peer = BareEnd(kept=self.kept)
        self.peer.peer = self
        await loop().create_connection(lambda: self.peer, "127.0.0.1", self.target)
        self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self.kept is not None:
            self.kept.append(data)
        self.peer.transport.write(data)

    def eof_received(self) -> bool:
        self.peer.transport.write_eof()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.peer.transport.close()

    def pause_writing(self) -> None:
        self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        self.peer.transport.resume_reading()


class BareRelay(Service):
    """A relay made of protocols, as Tap is."""

    def __init__(self, target: int, keeps: bool = False) -> None:
        super().__init__()
        self.target = target
        self.kept: list[bytes] = []
        self.before: list[bytes] = []
        self.keeps = keeps

    async def _open(self) -> None:
        self.server = await self._listen()
        self.port = self.server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await loop().create_server(self._accept, self.host, 0)

    def _accept(self) -> BareEnd:
        return BareEnd(self.target, self.kept if self.keeps else None)

    async def _close(self) -> None:
        await stop_listening(self.server)


class StreamsRelay(BareRelay):
    """A relay made of streams, as one writes it first."""

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, self.host, 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self._copy(reader, onward), self._copy(onward_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(256 * 1024):
                writer.write(data)
                await writer.drain()
        writer.close()


@contextmanager
def program(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=10)


@contextmanager
def mitmproxy(target: int) -> Iterator[int]:
    """mitmproxy as a plain TCP relay, on the port that is yielded."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mode = f"reverse:tcp://127.0.0.1:{target}"
    with program("mitmdump", "--quiet", "--mode", mode, "--listen-port", str(port)):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.1)
        yield port


def exchange(connection: socket.socket, data: bytes, times: int) -> float:
    """Seconds for one echo of `data`, on average over `times`."""
    buffer = bytearray(len(data))
    began = time.perf_counter()
    for _ in range(times):
        connection.sendall(data)
        view = memoryview(buffer)
        while view:
            view = view[connection.recv_into(view) :]
    return (time.perf_counter() - began) / times


def measure(port: int) -> tuple[float, float]:
    """Seconds for one small round trip and for one echo of a MiB, on one new connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        exchange(connection, SMALL, 20)  # warm up
        return exchange(connection, SMALL, TRIPS), exchange(connection, BLOCK, BLOCKS)


def main() -> None:
    with ExitStack() as stack:
        echo = stack.enter_context(program(sys.executable, "-c", ECHO))
        assert echo.stdout is not None
        target = int(echo.stdout.readline())
        tap = stack.enter_context(Tap(f"ws://127.0.0.1:{target}/", limit=1 << 30, keep=1))
        full = stack.enter_context(Tap(f"ws://127.0.0.1:{target}/", limit=0))
        keeping = stack.enter_context(BareRelay(target, keeps=True))
        ports = {
            TAP: tap.port,
            FULL: full.port,
            DIRECT: target,
            BARE: stack.enter_context(BareRelay(target)).port,
            KEEPING: keeping.port,
            STREAMS: stack.enter_context(StreamsRelay(target)).port,
        }
        if shutil.which("mitmdump"):
            ports[MITMPROXY] = stack.enter_context(mitmproxy(target))
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in ports}
        names = list(ports)
        for _ in range(ROUNDS):
            for name in names:
                results[name].append(measure(ports[name]))
                # Each remembers its last connection, and makes the next of fresh memory.
                if name == KEEPING:
                    keeping.before, keeping.kept = keeping.kept, []
            names.reverse()
    report(results)


def report(results: dict[str, list[tuple[float, float]]]) -> None:
    """Two tables: how long a small round trip takes, how fast a MiB comes back."""

    def ratio(column: int, over: str, under: str) -> float:
        rows = zip(results[over], results[under], strict=True)
        return statistics.median(above[column] / below[column] for above, below in rows)

    trip = statistics.median(row[0] for row in results[BARE])
    rows = [Row(TAP, DIRECT, ratio(0, TAP, DIRECT)), Row(TAP, BARE, ratio(0, TAP, BARE), "<= 1.15")]
    rows += [Row(TAP, KEEPING, ratio(0, TAP, KEEPING)), Row(TAP, STREAMS, ratio(0, TAP, STREAMS))]
    if MITMPROXY in results:
        rows.append(Row(TAP, MITMPROXY, ratio(0, TAP, MITMPROXY), "<= 0.33"))
    else:
        print("\nmitmproxy is not installed, so the tap is not compared with it")
    title = f"round trip of {len(SMALL)} bytes: times that of ({BARE}: {trip * 1e6:.0f} \u00b5s)"
    show(title, rows)

    echo = statistics.median(row[1] for row in results[BARE])
    rows = [Row(TAP, peer, ratio(1, peer, TAP)) for peer in (DIRECT, STREAMS)]
    # What is kept needs fresh memory: that alone costs a relay more than a quarter of its speed.
    rows.append(Row(TAP, KEEPING, ratio(1, KEEPING, TAP), ">= 0.9"))
    rows.append(Row(TAP, BARE, ratio(1, BARE, TAP), ">= 0.65"))
    rows.append(Row(FULL, BARE, ratio(1, BARE, FULL), ">= 0.8"))
    if MITMPROXY in results:
        rows.append(Row(TAP, MITMPROXY, ratio(1, MITMPROXY, TAP), ">= 3"))
    show(f"echo of 1 MiB: times the speed of ({BARE}: {1 / echo:.0f} MiB/s)", rows)


if __name__ == "__main__":
    main()
