"""The recordings of 09 hold what it says of them, and nothing of anybody."""

import getpass
import re
import socket

import pytest

from tests.recordings.handshakes import FOLDER
from tests.recordings.security import NOTE, record
from tests.wslab_course.lessons.you_use_one.jupyter_process import TOKEN
from wslab.protocol.frames import ClosePayload, Opcode, Side
from wslab.protocol.recording.recording import Recording

PAIRS = ("wss-inside", "wss-outside", "proxy-client", "proxy-server", "refused-client")
NAMES = (*PAIRS, "refused-server", "hijack")
each = pytest.mark.parametrize("name", NAMES)


def taped(name: str) -> Recording:
    return Recording.load(FOLDER / f"{name}.wscap")


@each
def test_nothing_of_anybody_is_in_it(name: str) -> None:
    data = b"\n".join(taped(name).bytes_from(side) for side in Side)
    text = (FOLDER / f"{name}.wscap").read_text(encoding="utf-8")
    for secret in {TOKEN, getpass.getuser(), socket.gethostname()} - {"root", "localhost"}:
        assert secret.encode() not in data and secret not in text
    assert not re.search(rb"127\.0\.0\.1|localhost|/home/|/tmp/", data)
    if handshake := taped(name).handshake:
        for head in (handshake.request, handshake.response):
            for secret in ("Cookie", "Set-Cookie", "Authorization"):
                assert set(head.headers.get(secret, "")) <= set("* ")


@each
def test_every_rule_of_websocket_is_kept(name: str) -> None:
    assert [str(found) for found in taped(name).findings() if not found.ok] == []


def check_tls(inside: Recording, outside: Recording) -> None:
    assert [message.data for message in inside.messages()] == ["Hello", "Hello"]
    assert outside.handshake is None and outside.frames() == []
    for side in Side:
        assert b"Hello" not in outside.bytes_from(side)
        frames = [len(s.frame.encode()) + 17 for s in inside.frames() if s.sender is side]
        records = [len(s.record.content) for s in outside.tls_records() if s.sender is side]
        assert frames == [size for size in records if size in frames][-len(frames) :]


def check_proxy(before: Recording, behind: Recording) -> None:
    mine, theirs = before.handshake, behind.handshake
    assert mine.request.headers.get("Origin") == theirs.request.headers.get("Origin")
    assert mine.request.headers.get("Host") == theirs.request.headers.get("Host")
    assert mine.request.target.endswith(theirs.request.target) and mine.key != theirs.key
    assert "Authorization" in theirs.request.headers, "09 says that the token goes on"
    assert mine.deflate is None and theirs.deflate is not None
    assert mine.subprotocol == theirs.subprotocol == "chat"
    closes = [
        next(
            s.frame.payload
            for s in one.frames()
            if s.sender is Side.SERVER and s.frame.opcode == Opcode.CLOSE
        )
        for one in (before, behind)
    ]
    assert closes[0] == b""
    assert ClosePayload.parse(closes[1]) == ClosePayload(4001, "gone fishing")


def check_refused(before: Recording, behind: Recording) -> None:
    assert before.handshake.response.status == 101
    assert behind.handshake.response.status == 404
    assert [m.sender for m in before.messages()] == [Side.CLIENT]
    assert Opcode.CLOSE not in [sent.frame.opcode for sent in before.frames()]


def test_they_are_what_09_says() -> None:
    check_tls(taped("wss-inside"), taped("wss-outside"))
    check_proxy(taped("proxy-client"), taped("proxy-server"))
    check_refused(taped("refused-client"), taped("refused-server"))


def test_a_real_browser_let_a_foreign_page_read_a_note() -> None:
    handshake = taped("hijack").handshake
    assert handshake.request.headers.get("Host") == "club.example"
    assert handshake.request.headers.get("Origin") == "http://old-blog.club.example"
    assert "Cookie" in handshake.request.headers and handshake.upgraded
    assert [(m.sender, m.data) for m in taped("hijack").messages()] == [(Side.SERVER, NOTE)]


async def test_they_can_be_made_again() -> None:
    again = await record()
    assert set(again) == set(NAMES) - {"hijack"}
    check_tls(again["wss-inside"], again["wss-outside"])
    check_proxy(again["proxy-client"], again["proxy-server"])
    check_refused(again["refused-client"], again["refused-server"])
