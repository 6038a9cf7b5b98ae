"""StreamServer: one coroutine a connection, and no connection can hurt the others."""

import asyncio
import gc
import socket
from contextlib import suppress
from typing import Any

import pytest

from tests.wslab.network.sockets import LIMIT, read, read_to_end, reset
from wslab.errors import NotRunning
from wslab.network import streams
from wslab.network.background import call, log, run
from wslab.network.streams import StreamServer, next_request

MUCH = 64 * 1024 * 1024  # bytes
GET = b"GET /%d HTTP/1.1\r\nHost: here.example\r\n\r\n"


class Targets(StreamServer):
    """Answers each request with its target, and the end of them with a full stop."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rests: list[bytes] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        while got := await next_request(reader, rest):
            request, rest = got
            self.rests.append(rest)
            writer.write(request.target.encode())
        writer.write(b".")


def reach(server: StreamServer) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=LIMIT)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_requests_come_in_pieces_of_any_size(size: int) -> None:
    stream = GET % 1 + GET % 2
    with Targets() as server, reach(server) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(stream), size):
            client.sendall(stream[at : at + size])
        client.shutdown(socket.SHUT_WR)
        assert read_to_end(client) == b"/1/2."
        assert server.rests[-1] == b""


def test_the_bytes_after_a_request_come_with_it() -> None:
    with Targets() as server, reach(server) as client:
        client.sendall(GET % 1 + b"GET")
        assert read(client, 2) == b"/1"
        assert server.rests == [b"GET"]


def test_a_client_that_resets_or_talks_nonsense_ends_only_its_own_connection() -> None:
    before = len(log)
    with Targets() as server, reach(server) as honest:
        with reach(server) as client:
            client.sendall(b"no http at all\r\n\r\n")
            assert read_to_end(client) == b""
        client = reach(server)
        client.sendall(GET % 3)
        assert read(client, 2) == b"/3"
        reset(client)
        honest.sendall(GET % 4)
        assert read(honest, 2) == b"/4"
    assert len(log) == before


def test_stop_ends_open_connections_and_leaves_nothing() -> None:
    before = len(log)
    server = Targets().start()
    with reach(server) as client:
        client.sendall(GET % 5)
        assert read(client, 2) == b"/5"
        port = server.port
        assert server.url == f"http://127.0.0.1:{port}"
        server.stop()
        assert read_to_end(client) == b""
    assert call(lambda: len(server._tasks)) == 0
    assert len(log) == before, "it took the time limit to stop"
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
    with pytest.raises(NotRunning):
        _ = server.url


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "127.0.0.1"], ids=["no name", "silent"])
def test_another_server_that_cannot_be_reached(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object) -> None:
        await asyncio.sleep(3600)

    if host == "127.0.0.1":
        monkeypatch.setattr(asyncio, "open_connection", silent)
        monkeypatch.setattr(streams, "CONNECT_TIMEOUT_S", 0.05)
    with pytest.raises(OSError):
        run(streams.reach(host, 80))


class Flood(StreamServer):
    """Says much more than any buffer takes, and either waits until it has left or returns."""

    def __init__(self, waits: bool) -> None:
        super().__init__()
        self.waits = waits

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(MUCH))
        if self.waits:
            await writer.drain()


@pytest.mark.parametrize("waits", [True, False])
def test_stop_does_not_wait_for_a_client_that_never_reads(waits: bool) -> None:
    before = len(log)
    with Flood(waits) as server, reach(server) as client:
        assert read(client, 1) == b"\0"
        server.stop()
        assert 0 < len(read_to_end(client)) < MUCH - 1
    assert len(log) == before, "it took the time limit to stop"


@pytest.mark.parametrize("turns", range(8))
def test_a_client_that_comes_while_it_stops_is_ended(turns: int) -> None:
    """However far the loop has got with it: accepted, handed over, or about to be served."""

    async def come_and_stop() -> socket.socket:
        client = reach(server)
        for _ in range(turns):
            await asyncio.sleep(0)
        await server._end()
        return client

    gc.disable()  # it would close what nobody has closed
    try:
        server = Targets().start()
        with run(come_and_stop()) as client, suppress(ConnectionResetError):
            client.settimeout(LIMIT)
            assert read_to_end(client) == b""
    finally:
        gc.enable()
