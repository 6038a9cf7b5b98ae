"""EchoServer: what each path sends back, and the page that it serves."""

import asyncio
import base64
import hashlib
import http.client
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser

import pytest
from websockets.asyncio.client import connect

from tests.patience import LIMIT
from wslab.network.echo import EchoServer

PLAIN = {"proxy": None, "compression": None}


@pytest.fixture
def server() -> Iterator[EchoServer]:
    times = iter(f"tick {number}" for number in range(1, 1000))
    with EchoServer(clock=lambda: next(times), tick=0.01) as server:
        yield server


@pytest.mark.parametrize("path", ["", "/", "/echo"])
async def test_echo_sends_text_as_text_and_binary_as_binary(server: EchoServer, path: str) -> None:
    async with connect(server.url + path, **PLAIN) as ws:
        for message in ("Grüße 🎉", b"\x00\xff", "", b"", "x" * 70_000):
            await ws.send(message)
            assert await ws.recv() == message


async def test_two_clients_each_get_their_own_echo(server: EchoServer) -> None:
    async with connect(server.url, **PLAIN) as first, connect(server.url, **PLAIN) as second:
        await asyncio.gather(first.send("one"), second.send("two"))
        assert [await first.recv(), await second.recv()] == ["one", "two"]


async def test_a_large_message_comes_back() -> None:
    async with EchoServer() as server:
        async with connect(server.url, max_size=None, **PLAIN) as ws:
            await ws.send(bytes(8 * 2**20))
            assert len(await ws.recv()) == 8 * 2**20


async def test_reverse(server: EchoServer) -> None:
    async with connect(server.url + "/reverse", **PLAIN) as ws:
        for message, expected in (("olé 🎉", "🎉 élo"), (b"\x01\x02\x03", b"\x03\x02\x01")):
            await ws.send(message)
            assert await ws.recv() == expected


async def test_time_comes_unasked_and_reads_the_given_clock(server: EchoServer) -> None:
    async with connect(server.url + "/time", **PLAIN) as ws:
        assert [await ws.recv() for _ in range(3)] == ["tick 1", "tick 2", "tick 3"]
        for _ in range(100):  # more than the queue of unread messages and a socket hold
            await ws.send(bytes(2**16))
    assert ws.close_code == 1000
    server.wait_for("close")
    assert server.events.of("error") == []


async def test_the_clock_is_the_time_of_day_unless_given() -> None:
    async with EchoServer(tick=60) as server, connect(server.url + "/time", **PLAIN) as ws:
        told = datetime.fromisoformat(await ws.recv())
    assert told.tzinfo is not None
    assert abs((datetime.now().astimezone() - told).total_seconds()) < 60


async def test_broadcast_reaches_every_client_of_the_path(server: EchoServer) -> None:
    url = server.url + "/broadcast"
    async with connect(url, **PLAIN) as first, connect(url, **PLAIN) as second:
        async with connect(server.url + "/echo", **PLAIN) as elsewhere:
            # Each client has spoken once and been heard, so all are listening.
            await first.send("first is here")
            assert await first.recv() == "first is here"
            await second.send("second is here")
            assert await second.recv() in ("first is here", "second is here")
            await first.send(b"\x01")
            while await second.recv() != b"\x01":
                pass
            await elsewhere.send("quiet here")
            assert await elsewhere.recv() == "quiet here"
    server.wait_for("close", 3)
    async with connect(url, **PLAIN) as third:
        await third.send("alone")
        assert await third.recv() == "alone"
    server.stop()
    assert server._listeners == set()


def test_the_paths_are_listed(server: EchoServer) -> None:
    assert server.paths == ["/", "/broadcast", "/echo", "/reverse", "/time"]


# The page.


def get(server: EchoServer, path: str = "/") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def test_the_page_is_served_beside_the_websocket(server: EchoServer) -> None:
    response, html = get(server)
    assert response.status == 200
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    assert response.getheader("Server") == "wslab"
    assert html.startswith("<!doctype html>")
    assert len(html.encode()) == int(response.getheader("Content-Length") or 0)
    assert get(server, "/?lang=en")[1] == html
    assert get(server, "/echo")[0].status == 426


def test_the_page_may_run_its_own_script_and_nothing_else(server: EchoServer) -> None:
    response, html = get(server)
    policy = dict(
        part.strip().split(" ", 1)
        for part in (response.getheader("Content-Security-Policy") or "").split(";")
    )
    assert policy["default-src"] == "'none'"
    for tag in ("script", "style"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert policy["connect-src"] == "ws: wss:"


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def test_the_page_has_every_field_and_button_by_its_name(server: EchoServer) -> None:
    page = Tags(get(server)[1])
    names = "Location,Connect,Disconnect,Message,Send text,Send binary,Log,Clear log".split(",")
    for name in names:
        assert page.words.count(name) == 1
    ids = {attributes.get("id") for _, attributes in page.tags}
    for tag, attributes in page.tags:
        if tag == "label":
            assert attributes["for"] in ids
        if tag == "div" and "role" in attributes:
            assert attributes["role"] == "log"
            assert attributes["aria-live"] == "polite"
            assert attributes["aria-labelledby"] in ids


def test_the_page_needs_nothing_from_outside_and_makes_no_html(server: EchoServer) -> None:
    html = get(server)[1]
    for _, attributes in Tags(html).tags:
        assert "src" not in attributes
        assert (attributes.get("href") or "data:").startswith("data:")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in html
    for outside in ("@import", "url(", "fetch(", "import("):
        assert outside not in html
