"""How the recordings of handshakes in notebooks/recordings/ were made.

    python -m tests.recordings.handshakes            hello.wscap and echo-2014.wscap
    python -m tests.recordings.handshakes --browser  browser.wscap too, with a real Chromium

Everything random is an argument here, and times are even steps, so the first two
come out byte for byte the same; a test compares. A browser draws its own key.
"""

from __future__ import annotations

import asyncio
import sys
from base64 import b64encode
from pathlib import Path
from unittest.mock import patch

from tests.patience import LIMIT
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Chunk, Ending, Recording

FOLDER = Path(__file__).parents[2] / "notebooks" / "recordings"
STEP = 0.001  # seconds from one chunk to the next: real times differ on every run

KEY = b64encode(b"wslab says hello").decode()  # 16 bytes, as the RFC wants
MASKS = (bytes.fromhex("37fa213d"), bytes.fromhex("00c0ffee"))  # the first is RFC 6455 §5.7's
ADDRESS = "echo.example"  # what the Host header says; the ports really used are free ones


class Masks:
    """In place of the module `secrets` of which the library asks its masks."""

    def __init__(self) -> None:
        self._masks = iter(MASKS)

    def token_bytes(self, size: int) -> bytes:
        return next(self._masks)


async def hello() -> Recording:
    """A client of the `websockets` library says Hello to the echo server, and closes."""
    with EchoServer() as server, Tap(server.url) as tap:
        with (
            patch("websockets.client.generate_key", lambda: KEY),
            patch("websockets.frames.secrets", Masks()),
        ):
            async with connect(
                f"ws://{ADDRESS}/echo", host=tap.host, port=tap.port, user_agent_header="wslab"
            ) as ws:
                await ws.send("Hello")
                assert await asyncio.wait_for(ws.recv(), LIMIT) == "Hello"
        return evenly(await asyncio.to_thread(tap.wait_closed), f"ws://{ADDRESS}/echo")


def evenly(taped: Recording, target: str) -> Recording:
    """The same bytes and endings, one step after another, without the port of this run."""
    even = Recording(target)
    for number, chunk in enumerate(taped.chunks):
        even.add(Chunk(number * STEP, chunk.sender, chunk.data))
    for number, ending in enumerate(taped.endings, len(taped.chunks)):
        even.end(Ending(number * STEP, ending.sender, ending.how, ending.detail))
    return even


# Published in a blog post of 13 May 2014 about the echo page of websocket.org, read off
# the developer tools of Chrome 34. The tools sort the headers and leave out both start
# lines, which are put back here; the cookie is made unreadable.
REQUEST_2014 = """\
GET / HTTP/1.1
Cache-Control:no-cache
Connection:Upgrade
Cookie:{cookie}
Host:echo.websocket.org
Origin:http://www.websocket.org
Pragma:no-cache
Sec-WebSocket-Extensions:permessage-deflate; client_max_window_bits, x-webkit-deflate-frame
Sec-WebSocket-Key:j6MZV0bC4TBsmQHmnlsEyw==
Sec-WebSocket-Version:13
Upgrade:websocket
User-Agent:Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_2) AppleWebKit/537.36 \
(KHTML, like Gecko) Chrome/34.0.1847.131 Safari/537.36

""".replace("{cookie}", " ".join("*" * size for size in (60, 31, 15, 99)))
RESPONSE_2014 = """\
HTTP/1.1 101 Switching Protocols
Access-Control-Allow-Credentials:true
Access-Control-Allow-Headers:x-websocket-protocol
Access-Control-Allow-Headers:x-websocket-version
Access-Control-Allow-Headers:x-websocket-extensions
Access-Control-Allow-Headers:authorization
Access-Control-Allow-Headers:content-type
Access-Control-Allow-Origin:http://www.websocket.org
Connection:Upgrade
Date:Mon, 12 May 2014 11:25:46 GMT
Sec-WebSocket-Accept:Psgr6cQUXMgP1tz5StleqjOWtpE=
Server:Kaazing Gateway
Upgrade:WebSocket

"""


def echo_2014() -> Recording:
    """The handshake of a browser and the echo server of websocket.org, 12 May 2014."""
    rebuilt = Recording("ws://echo.websocket.org/")
    sides = ((Side.CLIENT, REQUEST_2014), (Side.SERVER, RESPONSE_2014))
    for number, (side, text) in enumerate(sides):
        rebuilt.add(Chunk(number * STEP, side, text.replace("\n", "\r\n").encode()))
    return rebuilt


# A page may choose the target and the subprotocols. The third argument is what people
# try when they want to send a header; a browser ignores it and says nothing.
SCRIPT = """
async () => {
    const ws = new WebSocket(
        "ws://echo.example/echo?room=1", ["chat"], {headers: {"X-Token": "mine"}}
    );
    const next = (kind) => new Promise((resolve, reject) => {
        ws.addEventListener(kind, resolve);
        ws.addEventListener("error", () => reject(new Error("the connection failed")));
        setTimeout(() => reject(new Error(`no ${kind} event`)), 10_000);
    });
    await next("open");
    ws.send("Hello");
    await next("message");
    ws.close(1000);
    await next("close");
}
"""


def browser(executable: str, flags: tuple[str, ...]) -> Recording:
    """A page in Chromium says Hello, and tries to send a header of its own."""
    from playwright.sync_api import sync_playwright

    with EchoServer(subprotocols=["chat"]) as server, Tap(server.url) as tap:
        # Names of ours for two ports of this machine, so that no port is in the bytes.
        rules = f"MAP page.example 127.0.0.1:{server.port}, MAP echo.example 127.0.0.1:{tap.port}"
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=executable, args=[*flags, f"--host-resolver-rules={rules}"]
            )
            page = chromium.new_page()
            page.goto("http://page.example/")  # the echo page
            page.evaluate(SCRIPT)
            chromium.close()
        return evenly(tap.wait_closed(), "ws://echo.example/echo")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(hello()).save(FOLDER / "hello.wscap")
    echo_2014().save(FOLDER / "echo-2014.wscap")
    if "--browser" in sys.argv:
        from tests.browser.conftest import FLAGS, INSTALL, find_chromium

        path = find_chromium()
        if path is None:
            sys.exit(INSTALL)
        browser(path, FLAGS).save(FOLDER / "browser.wscap")


if __name__ == "__main__":
    main()
