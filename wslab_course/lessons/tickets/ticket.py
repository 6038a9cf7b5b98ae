"""A ticket is a quiz of three questions, named after its number: who, where and the fix. It
remembers whether all three answers were correct at once; `score` counts such tickets."""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType

from wslab.display.markup import Document
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.checks.verdict import Verdicts, notice

NOTEBOOK = "11-tickets"
WANTED = 6  # diagnosed tickets


class Ticket(Quiz):
    """Three questions about one incident; `diagnosed` when all three answers are correct."""

    diagnosed = False

    def ask(self, *names: str) -> Document:
        """The questions; the options of `where`, read from a recording, are on one line."""
        asked = [self._question(name) for name in names] or list(self)
        rows = tuple((question.name, _asked(question)) for question in asked)
        step = "Answer in the next cell. A wrong answer gets a reply, and you may try again."
        return notice("Your diagnosis", rows, (step,), prose=True)

    def answers(self, choices: Mapping[str, str | EllipsisType]) -> Verdicts:
        """Judge the diagnosis; each answer, also a number, is given as text."""
        verdicts = super().answers(choices)
        right = {verdict.name for verdict in verdicts if verdict.correct}
        self.diagnosed = right == {question.name for question in self}
        return verdicts


def _asked(question: Question) -> str:
    if question.name.startswith("where"):
        texts = [option.text for option in question.options.values()]
        return f"{question.text}\nOne of: {', '.join(texts)}"
    options = [f"{key}) {option.text}" for key, option in question.options.items()]
    return "\n".join([question.text, *options])


WHO = {
    "client": "its program, or the library it uses",
    "server": "its program, or the library it uses",
    "between": "something between the two",
    "nobody": "both keep the rules, but an agreement between them is missing",
}


def who(number: int, text: str, answer: str, at: str, **replies: str) -> Question:
    """The question about who is at fault; `replies` has one for each key of WHO."""
    options = {key: Option(WHO[key], replies[key]) for key in WHO}
    return Question(
        f"who-{number}", text, options, answer, "the side that complains is at fault", at
    )


def choice(
    name: str, text: str, answer: str, misconception: str, at: str, **options: tuple[str, str]
) -> Question:
    """A question with options given as (text, reply); `_7` stands for the key 7."""
    given = {key.lstrip("_").replace("_", "-"): Option(*pair) for key, pair in options.items()}
    return Question(name, text, given, answer, misconception, at)
