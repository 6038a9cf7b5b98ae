"""Room and Member: who takes part, what was said, and what waits for each client.

Rules of this file:

* Everything runs on one event loop, and no method of `Room` awaits. So an event gets its
  number, enters the history and goes to every member in one step. A member who joins
  between two events finds the first in the history and receives the second: no event is
  lost, and none arrives twice.
* A slow client delays no other. Its messages wait in a queue of its own, and when that is
  full the server drops it with 1013. It can join again with `since` and get what it missed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from wslab.network.chat.protocol import CLOSE_REPLACED, Limits, Refusal, encode, same_name
from wslab.protocol.closing import CloseCode

_MAX_QUEUED_BYTES: Final = 32 * 1024  # of a connection's buffer, where the library waits as well


SLOW: Final = "you read too slowly; join again with since"
_JOIN_FIRST: Final = "You have not joined; send join with a name first."


class Member:
    """One connection to a room, with the queue of messages to send to it."""

    def __init__(self, ws: ServerConnection, queue: int) -> None:
        self.ws = ws
        self.name = ""  # none yet
        self.key = ""
        self.dropped = ""  # why, once it is
        self._queue = queue
        self._waiting: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def gone(self) -> bool:
        """Whether nothing can be sent any more, even if its handler does not know yet."""
        return bool(self.dropped) or self.ws.transport.is_closing()

    @property
    def keeps_up(self) -> bool:
        """Whether nothing waits for it, so that a message can go straight to its connection."""
        return not self._waiting and self.ws.transport.get_write_buffer_size() < _MAX_QUEUED_BYTES

    def send(self, message: dict[str, Any]) -> None:
        """Send now, or as soon as the client reads; drop the client if too much waits."""
        if not self.put(encode(message)):
            self.drop("slow", CloseCode.TRY_AGAIN_LATER, SLOW)

    def put(self, text: str) -> bool:
        """Send or queue; False when the queue is full."""
        if self.gone:
            return True
        if self.keeps_up:
            broadcast((self.ws,), text)
            return True
        if len(self._waiting) >= self._queue:
            return False
        self._waiting.append(text)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send_waiting())
        return True

    def drop(self, why: str, code: int, reason: str) -> None:
        """Close the connection without waiting for it or for what is queued.

        `why` is a key of WHY; `code` and `reason` go into the Close frame.
        """
        if self.dropped:
            return
        self.dropped = why
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self.ws.close(code, reason))

    async def _send_waiting(self) -> None:
        with suppress(ConnectionClosed):
            while self._waiting:
                await self.ws.send(self._waiting[0])  # waits until the buffer has room
                self._waiting.popleft()


class Room:
    """Everyone on one path. Event ids count from 1 for as long as the room exists."""

    def __init__(self, name: str, limits: Limits, clock: Callable[[], str]) -> None:
        self.name = name
        self._limits = limits
        self._clock = clock
        self._last_id = 0
        self._history: deque[dict[str, Any]] = deque(maxlen=limits.history)
        self._members: dict[str, Member] = {}  # by same_name(name)

    @property
    def names(self) -> list[str]:
        """Who takes part, in order of arrival."""
        return [member.name for member in self._members.values()]

    def has(self, member: Member) -> bool:
        """Whether this connection takes part, not only one with the same name."""
        return bool(member.name) and self._members.get(same_name(member.name)) is member

    def clear(self) -> None:
        """Remove every member without telling anyone; the history stays."""
        self._members.clear()

    def join(
        self, member: Member, name: str, since: int | None = None, key: str = ""
    ) -> Refusal | None:
        """Let a member take part, and tell everyone; or return why not."""
        if member.name:
            return Refusal("already-joined", f"You are here as {member.name}; leave first.")
        same = same_name(name)
        if there := self._members.get(same):
            if not key or not compare_digest(key.encode(), there.key.encode()):
                return Refusal("name-taken", f"{there.name} is here already; choose another name.")
            self.leave(there, "replaced")
            there.drop("replaced", CLOSE_REPLACED, "you joined from another connection")
        if len(self._members) >= self._limits.clients:
            return Refusal(
                "room-full", f"{len(self._members):,} members are here; try again later."
            )
        if since is not None:
            member.send(self.history(since))
        member.name, member.key = name, key
        self._members[same] = member
        self._publish("join", name, {})
        return None

    def say(self, member: Member, text: str, tag: str | None = None) -> Refusal | None:
        """Send a member's text to everyone; or return why not."""
        if not self.has(member):
            return Refusal("join-first", _JOIN_FIRST)
        more = {"text": text} if tag is None else {"text": text, "tag": tag}
        self._publish("say", member.name, more)
        return None

    def leave(self, member: Member, why: str) -> Refusal | None:
        """Tell the members who stay, and the leaving one while its connection is open."""
        if not self.has(member):
            return Refusal("join-first", _JOIN_FIRST)
        self._publish("leave", member.name, {"why": why}, leaving=member)
        return None

    def tell(self, member: Member, since: int) -> Refusal | None:
        """Answer a member's `history`."""
        if not self.has(member):
            return Refusal("join-first", _JOIN_FIRST)
        member.send(self.history(since))
        return None

    def history(self, since: int) -> dict[str, Any]:
        """The `history` message: the events after `since` that are kept.

        If `since` is an id that was never given, perhaps because the server has restarted,
        it holds every event that is kept.
        """
        given = since <= self._last_id
        kept = [event for event in self._history if event["id"] > since or not given]
        return {
            "type": "history",
            "since": since,
            "events": kept,
            "complete": given and len(kept) == self._last_id - since,
            "names": self.names,
        }

    def _publish(
        self, kind: str, name: str, more: dict[str, str], leaving: Member | None = None
    ) -> None:
        """Number, keep and send an event; then a `leave` for each member too slow for it."""
        coming = deque([(kind, name, more, leaving)])
        while coming:
            kind, name, more, leaving = coming.popleft()
            self._last_id += 1
            event = {"type": kind, "id": self._last_id, "at": self._clock(), "name": name, **more}
            self._history.append(event)
            for slow in self._fan_out(encode(event)):
                if slow is not leaving:
                    coming.append(("leave", slow.name, {"why": "slow"}, slow))
                slow.drop("slow", CloseCode.TRY_AGAIN_LATER, SLOW)
            if leaving is not None:
                self._members.pop(same_name(leaving.name), None)

    def _fan_out(self, text: str) -> list[Member]:
        """Send to every member; return those whose queue is full."""
        free, slow = [], []
        for member in self._members.values():
            if member.gone:
                continue
            if member.keeps_up:
                free.append(member.ws)
            elif not member.put(text):
                slow.append(member)
        broadcast(free, text)
        return slow


class TokenBucket:
    """A rate limit: `burst` at once, then `per_second` on average. Times are in seconds."""

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._then = now

    def take(self, now: float) -> bool:
        """Whether one more is within the limit at `now`."""
        self._tokens = min(self._tokens + (now - self._then) * self._per_second, self._burst)
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
