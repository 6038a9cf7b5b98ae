"""How frames look: one in full, or many as rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from wslab.display.markup import Document, Figure, Heading, Paragraph, Table
from wslab.display.phrases import carries, count, direction, joined
from wslab.display.pictures.byte_map import byte_map, colour_of
from wslab.display.spans import Code, Key, Line, hex_bytes
from wslab.display.views.findings import add_findings
from wslab.protocol.dissect import Field, dissect, dissect_frame
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import Frame, FrameHeader, Side
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.frames import check_frame


def part_view(document: Document, data: bytes) -> None:
    """The beginning of an incomplete frame."""
    fields = dissect_frame(data)
    document.add(
        Heading(f"The beginning of a frame: {count(len(data))} so far"),
        Paragraph("The frame is incomplete. More bytes must arrive before it can be used."),
        _drawn(data, fields),
        field_table("Every bit that has arrived", data, fields),
    )


def frame_view(
    document: Document, frame: Frame, sender: Side | None = None, deflate: bool = False
) -> None:
    """One frame: its picture, every field, and the rules that one frame can keep or break."""
    data = frame.encode()
    head = len(data) - len(frame.masked_payload)
    parts = ["2 bytes that say what it is"]
    parts += [f"{frame.length_size} more for the length"] if frame.length_size else []
    parts += ["4 for the masking key"] if frame.mask else []
    parts += [f"{count(len(data) - head)} of payload" if len(data) > head else "no payload"]
    document.add(
        Heading(f"One frame: {opcode_name(frame.opcode)}, {count(len(data))}"),
        Paragraph((f"{_way(frame, sender)} On the wire: {joined(parts)}.",)),
        _drawn(frame),
        field_table("Every bit of the frame", data, dissect(frame)),
    )
    add_findings(document, _judge(frame, sender, deflate))


def header_view(
    document: Document, header: FrameHeader, sender: Side | None = None, deflate: bool = False
) -> None:
    """A header whose payload has not arrived."""
    data = header.encode()
    document.add(
        Heading(f"The header of a {opcode_name(header.opcode)} frame: {count(len(data))}"),
        Paragraph(f"{_way(header, sender)} A payload of {count(header.length)} follows."),
        _drawn(header),
        field_table("Every bit of the header", data, dissect(header)),
    )
    add_findings(document, _judge(header, sender, deflate))


def frames_view(
    document: Document, frames: Sequence[Frame], senders: Sequence[Side] | None = None
) -> None:
    """Many frames, one row each; `senders` says who sent them, if that is known."""

    def cells(number: int) -> tuple[Line, ...]:
        frame = frames[number]
        who = () if senders is None else (direction(senders[number]),)
        return (*who, *frame_cells(frame), "yes" if frame.mask else "no")

    columns = (*(() if senders is None else ("Direction",)), *FRAME_COLUMNS, "Masked")
    document.add(Heading(f"{count(len(frames), 'frame')}, {count(sum(map(len, frames)))}"))
    add_frame_table(document, "The frames in order", columns, len(frames), cells)


FIRST_FRAMES: Final = 40  # frames of a long list that are always shown
LAST_FRAMES: Final = 20
MAX_BROKEN_FRAMES: Final = 40  # and of the frames between them that break a rule


def chosen(total: int, broken: Iterable[int] = ()) -> list[int]:
    """The numbers of the frames to show, in order: first, last, and broken ones."""
    ends = {*range(min(FIRST_FRAMES, total)), *range(max(total - LAST_FRAMES, 0), total)}
    between = sorted(set(broken) - ends)
    shown = ends.union(between[:MAX_BROKEN_FRAMES])
    # A row that says "1 frame left out" is as long as that frame's row, so show the frame.
    alone = {number + 1 for number in shown if number + 2 in shown}
    return sorted(shown | alone)


def add_frame_table(
    document: Document,
    caption: str,
    columns: Sequence[str],
    total: int,
    cells: Callable[[int], tuple[Line, ...]],
    broken: Iterable[int] = (),
    unit: str = "frame",
) -> None:
    """A table of the chosen frames, with a row wherever it leaves frames out.

    `unit` is the word for what a row shows.
    """
    broken = set(broken)
    shown = chosen(total, broken)
    rows: list[tuple[Line, ...]] = []
    following = 0
    for number in (*shown, total):
        if number > following:
            left = count(number - following, unit) + " left out"
            rows.append(("…", left, *[""] * (len(columns) - 1)))
        if number < total:
            rows.append((str(number), *cells(number)))
        following = number + 1
    if len(shown) < total:
        words = (
            f"{len(shown):,} of {total:,} {unit}s are shown: "
            f"the first {FIRST_FRAMES}, the last {LAST_FRAMES}"
        )
        hidden = len(broken.difference(shown))
        if broken:
            words += f" and up to {MAX_BROKEN_FRAMES} between them that break a rule"
        if hidden:
            words += f"; {count(hidden, 'more broken frame')} left out"
        document.add(Paragraph(words + "."))
    wide = frozenset(n for n, name in enumerate(columns, 1) if name in LONG_COLUMNS)
    document.add(Table(caption, (unit.capitalize(), *columns), rows, bytes=wide))


LONG_COLUMNS: Final = {"It carries", "Message completed"}
FRAME_COLUMNS: Final = ("Opcode", "FIN", "Payload", "First bytes", "It carries")


def frame_cells(frame: Frame) -> tuple[Line, ...]:
    """The cells of one frame in a table of frames, in the order of FRAME_COLUMNS."""
    return (
        opcode_name(frame.opcode),
        "1, the last" if frame.fin else "0, more follow",
        count(len(frame.masked_payload)),
        Code(hex_bytes(frame.encode()[:8]) + (" …" if len(frame) > 8 else "")),
        carries(frame),
    )


def _way(frame: FrameHeader, sender: Side | None) -> str:
    if sender is None:
        masked = "masked, as client frames are" if frame.mask else "unmasked, as server frames are"
        return f"It is {masked}."
    return f"{direction(sender)}, {'masked' if frame.mask else 'not masked'}."


def _judge(frame: FrameHeader, sender: Side | None, deflate: bool) -> list[Finding]:
    """Check the rules on one frame; without a sender, masking cannot be judged."""
    guess = sender or (Side.CLIENT if frame.mask else Side.SERVER)
    findings = check_frame(frame, guess, deflate)
    if sender is not None:
        return findings
    return [replace(f, sender=None) for f in findings if not f.rule.startswith("masked-by")]


def _drawn(x: bytes | Frame | FrameHeader, fields: list[Field] | None = None) -> Figure:
    picture = byte_map(x, fields)
    return Figure(picture.svg, picture.text)


def field_table(caption: str, data: bytes, fields: Iterable[Field]) -> Table:
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
    columns = ("Field", "Where", "On the wire", "In plain words", "RFC")
    return Table(caption, columns, rows, prose=frozenset({3}), bytes=frozenset({2}))


def _where(field: Field) -> str:
    """In bytes and bits, both counted from 0; bit 0 is the first of its byte (RFC 6455 §5.2)."""
    first, last = field.start // 8, (field.end - 1) // 8
    if field.bits % 8 == 0:
        return f"byte {first:,}" if first == last else f"bytes {first:,}–{last:,}"
    start, end = field.start % 8, (field.end - 1) % 8
    return f"byte {first}, bit {start}" if start == end else f"byte {first}, bits {start}–{end}"


def _on_the_wire(field: Field, data: bytes) -> str:
    if field.bits % 8:
        return f"{int(field.value):0{field.bits}b}"
    return hex_bytes(field.raw(data), 32)
