"""What RFC 6455 demands of a connection as a whole: at its opening, and at its end.

Both rules need the order in which the bytes of the two sides were seen, so only a
recording can be held against them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from wslab.protocol.findings import Finding
from wslab.protocol.frames import Side

WAITS: Final = "the client sends nothing between its request and the 101"
ANSWERS: Final = "who receives a Close frame and has sent none sends one before TCP ends"


def check_opening(early: int) -> Finding:
    """Did the client wait? `early` is what it sent between request and 101, in bytes."""
    found = f"{early:,} bytes too early" if early else "nothing before the 101"
    rule = "client-waits-for-the-101"
    return Finding(rule, not early, WAITS, found, None, "RFC 6455 §4.1", Side.CLIENT)


def check_ending(
    closes: Mapping[Side, tuple[int, float]],
    ends: Mapping[Side, float],
    faulty: Collection[Side | None] = (),
) -> list[Finding]:
    """Was every Close frame answered? `closes` is the first of each sender: frame and seconds.

    `ends` says when a side ended its half of TCP by itself; one that was cut off had no
    chance to answer. Nor need anybody answer a `faulty` peer: whoever fails the
    connection stops listening (RFC 6455 §7.1.7).
    """
    findings = []
    for sender, (index, at) in closes.items():
        side, rule, rfc = sender.peer, "close-is-answered", "RFC 6455 §5.5.1"
        if side in closes:
            found = f"Close in frame {closes[side][0]}"
            findings.append(Finding(rule, True, ANSWERS, found, None, rfc, side, closes[side][0]))
        elif sender not in faulty and ends.get(side, at) > at:
            found = f"the end of TCP, and no answer to the Close in frame {index}"
            findings.append(Finding(rule, False, ANSWERS, found, None, rfc, side))
    return findings
