"""What must hold for whatever a tap recorded: every byte explained, every law kept.

Nothing is left out: a case of four hundred thousand frames has each of them dissected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from tests.conformance.violations import Violation, expected
from wslab.protocol.dissect import Field, dissect, dissect_frame
from wslab.protocol.frames import Frame, Side
from wslab.protocol.recording.recording import Recording, SentFrame
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.frames import FRAME_RULES

#: Who reads such a header closes at once, and the suite then leaves its frame unfinished.
_IN_A_HEADER: Final = frozenset(rule.name for rule in FRAME_RULES)

MOST: Final = 10  # problems of one recording that are told


@dataclass(frozen=True, slots=True)
class Seen:
    """What one recording held. `key` is its Sec-WebSocket-Key; sizes are in bytes.

    `problems` says what should not be: ours or the server's. `violation` is the first rule
    that the client broke.
    """

    key: str
    frames: int = 0
    size: int = 0
    violation: Violation | None = None
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it travels from process to process."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        broken = facts.pop("violation")
        return cls(**facts, violation=Violation(*broken) if broken else None)


def examine(recording: Recording) -> Seen:
    """Dissect a recording whole and hold every law against it; never raises."""
    key = ""
    try:
        handshake = recording.handshake
        if handshake is None or not handshake.upgraded or handshake.response is None:
            return Seen(key, problems=[f"no WebSocket connection: {recording!r}"])
        key = handshake.request.headers.get("Sec-WebSocket-Key") or ""
        frames = recording.frames()
        problems = ["the recording is truncated"] if recording.truncated else []
        problems += gaps("the handshake", dissect(handshake), len(handshake.request.encode())
                         + len(handshake.response.encode()))  # fmt: skip
        heads = {Side.CLIENT: handshake.request, Side.SERVER: handshake.response}
        for side, head in heads.items():
            rest = recording.pending(side)
            if rest:
                problems += gaps(f"the {side.value}'s last bytes", dissect_frame(rest), len(rest))
            sent = [sent.frame.encode() for sent in frames if sent.sender is side]
            if b"".join((head.encode(), *sent, rest)) != recording.bytes_from(side):
                problems.append(f"head, frames and rest are not what the {side.value} sent")
        for sent in frames:
            problems += _faults(sent)
        broken = [finding for finding in recording.findings() if not finding.ok]
        violation = _first(broken, frames)
        for finding in broken:
            # Whoever has broken a rule is not listened to any more (§7.1.7). The suite's client
            # often leaves the Close unanswered then: TCP ends before it has written its own.
            if finding.sender is not Side.CLIENT or violation is None:
                problems.append(str(finding))
        size = sum(recording.byte_count(side) for side in Side)
        return Seen(key, len(frames), size, violation, problems[:MOST])
    except Exception as error:  # whatever it is: this is what must not happen
        return Seen(key, problems=[f"looking at it raised {type(error).__name__}: {error}"])


def gaps(what: str, fields: Iterable[Field], size: int) -> list[str]:
    """Where the fields of `size` bytes overlap or leave something out; [] if nowhere."""
    at = 0
    for part in fields:
        if part.start != at or part.bits < 1:
            return [f"{what}: the field {part.name} starts at bit {part.start}, not {at}"]
        at = part.end
    return [] if at == 8 * size else [f"{what}: the fields end at bit {at}, not {8 * size}"]


def _faults(sent: SentFrame) -> list[str]:
    """What is wrong with our view of one frame: its fields, or its way there and back."""
    data, frame = sent.frame.encode(), sent.frame
    where = f"frame {sent.index}"
    faults = gaps(where, dissect_frame(data), len(data))
    again = Frame(
        frame.opcode,
        frame.payload,
        fin=frame.fin,
        rsv1=frame.rsv1,
        rsv2=frame.rsv2,
        rsv3=frame.rsv3,
        mask=frame.mask,
        length_size=frame.length_size,
    )
    if again.encode() != data:
        faults.append(f"{where}: built again from its facts it has other bytes")
    return faults


def _first(broken: Sequence[Finding], frames: Sequence[SentFrame]) -> Violation | None:
    """The client's first fault, with its frame counted among the client's own."""
    for finding in broken:  # those of whole frames come in the order of the frames
        in_unfinished = finding.index is None and finding.rule in _IN_A_HEADER
        if finding.sender is Side.CLIENT and (finding.index is not None or in_unfinished):
            before = sum(sent.sender is Side.CLIENT for sent in frames[: finding.index])
            code = finding.close_code
            return Violation(before, finding.rule, None if code is None else int(code))
    return None


def judge(case: str, seen: Seen) -> list[str]:
    """What speaks against us in one case, as sentences; [] when all is as it should be."""
    sentences = [f"{case}: {problem}" for problem in seen.problems]
    wanted = expected(case)
    if seen.violation != wanted:
        sentences.append(f"{case}: the first fault should be {wanted}, found {seen.violation}")
    return sentences
