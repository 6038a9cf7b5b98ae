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
            nudge="The connection is open and the server may send: the message needs one one-way "
            "trip.",
        ),
        Case(
            "sse",
            0.25,
            10.0,
            expected=0.25,
            nudge="The response has begun and goes on: its next piece needs one one-way trip.",
        ),
        Case(
            "long polling",
            0.25,
            10.0,
            expected=0.75,
            nudge="The worst moment is right after an answer left: that answer arrives, the next "
            "request goes out, the next answer comes.",
        ),
        Case(
            "polling",
            0.25,
            10.0,
            expected=10.75,
            nudge="The worst moment is right after an empty answer left: it arrives, then comes "
            "the pause, then the next request goes out, and its answer comes.",
        ),
    ],
    fuzz=some_wire,
    hints=[
        "Put the event at the worst moment: right after the server has answered.",
        "Then follow the bytes: the answer that left too early, a pause if there is one, the "
        "next request, the next answer. A server that may send without a request needs only the "
        "last.",
        "Count one-way trips of one_way seconds: 1 for sse and websocket, 3 for long polling, "
        "and for polling 3 and the pause.",
    ],
    why="A server that must be asked needs three one-way trips; one that may send by itself "
    "needs one. The pause is added for polling, and it is the only part that you choose.",
)
def worst_delay(transport: str, one_way: float, pause: float) -> float:
    """Return the seconds from an event to its arrival, at worst."""
    ways = {"polling": 3, "long polling": 3, "sse": 1, "websocket": 1}[transport]
    return ways * one_way + (pause if transport == "polling" else 0.0)


def late(transport, one_way, pause, **other):
    """worst_delay with another number of one-way trips for some of the transports."""
    ways = {"polling": 3, "long_polling": 3, "sse": 1, "websocket": 1} | other
    return ways[transport.replace(" ", "_")] * one_way + (pause if transport == "polling" else 0.0)


@worst_delay.wrong(
    "Your function returns a value only for polling; add the other three transports."
)
def polling_only(transport, one_way, pause):
    return late(transport, one_way, pause) if transport == "polling" else None


@worst_delay.wrong(
    "You took the best moment, when a request is already waiting; at the worst moment none is."
)
def long_polling_always_waits(transport, one_way, pause):
    return late(transport, one_way, pause, long_polling=1)


@worst_delay.wrong(
    "For long polling you left out the answer that was on its way: there are three one-way trips."
)
def long_polling_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, long_polling=2)


@worst_delay.wrong(
    "You counted only the pause; the request and the two answers need three one-way trips."
)
def pause_alone(transport, one_way, pause):
    return late(transport, one_way, pause, polling=0)


@worst_delay.wrong("For polling you counted only the last answer; the request travels, too.")
def pause_and_answer(transport, one_way, pause):
    return late(transport, one_way, pause, polling=1)


@worst_delay.wrong("The pause begins when the empty answer has arrived: one more one-way trip.")
def pause_and_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, polling=2)


@worst_delay.wrong(
    "A pushed event needs no request: SSE and WebSocket need one one-way trip, not two."
)
def push_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, sse=2, websocket=2)


@worst_delay.wrong(
    "SSE sends one request, at the start; when the event happens, the response has already begun."
)
def sse_asks(transport, one_way, pause):
    return late(transport, one_way, pause, sse=3)


@worst_delay.wrong(
    "Only polling pauses; with the others the server sends as soon as the event happens."
)
def all_pause(transport, one_way, pause):
    return late(transport, one_way, pause) + (0 if transport == "polling" else pause)
