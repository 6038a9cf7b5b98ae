"""What counts as the same, and what is said when the type is wrong."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import pytest

from wslab.course.cases import REFERENCE, Case, nudge_by_type, same


class Colour(IntEnum):
    RED = 1
    BLUE = 2


class Touchy:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError


@pytest.mark.parametrize(
    ("expected", "got", "alike"),
    [
        (b"a", b"a", True),
        (b"a", bytearray(b"a"), False),
        ([1], (1,), False),
        (1, True, False),
        (True, 1, False),
        (True, True, True),
        (2, Colour.BLUE, True),
        (Colour.RED, 1, True),
        (1, 2, False),
        (None, None, True),
        (None, 0, False),
        (Touchy(), Touchy(), False),
    ],
)
def test_same_means_equal_and_of_one_kind(expected: Any, got: Any, alike: bool) -> None:
    assert same(expected, got) is alike


def test_a_wrong_type_is_named() -> None:
    assert nudge_by_type(b"", None) == "It returned None: did you forget `return`?"
    assert nudge_by_type(b"", "x") == "It returned str, expected bytes."
    assert nudge_by_type(True, 1) == "It returned int, expected bool."
    assert "use `return`, not `yield`" in nudge_by_type([], (x for x in ""))
    assert nudge_by_type(1, Colour.RED) == nudge_by_type(b"a", b"b") == ""

    async def coroutine() -> None: ...

    made = coroutine()
    assert "did you forget `await`?" in nudge_by_type(1, made)
    made.close()


def test_a_case_shows_its_arguments_or_its_label() -> None:
    assert repr(Case(b"\x01", 2)) == 'Case(bytes.fromhex("01"), 2)'
    assert repr(Case(b"\x01", label="a byte")) == "a byte"


def test_a_case_says_what_it_expects() -> None:
    assert Case(1).expected is REFERENCE
    assert Case(1).expected_text() == ""
    assert Case(1, expected=b"\x01\x02").expected_text() == "01 02 (2 bytes)"
    assert Case(1, raises=ValueError).expected_text() == "ValueError raised"
