"""How an opening handshake looks: line by line, with what each line does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wslab.display.markup import Document, Heading, Paragraph, Table
from wslab.display.phrases import direction
from wslab.display.spans import Line, RawBytes, hex_bytes
from wslab.display.views.findings import add_findings
from wslab.protocol.dissect import Field, dissect
from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake, Headers
from wslab.protocol.redaction import redacted
from wslab.protocol.rules.handshake import check_handshake


def head_view(document: Document, data: bytes, redact: bool = True) -> None:
    """One head, which may be cut short; any bytes after it are shown as they are."""
    whole = b"\r\n\r\n" in data or b"\n\n" in data
    side = "response" if data.startswith(b"HTTP/") else "request"
    document.add(Heading(f"An HTTP {side} head" + ("" if whole else ", cut short")))
    document.add(head_table(f"The {side}, line by line", data, redact))


def handshake_view(document: Document, handshake: Handshake, redact: bool = True) -> None:
    """Both heads line by line, and every rule checked on them."""
    document.add(Heading("An opening handshake"), Paragraph(handshake_words(handshake)))
    add_heads(document, handshake, redact)
    add_findings(document, check_handshake(handshake))


def add_heads(document: Document, handshake: Handshake, redact: bool = True) -> None:
    """The request, and the response if there is one."""
    request, response = handshake.request, handshake.response
    caption = f"The request, {direction(Side.CLIENT)}"
    document.add(head_table(caption, request.encode(), redact))
    if response is not None:
        caption = f"The response, {direction(Side.SERVER)}"
        document.add(head_table(caption, response.encode(), redact))


def handshake_words(handshake: Handshake) -> str:
    """How it ended, in a sentence or two."""
    if handshake.response is None:
        return "The client asked; no complete answer was seen."
    if handshake.upgraded:
        return "The client asked for WebSocket, and the server agreed: frames follow."
    answer = f"{handshake.response.status} {handshake.response.reason}".strip()
    return f"The server answered {answer}. Nothing was upgraded."


_SPACERS: Final = frozenset({"header name", "separator", "padding", "end of line"})


def head_table(caption: str, data: bytes, redact: bool = True) -> Table:
    """One row per fact; separators follow what they end, so that no byte is missing."""
    data = redacted(data) if redact else data
    rows: list[tuple[Line, ...]] = []
    for group in _head_groups(dissect(data)):
        fact = next((field for field in group if field.name not in _SPACERS), group[0])
        label = str(group[0].value) if group[0].name == "header name" else fact.name
        where = f"{group[0].start // 8}–{group[-1].end // 8 - 1}"
        rows.append(
            (label, where, RawBytes([_wire_part(field) for field in group]), fact.meaning, fact.rfc)
        )
    columns = ("Part", "Bytes", "On the wire", "In plain words", "RFC")
    return Table(caption, columns, rows, prose=frozenset({3}), bytes=frozenset({2}))


def _head_groups(fields: Iterable[Field]) -> Iterator[list[Field]]:
    """The fields of each row: a part of the start line, or one header line."""
    group: list[Field] = []
    for field in fields:
        group.append(field)
        in_header = group[0].name == "header name"
        if field.name.startswith("end of") or (field.name == "separator" and not in_header):
            yield group
            group = []
    if group:
        yield group


_PALE: Final = frozenset({"separator", "padding", "end of line", "end of head"})


def _wire_part(field: Field) -> tuple[str, bool]:
    text = hex_bytes(field.value, 32) if isinstance(field.value, bytes) else str(field.value)
    return text, field.name in _PALE


def headers_view(document: Document, headers: Headers, redact: bool = True) -> None:
    """Header lines without their start line."""
    document.add(Heading(f"{len(headers)} headers"))
    head = b"GET / HTTP/1.1\r\n" + headers.encode() + b"\r\n"
    table = head_table("The headers, line by line", head, redact)
    document.add(Table(table.caption, table.columns, table.rows[3:-1], table.prose, table.bytes))
