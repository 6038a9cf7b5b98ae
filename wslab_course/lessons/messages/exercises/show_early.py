"""Exercise show_early of notebook 05, messages."""

from __future__ import annotations

import codecs
import random

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.messages.exercises.samples import WORDS


def some_parts(rng: random.Random) -> Case:
    """The payloads of one text message; one in four is not UTF-8, or ends too soon."""
    data = "".join(rng.choices(WORDS, k=rng.randrange(1, 4))).encode()
    fault = rng.random()
    if fault < 0.12:
        data += b"\xff"
    elif fault < 0.25:
        data += "ë".encode()[:1]
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(4)))
    parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return Case(parts, raises=UnicodeDecodeError if 0 <= fault < 0.25 else None)


@exercise(
    cases=[
        Case([b"Hi"], expected=["Hi"]),
        Case([b"Hel", b"lo"], expected=["Hel", "lo"]),
        Case(
            [b"Zo\xc3", b"\xab"],
            expected=["Zo", "ë"],
            nudge="c3 begins a character of two bytes: keep it until the next part has come.",
        ),
        Case([b"\xf0", b"\x9f", b"\x91", b"\x8b"], expected=["", "", "", "👋"]),
        Case(
            [b"Zo\xc3"],
            raises=UnicodeDecodeError,
            nudge="The message is over and a byte of ë is missing, so it is not valid text.",
        ),
        Case(
            [b"Zo\xff", b"x"],
            raises=UnicodeDecodeError,
            nudge="ff never occurs in UTF-8, so the text is wrong whatever follows.",
        ),
    ],
    fuzz=some_parts,
    hints=[
        "Between two parts your code must remember the bytes of a character that has begun.",
        'codecs.getincrementaldecoder("utf-8")() makes a decoder that remembers.',
        "Call decoder.decode(part, final) with final True for the last part: then it raises if "
        "bytes are left over.",
    ],
    why="The decoder holds back the bytes of an unfinished character, three at most.",
)
def show_early(parts: list[bytes]) -> list[str]:
    """Return, for each payload, the new text that can be shown by then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    last = len(parts) - 1
    return [decoder.decode(part, i == last) for i, part in enumerate(parts)]


def unended(parts: list[bytes]) -> list[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    return [decoder.decode(part) for part in parts]


@show_early.wrong("You decoded each part by itself: half a character cannot be decoded.")
def each_by_itself(parts):
    return [part.decode() for part in parts]


@show_early.wrong("You dropped the bytes that could not be decoded, so a character is lost.")
def halves_dropped(parts):
    return [part.decode(errors="ignore") for part in parts]


@show_early.wrong("You show U+FFFD for each half character; keep the bytes, and wait.")
def halves_replaced(parts):
    return [part.decode(errors="replace") for part in parts]


@show_early.wrong("You waited for the end. Show each character as soon as it has come.")
def all_at_the_end(parts):
    return [*[""] * (len(parts) - 1), b"".join(parts).decode()]


@show_early.wrong("You return all the text so far each time; return only the new text.")
def everything_so_far(parts):
    new = show_early.reference(parts)
    return ["".join(new[: i + 1]) for i in range(len(new))]


@show_early.wrong(
    "A message must not end inside a character: tell the decoder which part is the last."
)
def never_ended(parts):
    return unended(parts)
