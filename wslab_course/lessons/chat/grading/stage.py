"""An exercise that is a chat server: it is judged by `grade_chat`, up to its own stage.

A lesson writes the reference as a function that makes a new server, with all the state and
helpers that it needs, so that the text of ``.solution()`` is the whole server::

    @chat_stage(1, hints=[...], why="...")
    def chat_1():
        clients = set()

        async def chat_1(ws):
            \"\"\"Send what one client says to all.\"\"\"
            ...

        return chat_1

    chat_1.slip(
        "You answered only the sender; send to all.",
        says="bob did not hear",
        change={"broadcast(clients, message)": "await ws.send(message)"},
    )

In the notebook it is like any other exercise: ``lesson.chat_1.check(chat_1)``. A verdict names
what a client did, what was expected and what happened; below it is the rubric with the
transcripts. A slip is a known wrong answer: the reference with some of its text changed. `says`
is a pattern for what then happens; an attempt that fails in this way gets the slip's sentence.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wslab.display.markup import Document
from wslab.errors import AuthorError
from wslab_course.checks.cases import KnownWrong
from wslab_course.checks.exercises import Case, Exercise
from wslab_course.checks.stub import is_empty, misfit
from wslab_course.checks.verdict import Verdict
from wslab_course.lessons.chat.grading.grading import PATIENCE_S, grade_chat
from wslab_course.lessons.chat.grading.rubric import STAGES, Rubric

_PATIENCE_S: Final = 1.5  # seconds of patience with known wrong answers

Handler = Callable[..., Any]


@dataclass(frozen=True, repr=False)
class StageVerdict(Verdict):
    """A verdict, and the rubric that it comes from. `done` is what the client did."""

    done: str = ""
    rubric: Rubric | None = None

    @property
    def document(self) -> Document:
        return self._notice(
            ("a client did", self.done),
            ("expected", self.expected),
            ("happened", self.got),
            ("also", self.printed),
            prose=True,
        )

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, filter(None, (self.document, self.rubric))))

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in (self.document, self.rubric) if part)


class ChatStage(Exercise):
    """The exercise of one stage. See the module's docstring.

    Raises AuthorError when `make` does not return a coroutine function of its own name.
    """

    def __init__(
        self, stage: int, make: Callable[[], Handler], hints: Sequence[str], why: str
    ) -> None:
        reference = make()
        if not inspect.iscoroutinefunction(reference) or reference.__name__ != make.__name__:
            raise AuthorError(f"{make.__name__} has to return `async def {make.__name__}(ws)`")
        super().__init__(reference, cases=[Case(stage)], hints=hints, why=why)
        self.stage = stage
        self.source = _body(make)
        self.patience = PATIENCE_S
        self._globals = make.__globals__
        self._says: list[tuple[re.Pattern[str], str]] = []

    def slip(self, sentence: str, *, says: str, change: Mapping[str, str]) -> None:
        """Register a known wrong answer: the reference with each key of `change` replaced.

        Raises AuthorError when a key is not in the reference exactly once.
        """
        source = self.source
        for old, new in change.items():
            if source.count(old) != 1:
                raise AuthorError(f"exercise {self.name}: {old!r} is not there exactly once")
            source = source.replace(old, new)
        space = dict(self._globals)
        exec(source, space)
        self.wrongs.append(KnownWrong(space[self.name], sentence))
        self._says.append((re.compile(says), sentence))

    def check(self, attempt: Any) -> Verdict:
        """Try a chat handler with polite and hostile clients, up to this stage."""
        if callable(attempt) and is_empty(attempt):
            step = f"Replace the three dots; lesson.{self.name}.hint() helps."
            return Verdict(self.name, "not attempted", step)
        stuck = f"Stuck? lesson.{self.name}.hint()"
        if problem := misfit(attempt, self.reference):
            return Verdict(self.name, "not yet", problem, next_step=stuck)
        rubric = grade_chat(attempt, stages=self.stage, patience=self.patience)
        if rubric.passed:
            after = f"lesson.{self.name}.solution() shows how we wrote it."
            done = f"Stage {self.stage} of {len(STAGES)} is done: {STAGES[self.stage]}."
            return StageVerdict(self.name, "correct", done, next_step=after, rubric=rubric)
        first = next(check for check in rubric.checks if not check.fine)
        nudges = [sentence for pattern, sentence in self._says if pattern.search(first.happened)]
        if first.stage < self.stage:
            nudges.append(
                f"This is a check of stage {first.stage}: compare with your chat_{first.stage}."
            )
        return StageVerdict(
            self.name,
            "not yet",
            next(iter(nudges), "Read what the clients sent and received, below the table."),
            expected=first.expected,
            got=first.happened,
            printed=" ".join(rubric.notes),
            next_step=stuck,
            done=first.did,
            rubric=rubric,
        )

    def verify(self) -> None:
        """As for every exercise; a wrong answer gets less time to pass."""
        if not self.check(self.reference).correct:
            raise AuthorError(f"exercise {self.name}: its reference is judged wrong")
        self.patience = _PATIENCE_S
        try:
            for wrong in self.wrongs:
                verdict = self.check(wrong.function)
                if verdict.nudge != wrong.sentence:
                    raise AuthorError(
                        f"exercise {self.name}: the slip {wrong.sentence!r} is {verdict.state} and "
                        f"got {verdict.nudge!r}, for {verdict.got!r}"
                    )
        finally:
            self.patience = PATIENCE_S


def chat_stage(
    stage: int, *, hints: Sequence[str], why: str
) -> Callable[[Callable[[], Handler]], ChatStage]:
    """Turn the decorated maker of a reference into the exercise of that stage."""
    return lambda make: ChatStage(stage, make, hints, why)


def _body(make: Callable[[], Handler]) -> str:
    """The text between the header and the last line, which returns the handler."""
    lines = inspect.getsource(make).splitlines()
    first = next(n for n, line in enumerate(lines) if line.lstrip().startswith("def "))
    return textwrap.dedent("\n".join(lines[first + 1 : -1])).strip()
