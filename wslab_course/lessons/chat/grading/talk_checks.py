"""Stages 1 and 2: everyone hears each message, and the server says who sent it."""

from __future__ import annotations

import json
from datetime import datetime

from wslab_course.lessons.chat.grading.client import CheckFailed, ScriptedClient, is_about, is_say
from wslab_course.lessons.chat.grading.script import ChatUnderTest, did_not_hear, script

_WORDS = [
    "Grüße",
    "日本語",
    "🎉👩‍👩‍👧",
    'a "quote" and a \\',
    "two\nlines",
    " spaces  ",
    "шум",
    "0",
]


async def _present(client: ScriptedClient, chat: ChatUnderTest) -> None:
    """Wait until the server surely knows a client: it has passed on a message of it."""
    text = chat.text("here I am")
    await client.say(text)
    await client.hears_text(text, "its own words")


@script(
    1,
    "One client says something.",
    "It hears its own words: a message goes to all, the sender included.",
)
async def hears_itself(chat: ChatUnderTest) -> None:
    await _present(await chat.asks_to_join("ann"), chat)


@script(1, "Two clients are connected, and each says something.", "Each hears both messages.")
async def everyone_hears(chat: ChatUnderTest) -> None:
    ann, bob = await chat.asks_to_join("ann"), await chat.asks_to_join("bob")
    for client in (ann, bob):
        await _present(client, chat)
    for speaker, other in ((ann, bob), (bob, ann)):
        text = chat.text("hello")
        await speaker.say(text)
        await speaker.hears_text(text, "its own words")
        await other.hears_text(text, f"what {speaker.label} said")


@script(
    1,
    "One of three clients closes its connection, and the others talk.",
    "They hear each other as before.",
)
async def one_goes(chat: ChatUnderTest) -> None:
    ann, bob, cat = [await chat.asks_to_join(label) for label in ("ann", "bob", "cat")]
    for client in (ann, bob, cat):
        await _present(client, chat)
    await cat.close()
    for _ in range(2):
        for speaker, other in ((ann, bob), (bob, ann)):
            await chat.still_delivers(speaker, other, after="after cat had gone")


@script(
    1,
    "One client sends 16 messages at once, in many alphabets.",
    "The other client hears each of them once, unchanged and in order.",
)
async def nothing_is_changed(chat: ChatUnderTest) -> None:
    ann, bob = await chat.asks_to_join("ann"), await chat.asks_to_join("bob")
    for client in (ann, bob):
        await _present(client, chat)
    texts = [chat.text(words) for words in 2 * _WORDS]
    for text in texts:
        await ann.say(text)
    await bob.hears_text(texts[-1], "the last of them")
    heard = [m["text"] for m in bob.received if any(is_say(m, text) for text in texts)]
    if heard != texts:
        missing = [text for text in texts if text not in heard]
        what = f"{missing[0]!r} was missing" if missing else "they came in another order, or twice"
        raise CheckFailed(f"bob heard {len(heard)} of {len(texts)}: {what}.")


@script(2, "bob joins while ann is there.", "Both hear that bob joined, by name, once.")
async def join_is_heard(chat: ChatUnderTest) -> None:
    ann, bob = await chat.joins("ann", "bob")
    await ann.hears_of("join", bob, "that bob joined")
    await chat.still_delivers(ann, bob, after="after bob had joined")
    for client in (ann, bob):
        times = len(client.find(lambda m: is_about(m, "join", bob)))
        if times != 1:
            raise CheckFailed(f"{client.label} heard {times} times that bob joined.")


@script(
    2,
    "bob says something, with ann's name in the message.",
    "All hear it with bob's name, and with the server's time in `at`.",
)
async def sender_is_named(chat: ChatUnderTest) -> None:
    ann, bob = await chat.joins("ann", "bob")
    text = chat.text("who am I?")
    await bob.tell("say", text=text, name=ann.name, at="long ago")
    for client in (ann, bob):
        message = await client.hears_text(text, "what bob said")
        if message.get("name") != bob.name:
            found = message.get("name", "no name at all")
            whose = "the name that bob claimed" if found == ann.name else repr(found)
            raise CheckFailed(
                f"{client.label} heard it with {whose}; the name must be the one that bob joined "
                "with."
            )
        if not _is_time(at := message.get("at")):
            found = "no `at`" if at is None else f"at={at!r}"
            raise CheckFailed(f"it came with {found}; write a time like 2026-11-21T10:45:00Z.")


def _is_time(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


@script(2, "bob says `leave`, and then closes.", "ann hears once that bob left.")
async def leave_is_heard(chat: ChatUnderTest) -> None:
    ann, bob = await chat.joins("ann", "bob")
    await bob.tell("leave")
    await ann.hears_of("leave", bob, "that bob left")
    await bob.close()
    await _no_more_than_once(chat, ann, bob)


@script(2, "bob closes without `leave`.", "ann hears once that bob left.")
async def close_is_heard(chat: ChatUnderTest) -> None:
    ann, bob = await chat.joins("ann", "bob")
    await bob.close()
    await ann.hears_of("leave", bob, "that bob left")
    await _no_more_than_once(chat, ann, bob)


async def _no_more_than_once(chat: ChatUnderTest, ann: ScriptedClient, bob: ScriptedClient) -> None:
    (dan,) = await chat.joins("dan")  # gives the server's loop time for a turn or two
    await chat.still_delivers(ann, dan, after="after bob had left")
    if (times := len(ann.find(lambda m: is_about(m, "leave", bob)))) != 1:
        raise CheckFailed(f"ann heard {times} times that bob left.")


@script(
    2,
    "A second client joins with ann's name, and a third after ann has left.",
    "The second gets an error and ann hears nothing of it; the third may join.",
)
async def one_name_one_client(chat: ChatUnderTest) -> None:
    ann, bob = await chat.joins("ann", "bob")
    eve = chat.client("eve", name=ann.name)
    await eve.open()
    join = json.dumps({"type": "join", "name": eve.name})
    await eve.send(join)
    await eve.is_refused(0, "a second ann")
    text = chat.text("am I ann?")
    await eve.try_to_send(json.dumps({"type": "say", "text": text}))
    await chat.still_delivers(ann, bob, after="after a second ann was refused")
    did_not_hear(bob, text, "the second ann, who had not joined")
    if len(bob.find(lambda m: is_about(m, "join", ann))) > 0:
        raise CheckFailed("bob heard that a second ann joined.")
    await ann.close()
    await bob.hears_of("leave", ann, "that ann left")
    fay = chat.client("fay", name=ann.name)
    await fay.open()
    await fay.join()
    await chat.still_delivers(fay, bob, after="after the name was free again")
