"""What fits into half a day, a day, 95 minutes: plans as data, their clocks computed.

A plan takes a share of a notebook's own minutes, so it moves when they do. Shares are
rounded up to five minutes. What is open-ended, the chat, takes the time that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wslab_course.workshop.guide import Guide

STEP: Final = 5  # minutes; nobody in front of a room keeps a finer clock


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a notebook: percent of its teaching and of its exercises, and which those are.

    In `do`, “a heading” and `an exercise` of the notebook are quoted as here.
    """

    stem: str
    teaching: int
    exercises: int
    do: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A notebook that takes what time is left, and the minutes without which it is no use."""

    stem: str
    at_least: int
    do: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Minutes without a notebook; `rests` when people may leave the room."""

    minutes: int
    do: str
    rests: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done in so many minutes, in order."""

    title: str
    minutes: int
    items: tuple[Part | Rest | Pause, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a timetable: minutes since the start, and how long it takes."""

    starts: int
    teaching: int
    exercises: int
    item: Part | Rest | Pause

    @property
    def minutes(self) -> int:
        return self.teaching + self.exercises


PLANS: Final = (
    Plan(
        "Half a day",
        210,
        (
            Pause(5, "Welcome. Everybody has JupyterLab open.", rests=False),
            Part("00-start", 50, 50, "To “Two clients on one server”; `greet`."),
            Part(
                "01-duplex",
                75,
                20,
                "Without “Does HTTP hang up” and “What a message costs”; `duplex`.",
            ),
            Part("03-handshake", 80, 33, "Without “A capture from 2014”; `accept_value`."),
            Pause(15, "Break."),
            Part(
                "04-frames",
                70,
                40,
                "To “Masking is not encryption”, then “The poisoned cache”; `unmask`.",
            ),
            Part("07-actions", 50, 0, "From “Make it” to “The server begins”."),
            Rest(
                "12-chat",
                40,
                "Stages 1 to 3. Each is a chat of its own: a slow group stops after 2.",
            ),
            Pause(5, "What surprised you? Where to go on: 02, 05, 06.", rests=False),
        ),
    ),
    Plan(
        "A full day",
        480,
        (
            Pause(10, "Welcome. Everybody has JupyterLab open.", rests=False),
            Part(
                "00-start",
                75,
                100,
                "Without “Way out 3, and the last: nest_asyncio”; `greet`.",
            ),
            Part(
                "01-duplex",
                75,
                60,
                "Without “Does HTTP hang up” and “What a message costs”; `duplex`, `full_duplex`.",
            ),
            Pause(15, "Break."),
            Part(
                "03-handshake",
                80,
                60,
                "Without “A capture from 2014”; `accept_value`, `is_valid_response`.",
            ),
            Part(
                "04-frames", 80, 50, "`unmask`, `read the length`; who is quick: `parse a frame`."
            ),
            Pause(60, "Lunch."),
            Part("06-events", 75, 28, "Without “Text or bytes” and “The slide”; `predict`."),
            Part("07-actions", 75, 33, "Without “Across a hop”; `explain_close`."),
            Pause(15, "Break."),
            Part("08-bad-network", 75, 28, "Without “A handler that awaits”; `backoff`."),
            Pause(10, "Break."),
            Rest("12-chat", 60, "Stages 1 to 3; 4 and 5 for those who get there."),
            Pause(15, "The final quiz, at the end of 12, by a show of hands.", rests=False),
        ),
    ),
    Plan(
        "95 minutes",
        95,
        (
            Pause(5, "Welcome. Everybody has JupyterLab open, and runs one cell.", rests=False),
            Part(
                "01-duplex",
                75,
                20,
                "Without “Does HTTP hang up” and “What a message costs”; `duplex`.",
            ),
            Part("03-handshake", 80, 33, "Without “A capture from 2014”; `accept_value`."),
            Part(
                "10-you-use-one",
                100,
                0,
                "Say first what 04 shows: a frame is a short header and a payload. You type, "
                "they watch.",
            ),
            Pause(5, "What surprised you? Where to go on: 00, then 04.", rests=False),
        ),
    ),
)


def rows(plan: Plan, guides: Sequence[Guide]) -> list[Row]:
    """The plan with its clock. A notebook that is not there yet takes no time.

    What is left for a Rest may be too little, or below zero: `trouble` says so.
    """
    known = {guide.path.stem: guide for guide in guides}
    lengths = [_length(item, known) for item in plan.items]
    left = plan.minutes - sum(map(sum, lengths))
    made, now = [], 0
    for item, (teaching, exercises) in zip(plan.items, lengths, strict=True):
        if isinstance(item, Rest):
            exercises = left
        made.append(Row(now, teaching, exercises, item))
        now += teaching + exercises
    return made


def trouble(plan: Plan, guides: Sequence[Guide]) -> list[str]:
    """Why the plan does not work out, in sentences; empty when it does."""
    made = rows(plan, guides)
    found = [
        f"{plan.title}: {row.minutes} minutes are left for {row.item.stem}, which needs "
        f"{row.item.at_least}; take smaller shares of the others."
        for row in made
        if isinstance(row.item, Rest) and row.minutes < row.item.at_least
    ]
    total = made[-1].starts + made[-1].minutes
    if total > plan.minutes:
        found.append(f"{plan.title}: {total} minutes do not fit into {plan.minutes}.")
    return found


def clock(minutes: int) -> str:
    """Minutes since the start as hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _length(item: Part | Rest | Pause, known: dict[str, Guide]) -> tuple[int, int]:
    match item:
        case Pause():
            return 0, item.minutes
        case Part() if item.stem in known:
            guide = known[item.stem]
            return (
                _share(guide.minutes_teaching, item.teaching),
                _share(guide.minutes_exercises, item.exercises),
            )
    return 0, 0


def _share(minutes: int, percent: int) -> int:
    return -(-minutes * percent // (100 * STEP)) * STEP
