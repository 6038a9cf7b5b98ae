"""How a wss:// connection looks from outside: records, their lengths, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence

from wslab.display.markup import Document, Heading, Paragraph
from wslab.display.phrases import count, direction
from wslab.display.spans import Code, Line
from wslab.display.views.frames import add_frame_table
from wslab.protocol.frames import Side
from wslab.protocol.recording.tls_records import SentRecord

WHAT_IT_IS = (
    "A TLS connection, seen from outside: who sends, when, and how much. Whether it is WebSocket, "
    "and what it says, is encrypted."
)


def add_tls_records(document: Document, records: Sequence[SentRecord], times: bool = False) -> None:
    """The records as a table; a long middle is left out."""

    def cells(number: int) -> tuple[Line, ...]:
        sent = records[number]
        when = (f"{sent.at * 1000:,.1f} ms",) if times else ()
        return (
            direction(sent.sender),
            *when,
            sent.record.name,
            count(len(sent.record.content)),
            Code(sent.record.header.hex(" ")),
            sent.record.says,
        )

    columns = ("Direction", *(("At",) if times else ()), "Type", "Length", "Header", "It shows")
    sizes = [
        f"{count(len(mine), 'record')} from the {side.value}, with {count(sum(map(_length, mine)))}"
        for side in Side
        for mine in [[sent for sent in records if sent.sender is side]]
    ]
    document.add(
        Heading("The TLS records"),
        Paragraph(
            f"{sizes[0]}; {sizes[1]}. Five bytes of each can be read: the type, the version, and "
            "the length (RFC 8446 §5.1)."
        ),
    )
    add_frame_table(document, "The records, in order", columns, len(records), cells, unit="record")


def _length(sent: SentRecord) -> int:
    return len(sent.record.content)
