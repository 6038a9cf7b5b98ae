"""One place that escapes: nothing hidden reaches a page or a terminal, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wslab.display.pages import CONTROL, Page
from wslab.display.spans import (
    Code,
    Judgement,
    escape,
    hex_bytes,
    line_html,
    line_text,
    prose,
    visible,
)

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


def test_long_bytes_are_counted():
    assert hex_bytes(b"\x00\xff") == "00 ff"
    assert hex_bytes(bytes(1020), 2) == "00 00 … 1,018 more"
