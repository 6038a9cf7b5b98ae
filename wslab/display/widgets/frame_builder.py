"""FrameBuilder: a frame made by hand, every bit of it, and what a server says to it.

Rules of this file:

* The kernel makes the frame, the page only asks: there is one encoder, one judge and one
  place that explains.
* Everything that changes is touched on the background thread alone, where the connections
  live as well.
* A field that cannot be read gets a sentence, and the last good frame stays.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from wslab.display.inspectors import inspect
from wslab.display.markup import Document, Heading, Paragraph
from wslab.display.phrases import carries, count, joined
from wslab.display.spans import hex_bytes, line_text
from wslab.display.views.frames import frame_view
from wslab.display.widgets.frame_form import LENGTHS, MAX_PAYLOAD_BYTES, OPCODE_CHOICES, FrameForm
from wslab.display.widgets.page_widget import PageWidget, in_words
from wslab.errors import WslabError
from wslab.network import background
from wslab.network.background import Service
from wslab.network.probe import ProbeAnswer, probe
from wslab.network.targets import url_of
from wslab.protocol.frame_words import close_code_words, opcode_name
from wslab.protocol.frames import ClosePayload, Frame, Opcode, Side
from wslab.protocol.rules.frames import check_frame

#: The example of RFC 6455 §5.7.
HELLO: Final = Frame(Opcode.TEXT, b"Hello", mask=bytes.fromhex("37fa213d"))
MAX_EXPLAINED_FRAMES: Final = 3  # frames of an answer that are explained bit by bit
MAX_LISTED_FRAMES: Final = 50  # ... and that have a line of their own
MAX_HEX_BYTES: Final = 64  # bytes of a frame that are shown as digits


class FrameBuilder(PageWidget, page="frame_builder"):
    """Set every bit of a frame by hand; see its bytes, its fields, and the rules it breaks.

    `server` is an EchoServer, a RogueServer, a Tap or a ws:// URL; with it, the frame can be
    sent as a client, over a connection of its own, and what comes back is shown. `frame` is
    what the builder starts with: the masked "Hello" of RFC 6455 §5.7, if nothing else.

    WslabError when `server` has no URL, or when `frame` is not a Frame, or has a payload of
    more than 70,000 bytes.
    """

    def __init__(self, server: Service | str | None = None, *, frame: Frame = HELLO) -> None:
        if server is not None and not isinstance(server, Service):  # which may start later
            url_of(server, "FrameBuilder")
        _need_frame(frame)
        super().__init__()
        self._server = server
        self._frame = frame
        self._form = FrameForm.of(frame)
        self._answer: ProbeAnswer | None = None
        self._sending: asyncio.Task[None] | None = None
        self.on_msg(self._hear)

    @property
    def frame(self) -> Frame:
        """The frame as it is built now. Set it, and the page follows."""
        return self._frame

    @frame.setter
    def frame(self, frame: Frame) -> None:
        _need_frame(frame)

        def change() -> None:
            self._frame, self._form = frame, FrameForm.of(frame, self._form.key)
            self._show()

        background.call(change)

    @property
    def answer(self) -> ProbeAnswer | None:
        """What came back the last time that a frame was sent; None before."""
        return self._answer

    @property
    def about(self) -> str:
        return f"that sends to {self._target}" if self._target else "without a server"

    @property
    def twin(self) -> Document:
        document = Document(
            [
                Heading("The frame builder"),
                Paragraph("Run this cell in JupyterLab to change each bit, and to send the frame."),
            ]
        )
        frame_view(document, self._frame, Side.CLIENT)
        return document

    @property
    def _target(self) -> str:
        """Where a frame goes, without a port: it differs from run to run."""
        if isinstance(self._server, Service):
            return f"{type(self._server).__name__} {self._server.name!r}"
        return self._server or ""

    # What the page asks for.

    def _hear(self, _: object, asked: dict[str, Any], __: object) -> None:
        self.in_background(self._do, asked)

    def _do(self, asked: dict[str, Any]) -> None:
        match asked.get("do"):
            case "hello":
                choices = {"opcodes": OPCODE_CHOICES, "lengths": list(LENGTHS.items())}
                self.send({"choices": choices, "target": self._target, "view": asked.get("view")})
                self._show()
            case "form":
                self._take(FrameForm.from_page(asked["form"]), asked)
            case "rewrite":
                form = FrameForm.from_page(asked["form"]).rewritten(asked["written"])
                stays = "" if form.written == asked["written"] else "These bytes are not text."
                self._take(form, asked | {"view": None}, stays)
            case "send" if self._sending is None:
                self._sending = asyncio.get_running_loop().create_task(self._exchange(self._frame))

    def _take(self, form: FrameForm, asked: dict[str, Any], note: str = "") -> None:
        frame, problems = form.frame()
        self._form, self._frame = form, frame or self._frame
        if problems:
            note = "This is the last frame that could be built; mend the field that is marked."
        self._show(problems, note, asked.get("view"), asked.get("number"))

    def _show(
        self,
        problems: dict[str, str] | None = None,
        note: str = "",
        view: object = None,
        number: object = None,
    ) -> None:
        """Tell the page; the form of every view but `view`, who typed it, is filled again."""
        frame = self._frame
        self.send(
            {
                "form": self._form.to_page(),
                "view": view,
                "number": number,
                "problems": problems or {},
                "note": note,
                "size": count(len(frame)),
                "hex": hex_bytes(frame.encode(), MAX_HEX_BYTES),
                "python": repr(frame),
                "verdict": _verdict(frame),
                "html": inspect(frame, sender=Side.CLIENT).html,
            }
        )

    # What goes over the wire.

    async def _exchange(self, frame: Frame) -> None:
        """Send the frame, and tell the page what came back or why nothing could be sent."""
        self.send({"sending": True})
        told: dict[str, Any] = {"sent": _line(frame), "frames": []}
        try:
            self._answer = await probe(self._url(), frame)
            told["words"] = f"Sent to {self._target}. {answer_words(self._answer, frame)}"
            told["frames"] = [
                _explained(n, f) for n, f in enumerate(self._answer.frames[:MAX_LISTED_FRAMES])
            ]
        except WslabError as error:
            told["words"] = f"Not sent: {error}"
        except Exception as error:  # the page must not stay on "Sending"
            background.report(f"{self!r} failed: {in_words(error)}")
            told["words"] = f"Something failed on the way: {in_words(error)}. Send it again."
        finally:
            self._sending = None
        self.send({"sending": False, "answer": told})

    def _url(self) -> str:
        if self._server is None:
            raise WslabError("there is nobody to send to; make it with FrameBuilder(server).")
        return url_of(self._server, "FrameBuilder")


def answer_words(answer: ProbeAnswer, sent: Frame) -> str:
    """What came back, in a few sentences."""
    frames = answer.frames
    if not frames and answer.ended == "open" and not answer.pending:
        words = f"Nothing came back within {answer.waited:g} s."
        if not sent.fin and not int(sent.opcode) & 0x8:
            words += " FIN is 0, so the server waits for the rest of the message."
        return f"{words} The connection was still open; then it was ended from here."
    parts = [count(len(frames), "frame")] if frames else []
    parts += [f"{count(len(answer.pending))} of an incomplete frame"] * bool(answer.pending)
    words = f"Came back: {joined(parts)}." if parts else "No frame came back."
    if answer.cut:
        words += " There was more, which was not taken."
    for frame in frames:
        if frame.opcode == Opcode.CLOSE:
            words += f" {_close_words(frame)}"
            break
    ended = {
        "eof": "Then the server ended TCP.",
        "reset": "Then the server reset TCP.",
        "open": "The server left TCP open; then it was ended from here.",
    }
    return f"{words} {ended[answer.ended]}"


def _close_words(frame: Frame) -> str:
    code = ClosePayload.parse(frame.payload).code
    if code is None:
        return "The server closed without a code, which a browser reports as 1005."
    return f"The server closed with {int(code)}, {close_code_words(int(code))}."


def _verdict(frame: Frame) -> dict[str, Any]:
    """Do the rules allow a client to send this on a fresh connection?"""
    broken = [finding for finding in check_frame(frame, Side.CLIENT) if not finding.ok]
    if not broken:
        return {"ok": True, "words": "A client may send this frame."}
    rules = ", ".join(f"{finding.rule} ({finding.rfc})" for finding in broken)
    code = next((finding.close_code for finding in broken if finding.close_code), None)
    many = "a rule" if len(broken) == 1 else f"{len(broken)} rules"
    words = f"This frame breaks {many}: {rules}."
    if code is not None:
        words += f" The answer to it is Close {int(code)}, {close_code_words(int(code))}."
    return {"ok": False, "words": words}


def _line(frame: Frame) -> dict[str, str]:
    return {
        "what": f"{opcode_name(frame.opcode)}, {count(len(frame))}",
        "hex": hex_bytes(frame.encode(), MAX_HEX_BYTES),
        "says": line_text(carries(frame)),
    }


def _explained(number: int, frame: Frame) -> dict[str, str]:
    html = inspect(frame, sender=Side.SERVER).html if number < MAX_EXPLAINED_FRAMES else ""
    return {**_line(frame), "html": html}


def _need_frame(frame: object) -> None:
    if not isinstance(frame, Frame):
        raise WslabError(
            f"the builder holds a Frame, found {frame!r}; try Frame(Opcode.TEXT, b'Hello')."
        )
    if frame.length > MAX_PAYLOAD_BYTES:
        raise WslabError(
            f"the builder holds up to {MAX_PAYLOAD_BYTES:,} bytes of payload; this frame has "
            f"{frame.length:,}. Send it with RawClient instead."
        )
