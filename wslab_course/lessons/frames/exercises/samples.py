"""Keys, sizes and frames; the cases are made from them."""

from __future__ import annotations

import random

from wslab.protocol.frames import Frame, Opcode

MASKING_KEY = bytes.fromhex("37fa213d")  # the key of RFC 6455 §5.7
EDGES = [0, 1, 4, 5, 125, 126, 127, 128, 255, 256, 300, 1000]  # payload sizes in bytes
OPCODES = list(Opcode)


def some_frame(rng: random.Random) -> Frame:
    """A frame of any kind and size, masked or not; now and then a large one."""
    size = 65_536 if rng.random() < 0.02 else rng.choice([*EDGES, rng.randrange(40)])
    mask = rng.randbytes(4) if rng.random() < 0.6 else None
    return Frame(rng.choice(OPCODES), rng.randbytes(size), fin=rng.random() < 0.7, mask=mask)
