"""What RFC 6455 demands of a connection as a whole: at its opening, frame by frame, and at its end.

The rules for the opening and the end need the order in which the bytes of both sides
were seen, so they can only be checked on a recording, finished or still growing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from wslab.protocol.frame_header import LENGTH, LENGTH_16
from wslab.protocol.frames import Opcode, Side, shortest_length_size
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.frames import check_session
from wslab.protocol.session import Step

WAITS: Final = "the client sends nothing between its request and the 101"
MAX_SHAPES: Final = 1000  # of frames that are remembered; a peer may send any number
ANSWERS: Final = "a side that receives a Close frame and has sent none sends one before TCP ends"


def check_opening(early: int) -> Finding:
    """Did the client wait? `early` is how many bytes it sent between request and 101."""
    found = f"{early:,} bytes too early" if early else "nothing before the 101"
    rule = "client-waits-for-the-101"
    return Finding(rule, not early, WAITS, found, None, "RFC 6455 §4.1", Side.CLIENT)


def check_ending(
    closes: Mapping[Side, tuple[int, float]],
    ends: Mapping[Side, float],
    faulty: Collection[Side | None] = (),
) -> list[Finding]:
    """Was every Close frame answered (RFC 6455 §5.5.1)?

    `closes` holds the first Close of each sender: the number of its frame, and seconds.
    `ends` says when a side ended its half of TCP by itself, in seconds; a side that was cut
    off had no chance to answer. The Close of a `faulty` side needs no answer: an endpoint
    that fails the connection stops reading (RFC 6455 §7.1.7).
    """
    findings = []
    for sender, (index, at) in closes.items():
        side, rule, rfc = sender.peer, "close-is-answered", "RFC 6455 §5.5.1"
        if side in closes:
            found = f"Close in frame {closes[side][0]}"
            findings.append(Finding(rule, True, ANSWERS, found, None, rfc, side, closes[side][0]))
        elif sender not in faulty and ends.get(side, at) > at:
            found = f"the end of TCP without an answer to the Close in frame {index}"
            findings.append(Finding(rule, False, ANSWERS, found, None, rfc, side))
    return findings


class ConnectionJudge:
    """Checks every rule on one connection after its 101, frame by frame, as it grows.

    A long connection repeats itself. Except for Close frames, the rules look only at the bits
    of a header, a few facts of the moment, and what the step says about the payload. So a
    frame keeps the rules that an earlier one of the same `_shape` kept: those are counted in
    `again` and make no new findings, unless `every` is set.
    """

    def __init__(self, every: bool = False) -> None:
        self._every = every
        self._kept: dict[_Shape, list[str]] = {}  # the rules
        self._broken: set[_Shape] = set()
        self._times: Counter[_Shape] = Counter()
        self._closes: dict[Side, tuple[int, float]] = {}
        self._faulty: set[Side | None] = set()

    def look(self, step: Step, at: float) -> list[Finding]:
        """The findings of the next frame, complete at `at` seconds, without repeated passes."""
        shape = None if self._every else _shape(step)
        if shape in self._kept:
            self._times[shape] += 1
            if shape not in self._broken:
                return []
            return [finding for finding in check_session([step]) if not finding.ok]
        findings = check_session([step])
        if step.frame.opcode == Opcode.CLOSE:
            self._closes.setdefault(step.sender, (step.index, at))
        self.note_faults(findings)
        if shape is not None and len(self._kept) < MAX_SHAPES:
            self._kept[shape] = [finding.rule for finding in findings if finding.ok]
            if len(self._kept[shape]) < len(findings):
                self._broken.add(shape)
        return findings

    def note_faults(self, findings: Collection[Finding]) -> None:
        """Note which sides broke a rule: their Close frames need no answer."""
        self._faulty.update(finding.sender for finding in findings if not finding.ok)

    def end(self, ends: Mapping[Side, float]) -> list[Finding]:
        """The findings of `check_ending` for this connection; `ends` as there."""
        return check_ending(self._closes, ends, self._faulty)

    @property
    def again(self) -> Counter[str]:
        """For each rule, how many passes were counted instead of making a finding."""
        again: Counter[str] = Counter()
        for shape, times in self._times.items():
            for rule in self._kept[shape]:
                again[rule] += times
        return again


_Shape = tuple[object, ...] | None


def _shape(step: Step) -> _Shape:
    """Everything that the rules look at; None if that may include the payload."""
    frame, message = step.frame, step.message
    first, second = frame.encode()[:2]
    if frame.opcode == Opcode.CLOSE or step.bad_utf8 is not None or step.bad_deflate:
        return None
    return (
        step.sender,
        first,
        second,
        0 if second & LENGTH < LENGTH_16 else shortest_length_size(frame.length),
        step.deflate,
        step.open_message,
        step.close_sent,
        message and (message.opcode, type(message.data), message.compressed),
    )
