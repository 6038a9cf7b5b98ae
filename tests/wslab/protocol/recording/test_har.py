"""A browser's HAR: what is rebuilt, and what is refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wslab.errors import RecordingError
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

CLIENT, SERVER = Side.CLIENT, Side.SERVER
REAL = Path(__file__).parents[3] / "recordings"  # tests/recordings/captures.py made them

START = 1_774_000_000.5  # seconds since 1970: when the socket below was opened


def socket(*messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the file of a browser says of one WebSocket; `changes` name a field of it."""
    entry: dict[str, Any] = {
        "_resourceType": "websocket",
        "startedDateTime": "2026-03-20T09:46:40.500Z",
        "timings": {"wait": 8},
        "request": {
            "method": "GET",
            "url": "ws://127.0.0.1/chat?room=1&token=s3cret",
            "headers": [{"name": "Host", "value": "127.0.0.1"}],
        },
        "response": {
            "status": 101,
            "statusText": "Switching Protocols",
            "headers": [{"name": "Upgrade", "value": "websocket"}],
        },
        "_webSocketMessages": list(messages),
    }
    for path, value in changes.items():
        *places, last = path.split("__")
        place = entry
        for name in places:
            place = place[name]
        place[last] = value
    return entry


def message(
    data: object = "Hello", kind: str = "send", opcode: object = 1, time: object = START + 1
) -> dict[str, Any]:
    return {"type": kind, "time": time, "opcode": opcode, "data": data}


def har(path: Path, *entries: object) -> Path:
    path.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    return path


def test_a_file_of_a_real_browser() -> None:
    recording = Recording.from_har(REAL / "echo.har", index=0)
    texts = ["Hello", b"\x00\x01\x02\xff", "☺"]
    sent = [(each.sender, each.data) for each in recording.messages()]
    assert sent == [(side, text) for text in texts for side in (CLIENT, SERVER)]
    assert [str(found) for found in recording.findings() if not found.ok] == []
    assert recording.handshake is not None and "session=abc" in str(
        recording.handshake.request.headers.get("Cookie")
    )
    masks = {each.frame.mask for each in recording.frames()}
    assert masks == {bytes(4), None}
    assert recording.note.startswith("Rebuilt from echo.har: ") and "00 00 00 00" in recording.note
    times = [chunk.at for chunk in recording.chunks]
    assert times == sorted(times) and 0 < times[-1] < 10
    assert recording.endings == [] and recording.target.endswith("?token=s3cret")


def test_which_of_several_is_said_by_number_or_by_url() -> None:
    second = Recording.from_har(REAL / "echo.har", url="/reverse")
    assert [each.data for each in second.messages()] == ["Hello", "olleH"]
    assert second.bytes_from(CLIENT) == Recording.from_har(REAL / "echo.har", index=1).bytes_from(
        CLIENT
    )
    for wrong in ({}, {"index": 2}, {"url": "nowhere"}):
        with pytest.raises(RecordingError) as refused:
            Recording.from_har(REAL / "echo.har", **wrong)  # type: ignore[arg-type]
        said = str(refused.value)
        assert "holds 2 WebSockets" in said and "index=0: ws://127" in said and "/reverse" in said
        assert "s3cret" not in said and "token=***" in said


def test_a_long_list_is_cut(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="index=7: .*; and 2 more; choose one"):
        Recording.from_har(har(tmp_path / "ten.har", *[socket() for _ in range(10)]))


def test_times_of_other_tools(tmp_path: Path) -> None:
    """Playwright counts in milliseconds and may leave a time out; mitmproxy names a zone."""
    file = har(
        tmp_path / "a.har",
        socket(
            message(time=(START + 1) * 1000),
            message(time=-1),
            message("the connection failed", "error", -1),
            message("/wA=", "receive", 2, START + 2),
            startedDateTime="2026-03-20T12:46:40.5+03:00",
        ),
    )
    recording = Recording.from_har(file)
    assert [round(chunk.at, 6) for chunk in recording.chunks] == [0, 0.008, 1, 1, 2]
    assert [each.data for each in recording.messages()] == ["Hello", "Hello", b"\xff\x00"]


def test_a_date_west_of_greenwich(tmp_path: Path) -> None:
    file = har(
        tmp_path / "a.har", socket(message(), startedDateTime="2026-03-20T06:16:40.500-0330")
    )
    assert Recording.from_har(file).chunks[-1].at == 1


def test_a_handshake_that_was_refused_or_never_answered(tmp_path: Path) -> None:
    refused = socket(response__status=403, response__statusText="Forbidden", response__headers=[])
    recording = Recording.from_har(har(tmp_path / "a.har", refused))
    assert recording.bytes_from(SERVER) == b"HTTP/1.1 403 Forbidden\r\n\r\n"
    silent = socket(response__status=0, request__url="ws://127.0.0.1")
    recording = Recording.from_har(har(tmp_path / "b.har", silent))
    assert recording.bytes_from(CLIENT) == b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert recording.byte_count(SERVER) == 0


FIREFOX = socket()
del FIREFOX["_webSocketMessages"], FIREFOX["_resourceType"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (FIREFOX, "lists no messages (a HAR from Firefox never does)"),
        (socket(message(), response__status=200), "status 200 and not 101, yet it has messages"),
        (socket(message(opcode=9)), "type 'send' with opcode 9"),
        (socket(message(kind="sent")), "type 'sent' with opcode 1"),
        (socket(message(time=float("nan"))), "the time nan"),
        (socket(message(time=10**400)), "too large"),
        (socket(message("%", opcode=2)), "cannot be read as"),
        (socket(message(None)), "NoneType"),
        (socket({}), "no 'type'"),
        (socket(startedDateTime="yesterday"), "its date is 'yesterday'"),
        (socket(request__headers=[{"name": ":method", "value": "GET"}]), ":method"),
    ],
    ids=[
        "firefox",
        "200",
        "ping",
        "kind",
        "nan",
        "huge",
        "base64",
        "none",
        "empty",
        "date",
        "http-2",
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, entry: object, says: str) -> None:
    with pytest.raises(RecordingError) as refused:
        Recording.from_har(har(tmp_path / "odd.har", entry))
    said = str(refused.value)
    assert says in said and "odd.har" in said and "save one from" in said and "s3cret" not in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "as a HAR with WebSocket messages: Expecting"),
        ("{}", "messages: no 'log'"),
        ("[]", "cannot be read as a HAR"),
        ('{"log": {"entries": ["a"]}}', "cannot be read as a HAR"),
        ("[" * 100_000, "cannot be read as a HAR"),
        ('{"log": {"entries": []}}', "holds 0 WebSockets, and 0 fit; choose one"),
    ],
    ids=["cut", "empty", "list", "text", "deep", "none"],
)
def test_what_is_no_har_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (file := tmp_path / "odd.har").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError) as refused:
        Recording.from_har(file)
    assert says in str(refused.value)
