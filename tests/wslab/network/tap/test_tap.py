"""The tap as a person uses it: its URL, its recordings, its mischief, its end."""

import asyncio
import gc
import random
import socket
import ssl
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from tests.patience import LIMIT, patient
from tests.wslab.network.sockets import (
    accept,
    in_threads,
    listening,
    reach,
    read,
    read_to_end,
    reset,
    tapped,
    threads_and_descriptors,
    url_of,
)
from wslab.errors import NotRunning, WslabError
from wslab.network import background
from wslab.network.background import in_background
from wslab.network.echo import EchoServer
from wslab.network.tap import relay
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Opcode, Side
from wslab.protocol.recording.recording import Chunk, Recording

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

BOTH = pytest.mark.parametrize("side", list(Side), ids=lambda side: side.value)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listening() as listener:
        yield listener


@pytest.fixture
def tap(listener: socket.socket) -> Iterator[Tap]:
    with Tap(url_of(listener)) as tap:
        yield tap


def pass_on(data: bytes, here: socket.socket, there: socket.socket) -> bytes:
    """What arrives of `data`."""
    _, got = in_threads(partial(here.sendall, data), partial(read, there, len(data)))
    assert isinstance(got, bytes)
    return got


def test_connections_have_one_clock(tap, listener):
    assert tap.began == []
    for number in range(2):
        with tapped(tap, listener):
            assert len(tap.began) == len(tap.recordings) == number + 1
    assert tap.began[0] == 0 < tap.began[1]


def silent(connection: socket.socket, seconds: float = 0.1) -> bool:
    """Whether nothing arrives in that time."""
    limit = connection.gettimeout()
    connection.settimeout(seconds)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(limit)
    return False


def note_writes(tap: Tap, receiver: Side, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The size of each write to the receiver from now on, none of which finds another waiting."""
    (live,) = tap._live
    onward = (live.client if receiver is Side.CLIENT else live.server).transport
    sizes, write = [], onward.write

    def noted(data: bytes) -> None:
        assert onward.get_write_buffer_size() == 0, "it would join the bytes that wait there"
        sizes.append(len(data))
        write(data)

    monkeypatch.setattr(onward, "write", noted)
    return sizes


# URLs


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("ws://127.0.0.1:9", "ws://127.0.0.1:{}"),
        ("ws://localhost/echo", "ws://127.0.0.1:{}/echo"),
        ("ws://[::1]:9/a/b?c=d&e", "ws://127.0.0.1:{}/a/b?c=d&e"),
        ("wss://example.org/chat", "ws://127.0.0.1:{}/chat"),
        ("http://127.0.0.1:9/page", "http://127.0.0.1:{}/page"),
        ("https://example.org/", "http://127.0.0.1:{}/"),
        ("ws://ann:secret@127.0.0.1:9/", "ws://ann:secret@127.0.0.1:{}/"),
    ],
)
def test_the_url_has_the_targets_path(target: str, url: str) -> None:
    with Tap(target) as tap:
        assert tap.url == url.format(tap.port)
        assert tap.target == target


@pytest.mark.parametrize("host", ["0.0.0.0", ""])
def test_the_url_names_an_address_one_can_connect_to(host: str) -> None:
    with Tap("ws://127.0.0.1:9/", host=host) as tap:
        assert tap.url == f"ws://127.0.0.1:{tap.port}/"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("ftp://example.org/", "the scheme 'ftp'"),
        ("//example.org/", "no scheme"),
        ("ws:///path", "'ws:///path'"),
        ("ws://127.0.0.1:0/", "'ws://127.0.0.1:0/'"),
        ("ws://127.0.0.1:99999/", "'ws://127.0.0.1:99999/'"),
        ("ws://127.0.0.1:port/", "'ws://127.0.0.1:port/'"),
        ("ws://[::1/", "'ws://[::1/'"),
        ("", "''"),
        (object, "<class 'object'>"),
    ],
)
def test_what_is_no_url(target: str, found: str) -> None:
    with pytest.raises(WslabError) as caught:
        Tap(target)
    assert found in str(caught.value)
    assert "ws://127.0.0.1:8000/echo" in str(caught.value)


def test_a_fragment_has_no_place_in_a_websocket_url() -> None:
    with pytest.raises(WslabError, match="RFC 6455 §3"):
        Tap("ws://127.0.0.1:9/#top")


def test_before_the_start_and_after_the_stop_there_is_no_url() -> None:
    tap = Tap("ws://127.0.0.1:9/")
    with pytest.raises(NotRunning, match=r"tap is not running; call tap\.start\(\) first"):
        _ = tap.url
    with tap:
        assert tap.url
    with pytest.raises(NotRunning):
        _ = tap.url


def test_a_port_in_use() -> None:
    with listening() as other:
        port = other.getsockname()[1]
        with pytest.raises(WslabError, match=f"Tap cannot listen on 127.0.0.1:{port}"):
            Tap("ws://127.0.0.1:9/", port=port).start()


# Recordings


def test_one_connection_is_one_recording(tap: Tap, listener: socket.socket) -> None:
    with pytest.raises(NotRunning, match=r"no connection.*connect to tap\.url first"):
        _ = tap.recording
    assert tap.recordings == []
    for word in (b"one", b"two", b"three"):
        with tapped(tap, listener) as ends:
            ends[Side.CLIENT].sendall(word)
            read(ends[Side.SERVER], len(word))
        tap.wait_closed()
    assert [r.bytes_from(Side.CLIENT) for r in tap.recordings] == [b"one", b"two", b"three"]
    assert tap.recording is tap.recordings[-1]
    assert {r.target for r in tap.recordings} == {tap.target}


def test_recordings_outlive_the_stop_and_a_second_start(listener: socket.socket) -> None:
    tap = Tap(url_of(listener))
    for _ in range(2):
        with tap, tapped(tap, listener) as ends:
            ends[Side.CLIENT].sendall(b"kept")
            read(ends[Side.SERVER], 4)
    assert [r.bytes_from(Side.CLIENT) for r in tap.recordings] == [b"kept", b"kept"]
    assert tap.wait_closed() is tap.recording


def greet(tap: Tap, listener: socket.socket, word: bytes) -> None:
    with tapped(tap, listener) as ends:
        ends[Side.CLIENT].sendall(word)
        read(ends[Side.SERVER], len(word))
    tap.wait_closed()


def test_keep_forgets_finished_recordings_and_no_live_one(listener: socket.socket) -> None:
    seen: list[weakref.ref[Recording]] = []

    def record(target: str, limit: int) -> Recording:
        recording = Recording(target, limit)
        seen.append(weakref.ref(recording))
        return recording

    with Tap(url_of(listener), keep=3, record=record) as tap, tapped(tap, listener) as living:
        words = [f"{number}".encode() for number in range(300)]
        for word in words:
            greet(tap, listener, word)
        living[Side.CLIENT].sendall(b"still here")
        read(living[Side.SERVER], 10)
        said = [recording.bytes_from(Side.CLIENT) for recording in tap.recordings]
        assert said == [b"still here", *words[-3:]]
        assert tap.recording is tap.recordings[-1]
        assert [c.number for c in tap.connections()] == [1, 299, 300, 301]
        assert [c.is_live for c in tap.connections()] == [True, False, False, False]
        assert [c.number for c in tap.connections(after=299)] == [300, 301]
        assert tap.connections(after=301) == []
        assert tap.connection(2) is None and tap.connection(302) is None
        latest = tap.connection(301)
        assert latest is not None and latest.recording is tap.recording
        assert tap.began == [c.began for c in tap.connections()] == sorted(tap.began)
        assert tap.began[0] == 0 < tap.began[1]
        # The relay looks twice for a reset after a FIN, and until then knows its recording.
        background.run(asyncio.sleep(2 * relay.POLL_S))
        gc.collect()
        assert len(seen) == 301 and len([one for one in seen if one() is not None]) == 4
    tap.wait_closed()
    # The first connection ended last, and is the oldest of four finished ones.
    assert [c.number for c in tap.connections()] == [299, 300, 301]


def test_the_latest_recording_is_remembered_even_if_another_ends_after_it(
    listener: socket.socket,
) -> None:
    with Tap(url_of(listener), keep=1) as tap:
        with tapped(tap, listener):
            greet(tap, listener, b"latest")
        tap.wait(lambda _: len(tap.recordings) == 1)
        assert tap.wait_closed().bytes_from(Side.CLIENT) == b"latest"


def test_without_keep_every_recording_is_remembered(tap: Tap, listener: socket.socket) -> None:
    for number in range(20):
        greet(tap, listener, b"%d" % number)
    assert len(tap.recordings) == 20 and tap.keep is None


@pytest.mark.parametrize("keep", [0, -1, 1.5, "all"])
def test_keep_is_a_number_of_recordings(keep: object) -> None:
    with pytest.raises(WslabError, match="keep is a number of finished recordings from 1 on"):
        Tap("ws://127.0.0.1:9/", keep=keep)


def test_wait_sees_a_condition_come_true(tap: Tap, listener: socket.socket) -> None:
    with tapped(tap, listener) as ends:

        def speak() -> None:
            for _ in range(5):
                ends[Side.CLIENT].sendall(b"x")

        speaker = threading.Thread(target=speak)
        speaker.start()
        recording = tap.wait(lambda r: r.byte_count(Side.CLIENT) == 5)
        assert recording.bytes_from(Side.CLIENT) == b"xxxxx"
        speaker.join(LIMIT)


def test_wait_before_the_first_connection(tap: Tap, listener: socket.socket) -> None:
    with pytest.raises(WslabError, match="no connection has come yet"):
        tap.wait(lambda recording: True, timeout=0.05)
    waiting = threading.Thread(target=tap.wait, args=(lambda recording: True,))
    waiting.start()
    with tapped(tap, listener):
        waiting.join(LIMIT)
        assert not waiting.is_alive()


def test_wait_has_a_limit_and_says_what_to_do(tap: Tap, listener: socket.socket) -> None:
    with tapped(tap, listener):
        with pytest.raises(WslabError, match=r"within 0\.05 s.*look at tap\.recording"):
            tap.wait(lambda recording: False, timeout=0.05)
        with pytest.raises(WslabError, match=r"still open.*tap\.cut\(\)"):
            tap.wait_closed(timeout=0.05)


def test_a_condition_that_fails_says_so_to_the_caller(tap: Tap, listener: socket.socket) -> None:
    with tapped(tap, listener), pytest.raises(ZeroDivisionError):
        tap.wait(lambda recording: 1 / 0 > 0)


# Impairments


@BOTH
def test_delay_is_a_latency_and_not_a_rate(tap: Tap, listener: socket.socket, side: Side) -> None:
    data = random.Random(3).randbytes(3 * 1024 * 1024)
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        tap.delay(3600, side)
        here.sendall(b"a")
        tap.wait(lambda recording: recording.byte_count(side) == 1)
        assert tap.held(side) == 1
        there.sendall(b"back")
        assert read(here, 4) == b"back", "the other direction is not delayed"
        tap.delay(0, side)
        assert read(there, 1) == b"a"
        tap.delay(0.2, side)
        began = time.monotonic()
        assert pass_on(data, here, there) == data
        took = time.monotonic() - began
        chunks = [chunk for chunk in tap.recording.chunks if chunk.sender is side]
        assert 0.2 <= took < 0.2 * len(chunks), "one delay, and not one for each chunk"


@BOTH
def test_delay_0_lets_everything_go(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        tap.delay(3600)
        here.sendall(b"held")
        tap.wait(lambda recording: recording.byte_count(side) == 4)
        assert tap.held() == 4
        tap.delay(0)
        assert read(there, 4) == b"held"
        assert tap.held() == 0
        here.sendall(b"straight")
        assert read(there, 8) == b"straight"


@BOTH
@pytest.mark.parametrize("how", ["eof", "reset"])
def test_an_end_is_delayed_with_its_bytes(
    tap: Tap, listener: socket.socket, side: Side, how: str
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        tap.delay(3600, side)
        here.sendall(b"and out")
        tap.wait(lambda recording: recording.byte_count(side) == 7)
        if how == "eof":
            here.shutdown(socket.SHUT_WR)
        else:
            reset(here)
        tap.wait(lambda recording: [e.how for e in recording.endings] == [how])
        assert silent(there)
        tap.delay(0, side)
        assert read(there, 7) == b"and out"
        if how == "eof":
            assert there.recv(1) == b""
        else:
            with pytest.raises(ConnectionResetError):
                there.recv(1)


def test_opening_may_take_a_round_trip(tap: Tap, listener: socket.socket) -> None:
    tap.delay(0.1, opening=True)
    began = time.monotonic()
    with tapped(tap, listener):
        assert time.monotonic() - began >= 0.2
    tap.wait_closed()
    tap.delay(3600, Side.SERVER, opening=True)
    with reach(tap):
        tap.wait(lambda _: len(tap.recordings) == 2)
        tap.delay(0)
        accept(listener).close()


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_no_such_delay(tap: Tap, seconds: float) -> None:
    with pytest.raises(WslabError, match="delay wants seconds"):
        tap.delay(seconds)


@BOTH
def test_freeze_holds_and_thaw_loses_nothing(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        assert pass_on(b"before", here, there) == b"before"
        tap.freeze(side)
        here.sendall(b"during")
        tap.wait(lambda recording: recording.byte_count(side) == 12)
        assert silent(there) and tap.held(side) == 6
        assert pass_on(b"the other way", there, here) == b"the other way"
        tap.thaw(side)
        assert read(there, 6) == b"during"
        assert pass_on(b"after", here, there) == b"after"


@BOTH
def test_a_frozen_direction_is_bounded_by_making_the_sender_wait(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    tap.freeze(side)
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        here.settimeout(0.3)
        sent = 0
        with pytest.raises(TimeoutError):
            while sent < 200 * 1024 * 1024:
                sent += here.send(bytes(65536))
        assert relay.MAX_HELD_BYTES <= tap.held(side) < relay.MAX_HELD_BYTES + 1024 * 1024
        tap.thaw(side)
        assert len(read(there, sent)) == sent


@BOTH
def test_a_frozen_direction_whose_reader_leaves_does_not_pile_up(
    tap: Tap, listener: socket.socket, side: Side
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        assert pass_on(b"hi", there, here) == b"hi"
        tap.freeze()
        reset(there)  # held as well: `here` is not told before the thaw
        tap.wait(lambda recording: len(recording.endings) == 1)
        here.sendall(bytes(1024 * 1024))
        tap.wait(lambda recording: recording.byte_count(side) == 1024 * 1024)
        assert tap.held(side) == 0
        tap.thaw()
        with pytest.raises(ConnectionResetError):
            here.recv(1)


@BOTH
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_chop_changes_no_byte(tap: Tap, listener: socket.socket, side: Side, size: int) -> None:
    tap.chop(size, side)
    data = random.Random(size).randbytes(2500)
    with tapped(tap, listener) as ends:
        assert pass_on(data, ends[side], ends[side.peer]) == data
        assert pass_on(b"whole", ends[side.peer], ends[side]) == b"whole"
        tap.chop(None)
        assert pass_on(data, ends[side], ends[side.peer]) == data


@BOTH
def test_each_piece_is_a_write_of_its_own(
    tap: Tap, listener: socket.socket, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        assert pass_on(b"whole", here, there) == b"whole"
        sizes = note_writes(tap, side.peer, monkeypatch)
        tap.chop(7, side)
        assert pass_on(b"x" * 702, here, there) == b"x" * 702
    assert sizes == [7] * 100 + [2]


def test_a_receiver_in_the_background_sees_each_piece_by_itself(listener: socket.socket) -> None:
    with Tap(url_of(listener)) as second, Tap(second.url) as first:
        first.chop(3, Side.CLIENT)
        with reach(first) as client, accept(listener) as server:
            client.sendall(b"?")
            assert read(server, 1) == b"?"  # from here on all of them are connected
            client.sendall(b"abcdefghijk")
            assert read(server, 11) == b"abcdefghijk"
        chunks = second.wait_closed().chunks[1:]
        assert [chunk.data for chunk in chunks] == [b"abc", b"def", b"ghi", b"jk"]
        assert len(first.recording.chunks) == 2, "recorded as it was sent"


@BOTH
def test_chop_slows_the_sender_for_a_slow_reader(
    tap: Tap, listener: socket.socket, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        assert pass_on(b"whole", here, there) == b"whole"
        sizes = note_writes(tap, side.peer, monkeypatch)
        tap.chop(60_000, side)
        here.settimeout(0.3)
        sent = 0
        with pytest.raises(TimeoutError):
            while sent < 200 * 1024 * 1024:
                sent += here.send(bytes(65536))
        assert tap.held(side) < relay.MAX_HELD_BYTES + 1024 * 1024
        assert len(read(there, sent)) == sent
    assert max(sizes) == 60_000 and sum(sizes) == sent


@pytest.mark.parametrize("size", [0, -1, 1.5, "7"])
def test_no_such_piece(tap: Tap, size: int) -> None:
    with pytest.raises(WslabError, match="chop wants a number of bytes"):
        tap.chop(size)


@BOTH
def test_corrupt_flips_one_bit_once(tap: Tap, listener: socket.socket, side: Side) -> None:
    with tapped(tap, listener) as ends:
        here, there = ends[side], ends[side.peer]
        assert pass_on(b"abc", here, there) == b"abc"
        tap.corrupt(2, bit=7, sender=side)
        assert pass_on(b"\x00\x00", here, there) == b"\x00\x00"
        assert pass_on(b"\x00\x00", here, there) == b"\x01\x00"
        tap.corrupt(sender=side)
        assert pass_on(b"\x00\x00", here, there) == b"\x80\x00"
        assert pass_on(b"\x00\x00", there, here) == b"\x00\x00"
        assert tap.recording.bytes_from(side) == b"abc" + bytes(6), "recorded as it was sent"
        assert tap.notes == [
            f"byte 5 from the {side.value} was changed on its way: 0x00 became 0x01",
            f"byte 7 from the {side.value} was changed on its way: 0x00 became 0x80",
        ]


def test_corrupt_without_a_connection_waits_for_the_next(tap: Tap, listener: socket.socket) -> None:
    tap.corrupt(1, bit=0)
    for expected in (b"\x00\x80\x00", b"\x00\x00\x00"):
        with tapped(tap, listener) as ends:
            for side in Side:
                assert pass_on(bytes(3), ends[side], ends[side.peer]) == expected
        tap.wait_closed()


@pytest.mark.parametrize(("offset", "bit"), [(-1, 0), (0, 8), (0, -1)])
def test_no_such_bit(tap: Tap, offset: int, bit: int) -> None:
    with pytest.raises(WslabError, match="corrupt wants an offset"):
        tap.corrupt(offset, bit)


def test_cut_resets_every_live_connection(tap: Tap, listener: socket.socket) -> None:
    tap.cut()  # nothing lives: nothing happens
    with tapped(tap, listener) as one, tapped(tap, listener) as two:
        for ends in (one, two):
            assert pass_on(b"hi", ends[Side.CLIENT], ends[Side.SERVER]) == b"hi"
        tap.cut()
        for end in (*one.values(), *two.values()):
            with pytest.raises(ConnectionResetError):
                end.recv(1)
        for recording in tap.recordings:
            assert {(e.sender, e.how) for e in recording.endings} == {
                (Side.CLIENT, "cut"),
                (Side.SERVER, "cut"),
            }
    with tapped(tap, listener) as ends:
        assert pass_on(b"next", ends[Side.CLIENT], ends[Side.SERVER]) == b"next"


def test_cut_without_reset_is_an_end_of_file(tap: Tap, listener: socket.socket) -> None:
    with tapped(tap, listener) as ends:
        tap.cut(reset=False)
        assert read_to_end(ends[Side.CLIENT]) == read_to_end(ends[Side.SERVER]) == b""


def test_cut_after_a_half_close_cuts_the_other_half(tap: Tap, listener: socket.socket) -> None:
    with tapped(tap, listener) as ends:
        ends[Side.CLIENT].shutdown(socket.SHUT_WR)
        assert read_to_end(ends[Side.SERVER]) == b""
        tap.cut()
    assert [(e.sender, e.how) for e in tap.recording.endings] == [
        (Side.CLIENT, "eof"),
        (Side.SERVER, "cut"),
    ]


def test_impairments_may_be_set_before_the_start_and_hold_for_later_connections(
    listener: socket.socket,
) -> None:
    tap = Tap(url_of(listener))
    tap.freeze(Side.SERVER)
    with tap, tapped(tap, listener) as ends:
        ends[Side.SERVER].sendall(b"hello")
        tap.wait(lambda recording: recording.byte_count(Side.SERVER) == 5)
        assert silent(ends[Side.CLIENT])
        tap.thaw()
        assert read(ends[Side.CLIENT], 5) == b"hello"


async def test_impairments_from_the_background_thread(tap: Tap, listener: socket.socket) -> None:
    async def inside() -> None:
        tap.delay(0)
        tap.freeze()
        tap.thaw()
        assert tap.held() == 0

    await in_background(inside())


# The end


def test_starting_again_replaces_the_old_tap(listener: socket.socket) -> None:
    first = Tap(url_of(listener)).start()
    with tapped(first, listener) as ends:
        second = Tap(url_of(listener)).start()
        try:
            assert not first.running and second.running
            assert read_to_end(ends[Side.CLIENT]) == b""
            with pytest.raises(ConnectionRefusedError):
                reach(first)
            with tapped(second, listener) as ends:
                assert pass_on(b"hi", ends[Side.CLIENT], ends[Side.SERVER]) == b"hi"
        finally:
            second.stop()


def test_stop_is_quick_with_live_frozen_and_unread_connections(listener: socket.socket) -> None:
    tap = Tap(url_of(listener)).start()
    with tapped(tap, listener) as live, tapped(tap, listener) as frozen, reach(tap) as alone:
        tap.freeze()
        frozen[Side.CLIENT].sendall(b"held")
        live[Side.CLIENT].shutdown(socket.SHUT_WR)
        tap.wait(lambda _: len(tap.recordings) == 3)
        tap.stop()
        assert read_to_end(live[Side.SERVER]) == read_to_end(frozen[Side.SERVER]) == b""
        assert read_to_end(frozen[Side.CLIENT]) == read_to_end(alone) == b""
    assert tap.recordings[1].endings[0].detail == "the tap was stopped"


def test_stop_while_the_target_does_not_answer() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with socket.create_connection(full.getsockname()):
            tap = Tap(url_of(full)).start()
            with reach(tap) as one, reach(tap) as two:
                tap.wait(lambda _: len(tap.recordings) == 2)
                tap.stop()
                assert read_to_end(one) == read_to_end(two) == b""


def test_fifty_taps_leave_no_thread_and_no_descriptor(listener: socket.socket) -> None:
    background.loop()
    before = threads_and_descriptors()
    for number in range(50):
        with Tap(url_of(listener)) as tap, tapped(tap, listener) as ends:
            assert pass_on(b"hi", ends[Side.CLIENT], ends[Side.SERVER]) == b"hi"
            if number % 2:
                tap.stop()
    assert threads_and_descriptors() == before


# With a real library at both ends


async def echo(ws: ServerConnection) -> None:
    async for message in ws:
        await ws.send(message)


async def test_websockets_end_to_end() -> None:
    messages: list[str | bytes] = ["", "Hello", "ü" * 40_000, b"\x00\xff", bytes(500_000)]
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        async with Tap(url_of(server.sockets[0], "/echo?x=1")) as tap:
            async with connect(tap.url, proxy=None, compression=None) as ws:
                for message in messages:
                    await ws.send(message)
                    assert await asyncio.wait_for(ws.recv(), LIMIT) == message
            recording = await asyncio.to_thread(tap.wait_closed)
    assert recording.handshake is not None and recording.handshake.upgraded
    assert recording.handshake.request.target == "/echo?x=1"
    sent = [m for m in recording.messages() if m.sender is Side.CLIENT]
    assert [m.data for m in sent] == messages
    frames = recording.frames()
    assert [frame.frame.opcode for frame in frames[-2:]] == [Opcode.CLOSE, Opcode.CLOSE]
    # The client closes first, the server ends the TCP connection first (RFC 6455 §7.1.1).
    assert [(e.sender, e.how) for e in recording.endings] == [
        (Side.SERVER, "eof"),
        (Side.CLIENT, "eof"),
    ]


async def test_a_cut_is_code_1006_for_both() -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def handler(ws: ServerConnection) -> None:
        await ws.wait_closed()
        codes.put_nowait(ws.close_code)

    async with serve(handler, "127.0.0.1", 0) as server:
        async with Tap(url_of(server.sockets[0])) as tap:
            async with connect(tap.url, proxy=None) as ws:
                await asyncio.to_thread(tap.cut)
                with pytest.raises(ConnectionClosedError):
                    await asyncio.wait_for(ws.recv(), LIMIT)
                assert ws.close_code == 1006
            assert await asyncio.wait_for(codes.get(), LIMIT) == 1006


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", str(path) + ".key", "-out", str(path) + ".crt"),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=patient(60))
    except FileNotFoundError:
        pytest.skip("openssl is not installed: apt-get install openssl")
    path.write_bytes(Path(f"{path}.key").read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.mark.parametrize("closes", ["client", "server"])
async def test_a_secure_target_is_seen_in_clear(certificate: Path, closes: str) -> None:
    async def handler(ws: ServerConnection) -> None:
        await ws.send(await ws.recv())
        if closes == "client":
            await ws.wait_closed()

    def meet(tap: Tap) -> None:
        with reach(tap) as client:
            client.recv(1)

    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=certificate)
    async with serve(handler, "127.0.0.1", 0, ssl=offered) as server:
        target = url_of(server.sockets[0]).replace("ws:", "wss:")
        async with Tap(target, ssl=trusted) as tap:
            async with connect(tap.url, proxy=None, compression=None) as ws:
                await ws.send("Hello" * 50_000)
                assert await asyncio.wait_for(ws.recv(), LIMIT) == "Hello" * 50_000
                if closes == "server":
                    await asyncio.wait_for(ws.wait_closed(), LIMIT)
                    assert ws.close_code == 1000
            recording = await asyncio.to_thread(tap.wait_closed)
        assert [m.data for m in recording.messages()] == ["Hello" * 50_000] * 2
        async with Tap(target) as suspicious:  # whose default context trusts no such certificate
            with pytest.raises(ConnectionResetError):
                await asyncio.to_thread(meet, suspicious)
            (ending,) = (await asyncio.to_thread(suspicious.wait_closed)).endings
            assert ending.how == "refused" and "its certificate is not trusted" in ending.detail


@pytest.mark.parametrize("target", ["ws://a b/", "ws://127.0.0.1:80/\n", "ws://h\udcff/"])
def test_a_url_with_a_space_or_a_control_character_is_refused(target: str) -> None:
    with pytest.raises(WslabError, match="no space and no control character"):
        Tap(target)


@pytest.mark.parametrize("limit", ["x", None, -1])
def test_a_limit_is_a_number_of_bytes(limit: object) -> None:
    with pytest.raises(WslabError, match="a number of bytes from 0 on"):
        Tap("ws://127.0.0.1:1/", limit=limit)  # type: ignore[arg-type]


def test_a_tap_of_itself_is_refused() -> None:
    with EchoServer() as server:
        port = server.port
    tap = Tap(f"ws://127.0.0.1:{port}/", port=port)
    with pytest.raises(WslabError, match="it would call itself; give the tap another port"):
        tap.start()
    assert not tap.running


# TLS, with the servers of this package


async def test_a_tap_inside_tls_reads_and_a_tap_outside_sees_records() -> None:
    async with EchoServer(tls=True) as server, Tap(server.url, decrypt=False) as outside:
        assert outside.url == f"wss://127.0.0.1:{outside.port}"
        async with Tap(outside.url, ssl=server.client_context) as inside:
            assert inside.url == f"ws://127.0.0.1:{inside.port}"
            async with connect(inside.url, proxy=None, compression=None) as ws:
                await ws.send("a secret")
                assert await asyncio.wait_for(ws.recv(), LIMIT) == "a secret"
            seen = await asyncio.to_thread(inside.wait_closed)
            hidden = await asyncio.to_thread(outside.wait_closed)
    assert [message.data for message in seen.messages()] == ["a secret"] * 2
    assert hidden.handshake is None and hidden.frames() == []
    sent = {side: hidden.bytes_from(side) for side in Side}
    for side in Side:
        mine = [s.record for s in hidden.tls_records() if s.sender is side]
        assert b"".join(record.encode() for record in mine) == sent[side], "a byte beside records"
        assert b"secret" not in sent[side] and b"HTTP" not in sent[side]
    first, second = hidden.tls_records()[:2]
    assert (first.sender, second.sender) == (Side.CLIENT, Side.SERVER)
    assert [s.record.says for s in (first, second)] == [
        "ClientHello, which can be read",
        "ServerHello, which can be read",
    ]
    # TLS 1.3 adds a byte for the type and 16 against forgery to what it hides.
    lengths = [len(s.record.content) for s in hidden.tls_records()]
    assert {2 + 4 + len("a secret") + 17, 2 + len("a secret") + 17} <= set(lengths)


async def test_a_tap_outside_passes_the_end_of_each_direction(listener: socket.socket) -> None:
    target = url_of(listener).replace("ws:", "wss:")
    with Tap(target, decrypt=False) as tap, tapped(tap, listener) as ends:
        ends[Side.CLIENT].sendall(b"\x16\x03\x01\x00\x01\x00")
        ends[Side.CLIENT].shutdown(socket.SHUT_WR)
        assert read_to_end(ends[Side.SERVER]) == b"\x16\x03\x01\x00\x01\x00"
        ends[Side.SERVER].sendall(b"still open")
        assert read(ends[Side.CLIENT], 10) == b"still open"


def test_a_tap_outside_has_no_use_for_a_context() -> None:
    with pytest.raises(WslabError, match=r"give ssl= to the client"):
        Tap("wss://127.0.0.1:1/", decrypt=False, ssl=ssl.create_default_context())


async def test_a_server_without_tls_is_told_from_one_without_trust() -> None:
    def meet(tap: Tap) -> None:
        with reach(tap) as client:
            client.recv(1)

    async with EchoServer(tls=True) as server, EchoServer() as plain:
        for target, words in (
            (server.url, f"TLS with {server.url} failed: its certificate is not trusted: "),
            (plain.url.replace("ws:", "wss:"), "could not be reached: ConnectionResetError"),
        ):
            async with Tap(target) as tap:
                with pytest.raises(ConnectionResetError):
                    await asyncio.to_thread(meet, tap)
                (ending,) = (await asyncio.to_thread(tap.wait_closed)).endings
                assert words in ending.detail and "_ssl.c" not in ending.detail


# Who watches


def test_a_recording_of_ones_own_sees_each_chunk_and_its_end_is_told_once(listener):
    class Watched(Recording):
        def __init__(self, target: str, limit: int) -> None:
            super().__init__(target, limit)
            self.seen: list[bytes] = []

        def add(self, chunk: Chunk) -> None:
            super().add(chunk)
            self.seen.append(chunk.data)

    over: list[Recording] = []
    with Tap(url_of(listener), limit=3, record=Watched, on_end=over.append) as tap:
        for number in range(2):
            with tapped(tap, listener) as ends:
                assert pass_on(b"to the server", ends[Side.CLIENT], ends[Side.SERVER])
                assert len(over) == number
            tap.wait_closed()
            assert over == tap.recordings
    recording = tap.recording
    assert isinstance(recording, Watched)
    assert (recording.target, recording.limit) == (url_of(listener), 3)
    assert (b"".join(recording.seen), recording.chunks) == (b"to the server", [])


def test_a_connection_that_the_stop_ends_is_told_too(listener):
    over: list[Recording] = []
    with Tap(url_of(listener), on_end=over.append) as tap, tapped(tap, listener):
        tap.stop()
        assert over == tap.recordings
