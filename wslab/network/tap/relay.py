"""One connection passed on between a client and a server, byte for byte.

Two `TapEndpoint`s, one for each TCP connection, hold the same `Relay`. What an end reads
is recorded as it came and written to its peer.

Rules of this file:

* How a direction ends is part of the connection: a FIN is passed on as a FIN, a
  reset as a reset, and neither overtakes the bytes before it. (Only a receiver that
  takes nothing for `RESET_TIMEOUT_S` is reset with bytes on their way, lest it hang.)
* Whoever does not read stops the other from sending: an end is read only while
  its peer takes the bytes. What is held is bounded.
* An end is *plain* while nothing is done to its bytes; then they take the short way.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ssl import SSLContext, SSLError
from time import monotonic
from typing import Any, Final, cast

from wslab.network.background import Signal
from wslab.network.certificates import why_not_trusted
from wslab.network.streams import reset as reset_tcp
from wslab.network.tap.impairment import BitFlips, DelayQueue, EndMark, Impairment
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Chunk, Ending, Recording

if sys.platform == "linux":
    from fcntl import ioctl
    from termios import TIOCOUTQ

TARGET_TIMEOUT_S: Final = 5.0  # seconds the target may take to answer
MAX_HELD_BYTES: Final = 4 * 1024 * 1024  # bytes of one sender held back before it is stopped
RESET_TIMEOUT_S: Final = 5.0  # seconds a reset waits for a receiver that takes nothing
SERVER_SILENCE_S: Final = (
    1.0  # seconds of silence after which a TLS server hears of the client's end
)
POLL_S: Final = 0.05  # seconds between two looks at what the loop does not watch


def share_pages() -> None:
    """Let small reads that are kept share pages of memory; call it once before the first.

    asyncio reads into 256 KiB and gives back what a read did not fill. Linux's C library maps
    a block of that size by itself, so each read would keep a page or more, and a mapping, of
    which a process has 65,530. Once a larger block was freed it maps only larger ones so.
    """
    bytes(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the server is."""

    url: str
    host: str
    port: int
    ssl: SSLContext | None


class Relay:
    """One connection through the tap, from accept to the end of both directions."""

    def __init__(
        self,
        target: Target,
        recording: Recording,
        impairments: dict[Side, Impairment],
        signal: Signal,
        note: Callable[[str], None],
        on_end: Callable[[Relay], None],
    ) -> None:
        self.target = target
        self.recording = recording
        self.impairments = impairments
        self.signal = signal
        self.note = note
        self._on_end = on_end
        self.started = monotonic()
        self._connecting: asyncio.Task[None] | None = None
        self.was_cut = False
        self._awaits_last_words = False
        self.client = TapEndpoint(self, Side.CLIENT)
        self.server = TapEndpoint(self, Side.SERVER)
        self.client.peer, self.server.peer = self.server, self.client

    @property
    def endpoints(self) -> tuple[TapEndpoint, TapEndpoint]:
        """The client's end and the server's."""
        return self.client, self.server

    def now(self) -> float:
        """Seconds since the client was accepted."""
        return monotonic() - self.started

    def begin(self) -> None:
        """Reach for the server at once: it may be the one who speaks first."""
        self._connecting = asyncio.get_running_loop().create_task(self._connect())
        self._connecting.add_done_callback(lambda _: self.settle())

    async def _connect(self) -> None:
        target = self.target
        # SYN there and SYN-ACK back (RFC 9293 §3.5): a round trip before the first byte.
        while (rest := sum(i.opening for i in self.impairments.values()) - self.now()) > 0:
            with suppress(TimeoutError):  # it is notified when the delay is changed
                await asyncio.wait_for(self.signal.next(), rest)
        try:
            async with asyncio.timeout(TARGET_TIMEOUT_S):
                await asyncio.get_running_loop().create_connection(
                    lambda: self.server, target.host, target.port, ssl=target.ssl
                )
        except TimeoutError:
            self._refused(f"{target.url} did not answer within {TARGET_TIMEOUT_S:g} s")
        except SSLError as error:
            untrusted = why_not_trusted(error)
            why = f"{untrusted}; give the tap an ssl= that trusts it" if untrusted else error.reason
            self._refused(f"TLS with {target.url} failed: {why}")
        except (OSError, UnicodeError) as error:
            # Who resets has answered before. (To asyncio any end of a TLS handshake is a reset.)
            was_there = isinstance(error, ConnectionResetError) and target.ssl is None
            detail = f"{target.url} could not be reached: {type(error).__name__}: {error}"
            self._refused(detail, "reset" if was_there else "refused")

    def _refused(self, detail: str, how: str = "refused") -> None:
        self.ended(Side.SERVER, how, detail)
        self.client.abort(reset=True)

    def ended(self, sender: Side, how: str, detail: str = "") -> None:
        """Record how the direction of `sender` ended."""
        self.recording.end(Ending(self.now(), sender, how, detail))

    def cut(self, reset: bool, detail: str) -> None:
        """End both connections now, whatever is still on its way."""
        if self.was_cut:
            return
        self.was_cut = True
        for end in self.endpoints:
            if not end.ended:
                self.ended(end.sender, "cut", detail)
        if self._connecting is not None:
            self._connecting.cancel()
        for end in self.endpoints:
            end.abort(reset)

    def settle(self) -> None:
        """Close what has nothing left to do; report when both connections are gone."""
        # TLS, as asyncio speaks it, cannot end one direction and keep the other. So a server
        # behind it is told of the client's end once it has answered.
        over_tls = self.target.ssl is not None
        if self.server.eof_passed and (over_tls or self.client.eof_passed):
            self._close()
        elif over_tls and self.client.eof_passed and not self._awaits_last_words:
            self._awaits_last_words = True
            self._close_after_last_words()
        connecting = self._connecting is not None and not self._connecting.done()
        if not connecting and all(end.lost or end.transport is None for end in self.endpoints):
            self._on_end(self)

    def _close(self) -> None:
        for end in self.endpoints:
            end.close()

    def _close_after_last_words(self, before: int = -1) -> None:
        """Close once the server was silent for `SERVER_SILENCE_S` and all has been passed on."""
        said = self.recording.byte_count(Side.SERVER)
        if said == before and not self.server.held and not self.client.full:
            self._close()
        elif not any(end.lost for end in self.endpoints):
            loop = asyncio.get_running_loop()
            loop.call_later(SERVER_SILENCE_S, self._close_after_last_words, said)


class TapEndpoint(asyncio.Protocol):
    """One of the two TCP connections: reads what `sender` sends, writes what its peer read."""

    peer: TapEndpoint

    def __init__(self, relay: Relay, sender: Side) -> None:
        self.relay = relay
        self.sender = sender
        self.transport: asyncio.Transport | None = None
        self.held = DelayQueue(relay.impairments[sender])  # read and not yet written to the peer
        self.full = False  # our own connection does not take more bytes at the moment
        self.ended = False  # the sender has said its last
        self.eof_passed = False  # ... and the peer has been told
        self.lost = False  # the connection is gone
        self._closing = False  # ... or going, by our own doing
        self._plain = False
        self._impairment = relay.impairments[sender]
        self._flips = BitFlips()
        self._timer: asyncio.Handle | None = None
        self._started = relay.started
        self._add = relay.recording.add

    # What asyncio tells us. (It sets TCP_NODELAY on every TCP connection itself.)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if self.relay.was_cut:
            self.abort(reset=True)
        elif self.peer.transport is None:
            # The client is not read until there is somebody to pass its bytes to.
            self.transport.pause_reading()
            self.relay.begin()
        else:
            self.peer.impaired()
            self.impaired()
            self.relay.signal.notify()

    def data_received(self, data: bytes) -> None:
        self._add(Chunk(monotonic() - self._started, self.sender, data))
        if self._plain:
            self.peer.transport.write(data)  # type: ignore[union-attr]
        else:
            self.held.put(self._flipped(data) if self._flips else data, monotonic())
            if self._timer is None:
                self.flush()
            self.relay.signal.notify()

    def eof_received(self) -> bool:
        self.ended = True
        self.relay.ended(self.sender, "eof")
        self._end_with(EndMark.EOF)
        if self._over_tls:
            return False  # close
        self._watch_for_reset()
        return True  # the other direction stays open

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if not self._closing and (error is not None or not self.ended):
            self._was_reset(str(error or "the connection was lost"))
        self.peer.flush()  # nobody takes its bytes now, yet its end must be seen
        self.relay.settle()

    def pause_writing(self) -> None:
        self.full = True
        self.peer.adjust()

    def resume_writing(self) -> None:
        self.full = False
        # Not at once: asyncio is in the middle of a write, and what is closed now it closes again.
        asyncio.get_running_loop().call_soon(self.peer.flush)

    # What the tap asks for.

    @property
    def takes_bytes(self) -> bool:
        """Is there a connection to write to? A write may find that it is not, any more."""
        return self.transport is not None and not self.transport.is_closing()

    @property
    def unconfirmed(self) -> int:
        """Bytes written to our connection that an RST would still throw away."""
        assert self.transport is not None
        count = self.transport.get_write_buffer_size()
        if sys.platform == "linux":  # elsewhere nobody tells
            number = self._socket_info("socket").fileno()
            count += int.from_bytes(ioctl(number, TIOCOUTQ, bytes(4)), sys.byteorder)
        return count

    def adjust(self) -> None:
        """Choose the short way or the long way, and whether to read at all."""
        relay, peer = self.relay, self.peer
        self._plain = (
            peer.transport is not None
            and not peer.lost
            and not self.held
            and not self._flips
            and not self._impairment.active
            and not relay.signal.waiters
        )
        if self.transport is None or peer.transport is None or self.ended or self.lost:
            return
        if peer.lost or not (peer.full or self.held.size >= MAX_HELD_BYTES):
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def impaired(self) -> None:
        """The impairment of this sender has changed."""
        if self.peer.transport is not None:
            # Pieces stay pieces only if none waits in a buffer where the next would join it.
            if self._impairment.piece:
                # high=0 would do, but a TLS transport of asyncio that is told so pauses with
                # nothing in its buffer, and never resumes.
                self.peer.transport.set_write_buffer_limits(high=1, low=0)
            else:
                self.peer.transport.set_write_buffer_limits()
        self.flush()

    def flip(self, offset: int, bit: int) -> None:
        """Flip one bit of the byte that comes `offset` bytes after the last one received."""
        self._flips.add(self.relay.recording.byte_count(self.sender) + offset, bit)
        self.adjust()

    def close(self) -> None:
        """End our connection in the ordinary way, after what is still to be written."""
        if self.transport is not None and not self._closing:
            self._closing = True
            self.transport.close()

    def abort(self, reset: bool) -> None:
        """End our connection now: with RST, or with a FIN."""
        self._closing = True
        self.held.clear()
        self._stop_timer()
        if self.transport is None or self.lost:
            return
        if reset:
            reset_tcp(self.transport)
        else:
            self.transport.abort()

    def flush(self) -> None:
        """Pass on everything that is due and that the peer takes."""
        self._stop_timer()
        held, peer = self.held, self.peer
        if peer.lost:
            held.clear()
        while peer.takes_bytes and (wait := held.wait(monotonic())) is not None:
            if wait > 0:
                self._timer = asyncio.get_running_loop().call_later(wait, self.flush)
                break
            if peer.full:
                break
            item = held.take()
            if isinstance(item, EndMark):
                self._pass_end(item)
                continue
            peer.transport.write(item)  # type: ignore[union-attr]
            if self._impairment.piece is not None and held:
                # One piece in each turn of the loop, and after its reads (call_soon would come
                # before them): a receiver in this loop sees every piece by itself.
                self._timer = asyncio.get_running_loop().call_later(0, self.flush)
                break
        self.adjust()

    # The steps of the above.

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flipped(self, data: bytes) -> bytes:
        """`data`, which is recorded already, with the bits flipped that fall into it."""
        start = self.relay.recording.byte_count(self.sender) - len(data)
        data, changes = self._flips.apply(data, start)
        for place, old, new in changes:
            self.relay.note(
                f"byte {place} from the {self.sender.value} was changed on its way: "
                f"{old:#04x} became {new:#04x}"
            )
        return data

    def _end_with(self, mark: EndMark) -> None:
        self.held.put(mark, monotonic())
        self.flush()
        self.relay.signal.notify()

    def _pass_end(self, mark: EndMark) -> None:
        """Tell the peer how the direction ended."""
        peer = self.peer
        if mark is EndMark.RESET:
            self._pass_reset(monotonic())
            return
        self.eof_passed = True
        if not peer._over_tls and peer.transport is not None and not peer.lost:
            with suppress(OSError):  # the peer may have reset meanwhile
                peer.transport.write_eof()
        self.relay.settle()

    def _pass_reset(self, since: float, before: int = 0) -> None:
        """Reset the peer once it has taken every byte, for RST is not sent behind them."""
        peer = self.peer
        if not peer.takes_bytes:
            return
        left = peer.unconfirmed
        since = monotonic() if left != before else since
        if not left or monotonic() - since > RESET_TIMEOUT_S:
            peer.abort(reset=True)
        else:
            asyncio.get_running_loop().call_later(POLL_S, self._pass_reset, since, left)

    def _was_reset(self, detail: str) -> None:
        if not self.ended:
            self._read_the_rest()
        self.ended = True
        self.relay.ended(self.sender, "reset", detail)
        self._end_with(EndMark.RESET)

    def _read_the_rest(self) -> None:
        """Bytes that came before the reset are still in the kernel when a write met it first."""
        if sys.platform == "win32" or self._over_tls:
            return
        number = self._socket_info("socket").fileno()
        with suppress(OSError):
            while data := os.read(number, 256 * 1024):
                self.data_received(data)

    def _watch_for_reset(self) -> None:
        """After a FIN the loop reads no more, so that a reset that follows must be asked for."""
        if self.transport is None or self.lost or self._closing:
            return
        number = self._socket_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._was_reset(os.strerror(number))
            self._closing = True
            self.transport.abort()  # and not our abort(): what is held may still be delivered
        else:
            asyncio.get_running_loop().call_later(POLL_S, self._watch_for_reset)

    @property
    def _over_tls(self) -> bool:
        """Whether our own connection is encrypted: only the server's may be."""
        return self.sender is Side.SERVER and self.relay.target.ssl is not None

    def _socket_info(self, name: str) -> Any:
        assert self.transport is not None
        return self.transport.get_extra_info(name)
