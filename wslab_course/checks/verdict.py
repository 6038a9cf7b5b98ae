"""What a check says: a verdict that shows itself as text and as HTML.

Both views are made from the same few parts, so that they carry the same facts:
a title, rows of label and value, sentences, code. `display.markup` escapes every
one of them. The bytes are stable: no address, no time, no random choice.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Literal

from wslab.display.markup import TEXT_WIDTH, escape, visible
from wslab.display.style import STYLE

VerdictState = Literal["correct", "not yet", "not attempted"]

SYMBOLS: dict[VerdictState, str] = {"correct": "✓", "not yet": "✗", "not attempted": "○"}
COLOURS: dict[str, str] = {
    "correct": "var(--jp-success-color1, #388e3c)",
    "not yet": "var(--jp-error-color1, #d32f2f)",
}
PLAIN_COLOUR = "var(--jp-border-color1, #9e9e9e)"
WRAPS = 'style="white-space:normal;overflow-wrap:anywhere"'  # a narrow page cuts nothing off

BYTES_SHOWN = 16  # of one value; a longer one is shown around its first difference
TEXT_SHOWN = 300  # characters of any other value


@dataclass(frozen=True, repr=False)
class Notice:
    """A small block of facts for a notebook cell. Rows are code, or prose that may wrap."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    sentences: tuple[str, ...] = ()
    code: str = ""
    tone: str = ""
    prose: bool = False

    def __repr__(self) -> str:
        width = max((len(label) for label, _ in self.rows), default=0)
        lines = [self.title]
        for label, value in self.rows:
            first, *more = (
                _wrapped(value, TEXT_WIDTH - width - 4, 3) if self.prose else _lines(value)
            )
            lines.append(f"  {label:{width}}  {first}".rstrip())
            lines += [f"  {'':{width}}  {line}".rstrip() for line in more]
        for sentence in self.sentences:
            lines += [f"  {line}" for line in _wrapped(sentence, TEXT_WIDTH - 2)]
        lines += ["", *_lines(self.code)] if self.code else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = COLOURS.get(self.tone, PLAIN_COLOUR)
        parts = [
            f'<div class="wslab"><style>{STYLE}</style>',
            f'<div style="border-left:4px solid {colour};padding:.1em .8em">',
            f'<p class="wslab-p"><strong>{_html(self.title)}</strong></p>',
        ]
        if self.rows:
            rows = "".join(
                f'<tr><th scope="row">{_html(label)}</th>'
                f"<td {WRAPS}>{_prose(value) if self.prose else _code(value)}</td></tr>"
                for label, value in self.rows
            )
            parts.append(
                f'<table class="wslab-t" aria-label="{_html(self.title)}">'
                f"<tbody>{rows}</tbody></table>"
            )
        parts += [f'<p class="wslab-p">{_prose(sentence)}</p>' for sentence in self.sentences]
        if self.code:
            lines = "\n".join(map(escape, self.code.splitlines()))
            parts.append(f"<pre><code>{lines}</code></pre>")
        return "".join(parts) + "</div></div>"


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer to one check.

    ``state`` is "correct", "not yet" or "not attempted". The rest is empty unless
    it applies: the smallest failing ``call``, what was ``expected``, what it ``got``,
    the first ``difference``, one ``nudge``, what the learner ``printed``, and the
    ``next_step``.
    """

    name: str
    state: VerdictState
    nudge: str = ""
    call: str = ""
    expected: str = ""
    got: str = ""
    difference: str = ""
    printed: str = ""
    next_step: str = ""

    @property
    def correct(self) -> bool:
        return self.state == "correct"

    @property
    def card(self) -> Notice:
        """The parts that both views are made from."""
        rows = (
            ("call", self.call),
            ("expected", self.expected),
            ("got", self.got),
            ("difference", self.difference),
            ("you printed", self.printed),
        )
        return Notice(
            title=f"{SYMBOLS[self.state]} {self.name}: {self.state}",
            rows=tuple((label, value) for label, value in rows if value),
            sentences=tuple(part for part in (self.nudge, self.next_step) if part),
            tone=self.state,
        )

    def __repr__(self) -> str:
        return repr(self.card)

    def _repr_html_(self) -> str:
        return self.card._repr_html_()


class Verdicts(tuple[Verdict, ...]):
    """Several verdicts that show themselves one below the other."""

    __slots__ = ()

    @property
    def correct(self) -> bool:
        return all(verdict.correct for verdict in self)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))

    def _repr_html_(self) -> str:
        return "".join(verdict._repr_html_() for verdict in self)


def literal(value: object) -> str:
    """The value as Python that can be pasted into a cell; bytes in hex, long values cut."""
    if isinstance(value, bytes | bytearray):
        if not value or _is_text(value):
            return _plain(value)
        if len(value) <= 2 * BYTES_SHOWN:
            return f'{type(value).__name__}.fromhex("{value.hex(" ")}")'
        return f"<{len(value):,} bytes: {value[:8].hex(' ')} …>"
    if type(value) in (list, tuple):
        items = [literal(item) for item in value]  # type: ignore[attr-defined]
        if len(items) > 8:
            items = [*items[:8], f"… {len(items):,} items"]
        if type(value) is list:
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    return _plain(value)


def spell(value: object, around: int = 0) -> str:
    """The value as a row of a verdict: bytes in hex, from near position ``around``."""
    if isinstance(value, bytes | bytearray) and not _is_text(value):
        size = f"({len(value):,} byte{'' if len(value) == 1 else 's'})"
        start = max(around - 8, 0) if max(len(value), around) > BYTES_SHOWN else 0
        part = value[start : start + BYTES_SHOWN]
        before = f"… from byte {start:,}: " if start else ""
        after = " …" if start + len(part) < len(value) else ""
        return f"{before}{part.hex(' ')}{after} {size}".lstrip()
    return literal(value)


def _is_text(value: bytes | bytearray) -> bool:
    return b"\r\n" in value and all(32 <= byte < 127 or byte in b"\r\n\t" for byte in value)


def _plain(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)  # an address would differ in every run
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]} … {len(text):,} characters"


def _lines(text: str) -> list[str]:
    return [visible(line) for line in text.splitlines()] or [""]


def _wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines no wider than this; what follows a break is set in."""
    wrap = textwrap.TextWrapper(width, subsequent_indent=" " * indent, break_on_hyphens=False)
    return [part for line in _lines(text) for part in wrap.wrap(line)]


def _html(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))


def _code(text: str) -> str:
    return f'<code style="white-space:pre-wrap">{_html(text)}</code>'


def _prose(text: str) -> str:
    """A sentence in HTML: what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _html(text))
