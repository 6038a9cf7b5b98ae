"""`python3 run.py bench [NAME ...]`: every bench_<name>.py beside this file, as ratio tables.

Ratios are taken within one run, with the peers in turn, because a shared machine
changes its speed from minute to minute. Each benchmark runs five times, or `RUNS` of its module
times, each time in a process of its own, and the median counts. The runs of one benchmark do not
follow each other: all are run once, then all a second time.
Nothing here is a test: no figure can fail.
Without a NAME all are run, and the table in README.md is made anew. `--quick` takes so little of
everything that the figures mean nothing: it shows that all of it works.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.benchmarks.ratios import QUICK, Tables, full_or_quick, markdown, once
from wslab_course.readme import with_between

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- bench: made by `python3 run.py bench` -->"
END = "<!-- /bench -->"
MOST_RUNS = 5


def main(wanted: list[str]) -> int:
    quick = "--quick" in wanted
    if quick:
        os.environ[QUICK] = "yes"
        wanted.remove("--quick")
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    if not chosen:
        known = ", ".join(name.removeprefix("bench_") for name in names)
        print(f"no benchmark is called {' '.join(wanted)!r}; there are {known}", file=sys.stderr)
        return 2
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    machine += f", {os.cpu_count()} processors"
    print(machine)
    runs = []
    took = dict.fromkeys(chosen, 0.0)
    for number in range(1, full_or_quick(MOST_RUNS, 1) + 1):
        for name in chosen:
            if number <= times(name):
                print(f"\n{name}, run {number}", flush=True)
                began = time.monotonic()
                runs.append(in_a_process(name))
                took[name] += time.monotonic() - began
    spent = ", ".join(f"{name.removeprefix('bench_')} {took[name]:.0f}" for name in chosen)
    print(f"\n{markdown(runs)}\n\nSeconds: {spent}; {sum(took.values()):.0f} together.")
    if not quick and not wanted:
        text = README.read_text(encoding="utf-8")
        made = f"{markdown(runs)}\n\nOn {machine}."
        README.write_text(with_between(text, BEGIN, END, made), encoding="utf-8")
        print("\nREADME.md has the table of these runs.")
    return 0


def times(name: str) -> int:
    """How many times that benchmark runs."""
    return getattr(importlib.import_module(f"tests.benchmarks.{name}"), "RUNS", MOST_RUNS)


def in_a_process(name: str) -> Tables:
    """One run, in a new interpreter."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(once, f"tests.benchmarks.{name}").result()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
