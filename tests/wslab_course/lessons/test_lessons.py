"""Every exercise and quiz keeps its promises.

For authors: ``pytest tests/wslab_course/lessons/test_lessons.py -k frames`` judges ``wslab_course/lessons/frames/exercises.py``.
Each reference passes its own check, the stub is "not attempted", each of at least three
known wrong answers gets its own sentence, there are three hints, every option of a quiz
has its reply, and ``refuted_in`` names a heading that exists.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import wslab.lessons

from tests.whole import notebook_rules as rules
from wslab.errors import AuthorError
from wslab_course.checks.exercises import Case, Exercise, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

LEAST_WRONGS = 3
LESSONS: list[ModuleType] = [
    importlib.import_module(f"wslab.lessons.{module.name}")
    for module in pkgutil.iter_modules(wslab.lessons.__path__)
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


@pytest.mark.parametrize("task", found(Exercise))
def test_the_exercise_keeps_its_promises(task: Exercise) -> None:
    assert task.check(task.reference).correct
    task.verify()
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


def test_every_lesson_has_its_notebook() -> None:
    """A lesson has the name of its notebook. A quiz alone may look back over several."""
    topics = {stem[3:].replace("-", "_") for stem in rules.TOPICS}
    homeless = [lesson for lesson in LESSONS if lesson.__name__.split(".")[-1] not in topics]
    assert [lesson.__name__ for lesson in homeless if not looks_back(lesson)] == []


def looks_back(lesson: ModuleType) -> bool:
    """No exercises, and questions that lead to more than one notebook."""
    exercises = any(isinstance(value, Exercise) for value in vars(lesson).values())
    leads_to = {question.refuted_in.split(": ", 1)[0] for question in lesson.quiz}
    return len(leads_to) > 1 and not exercises


def test_every_lesson_is_taught() -> None:
    """Once all notebooks are there, each lesson is imported by one of them, or by its lesson."""
    books = rules.read_books()
    if {book.stem for book in books} < set(rules.TOPICS):
        return
    cells = [cell.source for book in books for _, cell in book.cells("code")]
    taught = set(re.findall(r"^from wslab\.lessons import (\w+)", "\n".join(cells), re.M))
    for lesson in LESSONS:
        if lesson.__name__.split(".")[-1] in taught:
            source = Path(str(lesson.__file__)).read_text(encoding="utf-8")
            taught |= set(re.findall(r"^from wslab\.lessons\.(\w+) import", source, re.M))
    untaught = {lesson.__name__.split(".")[-1] for lesson in LESSONS} - taught
    assert untaught == set(), f"no notebook imports {untaught} from wslab.lessons"


def broken_places(quiz: Quiz, existing: dict[str, list[str]]) -> list[str]:
    """The refuted_in of a quiz that name no heading of a notebook."""
    places = {question.place(key) for question in quiz for key in question.options}
    return [
        place
        for place in sorted(places)
        if place.split(": ", 1)[1] not in existing.get(place.split(": ", 1)[0], [])
    ]


# --- these checks themselves -------------------------------------------------------


def test_a_lesson_without_a_notebook_is_found() -> None:
    here, there = (
        Question(name, "?", {"a": Option("A", "No."), "b": Option("B", "Yes.")}, "b", "m", place)
        for name, place in (("here", "04-frames: Masks"), ("there", "05-messages: Cuts"))
    )
    stray = ModuleType("wslab.lessons.stray")
    stray.quiz = Quiz(here)
    assert not looks_back(stray), "one notebook: the lesson should have its name"
    stray.quiz = Quiz(here, there)
    assert looks_back(stray)
    stray.task = exercise(cases=[Case(1)], hints=["a", "b", "c"], why="It is.")(doubled)
    assert not looks_back(stray), "an exercise needs a notebook to stand in"


def doubled(n: int) -> int:
    """Twice n."""
    return 2 * n


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
