"""Exercise build_frame of notebook 04, frames."""

from __future__ import annotations

from wslab.protocol.frames import Frame, Opcode, apply_mask
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.frames.exercises.samples import EDGES, MASKING_KEY, OPCODES


def built(opcode: int, payload: bytes, key: bytes, nudge: str = "") -> Case:
    frame = Frame(opcode, payload, mask=key)
    return Case(int(opcode), payload, key, expected=frame.encode(), nudge=nudge)


SIZES = {
    125: "125 bytes still fit in the seven bits.",
    126: "126 bytes: byte 1 is fe, which is MASK and the value 126; then two bytes of length, "
    "00 7e.",
    127: "127 bytes: byte 1 is still fe, and the two bytes are 00 7f.",
    256: "256 bytes: the two bytes are 01 00.",
    65_535: "65,535, or ff ff, is the largest number in two bytes: byte 1 is still fe.",
    65_536: "65,536 needs the long form: byte 1 is ff, and the length takes eight bytes.",
}


@exercise(
    cases=[
        built(
            Opcode.PING,
            b"",
            MASKING_KEY,
            "The smallest frame of a client: 0x80 with the opcode, 0x80 with the length, the key.",
        ),
        built(
            Opcode.TEXT,
            b"Hello",
            MASKING_KEY,
            "These are the eleven bytes from the beginning of this notebook.",
        ),
        *(built(Opcode.BINARY, bytes(size), MASKING_KEY, nudge) for size, nudge in SIZES.items()),
    ],
    fuzz=lambda rng: built(rng.choice(OPCODES), rng.randbytes(rng.choice(EDGES)), rng.randbytes(4)),
    hints=[
        "Join four parts: one byte, the length, the key, the masked payload.",
        "Byte 0 is 0x80 (FIN) with the opcode; the first length byte is 0x80 (MASK) with a "
        "number up to 125, or with 126 or 127.",
        'For 126 to 65,535 bytes: bytes([0x80 | 126]) + size.to_bytes(2, "big").',
    ],
    why="RFC 6455 §5.2 requires the shortest form of the length that fits, so there is one way "
    "to write each length.",
)
def build_frame(opcode: int, payload: bytes, key: bytes) -> bytes:
    """Write the only frame of a message (FIN is 1) as a client sends it."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65_536:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return bytes([0x80 | opcode]) + length + key + masked


def written(opcode, payload, key, fin=0x80, mask=0x80, last_short=125, order="big", plain=False):
    """build_frame with one thing done differently."""
    size = len(payload)
    extra = 0 if size <= last_short else 2 if size < 65_536 else 8
    short = {0: size, 2: 126, 8: 127}[extra]
    long = size.to_bytes(extra, order) if extra else b""
    body = payload if plain else apply_mask(payload, key)
    return bytes([fin | opcode, mask | short]) + long + key + body


@build_frame.wrong("Your MASK bit is 0, so the receiver reads the key as payload; set it: 0x80.")
def no_mask_bit(opcode, payload, key):
    return written(opcode, payload, key, mask=0)


@build_frame.wrong("The key is in the frame, but the payload is not masked with it.")
def plain_payload(opcode, payload, key):
    return written(opcode, payload, key, plain=True)


@build_frame.wrong("Your FIN bit is 0, which says that more of the message follows; set 0x80.")
def no_fin(opcode, payload, key):
    return written(opcode, payload, key, fin=0)


@build_frame.wrong("126 bytes need the 2-byte form: in the 7 bits, 126 is not a length.")
def one_too_many(opcode, payload, key):
    return written(opcode, payload, key, last_short=126)


@build_frame.wrong(
    "The bytes of your long length are in reverse order: the most significant byte comes first, "
    "'big'."
)
def backwards(opcode, payload, key):
    return written(opcode, payload, key, order="little")


@build_frame.wrong("You always write opcode 1; the first argument is the opcode.")
def always_text(opcode, payload, key):
    return written(1, payload, key)


@build_frame.wrong("The key itself is missing: the receiver cannot unmask the payload without it.")
def no_key(opcode, payload, key):
    whole = written(opcode, payload, key)
    return whole.replace(key, b"", 1)
