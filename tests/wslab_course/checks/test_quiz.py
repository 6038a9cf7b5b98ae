"""Questions, their replies, and the mistakes of their authors."""

from __future__ import annotations

import re
from typing import Any

import pytest

from wslab.display.markup import TEXT_WIDTH
from wslab.errors import AuthorError, WslabError
from wslab_course.checks.quiz import Option, Question, Quiz

OPTIONS = {
    "a": Option("So that nobody can read <them>.", "The key travels in the same frame."),
    "b": Option("So that no proxy is fooled.", "Yes: the attacker no longer chooses the bytes."),
    "c": Option("To compress.", "Masked bytes are no shorter.", refuted_in="05-messages: RSV1"),
}


def question(**changes: Any) -> Question:
    parts: dict[str, Any] = {
        "name": "why-mask",
        "text": "Why does a client mask?",
        "options": OPTIONS,
        "answer": "b",
        "misconception": "masking is encryption",
        "refuted_in": "04-frames: Why a client masks",
    }
    return Question(**(parts | changes))


QUIZ = Quiz(question(), question(name="second"))


def test_a_question_is_asked_with_its_options() -> None:
    assert repr(QUIZ.ask("why-mask")).splitlines() == [
        "Question",
        "  why-mask  Why does a client mask?",
        "            a) So that nobody can read <them>.",
        "            b) So that no proxy is fooled.",
        "            c) To compress.",
        "  Write down your letters; the same questions come back at the end.",
    ]
    assert "&lt;them&gt;" in QUIZ.ask("why-mask")._repr_html_()
    assert repr(QUIZ.ask()).count("Why does a client mask?") == 2
    assert len(QUIZ) == len(list(QUIZ)) == 2


def test_a_long_question_wraps() -> None:
    lines = repr(Quiz(question(text="word " * 40)).ask()).splitlines()
    assert max(map(len, lines)) <= TEXT_WIDTH and lines[2].startswith("            word")


def test_every_answer_has_its_reply() -> None:
    assert repr(QUIZ.answer("why-mask", "b")).startswith("✓ why-mask: correct\n  Yes: ")
    wrong = QUIZ.answer("why-mask", "a")
    assert wrong.state == "not yet" and wrong.nudge == OPTIONS["a"].reply
    assert wrong.next_step == "See 04-frames, “Why a client masks”."
    assert QUIZ.answer("why-mask", " B ").correct  # a capital letter is no mistake
    assert QUIZ.answer("why-mask", "c").next_step == "See 05-messages, “RSV1”."


def test_three_dots_are_not_attempted() -> None:
    verdict = QUIZ.answer("why-mask", ...)
    assert verdict.state == "not attempted" and "'a', 'b', 'c'" in verdict.nudge
    both = QUIZ.answers({"why-mask": ..., "second": "b"})
    assert [verdict.state for verdict in both] == ["not attempted", "correct"]


def test_what_does_not_exist_is_answered_with_what_does() -> None:
    with pytest.raises(WslabError, match=re.escape("the questions are 'why-mask', 'second'")):
        QUIZ.ask("fish")
    with pytest.raises(WslabError, match="no question 'fish'"):
        QUIZ.answer("fish", "a")
    with pytest.raises(WslabError, match=re.escape("no option 'd'; its options are 'a', 'b', 'c'")):
        QUIZ.answer("why-mask", "d")
    with pytest.raises(WslabError, match="no option None"):
        QUIZ.answer("why-mask", None)  # type: ignore[arg-type]


def test_an_option_that_does_not_exist_hides_no_other_verdict() -> None:
    wrong, right = QUIZ.answers({"why-mask": "d", "second": "b"})
    assert wrong.state == "not attempted" and "its options are 'a', 'b', 'c'" in wrong.nudge
    assert right.correct
    with pytest.raises(WslabError, match="no question 'fish'"):
        QUIZ.answers({"fish": "a"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"options": {"b": OPTIONS["b"]}}, "at least two"),
        ({"answer": "d"}, "not one of its options"),
        ({"options": OPTIONS | {"a": Option("x", " ")}}, "'a' needs a text and a reply"),
        ({"options": OPTIONS | {"a": OPTIONS["b"]}}, "share one reply"),
        ({"misconception": ""}, "no misconception"),
        ({"refuted_in": ""}, "missing"),
        ({"refuted_in": "04-frames"}, "NN-topic: Heading"),
    ],
)
def test_an_authors_mistake_is_found_at_once(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AuthorError, match=says):
        question(**changes)


def test_two_questions_cannot_share_a_name() -> None:
    with pytest.raises(AuthorError, match="share a name"):
        Quiz(question(), question())
