"""What goes in comes out: every byte, and the way each direction ends."""

import random
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.wslab.network.sockets import (
    LIMIT,
    accept,
    in_threads,
    listening,
    reach,
    read,
    read_to_end,
    reset,
    tapped,
    url_of,
)
from wslab.network import background
from wslab.network.certificates import Certificate
from wslab.network.tap import relay
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

BOTH = pytest.mark.parametrize("side", list(Side), ids=lambda side: side.value)
MUCH = 60_000  # bytes: more than a narrow receiver takes unread, and less than stops a sender
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux's TCP is looked at")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listening() as listener:
        yield listener


@pytest.fixture
def tap(listener: socket.socket) -> Iterator[Tap]:
    with Tap(url_of(listener)) as tap:
        yield tap


def endings(recording: Recording) -> set[tuple[Side, str]]:
    return {(ending.sender, ending.how) for ending in recording.endings}


@contextmanager
def narrow(tap: Tap, listener: socket.socket) -> Iterator[dict[Side, socket.socket]]:
    """A client and a server whose systems take few bytes before they are read."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # who is accepted inherits it
    with socket.socket() as client:
        client.settimeout(LIMIT)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((tap.host, tap.port))
        with accept(listener) as server:
            tap.wait(lambda _: all(live.server.transport is not None for live in tap._live))
            for end in next(iter(tap._live)).endpoints:
                connection = end.transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            yield {Side.CLIENT: client, Side.SERVER: server}


def chunks_of(data: bytes, source: random.Random) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        size = source.choice([1, 2, 7, 100, 4096, 70_000])
        yield data[place : place + size]
        place += size


# Bytes


@pytest.mark.parametrize("seed", range(3))
def test_every_byte_arrives_in_both_directions_at_once(
    tap: Tap, listener: socket.socket, seed: int
) -> None:
    source = random.Random(seed)
    sent = {side: source.randbytes(source.randrange(1, 400_000)) for side in Side}

    def talk(connection: socket.socket, side: Side) -> bytes:
        for chunk in chunks_of(sent[side], random.Random(seed)):
            connection.sendall(chunk)
        connection.shutdown(socket.SHUT_WR)
        return b""

    with tapped(tap, listener) as ends:
        _, _, at_client, at_server = in_threads(
            *(partial(talk, ends[side], side) for side in Side),
            *(partial(read_to_end, ends[side]) for side in Side),
        )
    assert at_server == sent[Side.CLIENT]
    assert at_client == sent[Side.SERVER]
    recording = tap.wait_closed()
    for side in Side:
        assert recording.bytes_from(side) == sent[side]
    assert endings(recording) == {(Side.CLIENT, "eof"), (Side.SERVER, "eof")}


def test_eight_mebibytes_both_ways_at_once(tap: Tap, listener: socket.socket) -> None:
    size = 8 * 1024 * 1024
    sent = {side: random.Random(side.value).randbytes(size) for side in Side}
    with tapped(tap, listener) as ends:
        _, _, at_client, at_server = in_threads(
            *(partial(ends[side].sendall, sent[side]) for side in Side),
            *(partial(read, ends[side], size) for side in Side),
        )
    assert at_server == sent[Side.CLIENT]
    assert at_client == sent[Side.SERVER]
    assert [tap.wait_closed().byte_count(side) for side in Side] == [size, size]


@BOTH
def test_eight_mebibytes_each_way_though_nobody_reads_before_all_is_sent(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    # One direction is stuck; the other must not be.
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        stuck = threading.Thread(target=here.sendall, args=(bytes(8 * 1024 * 1024),))
        stuck.start()
        there.sendall(b"past the jam")
        assert read(here, 12) == b"past the jam"
        assert len(read(there, 8 * 1024 * 1024)) == 8 * 1024 * 1024
        stuck.join(LIMIT)


def test_a_server_that_speaks_first_is_heard(tap: Tap, listener: socket.socket) -> None:
    with tapped(tap, listener) as ends:
        ends[Side.SERVER].sendall(b"220 ready\r\n")
        assert read(ends[Side.CLIENT], 11) == b"220 ready\r\n"
        ends[Side.CLIENT].sendall(b"HELO\r\n")
        assert read(ends[Side.SERVER], 6) == b"HELO\r\n"
    chunks = tap.wait_closed().chunks
    assert [chunk.sender for chunk in chunks] == [Side.SERVER, Side.CLIENT]
    assert 0 <= chunks[0].at <= chunks[1].at < 10


def test_bytes_sent_before_the_server_is_reached_are_kept(
    tap: Tap, listener: socket.socket
) -> None:
    with reach(tap) as client:
        client.sendall(b"early")
        client.shutdown(socket.SHUT_WR)
        with accept(listener) as server:
            assert read_to_end(server) == b"early"


def test_what_is_recorded_is_what_was_passed_on_and_no_copy(
    tap: Tap, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tapped(tap, listener) as ends:
        ends[Side.CLIENT].sendall(b"first")
        read(ends[Side.SERVER], 5)
        (live,) = tap._live
        written: list[bytes] = []
        monkeypatch.setattr(live.server.transport, "write", written.append)
        ends[Side.CLIENT].sendall(b"second")
        chunk = tap.wait(lambda recording: len(recording.chunks) == 2).chunks[1]
        background.call(lambda: None)
        assert written[0] is chunk.data


@BOTH
def test_small_writes_go_out_at_once(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener):
        (live,) = tap._live
        tap.wait(lambda _: live.server.transport is not None)
        for end in live.endpoints:
            connection = end.transport.get_extra_info("socket")
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_truncated_recording_goes_on_relaying(listener: socket.socket) -> None:
    with Tap(url_of(listener), limit=1000) as tap, tapped(tap, listener) as ends:
        data = random.Random(1).randbytes(300_000)
        _, got = in_threads(
            partial(ends[Side.CLIENT].sendall, data), partial(read, ends[Side.SERVER], len(data))
        )
        assert got == data
        ends[Side.SERVER].sendall(b"still here")
        assert read(ends[Side.CLIENT], 10) == b"still here"
        recording = tap.recording
    assert recording.truncated
    assert recording.byte_count(Side.CLIENT) == len(data)
    assert recording.byte_count(Side.SERVER) == 10
    assert len(recording.bytes_from(Side.CLIENT)) <= 1000


# How a direction ends


@BOTH
def test_a_half_close_stays_a_half_close(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.sendall(b"that was all")
        here.shutdown(socket.SHUT_WR)
        assert read_to_end(there) == b"that was all"
        for word in (b"but ", b"I have ", b"more"):
            there.sendall(word)
            assert read(here, len(word)) == word
        assert endings(tap.recording) == {(side, "eof")}
        there.shutdown(socket.SHUT_WR)
        assert read_to_end(here) == b""
        assert endings(tap.wait_closed()) == {(side, "eof"), (side.peer, "eof")}


@BOTH
def test_a_half_close_behind_a_slow_reader_waits_for_the_bytes(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    data = random.Random(2).randbytes(6 * 1024 * 1024)

    def send(here: socket.socket) -> None:
        here.sendall(data)
        here.shutdown(socket.SHUT_WR)

    with tapped(tap, listener) as ends:
        sender = threading.Thread(target=send, args=(ends[side],))
        sender.start()
        assert read_to_end(ends[side.peer]) == data
        sender.join(LIMIT)


@BOTH
def test_a_reset_stays_a_reset(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.sendall(b"last words")
        assert read(there, 10) == b"last words"
        reset(here)
        with pytest.raises(ConnectionResetError):
            there.recv(1)
    recording = tap.wait_closed()
    assert endings(recording) == {(side, "reset")}
    assert "reset" in recording.endings[0].detail.lower()


@BOTH
def test_a_reset_does_not_overtake_the_bytes_before_it(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.sendall(b"x" * 100_000)
        tap.wait(lambda recording: recording.byte_count(side) == 100_000)
        reset(here)
        tap.wait_closed()
        assert read(there, 100_000) == b"x" * 100_000
        with pytest.raises(ConnectionResetError):
            there.recv(1)


@BOTH
@LINUX
def test_a_reset_waits_for_a_receiver_that_reads_late(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    with narrow(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.sendall(bytes(MUCH))
        tap.wait(lambda recording: recording.byte_count(side) == MUCH)
        reset(here)
        tap.wait(lambda recording: (side, "reset") in endings(recording))
        assert len(read(there, MUCH)) == MUCH
        with pytest.raises(ConnectionResetError):
            there.recv(1)


@BOTH
@LINUX
def test_a_reset_does_not_wait_for_ever_for_one_that_never_reads(
    tap: Tap, listener: socket.socket, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "RESET_TIMEOUT_S", 0.1)
    with narrow(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.sendall(bytes(MUCH))
        tap.wait(lambda recording: recording.byte_count(side) == MUCH)
        reset(here)
        assert endings(tap.wait_closed()) == {(side, "reset")}
        with pytest.raises(ConnectionResetError):
            read(there, MUCH)


@BOTH
def test_nothing_more_is_written_to_a_connection_that_is_broken(
    tap: Tap, listener: socket.socket, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        tap.freeze(side)
        for count in range(1, 11):
            here.sendall(b"x")
            tap.wait(lambda recording, count=count: recording.byte_count(side) == count)  # type: ignore[misc]
        (live,) = tap._live
        transport = (live.server if side is Side.CLIENT else live.client).transport
        background.call(transport.pause_reading)  # the first write is what finds the reset
        written, write = [], transport.write
        monkeypatch.setattr(transport, "write", lambda data: (written.append(data), write(data)))
        reset(there)
        tap.thaw()
        tap.wait_closed()
    assert written == [b"x"]


@BOTH
@LINUX
def test_a_connection_that_ends_with_its_last_write_is_closed_once(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    with narrow(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        tap.chop(MUCH)  # who has to wait goes on only when the last byte has left
        tap.freeze(side)
        there.shutdown(socket.SHUT_WR)
        here.recv(1)
        here.sendall(bytes(MUCH))
        here.shutdown(socket.SHUT_WR)
        tap.wait(lambda recording: len(recording.endings) == 2)
        tap.thaw()
        assert len(read_to_end(there)) == MUCH
    tap.wait_closed()


@BOTH
def test_a_reset_after_a_half_close_is_seen(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.shutdown(socket.SHUT_WR)
        assert there.recv(1) == b""
        reset(here)
        tap.wait_closed()
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            there.sendall(b"is anybody there?")
            there.sendall(b"no")
    assert endings(tap.recording) == {(side, "eof"), (side, "reset")}


@BOTH
@LINUX
def test_an_answer_is_kept_when_a_write_meets_the_reset_first(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    """An HTTP server may answer 413 and close while the request is still being sent."""
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        (live,) = tap._live
        end = live.client if side is Side.CLIENT else live.server
        tap.wait(lambda _: live.server.transport is not None)
        background.call(end.transport.pause_reading)  # the loop is late: it has not read yet
        here.sendall(b"413 Content Too Large")
        reset(here)
        there.sendall(b"more of the request")  # this write is what finds the reset
        tap.wait_closed()
        assert read(there, 21) == b"413 Content Too Large"
        with pytest.raises(ConnectionResetError):
            there.recv(1)
    assert tap.recording.bytes_from(side) == b"413 Content Too Large"


@BOTH
def test_closing_without_reading_resets_the_other_side(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        there.sendall(b"unread")
        tap.wait(lambda recording: recording.byte_count(side.peer) == 6)
        here.recv(1)  # it has arrived; the rest stays unread, so that close() sends RST
        here.close()
        with pytest.raises(ConnectionResetError):
            while there.recv(1):
                pass


# TLS, which only the server's end speaks


@contextmanager
def over_tls(
    listener: socket.socket, piece: int | None = None
) -> Iterator[tuple[Tap, socket.socket, socket.socket]]:
    """A tap before a server with TLS, a client in the clear, and the server's connection.

    With `piece`, the tap chops before the client connects.
    """
    certificate = Certificate()
    with Tap(url_of(listener).replace("ws", "wss"), ssl=certificate.client_context) as tap:
        tap.chop(piece)
        with reach(tap) as client, accept(listener) as connection:
            context = certificate.server_context
            with context.wrap_socket(connection, server_side=True) as server:
                client.sendall(b"ask")
                assert read(server, 3) == b"ask"
                yield tap, client, server


def half_close(tap: Tap, client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    tap.wait(lambda recording: bool(recording.endings))


def test_an_answer_over_tls_outlives_the_client_s_half_close(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SERVER_SILENCE_S", LIMIT)
    with over_tls(listener) as (tap, client, server):
        half_close(tap, client)
        tap.freeze(Side.SERVER)
        server.sendall(b"answer" * 2000)
        server.close()
        tap.wait(lambda recording: len(recording.endings) == 2)
        tap.thaw()
        assert read_to_end(client) == b"answer" * 2000
        tap.wait_closed()
    assert endings(tap.recording) == {(side, "eof") for side in Side}


def test_a_silent_server_over_tls_hears_of_the_client_s_end(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SERVER_SILENCE_S", 0.05)
    with over_tls(listener) as (tap, client, server):
        half_close(tap, client)
        assert server.recv(1) == b""
        server.close()
        assert read_to_end(client) == b""
        tap.wait_closed()


@pytest.mark.parametrize("at_once", [True, False], ids=["from the start", "while it lives"])
def test_single_bytes_go_both_ways_over_tls(listener: socket.socket, at_once: bool) -> None:
    with over_tls(listener, 1 if at_once else None) as (tap, client, server):
        tap.chop(1)
        for here, there in ((client, server), (server, client)) * 2:
            here.sendall(b"piece by piece")
            assert read(there, 14) == b"piece by piece"


# Who waits for whom


@BOTH
def test_a_slow_reader_slows_the_sender_and_memory_is_bounded(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    sent = 0
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        here.settimeout(0.3)
        block = bytes(65536)
        with pytest.raises(TimeoutError):  # the proof that the sender is made to wait
            while sent < 200 * 1024 * 1024:
                sent += here.send(block)
        assert tap.held(side) < 1024 * 1024
        assert tap.held(side.peer) == 0
        received = tap.recording.byte_count(side)
        assert len(read(there, sent)) == sent, "and nothing is lost"
        assert received <= sent
        here.settimeout(LIMIT)
        here.sendall(b"go on")
        assert read(there, 5) == b"go on"


@LINUX
def test_a_client_is_not_read_before_the_server_is_reached() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with socket.create_connection(full.getsockname()), Tap(url_of(full)) as tap:
            with reach(tap) as client:
                client.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    while True:
                        client.send(bytes(65536))
                assert tap.held() == 0 and tap.recording.chunks == []


# No server


def test_a_target_that_refuses(listener: socket.socket) -> None:
    target = url_of(listener)
    listener.close()
    with Tap(target) as tap:
        with pytest.raises(ConnectionResetError), reach(tap) as client:
            client.recv(1)
        recording = tap.wait_closed()
    (ending,) = recording.endings
    assert (ending.sender, ending.how) == (Side.SERVER, "refused")
    assert target in ending.detail and "ConnectionRefusedError" in ending.detail
    assert recording.chunks == []


def test_a_target_that_resets_while_the_tap_connects_was_reached(
    tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def create_connection(*_: object, **__: object) -> None:
        raise ConnectionResetError("Connection reset by peer")

    monkeypatch.setattr(background.loop(), "create_connection", create_connection)
    with pytest.raises(ConnectionResetError), reach(tap) as client:
        client.recv(1)
    (ending,) = tap.wait_closed().endings
    assert (ending.sender, ending.how) == (Side.SERVER, "reset")
    assert "ConnectionResetError" in ending.detail


def test_a_target_with_no_address() -> None:
    with Tap("ws://no-such-host.invalid/") as tap:
        with pytest.raises(ConnectionResetError), reach(tap) as client:
            client.recv(1)
        assert tap.wait_closed().endings[0].how == "refused"


@LINUX
def test_a_target_that_swallows_the_syn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "TARGET_TIMEOUT_S", 0.2)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]  # the queue holds one; the rest is dropped
        try:
            for client in waiting:
                client.setblocking(False)
                client.connect_ex(full.getsockname())
            with Tap(url_of(full)) as tap:
                with pytest.raises(ConnectionResetError), reach(tap) as client:
                    client.recv(1)
                (ending,) = tap.wait_closed().endings
        finally:
            for client in waiting:
                client.close()
    assert ending.how == "refused" and "did not answer within 0.2 s" in ending.detail
