"""PathServer on real sockets: what a request gets, what a handler may do, how it all ends."""

import asyncio
import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.patience import LIMIT, patient
from wslab.errors import NotRunning, WslabError
from wslab.network.paths import PathServer
from wslab.protocol.closing import CloseCode

quiet = logging.getLogger(__name__)
quiet.disabled = True
PLAIN = {"proxy": None, "compression": None}


class Echo(PathServer):
    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.register("/echo", echo)


async def echo(ws: ServerConnection) -> None:
    async for message in ws:
        await ws.send(message)


@pytest.fixture
def server() -> Iterator[PathServer]:
    with Echo() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr() == ("", "")


def ask(server: PathServer, path: str, method: str = "GET", **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(LIMIT)
        return probe.connect_ex(("127.0.0.1", port)) == 0


# Requests.


def test_a_plain_get_of_a_websocket_path_says_what_to_do(server: PathServer) -> None:
    response, body = ask(server, "/echo?token=secret")
    assert response.status == 426
    assert response.getheader("Upgrade") == "websocket"
    assert response.getheader("Connection") == "Upgrade, close"
    assert body == (
        "/echo is a WebSocket path, and this was a plain HTTP request.\n"
        "Use a WebSocket client, which asks for the upgrade: connect(server.url + path).\n"
        "WebSocket paths here: /echo\n"
    )


def test_a_plain_get_of_anything_else_says_so(server: PathServer) -> None:
    for path in ("/", "/<b>", "/favicon.ico"):
        response, body = ask(server, path)
        assert response.status == 426
        assert response.getheader("Content-Type") == "text/plain; charset=utf-8"
        assert response.getheader("X-Content-Type-Options") == "nosniff"
        assert body.startswith(f"{path} is no path of this server,")


def test_head_has_the_headers_of_get_and_no_body(server: PathServer) -> None:
    get, body = ask(server, "/echo")
    head, nothing = ask(server, "/echo", "HEAD")
    assert (head.status, nothing) == (426, "")
    assert head.getheader("Content-Length") == str(len(body))
    with socket.create_connection(("127.0.0.1", server.port), LIMIT) as client:
        client.sendall(b"HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.endswith(b"\r\n\r\n") and answer.count(b"\r\n\r\n") == 1


def test_post_is_refused(server: PathServer) -> None:
    assert ask(server, "/echo", "POST")[0].status == 405


def test_plain_requests_are_no_clients(server: PathServer) -> None:
    ask(server, "/echo")
    ask(server, "/echo", "POST")
    assert list(server.events) == []


async def test_an_unknown_websocket_path_is_404_with_the_list(server: PathServer) -> None:
    server.register("/b", echo)
    with pytest.raises(InvalidStatus) as caught:
        await connect(server.url + "/nope?q=1", **PLAIN)
    response = caught.value.response
    assert response.status_code == 404
    assert response.body == b"There is no WebSocket path /nope.\nWebSocket paths here: /b, /echo\n"
    assert repr(server.events) == "client 1  error    /nope  handshake refused with 404 Not Found"


async def test_the_query_is_no_part_of_the_path(server: PathServer) -> None:
    async with connect(server.url + "/echo?a=b", **PLAIN) as ws:
        await ws.send("x")
        assert await ws.recv() == "x"
    assert {event.path for event in server.events} == {"/echo"}


async def test_the_101_is_the_same_in_every_run(server: PathServer) -> None:
    async with connect(server.url + "/echo", **PLAIN) as ws:
        assert ws.response is not None
        headers = dict(ws.response.headers.raw_items())
    assert len(headers.pop("Sec-WebSocket-Accept")) == 28  # it answers the client's random key
    assert headers == {"Upgrade": "websocket", "Connection": "Upgrade", "Server": "wslab"}


async def test_a_foreign_origin_is_refused_when_origins_are_listed() -> None:
    async with Echo(origins=["http://good.test", None]) as server:
        async with connect(server.url + "/echo", **PLAIN):
            pass
        async with connect(server.url + "/echo", origin="http://good.test", **PLAIN):
            pass
        with pytest.raises(InvalidStatus, match="403"):
            await connect(server.url + "/echo", origin="http://evil.test", **PLAIN)
        assert server.events[-1].detail == "handshake refused with 403 Forbidden"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["b", "a"], "a"), (["b"], "b"), (["c"], None), (None, None)],
    ids=["servers-order", "only-one-fits", "none-fits", "none-offered"],
)
async def test_the_first_own_subprotocol_that_was_offered(offered, chosen) -> None:
    async with Echo(subprotocols=["a", "b"]) as server:
        async with connect(server.url + "/echo", subprotocols=offered, **PLAIN) as ws:
            assert ws.subprotocol == chosen


async def test_compression_is_off_unless_asked_for() -> None:
    for compression, agreed in ((None, 0), ("deflate", 1)):
        async with Echo(compression=compression) as server:
            async with connect(server.url + "/echo", proxy=None) as ws:
                assert len(ws.protocol.extensions) == agreed


async def test_a_message_over_max_size_closes_with_1009() -> None:
    async with Echo(max_size=10) as server:
        async with connect(server.url + "/echo", **PLAIN) as ws:
            await ws.send("x" * 11)
            with pytest.raises(ConnectionClosed) as caught:
                await ws.recv()
        assert caught.value.rcvd is not None and caught.value.rcvd.code == 1009
        (close,) = await asyncio.to_thread(server.wait_for, "close")
        assert "1009" in str(close)


# Events.


async def test_what_two_clients_did_is_in_the_log(server: PathServer) -> None:
    async with connect(server.url + "/echo", **PLAIN) as first:
        async with connect(server.url + "/echo", **PLAIN) as second:
            await second.send("second")
            await second.recv()
            await first.send(b"\x01first")
            await first.recv()
            await second.close(4001, "enough")
    # No wait: what a client has seen of its connection's end is in the log already.
    assert repr(server.events).splitlines() == [
        "client 1  open     /echo",
        "client 2  open     /echo",
        "client 2  message  /echo  'second'",
        "client 1  message  /echo  b'\\x01first'",
        "client 2  close    /echo  4001, 'enough', the client closed first",
        "client 1  close    /echo  1000, the client closed first",
    ]
    assert server.events[-1].code is CloseCode.NORMAL_CLOSURE


async def test_a_close_frame_without_a_code_is_1005(server: PathServer) -> None:
    async with connect(server.url + "/echo", **PLAIN) as ws:
        ws.protocol.send_close()
        ws.send_data()
        await ws.wait_closed()
    assert str(server.events[-1]) == "client 1  close    /echo  1005, the client closed first"


async def test_a_lost_connection_is_1006(server: PathServer) -> None:
    ws = await connect(server.url + "/echo", **PLAIN)
    ws.transport.abort()
    (close,) = await asyncio.to_thread(server.wait_for, "close")
    assert str(close) == (
        "client 1  close    /echo  1006, the connection was lost without a Close frame"
    )


async def test_the_librarys_log_comes_from_one_logger(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with Echo() as server, connect(server.url + "/echo", logger=quiet, **PLAIN) as ws:
        await ws.send("x")
        await ws.recv()
    assert {record.name for record in caplog.records} - {"asyncio"} == {"wslab.websockets"}


# Handlers.


async def test_register_and_the_decorator_and_a_replacement(server: PathServer) -> None:
    @server.path("/shout")
    async def shout(ws: ServerConnection) -> None:
        await ws.send((await ws.recv()).upper())

    assert shout.__name__ == "shout"
    assert server.paths == ["/echo", "/shout"]
    async with connect(server.url + "/shout", **PLAIN) as ws:
        await ws.send("quiet")
        assert await ws.recv() == "QUIET"
        with pytest.raises(ConnectionClosed) as caught:
            await ws.recv()
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 1000  # it returned

    server.register("/shout", echo)
    async with connect(server.url + "/shout", **PLAIN) as ws:
        await ws.send("quiet")
        assert await ws.recv() == "quiet"


async def test_a_handler_that_calls_exit_ends_its_own_connection_alone(
    server: PathServer,
) -> None:
    async def leave(ws: ServerConnection) -> None:
        raise SystemExit("bye")

    server.register("/leave", leave)
    async with asyncio.timeout(LIMIT), connect(server.url + "/echo", **PLAIN) as other:
        async with connect(server.url + "/leave", **PLAIN) as ws:
            with pytest.raises(ConnectionClosed) as caught:
                await ws.recv()
        assert caught.value.rcvd is not None and caught.value.rcvd.code == 1011
        await other.send("still here")
        assert await other.recv() == "still here"
    assert [event.detail for event in server.events.of("error")] == ["SystemExit: bye"]


async def test_a_handler_that_raises_closes_with_1011_and_the_server_lives_on(
    server: PathServer,
) -> None:
    @server.path("/fail")
    async def fail(ws: ServerConnection) -> None:
        raise ValueError("a secret")

    @server.path("/mute")
    async def mute(ws: ServerConnection) -> None:
        raise KeyError

    for path in ("/fail", "/mute"):
        async with connect(server.url + path, **PLAIN) as ws:
            with pytest.raises(ConnectionClosed) as caught:
                await ws.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1011
        assert "secret" not in caught.value.rcvd.reason
    async with connect(server.url + "/echo", **PLAIN) as ws:
        await ws.send("still here")
        assert await ws.recv() == "still here"
    assert repr(server.events).splitlines()[:6] == [
        "client 1  open     /fail",
        "client 1  error    /fail  ValueError: a secret",
        "client 1  close    /fail  1011, 'the handler raised an exception', "
        "the server closed first",
        "client 2  open     /mute",
        "client 2  error    /mute  KeyError",
        "client 2  close    /mute  1011, 'the handler raised an exception', "
        "the server closed first",
    ]


async def test_a_client_that_leaves_with_any_code_is_no_error(server: PathServer) -> None:
    ws = await connect(server.url + "/echo", **PLAIN)
    await ws.close(1008, "I object")
    await asyncio.to_thread(server.wait_for, "close")
    assert server.events.of("error") == []


@pytest.mark.parametrize("path", ["echo", "", "/a?b", "/a#b"])
def test_a_path_that_cannot_be_one_is_refused(path: str) -> None:
    with pytest.raises(WslabError, match="begin with '/'"):
        PathServer().register(path, echo)


def test_a_handler_that_is_not_async_is_refused() -> None:
    def plain(ws):
        pass

    with pytest.raises(WslabError, match=r"it is not 'async def plain\(ws\)'"):
        PathServer().register("/plain", plain)


# Start and stop.


def test_a_stopped_server_has_no_url() -> None:
    server = PathServer()
    for name in ("url", "http_url"):
        with pytest.raises(NotRunning, match=r"call pathserver\.start\(\) first"):
            getattr(server, name)
    server.start()
    assert server.url == f"ws://127.0.0.1:{server.port}"
    assert server.http_url == f"http://127.0.0.1:{server.port}"
    server.stop()
    with pytest.raises(NotRunning):
        _ = server.url


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "ws://127.0.0.1:{}"), ("localhost", None), ("::1", "ws://[::1]:{}")],
    ids=["every-interface", "by-name", "ipv6"],
)
async def test_the_url_can_be_connected_to_whatever_the_host(host: str, url: str | None) -> None:
    try:
        server = Echo(host).start()
    except WslabError:
        assert host == "::1"
        pytest.skip("this machine has no IPv6")
    try:
        if url is not None:
            assert server.url == url.format(server.port)
        async with connect(server.url + "/echo", **PLAIN) as ws:
            await ws.send("x")
            assert await ws.recv() == "x"
    finally:
        server.stop()


def test_a_port_in_use_is_a_sentence(server: PathServer) -> None:
    with pytest.raises(WslabError, match=f"{server.port}: the port is in use. Choose port=0"):
        PathServer(port=server.port, name="second").start()
    assert server.running


async def test_stop_tells_the_clients_and_the_handlers() -> None:
    async with Echo() as server:
        clients = [await connect(server.url + "/echo", **PLAIN) for _ in range(5)]
        port = server.port
    for ws in clients:
        with pytest.raises(ConnectionClosed) as caught:
            await ws.recv()
        assert caught.value.rcvd is not None
        assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1001, "the server stops")
    assert not is_open(port)
    closed = server.events.of("close")
    assert sorted(event.client for event in closed) == [1, 2, 3, 4, 5]
    assert {event.code for event in closed} == {CloseCode.GOING_AWAY}


def test_stop_is_bounded_whatever_clients_and_handlers_do() -> None:
    server = Echo(name="stubborn")
    stuck = threading.Event()

    @server.path("/stuck")
    async def wait_for_ever(ws: ServerConnection) -> None:
        stuck.set()
        await asyncio.Event().wait()

    server.start()
    handshake = (
        "GET /{} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    # One says nothing, one stops in the middle of its request, two never answer a Close frame.
    said = ["", "GET /echo HTTP/1.1\r\n", handshake.format("echo"), handshake.format("stuck")]
    clients = [socket.create_connection(("127.0.0.1", server.port), LIMIT) for _ in said]
    for client, words in zip(clients, said, strict=True):
        client.sendall(words.encode())
    server.wait_for("open", 2)
    assert stuck.wait(LIMIT)
    began = time.monotonic()
    server.stop()
    # Half a second by design; a loaded machine gets more, and the library alone takes ten.
    assert time.monotonic() - began < patient(8)
    assert not is_open(server.port)
    assert server._server.handler_tasks == set()
    assert server._connections == set()
    assert sorted(str(event) for event in server.events.of("close")) == [
        f"client {event.client}  close    {event.path}  1006, "
        "the server closed with 1001 and no Close frame came back"
        for event in server.events.of("open")
    ]
    for client in clients:
        client.close()


def test_fifty_starts_and_stops_leave_nothing_behind() -> None:
    PathServer().start().stop()  # the background thread exists from here on
    threads = set(threading.enumerate())
    server = Echo()
    for _ in range(25):
        server.start()
        assert is_open(server.port)
        server.stop()
        assert not is_open(server.port)
    for _ in range(25):
        with Echo() as server:
            port = server.port
        assert not is_open(port)
    assert set(threading.enumerate()) == threads


async def test_a_cell_run_twice_replaces_its_server() -> None:
    first = Echo(name="cell").start()
    ws = await connect(first.url + "/echo", **PLAIN)
    second = Echo(name="cell").start()
    with pytest.raises(ConnectionClosed) as caught:
        await ws.recv()
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 1001
    assert not first.running
    async with connect(second.url + "/echo", **PLAIN):
        pass
    second.stop()


async def test_a_restart_begins_a_new_log() -> None:
    server = Echo()
    for _ in range(2):
        async with server, connect(server.url + "/echo", **PLAIN):
            pass
    assert [event.client for event in server.events] == [1, 1]


async def test_a_server_asked_for_one_port_gets_it_again() -> None:
    async with Echo() as server:
        port = server.port
    for _ in range(3):
        async with Echo(port=port) as server, connect(server.url + "/echo", **PLAIN):
            assert server.port == port
