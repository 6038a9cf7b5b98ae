"""Every server of ours beside requests that no browser sends: none may fail over them."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from tests.wslab.network.sockets import LIMIT
from wslab import EchoServer, RogueServer, Tap
from wslab.network import background
from wslab.network.background import Service
from wslab.network.chat.server import ChatPage, ChatServer
from wslab.network.paths import PathServer
from wslab_course.lessons.bad_network.middle_box import MiddleBox
from wslab_course.lessons.before_websocket.feed import Feed
from wslab_course.lessons.duplex.http_echo import HttpEcho
from wslab_course.lessons.frames.caching_proxy import Accomplice, CachingProxy, Site
from wslab_course.lessons.security.members import MembersServer
from wslab_course.lessons.security.old_proxy import OldProxy

DIGITS = "9" * 5_000  # more than Python turns into a number
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
#: Targets that `urlsplit` refuses, and others that are not a path, a query or a number.
TARGETS = (
    "//[", "//[/ticket?ticket=1", "http://[::1", "http://h:99999999/", "*", "/[", "//", "/?%",
    "/%ff", f"/login?name={DIGITS}", f"/poll?after={DIGITS}", "/poll?after=-1", "/?a=b&;&=&&",
)  # fmt: skip
FIELDS = (
    "Origin: http://[", "Origin: http://h:port", "Origin:", "Cookie: session", "Cookie: =;=;;",
    f"Sec-WebSocket-Version: {DIGITS}", f"Sec-WebSocket-Extensions: a; b={DIGITS}",
    "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=" + DIGITS,
    f"Last-Event-ID: {DIGITS}", "Host: [",
)  # fmt: skip


def requests() -> Iterator[bytes]:
    for target in TARGETS:
        yield f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
        yield f"GET {target} HTTP/1.1\r\nHost: h\r\n{UPGRADE}\r\n".encode()
    for field in FIELDS:
        host = "" if field.startswith("Host") else "Host: h\r\n"
        upgrade = UPGRADE
        if field.startswith("Sec-WebSocket-Version"):
            upgrade = upgrade.replace("Sec-WebSocket-Version: 13\r\n", "")
        yield f"GET / HTTP/1.1\r\n{host}{field}\r\n\r\n".encode()
        yield f"GET / HTTP/1.1\r\n{host}{field}\r\n{upgrade}\r\n".encode()
    for size in (DIGITS, "-1", "1e3"):  # a path of their own: not yet in any cache
        yield f"GET /{size[:2]} HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n".encode()


async def chat(ws) -> None:
    async for _ in ws:
        pass


@contextmanager
def before_echo(make: Callable[[str], Service]) -> Iterator[Service]:
    with EchoServer() as echo, make(echo.url) as between:
        yield between


@contextmanager
def cache() -> Iterator[Service]:
    with Site({"/": b"page"}) as site, CachingProxy({"h": site}) as proxy:
        yield proxy


SERVERS: dict[str, Callable[[], AbstractContextManager[Service]]] = {
    "PathServer": PathServer,
    "EchoServer": EchoServer,
    "ChatPage": lambda: ChatPage(chat),
    "ChatServer": ChatServer,
    "RogueServer": lambda: RogueServer("wrong-accept"),
    "Tap": lambda: before_echo(Tap),
    "MiddleBox": lambda: before_echo(lambda url: MiddleBox(url, patience=60.0)),
    "Feed": lambda: Feed(hold=0.01),
    "HttpEcho": HttpEcho,
    "Site": lambda: Site({"/": b"page"}),
    "Accomplice": lambda: Accomplice(b""),
    "CachingProxy": cache,
    "MembersServer": lambda: MembersServer({"ann": ""}, patience=0.01, origins=[None, "http://h"]),
    "OldProxy": lambda: before_echo(OldProxy),
}


def first_line(server: Service, request: bytes) -> str:
    """How the server begins its answer; "" if it hangs up instead."""
    with ExitStack() as stack:
        place = (server.host, server.port)
        connection = stack.enter_context(socket.create_connection(place, timeout=LIMIT))
        connection.sendall(request)
        stream = stack.enter_context(connection.makefile("rb"))
        try:
            return stream.readline().decode("latin-1")
        except ConnectionResetError:
            return ""


@pytest.mark.parametrize("name", SERVERS)
def test_no_request_makes_a_server_fail(name: str) -> None:
    background.log.clear()
    with SERVERS[name]() as server:
        for request in requests():
            line = first_line(server, request)
            assert " 500 " not in line, f"{request[:80]!r} was answered with {line!r}"
        assert server.running
    background.call(gc.collect)  # a task that failed says so when it goes
    assert list(background.log) == []


def test_every_server_is_here() -> None:
    def below(kind: type) -> Iterator[type]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    ours = {kind.__name__ for kind in below(Service) if kind.__module__.startswith("wslab")}
    assert ours - {"StreamServer"} <= set(SERVERS)
