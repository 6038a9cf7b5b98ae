"""Verdicts show the same facts as text and as HTML, escaped and stable."""

from __future__ import annotations

import pytest

from tests.wslab.display.pages import assert_same_facts
from wslab_course.checks.verdict import Verdict, Verdicts, literal, notice, spell

FULL = Verdict(
    name="unmask",
    state="not yet",
    nudge="Use <key[i % 4]> & go on.",
    call="unmask(b'')",
    expected="61 (1 byte)",
    got="62 (1 byte)",
    difference="first at byte 0",
    printed="<script>alert(1)</script>\nand more",
    next_step="Stuck? lesson.unmask.hint()",
)


def test_text_and_html_carry_the_same_facts() -> None:
    assert_same_facts(repr(FULL), FULL._repr_html_())


def test_the_text_is_stable() -> None:
    assert repr(FULL).splitlines() == [
        "✗ unmask: not yet",
        "  call         unmask(b'')",
        "  expected     61 (1 byte)",
        "  got          62 (1 byte)",
        "  difference   first at byte 0",
        "  you printed  <script>alert(1)</script>",
        "               and more",
        "  Use <key[i % 4]> & go on.",
        "  Stuck? lesson.unmask.hint()",
    ]


def test_everything_is_escaped() -> None:
    html = FULL._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html
    assert "\u202e" not in Verdict("x", "not yet", got="a\u202eb")._repr_html_()
    assert "<b>" not in notice("<b>", (("<b>", "<b>"),), ("<b>",), "<b>")._repr_html_()


@pytest.mark.parametrize("state", ["correct", "not yet", "not attempted"])
def test_the_state_is_said_in_words_with_a_symbol(state) -> None:
    verdict = Verdict("x", state)
    symbol = {"correct": "✓", "not yet": "✗", "not attempted": "○"}[state]
    assert repr(verdict) == f"{symbol} x: {state}"
    assert f"{symbol} x: {state}" in verdict._repr_html_()
    assert verdict.correct is (state == "correct")


def test_several_verdicts_are_one_output() -> None:
    both = Verdicts([Verdict("a", "correct"), Verdict("b", "not yet")])
    assert repr(both) == "✓ a: correct\n✗ b: not yet"
    assert both._repr_html_().count('class="wslab wslab-edge"') == 2
    assert not both.correct and Verdicts(both[:1]).correct


def test_backticks_in_a_sentence_are_code_and_still_escaped() -> None:
    verdict = Verdict("send", "not yet", nudge="Write `await <b>` before it.")
    assert "<code><bdi>await &lt;b&gt;</bdi></code> before it." in verdict._repr_html_()
    assert "Write `await <b>` before it." in repr(verdict)


def test_code_keeps_its_lines() -> None:
    shown = notice("t", code="def f():\n    return 1 < 2")
    assert repr(shown) == "t\n\n  def f():\n      return 1 < 2"
    assert "<pre><code>def f():\n    return 1 &lt; 2</code></pre>" in shown.html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"", "b''"),
        (b"\x7f\x9f", 'bytes.fromhex("7f 9f")'),
        (bytearray(b"\x01"), 'bytearray.fromhex("01")'),
        (bytes(1000), "<1,000 bytes: 00 00 00 00 00 00 00 00 …>"),
        (b"GET / HTTP/1.1\r\n", r"b'GET / HTTP/1.1\r\n'"),
        ([b"\x01", 2], '[bytes.fromhex("01"), 2]'),
        ((1,), "(1,)"),
        ((1, "a"), "(1, 'a')"),
        (list(range(10)), "[0, 1, 2, 3, 4, 5, 6, 7, … 10 items]"),
        ("x" * 400, f"'{'x' * 299} … 402 characters"),
    ],
)
def test_a_value_is_python_that_can_be_read(value: object, text: str) -> None:
    assert literal(value) == text


def test_no_address_reaches_a_verdict() -> None:
    assert literal(object()) == "<object object>"

    class Shy:
        def __repr__(self) -> str:
            raise ValueError

    assert literal(Shy()) == "<Shy whose repr raised ValueError>"


def test_bytes_are_spelled_around_their_difference() -> None:
    assert spell(b"") == "(0 bytes)"
    assert spell(b"\x01") == "01 (1 byte)"
    assert spell(bytes(20)) == f"{' '.join(['00'] * 16)} … (20 bytes)"
    assert spell(bytes(range(100)), 50).startswith("… from byte 42: 2a 2b")
    assert spell("text") == "'text'"
