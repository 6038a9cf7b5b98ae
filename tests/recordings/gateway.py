"""A gateway between a client and a server that knows HTTP, and no WebSocket."""

from __future__ import annotations

import asyncio
from typing import Final

from wslab.network.streams import StreamServer, next_request
from wslab.protocol.handshake import Request

HOP_BY_HOP: Final = {"connection", "upgrade", "keep-alive", "te", "trailer", "transfer-encoding"}


class Gateway(StreamServer):
    """Passes one request on to `port`, as RFC 9110 §7.6.1 asks: without what concerns one hop."""

    def __init__(self, port: int) -> None:
        super().__init__(name="gateway")
        self._upstream = port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await next_request(reader)
        assert asked is not None
        request = asked[0]
        named = {token.lower() for token in request.headers.tokens("Connection")}
        kept = [(n, v) for n, v in request.headers if n.lower() not in HOP_BY_HOP | named]
        onward = Request(request.method, request.target, [*kept, ("Via", "1.1 gateway.example")])
        there, back = await asyncio.open_connection("127.0.0.1", self._upstream)
        back.write(onward.encode())
        writer.write(await there.read())  # whatever it is, up to its end
        back.close()
