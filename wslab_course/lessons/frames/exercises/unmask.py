"""Exercise unmask of notebook 04, frames."""

from __future__ import annotations

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.frames.exercises.samples import EDGES, MASKING_KEY


@exercise(
    cases=[
        Case(b"", MASKING_KEY, expected=b""),
        Case(
            b"\x7f",
            MASKING_KEY,
            expected=b"H",
            nudge="One byte in, one byte out. bytes([72]) is the byte 72; bytes(72) is 72 zeros.",
        ),
        Case(
            bytes.fromhex("7f9f4d51"),
            MASKING_KEY,
            expected=b"Hell",
            nudge="There are four bytes and four key bytes: XOR byte i with key byte i.",
        ),
        Case(
            bytes.fromhex("7f9f4d5158"),
            MASKING_KEY,
            expected=b"Hello",
            nudge="XOR the fifth byte with the first key byte again.",
        ),
        Case(bytes(9), MASKING_KEY),
    ],
    fuzz=lambda rng: Case(rng.randbytes(rng.choice(EDGES)), rng.randbytes(4)),
    hints=[
        "Python's `^` between two numbers is XOR; a loop over bytes gives you numbers.",
        "Byte 4 uses the first key byte again, byte 5 the second; `%` gives the remainder.",
        "Make each byte as masked[i] ^ key[i % 4], for i from 0, and put bytes( ) around them.",
    ],
    why="XOR with the same key undoes itself, so this function masks as well.",
)
def unmask(masked: bytes, key: bytes) -> bytes:
    """Return the payload as it was before the client masked it."""
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(masked))


@unmask.wrong("You stopped at the end of the key; after its 4th byte, begin again with its 1st.")
def one_round(masked, key):
    return bytes(byte ^ k for byte, k in zip(masked, key, strict=False))


@unmask.wrong("You used the first key byte for every byte; the key has four, used in turn.")
def only_the_first_key_byte(masked, key):
    return bytes(byte ^ key[0] for byte in masked)


@unmask.wrong("You subtracted the key; masking is XOR, which Python writes as ^.")
def subtracted(masked, key):
    return bytes((byte - key[i % 4]) % 256 for i, byte in enumerate(masked))


@unmask.wrong("You did not unmask the bytes after the fourth; repeat the key over all of them.")
def only_four_bytes(masked, key):
    head = bytes(byte ^ k for byte, k in zip(masked, key, strict=False))
    return head + masked[4:]
