"""How a benchmark measures and shows: peers in turn, medians of ratios, one table."""

from __future__ import annotations

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


#: Set where a run has to show no more than that everything works: its figures mean nothing.
QUICK = "WSLAB_BENCH_QUICK"

#: Every table shown so far, by its title.
SHOWN: dict[str, list[Row]] = {}


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
    for _ in range(full_or_quick(7, 1)):
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


def markdown() -> str:
    """Every row so far that has a goal, as one table. Only ratios: what stands in brackets goes."""
    lines = ["| measured | of | against | ratio | goal | met |", "|---|---|---|--:|--:|---|"]
    for title, rows in SHOWN.items():
        for row in rows:
            if row.goal:
                words = (_plain(title), _plain(row.what), _plain(row.against))
                met = "yes" if row.met else "**no**"
                goal = row.goal.replace("<=", "≤").replace(">=", "≥")
                lines.append(f"| {' | '.join(words)} | {row.ratio:.2f} | {goal} | {met} |")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\([^)]*\)", "", text).split())
