"""What happened on a connection, as a list of events that a picture can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wslab.display.phrases import carries, count
from wslab.display.spans import line_text
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording, SentFrame
from wslab.protocol.recording.tls_records import SentRecord
from wslab.protocol.redaction import redacted

ExchangeEvent = tuple[float, Side | None, str]
"""When in seconds, who (None for a note in the margin), and what in a few words."""

MAX_DRAWN: Final = 24  # of the first frames of a long recording, and half as many of the last


def exchange(recording: Recording, redact: bool = True) -> list[ExchangeEvent]:
    """The two heads, the frames and the ends of TCP, in order; a long middle is left out."""
    handshake, frames = recording.handshake, recording.frames()
    events: list[ExchangeEvent] = []
    if handshake is not None:
        for side, head in (
            (Side.CLIENT, handshake.request),
            (Side.SERVER, handshake.response),
        ):
            if head is not None:
                raw = redacted(head.encode()) if redact else head.encode()
                line = raw.partition(b"\n")[0].rstrip().decode("latin-1")
                events.append((_first_at(recording, side), side, line))
    records = recording.tls_records()
    if not records and (handshake is None or handshake.response is None):
        for side in Side:
            if recording.byte_count(side) and not (handshake and side is Side.CLIENT):
                words = f"{count(recording.byte_count(side))}, no complete HTTP head"
                events.append((_first_at(recording, side), side, words))
    sent_all: Sequence[SentFrame | SentRecord] = records or frames
    shown: Sequence[SentFrame | SentRecord | None] = sent_all
    if len(sent_all) > MAX_DRAWN * 2:
        shown = [*sent_all[:MAX_DRAWN], None, *sent_all[-MAX_DRAWN // 2 :]]
    for sent in shown:
        if sent is None:
            left = count(len(sent_all) - len(shown) + 1, "record" if records else "frame")
            events.append((sent_all[MAX_DRAWN].at, None, f"{left} left out"))
            continue
        events.append((sent.at, sent.sender, _label(sent)))
    for ending in recording.endings:
        events.append((ending.at, ending.sender, "ends TCP" if ending.how == "eof" else ending.how))
    # A frame may come before the 101, and one half of TCP may end before the other's frames.
    return sorted(events, key=lambda event: event[0])


def _label(sent: SentFrame | SentRecord) -> str:
    if isinstance(sent, SentRecord):
        return f"{sent.record.name} {count(len(sent.record.content))}"
    return f"{opcode_name(sent.frame.opcode)} {line_text(carries(sent.frame))}"


def _first_at(recording: Recording, side: Side) -> float:
    return next((chunk.at for chunk in recording.chunks if chunk.sender is side), 0.0)
