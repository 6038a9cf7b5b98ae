"""Endpoint: the client's end of one connection, made of our own frames (RFC 6455).

A library reports the end of a connection in its own terms. A browser needs the facts: was
there a Close frame, did the client have to fail the connection, and which came first. So
``wslab.protocol`` reads the bytes here, and its rules decide when to fail.

Rules of this file:

* The endpoint reports each fact to its `Observer` once and in order, and never waits for it.
* `closed` is its last report. Every wait before it has a limit.
* Once the server has broken a rule, the endpoint reads no more (§7.1.7).
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import zlib
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from wslab.errors import MalformedHandshake
from wslab.network.browser.upgrade import is_acceptable, upgrade_request
from wslab.network.browser.ws_url import WsUrl
from wslab.protocol.frames import (
    CloseCode,
    ClosePayload,
    Frame,
    FrameHeader,
    FrameReader,
    Opcode,
    Side,
)
from wslab.protocol.handshake import Deflate, Handshake, Response
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.frames import check_frame, check_session
from wslab.protocol.session import Session

OPENING_TIMEOUT_S: Final = 10.0  # seconds until the server must have answered the handshake
CLOSING_TIMEOUT_S: Final = 10.0  # seconds until the server must have answered a Close frame
LINGER_TIMEOUT_S: Final = 2.0  # seconds until the server must have closed TCP after that


class Observer(Protocol):
    """What an endpoint reports to."""

    def opened(self, subprotocol: str, extensions: str) -> None:
        """The handshake succeeded."""

    def received(self, data: str | bytes) -> None:
        """A whole message arrived."""

    def sent(self, size: int) -> None:
        """A message of this many bytes left for the network."""

    def closing(self) -> None:
        """The server's Close frame arrived."""

    def closed(self, code: int, reason: str, clean: bool, failed: bool) -> None:
        """The connection ended. `failed`: the server broke a rule, or the network failed."""


class Endpoint(asyncio.Protocol):
    """One connection to `url`, begun at once on the running loop."""

    def __init__(self, url: WsUrl, subprotocols: Sequence[str], observer: Observer) -> None:
        self._url = url
        self._observer = observer
        self._request = upgrade_request(url, subprotocols)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._head = b""  # of the response, until it is complete
        self._upgraded = False
        self._over = False
        self._reader = FrameReader()
        self._header_seen = False  # was the header of the unfinished frame judged?
        self._session = Session()
        self._packer: _Packer | None = None
        self._queue: deque[tuple[Frame, int]] = deque()  # frames, and their size for `sent`
        self._writing = 0  # the size of the frame that the transport still holds
        self._blocked = False
        self._close_queued = False
        self._close_received: ClosePayload | None = None
        self._timer = self._loop.call_later(OPENING_TIMEOUT_S, self._fail)
        self._connecting = self._loop.create_task(self._connect())

    def send(self, data: str | bytes) -> None:
        """Queue one message; nothing happens once the closing handshake has begun."""
        if not self._close_queued:
            opcode = Opcode.TEXT if isinstance(data, str) else Opcode.BINARY
            payload = data.encode() if isinstance(data, str) else data
            packed = payload if self._packer is None else self._packer.pack(payload)
            frame = _masked(opcode, packed, rsv1=self._packer is not None)
            self._put(frame, len(payload))

    def close(self, payload: ClosePayload) -> None:
        """Begin the closing handshake after what is queued; before it opened, fail."""
        if not self._upgraded:
            self._fail()
        elif not self._close_queued and not self._over:
            self._close_queued = True
            self._put(_masked(Opcode.CLOSE, payload.encode()), 0)
            self._deadline(CLOSING_TIMEOUT_S)

    # --- callbacks from asyncio ------------------------------------------------------------

    async def _connect(self) -> None:
        tls = ssl.create_default_context() if self._url.secure else None
        try:
            await self._loop.create_connection(
                lambda: self, self._url.host, self._url.port, ssl=tls
            )
        except (OSError, ValueError):  # no server there, an unknown host, an invalid name
            self._fail()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # Now `pause_writing` means that the system holds as much as it can. Not high=0: with
        # it, asyncio's TLS transport pauses for an empty buffer and never resumes.
        transport.set_write_buffer_limits(high=1, low=0)
        if self._over:
            transport.abort()
        else:
            transport.write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        if self._over:
            return  # §7.1.7: ignore everything after that
        if not self._upgraded:
            self._head += data
            if not self._shake_hands():
                return
            data, self._head = self._head, b""
        self._read_frames(data)

    def eof_received(self) -> None:
        self._deadline(LINGER_TIMEOUT_S)  # what is still to be written may never leave

    def connection_lost(self, error: Exception | None) -> None:
        if self._over:
            return
        if self._close_received is None:
            self._end(CloseCode.ABNORMAL_CLOSURE, "", clean=False, failed=True)
        else:
            code = self._close_received.code or CloseCode.NO_STATUS_RECEIVED
            self._end(code, self._close_received.reason, clean=True, failed=False)

    def pause_writing(self) -> None:
        self._blocked = True

    def resume_writing(self) -> None:
        self._blocked = False
        self._has_left()
        self._write()

    # --- reading ---------------------------------------------------------------------------

    def _shake_hands(self) -> bool:
        """Read the response once it is complete; return whether frames follow (in `_head`)."""
        try:
            response = Response.parse(self._head)
        except MalformedHandshake:
            self._fail()
            return False
        if response is None:
            return False
        handshake = Handshake(self._request, response)
        if not is_acceptable(handshake):
            self._fail()
            return False
        self._head = self._head[len(response) :]
        self._upgraded = True
        self._timer.cancel()
        self._session = Session(handshake.deflate)
        self._packer = _Packer(handshake.deflate) if handshake.deflate else None
        extensions = ", ".join(map(str, handshake.extensions))
        self._observer.opened(handshake.subprotocol or "", extensions)
        return True

    def _read_frames(self, data: bytes) -> None:
        frames = self._reader.feed(data)
        for frame in frames:
            self._take(frame)
            if self._over:
                return
        self._header_seen = self._header_seen and not frames
        if not self._header_seen and (header := FrameHeader.parse(self._reader.pending)):
            # Answer an invalid header at once: its payload may never come.
            self._header_seen = True
            self._judge(check_frame(header, Side.SERVER, self._session.deflate is not None))

    def _take(self, frame: Frame) -> None:
        step = self._session.feed(Side.SERVER, frame)
        findings = [f for f in check_session([step]) if not _tolerable(f, frame)]
        if not self._judge(findings):
            return
        if step.message is not None:
            self._observer.received(step.message.data)
        elif frame.opcode == Opcode.PING and not self._close_queued:
            if self._blocked:  # only the latest ping needs an answer (§5.5.3)
                self._queue = deque(q for q in self._queue if q[0].opcode != Opcode.PONG)
            self._put(_masked(Opcode.PONG, frame.payload), 0)
        elif frame.opcode == Opcode.CLOSE:
            self._close_received = ClosePayload.parse(frame.payload)
            self._observer.closing()
            if not self._close_queued:
                self._answer_close(frame.payload)
            self._deadline(LINGER_TIMEOUT_S)  # §7.1.1: the server closes TCP first

    def _judge(self, findings: list[Finding]) -> bool:
        """Fail the connection over the first broken rule; return whether all were kept."""
        broken = next((finding for finding in findings if not finding.ok), None)
        if broken is not None:
            self._fail(broken.close_code or CloseCode.PROTOCOL_ERROR, broken.rule)
        return broken is None

    # --- writing ---------------------------------------------------------------------------

    def _put(self, frame: Frame, size: int) -> None:
        """Write in the loop's next turn: `sent` must not report a frame before this turn ends."""
        if not self._queue:
            self._loop.call_soon(self._write)
        self._queue.append((frame, size))

    def _write(self) -> None:
        while self._queue and not self._blocked and self._transport is not None:
            frame, self._writing = self._queue.popleft()
            self._transport.write(frame.encode())
            if not self._blocked:
                self._has_left()

    def _has_left(self) -> None:
        size, self._writing = self._writing, 0
        if size:
            self._observer.sent(size)

    def _answer_close(self, payload: bytes) -> None:
        """Send the last frame and drop what is queued, because the server reads no more."""
        self._queue.clear()
        self._close_queued = True
        if self._transport is not None:
            self._transport.write(_masked(Opcode.CLOSE, payload).encode())

    # --- ending ----------------------------------------------------------------------------

    def _deadline(self, seconds: float) -> None:
        """Cut the TCP connection after this many seconds."""
        self._timer.cancel()
        if self._transport is not None:
            self._timer = self._loop.call_later(seconds, self._transport.abort)

    def _fail(self, code: CloseCode | None = None, reason: str = "") -> None:
        """Fail the connection (§7.1.7), with a last Close frame if there is a code."""
        if self._over:
            return
        if code is not None and not self._close_queued:
            self._answer_close(ClosePayload(code, reason).encode())
        if self._transport is not None:
            self._transport.close()  # after the Close frame has left, if it does
            self._loop.call_later(LINGER_TIMEOUT_S, self._transport.abort)
        self._over = True
        if self._connecting.done():
            self._end(CloseCode.ABNORMAL_CLOSURE, "", clean=False, failed=True)
        else:  # the attempt to connect must close its socket first
            self._connecting.cancel()
            self._connecting.add_done_callback(
                lambda _: self._end(CloseCode.ABNORMAL_CLOSURE, "", clean=False, failed=True)
            )

    def _end(self, code: int, reason: str, *, clean: bool, failed: bool) -> None:
        self._over = True
        self._timer.cancel()
        self._queue.clear()
        self._observer.closed(code, reason, clean, failed)


def _tolerable(finding: Finding, frame: Frame) -> bool:
    """A close code without a meaning, such as 999, is passed on, as browsers do.

    Only the three codes that must not be in a Close frame are refused (RFC 6455 §7.4.1).
    """
    code = ClosePayload.parse(frame.payload).code
    return finding.rule == "close-code-may-be-sent" and not isinstance(code, CloseCode)


class _Packer:
    """Compresses messages as the handshake agreed (RFC 7692 §7.2.1)."""

    def __init__(self, deflate: Deflate) -> None:
        self._forgets = deflate.client_no_context_takeover
        # zlib's smallest is 9, and then it reaches back 250 bytes at most: valid for 8 as well.
        self._bits = max(deflate.client_max_window_bits, 9)
        self._stream = self._new_stream()

    def _new_stream(self) -> zlib._Compress:
        return zlib.compressobj(wbits=-self._bits)

    def pack(self, payload: bytes) -> bytes:
        if self._forgets:
            self._stream = self._new_stream()
        packed = self._stream.compress(payload) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        return packed[:-4]  # 00 00 ff ff, which the receiver puts back


def _masked(opcode: Opcode, payload: bytes, rsv1: bool = False) -> Frame:
    return Frame(opcode, payload, rsv1=rsv1, mask=secrets.token_bytes(4))
