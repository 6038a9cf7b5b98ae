"""ChatServer: the reference server of the chat protocol, with a page to chat from."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from wslab.errors import WslabError
from wslab.network.chat.protocol import LIMITS, Limits, Refusal, read
from wslab.network.chat.room import Member, Room, TokenBucket
from wslab.network.page import page_response
from wslab.network.paths import Handler, PathServer
from wslab.protocol.closing import CloseCode

_CLOSE_TIMEOUT_S: Final = 1.0  # seconds a client has to answer a Close frame
_MANY: Final = "too many messages were refused"


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ChatPage(PathServer):
    """The chat page at ``/``, with a chat handler of yours behind it: ``async def chat(ws)``.

    A browser may connect only from this server's own pages: the Origin of its request must
    name the host that it connects to. `origins` lists others to let in, such as
    ``"https://school.example"``; all the rest get 403. A program that sends no Origin may
    connect. (An attacker can point a host name of their own at this server, and a page from
    there passes this check; only a password or a list of host names keeps it out.)

    The server pings each client every `keepalive` seconds, and the client has as long to
    answer; with None it sends no pings. A message larger than `limits.message_bytes` closes
    the connection with 1009.
    """

    def __init__(
        self,
        handler: Handler | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        origins: Sequence[str] = (),
        keepalive: float | None = 20.0,
        limits: Limits = LIMITS,
        name: str = "chat",
        **options: Any,
    ) -> None:
        own: dict[str, Any] = {
            "max_size": limits.message_bytes,
            "ping_interval": keepalive,
            "ping_timeout": keepalive,
            "close_timeout": _CLOSE_TIMEOUT_S,
        }
        super().__init__(host, port, name=name, **{**own, **options})
        self.keepalive = keepalive
        self.limits = limits
        self._origins = tuple(origins)
        if handler is not None:
            self.register("/", handler)

    def _page(self, ws: ServerConnection, path: str) -> Response | None:
        if path not in self._paths:
            return None
        return page_response(ws, "wslab.network.chat", "chat.html")

    def _answer(self, ws: ServerConnection, request: Request) -> Response | None:
        if self._is_foreign(request):
            return ws.respond(
                403,
                "This page may not chat here: its Origin is not this server's own.\n"
                "Start the server with origins=[...] to let another site in.\n",
            )
        return super()._answer(ws, request)

    def _is_foreign(self, request: Request) -> bool:
        origins = request.headers.get_all("Origin")
        if not origins or "Upgrade" not in request.headers:
            return False  # not a browser, or a page opened by a link
        own = request.headers.get("Host", "").lower()
        origin = origins[0]
        if len(origins) > 1:
            return True
        if origin in self._origins:
            return False
        try:
            return urlsplit(origin).netloc.lower() != own
        except ValueError:  # not a URL, such as "http://["
            return True


class ChatServer(ChatPage):
    """A chat in rooms: each has its path ``/room/<name>``, and the first is at ``/`` as well.

    `wslab.network.chat.protocol` is the protocol; ``print(describe())`` shows it. `clock`
    gives the text of each `at`, `timer` the seconds for the rate limit. The other arguments
    are those of `ChatPage`. Rooms and their history last as long as the object, even if it
    is stopped and started again.

    Raises WslabError for a room whose name is not made of a-z, 0-9 and "-".
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        rooms: Sequence[str] = ("lobby",),
        clock: Callable[[], str] = _utc_now,
        timer: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        super().__init__(None, host, port, **options)
        self._clock = clock
        self._timer = timer
        self._is_stopping = False
        self.rooms: dict[str, Room] = {}
        for name in rooms:
            self.add_room(name)

    def add_room(self, name: str) -> None:
        """Open one more room, at ``/room/<name>``; nothing changes if it exists already."""
        if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
            raise WslabError(f"{name!r} cannot be a room; use 1 to 40 of a-z, 0-9 and '-'.")
        if name in self.rooms:
            return
        room = self.rooms[name] = Room(name, self.limits, self._clock)

        async def chat(ws: ServerConnection) -> None:
            await self._chat(room, ws)

        self.register(f"/room/{name}", chat)
        if len(self.rooms) == 1:
            self.register("/", chat)

    # From here on everything runs on the background loop.

    async def _open(self) -> None:
        self._is_stopping = False
        await super()._open()

    async def _close(self) -> None:
        self._is_stopping = True  # all leave at once: no member is left to be told
        await super()._close()
        for room in self.rooms.values():
            room.clear()

    async def _chat(self, room: Room, ws: ServerConnection) -> None:
        member = Member(ws, self.limits.queue)
        try:
            await self._listen(room, member)
        finally:
            if not self._is_stopping:
                room.leave(member, member.dropped or _why(ws))

    async def _listen(self, room: Room, member: Member) -> None:
        """Act on what a client sends, until it has left or its connection ends."""
        bucket = TokenBucket(self.limits.per_second, self.limits.burst, self._timer())
        strikes = 0
        while True:
            data = await member.ws.recv()
            if member.dropped:
                continue  # unread messages would delay the client's Close frame
            if not bucket.take(self._timer()):
                strikes += 1
                text = f"Send no more than {self.limits.per_second:g} messages a second."
                member.send(Refusal("too-fast", text).message)
                if strikes > self.limits.strikes:
                    member.drop("refused", CloseCode.POLICY_VIOLATION, _MANY)
                continue
            strikes = 0
            message = read(data)
            wrong = message if isinstance(message, Refusal) else _act(room, member, message)
            if wrong is not None:
                member.send(wrong.message)
            elif isinstance(message, dict) and message["type"] == "leave":
                return


def _act(room: Room, member: Member, message: dict[str, Any]) -> Refusal | None:
    """Do what a well-formed message of a client asks for."""
    does: dict[str, Callable[..., Refusal | None]]
    does = {"join": room.join, "say": room.say, "history": room.tell}
    fields = {name: value for name, value in message.items() if name != "type"}
    if message["type"] == "leave":
        return room.leave(member, "left")
    return does[message["type"]](member, **fields)


def _why(ws: ServerConnection) -> str:
    """Why a connection ended: a key of WHY."""
    received, sent = ws.protocol.close_rcvd, ws.protocol.close_sent
    if sent is not None and not ws.protocol.close_rcvd_then_sent:  # the server began
        return "lost" if sent.code == CloseCode.INTERNAL_ERROR else "refused"
    return "lost" if received is None else "closed"
