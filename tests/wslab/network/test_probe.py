"""One frame on a connection of its own, and what comes back, within a bounded time."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.handshake_vectors import RESPONSE
from tests.wslab.network.sockets import LIMIT, accept, listening, url_of
from wslab.errors import WslabError
from wslab.network import background
from wslab.network import probe as module
from wslab.network.echo import EchoServer
from wslab.network.probe import ProbeAnswer, probe
from wslab.protocol.frames import ClosePayload, Frame, FrameReader, Opcode
from wslab.protocol.handshake import Request

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

KEY = bytes.fromhex("37fa213d")
HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY)
BACK = Frame(Opcode.TEXT, b"Hello")


def ask(url: str, frame: Frame = HELLO, **options: float) -> ProbeAnswer:
    return background.run(probe(url, frame, **options), LIMIT)


@contextmanager
def answering(answer: Callable[[socket.socket], object], head: bytes = RESPONSE) -> Iterator[str]:
    """A server for one connection: it reads the request, sends `head`, and does as it is told."""
    failed: list[BaseException] = []

    def serve() -> None:
        try:
            with accept(listener) as connection:
                data = b""
                while Request.parse(data) is None:
                    data += connection.recv(65536)
                connection.sendall(head)
                answer(connection)
        except BaseException as error:
            failed.append(error)

    with listening() as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield url_of(listener)
        thread.join(LIMIT)
        assert not thread.is_alive() and failed == []


def read_frames(connection: socket.socket, most: int = 99) -> list[Frame]:
    """What arrives until so many frames are here, or the connection ends."""
    reader, frames = FrameReader(), []
    while len(frames) < most and (data := connection.recv(65536)):
        frames += reader.feed(data)
    return frames


def test_hello_comes_back():
    with EchoServer() as server:
        answer = ask(server.url)
        assert answer == ProbeAnswer((BACK,), b"", "open", module.ANSWER_TIMEOUT_S)
        [event] = server.events.wait_for("close")
        assert event.code == 1000


def test_a_broken_rule_is_answered_with_1002_and_the_end():
    with EchoServer() as server:
        answer = ask(server.url, BACK)  # not masked
    [close] = answer.frames
    assert ClosePayload.parse(close.payload).code == 1002
    assert answer.ended in ("eof", "open")


def test_the_frame_travels_as_it_is_and_a_goodbye_follows():
    frame, seen = Frame(0xB, b"\xff", rsv2=True, fin=False, length_size=8), []

    def serve(connection: socket.socket) -> None:
        seen.extend(read_frames(connection, 1))
        connection.sendall(BACK.encode())
        seen.extend(read_frames(connection, 1))
        connection.sendall(Frame(Opcode.CLOSE, b"\x03\xe8").encode())

    with answering(serve) as url:
        assert ask(url, frame).frames == (BACK,)
    assert seen[0] == frame
    assert (seen[1].opcode, seen[1].payload, seen[1].mask) == (Opcode.CLOSE, b"\x03\xe8", KEY)


def test_a_close_is_answered_with_its_own_code():
    seen = []

    def serve(connection: socket.socket) -> None:
        connection.sendall(Frame(Opcode.CLOSE, ClosePayload(4001).encode()).encode())
        seen.extend(read_frames(connection, 2))

    with answering(serve) as url:
        answer = ask(url)
    assert answer.ended == "open"
    assert ClosePayload.parse(seen[1].payload).code == 4001


def test_after_a_close_of_our_own_nothing_is_sent():
    seen = []
    with answering(lambda connection: seen.extend(read_frames(connection))) as url:
        ask(url, Frame(Opcode.CLOSE, b"", mask=KEY), limit=0.2)
    assert [frame.opcode for frame in seen] == [Opcode.CLOSE]


def test_silence_is_waited_for_no_longer_than_the_limit():
    with answering(read_frames) as url:
        answer = ask(url, limit=0.2)
    assert answer == ProbeAnswer((), b"", "open", 0.2)


def test_a_server_that_never_stops_is_left_after_the_limit():
    def chatter(connection: socket.socket) -> None:
        connection.settimeout(0.05)
        try:
            for _ in range(2000):
                connection.sendall(BACK.encode())
                try:
                    if b"\x88" in connection.recv(65536):
                        return
                except TimeoutError:
                    pass
        except OSError:
            pass

    with answering(chatter) as url:
        answer = ask(url, limit=0.5, quiet=0.3)
    assert len(answer.frames) > 1 and answer.ended == "open"


def test_of_a_flood_a_part_is_kept(monkeypatch):
    monkeypatch.setattr(module, "MAX_FRAMES", 3)
    with answering(lambda connection: connection.sendall(BACK.encode() * 9)) as url:
        answer = ask(url)
    assert answer.frames == (BACK,) * 3 and answer.cut


def test_frames_behind_the_head_and_half_a_frame_at_the_end():
    half = BACK.encode()[:4]

    def serve(connection: socket.socket) -> None:
        read_frames(connection, 1)
        connection.sendall(half)

    with answering(serve, RESPONSE + BACK.encode()) as url:
        assert ask(url) == ProbeAnswer((BACK,), half, "eof", module.ANSWER_TIMEOUT_S)


def test_a_reset_is_told_from_an_end():
    def serve(connection: socket.socket) -> None:
        read_frames(connection, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with answering(serve) as url:
        assert ask(url).ended == "reset"


def test_nobody_there():
    with listening() as listener:
        url = url_of(listener)
    with pytest.raises(WslabError, match=r"nobody answers on 127\.0\.0\.1:\d+ .*start the server"):
        ask(url)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "refused the handshake: 'HTTP/1.1 404 Not Found'"),
        (b"SSH-2.0-nobody\r\n", "did not answer with HTTP"),
        (b"HTTP/1.1 101", "ended the connection before it answered"),
    ],
    ids=["404", "ssh", "half"],
)
def test_who_does_not_shake_hands(head, says):
    with (
        answering(lambda connection: None, head) as url,
        pytest.raises(WslabError, match=says),
    ):
        ask(url)


def test_a_handshake_that_is_never_answered():
    with (
        answering(lambda connection: connection.recv(1), b"") as url,
        pytest.raises(WslabError, match=r"no answer to the handshake within 0\.2 s"),
    ):
        ask(url, limit=0.2)


BAD = ["wss://127.0.0.1/", "hello", "", "ws://h:99999/", "ws://[::1", f"ws://{'a' * 64}.example/"]


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_url(url):
    with pytest.raises(WslabError, match="A WebSocket URL looks like|nobody answers on a+"):
        ask(url)


async def test_it_lives_on_any_loop():
    with EchoServer() as server:
        answer = await asyncio.wait_for(background.in_background(probe(server.url, HELLO)), LIMIT)
    assert answer.frames == (BACK,)
