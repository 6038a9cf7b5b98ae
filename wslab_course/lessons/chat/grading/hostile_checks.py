"""Stage 3: clients that send what is not allowed, and clients that vanish."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final

from wslab.network.chat.protocol import NAME_CHARACTERS, TEXT_CHARACTERS
from wslab_course.lessons.chat.grading.client import CheckFailed, ScriptedClient, is_say
from wslab_course.lessons.chat.grading.script import ChatUnderTest, LeftOut, did_not_hear, script

_NO_JSON: Final[dict[str, str | bytes]] = {
    "half an object": '{"type": "say", "text": ',
    "plain text": "hello",
    "an empty message": "",
    "a binary message": b"\x00\xffsay",
}
_WRONG: Final = {
    "a list": "[]",
    "a number": "42",
    "null": "null",
    "an object without a type": '{"text": "hello"}',
    "an unknown type": '{"type": "fly"}',
    "a type that is a list": '{"type": ["say"]}',
    "a `say` without a text": '{"type": "say"}',
    "a text that is a number": '{"type": "say", "text": 5}',
    "a text that is null": '{"type": "say", "text": null}',
    "an empty text": '{"type": "say", "text": ""}',
    "a text with half a surrogate pair": '{"type": "say", "text": "\\ud800"}',
}
_BAD_NAMES: Final = {
    "an empty name": "",
    "a name of spaces": "   ",
    "a name of two lines": "ann\nbob",
    "a name that is too long": "a" * (NAME_CHARACTERS + 1),
    "a name that is a number": 7,
}
_MARKUP: Final = "<script>alert('hi')</script> <img src=x onerror=\"alert(1)\"> &lt;b&gt; & \u202e"
_FLOOD_MESSAGES: Final = 200


async def _are_refused(client: ScriptedClient, messages: dict[str, str | bytes]) -> None:
    for what, data in messages.items():
        before = len(client.received)
        await client.send(data)
        await client.is_refused(before, what)


@script(
    3,
    "eve sends messages that are not JSON: half an object, plain text, nothing, bytes.",
    "She gets an error each time and stays connected; no other client hears of it.",
)
async def no_json(chat: ChatUnderTest) -> None:
    ann, eve = await chat.joins("ann", "eve")
    before = len(ann.received)
    await _are_refused(eve, _NO_JSON)
    await chat.still_delivers(eve, ann, after="after messages that are not JSON")
    _heard_nothing(ann, before)


@script(
    3,
    "eve sends JSON that is not a message of the chat: wrong types, missing or wrong fields.",
    "She gets an error each time and stays connected; no other client hears of it.",
)
async def wrong_types(chat: ChatUnderTest) -> None:
    ann, eve = await chat.joins("ann", "eve")
    before = len(ann.received)
    await _are_refused(eve, dict(_WRONG))
    await chat.still_delivers(eve, ann, after="after wrong types")
    _heard_nothing(ann, before)


def _heard_nothing(client: ScriptedClient, before: int) -> None:
    """CheckFailed if more came since `before` than the last message, which the client should hear.

    Clients of the previous check may still be leaving.
    """
    extra = [m for m in client.received[before:-1] if m.get("type") not in ("join", "leave")]
    if extra:
        raise CheckFailed(f"{client.label} heard of it, too: {json.dumps(extra[0])[:100]}.")


@script(
    3,
    "eve says something before she joins, and joins twice.",
    "She gets an error both times; no client hears what she said first.",
)
async def join_first(chat: ChatUnderTest) -> None:
    (ann,) = await chat.joins("ann")
    eve = chat.client("eve")
    await eve.open()
    text = chat.text("not joined")
    await eve.say(text)
    await eve.is_refused(0, "a `say` before `join`")
    await eve.join()
    before = len(eve.received)
    await eve.tell("join", name=f"{eve.name}-b")
    await eve.is_refused(before, "a second `join`")
    await chat.still_delivers(eve, ann, after="after a second `join`")
    did_not_hear(ann, text, "what eve said before she joined")


@script(
    3,
    f"eve tries bad names: empty, spaces, two lines, {NAME_CHARACTERS + 1} characters, a number.",
    "She gets an error each time, and may then join with a good name.",
)
async def bad_names(chat: ChatUnderTest) -> None:
    (ann,) = await chat.joins("ann")
    eve = chat.client("eve")
    await eve.open()
    await _are_refused(
        eve, {what: json.dumps({"type": "join", "name": name}) for what, name in _BAD_NAMES.items()}
    )
    await eve.join()
    await chat.still_delivers(eve, ann, after="after bad names")


@script(
    3,
    f"eve sends a text of {TEXT_CHARACTERS:,} characters, and then one of one character more.",
    "All hear the first; the second gets an error, and no client hears it.",
)
async def long_text(chat: ChatUnderTest) -> None:
    ann, eve = await chat.joins("ann", "eve")
    text = chat.text("long ").ljust(TEXT_CHARACTERS, ".")
    await eve.say(text)
    await ann.hears_text(text, f"a text of {TEXT_CHARACTERS:,} characters, which is allowed,")
    before = len(eve.received)
    await eve.say(text + ".")
    await eve.is_refused(before, f"a text of {TEXT_CHARACTERS + 1:,} characters")
    await chat.still_delivers(eve, ann, after="after a long text")
    did_not_hear(ann, text + ".", "the text that was too long")


@script(
    3,
    "eve sends a message of 1 MiB.",
    "She gets an error, or the server closes with 1009; no client hears it, and the others go on.",
)
async def one_mebibyte(chat: ChatUnderTest) -> None:
    ann, bob, eve = await chat.joins("ann", "bob", "eve")
    text = chat.text("big ").ljust(2**20, "x")
    before = len(eve.received)
    await eve.try_to_send(json.dumps({"type": "say", "text": text}))
    with suppress(CheckFailed):
        await eve.until(lambda: any(m.get("type") for m in eve.received[before:]), "")
    await chat.still_delivers(ann, bob, after="after a message of 1 MiB")
    did_not_hear(ann, text, "a message of 1 MiB")
    refused = [m for m in eve.received[before:] if m.get("type") == "error"]
    if not refused and not (eve.ended and eve.close_code in (1008, 1009)):
        how = f"the connection ended with {eve.how_it_ended()}" if eve.ended else "nothing came"
        raise CheckFailed(f"eve got no error and no close code 1009: {how}.")


@script(
    3,
    "eve sends HTML: a script, an image with onerror, entities.",
    "All hear it unchanged: each client must show it safely itself.",
)
async def markup(chat: ChatUnderTest) -> None:
    ann, eve = await chat.joins("ann", "eve")
    text = chat.text(_MARKUP)
    await eve.say(text)
    number = text.rpartition("#")[2]

    def is_it(message: dict[str, object]) -> bool:
        return message.get("type") == "say" and str(message.get("text")).endswith(number)

    heard = await ann.hears(is_it, "the HTML")
    if not is_say(heard, text):
        raise CheckFailed(f"ann heard something else: {str(heard.get('text'))[:80]!r}.")


@script(
    3,
    f"eve sends {_FLOOD_MESSAGES} messages at once.",
    "She gets an error before the end, or the server closes with 1008; the others go on.",
)
async def flood(chat: ChatUnderTest) -> None:
    ann, bob, eve = await chat.joins("ann", "bob", "eve")
    before = len(eve.received)
    texts = [chat.text("spam") for _ in range(_FLOOD_MESSAGES)]
    with suppress(CheckFailed):
        for text in texts:
            await eve.say(text)
    await chat.still_delivers(ann, bob, after=f"while eve sent {_FLOOD_MESSAGES} messages")

    def is_answered() -> bool:
        return any(m.get("type") == "error" for m in eve.received[before:]) or (
            eve.ended and eve.close_code == 1008
        )

    with suppress(CheckFailed):
        await eve.until(lambda: is_answered() or eve.times(texts[-1]), "")
    if not is_answered():
        passed = sum(bool(eve.times(text)) for text in texts)
        raise CheckFailed(
            f"{passed} of {_FLOOD_MESSAGES} were passed on, without an error and without 1008."
        )


@script(
    3,
    "dan vanishes: TCP is reset, and no Close frame comes.",
    "The others hear that dan left, and go on.",
)
async def silent_drop(chat: ChatUnderTest) -> None:
    ann, bob, dan = await chat.joins("ann", "bob", "dan")
    dan.vanish()
    await ann.hears_of("leave", dan, "that dan left, who was gone without a Close frame,")
    await chat.still_delivers(ann, bob, after="after dan was gone")


@script(
    3,
    "dan vanishes in the middle of a frame.",
    "The others hear that dan left, but nothing of the incomplete message.",
)
async def mid_frame(chat: ChatUnderTest) -> None:
    ann, bob, dan = await chat.joins("ann", "bob", "dan")
    before = len(ann.received)
    dan.vanish_in_mid_frame(chat.text("half"))
    await ann.hears_of("leave", dan, "that dan left, who vanished in the middle of a frame,")
    await chat.still_delivers(ann, bob, after="after dan vanished in the middle of a frame")
    if any(m.get("type") == "say" for m in ann.received[before:-1]):
        raise CheckFailed("ann heard something of an incomplete message.")


@script(
    3,
    "dan stays connected but answers no Ping.",
    "The server ends his connection: the others hear that dan left.",
)
async def no_pong(chat: ChatUnderTest) -> None:
    if not chat.pinging_url:
        raise LeftOut("It is not known whether this server sends a Ping within 2 s.")
    (ann,) = await chat.joins("ann")
    dan = chat.client("dan", url=chat.pinging_url)
    await dan.open()
    await dan.join()
    dan.stop_reading()
    ann.patience *= 2  # a Ping, its timeout, and a closing handshake that dan does not answer
    await ann.hears_of("leave", dan, "that dan left, who answered no Ping,")
