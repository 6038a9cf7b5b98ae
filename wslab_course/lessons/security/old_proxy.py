"""OldProxy: a proxy that is older than WebSocket, and what it does to an upgrade.

`Connection` and the headers that it names are for the next hop only; a proxy must remove them
before it passes a request on (RFC 9110 §7.6.1). A proxy that does not know `Upgrade` does exactly
that, keeps every rule of HTTP, and so turns an opening handshake into a plain GET. It cannot
change what it cannot read: a connection that begins with TLS goes through byte for byte.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from wslab.network.streams import READ_BYTES, StreamServer, next_request, pass_on, reach
from wslab.network.targets import PORTS, split_target
from wslab.protocol.handshake import Headers, Request
from wslab.protocol.recording.tls_records import is_tls
from wslab.protocol.redaction import redacted_text

#: Headers that never pass a hop, whether or not `Connection` names them.
HOP_BY_HOP: Final = ("connection", "keep-alive", "proxy-connection", "te", "upgrade")


class OldProxy(StreamServer):
    """Stands before `target`, a ws:// or wss:// URL; its own `url` has the same scheme.

    It passes on one request for each connection, without the headers that were meant for itself,
    and TLS unchanged. `log` says what it did.

    WslabError when `target` is not such a URL.
    """

    def __init__(self, target: str, **options: Any) -> None:
        super().__init__(**options)
        self._parts = split_target(target, "OldProxy")
        self.target = target
        self.log: list[str] = []

    @property
    def url(self) -> str:
        """Where a client connects to. NotRunning before the start."""
        self._need_running()
        return self._parts._replace(netloc=self._place).geturl()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = b""
        while len(first) < 3 and (piece := await reader.read(READ_BYTES)):
            first += piece
        if is_tls(first):
            self.log.append("TLS: cannot be read, passed on unchanged")
        else:
            got = await next_request(reader, first)
            if got is None:
                return
            request, rest = got
            onward, dropped = without_hop_by_hop(request)
            asked = f"{request.method} {redacted_text(request.target)}"
            self.log.append(f"{asked}: removed {', '.join(dropped)}")
            first = onward.encode() + rest
        host, port = self._parts.hostname or "", self._parts.port or PORTS[self._parts.scheme]
        far_reader, far_writer = await reach(host, port)
        try:
            await asyncio.gather(pass_on(reader, far_writer, first), pass_on(far_reader, writer))
        finally:
            far_writer.close()


def without_hop_by_hop(request: Request) -> tuple[Request, list[str]]:
    """The request as it is sent to the next hop, and the names that were removed."""
    named = {token.lower() for token in request.headers.tokens("Connection")}
    kept, dropped = [], []
    for name, value in request.headers:
        if name.lower() in named or name.lower() in HOP_BY_HOP:
            dropped.append(name)
        else:
            kept.append((name, value))
    kept += [("Via", "1.1 old-proxy"), ("Connection", "close")]
    return Request(request.method, request.target, Headers(kept), request.version), dropped
