"""What a rule says about one thing it checked. Breaking a rule is data, never an exception."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from wslab.protocol.frames import CloseCode, Side


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one rule for one handshake, frame or step, whether it passed or not.

    `says` is what the rule requires, `found` what was there, `rfc` the section.
    `close_code` is the code of the Close frame that answers the fault, if one can.
    `sender` is the side that was checked, `index` the number of the frame, counted
    from 0 over both senders in order of arrival; None for a handshake.
    """

    rule: str
    ok: bool
    says: str
    found: str
    close_code: CloseCode | None = None
    rfc: str = ""
    sender: Side | None = None
    index: int | None = None

    def __str__(self) -> str:
        verdict = "passed" if self.ok else "broken"
        who = f" by the {self.sender.value}" if self.sender else ""
        where = f" in frame {self.index}" if self.index is not None else ""
        answer = f" Answer: close code {int(self.close_code)}." if self.close_code else ""
        sentence = f"{self.rule} {verdict}{who}{where}: {self.says}; found {self.found}"
        return f"{sentence} ({self.rfc}).{answer if not self.ok else ''}"


class Tally(NamedTuple):
    """The findings of a long connection, without those that only repeat others.

    `findings` has every broken one and, for each rule, the first that passed. `again` counts,
    for each rule, the passed ones that are left out.
    """

    findings: list[Finding]
    again: Counter[str]
