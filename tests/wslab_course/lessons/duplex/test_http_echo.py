"""The HTTP echo: one answer, one write, one connection for many requests."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from urllib.parse import quote

import pytest

from tests.patience import LIMIT
from wslab.errors import NotRunning
from wslab_course.lessons.duplex.http_echo import HttpEcho


def test_many_requests_share_one_connection() -> None:
    with HttpEcho() as server:
        client = HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
        client.connect()
        port = client.sock.getsockname()[1]
        for text in ("one", "two", "ü<b>"):
            client.request("GET", "/echo?text=" + quote(text))
            response = client.getresponse()
            assert (response.status, response.read().decode()) == (200, text)
            assert client.sock.getsockname()[1] == port
        client.close()


def test_an_answer_is_the_same_bytes_every_time() -> None:
    with HttpEcho() as server, socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(b"GET /echo?text=hi HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = client.recv(1000)
    assert answer == (
        b"HTTP/1.1 200 OK\r\nServer: wslab\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 2\r\n\r\nhi"
    )


def test_it_stops_with_a_client_connected_and_starts_again() -> None:
    server = HttpEcho()
    with pytest.raises(NotRunning):
        _ = server.url
    for _ in range(3):
        with server, socket.create_connection(("127.0.0.1", server.port), 5) as client:
            assert server.url == f"http://127.0.0.1:{server.port}"
            server.stop()
            assert client.recv(10) == b""
