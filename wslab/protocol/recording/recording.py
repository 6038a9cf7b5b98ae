"""Who sent which bytes, and when: one TCP connection, complete (file suffix .wscap).

A chunk is what one read from a socket happened to return. **Chunk boundaries mean
nothing**: TCP is a stream of bytes, and the same bytes may arrive as one chunk or
as a hundred. So everything here is computed from the joined bytes; the chunks only
say when each byte was seen.

Secrets are overwritten on saving, byte for byte, so that every offset stays correct.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from wslab.errors import MalformedHandshake, RecordingError
from wslab.protocol.frames import Frame, FrameReader, Side
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.recording import har, pcap, wscap
from wslab.protocol.recording.chunks import Chunk, Ending, beginning
from wslab.protocol.recording.tls_records import SentRecord, is_tls, read_records
from wslab.protocol.redaction import redacted, redacted_stream, redacted_text
from wslab.protocol.rules.connection import ConnectionJudge, check_opening
from wslab.protocol.rules.findings import Finding, Tally
from wslab.protocol.rules.frames import check_beginning
from wslab.protocol.rules.handshake import check_handshake
from wslab.protocol.session import Message, Session, Step

__all__ = ["Chunk", "Ending", "Recording", "SentFrame"]

MAX_RECORDING_BYTES: Final = 64 * 1024 * 1024  # bytes kept of one connection
MAX_CHUNKS: Final = 500_000  # and chunks: a small one takes ten times the memory of its bytes


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame that travelled: number `index` over both senders, complete at `at` seconds."""

    index: int
    at: float
    sender: Side
    frame: Frame


class Recording:
    """One TCP connection between a client and a server, byte for byte.

    It keeps up to `limit` bytes and `MAX_CHUNKS` chunks. Past either it is `truncated`: it
    counts later bytes and keeps none, so that what it has is the beginning without a gap.
    `target` is the URL of the server. `note` says what else a reader must know about the
    bytes, such as that they were rebuilt and never travelled.
    """

    def __init__(self, target: str = "", limit: int = MAX_RECORDING_BYTES) -> None:
        self.target = target
        self.limit = limit
        self.note = ""
        self.chunks: list[Chunk] = []
        self.endings: list[Ending] = []
        self.truncated = False
        self._kept = 0
        self._counts = {side: 0 for side in Side}
        self._seen: _Reading | None = None

    def add(self, chunk: Chunk) -> None:
        """Keep one more chunk, or only count it when the limit is reached."""
        size = len(chunk.data)
        self._counts[chunk.sender] += size
        self.truncated = (
            self.truncated or self._kept + size > self.limit or len(self.chunks) >= MAX_CHUNKS
        )
        if not self.truncated:
            self._kept += size
            self.chunks.append(chunk)

    def end(self, ending: Ending) -> None:
        """Note how a direction ended."""
        self.endings.append(ending)

    def byte_count(self, side: Side) -> int:
        """How many bytes `side` sent, kept or not."""
        return self._counts[side]

    def bytes_from(self, side: Side) -> bytes:
        """Every kept byte that `side` sent, in order."""
        return b"".join(chunk.data for chunk in tuple(self.chunks) if chunk.sender is side)

    @property
    def handshake(self) -> Handshake | None:
        """The opening request and its response; None if no HTTP request was made."""
        return self._read().handshake

    def frames(self) -> list[SentFrame]:
        """Every complete frame of both senders, in order of arrival; [] without an upgrade."""
        return list(self._read().frames)

    def pending(self, side: Side) -> bytes:
        """The bytes after the last complete frame of `side`: an incomplete frame."""
        return self._read().pending[side]

    def tls_records(self) -> list[SentRecord]:
        """The records of a TLS connection seen from outside; [] if it is not TLS.

        For such a connection everything else here is empty, because no head can be read.
        """
        chunks = tuple(self.chunks)
        return read_records(chunks)[0] if is_tls(beginning(chunks, Side.CLIENT)) else []

    def steps(self) -> Iterator[Step]:
        """What each frame means in its place; step n belongs to frame n."""
        reading = self._read()
        session = Session(reading.handshake.deflate if reading.handshake else None)
        for sent in reading.frames:
            yield session.feed(sent.sender, sent.frame)

    def messages(self) -> list[Message]:
        """The complete data messages, in the order in which they were completed."""
        return [step.message for step in self.steps() if step.message is not None]

    def findings(self) -> list[Finding]:
        """Every rule checked on the handshake and each frame, kept and broken."""
        return self._judge(ConnectionJudge(every=True))

    def tally(self) -> Tally:
        """As `findings`, but repeated passes are only counted: for long recordings."""
        judge = ConnectionJudge()
        return Tally(self._judge(judge), judge.again)

    def _judge(self, judge: ConnectionJudge) -> list[Finding]:
        reading = self._read()
        if reading.handshake is None:
            return []
        findings = check_handshake(reading.handshake)
        if not reading.handshake.upgraded:
            return findings
        findings.append(check_opening(reading.early))
        for sent, step in zip(reading.frames, self.steps(), strict=True):
            findings += judge.look(step, sent.at)
        for side in Side:
            # An incomplete frame may already break a rule in its header.
            deflate = reading.handshake.deflate is not None
            findings += check_beginning(reading.pending[side], side, deflate)
        if not self.truncated:
            judge.note_faults(findings)
            findings += judge.end(
                {end.sender: end.at for end in self.endings if end.how in ("eof", "reset")}
            )
        return findings

    def _read(self) -> _Reading:
        """The reading of the chunks so far. It is needed often, so only new chunks are read."""
        seen, count = self._seen, len(self.chunks)
        if seen is None or seen.chunks > count or not (seen.began or seen.chunks == count):
            seen = _Reading.of(tuple(self.chunks))
        elif seen.chunks < count:
            seen = seen.on(self.chunks[seen.chunks :])
        self._seen = seen
        return seen

    def save(self, path: str | Path, redact: bool = True) -> Path:
        """Write the recording to `path`; the suffix .wscap is usual. Returns the path.

        Cookies, authorization headers and tokens in the request target are overwritten
        with as many asterisks, unless `redact` is False.
        """
        path = Path(path)
        contents = self._moment(redact)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(wscap.write(contents))
        return path

    def to_pcap(self, path: str | Path, redact: bool = True) -> Path:
        """Write the recording to `path` as a pcap file, which Wireshark opens. Returns the path.

        The bytes are packed into TCP between two ports of 127.0.0.1. Secrets are overwritten
        as by `save`. Raises WslabError without the package dpkt, and RecordingError if the
        bytes never travelled.
        """
        path = Path(path)
        path.write_bytes(pcap.write_packets(self._moment(redact)))
        return path

    def _moment(self, redact: bool) -> wscap.Contents:
        """What to write: the state at one moment, because a live connection goes on growing."""
        moment = Recording(self.target, self.limit)
        moment.note, moment.truncated = self.note, self.truncated
        moment._counts = dict(self._counts)
        moment.chunks, moment.endings = list(self.chunks), list(self.endings)
        if not moment.truncated:
            moment._counts = {side: len(moment.bytes_from(side)) for side in Side}
        return moment._redacted() if redact else moment._contents()

    def _contents(self) -> wscap.Contents:
        counts = dict(self._counts)
        kept = self.chunks, self.endings
        return wscap.Contents(self.target, counts, self.truncated, *kept, self.note)

    def _redacted(self) -> wscap.Contents:
        """The contents with every secret overwritten; each chunk keeps its length."""
        streams = {side: memoryview(self._redacted_stream(side)) for side in Side}
        chunks = []
        for chunk in self.chunks:
            stream, size = streams[chunk.sender], len(chunk.data)
            chunks.append(Chunk(chunk.at, chunk.sender, bytes(stream[:size])))
            streams[chunk.sender] = stream[size:]
        endings = [replace(end, detail=redacted_text(end.detail)) for end in self.endings]
        target = redacted_text(self.target)
        return self._contents()._replace(target=target, chunks=chunks, endings=endings)

    def _redacted_stream(self, side: Side) -> bytes:
        stream, handshake = self.bytes_from(side), self.handshake
        if handshake is None or not handshake.upgraded or handshake.response is None:
            return redacted_stream(stream)
        head = handshake.request if side is Side.CLIENT else handshake.response
        size = len(head.encode())
        return redacted(stream[:size]) + stream[size:]

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read a recording that `save` wrote.

        Raises RecordingError, with the line at fault, if the file is anything else.
        """
        return cls._of(wscap.read(*_read(path)))

    @classmethod
    def from_har(
        cls, path: str | Path, *, index: int | None = None, url: str | None = None
    ) -> Recording:
        """One WebSocket from a HAR, as a browser's developer tools save it.

        If there are several, `index` counts them from 0 and `url` is a part of the URL. A
        HAR holds messages and no frames: **the bytes here never travelled**, and `note` says
        how they were rebuilt. Raises RecordingError, with what was found, unless one fits.
        """
        return cls._of(har.read_har(*_read(path), index, url))

    @classmethod
    def from_pcap(
        cls, path: str | Path, *, port: int | None = None, stream: int | None = None
    ) -> Recording:
        """One TCP connection from a capture by Wireshark or tcpdump, pcap or pcapng.

        It is the first that begins with a WebSocket upgrade. `port` (at either end) and
        `stream` (its number in Wireshark, tcp.stream) choose another. A chunk holds the bytes
        that one packet completed. Raises RecordingError, with what was found, if none fits;
        WslabError without the package dpkt.
        """
        return cls._of(pcap.read_packets(*_read(path), port, stream))

    @classmethod
    def _of(cls, contents: wscap.Contents) -> Recording:
        recording = cls(contents.target, max(MAX_RECORDING_BYTES, sum(contents.counts.values())))
        recording.chunks, recording.endings = list(contents.chunks), list(contents.endings)
        recording._kept = sum(len(chunk.data) for chunk in recording.chunks)
        recording._counts, recording.truncated = contents.counts, contents.truncated
        recording.note = contents.note
        return recording

    def __repr__(self) -> str:
        shake = self.handshake
        kind = "no HTTP" if shake is None else "WebSocket" if shake.upgraded else "HTTP, no upgrade"
        if shake is None and is_tls(beginning(tuple(self.chunks), Side.CLIENT)):
            kind = "TLS"
        sent = ", ".join(f"{self._counts[side]:,} bytes from the {side.value}" for side in Side)
        return f"Recording({kind}; {sent}{'; truncated' if self.truncated else ''})"


def _read(path: str | Path) -> tuple[bytes, str]:
    """The bytes of a file, and its name for errors."""
    path = Path(path)
    try:
        return path.read_bytes(), path.name
    except OSError as error:
        raise RecordingError(
            f"{path.name or path} cannot be read: {error.strerror}; check the name and the folder"
        ) from error


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the first `chunks` chunks of a recording say. It never changes: threads share it."""

    chunks: int
    handshake: Handshake | None
    frames: list[SentFrame]
    readers: dict[Side, FrameReader]
    heads: dict[Side, int]  # bytes of each head that are still to come
    early: int = 0  # bytes that the client sent between its request and the 101

    @classmethod
    def of(cls, chunks: Sequence[Chunk]) -> _Reading:
        """A reading from the start."""
        handshake = _opening(*(beginning(chunks, side) for side in Side))
        readers = {side: FrameReader() for side in Side}
        if handshake is None or not handshake.upgraded or handshake.response is None:
            return cls(len(chunks), handshake, [], readers, {})
        heads = {
            Side.CLIENT: len(handshake.request.encode()),
            Side.SERVER: len(handshake.response.encode()),
        }
        return cls(0, handshake, [], readers, heads).on(chunks)

    @property
    def began(self) -> bool:
        """Whether the handshake is over, so that only frames follow."""
        return bool(self.heads)

    @property
    def pending(self) -> dict[Side, bytes]:
        """What each side sent after its last complete frame."""
        return {side: reader.pending for side, reader in self.readers.items()}

    def on(self, more: Sequence[Chunk]) -> _Reading:
        """A new reading that adds these further chunks."""
        frames, early = list(self.frames), self.early
        heads, readers = dict(self.heads), deepcopy(self.readers)
        for chunk in more:
            side, data = chunk.sender, chunk.data
            data, heads[side] = data[heads[side] :], max(0, heads[side] - len(data))
            early += len(data) if heads[Side.SERVER] and side is Side.CLIENT else 0
            for frame in readers[side].feed(data):
                frames.append(SentFrame(len(frames), chunk.at, side, frame))
        return _Reading(self.chunks + len(more), self.handshake, frames, readers, heads, early)


def _opening(client: bytes, server: bytes) -> Handshake | None:
    """The handshake; without a response if what the server sent is not HTTP."""
    try:
        request = Request.parse(client)
    except MalformedHandshake:
        return None
    if request is None:
        return None
    try:
        return Handshake(request, Response.parse(server))
    except MalformedHandshake:
        return Handshake(request)
