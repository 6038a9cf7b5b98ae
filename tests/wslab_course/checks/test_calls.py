"""A learner's function is called safely: bounded, captured, quoted."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from tests.patience import LIMIT, patient
from wslab_course.checks.calls import (
    MAX_PRINTED_CHARACTERS,
    CallResults,
    Raised,
    Returned,
    TimedOut,
    run_calls,
)


def one(function: Callable[[], Any], seconds: float = 5.0, **options: Any) -> CallResults:
    return run_calls([function], seconds, code=function.__code__, **options)


def check_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "wslab check"]


def test_values_come_back_in_order() -> None:
    assert run_calls([lambda: 1, lambda: b"2"], 5).outcomes == [Returned(1), Returned(b"2")]


def test_values_are_copied_so_that_a_later_call_cannot_change_them() -> None:
    shared: list[int] = []

    def grow() -> list[int]:
        shared.append(1)
        return shared

    assert run_calls([grow, grow], 5).outcomes == [Returned([1]), Returned([1, 1])]


def test_what_cannot_be_copied_is_handed_back_as_it_is() -> None:
    lock = threading.Lock()
    assert one(lambda: lock).outcomes == [Returned(lock)]


def test_an_exception_is_quoted_with_the_learners_own_line() -> None:
    def broken() -> int:
        raise ValueError("x" * 1000)  # the line to quote

    (outcome,) = one(broken).outcomes
    assert isinstance(outcome, Raised) and outcome.theirs
    assert outcome.kind == "ValueError" and len(outcome.message) == 300
    assert outcome.code.endswith("# the line to quote")


def test_the_quoted_line_is_theirs_and_not_the_librarys() -> None:
    (outcome,) = one(lambda: asyncio.run(3)).outcomes  # type: ignore[arg-type]
    assert isinstance(outcome, Raised) and "asyncio.run(3)" in outcome.code


def test_an_exception_that_never_met_their_code_is_not_theirs() -> None:
    (outcome,) = run_calls([lambda: 1 // 0], 5, code=check_threads.__code__).outcomes
    assert isinstance(outcome, Raised) and outcome.theirs  # same file
    (outcome,) = run_calls([lambda: 1 // 0], 5, code=logging.warning.__code__).outcomes
    assert isinstance(outcome, Raised) and not outcome.theirs and outcome.code == ""


def test_a_message_that_cannot_be_shown_is_survived() -> None:
    class Shy(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def broken() -> None:
        raise Shy

    (outcome,) = one(broken).outcomes
    assert isinstance(outcome, Raised) and outcome.message == "(its message cannot be shown)"


def test_exit_does_not_end_the_kernel() -> None:
    (outcome,) = one(lambda: sys.exit(3)).outcomes
    assert isinstance(outcome, Raised) and outcome.kind == "SystemExit"


@pytest.mark.parametrize("stubborn", [False, True], ids=["plain", "with a bare except"])
def test_a_loop_that_never_ends_is_stopped(stubborn: bool) -> None:
    count = 0

    def spin() -> None:
        nonlocal count
        while True:
            try:
                count += 1
            except:  # noqa: E722 (learners write this)
                if not stubborn:
                    raise

    trial = run_calls([lambda: 1, spin, lambda: 2], 0.2)
    assert trial.outcomes == [Returned(1), TimedOut(0.2)] and len(trial.printed) == 2
    assert check_threads() == []


def test_a_thread_that_sleeps_in_the_system_is_left_behind() -> None:
    gate = threading.Event()
    began = time.monotonic()
    assert one(lambda: gate.wait(patient(30)), 0.1).outcomes == [TimedOut(0.1)]
    assert time.monotonic() - began < 10
    gate.set()
    for thread in threading.enumerate():
        if thread.name == "wslab check":
            thread.join(LIMIT)
    assert check_threads() == []


def test_interrupting_the_cell_stops_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: threading.Thread, timeout: float | None = None) -> None:
        if timeout == 30:
            raise KeyboardInterrupt
        join(self, timeout)

    def spin() -> None:
        while True:
            pass

    join = threading.Thread.join
    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_calls([spin], 30)
    assert check_threads() == []


def test_prints_are_kept_call_by_call_and_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    trial = run_calls(
        [
            lambda: print("one"),
            lambda: print("two", file=sys.stderr),
            lambda: print("x" * (MAX_PRINTED_CHARACTERS + 99)),
        ],
        5,
    )
    assert trial.printed[:2] == ["one\n", "two\n"]
    assert trial.printed[2].endswith("… and 100 more characters")
    assert len(trial.printed[2]) < MAX_PRINTED_CHARACTERS + 40
    assert capsys.readouterr() == ("", "")


def test_the_log_of_a_server_is_not_what_the_learner_printed() -> None:
    logger = logging.Logger("a server")  # has no handler, so the last resort would print
    before = logging.lastResort
    assert one(lambda: logger.error("handler failed")).printed == [""]
    assert logging.lastResort is before


def test_coroutines_run_and_see_their_deadline() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    assert one(answer, awaits=True).outcomes == [Returned(42)]

    async def forever() -> None:
        await asyncio.Event().wait()

    assert one(forever, 0.1, awaits=True).outcomes == [TimedOut(0.1, waiting=True)]
    assert check_threads() == []


def test_nest_asyncio_leaves_nothing_behind() -> None:
    script = (
        "import asyncio, nest_asyncio\n"
        "from wslab_course.checks.calls import run_calls\n"
        "async def left_over():\n"
        "    try:\n        await asyncio.Event().wait()\n"
        "    finally:\n        print('cancelled')\n"
        "async def answer():\n"
        "    global task\n"
        "    task = asyncio.ensure_future(left_over())\n"
        "    await asyncio.sleep(0)\n"
        "    return 42\n"
        "async def main():\n"
        "    nest_asyncio.apply()\n"
        "    print(run_calls([answer], 5, awaits=True))\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert "Returned(value=42)" in done.stdout and "['cancelled" in done.stdout, done
    assert done.stderr == ""


def test_a_coroutine_that_spins_or_refuses_to_be_cancelled_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def spin() -> None:
        while True:
            pass

    async def refuse() -> None:
        while True:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                pass

    monkeypatch.setattr("wslab_course.checks.calls.STOP_GRACE_S", 0.1)
    for function in (spin, refuse):
        assert one(function, 0.1, awaits=True).outcomes == [TimedOut(0.1)]
        assert check_threads() == []


def test_their_own_timeout_error_is_an_exception_like_any_other() -> None:
    async def impatient() -> None:
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)

    (outcome,) = one(impatient, awaits=True).outcomes
    assert isinstance(outcome, Raised) and outcome.kind == "TimeoutError"


def test_a_task_groups_exception_is_unwrapped() -> None:
    async def fail() -> None:
        raise LookupError("inside")

    async def group() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail())

    (outcome,) = one(group, awaits=True).outcomes
    assert isinstance(outcome, Raised)
    assert (outcome.kind, outcome.message) == ("LookupError", "inside")
    assert outcome.code == 'raise LookupError("inside")'


def test_a_task_that_failed_alone_is_mentioned() -> None:
    async def lonely() -> None:
        async def fail() -> None:
            raise LookupError("alone")

        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])
        del task

    assert one(lonely, awaits=True).printed == ["in a task: LookupError: alone\n"]


def test_a_forgotten_await_is_noted_and_not_spilled() -> None:
    async def send() -> None: ...

    async def forgetful() -> None:
        send()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trial = one(forgetful, awaits=True)
    assert trial.never_awaited == ["send"]

    (outcome,) = one(lambda: send()).outcomes  # closed, so nothing warns later
    assert isinstance(outcome, Returned) and type(outcome.value).__name__ == "coroutine"


def test_one_trial_then_another() -> None:
    both = CallResults([Returned(1)], ["a"], ["x"]).then(CallResults([Returned(2)], ["b"], []))
    assert both == CallResults([Returned(1), Returned(2)], ["a", "b"], ["x"])
