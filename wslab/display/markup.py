"""One document, shown as text and as HTML.

Rules of this file:

* Blocks hold facts. Each renders them twice, so text and HTML cannot drift.
* What stands in them are lines of `spans`, which escape.
* The HTML reads as plain headings and tables where styles are stripped. A
  drawing then stays hidden, and its text twin takes its place.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from wslab.display.spans import Line, escape, line_html, line_text, visible
from wslab.display.style import STYLE

TEXT_WIDTH: Final = 110  # characters in a line of the text form, where names leave room
_MIN_PROSE_CHARACTERS: Final = 24  # no column of sentences gets narrower
_MAX_NAME_CHARACTERS: Final = 40  # and no column of names wider


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows."""

    line: Line

    def to_text(self) -> str:
        return line_text(self.line)

    def to_html(self) -> str:
        title = f"<strong>{line_html(self.line)}</strong>"
        return f'<div class="wslab-h" role="heading" aria-level="4">{title}</div>'


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences."""

    line: Line

    def to_text(self) -> str:
        return _wrap(line_text(self.line), TEXT_WIDTH)

    def to_html(self) -> str:
        return f'<p class="wslab-p">{line_html(self.line)}</p>'


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Source code, line by line; in the text form below an empty line."""

    code: str

    def to_text(self) -> str:
        return "\n".join(["", *map(visible, self.code.splitlines())])

    def to_html(self) -> str:
        lines = "\n".join(map(escape, self.code.splitlines()))
        return f"<pre><code>{lines}</code></pre>"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels, each with the lines that belong to it. `title` is read aloud only."""

    title: str
    rows: Sequence[tuple[str, Sequence[Line]]]

    def to_text(self) -> str:
        width = min(
            max((len(visible(label)) for label, _ in self.rows), default=0), _MAX_NAME_CHARACTERS
        )
        return "\n".join(
            row.removeprefix("  ")
            for label, value in self.rows
            for at, line in enumerate(value)
            for row in _text_row(
                ("" if at else visible(label), line_text(line)),
                (width or 1, TEXT_WIDTH - width - 4),
            )
        )

    def to_html(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{escape(label)}</th>'
            f'<td class="wslab-facts">{"<br>".join(map(line_html, value))}</td></tr>\n'
            for label, value in self.rows
        )
        title = escape(self.title)
        return f'<table class="wslab-t" aria-label="{title}"><tbody>{rows}</tbody></table>'


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns. The first cell of a row is its header.

    `prose` are the numbers of the columns that hold sentences, `bytes` those that
    hold wire bytes, which may be long; only these wrap.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Line]]
    prose: frozenset[int] = frozenset()
    bytes: frozenset[int] = frozenset()

    def to_text(self) -> str:
        cells = [list(map(visible, self.columns))] + [
            [line_text(cell) for cell in row] for row in self.rows
        ]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        widths = _fit(widths, self.prose | self.bytes)
        lines = [visible(self.caption)]
        for number, row in enumerate(cells):
            lines += _text_row(row, widths)
            if number == 0:
                lines.append("  " + "  ".join("-" * width for width in widths))
        return "\n".join(lines)

    def to_html(self) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>"
            + "".join(self._cell(number, cell) for number, cell in enumerate(row))
            + "</tr>\n"
            for row in self.rows
        )
        caption = escape(self.caption)
        return (
            f'<div class="wslab-scroll" role="region" tabindex="0" aria-label="{caption}">'
            f'<table class="wslab-t"><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n'
            f"<tbody>{body}</tbody></table></div>"
        )

    def _cell(self, number: int, cell: Line) -> str:
        tag = 'th scope="row"' if number == 0 else "td"
        kind = "prose" if number in self.prose else "bytes" if number in self.bytes else "nw"
        html_class = f' class="wslab-{kind}"'
        return f"<{tag}{html_class}>{line_html(cell)}</{tag[:2]}>"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and its text twin. `svg` is trusted: whoever draws has escaped."""

    svg: str
    twin: str

    def to_text(self) -> str:
        return self.twin

    def to_html(self) -> str:
        # Where styles are stripped, drawings are too, and leave their words
        # behind in one heap. `hidden` hides the heap there; our style shows the
        # drawing, and hides the twin, everywhere else.
        return (
            f'<div class="wslab-drawing" hidden>{self.svg}</div>'
            f'<pre class="wslab-twin">{html.escape(self.twin)}</pre>'
        )


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that open on demand; the text form always shows them."""

    summary: Line
    blocks: Sequence[Block]

    def to_text(self) -> str:
        return "\n".join([line_text(self.summary), *(block.to_text() for block in self.blocks)])

    def to_html(self) -> str:
        inner = "\n".join(block.to_html() for block in self.blocks)
        return f"<details><summary>{line_html(self.summary)}</summary>\n{inner}</details>"


Block = Heading | Paragraph | Preformatted | Facts | Table | Figure | Details


@dataclass(slots=True, repr=False)
class Document:
    """Blocks in reading order.

    With an `edge`, a colour of CSS, it is a short notice: what follows its title is set in.
    """

    blocks: list[Block] = field(default_factory=list)
    edge: str = ""

    def add(self, *blocks: Block) -> Document:
        """Append blocks; returns the document."""
        self.blocks += blocks
        return self

    @property
    def text(self) -> str:
        """The document for a terminal."""
        parts = [block.to_text() for block in self.blocks]
        if self.edge:
            return "\n".join(parts[:1] + [textwrap.indent(part, "  ") for part in parts[1:]])
        return "\n\n".join(parts)

    @property
    def html(self) -> str:
        """One self-contained fragment: no script, and nothing from outside."""
        inner = "\n".join(block.to_html() for block in self.blocks)
        edge = f' wslab-edge" style="border-color:{self.edge}' if self.edge else ""
        return f'<div class="wslab{edge}"><style>{STYLE}</style>\n{inner}\n</div>'

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def _wrap(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False)) or text


def _fit(widths: list[int], elastic: frozenset[int]) -> list[int]:
    """Narrow the columns that may wrap until a row fits TEXT_WIDTH, or they are narrow enough."""
    widths = [
        max(width, 1) if column in elastic else min(max(width, 1), _MAX_NAME_CHARACTERS)
        for column, width in enumerate(widths)
    ]
    while elastic and sum(widths) + 2 * len(widths) > TEXT_WIDTH:
        widest = max(sorted(elastic), key=lambda column: widths[column])
        if widths[widest] <= _MIN_PROSE_CHARACTERS:
            break
        widths[widest] -= 1
    return widths


def _text_row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, width, break_on_hyphens=False, drop_whitespace=True) or [""]
        for cell, width in zip(row, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    return [
        "  "
        + "  ".join(
            (cell[n] if n < len(cell) else "").ljust(width)
            for cell, width in zip(wrapped, widths, strict=True)
        ).rstrip()
        for n in range(height)
    ]
