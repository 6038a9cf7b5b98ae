"""A case shows its call and what it expects."""

from __future__ import annotations

from wslab_course.checks.cases import REFERENCE, Case


def test_a_case_shows_its_arguments_or_its_label() -> None:
    assert repr(Case(b"\x01", 2)) == 'Case(bytes.fromhex("01"), 2)'
    assert repr(Case(b"\x01", label="a byte")) == "a byte"


def test_a_case_says_what_it_expects() -> None:
    assert Case(1).expected is REFERENCE
    assert Case(1).expected_text() == ""
    assert Case(1, expected=b"\x01\x02").expected_text() == "01 02 (2 bytes)"
    assert Case(1, raises=ValueError).expected_text() == "ValueError raised"
