"""How the incidents of notebook 11 were made, each by really causing it.

    python -m tests.recordings.incidents

Real programs talk over real sockets, through a tap or two. Keys and masks are arguments;
names, ports, dates and times of a run are not kept (see `told`). Where two taps listen, one
stands beside the client and one beside the server.

    ticket-1-client, -server   an upgrade through a proxy that knows none
    ticket-2                   names, sent in pieces
    ticket-3-client, -server   a chat that falls silent behind a box with a short memory
    ticket-4-client, -server   a picture sent through Jupyter's proxy
    ticket-5                   packed messages and a server of `websockets`
    ticket-6                   a client that has no time
    ticket-7                   Jupyter's proxy, and what is behind it
    ticket-8-first, -second    an order, and the order again
"""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.patience import LIMIT
from tests.recordings.handshakes import FOLDER, KEY, MASKS, STEP
from tests.wslab_course.lessons.you_use_one.jupyter_process import jupyter_server
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.handshake import Request
from wslab.protocol.recording.recording import Chunk, Ending, Recording
from wslab_course.lessons.bad_network.middle_box import MiddleBox
from wslab_course.lessons.security.old_proxy import OldProxy
from wslab_course.lessons.you_use_one.jupyter import Jupyter

Recordings = dict[str, Recording]
FASTER = 40  # ticket 3: a minute of its story takes 1.5 s here
PORT = b"54321"  # stands for a port of this machine


class Masks:
    """In place of the module `secrets` of which the library asks its masks."""

    def __init__(self) -> None:
        self._masks = itertools.cycle(MASKS)

    def token_bytes(self, size: int) -> bytes:
        return next(self._masks)


@contextmanager
def nothing_random() -> Iterator[None]:
    with patch("websockets.client.generate_key", lambda: KEY):
        with patch("websockets.frames.secrets", Masks()):
            yield


@asynccontextmanager
async def client(host: str, tap: Any, path: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """A client of `websockets` that calls the listener `tap` by the name `host`."""
    url, named = f"ws://{host}{path}", {"user_agent_header": None, **options}
    async with connect(url, host=tap.host, port=tap.port, **named) as ws:
        yield ws


async def hear(ws: ClientConnection) -> str | bytes:
    return await asyncio.wait_for(ws.recv(), LIMIT)


async def over(tap: Tap) -> Recording:
    return await asyncio.to_thread(tap.wait_closed, LIMIT)


def told(
    taped: Recording, target: str, clean: Callable[[bytes], bytes] = bytes, faster: float = 0
) -> Recording:
    """The recording as it is kept: joined bytes cut at heads and frames, without dates and ports.

    Its times are even steps, or those of the run times `faster`, to a tenth of a second.
    """

    def dateless(data: bytes) -> bytes:
        date = rb"(?<=Date: )\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
        return clean(re.sub(date, b"Thu, 01 Jan 2026 09:00:00 GMT", data))

    events: list[Chunk | Ending] = [
        Chunk(at, side, dateless(data)) for at, side, data in pieces(taped)
    ]
    events += [Ending(end.at, end.sender, end.how) for end in taped.endings]
    kept = Recording(target)
    for number, event in enumerate(events):
        at = round(event.at * faster, 1) if faster else round(number * STEP, 3)
        if isinstance(event, Chunk):
            kept.add(Chunk(at, event.sender, event.data))
        else:
            kept.end(Ending(at, event.sender, event.how))
    for side in Side:
        assert kept.byte_count(side) == taped.byte_count(side), "a byte moved"
    return kept


def pieces(taped: Recording) -> Iterator[tuple[float, Side, bytes]]:
    """Heads, bodies and frames, each whole: how TCP cut them differs on every run."""
    shake = taped.handshake
    if shake is None or not shake.upgraded or shake.response is None:
        for side, chunks in itertools.groupby(taped.chunks, lambda chunk: chunk.sender):
            listed = list(chunks)
            yield listed[0].at, side, b"".join(chunk.data for chunk in listed)
        return
    for side, head in zip(Side, (shake.request, shake.response), strict=True):
        yield next(c.at for c in taped.chunks if c.sender is side), side, head.encode()
    for sent in taped.frames():
        yield sent.at, sent.sender, sent.frame.encode()


# --- the incidents ----------------------------------------------------------------------


async def upgrade_refused() -> Recordings:
    """A proxy passes the request on, without what concerns its own hop alone."""
    host = "chat.example"
    with EchoServer() as server, Tap(server.url) as behind, OldProxy(behind.url) as proxy:
        with Tap(proxy.url) as before, nothing_random(), suppress(InvalidStatus):
            async with client(host, before, "/echo"):
                raise AssertionError("a proxy without WebSocket let it through")
        own = partial(re.sub, rb"127\.0\.0\.1:\d+", b"127.0.0.1:" + PORT)
        return {
            "ticket-1-client": told(await over(before), f"ws://{host}/echo", own),
            "ticket-1-server": told(await over(behind), f"ws://{host}/echo", own),
        }


NAMES = "Ada, Ben, Cem, Dora, Evan, Finn, Zoë, Gil, "
PIECE = 12  # bytes read from the file of names at once


async def names_in_pieces() -> Recordings:
    """A client reads 12 bytes at a time and sends each piece as a text message."""
    data = NAMES.encode()
    with EchoServer() as server, Tap(server.url) as tap, nothing_random():
        with suppress(ConnectionClosed):
            async with client("names.example", tap, "/echo") as ws:
                for at in range(0, len(data), PIECE):
                    await ws.send(data[at : at + PIECE], text=True)
                    await hear(ws)
        return {"ticket-2": told(await over(tap), "ws://names.example/echo")}


async def silent_at_noon() -> Recordings:
    """A chat with pauses of 12 s, 33 s, and one that is too long for the box.

    The box looks ten times in its patience, and so forgets up to a tenth of it late.
    """
    host = "desk.example"
    with EchoServer() as server, Tap(server.url) as behind:
        with MiddleBox(behind.url, patience=58 / FASTER) as box, Tap(box.url) as before:
            with nothing_random():
                async with client(host, before, "/echo") as ws:
                    for pause, said in ((0, "anyone there?"), (12, "still here"), (33, "lunch!")):
                        await asyncio.sleep(pause / FASTER)  # the people are silent
                        await ws.send(said)
                        await hear(ws)
                    await asyncio.wait_for(ws.wait_closed(), LIMIT)
            return {
                f"ticket-3-{name}": told(await over(tap), f"ws://{host}/echo", faster=FASTER)
                for name, tap in (("client", before), ("server", behind))
            }


async def proxied(jupyter: Jupyter, port: int, path: str, picture: bytes = b"") -> Recording:
    """One visit through Jupyter's proxy to a port of this machine, seen beside the client."""
    path, address = f"/proxy/{port}{path}", urlsplit(jupyter.url).netloc
    with Tap(f"ws://{address}{path}") as tap, nothing_random():
        token = {"Authorization": f"token {jupyter.token}"}
        async with client("hub.example", tap, path, additional_headers=token) as ws:
            if picture:
                await ws.send(picture)
            await asyncio.wait_for(ws.wait_closed(), LIMIT)
        seen = f"ws://hub.example/proxy/{PORT.decode()}{path.removeprefix(f'/proxy/{port}')}"
        return told(await over(tap), seen, hiding(port))


def hiding(*ports: int) -> Callable[[bytes], bytes]:
    """Put other numbers in place of the ports of this run; they have five digits, too."""

    def clean(data: bytes) -> bytes:
        for port in ports:
            assert len(str(port)) == len(PORT), port
            data = data.replace(str(port).encode(), PORT)
        return data

    return clean


async def picture_through_a_proxy(jupyter: Jupyter) -> Recordings:
    """A server that takes 1,000 bytes gets a message of 1,500."""
    with EchoServer(max_size=1000) as server, Tap(server.url) as behind:
        before = await proxied(jupyter, behind.port, "/echo", bytes(range(250)) * 6)
        seen = await over(behind)
        target = "ws://pictures.example/echo"
        return {
            "ticket-4-client": before,
            "ticket-4-server": told(seen, target, hiding(behind.port)),
        }


def packed(text: str) -> bytes:
    """A message packed by itself, its block marked as the last (RFC 7692 §7.2.3.4)."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text.encode()) + packer.flush(zlib.Z_FINISH) + b"\0"


WORDS = ("Hello", "Are you there?", "Say something!")


async def packed_messages(*parameters: str) -> Recordings:
    """A client that packs as the RFC allows, against a server of `websockets`."""
    headers = [
        *(("Host", "sensors.example"), ("Upgrade", "websocket"), ("Connection", "Upgrade")),
        *(("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Version", "13")),
        ("Sec-WebSocket-Extensions", "; ".join(("permessage-deflate", *parameters))),
    ]
    masks = itertools.cycle(MASKS)
    with EchoServer(compression="deflate") as server, Tap(server.url) as tap:
        reader, writer = await asyncio.open_connection(tap.host, tap.port)
        writer.write(Request("GET", "/echo", headers).encode())
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT)
        frames = [Frame(Opcode.TEXT, packed(w), rsv1=True, mask=next(masks)) for w in WORDS]
        for frame in [*frames, Frame(Opcode.CLOSE, b"\x03\xe8", mask=next(masks))]:
            writer.write(frame.encode())
            await asyncio.wait_for(one_frame(reader), LIMIT)
        writer.close()
        return {"ticket-5": told(await over(tap), "ws://sensors.example/echo")}


async def one_frame(reader: asyncio.StreamReader) -> Frame:
    data = b""
    while (frame := Frame.parse(data)) is None:
        data += await reader.readexactly(1)
    return frame


async def no_time() -> Recordings:
    """A client that sends its first ping together with the request."""
    headers = [
        *(("Host", "meter.example"), ("Upgrade", "websocket"), ("Connection", "Upgrade")),
        *(("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Version", "13")),
    ]
    ping = Frame(Opcode.PING, b"alive?", mask=MASKS[0])
    with EchoServer() as server, Tap(server.url) as tap:
        reader, writer = await asyncio.open_connection(tap.host, tap.port)
        writer.write(Request("GET", "/echo", headers).encode() + ping.encode())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT)
        assert not answer.startswith(b"HTTP/"), "no longer answered before the 101"
        writer.close()  # what it read was no HTTP
        return {"ticket-6": told(await over(tap), "ws://meter.example/echo")}


async def open_and_gone(jupyter: Jupyter) -> Recordings:
    """The program behind the proxy is not running."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return {"ticket-7": await proxied(jupyter, port, "/live")}


async def ordered_again() -> Recordings:
    """The line fails between an order and its answer; the client connects and orders again."""
    with EchoServer() as server:
        numbers = itertools.count(1)

        @server.path("/orders")
        async def orders(ws: Any) -> None:
            async for order in ws:
                await ws.send(f"accepted, number {next(numbers)}: {order}")

        with Tap(server.url) as tap, Tap(tap.url) as line, nothing_random():
            for fails in (True, False):
                with suppress(ConnectionClosed):
                    async with client("pizza.example", line, "/orders") as ws:
                        if fails:
                            line.freeze(Side.SERVER)
                        await ws.send("two pizzas to Elm Street 5")
                        await asyncio.to_thread(line.wait, lambda seen: len(seen.messages()) == 2)
                        if fails:
                            line.cut()
                        await hear(ws)
                await over(tap)
                line.thaw()
            kept = [told(taped, "ws://pizza.example/orders") for taped in tap.recordings]
            return dict(zip(("ticket-8-first", "ticket-8-second"), kept, strict=True))


ALONE: tuple[Callable[[], Coroutine[Any, Any, Recordings]], ...] = (
    *(upgrade_refused, names_in_pieces, silent_at_noon),
    *(packed_messages, no_time, ordered_again),
)
BEHIND_JUPYTER = (picture_through_a_proxy, open_and_gone)


async def record() -> Recordings:
    """All of them, by name."""
    made: Recordings = {}
    for incident in ALONE:
        made |= await incident()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        flags = ("--ServerApp.allow_remote_access=True",)
        jupyter = stack.enter_context(jupyter_server(Path(folder), *flags))
        for visit in BEHIND_JUPYTER:
            made |= await visit(jupyter)
    return dict(sorted(made.items()))


def main() -> None:
    for name, recording in asyncio.run(record()).items():
        recording.save(FOLDER / f"{name}.wscap")
        print(name, recording)


if __name__ == "__main__":
    main()
