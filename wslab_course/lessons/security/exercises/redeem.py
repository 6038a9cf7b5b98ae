"""Exercise redeem of notebook 09, security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wslab_course.checks.exercises import Case, exercise


def _presented(redeem: Callable[..., Any], tickets: dict, asked: list) -> dict[str, Any]:
    """The answers to these tickets, presented one after another, and the tickets left."""
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
            "The second time the ticket must not be valid: remove it when it is used.",
        ),
        _asks([("t9", 10)], [None], ["t1", "t2"], "The server never gave out t9."),
        _asks([("t1", 31)], [None], ["t2"], "Its time is over; remove it anyway."),
        _asks(
            [("t1", 30)], [None], ["t2"], "The ticket is valid until 30 s: at 30 its time is over."
        ),
        _asks(
            [("t1", 31), ("t1", 29)],
            [None, None],
            ["t2"],
            "A clock may be set back. A ticket that was presented once must be gone.",
        ),
        _asks([("t1", 10), ("t2", 10)], ["ann", "bob"], []),
    ],
    hints=[
        "Two things must hold: the ticket is there, and its time is not over. In every case, "
        "remove it.",
        "tickets.pop(ticket, None) removes the ticket and returns its pair, or None if there is "
        "none.",
        "Pop first and test afterwards. If you test first, two requests at the same time may "
        "both find the ticket.",
    ],
    why=(
        "The function removes the ticket before it tests it. Then no path through the function "
        "leaves it there, and presenting it a second time gives None."
    ),
)
def redeem(tickets: dict, ticket: str, now: float) -> str | None:
    """Return the name for this ticket, or None; remove it in any case."""
    name, ends = tickets.pop(ticket, (None, now))
    return name if now < ends else None


@redeem.wrong("The ticket can be used again: a copy from a log is still valid. Remove it.")
def never_taken_out(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    return name if now < ends else None


@redeem.wrong("You never compare the time: a ticket from last year's log is still valid.")
def for_ever(tickets, ticket, now):
    return tickets.pop(ticket, (None, now))[0]


@redeem.wrong("A late ticket stays in the dict; remove it, too.")
def late_ones_stay(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    if now >= ends:
        return None
    del tickets[ticket]
    return name


@redeem.wrong("A ticket is not valid at the moment when its time ends: now < ends, not <=.")
def a_moment_longer(tickets, ticket, now):
    name, ends = tickets.pop(ticket, (None, now))
    return name if now <= ends else None


@redeem.wrong("An unknown ticket raises KeyError; return None for it.")
def unknown_raises(tickets, ticket, now):
    name, ends = tickets.pop(ticket)
    return name if now < ends else None


@redeem.wrong("You return True; the server needs the name.")
def only_yes(tickets, ticket, now):
    return redeem.reference(tickets, ticket, now) is not None or None


@redeem.wrong("You emptied the whole dict: other people still need their tickets.")
def all_gone(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    tickets.clear()
    return name if now < ends else None
