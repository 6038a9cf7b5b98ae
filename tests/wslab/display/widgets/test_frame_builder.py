"""The frame builder without a page: what it makes of a form, what it says, what it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.wslab.display.captures import KEY
from tests.wslab.display.stand_in import StandIn
from wslab.display.widgets import frame_builder
from wslab.display.widgets.frame_builder import HELLO, FrameBuilder, answer_words
from wslab.errors import WslabError
from wslab.network import background
from wslab.network.echo import EchoServer
from wslab.network.probe import ProbeAnswer
from wslab.network.rogue.server import RogueServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import ClosePayload, Frame, Opcode

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")


class Page(StandIn, FrameBuilder, page="frame_builder"):
    """A frame builder whose page is a list."""

    def hears(self, met: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first message for which that holds."""
        self.until(lambda: any(map(met, self.told)))
        return next(filter(met, self.told))

    def fills(self, **fields: Any) -> dict[str, Any]:
        """Somebody changes fields; what the kernel says to it."""
        number = len(self.told) + 1
        form = background.call(self._form.to_page) | fields
        self.asks(do="form", form=form, number=number)
        return self.hears(lambda told: told.get("number") == number)

    def sends(self) -> dict[str, Any]:
        del self.told[:]
        self.asks(do="send")
        return self.hears(lambda told: "answer" in told)["answer"]


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


def test_it_starts_with_the_example_of_the_rfc():
    page = Page()
    assert page.frame == HELLO
    assert page.frame.encode() == bytes.fromhex("818537fa213d7f9f4d5158")
    page.asks(do="hello")
    first = page.hears(lambda told: "choices" in told)
    assert dict(first["choices"]["opcodes"])[8] == "0x8 CLOSE" and first["target"] == ""
    shown = page.hears(lambda told: "form" in told)
    assert shown["hex"] == "81 85 37 fa 21 3d 7f 9f 4d 51 58"
    assert shown["size"] == "11 bytes"
    assert shown["python"] == "Frame(Opcode.TEXT, b'Hello', mask=bytes.fromhex('37fa213d'))"
    assert shown["verdict"] == {"ok": True, "words": "A client may send this frame."}
    assert "One frame: TEXT, 11 bytes" in shown["html"]


def test_the_frame_follows_the_fields():
    page = Page()
    told = page.fills(opcode=9, fin=False, rsv3=True, length="7+16", payload="é")
    want = Frame(Opcode.PING, "é".encode(), fin=False, rsv3=True, mask=KEY, length_size=2)
    assert page.frame == want
    assert told["python"] == repr(want) and told["view"] == "a"
    assert eval(told["python"], {"Frame": Frame, "Opcode": Opcode}) == want


def test_a_broken_rule_names_its_section_and_its_close_code():
    verdict = Page().fills(masked=False)["verdict"]
    assert verdict["ok"] is False
    assert verdict["words"].startswith(
        "This frame breaks a rule: masked-by-the-client-only (RFC 6455 §5.1)"
    )
    assert "The answer to it is Close 1002, PROTOCOL_ERROR" in verdict["words"]


def test_two_broken_rules_are_counted():
    assert "breaks 2 rules" in Page().fills(masked=False, rsv2=True)["verdict"]["words"]


def test_bad_hex_keeps_the_frame_and_says_why():
    page = Page()
    told = page.fills(key="37 fa 21 3x")
    assert told["problems"] == {"key": "Hex digits are 0 to 9 and a to f; found “x”."}
    assert told["hex"] == HELLO.encode().hex(" ") and page.frame == HELLO
    assert "last frame that could be built" in told["note"]
    assert page.fills(key="37 fa 21 3e")["problems"] == {}
    assert page.frame.mask == bytes.fromhex("37fa213e")


def test_the_other_writing_fills_the_fields_again():
    page = Page()
    form = page._form.to_page()
    page.asks(do="rewrite", written="hex", form=form, number=1)
    told = page.hears(lambda told: told.get("number") == 1)
    assert told["view"] is None  # so each view fills its fields
    assert (told["form"]["payload"], told["form"]["written"]) == ("48 65 6c 6c 6f", "hex")
    assert page.frame == HELLO
    form = told["form"] | {"payload": "ff"}
    page.asks(do="rewrite", written="text", form=form, number=2)
    told = page.hears(lambda told: told.get("number") == 2)
    assert told["form"]["written"] == "hex" and told["note"] == "These bytes are not text."


def test_python_sets_the_frame_and_the_page_follows():
    page = Page()
    page.frame = frame = Frame(Opcode.CLOSE, ClosePayload(1000, "bye").encode())
    told = page.hears(lambda told: told["form"]["opcode"] == 8)
    assert page.frame == frame
    assert told["view"] is None and told["form"]["payload"] == "03 e8 62 79 65"
    assert told["form"]["key"] == "37 fa 21 3d"


@pytest.mark.parametrize("wrong", [b"Hello", None, Frame(Opcode.TEXT, b"a" * 70_001)], ids=repr)
def test_only_a_frame_that_fits_the_fields(wrong):
    page = Page()
    with pytest.raises(WslabError, match="the builder holds"):
        page.frame = wrong
    with pytest.raises(WslabError, match="the builder holds"):
        FrameBuilder(frame=wrong)
    assert page.frame == HELLO


@pytest.mark.parametrize("wrong", [42, ["ws://127.0.0.1"], b"ws://127.0.0.1"], ids=repr)
def test_only_what_has_a_url_can_be_sent_to(wrong):
    with pytest.raises(
        WslabError, match=r"wants a server, a tap or a URL, found .*Try FrameBuilder\(server\)"
    ):
        FrameBuilder(wrong)


def test_hello_goes_out_and_comes_back(server):
    page = Page(server)
    answer = page.sends()
    assert answer["sent"]["hex"] == "81 85 37 fa 21 3d 7f 9f 4d 51 58"
    assert answer["sent"]["what"] == "TEXT, 11 bytes"
    assert answer["words"] == (
        "Sent to EchoServer 'server'. Came back: 1 frame. "
        "The server left TCP open; then it was ended from here."
    )
    [frame] = answer["frames"]
    assert (frame["what"], frame["hex"]) == ("TEXT, 7 bytes", "81 05 48 65 6c 6c 6f")
    assert frame["says"] == '"Hello"' and "One frame: TEXT, 7 bytes" in frame["html"]
    assert page.answer.frames == (Frame(Opcode.TEXT, b"Hello"),)
    assert [told["sending"] for told in page.told] == [True, False]


def test_a_broken_rule_comes_back_as_1002(server):
    page = Page(server.url, frame=Frame(Opcode.TEXT, b"Hello"))
    answer = page.sends()
    assert "The server closed with 1002, PROTOCOL_ERROR: " in answer["words"]
    assert answer["frames"][0]["what"].startswith("CLOSE")


def test_a_tap_sees_what_the_builder_sends(server):
    with Tap(server.url) as tap:
        page = Page(tap)
        assert "to Tap 'tap'" in page.sends()["words"]
        assert tap.wait_closed().frames()[0].frame == HELLO


def test_a_rogue_answers_in_its_own_way():
    with RogueServer("masked-frame") as rogue:
        answer = Page(rogue).sends()
    assert "masked-by-the-client-only" in answer["frames"][0]["html"]


def test_while_one_frame_is_under_way_no_second_one_is_sent(server):
    page = Page(server)
    for _ in range(3):
        page.asks(do="send")
    page.hears(lambda told: "answer" in told)
    background.call(lambda: None)
    assert [told["sending"] for told in page.told] == [True, False]
    assert "Came back" in page.sends()["words"]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (None, "Not sent: there is nobody to send to"),
        ("ws://127.0.0.1:1/", "Not sent: nobody answers on 127.0.0.1:1"),
        ("wss://127.0.0.1/", "Not sent: RawClient wants a URL"),
        (EchoServer(), "Not sent: server is not running; call server.start() first."),
    ],
    ids=["none", "refused", "wss", "stopped"],
)
def test_what_cannot_be_sent_says_why_and_can_be_tried_again(target, says):
    page = Page(target)
    assert page.sends()["words"].startswith(says)
    assert page.sends()["words"].startswith(says)


def test_of_a_long_answer_a_few_frames_are_explained(monkeypatch, server):
    monkeypatch.setattr(frame_builder, "MAX_EXPLAINED_FRAMES", 0)
    page = Page(server)
    assert page.sends()["frames"][0]["html"] == ""


CLOSE = Frame(Opcode.CLOSE, b"\x03\xea")
BACK = Frame(Opcode.TEXT, b"Hello")
PART = Frame(Opcode.TEXT, b"Hel", fin=False, mask=KEY)


@pytest.mark.parametrize(
    ("answer", "sent", "says"),
    [
        (
            ProbeAnswer((), b"", "open", 2.0),
            HELLO,
            "Nothing came back within 2 s. The connection was",
        ),
        (ProbeAnswer((), b"", "open", 2.0), PART, "FIN is 0, so the server waits for the rest"),
        (ProbeAnswer((), b"", "eof", 2.0), HELLO, "No frame came back. Then the server ended TCP."),
        (ProbeAnswer((), b"", "reset", 2.0), HELLO, "Then the server reset TCP."),
        (
            ProbeAnswer((BACK, BACK), b"", "open", 2.0),
            HELLO,
            "Came back: 2 frames. The server left",
        ),
        (
            ProbeAnswer((CLOSE,), b"", "eof", 2.0),
            HELLO,
            "closed with 1002, PROTOCOL_ERROR: the peer",
        ),
        (
            ProbeAnswer((Frame(Opcode.CLOSE),), b"", "eof", 2.0),
            HELLO,
            "without a code, which a browser",
        ),
        (
            ProbeAnswer((BACK,), b"\x81", "eof", 2.0),
            HELLO,
            "1 frame and 1 byte of an incomplete",
        ),
        (
            ProbeAnswer((BACK,), b"", "open", 2.0, True),
            HELLO,
            "There was more, which was not taken.",
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_the_answer_in_words(answer, sent, says):
    assert says in answer_words(answer, sent)


def test_name_and_twin_are_the_same_on_every_run(server):
    first, second = (FrameBuilder(server)._repr_mimebundle_()[0] for _ in range(2))
    for bundle in (first, second):
        bundle.pop("application/vnd.jupyter.widget-view+json")
    assert first == second and str(server.port) not in repr(first)
    assert "One frame: TEXT, 11 bytes" in first["text/plain"]
    assert repr(FrameBuilder(server)) == "<FrameBuilder that sends to EchoServer 'server'>"
    assert repr(FrameBuilder()) == "<FrameBuilder without a server>"


@pytest.mark.parametrize(
    "error", [ValueError("<b>odd"), OSError(), RecursionError("deep")], ids=repr
)
def test_a_failure_on_the_way_is_told_and_the_next_frame_goes(server, monkeypatch, error):
    async def fail(*_: object) -> None:
        raise error

    page = Page(server)
    with monkeypatch.context() as patch:
        patch.setattr(frame_builder, "probe", fail)
        answer = page.sends()
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    assert answer["words"] == f"Something failed on the way: {what}. Send it again."
    assert page.told[-1]["sending"] is False and answer["frames"] == []
    assert what in background.log.pop()
    assert "Came back: 1 frame" in page.sends()["words"]


def test_a_form_that_cannot_be_read_is_told():
    page = Page()
    page.asks(do="form", number=1)
    page.hears(lambda told: "could not do that: KeyError" in told.get("failed", ""))
    assert "KeyError" in background.log.pop()
    assert page.fills(payload="Hi")["problems"] == {}
