"""Bytes that somebody really sent, damaged in the ways that find bugs; the same for a seed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

RECORDED: Final = sorted((Path(__file__).parents[2] / "notebooks" / "recordings").glob("*.wscap"))
LONGEST: Final = 100_000  # bytes of one mutant

# What stands at the edges of the formats.
ODD: Final = (
    b"\x82\x7f\x7f" + b"\xff" * 7,  # a frame of 2**63 - 1 bytes
    b"\x82\xff" + b"\xff" * 8,
    b"\x81\xfe\xff\xff",
    b"\x89\xfe\x00\x7e",
    b"\x88\x81",
    b"\xc1\x85",
    b"\x16\x03\x01\xff\xff",
    b"\x17\x03\x03\x00\x00",
    b"\x00\x00\xff\xff",
    b"\xed\xa0\x80",  # half of a surrogate pair
    b"\xff" * 8,
    bytes(8),
    b"\r\n\r\n",
    b"\r\n",
    b"\n",
    b"\r\n folded",
    b": ",
    b"HTTP/1.1 101 \r\n",
    b"HTTP/9.9 999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8\r\n",
    b'Sec-WebSocket-Extensions: a; b="\\\r\n',
    b"\xb2\xb9",  # digits to isdigit(), and to no parser
    b'"',
)
# What may stand where a word or a number was.
ODD_WORDS: Final = (
    b"0",
    b"-1",
    b"1e999",
    b"Infinity",
    b"NaN",
    b"9" * 400,  # more than a float can hold
    b"9" * 5000,  # more than Python reads
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[" * 3000,
    b"[" * 500 + b"]" * 500,
    b'""',
    b'"\\ud800"',
    b'"\\u0000"',
    b'"client"',
    b"\xff",
)
_WORD: Final = re.compile(rb'"[^"\n]*"|[\w.+-]+')
Way = Callable[[bytes, Random, Sequence[bytes]], bytes]


def rounds(quick: int) -> int:
    """How many tries: `quick`, or as many as the environment variable WSLAB_FUZZ says."""
    return int(os.environ.get("WSLAB_FUZZ", quick))


def streams(side: Side) -> list[bytes]:
    """Everything that this side sent, recording by recording."""
    return [Recording.load(path).bytes_from(side) for path in RECORDED]


def mutants(seeds: Sequence[bytes], count: int, seed: int = 0) -> Iterator[bytes]:
    """So many damaged copies of the seeds, each with one damage or a few."""
    for number in range(count):
        source = Random(f"{seed} {number}")  # each by itself, so that one can be made again
        data = source.choice(seeds)
        for _ in range(source.choice((1, 1, 1, 2, 3, 8))):
            data = source.choice(WAYS)(data, source, seeds)[:LONGEST]
        yield data


def _a_bit_flips(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = source.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << source.randrange(8)]) + data[at + 1 :]


def _a_byte_changes(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    at = source.randrange(len(data) + 1)
    return data[:at] + bytes([source.choice((0, 1, 10, 32, 127, 128, 255))]) + data[at + 1 :]


def _the_end_is_cut(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    return data[: source.randrange(len(data) + 1)]


def _a_part_is_lost(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    start = source.randrange(len(data) + 1)
    return data[:start] + data[start + source.choice((1, 2, 4, 20, 200)) :]


def _a_part_is_said_again(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    start = source.randrange(len(data) + 1)
    end = start + source.choice((1, 2, 10, 100))
    return data[:start] + data[start:end] * source.choice((2, 3, 300)) + data[end:]


def _something_odd_comes_in(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    at, odd = source.randrange(len(data) + 1), source.choice(ODD)
    return data[:at] + odd + data[at + source.choice((0, len(odd), 1)) :]


def _it_goes_on_as_another(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    other = source.choice(seeds)
    return data[: source.randrange(len(data) + 1)] + other[source.randrange(len(other) + 1) :]


def _a_word_changes(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    words = list(_WORD.finditer(data))
    if not words:
        return data
    word = source.choice(words)
    return data[: word.start()] + source.choice(ODD_WORDS) + data[word.end() :]


def _lines_are_dealt_again(data: bytes, source: Random, seeds: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    source.shuffle(lines)
    return b"\n".join(lines)


WAYS: Final[tuple[Way, ...]] = (
    _a_bit_flips,
    _a_bit_flips,
    _a_byte_changes,
    _the_end_is_cut,
    _a_part_is_lost,
    _a_part_is_said_again,
    _something_odd_comes_in,
    _something_odd_comes_in,
    _it_goes_on_as_another,
    _a_word_changes,
    _a_word_changes,
    _lines_are_dealt_again,
)


def pieces(data: bytes, source: Random) -> Iterator[bytes]:
    """The same bytes in pieces of any size, as a network may deal them."""
    at = 0
    while at < len(data):
        size = source.choice((1, 2, 3, 10, 100, 1000, 100_000))
        yield data[at : at + size]
        at += size
