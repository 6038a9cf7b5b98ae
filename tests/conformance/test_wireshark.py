"""Wireshark reads in our captures what we read in our recordings, but for what is listed here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conformance import wireshark
from tests.conformance.wireshark import compare, reason, tshark
from tests.handshake_vectors import HANDSHAKES
from tests.vectors import CONVERSATIONS, FRAMES, HEADERS_ALONE, HELLO, HELLO_MASKED
from tests.wslab.protocol.recording.test_recording import conversation
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Chunk, Ending, Recording

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
    ("compressed in two frames", SERVER, "frames", 1, "inflated"): "fragments",
    ("a stream that ends, and goes on", SERVER, "frames", 1, "inflated"): "inflating",
    ("a stream that ends in the middle of its message", SERVER, "frames", 0, "inflated"):
        "inflating",
}  # fmt: skip
# What a client of the Autobahn TestSuite sends, in its cases 6.1.3 and 5.16.
DISORDERLY = {
    "an empty last fragment": ("0100", "0002 6869", "8000"),
    "two fragments after an orphan": ("0001 61", "0101 62", "8001 63"),
}
DISORDER_DIFFERS = {
    ("an empty last fragment", SERVER, "frames", 2, "text"): "empty",
    ("two fragments after an orphan", SERVER, "frames", 2, "text"): "disorder",
}
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
    "disorder": (
        {
            name: conversation(tuple((SERVER, bytes.fromhex(frame)) for frame in frames))
            for name, frames in DISORDERLY.items()
        },
        DISORDER_DIFFERS,
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


def test_a_wrong_reading_would_be_seen() -> None:
    """One bit of one payload, a frame too few, one header line."""
    whole = conversation(((SERVER, HELLO), (CLIENT, HELLO_MASKED)))
    flipped = conversation(((SERVER, HELLO[:-1] + b"n"),))
    assert len(compare({"whole": whole})) == 0
    read = wireshark.read_by_wireshark([whole])[0]
    found = list(wireshark.differences("flipped", wireshark.read_by_us(flipped), read))
    assert [each[1:5] for each in found] == [
        (CLIENT, "frames", 0, "all"),
        (SERVER, "frames", 0, "payload"),
        (SERVER, "frames", 0, "text"),
    ]
    assert [reason(each, flipped) for each in found] == [None, None, None]


def test_another_text_that_was_inflated_needs_a_cause() -> None:
    """Client and server compress alike here, so that to swap the two would change nothing."""
    last_block, empty, fragment = b"\xc1\x01\x03", b"\xc1\x00", b"\x80\x01\x00"
    for frames, cause in (
        ((empty,), None),
        ((empty, last_block), "inflating"),
        ((empty, fragment), "fragments"),
    ):
        recording = conversation(tuple((SERVER, frame) for frame in frames), deflate=True)
        at = len(frames) - 1
        other = wireshark.Difference("", SERVER, "frames", at, "inflated", "ours", "theirs")
        assert reason(other, recording) == cause


def test_the_packets_are_such_as_a_network_would_carry(tmp_path: Path) -> None:
    """Wireshark finds nothing odd in TCP: checksums, numbers, acknowledgements, windows."""
    long = conversation(((SERVER, b"\x82\x7f" + (300_000).to_bytes(8, "big") + bytes(300_000)),))
    long.end(Ending(0.5, CLIENT, "eof"))  # a half-close
    long.end(Ending(0.6, SERVER, "reset"))
    checks = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
    names = ("tcp.stream", "tcp.checksum.status", "ip.checksum.status", "tcp.analysis.flags")
    fields = [word for name in names for word in ("-e", name)]
    taped = TABLES["recordings"][0]
    for recording in (long, taped["hello"], taped["wss-outside"], taped["ticket-3-client"]):
        file = str(recording.to_pcap(tmp_path / "a.pcap"))
        told = tshark("-r", file, *checks, "-T", "fields", *fields)
        assert set(told.splitlines()) == {"0\t1\t1\t"}  # one connection, both sums good, no flag


def test_a_gap_is_where_bytes_were_not_kept(tmp_path: Path) -> None:
    whole = conversation(((SERVER, HELLO), (SERVER, HELLO * 100)))
    cut = Recording(limit=sum(whole.byte_count(side) for side in Side) - 1)
    for chunk in whole.chunks:
        cut.add(chunk)
    cut.end(Ending(1.0, SERVER, "eof"))
    file = str(cut.to_pcap(tmp_path / "a.pcap"))
    assert tshark("-r", file, "-Y", "tcp.analysis.lost_segment").count("\n") == 1


def test_a_folder_of_recordings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TABLES["recordings"][0]["hello"].save(tmp_path / "hello.wscap")
    TABLES["recordings"][0]["ticket-5"].save(tmp_path / "ticket-5.wscap")
    assert wireshark.main(tmp_path) == 0
    told = capsys.readouterr().out
    assert "2 recordings, " in told and "4  Wireshark 4.0 takes" in told
    assert wireshark.main(tmp_path / "empty") == 1


def test_real_traffic_is_read_by_both_alike(tmp_path: Path) -> None:
    """What Wireshark finds in the capture itself, and in the recording that we made of it."""
    real = FOLDER.parents[1] / "tests" / "recordings" / "echo.pcapng"
    ours = Recording.from_pcap(real, stream=1).to_pcap(tmp_path / "a.pcap", redact=False)
    fields = ("-T", "fields", *("-e", "websocket.opcode"), *("-e", "websocket.masking_key"))
    shown = [
        tshark("-r", str(file), "-Y", f"websocket && tcp.stream == {stream}", *fields)
        for file, stream in ((real, 1), (ours, 0))
    ]
    assert shown[0] == shown[1] and shown[0].count("\n") == 10
