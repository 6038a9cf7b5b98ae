"""The picture of one direction: the messages over their frames, over the bytes, over the chunks.

Messages and frames are read from the joined bytes. Only the lowest row shows where the
bytes were cut on the way, and nothing above it changes if they are cut elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from wslab.display.phrases import count, preview
from wslab.display.pictures.canvas import Canvas, Picture
from wslab.display.spans import hex_bytes, line_text
from wslab.errors import WslabError
from wslab.protocol.dissect import is_head
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import Frame, FrameReader, Opcode, Side
from wslab.protocol.handshake import Deflate
from wslab.protocol.session import Session

_MAX_SPANS: Final = 400  # bytes in one picture
_LEFT_PX: Final = 84.0  # room for the names of the rows
_WIDTH_PX: Final = 620.0  # of the bytes
_MAX_BYTE_PX: Final = 40.0  # one byte at most
_MIN_DIGITS_PX: Final = 21.0  # a byte narrower than this has no room for its two digits
_ROW_PX: Final = 34.0
_TOPS: Final = {"message": 14.0, "frame": 62.0, "byte": 122.0, "chunk": 170.0}
_COLOURS: Final = {
    "message": "#43a047",
    "frame": "#1e88e5",
    "control": "#ef6c00",
    "chunk": "#8a8f98",
}


@dataclass(slots=True)
class _Span:
    """Something that lies over the bytes from `start` up to `end`."""

    start: int
    end: int
    words: str
    control: bool = False
    payload: int = 0  # where a frame's payload begins


@dataclass(slots=True)
class _Whole:
    """A message, complete or not: the frames that it lies over."""

    parts: list[_Span] = field(default_factory=list)
    words: str = "an incomplete message"


def message_map(chunks: Iterable[bytes], deflate: Deflate | None = None) -> Picture:
    """How the messages of one sender lie over frames, bytes and chunks.

    `chunks` are what single reads returned, in order, from the first byte of a frame on;
    `deflate` is what the handshake agreed on. A masked frame counts as the client's.

    Raises WslabError if there are no bytes or more than 400, or if they begin with an HTTP
    head.
    """
    pieces = [bytes(chunk) for chunk in chunks if chunk]
    data = b"".join(pieces)
    if not 0 < len(data) <= _MAX_SPANS:
        raise WslabError(
            f"a message map shows 1 to {_MAX_SPANS} bytes, found {len(data):,}; pass fewer chunks."
        )
    if is_head(data):
        raise WslabError(
            f"a message map begins with a frame, and {data[:16]!r} begins an HTTP head; "
            "pass the bytes that follow the blank line."
        )
    frames, messages = _read(data, deflate)
    cuts, at = [], 0
    for piece in pieces:
        cuts.append(_Span(at, at + len(piece), str(len(piece))))
        at += len(piece)
    twin = _text(data, messages, frames, cuts)
    pitch = min(_MAX_BYTE_PX, _WIDTH_PX / len(data))
    canvas = Canvas()
    for row, top in _TOPS.items():
        middle = top + (16 if row == "chunk" else 26 if row == "frame" else 22)
        canvas.text(_LEFT_PX - 12, middle, f"{row}s", 12, anchor="end", dim=True)
    for message in messages:
        _draw_message(canvas, message, pitch)
    for frame in frames:
        _draw_frame(canvas, frame, data, pitch)
    for cut in cuts:
        x, wide = _LEFT_PX + cut.start * pitch, (cut.end - cut.start) * pitch
        canvas.box(x + 1, _TOPS["chunk"], wide - 2, 24, _COLOURS["chunk"], 0.25, 1.2, 2)
        words = count(cut.end - cut.start)
        _write(canvas, x + wide / 2, _TOPS["chunk"] + 16, wide, words, cut.words, size=11)
    width = _LEFT_PX + len(data) * pitch + 14
    title = "Messages over frames over bytes over chunks"
    return Picture(canvas.svg(width, _TOPS["chunk"] + 36, title, twin), twin)


def _read(data: bytes, deflate: Deflate | None) -> tuple[list[_Span], list[_Whole]]:
    """The frames in the bytes, and the messages that lie over them."""
    session, spans, messages, at = Session(deflate), [], [], 0
    open_message: _Whole | None = None
    reader = FrameReader()
    for frame in reader.feed(data):
        control = frame.opcode >= Opcode.CLOSE
        end = at + len(frame)
        payload = end - len(frame.masked_payload)
        span = _Span(at, end, _frame_words(frame), control, payload)
        spans.append(span)
        at = end
        step = session.feed(Side.CLIENT if frame.mask else Side.SERVER, frame)
        if control:
            continue
        if open_message is None or frame.opcode != Opcode.CONTINUATION:
            open_message = _Whole()
            messages.append(open_message)
        open_message.parts.append(span)
        if step.message is not None:
            kind = opcode_name(step.message.opcode)
            open_message.words = f"{kind} {line_text(preview(step.message.data, 40))}"
        if frame.fin:
            open_message = None
    if reader.pending:
        end = at + len(reader.pending)
        spans.append(_Span(at, end, "an incomplete frame", payload=end))
    return spans, messages


def _frame_words(frame: Frame) -> str:
    more = ", RSV1 1" if frame.rsv1 else ""
    return f"{opcode_name(frame.opcode)}, FIN {int(frame.fin)}{more}"


def _draw_message(canvas: Canvas, message: _Whole, pitch: float) -> None:
    """One outline from the first byte to the last, filled where frames of this message lie."""
    top, colour = _TOPS["message"], _COLOURS["message"]
    first, last = message.parts[0].start, message.parts[-1].end
    x, wide = _LEFT_PX + first * pitch, (last - first) * pitch
    canvas.box(x + 1, top, wide - 2, _ROW_PX, colour, 0.06, 1.5)
    for part in message.parts:
        start, end = _LEFT_PX + part.start * pitch, _LEFT_PX + part.end * pitch
        canvas.box(start + 1, top, end - start - 2, _ROW_PX, colour, 0.25)
        canvas.path(f"M{(start + end) / 2:g} {top + _ROW_PX:g}V{_TOPS['frame']:g}", colour)
    short = message.words.partition(" ")[2]
    _write(canvas, x + wide / 2, top + 22, wide, message.words, short, size=13, bold=True)


def _draw_frame(canvas: Canvas, frame: _Span, data: bytes, pitch: float) -> None:
    """A frame, and under it its bytes: the header's plain, the payload's filled."""
    colour = _COLOURS["control" if frame.control else "frame"]
    x, wide = _LEFT_PX + frame.start * pitch, (frame.end - frame.start) * pitch
    top = _TOPS["frame"]
    canvas.box(x + 1, top, wide - 2, _ROW_PX + 8, colour, 0.2, 1.5)
    name, _, bits = frame.words.partition(", ")
    _write(canvas, x + wide / 2, top + 17, wide, name, f"{name[:4]}…", size=11.5, bold=True)
    _write(canvas, x + wide / 2, top + 33, wide, bits, "", size=11)
    top = _TOPS["byte"]
    canvas.box(x + 1, top, wide - 2, _ROW_PX, colour, 0.05, 1, 2)
    inside = _LEFT_PX + frame.payload * pitch
    if frame.payload < frame.end:
        canvas.box(inside, top, x + wide - 1 - inside, _ROW_PX, colour, 0.25, radius=0)
    if pitch >= _MIN_DIGITS_PX:
        for at in range(frame.start, frame.end):
            middle = _LEFT_PX + (at + 0.5) * pitch
            canvas.text(middle, top + 22, f"{data[at]:02x}", min(15, pitch / 2), mono=True)


def _write(
    canvas: Canvas,
    x: float,
    y: float,
    room: float,
    words: str,
    short: str,
    size: float,
    bold: bool = False,
) -> None:
    """The words if they fit, else the short ones, else nothing: the text twin has them all."""
    for candidate in (words, short):
        if candidate and len(candidate) * size * 0.6 < room - 2:
            canvas.text(x, y, candidate, size, bold=bold)
            return


def _text(data: bytes, messages: list[_Whole], frames: list[_Span], cuts: list[_Span]) -> str:
    rows = [
        (f"message {number}", ", ".join(map(_where, _joined(message.parts))), message.words)
        for number, message in enumerate(messages)
    ]
    rows += [
        (
            f"frame {number}",
            _where(frame),
            f"{hex_bytes(data[frame.start : frame.end], 16)}  {frame.words}",
        )
        for number, frame in enumerate(frames)
    ]
    rows += [
        (f"chunk {number}", _where(cut), count(cut.end - cut.start))
        for number, cut in enumerate(cuts)
    ]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c}" for a, b, c in rows)


def _where(span: _Span) -> str:
    last = span.end - 1
    return f"byte {last}" if span.start == last else f"bytes {span.start}–{last}"


def _joined(parts: list[_Span]) -> list[_Span]:
    """The same places, with adjacent ones merged."""
    joined: list[_Span] = []
    for part in parts:
        if joined and joined[-1].end == part.start:
            joined[-1] = _Span(joined[-1].start, part.end, "")
        else:
            joined.append(part)
    return joined
