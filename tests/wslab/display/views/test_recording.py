from dataclasses import replace

import pytest

from tests.handshake_vectors import BAD_REQUEST, REQUEST
from tests.wslab.display.captures import (
    CLIENT,
    HOSTILE,
    KEY,
    SECRET_REQUEST,
    SERVER,
    closed,
    long,
    recording,
    upgraded,
)
from tests.wslab.display.pages import assert_same_facts
from wslab.display.markup import Document
from wslab.display.views.recording import message_view, recording_view, steps_view
from wslab.protocol.frames import Frame, Opcode
from wslab.protocol.recording.recording import Chunk, Ending, Recording
from wslab.protocol.session import Message

PLAIN = b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def shown(view, *args, **options) -> Document:
    document = Document()
    view(document, *args, **options)
    assert_same_facts(document.text, document.html)
    return document


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_a_clean_conversation():
    text = squeezed(shown(recording_view, closed()).text)
    assert "A WebSocket connection: the client asked, and the server agreed." in text
    assert (
        "How it ended: the client sent Close with code 1000, then the server sent Close with "
        "code 1000, then the server ended its half of TCP, then the client ended its half of TCP."
    ) in text
    assert "its handshake and 2 frames" in text
    assert 'client → server TEXT 1, the last 5 bytes 81 85 37 fa 21 3d 7f 9f … "Hello"' in text


def test_broken_frames_are_marked_where_they_stand_and_explained():
    made = upgraded((CLIENT, Frame(Opcode.TEXT, b"Hello")), (SERVER, Frame(Opcode.PING)))
    text = shown(recording_view, made).text
    rows = [line for line in text.splitlines() if line.startswith(("  0 ", "  1 "))]
    assert rows[0].endswith("BROKEN") and rows[1].endswith("passed")
    assert "client, frame 0" in text


def test_a_note_says_where_the_bytes_are_from():
    made = upgraded((CLIENT, Frame(Opcode.TEXT, b"Hello")))
    made.note = "Rebuilt from notes.har: a HAR holds messages <b>"
    text = squeezed(shown(recording_view, made).text)
    assert (
        "Rebuilt from notes.har: a HAR holds messages <b> The recording does not show how it ended."
        in text
    )
    assert "still open" not in text


def test_no_clock_unless_asked():
    early, late = closed(), closed()
    late.chunks = [chunk._replace(at=chunk.at + 5) for chunk in late.chunks]
    late.endings = [replace(ending, at=ending.at + 5) for ending in late.endings]
    assert shown(recording_view, early).html == shown(recording_view, late).html
    assert "5,002.0 ms" in shown(recording_view, late, times=True).text


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (recording(), "An empty connection"),
        (recording((SERVER, b"220 mail")), "Only the server sent bytes"),
        (recording((CLIENT, b"\x16\x03\x01\x02")), "Not HTTP, so not WebSocket either."),
        (recording((CLIENT, b"GET / HT")), "began an HTTP request and never finished"),
        (
            recording((CLIENT, PLAIN), (SERVER, ANSWER)),
            "Plain HTTP; the client did not ask for WebSocket.",
        ),
        (recording((CLIENT, REQUEST), (SERVER, BAD_REQUEST)), "An upgrade that was refused."),
        (
            recording((CLIENT, REQUEST)),
            "never answered. The client asked; no complete answer was seen",
        ),
        (
            recording((CLIENT, REQUEST), (SERVER, b"220 mail\r\n")),
            "What the server sent is not HTTP.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_connection_was(made, words):
    assert words in squeezed(shown(recording_view, made).text)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Ending(1.0, SERVER, "reset"), "the server reset TCP. Neither side sent a Close frame"),
        (Ending(1.0, CLIENT, "cut"), "the tap cut the connection"),
        (Ending(1.0, SERVER, "refused", "port 9"), "could not be reached (port 9)"),
    ],
)
def test_how_it_ended(ending, words):
    made = upgraded((SERVER, Frame(Opcode.TEXT, b"x")))
    made.end(ending)
    assert words in squeezed(shown(recording_view, made).text)


def test_a_secret_in_the_target_that_was_not_reached_is_hidden():
    made = recording(Ending(1.0, SERVER, "refused", "ws://h/?token=s3cret gave no answer"))
    assert "ws://h/?token=****** gave no answer" in squeezed(shown(recording_view, made).text)
    assert "s3cret" in shown(recording_view, made, redact=False).text


def test_a_connection_without_an_end_is_still_open():
    assert "still open" in shown(recording_view, upgraded()).text


def test_bytes_beside_the_heads_are_shown():
    text = shown(recording_view, recording((CLIENT, PLAIN), (SERVER, ANSWER))).text
    assert '"hello"' in text and "68 65 6c 6c 6f" in text


def test_a_frame_that_never_got_whole_is_dissected():
    made = upgraded((CLIENT, Frame(Opcode.TEXT, b"Hello", mask=KEY)))
    made.add(Chunk(1.0, SERVER, b"\x81\x05He"))
    document = shown(recording_view, made)
    assert "The server began a frame and did not finish it" in document.text
    assert "2 of 5 bytes are here" in document.html


@pytest.mark.parametrize("odd", [b"HTTP/1.1 200 OK\r\n\r\n", b"Hello world", b"\x16\x03\x01"])
def test_what_stands_where_a_frame_stands_is_shown_as_one(odd):
    made = upgraded()
    made.add(Chunk(1.0, SERVER, odd))
    assert "The server began a frame and did not finish it" in shown(recording_view, made).text


def test_compressed_frames_show_what_they_unpack_to():
    offer = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    request = REQUEST.replace(b"\r\n\r\n", b"\r\n" + offer)
    made = upgraded(request=request)
    made.chunks[1] = Chunk(0.001, SERVER, made.chunks[1].data.replace(b"\r\n\r\n", b"\r\n" + offer))
    made.add(Chunk(0.002, SERVER, bytes.fromhex("c107f248cdc9c90700")))
    assert "unpacked <code><bdi>&quot;Hello&quot;" in shown(recording_view, made).html


def test_secrets_and_hostile_text():
    frame = Frame(Opcode.TEXT, HOSTILE.encode(), mask=KEY)
    document = shown(recording_view, upgraded((CLIENT, frame), request=SECRET_REQUEST))
    assert "s3cret" not in document.text + document.html
    assert "<script" not in document.html
    assert "s3cret" in shown(recording_view, upgraded(request=SECRET_REQUEST), redact=False).text


def test_a_secret_in_half_a_request_is_hidden_too():
    made = recording((CLIENT, b"GET / HTTP/1.1\r\nCookie: session=s3cret\r\nHo"))
    document = shown(recording_view, made)
    assert "s3cret" not in document.text + document.html
    assert "s3cret" in shown(recording_view, made, redact=False).text


def test_a_truncated_recording_says_so():
    made = Recording(limit=10)
    made.add(Chunk(0.0, CLIENT, REQUEST))
    assert "truncated" in shown(recording_view, made).text


@pytest.mark.parametrize("mask", [None, KEY], ids=["all whole", "half broken"])
def test_ten_thousand_frames_stay_small_and_say_what_is_left_out(mask):
    document = shown(recording_view, long(10_000, mask))
    assert len(document.html) < 1_000_000
    assert "of 10,000 frames are shown" in document.text
    assert "9,964 frames left out" in document.text  # in the picture


def test_twice_the_frames_is_no_longer_page():
    small, large = (len(shown(recording_view, long(n)).html) for n in (400, 800))
    assert abs(large - small) < 1000


def test_messages():
    text = shown(message_view, Message(CLIENT, Opcode.TEXT, "Héllo", 2, True)).text
    assert text.startswith("A message: text, 6 bytes")
    assert "client → server, in 2 frames, compressed on the way." in text
    assert '"Héllo"' in text and "48 c3 a9" in text
    assert "binary, 1 byte" in shown(message_view, Message(SERVER, Opcode.BINARY, b"\x01")).text
    bad = Message(SERVER, Opcode.TEXT, b"\xff")
    assert "text that is not UTF-8" in shown(message_view, bad).text


def test_steps():
    text = shown(steps_view, list(closed().steps())).text
    assert "OPEN → CLOSING" in text and '"Hello"' in text and "no message" in text
