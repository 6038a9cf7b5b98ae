"""One connection, kept: what it says, what a file keeps, what a wrong file is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import CONVERSATIONS, HELLO, HELLO_MASKED, Conversation
from wslab.errors import RecordingError
from wslab.protocol.frames import Frame, FrameReader, Opcode, Side
from wslab.protocol.handshake import accept_key
from wslab.protocol.recording.recording import Chunk, Ending, Recording
from wslab.protocol.session import EndpointState

CLIENT, SERVER = Side.CLIENT, Side.SERVER
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = (
    "GET /chat?token=s3cret&room=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    f"Connection: Upgrade\r\nCookie: session=abc\r\nSec-WebSocket-Key: {KEY}\r\n"
    "Sec-WebSocket-Version: 13\r\n"
)
RESPONSE = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Accept: {accept_key(KEY)}\r\n"
)
DEFLATED = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


def conversation(
    frames: tuple[tuple[Side, bytes], ...], deflate: bool = False, size: int = 1 << 30
) -> Recording:
    """A recording of a whole connection, cut into chunks of `size` bytes."""
    extension = DEFLATED if deflate else ""
    recording, at = Recording("ws://127.0.0.1/chat?token=s3cret"), 0.0
    opening = (CLIENT, f"{REQUEST}{extension}\r\n".encode())
    answer = (SERVER, f"{RESPONSE}{extension}\r\n".encode())
    for sender, data in (opening, answer, *frames):
        for start in range(0, len(data), size):
            at += 0.001
            recording.add(Chunk(at, sender, data[start : start + size]))
    return recording


HELLOS = ((CLIENT, HELLO_MASKED), (SERVER, HELLO))


def test_frames_messages_and_states() -> None:
    recording = conversation(HELLOS)
    assert recording.handshake is not None and recording.handshake.upgraded
    assert [(sent.index, sent.sender, sent.frame.payload) for sent in recording.frames()] == [
        (0, CLIENT, b"Hello"),
        (1, SERVER, b"Hello"),
    ]
    assert [sent.at for sent in recording.frames()] == [0.003, 0.004]
    assert [message.data for message in recording.messages()] == ["Hello", "Hello"]
    assert [step.after for step in recording.steps()] == [EndpointState.OPEN, EndpointState.OPEN]
    assert recording.byte_count(SERVER) == len(recording.bytes_from(SERVER))
    assert repr(recording) == (
        f"Recording(WebSocket; {recording.byte_count(CLIENT)} bytes from the client, "
        f"{recording.byte_count(SERVER)} bytes from the server)"
    )


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_chunk_boundaries_mean_nothing(size: int) -> None:
    whole, cut = conversation(HELLOS), conversation(HELLOS, size=size)
    assert [sent.frame for sent in cut.frames()] == [sent.frame for sent in whole.frames()]
    assert cut.findings() == whole.findings()
    assert len(cut.chunks) > len(whole.chunks)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_recording_that_is_looked_at_as_it_grows_says_the_same(size: int) -> None:
    whole, growing = conversation(HELLOS * 3, size=size), Recording()
    for chunk in whole.chunks:
        growing.add(chunk)
        once = Recording()
        once.chunks = list(growing.chunks)
        assert (growing.handshake, growing.frames()) == (once.handshake, once.frames())
        assert growing.findings() == once.findings()
        assert all(growing.pending(side) == once.pending(side) for side in Side)
    del growing.chunks[-1]
    assert len(growing.frames()) == 5


def test_and_reads_no_byte_of_a_frame_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    fed, feed = [], FrameReader.feed
    monkeypatch.setattr(FrameReader, "feed", lambda *args: (fed.append(args[1]), feed(*args))[1])
    whole, growing = conversation(HELLOS * 20), Recording()
    for chunk in whole.chunks:
        growing.add(chunk)
        growing.frames()
    assert b"".join(fed) == (HELLO_MASKED + HELLO) * 20


def test_frames_in_the_same_chunk_as_the_handshake() -> None:
    recording = Recording()
    recording.add(Chunk(0, CLIENT, f"{REQUEST}\r\n".encode() + HELLO_MASKED))
    recording.add(Chunk(0, SERVER, f"{RESPONSE}\r\n".encode() + HELLO + HELLO[:3]))
    assert [sent.frame.payload for sent in recording.frames()] == [b"Hello", b"Hello"]
    assert recording.pending(SERVER) == HELLO[:3] and recording.pending(CLIENT) == b""


@pytest.mark.parametrize(
    "item",
    [item for item in CONVERSATIONS if item.name != "back reference into a forgotten window"],
    ids=lambda item: item.name,
)
def test_findings_name_the_first_faulty_frame(item: Conversation) -> None:
    recording = conversation(item.frames, deflate=item.deflate is not None)
    faults = [(f.index, f.rule) for f in recording.findings() if not f.ok]
    assert tuple(faults) == item.breaks
    assert [message.data for message in recording.messages()] == list(item.messages)


def test_a_header_is_judged_though_its_payload_never_comes() -> None:
    recording = conversation(((SERVER, bytes.fromhex("827f ffffffffffffffff")),))
    assert [f.rule for f in recording.findings() if not f.ok] == ["length-top-bit-is-zero"]
    assert recording.frames() == []


def test_plain_http_and_garbage_are_recordings_too() -> None:
    page = Recording()
    page.add(Chunk(0, CLIENT, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
    assert page.handshake is not None and page.handshake.response is None
    page.add(Chunk(0, SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    assert page.frames() == [] and page.messages() == []
    assert "HTTP, no upgrade" in repr(page)
    noise = Recording()
    noise.add(Chunk(0, CLIENT, b"\x16\x02\x01\x00\xff"))
    assert noise.handshake is None and noise.frames() == [] and noise.findings() == []
    assert "no HTTP" in repr(noise)


def test_a_request_is_judged_though_its_answer_is_no_http() -> None:
    recording = Recording()
    recording.add(Chunk(0, CLIENT, f"{REQUEST}\r\n".encode()))
    recording.add(Chunk(0, SERVER, b"220 mail.example ESMTP\r\n"))
    assert recording.handshake is not None and recording.handshake.response is None
    assert recording.findings() and recording.frames() == []


def test_half_a_request_is_no_handshake() -> None:
    recording = Recording()
    recording.add(Chunk(0, CLIENT, b"GET / HT"))
    assert recording.handshake is None


def test_tls_from_outside_is_records_and_nothing_else() -> None:
    recording = Recording("wss://127.0.0.1/")
    hello = bytes.fromhex("1603010008 01000004 0303cb34")
    for at, piece in enumerate((hello[:2], hello[2:] + hello)):
        assert recording.tls_records() == []
        recording.add(Chunk(float(at), CLIENT, piece))
    assert [sent.record.encode() for sent in recording.tls_records()] == [hello, hello]
    assert (recording.handshake, recording.frames(), recording.findings()) == (None, [], [])
    assert repr(recording).startswith("Recording(TLS; 26 bytes from the client")
    assert conversation(HELLOS).tls_records() == []


def test_the_repr_of_a_chunk_tells_no_secret() -> None:
    assert repr(Chunk(0.5, CLIENT, b"x" * 1234)) == (
        "Chunk(at=0.5, sender=Side.CLIENT, data=<1,234 bytes>)"
    )


def test_the_handshake_is_found_in_front_of_a_long_stream() -> None:
    recording = conversation(((SERVER, Frame(Opcode.BINARY, bytes(200_000)).encode()),) * 3)
    assert recording.handshake is not None and len(recording.frames()) == 3


def test_a_limit_keeps_a_true_beginning_and_goes_on_counting() -> None:
    recording = Recording(limit=10)
    for data in (b"12345", b"1234567", b"1"):
        recording.add(Chunk(0, SERVER, data))
    assert recording.bytes_from(SERVER) == b"12345"
    assert recording.truncated and recording.byte_count(SERVER) == 13
    assert repr(recording).endswith("truncated)")


def test_a_file_keeps_everything(tmp_path: Path) -> None:
    recording = conversation(HELLOS, size=50)
    recording.end(Ending(0.5, SERVER, "eof"))
    recording.end(Ending(0.75, CLIENT, "reset", "by peer"))
    path = recording.save(tmp_path / "hello.wscap", redact=False)
    again = Recording.load(path)
    assert again.chunks == [
        Chunk(round(chunk.at, 6), chunk.sender, chunk.data) for chunk in recording.chunks
    ]
    assert again.endings == recording.endings and again.target == recording.target
    assert again.byte_count(CLIENT) == recording.byte_count(CLIENT) and not again.truncated
    assert again.save(tmp_path / "again", redact=False).read_bytes() == path.read_bytes()


@given(st.lists(st.tuples(st.sampled_from(Side), st.binary(max_size=20))))
def test_any_bytes_survive_a_file(tmp_path_factory: pytest.TempPathFactory, parts) -> None:  # type: ignore[no-untyped-def]
    recording = Recording()
    for sender, data in parts:
        recording.add(Chunk(0, sender, data))
    path = recording.save(tmp_path_factory.mktemp("any") / "any.wscap", redact=False)
    assert Recording.load(path).chunks == recording.chunks


@pytest.mark.parametrize("size", [3, 1000])
def test_secrets_are_overwritten_and_offsets_stay_true(tmp_path: Path, size: int) -> None:
    recording = conversation(HELLOS, size=size)
    path = recording.save(tmp_path / "safe.wscap")
    safe = Recording.load(path)
    for secret in ("s3cret", "session=abc"):
        assert secret not in safe.bytes_from(CLIENT).decode("latin-1") + safe.target
        assert secret not in path.read_text(encoding="utf-8")
    assert [len(chunk.data) for chunk in safe.chunks] == [len(c.data) for c in recording.chunks]
    assert [sent.frame for sent in safe.frames()] == [sent.frame for sent in recording.frames()]
    assert safe.handshake is not None and safe.handshake.request.target.endswith("&room=1")


def test_secrets_of_plain_http_are_overwritten_too(tmp_path: Path) -> None:
    recording = Recording()
    for _ in range(2):  # the second exchange of a kept connection counts as well
        recording.add(Chunk(0, CLIENT, b"GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n"))
        recording.add(Chunk(0, SERVER, b"HTTP/1.1 204 No\r\nSet-Cookie: c=d\r\n\r\n"))
    text = recording.save(tmp_path / "page.wscap").read_text(encoding="utf-8")
    assert "a=b" not in text and "c=d" not in text


def test_secrets_in_what_is_said_of_the_target_are_overwritten_too(tmp_path: Path) -> None:
    recording = Recording("ws://h/?token=s3cret")
    recording.end(Ending(0.1, SERVER, "refused", "ws://h/?token=s3cret could not be reached"))
    path = recording.save(tmp_path / "refused.wscap")
    assert "s3cret" not in path.read_text(encoding="utf-8")
    assert Recording.load(path).endings[0].detail == "ws://h/?token=****** could not be reached"
    assert "s3cret" in recording.save(path, redact=False).read_text(encoding="utf-8")


def test_a_target_of_any_characters_can_be_saved(tmp_path: Path) -> None:
    path = Recording("ws://caf\udce9/").save(tmp_path / "odd.wscap")
    assert Recording.load(path).target == "ws://caf\udce9/"


def test_saving_a_live_connection_keeps_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = conversation(HELLOS)
    before = [chunk.data for chunk in recording.chunks]
    redact = Recording._redacted_stream

    def redact_while_more_arrives(self: Recording, side: Side) -> bytes:
        stream = redact(self, side)
        recording.add(Chunk(1.0, side, HELLO))
        return stream

    monkeypatch.setattr(Recording, "_redacted_stream", redact_while_more_arrives)
    again = Recording.load(recording.save(tmp_path / "live.wscap"))
    assert [len(chunk.data) for chunk in again.chunks] == list(map(len, before))
    assert len(recording.chunks) == len(before) + 2


def test_small_chunks_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wslab.protocol.recording.recording.MAX_CHUNKS", 10)
    recording = Recording()
    for number in range(12):
        recording.add(Chunk(number, CLIENT, b"x"))
        assert recording.truncated is (number >= 10)
    assert (len(recording.chunks), recording.byte_count(CLIENT)) == (10, 12)
    monkeypatch.setattr("wslab.protocol.recording.recording.MAX_CHUNKS", 5)
    loaded = Recording.load(recording.save(tmp_path / "a.wscap"))
    assert (loaded.chunks, loaded.byte_count(CLIENT)) == (recording.chunks, 12)
    assert loaded.truncated


def test_a_file_keeps_more_than_the_usual_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = Recording(limit=100)
    recording.add(Chunk(0, SERVER, bytes(100)))
    path = recording.save(tmp_path / "large.wscap")
    monkeypatch.setattr(Recording.__init__, "__defaults__", ("", 10))
    again = Recording.load(path)
    assert len(again.bytes_from(SERVER)) == 100 and not again.truncated


def test_a_truncated_recording_stays_truncated_in_a_file(tmp_path: Path) -> None:
    recording = Recording(limit=1)
    recording.add(Chunk(0, SERVER, b"abc"))
    again = Recording.load(recording.save(tmp_path / "cut.wscap"))
    assert again.truncated and again.byte_count(SERVER) == 3 and again.chunks == []


HEAD = json.dumps(
    {"wscap": 1, "target": "", "counts": {"client": 0, "server": 0}, "truncated": False}
)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "line 1 is 'an empty file'"),
        (b"hello\n", "line 1 is 'hello' (not JSON at character 1: Expecting value)"),
        (b"[" * 100_000, "line 1 is"),
        (f'{HEAD}\n{{"at": NaN, "sender": "client", "hex": ""}}'.encode(), "0 or more"),
        (f'{HEAD}\n{{"at": -1, "sender": "client", "hex": ""}}'.encode(), "0 or more"),
        (HEAD.replace('"server": 0', '"server": 9').encode(), "0 of the 9 bytes that line 1"),
        (b"[]", "not the head of a recording"),
        (b'{"wscap": 2}', "not the head of a recording"),
        (b"\xff\xd8\xff\xe0 a photograph", "photograph"),
        (b'{"wscap": 1}', "no 'target'"),
        (f'{HEAD}\n{{"at": 0}}'.encode(), "line 2 is"),
        (f'{HEAD}\n{{"at": 0, "sender": "proxy", "hex": ""}}'.encode(), "'proxy' is not a valid"),
        (f'{HEAD}\n{{"at": 0, "sender": "client", "hex": "0"}}'.encode(), "line 2"),
        (f'{HEAD}\n{{"at": 0, "sender": "client", "text": "ü"}}'.encode(), "line 2"),
        (
            f'{HEAD}\n{{"at": 0, "sender": "client", "ends": "well", "detail": ""}}'.encode(),
            "one of eof, reset, cut, refused",
        ),
    ],
)
def test_a_file_that_is_no_recording(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "odd.wscap"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        Recording.load(path)
    assert found in str(caught.value) and "odd.wscap is not a recording" in str(caught.value)
    assert "tap.recording.save" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.wscap cannot be read: .*; check the name"):
        Recording.load(tmp_path / "none.wscap")


def test_a_conversation_in_text_and_hex(tmp_path: Path) -> None:
    lines = conversation(HELLOS).save(tmp_path / "a").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1])["text"].startswith("GET /chat?token=******&room=1")
    assert json.loads(lines[3]) == {"at": 0.003, "sender": "client", "hex": HELLO_MASKED.hex()}
    assert conversation(HELLOS).frames()[0].frame == Frame(
        Opcode.TEXT, b"Hello", mask=bytes.fromhex("37fa213d")
    )
