"""Choosing a transport: every wrong choice is answered, and by figures that were measured."""

from __future__ import annotations

from itertools import product

import pytest

from wslab_course.lessons import before_websocket as lesson
from wslab_course.lessons.before_websocket.exercises.choose import (
    BECAUSE,
    CHOICES,
    FACTS,
    OTHERWISE,
    TRANSPORTS,
    verdict_on,
)

WRONG = [(s, t) for s, t in product(CHOICES, TRANSPORTS) if CHOICES[s][0] != t]


def answer(situation: str, transport: str, fact: str):
    """The verdict on a learner who is right in all situations but this one."""

    def choose(asked: str) -> tuple[str, str]:
        return (transport, fact) if asked == situation else CHOICES[asked]

    return lesson.choose.check(choose)


@pytest.mark.parametrize(("situation", "transport"), WRONG)
def test_each_wrong_transport_has_its_own_sentence(situation: str, transport: str) -> None:
    assert (
        answer(situation, transport, CHOICES[situation][1]).nudge == OTHERWISE[situation, transport]
    )


def test_no_sentence_comes_twice() -> None:
    assert sorted(OTHERWISE) == sorted(WRONG)
    assert len(set(OTHERWISE.values())) == len(WRONG) == 18
    assert len(set(BECAUSE.values())) == len(CHOICES) == len(FACTS) == 6


@pytest.mark.parametrize("situation", CHOICES)
def test_the_right_transport_for_a_wrong_reason_is_not_enough(situation: str) -> None:
    transport, reason = CHOICES[situation]
    for fact in set(FACTS) - {reason}:
        assert answer(situation, transport, fact).nudge == BECAUSE[situation]


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (None, "Return two texts"),
        (("sse",), "Return two texts"),
        (("SSE", "resume"), "The transports are 'polling'"),
        (("sse", "cheap"), "The facts are 'binary'"),
        ((["sse"], "resume"), "The transports are"),
    ],
)
def test_what_is_no_choice_is_told_so(got: object, said: str) -> None:
    verdict = verdict_on(got, "scores")
    assert verdict is not None
    assert verdict.startswith(said)
