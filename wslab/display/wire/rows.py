"""What passes on one connection, row by row, while it still grows.

A `Recording` is read from its first byte each time it is asked. Whoever looks ten times a
second cannot do that: a `RowReader` takes each chunk once, and says what it completed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wslab.display.phrases import carries, count, direction, preview
from wslab.display.spans import line_text, visible
from wslab.display.views.recording import ending_words
from wslab.errors import MalformedHandshake
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import Frame, FrameReader, Side, apply_mask
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.recording.recording import Chunk, Ending
from wslab.protocol.redaction import redacted_stream

_MAX_SHOWN_BYTES: Final = 4096  # bytes of a frame from which on only its beginning is unmasked
_START: Final = 1024  # ... and so many of them
_MAX_HELD_BYTES: Final = 256 * 1024  # of one side, that wait for the other side's head
# The methods that IANA lists: capital letters, at most 17. What begins with another word is a
# body, which need not wait.
_METHOD_SO_FAR: Final = re.compile(rb"[A-Z-]{1,17}(?: |\Z)")
_VERSION: Final = b"HTTP/1"


@dataclass(frozen=True, slots=True)
class WireRow:
    """One thing that passed, `at` seconds after its connection began.

    `kind` is "frame", "head", "bytes", "ending" or "full"; `index` the number of a frame
    in its recording. `content` is what `cells` puts into words.
    """

    at: float
    sender: Side
    kind: str
    content: Frame | bytes | Ending
    index: int = 0

    def cells(self) -> dict[str, str]:
        """Who, what, how long, and the beginning of it: each can be seen, nothing is secret."""
        what, length, says = self._words()
        return {"who": direction(self.sender), "what": what, "length": length, "says": says}

    def _words(self) -> tuple[str, str, str]:
        content = self.content
        if isinstance(content, Frame):
            more = "" if content.fin else ", more follow"
            return opcode_name(content.opcode) + more, count(content.length), _start_of(content)
        if isinstance(content, Ending):
            return "end of TCP", "", visible(ending_words(content, redact=True))
        if self.kind == "full":
            return "not kept", "", "the recording is full; later bytes pass, and are only counted"
        shown = redacted_stream(content)
        if self.kind == "head":
            what = "HTTP request" if self.sender is Side.CLIENT else "HTTP response"
            line = shown.partition(b"\n")[0].rstrip().decode("latin-1")
            return what, count(len(content)), visible(line[:200])
        return "bytes", count(len(content)), visible(preview(shown[:400].decode("latin-1")))


def _start_of(frame: Frame) -> str:
    if len(frame) <= _MAX_SHOWN_BYTES:
        return line_text(carries(frame))
    if frame.rsv1:
        return f"{count(frame.length)}, compressed"
    start = frame.masked_payload[:_START]
    start = start if frame.mask is None else apply_mask(start, frame.mask)
    return line_text(carries(Frame(frame.opcode, start)))


def _may_be_a_head(data: bytearray, side: Side) -> bool:
    """Does this begin as a head does, as far as it is here? `parse` says how it goes on."""
    if side is Side.CLIENT:
        return _METHOD_SO_FAR.match(data) is not None
    return _VERSION.startswith(bytes(data[: len(_VERSION)]))


class RowReader:
    """The rows of one connection, as its chunks come: heads, then frames if it upgrades.

    A connection that does not upgrade gives further heads, and bytes. What may still become
    a head is held back until it is complete, so that no half of a cookie is shown.
    """

    def __init__(self) -> None:
        self._upgraded: bool | None = None  # not decided yet
        self._request: Request | None = None
        self._held = {side: bytearray() for side in Side}
        self._look_from = {side: 0 for side in Side}  # bytes held, without which no look is due
        self._readers = {side: FrameReader() for side in Side}
        self._frames = 0

    def take(self, chunk: Chunk) -> list[WireRow]:
        """The rows that this chunk completes."""
        at, side, data = chunk
        if self._upgraded:
            return self._read_frames(at, side, data)
        held = self._held[side]
        held += data
        # Only a line end makes a head whole. Without one the next look comes once as much again
        # is here, so that a head which comes byte by byte is not read again with each of them.
        if b"\n" not in data and len(held) < self._look_from[side]:
            return []
        undecided = self._upgraded is None
        rows = self._open(at) if undecided else []
        if self._upgraded is None and len(self._held[side]) > _MAX_HELD_BYTES:
            self._upgraded = False  # a large upload, or no HTTP at all
        if self._upgraded is not None:
            for either in Side if undecided else (side,):
                rows += self._release(at, either)
        self._look_from[side] = min(2 * len(held), _MAX_HELD_BYTES + 1)
        return rows

    def end(self, ending: Ending) -> list[WireRow]:
        """The row of an ending; before it, what `sender` left half said."""
        side = ending.sender
        rest = bytes(self._held[side]) + self._readers[side].pending
        self._held[side].clear()
        self._readers[side] = FrameReader()
        rows = [WireRow(ending.at, side, "bytes", rest)] if rest else []
        return [*rows, WireRow(ending.at, side, "ending", ending)]

    def _open(self, at: float) -> list[WireRow]:
        """Read the opening heads as far as they are here, and decide what follows them."""
        rows: list[WireRow] = []
        try:
            if self._request is None:
                self._request = Request.parse(self._held[Side.CLIENT])
                if self._request is None:
                    return rows
                rows.append(self._head(at, Side.CLIENT, self._request))
            response = Response.parse(self._held[Side.SERVER])
        except MalformedHandshake:
            self._upgraded = False
            return rows
        if response is not None:
            rows.append(self._head(at, Side.SERVER, response))
            self._upgraded = Handshake(self._request, response).upgraded
        return rows

    def _head(self, at: float, side: Side, head: Request | Response) -> WireRow:
        raw = head.encode()
        del self._held[side][: len(raw)]
        return WireRow(at, side, "head", raw)

    def _release(self, at: float, side: Side) -> list[WireRow]:
        """What was held back, now that it is known what it is."""
        if self._upgraded:
            return self._read_frames(at, side, self._take_all(side))
        return list(self._heads_and_bytes(at, side))

    def _read_frames(self, at: float, side: Side, data: bytes) -> list[WireRow]:
        first = self._frames
        frames = self._readers[side].feed(data)
        self._frames += len(frames)
        return [WireRow(at, side, "frame", frame, first + n) for n, frame in enumerate(frames)]

    def _heads_and_bytes(self, at: float, side: Side) -> Iterator[WireRow]:
        kind = Request if side is Side.CLIENT else Response
        while held := self._held[side]:
            if _may_be_a_head(held, side):
                try:
                    head = kind.parse(held)
                except MalformedHandshake:
                    pass
                else:
                    if head is None:
                        return  # the rest of it is on its way
                    yield self._head(at, side, head)
                    continue
            yield WireRow(at, side, "bytes", self._take_all(side))

    def _take_all(self, side: Side) -> bytes:
        data = bytes(self._held[side])
        self._held[side].clear()
        return data
