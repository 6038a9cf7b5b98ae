"""The final quiz holds every misconception of the course, once."""

from __future__ import annotations

import re
from collections import Counter

from tests.whole import notebook_rules as rules
from wslab_course.checks.quiz import Quiz
from wslab_course.lessons.chat.final_quiz import quiz

MISCONCEPTIONS = (
    "WebSocket runs over HTTP",
    "HTTP opens a connection per request",
    "keep-alive is the same thing",
    "send right after the constructor",
    "1006 is sent by somebody",
    "error tells you why",
    "you can ping from a browser",
    "ping goes one way only",
    "you can set headers in a browser",
    "CORS protects you",
    "message = frame = packet",
    "text or bytes does not matter",
    "an idle connection lives for ever",
    "it reconnects by itself and nothing is lost",
    "awaiting in onmessage is backpressure",
    "a broadcast loop is safe",
    "masking is encryption",
    "the handler is called per message",
    "101 means my server is up",
    "close codes survive every hop",
)


def test_each_misconception_is_asked_once():
    assert uncovered(quiz) == {}
    assert len(quiz) == len(MISCONCEPTIONS)


def uncovered(asked: Quiz) -> dict[str, int]:
    """How often each misconception is asked too often (above 0) or too rarely (below)."""
    times = Counter(question.misconception for question in asked)
    times.subtract(MISCONCEPTIONS)
    return {name: surplus for name, surplus in times.items() if surplus}


def test_each_leads_to_a_heading_that_is_there():
    headings = {book.stem: rules.headings(book.notebook) for book in rules.read_books()}
    for question in quiz:
        for key in question.options:
            notebook, heading = question.place(key).split(": ", 1)
            assert heading in headings[notebook], f"{question.name}, {key}: {heading!r}"


def test_the_instructors_page_names_each_where_it_is_refuted():
    page = (rules.NOTEBOOKS / "INSTRUCTOR.md").read_text(encoding="utf-8").replace("`", "")
    named = dict(
        re.findall(r"^\[([\w-]+)\]\(.*?^- \*\*They may believe\*\*: (.*?)\.$", page, re.M | re.S)
    )
    for question in quiz:
        notebook = question.refuted_in.split(": ", 1)[0]
        believed = named[notebook].split("; ")
        assert question.misconception.replace("`", "") in believed, question.name


def test_no_letter_is_a_good_guess():
    right = Counter(question.answer for question in quiz)
    assert set(right) == set("abc") and max(right.values()) <= len(quiz) / 2


def test_a_missing_and_a_double_misconception_are_found():
    first, second, *rest = quiz
    assert uncovered(Quiz(second, *rest)) == {first.misconception: -1}
    assert uncovered(Quiz()) == dict.fromkeys(MISCONCEPTIONS, -1)
