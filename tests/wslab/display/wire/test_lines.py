"""The lines of a terminal behind a real tap, none of them at the relay's expense."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable

import pytest

from tests.wslab.display.captures import (
    CLIENT,
    KEY,
    SERVER,
    closed,
)
from tests.wslab.display.wire.terminal import LIMIT, Terminal, failed
from wslab.display.wire import lines as wire_lines
from wslab.display.wire.connection_lines import ConnectionLines
from wslab.display.wire.lines import WireLines
from wslab.network import background
from wslab.network.echo import EchoServer
from wslab.network.raw import RawClient
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Frame, Opcode
from wslab.protocol.recording.recording import Chunk

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY).encode()
BYE = Frame(Opcode.CLOSE, b"\x03\xe8", mask=KEY).encode()
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


def taped(work: Callable[[Tap], None], limit: int = 0, **options: bool) -> list[str]:
    """What is printed while `work` uses a tap in front of an echo server."""
    lines, terminal = WireLines(**options), Terminal()
    terminal.open_.set()
    with (
        EchoServer() as server,
        Tap(server.url, limit=limit, record=lines.record, on_end=lines.connection_ended) as tap,
    ):
        lines.begin(terminal, failed)
        work(tap)
        assert tap.limit == limit
    assert lines.close() == 0
    assert lines._live == {}
    return terminal.lines


def hello(tap: Tap, times: int = 1) -> None:
    with RawClient(tap.url, timeout=6 * LIMIT) as raw:
        sender = threading.Thread(target=raw.send, args=(HELLO * times,))
        sender.start()
        raw.read(7 * times)
        sender.join(LIMIT)
        raw.send(BYE)
        raw.read_to_end()
    tap.wait_closed()


def test_each_connection_from_its_handshake_to_its_end():
    def work(tap: Tap) -> None:
        hello(tap)
        hello(tap)

    lines = taped(work)
    for number in (1, 2):
        mine = [line[17:] for line in lines if line[12:15].strip() == str(number)]
        assert [" ".join(line.split()[:4]) for line in mine] == [
            "handshake GET / 101",
            "client \\u2192 server TEXT",
            "server \\u2192 client TEXT",
            "client \\u2192 server CLOSE",
            "server \\u2192 client CLOSE",
            "end the server ended",
        ]


def test_lines_go_on_after_the_recording_is_full():
    lines = taped(lambda tap: hello(tap, 1000), limit=2000)
    assert len([line for line in lines if "TEXT" in line]) == 2000


def test_a_flood_is_printed_to_its_last_frame(monkeypatch):
    monkeypatch.setattr(wire_lines, "MAX_BEHIND_BYTES", 10_000)  # the relay waits now and then
    lines = taped(lambda tap: hello(tap, 2_000))
    gaps = [re.match(r"\(([\d,]+) lines? left out", line) for line in lines]
    left = sum(int(gap[1].replace(",", "")) for gap in gaps if gap)
    assert gaps.count(None) + left == 4_000 + 4  # the handshake, two Close frames and the end


def test_lines_that_one_turn_did_not_make_come_in_the_next(monkeypatch):
    monkeypatch.setattr(wire_lines, "LINES_A_TURN", 1)
    lines, terminal = WireLines(), Terminal()
    terminal.open_.set()
    lines.begin(terminal, failed)

    async def pass_by() -> None:
        recording = lines.record("", 0)
        for chunk in closed().chunks:
            recording.add(chunk)

    background.run(pass_by())
    terminal.until(lambda: terminal.data.count(b"CLOSE") == 2)
    assert lines.close() == 0


def test_what_waits_for_its_lines_is_bounded(monkeypatch):
    monkeypatch.setattr(wire_lines, "MAX_BEHIND_BYTES", 1000)
    lines = WireLines()

    async def pass_by() -> int:
        recording, most = lines.record("", 0), 0
        for _ in range(100):  # in one turn of the loop
            recording.add(Chunk(0.0, CLIENT, bytes(300)))
            most = max(most, lines._size)
        return most

    assert background.run(pass_by()) <= 1000
    lines.close()


def test_a_connection_that_lives_at_the_stop_is_told():
    def work(tap: Tap) -> None:
        raw = RawClient(tap.url).__enter__()
        tap.wait(lambda recording: bool(recording.byte_count(SERVER)))
        tap.stop()
        raw.close()

    assert "the tap cut the connection" in taped(work)[-1]


def test_a_fault_of_ours_cuts_nothing(monkeypatch):
    def broken(*_: object) -> str:
        raise ValueError("oh no")

    monkeypatch.setattr(ConnectionLines, "_frame_text", broken)
    lines = taped(hello)
    assert len([line for line in lines if "ValueError('oh no')" in line]) == 4
    assert "ended its half of TCP" in lines[-1]


def test_a_screen_that_is_not_there_is_no_error():
    lines = WireLines()
    lines.begin(None, failed)
    assert lines.close() == 0 and lines.error is None


def test_lines_cost_no_turn_of_the_loop_when_nothing_passes():
    with EchoServer() as server:
        lines = WireLines()
        with Tap(server.url, record=lines.record, on_end=lines.connection_ended) as tap:
            hello(tap)
            background.run(asyncio.sleep(0))
            assert not lines._is_due
        lines.close()
