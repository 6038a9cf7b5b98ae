"""The file of a recording: written, read again, and refused when it is something else."""

from __future__ import annotations

import pytest

from wslab.errors import RecordingError
from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import Chunk, Ending
from wslab.protocol.recording.wscap import Contents, read, write

CONTENTS = Contents(
    "ws://127.0.0.1/",
    {Side.CLIENT: 5, Side.SERVER: 2},
    False,
    [Chunk(0.001, Side.CLIENT, b"GET\r\n"), Chunk(0.002, Side.SERVER, b"\x81\x00")],
    [Ending(0.003, Side.SERVER, "eof"), Ending(0.004, Side.CLIENT, "reset", "by peer")],
)
TEXT = """\
{"wscap": 1, "target": "ws://127.0.0.1/", "counts": {"client": 5, "server": 2}, "truncated": false}
{"at": 0.001, "sender": "client", "text": "GET\\r\\n"}
{"at": 0.002, "sender": "server", "hex": "8100"}
{"at": 0.003, "sender": "server", "ends": "eof", "detail": ""}
{"at": 0.004, "sender": "client", "ends": "reset", "detail": "by peer"}
"""


def test_both_ways() -> None:
    assert "".join(write(CONTENTS)) == TEXT
    assert read(TEXT.encode(), "hello.wscap") == CONTENTS


def test_a_file_that_lost_its_end() -> None:
    cut = "\n".join(TEXT.splitlines()[:2]) + "\n"
    with pytest.raises(RecordingError, match="5 of the 7 bytes that line 1 counts"):
        read(cut.encode(), "cut.wscap")


def test_a_truncated_recording_may_hold_less_than_it_counts() -> None:
    head = TEXT.splitlines()[0].replace("false", "true")
    assert read(head.encode(), "long.wscap").counts == CONTENTS.counts


@pytest.mark.parametrize("number", ["Infinity", "NaN", "1e999"])
def test_a_count_that_is_no_number(number: str) -> None:
    with pytest.raises(RecordingError, match="line 1 is"):
        read(TEXT.replace('"client": 5', f'"client": {number}').encode(), "odd.wscap")


def test_a_time_that_no_float_holds() -> None:
    with pytest.raises(RecordingError, match="line 2 is"):
        read(TEXT.replace("0.001", "9" * 400).encode(), "odd.wscap")


def test_a_note_is_kept() -> None:
    noted = CONTENTS._replace(note="Rebuilt from notes.har: …")
    text = "".join(write(noted))
    assert '"note": "Rebuilt' in text.splitlines()[0] and read(text.encode(), "a.wscap") == noted
