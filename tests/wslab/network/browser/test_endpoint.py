"""The client's end of the wire: limits, what is written, and what the scripts cannot show."""

import asyncio
import ssl
import zlib
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.patience import LIMIT
from wslab.network.browser import endpoint as module
from wslab.network.browser.endpoint import Endpoint
from wslab.network.browser.ws_url import WsUrl
from wslab.protocol.frames import ClosePayload, Frame, FrameReader, Opcode
from wslab.protocol.handshake import Request, accept_key


class Told:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.log: list[tuple[Any, ...]] = []
        self.changed = asyncio.Event()

    def opened(self, *facts: Any) -> None:
        self.add("opened", *facts)

    def received(self, data: str | bytes) -> None:
        self.add("received", data)

    def sent(self, size: int) -> None:
        self.add("sent", size)

    def closing(self) -> None:
        self.add("closing")

    def closed(self, *facts: Any) -> None:
        self.add("closed", *facts)

    def add(self, *line: Any) -> None:
        self.log.append(line)
        self.changed.set()

    async def until(self, what: str, count: int = 1) -> None:
        async with asyncio.timeout(LIMIT):
            while [line[0] for line in self.log].count(what) < count:
                self.changed.clear()
                await self.changed.wait()


FAILED = ("closed", 1006, "", False, True)

Shorten = Callable[[str], None]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve, extensions: str = "", upgrade: bool = True, **options: Any) -> Any:
    """A raw server; `serve` runs after the upgrade, or at once without."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if upgrade:
                request = Request.parse(await reader.readuntil(b"\r\n\r\n"))
                assert request is not None
                accept = accept_key(request.headers.get("Sec-WebSocket-Key", ""))
                more = f"Sec-WebSocket-Extensions: {extensions}\r\n" if extensions else ""
                writer.write(
                    "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    f"Sec-WebSocket-Accept: {accept}\r\n{more}\r\n".encode()
                )
            await serve(reader, writer)
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(None)
        finally:
            writer.close()

    listening = await asyncio.start_server(meet, "127.0.0.1", 0, **options)
    async with listening:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with asyncio.timeout(LIMIT):
            await done


def begin(address: str, scheme: str = "ws") -> tuple[Endpoint, Told]:
    told = Told()
    return Endpoint(WsUrl.parse(f"{scheme}://{address}/"), (), told), told


async def frames_to_end(reader: asyncio.StreamReader) -> list[Frame]:
    return FrameReader().feed(await reader.read())


@pytest.fixture
def shorten(monkeypatch: pytest.MonkeyPatch) -> Shorten:
    """Make one limit so short that a test can wait for it."""
    return lambda name: monkeypatch.setattr(module, name, 0.02)


async def test_a_server_that_never_answers_is_left(shorten: Shorten) -> None:
    shorten("OPENING_TIMEOUT_S")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.read()).startswith(b"GET / HTTP/1.1\r\n")

    async with server(serve, upgrade=False) as address:
        _, told = begin(address)
        await told.until("closed")
    assert told.log == [FAILED]


async def test_a_server_that_does_not_answer_the_close_is_left(shorten: Shorten) -> None:
    shorten("CLOSING_TIMEOUT_S")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with pytest.raises(ConnectionResetError):
            while await reader.read(65536):
                pass
            raise ConnectionResetError  # some systems end it with FIN

    async with server(serve) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        endpoint.close(ClosePayload(1000))
        await told.until("closed")
    assert told.log[1:] == [FAILED]


async def test_a_server_that_keeps_tcp_after_the_close_is_left(shorten: Shorten) -> None:
    shorten("LINGER_TIMEOUT_S")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(Frame(Opcode.CLOSE, ClosePayload(1001, "bye").encode()).encode())
        [frame] = await frames_to_end(reader)
        assert frame.payload == ClosePayload(1001, "bye").encode()

    async with server(serve) as address:
        _, told = begin(address)
        await told.until("closed")
    assert told.log[1:] == [("closing",), ("closed", 1001, "bye", True, False)]


async def test_a_server_that_reads_nothing_cannot_hold_the_close(shorten: Shorten) -> None:
    shorten("CLOSING_TIMEOUT_S")
    release = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()

    async with server(serve, limit=1024) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        endpoint.send(bytes(32 * 2**20))
        endpoint.close(ClosePayload(1000))
        await told.until("closed")
        release.set()
    assert told.log[1:] == [FAILED]  # and it was never told that the message has left


async def test_a_message_has_left_when_the_system_took_it_all() -> None:
    release = asyncio.Event()
    big = bytes(16 * 2**20)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        seen = FrameReader()
        got: list[Frame] = []
        while len(got) < 3:
            got += seen.feed(await reader.read(2**20))
        assert [len(frame.payload) for frame in got] == [len(big), 3, 0]
        writer.write(Frame(Opcode.CLOSE).encode())

    async with server(serve, limit=1024) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        endpoint.send(big)
        endpoint.send("end")
        endpoint.close(ClosePayload())
        endpoint.send("after the close")
        await asyncio.sleep(0)  # the turn in which it writes
        assert told.log[1:] == []
        release.set()
        await told.until("closed")
    assert told.log[1:4] == [("sent", len(big)), ("sent", 3), ("closing",)]


async def test_nothing_leaves_after_the_answer_to_a_close() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = FrameReader()
        got = seen.feed(await reader.read(10))  # now the client writes, and is stuck
        writer.write(Frame(Opcode.CLOSE).encode())
        await told.until("closing")
        while not got or got[-1].opcode != Opcode.CLOSE:
            got += seen.feed(await reader.read(2**20))
        writer.write_eof()
        got += seen.feed(await reader.read())
        assert [int(frame.opcode) for frame in got] == [Opcode.BINARY, Opcode.CLOSE]

    async with server(serve, limit=1024) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        endpoint.send(bytes(16 * 2**20))
        endpoint.send("waits behind it, and is lost")
        await told.until("closed")


async def test_a_wrong_header_is_answered_before_its_payload() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(Frame(Opcode.TEXT, bytes(1000), rsv2=True).encode()[:100])
        [frame] = await frames_to_end(reader)
        close = ClosePayload.parse(frame.payload)
        assert (close.code, close.reason) == (1002, "reserved-bits-are-zero")

    async with server(serve) as address:
        _, told = begin(address)
        await told.until("closed")
    assert told.log[1:] == [FAILED]


async def test_bytes_may_come_one_by_one() -> None:
    bytes_ = Frame(Opcode.TEXT, "€".encode()).encode() + Frame(Opcode.CLOSE).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await told.until("opened")
        for byte in bytes_:
            endpoint.data_received(bytes([byte]))

    async with server(serve) as address:
        endpoint, told = begin(address)
        await told.until("closed")
    assert told.log[1:] == [("received", "€"), ("closing",), ("closed", 1005, "", True, False)]


async def test_every_frame_is_masked_with_its_own_key() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen, got = FrameReader(), []
        while len(got) < 3:
            got += seen.feed(await reader.read(65536))
        assert len({frame.mask for frame in got}) == 3 and None not in {f.mask for f in got}
        writer.write(Frame(Opcode.CLOSE).encode())

    async with server(serve) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        endpoint.send("one")
        endpoint.send(b"two")
        endpoint.close(ClosePayload())
        await told.until("closed")


async def test_only_the_latest_ping_waits_for_a_server_that_does_not_read() -> None:
    release = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start = await reader.read(10)  # now the client writes, and is stuck
        pings = b"".join(Frame(Opcode.PING, b"%d" % n).encode() for n in range(1000))
        writer.write(pings + Frame(Opcode.TEXT, b"that is all").encode())
        await release.wait()
        seen = FrameReader()
        got = seen.feed(start)
        while not got or got[-1].opcode != Opcode.CLOSE:
            got += seen.feed(await reader.read(2**20))
        assert [f.payload for f in got if f.opcode == Opcode.PONG] == [b"999"]
        writer.write(Frame(Opcode.CLOSE).encode())

    async with server(serve, limit=1024) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        endpoint.send(bytes(16 * 2**20))  # more than the system takes
        await told.until("received")
        release.set()
        endpoint.close(ClosePayload())
        await told.until("closed")


@pytest.mark.parametrize(
    "answer",
    [
        "permessage-deflate",
        "permessage-deflate; client_no_context_takeover",
        "permessage-deflate; client_max_window_bits=9",
        "permessage-deflate; client_max_window_bits=8",
    ],
    ids=["plain", "forgets", "small", "smallest"],
)
async def test_messages_are_compressed_as_agreed(answer: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen, got = FrameReader(), []
        while not got or got[-1].opcode != Opcode.CLOSE:
            got += seen.feed(await reader.read(65536))
        bits = 8 if answer.endswith("=8") else 9 if answer.endswith("=9") else 15
        unpack = zlib.decompressobj(-bits)
        for frame in got[:-1]:
            if "no_context" in answer:
                unpack = zlib.decompressobj(-bits)
            assert frame.rsv1
            assert unpack.decompress(frame.payload + b"\x00\x00\xff\xff") == MESSAGE
        assert len(got) == 3
        writer.write(Frame(Opcode.CLOSE).encode())

    async with server(serve, answer) as address:
        endpoint, told = begin(address)
        await told.until("opened")
        assert told.log == [("opened", "", answer)]
        endpoint.send(MESSAGE)
        endpoint.send(MESSAGE)
        endpoint.close(ClosePayload())
        await told.until("closed")
    assert told.log[1:3] == [("sent", len(MESSAGE))] * 2


MESSAGE = bytes(range(256)) * 8


def _without_certificate(side: int) -> ssl.SSLContext:
    """TLS that proves nothing to nobody: this is about its transport alone."""
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")
    return context


async def test_messages_of_any_size_travel_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    client = _without_certificate(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(ssl, "create_default_context", lambda: client)
    sizes = [0, 5, 1_000_000, 5]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen, got = FrameReader(), []
        while len(got) < len(sizes):
            got += seen.feed(await reader.read(65536))
        assert [len(frame.payload) for frame in got] == sizes
        writer.write(Frame(Opcode.CLOSE).encode())
        await reader.read(100)  # the client's Close

    tls = _without_certificate(ssl.PROTOCOL_TLS_SERVER)
    async with server(serve, ssl=tls) as address:
        endpoint, told = begin(address, "wss")
        await told.until("opened")
        for size in sizes:
            endpoint.send(bytes(size))
        await told.until("closed")
    assert told.log[1:4] == [("sent", size) for size in sizes if size]
    assert told.log[-1] == ("closed", 1005, "", True, False)


async def test_plain_bytes_where_tls_is_wanted_fail() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.read(3))[0] == 0x16  # a TLS record, and no HTTP
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with server(serve, upgrade=False) as address:
        _, told = begin(address, "wss")
        await told.until("closed")
    assert told.log == [FAILED]


async def test_a_name_that_cannot_be_a_name_fails() -> None:
    _, told = begin("a" * 70 + ".invalid")
    await told.until("closed")
    assert told.log == [FAILED]


async def test_closing_before_tcp_is_there_fails() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with server(serve, upgrade=False) as address:
        endpoint, told = begin(address)
        endpoint.close(ClosePayload(1000))
        await told.until("closed")
        assert told.log == [FAILED]
        _, writer = await asyncio.open_connection(*address.split(":"))  # for the server to end
        writer.close()
        await writer.wait_closed()
