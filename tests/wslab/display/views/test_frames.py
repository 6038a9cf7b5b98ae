import pytest

from tests.vectors import FRAMES
from tests.wslab.display.captures import HOSTILE, KEY
from tests.wslab.display.pages import assert_same_facts
from wslab.display.markup import Document
from wslab.display.views.frames import (
    FIRST_FRAMES,
    LAST_FRAMES,
    MAX_BROKEN_FRAMES,
    add_frame_table,
    chosen,
    frame_view,
    frames_view,
    header_view,
    part_view,
)
from wslab.protocol.dissect import dissect
from wslab.protocol.frames import Frame, FrameHeader, Opcode, Side

HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY)


def shown(view, *args) -> str:
    document = Document()
    view(document, *args)
    assert_same_facts(document.text, document.html)
    return document.text


def test_a_frame_shows_every_field_with_bytes_words_and_section():
    text = shown(frame_view, HELLO)
    assert text.startswith("One frame: TEXT, 11 bytes")
    for field in dissect(HELLO):
        [row] = [line for line in text.splitlines() if line.startswith(f"  {field.name} ")]
        assert field.rfc in row and field.meaning.split()[0] in row
    assert "bytes 2–5" in text and "byte 1, bits 1–7" in text and "byte 0, bit 0" in text


def test_without_a_sender_masking_is_not_judged():
    text = shown(frame_view, HELLO)
    assert "masked, as client frames are" in text and "masked-by" not in text


def test_with_a_sender_it_is():
    text = shown(frame_view, HELLO, Side.SERVER)
    assert "server → client, masked." in text
    assert "BROKEN" in text and "masked-by-the-client-only" in text
    assert "client → server, masked." in shown(frame_view, HELLO, Side.CLIENT)


@pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.name)
def test_every_vector_shows_the_rules_it_breaks(vector):
    text = shown(frame_view, Frame.parse(vector.data), vector.sender)
    before = text.partition("that passed")[0]
    assert all(rule in before for rule in vector.breaks)
    assert ("BROKEN" in text) == bool(vector.breaks)


def test_hostile_payloads_are_only_text():
    frame = Frame(Opcode.TEXT, HOSTILE.encode(), mask=KEY)
    document = Document()
    frame_view(document, frame)
    assert "<script" not in document.html
    assert "&lt;script&gt;" in document.html


def test_a_header_and_a_beginning():
    text = shown(header_view, FrameHeader(bytes.fromhex("827f 7fffffffffffffff")))
    assert "9,223,372,036,854,775,807 bytes" in text
    assert "1 of 4 bytes is here" in shown(part_view, HELLO.encode()[:3])


def test_frames_are_rows():
    text = shown(frames_view, [HELLO, Frame(Opcode.TEXT, b"x", fin=False)])
    assert text.startswith("2 frames, 14 bytes")
    assert "0, more follow" in text and "81 85 37 fa 21 3d 7f 9f …" in text
    assert "server → client" in shown(frames_view, [HELLO], [Side.SERVER])


def test_which_frames_of_many_are_chosen():
    assert chosen(5) == [0, 1, 2, 3, 4]
    few = chosen(1000, [500, 502, 3])
    assert few == [*range(FIRST_FRAMES), 500, 501, 502, *range(1000 - LAST_FRAMES, 1000)]
    assert len(chosen(100_000, range(100_000))) == FIRST_FRAMES + LAST_FRAMES + MAX_BROKEN_FRAMES


def test_what_is_left_out_is_said_where_it_is_missing():
    document = Document()

    def cells(number):
        return (f"row {number}", "")

    add_frame_table(document, "C", ("A", "B"), 1000, cells, [500, 501])
    assert_same_facts(document.text, document.html)
    rows = [" ".join(line.split()) for line in document.text.splitlines()]
    gap = rows.index(f"… {500 - FIRST_FRAMES} frames left out")
    assert (
        rows[gap - 1] == f"{FIRST_FRAMES - 1} row {FIRST_FRAMES - 1}"
        and rows[gap + 1] == "500 row 500"
    )
    assert f"{FIRST_FRAMES + LAST_FRAMES + 2} of 1,000 frames are shown" in document.text


def test_broken_frames_that_are_left_out_are_counted():
    document = Document()
    add_frame_table(document, "C", ("A",), 1000, lambda n: ("",), range(FIRST_FRAMES, 200))
    assert f"{200 - FIRST_FRAMES - MAX_BROKEN_FRAMES} more broken frames left out" in document.html


def test_rsv1_is_judged_by_what_was_agreed():
    compressed = Frame(Opcode.TEXT, b"\xf2H\xcd\xc9\xc9\x07\x00", rsv1=True)
    assert "BROKEN" in shown(frame_view, compressed, Side.SERVER)
    assert "BROKEN" not in shown(frame_view, compressed, Side.SERVER, True)
