"""Room, Member and TokenBucket without a network: numbers, order, queues, limits."""

import asyncio
import itertools
import json
from typing import Any

import pytest
from websockets.protocol import State

from wslab.network.chat.protocol import CLOSE_REPLACED, Limits, Refusal, read
from wslab.network.chat.room import Member, Room, TokenBucket
from wslab.protocol.frames import Side

SMALL = Limits(history=5, queue=3, clients=3)


class Wire:
    """What a connection of the library is to a room: it takes messages, or is full."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None
        self.full = False
        self.drained = asyncio.Event()
        # What `broadcast` and Member look at:
        self.protocol = self.transport = self
        self.state = State.OPEN
        self.send_in_progress = None

    def send_text(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def send_data(self) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 10**6 if self.full else 0

    def is_closing(self) -> bool:
        return self.closed is not None

    async def send(self, text: str) -> None:
        if self.full:
            await self.drained.wait()
        self.sent.append(json.loads(text))

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def reads_again(self) -> None:
        self.full = False
        self.drained.set()

    @property
    def kinds(self) -> list[str]:
        return [f"{m['type']} {m.get('name', '')}".strip() for m in self.sent]


@pytest.fixture
def room() -> Room:
    ticks = itertools.count(1)
    return Room("lobby", SMALL, lambda: f"tick {next(ticks)}")


def member(queue: int = SMALL.queue) -> tuple[Member, Wire]:
    wire = Wire()
    return Member(wire, queue), wire  # type: ignore[arg-type]


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_everyone_hears_everything_with_the_servers_numbers_and_times(room: Room) -> None:
    (ann, ann_wire), (bob, bob_wire) = member(), member()
    assert room.join(ann, "ann") is None
    assert room.join(bob, "bob") is None
    assert room.say(ann, "hi", "t1") is None
    assert room.leave(bob, "left") is None
    assert ann_wire.sent == [
        {"type": "join", "id": 1, "at": "tick 1", "name": "ann"},
        {"type": "join", "id": 2, "at": "tick 2", "name": "bob"},
        {"type": "say", "id": 3, "at": "tick 3", "name": "ann", "text": "hi", "tag": "t1"},
        {"type": "leave", "id": 4, "at": "tick 4", "name": "bob", "why": "left"},
    ]
    assert bob_wire.sent == ann_wire.sent[1:]  # the leaver hears of its own leave
    assert room.names == ["ann"]
    for message in ann_wire.sent:
        assert read(json.dumps(message), Side.SERVER) == message  # as the table has it


async def test_who_may_join(room: Room) -> None:
    def code(wrong: Refusal | None) -> str:
        return wrong.code if wrong else ""

    people = [member()[0] for _ in range(4)]
    assert code(room.join(people[0], "Ann")) == ""
    assert code(room.join(people[0], "Ann")) == "already-joined"
    assert code(room.join(people[1], "aNN")) == "name-taken"
    assert code(room.join(people[1], "aNN", key="k")) == "name-taken"
    assert code(room.join(people[1], "bob")) == ""
    assert code(room.join(people[2], "cat")) == ""
    assert code(room.join(people[3], "dan")) == "room-full"
    for act in (room.say(people[3], "x"), room.tell(people[3], 0), room.leave(people[3], "left")):
        assert code(act) == "join-first"
    room.leave(people[0], "closed")
    assert code(room.say(people[0], "x")) == "join-first"
    assert code(room.join(people[3], "ANN")) == ""


async def test_the_same_key_takes_the_place(room: Room) -> None:
    (old, old_wire), (new, new_wire) = member(), member()
    room.join(old, "ann", key="secret")
    assert room.join(member()[0], "ann", key="another").code == "name-taken"  # type: ignore[union-attr]
    assert room.join(new, "ann", since=1, key="secret") is None
    await settle()
    assert old_wire.closed is not None and old_wire.closed[0] == CLOSE_REPLACED
    assert new_wire.kinds == ["history", "join ann"]
    assert [e["type"] for e in new_wire.sent[0]["events"]] == ["leave"]
    assert new_wire.sent[0]["events"][0]["why"] == "replaced"
    assert room.say(old, "a late word") is not None  # what the old one still sends is not said
    assert room.leave(old, "lost") is not None  # and its end is not the new one's
    assert room.names == ["ann"]


async def test_history_and_live_messages_together_are_everything_once(room: Room) -> None:
    ann, _ = member()
    room.join(ann, "ann")
    for number in range(2, 5):
        room.say(ann, f"number {number}")
    bob, wire = member()
    room.join(bob, "bob", since=2)
    room.say(ann, "live")
    history, *live = wire.sent
    numbers = [event["id"] for event in [*history["events"], *live]]
    assert numbers == [3, 4, 5, 6]
    assert history["complete"] is True
    assert history["names"] == ["ann"]
    assert read(json.dumps(history), Side.SERVER) == history


@pytest.mark.parametrize(
    ("since", "ids", "complete"),
    [
        (8, [], True),
        (7, [8], True),
        (3, [4, 5, 6, 7, 8], True),
        (2, [4, 5, 6, 7, 8], False),
        (0, [4, 5, 6, 7, 8], False),
        (9, [4, 5, 6, 7, 8], False),  # never given: another server's, before a new start
    ],
)
async def test_history_since(room: Room, since: int, ids: list[int], complete: bool) -> None:
    ann, wire = member()
    room.join(ann, "ann")
    for _ in range(7):
        room.say(ann, "x")
    room.tell(ann, since)
    assert [event["id"] for event in wire.sent[-1]["events"]] == ids
    assert wire.sent[-1]["complete"] is complete


async def test_a_slow_reader_gets_everything_in_order_if_it_is_not_too_slow(room: Room) -> None:
    (ann, _), (slow, wire) = member(), member()
    room.join(ann, "ann")
    room.join(slow, "slow")
    wire.full = True
    for number in range(SMALL.queue - 1):
        room.say(ann, f"{number}")
    await settle()
    assert wire.kinds == ["join slow"]
    wire.reads_again()
    room.say(ann, "after")  # may not overtake what waits
    await settle()
    assert [m["text"] for m in wire.sent[1:]] == ["0", "1", "after"]
    assert wire.closed is None


async def test_who_reads_too_slowly_is_dropped_and_the_others_hear_so(room: Room) -> None:
    (ann, ann_wire), (slow, wire), (other, other_wire) = member(), member(), member()
    for someone, name in ((ann, "ann"), (slow, "slow"), (other, "other")):
        room.join(someone, name)
    wire.full = other_wire.full = True
    for number in range(SMALL.queue + 1):
        room.say(ann, f"{number}")
    assert (slow.dropped, other.dropped) == ("slow", "slow")
    assert room.names == ["ann"]
    await settle()
    assert wire.closed is not None and wire.closed[0] == 1013
    assert ann_wire.kinds[-3:] == ["say ann", "leave slow", "leave other"]
    assert [m["why"] for m in ann_wire.sent[-2:]] == ["slow", "slow"]
    assert [m["id"] for m in ann_wire.sent] == list(range(1, len(ann_wire.sent) + 1))
    again, again_wire = member()
    room.join(again, "slow", since=3)  # and it has lost nothing
    assert [e.get("text", e["type"]) for e in again_wire.sent[0]["events"]][-2:] == ["leave"] * 2


async def test_one_who_asks_and_does_not_read_is_dropped_too(room: Room) -> None:
    slow, wire = member()
    room.join(slow, "slow")
    wire.full = True
    for _ in range(SMALL.queue + 1):
        room.tell(slow, 0)
    assert slow.dropped == "slow"


async def test_nothing_is_sent_to_a_connection_that_ends(room: Room) -> None:
    (ann, _), (bob, wire) = member(), member()
    room.join(ann, "ann")
    room.join(bob, "bob")
    wire.closed = (1006, "")
    before = len(wire.sent)
    room.say(ann, "x")
    room.tell(bob, 0)
    assert len(wire.sent) == before


async def test_clear_forgets_who_is_there_and_not_what_was_said(room: Room) -> None:
    ann, wire = member()
    room.join(ann, "ann")
    room.clear()
    assert room.names == []
    assert len(wire.sent) == 1
    assert len(room.history(0)["events"]) == 1


def test_the_rate_limit_lets_a_burst_through_and_then_its_rate() -> None:
    bucket = TokenBucket(per_second=2.0, burst=3, now=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert [bucket.take(101.0), bucket.take(101.4)] == [True, False]
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]  # no more than 3
