"""What a learner's function returned, as plain facts that are the same in every run."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any


def without_coroutines(value: Any) -> Any:
    """What a learner returned; a text stands for each coroutine that nobody awaited.

    Each coroutine is closed, so that Python does not warn about it in a later cell.
    """
    if isinstance(value, list):
        return [without_coroutines(item) for item in value]
    if isinstance(value, Coroutine):
        value.close()
        return "(a coroutine that nobody awaited)"
    return value


def plain_facts(value: Any) -> Any:
    """Each event as a text, so that two runs give equal facts."""
    if isinstance(value, list):
        return [plain_facts(item) for item in value]
    plain = value is None or isinstance(value, str | bytes | int | float | dict)
    return value if plain else f"(an object of type {type(value).__name__})"
