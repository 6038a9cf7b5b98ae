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

HOLD_BACK_S = 0.5  # seconds that the first answer is held back, while more words may come


async def over_a_patient_server(attempt: Callable[..., Any], words: list[str]) -> dict[str, Any]:
    """What came of one attempt at a server that holds its first answer back.

    It answers when it has heard as many words as there are, or when its patience ends.
    Its answers are the words back to front, which no client can know without listening.
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
    """The facts of a client that does it right."""
    facts = {
        "connections": 1,
        "words sent before the first answer": len(words),
        "answers": [word[::-1] for word in words],
    }
    return Case(words, expected=facts, nudge=nudge)


@exercise(
    cases=[
        case_of(["one", "two", "six"], "The answers are a list: one for each word, as they came."),
        case_of(
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
