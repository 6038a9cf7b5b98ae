"""Bytes that somebody really sent, damaged in the ways that find bugs; the same for a seed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.recording import Recording

RECORDED: Final = sorted((Path(__file__).parents[2] / "notebooks" / "recordings").glob("*.wscap"))
LONGEST: Final = 100_000  # bytes of one mutant


def rounds(quick: int) -> int:
    """How many tries: `quick`, or as many as the environment variable WSLAB_FUZZ says."""
    return int(os.environ.get("WSLAB_FUZZ", quick))


def streams(side: Side) -> list[bytes]:
    """Everything that this side sent, recording by recording."""
    return [Recording.load(path).bytes_from(side) for path in RECORDED]
