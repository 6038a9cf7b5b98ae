"""How a benchmark measures and shows: peers in turn, medians of several runs, one table."""

from __future__ import annotations

import importlib
import operator
import os
import re
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    """One comparison. `ratio` is how we stand to `against`; `goal` is what we want it to be."""

    what: str
    against: str
    ratio: float
    goal: str = ""  # such as ">= 2"

    @property
    def met(self) -> bool:
        """Whether the ratio is what we want it to be."""
        sign, number = self.goal.split()
        return {">=": operator.ge, "<=": operator.le}[sign](self.ratio, float(number))


#: The tables of one run, by their titles.
Tables = dict[str, list[Row]]


#: Set where a run has to show no more than that everything works: its figures mean nothing.
QUICK = "WSLAB_BENCH_QUICK"

#: Every table that this process has shown.
SHOWN: Tables = {}

#: A row shows the least and the greatest of its runs where they differ by more than this factor.
STEADY = 1.1


def full_or_quick(full: int, quick: int) -> int:
    """How many rounds, frames or clients: `full`, or only `quick`."""
    return quick if QUICK in os.environ else full


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def times_faster(
    ours: Callable[[], object], peers: dict[str, Callable[[], object]]
) -> dict[str, float]:
    """How many times faster `ours` is than each peer: the median over rounds taken in turn."""
    ours()
    for peer in peers.values():
        peer()
    ratios: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(full_or_quick(3, 1)):
        base = seconds(ours)
        for name, peer in peers.items():
            ratios[name].append(seconds(peer) / base)
    return {name: statistics.median(values) for name, values in ratios.items()}


def show(title: str, rows: list[Row]) -> None:
    """Print the rows as a table."""
    SHOWN[title] = rows
    print(f"\n{title}")
    wide = max(len(row.what) for row in rows), max(len(row.against) for row in rows)
    for row in rows:
        goal = f"{row.goal}{'' if row.met else ', NOT MET'}" if row.goal else ""
        print(f"  {row.what:<{wide[0]}}  {row.against:<{wide[1]}}  {row.ratio:6.2f}x  {goal}")


def once(module: str) -> Tables:
    """What a benchmark shows when it runs here, in a process that has run none yet."""
    importlib.import_module(module).main()
    print(end="", flush=True)
    return SHOWN


def markdown(runs: list[Tables]) -> str:
    """Every row that has a goal, with the median of its runs, as one table.

    Only ratios: what stands in brackets in a title or a name differs from run to run, and goes.
    """
    found: dict[tuple[str, str, str], list[Row]] = {}
    for tables in runs:
        for title, rows in tables.items():
            for row in rows:
                if row.goal:
                    words = _plain(title), _plain(row.what), _plain(row.against)
                    found.setdefault(words, []).append(row)
    lines = [
        "| measured | of | against | ratio | goal | met | runs |",
        "|---|---|---|--:|--:|---|--:|",
    ]
    for words, rows in found.items():
        ratios = [row.ratio for row in rows]
        middle = rows[0]._replace(ratio=statistics.median(ratios))
        goal = middle.goal.replace("<=", "≤").replace(">=", "≥")
        met = "yes" if middle.met else "**no**"
        cells = *words, in_short(ratios), goal, met, str(len(rows))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def in_short(ratios: list[float]) -> str:
    """The median, and where the runs differ the least and the greatest as well."""
    least, middle, greatest = (f"{of(ratios):.2f}" for of in (min, statistics.median, max))
    differ = max(ratios) > STEADY * min(ratios) and least != greatest
    return f"{middle} ({least}–{greatest})" if differ else middle


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\([^)]*\)", "", text).split())
