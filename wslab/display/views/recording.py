"""How one recorded connection looks: what it was, its handshake, its frames, who said what when."""

from __future__ import annotations

from collections.abc import Sequence

from wslab.display.markup import Details, Document, Figure, Heading, Paragraph, Table
from wslab.display.phrases import count, direction, preview
from wslab.display.pictures.exchange import exchange
from wslab.display.pictures.timeline import timeline
from wslab.display.spans import Code, Judgement, Line, hex_bytes
from wslab.display.views.findings import add_findings
from wslab.display.views.frames import (
    FRAME_COLUMNS,
    add_frame_table,
    chosen,
    frame_cells,
    part_view,
)
from wslab.display.views.handshake import add_heads, handshake_words
from wslab.display.views.tls import WHAT_IT_IS, add_tls_records
from wslab.errors import MalformedHandshake
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import ClosePayload, Opcode, Side
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.recording.recording import Ending, Recording, SentFrame
from wslab.protocol.redaction import redacted, redacted_text
from wslab.protocol.session import Message, Step

_ENDINGS = {
    "eof": "the {side} ended its half of TCP",
    "reset": "the {side} reset TCP",
    "cut": "the tap cut the connection while the {side} could still send",
    "refused": "the target could not be reached",
}


def recording_view(
    document: Document, recording: Recording, times: bool = False, redact: bool = True
) -> None:
    """Everything about one TCP connection, bounded in size however long it lasted."""
    handshake = recording.handshake
    frames = recording.frames()
    records = recording.tls_records()
    findings, again = recording.tally()
    document.add(
        Heading("A recording of one connection"),
        Paragraph(WHAT_IT_IS if records else _what_it_was(recording, handshake)),
        *([Paragraph(recording.note)] if recording.note else ()),
        Paragraph(_how_it_ended(recording, handshake, frames, redact)),
        Paragraph(_how_much(recording, frames)),
    )
    events = exchange(recording, redact)
    if events:
        picture = timeline(events, scale=False, times=times)
        document.add(Heading("Who said what, in order"), Figure(picture.svg, picture.text))
    if handshake is not None:
        document.add(Heading("The handshake"))
        heads = Document()
        add_heads(heads, handshake, redact)
        # Two long tables: beside frames they open on demand.
        document.add(*([Details("Show it byte by byte", heads.blocks)] if frames else heads.blocks))
    if records:
        add_tls_records(document, records, times)
    else:
        _add_loose_bytes(document, recording, handshake, redact)
    if frames:
        broken = {f.index for f in findings if not f.ok and f.index is not None}
        _add_frames(document, recording, frames, broken, times)
    for side in Side:
        if pending := recording.pending(side):
            document.add(Paragraph(f"The {side.value} began a frame and did not finish it:"))
            part_view(document, pending)
    if findings:
        document.add(Heading("The rules"))
        add_findings(document, findings, again)


def _what_it_was(recording: Recording, handshake: Handshake | None) -> Line:
    client, server = (recording.bytes_from(side) for side in Side)
    if handshake is not None:
        if handshake.upgraded:
            return "A WebSocket connection: the client asked, and the server agreed."
        asked = "websocket" in (
            token.lower() for token in handshake.request.headers.tokens("upgrade")
        )
        answer = handshake.response
        kind = "An upgrade that was refused" if answer else "An upgrade that was never answered"
        kind = kind if asked else "Plain HTTP; the client did not ask for WebSocket"
        return f"{kind}. {_odd_answer(server) or handshake_words(handshake)}"
    if not client and not server:
        return "An empty connection: neither side sent a byte."
    if not client:
        return "Only the server sent bytes; the client never sent a request."
    try:
        Request.parse(client)
    except MalformedHandshake as error:
        return f"Not HTTP, so not WebSocket either. {error}"
    return "The client began an HTTP request and never finished it."


def _odd_answer(server: bytes) -> str:
    """What is wrong with an answer that can never be HTTP; empty if it can."""
    try:
        Response.parse(server)
    except MalformedHandshake as error:
        return f"What the server sent is not HTTP. {error}"
    return ""


def _how_it_ended(
    recording: Recording,
    handshake: Handshake | None,
    frames: Sequence[SentFrame],
    redact: bool,
) -> str:
    closes = [sent for sent in frames if sent.frame.opcode == Opcode.CLOSE]
    said = []
    for sent in closes[:2]:
        code = ClosePayload.parse(sent.frame.payload).code
        with_code = "without a code" if code is None else f"with code {int(code)}"
        said.append(f"the {sent.sender.value} sent Close {with_code}")
    endings = recording.endings
    how = [ending_words(ending, redact) for ending in endings]
    if not said and not how:
        if recording.note:
            return "The recording does not show how it ended."
        return "The connection was still open at this moment."
    words = f"How it ended: {', then '.join(said + how)}."
    if not closes and handshake is not None and handshake.upgraded:
        words += " Neither side sent a Close frame, so a browser would report 1006."
    return words


def ending_words(ending: Ending, redact: bool) -> str:
    words = _ENDINGS[ending.how].format(side=ending.sender.value)
    shown = redacted_text(ending.detail) if redact else ending.detail  # it may quote a URL
    return f"{words} ({shown})" if shown else words


def _how_much(recording: Recording, frames: Sequence[SentFrame]) -> str:
    sentences = []
    for side in Side:
        mine = sum(sent.sender is side for sent in frames)
        also = f": its handshake and {count(mine, 'frame')}" if frames else ""
        size = count(recording.byte_count(side))
        sentences.append(f"The {side.value} sent {size}{also}.")
    words = " ".join(sentences)
    if recording.truncated:
        words += " The recording is truncated: later bytes were counted but not kept."
    return words


def _add_loose_bytes(
    document: Document, recording: Recording, handshake: Handshake | None, redact: bool
) -> None:
    """Bytes that are neither head nor frame: a body, garbage, an incomplete head."""
    if handshake is not None and handshake.upgraded:
        return
    rows = []
    for side in Side:
        head = None
        if handshake is not None:
            head = handshake.request if side is Side.CLIENT else handshake.response
        data = recording.bytes_from(side)[0 if head is None else len(head.encode()) :]
        if data:
            shown = redacted(data) if redact else data
            rows.append(
                (
                    direction(side),
                    count(len(data)),
                    Code(hex_bytes(shown, 32)),
                    Code(preview(shown[:400].decode("latin-1"), 200)),
                )
            )
    if rows:
        what = "What was sent" if handshake is None else "What was sent besides the heads"
        document.add(Table(what, ("Direction", "Size", "In hex", "As text"), rows))


def _add_frames(
    document: Document,
    recording: Recording,
    frames: Sequence[SentFrame],
    broken: set[int],
    times: bool,
) -> None:
    shown = set(chosen(len(frames), broken))  # to keep every unpacked message would take a lot
    unpacked = {
        step.index: step.message
        for step in (recording.steps() if any(sent.frame.rsv1 for sent in frames) else ())
        if step.index in shown and step.message is not None and step.message.compressed
    }

    def cells(number: int) -> tuple[Line, ...]:
        sent = frames[number]
        *most, last = frame_cells(sent.frame)
        if number in unpacked:
            last = (last, ", unpacked ", Code(data_words(unpacked[number].data)))
        when = (f"{sent.at * 1000:,.1f} ms",) if times else ()
        return (direction(sent.sender), *when, *most, last, Judgement(number not in broken))

    columns = ("Direction", *(("At",) if times else ()), *FRAME_COLUMNS, "Rules")
    document.add(Heading("The frames"))
    add_frame_table(document, "The frames, in order", columns, len(frames), cells, broken)


def data_words(data: str | bytes) -> str:
    """The beginning of a message."""
    return preview(data) if isinstance(data, str) else hex_bytes(data)


def message_view(document: Document, message: Message) -> None:
    """One message: what arrived, after its frames were joined."""
    kind = "text" if isinstance(message.data, str) else "binary"
    if message.opcode == Opcode.TEXT and isinstance(message.data, bytes):
        kind = "text that is not UTF-8"
    raw = message.data.encode() if isinstance(message.data, str) else message.data
    size = count(len(raw))
    packed = ", compressed on the way" if message.compressed else ""
    document.add(
        Heading(f"A message: {kind}, {size}"),
        Paragraph(f"{direction(message.sender)}, in {count(message.frames, 'frame')}{packed}."),
    )
    rows: list[tuple[Line, ...]] = [("bytes", Code(hex_bytes(raw, 64)))]
    if isinstance(message.data, str):
        rows.insert(0, ("text", Code(preview(message.data, 400))))
    document.add(Table("What it says", ("Seen as", "Data"), rows))


def steps_view(document: Document, steps: Sequence[Step]) -> None:
    """What each frame did to its sender's state, and which message it completed."""

    def cells(number: int) -> tuple[Line, ...]:
        step = steps[number]
        whole = "" if step.message is None else data_words(step.message.data)
        return (
            direction(step.sender),
            opcode_name(step.frame.opcode),
            f"{step.before.name} → {step.after.name}",
            Code(whole) if whole else "no message",
        )

    document.add(Heading(count(len(steps), "step")))
    columns = ("Direction", "Opcode", "State of the sender", "Message completed")
    add_frame_table(document, "What each frame meant", columns, len(steps), cells)
