"""Exercise close_code of notebook 05, messages."""

from __future__ import annotations

import random

from wslab.protocol.rules.frames import check_session
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.messages.exercises.samples import (
    PING,
    PONG,
    Simple,
    some_message,
    steps,
    with_controls,
)

#: The five sequences of the notebook's table.
FIVE: dict[str, list[Simple]] = {
    "A": [(False, 1, b"Hel"), (True, 9, b"?"), (True, 0, b"lo")],
    "B": [(False, 1, b"Hel"), (True, 1, b"Hi"), (True, 0, b"lo")],
    "C": [(False, 1, b"Zo\xc3"), (True, 0, b"\xab")],
    "D": [(True, 1, b"Zo\xc3")],
    "E": [(False, 9, b"?"), (True, 0, b"!")],
}


def judged(*frames: Simple, nudge: str = "") -> Case:
    broken = [f.close_code for f in check_session(steps(list(frames))) if not f.ok]
    return Case(list(frames), expected=int(broken[0]) if broken else None, nudge=nudge)


def one_fault(rng: random.Random) -> Case:
    """Complete messages with control frames between them; at most one fault, at the end."""
    frames = [frame for _ in range(rng.randrange(1, 4)) for frame in some_message(rng)]
    fault: list[Simple] = rng.choice(
        [
            [],
            [],
            [(False, 1, b"a"), (True, rng.choice([1, 2]), b"b")],
            [(rng.random() < 0.5, 0, b"a")],
            [(False, rng.choice([PING, PONG]), b"?")],
            [(True, 1, b"\xff")],
            [(False, 1, "ë".encode()[:1]), (True, 0, b"")],
        ]
    )
    return judged(*with_controls(rng, frames + fault))


@exercise(
    cases=[
        judged((True, 1, b"Hi"), nudge="One complete frame of text breaks no rule."),
        judged(*FIVE["A"], nudge="A control frame may come between the frames of a message."),
        judged(
            *FIVE["B"],
            nudge="A text message begins while another is open: which of them "
            "would the lo belong to?",
        ),
        judged(*FIVE["C"], nudge="Only the whole message must be UTF-8, and the joined bytes are."),
        judged(*FIVE["D"], nudge="The message is over, but c3 needs a second byte after it."),
        judged(*FIVE["E"], nudge="A Ping with FIN 0: a control frame must not be fragmented."),
        judged((True, 0, b"lo"), nudge="Opcode 0 continues a message, but none is open."),
        judged((True, 2, b"\xff"), nudge="Binary may hold any bytes: it is not text."),
        judged((False, 1, b"a"), (True, 0, b"b"), (True, 0, b"c")),
        judged((False, 2, b"a"), (True, 2, b"b")),
        judged((False, 1, b"a"), (True, 0, b"b"), (True, 1, b"c")),
        judged((False, 1, b"\xc3"), (True, 0, b"x")),
    ],
    fuzz=one_fault,
    hints=[
        "Remember whether a message is open, which opcode it began with, and its bytes.",
        "Opcode 0 needs an open message; 1 and 2 need none. Opcodes from 8 on need FIN.",
        "On fin: if it began with 1, try data.decode(); UnicodeDecodeError means 1007.",
    ],
    why="Frames in a wrong order break the protocol: 1002. Frames in a correct order whose bytes "
    "are not UTF-8 get 1007. A stricter receiver sends 1007 earlier, at the first impossible "
    "byte.",
)
def close_code(frames: list[tuple[bool, int, bytes]]) -> int | None:
    """Return the code of the Close that answers this; None if all is valid."""
    kind, data = 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            if not fin:
                return 1002
            continue
        if (opcode == 0) != (kind != 0):
            return 1002
        kind, data = opcode or kind, data + payload
        if fin:
            try:
                if kind == 1:
                    data.decode()
            except UnicodeDecodeError:
                return 1007
            kind, data = 0, b""
    return None


def answered(frames, controls_whole=True, one_open=True, begun=True, binary=False, bad_text=1007):
    """close_code with one thing done differently."""
    kind, data = 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            if controls_whole and not fin:
                return 1002
            continue
        if opcode and kind and one_open:
            return 1002
        if not opcode and not kind and begun:
            return 1002
        if opcode:
            kind, data = opcode, b""
        data += payload
        if fin:
            if kind == 1 or binary:
                try:
                    data.decode()
                except UnicodeDecodeError:
                    return bad_text
            kind, data = 0, b""
    return None


@close_code.wrong("A Ping between two frames of a message is allowed; here you refuse it.")
def no_ping_between(frames):
    kind = 0
    for i, (fin, opcode, _) in enumerate(frames):
        if opcode >= 8 and kind:
            return 1002
        if opcode < 8:
            kind = 0 if fin else 1
        broken = answered(frames[: i + 1])
        if broken:
            return broken
    return None


@close_code.wrong(
    "You checked the bytes of each frame by itself; a character may be cut between two frames."
)
def text_frame_by_frame(frames):
    kind = 0
    for i, (_, opcode, payload) in enumerate(frames):
        broken = answered(frames[: i + 1])
        if broken == 1002:
            return broken
        kind = opcode if opcode in (1, 2) else kind
        try:
            payload.decode() if kind == 1 and opcode < 8 else None
        except UnicodeDecodeError:
            return 1007
        if broken:
            return broken
    return None


@close_code.wrong("You accept a control frame with FIN 0; the answer to it is 1002.")
def controls_in_parts(frames):
    return answered(frames, controls_whole=False)


@close_code.wrong(
    "You let a second message begin while one is open; only one may be open at a time."
)
def two_open(frames):
    return answered(frames, one_open=False)


@close_code.wrong("You accept opcode 0 when no message is open; it can only continue a message.")
def begins_with_zero(frames):
    return answered(frames, begun=False)


@close_code.wrong("You require binary to be UTF-8; with opcode 2 any bytes are allowed.")
def binary_as_text(frames):
    return answered(frames, binary=True)


@close_code.wrong(
    "The order was valid, but the text was not UTF-8: that is 1007; 1002 is for the order."
)
def always_1002(frames):
    return answered(frames, bad_text=1002)
