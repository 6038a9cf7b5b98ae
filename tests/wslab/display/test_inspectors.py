"""inspect: every type of the protocol, in both forms, with the same facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handshake_vectors import REQUEST, RESPONSE
from tests.wslab.display.captures import HOSTILE, KEY, closed
from tests.wslab.display.pages import assert_same_facts
from wslab.display import inspectors
from wslab.display.inspectors import Inspection, InspectOptions, inspect, register
from wslab.display.markup import Document, Heading, Paragraph
from wslab.errors import WslabError
from wslab.protocol.frames import ClosePayload, Frame, FrameHeader, Opcode, Side
from wslab.protocol.handshake import Handshake, Headers, Request, Response
from wslab.protocol.rules.frames import check_frame
from wslab.protocol.session import Message

HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY)

EVERYTHING = {
    "bytes": HELLO.encode(),
    "bytearray": bytearray(HELLO.encode()),
    "memoryview": memoryview(HELLO.encode()),
    "part of a frame": HELLO.encode()[:4],
    "two frames": HELLO.encode() * 2,
    "a frame and a half": HELLO.encode() + b"\x81",
    "request bytes": REQUEST,
    "response bytes": RESPONSE,
    "half a head": REQUEST[:30],
    "a head and a frame": RESPONSE + HELLO.encode(),
    "Frame": HELLO,
    "FrameHeader": HELLO.header,
    "frames": [HELLO, Frame(Opcode.CLOSE, b"\x03")],
    "a tuple of frames": (HELLO,),
    "SentFrame": closed().frames()[0],
    "SentFrames": closed().frames(),
    "Request": Request.parse(REQUEST),
    "Response": Response.parse(RESPONSE),
    "Handshake": Handshake.parse(REQUEST, RESPONSE),
    "Headers": Headers([("Upgrade", "websocket")]),
    "Recording": closed(),
    "Message": Message(Side.CLIENT, Opcode.TEXT, HOSTILE),
    "ClosePayload": ClosePayload(1000, HOSTILE),
    "Step": next(closed().steps()),
    "Steps": list(closed().steps()),
    "Finding": check_frame(HELLO, Side.SERVER)[0],
    "Findings": check_frame(HELLO, Side.SERVER),
    "rows": [{"Act": "hang-up", "Sends": HOSTILE}, {"Act": "reset", "Sends": "nothing"}],
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_text_and_html_carry_the_same_facts(name):
    seen = inspect(EVERYTHING[name])
    assert_same_facts(seen.text, seen.html)
    assert seen.html.startswith('<div class="wslab">')


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_same_input_gives_the_same_bytes(name):
    assert inspect(EVERYTHING[name]) == inspect(EVERYTHING[name])


def test_it_shows_itself_everywhere():
    seen = inspect(HELLO)
    assert isinstance(seen, Inspection)
    assert repr(seen) == str(seen) == seen.text
    assert seen._repr_html_() == seen.html
    assert seen._repr_mimebundle_() == {"text/plain": seen.text, "text/html": seen.html}


@given(st.binary(max_size=50))
def test_any_bytes_show_or_are_refused_with_a_reason(data):
    try:
        seen = inspect(data)
    except WslabError as error:
        assert len(str(error)) > 40
    else:
        assert_same_facts(seen.text, seen.html)


@given(st.sampled_from(list(Opcode)), st.text(st.characters(codec="utf-8"), max_size=120))
def test_no_payload_gets_out_of_the_page(opcode, text):
    seen = inspect(Frame(opcode, text.encode(), mask=KEY))
    assert_same_facts(seen.text, seen.html)


def test_bytes_of_one_frame_look_like_the_frame():
    assert inspect(HELLO.encode()) == inspect(HELLO)
    assert inspect(HELLO.encode(), sender=Side.SERVER) == inspect(HELLO, sender=Side.SERVER)


def test_bytes_that_go_on_or_stop_short_say_so():
    assert "The beginning of a frame: 4 bytes so far" in inspect(HELLO.encode()[:4]).text
    more = inspect(HELLO.encode() + b"\x81").text
    assert "1 frame, 11 bytes" in more and "The beginning of a frame: 1 byte so far" in more
    two = inspect(HELLO.encode() * 2).text
    assert two.startswith("2 frames, 22 bytes") and "beginning" not in two


def test_the_sender_is_judged():
    assert "BROKEN" not in inspect(HELLO, sender=Side.CLIENT).text
    assert "BROKEN" in inspect(HELLO, sender=Side.SERVER).text
    assert "server → client" in inspect(HELLO.header, sender=Side.SERVER).text


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"", "1005"),
        (b"\x03", "half a code"),
        (b"\x03\xe8", "NORMAL_CLOSURE"),
        (b"\x03\xe8bye", '"bye"'),
    ],
)
def test_close_payloads(payload, words):
    seen = inspect(ClosePayload.parse(payload))
    assert words in seen.text
    assert_same_facts(seen.text, seen.html)


def test_times_are_shown_when_asked():
    assert "ms" not in inspect(closed()).text.split()
    assert "ms" in inspect(closed(), times=True).text.split()


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (7, "cannot show 'int'"),
        ("Hello", "cannot show 'str'"),
        (None, "it shows bytes, a Frame"),
        ([], "a list of nothing"),
        ([HELLO, 7], "a list of Frame, int"),
        (b"", "no bytes"),
        (b"these are only words", "neither an HTTP head nor a frame"),
    ],
)
def test_what_cannot_be_shown_says_what_can(x, words):
    with pytest.raises(WslabError, match=words):
        inspect(x)


def test_a_header_alone():
    assert "payload of 5 bytes follows" in inspect(FrameHeader(b"\x81\x05")).text


# --- views of somebody else -----------------------------------------------------------------


class Point:
    def __init__(self, x: int, name: str = HOSTILE) -> None:
        self.x, self.name = x, name


class Place(Point):
    pass


@pytest.fixture
def only_for_this_test(monkeypatch):
    monkeypatch.setattr(inspectors, "_VIEWS", dict(inspectors._VIEWS))


def show_point(document: Document, point: Point, options: InspectOptions) -> None:
    document.add(Heading("A point"))
    document.add(Paragraph(f"{point.x} to the right: {'***' if options.redact else point.name}"))


@pytest.mark.usefixtures("only_for_this_test")
def test_a_class_of_ones_own_can_be_shown():
    with pytest.raises(WslabError, match="cannot show 'Point'"):
        inspect(Point(1))
    inspect.register(Point, show_point)
    assert "1 to the right: ***" in inspect(Point(1)).text
    shown = inspect(Place(2), redact=False)  # derived from it
    assert_same_facts(shown.text, shown.html)
    assert "2 to the right" in shown.text and "<script" not in shown.html


@pytest.mark.usefixtures("only_for_this_test")
def test_the_nearest_class_has_the_view_and_the_last_one_registered_counts():
    def other(document: Document, x: object, options: InspectOptions) -> None:
        document.add(Paragraph("another view"))

    register(Point, show_point)
    register(Place, other)
    assert "A point" in inspect(Point(1)).text
    assert "another view" in inspect(Place(1)).text
    register(Point, other)
    assert "another view" in inspect(Point(1)).text
    register(object, other)  # the last resort, and not for what has a view
    assert "another view" in inspect(3).text
    assert "A point" not in inspect(Frame(1)).text and "another" not in inspect(Frame(1)).text
    register(Frame, other)
    assert "another view" in inspect(Frame(1)).text


@pytest.mark.usefixtures("only_for_this_test")
def test_what_a_view_raises_is_not_hidden():
    def broken(document: Document, x: object, options: InspectOptions) -> None:
        raise ZeroDivisionError("in the view")

    register(Point, broken)
    with pytest.raises(ZeroDivisionError, match="in the view"):
        inspect(Point(1))


@pytest.mark.parametrize(("kind", "view"), [(Point(1), show_point), (Point, "a view")], ids="ab")
def test_a_view_is_a_function_for_a_class(kind, view):
    with pytest.raises(WslabError, match=r"wants a class and a function.*try inspect\.register"):
        register(kind, view)
