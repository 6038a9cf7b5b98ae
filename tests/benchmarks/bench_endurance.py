"""What thirty minutes cost a tap: 180,000 messages of 2 kB, a hundred a second, at full speed.

`python -m wslab tap` is a process of its own and prints to nowhere. It passes on 350 MiB in
each direction, one message after the other's answer, on one connection. Its memory is looked
at on the way: what it keeps is bounded, so that the second half of the time adds nothing.
Then 20,000 connections, one after the other, through one that saves nothing: those that are
over are forgotten.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.benchmarks.ratios import Row, full_or_quick, seconds, show
from wslab.network.raw import RawClient
from wslab.protocol.frames import Frame, Opcode
from wslab.protocol.recording.recording import MAX_RECORDING_BYTES

RUNS = 1  # of a minute or two
MESSAGES = full_or_quick(180_000, 1_000)
SIZE = 2_000  # bytes
CONNECTIONS = full_or_quick(20_000, 200)
FIRST = full_or_quick(1_000, 100)  # connections, after which the memory is looked at
LOOKS = 20  # at the memory, on the way
MIB = 1024 * 1024

# Answers each whole message of SIZE bytes with one, as fast as may be.
SERVER = f"""
import asyncio, sys
from wslab.protocol.frames import Frame
from wslab.protocol.handshake import Request, accept_key

ANSWER = Frame(2, bytes({SIZE})).encode()

class Server(asyncio.Protocol):
    seen = None
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        if self.seen is None:
            self.seen = 0
            key = Request.parse(data).headers.get("Sec-WebSocket-Key")
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\n"
                b"Connection: Upgrade\\r\\nSec-WebSocket-Accept: %s\\r\\n\\r\\n"
                % accept_key(key).encode()
            )
            return
        self.seen += len(data)
        whole, self.seen = divmod(self.seen, len(ANSWER) + 4)
        self.transport.write(ANSWER * whole)

async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(f"ws://127.0.0.1:{{server.sockets[0].getsockname()[1]}}", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def program(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A process, and the URL that its first line begins with; what follows it is thrown away."""
    reading, writing = os.pipe()
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=writing, stderr=subprocess.DEVNULL) as process:
        os.close(writing)
        try:
            with open(reading, "rb") as said:
                url = said.readline().split()[0].decode()
                drain = subprocess.Popen(["cat"], stdin=said, stdout=subprocess.DEVNULL)
            yield process, url
        finally:
            process.terminate()  # SIGINT would be ignored in a shell's background
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            drain.wait(10)


def memory(tap: subprocess.Popen[bytes], url: str, messages: int) -> list[float]:
    """MiB of the tap's process before, and at each look on the way."""
    process = psutil.Process(tap.pid)
    message = Frame(Opcode.BINARY, bytes(SIZE), mask=b"wsck").encode()
    answer = len(message) - 4
    with RawClient(url, timeout=60) as raw:
        looks = [process.memory_info().rss / MIB]
        for _ in range(LOOKS):
            for _ in range(messages // LOOKS):
                raw.send(message)
                raw.read(answer)
            looks.append(process.memory_info().rss / MIB)
    return looks


def one_message(url: str) -> None:
    """A connection of one message and its answer."""
    message = Frame(Opcode.BINARY, bytes(SIZE), mask=b"wsck").encode()
    with RawClient(url, timeout=60) as raw:
        raw.send(message)
        raw.read(len(message) - 4)


def memory_of_connections(tap: subprocess.Popen[bytes], url: str) -> tuple[float, float]:
    """MiB of the tap's process after the first connections, and after all of them."""
    process = psutil.Process(tap.pid)
    first = 0.0
    for number in range(1, CONNECTIONS + 1):
        one_message(url)
        if number == FIRST:
            first = process.memory_info().rss / MIB
    return first, process.memory_info().rss / MIB


def main() -> None:
    rows = []
    with program("-c", SERVER) as (_, target), tempfile.TemporaryDirectory() as folder:
        with program("-c", SERVER) as (server, url):
            direct = seconds(lambda: memory(server, url, MESSAGES // 10)) * 10
        for what, more in {
            "printing": [],
            "printing and keeping": ["--save", str(Path(folder) / "long.wscap")],
        }.items():
            with program("-m", "wslab", "tap", target, *more) as (tap, url):
                began = time.perf_counter()
                looks = memory(tap, url, MESSAGES)
                took = time.perf_counter() - began
            start, middle, end = looks[0], looks[LOOKS // 2], looks[-1]
            kept = MAX_RECORDING_BYTES / MIB if more else 1.0
            name = f"{what} ({start:.0f} MiB at first, {end:.0f} at the end, {took:.0f} s)"
            rows.append(Row(name, "memory after half the time", end / middle, "<= 1.05"))
            against = "the 64 MiB that it keeps" if more else "1 MiB"
            rows.append(Row(f"{what}: growth", against, (end - start) / kept, "<= 2"))
            rows.append(Row(name, "time without a tap", took / direct))
    show(f"{MESSAGES:,} messages of {SIZE:,} bytes each way: times that of", rows)
    with program("-c", SERVER) as (_, target), program("-m", "wslab", "tap", target) as (tap, url):
        first, last = memory_of_connections(tap, url)
    what = f"printing ({first:.0f} MiB after {FIRST:,}, {last:.0f} at the end)"
    row = Row(what, f"memory after {FIRST:,} of them", last / first, "<= 1.1")
    show(f"{CONNECTIONS:,} connections, one after the other: times that of", [row])


if __name__ == "__main__":
    main()
