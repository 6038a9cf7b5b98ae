"""What a long recording costs to look at: `inspect` of 100,000 frames, which shows sixty of them.

It has to read all of them, and to hold the rules against each, for its counts are true. So it is
compared with reading the frames alone, and with a recording of a tenth of the length. Times are
of the processor: other programs do not disturb them much.
"""

from __future__ import annotations

import gc
import random
import time
import zlib
from collections.abc import Callable

from tests.benchmarks.ratios import Row, full_or_quick, show
from tests.handshake_vectors import REQUEST, RESPONSE
from wslab.display.inspectors import inspect
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.recording.recording import Chunk, Recording

MANY, FEW = full_or_quick(100_000, 5_000), full_or_quick(10_000, 500)
MASK = b"\x37\xfa\x21\x3d"
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


def talk(count: int, packed: bool = False, broken: bool = False) -> list[Chunk]:
    """A conversation of `count` small texts by turns, each in a chunk of its own."""
    rng = random.Random(6455)
    heads = [
        head.removesuffix(b"\r\n") + DEFLATE if packed else head for head in (REQUEST, RESPONSE)
    ]
    chunks = [Chunk(0.0, side, head) for side, head in zip(Side, heads, strict=True)]
    packers = {side: zlib.compressobj(wbits=-15) for side in Side}
    for number in range(count):
        side = list(Side)[number % 2]
        text = f'{{"id": {number}, "text": "{"x" * rng.randrange(60)}"}}'.encode()
        if packed:
            text = packers[side].compress(text) + packers[side].flush(zlib.Z_SYNC_FLUSH)
            text = text.removesuffix(b"\x00\x00\xff\xff")
        mask = MASK if side is Side.CLIENT or broken else None
        chunks.append(
            Chunk(number / 100, side, Frame(Opcode.TEXT, text, rsv1=packed, mask=mask).encode())
        )
    return chunks


def recorded(chunks: list[Chunk]) -> Recording:
    """A recording that nobody has looked at."""
    made = Recording()
    for chunk in chunks:
        made.add(chunk)
    return made


def timed(chunks: list[Chunk], look: Callable[[Recording], object]) -> float:
    made = recorded(chunks)
    gc.collect()
    began = time.process_time()
    look(made)
    return time.process_time() - began


def main() -> None:
    kinds = {
        "plain": {},
        "compressed": {"packed": True},
        "every second one broken": {"broken": True},
    }
    times, sizes = [], []
    for kind, options in kinds.items():
        many, few = talk(MANY, **options), talk(FEW, **options)
        read = timed(many, Recording.frames)
        short, long = (timed(chunks, inspect) for chunks in (few, many))
        every = timed(many, Recording.findings)
        what = f"{kind} ({long:.2f} s)"
        times.append(Row(what, "reading the frames alone", long / read))
        times.append(Row(what, f"inspect of {FEW:,} frames", long / short, "<= 12"))
        times.append(Row(what, "making every finding", long / every, "<= 1"))
        short, long = (len(inspect(recorded(chunks)).html) for chunks in (few, many))
        sizes.append(
            Row(f"{kind} ({long:,} bytes)", f"that of {FEW:,} frames", long / short, "<= 1.1")
        )
    show(f"inspect of {MANY:,} frames: times as long as", times)
    show(f"HTML of {MANY:,} frames: times the size of (goal: under 500,000 bytes)", sizes)


if __name__ == "__main__":
    main()
