"""grade_chat: hostile clients against a chat server, and a rubric of the outcome.

Each stage needs the one before it, so the first stage with a failure is the last one that
is tried. Everything ends within 30 seconds, and nothing is left running.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
import warnings
from collections.abc import Callable
from typing import Any, Final

from wslab_course.checks.calls import BoundedOutput, stop_thread
from wslab_course.checks.stub import is_empty
from wslab_course.lessons.chat.grading import endurance_checks as chat_endurance_checks
from wslab_course.lessons.chat.grading import hostile_checks as chat_hostile_checks
from wslab_course.lessons.chat.grading import talk_checks as chat_talk_checks
from wslab_course.lessons.chat.grading.client import CheckFailed
from wslab_course.lessons.chat.grading.host import ChatHost
from wslab_course.lessons.chat.grading.rubric import STAGES, Check, CheckOutcome, Rubric
from wslab_course.lessons.chat.grading.script import SCRIPTS, ChatUnderTest, LeftOut, Script

__all__ = ["grade_chat"]

GRADING_TIMEOUT_S: Final = 24.0  # seconds for all checks; six more are left to end what still runs
PATIENCE_S: Final = 3.0  # seconds for one thing to happen
_MAX_FAILURES: Final = 3  # failures in a stage, after which the rest of it is not tried
_PING_WITHIN_S: Final = 2.0  # seconds between pings, up to which a check can wait for their effect

#: The modules that add their checks to SCRIPTS when they are imported.
MODULES: Final = (chat_talk_checks, chat_hostile_checks, chat_endurance_checks)
CHECKS: Final = sorted(SCRIPTS, key=lambda one: one.stage)


def grade_chat(server: Any, *, stages: int = 5, patience: float = PATIENCE_S) -> Rubric:
    """Try a chat server with polite and hostile clients, stage by stage.

    `server` is a handler (``async def chat(ws)``), which is served during the test; or a
    running object with a ``.url``; or a URL. `stages` says how many of the five are tried, and
    `patience` how many seconds a client waits for one thing. The protocol is the table in
    ``wslab.network.chat.protocol``.

    Whatever the server does, this function does not raise and ends within 30 seconds.
    """
    output = BoundedOutput()
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        warnings.simplefilter("always")
        rubric = _grade(server, patience, [one for one in CHECKS if one.stage <= stages])
    notes = list(rubric.notes)
    said = [str(warning.message) for warning in caught]
    forgotten = {text.split("'")[1].rpartition(".")[2] for text in said if "never awaited" in text}
    notes += [f"`{name}` was called without `await`." for name in sorted(forgotten)]
    if printed := output.take().strip():
        notes.append(f"During the checks your server printed: {printed}")
    return Rubric(rubric.checks, tuple(notes))


def _grade(server: Any, patience: float, tried: list[Script]) -> Rubric:
    if isinstance(server, str):
        return Rubric(_play(ChatUnderTest(server, "", patience, hosted=False), tried))
    if _is_handler(server):
        if is_empty(server):
            return _cannot(tried, "The handler is empty; replace the three dots.", "not tried")
        with ChatHost(server) as host:
            checks = _play(ChatUnderTest(host.url, host.pinging_url, patience, hosted=True), tried)
        notes = [f"Your handler raised {error}." for error in host.errors[:5]]
        if host.blocked:
            notes.append("Your handler still blocks its thread: does it sleep without `await`?")
        return Rubric(checks, tuple(notes))
    try:
        url = server.url
    except AttributeError:
        what = getattr(server, "__name__", type(server).__name__)
        return _cannot(
            tried,
            f"{what} is not a chat server; pass the handler itself, such as `async def "
            "chat(ws)`, or a running server, or its URL.",
        )
    except Exception as error:
        return _cannot(tried, f"the server has no URL: {error}")
    if not isinstance(url, str):
        return _cannot(
            tried, f"the server's url is {url!r}, not a text such as ws://127.0.0.1:8765."
        )
    keepalive = getattr(server, "keepalive", None)
    prompt = isinstance(keepalive, int | float) and 0 < keepalive <= _PING_WITHIN_S
    return Rubric(_play(ChatUnderTest(url, url if prompt else "", patience, hosted=False), tried))


def _is_handler(server: Any) -> bool:
    call = getattr(type(server), "__call__", None)  # noqa: B004
    return inspect.iscoroutinefunction(server) or inspect.iscoroutinefunction(call)


def _cannot(tried: list[Script], why: str, outcome: CheckOutcome = "failed") -> Rubric:
    first, *rest = tried
    checks = [_result(first, why, outcome)]
    return Rubric((*checks, *(_result(one, _AFTER.format(1), "not tried") for one in rest)))


_AFTER: Final = "Stage {} has to pass first."
_OVER: Final = "The time was over before this check."


def _play(chat: ChatUnderTest, tried: list[Script]) -> tuple[Check, ...]:
    """All checks, on an event loop in a thread: a notebook's own loop is busy with the cell."""
    checks: list[Check] = []

    def work() -> None:
        with asyncio.Runner() as runner:
            runner.run(_play_all(chat, tried, checks.append))

    thread = threading.Thread(target=work, name="wslab grading", daemon=True)
    thread.start()
    try:
        thread.join(GRADING_TIMEOUT_S + 2)
    finally:
        stop_thread(thread)
    return (*checks, *(_result(one, _OVER, "not tried") for one in tried[len(checks) :]))


async def _play_all(
    chat: ChatUnderTest, tried: list[Script], done: Callable[[Check], None]
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # some connections break on purpose
    deadline = loop.time() + GRADING_TIMEOUT_S
    failures = dict.fromkeys(STAGES, 0)
    for one in tried:
        before = next((stage for stage in range(1, one.stage) if failures[stage]), None)
        if before is not None:
            done(_result(one, _AFTER.format(before), "not tried"))
        elif failures[one.stage] >= _MAX_FAILURES:
            done(_result(one, f"{_MAX_FAILURES} checks of this stage failed.", "not tried"))
        elif loop.time() >= deadline:
            done(_result(one, _OVER, "not tried"))
        else:
            check = await _try(one, chat, deadline)
            failures[one.stage] += check.outcome == "failed"
            done(check)


async def _try(one: Script, chat: ChatUnderTest, deadline: float) -> Check:
    chat.clients = []
    happened, outcome = "as expected", "passed"
    try:
        async with asyncio.timeout_at(deadline):
            await one.play(chat)
    except CheckFailed as failure:
        happened, outcome = str(failure), "failed"
    except LeftOut as reason:
        happened, outcome = str(reason), "left out"
    except TimeoutError:
        happened, outcome = (
            f"the check was not done after {GRADING_TIMEOUT_S:g} s of testing.",
            "failed",
        )
    except Exception as error:  # an unforeseen error: report it, and go on with the other checks
        happened = f"the check failed, perhaps because of what the server sent: {error!r}"
        outcome = "failed"
    transcripts = tuple(client.transcript for client in chat.clients)
    await chat.end()
    return _result(one, happened, outcome, transcripts if outcome == "failed" else ())


def _result(one: Script, happened: str, outcome: Any, transcripts: Any = ()) -> Check:
    return Check(one.stage, one.did, one.expected, happened, outcome, transcripts)
