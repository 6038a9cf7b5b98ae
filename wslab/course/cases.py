"""One call of an exercise, what must come of it, and what counts as the same."""

from __future__ import annotations

from typing import Any

from wslab.course.verdict import literal, spell

REFERENCE = object()  # in place of an expected value: whatever the reference returns


class Case:
    """The arguments of one call, and what must come of it.

    ``label`` replaces the call in a verdict when its arguments are too long to read;
    ``nudge`` is said when this case is the smallest that fails.
    """

    def __init__(
        self,
        *args: Any,
        expected: Any = REFERENCE,
        raises: type[BaseException] | None = None,
        label: str = "",
        nudge: str = "",
    ) -> None:
        self.args, self.expected, self.raises = args, expected, raises
        self.label, self.nudge = label, nudge

    def expected_text(self, around: int = 0) -> str:
        """The expected outcome as a row of a verdict; "" while nobody knows it."""
        if self.raises is not None:
            return f"{self.raises.__name__} raised"
        return "" if self.expected is REFERENCE else spell(self.expected, around)

    def __repr__(self) -> str:
        return self.label or f"Case({', '.join(map(literal, self.args))})"


def same(expected: object, got: object) -> bool:
    """Equal, and of the same kind: True is not 1, a list is not a tuple."""
    kinds = (type(expected), type(got))
    if kinds[0] is not kinds[1] and (bool in kinds or not _related(*kinds)):
        return False
    try:
        return bool(expected == got)
    except Exception:
        return False


def _related(one: type, other: type) -> bool:
    return issubclass(one, other) or issubclass(other, one)


def nudge_by_type(expected: object, got: object) -> str:
    """What to do about a value of the wrong type; "" when the type is right."""
    want, have = type(expected), type(got)
    if got is None:
        return "It returned None: did you forget `return`?"
    if have.__name__ == "coroutine":
        return "It returned a coroutine: did you forget `await`?"
    if have.__name__ == "generator":
        return f"It returned a generator, expected {want.__name__}: use `return`, not `yield`."
    if not _related(want, have) or (bool in (want, have) and want is not have):
        return f"It returned {have.__name__}, expected {want.__name__}."
    return ""
