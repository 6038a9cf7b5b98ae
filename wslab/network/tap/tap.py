"""A relay between any client and any server that records every byte and, when told to, misbehaves.

The client connects to `tap.url` instead of the server's URL. What is recorded is
what the sender sent, when the tap received it: before any delay, cut or flipped bit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from ssl import SSLContext, create_default_context

from wslab.errors import NotRunning, WslabError
from wslab.network.background import Service, Signal, call, run, stop_listening
from wslab.network.tap.impairment import Impairment
from wslab.network.tap.relay import Relay, TapEndpoint, Target, share_pages
from wslab.network.targets import PORTS, split_target
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import MAX_RECORDING_BYTES, Recording

_IN_CLEAR = {"wss": "ws", "https": "http"}


@dataclass(slots=True, eq=False)
class TapConnection:
    """One connection through a tap: `number` counts from 1, `began` is in seconds after the first.

    `is_live` turns False when both directions have ended: nothing is added to the recording then.
    """

    number: int
    began: float
    recording: Recording
    is_live: bool = True


class Tap(Service):
    """Listens beside a server, passes every connection on to it, and keeps a recording of each.

    `target` is the server's URL: ws://, wss://, http:// or https://. `ssl` replaces
    the default context of a secure target; between client and tap nothing is
    encrypted, which is why the bytes can be read. With ``decrypt=False`` the tap stays
    outside, as everyone on the way does: client and server speak TLS through it, its
    URL is wss:// too, and `inspect` shows records and their lengths. `limit` bounds the
    bytes that each recording keeps. The tap changes no byte, so the request's Host
    header names the tap.

    `keep` is the number of finished recordings that are remembered, 1 or more: when one more
    connection ends, the oldest of them is forgotten. None, the default, remembers all of them,
    so a tap that runs for days should be given a number. A live connection is never forgotten.

    Who wants to see each chunk as it comes passes `record`, which makes the recording of a
    connection from target and limit, a subclass for example; `on_end` is told of each
    recording whose connection has ended in both directions. Both run on the background
    loop, before the relay goes on.

    The impairments (delay, freeze, thaw, chop, corrupt) take `sender`, whose bytes
    are meant; None means both. They hold for connections that live and for those to
    come, and may be called from any cell or thread, before or after start.

    WslabError when `target` is no such URL, when `limit` or `keep` is not such a number, or
    when host and port cannot be had.
    """

    def __init__(
        self,
        target: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str | None = None,
        limit: int = MAX_RECORDING_BYTES,
        keep: int | None = None,
        ssl: SSLContext | None = None,
        decrypt: bool = True,
        record: Callable[[str, int], Recording] = Recording,
        on_end: Callable[[Recording], object] | None = None,
    ) -> None:
        super().__init__(host=host, port=port, name=name)
        self._parts = split_target(target, "Tap")
        self._ends_tls = decrypt and self._parts.scheme in _IN_CLEAR
        if ssl is not None and not decrypt:
            raise WslabError(
                "a tap with decrypt=False takes no part in TLS, so it has no use for ssl=; "
                "give ssl= to the client: connect(tap.url, ssl=...)"
            )
        if not isinstance(limit, int) or limit < 0:
            raise WslabError(f"limit is a number of bytes from 0 on; found {limit!r}")
        if keep is not None and (not isinstance(keep, int) or keep < 1):
            raise WslabError(
                f"keep is a number of finished recordings from 1 on, or None for all of them; "
                f"found {keep!r}"
            )
        self.target = target
        self.limit = limit
        self.keep = keep
        self._ssl = ssl
        self._record = record
        self._on_end = on_end
        self._server: asyncio.Server | None = None
        self._connections: dict[int, TapConnection] = {}  # those remembered, by their number
        self._finished: list[int] = []  # a heap: the numbers of those that are over
        self._accepted = 0  # connections, remembered or not
        self._latest: TapConnection | None = None
        self._first = 0.0  # when the first was accepted, on the clock of `Relay.started`
        self._notes: list[str] = []
        self._live: dict[Relay, TapConnection] = {}
        self._impairments = {side: Impairment() for side in Side}
        self._next_flips: list[tuple[Side, int, int]] = []
        self._signal = Signal()

    # What it has seen.

    @property
    def url(self) -> str:
        """Where a client connects to: the tap's address with the target's path.

        NotRunning before the start and after the stop.
        """
        self._need_running()
        user, at, _ = self._parts.netloc.rpartition("@")
        netloc = f"{user}{at}{self._place}"
        scheme = _IN_CLEAR[self._parts.scheme] if self._ends_tls else self._parts.scheme
        return self._parts._replace(scheme=scheme, netloc=netloc).geturl()

    @property
    def recordings(self) -> list[Recording]:
        """One recording for each TCP connection, in order of arrival. They outlive the stop.

        With `keep`, those that are remembered.
        """
        return [connection.recording for connection in self.connections()]

    @property
    def recording(self) -> Recording:
        """The latest recording. NotRunning when no connection has come yet."""
        if self._latest is None:
            raise NotRunning(
                "no connection has passed through the tap yet; connect to tap.url first."
            )
        return self._latest.recording

    @property
    def began(self) -> list[float]:
        """When each connection of `recordings` was accepted, in seconds after the first."""
        return [connection.began for connection in self.connections()]

    def connections(self, after: int = 0) -> list[TapConnection]:
        """The connections that are remembered, in order of arrival; only later ones than `after`.

        What this costs grows with the connections that came after number `after`.
        """
        if after <= 0:
            return list(self._connections.values())
        later = map(self._connections.get, range(after + 1, self._accepted + 1))
        return [connection for connection in later if connection is not None]

    def connection(self, number: int) -> TapConnection | None:
        """Connection `number`, counted from 1; None when it is forgotten, or yet to come."""
        return self._connections.get(number)

    @property
    def notes(self) -> list[str]:
        """What the tap did to single bytes: a line for each one that `corrupt` changed."""
        return list(self._notes)

    def held(self, sender: Side | None = None) -> int:
        """How many bytes the tap has received and not yet passed on, over all live connections."""

        def count() -> int:
            held = 0
            for end in self._ends(sender):
                onward = end.peer.transport
                held += end.held.size + (onward.get_write_buffer_size() if onward else 0)
            return held

        return call(count)

    def wait(self, condition: Callable[[Recording], bool], timeout: float = 5.0) -> Recording:
        """Wait until `condition(tap.recording)` is true, and return that recording.

        `timeout` is in seconds; WslabError after it. The condition runs on the
        background thread. In a cell whose own loop must go on meanwhile:
        ``await asyncio.to_thread(tap.wait, condition)``.
        """
        return self._wait(
            lambda: self._latest is not None and condition(self._latest.recording),
            timeout,
            "what was waited for did not happen; look at tap.recording for what did.",
        )

    def wait_closed(self, timeout: float = 5.0) -> Recording:
        """Wait until the latest connection has ended in both directions; return its recording.

        If none has come yet, wait for one first. `timeout` is in seconds; WslabError after it.
        """
        return self._wait(
            lambda: self._latest is not None and not self._latest.is_live,
            timeout,
            "the latest connection is still open; close the client or the server, "
            "or call tap.cut().",
        )

    # What it can do to a connection.

    def delay(self, seconds: float, sender: Side | None = None, *, opening: bool = False) -> None:
        """Let every byte arrive `seconds` later. A latency, not a rate: order and speed stay.

        Bytes already on their way follow the new delay. delay(0) removes it. With
        `opening`, TCP's own packets are late as well: a new connection then costs a
        round trip before its first byte, as on a real wire.
        """
        if not 0 <= seconds < float("inf"):
            raise WslabError(f"delay wants seconds from 0 on, found {seconds!r}; try delay(0.1).")
        self._impair(sender, delay=seconds, opening=seconds if opening else 0.0)

    def freeze(self, sender: Side | None = None) -> None:
        """Hold every byte until `thaw`. None is lost; when enough is held, the sender must wait."""
        self._impair(sender, frozen=True)

    def thaw(self, sender: Side | None = None) -> None:
        """Pass on what `freeze` has held, in order, and all that follows."""
        self._impair(sender, frozen=False)

    def chop(self, size: int | None, sender: Side | None = None) -> None:
        """Pass bytes on in pieces of at most `size`, each a write of its own; None stops it.

        A busy network or a late receiver may still join several pieces: TCP promises
        the bytes and their order, never the pieces.
        """
        if size is not None and (not isinstance(size, int) or size < 1):
            raise WslabError(
                f"chop wants a number of bytes from 1 on, found {size!r}; try chop(1)."
            )
        self._impair(sender, piece=size)

    def corrupt(self, offset: int = 0, bit: int = 0, *, sender: Side | None = None) -> None:
        """Flip one bit, once, in the byte that comes `offset` bytes after those received so far.

        In every live connection, or in the next one when none lives. Bit 0 is the
        leftmost, as in the RFC's diagrams. The recording keeps what was sent;
        `notes` says what became of it.
        """
        if offset < 0 or not 0 <= bit <= 7:
            raise WslabError(
                f"corrupt wants an offset from 0 on and a bit from 0 to 7, "
                f"found offset {offset!r}, bit {bit!r}; try corrupt(0, bit=7)."
            )

        def flip() -> None:
            for end in self._ends(sender):
                end.flip(offset, bit)
            if not self._live:
                self._next_flips += [(side, offset, bit) for side in _sides(sender)]

        call(flip)

    def cut(self, reset: bool = True) -> None:
        """End every live connection at once, by RST or (`reset=False`) by FIN."""
        run(self._cut(reset, "the tap cut the connection"))

    # What the room `background` asks for.

    async def _open(self) -> None:
        context = self._ssl
        if self._ends_tls and context is None:
            context = create_default_context()
        target = Target(
            self.target,
            self._parts.hostname or "",
            self._parts.port or PORTS[self._parts.scheme],
            context if self._ends_tls else None,
        )
        if target.port == self.port and target.host in (self.host, "localhost", "127.0.0.1"):
            raise WslabError(
                f"the tap was told to listen on port {self.port} and to pass on to that same port, "
                "so it would call itself; give the tap another port, or none"
            )
        share_pages()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._accept(target), self.host, self.port)
        self._listens_at(*(one.getsockname() for one in self._server.sockets))

    async def _close(self) -> None:
        if self._server is not None:
            await stop_listening(self._server)
        await self._cut(False, "the tap was stopped")

    def _accept(self, target: Target) -> TapEndpoint:
        recording = self._record(self.target, self.limit)
        relay = Relay(
            target, recording, self._impairments, self._signal, self._notes.append, self._is_over
        )
        for side, offset, bit in self._next_flips:
            for end in relay.endpoints:
                if end.sender is side:
                    end.flip(offset, bit)
        self._next_flips.clear()
        self._first = self._first or relay.started
        self._accepted += 1
        latest = TapConnection(self._accepted, relay.started - self._first, recording)
        self._connections[latest.number] = self._live[relay] = self._latest = latest
        self._signal.notify()
        return relay.client

    def _is_over(self, relay: Relay) -> None:
        if (connection := self._live.pop(relay, None)) is not None:
            connection.is_live = False
            self._forget_all_but_the_last(connection.number)
            if self._on_end is not None:
                self._on_end(relay.recording)
        self._signal.notify()

    def _forget_all_but_the_last(self, finished: int) -> None:
        """Of the finished ones, `keep` stay. The latest connection of all is among them."""
        if self.keep is None:
            return
        heappush(self._finished, finished)
        while len(self._finished) > self.keep:
            del self._connections[heappop(self._finished)]

    def _ends(self, sender: Side | None) -> Iterator[TapEndpoint]:
        for relay in list(self._live):
            yield from (end for end in relay.endpoints if end.sender in _sides(sender))

    def _impair(self, sender: Side | None, **change: float | None) -> None:
        def apply() -> None:
            for side in _sides(sender):
                for setting, value in change.items():
                    setattr(self._impairments[side], setting, value)
            for end in self._ends(sender):
                end.impaired()
            self._signal.notify()

        call(apply)

    async def _cut(self, reset: bool, detail: str) -> None:
        for relay in list(self._live):
            relay.cut(reset, detail)
        await self._until(lambda: not self._live)

    async def _until(self, met: Callable[[], bool]) -> None:
        while not met():
            change = self._signal.next()
            for end in self._ends(None):
                end.adjust()  # plain endpoints do not notify
            await change

    def _wait(self, met: Callable[[], bool], timeout: float, advice: str) -> Recording:
        async def until() -> Recording:
            try:
                async with asyncio.timeout(timeout):
                    await self._until(met)
            except TimeoutError:
                none_yet = "" if self._latest else "no connection has come yet, and "
                raise WslabError(f"within {timeout:g} s {none_yet}{advice}") from None
            return self.recording

        return run(until(), timeout + 1)


def _sides(sender: Side | None) -> tuple[Side, ...]:
    return tuple(Side) if sender is None else (sender,)
