"""Exercise worst_delay of notebook 02, before websocket."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise

TRANSPORTS = ["polling", "long polling", "sse", "websocket"]


def some_wire(rng: random.Random) -> Case:
    # Sixty-fourths, so that every way to add them up gives the same float.
    return Case(rng.choice(TRANSPORTS), rng.randrange(1, 64) / 64, rng.randrange(1, 640) / 64)


@exercise(
    cases=[
        Case(
            "websocket",
            0.25,
            10.0,
            expected=0.25,
            nudge="The connection is open and the server may speak: the message needs one way.",
        ),
        Case(
            "sse",
            0.25,
            10.0,
            expected=0.25,
            nudge="The answer has begun and goes on: its next piece needs one way.",
        ),
        Case(
            "long polling",
            0.25,
            10.0,
            expected=0.75,
            nudge="Worst is an event right after an answer left: that answer arrives, the next "
            "question goes, the next answer comes.",
        ),
        Case(
            "polling",
            0.25,
            10.0,
            expected=10.75,
            nudge="Worst is an event right after an empty answer left: it arrives, then the pause, "
            "then the next question goes, and its answer comes.",
        ),
    ],
    fuzz=some_wire,
    hints=[
        "Put the event at the worst moment: right after the server has answered.",
        "Then follow the bytes: the answer that left too early, a pause if there is one, the next "
        "question, the next answer. A server that may speak unasked skips all but the last.",
        "In ways of one_way each: 1 for sse and websocket, 3 for long polling, and for polling 3 "
        "and the pause.",
    ],
    why="Three ways or one: that is the price of having to be asked. The pause comes on top, and "
    "it alone is yours to choose.",
)
def worst_delay(transport: str, one_way: float, pause: float) -> float:
    """Return the seconds from an event to its arrival, at worst."""
    ways = {"polling": 3, "long polling": 3, "sse": 1, "websocket": 1}[transport]
    return ways * one_way + (pause if transport == "polling" else 0.0)


def late(transport, one_way, pause, **other):
    """worst_delay with another count of ways for some of the transports."""
    ways = {"polling": 3, "long_polling": 3, "sse": 1, "websocket": 1} | other
    return ways[transport.replace(" ", "_")] * one_way + (pause if transport == "polling" else 0.0)


@worst_delay.wrong("So far only polling returns something; three transports are next.")
def polling_only(transport, one_way, pause):
    return late(transport, one_way, pause) if transport == "polling" else None


@worst_delay.wrong("A question that waits already is the best moment; the worst is without one.")
def long_polling_always_waits(transport, one_way, pause):
    return late(transport, one_way, pause, long_polling=1)


@worst_delay.wrong("For long polling you left out the answer that was on its way: three ways.")
def long_polling_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, long_polling=2)


@worst_delay.wrong("The pause alone is not all: question and answers need three ways.")
def pause_alone(transport, one_way, pause):
    return late(transport, one_way, pause, polling=0)


@worst_delay.wrong("For polling you counted the last answer alone; the question travels, too.")
def pause_and_answer(transport, one_way, pause):
    return late(transport, one_way, pause, polling=1)


@worst_delay.wrong("The pause begins when the empty answer has arrived: one more one-way trip.")
def pause_and_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, polling=2)


@worst_delay.wrong("Nobody asks for a pushed event; SSE and WebSocket need one way, not two.")
def push_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, sse=2, websocket=2)


@worst_delay.wrong("SSE asks once, at the start; when the event happens, its answer is under way.")
def sse_asks(transport, one_way, pause):
    return late(transport, one_way, pause, sse=3)


@worst_delay.wrong("Only polling pauses; the others are told as soon as it happens.")
def all_pause(transport, one_way, pause):
    return late(transport, one_way, pause) + (0 if transport == "polling" else pause)
