"""A loop stands still, a broadcast piles up, and neither leaves anything behind."""

import asyncio

import pytest
from websockets.asyncio.server import ServerConnection, broadcast

from wslab.network.paths import PathServer
from wslab_course.lessons.bad_network import frozen_member
from wslab_course.lessons.bad_network.frozen_member import NEWS, ROUNDS, with_one_frozen


class Room(PathServer):
    """Its members, in order of arrival."""

    def __init__(self) -> None:
        super().__init__(name="room")
        self.members: list[ServerConnection] = []
        self.register("/room", self.enter)

    async def enter(self, ws: ServerConnection) -> None:
        self.members.append(ws)
        await ws.send("welcome")
        await ws.wait_closed()
        self.members.remove(ws)

    def waiting(self) -> int:
        return self.members[0].transport.get_write_buffer_size()


async def test_a_loop_stands_still_at_the_frozen_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen_member, "STALL_TIMEOUT_S", 1.0)
    async with Room() as room:

        async def in_turn(news: bytes) -> None:
            for ws in list(room.members):
                await ws.send(news)

        told = await with_one_frozen(room, "/room", in_turn, room.waiting)
    assert not told.done
    assert told.heard == len(told.waiting) < ROUNDS
    assert max(told.waiting, default=0) <= 2 * len(NEWS)
    assert room.members == []


async def test_a_broadcast_waits_for_nobody_and_piles_up() -> None:
    async with Room() as room:

        async def all_at_once(news: bytes) -> None:
            broadcast(room.members, news)

        told = await with_one_frozen(room, "/room", all_at_once, room.waiting)
    assert told.done and told.heard == ROUNDS
    # What does not wait here is in the buffers of the system, and in the tap's.
    assert told.waiting[-1] > len(NEWS) * ROUNDS // 2


async def test_what_tell_raises_is_raised_and_both_members_are_gone() -> None:
    async with Room() as room:

        async def broken(news: bytes) -> None:
            raise ValueError("no news")

        with pytest.raises(ValueError, match="no news"):
            await with_one_frozen(room, "/room", broken, room.waiting)
        await asyncio.to_thread(room.events.wait_for, "close", 2)
