"""Rubric: what it says in text and in HTML, and how far a server has come."""

import re
from html import unescape

import pytest

from wslab_course.lessons.chat.grading.rubric import STAGES, Check, Rubric, Transcript

HOSTILE = "<script>alert('x')</script>\x1b[2J\u202e"


def check(stage: int, outcome: str = "passed", **more: object) -> Check:
    happened = "as expected" if outcome == "passed" else "ann heard nothing."
    return Check(stage, f"did {stage}", "expected", happened, outcome, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "stage", "passed"),
    [
        (["passed"] * 5, 5, True),
        (["passed", "passed", "left out", "passed", "passed"], 5, True),
        (["failed", "not tried", "not tried", "not tried", "not tried"], 0, False),
        (["passed", "passed", "failed", "not tried", "not tried"], 2, False),
        (["passed", "not tried", "passed", "passed", "passed"], 1, False),
        (["passed", "passed", "passed"], 3, True),
        ([], 0, False),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, list) else None,
)
def test_how_far_it_has_come(outcomes: list[str], stage: int, passed: bool) -> None:
    rubric = Rubric(tuple(check(n, outcome) for n, outcome in enumerate(outcomes, 1)))
    assert rubric.stage == stage
    assert rubric.passed == passed


def test_the_title_is_the_result() -> None:
    done = Rubric(tuple(map(check, STAGES)))
    assert done.title == "All five stages are done: 5 of 5 checks passed."
    some = Rubric((check(1), check(2), check(3, "failed")))
    assert some.title == "Stage 2 of 5 is done (names, join, leave): 2 of 3 checks passed."
    none = Rubric((check(1, "failed"),))
    assert none.title == "No stage is done yet: 0 of 1 check passed."


def test_text_and_html_carry_the_same_facts() -> None:
    transcript = Transcript("ann", ("· connects", '→ {"type": "join"}', "← " + HOSTILE))
    rubric = Rubric((check(1), check(2, "failed", transcripts=(transcript,))), ("a note",))
    text, html = repr(rubric), rubric._repr_html_()
    words = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))
    assert sorted(re.findall(r"\w+", text)) == sorted(re.findall(r"\w+", words))
    for fact in ("did 2", "expected", "ann heard nothing.", "a note", "BROKEN"):
        assert fact in text and fact in html
    assert '→  {"type": "join"}' in text


def test_hostile_text_reaches_neither_form_as_it_is() -> None:
    transcript = Transcript(HOSTILE, ("← " + HOSTILE,))
    rubric = Rubric((Check(1, HOSTILE, HOSTILE, HOSTILE, "failed", (transcript,)),), (HOSTILE,))
    for form in (repr(rubric), rubric._repr_html_()):
        assert "\x1b" not in form and "\u202e" not in form
    assert "<script" not in rubric._repr_html_()


def test_only_failed_checks_show_transcripts() -> None:
    transcript = (Transcript("ann", ("· connects",)),)
    rubric = Rubric((check(1, transcripts=transcript), check(2, "not tried")))
    assert "Transcript" not in repr(rubric)
    assert rubric.failed == ()


def test_what_stands_between_backticks_is_code() -> None:
    rubric = Rubric((Check(1, "sends `id`", "no ` is code", "odd", "passed"),), ("in `x`.",))
    html = rubric._repr_html_()
    assert "<code><bdi>id</bdi></code>" in html and "<code><bdi>x</bdi></code>" in html
    assert "sends `id`" in repr(rubric) and "in `x`." in repr(rubric)
