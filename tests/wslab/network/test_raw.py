"""RawClient: the bytes given are the bytes that travel, and every wait ends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.patience import LIMIT
from tests.wslab.network.sockets import accept, listening, read, url_of
from wslab.errors import NotRunning, WslabError
from wslab.network.echo import EchoServer
from wslab.network.raw import SAMPLE_KEY, RawClient, read_101
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.handshake import accept_key

HELLO_MASKED = bytes.fromhex("8185 37fa213d 7f9f4d5158")
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


@contextmanager
def server_that(act: Callable[[socket.socket], object]) -> Iterator[str]:
    """The URL of a server that reads one request and then does `act`."""
    with listening() as listener:

        def serve() -> None:
            with accept(listener) as connection:
                while not read(connection, 1).endswith(b"\n") or connection.recv(2) != b"\r\n":
                    pass
                act(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield url_of(listener)
        finally:
            thread.join(LIMIT)


def test_the_standards_example_travels_as_it_is_printed() -> None:
    with EchoServer() as server, Tap(server.url) as tap:
        with RawClient(tap.url, host="echo.example") as raw:
            raw.send(HELLO_MASKED)
            assert raw.read(7) == bytes.fromhex("8105 48656c6c6f")
        sent = tap.wait_closed().bytes_from(Side.CLIENT)
        assert sent == raw.request.encode() + HELLO_MASKED
        assert raw.request.headers.get("Host") == "echo.example"


def test_the_handshake_is_the_same_every_time_and_answered() -> None:
    with EchoServer() as server, RawClient(server.url + "/echo") as raw:
        assert raw.request.target == "/echo"
        assert raw.request.headers.get("Host") == f"127.0.0.1:{server.port}"
        assert raw.response is not None
        assert raw.response.headers.get("Sec-WebSocket-Accept") == accept_key(SAMPLE_KEY)


def test_a_broken_rule_is_answered_and_the_end_is_seen() -> None:
    with EchoServer() as server, RawClient(server.url) as raw:
        raw.send(Frame(Opcode.TEXT, b"Hello").encode())
        close = raw.read_frame()
        assert close is not None and close.payload[:2] == (1002).to_bytes(2, "big")
        assert raw.read_frame() is None
        assert raw.read_to_end() == b""


def test_read_takes_what_is_asked_for_and_leaves_the_rest() -> None:
    with server_that(lambda connection: connection.sendall(UPGRADED + b"abcdef")) as url:
        with RawClient(url) as raw:
            assert (raw.read(2), raw.read(1), raw.read_to_end()) == (b"ab", b"c", b"def")


def test_a_connection_that_ends_too_early_says_what_came() -> None:
    with server_that(lambda connection: connection.sendall(UPGRADED + b"\x81\x05")) as url:
        with RawClient(url) as raw, pytest.raises(WslabError, match="2 of 7 bytes: 81 05"):
            raw.read(7)


def test_silence_has_a_limit() -> None:
    with EchoServer() as server, RawClient(server.url, timeout=0.05) as raw:
        raw.send(HELLO_MASKED[:-1])
        with pytest.raises(WslabError, match="within 0.05 s"):
            raw.read(7)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"HTTP/1.1 426 Upgrade Required\r\n\r\n", "426 Upgrade Required"),
        (b"SSH-2.0-OpenSSH\r\n", "did not answer with HTTP"),
        (b"", "before it answered"),
    ],
)
def test_what_is_no_101_is_an_error_with_a_next_step(answer: bytes, complaint: str) -> None:
    with server_that(lambda connection: connection.sendall(answer)) as url:
        with pytest.raises(WslabError, match=complaint):
            RawClient(url).__enter__()


def test_nobody_there_not_connected_and_no_url() -> None:
    with listening() as listener:
        url = url_of(listener)
    with pytest.raises(WslabError, match="start the server first"):
        RawClient(url).__enter__()
    with pytest.raises(NotRunning, match="with RawClient"):
        RawClient(url).send(b"")
    for wrong in ("wss://127.0.0.1/", "127.0.0.1:80", "ws:///echo", "ws://h:99999/", "ws://[::1"):
        with pytest.raises(WslabError, match="pass server.url"):
            RawClient(wrong)


def test_a_host_that_is_no_name_is_nobody() -> None:
    with pytest.raises(WslabError, match="nobody answers on a+.example:80"):
        RawClient(f"ws://{'a' * 64}.example/").__enter__()


SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


@pytest.mark.parametrize("ended", [False, True])
def test_a_101_is_read_up_to_its_last_byte(ended: bool) -> None:
    assert {read_101(SWITCH[:size], False) for size in range(len(SWITCH))} == {None}
    response, behind = read_101(SWITCH + b"\x81\x02hi", ended) or pytest.fail("no 101")
    assert (response.status, behind) == (101, b"\x81\x02hi")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SWITCH[:-1], "before it answered the handshake"),
        (b"", "before it answered the handshake"),
        (b"220 mail.example ESMTP\r\n\r\n", "did not answer with HTTP"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "'HTTP/1.1 404 Not Found', and not 101"),
    ],
    ids=["cut", "nothing", "mail", "404"],
)
def test_what_is_no_101_is_said_in_words(data: bytes, said: str) -> None:
    with pytest.raises(WslabError, match=said):
        read_101(data, ended=True)
