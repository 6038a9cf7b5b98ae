"""Wireshark reads in our captures what we read in our recordings, but for what is listed here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conformance import wireshark
from tests.conformance.wireshark import compare, reason, tshark
from tests.handshake_vectors import HANDSHAKES
from tests.protocol.test_recording import conversation
from tests.vectors import CONVERSATIONS, FRAMES, HEADERS_ALONE, HELLO
from wslab.protocol.frames import Side
from wslab.protocol.recording import Chunk, Ending, Recording

FOLDER = Path(__file__).parents[2] / "notebooks" / "recordings"
CLIENT, SERVER = Side.CLIENT, Side.SERVER

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason=wireshark.INSTALL)

# What differs: recording, sender, heads or frames, number, field; and the reason.
FRAMES_DIFFER = {
    ("empty text", SERVER, "frames", 0, "text"): "empty",
    ("empty text masked", CLIENT, "frames", 0, "text"): "empty",
    ("close of 4 GiB", SERVER, "frames", 0, "all"): "32 bits",
}
CONVERSATIONS_DIFFER = {
    ("compressed in two frames", SERVER, "frames", 1, "text"): "fragments",
    ("compressed in two frames", SERVER, "frames", 1, "inflated"): "inflating",
    ("a stream that ends, and goes on", SERVER, "frames", 1, "inflated"): "inflating",
    ("a stream that ends in the middle of its message", SERVER, "frames", 0, "inflated"):
        "inflating",
}  # fmt: skip
HANDSHAKES_DIFFER = {
    ("folded header", CLIENT, "heads", 0, "lines"): "folding",
    ("response h2c", SERVER, "frames", 0, "all"): "upgrade",
    ("response without Upgrade", SERVER, "frames", 0, "all"): "upgrade",
}
RECORDINGS_DIFFER = {
    ("ticket-5", CLIENT, "frames", 1, "inflated"): "inflating",
    ("ticket-5", CLIENT, "frames", 2, "inflated"): "inflating",
    ("ticket-5", SERVER, "frames", 1, "inflated"): "inflating",
    ("ticket-5", SERVER, "frames", 2, "inflated"): "inflating",
}


def handshake(request: bytes, response: bytes) -> Recording:
    """A recording of both heads, and of one frame where the response is a whole 101."""
    recording = Recording()
    recording.add(Chunk(0.001, CLIENT, request))
    recording.add(Chunk(0.002, SERVER, response))
    if recording.handshake is not None and recording.handshake.upgraded:
        recording.add(Chunk(0.003, SERVER, HELLO))
    return recording


TABLES = {
    "frames": (
        {item.name: conversation(((item.sender, item.data),)) for item in FRAMES + HEADERS_ALONE},
        FRAMES_DIFFER,
    ),
    "conversations": (
        {
            item.name: conversation(item.frames, deflate=item.deflate is not None)
            for item in CONVERSATIONS
        },
        CONVERSATIONS_DIFFER,
    ),
    "handshakes": (
        {item.name: handshake(item.request, item.response) for item in HANDSHAKES},
        HANDSHAKES_DIFFER,
    ),
    "recordings": (
        {file.stem: Recording.load(file) for file in sorted(FOLDER.glob("*.wscap"))},
        RECORDINGS_DIFFER,
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_wireshark_reads_what_we_read(table: str) -> None:
    recordings, expected = TABLES[table]
    for recording in recordings.values():
        if not recording.endings:  # a response without a length goes on until its sender ends
            recording.end(Ending(9.0, SERVER, "eof"))
    found = {each[:5]: reason(each, recordings[each.recording]) for each in compare(recordings)}
    if not tshark("--version").startswith("TShark (Wireshark) 4.0."):
        found |= {one: expected[one] for one in expected.keys() - found}  # it may have learned
    assert found == expected
