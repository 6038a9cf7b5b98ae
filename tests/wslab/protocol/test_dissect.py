"""Every bit belongs to exactly one field, whatever the bytes are."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.vectors import FRAMES, HEADERS_ALONE
from wslab.errors import WslabError
from wslab.protocol.dissect import Field, dissect, dissect_frame, is_head
from wslab.protocol.frames import ClosePayload, Frame, FrameHeader, Opcode
from wslab.protocol.handshake import Handshake, Request, Response

REQUEST = (
    b"GET /chat HTTP/1.1\r\nHost: a:80\r\nUpgrade:websocket\r\nX-Odd:  spaced \t\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nEmpty:\r\n\r\n"
)
RESPONSE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
KEY = bytes.fromhex("37fa213d")
HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY)


def assert_tiles(fields: list[Field], data: bytes) -> None:
    """No gap, no overlap, no empty field, and values that say what the bits are."""
    at = 0
    for field in fields:
        assert field.start == at and field.bits > 0, field
        at = field.end
        raw = int.from_bytes(field.raw(data), "big")
        shift = -field.end % 8
        number = raw >> shift & (1 << field.bits) - 1
        if isinstance(field.value, int):
            assert field.value == number or field.name == "close code", field
        elif isinstance(field.value, str):
            assert field.value.encode("latin-1") == field.raw(data)
        elif field.name != "reason":
            assert field.value == field.raw(data)
        assert field.meaning and field.rfc.startswith("RFC")
    assert at == 8 * len(data)


def named(fields: list[Field]) -> dict[str, Field]:
    return {field.name: field for field in fields}


@given(st.binary(max_size=40))
@example(b"")
@example(b"\x88\x82\x01\x02\x03\x04\x02")
@example(b"\x16\x03\x01\x02\x00")
@example(b"GET / HTTP/1.1\r\n folded\r\n")
@example(b"HTTP/1.1\r\n\r\n\r\n")
def test_any_bytes_are_tiled_or_refused(data):
    try:
        fields = dissect(data)
    except WslabError as error:
        assert str(error)
    else:
        assert_tiles(fields, data)


@given(st.binary(max_size=60), st.sampled_from([REQUEST, RESPONSE]))
def test_any_head_is_tiled(noise, head):
    start = head.partition(b"\r\n")[0] + b"\r\n"
    assert_tiles(dissect(start + noise), start + noise)


@pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.name)
def test_every_frame_whole_and_cut_short(vector):
    assert_tiles(dissect(vector.data), vector.data)
    assert "cut short" not in dissect(vector.data)[-1].meaning
    for size in range(1, min(len(vector.data), 20)):
        fields = dissect(vector.data[:size])
        assert_tiles(fields, vector.data[:size])
        assert "cut short: " in fields[-1].meaning


@pytest.mark.parametrize("vector", HEADERS_ALONE, ids=lambda vector: vector.name)
def test_a_header_alone_is_not_cut_short(vector):
    header = FrameHeader.parse(vector.data)
    fields = dissect(header)
    assert_tiles(fields, header.encode())
    assert "cut short" not in fields[-1].meaning


def test_hello_in_full():
    fields = dissect(HELLO)
    assert [(f.name, f.bits, f.value) for f in fields] == [
        ("FIN", 1, 1),
        ("RSV1", 1, 0),
        ("RSV2", 1, 0),
        ("RSV3", 1, 0),
        ("opcode", 4, 1),
        ("MASK", 1, 1),
        ("payload length", 7, 5),
        ("masking key", 32, KEY),
        ("masked payload", 40, bytes.fromhex("7f9f4d5158")),
    ]
    words = named(fields)
    assert words["FIN"].meaning == "this is the last frame of its message"
    assert words["payload length"].meaning == "the payload has 5 bytes"
    assert words["masked payload"].meaning == "unmasked: 5 bytes, as text 'Hello'"
    assert dissect(HELLO.encode()) == fields
    assert dissect(bytearray(HELLO.encode())) == fields


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("81", "cut short: 1 of at least 2 bytes is here"),
        ("8105 4865 6c", "cut short: 3 of 5 bytes are here"),
        ("8105", "cut short: 0 of 5 bytes are here"),
        ("827e 01", "cut short: 1 of 2 bytes is here"),
        ("827f", "cut short: 0 of 8 bytes are here of the extended payload length"),
        ("8185 37fa", "cut short: 2 of 4 bytes are here"),
        ("8185 37fa213d 7f", "unmasked: 1 byte, as text 'H'; cut short: 1 of 5 bytes is here"),
        ("8805 03e9 62", "the reason, for people to read: 'b'; cut short: 3 of 5 bytes are here"),
        ("8802 03", "cut short: 1 of 2 bytes is here"),
    ],
)
def test_the_last_field_says_what_is_missing(data, words):
    assert words in dissect(bytes.fromhex(data))[-1].meaning


def test_the_three_length_forms():
    medium = named(dissect(Frame(Opcode.BINARY, bytes(300))))
    assert medium["payload length"].meaning == "126 is not a length: the next 2 bytes hold it"
    assert medium["extended payload length"].value == 300
    assert medium["extended payload length"].meaning.endswith("the payload has 300 bytes")
    wasteful = named(dissect(Frame(Opcode.BINARY, b"abc", length_size=8)))
    assert (
        "which a form shorter than these 8 bytes can hold"
        in wasteful["extended payload length"].meaning
    )


def test_a_close_frame_says_code_and_reason_unmasked():
    fields = named(dissect(Frame(Opcode.CLOSE, ClosePayload(1001, "bye").encode(), mask=KEY)))
    assert fields["close code"].value == 1001
    assert "GOING_AWAY" in fields["close code"].meaning
    assert "travels as 34 13" in fields["close code"].meaning
    assert fields["reason"].value == b"bye"


def test_a_close_frame_of_one_byte_has_no_code():
    assert "close code" not in named(dissect(Frame(Opcode.CLOSE, b"\x03")))


def test_bits_say_what_they_do():
    fields = named(dissect(Frame(0x3, b"x", fin=False, rsv1=True, rsv3=True)))
    assert "more frames" in fields["FIN"].meaning
    assert "compressed" in fields["RSV1"].meaning and fields["RSV1"].rfc == "RFC 7692 §6"
    assert fields["RSV3"].meaning.startswith("set")
    assert "reserved for data frames" in fields["opcode"].meaning
    assert "inflating" in fields["payload"].meaning
    assert "not masked" in fields["MASK"].meaning
    assert "control" in named(dissect(Frame(0xB)))["opcode"].meaning


def test_payloads_in_words():
    def words(opcode, payload):
        return dissect(Frame(opcode, payload))[-1].meaning

    assert words(Opcode.BINARY, bytes(20)) == f"20 bytes, as they are: {'00 ' * 16}…"
    assert words(Opcode.PING, b"hi") == "2 bytes that the pong repeats, as text 'hi'"
    long = words(Opcode.TEXT, "é".encode() * 400)
    assert long.endswith(" …") and "\ufffd" not in long
    assert words(Opcode.TEXT, b"\xff") == "1 byte, as text '\ufffd'"


def test_bytes_after_the_frame_are_a_field_of_their_own():
    last = dissect(HELLO.encode() + b"\x89\x00")[-1]
    assert (last.name, last.value) == ("after the frame", b"\x89\x00")


def test_a_request_in_full():
    fields = dissect(REQUEST)
    assert_tiles(fields, REQUEST)
    assert [f.value for f in fields[:6]] == ["GET", " ", "/chat", " ", "HTTP/1.1", "\r\n"]
    assert named(fields)["X-Odd"].value == "spaced"
    assert named(fields)["padding"].value == " \t"
    assert "Empty" not in named(fields)
    assert "random bytes" in named(fields)["Sec-WebSocket-Key"].meaning
    assert fields[-1].name == "end of head"
    assert dissect(Request.parse(REQUEST)) == fields


def test_a_response_in_full():
    fields = dissect(RESPONSE + b"\x81\x00")
    assert_tiles(fields, RESPONSE + b"\x81\x00")
    assert named(fields)["status"].meaning.startswith("Switching Protocols")
    assert fields[-1].name == "after the head"
    assert dissect(Response.parse(RESPONSE)) == fields[:-1]


def test_a_handshake_is_its_request_and_then_its_response():
    handshake = Handshake.parse(REQUEST, RESPONSE)
    assert_tiles(dissect(handshake), REQUEST + RESPONSE)
    assert dissect(Handshake.parse(REQUEST, b"")) == dissect(REQUEST)


def test_odd_lines_have_their_own_names():
    fields = named(dissect(b"GET / HTTP/1.1\r\nHost: a\r\n b\r\nno colon\r\n"))
    assert fields["folded line"].value == " b"
    assert fields["stray line"].value == "no colon"
    assert dissect(b"GET / HTTP/1.1\r\nHost")[-1].meaning.endswith("which is not here")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"GET / HTTP/1.1", True),
        (b"HTTP/1.1 200 OK", True),
        (b"brew /pot HTTP/1.1", True),
        (b"GET /half", True),
        (b"GET", True),
        (b"GE", False),
        (b"hello there", False),
        (b"\x81\x05Hello", False),
        (b"", False),
    ],
)
def test_what_begins_as_a_head(data, answer):
    assert is_head(data) is answer


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (b"", "no bytes"),
        (b"\x16\x03\x01\x02\x00\x01", "TLS"),
        (b"just some words\r\n", "plain text, 'just some words"),
        ("Hello", "dissect was given a str"),
        (7, "an int"),
    ],
)
def test_what_is_neither_is_refused_with_a_next_step(x, words):
    with pytest.raises(WslabError, match=words):
        dissect(x)


def test_bytes_that_stand_where_a_frame_stands_are_dissected_as_one() -> None:
    data = b"HTTP/1.1 200 OK\r\n\r\n"
    fields = dissect_frame(data)
    assert_tiles(fields, data)
    assert [field.name for field in fields][:4] == ["FIN", "RSV1", "RSV2", "RSV3"]


def test_the_repr_of_a_field_tells_no_secret() -> None:
    head = b"GET /?token=s3cret HTTP/1.1\r\nCookie: id=s3cret\r\n\r\n"
    shown = repr(dissect(head))
    assert "s3cret" not in shown and "/?token=******" in shown and "*********" in shown
    assert repr(dissect(b"\x81\x00")[0]).startswith("Field('FIN', 0, 1, 1, ")
