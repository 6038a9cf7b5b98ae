"""How the recordings of 09 in notebooks/recordings/ were made.

    python -m tests.recordings.security            all but hijack.wscap
    python -m tests.recordings.security --browser  hijack.wscap too, with a real Chromium

    wss-outside, wss-inside         one wss:// conversation, from outside TLS and from inside
    proxy-client, proxy-server      one connection, before jupyter-server-proxy and behind it
    refused-client, refused-server  the same, when the server refuses
    hijack                          a page of one origin, a WebSocket of another, and a cookie

Names stand in for hosts and ports, in as many bytes; secrets are stars; times are even steps.
What TLS and Jupyter's client draw at random is as it came.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.patience import LIMIT
from tests.recordings.handshakes import FOLDER, KEY, STEP, Masks, evenly
from tests.wslab_course.lessons.you_use_one.jupyter_process import jupyter_server
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.recording.recording import Chunk, Ending, Recording
from wslab_course.lessons.security.members import MembersServer
from wslab_course.lessons.you_use_one.jupyter import Jupyter

HOST = "hub.example"
ORIGIN = f"http://{HOST}"
PORT = b"50080"  # in place of the real one, in as many digits
NOTE = "I lost my keys."
STEAL = """
async () => {
    const ws = new WebSocket("ws://club.example/cookie");
    const next = (kind) => new Promise((resolve, reject) => {
        ws.addEventListener(kind, resolve);
        setTimeout(() => reject(new Error(`no ${kind} event`)), 10_000);
    });
    const note = (await next("message")).data;
    ws.close(1000);
    await next("close");
    return note;
}
"""


async def over_tls() -> dict[str, Recording]:
    """Two words over wss://, seen by a tap that decrypts and by one that cannot."""
    async with EchoServer(tls=True) as server, Tap(server.url, decrypt=False) as outside:
        async with Tap(outside.url, ssl=server.client_context) as inside:
            with (
                patch("websockets.client.generate_key", lambda: KEY),
                patch("websockets.frames.secrets", Masks()),
            ):
                async with connect(
                    "ws://echo.example/echo",
                    host=inside.host,
                    port=inside.port,
                    user_agent_header="wslab",
                ) as ws:
                    await ws.send("Hello")
                    assert await asyncio.wait_for(ws.recv(), LIMIT) == "Hello"
            seen = await asyncio.to_thread(inside.wait_closed)
            hidden = await asyncio.to_thread(outside.wait_closed)
    target = "wss://echo.example/echo"
    return {"wss-inside": evenly(seen, target), "wss-outside": evenly(hidden, target)}


async def leave(ws: ServerConnection) -> None:
    """Answer once, then say goodbye with a code and a reason of our own."""
    await ws.send(await ws.recv())
    await ws.close(4001, "gone fishing")


async def through_a_proxy(jupyter: Jupyter, path: str) -> tuple[Recording, Recording]:
    """One client through jupyter-server-proxy: the recording before it, and the one behind."""
    async with EchoServer(compression="deflate", subprotocols=["chat"]) as server:
        server.register("/leave", leave)
        async with Tap(server.url) as behind:
            target = f"/proxy/{behind.port}{path}"
            async with Tap(f"ws://{urlsplit(jupyter.url).netloc}{target}") as before:
                with patch("websockets.client.generate_key", lambda: KEY):
                    async with connect(
                        f"ws://{HOST}{target}",
                        host=before.host,
                        port=before.port,
                        origin=ORIGIN,
                        subprotocols=["chat"],
                        compression="deflate",
                        user_agent_header="wslab",
                        additional_headers={"Authorization": f"token {jupyter.token}"},
                    ) as ws:
                        with suppress(ConnectionClosed):
                            await ws.send("Hello")
                            while True:
                                await asyncio.wait_for(ws.recv(), LIMIT)
                ports = (str(behind.port).encode(), urlsplit(jupyter.url).netloc.encode())
                taped = [await asyncio.to_thread(tap.wait_closed) for tap in (before, behind)]
    return scrubbed(taped[0], *ports), scrubbed(taped[1], *ports)


def scrubbed(taped: Recording, port: bytes, jupyter: bytes) -> Recording:
    """The same bytes, with names for what is of one run alone, each as long as before."""
    assert len(port) == len(PORT), "run it again: the recordings want ports of five digits"

    def clean(data: bytes) -> bytes:
        data = data.replace(b":" + port, b":" + PORT).replace(b"/" + port, b"/" + PORT)
        data = data.replace(jupyter, jupyter.partition(b":")[0] + b":" + b"58888")
        return re.sub(rb"(?<=Date: ).{29}", b"Thu, 01 Jan 2026 09:00:00 GMT", data)

    clean_one = Recording(f"ws://{HOST}/")
    for number, chunk in enumerate(taped.chunks):
        clean_one.add(Chunk(number * STEP, chunk.sender, clean(chunk.data)))
    for number, ending in enumerate(taped.endings, len(taped.chunks)):
        clean_one.end(Ending(number * STEP, ending.sender, ending.how, ""))
    return clean_one


async def by_proxy() -> dict[str, Recording]:
    """A connection that the server closes with 4001, and one that it refuses with 404."""
    with tempfile.TemporaryDirectory() as folder:
        with jupyter_server(Path(folder), "--ServerApp.allow_remote_access=True") as jupyter:
            before, behind = await through_a_proxy(jupyter, "/leave")
            refused, refusal = await through_a_proxy(jupyter, "/nothing")
    return {
        "proxy-client": before,
        "proxy-server": behind,
        "refused-client": refused,
        "refused-server": refusal,
    }


def hijack(executable: str, flags: tuple[str, ...]) -> Recording:
    """Ann is logged in at club.example; a page of old-blog.club.example reads her note."""
    from playwright.sync_api import sync_playwright

    with MembersServer({"ann": NOTE}) as club, Tap(club.url) as tap, EchoServer() as blog:
        rules = (
            f"MAP club.example 127.0.0.1:{tap.port}, "
            f"MAP old-blog.club.example 127.0.0.1:{blog.port}"
        )
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=executable, args=[*flags, f"--host-resolver-rules={rules}"]
            )
            page = chromium.new_page()
            page.goto("http://club.example/login?name=ann")
            page.goto("http://old-blog.club.example/")
            assert page.evaluate(STEAL) == NOTE
            chromium.close()
        tap.wait_closed()
        stolen = next(one for one in tap.recordings if one.handshake and one.handshake.upgraded)
        return evenly(stolen, "ws://club.example/cookie")


async def record() -> dict[str, Recording]:
    """All that need no browser, by file name."""
    return await over_tls() | await by_proxy()


def main() -> None:
    found = asyncio.run(record())
    if "--browser" in sys.argv:
        from tests.browser.conftest import FLAGS, INSTALL, find_chromium

        path = find_chromium()
        if path is None:
            sys.exit(INSTALL)
        found["hijack"] = hijack(path, FLAGS)
    for name, recording in found.items():
        print(recording.save(FOLDER / f"{name}.wscap"))


if __name__ == "__main__":
    main()
