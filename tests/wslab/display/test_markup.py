"""The document model: two forms, one set of facts, and one place that escapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wslab.display.pages import CONTROL, Page, assert_same_facts
from wslab.display import markup
from wslab.display.markup import (
    Code,
    Details,
    Document,
    Facts,
    Figure,
    Heading,
    Judgement,
    Key,
    Paragraph,
    Preformatted,
    RawBytes,
    Table,
    escape,
    hex_bytes,
    line_html,
    line_text,
    prose,
    visible,
)
from wslab.display.style import STYLE

ANY_TEXT = st.text(st.characters(), max_size=40)  # lone surrogates too


@given(ANY_TEXT)
def test_visible_text_has_nothing_hidden_and_loses_nothing(text):
    shown = visible(text)
    assert shown.isprintable()
    assert not CONTROL.search(shown)
    if text.isprintable():
        assert shown == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 ☺", "plain é 漢 ☺"),
        ("a\r\nb\tc\x00\x1b", r"a\r\nb\tc\x00\x1b"),
        ("abc\u202edef", r"abc\u202edef"),
        ("\ud800", r"\ud800"),
        ("\u200b\u00ad\ufeff", r"\u200b\xad\ufeff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    assert visible(text) == shown


def test_quotes_are_escaped_too():
    assert escape("<a b='c' d=\"e\">&") == "&lt;a b=&#x27;c&#x27; d=&quot;e&quot;&gt;&amp;"


@given(ANY_TEXT)
def test_escaped_text_comes_back_from_a_browser_as_what_is_visible(text):
    page = Page(f'<p title="{escape(text)}">x{escape(text)}</p>')
    assert "".join(page.facts) == f"x{visible(text)}"
    assert page.tags == [("p", {"title": visible(text)})]


@given(ANY_TEXT)
def test_no_text_breaks_out_of_any_block(text):
    line = (
        "a",
        Code(text),
        RawBytes([(text, True), (text, False)]),
        Judgement(True),
        Key(text, "red"),
        text,
    )
    document = Document(
        [
            Heading(text),
            Paragraph(line),
            Table(text, ("One", text), [(text, Code(text))], prose=frozenset({1})),
            Details(text, [Paragraph(text)]),
            Preformatted("if x:\n  pass"),
            Facts(text, [(text, [line, Code(text)])]),
            Figure("<svg role='img'><title>t</title><desc>d</desc></svg>", visible(text)),
        ]
    )
    assert_same_facts(document.text, document.html)


def test_both_forms_of_a_table_hold_every_cell(monkeypatch):
    monkeypatch.setattr(markup, "TEXT_WIDTH", 10_000)
    rows = [("first", Judgement(False), Code("a  b")), ("second", ("two ", Code("parts")), "")]
    table = Table("A caption", ("One", "Two", "Three"), rows)
    page = Page(table.to_html())
    assert page.cells == [
        *("A caption", "One", "Two", "Three"),
        *("first", "BROKEN", "a  b", "second", "two parts", ""),
    ]
    assert table.to_text().splitlines() == [
        "A caption",
        "  One     Two        Three",
        "  ------  ---------  -----",
        "  first   BROKEN     a  b",
        "  second  two parts",
    ]


def test_a_table_says_what_heads_what():
    page = Page(Table("C", ("A", "B"), [("1", "2")]).to_html())
    assert [attrs.get("scope") for tag, attrs in page.tags if tag == "th"] == ["col", "col", "row"]
    [box] = [attrs for tag, attrs in page.tags if tag == "div"]
    assert box["tabindex"] == "0" and box["role"] == "region" and box["aria-label"] == "C"


def test_text_wraps_sentences_before_it_breaks_names():
    words = "a sentence that is long enough to need more than one line " * 2
    rows = [("a-name-that-must-stay-whole", words, words)]
    text = Table("C", ("Name", "P", "Q"), rows, prose=frozenset({1, 2})).to_text()
    assert max(map(len, text.splitlines())) <= markup.TEXT_WIDTH
    assert "a-name-that-must-stay-whole" in text


def test_a_name_of_a_stranger_does_not_make_a_line_endless():
    text = Table("C", ("N", "M"), [("x" * 9000, "y")]).to_text()
    assert max(map(len, text.splitlines())) < markup.TEXT_WIDTH


def test_verdicts_are_words_first():
    assert (Judgement(True).text, Judgement(False).text) == ("passed", "BROKEN")
    assert "passed</strong>" in Judgement(True).html


def test_a_line_is_one_span_or_many():
    assert line_text(("a\0", Code("b"), Judgement(True))) == r"a\x00bpassed"
    assert line_html("<") == "&lt;"


def test_what_stands_between_backticks_is_code_in_both_forms():
    line = prose("send `a` and `b`, no ` more")
    assert line_text(line) == "send `a` and `b`, no ` more"
    assert line_html(line).count("<code>") == 2


def test_facts_stand_beside_their_labels():
    facts = Facts("What", [("one", ["first", "second"]), ("longer", [Code("x")]), ("none", [""])])
    assert facts.to_text().splitlines() == [
        "one     first",
        "        second",
        "longer  x",
        "none",
    ]
    assert Facts("What", [("n", ["word " * 40])]).to_text().count("\n   word") == 1


def test_a_notice_is_set_in_below_its_title():
    document = Document([Heading("T"), Paragraph("one"), Preformatted("a\n\nb")], edge="red")
    assert repr(document) == "T\n  one\n\n  a\n\n  b"
    assert '<div class="wslab wslab-edge" style="border-color:red">' in document._repr_html_()


def test_long_bytes_are_counted():
    assert hex_bytes(b"\x00\xff") == "00 ff"
    assert hex_bytes(bytes(1020), 2) == "00 00 … 1,018 more"


def test_a_drawing_hides_where_its_style_is_stripped():
    html = Document([Figure("<svg></svg>", "a < b")]).html
    assert '<div class="wslab-drawing" hidden><svg>' in html
    assert '<pre class="wslab-twin">a &lt; b</pre>' in html
    assert ".wslab .wslab-drawing[hidden]{display:block!important" in STYLE
    assert ".wslab .wslab-twin{display:none}" in STYLE
