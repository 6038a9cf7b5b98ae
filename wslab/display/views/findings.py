"""How verdicts look: broken rules first and in full, passed ones counted after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from wslab.display.markup import Details, Document, Paragraph, Table
from wslab.display.phrases import count
from wslab.display.spans import Judgement, Line
from wslab.protocol.rules.findings import Finding

MAX_BROKEN_FINDINGS: Final = 60  # broken findings that are shown in full


def add_findings(
    document: Document, findings: Sequence[Finding], again: Counter[str] | None = None
) -> None:
    """The verdict in one line, then the broken rules, then the rules that were kept.

    `again` counts, for each rule, the passed findings that are not among `findings`.
    """
    again = Counter() if again is None else again
    if not findings:
        return
    broken = [finding for finding in findings if not finding.ok]
    passed = [finding for finding in findings if finding.ok]
    checks = count(len(findings) + again.total(), "check")
    if not broken:
        document.add(Paragraph((Judgement(True), f" {checks}: everything keeps to the rules.")))
    else:
        many = "1 breaks a rule" if len(broken) == 1 else f"{len(broken):,} break a rule"
        document.add(Paragraph((Judgement(False), f" {checks}: {many}.")), _broken_table(broken))
        if len(broken) > MAX_BROKEN_FINDINGS:
            left = len(broken) - MAX_BROKEN_FINDINGS
            document.add(
                Paragraph(f"The first {MAX_BROKEN_FINDINGS} are shown; {left:,} more are left out.")
            )
    if passed:
        summary = f"The {count(len(passed) + again.total(), 'check')} that passed"
        document.add(Details(summary, [_passed_table(passed, again)]))


def _broken_table(broken: Sequence[Finding]) -> Table:
    rows = [
        (
            finding.rule,
            finding.says,
            finding.found,
            _who(finding),
            str(int(finding.close_code)) if finding.close_code else "none",
            finding.rfc,
        )
        for finding in broken[:MAX_BROKEN_FINDINGS]
    ]
    columns = ("Rule", "What it wants", "What was found", "Who", "Close code", "RFC")
    return Table("BROKEN rules", columns, rows, prose=frozenset({1, 2}))


def _passed_table(passed: Sequence[Finding], again: Mapping[str, int]) -> Table:
    """One row per rule, however many times it was checked."""
    times = Counter(again)
    first: dict[str, Finding] = {}
    for finding in passed:
        times[finding.rule] += 1
        first.setdefault(finding.rule, finding)
    rows: list[tuple[Line, ...]] = []
    for rule, one in first.items():
        often = "once" if times[rule] == 1 else f"{times[rule]:,} times"
        rows.append((rule, (Judgement(True), f" {often}"), one.says, one.found, one.rfc))
    columns = ("Rule", "Verdict", "What it wants", "What was found, the first time", "RFC")
    return Table("What keeps to the rules", columns, rows, prose=frozenset({2, 3}))


def _who(finding: Finding) -> str:
    where = "" if finding.index is None else f"frame {finding.index}"
    who = "" if finding.sender is None else finding.sender.value
    return ", ".join(filter(None, (who, where)))
