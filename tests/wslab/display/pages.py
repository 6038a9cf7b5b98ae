"""Reads a fragment as strictly as a browser is lenient."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = {"br", "hr", "img", "input", "meta", "link"}
ALLOWED = {
    *("div", "span", "p", "br", "style", "strong", "code", "bdi", "pre", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "title", "desc", "rect", "path", "text"),
}
CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Page(HTMLParser):
    """The elements of a fragment. Fails on a tag that is not closed, or not ours.

    `facts` are the texts that a reader sees, in order; `drawn` those inside a
    drawing; `cells` the texts of table cells, captions and summaries, whole.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self.facts: list[str] = []
        self.drawn: list[str] = []
        self.cells: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        assert not CONTROL.search(html)
        self.feed(html)
        self.close()
        assert self._open == [], f"never closed: {self._open}"
        for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
            root = ElementTree.fromstring(svg)
            kinds = [child.tag.rpartition("}")[2] for child in root]
            assert kinds[:2] == ["title", "desc"] and root.get("role") == "img"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        self.tags.append((tag, dict(attrs)))
        for name, value in attrs:
            assert not name.startswith("on") and name not in ("src", "href"), name
            assert "url(" not in (value or "") and "javascript:" not in (value or "")
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("td", "th", "caption", "summary", "p"):
            self.cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not data.strip() or "style" in self._open:
            return
        if "svg" in self._open:
            if self._open[-1] == "text":
                self.drawn.append(data)
            return
        self.facts.append(data)
        if {"td", "th", "caption", "summary", "p"} & set(self._open):
            self.cells[-1] += data


def assert_same_facts(text: str, html: str) -> Page:
    """Everything that one form says, the other says too. Wrapping may differ."""
    page = Page(html)
    flat = _squeezed(text)
    # A wrapped table interleaves its columns, so compare what cannot be broken: short words
    # that are no part of a long one.
    shown = set(re.findall(r"[^\s]+", " ".join(page.facts)))
    said = set(re.findall(r"[^\s]+", text))
    broken = [word for cell in page.cells for word in cell.split() if len(word) >= 12]
    missing = {
        word
        for word in shown - said
        if _squeezed(word) not in flat and not any(word in long for long in broken)
    }
    assert not missing, f"in HTML only: {sorted(missing)}"
    everything = _squeezed("".join(page.facts))
    extra = {
        word
        for word in said - shown
        if not re.fullmatch(r"[-–]+", word) and _squeezed(word) not in everything
    }
    assert not extra, f"in text only: {sorted(extra)}"
    return page


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
