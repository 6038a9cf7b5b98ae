"""One call of an exercise, and what must come of it."""

from __future__ import annotations

from typing import Any

from wslab_course.checks.verdict import literal, spell

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
