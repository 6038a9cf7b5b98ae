"""Exercise parse_frame of notebook 04, frames."""

from __future__ import annotations

import random

from wslab.protocol.frames import Frame, FrameHeader, Opcode, apply_mask
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.frames.exercises.samples import MASKING_KEY, some_frame


def parsed(data: bytes, nudge: str = "") -> Case:
    frame = Frame.parse(data)
    expected = frame and (frame.fin, int(frame.opcode), frame.payload)
    return Case(data, expected=expected, nudge=nudge)


def some_bytes(rng: random.Random) -> Case:
    """A complete frame, one cut short, or one followed by the next frame."""
    data = some_frame(rng).encode()
    cut, more = data[: rng.randrange(len(data))], data + some_frame(rng).encode()[:20]
    return parsed(rng.choice([data, cut, more]))


@exercise(
    cases=[
        parsed(b""),
        parsed(b"\x81"),
        parsed(b"\x89\x00", "A Ping without payload is complete: two bytes, no key, nothing more."),
        parsed(
            bytes.fromhex("81 05 48 65 6c 6c 6f"),
            "The frame is complete: a header of two bytes, and the five bytes of payload.",
        ),
        parsed(bytes.fromhex("81 05 48 65 6c 6c")),
        parsed(
            bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
            "The MASK bit is 1: bytes 2 to 5 are the key, and the payload is masked with it.",
        ),
        parsed(bytes.fromhex("81 85 37 fa")),
        parsed(bytes.fromhex("01 03 48 65 6c"), "Byte 0 is 01: FIN is 0, and the opcode is 1."),
        parsed(
            bytes.fromhex("81 02 48 69 81 01 21"),
            "The first frame ends after its two bytes of payload; what follows is the next.",
        ),
        parsed(
            Frame(Opcode.BINARY, bytes(126), mask=MASKING_KEY).encode(),
            "126 says that the next two bytes hold the length; then comes the key, at byte 4.",
        ),
        parsed(bytes.fromhex("82 fe 00")),
        parsed(
            Frame(Opcode.BINARY, bytes(65_536)).encode(),
            "127 says that the next eight bytes hold the length; the payload begins at byte 10.",
        ),
    ],
    fuzz=some_bytes,
    hints=[
        "Find out where the payload begins: after 2 bytes, the longer length if there is one, "
        "and the key if the MASK bit is 1.",
        "Whenever data is shorter than what you need next, return None: more bytes may come.",
        "With `start` and `length` known: None if len(data) < start + length, else "
        "data[start : start + length], unmasked with the 4 bytes before start.",
    ],
    why="A header says where it ends and how much follows. Nothing else divides a stream of "
    "bytes into frames, so a receiver counts bytes, and waits for the rest.",
)
def parse_frame(data: bytes) -> tuple[bool, int, bytes] | None:
    """Return the first frame as (fin, opcode, payload); None if it is cut."""
    if len(data) < 2:
        return None
    length, start = data[1] & 0x7F, 2
    if length > 125:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    masked = data[1] >= 0x80
    start += 4 if masked else 0
    if len(data) < start + length:
        return None
    payload = data[start : start + length]
    if masked:
        key = data[start - 4 : start]
        payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return data[0] >= 0x80, data[0] & 0x0F, payload


def read_with(data, key_at=None, unmasks=True, whole=True, rest=False, key_always=False):
    """parse_frame with one thing done differently."""
    header = FrameHeader.parse(data)
    if header is None or (whole and Frame.parse(data) is None):
        return None
    start = 2 + header.length_size + (4 if header.mask or key_always else 0)
    payload = data[start:] if rest else data[start : start + header.length]
    if header.mask and unmasks:
        key = header.mask if key_at is None else data[key_at : key_at + 4]
        payload = apply_mask(payload, key)
    return header.fin, int(header.opcode), payload


@parse_frame.wrong("You returned the payload still masked; unmask it with the key in the frame.")
def still_masked(data):
    return read_with(data, unmasks=False)


@parse_frame.wrong("You took all the bytes that were left; some of them may be the next frame.")
def all_the_rest(data):
    return read_with(data, rest=True)


@parse_frame.wrong("You returned an incomplete payload; while bytes are missing, return None.")
def half_a_payload(data):
    return read_with(data, whole=False)


@parse_frame.wrong("You skipped 4 bytes for a key, but the MASK bit is 0, so there is no key.")
def a_key_always(data):
    return read_with(data, key_always=True)


@parse_frame.wrong("You read the key at byte 2; after a longer length it starts later.")
def key_at_byte_two(data):
    return read_with(data, key_at=2)


@parse_frame.wrong(
    "You returned the whole first byte as the opcode; the opcode is its last 4 bits: & 0x0F."
)
def whole_byte_as_opcode(data):
    read = read_with(data)
    return read and (read[0], data[0], read[2])


@parse_frame.wrong("fin must be True or False; data[0] & 0x80 is 128 or 0.")
def fin_as_128(data):
    read = read_with(data)
    return read and (data[0] & 0x80, *read[1:])


@parse_frame.wrong("fin must be True or False; data[0] >> 7 is 1 or 0.")
def fin_as_1(data):
    read = read_with(data)
    return read and (data[0] >> 7, *read[1:])


@parse_frame.wrong(
    "You wait for one byte too many: when len(data) == start + length the frame is complete, so "
    "compare with <."
)
def one_byte_more(data):
    frame = Frame.parse(data)
    return None if frame is None or len(data) == len(frame) else read_with(data)
