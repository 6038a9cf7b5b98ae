"""Which cases of the suite break the protocol: in which frame, which rule, and what answers it.

Taken from what each case sends and from the RFC, and from no library's answer. A case that
no row names keeps every rule. The rules are those of ``wslab.protocol.rules.frames``.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final, NamedTuple


class Violation(NamedTuple):
    """The first fault: the client's frame (from 0), the rule, and the close code or None."""

    frame: int
    rule: str
    close_code: int | None


class _Row(NamedTuple):
    cases: str
    violation: Violation
    why: str


_BITS: Final = "reserved-bits-are-zero"
_OPCODE: Final = "opcode-is-defined"
_WHOLE: Final = "control-frame-is-whole"
_SHORT: Final = "control-frame-is-short"
_ORPHAN: Final = "continuation-has-a-beginning"
_INSIDE: Final = "message-is-not-interrupted"
_UTF8: Final = "text-is-utf8"
_AFTER: Final = "no-data-after-close"
_CODE: Final = "close-code-may-be-sent"

_TABLE: Final = (
    _Row("2.5", Violation(0, _SHORT, 1002), "a ping of 126 bytes; §5.5 allows 125"),
    _Row("3.1 3.5 3.6 3.7", Violation(0, _BITS, 1002), "§5.2: no extension was agreed on"),
    _Row("3.2 3.3 3.4", Violation(1, _BITS, 1002), "the same, after a good message"),
    _Row("4.1.1 4.1.2 4.2.1 4.2.2", Violation(0, _OPCODE, 1002), "§5.2: reserved opcodes"),
    _Row("4.1.3 4.1.4 4.1.5", Violation(1, _OPCODE, 1002), "the same, after a good message"),
    _Row("4.2.3 4.2.4 4.2.5", Violation(1, _OPCODE, 1002), "the same, with control opcodes"),
    _Row("5.1 5.2", Violation(0, _WHOLE, 1002), "§5.5: a ping and a pong with FIN 0"),
    _Row(
        "5.9 5.10 5.11 5.12 5.13 5.14 5.16 5.17",
        Violation(0, _ORPHAN, 1002),
        "§5.4: opcode 0 comes first, and there is nothing to continue",
    ),
    _Row("5.15", Violation(2, _ORPHAN, 1002), "the same, after a message of two frames"),
    _Row("5.18", Violation(1, _INSIDE, 1002), "§5.4: the second fragment has opcode 1 again"),
    _Row("6.3.1", Violation(0, _UTF8, 1007), "§8.1: byte 12, a0 after ed, is a surrogate"),
    _Row("6.3.2", Violation(12, _UTF8, 1007), "the same bytes, one a frame: frame 12 brings it"),
    _Row("6.4.1 6.4.2", Violation(1, _UTF8, 1007), "90 after f4 is above U+10FFFF; frame 1"),
    _Row("6.4.3 6.4.4", Violation(0, _UTF8, 1007), "the same bytes in one frame, chopped"),
    _Row(
        "6.6.1 6.6.3 6.6.4 6.6.6 6.6.8 6.6.10",
        Violation(0, _UTF8, 1007),
        "§8.1: the text ends inside a character (whole after bytes 2, 5, 7, 9 and 11)",
    ),
    _Row("6.8.* 6.10.*", Violation(0, _UTF8, 1007), "RFC 3629 §3: nothing above U+10FFFF"),
    _Row("6.11.5", Violation(0, _UTF8, 1007), "RFC 3629 §3: U+110000"),
    _Row("6.12.* 6.13.*", Violation(0, _UTF8, 1007), "only continuation bytes; only first bytes"),
    _Row("6.14.* 6.15.*", Violation(0, _UTF8, 1007), "characters without their last byte"),
    _Row("6.16.*", Violation(0, _UTF8, 1007), "RFC 3629 §1: fe and ff never appear"),
    _Row("6.17.* 6.18.* 6.19.*", Violation(0, _UTF8, 1007), "RFC 3629 §3: longer than needed"),
    _Row("6.20.* 6.21.*", Violation(0, _UTF8, 1007), "RFC 3629 §3: halves of UTF-16 pairs"),
    # The Close frame is answered, and what follows is discarded (§1.4): no code is left to send.
    _Row("7.1.4", Violation(1, _AFTER, None), "§5.5.1: a text frame after the Close frame"),
    _Row("7.1.5", Violation(2, _AFTER, None), "§5.5.1: a continuation after the Close frame"),
    _Row("7.3.2", Violation(0, "close-payload-holds-a-code", 1002), "§5.5.1: half a code"),
    _Row("7.3.6", Violation(0, _SHORT, 1002), "a Close of 126 bytes; §5.5 allows 125"),
    _Row("7.5.1", Violation(0, "close-reason-is-utf8", 1007), "§5.5.1: a surrogate in the reason"),
    _Row("7.9.*", Violation(0, _CODE, 1002), "§7.4: 0, 999, 1004-1006, 1016, 1100, 2000, 2999"),
    # §7.4.2 has no range above 4999. The suite passes any answer to these two.
    _Row("7.13.*", Violation(0, _CODE, 1002), "§7.4.2: 5000 and 65535"),
)


def expected(case: str) -> Violation | None:
    """What a case breaks first, or None if it keeps every rule."""
    for row in _TABLE:
        if any(fnmatchcase(case, pattern) for pattern in row.cases.split()):
            return row.violation
    return None
