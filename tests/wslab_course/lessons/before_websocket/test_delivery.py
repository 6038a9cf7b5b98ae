"""A delivery: what was told, how late, and what it cost; counts that no machine changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from http.client import HTTPConnection
from time import sleep
from typing import Any

import pytest

from tests.patience import LIMIT
from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab_course.lessons.before_websocket import delivery
from wslab_course.lessons.before_websocket.delivery import Delivery, deliver

WORDS = ["one", "two", "six"]
EVENTS = [(1, "one"), (2, "two"), (3, "six")]
HOST = {"Host": "feed.example"}


def asking(path: str, every: float = 0.0) -> Any:
    def client(wire: Tap) -> Iterator[tuple[int, str]]:
        last = 0
        with closing(HTTPConnection(wire.host, wire.port, timeout=LIMIT)) as http:
            while True:
                http.request("GET", f"/{path}?after={last}", headers=HOST)
                for last, text in json.load(http.getresponse()):
                    yield last, text
                sleep(every)

    return client


async def listening(wire: Tap) -> AsyncIterator[tuple[int, str]]:
    url = "ws://feed.example/socket"
    async with connect(url, host=wire.host, port=wire.port, user_agent_header=None) as ws:
        async for message in ws:
            number, text = json.loads(message)
            yield number, text


async def test_polling_counts_are_exact_and_it_is_late() -> None:
    run = await deliver(asking("poll", every=0.02), WORDS, misses=2)
    assert (run.events, run.requests, run.connections) == (EVENTS, 9, 1)
    assert min(run.delays) >= 0.02  # it happened after the question
    assert run.worst == max(run.delays)
    heads = 9 * len("GET /poll?after=0 HTTP/1.1\r\nAccept-Encoding: identity\r\n\r\n")
    assert run.sent(Side.CLIENT) == heads + 9 * len("Host: feed.example\r\n")


async def test_others_need_a_request_for_each_event_or_for_all() -> None:
    waiting = await deliver(asking("wait"), WORDS)
    assert (waiting.events, waiting.requests, waiting.connections) == (EVENTS, 3, 1)
    socket = await deliver(listening, WORDS)
    assert (socket.events, socket.requests, socket.connections) == (EVENTS, 1, 1)
    again = await deliver(listening, WORDS)
    assert [again.sent(side) for side in Side] == [socket.sent(side) for side in Side]


async def test_a_long_wire_delays_every_event() -> None:
    one_way = 0.02
    for client, ways in ((asking("wait"), 1), (listening, 1), (asking("poll"), 3)):
        run = await deliver(client, WORDS, one_way=one_way)
        assert min(run.delays) >= ways * one_way


async def test_each_connection_is_a_recording() -> None:
    def anew(wire: Tap) -> Iterator[tuple[int, str]]:
        last = 0
        while True:
            with closing(HTTPConnection(wire.host, wire.port, timeout=LIMIT)) as http:
                http.request("GET", f"/poll?after={last}", headers=HOST)
                for last, text in json.load(http.getresponse()):
                    yield last, text

    run = await deliver(anew, WORDS)
    assert (run.events, run.requests, run.connections) == (EVENTS, 6, 6)


async def test_a_client_may_end_early_or_fail() -> None:
    def one(wire: Tap) -> Iterator[tuple[int, str]]:
        yield next(asking("wait")(wire))

    assert (await deliver(one, WORDS)).events == EVENTS[:1]

    def fails(wire: Tap) -> Iterator[tuple[int, str]]:
        yield from ()
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        await deliver(fails, WORDS)
    with pytest.raises(TypeError, match="not a generator"):
        await deliver(lambda wire: [(1, "one")], WORDS)  # type: ignore[arg-type, return-value]


async def test_it_ends_after_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RUN_TIMEOUT_S", 0.05)
    with pytest.raises(TimeoutError):
        await deliver(listening, WORDS, misses=2)  # a WebSocket misses once, so nothing happens


def test_no_events_have_no_worst_delay() -> None:
    with pytest.raises(WslabError, match="no event was delivered"):
        _ = Delivery([], [], []).worst
