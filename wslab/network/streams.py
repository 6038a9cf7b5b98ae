"""StreamServer: a server with one coroutine per connection, and no library before the bytes.

For the servers that must send what no library would: forged answers, broken rules.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from wslab.errors import MalformedHandshake
from wslab.network.background import Service, stop_listening
from wslab.protocol.handshake import Request

READ_BYTES: Final = 65536  # bytes asked for in one read
CONNECT_TIMEOUT_S: Final = 5.0  # seconds that another server may take to accept a connection

OnData = Callable[[bytes], None]


class StreamServer(Service):
    """A service with a coroutine for each connection: a subclass writes `_serve`.

    The connection is closed when `_serve` returns. A client that resets it or sends no HTTP
    ends only its own connection.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, name: str | None = None) -> None:
        super().__init__(host=host, port=port, name=name)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    @property
    def url(self) -> str:
        """Where it listens, as http://host:port. Raises NotRunning before the start."""
        self._need_running()
        return f"http://{self._place}"

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self._listens_at(*(one.getsockname() for one in self._server.sockets))

    async def _close(self) -> None:
        if self._server is not None:
            await stop_listening(self._server)
            await asyncio.sleep(0)  # the last accepted connection reaches `_accept` now
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._attend(reader, writer))
        self._tasks.add(task)
        # A task that is stopped does not wait for a client that never reads, and one that is
        # stopped before its first step has closed nothing itself.
        task.add_done_callback(lambda _: writer.transport.abort())
        task.add_done_callback(self._tasks.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, MalformedHandshake):
            try:
                await self._serve(reader, writer)
            finally:
                writer.close()
            await writer.wait_closed()


async def next_request(
    reader: asyncio.StreamReader, seen: bytes = b""
) -> tuple[Request, bytes] | None:
    """The next request head and the bytes after it; None if the client ends TCP first."""
    while (request := Request.parse(seen)) is None:
        if not (piece := await reader.read(READ_BYTES)):
            return None
        seen += piece
    return request, seen[len(request) :]


async def reach(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to another server. Raises OSError on failure or after `CONNECT_TIMEOUT_S`."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            return await asyncio.open_connection(host, port)
    except UnicodeError as error:  # an invalid host name
        raise OSError(f"{host} is not a host: {error}") from error


async def pass_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    piece: bytes = b"",
    look: OnData = lambda piece: None,
) -> None:
    """Pass on `piece`, then one direction to its end; call `look` on each piece before."""
    with suppress(OSError):
        try:
            while piece or (piece := await reader.read(READ_BYTES)):
                look(piece)
                writer.write(piece)
                await writer.drain()
                piece = b""
        finally:
            writer.write_eof()


def reset(transport: asyncio.BaseTransport) -> None:
    """End a TCP connection with RST instead of FIN, even if bytes still wait to be sent.

    A transport whose socket is gone, or that never had one, is only aborted.
    """
    # close() with a linger time of 0 sends RST (on Windows the two numbers are short).
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    connection = transport.get_extra_info("socket")
    with suppress(OSError):
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    cast(asyncio.Transport, transport).abort()
