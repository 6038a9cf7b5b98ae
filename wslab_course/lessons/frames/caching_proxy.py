"""A caching proxy that makes the mistake of 2010, and the two servers of the attack on it.

Transparent proxies sat between browsers and the web, unasked, and kept copies. Some took
whatever looked like HTTP for HTTP, at any place of a connection, and believed the Host
header more than the address that the connection was meant for. L.-S. Huang and others
showed in 2011 how a web page can put a forged script into such a cache; RFC 6455 §10.3
tells the story, and masking is the answer to it.

This is a toy: it has the mistake, and little else that a proxy needs.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from wslab.errors import MalformedHandshake
from wslab.network.background import Service
from wslab.network.streams import READ_BYTES, OnData, StreamServer, next_request, pass_on, reach
from wslab.protocol.frames import FrameReader
from wslab.protocol.handshake import Request, Response, accept_key
from wslab.protocol.http_head import MAX_HEAD_BYTES
from wslab.protocol.redaction import redacted_text

MAX_BODY_BYTES: Final = 2**20  # bytes of an answer that is kept; a longer one is passed on only

Head = TypeVar("Head", Request, Response)


class Site(StreamServer):
    """A web site: `pages` maps a path to the bytes of its page. Connections are kept alive.

    `asked` lists the paths that were asked for, in order.
    """

    def __init__(self, pages: Mapping[str, bytes], **options: Any) -> None:
        super().__init__(**options)
        self.pages = dict(pages)
        self.asked: list[str] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        while got := await next_request(reader, rest):
            request, rest = got
            self.asked.append(request.target)
            page = self.pages.get(request.target)
            writer.write(
                http_response(page) if page is not None else http_response(b"", 404, "Not Found")
            )
            await writer.drain()


class Accomplice(StreamServer):
    """The attacker's own server: it upgrades, and answers each frame with `forged`, as it is.

    It is not an honest WebSocket server: it accepts frames without a mask, and sends no frame.
    """

    def __init__(self, forged: bytes, **options: Any) -> None:
        super().__init__(**options)
        self.forged = forged

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not (got := await next_request(reader)):
            return
        request, piece = got
        headers = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_key(request.headers.get("Sec-WebSocket-Key") or "")),
        ]
        writer.write(Response(101, "Switching Protocols", headers).encode())
        frames = FrameReader()
        while True:
            writer.write(self.forged * len(frames.feed(piece)))
            await writer.drain()
            if not (piece := await reader.read(READ_BYTES)):
                return


class CachingProxy(StreamServer):
    """Passes connections on, and keeps a copy of every answer that it believes to see.

    `routes` says which service a host name leads to. It stands in for the address that
    the client had looked up: it is used once, for the first request of a connection, and
    whatever follows goes the same way.

    From then on the proxy looks for GET requests anywhere in the client's bytes, and for
    responses anywhere in the server's, and pairs them in order. `cache` maps a URL, made
    of the Host header that it read, to the response kept for it, head and body. `log`
    says in words what happened.
    """

    def __init__(self, routes: Mapping[str, Service], **options: Any) -> None:
        super().__init__(**options)
        self.routes = dict(routes)
        self.cache: dict[str, bytes] = {}
        self.log: list[str] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        while got := await next_request(reader, rest):
            request, rest = got
            kept = self.cache.get(_url(request)) if request.method == "GET" else None
            if kept is None:
                await self._pass_on(request, rest, reader, writer)
                return
            self.log.append(f"served {redacted_text(_url(request))} from the cache")
            writer.write(kept)
            await writer.drain()

    async def _pass_on(
        self,
        request: Request,
        rest: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Relay the connection from this request on, and learn from it."""
        service = self.routes.get(request.headers.get("Host") or "")
        if service is None or not service.running:
            writer.write(http_response(b"", 502, "Bad Gateway"))
            return
        far_reader, far_writer = await reach(service.host, service.port)
        asked: deque[str] = deque()
        try:
            await asyncio.gather(
                pass_on(
                    reader, far_writer, request.encode() + rest, self._look_for_requests(asked)
                ),
                pass_on(far_reader, writer, look=self._look_for_answers(asked)),
            )
        finally:
            far_writer.close()

    def _look_for_requests(self, asked: deque[str]) -> OnData:
        scanner = Scanner(Request, b"GET ")

        def look(piece: bytes) -> None:
            for request, _ in scanner.feed(piece):
                self.log.append(f"saw a request for {redacted_text(_url(request))}")
                asked.append(_url(request))

        return look

    def _look_for_answers(self, asked: deque[str]) -> OnData:
        scanner = Scanner(Response, b"HTTP/1.1 ")

        def look(piece: bytes) -> None:
            for response, data in scanner.feed(piece):
                url = asked.popleft() if asked else ""
                if url and response.status == 200:
                    self.cache[url] = data
                    self.log.append(f"kept the answer for {redacted_text(url)}")

        return look


class Scanner(Generic[Head]):
    """Finds HTTP messages anywhere in a stream of bytes, and skips everything else.

    That is the mistake: only the bytes where a message must begin are one. `mark` is how
    a message starts; `feed` takes the next bytes of the stream, in pieces of any size,
    and returns each message that was completed, as its head and all its bytes.
    """

    def __init__(self, kind: type[Head], mark: bytes) -> None:
        self._kind: type[Head] = kind
        self._mark, self._held = mark, b""

    def feed(self, piece: bytes) -> list[tuple[Head, bytes]]:
        """The messages that this piece completes."""
        held, at = self._held + piece, 0
        found: list[tuple[Head, bytes]] = []
        while (start := held.find(self._mark, at)) >= 0:
            try:
                head = self._kind.parse(held[start : start + MAX_HEAD_BYTES + 1])
            except MalformedHandshake:
                at = start + 1
                continue
            end = start + (0 if head is None else len(head) + _body_size(head))
            if head is None or len(held) < end:
                self._held = held[start:]
                return found
            found.append((head, held[start:end]))
            at = end
        self._held = held[max(at, len(held) + 1 - len(self._mark)) :]
        return found


def http_response(body: bytes, status: int = 200, reason: str = "OK") -> bytes:
    """A response with its body, as bytes; the body's type is a script's."""
    headers = [("Content-Type", "text/javascript"), ("Content-Length", str(len(body)))]
    return Response(status, reason, headers).encode() + body


def fetch(url: str, *, through: Service, timeout: float = 5.0) -> bytes:
    """What somebody behind the proxy `through` gets for an http:// URL: the body.

    `timeout` is in seconds; OSError when nobody answers in time.
    """
    parts = urlsplit(url)
    connection = HTTPConnection(through.host, through.port, timeout=timeout)
    with closing(connection):
        connection.request("GET", parts.path or "/", headers={"Host": parts.netloc})
        return connection.getresponse().read()


def _url(request: Request) -> str:
    return f"http://{request.headers.get('Host')}{request.target}"


def _body_size(head: Request | Response) -> int:
    """The bytes of body that a head declares; 0 for one that a toy need not keep."""
    declared = head.headers.get("Content-Length") or ""
    # Nine digits are enough for every size that is kept; Python refuses to read above 4,300.
    size = int(declared) if re.fullmatch("[0-9]{1,9}", declared) else 0
    return size if size <= MAX_BODY_BYTES else 0
