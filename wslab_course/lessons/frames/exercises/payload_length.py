"""Exercise payload_length of notebook 04, frames."""

from __future__ import annotations

import random

from wslab.protocol.frames import FrameHeader
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.frames.exercises.samples import MASKING_KEY


def some_header(rng: random.Random) -> Case:
    size, limit = rng.choice([(0, 126), (2, 1 << 16), (8, 1 << 32)])
    length = rng.randrange(126 if size < 8 else 1 << 16, limit) if size else rng.randrange(126)
    masked = rng.random() < 0.5
    short = {0: length, 2: 126, 8: 127}[size] | (0x80 if masked else 0)
    extra = length.to_bytes(size, "big") if size else b""
    header = bytes([0x82, short]) + extra + (rng.randbytes(4) if masked else b"")
    return Case(header, expected=FrameHeader(header).length)


@exercise(
    cases=[
        Case(b"\x81\x00", expected=0, nudge="Byte 1 is 00: no MASK bit, and a length of 0."),
        Case(b"\x81\x05", expected=5, nudge="Byte 1 is 05: no MASK bit, and a length of 5."),
        Case(
            b"\x81\x85" + MASKING_KEY,
            expected=5,
            nudge="85 is 1000 0101: the MASK bit, and then 5.",
        ),
        Case(
            bytes.fromhex("82 7e 00 7e"),
            expected=126,
            nudge="7e is 126, so bytes 2 and 3 hold the length: header[2:4], as one number.",
        ),
        Case(
            bytes.fromhex("82 fe 01 00") + MASKING_KEY,
            expected=256,
            nudge="fe is the MASK bit and 126. Only bytes 2 and 3 hold the length, 01 00: one "
            "times 256. The key comes after them.",
        ),
        Case(
            bytes.fromhex("82 7f 00 00 00 00 00 01 00 00"),
            expected=65_536,
            nudge="7f is 127, so bytes 2 to 9 hold the length: header[2:10], as one number.",
        ),
    ],
    fuzz=some_header,
    hints=[
        "Byte 1 holds two things: the MASK bit and seven bits of length. Take only the length.",
        "126 means: the length is in the next 2 bytes. 127 means: it is in the next 8.",
        'short = header[1] & 0x7F; for 126 the answer is int.from_bytes(header[2:4], "big").',
    ],
    why="Two values of the seven bits, 126 and 127, are not lengths: they say where the length is.",
)
def payload_length(header: bytes) -> int:
    """Return how many bytes of payload follow this header."""
    short = header[1] & 0x7F
    if short == 126:
        return int.from_bytes(header[2:4], "big")
    if short == 127:
        return int.from_bytes(header[2:10], "big")
    return short


@payload_length.wrong("You counted the MASK bit as part of the length; `& 0x7F` removes it.")
def mask_bit_counted(header):
    if header[1] in (126, 127):
        return int.from_bytes(header[2 : 4 if header[1] == 126 else 10], "big")
    return header[1]


@payload_length.wrong("You took 126 or 127 as a length; they say that the length comes next.")
def signs_as_lengths(header):
    return header[1] & 0x7F


@payload_length.wrong(
    "You read the bytes of the long length in reverse order; the most significant byte comes "
    "first: 'big'."
)
def little_endian(header):
    short = header[1] & 0x7F
    end = {126: 4, 127: 10}.get(short)
    return int.from_bytes(header[2:end], "little") if end else short


@payload_length.wrong("After 126 you read 2 bytes, which is correct; after 127 there are 8.")
def always_two_bytes(header):
    short = header[1] & 0x7F
    return int.from_bytes(header[2:4], "big") if short > 125 else short
