"""A form makes a frame or says, at the field at fault, what is wrong; a frame makes its form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wslab.display.captures import KEY
from wslab.display.widgets.frame_form import (
    LENGTHS,
    MAX_PAYLOAD_BYTES,
    OPCODE_CHOICES,
    FrameForm,
    read_hex,
)
from wslab.protocol.frames import Frame, Opcode

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")  # RFC 6455 §5.7


def made(**changes: object) -> bytes:
    frame, problems = replace(FrameForm(), **changes).frame()
    assert problems == {} and frame is not None
    return frame.encode()


def problems(**changes: object) -> dict[str, str]:
    frame, found = replace(FrameForm(), **changes).frame()
    assert frame is None
    return found


def test_the_example_of_the_rfc():
    assert made(payload="Hello") == HELLO
    assert made(payload="48 65 6c 6c 6f", written="hex") == HELLO
    assert made(payload="Hello", masked=False) == bytes.fromhex("810548656c6c6f")


@pytest.mark.parametrize(
    ("changes", "data"),
    [
        ({"fin": False}, "0100"),
        ({"rsv1": True}, "c100"),
        ({"rsv2": True}, "a100"),
        ({"rsv3": True}, "9100"),
        ({"opcode": 0xB}, "8b00"),
        ({"length": "7"}, "8100"),
        ({"length": "7+16"}, "817e0000"),
        ({"length": "7+64"}, "817f" + "00" * 8),
        ({"length": "no such form"}, "8100"),
    ],
    ids=str,
)
def test_each_field_has_its_bits(changes, data):
    assert made(masked=False, **changes).hex() == data


def test_the_key_is_read_only_where_there_is_a_mask():
    assert made(masked=False, key="nonsense") == b"\x81\x00"


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"key": "37 fa 21"}, "key", "has 4 bytes, so 8 hex digits; found 3 bytes."),
        ({"key": ""}, "key", "found 0 bytes"),
        ({"key": "37 fa 21 3"}, "key", "an odd number of them, 7."),
        ({"key": "37 fa 21 3g"}, "key", "0 to 9 and a to f; found “g”."),
        ({"payload": "4865 6c 6c 6", "written": "hex"}, "payload", "odd number of them, 9."),
        ({"payload": "\u202e", "written": "hex"}, "payload", "found “\\u202e”."),
        ({"payload": "\ud83d"}, "payload", "Half a character, \\ud83d, has no UTF-8."),
        ({"payload": "a" * 70_001}, "payload", "Up to 70,000 bytes fit here; found 70,001 bytes."),
        ({"payload": "a" * 999_999}, "payload", "these are far more"),
        ({"payload": "a" * 126, "length": "7"}, "length", "up to 125 bytes; this payload has 126"),
        ({"payload": "a" * 65_536, "length": "7+16"}, "length", "up to 65,535 bytes"),
        ({"opcode": 16}, "opcode", "4 bits, so 0 to 15; found 16."),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_what_cannot_be_read_gets_a_sentence_at_its_field(changes, field, says):
    found = problems(**changes)
    assert list(found) == [field] and says in found[field]


def test_two_fields_at_fault_get_two_sentences():
    assert set(problems(key="x", payload="x", written="hex")) == {"key", "payload"}


@pytest.mark.parametrize(
    "text", ["0x37 0xfa 0x21 0x3d", "37:FA:21:3D", "37fa213d", " 37,fa\n21-3d ", "0x37fa213d"]
)
def test_hex_is_read_as_people_write_it(text):
    assert read_hex(text) == (KEY, "")


@given(
    opcode=st.integers(0, 15),
    payload=st.binary(max_size=300) | st.text(max_size=200).map(str.encode),
    bits=st.tuples(*[st.booleans()] * 4),
    mask=st.none() | st.binary(min_size=4, max_size=4),
    size=st.sampled_from([None, 2, 8]),
)
def test_a_frame_makes_the_form_that_makes_it(opcode, payload, bits, mask, size):
    fin, rsv1, rsv2, rsv3 = bits
    size = size if size != 2 or len(payload) < 1 << 16 else 8
    frame = Frame(
        opcode, payload, fin=fin, rsv1=rsv1, rsv2=rsv2, rsv3=rsv3, mask=mask, length_size=size
    )
    form = FrameForm.of(frame)
    assert form.frame() == (frame, {})
    assert FrameForm.from_page(form.to_page()) == form
    assert form.length in LENGTHS


@pytest.mark.parametrize(
    ("payload", "written"),
    [(b"Hello\n", "text"), (b"a\r\n", "hex"), (b"\xff", "hex"), ("\u202e".encode(), "hex")],
    ids=repr,
)
def test_a_payload_that_a_field_would_change_is_written_in_hex(payload, written):
    assert FrameForm.of(Frame(Opcode.TEXT, payload)).written == written


def test_the_key_waits_while_nothing_is_masked():
    form = FrameForm.of(Frame(Opcode.PING), key="01 02 03 04")
    assert (form.masked, form.key) == (False, "01 02 03 04")


def test_text_and_hex_are_two_writings_of_one_payload():
    text = FrameForm(payload="Hé")
    as_hex = text.rewritten("hex")
    assert (as_hex.written, as_hex.payload) == ("hex", "48 c3 a9")
    assert as_hex.rewritten("text") == text
    assert as_hex.rewritten("hex") == as_hex


def test_what_is_no_text_stays_in_hex_and_what_is_no_hex_becomes_text():
    assert FrameForm(payload="ff", written="hex").rewritten("text").written == "hex"
    assert FrameForm(payload="zz", written="hex").rewritten("text") == FrameForm(payload="zz")


@pytest.mark.parametrize(
    "said", [{}, {"fin": 1, "opcode": "8", "payload": None, "evil": 1, "masked": "yes"}]
)
def test_of_a_page_only_what_fits_is_taken(said):
    assert FrameForm.from_page(said) == FrameForm()


def test_every_opcode_has_a_name():
    names = dict(OPCODE_CHOICES)
    assert list(names) == list(range(16))
    assert names[1] == "0x1 TEXT" and names[0xB] == "0xB reserved"
    assert MAX_PAYLOAD_BYTES > 65_536  # so that each form of the length can be the shortest
