"""MembersServer: a server for members alone, with four doors for a page that cannot set headers.

A browser lets no page add a header to a handshake. What is left to show who you are:

    /cookie              the session cookie, which the browser adds by itself
    /ticket?ticket=…     a ticket in the query
    /message             a ticket as the first message
    /subprotocol         a ticket among the offered subprotocols: ["notes", "ticket.…"]

Behind each door is the same: the member's note, then a new note for every message. Who
shows nothing that is known gets 1008.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from wslab.network.paths import PathServer, path_of
from wslab.protocol.closing import CloseCode

SUBPROTOCOL: Final = "notes"
COOKIE: Final = "session"


class MembersServer(PathServer):
    """`members` maps a name to a private note.

    ``GET /login?name=ann`` logs in whoever asks (this is not a lesson about passwords) and sets the
    session cookie with the attributes `cookie`; ``GET /new-ticket`` gives whoever has that
    cookie a ticket. From Python: `log_in` and `new_ticket`.

    A ticket opens one door once, within `ticket_seconds` by `clock`, which returns seconds.
    `draw` returns a new secret each time. `headers` are added to every answer. With `origins`
    all other pages get 403; further arguments are those of `PathServer`.

    `access_log` has a line for each request, as most servers write it, query included.
    """

    def __init__(
        self,
        members: Mapping[str, str],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        headers: Iterable[tuple[str, str]] = (),
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], str] = secrets.token_urlsafe,
        ticket_seconds: float = 30.0,
        cookie: str = "HttpOnly; SameSite=Lax",
        patience: float = 2.0,
        name: str = "members",
        **options: Any,
    ) -> None:
        super().__init__(host, port, name=name, subprotocols=[SUBPROTOCOL], **options)
        self.notes = dict(members)
        self.access_log: list[str] = []
        self._headers = list(headers)
        self._clock = clock
        self._draw = draw
        self._ticket_seconds = ticket_seconds
        self._cookie = cookie
        self._patience = patience  # seconds in which a first message has to come
        self._sessions: dict[str, str] = {}  # session -> member
        self._tickets: dict[str, tuple[str, float]] = {}  # ticket -> member, end of its life
        self.register("/cookie", self._by_cookie)
        self.register("/ticket", self._by_query)
        self.register("/message", self._by_message)
        self.register("/subprotocol", self._by_subprotocol)

    def log_in(self, name: str) -> str:
        """A new session of this member, as a browser sends it back: ``session=…``."""
        session = self._draw()
        self._sessions[session] = name
        return f"{COOKIE}={session}"

    def new_ticket(self, name: str) -> str:
        """A ticket for this member; it is good once, and not for long."""
        ticket = self._draw()
        self._tickets[ticket] = (name, self._clock() + self._ticket_seconds)
        return ticket

    # From here on everything runs on the background loop.

    def _redeem(self, ticket: str) -> str | None:
        """Whose ticket it is; whatever it was, it is worth nothing afterwards."""
        name, ends = self._tickets.pop(ticket, ("", 0.0))
        return name if name and self._clock() < ends else None

    async def _by_cookie(self, ws: ServerConnection) -> None:
        assert ws.request is not None
        await self._serve_member(ws, self._logged_in(ws.request))

    async def _by_query(self, ws: ServerConnection) -> None:
        assert ws.request is not None
        await self._serve_member(ws, self._redeem(_query(ws.request, "ticket")))

    async def _by_message(self, ws: ServerConnection) -> None:
        try:
            async with asyncio.timeout(self._patience):
                first = await ws.recv()
        except TimeoutError:
            first = ""
        await self._serve_member(ws, self._redeem(first) if isinstance(first, str) else None)

    async def _by_subprotocol(self, ws: ServerConnection) -> None:
        assert ws.request is not None
        offered = ",".join(ws.request.headers.get_all("Sec-WebSocket-Protocol")).split(",")
        tickets = [word.strip()[7:] for word in offered if word.strip().startswith("ticket.")]
        await self._serve_member(ws, self._redeem(tickets[0]) if tickets else None)

    async def _serve_member(self, ws: ServerConnection, name: str | None) -> None:
        if name is None:
            await ws.close(CloseCode.POLICY_VIOLATION, "who are you?")
            return
        await ws.send(self.notes.get(name, ""))
        while True:
            message = await ws.recv()
            self.notes[name] = message if isinstance(message, str) else message.hex()
            await ws.send("kept")

    def _logged_in(self, request: Request) -> str | None:
        pairs = "; ".join(request.headers.get_all("Cookie")).split(";")
        cookies = {name.strip(): value for name, _, value in (p.partition("=") for p in pairs)}
        return self._sessions.get(cookies.get(COOKIE, "").strip())

    def _answer(self, ws: ServerConnection, request: Request) -> Response | None:
        path = path_of(request)
        if path in ("/login", "/new-ticket") and self._is_foreign(request):
            return ws.respond(403, "This page may not ask here: its Origin is not allowed.\n")
        if path == "/login":
            response = ws.respond(200, "You are logged in.\n")
            cookie = self.log_in(_query(request, "name"))
            response.headers["Set-Cookie"] = f"{cookie}; Path=/; {self._cookie}"
            return response
        if path == "/new-ticket":
            name = self._logged_in(request)
            if name is None:
                return ws.respond(401, "Log in first: /login?name=…\n")
            return ws.respond(200, self.new_ticket(name))
        return super()._answer(ws, request)

    def _is_foreign(self, request: Request) -> bool:
        """What the library asks of a handshake; but a link has no Origin, and may lead here."""
        allowed = self._options["origins"]
        return allowed is not None and any(
            origin not in allowed for origin in request.headers.get_all("Origin")
        )

    def _note_answer(self, ws: ServerConnection, request: Request, response: Response) -> None:
        super()._note_answer(ws, request, response)
        self.access_log.append(f'"GET {request.path}" {response.status_code}')
        for name, value in self._headers:
            response.headers[name] = value


def _query(request: Request, name: str) -> str:
    """A parameter of the request's target; "" if it is not there."""
    return parse_qs(request.path.partition("?")[2]).get(name, [""])[0]
