"""ChatHost: a handler in a thread of its own, and nothing left of it afterwards."""

import asyncio
import socket
import threading

import pytest

from tests.patience import LIMIT
from tests.wslab_course.lessons.chat.grading.chat_gradings import nothing_left
from wslab.network.client import connect
from wslab_course.lessons.chat.grading.host import ChatHost, quote


async def echo(ws) -> None:
    async for message in ws:
        await ws.send(message)


def test_it_serves_on_both_ports_and_leaves_nothing() -> None:
    async def visit(url: str) -> None:
        async with connect(url) as ws:
            await ws.send("hi")
            assert await ws.recv() == "hi"

    with nothing_left():
        with ChatHost(echo) as host:
            for url in (host.url, host.pinging_url):
                asyncio.run(visit(url))
        assert not host.blocked
        assert host.errors == []
    port = int(host.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_both_ports_share_one_loop() -> None:
    loops = set()

    async def chat(ws) -> None:
        loops.add(asyncio.get_running_loop())
        await ws.send(threading.current_thread().name)

    async def visit(url: str) -> None:
        async with connect(url) as ws:
            assert await ws.recv() == "wslab chat host"

    with ChatHost(chat) as host:
        for url in (host.url, host.pinging_url):
            asyncio.run(visit(url))
    assert len(loops) == 1


def test_only_one_port_pings() -> None:
    gone = threading.Event()

    async def chat(ws) -> None:
        try:
            await echo(ws)
        finally:
            gone.set()

    async def visit() -> None:
        async with connect(host.url) as calm, connect(host.pinging_url) as pinged:
            for ws in (calm, pinged):
                ws.transport.pause_reading()
            assert await asyncio.to_thread(gone.wait, 10)
            pinged.transport.abort()
            calm.transport.resume_reading()
            await calm.send("still here")
            async with asyncio.timeout(LIMIT):
                assert await calm.recv() == "still here"

    with ChatHost(chat) as host:
        asyncio.run(visit())


async def raises(ws) -> None:
    raise ValueError("not like this")


async def exits(ws) -> None:
    raise SystemExit


async def in_a_task(ws) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(raises(ws))


@pytest.mark.parametrize(
    ("chat", "sentence"),
    [
        (raises, "ValueError: not like this, at line "),
        (exits, "SystemExit, at line "),
        (in_a_task, "ValueError: not like this, at line "),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_it_raises_is_kept_once_and_the_client_gets_1011(chat, sentence: str) -> None:
    async def visit() -> None:
        async with connect(host.url) as ws:
            await ws.wait_closed()
            assert ws.close_code == 1011

    with ChatHost(chat) as host:
        for _ in range(2):
            asyncio.run(visit())
    (error,) = host.errors
    assert error.startswith(sentence)
    assert error.endswith("`raise SystemExit`" if chat is exits else 'like this")`')


def test_a_handler_that_loops_for_ever_is_stopped() -> None:
    entered = threading.Event()

    async def chat(ws) -> None:
        entered.set()
        while True:
            pass

    with nothing_left():
        with ChatHost(chat) as host:
            with socket.create_connection(("127.0.0.1", _port(host))) as knock:
                knock.sendall(HANDSHAKE)
                assert entered.wait(LIMIT)
        assert not host.blocked


def test_one_that_sleeps_without_await_is_left_and_its_port_is_not() -> None:
    entered, woken = threading.Event(), threading.Event()

    async def chat(ws) -> None:
        entered.set()
        woken.wait(LIMIT)

    with ChatHost(chat) as host:
        with socket.create_connection(("127.0.0.1", _port(host))) as knock:
            knock.sendall(HANDSHAKE)
            assert entered.wait(LIMIT)
    assert host.blocked
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", _port(host)))
    woken.set()
    host._thread.join(LIMIT)
    assert not host._thread.is_alive()


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def _port(host: ChatHost) -> int:
    return int(host.url.rstrip("/").rpartition(":")[2])


def test_an_error_without_a_line_of_theirs_is_quoted_without_one() -> None:
    assert quote(ValueError("x")) == "ValueError: x"
    assert quote(KeyError()) == "KeyError"
    assert len(quote(ValueError("x" * 1000))) <= 300
