"""Exercise reassemble of notebook 05, messages."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.messages.exercises.samples import (
    PING_BETWEEN,
    Simple,
    some_message,
    steps,
    with_controls,
)


def joined(*frames: Simple, nudge: str = "") -> Case:
    whole = [step.message.data for step in steps(list(frames)) if step.message is not None]
    return Case(list(frames), expected=whole, nudge=nudge)


def some_stream(rng: random.Random) -> Case:
    """A few messages with control frames anywhere; sometimes the last message is incomplete."""
    frames = [frame for _ in range(rng.randrange(1, 5)) for frame in some_message(rng)]
    frames = with_controls(rng, frames)
    return joined(*(frames[:-1] if rng.random() < 0.3 else frames))


@exercise(
    cases=[
        joined(
            (True, 1, b"Hi"),
            nudge="A frame with opcode 1 and FIN is a complete text message, so it becomes a str.",
        ),
        joined(
            (True, 2, b"Hi"), nudge="Opcode 2 is binary: the bytes stay bytes, whatever they hold."
        ),
        joined(
            (False, 1, b"Hel"),
            (True, 0, b"lo"),
            nudge="Two frames, one message: it is complete when the frame with FIN has come.",
        ),
        joined(
            (False, 1, b"Hel"),
            PING_BETWEEN,
            (True, 0, b"lo"),
            nudge="The Ping is not part of the message: skip it and go on.",
        ),
        joined((False, 2, b"\x00"), (True, 0, b"\xff")),
        joined((False, 1, b"Zo\xc3"), (True, 0, b"\xab")),
        joined(
            (False, 1, b""),
            (True, 0, b""),
            nudge="Two frames without payload are still a message: an empty one.",
        ),
        joined(
            (False, 1, b"one"),
            nudge="FIN has not come, so the message is not complete: do not return it.",
        ),
        joined(
            (False, 1, b"a"),
            (True, 0, b"b"),
            (True, 2, b"c"),
            (False, 1, b"d"),
            (True, 0, b"e"),
            nudge="Three messages: begin each with an empty buffer.",
        ),
    ],
    fuzz=some_stream,
    hints=[
        "There are three kinds of frame: those that begin a message (1, 2), those that continue "
        "it (0), and control frames.",
        "Remember the opcode of the first frame: the last frame has opcode 0, which is not a type.",
        "On opcode 1 or 2 set kind, data = opcode, b''. Then data += payload. On fin append.",
    ],
    why="In each direction only one message is open at a time, so one buffer is enough. Control "
    "frames do not touch it.",
)
def reassemble(frames: list[tuple[bool, int, bytes]]) -> list[str | bytes]:
    """Return the complete messages: text as str, binary as bytes."""
    messages, kind, data = [], 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            continue
        if opcode:
            kind, data = opcode, b""
        data += payload
        if fin:
            messages.append(data.decode() if kind == 1 else data)
    return messages


def put_together(frames, controls=False, restart=False, forget=True, unfinished=False, last=False):
    """reassemble with one thing done differently."""
    messages, kind, data, open_ = [], 0, b"", False
    for fin, opcode, payload in frames:
        if opcode >= 8:
            if restart:
                data = b""
            if not controls:
                continue
        elif opcode or last:
            kind = opcode
            data = b"" if opcode and forget else data
        data, open_ = data + payload, True
        if fin:
            messages.append(data.decode(errors="replace") if kind == 1 else data)
            open_ = False
    if unfinished and open_:
        messages.append(data.decode(errors="replace") if kind == 1 else data)
    return messages


@reassemble.wrong("You made a message of every frame; a message may consist of several frames.")
def a_message_a_frame(frames):
    kind, found = 0, []
    for _, opcode, payload in frames:
        kind = opcode if opcode in (1, 2) else kind
        if opcode < 8:
            found.append(payload.decode(errors="replace") if kind == 1 else payload)
    return found


@reassemble.wrong(
    "You added a control frame's payload to the message; skip frames with an opcode of 8 or more."
)
def controls_taken_in(frames):
    return put_together(frames, controls=True)


@reassemble.wrong(
    "A Ping in the middle made you begin a new message; the one before it is still open."
)
def ping_begins_anew(frames):
    return put_together(frames, restart=True)


@reassemble.wrong(
    "You took the type from the last frame. Its opcode is 0; the first frame has the type."
)
def type_of_the_last(frames):
    return put_together(frames, last=True)


@reassemble.wrong(
    "You did not empty your buffer: the next message begins with the bytes of the one before."
)
def buffer_not_emptied(frames):
    return put_together(frames, forget=False)


@reassemble.wrong("You returned an incomplete message: without FIN, more frames follow.")
def unfinished_too(frames):
    return put_together(frames, unfinished=True)


@reassemble.wrong(
    "You decoded frame by frame; a character may be cut between two frames. Join first, then "
    "decode."
)
def decoded_frame_by_frame(frames):
    messages, kind, data = [], 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            continue
        if opcode:
            kind, data = opcode, "" if opcode == 1 else b""
        data += payload.decode(errors="replace") if kind == 1 else payload
        if fin:
            messages.append(data)
    return messages


@reassemble.wrong("You left out an empty message; it is a message like any other.")
def empty_left_out(frames):
    return [message for message in put_together(frames) if message]


@reassemble.wrong("You decoded every message; with opcode 2 the bytes must stay bytes.")
def text_of_everything(frames):
    found = put_together(frames)
    return [m.decode(errors="replace") if isinstance(m, bytes) else m for m in found]
