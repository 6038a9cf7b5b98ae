"""A middle box that knows no Upgrade: what it takes out, and what it cannot touch."""

import asyncio
import gc

import pytest
from websockets.exceptions import InvalidStatus

from tests.wslab.network.sockets import LIMIT
from wslab.errors import NotRunning, WslabError
from wslab.network import background
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.handshake import Request
from wslab.protocol.recording.recording import Recording
from wslab_course.lessons.security.old_proxy import OldProxy, without_hop_by_hop


async def test_an_upgrade_through_it_is_a_plain_get() -> None:
    async with EchoServer() as server, Tap(server.url) as behind, OldProxy(behind.url) as box:
        with pytest.raises(InvalidStatus) as refusal:
            await connect(box.url + "/echo")
        request = behind.recording.handshake.request
    assert refusal.value.response.status_code == 426
    assert "Upgrade" not in request.headers and request.headers.tokens("Connection") == ["close"]
    assert request.headers.get("Via") == "1.1 old-proxy"
    assert request.headers.get("Sec-WebSocket-Version") == "13", "end-to-end, so it stays"
    assert box.log == ["GET /echo: removed Upgrade, Connection"]


async def test_tls_goes_through_it_byte_for_byte() -> None:
    async with EchoServer(tls=True) as server, OldProxy(server.url) as box:
        assert box.url.startswith("wss://")
        async with connect(box.url + "/echo", ssl=server.client_context) as ws:
            await ws.send("hello")
            assert await ws.recv() == "hello"
    assert box.log == ["TLS: cannot be read, passed on unchanged"]


def test_what_connection_names_goes_too() -> None:
    headers = [("Host", "a"), ("X-Mine", "1"), ("Connection", "close, x-mine"), ("TE", "trailers")]
    onward, dropped = without_hop_by_hop(Request("GET", "/", headers))
    assert dropped == ["X-Mine", "Connection", "TE"]
    added = [("Via", "1.1 old-proxy"), ("Connection", "close")]
    assert list(onward.headers) == [("Host", "a"), *added]


async def test_who_says_nothing_leaves_nothing_behind() -> None:
    async with EchoServer() as server, OldProxy(server.url) as box:
        for beginning in (b"", b"G", b"GET / HTTP/1.1\r\n"):
            reader, writer = await asyncio.open_connection(box.host, box.port)
            writer.write(beginning)
            writer.write_eof()
            assert await asyncio.wait_for(reader.read(), LIMIT) == b""
            writer.close()
            await writer.wait_closed()
    assert box.log == []


def test_it_wants_a_url_and_a_start() -> None:
    for url in ("somewhere", "ws://h:99999/", "ws://[::1", "ws://h:0/"):
        with pytest.raises(WslabError, match="^OldProxy .*A WebSocket URL looks like"):
            OldProxy(url)
    with pytest.raises(NotRunning):
        _ = OldProxy("ws://127.0.0.1:1").url


def test_a_recorded_handshake_loses_two_headers() -> None:
    """The page of 03, as the box would pass it on."""
    from tests.recordings.handshakes import FOLDER

    request = Recording.load(FOLDER / "hello.wscap").handshake.request
    onward, dropped = without_hop_by_hop(request)
    assert dropped == ["Upgrade", "Connection"]
    assert len(list(onward.headers)) == len(list(request.headers))  # two out, two in


async def test_its_log_shows_no_secret() -> None:
    async with EchoServer() as server, OldProxy(server.url) as box:
        with pytest.raises(InvalidStatus):
            await connect(box.url + "/echo?token=abc")
    assert box.log == ["GET /echo?token=***: removed Upgrade, Connection"]


async def test_a_target_that_is_no_host_ends_the_connection_and_no_more() -> None:
    before = len(background.log)
    async with OldProxy(f"ws://{'a' * 64}.example/") as box:
        reader, writer = await asyncio.open_connection(box.host, box.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), LIMIT) == b""
        writer.close()
        await writer.wait_closed()
    gc.collect()  # a task's error is told when the task goes
    assert len(background.log) == before
