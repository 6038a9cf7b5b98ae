"""One subject under the whole suite, and what three of them show side by side."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.conformance.scrutiny import Seen, judge
from tests.conformance.subjects import ENVIRONMENT, NAMES
from tests.conformance.suite import FAST, GROUPS, TIMING, Verdict, fuzz, group_of, verdicts

ROOT: Final = Path(__file__).parents[2]
ROUNDS: Final = 3  # for the cases that the suite had no patience for
STOP_LIMIT: Final = 300.0  # seconds until a subject has examined what is left, and has ended

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the suite thought of one subject, by case; behind a tap also what was recorded."""

    verdicts: dict[str, Verdict]
    seen: dict[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The trials of bare `websockets`, of EchoServer, and of EchoServer through a tap."""

    groups: Sequence[int]
    bare: Trial
    echo: Trial
    tap: Trial

    def complaints(self) -> list[str]:
        """Everything that is not as it should be, as sentences; [] when all is well."""
        return [*self.missing(), *self.failed(), *self.changed(), *self.misread()]

    def missing(self) -> list[str]:
        """Subjects of which the suite has not judged every case."""
        wanted = sum(GROUPS[group].cases for group in self.groups)
        return [
            f"{name}: {len(trial.verdicts)} of {wanted} cases have a verdict"
            for name, trial in zip(NAMES, (self.bare, self.echo, self.tap), strict=True)
            if len(trial.verdicts) != wanted
        ]

    def failed(self) -> list[str]:
        """Cases that EchoServer fails and the bare library does not."""
        return [
            f"{case}: EchoServer failed it, bare websockets did not ({verdict.behavior}, "
            f"closing {verdict.closing})"
            for case, verdict in self.echo.verdicts.items()
            if verdict.word == "FAILED" and self._word(self.bare, case) != "FAILED"
        ]

    def changed(self) -> list[str]:
        """Cases whose verdict the tap changes. Timing may, between OK and non-strict."""
        found = []
        for case, through in self.tap.verdicts.items():
            alone = self.echo.verdicts.get(case)
            if alone is None or through[:2] == alone[:2]:
                continue
            if case in TIMING and {through.word, alone.word} <= {"OK", "NON-STRICT"}:
                continue
            found.append(
                f"{case}: {alone.behavior}, closing {alone.closing}; through the tap "
                f"{through.behavior}, closing {through.closing}"
            )
        return found

    def misread(self) -> list[str]:
        """What the recordings show otherwise than they should."""
        found = [f"{case}: not recorded" for case in self.tap.verdicts if case not in self.tap.seen]
        return found + [line for case, seen in self.tap.seen.items() for line in judge(case, seen)]

    @staticmethod
    def _word(trial: Trial, case: str) -> str | None:
        verdict = trial.verdicts.get(case)
        return verdict and verdict.word


async def run(groups: Sequence[int], work: Path, tell: Tell, save: Path | None = None) -> Result:
    """Let the suite loose on all three subjects at once, with its reports in `work`.

    The recordings are kept in `save`, each named after its case. NotInstalled without the suite.
    """
    async with asyncio.TaskGroup() as tasks:
        trials = [
            tasks.create_task(
                _try(name, groups, work / name, tell, save if name == "tap" else None)
            )
            for name in NAMES
        ]
    return Result(groups, *(trial.result() for trial in trials))


async def _try(
    name: str, groups: Sequence[int], reports: Path, tell: Tell, save: Path | None
) -> Trial:
    folder = []
    if save:
        save.mkdir(parents=True, exist_ok=True)
        folder.append(str(save.resolve()))
    subject = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.conformance.subjects", name, *folder),
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,  # bytes of a line, which may hold many problems
    )
    assert subject.stdin is not None and subject.stdout is not None
    try:
        url = (await subject.stdout.readline()).decode().strip()
        if not url:
            raise RuntimeError(f"the subject {name} ended before it listened; its errors are above")
        reading = asyncio.create_task(_read(subject.stdout))
        found = await _judged(url, name, [f"{group}.*" for group in groups], reports, tell)
        rounds = [found]
        while (late := [case for case in found if found[case].late]) and len(rounds) < ROUNDS:
            tell(f"{name}: again, for the suite lost its patience: {', '.join(late)}")
            again = reports.with_name(f"{name}-{len(rounds)}")
            rounds.append(await _judged(url, name, late, again, tell))
            found = found | rounds[-1]
        subject.stdin.close()
        async with asyncio.timeout(STOP_LIMIT):
            lines = await reading
            if await subject.wait():
                raise RuntimeError(f"the subject {name} failed; its errors are above")
    finally:
        with suppress(ProcessLookupError):
            subject.kill()
        await subject.wait()
    return Trial(found, _by_case(rounds, lines, save))


async def _judged(
    url: str, name: str, cases: Sequence[str], reports: Path, tell: Tell
) -> dict[str, Verdict]:
    """The suite's verdicts on these cases; `tell` hears how far it is."""
    started, at = time.monotonic(), ""
    async for case in fuzz(url, name, cases, reports):
        group = group_of(case)
        now = str(group) if group in FAST else case.rpartition(".")[0]
        if now != at:
            at = now
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            tell(f"{minutes:2}:{seconds:02}  {name:<4}  {at:<4} {GROUPS[group].title}")
    return verdicts(reports, name)


async def _read(stream: asyncio.StreamReader) -> list[str]:
    return [line.decode() async for line in stream]


def _by_case(
    rounds: Sequence[dict[str, Verdict]], lines: Sequence[str], save: Path | None
) -> dict[str, Seen]:
    """Which recording belongs to which case: both know the key of the handshake.

    Of a case that ran again the last counts, as its recordings come in order.
    """
    cases = {verdict.key: case for found in rounds for case, verdict in found.items()}
    seen = {}
    for number, line in enumerate(lines):
        one = Seen.from_json(json.loads(line))
        case = cases.get(one.key, f"recording {number}")
        seen[case] = one
        if save:
            (save / f"{number}.wscap").replace(save / f"case-{case}.wscap")
    return seen
