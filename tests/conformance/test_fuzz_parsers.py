"""Whatever bytes come, a parser reads them, asks for more, or says in a sentence what is wrong.

The bytes are recorded streams, damaged. What each parser must keep on good bytes is tested in
its own room; here it is held against bytes of which nobody knows what they are. For a long
run: WSLAB_FUZZ=20000 python -m pytest tests/conformance/test_fuzz_parsers.py
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from itertools import zip_longest
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.mutations import (
    LONGEST,
    ODD,
    ODD_WORDS,
    RECORDED,
    mutants,
    pieces,
    rounds,
    streams,
)
from tests.handshake_vectors import REQUEST, RESPONSE
from tests.vectors import CONVERSATIONS, FRAMES
from wslab.display.inspectors import inspect
from wslab.errors import WslabError
from wslab.protocol.dissect import dissect
from wslab.protocol.frames import FrameReader, Side
from wslab.protocol.handshake import Deflate, Handshake, Request, Response
from wslab.protocol.kernel_messages import KernelMessage
from wslab.protocol.recording.chunks import Chunk
from wslab.protocol.recording.recording import Recording
from wslab.protocol.recording.tls_records import TlsRecord, is_tls, read_records
from wslab.protocol.rules.frames import check_frame, check_session
from wslab.protocol.rules.handshake import check_handshake
from wslab.protocol.session import Session


def source_of(data: bytes) -> Random:
    """Dice that fall the same way for the same bytes."""
    return Random(hashlib.sha1(data).digest())


# --- what is done with the bytes --------------------------------------------------------------


def read_frames(data: bytes) -> None:
    reader = FrameReader()
    frames = [frame for piece in pieces(data, source_of(data)) for frame in reader.feed(piece)]
    assert b"".join(frame.encode() for frame in frames) + reader.pending == data
    for number, frame in enumerate(frames[:200]):
        assert dissect(frame)[-1].end == 8 * len(frame)
        side = tuple(Side)[number % 2]
        assert all(str(finding) for finding in check_frame(frame, side, deflate=bool(number & 2)))
        assert repr(frame)


def follow_a_session(data: bytes) -> None:
    source, reader = source_of(data), FrameReader()
    deflate = source.choice((None, Deflate(), Deflate(True, True)))
    session, steps = Session(deflate, max_message=LONGEST), []
    for frame in reader.feed(data):
        steps.append(session.feed(source.choice(tuple(Side)), frame))
    assert all(str(finding) for finding in check_session(steps))


def read_heads(data: bytes) -> None:
    for kind in (Request, Response):
        head = kind.parse(data)
        if head is not None:
            assert data.startswith(head.encode()) and repr(head)


def read_a_handshake(data: bytes) -> None:
    """As a request with a good response, and as a response to a good request."""
    for client, server in ((data, RESPONSE), (REQUEST, data)):
        try:
            handshake = Handshake.parse(client, server)
        except WslabError:
            continue
        if handshake is None:
            continue
        assert all(str(finding) for finding in check_handshake(handshake))
        assert repr((handshake, handshake.deflate, handshake.expected_accept, handshake.accept))
        assert repr((handshake.offered_extensions, handshake.extensions, handshake.subprotocols))
        assert dissect(handshake)


def take_apart(data: bytes) -> None:
    fields = dissect(data)
    assert [field.start for field in fields] == [0, *(field.end for field in fields)][:-1]
    assert fields[-1].end == 8 * len(data)
    assert all(repr(field) for field in fields)


def read_a_kernel_message(data: bytes) -> None:
    for form in (data, data.decode("utf-8", "replace"), data.decode("latin-1")):
        try:
            message = KernelMessage.parse(form)
        except WslabError:
            continue
        assert repr((message.kind, message.id, message.parent))
        assert KernelMessage.parse(message.encode()) == message


def read_tls(data: bytes) -> None:
    is_tls(data)
    source = source_of(data)
    chunks = [Chunk(0, source.choice(tuple(Side)), piece) for piece in pieces(data, source)]
    records, rest = read_records(chunks)
    for side in Side:
        whole = b"".join(sent.record.encode() for sent in records if sent.sender is side)
        sent = b"".join(chunk.data for chunk in chunks if chunk.sender is side)
        assert whole + rest[side] == sent
    assert all(sent.record.says and sent.record.name for sent in records)
    record = TlsRecord.parse(data)
    assert record is None or data.startswith(record.encode())


def hold_a_recording(data: bytes) -> None:
    """As what a client sent, with answers between; then all that a recording is asked."""
    source, recording = source_of(data), Recording("ws://127.0.0.1/")
    answers = pieces(RESPONSE + source.choice(seeds_of("server")), source)
    for piece, answer in zip_longest(pieces(data, source), answers, fillvalue=b""):
        recording.add(Chunk(len(recording.chunks), Side.CLIENT, piece))
        recording.add(Chunk(len(recording.chunks), Side.SERVER, answer))
    ask(recording)


def ask(recording: Recording) -> None:
    assert repr(recording)
    assert repr((recording.handshake, recording.messages()[:50], recording.tls_records()[:50]))
    assert all(str(finding) for finding in recording.findings())
    if recording.handshake is not None and recording.handshake.upgraded:
        for side in Side:
            frames = [s.frame.encode() for s in recording.frames() if s.sender is side]
            tail = b"".join(frames) + recording.pending(side)
            assert recording.bytes_from(side).endswith(tail)


def look_at_a_recording(data: bytes) -> None:
    recording = Recording()
    recording.add(Chunk(0, Side.CLIENT, data))
    recording.add(Chunk(0, Side.SERVER, RESPONSE))
    assert inspect(recording).text


READERS: dict[str, tuple[Callable[[bytes], None], str]] = {
    "frames": (read_frames, "frames"),
    "session": (follow_a_session, "frames"),
    "heads": (read_heads, "both"),
    "handshake": (read_a_handshake, "both"),
    "dissect": (take_apart, "both"),
    "kernel message": (read_a_kernel_message, "messages"),
    "tls records": (read_tls, "both"),
    "recording": (hold_a_recording, "client"),
    "inspect": (look_at_a_recording, "client"),
}
EACH = pytest.mark.parametrize("name", READERS)


@cache
def seeds_of(what: str) -> list[bytes]:
    """The bytes that are damaged."""
    recordings = [Recording.load(path) for path in RECORDED]
    if what == "frames":
        both = [b"".join(sent.frame.encode() for sent in made.frames()) for made in recordings]
        vectors = [vector.data for vector in FRAMES if len(vector.data) < 1000]
        talks = [b"".join(data for _, data in talk.frames) for talk in CONVERSATIONS]
        return [data for data in (*both, *vectors, *talks) if data]
    if what == "messages":
        said = [message.data for made in recordings for message in made.messages()]
        return [data.encode() if isinstance(data, str) else data for data in said]
    if what == "both":
        return [*seeds_of("client"), *seeds_of("server")]
    return streams(Side(what))


def survives(name: str, data: bytes) -> None:
    try:
        READERS[name][0](data)
    except WslabError as error:
        assert len(str(error)) > 20


@EACH
def test_damaged_bytes_are_read_or_refused_with_a_reason(name: str) -> None:
    for data in mutants(seeds_of(READERS[name][1]), rounds(250)):
        survives(name, data)


@EACH
def test_bytes_cut_anywhere_are_read_or_refused_with_a_reason(name: str) -> None:
    # The first and the last cuts of each; in a long run, every one.
    seen = set()
    for data in seeds_of(READERS[name][1]):
        most = rounds(25)
        for size in sorted(
            {*range(min(len(data), most)), *range(max(0, len(data) - most), len(data))}
        ):
            if data[:size] not in seen:
                seen.add(data[:size])
                survives(name, data[:size])


@EACH
@given(data=st.data())
@settings(max_examples=25)
def test_what_hypothesis_makes_is_read_or_refused_with_a_reason(
    name: str, data: st.DataObject
) -> None:
    seeds = seeds_of(READERS[name][1])
    start = data.draw(st.sampled_from(seeds))
    cut = data.draw(st.integers(0, len(start)))
    middle = data.draw(
        st.lists(st.binary(max_size=12) | st.sampled_from(ODD + ODD_WORDS)).map(b"".join)
    )
    survives(name, start[:cut] + middle + start[data.draw(st.integers(cut, len(start))) :])


FILES: dict[str, Callable[[Path], Recording]] = {
    ".wscap": Recording.load,
    ".har": partial(Recording.from_har, index=0),
    ".pcapng": Recording.from_pcap,
    ".pcap": Recording.from_pcap,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Recordings in every form that is read."""
    folder = tmp_path_factory.mktemp("captures")
    saved = [Recording.load(path).to_pcap(folder / f"{path.stem}.pcap") for path in RECORDED[::5]]
    return [*RECORDED, *saved, *Path(__file__).parents[1].joinpath("recordings").glob("echo.*")]


@pytest.mark.parametrize("suffix", FILES)
def test_a_damaged_file_is_a_recording_or_refused_with_a_reason(
    suffix: str, files: list[Path], tmp_path: Path
) -> None:
    whole = [path.read_bytes() for path in files if path.suffix == suffix]
    damaged, again = tmp_path / "damaged", tmp_path / "again"
    for data in mutants(whole, rounds(100)):
        damaged.write_bytes(data)
        try:
            recording = FILES[suffix](damaged)
        except WslabError as error:
            assert "damaged" in str(error)
            continue
        ask(recording)
        assert inspect(recording).text
        for redact in (False, True):
            Recording.load(recording.save(again, redact=redact))
            if not recording.note:
                recording.to_pcap(again, redact=redact)
