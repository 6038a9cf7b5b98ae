"""Exercise offer of notebook 08, bad network."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wslab_course.checks.exercises import Case, exercise


def after_offer(
    attempt: Callable[..., Any], waiting: list[bytes], message: bytes, most: int
) -> dict[str, Any]:
    dropped = attempt(waiting, message, most)
    return {"dropped": dropped, "waiting": waiting}


def some_offer(rng: random.Random) -> Case:
    """A queue within its limit, or above it because the limit was lowered."""
    waiting = [bytes([97 + n]) * rng.randrange(0, 5) for n in range(rng.randrange(5))]
    return Case(waiting, b"z" * rng.randrange(6), rng.randrange(0, 13))


@exercise(
    cases=[
        Case([], b"one", 8, expected={"dropped": 0, "waiting": [b"one"]}),
        Case([b"one"], b"two", 8, expected={"dropped": 0, "waiting": [b"one", b"two"]}),
        Case(
            [b"one", b"two"],
            b"three",
            8,
            expected={"dropped": 1, "waiting": [b"two", b"three"]},
            nudge="3 + 3 + 5 bytes are too many; without the oldest message, 8 bytes are left.",
        ),
        Case([b"one", b"two"], b"six", 9, nudge="Nine bytes are still allowed."),
        Case(
            [b"a", b"b", b"c"],
            b"dddd",
            4,
            nudge="Dropping one was not enough: go on while there are too many bytes.",
        ),
        Case([b"one"], b"too long!", 8, nudge="The message alone is too long, so drop it as well."),
    ],
    run=after_offer,
    fuzz=some_offer,
    hints=[
        "Append first. Then, while too many bytes wait, remove from the front and count.",
        "sum(map(len, waiting)) is the number of waiting bytes; waiting.pop(0) removes the oldest.",
        "dropped = 0; while sum(map(len, waiting)) > most: waiting.pop(0); dropped += 1",
    ],
    why="The oldest news is worth least. A slow client misses some messages, and with the count "
    "the server can tell it how many. The limit counts bytes, since ten messages may be ten "
    "bytes or ten MiB.",
)
def offer(waiting: list[bytes], message: bytes, most: int) -> int:
    """Queue a message; drop the oldest until at most `most` bytes wait."""
    waiting.append(message)
    dropped = 0
    while sum(map(len, waiting)) > most:
        waiting.pop(0)
        dropped += 1
    return dropped


@offer.wrong("You dropped the newest message; a slow reader needs the latest news: pop(0).")
def drops_newest(waiting, message, most):
    waiting.append(message)
    dropped = 0
    while sum(map(len, waiting)) > most:
        waiting.pop()
        dropped += 1
    return dropped


@offer.wrong("You count messages; the limit is in bytes: sum(map(len, waiting)).")
def counts_messages(waiting, message, most):
    waiting.append(message)
    dropped = 0
    while len(waiting) > most:
        waiting.pop(0)
        dropped += 1
    return dropped


@offer.wrong("You drop at most one message; go on while too many bytes wait.")
def drops_one(waiting, message, most):
    waiting.append(message)
    if sum(map(len, waiting)) > most:
        waiting.pop(0)
        return 1
    return 0


@offer.wrong("Exactly `most` bytes are allowed: compare with >, not >=.")
def one_byte_less(waiting, message, most):
    waiting.append(message)
    dropped = 0
    while waiting and sum(map(len, waiting)) >= most:
        waiting.pop(0)
        dropped += 1
    return dropped


@offer.wrong("The queue is correct; return how many messages you dropped.")
def forgets_the_count(waiting, message, most):
    offer.reference(waiting, message, most)


@offer.wrong("You emptied the whole queue; drop the oldest only, until the rest fits.")
def clears_all(waiting, message, most):
    dropped = 0
    if sum(map(len, waiting)) + len(message) > most:
        dropped = len(waiting)
        waiting.clear()
    waiting.append(message)
    return dropped


@offer.wrong(
    "The caller's list did not change: append to it and pop from it; do not make a new list."
)
def makes_a_new_list(waiting, message, most):
    return offer.reference([*waiting], message, most)
