"""How the captures beside this file were made: real traffic, saved by the real tools.

    python -m tests.recordings.captures --har     echo.har, with a real Chromium
    python -m tests.recordings.captures --pcap    echo.pcapng and echo.wscap, with dumpcap, as root

The HAR is what Chromium's own developer tools build when somebody saves one: their page runs
in a second tab, looks at the first, and is asked for it (front_end/models/har/Log.ts). The
capture was taken on the loopback interface while a client spoke to the echo server through a
Tap; the .wscap is what the Tap recorded of the same connection.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

from playwright.async_api import async_playwright

from tests.browser.conftest import FLAGS, find_chromium
from tests.patience import LIMIT
from wslab.errors import RecordingError
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.recording.recording import Recording

FOLDER = Path(__file__).parent
MESSAGES = ("Hello", b"\x00\x01\xff", "x" * 3000, "☺")
PORT = 19_333  # of the browser's tools

TALK = """async ([echo, reverse]) => {
    document.cookie = 'session=abc';
    const say = (url, messages) => new Promise((resolve) => {
        const ws = new WebSocket(url);
        const next = () => messages.length ? ws.send(messages.shift()) : ws.close(1000, 'bye');
        ws.onopen = ws.onmessage = next;
        ws.onclose = (event) => resolve(event.code);
    });
    return [
        await say(echo, ['Hello', new Uint8Array([0, 1, 2, 255]), '☺']),
        await say(reverse, ['Hello']),
    ];
}"""
SAVE = """async () => {
    const HAR = await import('/devtools/models/har/har.js');
    const Logs = await import('/devtools/models/logs/logs.js');
    const requests = Logs.NetworkLog.NetworkLog.instance().requests();
    const log = await HAR.Log.Log.build(requests, {sanitize: false});
    return JSON.stringify({log}, null, 2);
}"""
SEES = """async () => {
    const Logs = await import('/devtools/models/logs/logs.js');
    return Logs.NetworkLog.NetworkLog.instance().requests().length;
}"""


async def har() -> str:
    """The text of a HAR with two WebSockets, and a cookie and a token that are no secrets."""
    flags = [*FLAGS, f"--remote-debugging-port={PORT}", "--remote-allow-origins=*"]
    with EchoServer() as server:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=flags)
            page = await browser.new_page()
            await page.goto(server.http_url)
            address = f"127.0.0.1:{PORT}"
            with urlopen(f"http://{address}/json/list", timeout=LIMIT) as answer:
                targets = json.load(answer)
            [seen] = [one["id"] for one in targets if one["url"].startswith(server.http_url)]
            tools = await browser.new_page()
            await tools.goto(
                f"http://{address}/devtools/inspector.html?ws={address}/devtools/page/{seen}"
            )
            async with asyncio.timeout(LIMIT):  # the tools look from some moment on
                while not await tools.evaluate(SEES):
                    await page.reload()
            urls = [f"{server.url}?token=s3cret", f"{server.url.rstrip('/')}/reverse"]
            assert await page.evaluate(TALK, urls) == [1000, 1000]
            saved = await tools.evaluate(SAVE)
            await browser.close()
    return str(saved)


def whole(file: Path, port: int) -> bool:
    """Have both ends of the connection been captured?"""
    try:
        return len(Recording.from_pcap(file, port=port).endings) == 2
    except RecordingError:
        return False


async def capture(folder: Path) -> Recording:
    """Leaves echo.pcapng behind; returns what the Tap recorded."""
    taken, plain = folder / "taken.pcapng", folder / "plain.pcap"
    with EchoServer() as server, Tap(server.url) as tap:
        ports = f"tcp port {tap.port} or tcp port {server.port}"
        dumpcap = subprocess.Popen(
            ["dumpcap", "-q", "-i", "lo", "-f", ports, "-w", str(taken)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert dumpcap.stderr is not None
        while not dumpcap.stderr.readline().startswith("File:"):
            pass
        async with connect(tap.url, user_agent_header="wslab") as ws:
            for message in MESSAGES:
                await ws.send(message)
                assert await ws.recv() == message
        recording = await asyncio.to_thread(tap.wait_closed)
        async with asyncio.timeout(LIMIT):  # dumpcap writes a little later than it sees
            while not whole(taken, server.port):
                await asyncio.sleep(0.05)
        dumpcap.terminate()
        dumpcap.communicate(timeout=LIMIT)
    # Twice through editcap, and nothing is left of which machine this was.
    subprocess.run(["editcap", "-F", "nsecpcap", taken, plain], check=True)
    subprocess.run(["editcap", "-F", "pcapng", plain, FOLDER / "echo.pcapng"], check=True)
    return recording


def main(wanted: list[str]) -> None:
    if "--har" in wanted:
        (FOLDER / "echo.har").write_text(asyncio.run(har()) + "\n", encoding="utf-8")
    if "--pcap" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            recording = asyncio.run(capture(Path(folder)))
        recording.save(FOLDER / "echo.wscap")


if __name__ == "__main__":
    main(sys.argv[1:])
