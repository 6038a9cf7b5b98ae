"""How long the cells of a notebook wait on purpose: an extension of IPython that counts it.

A wait on purpose is a timer that a cell, the course or the helper sets, and that runs out: a
sleep, the delay of a tap, a time limit. Of its time that counts in which a cell runs and the
process computes nothing; where several timers run it counts once, for the first that runs out.
After each cell the sums are written to a file in the folder WSLAB_BENCH_WAITS.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = str(ROOT / "wslab") + os.sep, str(ROOT / "wslab_course") + os.sep
#: What the helper does in any case is no lesson: a look for an RST, and the patience of a stop.
NO_LESSON = ("relay._watch_for_reset", "relay._pass_reset", "paths._close", "background._end")
free: list[tuple[float, float]] = []  # pieces of cells: when each began, and its idle seconds
waited, lock = Counter[str](), threading.Lock()
last, a_cell_runs = (0.0, 0.0), False  # where the latest ended: the clock, and CPU seconds used


def begin() -> tuple[float, str]:
    """A timer is set: a piece ends here. When that was, and who sets it."""
    global last
    with lock:
        before, last = last, (time.monotonic(), time.process_time())
        if a_cell_runs:
            free.append((before[0], max(0.0, last[0] - before[0] - (last[1] - before[1]))))
        at, frame = last[0], sys._getframe(1)
    while frame.f_back is not None:
        name = frame.f_code.co_filename
        if "ipykernel_" in name:
            return at, "a cell"
        if name.startswith(OURS) or f"{os.sep}websockets{os.sep}" in name:
            return at, f"{Path(name).stem}.{frame.f_code.co_name}"
        frame = frame.f_back
    return at, ""


def ran_out(began: float, who: str) -> None:
    """The pieces since that timer was set, as far as they are free, are its own."""
    begin()
    if who and who not in NO_LESSON:
        with lock:
            first = bisect_left(free, (began,))
            waited[who] += sum(idle for _, idle in free[first:])
            del free[first:]


def load_ipython_extension(shell: Any) -> None:
    file = Path(os.environ["WSLAB_BENCH_WAITS"], f"{time.time():.6f}")  # when the kernel began
    sleep, call_at = time.sleep, asyncio.BaseEventLoop.call_at

    def counted_sleep(seconds: float) -> None:
        timer = begin(), sleep(seconds)
        ran_out(*timer[0])

    def counted_call_at(loop: Any, when: float, act: Any, *arguments: Any, **options: Any) -> Any:
        timer = begin()
        return call_at(loop, when, lambda: (ran_out(*timer), act(*arguments)), **options)

    def turn(runs: bool) -> None:
        global a_cell_runs
        begin()
        a_cell_runs = runs
        file.write_text(json.dumps(waited), encoding="utf-8")

    time.sleep, asyncio.BaseEventLoop.call_at = counted_sleep, counted_call_at  # type: ignore
    shell.events.register("pre_run_cell", lambda info: turn(True))
    shell.events.register("post_run_cell", lambda result: turn(False))
    turn(False)
