"""Whatever a client sends, the server goes on echoing, and nothing of that client stays behind.

A real EchoServer, directly and through a Tap, meets recorded client streams that were damaged,
and attacks written by hand. After them an honest client is served, no connection, task, thread
or descriptor is left, and memory has not grown. For a long run:
WSLAB_FUZZ=3000 python -m pytest tests/conformance/test_fuzz_server.py
"""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.mutations import mutants, pieces, rounds, streams
from tests.patience import LIMIT, patient
from tests.wslab.network.sockets import read, read_to_end, reset, threads_and_descriptors
from wslab.network import background
from wslab.network.echo import EchoServer
from wslab.network.raw import RawClient
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Frame, FrameReader, Opcode, Side

psutil = pytest.importorskip("psutil", reason="pip install psutil")

MIB = 2**20
PATIENCE = patient(2)  # seconds that this server gives a handshake, and a Close frame its answer
GROWTH = 48 * MIB  # bytes of memory that a run may add: what Python keeps for itself
KEY = bytes.fromhex("37fa213d")
HELLO = (
    b"GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
BYE = Frame(Opcode.CLOSE, b"\x03\xe8", mask=KEY).encode()


class Place:
    """A server to attack, directly or through a tap, and what it held when it was quiet."""

    def __init__(self, server: EchoServer, tap: Tap | None) -> None:
        self.server, self.tap = server, tap
        self._becomes_empty()  # what is made on first use is made now
        self.threads, self.descriptors, self.tasks = self._count()
        self.memory = self._memory()

    @property
    def url(self) -> str:
        return (self.tap or self.server).url + ("" if self.tap else "/echo")

    def reach(self) -> socket.socket:
        port = (self.tap or self.server).port
        connection = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def echoes(self) -> None:
        """An honest client is answered."""
        with RawClient(self.url) as client:
            client.send(Frame(Opcode.TEXT, b"still there?", mask=KEY).encode())
            assert client.read_frame() == Frame(Opcode.TEXT, b"still there?")
            client.send(BYE)
            assert client.read_frame() == Frame(Opcode.CLOSE, b"\x03\xe8")
            assert client.read_to_end() == b""

    def is_quiet(self) -> None:
        """Everything that came has gone, and took with it what it had brought."""
        self._becomes_empty()
        assert self._count() == (self.threads, self.descriptors, self.tasks)
        assert list(background.log) == []

    def _becomes_empty(self) -> None:
        """Serve an honest client, and wait until nobody is left."""
        self.echoes()

        async def emptied() -> None:
            async with asyncio.timeout(LIMIT):
                while (
                    self.server._connections
                    or self.server._server.handler_tasks
                    or (self.tap is not None and self.tap._live)
                ):
                    await asyncio.sleep(0.01)

        background.run(emptied(), LIMIT + 1)

    def grown(self) -> int:
        """Bytes of memory more than at the start, without what a tap keeps on purpose."""
        recordings = self.tap.recordings if self.tap else []
        kept = sum(len(chunk.data) for made in recordings for chunk in made.chunks)
        return self._memory() - self.memory - kept

    def _count(self) -> tuple[int, int, int]:
        async def tasks() -> int:
            return len(asyncio.all_tasks())

        return *threads_and_descriptors(), background.run(tasks())

    def _memory(self) -> int:
        gc.collect()
        return int(psutil.Process().memory_info().rss)


@pytest.fixture(scope="module", params=["directly", "through a tap"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    background.log.clear()
    with ExitStack() as stack:
        options = {"open_timeout": PATIENCE, "close_timeout": PATIENCE}
        server = stack.enter_context(EchoServer(**options))
        through = request.param != "directly"
        tap = stack.enter_context(Tap(server.url + "/echo")) if through else None
        yield Place(server, tap)


@pytest.fixture(autouse=True)
def nothing_is_printed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    others = [r for r in caplog.get_records("call") if not r.name.startswith("wslab")]
    assert [record.message for record in others] == []


def attack(place: Place, parts: Iterable[bytes], end: str = "eof") -> None:
    """Send the parts, end like that, and see the server end too."""
    with place.reach() as client:
        go_on(client, parts, end)


def go_on(client: socket.socket, parts: Iterable[bytes], end: str = "eof") -> bytes:
    """Send the parts, end like that, and return what comes until the server ends, too."""
    with suppress(ConnectionError):  # it may have heard enough
        for part in parts:
            client.sendall(part)
    if end == "reset":
        reset(client)
        return b""
    if end == "eof":
        with suppress(OSError):  # it may have reset
            client.shutdown(socket.SHUT_WR)
    with suppress(ConnectionError):
        return read_to_end(client)  # TimeoutError: it was left hanging
    return b""


# --- damaged streams --------------------------------------------------------------------------


def streams_to_the_server() -> list[bytes]:
    """What recorded clients sent; again with a request that this server accepts."""
    recorded = streams(Side.CLIENT)
    return recorded + [HELLO + data.partition(b"\r\n\r\n")[2] for data in recorded]


def test_damaged_streams_leave_nothing_behind(place: Place) -> None:
    for data in mutants(streams_to_the_server(), rounds(150)):
        source = Random(data)
        attack(place, pieces(data, source), source.choice(("eof", "eof", "eof", "reset")))
    place.is_quiet()
    assert place.grown() < GROWTH


def test_a_stream_cut_at_every_byte_leaves_nothing_behind(place: Place) -> None:
    hello = HELLO + Frame(Opcode.TEXT, b"Hello", mask=KEY).encode() + BYE
    for size in range(len(hello) + 1):
        attack(place, [hello[:size]])
    place.is_quiet()


FRAMES = st.builds(
    lambda opcode, payload, mask, flags, declared: (
        Frame(opcode, payload, mask=mask, **flags).encode()
        if declared is None
        else bytes([0x80 | opcode, 0xFF]) + declared.to_bytes(8, "big") + KEY + payload
    ),
    st.integers(0, 15),
    st.binary(max_size=200),
    st.sampled_from([KEY, KEY, KEY, None]),
    st.fixed_dictionaries({}, optional={"fin": st.booleans(), "rsv1": st.booleans()}),
    st.none() | st.sampled_from([0, 125, 2**16, 16 * MIB, 16 * MIB + 1, 2**63 - 1, 2**64 - 1]),
)


@given(frames=st.lists(FRAMES, max_size=8), wild=st.binary(max_size=20))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_frames_come_the_answers_are_legal_and_the_connection_ends(
    place: Place, frames: list[bytes], wild: bytes
) -> None:
    with place.reach() as client:
        client.sendall(HELLO)
        read(client, 12)  # or else the end may overtake the handshake
        _, _, answers = go_on(client, [*frames, wild]).partition(b"\r\n\r\n")
    for frame in FrameReader().feed(answers):
        assert isinstance(frame.opcode, Opcode) and frame.mask is None
        assert not (frame.rsv1 or frame.rsv2 or frame.rsv3)


# --- attacks by hand --------------------------------------------------------------------------

ATTACKS: dict[str, list[bytes]] = {
    "nothing at all": [],
    "noise": [Random(1).randbytes(100_000)],
    "zeros": [bytes(MIB)],
    "empty lines": [b"\r\n" * 100_000],
    "no end of line": [b"GET /" + b"a" * MIB],
    "no end of a header": [HELLO[:-2] + b"X: " + b"a" * MIB],
    "ten thousand headers": [HELLO[:-2] + b"X-Flood: 1\r\n" * 10_000 + b"\r\n"],
    "a folded header without end": [HELLO[:-2] + b"X: 1\r\n" + b" 2\r\n" * 10_000],
    "a request in single bytes": [HELLO[n : n + 1] for n in range(len(HELLO))],
    "a method that is none": [HELLO.replace(b"GET", b"\x00\x01")],
    "another version": [HELLO.replace(b"HTTP/1.1", b"HTTP/0.9")],
    "a body": [HELLO.replace(b"GET", b"POST") + bytes(MIB)],
    "a body that was announced": [HELLO[:-2] + b"Content-Length: 99999999999\r\n\r\n", bytes(MIB)],
    "a thousand requests": [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 1000],
    "TLS": [bytes.fromhex("16030100c4 010000c0 0303") + Random(2).randbytes(190)],
    "the preface of HTTP/2": [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    "frames before the 101": [HELLO + Frame(Opcode.TEXT, b"early", mask=KEY).encode() * 100],
    "2^63 - 1 bytes announced": [HELLO, b"\x82\xff\x7f" + b"\xff" * 7 + KEY, bytes(MIB)],
    "2^64 - 1 bytes announced": [HELLO, b"\x82\xff" + b"\xff" * 8 + KEY, bytes(MIB)],
    "16 MiB announced": [HELLO, b"\x82\xff" + (16 * MIB).to_bytes(8, "big") + KEY, b"few"],
    "a message of fragments": [HELLO, Frame(1, b"a", fin=False, mask=KEY).encode()]
    + [Frame(0, b"a", fin=False, mask=KEY).encode() * 1000] * 20,
    "pings": [HELLO, Frame(Opcode.PING, bytes(125), mask=KEY).encode() * 1000],
    "frames without a mask": [HELLO, Frame(Opcode.TEXT, b"no mask").encode() * 100],
    "two Close frames": [HELLO, BYE, BYE],
    "text after the Close frame": [HELLO, BYE, Frame(Opcode.TEXT, b"and", mask=KEY).encode()],
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_nothing_behind(place: Place, name: str) -> None:
    for end in ("eof", "reset"):
        attack(place, ATTACKS[name], end)
    place.is_quiet()


@pytest.mark.parametrize(
    "name",
    ["frames without a mask", "2^64 - 1 bytes announced", "two Close frames", "no end of line"],
)
def test_who_breaks_a_rule_and_stays_is_shown_out(place: Place, name: str) -> None:
    attack(place, ATTACKS[name], end="stays")
    place.is_quiet()


def test_slow_heads_are_shown_out_and_nobody_waits_for_them(place: Place) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(place.reach()) for _ in range(50)]
        for number, client in enumerate(slow):
            client.sendall(HELLO[:number])
        place.echoes()
        for client in slow:
            with suppress(ConnectionResetError):
                read_to_end(client)  # TimeoutError: it was left hanging
    place.is_quiet()


def test_who_never_reads_is_made_to_wait(place: Place) -> None:
    echo = Frame(Opcode.BINARY, bytes(60_000), mask=KEY).encode()
    with place.reach() as client:
        client.sendall(HELLO)
        assert read(client, 12) == b"HTTP/1.1 101"
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):  # the proof: neither keeps what it cannot pass on
            for _ in range(64 * MIB // len(echo)):
                client.sendall(echo)
        place.echoes()
        reset(client)
    place.is_quiet()
    assert place.grown() < GROWTH


def test_many_who_announce_much_cost_little(place: Place) -> None:
    announced = HELLO + b"\x82\xff" + (16 * MIB).to_bytes(8, "big") + KEY + bytes(1000)
    with ExitStack() as stack:
        clients = [stack.enter_context(place.reach()) for _ in range(100)]
        for client in clients:
            client.sendall(announced)
            assert read(client, 12) == b"HTTP/1.1 101"
        place.echoes()
        assert place.grown() < GROWTH  # and not 1.6 GB
    place.is_quiet()


def test_after_all_of_them_little_is_left(place: Place) -> None:
    place.is_quiet()
    assert place.grown() < GROWTH


# --- the check can fail -----------------------------------------------------------------------


def test_what_memory_has_grown_by_is_seen(place: Place) -> None:
    before, ballast = place.grown(), b"x" * GROWTH
    assert place.grown() - before > 0.9 * len(ballast)


def leave_a_connection(place: Place, stack: ExitStack) -> None:
    stack.enter_context(place.reach())


def leave_a_thread(place: Place, stack: ExitStack) -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait, args=(LIMIT,))
    thread.start()
    stack.callback(thread.join)
    stack.callback(over.set)


def leave_a_task(place: Place, stack: ExitStack) -> None:
    async def make() -> asyncio.Task[bool]:
        return asyncio.create_task(asyncio.Event().wait())

    task = background.run(make())

    async def end() -> None:
        task.cancel()
        await asyncio.wait([task])

    stack.callback(lambda: background.run(end()))


def leave_a_log(place: Place, stack: ExitStack) -> None:
    background.log.append("something went wrong")
    stack.callback(background.log.clear)


@pytest.mark.parametrize("leave", [leave_a_connection, leave_a_thread, leave_a_task, leave_a_log])
def test_what_is_left_behind_is_seen(
    place: Place, leave: Callable[[Place, ExitStack], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.conformance.test_fuzz_server.LIMIT", 0.2)
    with ExitStack() as stack:
        leave(place, stack)
        with pytest.raises((AssertionError, TimeoutError)):
            place.is_quiet()
    monkeypatch.undo()
    place.is_quiet()
