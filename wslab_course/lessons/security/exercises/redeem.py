"""Exercise redeem of notebook 09, security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wslab_course.checks.exercises import Case, exercise


def _presented(redeem: Callable[..., Any], tickets: dict, asked: list) -> dict[str, Any]:
    """What somebody hears who presents these tickets, one after another, and what is left."""
    answers = [redeem(tickets, ticket, now) for ticket, now in asked]
    return {"answers": answers, "left": sorted(tickets)}


def _tickets() -> dict[str, tuple[str, float]]:
    return {"t1": ("ann", 30.0), "t2": ("bob", 60.0)}


def _asks(asked: list, answers: list, left: list, nudge: str = "") -> Case:
    said = ", then ".join(f"{ticket!r} at {now:g} s" for ticket, now in asked)
    facts = {"answers": answers, "left": left}
    label = f"t1 is ann's until 30 s, t2 bob's until 60 s; presented: {said}"
    return Case(_tickets(), asked, expected=facts, label=label, nudge=nudge)


@exercise(
    run=_presented,
    cases=[
        _asks([("t1", 10)], ["ann"], ["t2"]),
        _asks([("t2", 59.9)], ["bob"], ["t1"]),
        _asks(
            [("t1", 10), ("t1", 11)],
            ["ann", None],
            ["t2"],
            "The second time it must be worth nothing: take it out when it is used.",
        ),
        _asks([("t9", 10)], [None], ["t1", "t2"], "Nobody was given t9."),
        _asks([("t1", 31)], [None], ["t2"], "Its time is over; whatever it was, it goes."),
        _asks([("t1", 30)], [None], ["t2"], "Until 30 s: at 30 its time is over."),
        _asks(
            [("t1", 31), ("t1", 29)],
            [None, None],
            ["t2"],
            "A clock may be set back. What was presented once is gone.",
        ),
        _asks([("t1", 10), ("t2", 10)], ["ann", "bob"], []),
    ],
    hints=[
        "Two things must hold: it is there, and its time is not over. One thing happens always: "
        "it goes.",
        "tickets.pop(ticket, None) takes it out and returns its pair; None if there is none.",
        "Pop first and look afterwards. If you look first, two requests at the same time may "
        "both find it.",
    ],
    why=(
        "It is taken out before it is looked at. Then no path through the function leaves it "
        "there, and who presents it a second time finds nothing."
    ),
)
def redeem(tickets: dict, ticket: str, now: float) -> str | None:
    """Whose ticket this is, or None; afterwards it is gone."""
    name, ends = tickets.pop(ticket, (None, now))
    return name if now < ends else None


@redeem.wrong("The ticket can be used again: a copy from a log opens the door. Take it out.")
def never_taken_out(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    return name if now < ends else None


@redeem.wrong("You never look at the clock: a ticket from last year's log still opens the door.")
def for_ever(tickets, ticket, now):
    return tickets.pop(ticket, (None, now))[0]


@redeem.wrong("A late ticket stays in the dict; take it out whatever it is worth.")
def late_ones_stay(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    if now >= ends:
        return None
    del tickets[ticket]
    return name


@redeem.wrong("At the moment in which its time ends it is over: now < ends, not <=.")
def a_moment_longer(tickets, ticket, now):
    name, ends = tickets.pop(ticket, (None, now))
    return name if now <= ends else None


@redeem.wrong("A ticket that nobody was given raises KeyError; the answer to it is None.")
def unknown_raises(tickets, ticket, now):
    name, ends = tickets.pop(ticket)
    return name if now < ends else None


@redeem.wrong("You say True; the server needs to know whose ticket it was.")
def only_yes(tickets, ticket, now):
    return redeem.reference(tickets, ticket, now) is not None or None


@redeem.wrong("You emptied the whole dict: the others still need their tickets.")
def all_gone(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    tickets.clear()
    return name if now < ends else None
