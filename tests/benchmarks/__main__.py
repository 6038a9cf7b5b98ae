"""`python3 run.py bench [NAME ...]`: every bench_<name>.py beside this file, as ratio tables.

Ratios are taken within one run, with the peers in turn, because a shared machine
changes its speed from minute to minute. Nothing here is a test: no figure can fail.
Without a NAME all are run, and the table in README.md is made anew. `--quick` takes so little of
everything that the figures mean nothing: it shows that all of it works.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

from tests.benchmarks.ratios import QUICK, markdown
from wslab_course.readme import with_between

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- bench: made by `python3 run.py bench` -->"
END = "<!-- /bench -->"


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
    for name in chosen:
        importlib.import_module(f"tests.benchmarks.{name}").main()
    if quick:
        print(markdown())
    elif not wanted:
        text = README.read_text(encoding="utf-8")
        made = f"{markdown()}\n\nOne run on {machine}."
        README.write_text(with_between(text, BEGIN, END, made), encoding="utf-8")
        print("\nREADME.md has the table of this run.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
