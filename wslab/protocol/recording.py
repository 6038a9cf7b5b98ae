"""Who sent which bytes when: one TCP connection, kept whole (file suffix .wscap).

A chunk is what one read from a socket happened to return. **Chunk boundaries mean
nothing**: TCP is a stream of bytes, and the same bytes may arrive as one chunk or
as a hundred. So everything here is computed from the joined bytes; the chunks only
say when each byte was seen.

The file is text, a line a record (JSON lines): one header line, then chunks and
endings in order of time. Secrets are overwritten on saving, byte for byte, so that
every offset stays true.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wslab.errors import MalformedHandshake, RecordingError
from wslab.protocol.connection_rules import check_ending, check_opening
from wslab.protocol.findings import Finding
from wslab.protocol.frames import Frame, FrameHeader, FrameReader, Opcode, Side
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.http_head import MAX_HEAD
from wslab.protocol.redaction import redacted
from wslab.protocol.rules import check_frame, check_handshake, check_session
from wslab.protocol.session import Message, Session, Step

LIMIT: Final = 64 * 1024 * 1024  # bytes kept of one connection
_BLANK_LINE: Final = re.compile(rb"(?<=\n\r\n)|(?<=\n\n)")
ENDINGS: Final = ("eof", "reset", "cut", "refused")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some bytes of one direction. `at` is in seconds since the connection began.

    Its repr tells how many, not which: a cookie cut in two by a chunk boundary could
    not be recognised and hidden.
    """

    at: float
    sender: Side
    data: bytes

    def __repr__(self) -> str:
        return f"Chunk(at={self.at}, sender={self.sender}, data=<{len(self.data):,} bytes>)"


@dataclass(frozen=True, slots=True)
class Ending:
    """How one direction of the TCP connection ended, and who ended it.

    `how` is "eof" (a half-close: this sender has no more to say), "reset" (TCP RST),
    "cut" (by the tap, on purpose) or "refused" (the target was never reached).
    """

    at: float
    sender: Side
    how: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame on its way: number `index` over both senders, complete at `at` seconds."""

    index: int
    at: float
    sender: Side
    frame: Frame


class Recording:
    """One TCP connection between a client and a server, byte for byte.

    `limit` bounds the bytes that are kept. Past it the recording is `truncated`: it
    goes on counting, and keeps no later byte, so that what it has is a true beginning.
    """

    def __init__(self, target: str = "", limit: int = LIMIT) -> None:
        self.target = target
        self.limit = limit
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
        self.truncated = self.truncated or self._kept + size > self.limit
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
        """Every whole frame of both senders, in order of arrival; [] without an upgrade."""
        return list(self._read().frames)

    def pending(self, side: Side) -> bytes:
        """The bytes after the last whole frame of `side`: a frame that never got whole."""
        return self._read().pending[side]

    def steps(self) -> Iterator[Step]:
        """What each frame means in its place; step n belongs to frame n."""
        reading = self._read()
        session = Session(reading.handshake.deflate if reading.handshake else None)
        for sent in reading.frames:
            yield session.feed(sent.sender, sent.frame)

    def messages(self) -> list[Message]:
        """The data messages that became whole, in the order in which they did."""
        return [step.message for step in self.steps() if step.message is not None]

    def findings(self) -> list[Finding]:
        """Every rule held against the handshake and each frame, kept and broken."""
        reading = self._read()
        if reading.handshake is None:
            return []
        findings = check_handshake(reading.handshake)
        if not reading.handshake.upgraded:
            return findings
        findings += [check_opening(reading.early), *check_session(self.steps())]
        for side in Side:
            # A frame that never got whole may already break a rule in its header.
            header = FrameHeader.parse(reading.pending[side])
            if header is not None:
                findings += check_frame(header, side, reading.handshake.deflate is not None)
        closes: dict[Side, tuple[int, float]] = {}
        for sent in reading.frames:
            if sent.frame.opcode == Opcode.CLOSE:
                closes.setdefault(sent.sender, (sent.index, sent.at))
        if not self.truncated:
            ends = {end.sender: end.at for end in self.endings if end.how in ("eof", "reset")}
            faulty = {finding.sender for finding in findings if not finding.ok}
            findings += check_ending(closes, ends, faulty)
        return findings

    def _read(self) -> _Reading:
        """What the chunks so far say. Looked at often, so it is kept until a chunk is added."""
        if self._seen is None or self._seen.chunks != len(self.chunks):
            self._seen = self._read_again(tuple(self.chunks))
        return self._seen

    def _read_again(self, chunks: tuple[Chunk, ...]) -> _Reading:
        nothing = {side: b"" for side in Side}
        handshake = _opening(*(_beginning(chunks, side) for side in Side))
        if handshake is None or not handshake.upgraded or handshake.response is None:
            return _Reading(len(chunks), handshake, [], nothing)
        early, heads = (
            0,
            {
                Side.CLIENT: len(handshake.request.encode()),
                Side.SERVER: len(handshake.response.encode()),
            },
        )
        readers = {side: FrameReader() for side in Side}
        frames: list[SentFrame] = []
        for chunk in chunks:
            side, data = chunk.sender, chunk.data
            data, heads[side] = data[heads[side] :], max(0, heads[side] - len(data))
            early += len(data) if heads[Side.SERVER] and side is Side.CLIENT else 0
            for frame in readers[side].feed(data):
                frames.append(SentFrame(len(frames), chunk.at, side, frame))
        pending = {side: reader.pending for side, reader in readers.items()}
        return _Reading(len(chunks), handshake, frames, pending, early)

    def save(self, path: str | Path, redact: bool = True) -> Path:
        """Write the recording to `path`; the suffix .wscap is usual. Returns the path.

        Cookies, authorization headers and tokens in the request target are overwritten
        with as many asterisks, unless `redact` is False.
        """
        path = Path(path)
        # A live connection goes on growing: what is written is one moment of it.
        moment = Recording(self.target, self.limit)
        moment.truncated, moment._counts = self.truncated, dict(self._counts)
        moment.chunks, moment.endings = list(self.chunks), list(self.endings)
        if not moment.truncated:
            moment._counts = {side: len(moment.bytes_from(side)) for side in Side}
        path.write_text(moment._as_text(redact), encoding="utf-8", newline="\n")
        return path

    def _as_text(self, redact: bool) -> str:
        streams = {side: self._redacted(side) if redact else None for side in Side}
        lines: list[dict[str, Any]] = [
            {
                "wscap": 1,
                "target": _without_secrets(self.target) if redact else self.target,
                "counts": {side.value: count for side, count in self._counts.items()},
                "truncated": self.truncated,
            }
        ]
        offsets = {side: 0 for side in Side}
        for chunk in self.chunks:
            start, stream = offsets[chunk.sender], streams[chunk.sender]
            offsets[chunk.sender] = end = start + len(chunk.data)
            data = chunk.data if stream is None else stream[start:end]
            at, sender = round(chunk.at, 6), chunk.sender.value
            lines.append({"at": at, "sender": sender, **_encode(data)})
        for ending in self.endings:
            at, sender = round(ending.at, 6), ending.sender.value
            detail = _without_secrets(ending.detail) if redact else ending.detail
            lines.append({"at": at, "sender": sender, "ends": ending.how, "detail": detail})
        return "".join(json.dumps(line) + "\n" for line in lines)

    def _redacted(self, side: Side) -> bytes:
        """The stream of `side` with its secrets overwritten, of the same length."""
        stream, handshake = self.bytes_from(side), self.handshake
        if handshake is None or not handshake.upgraded or handshake.response is None:
            # Kept-alive HTTP: head after head, with bodies between them.
            return b"".join(map(redacted, _BLANK_LINE.split(stream)))
        head = handshake.request if side is Side.CLIENT else handshake.response
        size = len(head.encode())
        return redacted(stream[:size]) + stream[size:]

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read a recording that `save` wrote.

        Raises RecordingError, with the line at fault, if the file is anything else.
        """
        path = Path(path)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise RecordingError(
                f"{path.name or path} cannot be read: {error.strerror}; "
                "check the name and the folder"
            ) from error
        except UnicodeDecodeError:
            lines = [repr(path.read_bytes()[:20])]
        number = 1
        try:
            head = json.loads(lines[0]) if lines else None
            if not isinstance(head, dict) or head.get("wscap") != 1:
                raise ValueError('not the head of a recording, which holds "wscap": 1')
            target = str(head["target"])
            counts = {side: int(head["counts"][side.value]) for side in Side}
            recording = cls(target, max(LIMIT, sum(counts.values())))
            for number in range(2, len(lines) + 1):
                recording._take(json.loads(lines[number - 1]))
            recording.truncated = bool(head["truncated"])
            if not recording.truncated and recording._counts != counts:
                raise ValueError(
                    f"the last one, with {sum(recording._counts.values()):,} of the "
                    f"{sum(counts.values()):,} bytes that line 1 counts: the file was cut short"
                )
            recording._counts = counts
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else str(error)
            if isinstance(error, json.JSONDecodeError):  # it would count lines of its own
                what = f"not JSON at character {error.pos + 1}: {error.msg}"
            found = lines[number - 1][:60] if lines else "an empty file"
            raise RecordingError(
                f"{path.name} is no recording of wslab: line {number} is {found!r} ({what}); "
                "make one with tap.recording.save(...) or python -m wslab tap TARGET --save FILE"
            ) from error
        return recording

    def _take(self, record: dict[str, Any]) -> None:
        """Add what one line of a file says."""
        at, sender = float(record["at"]), Side(record["sender"])
        if not (math.isfinite(at) and at >= 0):
            raise ValueError("a time is in seconds from 0 on")
        if "ends" not in record:
            self.add(Chunk(at, sender, _decode(record)))
        elif record["ends"] in ENDINGS:
            self.end(Ending(at, sender, record["ends"], str(record["detail"])))
        else:
            raise ValueError(f"a direction ends by one of {', '.join(ENDINGS)}")

    def __repr__(self) -> str:
        shake = self.handshake
        kind = "no HTTP" if shake is None else "WebSocket" if shake.upgraded else "HTTP, no upgrade"
        sent = ", ".join(f"{self._counts[side]:,} bytes from the {side.value}" for side in Side)
        return f"Recording({kind}; {sent}{'; truncated' if self.truncated else ''})"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the first `chunks` chunks of a recording say."""

    chunks: int
    handshake: Handshake | None
    frames: list[SentFrame]
    pending: dict[Side, bytes]
    early: int = 0  # bytes that the client sent between its request and the 101


def _opening(client: bytes, server: bytes) -> Handshake | None:
    """The handshake; without a response where what the server sent is none."""
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


def _beginning(chunks: tuple[Chunk, ...], side: Side) -> bytes:
    """At least as many first bytes of a side as a head may have: a recording may be long."""
    start = bytearray()
    for chunk in chunks:
        if chunk.sender is side:
            start += chunk.data
            if len(start) >= MAX_HEAD:
                break
    return bytes(start)


def _without_secrets(text: str) -> str:
    return redacted(text.encode(errors="surrogateescape")).decode(errors="surrogateescape")


def _encode(data: bytes) -> dict[str, str]:
    """Readable text where it is text (a handshake), hex where it is not (frames)."""
    if all(32 <= byte < 127 or byte in b"\r\n\t" for byte in data):
        return {"text": data.decode("ascii")}
    return {"hex": data.hex()}


def _decode(record: dict[str, Any]) -> bytes:
    if "text" in record:
        return str(record["text"]).encode("ascii")
    return bytes.fromhex(record["hex"])
