"""`python3 run.py bench [NAME ...]`: every bench_<name>.py beside this file, as ratio tables.

Ratios are taken within one run, with the peers in turn, because a shared machine
changes its speed from minute to minute. Nothing here is a test: no figure can fail.
"""

from __future__ import annotations

import importlib
import platform
import sys
from pathlib import Path


def main(wanted: list[str]) -> int:
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    if not chosen:
        known = ", ".join(name.removeprefix("bench_") for name in names)
        print(f"no benchmark is called {' '.join(wanted)!r}; there are {known}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in chosen:
        importlib.import_module(f"tests.benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
