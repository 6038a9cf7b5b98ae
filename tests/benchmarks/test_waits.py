"""What of a notebook's time counts as a wait on purpose: timers on a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.benchmarks import waits


class Clock:
    """The time of a cell: it goes on when it is told, with the processor busy or not."""

    def __init__(self) -> None:
        self.now = self.used = 100.0

    def idle(self, seconds: float) -> None:
        self.now += seconds

    def computes(self, seconds: float) -> None:
        self.now += seconds
        self.used += seconds


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    times = SimpleNamespace(monotonic=lambda: clock.now, process_time=lambda: clock.used)
    monkeypatch.setattr(waits, "time", times)
    monkeypatch.setattr(waits, "free", [])
    monkeypatch.setattr(waits, "last", (clock.now, clock.used))
    monkeypatch.setattr(waits, "a_cell_runs", True)
    waits.waited.clear()
    yield clock
    waits.waited.clear()


def timer() -> float:
    return waits.begin()[0]


def test_a_timer_that_runs_out_was_waited_for(cell: Clock) -> None:
    cell.idle(5)  # before it: nobody waits
    began = timer()
    cell.idle(2)
    waits.ran_out(began, "a cell")
    assert waits.waited == {"a cell": 2.0}


def test_a_timer_that_is_cancelled_was_not(cell: Clock) -> None:
    timer()
    cell.idle(2)
    began = timer()
    cell.idle(1)
    waits.ran_out(began, "a cell")
    assert waits.waited == {"a cell": 1.0}


def test_timers_at_the_same_time_count_once_for_the_one_that_runs_out_first(cell: Clock) -> None:
    long = timer()
    cell.idle(1)
    short = timer()
    cell.idle(1)
    waits.ran_out(short, "short")
    cell.idle(1)
    waits.ran_out(long, "long")
    assert waits.waited == {"short": 1.0, "long": 2.0}


def test_what_is_computed_meanwhile_does_not_count(cell: Clock) -> None:
    began = timer()
    cell.computes(3)
    cell.idle(1)
    waits.ran_out(began, "a cell")
    assert waits.waited == {"a cell": 1.0}


def test_between_two_cells_nobody_waits(cell: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    began = timer()
    cell.idle(1)
    timer()
    monkeypatch.setattr(waits, "a_cell_runs", False)
    cell.idle(4)
    timer()
    monkeypatch.setattr(waits, "a_cell_runs", True)
    cell.idle(1)
    waits.ran_out(began, "a cell")
    assert waits.waited == {"a cell": 2.0}


@pytest.mark.parametrize("who", ["", *waits.NO_LESSON])
def test_what_is_no_lesson_leaves_the_time_to_what_is_one(cell: Clock, who: str) -> None:
    lesson = timer()
    cell.idle(1)
    waits.ran_out(lesson, who)
    waits.ran_out(lesson, "a cell")
    assert waits.waited == {"a cell": 1.0}


def test_each_exception_is_a_function_that_exists() -> None:
    for name in waits.NO_LESSON:
        module, _, function = name.partition(".")
        [file] = (waits.ROOT / "wslab" / "network").rglob(f"{module}.py")
        assert f"def {function}(" in file.read_text(encoding="utf-8")
