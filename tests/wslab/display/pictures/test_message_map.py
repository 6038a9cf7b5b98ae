from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import HELLO_MASKED
from tests.wslab.display.pages import Page
from wslab.display.pictures.message_map import message_map
from wslab.errors import WslabError
from wslab.protocol.frames import Frame, Opcode
from wslab.protocol.handshake import Deflate

PARTS = bytes.fromhex("01 03 48 65 6c 89 01 3f 00 02 6c 6f 80 00")
HI = bytes.fromhex("81 02 48 69")


def drawn(chunks, **options) -> list[str]:
    return Page(message_map(chunks, **options)._repr_html_()).drawn


def above(picture) -> list[str]:
    """The lines of the text twin that are not about chunks."""
    lines = picture.text.splitlines()
    return [" ".join(line.split()) for line in lines if not line.startswith("chunk")]


def test_one_message_over_four_frames_and_three_chunks():
    picture = message_map([PARTS[:1], PARTS[1:7], PARTS[7:] + HI])
    assert picture.text.splitlines() == [
        'message 0  bytes 0–4, bytes 8–13  TEXT "Hello"',
        'message 1  bytes 14–17            TEXT "Hi"',
        "frame 0    bytes 0–4              01 03 48 65 6c  TEXT, FIN 0",
        "frame 1    bytes 5–7              89 01 3f  PING, FIN 1",
        "frame 2    bytes 8–11             00 02 6c 6f  CONTINUATION, FIN 0",
        "frame 3    bytes 12–13            80 00  CONTINUATION, FIN 1",
        "frame 4    bytes 14–17            81 02 48 69  TEXT, FIN 1",
        "chunk 0    byte 0                 1 byte",
        "chunk 1    bytes 1–6              6 bytes",
        "chunk 2    bytes 7–17             11 bytes",
    ]


def test_the_picture_has_what_its_twin_has():
    seen = drawn([PARTS[:1], PARTS[1:7], PARTS[7:] + HI])
    assert seen[:4] == ["messages", "frames", "bytes", "chunks"]
    assert {'TEXT "Hello"', 'TEXT "Hi"', "PING", "CONTINUATION", "FIN 0", "FIN 1"} <= set(seen)
    digits = [word for word in seen if len(word) == 2 and not word.startswith("FI")]
    assert bytes.fromhex("".join(digits)) == PARTS + HI
    assert seen[-1] == "11 bytes" and "6 bytes" in seen and "1" in seen


@given(st.lists(st.integers(0, len(PARTS + HI)), max_size=12))
def test_moving_the_cuts_changes_nothing_above_them(cuts):
    data, places = PARTS + HI, [0, *sorted(cuts), len(PARTS + HI)]
    pieces = [data[a:b] for a, b in zip(places, places[1:], strict=False)]
    assert above(message_map(pieces)) == above(message_map([data]))


def test_the_parts_are_where_the_bytes_are():
    """The message is filled over its own frames, and not over the ping between them."""
    root = ElementTree.fromstring(message_map([PARTS]).svg)
    boxes = [rect for rect in root.iter() if rect.tag.endswith("rect")]
    filled = [box for box in boxes if box.get("y") == "14" and box.get("fill-opacity") == "0.25"]
    spans = [(float(box.get("x")), float(box.get("width"))) for box in filled]
    assert spans == [(85, 198), (405, 158), (565, 78)]


def test_a_client_is_known_by_its_mask():
    assert 'message 0  bytes 0–10  TEXT "Hello"' in message_map([HELLO_MASKED]).text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x01\x03Hel", "message 0  bytes 0–4  an incomplete message"),
        (b"\x01\x03Hel\x81\x02Hi", "message 0  bytes 0–4  an incomplete message"),
        (b"\x80\x02lo", "message 0  bytes 0–3  an incomplete message"),
        (b"\x81\x05Hel", "frame 0  bytes 0–4  81 05 48 65 6c  an incomplete frame"),
        (b"\x89\x00", "frame 0  bytes 0–1  89 00  PING, FIN 1"),
    ],
)
def test_what_is_broken_or_cut_draws(data, says):
    assert says.split() in [line.split() for line in message_map([data]).text.splitlines()]
    assert drawn([data])


def test_compressed_messages_are_undone_when_the_handshake_agreed():
    data = bytes.fromhex("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00")
    picture = message_map([data], deflate=Deflate())
    assert picture.text.count('TEXT "Hello"') == 2
    assert "TEXT, FIN 1, RSV1 1" in picture.text


def test_many_bytes_lose_their_digits_and_not_their_place():
    seen = drawn([Frame(Opcode.BINARY, bytes(100)).encode()])
    assert "00" not in seen and "BINARY" in seen and "102 bytes" in seen


@pytest.mark.parametrize("chunks", [[], [b""], [bytes(401)], [b"GET / HTTP/1.1\r\n"]])
def test_what_it_cannot_draw_it_refuses(chunks):
    with pytest.raises(WslabError, match="a message map"):
        message_map(chunks)


def test_every_word_is_escaped():
    picture = message_map([Frame(Opcode.TEXT, b"<b>&").encode()])
    assert "<b>" not in picture.svg and "&lt;b&gt;&amp;" in picture.svg
