"""inspect(x): the one looking verb. Label, bytes, plain words, section of the RFC.

Rules of this file:

* Each type of `protocol` has one view, a function that adds blocks to a document.
* A view decides what to say; ``markup`` decides how it looks, and escapes.
* The result is the same bytes for the same input: no clock, no address, no id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wslab.display.markup import Code, Details, Document, Figure, Heading, Key, Line, Paragraph
from wslab.display.markup import Table, Verdict, hex_bytes
from wslab.display.pictures import byte_map, colour_of
from wslab.errors import WslabError
from wslab.protocol.dissect import Field, dissect, is_head, opcode_name
from wslab.protocol.findings import Finding
from wslab.protocol.frames import Frame, FrameHeader, FrameReader, Opcode, Side
from wslab.protocol.handshake import Handshake, Headers, Request, Response
from wslab.protocol.redaction import redacted
from wslab.protocol.rules import check_frame, check_handshake


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
class _Options:
    sender: Side | None
    times: bool
    redact: bool


def inspect(
    x: object, *, sender: Side | None = None, times: bool = False, redact: bool = True
) -> Inspection:
    """Show what `x` is, byte by byte.

    `sender` says who sent a frame, so that its masking can be judged. `times` adds
    the milliseconds to a recording. `redact` hides cookies, credentials and tokens.

    Raises WslabError for anything that cannot be shown, and says what can.
    """
    options = _Options(sender, times, redact)
    document = Document()
    for kind, view in _VIEWS.items():
        if isinstance(x, kind):
            view(document, x, options)
            return Inspection(document.text, document.html)
    raise WslabError(
        f"inspect cannot show {type(x).__name__!r}; it shows bytes, a Frame or a list of frames, "
        "a Request, a Response, a Handshake, Headers, a Message, a ClosePayload, findings, steps "
        "and a Recording. Pass one of these, for example inspect(tap.recording)."
    )


# --- frames -----------------------------------------------------------------


def _bytes_view(document: Document, data: bytes, options: _Options) -> None:
    data = bytes(data)
    if is_head(data):
        _head_view(document, data, options)
        return
    fields = dissect(data)  # says what is wrong with bytes that are no frame
    reader = FrameReader()
    frames = reader.feed(data)
    if len(frames) == 1 and not reader.pending:
        _frame_view(document, frames[0], options)
    elif frames:
        _frames_view(document, frames, options)
        if reader.pending:
            _part_view(document, reader.pending, dissect(reader.pending))
    else:
        _part_view(document, data, fields)


def _part_view(document: Document, data: bytes, fields: list[Field]) -> None:
    document.add(
        Heading(f"The beginning of a frame: {_count(len(data))} so far"),
        Paragraph("The frame is not whole. More bytes must arrive before it can be used."),
        _drawn(data),
        _field_table("Every bit that is here", data, fields),
    )


def _frame_view(document: Document, frame: Frame, options: _Options) -> None:
    data = frame.encode()
    head = len(data) - len(frame.masked_payload)
    parts = ["2 bytes that say what it is"]
    parts += [f"{frame.length_size} more for the length"] if frame.length_size else []
    parts += ["4 for the masking key"] if frame.mask else []
    parts += [f"{_count(len(data) - head)} of payload"]
    document.add(
        Heading(f"One frame: {opcode_name(frame.opcode)}, {_count(len(data))}"),
        Paragraph((f"{_way(frame, options.sender)} On the wire: {_and(parts)}.",)),
        _drawn(frame),
        _field_table("Every bit of the frame", data, dissect(frame)),
    )
    _add_findings(document, _judge(frame, options.sender))


def _header_view(document: Document, header: FrameHeader, options: _Options) -> None:
    data = header.encode()
    document.add(
        Heading(f"The header of a {opcode_name(header.opcode)} frame: {_count(len(data))}"),
        Paragraph(
            f"{_way(header, options.sender)} A payload of {_count(header.length)} is to follow."
        ),
        _drawn(header),
        _field_table("Every bit of the header", data, dissect(header)),
    )
    _add_findings(document, _judge(header, options.sender))


def _frames_view(document: Document, frames: Sequence[Frame], options: _Options) -> None:
    rows = [
        (str(number), *_frame_cells(frame), "yes" if frame.mask else "no")
        for number, frame in enumerate(frames)
    ]
    total = sum(map(len, frames))
    document.add(
        Heading(f"{len(frames):,} frames, {_count(total)}"),
        Table("The frames in order", ("Frame", *_FRAME_COLUMNS, "Masked"), rows, frozenset({0, 1})),
    )


_FRAME_COLUMNS: Final = ("Opcode", "Last of its message", "Payload", "First bytes", "It carries")


def _frame_cells(frame: Frame) -> tuple[Line, ...]:
    """The cells of one frame in a table of frames, in the order of _FRAME_COLUMNS."""
    return (
        opcode_name(frame.opcode),
        "yes" if frame.fin else "no, more follow",
        _count(len(frame.masked_payload)),
        Code(hex_bytes(frame.encode()[:8]) + (" …" if len(frame) > 8 else "")),
        _carries(frame),
    )


def _carries(frame: Frame) -> Line:
    """The payload in a few words."""
    payload = frame.payload
    if frame.rsv1:
        return f"{_count(len(payload))}, compressed"
    fields = dissect(Frame(frame.opcode, payload, fin=frame.fin))
    for field in fields:
        if field.name == "close code":
            reason = next((f.value for f in fields if f.name == "reason"), b"")
            words = f"{field.value}, {field.meaning.partition(':')[0]}"
            return (words, *((", ", Code(_preview(reason))) if reason else ()))
    if not payload:
        return "nothing"
    if frame.opcode == Opcode.BINARY:
        return Code(hex_bytes(payload[:12]) + (" …" if len(payload) > 12 else ""))
    return Code(_preview(payload))


def _preview(data: bytes | str, limit: int = 48) -> str:
    text = data if isinstance(data, str) else data[: 4 * limit].decode(errors="replace")
    return f'"{text[:limit]}"' + (" …" if len(text) > limit or len(data) > 4 * limit else "")


def _way(frame: FrameHeader, sender: Side | None) -> str:
    if sender is None:
        masked = "masked, as a client sends" if frame.mask else "unmasked, as a server sends"
        return f"It is {masked}."
    return f"{_direction(sender)}, {'masked' if frame.mask else 'not masked'}."


def _direction(sender: Side) -> str:
    return f"{sender.value} → {sender.peer.value}"


def _judge(frame: FrameHeader, sender: Side | None) -> list[Finding]:
    """Hold the rules against one frame; without a sender, masking cannot be judged."""
    guess = sender or (Side.CLIENT if frame.mask else Side.SERVER)
    findings = check_frame(frame, guess, deflate=frame.rsv1)
    return findings if sender else [f for f in findings if "mask" not in f.rule]


def _drawn(x: bytes | Frame | FrameHeader) -> Figure:
    picture = byte_map(x)
    return Figure(picture.svg, picture.text)


def _field_table(caption: str, data: bytes, fields: Iterable[Field]) -> Table:
    rows = [
        (
            Key(field.name, colour_of(field.name)),
            _where(field),
            Code(_on_the_wire(field, data)),
            field.meaning,
            field.rfc,
        )
        for field in fields
    ]
    columns = ("Field", "Where", "On the wire", "In plain words", "Rule")
    return Table(caption, columns, rows, frozenset({0, 1, 4}))


def _where(field: Field) -> str:
    """In bytes and bits, both counted from 0; bit 0 is the first of its byte (RFC 6455 §5.2)."""
    first, last = field.start // 8, (field.end - 1) // 8
    if field.bits % 8 == 0:
        return f"byte {first}" if first == last else f"bytes {first}–{last}"
    start, end = field.start % 8, (field.end - 1) % 8
    return f"byte {first}, bit {start}" if start == end else f"byte {first}, bits {start}–{end}"


def _on_the_wire(field: Field, data: bytes) -> str:
    if field.bits % 8:
        return f"{int(field.value):0{field.bits}b}"
    return hex_bytes(field.raw(data), 32)


# --- handshakes ---------------------------------------------------------------


def _head_view(document: Document, data: bytes, options: _Options) -> None:
    whole = b"\r\n\r\n" in data or b"\n\n" in data
    side = "response" if data.startswith(b"HTTP/") else "request"
    document.add(Heading(f"An HTTP {side} head" + ("" if whole else ", cut short")))
    document.add(_head_table(f"The {side}, line by line", data, options))


def _request_view(document: Document, request: Request, options: _Options) -> None:
    _head_view(document, request.encode(), options)


def _response_view(document: Document, response: Response, options: _Options) -> None:
    _head_view(document, response.encode(), options)


def _handshake_view(document: Document, handshake: Handshake, options: _Options) -> None:
    response = handshake.response
    document.add(Heading("An opening handshake"))
    document.add(Paragraph(_handshake_words(handshake)))
    caption = f"The request, {_direction(Side.CLIENT)}"
    document.add(_head_table(caption, handshake.request.encode(), options))
    if response is not None:
        caption = f"The response, {_direction(Side.SERVER)}"
        document.add(_head_table(caption, response.encode(), options))
    _add_findings(document, check_handshake(handshake))


def _handshake_words(handshake: Handshake) -> str:
    if handshake.response is None:
        return "The client asked; no whole answer was seen."
    if handshake.upgraded:
        return "The client asked for WebSocket, and the server agreed: frames follow."
    answer = f"{handshake.response.status} {handshake.response.reason}".strip()
    return f"The server answered {answer}. Nothing was upgraded."


_SPACERS: Final = frozenset({"header name", "separator", "padding", "end of line"})


def _head_table(caption: str, data: bytes, options: _Options) -> Table:
    """One row a fact; separators stand behind what they end, so that no byte is missing."""
    data = redacted(data) if options.redact else data
    rows: list[tuple[Line, ...]] = []
    for group in _head_groups(dissect(data)):
        fact = next((field for field in group if field.name not in _SPACERS), group[0])
        label = str(group[0].value) if group[0].name == "header name" else fact.name
        where = f"{group[0].start // 8}–{group[-1].end // 8 - 1}"
        rows.append((label, where, tuple(map(_wire_span, group)), fact.meaning, fact.rfc))
    columns = ("Part", "Bytes", "On the wire", "In plain words", "Rule")
    return Table(caption, columns, rows, frozenset({0, 1, 4}))


def _head_groups(fields: Iterable[Field]) -> Iterator[list[Field]]:
    """The fields of one row each: a part of the start line, or one header line."""
    group: list[Field] = []
    for field in fields:
        group.append(field)
        in_header = group[0].name == "header name"
        if field.name.startswith("end of") or (field.name == "separator" and not in_header):
            yield group
            group = []
    if group:
        yield group


def _wire_span(field: Field) -> Code:
    if isinstance(field.value, bytes):
        return Code(hex_bytes(field.value, 32))
    return Code(
        str(field.value), dim=field.name in ("separator", "padding") or "end of" in field.name
    )


def _headers_view(document: Document, headers: Headers, options: _Options) -> None:
    document.add(Heading(f"{len(headers)} headers"))
    head = b"GET / HTTP/1.1\r\n" + headers.encode() + b"\r\n"
    table = _head_table("The headers, line by line", head, options)
    document.add(Table(table.caption, table.columns, table.rows[3:-1], table.tight))


# --- findings -----------------------------------------------------------------


def _findings_view(document: Document, findings: Sequence[Finding], options: _Options) -> None:
    _add_findings(document, findings)


def _add_findings(document: Document, findings: Sequence[Finding]) -> None:
    """Broken rules first, each in full; the passed ones behind them, counted."""
    broken = [finding for finding in findings if not finding.ok]
    passed = [finding for finding in findings if finding.ok]
    if not findings:
        return
    count = f"{len(broken):,} of {len(findings):,} rules {'is' if len(broken) == 1 else 'are'}"
    if broken:
        document.add(Paragraph((Verdict(False), f" {count} BROKEN.")))
        document.add(_findings_table("What breaks the rules", broken))
    else:
        document.add(Paragraph((Verdict(True), f" All {len(findings):,} checks passed.")))
    if passed:
        table = _findings_table("What keeps to the rules", passed)
        document.add(Details(f"The {len(passed):,} checks that passed", [table]))


def _findings_table(caption: str, findings: Iterable[Finding]) -> Table:
    rows = [
        (
            finding.rule,
            Verdict(finding.ok),
            finding.says,
            finding.found,
            _who(finding),
            "" if finding.ok or not finding.close_code else f"close code {int(finding.close_code)}",
            finding.rfc,
        )
        for finding in findings
    ]
    columns = ("Rule", "Verdict", "What it wants", "What was found", "Who", "Answer", "Where")
    return Table(caption, columns, rows, frozenset({0, 1, 6}))


def _who(finding: Finding) -> str:
    where = "" if finding.index is None else f"frame {finding.index}"
    who = "" if finding.sender is None else finding.sender.value
    return ", ".join(filter(None, (who, where)))


def _count(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"


def _and(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _sequence_view(document: Document, items: Sequence[object], options: _Options) -> None:
    items = list(items)
    for kind, view in _SEQUENCES.items():
        if items and all(isinstance(item, kind) for item in items):
            view(document, items, options)
            return
    kinds = ", ".join(sorted({type(item).__name__ for item in items})) or "nothing"
    raise WslabError(
        f"inspect was given a list of {kinds}; it shows lists of frames, of findings or of steps, "
        "one kind at a time. Inspect the items one by one instead."
    )


_View = Callable[[Document, Any, _Options], None]

_SEQUENCES: Final[dict[type, _View]] = {
    Frame: _frames_view,
    Finding: _findings_view,
}

_VIEWS: Final[dict[type | tuple[type, ...], _View]] = {
    (bytes, bytearray, memoryview): _bytes_view,
    Frame: _frame_view,
    FrameHeader: _header_view,
    Request: _request_view,
    Response: _response_view,
    Handshake: _handshake_view,
    Headers: _headers_view,
    (list, tuple): _sequence_view,
}
