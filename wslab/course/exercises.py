"""Exercises that check themselves.

A lesson module (``wslab/lessons/frames.py``) writes the reference solution as a real
function; the decorator turns it into an exercise of the same name. The stub of the
notebook and the text of ``.solution()`` are read from its source, so keep it short and
let it use only names that the notebook has::

    @exercise(
        cases=[
            Case(b"", b"1234"),                       # from small to large
            Case(b"\\x7f", b"\\x37\\xfa\\x21\\x3d", expected=b"H"),
        ],
        fuzz=lambda rng: Case(rng.randbytes(rng.randrange(300)), rng.randbytes(4)),
        hints=["what to look at", "which step is missing", "almost the code"],
        why="XOR with the same key undoes itself.",
    )
    def unmask(payload: bytes, key: bytes) -> bytes:
        \"\"\"Give back the payload as it was before the client masked it.\"\"\"
        return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))

    @unmask.wrong("You used the first key byte for every payload byte; take key[i % 4].")
    def only_first_key_byte(payload, key):
        return bytes(byte ^ key[0] for byte in payload)

The notebook's set-up cell says ``from wslab.lessons import frames as lesson``, always
under the name ``lesson``, and the exercise cell is::

    def unmask(payload: bytes, key: bytes) -> bytes:
        \"\"\"Give back the payload as it was before the client masked it.\"\"\"
        ...

    lesson.unmask.check(unmask)

* ``expected`` left out: the reference computes it. ``raises=ValueError``: the call must raise.
* Coroutines: write the reference as ``async def``; each case gets an event loop of its own.
* Facts instead of return values: ``run=harness`` is called as ``harness(function, *args)``
  (may be ``async def``, may start a real server) and what it returns is compared. Its own
  exceptions are the author's: let it turn whatever a learner's function does into facts.
* Facts that vary, such as a speed: ``judge=verdict_on`` is called as ``judge(got, *args)`` and
  returns None when all is well, else one sentence. Known wrong answers are then told apart
  by those sentences.
* ``seconds`` bounds a whole check. Give arguments as plain data: each call gets a fresh copy.
* Facts and coroutines wait for real time, so keep their cases few: on a failure each known
  wrong answer runs too, once.
* ``exercise.verify()`` finds the mistakes of authors; the tests call it for every exercise.
"""

from __future__ import annotations

import copy
import inspect
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wslab.course import stub
from wslab.course.cases import REFERENCE, Case, nudge_by_type, same
from wslab.course.trial import Outcome, Raised, Returned, TimedOut, Trial, run_calls
from wslab.course.verdict import Card, Verdict, difference, literal, spell
from wslab.errors import AuthorError

SEED = 6455
FUZZ_CASES = 100


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that learners give, and the sentence that sets it right."""

    function: Callable[..., Any]
    sentence: str


class Exercise:
    """One exercise: see the module's docstring for a complete one.

    Raises AuthorError when it has no case, not exactly three hints, or no reason why.
    """

    def __init__(
        self,
        reference: Callable[..., Any],
        *,
        cases: Iterable[Case],
        hints: Sequence[str],
        why: str,
        fuzz: Callable[[random.Random], Case] | None = None,
        run: Callable[..., Any] | None = None,
        judge: Callable[..., str | None] | None = None,
        seconds: float = 10.0,
    ) -> None:
        self.name = reference.__name__
        self.reference, self.cases, self.hints, self.why = reference, list(cases), hints, why
        self.wrongs: list[Wrong] = []
        self._fuzz, self._run, self._judge, self._seconds = fuzz, run, judge, seconds
        self._hints_given = 0
        self._known: dict[tuple[Callable[..., Any], int], Outcome] = {}
        self._all_cases: list[Case] = []
        self.source, self.stub = stub.read(reference)
        if len(hints) != 3 or not all(hint.strip() for hint in hints):
            raise AuthorError(f"exercise {self.name}: it has {len(hints)} hints; write three")
        if not self.cases:
            raise AuthorError(f"exercise {self.name}: it has no case; write at least one")
        if not why.strip():
            raise AuthorError(f"exercise {self.name}: say why the solution is as it is")

    def wrong(self, sentence: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function as a known wrong answer with its own sentence."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.wrongs.append(Wrong(function, sentence))
            return function

        return register

    # What a learner calls

    def check(self, attempt: Any) -> Verdict:
        """Judge a function. Raises AuthorError when the exercise itself is broken."""
        if callable(attempt) and stub.is_empty(attempt):
            step = f"Replace the three dots; lesson.{self.name}.hint() helps."
            return Verdict(self.name, "not attempted", step)
        problem = stub.misfit(attempt, self.reference)
        if problem:
            return self._not_yet(nudge=problem)
        cases = self._prepared()
        fixed = len(self.cases)
        began = time.monotonic()
        trial = self._try(attempt, cases[:fixed], self._seconds)
        if fixed < len(cases) and self._first_failure(trial.outcomes) is None:
            left = max(self._seconds - (time.monotonic() - began), 0.1)
            trial = trial.then(self._try(attempt, cases[fixed:], left))
        at = self._first_failure(trial.outcomes)
        return self._correct(trial) if at is None else self._failed(at, trial)

    def hint(self) -> Card:
        """The next of three hints; the last one stays."""
        self._hints_given = min(self._hints_given + 1, len(self.hints))
        number = self._hints_given
        step = f"The next one: lesson.{self.name}.hint()"
        if number == len(self.hints):
            step = f"That was the last; lesson.{self.name}.solution() shows ours."
        title = f"{self.name}: hint {number} of {len(self.hints)}"
        return Card(title, sentences=(self.hints[number - 1], step))

    def solution(self) -> Card:
        """The reference, and the reason why it is as it is."""
        return Card(f"{self.name}: one solution", sentences=(self.why,), code=self.source)

    # What an author calls

    def verify(self) -> None:
        """Raise AuthorError unless the exercise keeps its promises.

        The reference is right, each known wrong answer is recognised by its own
        sentence, no two of them behave alike, and the stub is not attempted.
        """
        if not self.check(self.reference).correct:
            raise AuthorError(f"exercise {self.name}: its reference is judged wrong")
        space: dict[str, Any] = {}
        exec(f"from __future__ import annotations\n{self.stub}", space)
        if self.check(space[self.name]).state != "not attempted":
            raise AuthorError(f"exercise {self.name}: its stub counts as attempted")
        said: dict[str, str] = {}
        for wrong in self.wrongs:
            name, verdict = wrong.function.__name__, self.check(wrong.function)
            if verdict.state != "not yet":
                raise AuthorError(
                    f"exercise {self.name}: the known wrong answer {name} is {verdict.state}"
                )
            if verdict.nudge in said:
                raise AuthorError(
                    f"exercise {self.name}: {name} and {said[verdict.nudge]} behave alike "
                    "in every case; add a case that tells them apart"
                )
            if verdict.nudge != wrong.sentence:
                raise AuthorError(
                    f"exercise {self.name}: {name} got another sentence: {verdict.nudge!r}"
                )
            said[verdict.nudge] = name

    # How a check works

    def _prepared(self) -> list[Case]:
        """All cases, the random ones last, after the reference passed them."""
        if self._all_cases:
            return self._all_cases
        cases = list(self.cases)
        if self._fuzz is not None:
            rng = random.Random(SEED)
            drawn = [self._fuzz(rng) for _ in range(FUZZ_CASES)]
            cases += sorted(drawn, key=lambda case: len(repr(case.args)))
        if self._judge is None:
            trial = self._try(self.reference, cases, 6 * self._seconds)
            for case, outcome in zip(cases, trial.outcomes, strict=False):
                self._settle(case, outcome)
        self._all_cases = cases
        return cases

    def _settle(self, case: Case, outcome: Outcome) -> None:
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
        raise AuthorError(f"exercise {self.name}: in {case!r} its reference {found}")

    def _try(self, function: Callable[..., Any], cases: Sequence[Case], seconds: float) -> Trial:
        target = self._run or function
        lead = () if self._run is None else (function,)

        def call_of(case: Case) -> Callable[[], Any]:
            return lambda: target(*lead, *copy.deepcopy(case.args))

        trial = run_calls(
            [call_of(case) for case in cases],
            seconds,
            awaits=inspect.iscoroutinefunction(self._run or self.reference),
            code=getattr(inspect.unwrap(function), "__code__", None),
        )
        for case, outcome in zip(cases, trial.outcomes, strict=False):
            if self._run is None or not isinstance(outcome, Raised) or outcome.theirs:
                continue
            if outcome.kind != "TimeoutError":  # the harness may wait for the learner in vain
                raise AuthorError(
                    f"exercise {self.name}: its run function raised {outcome.kind} in {case!r}: "
                    f"{outcome.message}"
                ) from outcome.error
        return trial

    def _complaint(self, case: Case, outcome: Outcome) -> str | None:
        """None when the outcome is right; else the judge's sentence, or "" without a judge."""
        if isinstance(outcome, Raised):
            return None if case.raises and isinstance(outcome.error, case.raises) else ""
        if isinstance(outcome, TimedOut) or case.raises is not None:
            return ""
        if self._judge is None:
            return None if same(case.expected, outcome.value) else ""
        try:
            return self._judge(outcome.value, *copy.deepcopy(case.args))
        except Exception as error:
            raise AuthorError(
                f"exercise {self.name}: its judge raised {type(error).__name__} in {case!r}: "
                f"{error}"
            ) from error

    def _first_failure(self, outcomes: list[Outcome]) -> int | None:
        for at, outcome in enumerate(outcomes):
            if self._complaint(self._all_cases[at], outcome) is not None:
                return at
        return None

    def _alike(self, case: Case, one: Outcome, other: Outcome) -> bool:
        """Whether two functions did the same in this case, as far as a learner can tell."""
        if isinstance(one, Raised) and isinstance(other, Raised):
            return one.kind == other.kind
        if isinstance(one, TimedOut) and isinstance(other, TimedOut):
            return one.waiting == other.waiting
        if isinstance(one, Returned) and isinstance(other, Returned):
            if self._judge is not None:
                return self._complaint(case, one) == self._complaint(case, other)
            return same(one.value, other.value)
        return False

    def _recognised(self, at: int, outcomes: list[Outcome]) -> str:
        """The sentence of the known wrong answer that does the same in every case.

        The failing case comes first, as it dismisses most of them.
        """
        order = [at, *(i for i in range(len(outcomes)) if i != at)]
        for wrong in self.wrongs:
            if all(
                self._alike(self._all_cases[i], outcomes[i], self._wrong_outcome(wrong, i))
                for i in order
            ):
                return wrong.sentence
        return ""

    def _wrong_outcome(self, wrong: Wrong, at: int) -> Outcome:
        key = (wrong.function, at)
        if key not in self._known:
            trial = self._try(wrong.function, [self._all_cases[at]], self._seconds)
            self._known[key] = trial.outcomes[0]
        return self._known[key]

    # How a verdict is put into words

    def _correct(self, trial: Trial) -> Verdict:
        random_ones = len(self._all_cases) - len(self.cases)
        count = f"{len(self.cases)} case{'s' if len(self.cases) > 1 else ''}"
        count += f" and {random_ones} random ones" if random_ones else ""
        return Verdict(
            self.name,
            "correct",
            f"Right in {count}.",
            printed=next(filter(None, trial.printed), "").strip(),
            next_step=f"lesson.{self.name}.solution() shows how we wrote it.",
        )

    def _not_yet(self, **parts: str) -> Verdict:
        step = f"Stuck? lesson.{self.name}.hint()"
        return Verdict(self.name, "not yet", next_step=step, **parts)

    def _failed(self, at: int, trial: Trial) -> Verdict:
        case, outcome = self._all_cases[at], trial.outcomes[at]
        nudge, where, around = "", "", 0
        if isinstance(outcome, Raised):
            place = f"\nline {outcome.line} of your code: {outcome.code}" if outcome.theirs else ""
            got = f"{outcome.kind}: {outcome.message}{place}"
            nudge = f"It raised {outcome.kind}; begin with the line that is quoted."
        elif isinstance(outcome, TimedOut):
            got = f"nothing within {self._seconds:g} seconds"
            nudge = "Look for a loop that never ends."
            if outcome.waiting:
                nudge = "It awaits something that never comes; who was to send it, and when?"
        else:
            if self._judge is None and case.raises is None:
                where, around = difference(case.expected, outcome.value)
                nudge = nudge_by_type(case.expected, outcome.value)
            got = spell(outcome.value, around)
            nudge = self._complaint(case, outcome) or nudge
        forgotten = ""
        if trial.never_awaited:
            forgotten = f"Put `await` before {trial.never_awaited[0]}(…): it was never awaited."
        return self._not_yet(
            call=case.label or f"{self.name}({', '.join(map(literal, case.args))})",
            expected=case.expected_text(around),
            got=got,
            difference=where,
            nudge=forgotten
            or self._recognised(at, trial.outcomes)
            or case.nudge
            or nudge
            or "Work this one case out by hand, then step through your code with it.",
            printed=trial.printed[at].strip(),
        )


def exercise(**options: Any) -> Callable[[Callable[..., Any]], Exercise]:
    """Turn the decorated reference into an Exercise; the options are those of Exercise."""
    return lambda reference: Exercise(reference, **options)
