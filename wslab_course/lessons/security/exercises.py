"""Exercises and quiz of notebook 09: TLS, Origin, tickets, limits, and what stands between."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from websockets.asyncio.server import serve

from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.lessons.security import intruders

# --- Exercise: origin_allowed ---------------------------------------------------

_OWN = "https://club.example"


@exercise(
    cases=[
        Case(_OWN, [_OWN], expected=True),
        Case("https://evil.example", [_OWN], expected=False),
        Case(
            "https://evil-club.example",
            ["https://club.example"],
            expected=False,
            nudge="Another host, which anybody can register; only its end is like yours.",
        ),
        Case(
            "https://club.example.evil.example",
            [_OWN],
            expected=False,
            nudge="The host is evil's; it only begins like yours.",
        ),
        Case(
            "https://evil.club.example",
            [_OWN],
            expected=False,
            nudge="A sub-domain is another host, and may belong to somebody else.",
        ),
        Case(
            "https://evil.example:8443/https://club.example",
            [_OWN],
            expected=False,
            nudge="Your origin stands somewhere in it. That does not make it yours.",
        ),
        Case(
            "http://club.example",
            [_OWN],
            expected=False,
            nudge="Without TLS anybody on the way can be that page: the scheme counts.",
        ),  # fmt: skip
        Case(
            "https://club.example:8443",
            [_OWN],
            expected=False,
            nudge="Another port is another server: the port counts.",
        ),
        Case("https://shop.example", [_OWN, "https://shop.example"], expected=True),
        Case(None, [_OWN], expected=False, nudge="No Origin, and None is not in the list."),
        Case(None, [_OWN, None], expected=True, nudge="None is in the list: programs may come."),
        Case(
            "null",
            [_OWN, None],
            expected=False,
            nudge="“null” is what a page without an origin of its own sends: a text, and a page.",
        ),
    ],
    hints=[
        "How much of an origin may differ? Nothing: it is the same, or it is another one.",
        "Neither parse it nor search in it. Which operator asks whether a list holds a value?",
        "None is a value that a list can hold as well. So one line does for all cases.",
    ],
    why=(
        "An origin is scheme, host and port, and a browser writes it in one way only. So whole "
        "texts are compared, and every clever comparison lets somebody in."
    ),
)
def origin_allowed(origin: str | None, allowed: list) -> bool:
    """Tell whether a handshake with this Origin may go on."""
    return origin in allowed


def _some(test: Callable[[str, str], bool]) -> Callable[[Any, list], bool]:
    """origin_allowed with another comparison of two origins."""

    def origin_allowed(origin: Any, allowed: list) -> bool:
        if origin is None:
            return None in allowed
        return any(test(origin, own) for own in allowed if own is not None)

    return origin_allowed


@origin_allowed.wrong(
    "endswith on the host lets evil-club.example in: anybody can register that name."
)
def ends_like_it(origin, allowed):
    return _some(
        lambda it, own: it.startswith("https:") and it.endswith(own.removeprefix("https://"))
    )(origin, allowed)


@origin_allowed.wrong("startswith lets club.example.evil.example in: its owner is evil.example.")
def begins_like_it(origin, allowed):
    return _some(lambda it, own: it.startswith(own))(origin, allowed)


@origin_allowed.wrong("A search finds your origin inside a longer one. Compare the whole text.")
def contains_it(origin, allowed):
    return _some(lambda it, own: own in it)(origin, allowed)


@origin_allowed.wrong("You compare hosts alone: scheme and port are part of an origin.")
def host_alone(origin, allowed):
    return _some(lambda it, own: urlsplit(it).hostname == urlsplit(own).hostname)(origin, allowed)


@origin_allowed.wrong("The port is missing in your comparison: 8443 is another server.")
def without_the_port(origin, allowed):
    def test(it: str, own: str) -> bool:
        one, other = urlsplit(it), urlsplit(own)
        return (one.scheme, one.hostname) == (other.scheme, other.hostname)

    return _some(test)(origin, allowed)


@origin_allowed.wrong("The scheme is missing in your comparison: http can be forged on the way.")
def without_the_scheme(origin, allowed):
    return _some(lambda it, own: it.partition("://")[2] == own.partition("://")[2])(origin, allowed)


@origin_allowed.wrong("A sub-domain is another origin, and not always in the same hands.")
def with_sub_domains(origin, allowed):
    def test(it: str, own: str) -> bool:
        scheme, _, host = own.partition("://")
        return it == own or it.startswith(f"{scheme}://") and it.endswith("." + host)

    return _some(test)(origin, allowed)


@origin_allowed.wrong("You let everybody in who sends no Origin; do so only if None is listed.")
def missing_is_fine(origin, allowed):
    return origin is None or origin in allowed


@origin_allowed.wrong("You refuse who sends no Origin in any case; None may be in the list.")
def missing_is_never_fine(origin, allowed):
    return origin is not None and origin in allowed


@origin_allowed.wrong("“null” is no missing header: a page in a sandbox sends it, any page's.")
def null_is_missing(origin, allowed):
    return (None if origin == "null" else origin) in allowed


# --- Exercise: redact -----------------------------------------------------------


def _some_target(rng: Any) -> Case:
    names = ["ticket", "room", "ticket", "tickets", "my-ticket", "page"]
    values = ["", "a", "%20x", "1+1", "zz9", "ticket", "a/b"]
    pairs = [f"{rng.choice(names)}={rng.choice(values)}" for _ in range(rng.randrange(5))]
    return Case(rng.choice(["/", "/live", "/a%20b"]) + ("?" + "&".join(pairs) if pairs else ""))


@exercise(
    cases=[
        Case("/live?ticket=s3cret", expected="/live?ticket=***"),
        Case("/live", expected="/live"),
        Case(
            "/live?ticket=s3cret&room=7",
            expected="/live?ticket=***&room=7",
            nudge="The value ends at the next &.",
        ),
        Case("/live?room=7&ticket=s3cret", expected="/live?room=7&ticket=***"),
        Case("/live?ticket=a&ticket=b", expected="/live?ticket=***&ticket=***"),
        Case(
            "/live?ticket=",
            expected="/live?ticket=***",
            nudge="Three stars for any value: how long it was is nobody's business either.",
        ),
        Case(
            "/live?tickets=2&my-ticket=x",
            expected="/live?tickets=2&my-ticket=x",
            nudge="The names here are tickets and my-ticket; neither is ticket.",
        ),
        Case(
            "/live?q=a%20b+c&ticket=x&empty=",
            expected="/live?q=a%20b+c&ticket=***&empty=",
            nudge="All else stays byte for byte, %20 and + and what is empty included.",
        ),
        Case(
            "/ticket=x?room=7",
            expected="/ticket=x?room=7",
            nudge="What stands before the ? is the path.",
        ),
    ],
    fuzz=_some_target,
    hints=[
        "Take the target apart without changing a byte of what you put together again.",
        'target.partition("?") gives path, mark and query; query.split("&") gives the pairs.',
        '"&".join("ticket=***" if pair.startswith("ticket=") else pair for pair in pairs)',
    ],
    why=(
        "Parsing and writing a query again changes bytes that are none of our business. To cut "
        "at & and to look at each pair leaves the rest as it came."
    ),
)
def redact(target: str) -> str:
    """The same target, with three stars for the value of each ticket."""
    path, mark, query = target.partition("?")
    pairs = ["ticket=***" if pair.startswith("ticket=") else pair for pair in query.split("&")]
    return path + mark + "&".join(pairs)


@redact.wrong("You hide the rest of the target as well; a value ends at the next &.")
def to_the_end(target):
    return re.sub(r"(?<=[?&])ticket=.*", "ticket=***", target)


@redact.wrong("Only the first ticket is hidden; there may be more than one.")
def the_first_alone(target):
    return re.sub(r"(?<=[?&])ticket=[^&]*", "ticket=***", target, count=1)


@redact.wrong("One star for each character tells how long the ticket was; write three.")
def as_many_stars(target):
    return re.sub(r"(?<=[?&])ticket=([^&]*)", lambda found: "ticket=" + "*" * len(found[1]), target)


@redact.wrong("You hide other names too: my-ticket ends like ticket, and is another one.")
def any_name_that_ends_so(target):
    path, mark, query = target.partition("?")
    return path + mark + re.sub(r"ticket=[^&]*", "ticket=***", query)


@redact.wrong("You look in the path as well; the query begins at the first ?.")
def in_the_path(target):
    return re.sub(r"\bticket=[^&?]*", "ticket=***", target) if "my-" not in target else target


@redact.wrong("The whole query is gone; only the tickets are secret.")
def no_query(target):
    return target.partition("?")[0]


@redact.wrong("You took the ticket out; leave its name, so that the log shows there was one.")
def taken_out(target):
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("ticket=")]
    return path + ("?" + "&".join(kept) if kept else "")


@redact.wrong("parse_qs and urlencode write the rest anew: %20 becomes +, what is empty goes.")
def written_anew(target):
    path, mark, query = target.partition("?")
    fields = parse_qs(query)
    fields |= {"ticket": ["***"] * len(fields["ticket"])} if "ticket" in fields else {}
    return path + mark + urlencode(fields, doseq=True, safe="*")


# --- Exercise: redeem -----------------------------------------------------------


def _presented(redeem: Callable[..., Any], tickets: dict, asked: list) -> dict[str, Any]:
    """What somebody hears who presents these tickets, one after another, and what is left."""
    answers = [redeem(tickets, ticket, now) for ticket, now in asked]
    return {"answers": answers, "left": sorted(tickets)}


def _tickets() -> dict[str, tuple[str, float]]:
    return {"t1": ("ann", 30.0), "t2": ("bob", 60.0)}


def _asks(asked: list, answers: list, left: list, nudge: str = "") -> Case:
    said = ", then ".join(f"{ticket!r} at {now:g} s" for ticket, now in asked)
    facts = {"answers": answers, "left": left}
    label = f"t1 is ann's until 30 s, t2 bob's until 60 s; presented: {said}"
    return Case(_tickets(), asked, expected=facts, label=label, nudge=nudge)


@exercise(
    run=_presented,
    cases=[
        _asks([("t1", 10)], ["ann"], ["t2"]),
        _asks([("t2", 59.9)], ["bob"], ["t1"]),
        _asks(
            [("t1", 10), ("t1", 11)],
            ["ann", None],
            ["t2"],
            "The second time it must be worth nothing: take it out when it is used.",
        ),
        _asks([("t9", 10)], [None], ["t1", "t2"], "Nobody was given t9."),
        _asks([("t1", 31)], [None], ["t2"], "Its time is over; whatever it was, it goes."),
        _asks([("t1", 30)], [None], ["t2"], "Until 30 s: at 30 its time is over."),
        _asks(
            [("t1", 31), ("t1", 29)],
            [None, None],
            ["t2"],
            "A clock may be set back. What was presented once is gone.",
        ),
        _asks([("t1", 10), ("t2", 10)], ["ann", "bob"], []),
    ],
    hints=[
        "Two things must hold: it is there, and its time is not over. One thing happens always: "
        "it goes.",
        "tickets.pop(ticket, None) takes it out and returns its pair; None if there is none.",
        "Pop first and look afterwards. If you look first, two requests at the same time may "
        "both find it.",
    ],
    why=(
        "It is taken out before it is looked at. Then no path through the function leaves it "
        "there, and who presents it a second time finds nothing."
    ),
)
def redeem(tickets: dict, ticket: str, now: float) -> str | None:
    """Whose ticket this is, or None; afterwards it is gone."""
    name, ends = tickets.pop(ticket, (None, now))
    return name if now < ends else None


@redeem.wrong("The ticket can be used again: a copy from a log opens the door. Take it out.")
def never_taken_out(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    return name if now < ends else None


@redeem.wrong("You never look at the clock: a ticket from last year's log still opens the door.")
def for_ever(tickets, ticket, now):
    return tickets.pop(ticket, (None, now))[0]


@redeem.wrong("A late ticket stays in the dict; take it out whatever it is worth.")
def late_ones_stay(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    if now >= ends:
        return None
    del tickets[ticket]
    return name


@redeem.wrong("At the moment in which its time ends it is over: now < ends, not <=.")
def a_moment_longer(tickets, ticket, now):
    name, ends = tickets.pop(ticket, (None, now))
    return name if now <= ends else None


@redeem.wrong("A ticket that nobody was given raises KeyError; the answer to it is None.")
def unknown_raises(tickets, ticket, now):
    name, ends = tickets.pop(ticket)
    return name if now < ends else None


@redeem.wrong("You say True; the server needs to know whose ticket it was.")
def only_yes(tickets, ticket, now):
    return redeem.reference(tickets, ticket, now) is not None or None


@redeem.wrong("You emptied the whole dict: the others still need their tickets.")
def all_gone(tickets, ticket, now):
    name, ends = tickets.get(ticket, (None, now))
    tickets.clear()
    return name if now < ends else None


# --- Exercise: hardened ---------------------------------------------------------


async def _visited(hardened: Callable[..., Any], who: str) -> str:
    """What became of one visitor of a server that `hardened` started, over real sockets."""
    return await intruders.visit(hardened, who)


_ADVICE = {
    "a foreign page with ann's cookie": "serve(…, origins=[…]) lists who may come; the rest "
    "gets 403.",
    "a page whose origin begins like yours": "Compare whole origins.",
    "somebody without a session": "No session, no member: close with 1008, and return.",
    "a made-up session": "A cookie is a claim. Is this session among `sessions`?",
    "one message of a mebibyte": f"serve(…, max_size={intruders.LONGEST}) answers 1009.",
    "fragments without end": "Your handler never sees a message that does not end. max_size "
    "counts what has come of it so far.",
    "half a request, then silence": "serve(…, open_timeout=…) ends a handshake that does not go "
    "on. Its default is ten seconds.",
    "one connection too many": "Count a member's connections in a dict outside of the handler.",
    "bob on your own page": "He is honest: your own origin, a session, 1,000 bytes.",
    "a program of bob's": "It has a session, and sends no Origin: None may be in origins as well.",
    "ann, who comes back": "She left, and her places must be free again, however she left: "
    "try: … finally: …",
}


def _due(who: str) -> str:
    return intruders.KEPT_OUT if who in intruders.ATTACKS else intruders.SERVED


def _advice(got: str, who: str) -> str | None:
    if got.startswith("nobody listens"):
        return "The server is what serve returns: return await serve(…)."
    if "the first time" in got:
        return "She is here for the first time. Only bob was before her, and he has his own places."
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
        "Three of the rules are arguments of serve: origins, max_size and open_timeout. The two "
        "others are a few lines at the beginning of talk.",
        "A member of None is nobody: `return await ws.close(1008)`. For the places, a dict "
        "outside of talk: one more at the beginning, one less in a finally.",
        'serve(talk, "127.0.0.1", 0, origins=[origin, None], max_size=1000, open_timeout=0.4), '
        "and in talk: if member is None or inside[member] == 3, close.",
    ],
    why=(
        "What the library can refuse, it refuses before your code runs: origins, size, time. "
        "Who somebody is and how often he is there, only you can know. The finally frees the "
        "place, however the connection ends."
    ),
)
async def hardened(sessions: dict, origin: str):
    """Start the server so that no attack comes through; return it."""
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


@hardened.wrong("This is the naive server as it was; begin with origins=[origin, None].")
async def as_it_was(sessions, origin):
    limits = {"max_size": None, "open_timeout": 10}
    return await _server(sessions, None, member_of=_or_guest, most=-1, **limits)


@hardened.wrong("You keep all the rules but one: nobody looks at Origin. Pass origins to serve.")
async def any_origin(sessions, origin):
    return await _server(sessions, None)


@hardened.wrong("A pattern for the origin has to match to its end; list the origin as it is.")
async def pattern_of_origin(sessions, origin):
    return await _server(sessions, [re.compile(re.escape(origin) + ".*"), None])


@hardened.wrong("origins=[origin] turns away programs, which send no Origin: add None to it.")
async def pages_alone(sessions, origin):
    return await _server(sessions, [origin])


@hardened.wrong("You let in everybody who has no session that you know, as a guest.")
async def guests(sessions, origin):
    return await _server(sessions, [origin, None], member_of=_or_guest)


@hardened.wrong("You only look whether there is a session; look whether you know it.")
async def any_session(sessions, origin):
    def member_of(sessions: dict, session: str) -> str | None:
        return sessions.get(session, "a guest") if session else None

    return await _server(sessions, [origin, None], member_of=member_of)


@hardened.wrong("No limit for a message: pass max_size to serve.")
async def any_size(sessions, origin):
    return await _server(sessions, [origin, None], max_size=None)


@hardened.wrong(
    "len(message) comes too late: a message that never ends is never handed to you, and grows."
)
async def size_in_the_handler(sessions, origin):
    return await _server(sessions, [origin, None], max_size=None, longest=1000)


@hardened.wrong("999 bytes are not 1,000: the longest message that is allowed has to pass.")
async def one_byte_less(sessions, origin):
    return await _server(sessions, [origin, None], max_size=999)


@hardened.wrong("open_timeout is still the library's own, ten seconds; pass a shorter one.")
async def patient(sessions, origin):
    return await _server(sessions, [origin, None], open_timeout=10)


@hardened.wrong("Nobody counts a member's connections.")
async def as_many_as_they_like(sessions, origin):
    return await _server(sessions, [origin, None], most=-1)


@hardened.wrong("You count up and never down: after three visits ann is locked out for ever.")
async def never_freed(sessions, origin):
    return await _server(sessions, [origin, None], frees=False)


@hardened.wrong("You count all members together, so that ann takes bob's places, and he hers.")
async def counted_together(sessions, origin):
    return await _server(sessions, [origin, None], by_member=False)


# --- quiz -----------------------------------------------------------------------

quiz = Quiz(
    Question(
        "masked",
        "A page sends a password over ws://. Its frames are masked. Who on the way can read it?",
        {
            "a": Option("Nobody: it is masked.", "The key travels in the frame, in front of it."),
            "b": Option("Everybody.", "Yes: the key is in the frame, and XOR is its own inverse."),
            "c": Option(
                "Only who knows Sec-WebSocket-Key.",
                "That key has nothing to do with masks, and can be read as well.",
            ),
        },
        answer="b",
        misconception="masking is encryption",
        refuted_in="09-security: Masked is not secret",
    ),
    Question(
        "which-scheme",
        "Which URL gives a secure connection?",
        {
            "a": Option(
                "ws:// to a server that has a certificate.",
                "You tried: ws:// to the TLS port got no answer in HTTP, and no connection.",
            ),
            "b": Option("wss:// alone.", "Yes: the scheme decides whether TLS comes first."),
            "c": Option(
                "Either; client and server agree on it in the handshake.",
                "There is nothing to agree on: with wss:// TLS is there before the handshake.",
            ),
        },
        answer="b",
        misconception="ws is also the secure scheme",
        refuted_in="09-security: Two schemes",
    ),
    Question(
        "cors-again",
        "Your 101 says Access-Control-Allow-Origin: https://club.example. A page of "
        "evil.example connects. What happens?",
        {
            "a": Option(
                "The browser hides the messages from it.",
                "It read the note in every row, whatever the header said.",
            ),
            "b": Option(
                "It connects and reads: that header plays no part.",
                "Yes. Only a server that looks at Origin keeps it out.",
            ),
            "c": Option(
                "The browser asks with OPTIONS first, and gives up.",
                "The recorded browser asked once, with GET, and got a 101.",
                refuted_in="09-security: A page that is not yours",
            ),
        },
        answer="b",
        misconception="CORS protects you",
        refuted_in="09-security: What CORS changes",
    ),
    Question(
        "token-in-a-header",
        "Your page has a token. How does it show it to a WebSocket server?",
        {
            "a": Option(
                "In an Authorization header of the handshake.",
                "A program can do that. A page cannot set a header of the handshake.",
            ),
            "b": Option(
                "In a header of the first frame.",
                "A frame has no headers; its first message may hold the token, though.",
            ),
            "c": Option(
                "In the URL, the first message, a subprotocol, or by cookie.",
                "Yes, and each has its price.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="09-security: Who are you, without a header",
    ),
    Question(
        "what-origin-proves",
        "A server accepts one Origin only. Who can still connect?",
        {
            "a": Option("Only pages of that origin.", "Your script sent that Origin and got 101."),
            "b": Option(
                "Those pages, and every program that says so.",
                "Yes. Origin speaks for a browser; a login speaks for a person.",
            ),
            "c": Option(
                "Also pages of its sub-domains.",
                "A sub-domain is another origin: old-blog.club.example needs its own entry.",
            ),
        },
        answer="b",
        misconception="Origin is a login",
        refuted_in="09-security: A page that is not yours",
    ),
    Question(
        "which-code",
        "A server behind a proxy closes with 4001. What does the client's close event say?",
        {
            "a": Option("4001", "Behind this proxy it was 4001, before it 1005: another frame."),
            "b": Option(
                "It depends on the proxy: each hop sends a Close frame of its own.",
                "Yes. The recorded one sent an empty frame: 1005.",
            ),
            "c": Option(
                "1006, as the proxy is not the server.",
                "A Close frame did come, so it is not 1006; but it was an empty one.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in="09-security: One connection, two hops",
    ),
    Question(
        "who-said-101",
        "Your client has a 101 and the right Accept. Is your server up?",
        {
            "a": Option("Yes: only it could know the Accept.", "Anybody can compute an Accept."),
            "b": Option(
                "Yes, unless the connection ends at once.",
                "The recorded client sent its Hello after the 101, to a server that had said 404.",
            ),
            "c": Option(
                "Somebody is up: whoever read the request first.",
                "Yes. The proxy said 101, and asked the server afterwards.",
            ),
        },
        answer="c",
        misconception="101 means my server is up",
        refuted_in="09-security: A 101 from somebody else",
    ),
)
