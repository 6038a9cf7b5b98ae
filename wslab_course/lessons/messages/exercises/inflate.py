"""Exercise inflate of notebook 05, messages."""

from __future__ import annotations

import random
import zlib

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.messages.exercises.samples import WORDS

TAIL = b"\x00\x00\xff\xff"


def packed(*messages: bytes) -> list[bytes]:
    """The payloads of a sender that keeps its window from message to message."""
    packer = zlib.compressobj(wbits=-15)
    return [
        (packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for message in messages
    ]


def some_packed(rng: random.Random) -> Case:
    words = [rng.choice([*WORDS, "Hello " * 20]).encode() for _ in range(rng.randrange(1, 5))]
    return Case(packed(*words), expected=words)


@exercise(
    cases=[
        Case([bytes.fromhex("f2 48 cd c9 c9 07 00")], expected=[b"Hello"]),
        Case(
            [bytes.fromhex("f2 48 cd c9 c9 07 00"), bytes.fromhex("f2 00 11 00 00")],
            expected=[b"Hello", b"Hello"],
            nudge="The second payload points back to the first Hello, so your unpacker must "
            "still have it.",
        ),
        Case(packed(b"one", b"two", b"one two"), expected=[b"one", b"two", b"one two"]),
        Case(packed(b"", b"x"), expected=[b"", b"x"]),
    ],
    fuzz=some_packed,
    hints=[
        "The sender left out the same four bytes at the end of every message.",
        "zlib.decompressobj(wbits=-15) reads DEFLATE without a header, and remembers earlier data.",
        r"Make one unpacker before the loop; give it payload + b'\x00\x00\xff\xff' each time.",
    ],
    why="One unpacker for the whole connection keeps the earlier bytes (the window) that later "
    "messages point back to.",
)
def inflate(payloads: list[bytes]) -> list[bytes]:
    """Unpack the compressed messages of one sender, in the order they came."""
    unpacker = zlib.decompressobj(wbits=-15)
    return [unpacker.decompress(payload + b"\x00\x00\xff\xff") for payload in payloads]


@inflate.wrong(
    "You made a new unpacker for each message; the second message points back into the first."
)
def a_new_one_each_time(payloads):
    return [zlib.decompressobj(wbits=-15).decompress(payload + TAIL) for payload in payloads]


@inflate.wrong(
    "You did not add the four bytes 00 00 ff ff, so the unpacker reads the next message wrongly."
)
def tail_forgotten(payloads):
    unpacker = zlib.decompressobj(wbits=-15)
    return [unpacker.decompress(payload) for payload in payloads]


@inflate.wrong(
    "zlib.decompress expects a stream that ends, which this one never does, and a header unless "
    "wbits=-15. Take zlib.decompressobj(wbits=-15)."
)
def a_header_expected(payloads):
    return [zlib.decompress(payload + TAIL) for payload in payloads]


@inflate.wrong("You unpacked all messages as one; return one result for each.")
def all_in_one(payloads):
    unpacker = zlib.decompressobj(wbits=-15)
    return [b"".join(unpacker.decompress(payload + TAIL) for payload in payloads)]


@inflate.wrong(
    "The unpacker gives bytes, so return bytes; whether they are text is decided by the opcode."
)
def made_into_text(payloads):
    return [data.decode() for data in inflate.reference(payloads)]
