"""Exercise duplex of notebook 01, duplex."""

from __future__ import annotations

import random
from itertools import pairwise

from wslab_course.checks.exercises import Case, exercise


def some_log(rng: random.Random) -> Case:
    """Up to six turns at random times; turns of the two senders may overlap."""
    log, at = [], 0
    for _ in range(rng.randrange(1, 7)):
        start = max(0, at + rng.choice([-2, -1, 0, 0, 1, 2]))
        at = start + rng.randrange(1, 5)
        log.append((start, at, rng.choice(["client", "server"])))
    return Case(sorted(log))


@exercise(
    cases=[
        Case(
            [(0, 3, "client")],
            expected="simplex",
            nudge='Only one side spoke: "simplex", in small letters.',
        ),
        Case(
            [(0, 3, "client"), (1, 2, "client")],
            expected="simplex",
            nudge="Two turns, but both of one side; look at the senders.",
        ),
        Case(
            [(0, 3, "client"), (4, 6, "server")],
            expected="half",
            nudge='Both sides spoke, the second after the first had ended: "half".',
        ),
        Case(
            [(0, 3, "client"), (3, 5, "server")],
            expected="half",
            nudge="The second turn begins at 3, when the first ends: no overlap.",
        ),
        Case(
            [(0, 3, "client"), (2, 5, "server")],
            expected="full",
            nudge='From 2 to 3 both speak: "full".',
        ),
        Case(
            [(2, 3, "client"), (2, 3, "server")],
            expected="full",
            nudge="Both turns begin at the same moment, so they overlap.",
        ),
        Case(
            [(0, 3, "client"), (4, 6, "client"), (5, 6, "server")],
            expected="full",
            nudge="Look at every pair of turns before you return; the last two overlap.",
        ),
        Case(
            [(0, 9, "client"), (1, 2, "client"), (4, 5, "server")],
            expected="full",
            nudge="The first turn lasts until 9, so the third overlaps it; compare every pair.",
        ),
        Case(
            [(0, 4, "server"), (1, 2, "server"), (5, 6, "client")],
            expected="half",
            nudge="The two turns that overlap have the same sender; only different senders count.",
        ),
    ],
    fuzz=some_log,
    hints=[
        "Begin with simplex: how many different senders are in the log?",
        "Two turns overlap when each one begins before the other ends.",
        'For every pair of turns, "full" if the senders differ and one[0] < other[1] and '
        'other[0] < one[1]; when no pair does that, "half".',
    ],
    why="A channel was used as full duplex if both sides spoke at one moment. A log shows only "
    'how a channel was used: a log that gives "half" may come from a full-duplex channel whose '
    "users took turns.",
)
def duplex(log: list[tuple[int, int, str]]) -> str:
    """Tell how a channel was used: "simplex", "half" or "full"."""
    if len({sender for _, _, sender in log}) < 2:
        return "simplex"
    for begin, end, sender in log:
        for other_begin, other_end, other_sender in log:
            if sender != other_sender and begin < other_end and other_begin < end:
                return "full"
    return "half"


def used(log, overlaps, everybody=False):
    """duplex with its own idea of which pairs of turns overlap."""
    if len({sender for *_, sender in log}) < 2 and not everybody:
        return "simplex"
    pairs = ((a, b) for a in log for b in log if a is not b and (everybody or a[2] != b[2]))
    return "full" if any(overlaps(a, b) for a, b in pairs) else "half"


@duplex.wrong("You call it full as soon as both sides spoke; full means at the same time.")
def both_spoke(log):
    return "full" if len({sender for *_, sender in log}) > 1 else "simplex"


@duplex.wrong("A turn that begins when the other ends does not overlap it; compare with <.")
def touching_counts(log):
    return used(log, lambda a, b: a[0] <= b[1] and b[0] <= a[1])


@duplex.wrong("You compared neighbours only; a long turn may overlap one that comes much later.")
def neighbours_only(log):
    if len({sender for *_, sender in log}) < 2:
        return "simplex"
    overlap = any(a[2] != b[2] and a[0] < b[1] and b[0] < a[1] for a, b in pairwise(log))
    return "full" if overlap else "half"


@duplex.wrong("You compared turns of one sender with each other; only different senders count.")
def with_itself(log):
    if any(a is not b and a[0] < b[1] and b[0] < a[1] for a in log for b in log):
        return "full"
    return "half" if len({sender for *_, sender in log}) > 1 else "simplex"


@duplex.wrong("A log with one sender is simplex, however many times it speaks.")
def never_simplex(log):
    return used(log, lambda a, b: a[2] != b[2] and a[0] < b[1] and b[0] < a[1], everybody=True)
