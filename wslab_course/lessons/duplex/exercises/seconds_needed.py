"""Exercise seconds_needed of notebook 01, duplex."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise

MODES = ["lock-step", "pipelined", "keep-alive", "new connections"]


def some_race(rng: random.Random) -> Case:
    # Sixty-fourths, so that every way to add them up gives the same float.
    return Case(rng.randrange(1, 100), rng.randrange(1, 64) / 64, rng.choice(MODES))


@exercise(
    cases=[
        Case(
            1,
            0.5,
            "keep-alive",
            expected=2.0,
            nudge="Plain HTTP: TCP opens in one round trip, and there is no other handshake.",
        ),
        Case(
            1,
            0.5,
            "lock-step",
            expected=3.0,
            nudge="A WebSocket opens in two round trips; then one message goes and comes back.",
        ),
        Case(
            1,
            0.5,
            "pipelined",
            expected=3.0,
            nudge="With one message there is nothing to overlap, so it takes as long as lock-step.",
        ),
        Case(
            1,
            0.5,
            "new connections",
            expected=2.0,
            nudge="Plain HTTP, and one message needs one connection, so it takes as long as "
            "keep-alive.",
        ),
        Case(
            4,
            0.25,
            "lock-step",
            expected=3.0,
            nudge="Two round trips to open, and one for each of the four messages.",
        ),
        Case(
            4,
            0.25,
            "pipelined",
            expected=1.5,
            nudge="All four leave together; how long until the last answer is back?",
        ),
        Case(
            4,
            0.25,
            "keep-alive",
            expected=2.5,
            nudge="One connection is opened once, and each of the four requests waits for its "
            "answer.",
        ),
        Case(
            4,
            0.25,
            "new connections",
            expected=4.0,
            nudge="Each of the four requests opens a connection first, then waits for its answer.",
        ),
    ],
    fuzz=some_race,
    hints=[
        "Count round trips: each is 2 * one_way seconds long.",
        'Opening takes one round trip for HTTP and two for WebSocket. "new connections" opens '
        "one for each message; the others open once.",
        "The round trips: messages + 2 for lock-step, 3 for pipelined, messages + 1 for "
        "keep-alive, 2 * messages for new connections.",
    ],
    why="Only waiting costs time here. The formula for pipelined is the only one without "
    "`messages`.",
)
def seconds_needed(messages: int, one_way: float, mode: str) -> float:
    """Predict the seconds from the first opening to the last answer."""
    round_trips = {
        "lock-step": 2 + messages,
        "pipelined": 2 + 1,
        "keep-alive": 1 + messages,
        "new connections": messages * (1 + 1),
    }
    return round_trips[mode] * 2 * one_way


def predicted(messages, one_way, mode, **other):
    """seconds_needed with another count of round trips in some of the modes."""
    trips = {
        "lock-step": 2 + messages,
        "pipelined": 3,
        "keep-alive": 1 + messages,
        "new connections": 2 * messages,
    }
    return {**trips, **{name.replace("_", "-"): n for name, n in other.items()}}[mode] * 2 * one_way


@seconds_needed.wrong(
    "Your function returns a value only for lock-step; add the other three modes."
)
def lock_step_only(messages, one_way, mode):
    return predicted(messages, one_way, mode) if mode == "lock-step" else None


@seconds_needed.wrong(
    "None of your branches matched this mode; its name is spelled with a hyphen, as in `laps`."
)
def underscores(messages, one_way, mode):
    return predicted(messages, one_way, mode) if mode == "pipelined" else None


@seconds_needed.wrong(
    "You counted one direction only; the answer has to come back, too: 2 * one_way."
)
def one_way_only(messages, one_way, mode):
    return predicted(messages, one_way / 2, mode)


@seconds_needed.wrong(
    "In your count, pipelined waits for each answer; all its messages share one round trip."
)
def pipelined_waits(messages, one_way, mode):
    return predicted(messages, one_way, mode, pipelined=2 + messages)


@seconds_needed.wrong("You left out the opening: one round trip for TCP, one more for a WebSocket.")
def opening_is_free(messages, one_way, mode):
    trips = {"pipelined": 1}.get(mode, messages)
    return trips * 2 * one_way


@seconds_needed.wrong("A WebSocket opens in two round trips: TCP first, then its handshake.")
def handshake_is_free(messages, one_way, mode):
    return predicted(messages, one_way, mode, lock_step=1 + messages, pipelined=2)


@seconds_needed.wrong(
    '"new connections" opens one for each message, so each message costs two round trips.'
)
def opens_once(messages, one_way, mode):
    return predicted(messages, one_way, "keep-alive" if mode == "new connections" else mode)


@seconds_needed.wrong(
    "In your count, keep-alive opens a connection for each request; it opens one in all."
)
def keep_alive_reopens(messages, one_way, mode):
    return predicted(messages, one_way, "new connections" if mode == "keep-alive" else mode)
