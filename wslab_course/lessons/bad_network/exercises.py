"""The exercises and the quiz of notebook 08, bad network."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed

from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Opcode, Side
from wslab.protocol.recording.recording import Recording
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.lessons.before_websocket.feed import Feed

# --- heartbeat ----------------------------------------------------------------------------

ONE_WAY = 0.05  # seconds from one end of the slow wire to the other


def count(seen: Recording, opcode: Opcode) -> int:
    return sum(sent.frame.opcode == opcode for sent in seen.frames())


async def slow_then_frozen(attempt: Callable[..., Any], pause: float, deadline: float) -> Any:
    """What a heartbeat does on a wire that is slow for three Pongs, and then stands still."""
    async with EchoServer() as server, Tap(server.url) as tap:
        tap.delay(ONE_WAY)
        ws = await connect(tap.url)
        beating = asyncio.ensure_future(attempt(ws, pause, deadline))

        def three_or_over(seen: Recording) -> bool:
            return beating.done() or count(seen, Opcode.PONG) >= 3

        slow = asyncio.ensure_future(asyncio.to_thread(tap.wait, three_or_over, 1.5))
        try:
            await asyncio.wait({beating, slow}, return_when="FIRST_COMPLETED")
            lived_through = min(count(tap.recording, Opcode.PONG), 3)
            tap.freeze()  # which lets the wait above look again
            await asyncio.wait({beating}, timeout=3 * deadline)
            pings, pongs = (count(tap.recording, code) for code in (Opcode.PING, Opcode.PONG))
            if not beating.done():
                beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            return {
                "pings": pings > 0,
                "slow Pongs it lived through": lived_through if pings else "none was asked for",
                "notices a frozen wire": not beating.cancelled(),
                "one ping at a time": pings - pongs <= 1,
            }
        finally:
            beating.cancel()
            with suppress(WslabError):
                await slow
            tap.cut()


@exercise(
    cases=[
        Case(
            0.03,
            0.5,
            expected={
                "pings": True,
                "slow Pongs it lived through": 3,
                "notices a frozen wire": True,
                "one ping at a time": True,
            },
            label="heartbeat(ws, 0.03, 0.5) on a slow wire, which then freezes",
            nudge="A pong takes 0.1 s there; `deadline` says how long one may take.",
        )
    ],
    run=slow_then_frozen,
    seconds=12.0,
    hints=[
        "A loop: send a Ping, wait for its Pong, pause, again. What ends the loop?",
        "`pong = await ws.ping()` sends; awaiting `pong` waits. asyncio.timeout bounds a wait.",
        "Inside `async with asyncio.timeout(deadline):` write `await (await ws.ping())`; around "
        "it `try`, with `except TimeoutError: return`.",
    ],
    why="The Pong alone is the news. A Ping that was sent proves nothing, and a wait without a "
    "deadline never ends on a frozen wire. The shortest deadline that a slow wire forgives is "
    "a round trip, so leave a generous margin.",
)
async def heartbeat(ws, pause: float, deadline: float) -> None:
    """Ping again and again; return when a Pong takes longer than deadline."""
    while True:
        pong = await ws.ping()
        try:
            await asyncio.wait_for(pong, deadline)
        except TimeoutError:
            return
        await asyncio.sleep(pause)


@heartbeat.wrong("You send Pings and look at no Pong; `pong = await ws.ping()`, then await pong.")
async def looks_at_no_pong(ws, pause, deadline):
    while True:
        await ws.ping()
        await asyncio.sleep(pause)


@heartbeat.wrong("You wait for a Pong for ever; bound it: asyncio.wait_for(pong, deadline).")
async def waits_for_ever(ws, pause, deadline):
    while True:
        await (await ws.ping())
        await asyncio.sleep(pause)


@heartbeat.wrong("Slow is not dead: a Pong has `deadline` seconds, and not `pause` seconds.")
async def impatient(ws, pause, deadline):
    with suppress(TimeoutError):
        while True:
            await asyncio.wait_for(await ws.ping(), pause)


@heartbeat.wrong("One Pong in time is no end: go on pinging until one is late.")
async def asks_once(ws, pause, deadline):
    with suppress(TimeoutError):
        await asyncio.wait_for(await ws.ping(), deadline)


@heartbeat.wrong("A message is no Ping: nobody has to answer it, and recv() takes away others.")
async def says_ping_in_words(ws, pause, deadline):
    with suppress(TimeoutError):
        while True:
            await ws.send("ping")
            await asyncio.wait_for(ws.recv(), deadline)


@heartbeat.wrong("A dead connection is what you look for: catch the TimeoutError, and return.")
async def lets_it_raise(ws, pause, deadline):
    while True:
        await asyncio.wait_for(await ws.ping(), deadline)
        await asyncio.sleep(pause)


# --- backoff ------------------------------------------------------------------------------

DRAWS = 400


def draws(
    attempt: Callable[..., Any], number: int, first: float = 5.0, cap: float = 60.0
) -> dict[str, Any]:
    """What 400 calls with one seeded rng return, and whether that seed repeats them."""

    def draw() -> list[Any]:
        rng = Random(6455)
        return [attempt(number, rng, first, cap) for _ in range(DRAWS)]

    values = draw()
    odd = [value for value in values if type(value) not in (int, float) or value != value]
    if odd:
        return {"returned": odd[0]}
    ceiling = min(cap, first * 2 ** min(number, 50))
    return {
        "least": min(values),
        "most": max(values),
        "in each quarter": [
            sum(ceiling * part / 4 <= value < ceiling * (part + 1) / 4 for value in values)
            for part in range(4)
        ],
        "the same seed gives the same": values == draw(),
    }


def verdict_on(
    got: dict[str, Any], number: int, first: float = 5.0, cap: float = 60.0
) -> str | None:
    """None when the draws are full jitter below min(cap, first * 2**number)."""
    if "returned" in got:
        return "Return seconds: one number, as from rng.uniform(low, high)."
    ceiling = min(cap, first * 2 ** min(number, 50))
    if got["least"] < 0:
        return "You cannot wait a negative time; draw between 0 and the ceiling."
    if not got["the same seed gives the same"]:
        return "Draw from the `rng` you are given, so that a seed repeats what happened."
    if got["least"] == got["most"]:
        return "Every client waits equally long, and all come back together; draw at random."
    if got["most"] > cap:
        return "You passed the cap: min(cap, ...) goes around the doubled time."
    if got["most"] > ceiling:
        return "You wait too long: attempt 0 draws up to `first`, each later one up to double."
    if got["least"] > ceiling * 0.25:
        return "A part of your wait is fixed. Full jitter begins at 0: rng.uniform(0, ceiling)."
    if got["most"] < ceiling * 0.75:
        return "The upper part is never drawn; the ceiling is min(cap, first * 2**attempt)."
    if min(got["in each quarter"]) < DRAWS * 0.15:
        return "Some waits are much rarer than others; rng.uniform makes all equally likely."
    return None


def drawn(number: int, first: float = 5.0, cap: float = 60.0, nudge: str = "") -> Case:
    call = f"backoff({number}, rng, {first:g}, {cap:g}), {DRAWS} times"
    return Case(number, first, cap, label=call, nudge=nudge)


@exercise(
    cases=[
        drawn(0),
        drawn(1),
        drawn(3),
        drawn(4),
        drawn(2, 0.5, 30.0),
        drawn(1, 20.0, 10.0),
        drawn(5000, nudge="5 * 2**5000 is no float any more; stop doubling long before."),
    ],
    run=draws,
    judge=verdict_on,
    hints=[
        "First the ceiling: `first`, doubled `attempt` times, and never more than `cap`.",
        "Then a random time from 0 up to the ceiling, each equally likely: rng.uniform.",
        "rng.uniform(0, min(cap, first * 2 ** attempt)), and min(attempt, 30) in place of attempt.",
    ],
    why="Doubling makes room for a server that stays down, the cap keeps people from waiting "
    "for hours, and the draw from 0 on spreads the crowd as wide as the ceiling allows. A client "
    "that has been away for a week counts its attempts in thousands, so the exponent has an end.",
)
def backoff(attempt: int, rng: Random, first=5.0, cap=60.0) -> float:
    """Seconds to wait before this attempt, which counts from 0."""
    ceiling = min(cap, first * 2 ** min(attempt, 30))
    return rng.uniform(0, ceiling)


@backoff.wrong("Every client waits equally long, and all come back together; draw at random.")
def no_jitter(attempt, rng, first=5, cap=60):
    return min(cap, first * 2 ** min(attempt, 30))


@backoff.wrong("You passed the cap: min(cap, ...) goes around the doubled time.")
def no_cap(attempt, rng, first=5, cap=60):
    return rng.uniform(0, first * 2 ** min(attempt, 30))


@backoff.wrong("A part of your wait is fixed. Full jitter begins at 0: rng.uniform(0, ceiling).")
def half_fixed(attempt, rng, first=5, cap=60):
    ceiling = min(cap, first * 2 ** min(attempt, 30))
    return ceiling / 2 + rng.uniform(0, ceiling / 2)


@backoff.wrong("The upper part is never drawn; the ceiling is min(cap, first * 2**attempt).")
def never_doubles(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, first))


@backoff.wrong("You wait too long: attempt 0 draws up to `first`, each later one up to double.")
def one_too_many(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, first * 2 ** (min(attempt, 30) + 1)))


@backoff.wrong("Draw from the `rng` you are given, so that a seed repeats what happened.")
def other_dice(attempt, rng, first=5, cap=60):
    return random.uniform(0, min(cap, first * 2 ** min(attempt, 30)))


@backoff.wrong("It is right until attempt 5000: 2**5000 is too large for a float; bound it.")
def overflows(attempt, rng, first=5, cap=60):
    return rng.uniform(0, min(cap, float(first) * 2**attempt))


# --- follow -------------------------------------------------------------------------------

EVENTS = [f"news {number}" for number in range(1, 9)]
#: Three rounds: how many events arrive, and how many are on their way when the wire is cut.
ROUNDS = ((2, 1), (1, 0), (1, 2))
AFTERWARDS = 2.0  # seconds that a client has to return when all has been told


class Over(Exception):
    """The client is done before the scene is."""


def play(feed: Feed, tap: Tap, over: threading.Event) -> None:
    """Publish the events in three rounds, each of which ends with a cut. In a thread."""
    news = iter(EVENTS)

    def until(condition: Callable[[Recording], bool]) -> None:
        tap.wait(lambda seen: over.is_set() or condition(seen), 3.0)
        if over.is_set():
            raise Over

    def connections(number: int) -> Callable[[Recording], bool]:
        return lambda seen: (
            len(tap.recordings) >= number and seen.handshake is not None and seen.handshake.upgraded
        )

    def publish(number: int) -> None:
        if number:
            for _ in range(number):
                feed.publish(next(news))
            until(lambda seen: last_number(seen) == len(feed.events))

    with suppress(Over, WslabError):  # WslabError: the client did not come back in time
        for number, (delivered, on_the_way) in enumerate(ROUNDS, 1):
            until(connections(number))
            publish(delivered)
            tap.freeze(Side.SERVER)
            publish(on_the_way)
            tap.cut(reset=False)
            tap.thaw()
        until(connections(len(ROUNDS) + 1))
        publish(1)


def last_number(seen: Recording) -> int:
    """The number of the last event that the server told on this connection."""
    told = [message.data for message in seen.messages() if message.sender is Side.SERVER]
    return int(json.loads(told[-1])[0]) if told else 0


async def across_three_cuts(attempt: Callable[..., Any], events: int) -> dict[str, Any]:
    """What a client returns, tells and asks for while its wire is cut three times."""
    told: list[Any] = []
    pauses = 0
    over = threading.Event()

    async def pause() -> None:
        nonlocal pauses
        pauses += 1

    async with Feed() as feed, Tap(feed.url) as tap:
        url = tap.url.replace("http", "ws", 1) + "/socket"
        client = asyncio.ensure_future(attempt(url, events, told.append, pause))
        scene = asyncio.ensure_future(asyncio.to_thread(play, feed, tap, over))
        try:
            await asyncio.wait({client, scene}, return_when="FIRST_COMPLETED")
            await asyncio.wait({client}, timeout=AFTERWARDS)
            over.set()
            tap.thaw()  # which lets the scene look again
            await scene
            asked = [after(recording) for recording in tap.recordings]
            texts: Any = "never returned"
            if client.done():
                texts = client.result()
        finally:
            over.set()
            client.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await client
    return {"texts": texts, "told": told, "pauses": pauses, "asked for events after": asked}


def after(recording: Recording) -> str:
    """What the request of one connection says the client knows."""
    target = recording.handshake.request.target if recording.handshake else ""
    return parse_qs(urlsplit(target).query).get("after", ["0"])[-1]


@exercise(
    cases=[
        Case(
            len(EVENTS),
            expected={
                "texts": EVENTS,
                "told": ["connected", "lost"] * 3 + ["connected"],
                "pauses": 3,
                "asked for events after": ["0", "2", "4", "5"],
            },
            label="follow(url, 8, tell, pause), with a wire that is cut three times",
            nudge="Compare `asked for events after` with the events that you had at each cut.",
        )
    ],
    run=across_three_cuts,
    seconds=15.0,
    hints=[
        "An outer loop connects, an inner one receives. What do you know when the inner breaks?",
        "connect(f'{url}?after={last}') resumes. A cut makes the inner loop raise "
        "ConnectionClosed: catch it, tell, pause, and let the outer loop go on.",
        "texts = []; while len(texts) < count: try: async with connect(...) as ws: "
        "tell('connected'); receive, json.loads, append; except ConnectionClosed: tell('lost'); "
        "await pause()",
    ],
    why="The client remembers what it has *received*, which is one thing that the server cannot "
    "know: events 3, 6 and 7 were sent and never came. The events are numbered from 1 without "
    "a gap, so the number of texts is the last number.",
)
async def follow(url: str, count: int, tell, pause) -> list[str]:
    """Return the texts of events 1 to count, whatever happens to the wire."""
    texts: list[str] = []
    while len(texts) < count:
        try:
            async with connect(f"{url}?after={len(texts)}") as ws:
                tell("connected")
                while len(texts) < count:
                    number, text = json.loads(await ws.recv())
                    texts.append(text)
        except (OSError, ConnectionClosed):
            tell("lost")
            await pause()
    return texts


async def followed(
    url: str,
    count: int,
    tell: Callable[[str], None],
    pause: Callable[[], Any],
    ask: Callable[[int], str] = lambda last: f"?after={last}",
    keep: Callable[[int, str], Any] = lambda number, text: text,
) -> list[Any]:
    """follow with another question, or with something else kept of each event."""
    texts: list[Any] = []
    last = 0
    while len(texts) < count:
        try:
            async with connect(url + ask(last)) as ws:
                tell("connected")
                while len(texts) < count:
                    last, text = json.loads(await ws.recv())
                    texts.append(keep(last, text))
        except ConnectionClosed:
            tell("lost")
            await pause()
    return texts


async def nothing() -> None:
    """A pause that does not pause."""


@follow.wrong("You ask for all events each time, and get some twice; say what you have: ?after=2.")
async def from_the_start(url, count, tell, pause):
    return await followed(url, count, tell, pause, ask=lambda last: "")


@follow.wrong("You gave up at the first cut; nothing reconnects unless you do. Put it in a loop.")
async def gives_up(url, count, tell, pause):
    texts = []
    async with connect(url) as ws:
        tell("connected")
        with suppress(ConnectionClosed):
            while len(texts) < count:
                texts.append(json.loads(await ws.recv())[1])
    return texts


@follow.wrong("?after=2 asks for what comes after event 2; add nothing to the last number.")
async def one_ahead(url, count, tell, pause):
    return await followed(url, count, tell, pause, ask=lambda last: f"?after={last + bool(last)}")


@follow.wrong("The event of the cut came twice: you asked for it again, though you had it.")
async def one_behind(url, count, tell, pause):
    return await followed(url, count, tell, pause, ask=lambda last: f"?after={max(last - 1, 0)}")


@follow.wrong("Nothing is lost, and the user knows nothing: tell('connected') and tell('lost').")
async def says_nothing(url, count, tell, pause):
    return await followed(url, count, lambda word: None, pause)


@follow.wrong("Your user hears 'lost' and never that you are back; tell('connected') each time.")
async def only_bad_news(url, count, tell, pause):
    return await followed(url, count, lambda word: word == "lost" and tell(word), pause)


@follow.wrong("You come back without a pause; await pause() after each loss, or you are a herd.")
async def hammers(url, count, tell, pause):
    return await followed(url, count, tell, nothing)


@follow.wrong("A message is a pair, [3, 'news 3']: json.loads it, and keep the text alone.")
async def keeps_pairs(url, count, tell, pause):
    return await followed(url, count, tell, pause, keep=lambda number, text: [number, text])


@follow.wrong("You had all events and waited for more; stop when there are `count` texts.")
async def never_ends(url, count, tell, pause):
    texts = await followed(url, count, tell, pause)
    return await asyncio.sleep(60, texts)


@follow.wrong("A cut raises ConnectionClosedError in recv(); catch ConnectionClosed around it.")
async def catches_nothing(url, count, tell, pause):
    async with connect(url) as ws:
        tell("connected")
        return [json.loads(await ws.recv())[1] for _ in range(count)]


# --- offer --------------------------------------------------------------------------------


def after_offer(
    attempt: Callable[..., Any], waiting: list[bytes], message: bytes, most: int
) -> dict[str, Any]:
    dropped = attempt(waiting, message, most)
    return {"dropped": dropped, "waiting": waiting}


def some_offer(rng: random.Random) -> Case:
    """A queue within its limit, or above it since the limit was lowered."""
    waiting = [bytes([97 + n]) * rng.randrange(0, 5) for n in range(rng.randrange(5))]
    return Case(waiting, b"z" * rng.randrange(6), rng.randrange(0, 13))


@exercise(
    cases=[
        Case([], b"one", 8, expected={"dropped": 0, "waiting": [b"one"]}),
        Case([b"one"], b"two", 8, expected={"dropped": 0, "waiting": [b"one", b"two"]}),
        Case(
            [b"one", b"two"],
            b"three",
            8,
            expected={"dropped": 1, "waiting": [b"two", b"three"]},
            nudge="3 + 3 + 5 bytes are too many; without the oldest, 8 are left.",
        ),
        Case([b"one", b"two"], b"six", 9, nudge="Nine bytes are still allowed."),
        Case([b"a", b"b", b"c"], b"dddd", 4, nudge="One was not enough: drop while too many."),
        Case([b"one"], b"too long!", 8, nudge="Alone it is too long, so it is dropped as well."),
    ],
    run=after_offer,
    fuzz=some_offer,
    hints=[
        "Append first. Then, while too many bytes wait, remove from the front and count.",
        "sum(map(len, waiting)) is how many bytes wait; waiting.pop(0) removes the oldest.",
        "dropped = 0; while sum(map(len, waiting)) > most: waiting.pop(0); dropped += 1",
    ],
    why="The oldest news is worth least, and a client that lags gets a gap that it can be told "
    "of: that is what the count is for. The limit counts bytes, since ten messages may be ten "
    "bytes or ten MiB.",
)
def offer(waiting: list[bytes], message: bytes, most: int) -> int:
    """Queue a message; drop the oldest until at most `most` bytes wait."""
    waiting.append(message)
    dropped = 0
    while sum(map(len, waiting)) > most:
        waiting.pop(0)
        dropped += 1
    return dropped


@offer.wrong("You dropped the newest; a reader that lags wants the latest news: pop(0).")
def drops_newest(waiting, message, most):
    waiting.append(message)
    dropped = 0
    while sum(map(len, waiting)) > most:
        waiting.pop()
        dropped += 1
    return dropped


@offer.wrong("You count messages; the limit is in bytes: sum(map(len, waiting)).")
def counts_messages(waiting, message, most):
    waiting.append(message)
    dropped = 0
    while len(waiting) > most:
        waiting.pop(0)
        dropped += 1
    return dropped


@offer.wrong("You drop one message at most; go on while too many bytes wait.")
def drops_one(waiting, message, most):
    waiting.append(message)
    if sum(map(len, waiting)) > most:
        waiting.pop(0)
        return 1
    return 0


@offer.wrong("Exactly `most` bytes are allowed: compare with >, not >=.")
def one_byte_less(waiting, message, most):
    waiting.append(message)
    dropped = 0
    while waiting and sum(map(len, waiting)) >= most:
        waiting.pop(0)
        dropped += 1
    return dropped


@offer.wrong("The queue is right; return how many messages you dropped.")
def forgets_the_count(waiting, message, most):
    offer.reference(waiting, message, most)


@offer.wrong("You emptied the whole queue; drop the oldest only, until the rest fits.")
def clears_all(waiting, message, most):
    dropped = 0
    if sum(map(len, waiting)) + len(message) > most:
        dropped = len(waiting)
        waiting.clear()
    waiting.append(message)
    return dropped


@offer.wrong("The caller's list did not change: append to it and pop from it; make no new one.")
def makes_a_new_list(waiting, message, most):
    return offer.reference([*waiting], message, most)


# --- quiz ---------------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "idle",
        "A WebSocket is open, and nobody speaks for an hour. What becomes of it?",
        {
            "a": Option(
                "It stays open until the client or the server closes it.",
                "A box between them ended yours, and neither had decided anything.",
            ),
            "b": Option(
                "Perhaps it is gone: something on the way may have forgotten it.",
                "Yes. Both sides are told 1006, if they are told at all.",
            ),
            "c": Option(
                "The server must close it: RFC 6455 sets an idle limit.",
                "The RFC sets none. Boxes on the way have theirs, and say nothing about it.",
            ),
        },
        answer="b",
        misconception="an idle connection lives for ever",
        refuted_in="08-bad-network: Nobody decides",
    ),
    Question(
        "browser-ping",
        "Can the script of a page send a Ping frame?",
        {
            "a": Option(
                "Yes, with ws.ping().",
                "Look at the list of what the object has: send and close, and no ping.",
            ),
            "b": Option(
                "Yes, with ws.send('ping').",
                "That is a text message. Its frame has opcode 1, a Ping has 9, and nobody has "
                "to answer a text.",
            ),
            "c": Option(
                "No. It may send a message that the server answers by agreement.",
                "Yes. The browser answers the Pings of a server, and the page never knows.",
            ),
        },
        answer="c",
        misconception="you can ping from a browser",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "who-pings",
        "Who may send a Ping?",
        {
            "a": Option(
                "The client, to see whether the server is there.",
                "Your server sent one, too, and the page answered without knowing.",
            ),
            "b": Option(
                "The server, to see whether the client is there.",
                "Your client pinged first in this notebook, and a Pong came.",
                refuted_in="08-bad-network: A wire that stands still",
            ),
            "c": Option("Either; the other answers with a Pong.", "Yes (RFC 6455 §5.5.2)."),
        },
        answer="c",
        misconception="ping goes one way only",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "tcp-keep-alive",
        "TCP has keep-alive as well. Does it make a heartbeat needless?",
        {
            "a": Option(
                "Yes: keep-alive and Ping are the same thing.",
                "It is off unless somebody turns it on, and whoever ends TCP answers it: here "
                "the tap, while the server was gone.",
            ),
            "b": Option(
                "No: it is off by default, slow, and speaks to the next hop only.",
                "Yes. A Ping goes to the other WebSocket program, through every hop.",
            ),
            "c": Option(
                "No: TCP keep-alive was removed.",
                "It exists, and your socket has the option. It was off.",
            ),
        },
        answer="b",
        misconception="keep-alive is the same thing",
        refuted_in="08-bad-network: Half-open",
    ),
    Question(
        "recover",
        "The wire is cut and mended. What does the browser's WebSocket object do?",
        {
            "a": Option(
                "It reconnects, and the messages that were missed come then.",
                "The tap counted: no second connection. The object stays CLOSED.",
            ),
            "b": Option(
                "It reconnects, and what was sent in between is lost.",
                "It makes no second connection, either. The object stays CLOSED.",
            ),
            "c": Option(
                "Nothing. You make another, and ask for what you missed.",
                "Yes. RFC 6455 §7.2.3 says how long to wait before that, and no more.",
            ),
        },
        answer="c",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="08-bad-network: Nothing recovers by itself",
    ),
    Question(
        "async-onmessage",
        "`onmessage` is an async function that awaits a slow database. 20 messages come at once.",
        {
            "a": Option(
                "One is worked on; the sender is slowed down until it is done.",
                "All twenty had begun before one was done; nobody waits for a handler.",
            ),
            "b": Option(
                "All 20 are begun, and the sender notices nothing.",
                "Yes. An event is no backpressure; a loop that awaits each message is.",
            ),
            "c": Option(
                "Those that come while it awaits are dropped.",
                "None is dropped: each starts a handler of its own, and they pile up.",
            ),
        },
        answer="b",
        misconception="awaiting in onmessage is backpressure",
        refuted_in="08-bad-network: A handler that awaits",
    ),
    Question(
        "broadcast-loop",
        "`for ws in members: await ws.send(news)`. One member's network is frozen.",
        {
            "a": Option(
                "The others get everything, it alone gets nothing.",
                "The loop stood still at that member, and the others with it.",
            ),
            "b": Option(
                "Soon nobody gets anything.",
                "Yes: when the buffers on its way are full, `await` waits, and so does the loop.",
            ),
            "c": Option(
                "send() raises an exception, and the loop leaves it out.",
                "Nothing is raised: to a sender, a frozen wire looks like a slow one.",
            ),
        },
        answer="b",
        misconception="a broadcast loop is safe",
        refuted_in="08-bad-network: One member stops",
    ),
)
