"""Exercise backoff of notebook 08, bad network."""

from __future__ import annotations

import random
from collections.abc import Callable
from random import Random
from typing import Any

from wslab_course.checks.exercises import Case, exercise

DRAWS = 400


def draws(
    attempt: Callable[..., Any], number: int, first: float = 5.0, cap: float = 60.0
) -> dict[str, Any]:
    """What 400 calls with one seeded rng return, and whether the same seed gives them again."""

    def draw() -> list[Any]:
        rng = Random(6455)
        return [attempt(number, rng, first, cap) for _ in range(DRAWS)]

    values = draw()
    odd = [value for value in values if type(value) not in (int, float) or value != value]
    if odd:
        return {"returned": odd[0]}
    ceiling = min(cap, first * 2 ** min(number, 50))
    return {
        "least": min(values),
        "most": max(values),
        "in each quarter": [
            sum(ceiling * part / 4 <= value < ceiling * (part + 1) / 4 for value in values)
            for part in range(4)
        ],
        "the same seed gives the same": values == draw(),
    }


def verdict_on(
    got: dict[str, Any], number: int, first: float = 5.0, cap: float = 60.0
) -> str | None:
    """None when the draws are full jitter from 0 to min(cap, first * 2**number)."""
    if "returned" in got:
        return "Return a number of seconds, such as rng.uniform(low, high) gives."
    ceiling = min(cap, first * 2 ** min(number, 50))
    if got["least"] < 0:
        return "You cannot wait a negative time; draw between 0 and the ceiling."
    if not got["the same seed gives the same"]:
        return "Draw from the `rng` that you are given, so that a seed repeats its times."
    if got["least"] == got["most"]:
        return "Every client waits equally long, so all come back together; draw a random time."
    if got["most"] > cap:
        return "You went over the cap: put min(cap, ...) around the doubled time."
    if got["most"] > ceiling:
        return "You wait too long: attempt 0 draws up to `first`, each later one up to double that."
    if got["least"] > ceiling * 0.25:
        return "A part of your wait is fixed. Draw all of it, from 0: rng.uniform(0, ceiling)."
    if got["most"] < ceiling * 0.75:
        return "You never draw the longer times; the ceiling is min(cap, first * 2**attempt)."
    if min(got["in each quarter"]) < DRAWS * 0.15:
        return "Some times are much rarer than others; rng.uniform makes all equally likely."
    return None


def drawn(number: int, first: float = 5.0, cap: float = 60.0, nudge: str = "") -> Case:
    call = f"backoff({number}, rng, {first:g}, {cap:g}), {DRAWS} times"
    return Case(number, first, cap, label=call, nudge=nudge)


@exercise(
    cases=[
        drawn(0),
        drawn(1),
        drawn(3),
        drawn(4),
        drawn(2, 0.5, 30.0),
        drawn(1, 20.0, 10.0),
        drawn(5000, nudge="5 * 2**5000 is too large for a float; limit the exponent."),
    ],
    run=draws,
    judge=verdict_on,
    hints=[
        "First the ceiling: `first`, doubled `attempt` times, and never more than `cap`.",
        "Then a random time from 0 up to the ceiling, each equally likely: rng.uniform.",
        "rng.uniform(0, min(cap, first * 2 ** attempt)), and min(attempt, 30) instead of attempt.",
    ],
    why="Doubling means fewer attempts while a server stays down, the cap keeps people from "
    "waiting for hours, and the draw from 0 spreads the clients as widely as the ceiling allows. "
    "A client that has been away for a week counts thousands of attempts, so the exponent needs "
    "a limit.",
)
def backoff(attempt: int, rng: Random, first=5.0, cap=60.0) -> float:
    """Return the seconds to wait before this attempt (counted from 0)."""
    ceiling = min(cap, first * 2 ** min(attempt, 30))
    return rng.uniform(0, ceiling)


@backoff.wrong("Every client waits equally long, so all come back together; draw a random time.")
def no_jitter(attempt, rng, first=5, cap=60):
    return min(cap, first * 2 ** min(attempt, 30))


@backoff.wrong("You went over the cap: put min(cap, ...) around the doubled time.")
def no_cap(attempt, rng, first=5, cap=60):
    return rng.uniform(0, first * 2 ** min(attempt, 30))


@backoff.wrong("A part of your wait is fixed. Draw all of it, from 0: rng.uniform(0, ceiling).")
def half_fixed(attempt, rng, first=5, cap=60):
    ceiling = min(cap, first * 2 ** min(attempt, 30))
    return ceiling / 2 + rng.uniform(0, ceiling / 2)


@backoff.wrong("You never draw the longer times; the ceiling is min(cap, first * 2**attempt).")
def never_doubles(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, first))


@backoff.wrong(
    "You wait too long: attempt 0 draws up to `first`, each later one up to double that."
)
def one_too_many(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, first * 2 ** (min(attempt, 30) + 1)))


@backoff.wrong("Draw from the `rng` that you are given, so that a seed repeats its times.")
def other_dice(attempt, rng, first=5, cap=60):
    return random.uniform(0, min(cap, first * 2 ** min(attempt, 30)))


@backoff.wrong("It works until attempt 5000: 2**5000 is too large for a float; limit the exponent.")
def overflows(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, float(first) * 2**attempt))
