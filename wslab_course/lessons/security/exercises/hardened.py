"""Exercise hardened of notebook 09, security."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import serve

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.security import intruders


async def _visited(hardened: Callable[..., Any], who: str) -> str:
    """The result of one visitor at a server that `hardened` started, over real sockets."""
    return await intruders.visit(hardened, who)


_ADVICE = {
    "a foreign page with ann's cookie": "serve(…, origins=[…]) lists the origins that may "
    "connect; all others get 403.",
    "a page whose origin begins like yours": "Compare whole origins.",
    "somebody without a session": "Without a session there is no member: close with 1008, and "
    "return.",
    "a made-up session": "A client can send any cookie. Test whether this session is in "
    "`sessions`.",
    "one message of a mebibyte": f"serve(…, max_size={intruders.MAX_MESSAGE_BYTES}) answers 1009.",
    "fragments without end": "Your handler never gets a message that does not end. max_size "
    "counts the bytes that have come so far.",
    "half a request, then silence": "serve(…, open_timeout=…) ends a handshake that stops. Its "
    "default is ten seconds.",
    "one connection too many": "Count each member's connections in a dict outside the handler.",
    "bob on your own page": "This client is honest: it has your own origin, a session, and sends "
    "1,000 bytes.",
    "a program of bob's": "It has a session, but sends no Origin: put None into origins as well.",
    "ann, who comes back": "She left, so her places must be free again, however her connections "
    "ended: try: … finally: …",
}


def _due(who: str) -> str:
    return intruders.KEPT_OUT if who in intruders.ATTACKS else intruders.SERVED


def _advice(got: str, who: str) -> str | None:
    if got.startswith("no server"):
        return "Return the server, which serve returns: return await serve(…)."
    if "the first time" in got:
        return "This is her first visit: bob's connections must not use her places."
    return None if got == _due(who) else _ADVICE[who]


@exercise(
    run=_visited,
    judge=_advice,
    cases=[
        Case(
            who,
            expected=_due(who),
            label=f"{'attack' if who in intruders.ATTACKS else 'honest client'}: {who}",
        )
        for who in intruders.VISITS
    ],
    seconds=20.0,
    hints=[
        "Three of the rules are arguments of serve: origins, max_size and open_timeout. The "
        "other two are a few lines at the beginning of talk.",
        "If member is None, the session is unknown: `return await ws.close(1008)`. Count the "
        "places in a dict outside talk: add 1 at the beginning, subtract 1 in a finally.",
        'serve(talk, "127.0.0.1", 0, origins=[origin, None], max_size=1000, open_timeout=0.4), '
        "and in talk: if member is None or inside[member] == 3, close.",
    ],
    why=(
        "The library refuses wrong origins, sizes and slow handshakes before your code runs. "
        "Only your code knows which member a client is and how many connections it has. The "
        "finally frees the place, however the connection ends."
    ),
)
async def hardened(sessions: dict, origin: str):
    """Start the server so that no attack succeeds; return it."""
    inside = dict.fromkeys(sessions.values(), 0)

    async def talk(ws):
        session = ws.request.headers.get("Cookie", "").removeprefix("session=")
        member = sessions.get(session)
        if member is None or inside[member] == 3:
            return await ws.close(1008, "not now")
        inside[member] += 1
        try:
            async for message in ws:
                await ws.send(f"{member}: {message}")
        finally:
            inside[member] -= 1

    limits = {"max_size": 1000, "open_timeout": 0.4}
    return await serve(talk, "127.0.0.1", 0, origins=[origin, None], **limits)


async def _server(
    sessions: dict,
    origins: Any,
    *,
    member_of: Callable[[dict, str], str | None] = lambda sessions, it: sessions.get(it),
    most: float = 3,
    frees: bool = True,
    by_member: bool = True,
    longest: float = float("inf"),
    **limits: Any,
) -> Any:
    """The reference with one thing done differently."""
    inside: Counter[str] = Counter()

    async def talk(ws: Any) -> None:
        session = ws.request.headers.get("Cookie", "").removeprefix("session=")
        member = member_of(sessions, session)
        place = str(member) if by_member else "all"
        if member is None or inside[place] == most:
            return await ws.close(1008)
        inside[place] += 1
        try:
            async for message in ws:
                if len(message) > longest:
                    return await ws.close(1009)
                await ws.send(f"{member}: {message}")
        finally:
            inside[place] -= 1 if frees else 0

    limits = {"max_size": 1000, "open_timeout": 0.4} | limits
    return await serve(talk, "127.0.0.1", 0, origins=origins, **limits)


def _or_guest(sessions: dict, session: str) -> str | None:
    return sessions.get(session, "a guest")


@hardened.wrong("This is still the unprotected server; begin with origins=[origin, None].")
async def as_it_was(sessions, origin):
    limits = {"max_size": None, "open_timeout": 10}
    return await _server(sessions, None, member_of=_or_guest, most=-1, **limits)


@hardened.wrong(
    "You keep all the rules but one: your server does not check Origin. Pass origins to serve."
)
async def any_origin(sessions, origin):
    return await _server(sessions, None)


@hardened.wrong("Your pattern also matches longer origins; list the origin itself.")
async def pattern_of_origin(sessions, origin):
    return await _server(sessions, [re.compile(re.escape(origin) + ".*"), None])


@hardened.wrong("origins=[origin] refuses programs, which send no Origin: add None to the list.")
async def pages_alone(sessions, origin):
    return await _server(sessions, [origin])


@hardened.wrong("You accept clients without a known session as guests; refuse them.")
async def guests(sessions, origin):
    return await _server(sessions, [origin, None], member_of=_or_guest)


@hardened.wrong("You only test that there is a session; test that it is in `sessions`.")
async def any_session(sessions, origin):
    def member_of(sessions: dict, session: str) -> str | None:
        return sessions.get(session, "a guest") if session else None

    return await _server(sessions, [origin, None], member_of=member_of)


@hardened.wrong("The size of a message has no limit: pass max_size to serve.")
async def any_size(sessions, origin):
    return await _server(sessions, [origin, None], max_size=None)


@hardened.wrong(
    "len(message) comes too late: your handler never gets a message that does not end, and it "
    "grows in memory."
)
async def size_in_the_handler(sessions, origin):
    return await _server(sessions, [origin, None], max_size=None, longest=1000)


@hardened.wrong("You allow 999 bytes, but a message of 1,000 bytes is allowed and must pass.")
async def one_byte_less(sessions, origin):
    return await _server(sessions, [origin, None], max_size=999)


@hardened.wrong("open_timeout is still the library's own, ten seconds; pass a shorter one.")
async def patient(sessions, origin):
    return await _server(sessions, [origin, None], open_timeout=10)


@hardened.wrong("You do not count a member's connections.")
async def as_many_as_they_like(sessions, origin):
    return await _server(sessions, [origin, None], most=-1)


@hardened.wrong("You count up and never down: after three visits ann is refused for ever.")
async def never_freed(sessions, origin):
    return await _server(sessions, [origin, None], frees=False)


@hardened.wrong("You count all members together, so ann's connections take bob's places.")
async def counted_together(sessions, origin):
    return await _server(sessions, [origin, None], by_member=False)
