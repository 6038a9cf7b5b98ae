"""The lines of one connection, as a terminal shows them: one for each thing that passes.

Every frame is followed and judged, whether there is room to print its line or not. No control
character of a stranger reaches the terminal: what is quoted is `visible`.
"""

from __future__ import annotations

import textwrap
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from wslab.display.phrases import count, preview
from wslab.display.spans import visible
from wslab.display.views.frames import field_table
from wslab.display.views.recording import data_words, ending_words
from wslab.display.wire.line_writer import INDENT, MakeLine
from wslab.display.wire.rows import RowReader, WireRow
from wslab.errors import WslabError
from wslab.protocol.dissect import dissect
from wslab.protocol.frame_words import close_code_words
from wslab.protocol.frames import CloseCode, ClosePayload, Frame, Opcode, Side
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.kernel_messages import V1, KernelMessage
from wslab.protocol.recording.recording import MAX_RECORDING_BYTES, Chunk, Ending
from wslab.protocol.redaction import redacted
from wslab.protocol.rules.connection import ConnectionJudge, check_opening
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.handshake import check_handshake
from wslab.protocol.session import Session, Step

MAX_UNANSWERED: Final = 100  # requests of one connection that are remembered
MAX_TARGET_CHARACTERS: Final = 200  # characters of a target


class ConnectionLines:
    """The lines of connection `number`, which began `began` seconds after the first.

    With `fields`, the fields of each frame stand below its line.
    """

    def __init__(self, number: int, began: float = 0.0, fields: bool = False) -> None:
        self._number = number
        self._began = began
        self._fields = fields
        self._reader: RowReader | None = RowReader()
        self._asked: deque[WireRow] = deque(maxlen=MAX_UNANSWERED)  # requests without an answer
        self._answers = 0
        self._handshake: Handshake | None = None  # the one that upgraded
        self._is_http = False
        self._session = Session()
        self._judge = ConnectionJudge()
        self._from_client = 0  # bytes
        self._unfinished = {side: 0 for side in Side}  # bytes of an incomplete message
        self._endings: list[Ending] = []

    def take(self, what: Chunk | Ending) -> Iterator[MakeLine]:
        """The lines that this completes. Endings share one, which is made by `last_lines`."""
        reader = self._reader
        if isinstance(what, Ending):
            self._endings.append(what)
            rows = reader.end(what)[:-1] if reader else []
        else:
            self._from_client += len(what.data) if what.sender is Side.CLIENT else 0
            self._unfinished[what.sender] += len(what.data)
            rows = reader.take(what) if reader else []
        for row in rows:
            if isinstance(row.content, Frame):
                yield from self._frame(row, row.content)
            else:
                self._unfinished[row.sender] = 0
                yield from self._other(row, what.sender)
        if reader and max(self._unfinished.values()) > MAX_RECORDING_BYTES:
            self._reader = None  # it would keep a message without an end, byte for byte
            most = count(MAX_RECORDING_BYTES)
            words = f"a message of more than {most}; all that follows passes without a line"
            yield self._line(what.at, "not read", words)

    def last_lines(self) -> Iterator[MakeLine]:
        """The last lines, when both directions have ended."""
        at = max((ending.at for ending in self._endings), default=0.0)
        for asked in self._asked:
            yield self._line(at, "HTTP", _target(asked), "no answer")
        if self._handshake is not None and self._reader is not None:
            ends = {e.sender: e.at for e in self._endings if e.how in ("eof", "reset")}
            yield from self._faults(self._judge.end(ends))
        if self._is_http and self._handshake is None and not self._asked:
            return  # connections of HTTP come and go
        how = ", then ".join(ending_words(ending, redact=True) for ending in self._endings)
        yield self._line(at, "end", visible(how))

    # One thing that passed.

    def _other(self, row: WireRow, bringer: Side) -> Iterator[MakeLine]:
        """A head, or bytes; `bringer` sent what made it whole."""
        cells = row.cells()
        if row.kind == "head":
            self._is_http = True
            if row.sender is Side.CLIENT:
                self._asked.append(row)  # it shares a line with its answer
            else:
                yield from self._answer(row, bringer)
        elif self._handshake is not None:
            yield self._line(row.at, cells["who"], "half a frame", cells["length"], cells["says"])
        elif not self._is_http:
            yield self._line(row.at, cells["who"], cells["what"], cells["length"], cells["says"])

    def _answer(self, row: WireRow, bringer: Side) -> Iterator[MakeLine]:
        response = Response.parse(_raw(row))
        assert response is not None
        if response.status < 200 and response.status != 101:
            return  # 100 Continue and the like: the answer is still to come
        self._answers += 1
        asked = self._asked.popleft() if self._asked else None
        request = None if asked is None else Request.parse(_raw(asked))
        what = "nobody asked" if asked is None else _target(asked)
        answer = row.cells()["says"].partition(" ")[2]
        wanted = request is not None and any(
            token.lower() == "websocket" for token in request.headers.tokens("upgrade")
        )
        if request is None or not (wanted or response.status == 101) or self._answers > 1:
            self._is_http = response.status != 101  # later than first it opens what is not read
            yield self._line(row.at, "HTTP", what, answer)
            return
        shake = Handshake(request, response)
        findings = check_handshake(shake)
        more = []
        if shake.upgraded:
            self._handshake = shake
            self._session = Session(shake.deflate)
            early = self._from_client - len(request) if bringer is Side.SERVER else 0
            findings.append(check_opening(early))
            shown = Handshake(request, Response.parse(redacted(_raw(row))))
            more.append(f"subprotocol {shown.subprotocol or 'none'}")
            more.append(f"extensions {', '.join(map(str, shown.extensions)) or 'none'}")
        self._judge.note_faults(findings)
        kind = "handshake" if shake.upgraded else "refused"
        yield self._line(row.at, kind, what, visible(", ".join((answer, *more))))
        yield from self._faults(findings)

    def _frame(self, row: WireRow, frame: Frame) -> Iterator[MakeLine]:
        step = self._session.feed(row.sender, frame)
        if step.open_message is None if frame.opcode >= Opcode.CLOSE else frame.fin:
            self._unfinished[row.sender] = 0
        yield lambda: self._frame_text(row, frame, step)
        yield from self._faults(self._judge.look(step, row.at))

    # Its words.

    def _frame_text(self, row: WireRow, frame: Frame, step: Step) -> str:
        cells = row.cells()
        says = cells["says"] + visible("".join(self._more(frame, step)))
        text = self._line(row.at, cells["who"], cells["what"], cells["length"], says)()
        if self._fields:
            table = field_table("Every bit of the frame", frame.encode(), dissect(frame))
            text += textwrap.indent(table.to_text(), INDENT) + "\n"
        return text

    def _more(self, frame: Frame, step: Step) -> Iterator[str]:
        """What the payload alone does not say: the words of a close code, the whole message."""
        if frame.opcode == Opcode.CLOSE and frame.length >= 2:
            code = ClosePayload.parse(frame.payload).code
            yield f": {code.phrase if isinstance(code, CloseCode) else close_code_words(code or 0)}"
        message = step.message
        if message is None:
            return
        if message.compressed or message.frames > 1:
            yield ", unpacked " if message.compressed else ", whole "
            yield data_words(message.data)
        if message.frames > 1:
            yield f" in {count(message.frames, 'frame')}"
        if self._handshake is not None and self._handshake.subprotocol == V1:
            try:
                kernel = KernelMessage.parse(message.data)
            except WslabError:
                return
            yield f", kernel message {preview(kernel.kind)} on {preview(kernel.channel)}"

    def _faults(self, findings: Iterable[Finding]) -> Iterator[MakeLine]:
        for finding in findings:
            if not finding.ok:
                said = visible(str(finding))
                yield f"{INDENT}BROKEN: {said}\n".__str__

    def _line(self, at: float, who: str, what: str, *more: str) -> MakeLine:
        def make() -> str:
            line = f"{self._began + at:9.3f} s {self._number:>3}  {who:<15}  {what:<12}"
            return "  ".join((line, *more)) + "\n"

        return make


def _raw(row: WireRow) -> bytes:
    assert isinstance(row.content, bytes)
    return row.content


def _target(asked: WireRow) -> str:
    """Method and target of a request: "GET /lab"."""
    line = redacted(_raw(asked)).partition(b"\n")[0].decode("latin-1")
    target = " ".join(line.split(" ")[:2])
    return visible(target[:MAX_TARGET_CHARACTERS]) + (
        " …" if len(target) > MAX_TARGET_CHARACTERS else ""
    )
