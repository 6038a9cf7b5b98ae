"""The document model: two forms, one set of facts, and one place that escapes."""

from hypothesis import given
from hypothesis import strategies as st

from tests.wslab.display.pages import Page, assert_same_facts
from wslab.display import markup
from wslab.display.markup import (
    Details,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Preformatted,
    Table,
)
from wslab.display.spans import Code, Judgement, Key, RawBytes, visible
from wslab.display.style import STYLE

ANY_TEXT = st.text(st.characters(), max_size=40)  # lone surrogates too


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


def test_a_drawing_hides_where_its_style_is_stripped():
    html = Document([Figure("<svg></svg>", "a < b")]).html
    assert '<div class="wslab-drawing" hidden><svg>' in html
    assert '<pre class="wslab-twin">a &lt; b</pre>' in html
    assert ".wslab .wslab-drawing[hidden]{display:block!important" in STYLE
    assert ".wslab .wslab-twin{display:none}" in STYLE
