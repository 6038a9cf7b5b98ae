"""Scripted conversations through a tap: every byte, every end, and what the recording says.

The judge is `replay.faults_of`. That it can say no is shown by taps broken on purpose.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.mutations import RECORDED, rounds
from tests.wslab.network.sockets import listening, reach, url_of
from wslab.network import background
from wslab.network.tap.relay import Relay, TapEndpoint
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import Chunk, Ending
from wslab.protocol.recording.recording import Recording

if sys.platform == "win32":
    pytest.skip("the player waits with poll(), which Windows has not", allow_module_level=True)

from tests.conformance.replay import (
    CLIENT,
    SERVER,
    HalfClose,
    Hear,
    HearEnd,
    Leave,
    Reset,
    Script,
    Send,
    faults_of,
    in_pieces,
    in_turn,
    play,
    turns_of,
)

MIB = 1024 * 1024
HURRY = 0.5  # seconds after which a broken tap counts as stuck


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def both(steps: Callable[[Side], list[Any]]) -> dict[Side, list[Any]]:
    return {side: steps(side) for side in Side}


SCRIPTS = {
    "nobody says anything": in_turn(),
    "the client speaks and ends": in_turn((CLIENT, Send(b"hello")), (CLIENT, HalfClose())),
    "the server speaks first": in_turn((SERVER, Send(b"220 ready\r\n")), (CLIENT, Send(b"HELO"))),
    "only the server speaks": in_turn((SERVER, Send(noise(70_000))), (SERVER, HalfClose())),
    "question and answer": in_turn(
        *((side, Send(word)) for word in (b"one", b"two", b"three") for side in Side)
    ),
    "a long answer after a half-close": in_turn(
        (CLIENT, Send(b"GET / HTTP/1.0\r\n\r\n")),
        (CLIENT, HalfClose()),
        *((SERVER, Send(noise(size))) for size in (1, 300_000, 2 * MIB)),
        (SERVER, HalfClose()),
    ),
    "a long question after a half-close": in_turn(
        (SERVER, Send(b"go on")),
        (SERVER, HalfClose()),
        *((CLIENT, Send(noise(size))) for size in (2 * MIB, 300_000, 1)),
    ),
    "a half-close before any byte": in_turn((SERVER, HalfClose()), (CLIENT, Send(b"so be it"))),
    "one byte in each segment": Script(both(lambda side: [Send(noise(2000), 1)])),
    "8 MiB both ways at once": Script(both(lambda side: [Send(noise(8 * MIB))])),
    "8 MiB both ways, and nobody reads": Script(both(lambda side: [Send(noise(8 * MIB))]), True),
    "a frozen client is sent 8 MiB": Script(
        {CLIENT: [Send(b"all of it")], SERVER: [Send(noise(8 * MIB))]}, True
    ),
    "both reset": Script(both(lambda side: [Reset()])),
    "both leave": Script(both(lambda side: [HalfClose(), HearEnd("eof")])),
    "the server dies, and the client talks on": Script(
        {
            CLIENT: [Send(b"hello"), HearEnd("eof"), Send(b"hello?"), HearEnd("reset")],
            SERVER: [Hear(5), Leave()],
        }
    ),
    "the client dies, and the server talks on": Script(
        {
            CLIENT: [Hear(1), Leave()],
            SERVER: [Send(b"1"), HearEnd("eof"), Send(b"2"), HearEnd("reset")],
        }
    ),
    **{
        f"the {side.value} {name}": script
        for side in Side
        for name, script in {
            "resets at once": in_turn((side, Reset())),
            "sends and resets at once": in_turn((side, Send(noise(10_000))), (side, Reset())),
            "resets in the middle of 8 MiB": in_turn((side, Send(noise(8 * MIB))), (side, Reset())),
            "resets when it has been heard": in_turn(
                (side, Send(b"last words")), (side.peer, Send(b"heard")), (side, Reset())
            ),
            "resets what it is being sent": Script(
                {side: [Hear(100_000), Reset()], side.peer: [Send(noise(8 * MIB))]}
            ),
            "half-closes and then resets": in_turn(
                (side, Send(b"that was all")), (side, HalfClose()), (side, Reset())
            ),
            "resets after the other's end": in_turn(
                (side.peer, Send(b"bye")), (side.peer, HalfClose()), (side, Reset())
            ),
            "resets a deaf one": Script(
                {side: [Send(noise(100_000)), Reset()], side.peer: [HearEnd("reset")]}, True
            ),
        }.items()
    },
}
ALL = pytest.mark.parametrize("name", SCRIPTS)


@pytest.fixture(autouse=True)
def nothing_is_said_out_of_sight(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    background.log.clear()
    yield
    assert list(background.log) == []
    others = [r for r in caplog.get_records("call") if not r.name.startswith("wslab")]
    assert [record.message for record in others] == []


@pytest.fixture(autouse=True, scope="module")
def nothing_is_left_open() -> Iterator[None]:
    yield
    gc.collect()  # an unclosed socket would warn here, and warnings are errors


@pytest.fixture
def listener() -> Iterator[socket]:
    with listening() as listener:
        yield listener


@pytest.fixture
def tap(listener: socket) -> Iterator[Tap]:
    with Tap(url_of(listener)) as tap:
        yield tap


# --- what passes ------------------------------------------------------------------------------


@ALL
def test_a_script_passes_as_if_there_were_no_tap(tap: Tap, listener: socket, name: str) -> None:
    assert faults_of(play(tap, listener, SCRIPTS[name])) == []


@pytest.mark.parametrize("size", [1 << 20, 1], ids=["as it was", "one byte in each segment"])
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_conversation_is_held_again(
    tap: Tap, listener: socket, path: Path, size: int
) -> None:
    before = Recording.load(path)
    played = play(tap, listener, in_pieces(turns_of(before), size))
    assert faults_of(played) == []
    assert played.recording is not None
    for side in Side:
        assert played.recording.bytes_from(side) == before.bytes_from(side)
    assert [sent.frame for sent in played.recording.frames()] == [
        sent.frame for sent in before.frames()
    ]


@ALL
@pytest.mark.parametrize(
    "impair",
    [lambda tap: tap.delay(0.01), lambda tap: tap.chop(1000)],
    ids=["delay", "pieces"],
)
def test_neither_delay_nor_pieces_change_what_passes(
    tap: Tap, listener: socket, name: str, impair: Callable[[Tap], None]
) -> None:
    impair(tap)
    assert faults_of(play(tap, listener, SCRIPTS[name])) == []


def test_a_target_that_is_not_there_is_a_reset(tap: Tap, listener: socket) -> None:
    listener.close()
    with pytest.raises(ConnectionResetError), reach(tap) as client:
        client.recv(1)
    assert [ending.how for ending in tap.wait_closed().endings] == ["refused"]


def test_a_target_that_dies_before_it_accepts_is_a_reset(tap: Tap, listener: socket) -> None:
    with pytest.raises(ConnectionResetError), reach(tap) as client:
        client.sendall(b"hello")
        tap.wait(lambda recording: recording.byte_count(CLIENT) == 5)
        listener.close()  # the system resets what waits in its queue
        client.recv(1)
    recording = tap.wait_closed()
    assert [(end.sender, end.how) for end in recording.endings] == [(SERVER, "reset")]
    assert recording.bytes_from(CLIENT) == b"hello"


# --- what Hypothesis thinks of ----------------------------------------------------------------

SENDS = st.builds(
    lambda size, piece: Send(noise(size), piece),
    st.sampled_from([1, 2, 125, 126, 1448, 65_536, 200_000]),
    st.sampled_from([1000, 1 << 20]),
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Up to eight turns, in which a side that has ended says no more."""
    turns: list[tuple[Side, Any]] = []
    speaking = set(Side)
    for _ in range(draw(st.integers(0, 8))):
        if not speaking:
            break
        side = draw(st.sampled_from(sorted(speaking, key=str)))
        act = draw(SENDS | st.sampled_from([HalfClose(), Reset()]))
        turns.append((side, act))
        if act == HalfClose():
            speaking.discard(side)
        elif act == Reset():
            break
    script = in_turn(*turns)
    if draw(st.booleans()):  # nobody waits for anybody
        acts = both(lambda side: [act for who, act in turns if who is side])
        if not any(Reset() in steps for steps in acts.values()):
            script = Script(acts)
    return script


@given(script=scripts())
@settings(max_examples=rounds(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_script_passes_as_if_there_were_no_tap(
    tap: Tap, listener: socket, script: Script
) -> None:
    assert faults_of(play(tap, listener, script)) == []


# --- taps that are broken on purpose ----------------------------------------------------------


class Liar:
    """The transport of one end, of which a subclass gets something wrong."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._late: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class SwallowsTheLastChunk(Liar):
    def write(self, data: bytes) -> None:
        data, self._late = self._late or b"", data
        self._transport.write(data)


class SwapsChunks(Liar):
    def write(self, data: bytes) -> None:
        if self._late is None:
            self._late = data
        else:
            self._transport.write(data + self._late)
            self._late = None

    def write_eof(self) -> None:
        self._transport.write(self._late or b"")
        self._transport.write_eof()


class DropsAByteAtAChunkBorder(Liar):
    def write(self, data: bytes) -> None:
        self._transport.write(data if self._late is None else data[1:])
        self._late = data


class RepeatsAChunk(Liar):
    def write(self, data: bytes) -> None:
        self._transport.write(data)
        if self._late is None:
            self._late = data
            self._transport.write(data)


class ClosesAtAHalfClose(Liar):
    def write_eof(self) -> None:
        self._transport.close()


class KeepsAHalfCloseToItself(Liar):
    def write_eof(self) -> None:
        pass


def lies(monkeypatch: pytest.MonkeyPatch, kind: type[Liar]) -> None:
    made = TapEndpoint.connection_made
    monkeypatch.setattr(TapEndpoint, "connection_made", lambda end, its: made(end, kind(its)))


def a_reset_becomes_a_clean_end(monkeypatch: pytest.MonkeyPatch) -> None:
    abort = TapEndpoint.abort
    monkeypatch.setattr(TapEndpoint, "abort", lambda end, reset: abort(end, reset=False))


def a_clean_end_becomes_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    def eof_received(end: TapEndpoint) -> bool:
        end._was_reset("made up")
        return True

    monkeypatch.setattr(TapEndpoint, "eof_received", eof_received)


def the_directions_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Recording.add
    monkeypatch.setattr(
        Recording, "add", lambda made, chunk: add(made, chunk._replace(sender=CLIENT))
    )


def what_was_not_sent_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Recording.add
    monkeypatch.setattr(
        Recording, "add", lambda made, chunk: add(made, chunk._replace(data=chunk.data + b"!"))
    )


def the_last_chunk_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    add, late = Recording.add, "late"

    def behind(recording: Recording, chunk: Chunk) -> None:
        if before := recording.__dict__.pop(late, None):
            add(recording, before)
        recording.__dict__[late] = chunk

    monkeypatch.setattr(Recording, "add", behind)


def a_reset_is_recorded_as_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(relay: Relay, sender: Side, how: str, detail: str = "") -> None:
        relay.recording.end(Ending(relay.now(), sender, "eof"))

    monkeypatch.setattr(Relay, "ended", ended)


def an_end_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Relay, "ended", lambda *_: None)


def a_reset_overtakes_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def was_reset(end: TapEndpoint, detail: str) -> None:
        end.ended = True
        end.relay.ended(end.sender, "reset", detail)
        end.peer.abort(reset=True)

    def data_received(end: TapEndpoint, data: bytes) -> None:
        end._add(Chunk(end.relay.now(), end.sender, data))
        background.loop().call_later(0.01, end.held.put, data, 0.0)
        background.loop().call_later(0.01, end.flush)

    monkeypatch.setattr(TapEndpoint, "_was_reset", was_reset)
    monkeypatch.setattr(TapEndpoint, "data_received", data_received)


QUESTIONS, ANSWER = "question and answer", "a long answer after a half-close"
LAST, RESET = "the client sends and resets at once", "the server resets when it has been heard"


@pytest.mark.parametrize(
    ("break_it", "name", "words"),
    [
        (SwallowsTheLastChunk, QUESTIONS, "bytes were recorded and"),
        (SwapsChunks, "8 MiB both ways at once", "bytes, as they arrived, differ"),
        (DropsAByteAtAChunkBorder, QUESTIONS, "the client's bytes, as they arrived, differ"),
        (RepeatsAChunk, QUESTIONS, "bytes, as they arrived, differ"),
        (ClosesAtAHalfClose, ANSWER, "the client ended by eof, and eof and reset arrived"),
        (KeepsAHalfCloseToItself, ANSWER, "nothing moved for 0.5 s"),
        (a_reset_becomes_a_clean_end, RESET, "the server ended by reset, and eof arrived"),
        (a_clean_end_becomes_a_reset, QUESTIONS, "ended by eof, and reset arrived"),
        (a_reset_overtakes_the_bytes, LAST, "10000 of the client's bytes were recorded and 0"),
        (the_directions_are_merged, QUESTIONS, "the client's bytes, as recorded, differ"),
        (what_was_not_sent_is_recorded, QUESTIONS, "bytes, as recorded, differ"),
        (the_last_chunk_is_not_recorded, QUESTIONS, "bytes arrived and"),
        (a_reset_is_recorded_as_an_end, RESET, "the server ended by reset, and eof were recorded"),
        (an_end_is_not_recorded, QUESTIONS, "ended by eof, and nothing were recorded"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_tap_is_caught(
    listener: socket, monkeypatch: pytest.MonkeyPatch, break_it: Any, name: str, words: str
) -> None:
    with Tap(url_of(listener)) as tap:
        if isinstance(break_it, type):
            lies(monkeypatch, break_it)
        else:
            break_it(monkeypatch)
        found = faults_of(play(tap, listener, SCRIPTS[name], HURRY))
        assert any(words in fault for fault in found), found
    background.log.clear()
