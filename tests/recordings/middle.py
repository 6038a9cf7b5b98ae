"""What stands between a client and a server in the incidents: a gateway, and a box that forgets."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final

from wslab.network.streams import PIECE, StreamServer, next_request
from wslab.protocol.handshake import Request, Response

HOP_BY_HOP: Final = {"connection", "upgrade", "keep-alive", "te", "trailer", "transfer-encoding"}


class Gateway(StreamServer):
    """An HTTP/1.1 gateway that knows no WebSocket.

    It does what RFC 9110 §7.6.1 asks of it: headers that concern one hop are not passed on.
    """

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


class ForgetfulBox(StreamServer):
    """Passes bytes on, and forgets a connection: after `idle` seconds of silence, or, with
    `at_the_first_answer`, when the server has sent more than its handshake.

    What is forgotten is reset on both sides, and the byte that came last is lost.
    """

    def __init__(self, port: int, *, idle: float = 60.0, at_the_first_answer: bool = False) -> None:
        super().__init__(name="box")
        self._upstream, self._idle, self._forgets = port, idle, at_the_first_answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._upstream)
        self._answered = b""
        quiet = asyncio.timeout(self._idle)
        try:
            async with quiet, asyncio.TaskGroup() as pipes:
                pipes.create_task(self._pipe(reader, back, quiet))
                pipes.create_task(self._pipe(there, writer, quiet, answers=True))
        except* (TimeoutError, ConnectionError):
            pass
        for end in (writer, back):
            forget(end)

    async def _pipe(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        quiet: asyncio.Timeout,
        answers: bool = False,
    ) -> None:
        while data := await source.read(PIECE):
            quiet.reschedule(asyncio.get_running_loop().time() + self._idle)
            if answers and self._forgets:
                self._answered += data
                response = Response.parse(self._answered)
                if response is not None and len(self._answered) > len(response):
                    self._forgets = False
                    raise ConnectionError("forgotten")
            sink.write(data)
        with suppress(OSError):
            sink.write_eof()


def forget(writer: asyncio.StreamWriter) -> None:
    """End a connection by RST, without a word."""
    end = writer.get_extra_info("socket")
    if end is not None:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
