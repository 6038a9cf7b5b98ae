"""Call a learner's function safely: it may loop, raise, print or never return.

Rules of this file:

* A call ends in one of three ways, and each is a value: Returned, Raised, TimedOut.
* The calls run in a worker thread with a time limit. A loop that runs on is stopped
  by an exception thrown into that thread; a waiting coroutine is cancelled.
* What the function prints is kept up to a limit and returned; it never reaches the cell.
* That holds for the whole process, on purpose: their code also runs in threads of its own
  and on the background loop, where neither a thread nor a context leads back to the check.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import ctypes
import io
import linecache
import logging
import threading
import time
import types
import warnings
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

try:  # asyncio.Task may be nest_asyncio's, which asyncio.timeout cannot see from Python 3.14 on
    from _asyncio import Task
except ImportError:  # a Python without C
    from asyncio import Task

MAX_PRINTED_CHARACTERS = 1500  # characters of a learner's prints that are kept
MAX_MESSAGE_CHARACTERS = 300  # characters of an exception's message that are quoted
STOP_GRACE_S = 1.0  # seconds that a cancelled coroutine has to end by itself
STOP_TRIES = 100  # a loop with a bare `except:` swallows most of the exceptions thrown at it
STOP_PAUSE_S = 0.01  # seconds between two tries


@dataclass(frozen=True)
class Returned:
    """The call gave a value (copied, so that a later call cannot change it)."""

    value: object


@dataclass(frozen=True)
class Raised:
    """The call raised. ``line`` and ``code`` are the learner's own; None and "" without any."""

    kind: str
    message: str
    line: int | None
    code: str
    error: BaseException

    @property
    def theirs(self) -> bool:
        """Whether the exception passed through the learner's code at all."""
        return self.line is not None


@dataclass(frozen=True)
class TimedOut:
    """The call had not ended after this many seconds: a loop, or an await."""

    seconds: float
    waiting: bool = False


CallOutcome = Returned | Raised | TimedOut


@dataclass(frozen=True)
class CallResults:
    """The outcomes of a list of calls; fewer than the calls when the time ran out.

    ``printed`` holds what was printed during each call.
    """

    outcomes: list[CallOutcome]
    printed: list[str]
    never_awaited: list[str]

    def then(self, more: CallResults) -> CallResults:
        """These results and those that followed it, as one."""
        return CallResults(
            self.outcomes + more.outcomes,
            self.printed + more.printed,
            self.never_awaited + more.never_awaited,
        )


class Stopped(BaseException):
    """Thrown into a worker whose time is over; no ``except Exception`` catches it."""


class BoundedOutput(io.TextIOBase):
    """Keep the first characters that are written, and count the others."""

    def __init__(self) -> None:
        self._kept, self._left_out = "", 0

    def write(self, text: str) -> int:
        room = MAX_PRINTED_CHARACTERS - len(self._kept)
        self._kept += text[:room]
        self._left_out += len(text) - len(text[:room])
        return len(text)

    def take(self) -> str:
        """What was written since the last take."""
        note = f"\n… and {self._left_out:,} more characters" if self._left_out else ""
        text = self._kept + note
        self._kept, self._left_out = "", 0
        return text


def run_calls(
    calls: Sequence[Callable[[], Any]],
    seconds: float,
    *,
    awaits: bool = False,
    code: types.CodeType | None = None,
) -> CallResults:
    """Make the calls one after the other, all within this many seconds.

    With ``awaits`` each call gives a coroutine, which gets an event loop of its own.
    ``code`` is the learner's: an exception is quoted with the line of that file.
    """
    deadline = time.monotonic() + seconds
    outcomes: list[CallOutcome] = []
    printed: list[str] = []
    output = BoundedOutput()

    def work() -> None:
        with contextlib.suppress(Stopped):
            for call in calls:
                outcome = _outcome(call, awaits, deadline, seconds, code)
                printed.append(output.take())
                outcomes.append(outcome)
                if isinstance(outcome, TimedOut):
                    return

    worker = threading.Thread(target=work, name="wslab check", daemon=True)
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        _quiet_logging(),
    ):
        warnings.simplefilter("always")
        worker.start()
        try:
            # A coroutine is cancelled at the deadline; the grace lets it clean up.
            worker.join(seconds + (STOP_GRACE_S if awaits else 0.0))
        finally:
            done = list(outcomes)  # what comes after the deadline does not count
            stop_thread(worker)
    if len(done) < len(calls) and not (done and isinstance(done[-1], TimedOut)):
        done.append(TimedOut(seconds))
        printed = [*printed[: len(done) - 1], output.take()]
    texts = [str(warning.message) for warning in caught]
    return CallResults(
        outcomes=done,
        printed=printed,
        never_awaited=[
            text.split("'")[1].rpartition(".")[2] for text in texts if "was never awaited" in text
        ],
    )


@contextlib.contextmanager
def _quiet_logging() -> Iterator[None]:
    """Keep the log of a case's server out of the learner's own prints."""
    last, logging.lastResort = logging.lastResort, logging.NullHandler()
    try:
        yield
    finally:
        logging.lastResort = last


def _outcome(
    call: Callable[[], Any],
    awaits: bool,
    deadline: float,
    seconds: float,
    code: types.CodeType | None,
) -> CallOutcome:
    try:
        value = _await(call(), deadline) if awaits else call()
    except Stopped:
        return TimedOut(seconds, waiting=True)
    except BaseException as error:  # SystemExit too: a learner may call exit()
        return _quote(error, code)
    if isinstance(value, Coroutine):
        value.close()  # the verdict says what is wrong; a warning in a later cell would not help
        return Returned(value)
    try:
        return Returned(copy.deepcopy(value))
    except Exception:
        return Returned(value)


def _await(coroutine: Coroutine[Any, Any, Any], deadline: float) -> Any:
    # Not asyncio.run: nest_asyncio replaces it by one that leaves tasks and loop behind.
    with asyncio.Runner() as runner:
        runner.get_loop().set_task_factory(_new_task)
        return runner.run(_bounded(coroutine, deadline))


def _new_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
    return Task(coroutine, loop=loop, **options)


async def _bounded(coroutine: Coroutine[Any, Any, Any], deadline: float) -> Any:
    asyncio.get_running_loop().set_exception_handler(_mention)
    limit = asyncio.timeout(max(deadline - time.monotonic(), 0))
    try:
        async with limit:
            return await coroutine
    except TimeoutError:
        if limit.expired():
            raise Stopped from None
        raise


def _mention(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Print the exception of a task that nobody awaited, so that the learner sees it."""
    if error := context.get("exception"):
        print(f"in a task: {type(error).__name__}: {error}")


def stop_thread(worker: threading.Thread) -> None:
    """End the worker, or leave it (a daemon) when it waits inside the operating system."""
    for _ in range(STOP_TRIES):
        if not worker.is_alive() or worker.ident is None:
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(worker.ident), ctypes.py_object(Stopped)
        )
        worker.join(STOP_PAUSE_S)


def _quote(error: BaseException, code: types.CodeType | None) -> Raised:
    line, text = _their_line(error, code)
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]  # a TaskGroup wraps the exception of one of its tasks
        inner = _their_line(error, code)
        line, text = inner if inner[0] is not None else (line, text)
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be shown)"
    return Raised(type(error).__name__, message[:MAX_MESSAGE_CHARACTERS], line, text, error)


def _their_line(error: BaseException, code: types.CodeType | None) -> tuple[int | None, str]:
    """The deepest line of the traceback that the learner wrote."""
    line, text = None, ""
    step = error.__traceback__
    while step is not None and code is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename:
            line = step.tb_lineno
            text = linecache.getline(code.co_filename, line).strip()
        step = step.tb_next
    return line, text
