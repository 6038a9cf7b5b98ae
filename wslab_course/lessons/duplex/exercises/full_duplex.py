"""Exercise full_duplex of notebook 01, duplex."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection

from wslab.network.client import connect
from wslab.network.paths import PathServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.facts import without_coroutines

HOLD_BACK_S = 0.5  # seconds that the server waits for more words before its first answer


async def over_a_patient_server(attempt: Callable[..., Any], words: list[str]) -> dict[str, Any]:
    """The facts of one attempt against a server that holds its first answer back.

    It answers when it has received every word, or after HOLD_BACK_S. Its answers are the
    words reversed, so a client must receive them to return them.
    """
    before_the_first_answer: list[int] = []

    async def patient(ws: ServerConnection) -> None:
        heard: list[Any] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(HOLD_BACK_S):
                while len(heard) < len(words):
                    heard.append(await ws.recv())
        before_the_first_answer.append(len(heard))
        for word in heard:
            await ws.send(word[::-1])
        while True:
            await ws.send((await ws.recv())[::-1])

    async with PathServer(name="patient") as server:
        server.register("/", patient)
        answers = without_coroutines(await attempt(server.url, words))
        opened = sum(event.kind == "open" for event in server.events)
    return {
        "connections": opened,
        "words sent before the first answer": max(before_the_first_answer, default=0),
        "answers": answers,
    }


def case_of(words: list[str], nudge: str) -> Case:
    """The facts of a correct client."""
    facts = {
        "connections": 1,
        "words sent before the first answer": len(words),
        "answers": [word[::-1] for word in words],
    }
    return Case(words, expected=facts, nudge=nudge)


@exercise(
    cases=[
        case_of(
            ["one", "two", "six"],
            "Return the answers as a list: one for each word, in the order in which they came.",
        ),
        case_of(
            [f"word {n}" for n in range(20)],
            "It works for three words. Does your code depend on the number three?",
        ),
    ],
    run=over_a_patient_server,
    seconds=8.0,
    hints=[
        "Write one coroutine that only sends and one that only receives, on one connection.",
        "asyncio.gather(speak(ws, words), listen(ws, words)) runs both at the same time.",
        "Inside `async with connect(url) as ws:` write _, answers = await asyncio.gather( ) with "
        "both coroutines in it; then return answers.",
    ],
    why="There is one coroutine for each direction, because the channel has one stream for each. "
    "The answers come in order because each stream keeps its order. Sending everything first and "
    "receiving afterwards also passes here; with very many words both sides would stop, because "
    "neither would read.",
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


@full_duplex.wrong(
    "You returned something other than the answers: `return` the list that the listener collected."
)
async def returns_nothing(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        for _ in words:
            await ws.recv()


@full_duplex.wrong("gather gives one result for each coroutine; return only the listener's.")
async def both_results(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return [None, [await ws.recv() for _ in words]]


@full_duplex.wrong(
    "The connection closed before a word was sent; write `await` before asyncio.gather(...)."
)
async def gather_without_await(url, words):
    async with connect(url):
        return None


@full_duplex.wrong(
    "Inside a coroutine, use await: `_, answers = await asyncio.gather(...)`, without asyncio.run."
)
async def unpacks_without_await(url, words):
    raise RuntimeError("await wasn't used with future")


@full_duplex.wrong("You returned coroutines, which have not run yet; write await ws.recv().")
async def recv_without_await(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return [ws.recv() for _ in words]


@full_duplex.wrong("You returned one answer; receive once for each word.")
async def one_answer(url, words):
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        return await ws.recv()


@full_duplex.wrong(
    "No client connected to the check's server: connect to the `url` that you are given."
)
async def reversed_at_home(url, words):
    return [word[::-1] for word in words]


@full_duplex.wrong(
    "The check's server received nothing: perhaps you connected to another one; use `url`."
)
async def another_server(url, words):
    return list(words)


@full_duplex.wrong("You sent the whole list as one message; send each word as its own message.")
async def the_list_at_once(url, words):
    async with connect(url) as ws:
        await ws.send(words)
        return await ws.recv()


@full_duplex.wrong(
    "Several coroutines called recv() on one connection; let only one receive, in a loop."
)
async def many_receivers(url, words):
    async with connect(url) as ws:

        async def ask(word):
            await ws.send(word)
            return await ws.recv()

        return list(await asyncio.gather(*map(ask, words)))


@full_duplex.wrong("You opened a connection for each word; send all words on one connection.")
async def many_connections(url, words):
    async def ask(word):
        async with connect(url) as ws:
            await ws.send(word)
            return await ws.recv()

    return list(await asyncio.gather(*map(ask, words)))


@full_duplex.wrong("You returned all the answers, but in another order; append each as it comes.")
async def newest_first(url, words):
    answers: list[Any] = []
    async with connect(url) as ws:
        for word in words:
            await ws.send(word)
        for _ in words:
            answers.insert(0, await ws.recv())
    return answers


@full_duplex.wrong(
    "You closed the connection before all answers had come; receive one answer for each word."
)
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
