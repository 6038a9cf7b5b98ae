"""README's table of conformance, made from the result of a run."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.conformance.suite import GROUPS, VERSION, group_of
from tests.conformance.trial import Result, Trial
from wslab_course.readme import with_between

BEGIN: Final = "<!-- conformance: made by `python3 run.py conformance` -->"
END: Final = "<!-- /conformance -->"
WORDS: Final = ("OK", "NON-STRICT", "INFORMATIONAL", "FAILED")


def table(result: Result) -> str:
    """The groups of a run as a Markdown table, with a sentence on what ran and how."""
    trials = (result.bare, result.echo, result.tap)
    rows = [
        "| group | cases | bare `websockets` | `EchoServer` | through a `Tap` | frames dissected "
        "| first faults named |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for group in result.groups:
        title = f"{group} {GROUPS[group].title}"
        rows.append(
            _row(title, trials, [case for case in _cases(trials) if group_of(case) == group])
        )
    rows.append(_row("all", trials, _cases(trials)))
    size = sum(seen.size for seen in result.tap.seen.values())
    return "\n".join(
        [
            f"autobahntestsuite {VERSION}, websockets {version('websockets')}, "
            f"Python {platform.python_version()}, {platform.system()} {platform.machine()}. "
            "A cell counts OK / non-strict / informational / failed; the tap recorded "
            f"{size / 2**20:,.0f} MiB.",
            "",
            *rows,
        ]
    )


def _cases(trials: Sequence[Trial]) -> list[str]:
    return list(trials[0].verdicts)


def _row(title: str, trials: Sequence[Trial], cases: Sequence[str]) -> str:
    seen = [trials[-1].seen[case] for case in cases if case in trials[-1].seen]
    named = sum(one.violation is not None for one in seen)
    cells = [title, str(len(cases)), *(_counts(trial, cases) for trial in trials)]
    cells += [f"{sum(one.frames for one in seen):,}", str(named)]
    return f"| {' | '.join(cells)} |"


def _counts(trial: Trial, cases: Sequence[str]) -> str:
    count = Counter(trial.verdicts[case].word for case in cases if case in trial.verdicts)
    return " / ".join(str(count[word]) for word in WORDS)


def write(made: str, readme: Path) -> bool:
    """Put the table between README's two markers; whether that changed it."""
    before = readme.read_text(encoding="utf-8")
    after = with_between(before, BEGIN, END, made + "\n")
    readme.write_text(after, encoding="utf-8")
    return after != before
