"""Whether two values are the same, where they differ, and advice about a wrong type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wslab_course.checks.verdict import literal


def same(expected: object, got: object) -> bool:
    """Equal, and of the same kind all the way down: True is not 1, a list is not a tuple."""
    if not _one_kind(type(expected), type(got)):
        return False
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(same(expected[k], got[k]) for k in expected)
    try:
        return bool(expected == got)
    except Exception:  # a learner's __eq__ may raise anything
        return False


def difference(expected: object, got: object) -> tuple[str, int]:
    """Where two values of one type differ: a sentence, and the position (0 if there is none)."""
    if isinstance(expected, bytes | bytearray) and isinstance(got, bytes | bytearray):
        return _first_difference(expected, got, "byte", lambda byte: f"{byte:02x}")
    if isinstance(expected, str) and isinstance(got, str):
        return _first_difference(expected, got, "character", repr)
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return _first_difference(expected, got, "item", literal)
    if isinstance(expected, dict) and isinstance(got, dict):
        return _first_key(expected, got), 0
    return "", 0


def nudge_by_type(expected: object, got: object) -> str:
    """What to do about a value of the wrong type; "" when the type is correct."""
    want, have = type(expected), type(got)
    if got is None:
        return "It returned None: did you forget `return`?"
    if have.__name__ == "coroutine":
        return "It returned a coroutine: did you forget `await`?"
    if have.__name__ == "generator":
        return f"It returned a generator, expected {want.__name__}: use `return`, not `yield`."
    if expected is None:
        return f"It returned {literal(got)}, expected None."
    if not _one_kind(want, have):
        return f"It returned {have.__name__}, expected {want.__name__}."
    return ""


def _one_kind(one: type, other: type) -> bool:
    if one is other:
        return True
    return bool not in (one, other) and (issubclass(one, other) or issubclass(other, one))


def _first_difference(
    expected: Sequence[Any], got: Sequence[Any], unit: str, show: Callable[[Any], str]
) -> tuple[str, int]:
    for at, (want, have) in enumerate(zip(expected, got, strict=False)):
        if not same(want, have):
            where = f"first at {unit} {at} (counting from 0)"
            return f"{where}: expected {show(want)}, got {show(have)}", at
    at = min(len(expected), len(got))
    if len(expected) == len(got):
        return "", 0
    lead = f"the first {at:,} are the same; " if at else ""
    plural = "" if len(expected) == 1 else "s"
    return f"{lead}expected {len(expected):,} {unit}{plural}, got {len(got):,}", at


def _first_key(expected: dict[Any, Any], got: dict[Any, Any]) -> str:
    for key, want in expected.items():
        if key not in got:
            return f"the key {literal(key)} is missing"
        if not same(want, got[key]):
            return f"at {literal(key)}: expected {literal(want)}, got {literal(got[key])}"
    more = [key for key in got if key not in expected]
    return f"the key {literal(more[0])} is not expected" if more else ""
