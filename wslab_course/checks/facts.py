"""What a learner's function returned, as plain facts that two runs have in common."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any


def without_coroutines(value: Any) -> Any:
    """What a learner returned, with a word instead of a coroutine that nobody awaited.

    Each is closed, so that Python does not complain about it in a later cell.
    """
    if isinstance(value, list):
        return [without_coroutines(item) for item in value]
    if isinstance(value, Coroutine):
        value.close()
        return "(a coroutine that nobody awaited)"
    return value


def plain_facts(value: Any) -> Any:
    """Events in words, so that two runs give equal facts."""
    if isinstance(value, list):
        return [plain_facts(item) for item in value]
    plain = value is None or isinstance(value, str | bytes | int | float | dict)
    return value if plain else f"(an object of type {type(value).__name__})"
