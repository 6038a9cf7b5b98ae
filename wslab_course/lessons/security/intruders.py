"""Eight attacks on a WebSocket server, and three honest clients that it must still serve.

Each visitor is a coroutine that connects to a `VisitedServer` over real sockets and returns what
happened as a text: an attack should return `KEPT_OUT`, an honest client `SERVED`.

The site under attack answers a message of ann, "hi", with "ann: hi". Its rules are the
constants below.

Rules of this file:

* Every visit ends within `VISIT_TIMEOUT_S` seconds and leaves no connection behind.
* A server that does not answer at all has not kept out a visitor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import Server
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from wslab.network.client import connect

MAX_MESSAGE_BYTES: Final = 1000  # bytes that a message may have
HANDSHAKE_TIMEOUT_S: Final = 0.5  # seconds that a handshake may take
MAX_CONNECTIONS: Final = 3  # connections that a member may have at a time

VISIT_TIMEOUT_S: Final = 5.0  # seconds
ANSWER_TIMEOUT_S: Final = 3.0  # seconds for an answer
END_TIMEOUT_S: Final = 1.0  # seconds for the end of a connection that has to end
CLUB_ORIGIN: Final = "https://club.example"
SESSIONS: Final = {"a7": "ann", "b2": "bob"}  # session -> member

KEPT_OUT: Final = "kept out"
SERVED: Final = "served"


@dataclass(frozen=True, slots=True)
class VisitedServer:
    """The server's address, its own origin, and the sessions of its members."""

    url: str
    origin: str = CLUB_ORIGIN

    def session_of(self, member: str) -> str:
        """A session of this member."""
        return next(session for session, name in SESSIONS.items() if name == member)

    def come(self, origin: str | None, session: str | None, **options: Any) -> Any:
        """Connect as a browser would: its page's origin, and the cookie that it has for us."""
        headers = {} if session is None else {"Cookie": f"session={session}"}
        if origin is not None:
            headers["Origin"] = origin
        return connect(
            self.url,
            additional_headers=headers,
            open_timeout=ANSWER_TIMEOUT_S,
            close_timeout=0.2,
            **options,
        )


Visit = Callable[[VisitedServer], Awaitable[str]]


# --- attacks --------------------------------------------------------------------


async def foreign_page(site: VisitedServer) -> str:
    """A page of evil.example, open in ann's browser, which adds her cookie."""
    return await _says_hi(site, "https://evil.example", site.session_of("ann"))


async def lookalike(site: VisitedServer) -> str:
    """The same from an origin that begins like the site's own."""
    return await _says_hi(site, f"{site.origin}.evil.example", site.session_of("ann"))


async def nobody(site: VisitedServer) -> str:
    """The site's own page, in a browser that has not logged in."""
    return await _says_hi(site, site.origin, None)


async def made_up_session(site: VisitedServer) -> str:
    """A session that the server never gave out."""
    return await _says_hi(site, site.origin, "0000")


async def huge_message(site: VisitedServer) -> str:
    """A member who sends one message of a mebibyte."""
    async with site.come(site.origin, site.session_of("ann")) as ws:
        return await _answer_to(ws, "x" * 2**20)


async def endless_fragments(site: VisitedServer) -> str:
    """A member who sends a message in fragments, 100 bytes each, and never the last one."""
    enough = asyncio.Event()

    async def fragments() -> AsyncIterator[str]:
        for _ in range(3 * MAX_MESSAGE_BYTES // 100):
            yield "x" * 100
        await enough.wait()  # the last fragment, which never comes

    async with site.come(site.origin, site.session_of("ann")) as ws:
        sending = asyncio.ensure_future(ws.send(fragments()))
        try:
            async with asyncio.timeout(END_TIMEOUT_S):
                await ws.wait_closed()
            return KEPT_OUT
        except TimeoutError:
            return f"still connected after {3 * MAX_MESSAGE_BYTES:,} bytes"
        finally:
            ws.transport.abort()
            sending.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await sending


async def half_a_request(site: VisitedServer) -> str:
    """A client that sends half a handshake, and then nothing."""
    place = urlsplit(site.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: club.example\r\nUpgr")
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_S + END_TIMEOUT_S):
            while await reader.read(4096):
                pass
        return KEPT_OUT
    except ConnectionError:
        return KEPT_OUT
    except TimeoutError:
        return f"still connected after {HANDSHAKE_TIMEOUT_S + END_TIMEOUT_S:g} seconds"
    finally:
        writer.transport.abort()


async def one_too_many(site: VisitedServer) -> str:
    """A member who opens one connection more than allowed."""
    async with AsyncExitStack() as stack:
        for number in range(1, MAX_CONNECTIONS + 1):
            said = await _opens(stack, site, "ann")
            if said != SERVED:
                return f"connection {number} of {MAX_CONNECTIONS}, which is allowed, was {said}"
        said = await _opens(stack, site, "ann")
        return said if said != SERVED else f"connection {MAX_CONNECTIONS + 1} was served as well"


# --- honest clients -------------------------------------------------------------


async def own_page(site: VisitedServer) -> str:
    """bob on the site's own page, with the longest message that is allowed."""
    text = "y" * MAX_MESSAGE_BYTES
    async with site.come(site.origin, site.session_of("bob")) as ws:
        return await _is_answered(ws, text, f"bob: {text}")


async def program(site: VisitedServer) -> str:
    """A program of bob, which sends no Origin; its message is in fragments."""
    async with site.come(None, site.session_of("bob")) as ws:
        return await _is_answered(ws, ["h", "", "i"], "bob: hi")


async def comes_back(site: VisitedServer) -> str:
    """ann, with all her connections, three times in a row; bob is connected all the time."""
    async with AsyncExitStack() as stays:
        if (said := await _opens(stays, site, "bob")) != SERVED:
            return f"bob, {said}"
        for time in ("first", "second", "third"):
            async with AsyncExitStack() as stack:
                for number in range(1, MAX_CONNECTIONS + 1):
                    if (said := await _opens_in_the_end(stack, site, "ann")) != SERVED:
                        return f"connection {number} of {MAX_CONNECTIONS}, the {time} time: {said}"
    return SERVED


ATTACKS: Final[dict[str, Visit]] = {
    "a foreign page with ann's cookie": foreign_page,
    "a page whose origin begins like yours": lookalike,
    "somebody without a session": nobody,
    "a made-up session": made_up_session,
    "one message of a mebibyte": huge_message,
    "fragments without end": endless_fragments,
    "half a request, then silence": half_a_request,
    "one connection too many": one_too_many,
}
HONEST: Final[dict[str, Visit]] = {
    "bob on your own page": own_page,
    "a program of bob's": program,
    "ann, who comes back": comes_back,
}
VISITS: Final[dict[str, Visit]] = ATTACKS | HONEST

Start = Callable[[dict[str, str], str], Awaitable[Server]]


async def visit(start: Start, who: str) -> str:
    """Start a server, let one of `VISITS` connect, stop it; return the visitor's result.

    ``await start(sessions, origin)`` returns the server, as ``websockets`` makes it. What it
    raises is raised here; if it returns something else, the result says so.
    """
    until = asyncio.get_running_loop().time() + VISIT_TIMEOUT_S
    with _no_log():
        try:
            async with asyncio.timeout_at(until) as limit:
                server = await start(dict(SESSIONS), CLUB_ORIGIN)
        except TimeoutError:
            if not limit.expired():
                raise
            return f"no server: yours did not start within {VISIT_TIMEOUT_S:g} s"
        if not isinstance(server, Server):
            return f"no server: you returned {type(server).__name__}, not a server"
        try:
            host, port = server.sockets[0].getsockname()[:2]
            async with asyncio.timeout_at(until):
                return await VISITS[who](VisitedServer(f"ws://{host}:{port}/"))
        except InvalidStatus as refusal:
            return _unless(who, f"refused with {refusal.response.status_code}")
        except (ConnectionClosed, InvalidHandshake, OSError) as error:
            if isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError):
                return "no answer in time"
            return _unless(who, f"refused: {_brief(error)}")
        finally:
            await _stop(server)


async def visit_all(start: Start) -> dict[str, str]:
    """The result of each of `VISITS`, each at a new server."""
    return {who: await visit(start, who) for who in VISITS}


# --- what they share ------------------------------------------------------------


def _unless(who: str, said: str) -> str:
    """A refused handshake is the correct result for an attack."""
    return KEPT_OUT if who in ATTACKS else said


def _brief(error: Exception) -> str:
    if isinstance(error, ConnectionClosed):
        return f"closed with {error.rcvd.code if error.rcvd else 1006}"
    return type(error).__name__


async def _says_hi(site: VisitedServer, origin: str | None, session: str | None) -> str:
    async with site.come(origin, session) as ws:
        return await _answer_to(ws, "hi")


async def _answer_to(ws: ClientConnection, message: Any) -> str:
    """KEPT_OUT when the server closed instead of answering; else its answer."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await ws.send(message)
            answer = await ws.recv()
    except ConnectionClosed:
        return KEPT_OUT
    except TimeoutError:
        return "no answer, and the connection stays open"
    if len(answer) > 40:
        return f"came in, and received {len(answer):,} characters"
    return f"came in, and received {answer!r}"


async def _is_answered(ws: ClientConnection, message: Any, wanted: str) -> str:
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        await ws.send(message)
        answer = await ws.recv()
    if answer == wanted:
        return SERVED
    return f"received {answer[:40]!r} instead of {wanted[:40]!r}"


async def _opens(stack: AsyncExitStack, site: VisitedServer, member: str) -> str:
    """One more connection, which stays open until the stack ends."""
    try:
        ws = await stack.enter_async_context(site.come(site.origin, site.session_of(member)))
        return await _is_answered(ws, "hi", f"{member}: hi")
    except (ConnectionClosed, InvalidStatus):
        return KEPT_OUT
    except TimeoutError:
        return "no answer, and the connection stays open"


async def _opens_in_the_end(stack: AsyncExitStack, site: VisitedServer, member: str) -> str:
    """The same, with retries: a server may notice late that another client left."""
    deadline = asyncio.get_running_loop().time() + END_TIMEOUT_S
    while (said := await _opens(stack, site, member)) == KEPT_OUT:
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.05)
    return said


@contextmanager
def _no_log() -> Iterator[None]:
    """Keep the log of a server under attack out of the notebook's cells."""
    logger = logging.getLogger("websockets.server")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


async def _stop(server: Server) -> None:
    """Stop the server, also when its handlers do not end."""
    server.close()
    for connection in server.connections:
        connection.transport.abort()
    with suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await server.wait_closed()
