"""One growing connection, row by row: the same frames as its recording, and no secret."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handshake_vectors import REQUEST, RESPONSE
from tests.wslab.display.captures import (
    CLIENT,
    HOSTILE,
    KEY,
    SECRET_REQUEST,
    SERVER,
    closed,
    upgraded,
)
from wslab.display.wire.rows import RowReader, WireRow
from wslab.protocol.frames import ClosePayload, Frame, Opcode, Side
from wslab.protocol.handshake import Request, Response
from wslab.protocol.recording.recording import Chunk, Ending, Recording

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
GET = b"GET /again?token=s3cret HTTP/1.1\r\nHost: a\r\nCookie: id=s3cret\r\n\r\n"


def rows_of(recording: Recording) -> list[WireRow]:
    follower = RowReader()
    rows = [row for chunk in recording.chunks for row in follower.take(chunk)]
    return rows + [row for ending in recording.endings for row in follower.end(ending)]


def after(*parts: tuple[Side, bytes]) -> list[WireRow]:
    follower = RowReader()
    return [row for n, part in enumerate(parts) for row in follower.take(Chunk(n / 10, *part))]


def whats(rows: Iterable[WireRow]) -> list[tuple[str, str]]:
    return [(row.cells()["who"][:6], row.cells()["what"]) for row in rows]


def test_a_conversation_is_heads_frames_and_endings():
    rows = rows_of(closed())
    assert whats(rows) == [
        ("client", "HTTP request"),
        ("server", "HTTP response"),
        ("client", "TEXT"),
        ("server", "TEXT"),
        ("client", "CLOSE"),
        ("server", "CLOSE"),
        ("server", "end of TCP"),
        ("client", "end of TCP"),
    ]
    assert rows[2].cells() == {
        "who": "client → server",
        "what": "TEXT",
        "length": "5 bytes",
        "says": '"Hello"',
    }
    assert rows[1].cells()["says"] == "HTTP/1.1 101 Switching Protocols"
    assert rows[4].cells()["says"] == '1000, NORMAL_CLOSURE, "bye"'
    assert rows[6].cells()["says"] == "the server ended its half of TCP"
    assert [row.index for row in rows if row.kind == "frame"] == [0, 1, 2, 3]


@given(cuts=st.lists(st.integers(1, 400), max_size=30), first=st.sampled_from(Side))
def test_however_the_bytes_are_cut_the_frames_are_those_of_the_recording(cuts, first):
    whole = closed()
    made, follower, rows = Recording(), RowReader(), []
    # One side's bytes come whole, before the other's come in pieces, but no answer is first.
    pieces = []
    for side in (first, first.peer):
        data = whole.bytes_from(side)
        edges = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
        pieces += [(side, data[start:end]) for start, end in pairwise(edges)]
    for number, (side, data) in enumerate(pieces):
        chunk = Chunk(float(number), side, data)
        made.add(chunk)
        rows += follower.take(chunk)
    frames = [row for row in rows if row.kind == "frame"]
    if first is CLIENT:  # a recording gives early frames their place before the 101
        key = [(row.index, row.content) for row in frames]
        assert key == [(sent.index, sent.frame) for sent in made.frames()]
    said = {side: [row.content for row in frames if row.sender is side] for side in Side}
    assert said == {
        side: [sent.frame for sent in made.frames() if sent.sender is side] for side in Side
    }


def test_a_fragment_says_that_more_follow():
    rows = rows_of(upgraded((CLIENT, Frame(Opcode.TEXT, b"Hel", fin=False, mask=KEY))))
    assert rows[-1].cells()["what"] == "TEXT, more follow"


@pytest.mark.parametrize("mask", [None, KEY], ids=["unmasked", "masked"])
def test_of_a_long_frame_only_the_beginning_is_unmasked(mask, monkeypatch):
    frame = Frame(Opcode.TEXT, b"a" * 100_000, mask=mask)
    unmasked = []
    payload = Frame.payload.fget
    monkeypatch.setattr(Frame, "payload", property(lambda f: unmasked.append(len(f)) or payload(f)))
    cells = WireRow(0.0, CLIENT, "frame", frame).cells()
    assert cells["length"] == "100,000 bytes"
    assert cells["says"] == f'"{"a" * 48}" …'
    assert max(unmasked) < 2000


def test_a_long_compressed_frame_is_not_read_as_text():
    frame = Frame(Opcode.TEXT, b"\x01" * 5000, rsv1=True)
    assert WireRow(0.0, SERVER, "frame", frame).cells()["says"] == "5,000 bytes, compressed"


def test_what_cannot_be_seen_is_an_escape():
    [row] = rows_of(upgraded((SERVER, Frame(Opcode.TEXT, HOSTILE.encode()))))[2:]
    says = row.cells()["says"]
    assert says.isprintable() and "\\u202e\\x00\\x1b" in says and "<script>" in says


def test_half_a_head_gives_no_row_and_its_rest_does():
    assert after((CLIENT, REQUEST[:40])) == []
    assert whats(after((CLIENT, REQUEST[:40]), (CLIENT, REQUEST[40:]))) == [
        ("client", "HTTP request")
    ]


def test_frames_that_follow_a_head_in_one_piece_are_frames():
    hello = Frame(Opcode.TEXT, b"Hello")
    rows = after((CLIENT, REQUEST), (SERVER, RESPONSE + hello.encode()))
    assert rows[-1].content == hello


def test_plain_http_goes_on_head_after_head():
    rows = after((CLIENT, GET), (SERVER, OK + b"ok"), (CLIENT, GET), (SERVER, OK), (SERVER, b"ok"))
    assert whats(rows) == [
        ("client", "HTTP request"),
        ("server", "HTTP response"),
        ("server", "bytes"),
        ("client", "HTTP request"),
        ("server", "HTTP response"),
        ("server", "bytes"),
    ]
    assert rows[2].cells()["says"] == '"ok"'
    assert rows[3].cells()["says"] == "GET /again?token=****** HTTP/1.1"


def test_a_later_head_is_held_until_it_is_whole_so_no_half_cookie_shows():
    start = [(CLIENT, GET), (SERVER, OK)]
    middle = GET.index(b"cret\r\n")
    assert len(after(*start, (CLIENT, GET[:middle]))) == 2
    rows = after(*start, (CLIENT, GET[:middle]), (CLIENT, GET[middle:]))
    assert whats(rows)[2:] == [("client", "HTTP request")]


SET_COOKIE = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: id=s3cret\r\n\r\n")


@pytest.mark.parametrize(
    ("side", "head"),
    [(CLIENT, GET), (CLIENT, GET.replace(b"GET", b"BASELINE-CONTROL")), (SERVER, SET_COOKIE)],
    ids=["request", "a long method", "response"],
)
def test_wherever_a_later_head_is_cut_it_is_one_row(side, head):
    start = [(CLIENT, GET), (SERVER, OK)]
    what = whats(after(*start, (side, head)))[2:]
    assert [words for _, words in what] == [f"HTTP {'request' if side is CLIENT else 'response'}"]
    for cut in range(1, len(head)):
        assert len(after(*start, (side, head[:cut]))) == 2, head[:cut]
        rows = after(*start, (side, head[:cut]), (side, head[cut:]))[2:]
        assert whats(rows) == what, head[:cut]
        assert "s3cret" not in repr([row.cells() for row in rows])
    pieces = [(side, head[at : at + 1]) for at in range(len(head))]
    assert whats(after(*start, *pieces)[2:]) == what


def test_what_cannot_become_a_head_does_not_wait():
    start = [(CLIENT, GET), (SERVER, OK)]
    for side, body in ((CLIENT, b"a=1"), (CLIENT, b"Get "), (SERVER, b"Hello"), (SERVER, b"{")):
        assert whats(after(*start, (side, body)))[2:] == [(side.value, "bytes")]


def test_a_head_behind_a_body_in_one_chunk_keeps_its_secret():
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\n\r\n"
    rows = after((CLIENT, GET), (SERVER, OK), (SERVER, b"0\r\n\r\n" + head))
    assert whats(rows)[2:] == [("server", "bytes")]
    says = rows[2].cells()["says"]
    assert "s3cret" not in says and "0\\r\\n\\r\\nHTTP/1.1" in says


def test_a_head_that_comes_byte_by_byte_is_not_read_again_with_each(monkeypatch):
    """Nor one that never ends, and not because the other side sends."""
    looks = []
    for kind in (Request, Response):
        parse = kind.parse.__func__

        def counted(cls, data, parse=parse):
            return looks.append(len(data)) or parse(cls, data)

        monkeypatch.setattr(kind, "parse", classmethod(counted))
    long = b"GET /" + b"a" * 5000
    for start in ([], [(CLIENT, GET), (SERVER, OK)]):
        looks.clear()
        rows = after(*start, *((CLIENT, long[at : at + 1]) for at in range(len(long))))
        assert len(rows) == len(start)
        assert sum(looks) <= 4 * len(long)
        follower = RowReader()
        for side, data in [*start, (CLIENT, long)]:
            follower.take(Chunk(0.0, side, data))
        if start:
            looks.clear()
            for _ in range(100):
                follower.take(Chunk(0.0, SERVER, b"body\n"))
            assert sum(looks) == 0


def test_secrets_do_not_show():
    shown = repr([row.cells() for row in after((CLIENT, SECRET_REQUEST), (SERVER, RESPONSE))])
    assert "s3cret" not in shown and "token=******" in shown


@pytest.mark.parametrize("first", [b"", GET], ids=["server first", "upload"])
def test_what_waits_for_the_other_side_is_bounded(first):
    """Nobody waits for ever for a head, or for the answer to a large upload."""
    side = CLIENT if first else SERVER
    rows = after((CLIENT, first), *[(side, b"x" * 65536)] * 6, (SERVER, OK))
    sizes = [len(row.content) for row in rows if row.kind == "bytes"]
    assert sum(sizes) == 6 * 65536 and max(sizes) <= 5 * 65536
    assert whats(rows)[-1] == ("server", "HTTP response")


def test_bytes_that_are_no_http_are_shown_as_bytes():
    rows = after((CLIENT, b"\x16\x03\x01hello\r\n"), (SERVER, b"what?"))
    assert whats(rows) == [("client", "bytes"), ("server", "bytes")]
    assert rows[0].cells()["says"] == '"\\x16\\x03\\x01hello\\r\\n"'


def test_an_answer_that_is_no_http_is_shown_as_bytes():
    rows = after((CLIENT, REQUEST), (SERVER, b"go away\r\n"))
    assert whats(rows) == [("client", "HTTP request"), ("server", "bytes")]


def test_what_only_looks_like_a_later_head_is_bytes():
    rows = after((CLIENT, GET), (SERVER, OK), (CLIENT, b"GET nothing at all here\r\n\r\n"))
    assert whats(rows)[2:] == [("client", "bytes")]


def test_an_ending_lets_go_of_what_never_got_whole():
    follower = RowReader()
    follower.take(Chunk(0.0, CLIENT, REQUEST[:30]))
    rows = follower.end(Ending(0.1, CLIENT, "eof"))
    assert whats(rows) == [("client", "bytes"), ("client", "end of TCP")]
    assert whats(follower.end(Ending(0.2, CLIENT, "reset"))) == [("client", "end of TCP")]


def test_half_a_frame_shows_when_its_sender_ends():
    follower = RowReader()
    for side, data in ((CLIENT, REQUEST), (SERVER, RESPONSE), (SERVER, b"\x81\x05He")):
        follower.take(Chunk(0.0, side, data))
    rows = follower.end(Ending(0.1, SERVER, "reset", "ws://u:secret@h/"))
    assert rows[0].content == b"\x81\x05He"
    assert "secret" not in rows[1].cells()["says"]


def test_a_full_recording_says_so():
    assert "only counted" in WireRow(0.0, CLIENT, "full", b"").cells()["says"]


def test_a_close_without_a_code_carries_nothing():
    close = Frame(Opcode.CLOSE, ClosePayload().encode())
    assert WireRow(0.0, SERVER, "frame", close).cells()["says"] == "nothing"
