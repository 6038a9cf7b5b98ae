"""Stages 4 and 5: slow readers, many clients, and a history without losses and repeats."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from wslab.network.chat.protocol import LIMITS, TEXT_CHARACTERS
from wslab_course.lessons.chat.grading.client import (
    ChatMessage,
    CheckFailed,
    ScriptedClient,
    is_say,
)
from wslab_course.lessons.chat.grading.script import ChatUnderTest, LeftOut, script

_BURST_MESSAGES: Final = 20  # messages of one speaker, which any rate limit lets pass
_BURSTS: Final = {True: 30, False: 75}  # for a hosted handler, and for a server not our own
_CROWD_CLIENTS: Final = 50
_CUTS_IN_A_ROW: Final = 3


@script(
    4,
    "sam does not read, while the others send several MB.",
    "They hear each other at once: no other client waits for sam.",
)
async def slow_reader(chat: ChatUnderTest) -> None:
    (ann,) = await chat.joins("ann")
    sam = chat.client("sam", slack=2)
    await sam.open(slow=True)
    await sam.tell("join", name=sam.name)
    await ann.hears_of("join", sam, "that sam joined")
    said: list[str] = []
    rounds = _BURSTS[chat.hosted]
    for _ in range(rounds):
        speaker = chat.client("bob")
        await speaker.open()
        await speaker.join()
        for _ in range(_BURST_MESSAGES):
            said.append(chat.text("🎉" * (TEXT_CHARACTERS - 20)))
            await speaker.say(said[-1])
        whole = f"{len(said)} of {rounds * _BURST_MESSAGES}"
        await ann.until(
            lambda: any(is_say(m, said[-1]) for m in ann.received[-_BURST_MESSAGES:]),  # noqa: B023
            f"ann did not hear message {whole} within {ann.patience:g} s: everyone waits for "
            "sam, who does not read.",
        )
        await speaker.end()
        chat.clients.remove(speaker)
    sam.read()
    text = chat.text("is sam back?")
    await ann.say(text)
    many = -1
    while len(sam.received) > many and not sam.ended:  # as long as more messages come
        many = len(sam.received)
        with suppress(CheckFailed):  # sam may be dropped, or this message may be
            await sam.until(
                lambda: (
                    (sam.received and is_say(sam.received[-1], text))
                    or len(sam.received) > many + 100  # noqa: B023
                ),
                "",
            )
        if sam.received and is_say(sam.received[-1], text):
            break
    texts = {m.get("text") for m in sam.received}
    chat.slow = sam, len(texts & set(said)), len(said)


@script(
    4,
    "sam reads again.",
    "The server has not kept everything for sam: it dropped messages, or closed sam's connection.",
)
async def bounded_queue(chat: ChatUnderTest) -> None:
    if chat.slow is None:
        raise LeftOut("The previous check has to pass first.")
    sam, heard, said = chat.slow
    chat.clients.append(sam)
    if heard == said:
        raise CheckFailed(
            f"sam got all {said} messages, several MB: the server keeps messages without a limit "
            "for a client that does not read."
        )


@script(
    4,
    f"{_CROWD_CLIENTS} clients join at once, and each says something.",
    f"Each client hears all {_CROWD_CLIENTS} messages once, and all clients in the same order.",
)
async def crowd(chat: ChatUnderTest) -> None:
    clients = [chat.client(f"client {number}", slack=2) for number in range(1, _CROWD_CLIENTS + 1)]
    for client in clients:
        client.name = client.name.replace(" ", "")

    async def arrive(client: ScriptedClient) -> None:
        await client.open()
        await client.join()

    await asyncio.gather(*map(arrive, clients))
    texts = [chat.text("hello from the crowd") for _ in clients]
    await asyncio.gather(*(client.say(text) for client, text in zip(clients, texts, strict=True)))
    wanted = set(texts)

    def texts_of(client: ScriptedClient) -> list[Any]:
        return [
            m["text"] for m in client.received if m.get("type") == "say" and m["text"] in wanted
        ]

    async def hears_all(client: ScriptedClient) -> None:
        with suppress(CheckFailed):
            await client.until(lambda: len(set(texts_of(client))) == _CROWD_CLIENTS, "")

    await asyncio.gather(*map(hears_all, clients))
    for client in clients:
        if (many := len(set(texts_of(client)))) < _CROWD_CLIENTS:
            raise CheckFailed(f"{client.label} heard {many} of {_CROWD_CLIENTS} messages.")
        if len(texts_of(client)) > _CROWD_CLIENTS:
            raise CheckFailed(
                f"{client.label} heard {len(texts_of(client)) - _CROWD_CLIENTS} messages twice."
            )
        if texts_of(client) != texts_of(clients[0]):
            raise CheckFailed(
                f"{client.label} heard them in another order than {clients[0].label}."
            )


@script(
    5,
    "ann and bob talk, and each puts an `id` into the messages that they send.",
    "Each message comes with the server's `id`, larger than those before, the same for all "
    "clients.",
)
async def ids(chat: ChatUnderTest) -> None:
    ann, bob = await chat.joins("ann", "bob")
    last = -1
    for speaker in (ann, bob, ann):
        text = chat.text("count me")
        await speaker.tell("say", text=text, id=0)
        found = [(await client.hears_text(text, "it")).get("id") for client in (ann, bob)]
        if type(found[0]) is not int:
            raise CheckFailed(
                f"a message came with {_words_for(found[0])}; an `id` is a whole number."
            )
        if found[0] != found[1]:
            raise CheckFailed(f"ann heard it with `id` {found[0]}, and bob with {found[1]}.")
        if found[0] <= last:
            raise CheckFailed(
                f"`id` {found[0]} came after {last}; each `id` must be larger than the one before."
            )
        last = found[0]


def _words_for(value: object) -> str:
    return "no `id`" if value is None else f"id={str(value)[:20]!r}"


async def _id_of(client: ScriptedClient, text: str, what: str) -> int:
    number = (await client.hears_text(text, what)).get("id")
    if type(number) is not int:
        raise CheckFailed(f"a message came with {_words_for(number)}; an `id` is a whole number.")
    return number


async def _history(client: ScriptedClient, since: int, before: int) -> list[ChatMessage]:
    """The events of the next history message."""

    def is_it(message: ChatMessage) -> bool:
        return message.get("type") == "history"

    await client.until(
        lambda: any(map(is_it, client.received[before:])),
        f"{client.label} got no `history` for since={since} within {client.patience:g} s.",
    )
    message = next(filter(is_it, client.received[before:]))
    events = message.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise CheckFailed("`history` came without `events`, a list of messages.")
    return events


@script(
    5,
    "zoe comes late and asks for the `history` after an id.",
    "She gets the messages after it, oldest first, each with its original `id`.",
)
async def history(chat: ChatUnderTest) -> None:
    (ann,) = await chat.joins("ann")
    texts = [chat.text("for later") for _ in range(4)]
    numbers = []
    for text in texts:
        await ann.say(text)
        numbers.append(await _id_of(ann, text, "its own words"))
    (zoe,) = await chat.joins("zoe")
    for since in (0, 2):
        before = len(zoe.received)
        await zoe.tell("history", since=numbers[since])
        events = await _history(zoe, numbers[since], before)
        found = [(m.get("text"), m.get("id")) for m in events if m.get("type") == "say"]
        expected = list(zip(texts, numbers, strict=True))[since + 1 :]
        if found != expected:
            raise CheckFailed(
                _difference(found, expected, f"the history after id {numbers[since]}")
            )


def _difference(found: list[Any], expected: list[Any], where: str) -> str:
    """One sentence about the first message that is lost, repeated, unexpected or out of order."""
    if lost := [item for item in expected if item not in found]:
        same_text = [item for item in found if item[0] == lost[0][0]]
        if same_text:
            return f"{where} has {_say(same_text[0])}, which was sent with id {lost[0][1]}."
        return f"{where} lacks {len(lost)} of {len(expected)}: the first is {_say(lost[0])}."
    if doubled := [item for item in expected if found.count(item) > 1]:
        return f"{where} has {_say(doubled[0])} {found.count(doubled[0])} times."
    if extra := [item for item in found if item not in expected]:
        return f"{where} has {_say(extra[0])}, which came earlier and was not asked for."
    return f"{where} is out of order."


def _say(item: tuple[Any, Any]) -> str:
    return f"{str(item[0]).partition(' #')[0][:40]!r} (id {item[1]})"


@script(
    5,
    "zoe is cut off three times and joins again with `since`, while ann goes on talking.",
    "History and live messages together hold every message exactly once.",
)
async def resume(chat: ChatUnderTest) -> None:
    ann, zoe = await chat.joins("ann", "zoe")
    name = zoe.name
    for cut in range(1, _CUTS_IN_A_ROW + 1):
        text = chat.text(f"before cut {cut}")
        await ann.say(text)
        last = await _id_of(zoe, text, "ann")
        gone = len(ann.received)
        zoe.vanish()
        await ann.until(
            lambda: any(m.get("type") == "leave" for m in ann.received[gone:]),  # noqa: B023
            f"ann did not hear that zoe left, who was cut off, within {ann.patience:g} s.",
        )
        texts = [chat.text(f"during cut {cut}") for _ in range(2)]
        for text in texts:
            await ann.say(text)
            await ann.hears_text(text, "its own words")
        zoe = chat.client("zoe", name=name)
        await zoe.open()
        texts += [chat.text(f"as zoe comes back {cut}") for _ in range(2)]
        await asyncio.gather(zoe.join(since=last), *(ann.say(text) for text in texts[2:]))
        await _history(zoe, last, 0)
        await chat.still_delivers(ann, zoe, after="after she had joined again")
        expected = [(text, await _id_of(ann, text, "its own words")) for text in texts]
        got: list[ChatMessage] = []
        for message in zoe.received:
            got += message["events"] if message.get("type") == "history" else [message]
        found = [(m.get("text"), m.get("id")) for m in got if m.get("type") == "say"][:-1]
        if found != expected:
            raise CheckFailed(_difference(found, expected, f"what zoe got after cut {cut}"))


@script(
    5,
    "zoe asks for the `history` after id 0, when hundreds of messages have been sent.",
    f"She gets the newest events, at most {LIMITS.history}, and `complete` is false.",
)
async def bounded_history(chat: ChatUnderTest) -> None:
    (zoe,) = await chat.joins("zoe")
    text = chat.text("the newest")
    await zoe.say(text)
    await _id_of(zoe, text, "its own words")
    before = len(zoe.received)
    await zoe.tell("history", since=0)
    events = await _history(zoe, 0, before)
    complete = next(m for m in zoe.received[before:] if m.get("type") == "history").get("complete")
    if len(events) > LIMITS.history:
        raise CheckFailed(f"the history has {len(events)} events; the limit is {LIMITS.history}.")
    if not any(is_say(event, text) for event in events):
        raise CheckFailed("the history lacks the last message.")
    if complete is not False:
        raise CheckFailed(f"`complete` is {complete!r}, although older messages are missing.")
