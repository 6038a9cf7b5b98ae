"""What a check says: a verdict that shows itself as text and as HTML.

Both views are one document of `display.markup`, so they carry the same facts, escaped:
a title, rows of label and value, sentences, code. The bytes are stable: no address, no
time, no random choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from wslab.display import spans
from wslab.display.markup import Document, Facts, Heading, Paragraph, Preformatted
from wslab.display.spans import Code, Line

VerdictState = Literal["correct", "not yet", "not attempted"]

SYMBOLS: dict[VerdictState, str] = {"correct": "✓", "not yet": "✗", "not attempted": "○"}
COLOURS: dict[str, str] = {
    "correct": "var(--jp-success-color1, #388e3c)",
    "not yet": "var(--jp-error-color1, #d32f2f)",
}
PLAIN_COLOUR = "var(--jp-border-color1, #9e9e9e)"

MAX_BYTES_SHOWN = 16  # of one value; a longer one is shown around its first difference
MAX_VALUE_CHARACTERS = 300  # characters of any other value


def notice(
    title: str,
    rows: Iterable[tuple[str, str]] = (),
    sentences: Iterable[str] = (),
    code: str = "",
    tone: str = "",
    prose: bool = False,
) -> Document:
    """A few facts for a notebook cell; empty ones are left out. Rows are code, or prose."""
    line_of: Callable[[str], Line] = spans.prose if prose else Code
    facts = [(label, list(map(line_of, value.splitlines()))) for label, value in rows]
    facts = [fact for fact in facts if fact[1]]
    document = Document([Heading(title)], edge=COLOURS.get(tone, PLAIN_COLOUR))
    if facts:
        document.add(Facts(title, facts))
    for sentence in sentences:
        document.add(*(Paragraph(spans.prose(line)) for line in sentence.splitlines()))
    return document.add(Preformatted(code)) if code else document


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
    def document(self) -> Document:
        """What both views are made from."""
        return self._notice(
            ("call", self.call),
            ("expected", self.expected),
            ("got", self.got),
            ("difference", self.difference),
            ("you printed", self.printed),
        )

    def _notice(self, *rows: tuple[str, str], prose: bool = False) -> Document:
        title = f"{SYMBOLS[self.state]} {self.name}: {self.state}"
        return notice(title, rows, (self.nudge, self.next_step), tone=self.state, prose=prose)

    def __repr__(self) -> str:
        return self.document.text

    def _repr_html_(self) -> str:
        return self.document.html


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
        if len(value) <= 2 * MAX_BYTES_SHOWN:
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
        start = max(around - 8, 0) if max(len(value), around) > MAX_BYTES_SHOWN else 0
        part = value[start : start + MAX_BYTES_SHOWN]
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
    if len(text) > MAX_VALUE_CHARACTERS:
        text = f"{text[:MAX_VALUE_CHARACTERS]} … {len(text):,} characters"
    return text
