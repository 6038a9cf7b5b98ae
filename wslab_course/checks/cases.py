"""What a learner's function did in each case, and which known wrong answer does the same.

Rules of this file:

* The reference runs first, and its results are the expected ones. If it fails its own
  case, that is the author's mistake: an AuthorError.
* Random cases come from a fixed seed, run only when all others passed, smallest first.
* Two functions are alike when a learner cannot tell them apart: the same value, the
  same kind of exception, or the same sentence of the judge, in every case that ran.
"""

from __future__ import annotations

import copy
import inspect
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wslab.errors import AuthorError
from wslab_course.checks.calls import (
    CallOutcome,
    CallResults,
    Raised,
    Returned,
    TimedOut,
    run_calls,
)
from wslab_course.checks.comparing import same
from wslab_course.checks.verdict import literal, spell

REFERENCE = object()  # instead of an expected value: take what the reference returns
SEED = 6455
FUZZ_CASES = 100


class Case:
    """The arguments of one call, and the outcome that is expected.

    ``label`` replaces the call in a verdict when its arguments are too long to read;
    ``nudge`` is the advice shown when this is the smallest case that fails.
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
        """The expected outcome as a row of a verdict; "" while it is not known."""
        if self.raises is not None:
            return f"{self.raises.__name__} raised"
        return "" if self.expected is REFERENCE else spell(self.expected, around)

    def __repr__(self) -> str:
        return self.label or f"Case({', '.join(map(literal, self.args))})"


@dataclass(frozen=True)
class KnownWrong:
    """A wrong answer that learners give, and the sentence that explains the mistake."""

    function: Callable[..., Any]
    sentence: str


@dataclass
class CaseRunner:
    """The cases of one exercise, and how an attempt at them is judged."""

    reference: Callable[..., Any]
    cases: list[Case]
    wrongs: list[KnownWrong]
    fuzz: Callable[[random.Random], Case] | None = None
    run: Callable[..., Any] | None = None
    judge: Callable[..., str | None] | None = None
    seconds: float = 10.0
    _all: list[Case] = field(default_factory=list)
    _known: dict[tuple[Callable[..., Any], int], CallOutcome] = field(default_factory=dict)

    def case(self, at: int) -> Case:
        """The case at this place in the results."""
        return self.prepared()[at]

    def attempt(self, function: Callable[..., Any]) -> tuple[CallResults, int | None]:
        """What the function did, and the index of its smallest failure (None without one).

        Raises AuthorError when the reference, the run function or the judge is broken.
        """
        cases, fixed = self.prepared(), len(self.cases)
        began = time.monotonic()
        results = self._try(function, cases[:fixed], self.seconds)
        if fixed < len(cases) and self._first_failure(results.outcomes) is None:
            left = max(self.seconds - (time.monotonic() - began), 0.1)
            results = results.then(self._try(function, cases[fixed:], left))
        return results, self._first_failure(results.outcomes)

    def prepared(self) -> list[Case]:
        """All cases, the random ones last, after the reference passed them."""
        if self._all:
            return self._all
        cases = list(self.cases)
        if self.fuzz is not None:
            rng = random.Random(SEED)
            drawn = [self.fuzz(rng) for _ in range(FUZZ_CASES)]
            cases += sorted(drawn, key=lambda case: len(repr(case.args)))
        if self.judge is None:
            results = self._try(self.reference, cases, 6 * self.seconds)
            for case, outcome in zip(cases, results.outcomes, strict=False):
                self._settle(case, outcome)
        self._all = cases
        return cases

    def _settle(self, case: Case, outcome: CallOutcome) -> None:
        """Take the reference's outcome as the expected one, or find the author's mistake."""
        if isinstance(outcome, Returned) and case.raises is None:
            if case.expected is REFERENCE:
                case.expected = outcome.value
            if same(case.expected, outcome.value):
                return
            found = f"returns {spell(outcome.value)}, the case expects {spell(case.expected)}"
        elif isinstance(outcome, Raised):
            if case.raises is not None and isinstance(outcome.error, case.raises):
                return
            found = f"raises {outcome.kind}: {outcome.message}"
        else:
            found = "does not finish" if isinstance(outcome, TimedOut) else "does not raise"
        raise AuthorError(f"exercise {self.reference.__name__}: in {case!r} its reference {found}")

    def _try(
        self, function: Callable[..., Any], cases: Sequence[Case], seconds: float
    ) -> CallResults:
        target = self.run or function
        lead = () if self.run is None else (function,)

        def call_of(case: Case) -> Callable[[], Any]:
            return lambda: target(*lead, *copy.deepcopy(case.args))

        results = run_calls(
            [call_of(case) for case in cases],
            seconds,
            awaits=inspect.iscoroutinefunction(self.run or self.reference),
            code=getattr(inspect.unwrap(function), "__code__", None),
        )
        for case, outcome in zip(cases, results.outcomes, strict=False):
            if self.run is None or not isinstance(outcome, Raised) or outcome.theirs:
                continue
            if outcome.kind != "TimeoutError":  # the harness may wait for the learner's code
                raise AuthorError(
                    f"exercise {self.reference.__name__}: its run function raised "
                    f"{outcome.kind} in {case!r}: {outcome.message}"
                ) from outcome.error
        return results

    def complaint(self, case: Case, outcome: CallOutcome) -> str | None:
        """None when the outcome is correct; else the judge's sentence, or "" without a judge."""
        if isinstance(outcome, Raised):
            return None if case.raises and isinstance(outcome.error, case.raises) else ""
        if isinstance(outcome, TimedOut) or case.raises is not None:
            return ""
        if self.judge is None:
            return None if same(case.expected, outcome.value) else ""
        try:
            return self.judge(outcome.value, *copy.deepcopy(case.args))
        except Exception as error:
            raise AuthorError(
                f"exercise {self.reference.__name__}: its judge raised "
                f"{type(error).__name__} in {case!r}: {error}"
            ) from error

    def _first_failure(self, outcomes: list[CallOutcome]) -> int | None:
        for at, outcome in enumerate(outcomes):
            if self.complaint(self._all[at], outcome) is not None:
                return at
        return None

    def _alike(self, case: Case, one: CallOutcome, other: CallOutcome) -> bool:
        """Whether two functions did the same in this case, as far as a learner can tell."""
        if isinstance(one, Raised) and isinstance(other, Raised):
            return one.kind == other.kind
        if isinstance(one, TimedOut) and isinstance(other, TimedOut):
            return one.waiting == other.waiting
        if isinstance(one, Returned) and isinstance(other, Returned):
            if self.judge is not None:
                return self.complaint(case, one) == self.complaint(case, other)
            return same(one.value, other.value)
        return False

    def recognised(self, at: int, outcomes: list[CallOutcome]) -> str:
        """The sentence of the known wrong answer that does the same in every case.

        The failing case is compared first, because it rules out most of them.
        """
        order = [at, *(i for i in range(len(outcomes)) if i != at)]
        for wrong in self.wrongs:
            if all(
                self._alike(self._all[i], outcomes[i], self._wrong_outcome(wrong, i)) for i in order
            ):
                return wrong.sentence
        return ""

    def _wrong_outcome(self, wrong: KnownWrong, at: int) -> CallOutcome:
        key = (wrong.function, at)
        if key not in self._known:
            results = self._try(wrong.function, [self._all[at]], self.seconds)
            self._known[key] = results.outcomes[0]
        return self._known[key]
