"""Frames parsed a second, against the Sans-I/O parsers of websockets and wsproto.

All three take the same bytes in the same pieces of 64 KiB, as a socket gives them, and
each frame's opcode, FIN and payload are read. websockets ships a masking routine in C, which
we take too; "both pure" is both with their own in Python, as where no extension is installed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import websockets.frames
import websockets.utils
from websockets.protocol import CLIENT, SERVER, Protocol
from wsproto.frame_protocol import FrameProtocol

from tests.benchmarks.ratios import Row, full_or_quick, show, times_faster
from wslab.protocol import masking
from wslab.protocol.frames import Frame, FrameReader, Opcode

PIECE = 65_536
COUNTS = {
    16: full_or_quick(20_000, 100),
    125: full_or_quick(20_000, 100),
    1_000: full_or_quick(10_000, 100),
    1 << 20: full_or_quick(24, 1),
}


def ours(pieces: list[bytes]) -> int:
    reader, total = FrameReader(), 0
    for piece in pieces:
        for frame in reader.feed(piece):
            total += len(frame.payload) + frame.opcode + frame.fin
    return total


def by_websockets(pieces: list[bytes], masked: bool) -> int:
    protocol, total = Protocol(SERVER if masked else CLIENT, max_size=None), 0
    for piece in pieces:
        protocol.receive_data(piece)
        for frame in protocol.events_received():
            assert isinstance(frame, websockets.frames.Frame)
            total += len(frame.data) + frame.opcode + frame.fin
    return total


@contextmanager
def both_pure() -> Iterator[None]:
    """No extension in C is installed, neither for websockets nor for us."""
    ours_before, theirs_before = masking._quickest, websockets.frames.apply_mask
    masking._quickest = masking.apply_mask_in_python  # type: ignore[misc]
    websockets.frames.apply_mask = websockets.utils.apply_mask
    try:
        yield
    finally:
        masking._quickest = ours_before  # type: ignore[misc]
        websockets.frames.apply_mask = theirs_before


def by_wsproto(pieces: list[bytes], masked: bool) -> int:
    protocol, total = FrameProtocol(client=not masked, extensions=[]), 0
    for piece in pieces:
        protocol.receive_bytes(piece)
        for frame in protocol.received_frames():
            total += len(frame.payload) + frame.opcode + frame.message_finished
    return total


def main() -> None:
    rng, rows = random.Random(6455), []
    for masked in (False, True):
        for length, count in COUNTS.items():
            mask = b"\x37\xfa\x21\x3d" if masked else None
            data = Frame(Opcode.BINARY, rng.randbytes(length), mask=mask).encode() * count
            pieces = [data[start : start + PIECE] for start in range(0, len(data), PIECE)]
            assert ours(pieces) == by_websockets(pieces, masked)
            peers = {
                "websockets": lambda p=pieces, m=masked: by_websockets(p, m),
                "wsproto": lambda p=pieces, m=masked: by_wsproto(p, m),
            }
            ratios = times_faster(lambda p=pieces: ours(p), peers)
            if masked:  # without a mask there is nothing that C would do
                with both_pure():
                    pure = times_faster(lambda p=pieces: ours(p), {"": peers["websockets"]})
                ratios["websockets, both pure"] = pure[""]
            goals = {"websockets": ">= 2", "wsproto": ">= 4"} if length < PIECE else {}
            for name, ratio in ratios.items():
                what = f"{length:>9,} B {'masked' if masked else 'unmasked'}"
                rows.append(Row(what, name, ratio, goals.get(name, ">= 0.9")))
    show("frames parsed per second: times as many as", rows)
