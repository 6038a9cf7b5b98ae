"""The exercises and the quiz of notebook 01, duplex."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

from websockets.asyncio.server import ServerConnection

from wslab.network.client import connect
from wslab.network.paths import PathServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.lessons.start.exercises import spent

PATIENCE = 0.5  # seconds that the first answer is held back, while more words may come

# --- duplex -------------------------------------------------------------------------------


def some_log(rng: random.Random) -> Case:
    """Up to six turns in any order of time; the senders speak over each other or do not."""
    log, at = [], 0
    for _ in range(rng.randrange(1, 7)):
        start = max(0, at + rng.choice([-2, -1, 0, 0, 1, 2]))
        at = start + rng.randrange(1, 5)
        log.append((start, at, rng.choice(["client", "server"])))
    return Case(sorted(log))


@exercise(
    cases=[
        Case(
            [(0, 3, "client")],
            expected="simplex",
            nudge='One side alone spoke: "simplex", in small letters.',
        ),
        Case(
            [(0, 3, "client"), (1, 2, "client")],
            expected="simplex",
            nudge="Two turns, and still one side alone; look at the senders.",
        ),
        Case(
            [(0, 3, "client"), (4, 6, "server")],
            expected="half",
            nudge='Both sides spoke, the second after the first had ended: "half".',
        ),
        Case(
            [(0, 3, "client"), (3, 5, "server")],
            expected="half",
            nudge="The second turn begins at 3, when the first ends: no overlap.",
        ),
        Case(
            [(0, 3, "client"), (2, 5, "server")],
            expected="full",
            nudge='From 2 to 3 both speak: "full".',
        ),
        Case(
            [(2, 3, "client"), (2, 3, "server")],
            expected="full",
            nudge="Both turns begin at the same moment, so they overlap.",
        ),
        Case(
            [(0, 3, "client"), (4, 6, "client"), (5, 6, "server")],
            expected="full",
            nudge="Look at every pair of turns before you return; the last two overlap.",
        ),
        Case(
            [(0, 9, "client"), (1, 2, "client"), (4, 5, "server")],
            expected="full",
            nudge="The first turn lasts until 9, so the third falls into it; compare every pair.",
        ),
        Case(
            [(0, 4, "server"), (1, 2, "server"), (5, 6, "client")],
            expected="half",
            nudge="The two turns that overlap are of one sender; only different senders count.",
        ),
    ],
    fuzz=some_log,
    hints=[
        "Begin with simplex: in how many directions did anybody speak?",
        "Two turns overlap when each one begins before the other ends.",
        'For every pair of turns, "full" if the senders differ and one[0] < other[1] and '
        'other[0] < one[1]; when no pair does that, "half".',
    ],
    why="Full duplex is one moment in which both speak. A log shows the use, and never more: "
    "a log that reads half may come from a full-duplex channel whose users are polite.",
)
def duplex(log: list[tuple[int, int, str]]) -> str:
    """Tell how a channel was used: "simplex", "half" or "full"."""
    if len({sender for _, _, sender in log}) < 2:
        return "simplex"
    for begin, end, sender in log:
        for other_begin, other_end, other_sender in log:
            if sender != other_sender and begin < other_end and other_begin < end:
                return "full"
    return "half"


def used(log, overlaps, everybody=False):
    """duplex with its own idea of which pairs of turns overlap."""
    if len({sender for *_, sender in log}) < 2 and not everybody:
        return "simplex"
    pairs = ((a, b) for a in log for b in log if a is not b and (everybody or a[2] != b[2]))
    return "full" if any(overlaps(a, b) for a, b in pairs) else "half"


@duplex.wrong("You call it full as soon as both sides spoke; full means at the same time.")
def both_spoke(log):
    return "full" if len({sender for *_, sender in log}) > 1 else "simplex"


@duplex.wrong("A turn that begins when the other ends does not overlap it; compare with <.")
def touching_counts(log):
    return used(log, lambda a, b: a[0] <= b[1] and b[0] <= a[1])


@duplex.wrong("You compared neighbours only; a long turn may overlap one that comes much later.")
def neighbours_only(log):
    if len({sender for *_, sender in log}) < 2:
        return "simplex"
    overlap = any(a[2] != b[2] and a[0] < b[1] and b[0] < a[1] for a, b in pairwise(log))
    return "full" if overlap else "half"


@duplex.wrong("You compared turns of one sender with each other; only different senders count.")
def with_itself(log):
    if any(a is not b and a[0] < b[1] and b[0] < a[1] for a in log for b in log):
        return "full"
    return "half" if len({sender for *_, sender in log}) > 1 else "simplex"


@duplex.wrong("One sender alone is simplex, however often it speaks.")
def never_simplex(log):
    return used(log, lambda a, b: a[2] != b[2] and a[0] < b[1] and b[0] < a[1], everybody=True)


# --- seconds_needed -----------------------------------------------------------------------

MODES = ["lock-step", "pipelined", "keep-alive", "new connections"]


def some_race(rng: random.Random) -> Case:
    # Sixty-fourths, so that every way to add them up gives the same float.
    return Case(rng.randrange(1, 100), rng.randrange(1, 64) / 64, rng.choice(MODES))


@exercise(
    cases=[
        Case(
            1,
            0.5,
            "keep-alive",
            expected=2.0,
            nudge="Plain HTTP: TCP opens in one round trip, and there is no other handshake.",
        ),
        Case(
            1,
            0.5,
            "lock-step",
            expected=3.0,
            nudge="A WebSocket opens in two round trips; then one message goes and comes back.",
        ),
        Case(
            1,
            0.5,
            "pipelined",
            expected=3.0,
            nudge="One message alone has nothing to overtake: as long as in lock-step.",
        ),
        Case(
            1,
            0.5,
            "new connections",
            expected=2.0,
            nudge="Plain HTTP, and one message needs one connection: as long as keep-alive.",
        ),
        Case(
            4,
            0.25,
            "lock-step",
            expected=3.0,
            nudge="Two round trips to open, and one for each of the four messages.",
        ),
        Case(
            4,
            0.25,
            "pipelined",
            expected=1.5,
            nudge="All four leave together; how long until the last answer is back?",
        ),
        Case(
            4,
            0.25,
            "keep-alive",
            expected=2.5,
            nudge="One connection is opened once, and each of the four requests waits.",
        ),
        Case(
            4,
            0.25,
            "new connections",
            expected=4.0,
            nudge="Each of the four requests opens a connection first, then waits.",
        ),
    ],
    fuzz=some_race,
    hints=[
        "Count round trips: each is 2 * one_way seconds long.",
        "Opening takes one round trip for HTTP and two for WebSocket. New connections open each "
        "time; the others open once.",
        "The round trips: messages + 2 for lock-step, 3 for pipelined, messages + 1 for "
        "keep-alive, 2 * messages for new connections.",
    ],
    why="Only waiting costs time here. Pipelined is the one formula without `messages` in it.",
)
def seconds_needed(messages: int, one_way: float, mode: str) -> float:
    """Predict the seconds from the first opening to the last answer."""
    round_trips = {
        "lock-step": 2 + messages,
        "pipelined": 2 + 1,
        "keep-alive": 1 + messages,
        "new connections": messages * (1 + 1),
    }
    return round_trips[mode] * 2 * one_way


def predicted(messages, one_way, mode, **other):
    """seconds_needed with another count of round trips in some of the modes."""
    trips = {
        "lock-step": 2 + messages,
        "pipelined": 3,
        "keep-alive": 1 + messages,
        "new connections": 2 * messages,
    }
    return {**trips, **{name.replace("_", "-"): n for name, n in other.items()}}[mode] * 2 * one_way


@seconds_needed.wrong("So far only lock-step returns something; the other three modes are next.")
def lock_step_only(messages, one_way, mode):
    return predicted(messages, one_way, mode) if mode == "lock-step" else None


@seconds_needed.wrong("No branch took this mode; its name is spelled as in `laps`, with a hyphen.")
def underscores(messages, one_way, mode):
    return predicted(messages, one_way, mode) if mode == "pipelined" else None


@seconds_needed.wrong("You counted one way; an answer has to come back: 2 * one_way.")
def one_way_only(messages, one_way, mode):
    return predicted(messages, one_way / 2, mode)


@seconds_needed.wrong("You let pipelined wait for each answer; all its messages share one trip.")
def pipelined_waits(messages, one_way, mode):
    return predicted(messages, one_way, mode, pipelined=2 + messages)


@seconds_needed.wrong("You left out opening: one round trip for TCP, one more for a WebSocket.")
def opening_is_free(messages, one_way, mode):
    trips = {"pipelined": 1}.get(mode, messages)
    return trips * 2 * one_way


@seconds_needed.wrong("A WebSocket opens in two round trips: TCP first, then its handshake.")
def handshake_is_free(messages, one_way, mode):
    return predicted(messages, one_way, mode, lock_step=1 + messages, pipelined=2)


@seconds_needed.wrong("New connections open once for each message, so each message costs two.")
def opens_once(messages, one_way, mode):
    return predicted(messages, one_way, "keep-alive" if mode == "new connections" else mode)


@seconds_needed.wrong("You let keep-alive open a connection for each request; it opens one.")
def keep_alive_reopens(messages, one_way, mode):
    return predicted(messages, one_way, "new connections" if mode == "keep-alive" else mode)


# --- full_duplex --------------------------------------------------------------------------


async def over_a_patient_server(attempt: Callable[..., Any], words: list[str]) -> dict[str, Any]:
    """What came of one attempt at a server that holds its first answer back.

    It answers when it has heard as many words as there are, or when its patience ends.
    Its answers are the words back to front, which no client can know without listening.
    """
    before_the_first_answer: list[int] = []

    async def patient(ws: ServerConnection) -> None:
        heard: list[Any] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while len(heard) < len(words):
                    heard.append(await ws.recv())
        before_the_first_answer.append(len(heard))
        for word in heard:
            await ws.send(word[::-1])
        while True:
            await ws.send((await ws.recv())[::-1])

    async with PathServer(name="patient") as server:
        server.register("/", patient)
        answers = spent(await attempt(server.url, words))
        opened = sum(event.kind == "open" for event in server.events)
    return {
        "connections": opened,
        "words sent before the first answer": max(before_the_first_answer, default=0),
        "answers": answers,
    }


def told(words: list[str], nudge: str) -> Case:
    """The facts of a client that does it right."""
    facts = {
        "connections": 1,
        "words sent before the first answer": len(words),
        "answers": [word[::-1] for word in words],
    }
    return Case(words, expected=facts, nudge=nudge)


@exercise(
    cases=[
        told(["one", "two", "six"], "The answers are a list: one for each word, as they came."),
        told(
            [f"word {n}" for n in range(20)],
            "It works for three words; does anything in it count to three?",
        ),
    ],
    run=over_a_patient_server,
    seconds=8.0,
    hints=[
        "A coroutine that only sends, another that only receives, and one connection for both.",
        "asyncio.gather(speak(ws, words), listen(ws, words)) lets both go on at the same time.",
        "Inside `async with connect(url) as ws:` write _, answers = await asyncio.gather( ) with "
        "both coroutines in it; then return answers.",
    ],
    why="One coroutine for each direction, as the channel has one stream for each. The answers "
    "come in order because each stream keeps its order. To send all and only then listen passes "
    "here as well; with very many words both sides would stall, each with nobody reading.",
)
async def full_duplex(url: str, words: list[str]) -> list[str]:
    """Send every word without waiting; return the answers in order."""

    async def speak(ws):
        for word in words:
            await ws.send(word)

    async with connect(url) as ws:
        speaking = asyncio.create_task(speak(ws))
        async with asyncio.timeout(10):
            answers = [await ws.recv() for _ in words]
        await speaking
    return answers


@full_duplex.wrong("You wait for each answer before the next word; let sending run by itself.")
async def lock_step(url, words):
    answers = []
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
            answers.append(await ws.recv())
    return answers


@full_duplex.wrong("The answers are not what you returned: `return` what the listener collected.")
async def returns_nothing(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        for _ in words:
            await ws.recv()


@full_duplex.wrong("gather gives a result for each coroutine; return the listener's alone.")
async def both_results(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return [None, [await ws.recv() for _ in words]]


@full_duplex.wrong("You left before a word was sent; write `await` before asyncio.gather(...).")
async def gather_without_await(url, words):
    async with connect(url):
        return None


@full_duplex.wrong(
    "Inside a coroutine you await: `_, answers = await asyncio.gather(...)`, without asyncio.run."
)
async def unpacks_without_await(url, words):
    raise RuntimeError("await wasn't used with future")


@full_duplex.wrong("You returned coroutines, which are work not done yet; write await ws.recv().")
async def recv_without_await(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return [ws.recv() for _ in words]


@full_duplex.wrong("You returned one answer alone; receive once for each word.")
async def one_answer(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return await ws.recv()


@full_duplex.wrong("The check's server was never asked: connect to the `url` you are given.")
async def reversed_at_home(url, words):
    return [word[::-1] for word in words]


@full_duplex.wrong("The check's server heard nothing: you connected to another one; use `url`.")
async def another_server(url, words):
    return list(words)


@full_duplex.wrong("You sent the whole list, which becomes one message; send word by word.")
async def the_list_at_once(url, words):
    async with connect(url) as ws:
        await ws.send(words)
        return await ws.recv()


@full_duplex.wrong(
    "Several coroutines called recv() on one connection; let one alone receive, in a loop."
)
async def many_receivers(url, words):
    async with connect(url) as ws:

        async def ask(word):
            await ws.send(word)
            return await ws.recv()

        return list(await asyncio.gather(*map(ask, words)))


@full_duplex.wrong("You opened a connection for each word; one carries them all.")
async def many_connections(url, words):
    async def ask(word):
        async with connect(url) as ws:
            await ws.send(word)
            return await ws.recv()

    return list(await asyncio.gather(*map(ask, words)))


@full_duplex.wrong("The answers are all there, in another order; append each as it comes.")
async def newest_first(url, words):
    answers: list[Any] = []
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        for _ in words:
            answers.insert(0, await ws.recv())
    return answers


@full_duplex.wrong("You left when all was sent, and lost the answers; count what comes back.")
async def leaves_early(url, words):
    answers = []
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        answers.append(await ws.recv())
    return answers


@full_duplex.wrong("You returned the words you sent; return what the server answered.")
async def own_words(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        for _ in words:
            await ws.recv()
    return words


# --- quiz ---------------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "how-many-connections",
        "A client makes 20 HTTP/1.1 requests to one server. How many connections does that need?",
        {
            "a": Option(
                "20: HTTP opens a connection for each request.",
                "HTTP/1.0 did. Since 1997 a connection stays open unless one side says "
                "Connection: close; the tap counted one.",
            ),
            "b": Option(
                "1, unless somebody asks to close it.",
                "Yes: persistent is the rule since HTTP/1.1 (RFC 9112 §9.3).",
            ),
            "c": Option(
                "1, but it is closed after each response and opened again.",
                "Opened again is another connection. The tap saw one, which stayed "
                "open for all 20 requests.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="01-duplex: Does HTTP hang up",
    ),
    Question(
        "keep-alive",
        "HTTP keep-alive holds a connection open, and a WebSocket does. Is that the same thing?",
        {
            "a": Option(
                "Yes: an open connection is an open connection.",
                "The channel is the same. Over keep-alive the server still speaks only when "
                "asked; your server's ticks came unasked.",
                refuted_in="01-duplex: Freeze one direction",
            ),
            "b": Option(
                "No: keep-alive uses half-duplex connections.",
                "Both stand on TCP, which is full duplex: you heard an answer in mid-sentence.",
            ),
            "c": Option(
                "No: the channel is the same, but an HTTP server only answers.",
                "Yes. Either side of a WebSocket may speak at any time; an HTTP server answers.",
            ),
        },
        answer="c",
        misconception="keep-alive is the same thing",
        refuted_in="01-duplex: Is HTTP half duplex",
    ),
    Question(
        "what-full-means",
        "What makes a channel full duplex?",
        {
            "a": Option(
                "Both sides can send, each in its turn.",
                "That is half duplex: a walkie-talkie does it.",
                refuted_in="01-duplex: Three words",
            ),
            "b": Option(
                "Both sides can send at the same time.",
                "Yes. One direction may even stand still, and the other goes on.",
            ),
            "c": Option(
                "Both sides send all the time.",
                "That would be a use of it. A channel is what can be done, not what is done.",
            ),
        },
        answer="b",
        misconception="full duplex means that both talk all the time",
        refuted_in="01-duplex: Freeze one direction",
    ),
    Question(
        "why-fast",
        "A WebSocket client sends, waits, sends, waits. HTTP keep-alive does the same over the "
        "same wire. Who is faster?",
        {
            "a": Option(
                "WebSocket, by far: it is full duplex.",
                "It could be. Used like this it waits for as many round trips as HTTP does.",
            ),
            "b": Option(
                "Neither, by much: both wait for each answer.",
                "Yes. A full-duplex channel is fast when you use both directions at once.",
            ),
            "c": Option(
                "WebSocket: it saves setting up a connection for each message.",
                "Keep-alive sets up one connection as well, and took about as long.",
            ),
        },
        answer="b",
        misconception="WebSocket is fast because HTTP sets up a connection per request",
        refuted_in="01-duplex: The race",
    ),
    Question(
        "what-costs",
        "HTTP keep-alive against a WebSocket that waits for nothing: what makes HTTP slower?",
        {
            "a": Option(
                "Setting up connections.",
                "It set up one, as the WebSocket did. New connections cost extra, and that is "
                "the fourth client.",
            ),
            "b": Option(
                "Its headers, which are longer.",
                "They are, ten times over. On this wire bytes take no time; only waiting does.",
                refuted_in="01-duplex: What a message costs",
            ),
            "c": Option(
                "It waits for one response before the next request.",
                "Yes: 20 waits of one round trip each.",
            ),
        },
        answer="c",
        misconception="HTTP's cost is connection set-up per request",
        refuted_in="01-duplex: Where the time goes",
    ),
)
