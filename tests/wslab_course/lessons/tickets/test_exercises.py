"""The tickets of 11: diagnosed only when all is right at once, and the score counts them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wslab_course.checks.verdict import COLOURS
from wslab_course.lessons import tickets as lesson
from wslab_course.lessons.tickets.score import TICKETS
from wslab_course.lessons.tickets.ticket import NOTEBOOK, WANTED, WHO, Ticket


@pytest.fixture(autouse=True)
def nothing_diagnosed() -> Iterator[None]:
    for ticket in TICKETS:
        ticket.diagnosed = False
    yield
    for ticket in TICKETS:
        ticket.diagnosed = False


def right(ticket: Ticket) -> dict[str, str]:
    return {question.name: question.answer for question in ticket}


@pytest.mark.parametrize("number", range(1, len(TICKETS) + 1))
def test_each_asks_who_where_and_the_fix_under_its_own_number(number: int) -> None:
    questions = list(TICKETS[number - 1])
    assert [question.name for question in questions] == [
        f"{what}-{number}" for what in ("who", "where", "fix")
    ]
    assert set(questions[0].options) == set(WHO)
    assert getattr(lesson, f"ticket_{number}") is TICKETS[number - 1]


def test_every_kind_of_culprit_is_one_somewhere() -> None:
    assert {next(iter(ticket)).answer for ticket in TICKETS} == set(WHO)


def test_the_places_to_look_are_other_notebooks() -> None:
    places = {q.place(key) for ticket in TICKETS for q in ticket for key in q.options}
    assert not [place for place in places if place.startswith(NOTEBOOK)]


def test_a_ticket_is_diagnosed_when_all_three_are_right_together() -> None:
    ticket, wanted = TICKETS[1], right(TICKETS[1])
    ticket.answers({name: wanted[name] for name in list(wanted)[:2]})
    assert not ticket.diagnosed
    assert ticket.answers(wanted).correct and ticket.diagnosed
    ticket.answers({**wanted, "who-2": "server"})
    assert not ticket.diagnosed
    ticket.answers({**wanted, "who-2": ...})
    assert not ticket.diagnosed


def test_what_is_read_off_may_be_a_number_or_in_capital_letters() -> None:
    assert TICKETS[1].answers({"where-2": 4, "who-2": "Client"}).correct  # type: ignore[dict-item]
    assert TICKETS[0].answers({"where-1": "Upgrade"}).correct
    assert TICKETS[5].answers({"where-6": 89}).correct  # type: ignore[dict-item]


def test_the_questions_promise_nothing_of_a_quiz() -> None:
    shown = repr(TICKETS[2].ask())
    assert shown.startswith("Your diagnosis") and "come back at the end" not in shown
    assert "who-3" in shown and "One of: 12, 33, 60, 108" in shown
    assert "between) something" in shown and repr(TICKETS[2].ask("fix-3")).count("-3 ") == 1


def test_the_score_names_what_waits() -> None:
    assert repr(lesson.score()).startswith("0 of 8 tickets diagnosed")
    for done, ticket in enumerate(TICKETS, 1):
        ticket.answers(right(ticket))
        score = lesson.score()
        assert score.text.startswith(f"{done} of 8 tickets diagnosed\n")
        assert (score.edge == COLOURS["correct"]) is (done >= WANTED)
    assert "You diagnosed all of them" in repr(lesson.score())
    TICKETS[3].diagnosed = False
    assert "try the others: 4." in repr(lesson.score())
