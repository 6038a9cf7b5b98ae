"""Exercise close_payload of notebook 07, actions."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise


def some_reason(rng: random.Random) -> Case:
    """A reason around the limit, in characters of one to four bytes."""
    alphabet = rng.choice(["x", "xé", "é€", "x€😀", "😀"])
    reason = "".join(rng.choices(alphabet, k=rng.randrange(25, 135)))
    return Case(rng.choice([1000, 3000, 4001, 4999]), reason)


@exercise(
    cases=[
        Case(
            1000,
            "",
            expected=b"\x03\xe8",
            nudge="There is no reason: return only the two bytes of the code.",
        ),
        Case(1000, "done", expected=b"\x03\xe8done"),
        Case(4001, "Grüße", nudge="The reason travels as UTF-8: reason.encode()."),
        Case(1000, "x" * 123, nudge="123 bytes of reason are allowed; cut nothing."),
        Case(1000, "x" * 124, nudge="124 bytes of reason: one too many."),
        Case(
            1000, "é" * 62, nudge="62 characters of two bytes each: 61 of them fit into 123 bytes."
        ),
        Case(1000, "€" * 42, nudge="42 characters of three bytes each: 41 of them fill 123 bytes."),
        Case(4999, "😀" * 31, nudge="31 characters of four bytes each: 30 of them fit."),
    ],
    fuzz=some_reason,
    hints=[
        "Count bytes: encode first, then cut, then check whether the last character is complete.",
        "code.to_bytes(2, 'big') makes the two bytes. Half a character at the end cannot be "
        "decoded as UTF-8; that is how you find it.",
        "reason.encode()[:123].decode(errors='ignore') is the text that fits; encode it again.",
    ],
    why="If you cut UTF-8 at any byte, at most one character is broken, the last; "
    "errors='ignore' drops only that one.",
)
def close_payload(code: int, reason: str) -> bytes:
    """Write the payload of a Close frame; cut a reason that is too long."""
    fits = reason.encode()[:123].decode(errors="ignore")
    return code.to_bytes(2, "big") + fits.encode()


@close_payload.wrong("You counted characters: reason[:123] can be up to 492 bytes. Encode first.")
def cut_by_characters(code, reason):
    return code.to_bytes(2, "big") + reason[:123].encode()


@close_payload.wrong(
    "You cut inside a character, so the reason is not valid UTF-8: the answer would be 1007."
)
def cut_through_a_character(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:123]


@close_payload.wrong(
    "125 bytes is the limit for the whole payload, and the code takes two of them."
)
def cut_at_125(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:125].decode(errors="ignore").encode()


@close_payload.wrong("You did not cut; a control frame of more than 125 bytes breaks a rule.")
def not_cut(code, reason):
    return code.to_bytes(2, "big") + reason.encode()


@close_payload.wrong("The two bytes of the code are in the wrong order: 1000 is 03 e8; use 'big'.")
def little_endian(code, reason):
    return code.to_bytes(2, "little") + reason.encode()[:123].decode(errors="ignore").encode()


@close_payload.wrong("You wrote the code as digits; write it as a number in two bytes.")
def code_as_text(code, reason):
    return str(code).encode() + reason.encode()[:123].decode(errors="ignore").encode()


@close_payload.wrong("errors='replace' puts U+FFFD for the half character: three new bytes.")
def replaced(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:123].decode(errors="replace").encode()


@close_payload.wrong("decode() raises at half a character; use errors='ignore'.")
def strict(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:123].decode().encode()


@close_payload.wrong("You dropped a long reason completely; keep as much of it as fits.")
def all_or_nothing(code, reason):
    said = reason.encode()
    return code.to_bytes(2, "big") + (said if len(said) <= 123 else b"")
