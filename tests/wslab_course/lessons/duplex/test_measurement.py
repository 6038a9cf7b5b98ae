"""One run over a slow wire: the clock, the connections, the bytes, who waited for whom."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from time import perf_counter
from urllib.parse import urlsplit

import pytest

from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Chunk, Recording
from wslab_course.lessons.duplex import measurement
from wslab_course.lessons.duplex.http_echo import HttpEcho
from wslab_course.lessons.duplex.measurement import Measurement, measure

WORDS = ["one", "two", "six"]
REQUEST = "GET /echo?text={} HTTP/1.1\r\nHost: a\r\n\r\n"


async def lock_step(url: str, words: Sequence[str]) -> list[str]:
    answers = []
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
            answers.append(str(await ws.recv()))
    return answers


async def pipelined(url: str, words: Sequence[str]) -> list[str]:
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return [str(await ws.recv()) for _ in words]


def over_http(url: str, words: Sequence[str], ahead: int = 1) -> list[str]:
    """Plain requests, so many at a time; the answers are of equal size."""
    parts, answers = urlsplit(url), []
    with socket.create_connection((parts.hostname or "", parts.port or 0), 5) as client:
        with client.makefile("rb") as reader:
            for start in range(0, len(words), ahead):
                group = words[start : start + ahead]
                client.sendall("".join(map(REQUEST.format, group)).encode())
                for _ in group:
                    while reader.readline() != b"\r\n":
                        pass
                    answers.append(reader.read(3).decode())
    return answers


async def test_a_websocket_used_in_two_ways() -> None:
    async with EchoServer() as server:
        slow = await measure(lock_step, WORDS, server.url)
        fast = await measure(pipelined, WORDS, server.url)
    assert slow.answers == fast.answers == WORDS
    assert (slow.connections, fast.connections) == (1, 1)
    assert (slow.ahead, fast.ahead) == (1, 3)
    assert slow.turns == 1 + 3 + 1  # the handshake, three words, and the Close
    # Opening TCP, the handshake, and three round trips; or one.
    assert slow.seconds >= 5 * 2 * measurement.ONE_WAY_S
    assert 3 * 2 * measurement.ONE_WAY_S <= fast.seconds
    # Three frames of 2 + 4 + 3 bytes and a Close; unmasked they are four bytes shorter.
    assert slow.sent(Side.CLIENT) == 3 * 9 + 8 and slow.sent(Side.SERVER) == 3 * 5 + 4
    head = slow.recordings[0].handshake
    assert head is not None and head.response is not None
    assert slow.handshake == len(head.request.encode()) + len(head.response.encode())


async def test_http_in_a_thread() -> None:
    async with HttpEcho() as server:
        slow = await measure(over_http, WORDS, server.url, 0.01)
        fast = await measure(lambda url, words: over_http(url, words, 3), WORDS, server.url, 0.01)
        apart = await measure(
            lambda url, words: [over_http(url, [word])[0] for word in words],
            WORDS,
            server.url,
            0.01,
        )
    assert slow.answers == fast.answers == apart.answers == WORDS
    assert (slow.connections, fast.connections, apart.connections) == (1, 1, 3)
    assert (slow.ahead, fast.ahead, apart.ahead) == (1, 3, 1)
    asked = sum(len(REQUEST.format(word)) for word in WORDS)
    assert slow.sent(Side.CLIENT) == fast.sent(Side.CLIENT) == apart.sent(Side.CLIENT) == asked
    assert slow.handshake == 0
    assert slow.seconds >= 4 * 0.02 and apart.seconds >= 6 * 0.02
    assert slow.turn >= 0.02  # a turn is a round trip
    assert fast.turn == apart.turn == 0.0  # one turn on a connection has no next
    assert (slow.turns, fast.turns, apart.turns) == (3, 1, 3)


async def test_a_client_that_does_nothing() -> None:
    async with EchoServer() as server:
        idle = await measure(lambda url, words: None, WORDS, server.url)
    assert (idle.answers, idle.connections, idle.ahead) == (None, 0, 0)
    assert idle.sent(Side.CLIENT) == idle.handshake == idle.turn == 0


async def test_a_run_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "RUN_TIMEOUT_S", 0.05)

    async def waits(url: str, words: Sequence[str]) -> None:
        await asyncio.Event().wait()

    async with EchoServer() as server:
        with pytest.raises(TimeoutError):
            await measure(waits, WORDS, server.url)


def test_a_slow_wire_takes_a_round_trip_to_open() -> None:
    with HttpEcho() as server, Tap(server.url) as tap:
        tap.delay(0.02, Side.CLIENT, opening=True)
        tap.delay(0.03, Side.SERVER, opening=True)
        began = perf_counter()
        assert over_http(tap.url, ["one"]) == ["one"]
        assert perf_counter() - began >= 2 * (0.02 + 0.03)
        assert tap.recording.chunks[0].at >= 0.05  # no byte before the wire is open


async def test_of_several_tries_the_fastest_counts() -> None:
    seen: list[float] = []

    async def once_slow(url: str, words: object) -> list[str]:
        await asyncio.sleep(0 if seen else 0.3)  # the first run is spoilt
        seen.append(0)
        return [str(len(seen))]

    async with EchoServer() as server:
        run = await measure(once_slow, ["a"], server.url, tries=3)
    assert len(seen) == 3 and run.answers != ["1"]


def test_one_stall_does_not_change_the_turn() -> None:
    recording = Recording()
    for number, at in enumerate([0.0, 0.1, 0.2, 5.0, 5.1]):
        recording.add(Chunk(at, Side.CLIENT, b"a question"))
        recording.add(Chunk(at, Side.CLIENT, b" in two chunks"))
        recording.add(Chunk(at + 0.05, Side.SERVER, b"an answer %d" % number))
    run = Measurement([], 5.15, [recording])
    assert run.turns == 5 and run.turn == pytest.approx(0.1)
