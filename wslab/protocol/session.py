"""What a sequence of frames means: states, messages, compression, UTF-8 (RFC 6455 §5.4–§8).

Rules of this file:

* A session starts after the 101. It is fed each frame with its sender, in the
  order of arrival, and returns a ``Step``: the facts at that moment.
* Nothing here checks a rule. A broken sequence is followed as far as it makes sense,
  and ``wslab.protocol.rules.frames`` reads the steps.
* The two directions share nothing but the closing handshake, so each sender has
  an ``_Inbox`` of its own: the message that the receiver is putting together.
"""

from __future__ import annotations

import codecs
import zlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.handshake import Deflate

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024  # bytes that one compressed message may unpack to

_WINDOW_BYTES: Final = 32 * 1024  # bytes that a back reference may reach over
_INFLATE_BYTES: Final = 16 * 1024  # compressed bytes unpacked at a time
_TAIL: Final = b"\x00\x00\xff\xff"  # what a sender leaves out (RFC 7692 §7.2.1)
_END: Final = b"\x01\x00\x00\xff\xff"  # a last, empty block, which can only follow whole blocks


class EndpointState(Enum):
    """Where one endpoint stands (RFC 6455 §4.1, §7.1)."""

    CONNECTING = "connecting"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"

    def __repr__(self) -> str:
        return f"EndpointState.{self.name}"


class StateTrigger(Enum):
    """What can change one endpoint's state."""

    HANDSHAKE = "the 101 response passes"
    SENDS_CLOSE = "sends a Close frame"
    RECEIVES_CLOSE = "receives a Close frame"
    TCP_ENDS = "the TCP connection ends"

    def __repr__(self) -> str:
        return f"StateTrigger.{self.name}"


# The whole life of an endpoint. A Close frame, sent or received, starts the closing
# handshake (§7.1.3); only the end of TCP closes the connection (§7.1.4).
STATE_TRANSITIONS: Final[dict[tuple[EndpointState, StateTrigger], EndpointState]] = {
    (EndpointState.CONNECTING, StateTrigger.HANDSHAKE): EndpointState.OPEN,
    (EndpointState.CONNECTING, StateTrigger.TCP_ENDS): EndpointState.CLOSED,
    (EndpointState.OPEN, StateTrigger.SENDS_CLOSE): EndpointState.CLOSING,
    (EndpointState.OPEN, StateTrigger.RECEIVES_CLOSE): EndpointState.CLOSING,
    (EndpointState.OPEN, StateTrigger.TCP_ENDS): EndpointState.CLOSED,
    (EndpointState.CLOSING, StateTrigger.SENDS_CLOSE): EndpointState.CLOSING,
    (EndpointState.CLOSING, StateTrigger.RECEIVES_CLOSE): EndpointState.CLOSING,
    (EndpointState.CLOSING, StateTrigger.TCP_ENDS): EndpointState.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Message:
    """One complete message: `data` is str for text and bytes for binary.

    Text that is not UTF-8 stays bytes, as received. `frames` counts the frames that
    carried it; `compressed` says whether permessage-deflate compressed it.
    """

    sender: Side
    opcode: Opcode | int
    data: str | bytes
    frames: int = 1
    compressed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One frame, and what the rules need to know about the moment of its arrival.

    `before` and `after` are the sender's state. `close_sent` says whether the sender
    had sent a Close before, `deflate` whether permessage-deflate was agreed on.
    `open_message` is the opcode of the message that the sender had begun and not
    finished; `message` is the message that this frame completed. `bad_utf8` is the
    offset in the message, in bytes, of its first byte that is not UTF-8;
    `bad_deflate` says why its data cannot be unpacked.
    """

    index: int
    sender: Side
    frame: Frame
    before: EndpointState
    after: EndpointState
    close_sent: bool = False
    open_message: Opcode | int | None = None
    message: Message | None = None
    bad_utf8: int | None = None
    bad_deflate: str = ""
    deflate: bool = False


class Session:
    """Both endpoints of one connection, from the 101 to the end of TCP.

    `deflate` is what the handshake agreed on, or None. `max_message` is how many
    bytes one compressed message may unpack to.
    """

    def __init__(
        self, deflate: Deflate | None = None, max_message: int = MAX_MESSAGE_BYTES
    ) -> None:
        self.deflate = deflate
        self._max_message = max_message
        self._states = {side: EndpointState.OPEN for side in Side}
        self._inboxes = {side: _Inbox(side) for side in Side}
        self._close_sent = {side: False for side in Side}
        self._index = 0

    def state(self, side: Side) -> EndpointState:
        """The state of the endpoint `side`."""
        return self._states[side]

    def end(self) -> None:
        """The TCP connection ended: both endpoints are CLOSED, cleanly or not."""
        for side in Side:
            self._happens(side, StateTrigger.TCP_ENDS)

    def feed(self, sender: Side, frame: Frame) -> Step:
        """Take the next frame of the connection; return what it means at that point."""
        before, inbox = self._states[sender], self._inboxes[sender]
        close_sent, open_message = self._close_sent[sender], inbox.opcode
        opcode, arrived = frame.opcode, _Arrival()
        if opcode == Opcode.CLOSE:
            self._close_sent[sender] = True
            self._happens(sender, StateTrigger.SENDS_CLOSE)
            self._happens(sender.peer, StateTrigger.RECEIVES_CLOSE)
        elif opcode <= Opcode.BINARY:
            arrived = inbox.put(frame, self.deflate, self._max_message)
        step = Step(
            index=self._index,
            sender=sender,
            frame=frame,
            before=before,
            after=self._states[sender],
            close_sent=close_sent,
            open_message=open_message,
            message=arrived.message,
            bad_utf8=arrived.bad_utf8,
            bad_deflate=arrived.bad_deflate,
            deflate=self.deflate is not None,
        )
        self._index += 1
        return step

    def _happens(self, side: Side, event: StateTrigger) -> None:
        state = self._states[side]
        self._states[side] = STATE_TRANSITIONS.get((state, event), state)


@dataclass(slots=True)
class _Arrival:
    """What one data frame brought to its inbox."""

    message: Message | None = None
    bad_utf8: int | None = None
    bad_deflate: str = ""


class _Inbox:
    """The message that one sender has begun, joined frame by frame (RFC 6455 §5.4)."""

    def __init__(self, sender: Side) -> None:
        self._sender = sender
        self._window = b""  # the last 32 KiB unpacked: what back references may reach
        self._lost = False  # is something missing from it?
        self._clear()

    def _clear(self) -> None:
        self.opcode: Opcode | int | None = None
        self._parts: list[bytes] = []
        self._compressed = False

    def put(self, frame: Frame, deflate: Deflate | None, max_message: int) -> _Arrival:
        """Add one data frame; say what it completed, and what went wrong."""
        arrived = _Arrival()
        if frame.opcode != Opcode.CONTINUATION:
            self._clear()  # an interrupted message is lost; the rules report it
            if frame.fin and not (frame.rsv1 and deflate is not None):
                return self._whole(frame)
            self.opcode = frame.opcode
            self._utf8 = _Utf8Checker()
            self._compressed = frame.rsv1 and deflate is not None
        elif self.opcode is None:
            return arrived  # continues nothing
        self._parts.append(frame.payload)
        text = self.opcode == Opcode.TEXT
        if text and not self._compressed:
            arrived.bad_utf8 = self._utf8.feed(self._parts[-1], frame.fin)
        if not frame.fin:
            return arrived
        data = b"".join(self._parts)
        if self._compressed and deflate is not None:
            keep = not _forgets(deflate, self._sender)
            try:
                data = inflate(data, self._window if keep else b"", max_message)
            except ValueError as error:
                # Later messages may refer back to this lost one: that is not a new fault.
                arrived.bad_deflate = "" if self._lost else str(error)
                self._lost, self._window = keep, b""
                self._clear()
                return arrived
            self._window = (self._window + data)[-_WINDOW_BYTES:] if keep else b""
            if text:
                arrived.bad_utf8 = self._utf8.feed(data, final=True)
        content = data.decode() if text and not self._utf8.failed else data
        frames, compressed = len(self._parts), self._compressed
        arrived.message = Message(self._sender, self.opcode, content, frames, compressed)
        self._clear()
        return arrived

    def _whole(self, frame: Frame) -> _Arrival:
        """An uncompressed message in one frame, which is what most frames are."""
        opcode, data = frame.opcode, frame.payload
        if opcode != Opcode.TEXT:
            return _Arrival(Message(self._sender, opcode, data))
        try:
            return _Arrival(Message(self._sender, opcode, data.decode()))
        except UnicodeDecodeError as error:
            return _Arrival(Message(self._sender, opcode, data), error.start)


def _forgets(deflate: Deflate, sender: Side) -> bool:
    """Does this sender start every message with an empty window (RFC 7692 §7.1.1)?"""
    if sender is Side.CLIENT:
        return deflate.client_no_context_takeover
    return deflate.server_no_context_takeover


_DECODER: Final = codecs.getincrementaldecoder("utf-8")


class _Utf8Checker:
    """Finds the first byte at which text that comes in pieces cannot be UTF-8 (§8.1)."""

    def __init__(self) -> None:
        self._decoder = _DECODER()
        self._seen = 0
        self.failed = False

    def feed(self, data: bytes, final: bool) -> int | None:
        """The offset in the message of the first impossible byte; None if there is none."""
        if self.failed:
            return None  # reported once, where it happened
        waiting = len(self._decoder.getstate()[0])
        start, self._seen = self._seen - waiting, self._seen + len(data)
        try:
            self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            self.failed = True
            return start + error.start
        # Half of a UTF-16 pair (ed a0 to ed bf) is invalid from its second byte on (RFC 3629 §3).
        # Python's decoder waits for the third byte, because an error handler may accept it.
        pending = self._decoder.getstate()[0]
        if pending[:1] == b"\xed" and pending[1:] >= b"\xa0":
            self.failed = True
            return self._seen - len(pending)
        return None


def inflate(data: bytes, window: bytes = b"", limit: int = MAX_MESSAGE_BYTES) -> bytes:
    """Undo permessage-deflate for one message (RFC 7692 §7.2.2).

    `window` is the last part, up to 32,768 bytes, of what the sender's earlier messages
    unpacked to. A block that ends the DEFLATE stream (§7.2.3.4) may be followed by another.

    Raises ValueError if the data is not DEFLATE, ends inside a block, or unpacks to more
    than `limit` bytes.
    """
    stream, at, out = data + _TAIL + _END, 0, bytearray()
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=window)
    while at < len(stream):
        # In pieces, because zlib copies all that follows the end of a stream, which may come early.
        piece = stream[at : at + _INFLATE_BYTES]
        try:
            out += unpacker.decompress(piece, limit - len(out) + 1)
        except zlib.error as error:
            raise ValueError(f"not DEFLATE data: {error}") from None
        if len(out) > limit:
            raise ValueError(f"unpacks to more than {limit:,} bytes")
        at += len(piece) - len(unpacker.unused_data)
        if unpacker.eof and at < len(stream):
            reach = (window + out[-_WINDOW_BYTES:])[-_WINDOW_BYTES:]
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=reach)
    if not unpacker.eof:
        raise ValueError("not DEFLATE data: it ends inside a block")
    return bytes(out)
