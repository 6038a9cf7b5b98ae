"""Every exercise and quiz keeps its promises.

For authors: ``-k frames`` judges the lesson ``wslab_course/lessons/frames``.
Each reference passes its own check, the stub is "not attempted", each of at least three
known wrong answers gets its own sentence, there are three hints, every option of a quiz
has its reply, and ``refuted_in`` names a heading that exists.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from types import ModuleType
from typing import Any

import pytest

import wslab_course.lessons
from tests.whole import notebook_rules as rules
from wslab.errors import AuthorError
from wslab_course.checks.exercises import Case, Exercise, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

LEAST_WRONGS = 3
LESSONS: list[ModuleType] = [
    importlib.import_module(f"wslab_course.lessons.{module.name}")
    for module in pkgutil.iter_modules(wslab_course.lessons.__path__)
]


def found(kind: type) -> list[Any]:
    """Everything of this kind in the lessons, under the name that a notebook calls it by."""
    return [
        pytest.param(value, id=f"{lesson.__name__.split('.')[-1]}.{name}")
        for lesson in LESSONS
        for name, value in vars(lesson).items()
        if isinstance(value, kind)
    ]


def headings() -> dict[str, list[str]]:
    return {book.stem: rules.headings(book.notebook) for book in rules.read_books()}


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("task", found(Exercise))
def test_the_exercise_keeps_its_promises(task: Exercise) -> None:
    task.verify()  # the reference passes, each known wrong answer gets its own sentence
    assert len({wrong.sentence for wrong in task.wrongs}) == len(task.wrongs) >= LEAST_WRONGS
    assert task.stub.count('"""') == 2 and task.stub.endswith("...")
    assert max(map(len, task.stub.splitlines())) <= rules.COLUMNS
    assert len(task.hints) == 3


@pytest.mark.parametrize("quiz", found(Quiz))
def test_the_quiz_keeps_its_promises(quiz: Quiz) -> None:
    assert broken_places(quiz, headings()) == []
    for question in quiz:
        assert quiz.answer(question.name, question.answer).correct
        assert quiz.answer(question.name, ...).state == "not attempted"
        wrong = [key for key in question.options if key != question.answer]
        replies = {quiz.answer(question.name, key).nudge for key in wrong}
        assert len(replies) == len(wrong)


def test_every_exercise_is_found_under_its_own_name() -> None:
    for lesson in LESSONS:
        tasks = {name: task for name, task in vars(lesson).items() if isinstance(task, Exercise)}
        assert list(tasks) == [task.name for task in tasks.values()]
        assert isinstance(lesson.quiz, Quiz)


def test_every_lesson_has_its_notebook_and_every_notebook_its_lesson() -> None:
    topics = {stem[3:].replace("-", "_") for stem in rules.TOPICS}
    assert {lesson.__name__.split(".")[-1] for lesson in LESSONS} == topics
    for book in rules.read_books():
        lesson = book.stem[3:].replace("-", "_")
        cells = "\n".join(cell.source for _, cell in book.cells("code"))
        assert re.findall(r"^from wslab_course\.lessons import (\w+) as lesson$", cells, re.M) == [
            lesson
        ]


def test_a_lesson_names_what_its_notebook_uses() -> None:
    for book in rules.read_books():
        lesson = vars(wslab_course.lessons)[book.stem[3:].replace("-", "_")]
        cells = "\n".join(cell.source for cell in book.notebook.cells)
        used = set(re.findall(r"\blesson\.([A-Za-z_]\w*)", cells))
        assert used - set(lesson.__all__) == set()
        assert set(lesson.__all__) - used == set(), "in `__all__`, and not in the notebook"


def broken_places(quiz: Quiz, existing: dict[str, list[str]]) -> list[str]:
    """The refuted_in of a quiz that name no heading of a notebook."""
    places = {question.place(key) for question in quiz for key in question.options}
    return [
        place
        for place in sorted(places)
        if place.split(": ", 1)[1] not in existing.get(place.split(": ", 1)[0], [])
    ]


# --- these checks themselves -------------------------------------------------------


def test_a_place_that_is_not_there_is_found() -> None:
    options = {"a": Option("yes", "No."), "b": Option("no", "Right.")}
    quiz = Quiz(Question("q", "?", options, "b", "masking is encryption", "04-frames: Masks"))
    assert broken_places(quiz, {"04-frames": ["Masks"]}) == []
    assert broken_places(quiz, {"04-frames": ["Other"]}) == ["04-frames: Masks"]
    assert broken_places(quiz, {}) == ["04-frames: Masks"]


def test_a_lesson_that_breaks_a_promise_is_found() -> None:
    @exercise(cases=[Case(2)], hints=["a", "b", "c"], why="It is.")
    def double(n: int) -> int:
        """Twice n."""
        return 2 * n

    with pytest.raises(AssertionError):
        test_the_exercise_keeps_its_promises(double)  # no known wrong answer

    @double.wrong("You squared it.")
    def squared(n):
        return n**2

    with pytest.raises(AuthorError, match="squared is correct"):
        test_the_exercise_keeps_its_promises(double)
