"""Questions that are answered in Python, with a reply for every option.

A lesson module defines one quiz (``wslab_course/lessons/frames/exercises.py``)::

    quiz = Quiz(
        Question(
            "why-mask",
            "Why does a client mask its frames?",
            {
                "a": Option("So that nobody can read them.", "The key is in the frame …"),
                "b": Option("So that a proxy cannot mistake them.", "Yes: nobody can …"),
            },
            answer="b",
            misconception="masking is encryption",
            refuted_in="04-frames: Why a client masks",
        ),
    )

and its notebook asks it at the start and again, for an answer, at the end::

    lesson.quiz.ask("why-mask")            # no name: all questions, in order
    lesson.quiz.answer("why-mask", ...)    # ... = not attempted; then "a", "b"
    lesson.quiz.answers({"why-mask": ..., "which-key": ...})   # several in one cell

``refuted_in`` is the notebook's name without ``.ipynb``, a colon, and a heading of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import EllipsisType

from wslab.display.markup import Document
from wslab.errors import AuthorError, WslabError
from wslab_course.checks.verdict import Verdict, Verdicts, notice


@dataclass(frozen=True)
class Option:
    """One choice, and the reply to a learner who chooses it.

    ``refuted_in`` overrides the question's when another cell refutes this option.
    """

    text: str
    reply: str
    refuted_in: str = ""


@dataclass(frozen=True)
class Question:
    """A question with one correct option.

    Raises AuthorError when the correct option is missing, a reply is missing or given
    twice, or nothing says which cell refutes the wrong options.
    """

    name: str
    text: str
    options: Mapping[str, Option]
    answer: str
    misconception: str
    refuted_in: str

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise AuthorError(f"question {self.name!r}: {problem}")

    def _problem(self) -> str:
        if len(self.options) < 2:
            return "it needs at least two options"
        if self.answer not in self.options:
            return f"its answer {self.answer!r} is not one of its options {_listed(self.options)}"
        for key, option in self.options.items():
            if not option.text.strip() or not option.reply.strip():
                return f"option {key!r} needs a text and a reply"
        if len({option.reply for option in self.options.values()}) < len(self.options):
            return "two options share one reply; each needs its own"
        if not self.misconception.strip():
            return "it names no misconception"
        for place in (self.refuted_in, *(o.refuted_in for o in self.options.values())):
            if place and ": " not in place:
                return f"refuted_in is {place!r}; write 'NN-topic: Heading'"
        return "" if self.refuted_in else "refuted_in is missing"

    def place(self, key: str) -> str:
        """The notebook and heading that refute this option, as "NN-topic: Heading"."""
        return self.options[key].refuted_in or self.refuted_in


class Quiz:
    """The questions of one notebook. Raises AuthorError when two questions share a name."""

    def __init__(self, *questions: Question) -> None:
        self._questions = {question.name: question for question in questions}
        if len(self._questions) < len(questions):
            raise AuthorError(f"quiz: two questions share a name in {_listed(self._questions)}")

    def __iter__(self) -> Iterator[Question]:
        return iter(self._questions.values())

    def __len__(self) -> int:
        return len(self._questions)

    def ask(self, *names: str) -> Document:
        """Show these questions with their options; without a name, all of them.

        Raises WslabError for a question that does not exist.
        """
        asked = [self._question(name) for name in names] or list(self)
        rows = []
        for question in asked:
            options = [f"{key}) {option.text}" for key, option in question.options.items()]
            rows.append((question.name, "\n".join([question.text, *options])))
        title = "Question" if len(asked) == 1 else "Questions"
        step = "Write down your letters; the same questions come back at the end."
        return notice(title, tuple(rows), (step,), prose=True)

    def answer(self, name: str, choice: str | EllipsisType) -> Verdict:
        """Judge one answer, in small or capital letters; ``...`` is not attempted.

        Raises WslabError for a question or an option that does not exist.
        """
        question = self._question(name)
        if choice is ...:
            advice = f"Put one of {_listed(question.options)} instead of the three dots."
            return Verdict(name, "not attempted", advice)
        key = str(choice).strip().lower()
        if key not in question.options:
            raise WslabError(
                f"question {name!r} has no option {choice!r}; "
                f"its options are {_listed(question.options)}"
            )
        reply = question.options[key].reply
        if key == question.answer:
            return Verdict(name, "correct", reply)
        notebook, heading = question.place(key).split(": ", 1)
        return Verdict(name, "not yet", reply, next_step=f"See {notebook}, “{heading}”.")

    def answers(self, choices: Mapping[str, str | EllipsisType]) -> Verdicts:
        """Judge several answers in one cell, given as {question: option}.

        An option that does not exist gets a verdict, so that the other verdicts still show.
        """
        return Verdicts(self._one_of(name, choice) for name, choice in choices.items())

    def _one_of(self, name: str, choice: str | EllipsisType) -> Verdict:
        self._question(name)
        try:
            return self.answer(name, choice)
        except WslabError as error:
            return Verdict(name, "not attempted", str(error))

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            raise WslabError(
                f"there is no question {name!r}; the questions are {_listed(self._questions)}"
            )
        return self._questions[name]


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(repr(name) for name in names)
