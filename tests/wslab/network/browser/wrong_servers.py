"""A server whose every path goes wrong in its own way, byte by byte, and some that go right.

Each path is a function that gets a `Peer` whose request has been read. After it the server
waits for the client's Close frame, or its end, and closes.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from tests.patience import LIMIT
from wslab.network.background import Service
from wslab.protocol.frames import ClosePayload, Frame, FrameReader, Opcode
from wslab.protocol.handshake import Request, accept_key

Answer = Callable[["Peer"], Coroutine[Any, Any, None]]

TEXT, BINARY, CLOSE, PING = Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE, Opcode.PING


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._frames = FrameReader()
        self._waiting: list[Frame] = []
        self.close_seen = False
        self.request: Request

    async def read_request(self) -> None:
        head = await self._reader.readuntil(b"\r\n\r\n")
        request = Request.parse(head)
        assert request is not None
        self.request = request

    def upgrade(self, *more: str, accept: str | None = None, status: str = "101 Switching") -> None:
        """The right answer, with headers added or the accept value replaced."""
        key = accept_key(self.request.headers.get("Sec-WebSocket-Key", ""))
        lines = (
            f"HTTP/1.1 {status}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {key if accept is None else accept}",
            *more,
        )
        self.write("\r\n".join([*lines, "", ""]).encode())

    def write(self, *parts: Frame | bytes) -> None:
        self._writer.write(b"".join(p if isinstance(p, bytes) else p.encode() for p in parts))

    async def read_frame(self) -> Frame:
        while not self._waiting:
            data = await self._reader.read(65536)
            if not data:
                raise EOFError
            self._waiting += self._frames.feed(data)
        return self._waiting.pop(0)

    async def wait_for_close(self) -> None:
        """Until the client sends a Close frame, or nothing any more."""
        while (await self.read_frame()).opcode != CLOSE:
            pass
        self.close_seen = True

    async def wait_for_end(self) -> None:
        while await self._reader.read(65536):
            pass

    def close(self, *, reset: bool = False) -> None:
        if reset:
            tcp = self._writer.get_extra_info("socket")
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        self._writer.close()


PATHS: dict[str, Answer] = {}


def path(name: str) -> Callable[[Answer], Answer]:
    def enter(answer: Answer) -> Answer:
        PATHS[name] = answer
        return answer

    return enter


def answers(name: str, *more: str, **options: Any) -> None:
    """A path whose response is wrong and that sends nothing after it."""

    @path(name)
    async def answer(peer: Peer) -> None:
        peer.upgrade(*more, **options)


def writes(name: str, *parts: Frame | bytes) -> None:
    """A path that opens rightly and writes this at once."""

    @path(name)
    async def answer(peer: Peer) -> None:
        peer.upgrade()
        await peer.read_frame()  # the client says when: it has seen "open"
        peer.write(*parts)


answers("/bad-accept", accept=accept_key("another key"))
answers("/empty-accept", accept="")
answers("/two-accepts", f"Sec-WebSocket-Accept: {accept_key('another key')}")
answers("/status-200", status="200 OK")
answers("/status-403", "Content-Length: 0", status="403 Forbidden")
answers("/redirect", "Location: /echo", "Content-Length: 0", status="302 Found")
answers("/uninvited-subprotocol", "Sec-WebSocket-Protocol: chat")
answers("/uninvited-extension", "Sec-WebSocket-Extensions: x-unknown")
answers("/bad-deflate", "Sec-WebSocket-Extensions: permessage-deflate; colour=red")
answers("/two-subprotocols", "Sec-WebSocket-Protocol: chat, echo")
answers("/subprotocol-in-two-lines", "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: chat")


@path("/no-upgrade-header")
async def _no_upgrade_header(peer: Peer) -> None:
    key = accept_key(peer.request.headers.get("Sec-WebSocket-Key", ""))
    peer.write(
        f"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {key}\r\n"
        "\r\n".encode()
    )


@path("/no-http")
async def _no_http(peer: Peer) -> None:
    peer.write(Frame(TEXT, b"frames before the handshake"))


@path("/hangs-up")
async def _hangs_up(peer: Peer) -> None:
    peer.close()


@path("/never-answers")
async def _never_answers(peer: Peer) -> None:
    await peer.wait_for_end()


HI = Frame(TEXT, b"hi")

writes("/masked", Frame(TEXT, b"masked", mask=b"\x01\x02\x03\x04"))
writes("/rsv1", Frame(TEXT, b"hi", rsv1=True))
writes("/rsv2", Frame(TEXT, b"hi", rsv2=True))
writes("/opcode-3", Frame(3, b"hi"))
writes("/opcode-11", Frame(11, b"hi"))
writes("/bad-utf8", Frame(TEXT, b"\xff\xfe"))
writes("/cut-utf8", Frame(TEXT, "€".encode()[:2]))
writes("/fragmented-ping", Frame(PING, b"hi", fin=False))
writes("/long-ping", Frame(PING, bytes(126)))
writes("/continues-nothing", Frame(Opcode.CONTINUATION, b"hi"))
writes("/interrupted", Frame(TEXT, b"one", fin=False), Frame(TEXT, b"two"))
writes("/wasteful-length", Frame(TEXT, b"hi", length_size=2))
writes("/top-bit", bytes.fromhex("817fffffffffffffffff"))
writes("/good-then-bad", HI, Frame(TEXT, b"hi", rsv2=True), HI)
writes("/close-1-byte", Frame(CLOSE, b"\x03"))
writes("/close-999", Frame(CLOSE, ClosePayload(999).encode()))
writes("/close-1004", Frame(CLOSE, ClosePayload(1004).encode()))
writes("/close-1005", Frame(CLOSE, ClosePayload(1005).encode()))
writes("/close-1006", Frame(CLOSE, ClosePayload(1006).encode()))
writes("/close-1014", Frame(CLOSE, ClosePayload(1014).encode()))
writes("/close-1015", Frame(CLOSE, ClosePayload(1015).encode()))
writes("/close-2999", Frame(CLOSE, ClosePayload(2999).encode()))
writes("/close-5000", Frame(CLOSE, ClosePayload(5000).encode()))
writes("/close-bad-reason", Frame(CLOSE, ClosePayload(1000, b"\xff").encode()))
writes("/fragments", Frame(TEXT, b"He", fin=False), Frame(PING), Frame(Opcode.CONTINUATION, b"y"))
writes(
    "/split-utf8",
    Frame(TEXT, "€".encode()[:1], fin=False),
    Frame(Opcode.CONTINUATION, "€".encode()[1:]),
)
writes("/two-messages", Frame(TEXT, b"one"), Frame(TEXT, b"two"))
writes("/binary-0", Frame(BINARY))


@path("/one-write")
async def _one_write(peer: Peer) -> None:
    """The 101, two messages and the Close leave together."""
    peer.upgrade()
    peer.write(Frame(TEXT, b"one"), Frame(BINARY, b"two"), Frame(CLOSE, b"\x0f\xa0bye"))


@path("/open-and-drop")
async def _open_and_drop(peer: Peer) -> None:
    peer.upgrade()
    peer.close()


@path("/close-empty")
async def _close_empty(peer: Peer) -> None:
    peer.upgrade()
    peer.write(Frame(CLOSE))


@path("/message-after-close")
async def _message_after_close(peer: Peer) -> None:
    peer.upgrade()
    peer.write(Frame(CLOSE, ClosePayload(1000).encode()), HI)


@path("/keeps-tcp")
async def _keeps_tcp(peer: Peer) -> None:
    """Answers the Close frame, and leaves TCP to the client."""
    peer.upgrade()
    while (frame := await peer.read_frame()).opcode != CLOSE:
        pass
    peer.write(Frame(CLOSE, frame.payload))
    await peer.wait_for_end()


@path("/slow-end")
async def _slow_end(peer: Peer) -> None:
    """Sends Close, and ends TCP a while after the answer: the client waits in CLOSING."""
    peer.upgrade()
    peer.write(Frame(CLOSE, ClosePayload(4000, "slow").encode()))
    await peer.wait_for_close()
    await asyncio.sleep(0.3)


@path("/never-closes")
async def _never_closes(peer: Peer) -> None:
    peer.upgrade()
    await peer.wait_for_end()


@path("/no-close-answer")
async def _no_close_answer(peer: Peer) -> None:
    peer.upgrade()
    await peer.wait_for_close()
    peer.close()


@path("/other-code")
async def _other_code(peer: Peer) -> None:
    """Answers a Close frame with another code than it got."""
    peer.upgrade()
    await peer.wait_for_close()
    peer.write(Frame(CLOSE, ClosePayload(4321, "mine").encode()))
    peer.close()


@path("/message-before-close")
async def _message_before_close(peer: Peer) -> None:
    """Sends a message between the client's Close and its own."""
    peer.upgrade()
    await peer.wait_for_close()
    peer.write(HI, Frame(CLOSE, ClosePayload(1000).encode()))
    peer.close()


@path("/drop")
async def _drop(peer: Peer) -> None:
    peer.upgrade()
    await peer.read_frame()
    peer.close()


@path("/half-message")
async def _half_message(peer: Peer) -> None:
    peer.upgrade()
    await peer.read_frame()
    peer.write(Frame(TEXT, b"half of this").encode()[:6])
    peer.close()


@path("/reset")
async def _reset(peer: Peer) -> None:
    peer.upgrade()
    await peer.read_frame()
    peer.close(reset=True)


@path("/ping")
async def _ping(peer: Peer) -> None:
    """Says in a message what the client's pong held."""
    peer.upgrade()
    peer.write(Frame(PING, b"are you there?"))
    pong = await peer.read_frame()
    peer.write(Frame(TEXT, f"opcode {int(pong.opcode)}: {pong.payload.decode()}".encode()))


@path("/what-arrives")
async def _what_arrives(peer: Peer) -> None:
    """Tells, in the reason of the Close frame, how long the messages before the client's were."""
    peer.upgrade()
    seen: list[int] = []
    while (frame := await peer.read_frame()).opcode != CLOSE:
        if frame.opcode == Opcode.CONTINUATION:  # Chromium cuts long messages
            seen[-1] += len(frame.payload)
        else:
            seen.append(len(frame.payload))
    said = f"{seen} {frame.payload.hex()}"
    peer.write(Frame(CLOSE, ClosePayload(4000, said).encode()))
    peer.close()


class WrongServer(Service):
    """All of PATHS on one port."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._meet, self.host, self._wanted_port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        peer = Peer(reader, writer)
        # A client that goes away in the middle is what these paths are for.
        with suppress(OSError, EOFError, TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(LIMIT):
                await peer.read_request()
                target = peer.request.target.partition("?")[0]
                await PATHS[target](peer)
                if not peer.close_seen:
                    await peer.wait_for_close()
        writer.close()
        self._tasks.discard(task)
