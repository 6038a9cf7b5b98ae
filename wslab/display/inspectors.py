"""inspect(x): the one looking verb. Label, bytes, plain words, section of the RFC.

Rules of this file:

* Each type of `protocol` has one view, a function that adds blocks to a document. `register`
  adds one for a type of somebody else's.
* A view decides what to say; ``markup`` and ``spans`` decide how it looks, and escape.
* The result is the same for the same input: no clock, no address, no id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wslab.display.markup import Document, Heading, Paragraph, Table
from wslab.display.phrases import count, preview
from wslab.display.views.findings import add_findings
from wslab.display.views.frames import frame_view, frames_view, header_view, part_view
from wslab.display.views.handshake import handshake_view, head_view, headers_view
from wslab.display.views.recording import message_view, recording_view, steps_view
from wslab.display.views.rows import add_rows
from wslab.display.views.tls import add_tls_records
from wslab.errors import WslabError
from wslab.protocol.dissect import dissect, is_head
from wslab.protocol.frame_words import close_code_words
from wslab.protocol.frames import ClosePayload, Frame, FrameHeader, FrameReader, Side
from wslab.protocol.handshake import Handshake, Headers, Request, Response
from wslab.protocol.recording.recording import Recording, SentFrame
from wslab.protocol.recording.tls_records import SentRecord
from wslab.protocol.rules.findings import Finding
from wslab.protocol.session import Message, Step


@dataclass(frozen=True, slots=True)
class Inspection:
    """What `inspect` found: the same facts as `text` and as `html`."""

    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}


@dataclass(frozen=True, slots=True)
class InspectOptions:
    """What `inspect` was asked for beside the value; a view looks at what concerns it."""

    sender: Side | None
    deflate: bool
    times: bool
    redact: bool
    title: str


def inspect(
    x: object,
    *,
    sender: Side | None = None,
    deflate: bool = False,
    times: bool = False,
    redact: bool = True,
    title: str = "",
) -> Inspection:
    """Show what `x` is, byte by byte.

    `sender` says who sent a frame, so that its masking can be judged; `deflate`
    that permessage-deflate was agreed on, so that RSV1 may be set. A recording knows
    both. `times` adds the milliseconds to a recording, which differ on every run.
    `redact` hides cookies, credentials and tokens. `title` says what the rows of a list
    of dicts are about.

    For a type of your own, say what is to be shown: `inspect.register` (see `register`).

    Raises WslabError for anything that cannot be shown, and says what can.
    """
    options = InspectOptions(sender, deflate, times, redact, title)
    document = Document()
    for kind in type(x).__mro__:  # the class itself first, and then those that it is derived from
        if (view := _VIEWS.get(kind)) is not None:
            view(document, x, options)
            return Inspection(document.text, document.html)
    raise WslabError(
        f"inspect cannot show {type(x).__name__!r}; it shows bytes, a Frame, a FrameHeader, a "
        "Request, a Response, a Handshake, Headers, a Message, a ClosePayload, a Recording, and "
        "lists of frames, findings, steps or dicts. Pass one of these, for example "
        "inspect(tap.recording)."
    )


def _bytes(document: Document, x: bytes, options: InspectOptions) -> None:
    data = bytes(x)
    if is_head(data):
        head_view(document, data, options.redact)
        return
    dissect(data)  # refuses, with a reason, bytes that are not a frame
    reader = FrameReader()
    frames = reader.feed(data)
    if len(frames) == 1 and not reader.pending:
        frame_view(document, frames[0], options.sender, options.deflate)
    elif frames:
        frames_view(document, frames)
    if reader.pending:
        part_view(document, reader.pending)


def _close(document: Document, close: ClosePayload, options: InspectOptions) -> None:
    data = close.encode()
    document.add(Heading(f"What a Close frame says: {count(len(data))}"))
    rows = []
    if close.code is not None:
        code = int(close.code)
        rows.append(("close code", data[:2].hex(" "), f"{code}, {close_code_words(code)}"))
    elif close.reason_bytes:
        rows.append(("half a code", data.hex(" "), "one byte, where a close code has two"))
    else:
        document.add(Paragraph("Nothing: no code and no reason. The receiver reports 1005."))
    if close.code is not None and close.reason_bytes:
        rows.append(("reason", close.reason_bytes.hex(" "), preview(close.reason, 123)))
    if rows:
        document.add(Table("Its fields", ("Field", "On the wire", "In plain words"), rows))


def _sent_frame(document: Document, sent: SentFrame, options: InspectOptions) -> None:
    frame_view(document, sent.frame, sent.sender, options.deflate)


def _sent_frames(document: Document, items: Sequence[SentFrame], options: InspectOptions) -> None:
    frames_view(document, [sent.frame for sent in items], [sent.sender for sent in items])


def _list(document: Document, x: Sequence[object], options: InspectOptions) -> None:
    for kind, view in _LISTS:
        if x and all(isinstance(item, kind) for item in x):
            view(document, x, options)
            return
    kinds = ", ".join(sorted({type(item).__name__ for item in x})) or "nothing"
    raise WslabError(
        f"inspect was given a list of {kinds}; it shows lists of frames, of TLS records, of "
        "findings, of steps or of dicts, one kind at a time. Inspect the items one by one instead."
    )


View = Callable[[Document, Any, InspectOptions], None]

_LISTS: Final[tuple[tuple[type, View], ...]] = (
    (Frame, lambda document, x, options: frames_view(document, x)),
    (SentFrame, _sent_frames),
    (SentRecord, lambda document, x, options: add_tls_records(document, x, options.times)),
    (Finding, lambda document, x, options: add_findings(document, x)),
    (Step, lambda document, x, options: steps_view(document, x)),
    (dict, lambda document, x, options: add_rows(document, x, options.title)),
)

_VIEWS: Final[dict[type, View]] = {
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    Frame: lambda document, x, o: frame_view(document, x, o.sender, o.deflate),
    FrameHeader: lambda document, x, o: header_view(document, x, o.sender, o.deflate),
    SentFrame: _sent_frame,
    Request: lambda document, x, options: _bytes(document, x.encode(), options),
    Response: lambda document, x, options: _bytes(document, x.encode(), options),
    Handshake: lambda document, x, options: handshake_view(document, x, options.redact),
    Headers: lambda document, x, options: headers_view(document, x, options.redact),
    Recording: lambda document, x, o: recording_view(document, x, o.times, o.redact),
    Message: lambda document, x, options: message_view(document, x),
    ClosePayload: _close,
    Step: lambda document, x, options: steps_view(document, [x]),
    Finding: lambda document, x, options: add_findings(document, [x]),
    list: _list,
    tuple: _list,
}


def register(kind: type, view: View) -> None:
    """Let `inspect` show objects of the class `kind`, and of those derived from it, by `view`.

    The view adds blocks to a document: text and HTML are made of them, and every character
    is escaped there. Its third argument holds what `inspect` was asked for, such as `redact`::

        from wslab import inspect
        from wslab.display.markup import Heading, Paragraph

        def show_point(document, point, options):
            document.add(Heading("A point"))
            document.add(Paragraph(f"{point.x} to the right, {point.y} up"))

        inspect.register(Point, show_point)
        inspect(Point(1, 2))

    A class that has a view already, one of ours too, is given the new one. What a view
    raises, `inspect` raises.

    WslabError when `kind` is not a class, or `view` cannot be called.
    """
    if not isinstance(kind, type) or not callable(view):
        raise WslabError(
            f"inspect.register wants a class and a function; found {kind!r} and {view!r}; "
            "try inspect.register(Point, show_point)."
        )
    _VIEWS[kind] = view


inspect.register = register  # type: ignore[attr-defined]
