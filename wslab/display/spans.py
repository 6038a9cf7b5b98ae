"""What stands inside a line, as text and as HTML; and how a character gets there.

Rules of this file:

* `escape` is the only way for a character to reach HTML, and `visible` the only
  way for bytes of a stranger to reach either form: control characters,
  direction overrides and lone surrogates come out as escapes that can be read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass


def visible(text: str) -> str:
    """The text with every character that cannot be seen, or that moves others, as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def escape(text: str) -> str:
    """The text made safe for HTML and SVG, in elements and in quoted attributes."""
    return html.escape(visible(text), quote=True)


def hex_bytes(data: bytes, limit: int = 16) -> str:
    """Bytes as pairs of hex digits; what does not fit is counted."""
    if len(data) <= limit:
        return data.hex(" ")
    return f"{data[:limit].hex(' ')} … {len(data) - limit:,} more"


@dataclass(frozen=True, slots=True)
class Code:
    """Text as it stands on the wire, in a fixed-width face.

    Inside a sentence it has `ticks` in the text form, which has no such face.
    """

    code: str
    ticks: bool = False

    @property
    def text(self) -> str:
        return f"`{visible(self.code)}`" if self.ticks else visible(self.code)

    @property
    def html(self) -> str:
        return f"<code><bdi>{escape(self.code)}</bdi></code>"


@dataclass(frozen=True, slots=True)
class RawBytes:
    """Text from the wire in parts; those that only separate the others are pale."""

    parts: Sequence[tuple[str, bool]]  # what it is, and does it only separate?

    @property
    def text(self) -> str:
        return "".join(visible(part) for part, _ in self.parts)

    @property
    def html(self) -> str:
        inner = "".join(
            f'<span class="wslab-dim">{escape(part)}</span>' if pale else escape(part)
            for part, pale in self.parts
        )
        return f"<code><bdi>{inner}</bdi></code>"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Passed or broken: in words first, in colour as well."""

    ok: bool

    @property
    def text(self) -> str:
        return "passed" if self.ok else "BROKEN"

    @property
    def html(self) -> str:
        return f'<strong class="wslab-{"ok" if self.ok else "bad"}">{self.text}</strong>'


@dataclass(frozen=True, slots=True)
class Key:
    """A label with the colour that the drawing above gives to it."""

    label: str
    colour: str

    @property
    def text(self) -> str:
        return visible(self.label)

    @property
    def html(self) -> str:
        chip = f'<span class="wslab-key" style="color:{self.colour};background:{self.colour}">'
        return f"{chip}</span>{escape(self.label)}"


Span = str | Code | RawBytes | Judgement | Key
Line = Span | tuple["Line", ...]


def line_text(line: Line) -> str:
    """The line without any mark-up."""
    if isinstance(line, tuple):
        return "".join(map(line_text, line))
    return visible(line) if isinstance(line, str) else line.text


def line_html(line: Line) -> str:
    """The line as HTML."""
    if isinstance(line, tuple):
        return "".join(map(line_html, line))
    return escape(line) if isinstance(line, str) else line.html


def prose(text: str) -> Line:
    """A sentence in which what stands between backticks is code."""
    parts = re.split(r"`([^`]+)`", text)
    return tuple(Code(part, ticks=True) if at % 2 else part for at, part in enumerate(parts))
