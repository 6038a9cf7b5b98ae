"""Exercise follow of notebook 08, bad network."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed

from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.before_websocket.feed import Feed

EVENTS = [f"news {number}" for number in range(1, 9)]
#: Three rounds: how many events arrive, and how many are on their way when the wire is cut.
CUTS_AFTER = ((2, 1), (1, 0), (1, 2))
CLOSE_TIMEOUT_S = 2.0  # seconds that a client has to return after all events were sent


class NoMoreConnections(Exception):
    """The client ended before all rounds were played."""


def play(feed: Feed, tap: Tap, over: threading.Event) -> None:
    """Publish the events in three rounds, each ending with a cut. Runs in a thread."""
    news = iter(EVENTS)

    def until(condition: Callable[[Recording], bool]) -> None:
        tap.wait(lambda seen: over.is_set() or condition(seen), 3.0)
        if over.is_set():
            raise NoMoreConnections

    def connections(number: int) -> Callable[[Recording], bool]:
        return lambda seen: (
            len(tap.recordings) >= number and seen.handshake is not None and seen.handshake.upgraded
        )

    def publish(number: int) -> None:
        if number:
            for _ in range(number):
                feed.publish(next(news))
            until(lambda seen: last_number(seen) == len(feed.events))

    with suppress(
        NoMoreConnections, WslabError
    ):  # WslabError: the client did not reconnect in time
        for number, (delivered, on_the_way) in enumerate(CUTS_AFTER, 1):
            until(connections(number))
            publish(delivered)
            tap.freeze(Side.SERVER)
            publish(on_the_way)
            tap.cut(reset=False)
            tap.thaw()
        until(connections(len(CUTS_AFTER) + 1))
        publish(1)


def last_number(seen: Recording) -> int:
    """The number of the last event that the server sent on this connection."""
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
            await asyncio.wait({client}, timeout=CLOSE_TIMEOUT_S)
            over.set()
            tap.thaw()  # this makes `play` look again
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
    """The last event that the client has, according to its request for one connection."""
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
            nudge="Compare `asked for events after` with the events that you had received at "
            "each cut.",
        )
    ],
    run=across_three_cuts,
    seconds=15.0,
    hints=[
        "An outer loop connects, an inner loop receives. What do you know when the inner loop "
        "ends early?",
        "connect(f'{url}?after={last}') resumes. A cut makes the inner loop raise "
        "ConnectionClosed: catch it, call tell and pause, and let the outer loop go on.",
        "texts = []; while len(texts) < count: try: async with connect(...) as ws: "
        "tell('connected'); receive, json.loads, append; except ConnectionClosed: tell('lost'); "
        "await pause()",
    ],
    why="The client remembers what it has *received*, and the server cannot know that: events 3, "
    "6 and 7 were sent and never arrived. The events are numbered from 1 without a gap, so the "
    "number of texts is the last number.",
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
    """follow with another query, or with another part of each event kept."""
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
    """A pause of no time."""


@follow.wrong("You ask for all events each time, and get some twice; say which you have: ?after=2.")
async def from_the_start(url, count, tell, pause):
    return await followed(url, count, tell, pause, ask=lambda last: "")


@follow.wrong("You stopped at the first cut; only your code can reconnect. Put connect in a loop.")
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


@follow.wrong(
    "The last event before each cut came twice: you asked for it again, although you had it."
)
async def one_behind(url, count, tell, pause):
    return await followed(url, count, tell, pause, ask=lambda last: f"?after={max(last - 1, 0)}")


@follow.wrong(
    "No event is lost, but the user is not informed: call tell('connected') and tell('lost')."
)
async def says_nothing(url, count, tell, pause):
    return await followed(url, count, lambda word: None, pause)


@follow.wrong(
    "Your user sees 'lost', but never that you are back; call tell('connected') each time."
)
async def only_bad_news(url, count, tell, pause):
    return await followed(url, count, lambda word: word == "lost" and tell(word), pause)


@follow.wrong(
    "You reconnect without a pause; await pause() after each loss, or all clients come back at "
    "once."
)
async def hammers(url, count, tell, pause):
    return await followed(url, count, tell, nothing)


@follow.wrong("A message is a pair, [3, 'news 3']: use json.loads, and keep only the text.")
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
