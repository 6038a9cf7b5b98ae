"""What counts as the same, where values part, and what is said when the type is wrong."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import pytest

from wslab_course.checks.comparing import difference, nudge_by_type, same


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
        ((True, b"a"), (1, b"a"), False),
        ([(1, 2)], [(1, 2)], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_same_means_equal_and_of_one_kind(expected: Any, got: Any, alike: bool) -> None:
    assert same(expected, got) is alike


def test_a_wrong_type_is_named() -> None:
    assert nudge_by_type(b"", None) == "It returned None: did you forget `return`?"
    assert nudge_by_type(b"", "x") == "It returned str, expected bytes."
    assert nudge_by_type(None, b"a") == 'It returned bytes.fromhex("61"), expected None.'
    assert nudge_by_type(True, 1) == "It returned int, expected bool."
    assert "use `return`, not `yield`" in nudge_by_type([], (x for x in ""))
    assert nudge_by_type(1, Colour.RED) == nudge_by_type(b"a", b"b") == ""

    async def coroutine() -> None: ...

    made = coroutine()
    assert "did you forget `await`?" in nudge_by_type(1, made)
    made.close()


@pytest.mark.parametrize(
    ("expected", "got", "says", "at"),
    [
        (b"abc", b"abd", "first at byte 2 (counting from 0): expected 63, got 64", 2),
        (b"abc", b"a", "the first 1 are the same; expected 3 bytes, got 1", 1),
        (b"abc", b"", "expected 3 bytes, got 0", 0),
        (b"abc", b"abc", "", 0),
        ("ab", "ax", "first at character 1 (counting from 0): expected 'b', got 'x'", 1),
        ([1, b"\x01"], [1, b"\x02"], "first at item 1 (counting from 0): ", 1),
        ((1, 2), (True, 2), "first at item 0 (counting from 0): expected 1, got True", 0),
        ([1], [1, 2], "the first 1 are the same; expected 1 item, got 2", 1),
        ({"a": 1}, {}, "the key 'a' is missing", 0),
        ({"a": 1}, {"a": 2}, "at 'a': expected 1, got 2", 0),
        ({}, {"b": 2}, "the key 'b' is not expected", 0),
        ({}, {}, "", 0),
        (1, 2, "", 0),
    ],
)
def test_the_first_difference_is_named(expected: object, got: object, says: str, at: int) -> None:
    text, position = difference(expected, got)
    assert text.startswith(says) and bool(text) == bool(says)
    assert position == at
