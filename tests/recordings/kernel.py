"""How the recordings of a kernel's WebSocket in notebooks/recordings/ were made.

    python -m tests.recordings.kernel

A real Jupyter server is started, and asked by hand for what JupyterLab asks. What is random or
secret is not kept: the key and the masks are arguments, the token and the cookie are stars, and
ids, process numbers, dates and the host are replaced by others of the same length, so that no
byte moves. Each chunk is one head or one frame.

    kernel.wscap         6*7 and a print, in the v1 subprotocol
    kernel-json.wscap    the same without a subprotocol
    kernel-broken.wscap  v1 is agreed on; then a wrong offset, then a text message
    kernel-refused.wscap the same request without a token
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.patience import patient
from tests.recordings.handshakes import FOLDER, KEY, STEP
from tests.wslab_course.lessons.you_use_one.jupyter_process import jupyter_server
from wslab.network.client import connect
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.kernel_messages import V1, KernelMessage, join_v1
from wslab.protocol.recording.recording import Chunk, Ending, Recording
from wslab_course.lessons.you_use_one.jupyter import Jupyter

HOST = "jupyter.example"
KERNEL = "00000000-0000-4000-8000-000000000042"
MASK = bytes.fromhex("37fa213d")  # of every frame; RFC 6455 §5.7's
LIMIT = patient(30.0)  # seconds

HEADER = {
    "msg_id": "ask-1",
    "msg_type": "execute_request",
    "session": "by-hand",
    "username": "learner",
    "version": "5.3",
}
CONTENT = {"code": 'print("six times seven"); 6*7', "silent": False}
OBJECTS = (HEADER, {}, {}, CONTENT)
REQUEST = join_v1([b"shell", *(json.dumps(part).encode() for part in OBJECTS)])
NAMES = ("header", "parent_header", "metadata", "content")
IN_JSON = json.dumps({"channel": "shell", **dict(zip(NAMES, OBJECTS, strict=True)), "buffers": []})


class Masks:
    """In place of the module `secrets` of which the library asks its masks."""

    def token_bytes(self, size: int) -> bytes:
        return MASK


async def talk(jupyter: Jupyter, what: str) -> Recording:
    """One connection to a fresh kernel, of which `what` says how it goes."""
    kernel = (await jupyter.ask("POST", "api/kernels", {"name": "python3"}))["id"]
    path = f"/api/kernels/{kernel}/channels"
    token = {} if what == "refused" else {"Authorization": f"token {jupyter.token}"}
    try:
        with Tap(f"ws://{urlsplit(jupyter.url).netloc}{path}") as tap:
            with (
                patch("websockets.client.generate_key", lambda: KEY),
                patch("websockets.frames.secrets", Masks()),
                suppress(InvalidStatus),
            ):
                async with connect(
                    f"ws://{HOST}{path}",
                    host=tap.host,
                    port=tap.port,
                    additional_headers=token,
                    user_agent_header="wslab",
                    subprotocols=None if what == "json" else [V1],
                ) as ws:
                    await CONVERSATIONS[what](ws)
            return scrubbed(await asyncio.to_thread(tap.wait_closed), kernel)
    finally:
        await jupyter.ask("DELETE", f"api/kernels/{kernel}")


async def ask(ws: ClientConnection) -> None:
    """Wait until the server's own questions are over; ask; read all that is said about it."""
    answered: set[str] = set()
    async with asyncio.timeout(LIMIT):
        while len(answered) < 2:  # it asks on two channels who the kernel is
            message = KernelMessage.parse(await ws.recv())
            if message.content.get("execution_state") == "idle":
                answered.add(message.parent)
        await ws.send(REQUEST if ws.subprotocol else IN_JSON)
        missing = {"status": 2, "execute_reply": 1}
        while any(missing.values()):
            message = KernelMessage.parse(await ws.recv())
            if message.parent == HEADER["msg_id"] and message.kind in missing:
                missing[message.kind] -= 1


async def break_it(ws: ClientConnection) -> None:
    """A whole question, the same with a wrong first offset, and then a text message."""
    await ask(ws)
    wrong = bytearray(REQUEST.replace(b"ask-1", b"ask-2"))
    wrong[8] += 1
    await ws.send(bytes(wrong))
    await ws.send("What is 6*7?")
    with suppress(ConnectionClosed):
        async with asyncio.timeout(LIMIT):
            while True:
                await ws.recv()


async def nothing(ws: ClientConnection) -> None:
    raise AssertionError("a client without a token got in")


CONVERSATIONS: dict[str, Callable[[ClientConnection], object]] = {
    "v1": ask,
    "json": ask,
    "broken": break_it,
    "refused": nothing,
}


def scrubbed(taped: Recording, kernel: str) -> Recording:
    """The same connection, one head or frame a chunk, with ids and dates of nobody."""
    names: dict[bytes, bytes] = {kernel.encode(): KERNEL.encode()}

    def named(found: re.Match[bytes]) -> bytes:
        number = b"%08d" % (len(names) - 1)
        zeros = re.sub(rb"[0-9a-f]", b"0", found[0][8:])
        return names.setdefault(found[0], number + zeros)

    def clean(data: bytes) -> bytes:
        hexes = rb"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{8}-[0-9a-f]{24}"
        data = re.sub(hexes, named, data)
        data = re.sub(rb"(?<=_)\d+(?=_\d+\")", lambda m: b"123456789"[: len(m[0])], data)
        data = re.sub(rb"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", b"2026-01-01T09:00:00", data)
        return re.sub(rb"(?<=Date: ).{29}", b"Thu, 01 Jan 2026 09:00:00 GMT", data)

    assert taped.handshake is not None and taped.handshake.response is not None
    heads = (taped.handshake.request, taped.handshake.response)
    parts = [(side, head.encode()) for side, head in zip(Side, heads, strict=True)]
    if taped.handshake.upgraded:
        parts += [(sent.sender, sent.frame.encode()) for sent in taped.frames()]
    else:
        parts.append((Side.SERVER, taped.bytes_from(Side.SERVER)[len(heads[1].encode()) :]))
    clean_one = Recording(f"ws://{HOST}/api/kernels/{KERNEL}/channels")
    for number, (side, data) in enumerate(parts):
        clean_one.add(Chunk(number * STEP, side, clean(data)))
    for number, ending in enumerate(taped.endings, len(parts)):
        clean_one.end(Ending(number * STEP, ending.sender, ending.how, ""))
    for side in Side:
        assert clean_one.byte_count(side) == taped.byte_count(side), "a byte moved"
    return clean_one


async def record() -> dict[str, Recording]:
    """All of them, by file name."""
    with tempfile.TemporaryDirectory() as folder:
        with jupyter_server(Path(folder), "--ServerApp.allow_remote_access=True") as jupyter:
            return {
                "kernel" if what == "v1" else f"kernel-{what}": await talk(jupyter, what)
                for what in CONVERSATIONS
            }


def main() -> None:
    for name, recording in asyncio.run(record()).items():
        print(recording.save(FOLDER / f"{name}.wscap"))


if __name__ == "__main__":
    main()
