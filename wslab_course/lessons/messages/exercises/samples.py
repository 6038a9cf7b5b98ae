"""Words, messages and steps; the cases are made from them.

A frame is given as ``(fin, opcode, payload)``, the shape that ``parse_frame`` of 04 returns."""

from __future__ import annotations

import random

from wslab.protocol.frames import Frame, Side
from wslab.protocol.session import Session

Simple = tuple[bool, int, bytes]  # fin, opcode, payload

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WORDS = ["", "Hello", "Zoë", "naïve", "日本語", "👋", "a👋b", "Grüße", "x"]
PING_BETWEEN = (True, PING, b"?")


def steps(frames: list[Simple]) -> list:
    """What our own session makes of the frames of one client."""
    session = Session()
    made = [Frame(opcode, payload, fin=fin, mask=bytes(4)) for fin, opcode, payload in frames]
    return [session.feed(Side.CLIENT, frame) for frame in made]


def some_message(rng: random.Random) -> list[Simple]:
    """One message, text or binary, in one frame or more; now and then an empty one."""
    text = rng.random() < 0.6
    data = rng.choice(WORDS).encode() if text else rng.randbytes(rng.randrange(6))
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.choice([0, 0, 1, 2, 3])))
    parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    last, first = len(parts) - 1, TEXT if text else BINARY
    return [(i == last, 0 if i else first, part) for i, part in enumerate(parts)]


def with_controls(rng: random.Random, frames: list[Simple]) -> list[Simple]:
    """The same frames with a Ping or a Pong between some of them."""
    mixed: list[Simple] = []
    for frame in frames:
        if rng.random() < 0.3:
            mixed.append((True, rng.choice([PING, PONG]), rng.choice([b"", b"?", b"still there?"])))
        mixed.append(frame)
    return mixed
