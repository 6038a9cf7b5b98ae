"""Two ends of a connection that play a script, and the judge of what passed between them.

A script is a list of steps for the client and one for the server. One thread plays both,
with raw sockets and `poll`: no step waits for a clock, and none for a thread of its own.

    before:  talk = in_turn((CLIENT, Send(b"one")), (SERVER, Send(b"two")), (CLIENT, Reset()))
    then:    faults_of(play(tap, listener, talk)) == []

What is judged is the law of a relay, in both directions: every byte in its order, the end
of the stream as it was, no end before its bytes, and a recording that says all of that.
"""

from __future__ import annotations

import fcntl
import select
import socket
import termios
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.patience import LIMIT
from tests.wslab.network.sockets import reach, reset
from wslab.errors import WslabError
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

STILL = 0.2  # seconds in which nothing moves before the deaf begin to listen
CLIENT, SERVER = Side.CLIENT, Side.SERVER


@dataclass(frozen=True, slots=True)
class Send:
    """Send these bytes, at most `size` of them in one write."""

    data: bytes
    size: int = 1 << 20

    def __repr__(self) -> str:
        return f"Send(<{len(self.data)} bytes>, {self.size})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis would print the bytes


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait until so many bytes have come in all."""

    count: int


@dataclass(frozen=True, slots=True)
class HearEnd:
    """Wait for the other's "eof" or "reset"."""

    how: str


@dataclass(frozen=True, slots=True)
class HalfClose:
    """Say no more and go on listening: FIN."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Break the connection: RST."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Close and hear no more, as a program that died: what comes later is answered with RST."""


Act = Send | HalfClose | Reset | Leave
Step = Act | Hear | HearEnd
ENDS: dict[type[Step], tuple[str, ...]] = {
    HalfClose: ("eof",),
    Reset: ("reset",),
    Leave: ("eof", "reset"),
}


@dataclass(frozen=True, slots=True)
class Script:
    """What both do. With `deaf`, nobody reads until nobody can send any more."""

    steps: Mapping[Side, Sequence[Step]]
    deaf: bool = False


def in_turn(*turns: tuple[Side, Act]) -> Script:
    """A script in which nobody acts before everything said so far has been heard.

    At the end each waits for all that the other said. Who has not ended then half-closes.
    """
    steps: dict[Side, list[Step]] = {side: [] for side in Side}
    said = {side: 0 for side in Side}
    ended: dict[Side, str] = {side: "" for side in Side}

    def listen(side: Side) -> None:
        steps[side].append(Hear(said[side.peer]))
        if how := ended[side.peer]:
            steps[side].append(HearEnd(how))

    for side, act in turns:
        listen(side)
        steps[side].append(act)
        if isinstance(act, Send):
            said[side] += len(act.data)
        else:
            ended[side] = ENDS[type(act)][0]
    for side in Side:
        if ended[side] != "reset":
            listen(side)
    return Script(steps)


@dataclass(slots=True)
class Player:
    """One end while it plays, and then what it did and saw."""

    steps: list[Step]
    connection: socket.socket | None = None
    at: int = 0  # the step that comes next
    offset: int = 0  # bytes of it that have been sent
    sent: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)
    acts: list[str] = field(default_factory=list)  # how it ended, as "eof" and "reset"
    saw: list[str] = field(default_factory=list)  # how the other did
    unsure: int = 0  # bytes that its own reset may have taken back
    over: bool = False

    @property
    def gone(self) -> bool:
        """Did it break the connection, so that what was on its way to it is lost?"""
        return "reset" in self.acts

    def events(self, deaf: bool) -> int:
        """What to wait for; errors always come."""
        step = self.steps[self.at] if self.at < len(self.steps) else None
        reads = not deaf and not self.saw
        return select.POLLIN * reads | select.POLLOUT * isinstance(step, Send)

    def turn(self, deaf: bool) -> None:
        """Read what is there and act as far as that allows."""
        if self.connection is None or self.over:
            return
        if not deaf:
            self._read(self.connection)
        while self.at < len(self.steps) and not self.over:
            try:
                if not self._act(self.connection, self.steps[self.at]):
                    break
            except BlockingIOError:
                break
            except OSError:  # broken by the other, and that is now told only once
                self._read(self.connection, broken=True)
                break
            self.at, self.offset = self.at + 1, 0
        if "reset" in self.saw or (self.saw and self.acts and self.at == len(self.steps)):
            self.over = True
        if self.over:
            self.connection.close()

    def _read(self, connection: socket.socket, broken: bool = False) -> None:
        try:
            while not self.saw:
                data = connection.recv(1 << 20)
                self.heard += data
                if not data:
                    self.saw.append("reset" if broken else "eof")
        except BlockingIOError:
            pass
        except ConnectionResetError:
            broken = True
        if broken or connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self.saw += ["reset"] * ("reset" not in self.saw)

    def _act(self, connection: socket.socket, step: Step) -> bool:
        """Do one step; False when it must wait."""
        match step:
            case Send(data, size):
                while self.offset < len(data):
                    count = connection.send(data[self.offset : self.offset + size])
                    self.sent += data[self.offset : self.offset + count]
                    self.offset += count
            case Hear(count):
                return len(self.heard) >= count
            case HearEnd(how):
                return how in self.saw
            case HalfClose():
                connection.shutdown(socket.SHUT_WR)
            case Reset():
                self.unsure = _unacknowledged(connection)
                reset(connection)
            case Leave():
                connection.close()
        self.acts += ENDS.get(type(step), ())
        self.over = self.gone
        return True


@dataclass(frozen=True, slots=True)
class Played:
    """What happened; `recording` is None when the tap made none or did not finish it."""

    players: Mapping[Side, Player]
    recording: Recording | None
    stuck: str = ""


def play(tap: Tap, listener: socket.socket, script: Script, limit: float = LIMIT) -> Played:
    """Play the script through the tap, whose target is the listener."""
    players = {side: Player(_whole(script.steps.get(side, ()))) for side in Side}
    before = len(tap.recordings)
    with ExitStack() as stack:
        client = stack.enter_context(reach(tap))
        _prepare(players[CLIENT], client)
        stuck = _run(tap, players, listener, stack, script.deaf, limit)
    try:
        tap.wait_closed(limit)
    except WslabError as error:
        stuck = stuck or str(error)
        tap.cut()
    made = tap.recordings[before:]
    return Played(players, made[0] if len(made) == 1 else None, stuck)


def _run(
    tap: Tap,
    players: Mapping[Side, Player],
    listener: socket.socket,
    stack: ExitStack,
    deaf: bool,
    limit: float,
) -> str:
    """Let both play; return where they got stuck, or ""."""
    while not all(player.over for player in players.values()):
        poll = select.poll()
        for player in players.values():
            player.turn(deaf)
            if player.connection is not None and not player.over:
                poll.register(player.connection, player.events(deaf))
        if players[SERVER].connection is None:
            poll.register(listener, select.POLLIN)
            if players[CLIENT].over and not players[CLIENT].gone:
                return "the client's connection ended and the server was never reached"
        if all(player.over for player in players.values()):
            break
        ready = poll.poll(1000 * (STILL if deaf else limit))
        if any(number == listener.fileno() for number, _ in ready):
            _prepare(players[SERVER], stack.enter_context(listener.accept()[0]))
            # A reset before connect() has returned is told to connect() alone, without the bytes.
            tap.wait(lambda _: all(relay.server.transport for relay in tap._live))
        if deaf and (not ready or any(event & ~select.POLLOUT for _, event in ready)):
            deaf = any(number == listener.fileno() for number, _ in ready)
        elif not ready:
            waiting = (
                f"the {side.value} at {player.steps[player.at : player.at + 1] or 'its end'}"
                for side, player in players.items()
                if not player.over
            )
            return f"nothing moved for {limit:g} s: {' and '.join(waiting)}"
    return ""


def _prepare(player: Player, connection: socket.socket) -> None:
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    player.connection = connection


def _whole(steps: Sequence[Step]) -> list[Step]:
    """The steps with an end."""
    ended = any(type(step) in ENDS for step in steps)
    resets = any(step == HearEnd("reset") for step in steps)
    return [*steps] if ended or resets else [*steps, HalfClose()]


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes that were sent and that the other end's system has not confirmed."""
    return int.from_bytes(fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)), "little")


# --- the judge --------------------------------------------------------------------------------


def faults_of(played: Played) -> list[str]:
    """Everything that did not pass as it should have, in sentences."""
    found = [played.stuck] if played.stuck else []
    if played.recording is None:
        return [*found, "there is not one recording"]
    for sender in Side:
        me, you = played.players[sender], played.players[sender.peer]
        found += _bytes_of(sender, me, you, played.recording)
        found += _ends_of(sender, me, you, played.recording)
    times = [chunk.at for chunk in played.recording.chunks]
    if times != sorted(times) or any(at < 0 for at in times):
        found.append("the recording's times run backwards")
    return found


def _bytes_of(sender: Side, me: Player, you: Player, recording: Recording) -> Iterable[str]:
    kept, who = recording.bytes_from(sender), f"the {sender.value}'s"
    yield from _beginning(f"{who} bytes, as they arrived,", bytes(you.heard), bytes(me.sent))
    yield from _beginning(f"{who} bytes, as recorded,", kept, bytes(me.sent))
    if recording.byte_count(sender) != len(kept):
        yield f"the recording counts {recording.byte_count(sender)} and has {len(kept)} of {who}"
    if len(you.heard) > len(kept):
        yield f"{len(you.heard)} of {who} bytes arrived and {len(kept)} were recorded"
    if not you.gone:
        if len(you.heard) < len(kept):
            yield f"{len(kept)} of {who} bytes were recorded and {len(you.heard)} arrived"
        if len(kept) < len(me.sent) - me.unsure:
            yield f"of {who} {len(me.sent)} bytes {len(kept)} were recorded"


def _beginning(what: str, part: bytes, whole: bytes) -> Iterable[str]:
    if not whole.startswith(part):
        pairs = enumerate(zip(part, whole, strict=False))
        place = next((n for n, (one, other) in pairs if one != other), len(whole))
        yield f"{what} differ from what was sent at byte {place}"


def _ends_of(sender: Side, me: Player, you: Player, recording: Recording) -> Iterable[str]:
    said = [ending.how for ending in recording.endings if ending.sender is sender]
    # Who is gone sees nothing more; and after both have said eof, nothing more can be seen.
    blind = you.gone or (me.gone and me.acts[:1] == you.acts[:1] == ["eof"])
    for what, ends in ("arrived", you.saw), ("were recorded", said):
        if ends != (me.acts[: len(ends)] if blind else me.acts):
            yield f"the {sender.value} ended by {_words(me.acts)}, and {_words(ends)} {what}"
    if len(said) < len(you.saw):
        yield f"{_words(you.saw)} of the {sender.value} arrived and {_words(said)} were recorded"


def _words(ends: Sequence[str]) -> str:
    return " and ".join(ends) or "nothing"


def turns_of(recording: Recording) -> Script:
    """What was recorded, as a script that says it again, each side in its turn."""
    happened = sorted(
        [(chunk.at, chunk.sender, Send(chunk.data)) for chunk in recording.chunks]
        + [(end.at, end.sender, _again(end.how)) for end in recording.endings],
        key=lambda turn: turn[0],
    )
    return in_turn(*((side, act) for _, side, act in happened))


def _again(how: str) -> Act:
    return Reset() if how == "reset" else HalfClose()


def in_pieces(script: Script, size: int) -> Script:
    """The same with writes of `size` bytes."""
    return Script(
        {
            side: [Send(step.data, size) if isinstance(step, Send) else step for step in steps]
            for side, steps in script.steps.items()
        },
        script.deaf,
    )
