"""The feed: the same events by four transports, resumed, late, hostile, and stopped."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.patience import LIMIT
from tests.wslab.network.sockets import in_threads
from wslab.errors import NotRunning, WslabError
from wslab.network import background
from wslab.network.client import connect
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab_course.lessons.before_websocket.feed import MAX_EVENTS, MAX_MESSAGE_BYTES, Feed

THREE = [(1, "one"), (2, "two"), (3, "six")]
WAYS = ["poll", "wait", "stream", "socket"]


@pytest.fixture
def feed() -> Iterator[Feed]:
    """A feed; afterwards nobody waits, nothing went wrong, no port and no task is left."""
    background.loop()
    background.log.clear()
    tasks = background.call(lambda: len(asyncio.all_tasks(background.loop())))
    with Feed() as feed:
        yield feed
    assert feed.waiting == 0
    assert list(background.log) == []
    ports = {c.laddr.port for c in psutil.Process().net_connections("tcp") if c.status == "LISTEN"}
    assert feed.port not in ports

    async def settled() -> int:
        async with asyncio.timeout(LIMIT):
            while (left := len(asyncio.all_tasks())) > tasks + 1:  # this one
                await asyncio.sleep(0)
            return left

    background.run(settled())


def ask(feed: Feed, target: str, method: str = "GET", **headers: str) -> tuple[int, str, Any]:
    """Status, body and headers of one answer."""
    with closing(HTTPConnection(feed.host, feed.port, timeout=LIMIT)) as http:
        http.request(method, target, headers={n.replace("_", "-"): v for n, v in headers.items()})
        response = http.getresponse()
        return response.status, response.read().decode(), response.headers


def told(feed: Feed, way: str, count: int, after: int | str = 0) -> list[tuple[int, str]]:
    """The next `count` events that a client of this transport is told."""
    if way == "socket":
        return asyncio.run(over_a_socket(feed, count, after))
    events: list[tuple[int, str]] = []
    with closing(HTTPConnection(feed.host, feed.port, timeout=LIMIT)) as http:
        if way == "stream":
            http.request("GET", f"/stream?after={after}")
            return in_stream(http.getresponse(), count)
        while len(events) < count:
            http.request("GET", f"/{way}?after={events[-1][0] if events else after}")
            events += [(number, text) for number, text in json.load(http.getresponse())]
    return events


async def over_a_socket(feed: Feed, count: int, after: int | str = 0) -> list[tuple[int, str]]:
    async with asyncio.timeout(LIMIT), connect(f"ws{feed.url[4:]}/socket?after={after}") as ws:
        return [tuple(json.loads(await ws.recv())) for _ in range(count)]


def in_stream(lines: Any, count: int) -> list[tuple[int, str]]:
    events: list[tuple[int, str]] = []
    number, data = 0, []
    for line in lines:
        field, _, value = line.decode().removesuffix("\n").partition(": ")
        if field == "id":
            number = int(value)
        if field == "data":
            data.append(value)
        if not field:
            events.append((number, "\n".join(data)))
            data = []
            if len(events) == count:
                break
    return events


# --- the four ways ------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_who_comes_late_is_told_everything(feed: Feed, way: str) -> None:
    for _, text in THREE:
        feed.publish(text)
    assert told(feed, way, 3) == THREE
    assert [event[:2] for event in feed.events] == THREE
    assert told(feed, way, 2, after=1) == THREE[1:]


@pytest.mark.parametrize("way", WAYS[1:])
def test_nothing_travels_before_it_happens(feed: Feed, way: str) -> None:
    with Tap(feed.url) as wire:
        got: list[Any] = []
        client = threading.Thread(target=lambda: got.extend(told(through(feed, wire), way, 1)))
        client.start()
        feed.wait_for_clients()
        before = wire.recording.byte_count(Side.SERVER)
        assert (got, b"one" in wire.recording.bytes_from(Side.SERVER)) == ([], False)
        feed.publish("one")
        client.join(LIMIT)
        assert got == THREE[:1]
        assert wire.recording.byte_count(Side.SERVER) > before
    assert feed.misses >= 1


def through(feed: Feed, wire: Tap) -> Any:
    """A stand-in for the feed whose address is the tap's."""

    class There:
        host, port, url = wire.host, wire.port, wire.url

    return There


def test_a_poll_is_answered_at_once_with_nothing(feed: Feed) -> None:
    status, body, headers = ask(feed, "/poll")
    assert (status, body, headers["Content-Type"]) == (200, "[]", "application/json")
    assert (feed.misses, feed.waiting) == (1, 0)
    feed.publish("one")
    assert ask(feed, "/poll")[1] == '[[1, "one"]]'
    assert ask(feed, "/poll?after=1")[1] == "[]"


def test_a_request_is_not_held_for_ever() -> None:
    with Feed(hold=0.01) as feed:
        assert ask(feed, "/wait")[:2] == (200, "[]")
        assert feed.waiting == 0


def test_the_bytes_are_the_same_every_time(feed: Feed) -> None:
    feed.publish("one")
    with (
        Tap(feed.url) as wire,
        closing(HTTPConnection(wire.host, wire.port, timeout=LIMIT)) as http,
    ):
        http.request("GET", "/stream", headers={"Last-Event-ID": "0"})
        assert in_stream(http.getresponse(), 1) == THREE[:1]
        assert wire.recording.bytes_from(Side.SERVER) == (
            b"HTTP/1.1 200 OK\r\nServer: wslab\r\nContent-Type: text/event-stream\r\n"
            b"Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"11\r\nid: 1\ndata: one\n\n\r\n"
        )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["", " ", "ü🐟\u2028", '"]', "data: x\n\nid: 9", "a\r\nb"])
def test_any_text_arrives_whole(feed: Feed, way: str, text: str) -> None:
    feed.publish(text)
    feed.publish("next")
    same = text.replace("\r\n", "\n") if way == "stream" else text
    assert told(feed, way, 2) == [(1, same), (2, "next")]


def test_several_clients_each_hear_everything(feed: Feed) -> None:
    clients = [lambda way=way: told(feed, way, 3) for way in WAYS[1:] * 3]
    news = [lambda: (feed.wait_for_clients(9), [feed.publish(text) for _, text in THREE])]
    heard = in_threads(*clients, *news)
    assert heard[:-1] == [THREE] * 9


async def test_what_a_client_says_is_an_event_for_all(feed: Feed) -> None:
    url = f"ws{feed.url[4:]}/socket"
    async with asyncio.timeout(LIMIT), connect(url) as one, connect(url) as other:
        await one.send("ü")
        assert [await ws.recv() for ws in (one, other)] == ['[1, "ü"]'] * 2
    assert ask(feed, "/poll")[1] == '[[1, "ü"]]'


# --- resume -------------------------------------------------------------------------------


def test_a_stream_cut_in_mid_event_is_resumed_without_a_gap(feed: Feed) -> None:
    for _, text in THREE:
        feed.publish(text)
    feed.cut_event(2)
    with Tap(feed.url) as wire:
        with closing(HTTPConnection(wire.host, wire.port, timeout=LIMIT)) as http:
            http.request("GET", "/stream")
            first = in_stream(http.getresponse(), 3)
        cut = wire.recording.bytes_from(Side.SERVER)
    assert first == THREE[:1]
    assert cut.endswith(b"id: 2\ndata: t\r\n")
    with closing(HTTPConnection(feed.host, feed.port, timeout=LIMIT)) as http:
        http.request("GET", "/stream?after=0", headers={"Last-Event-ID": "1"})  # the header wins
        assert in_stream(http.getresponse(), 2) == THREE[1:]


# --- counts that do not depend on the machine ----------------------------------------------


def test_an_event_happens_at_a_miss_and_the_miss_does_not_carry_it(feed: Feed) -> None:
    feed.publish_on_miss(["one", "two"], misses=2)
    bodies = [ask(feed, f"/poll?after={after}")[1] for after in (0, 0, 0, 1, 1, 1)]
    assert bodies == ["[]", "[]", '[[1, "one"]]', "[]", "[]", '[[2, "two"]]']
    assert ask(feed, "/poll?after=2")[1] == "[]"
    assert feed.misses == 5


@pytest.mark.parametrize("misses", [0, -1, 1.5, "2"])
def test_misses_are_counted_from_one(feed: Feed, misses: Any) -> None:
    with pytest.raises(WslabError, match="from 1 on"):
        feed.publish_on_miss(["one"], misses)


# --- hostile clients ----------------------------------------------------------------------

STRANGE = ["abc", "-1", "+1", "1.0", "2", "9" * 30, "%D9%A1", "%ff", "1%00", "0x1", "1;2", "NaN"]


@pytest.mark.parametrize("after", STRANGE)
@pytest.mark.parametrize("path", ["/poll", "/wait", "/stream", "/socket"])
def test_a_number_that_is_none_is_refused_in_words(feed: Feed, path: str, after: str) -> None:
    feed.publish("one")
    status, body, headers = ask(feed, f"{path}?after={after}")
    assert (status, headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert body.startswith("the number of an event is from 0 to 1; found ")
    assert len(body) < 120
    assert told(feed, path[1:], 1) == THREE[:1]  # and the next client is served


@pytest.mark.parametrize("known", ["x", "-1", "2", "1, 1"])
def test_a_strange_last_event_id_is_refused(feed: Feed, known: str) -> None:
    feed.publish("one")
    assert ask(feed, "/stream", Last_Event_ID=known)[0] == 400


def test_other_paths_and_methods_are_refused_in_words(feed: Feed) -> None:
    status, body, _ = ask(feed, "/events")
    assert (status, body) == (404, "this feed has /poll, /wait, /stream and /socket\n")
    for path in ("/poll", "/wait", "/stream", "/socket"):
        status, body, _ = ask(feed, path, method="POST")
        assert (status, body) == (405, "this feed answers GET, not POST\n")
    assert ask(feed, "/socket")[0] == 400  # no upgrade was asked for


async def test_a_page_of_another_site_cannot_listen(feed: Feed) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        await connect(f"ws{feed.url[4:]}/socket", origin="https://page.example")


@pytest.mark.parametrize(
    ("said", "code"),
    [(b"\x00", 1003), ("x" * (MAX_MESSAGE_BYTES + 1), 1009)],
    ids=["binary", "long"],
)
async def test_a_client_says_short_texts(feed: Feed, said: str | bytes, code: int) -> None:
    async with asyncio.timeout(LIMIT), connect(f"ws{feed.url[4:]}/socket") as ws:
        await ws.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            await ws.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code
    assert feed.events == []


async def test_a_full_feed_says_so(feed: Feed) -> None:
    background.call(lambda: [feed._publish("x") for _ in range(MAX_EVENTS)])
    with pytest.raises(WslabError, match="takes no more"):
        feed.publish("x")
    async with asyncio.timeout(LIMIT), connect(f"ws{feed.url[4:]}/socket?after={MAX_EVENTS}") as ws:
        await ws.send("x")
        with pytest.raises(ConnectionClosed, match="1013"):
            await ws.recv()


@pytest.mark.parametrize("text", [None, 7, b"one", "\ud800"])
def test_only_text_is_published(feed: Feed, text: Any) -> None:
    with pytest.raises(WslabError):
        feed.publish(text)
    assert feed.events == []


@pytest.mark.parametrize("way", WAYS[1:])
def test_who_leaves_while_waiting_is_forgotten(feed: Feed, way: str) -> None:
    heads = b"GET /%s HTTP/1.1\r\nHost: a\r\n" % way.encode()
    if way == "socket":
        heads += b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        heads += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    with socket.create_connection((feed.host, feed.port), 5) as client:
        client.sendall(heads + b"\r\n")
        feed.wait_for_clients()
    until(lambda: feed.waiting == 0)
    feed.publish("one")
    assert told(feed, way, 1) == THREE[:1]


def until(true: Callable[[], bool]) -> None:
    """Let the background loop turn until this is so."""

    async def turn() -> None:
        async with asyncio.timeout(LIMIT):
            while not true():
                await asyncio.sleep(0)

    background.run(turn())


# --- start and stop -----------------------------------------------------------------------


async def test_a_stop_ends_every_wait_in_good_order() -> None:
    with Feed() as feed:
        async with asyncio.timeout(LIMIT), connect(f"ws{feed.url[4:]}/socket") as ws:
            with closing(HTTPConnection(feed.host, feed.port, timeout=LIMIT)) as stream:
                stream.request("GET", "/stream")
                answer = stream.getresponse()
                feed.wait_for_clients(2)
                await asyncio.to_thread(feed.stop)
                assert answer.read() == b""  # whole: the last chunk came
            with pytest.raises(ConnectionClosed, match="1001"):
                await ws.recv()
    assert feed.waiting == 0


async def test_a_stop_does_not_wait_for_a_client_that_sleeps() -> None:
    background.log.clear()
    with Feed() as feed:
        ws = await connect(f"ws{feed.url[4:]}/socket")
        feed.wait_for_clients()
        feed.stop()  # this loop is blocked, so that its client cannot answer the Close
        assert not feed._sockets
    async with asyncio.timeout(LIMIT):
        await ws.wait_closed()
    assert list(background.log) == []


def test_it_starts_again_and_remembers() -> None:
    feed = Feed()
    with pytest.raises(NotRunning):
        _ = feed.url
    with feed:
        feed.publish("one")
    feed.publish("two")
    with feed:
        assert told(feed, "wait", 2) == THREE[:2]


def test_a_wait_for_clients_is_bounded(feed: Feed) -> None:
    with pytest.raises(WslabError, match="0 of 1 clients"):
        feed.wait_for_clients(timeout=0.01)
