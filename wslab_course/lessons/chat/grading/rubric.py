"""Rubric: the outcome of each check of a chat server, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from wslab.display.markup import Block, Details, Document, Heading, Paragraph, Table
from wslab.display.phrases import count
from wslab.display.spans import Code, Judgement, Line, prose

#: not tried: an earlier check failed, or the time was over. left out: this server cannot
#: be tested for it from here; that does not count for or against it.
CheckOutcome = Literal["passed", "failed", "not tried", "left out"]

STAGES: Final = {
    1: "echo to all",
    2: "names, join, leave",
    3: "errors and limits",
    4: "slow clients",
    5: "history and resume",
}


@dataclass(frozen=True)
class Transcript:
    """What one client of a failed check sent and received, one line for each message."""

    client: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One thing that was done to the server: what was expected, and what happened."""

    stage: int
    did: str
    expected: str
    happened: str
    outcome: CheckOutcome
    transcripts: tuple[Transcript, ...] = ()

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"

    @property
    def fine(self) -> bool:
        """Whether the next stage may follow: passed, or left out."""
        return self.outcome in ("passed", "left out")


@dataclass(frozen=True, repr=False)
class Rubric:
    """Every check, in order. `notes` hold other facts, such as what the server printed."""

    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no check failed and all that are possible were tried."""
        return bool(self.checks) and all(check.fine for check in self.checks)

    @property
    def stage(self) -> int:
        """The last stage that is done, 0 to 5: all its checks passed, and all before it."""
        done = 0
        for stage in STAGES:
            here = [check for check in self.checks if check.stage == stage]
            if not here or not all(check.fine for check in here):
                break
            done = stage
        return done

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.outcome == "failed")

    @property
    def title(self) -> str:
        """The result in one line."""
        passed = sum(check.passed for check in self.checks)
        many = f"{passed} of {count(len(self.checks), 'check')} passed"
        if self.stage == len(STAGES):
            return f"All five stages are done: {many}."
        if self.stage == 0:
            return f"No stage is done yet: {many}."
        return f"Stage {self.stage} of 5 is done ({STAGES[self.stage]}): {many}."

    def __repr__(self) -> str:
        return self._document().text

    def _repr_html_(self) -> str:
        return self._document().html

    def _document(self) -> Document:
        rows = [
            (
                f"{check.stage} {STAGES[check.stage]}",
                _outcome(check),
                prose(check.did),
                prose(check.expected),
                prose(check.happened),
            )
            for check in self.checks
        ]
        columns = ("Stage", "Result", "What was done", "What was expected", "What happened")
        blocks: list[Block] = [
            Heading(self.title),
            Table("Checks of the chat server", columns, rows, prose=frozenset({2, 3, 4})),
        ]
        blocks += [Paragraph(prose(note)) for note in self.notes]
        for check in self.failed:
            blocks += [_transcript(check, transcript) for transcript in check.transcripts]
        return Document(blocks)


def _outcome(check: Check) -> Line:
    if check.outcome in ("not tried", "left out"):
        return check.outcome
    return Judgement(check.passed)


def _transcript(check: Check, transcript: Transcript) -> Details:
    who = f"{transcript.client} sent and received: {check.did}"
    rows: Sequence[tuple[Line, ...]] = [
        (line[:1], Code(line[2:])) for line in transcript.lines
    ] or [("", "nothing was sent or received")]
    table = Table(
        f"Transcript of {transcript.client}: → sent, ← received, · what else happened",
        ("", "Message"),
        rows,
        bytes=frozenset({1}),
    )
    return Details(prose(f"What {who}"), [table])
