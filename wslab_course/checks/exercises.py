"""Exercises that check themselves.

A lesson (``wslab_course/lessons/frames/exercises/``) writes the reference solution as a real
function; the decorator turns it into an exercise of the same name. The stub of the
notebook and the text of ``.solution()`` are read from its source, so keep it short and
use only names that the notebook has::

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
        \"\"\"Return the payload as it was before the client masked it.\"\"\"
        return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))

    @unmask.wrong("You used the first key byte for every payload byte; take key[i % 4].")
    def only_first_key_byte(payload, key):
        return bytes(byte ^ key[0] for byte in payload)

The notebook's set-up cell says ``from wslab_course.lessons import frames as lesson``, always
under the name ``lesson``, and the exercise cell is::

    def unmask(payload: bytes, key: bytes) -> bytes:
        \"\"\"Return the payload as it was before the client masked it.\"\"\"
        ...

    lesson.unmask.check(unmask)

* Without ``expected`` the reference computes it. With ``raises=ValueError`` the call must raise.
* Coroutines: write the reference as ``async def``; each case gets an event loop of its own.
* Facts instead of return values: ``run=harness`` is called as ``harness(function, *args)``
  (may be ``async def``, may start a real server) and what it returns is compared. An exception
  of the harness is the author's mistake: it must turn all that a learner's function does
  into facts.
* Facts that vary, such as a speed: ``judge=verdict_on`` is called as ``judge(got, *args)`` and
  returns None when the answer is correct, else one sentence. Known wrong answers are then told
  apart by those sentences.
* ``seconds`` bounds a whole check. Give arguments as plain data: each call gets a fresh copy.
* Facts and coroutines wait for real time, so keep their cases few: on a failure each known
  wrong answer runs too, once.
* ``exercise.verify()`` finds an author's mistakes; the tests call it for every exercise.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wslab.display.markup import Document
from wslab.errors import AuthorError
from wslab_course.checks import stub
from wslab_course.checks.calls import CallResults, Raised, TimedOut
from wslab_course.checks.cases import Case, CaseRunner, KnownWrong
from wslab_course.checks.comparing import difference, nudge_by_type
from wslab_course.checks.verdict import Verdict, literal, notice, spell

__all__ = ["Case", "Exercise", "exercise"]


class Exercise:
    """One exercise: see the module's docstring for a complete one.

    Raises AuthorError when it has no case, not exactly three hints, or no ``why``.
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
        self.name, self.reference = reference.__name__, reference
        self.cases, self.hints, self.why = list(cases), hints, why
        self.source, self.stub = stub.read(reference)
        self.wrongs: list[KnownWrong] = []
        self._runner = CaseRunner(reference, self.cases, self.wrongs, fuzz, run, judge, seconds)
        self._hints_given = 0
        if len(hints) != 3 or not all(hint.strip() for hint in hints):
            raise AuthorError(f"exercise {self.name}: it has {len(hints)} hints; write three")
        if not self.cases:
            raise AuthorError(f"exercise {self.name}: it has no case; write at least one")
        if not why.strip():
            raise AuthorError(f"exercise {self.name}: its `why` is empty; explain the solution")

    def wrong(self, sentence: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function as a known wrong answer with its own sentence."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.wrongs.append(KnownWrong(function, sentence))
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
        results, at = self._runner.attempt(attempt)
        return self._correct(results) if at is None else self._failed(at, results)

    def hint(self) -> Document:
        """The next of three hints; after the third, the third again."""
        self._hints_given = min(self._hints_given + 1, len(self.hints))
        number = self._hints_given
        step = f"The next one: lesson.{self.name}.hint()"
        if number == len(self.hints):
            step = f"That was the last; lesson.{self.name}.solution() shows ours."
        title = f"{self.name}: hint {number} of {len(self.hints)}"
        return notice(title, sentences=(self.hints[number - 1], step))

    def solution(self) -> Document:
        """The reference, and why it is written this way."""
        return notice(f"{self.name}: one solution", sentences=(self.why,), code=self.source)

    # What an author calls

    def verify(self) -> None:
        """Raise AuthorError unless the exercise keeps its promises.

        The reference is correct, each known wrong answer gets its own sentence, no two of
        them behave alike, and the stub counts as not attempted.
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

    # How a verdict is written

    def _correct(self, results: CallResults) -> Verdict:
        random_ones = len(results.outcomes) - len(self.cases)
        count = f"{len(self.cases)} case{'s' if len(self.cases) > 1 else ''}"
        count += f" and {random_ones} random ones" if random_ones else ""
        return Verdict(
            self.name,
            "correct",
            f"It passed {count}.",
            printed=next(filter(None, results.printed), "").strip(),
            next_step=f"lesson.{self.name}.solution() shows how we wrote it.",
        )

    def _not_yet(self, **parts: str) -> Verdict:
        step = f"Stuck? lesson.{self.name}.hint()"
        return Verdict(self.name, "not yet", next_step=step, **parts)

    def _failed(self, at: int, results: CallResults) -> Verdict:
        case, outcome = self._runner.case(at), results.outcomes[at]
        nudge, where, around = "", "", 0
        if isinstance(outcome, Raised):
            place = f"\nline {outcome.line} of your code: {outcome.code}" if outcome.theirs else ""
            got = f"{outcome.kind}: {outcome.message}{place}"
            nudge = f"It raised {outcome.kind}; look first at the line quoted above."
        elif isinstance(outcome, TimedOut):
            got = f"nothing within {outcome.seconds:g} seconds"
            nudge = "Look for a loop that never ends."
            if outcome.waiting:
                nudge = "It awaits something that never comes. Which side should send it, when?"
        else:
            if self._runner.judge is None and case.raises is None:
                where, around = difference(case.expected, outcome.value)
                none_counts = outcome.value is None and any(c.expected is None for c in self.cases)
                nudge = "" if none_counts else nudge_by_type(case.expected, outcome.value)
            got = spell(outcome.value, around)
            nudge = self._runner.complaint(case, outcome) or nudge
        forgotten = ""
        if results.never_awaited:
            forgotten = f"Put `await` before {results.never_awaited[0]}(…): it was never awaited."
        return self._not_yet(
            call=case.label or f"{self.name}({', '.join(map(literal, case.args))})",
            expected=case.expected_text(around),
            got=got,
            difference=where,
            nudge=forgotten
            or self._runner.recognised(at, results.outcomes)
            or nudge
            or case.nudge
            or "Work out this one case by hand, then step through your code with it.",
            printed=results.printed[at].strip(),
        )


def exercise(**options: Any) -> Callable[[Callable[..., Any]], Exercise]:
    """Turn the decorated reference into an Exercise; the options are those of Exercise."""
    return lambda reference: Exercise(reference, **options)
