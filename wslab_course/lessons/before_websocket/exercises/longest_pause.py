"""Exercise longest_pause of notebook 02, before websocket."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise

PERIODS = [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 12.0, 15.0, 18.0, 20.0]


def some_limit(rng: random.Random) -> Case:
    # A period divides the hour, so that the result is exact however it is computed.
    one_way = rng.randrange(1, 32) / 64
    if rng.random() < 0.2:
        return Case(3 * one_way - 1 / 64, one_way, 189)
    period = rng.choice([p for p in PERIODS if p >= 2 * one_way])
    return Case(period + one_way, one_way, rng.randrange(100, 900))


@exercise(
    cases=[
        Case(
            10.25,
            0.25,
            189,
            expected=(9.5, 68_040),
            nudge="Three one-way trips take 0.75 s, so the pause is 9.5 s; a poll and its pause "
            "take 10 s.",
        ),
        Case(
            0.75,
            0.25,
            189,
            expected=(0.0, 1_360_800),
            nudge="The limit allows a pause of 0; a poll still takes its round trip.",
        ),
        Case(
            0.5,
            0.25,
            189,
            expected=None,
            nudge="Three one-way trips take 0.75 s, which is over the limit even without a "
            "pause: return None.",
        ),
    ],
    fuzz=some_limit,
    hints=[
        "Reverse your worst_delay: the limit is the pause and three one-way trips.",
        "The time from one poll to the next is the round trip and the pause. How many times "
        "does that fit into an hour?",
        "pause = limit - 3 * one_way; if it is negative, None; else "
        "(pause, round(3600 / (pause + 2 * one_way) * size)).",
    ],
    why="With polling, half the delay costs twice the bytes. Whether that is worth it depends on "
    "the feed. With a delay of ten seconds it often is.",
)
def longest_pause(limit: float, one_way: float, size: int) -> tuple | None:
    """Return the longest pause, and the bytes of a quiet hour."""
    pause = limit - 3 * one_way
    if pause < 0:
        return None
    polls = 3600 / (pause + 2 * one_way)
    return pause, round(polls * size)


def paused(limit, one_way, size, *, ways=3, trips=2, hour=3600):
    """longest_pause with other numbers of one-way trips and another hour."""
    pause = limit - ways * one_way
    if pause < 0:
        return None
    period = pause + trips * one_way
    return pause, round(hour / period * size) if period else 0


@longest_pause.wrong(
    "You used the whole limit for the pause; the delay also holds three one-way trips."
)
def no_ways(limit, one_way, size):
    return paused(limit, one_way, size, ways=0)


@longest_pause.wrong(
    "You subtracted one one-way trip; at the worst moment, as in worst_delay, there are three."
)
def one_way_off(limit, one_way, size):
    return paused(limit, one_way, size, ways=1)


@longest_pause.wrong(
    "You subtracted a round trip; the answer that left too early is a third one-way trip."
)
def round_trip_off(limit, one_way, size):
    return paused(limit, one_way, size, ways=2)


@longest_pause.wrong(
    "From poll to poll it takes the round trip and the pause; you counted only the pause."
)
def period_is_the_pause(limit, one_way, size):
    return paused(limit, one_way, size, trips=0)


@longest_pause.wrong(
    "A pause cannot be negative: when three one-way trips take longer than the limit, return None."
)
def negative_pause(limit, one_way, size):
    pause = limit - 3 * one_way
    return pause, round(3600 / (pause + 2 * one_way) * size)


@longest_pause.wrong("An hour has 3,600 seconds; you counted a minute.")
def a_minute(limit, one_way, size):
    return paused(limit, one_way, size, hour=60)


@longest_pause.wrong("You returned the number of polls; each has `size` bytes.")
def polls_alone(limit, one_way, size):
    return paused(limit, one_way, 1)
