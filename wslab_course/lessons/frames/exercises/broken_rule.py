"""Exercise broken_rule of notebook 04, frames."""

from __future__ import annotations

import random

from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.rules.frames import check_frame
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.frames.exercises.samples import MASKING_KEY, OPCODES

RULE_NAMES = {
    "masked-by-the-client-only": "unmasked",
    "reserved-bits-are-zero": "reserved bit",
    "opcode-is-defined": "unknown opcode",
    "control-frame-is-whole": "fragmented control",
    "control-frame-is-short": "long control",
}


def judged(frame: Frame, nudge: str = "") -> Case:
    broken = [RULE_NAMES[f.rule] for f in check_frame(frame, Side.CLIENT) if not f.ok]
    return Case(frame.encode(), expected=broken[0] if broken else "none", nudge=nudge)


def one_offence(rng: random.Random) -> Case:
    """A client's frame that breaks at most one rule."""
    data, control = rng.choice(OPCODES[:3]), rng.choice(OPCODES[3:])
    payload = (1000).to_bytes(2, "big") + bytes(rng.randrange(20))
    kind = rng.randrange(8)
    return judged(
        Frame(
            rng.choice([3, 4, 5, 6, 7, 11, 15]) if kind == 2 else control if kind > 4 else data,
            bytes([3, 232]) + bytes(124) if kind in (4, 6) else payload,
            fin=kind not in (3, 5),
            **({rng.choice(["rsv1", "rsv2", "rsv3"]): True} if kind == 1 else {}),
            mask=None if kind == 0 else rng.randbytes(4),
        )
    )


@exercise(
    cases=[
        judged(
            Frame(Opcode.TEXT, b"Hello", mask=MASKING_KEY),
            "This frame breaks no rule: FIN 1, opcode 1, masked.",
        ),
        judged(Frame(Opcode.TEXT, b"Hello"), "Byte 1 is 05: its first bit, MASK, is 0."),
        judged(
            Frame(Opcode.TEXT, b"Hel", fin=False, mask=MASKING_KEY),
            "FIN 0 is allowed here: a text message may come in parts.",
        ),
        judged(
            Frame(Opcode.TEXT, b"Hello", rsv1=True, mask=MASKING_KEY),
            "Byte 0 is c1, 1100 0001: a bit between FIN and opcode is set.",
        ),
        judged(
            Frame(Opcode.TEXT, b"Hello", rsv2=True, mask=MASKING_KEY),
            "Byte 0 is a1, 1010 0001: a bit between FIN and opcode is set.",
        ),
        judged(
            Frame(Opcode.TEXT, b"Hello", rsv3=True, mask=MASKING_KEY),
            "Byte 0 is 91, 1001 0001: a bit between FIN and opcode is set.",
        ),
        judged(
            Frame(0x3, b"Hello", mask=MASKING_KEY),
            "Byte 0 is 83: the opcode is 3, which is not defined.",
        ),
        judged(
            Frame(0xB, b"Hello", mask=MASKING_KEY),
            "Byte 0 is 8b: the opcode is 11, which is not defined.",
        ),
        judged(
            Frame(Opcode.PING, b"Hel", fin=False, mask=MASKING_KEY),
            "Byte 0 is 09: a Ping, opcode 9, with FIN 0.",
        ),
        judged(
            Frame(Opcode.CLOSE, bytes([3, 232]), fin=False, mask=MASKING_KEY),
            "Byte 0 is 08: a Close, opcode 8, with FIN 0.",
        ),
        judged(
            Frame(Opcode.PING, bytes(125), mask=MASKING_KEY),
            "125 bytes of payload are allowed; header and key do not count.",
        ),
        judged(
            Frame(Opcode.PING, bytes(126), mask=MASKING_KEY),
            "A Ping with 126 bytes of payload: one too many.",
        ),
        judged(
            Frame(Opcode.BINARY, bytes(126), mask=MASKING_KEY),
            "The payload of a data frame may be longer than 125 bytes.",
        ),
    ],
    fuzz=one_offence,
    hints=[
        "The first two bytes are enough: FIN, three reserved bits, opcode, MASK, 7-bit length.",
        "Two of the rules hold only for control frames. Their opcodes are 8 and above.",
        "data[0] & 0x70 is not 0 when a reserved bit is set; a 7-bit length of 126 or 127 means "
        "more than 125 bytes.",
    ],
    why="A receiver can judge all of this from two bytes, before any payload has come.",
)
def broken_rule(data: bytes) -> str:
    """Name the rule that this client's frame breaks, or say "none"."""
    opcode, short = data[0] & 0x0F, data[1] & 0x7F
    if data[1] < 0x80:
        return "unmasked"
    if data[0] & 0x70:
        return "reserved bit"
    if opcode not in (0, 1, 2, 8, 9, 10):
        return "unknown opcode"
    if opcode >= 8 and data[0] < 0x80:
        return "fragmented control"
    if opcode >= 8 and short > 125:
        return "long control"
    return "none"


def judge(data, masked=True, reserved=0x70, first_control=8, any_long=False):
    """broken_rule with one thing done differently."""
    opcode, control = data[0] & 0x0F, (data[0] & 0x0F) >= first_control
    if (data[1] >= 0x80) is not masked:
        return "unmasked"
    if data[0] & reserved:
        return "reserved bit"
    if opcode not in list(Opcode):
        return "unknown opcode"
    if control and data[0] < 0x80:
        return "fragmented control"
    return "long control" if (control or any_long) and data[1] & 0x7F > 125 else "none"


@broken_rule.wrong(
    "These are a client's frames: they must be masked, so an unmasked one breaks the rule."
)
def masks_upside_down(data):
    return judge(data, masked=False)


@broken_rule.wrong(
    "There are three reserved bits; you looked only at RSV1. All three together are 0x70."
)
def only_rsv1(data):
    return judge(data, reserved=0x40)


@broken_rule.wrong("FIN 0 is allowed on a data frame; only control frames must not be fragmented.")
def fragments_forbidden(data):
    broken = judge(data)
    return "fragmented control" if broken == "none" and data[0] < 0x80 else broken


@broken_rule.wrong("Only control frames are limited to 125 bytes; a data frame may be longer.")
def nothing_is_long(data):
    return judge(data, any_long=True)


@broken_rule.wrong(
    "Opcode 8, Close, is a control frame, too: control opcodes begin at 8, not at 9."
)
def close_forgotten(data):
    return judge(data, first_control=9)
