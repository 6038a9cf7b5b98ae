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
    """What 400 calls with one seeded rng return, and whether that seed repeats them."""

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
    """None when the draws are full jitter below min(cap, first * 2**number)."""
    if "returned" in got:
        return "Return seconds: one number, as from rng.uniform(low, high)."
    ceiling = min(cap, first * 2 ** min(number, 50))
    if got["least"] < 0:
        return "You cannot wait a negative time; draw between 0 and the ceiling."
    if not got["the same seed gives the same"]:
        return "Draw from the `rng` you are given, so that a seed repeats what happened."
    if got["least"] == got["most"]:
        return "Every client waits equally long, and all come back together; draw at random."
    if got["most"] > cap:
        return "You passed the cap: min(cap, ...) goes around the doubled time."
    if got["most"] > ceiling:
        return "You wait too long: attempt 0 draws up to `first`, each later one up to double."
    if got["least"] > ceiling * 0.25:
        return "A part of your wait is fixed. Full jitter begins at 0: rng.uniform(0, ceiling)."
    if got["most"] < ceiling * 0.75:
        return "The upper part is never drawn; the ceiling is min(cap, first * 2**attempt)."
    if min(got["in each quarter"]) < DRAWS * 0.15:
        return "Some waits are much rarer than others; rng.uniform makes all equally likely."
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
        drawn(5000, nudge="5 * 2**5000 is too large for a float; stop doubling long before."),
    ],
    run=draws,
    judge=verdict_on,
    hints=[
        "First the ceiling: `first`, doubled `attempt` times, and never more than `cap`.",
        "Then a random time from 0 up to the ceiling, each equally likely: rng.uniform.",
        "rng.uniform(0, min(cap, first * 2 ** attempt)), and min(attempt, 30) instead of attempt.",
    ],
    why="Doubling makes room for a server that stays down, the cap keeps people from waiting "
    "for hours, and the draw from 0 on spreads the crowd as wide as the ceiling allows. A client "
    "that has been away for a week counts its attempts in thousands, so the exponent has an end.",
)
def backoff(attempt: int, rng: Random, first=5.0, cap=60.0) -> float:
    """Seconds to wait before this attempt, which counts from 0."""
    ceiling = min(cap, first * 2 ** min(attempt, 30))
    return rng.uniform(0, ceiling)


@backoff.wrong("Every client waits equally long, and all come back together; draw at random.")
def no_jitter(attempt, rng, first=5, cap=60):
    return min(cap, first * 2 ** min(attempt, 30))


@backoff.wrong("You passed the cap: min(cap, ...) goes around the doubled time.")
def no_cap(attempt, rng, first=5, cap=60):
    return rng.uniform(0, first * 2 ** min(attempt, 30))


@backoff.wrong("A part of your wait is fixed. Full jitter begins at 0: rng.uniform(0, ceiling).")
def half_fixed(attempt, rng, first=5, cap=60):
    ceiling = min(cap, first * 2 ** min(attempt, 30))
    return ceiling / 2 + rng.uniform(0, ceiling / 2)


@backoff.wrong("The upper part is never drawn; the ceiling is min(cap, first * 2**attempt).")
def never_doubles(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, first))


@backoff.wrong("You wait too long: attempt 0 draws up to `first`, each later one up to double.")
def one_too_many(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, first * 2 ** (min(attempt, 30) + 1)))


@backoff.wrong("Draw from the `rng` you are given, so that a seed repeats what happened.")
def other_dice(attempt, rng, first=5, cap=60):
    return random.uniform(0, min(cap, first * 2 ** min(attempt, 30)))


@backoff.wrong("It is right until attempt 5000: 2**5000 is too large for a float; bound it.")
def overflows(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, float(first) * 2**attempt))
