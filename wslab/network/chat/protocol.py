"""The chat protocol, written down once: every message, every field, every limit.

Messages are JSON objects in WebSocket text messages. The tables below are the whole
protocol: `read` checks each message against them, `describe` prints them as
documentation, and you can read them when you write a server or a client of your own.

A field that is not in the table is ignored, so that the protocol can grow.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

from wslab.protocol.frames import Side

NAME_CHARACTERS: Final = 24
TEXT_CHARACTERS: Final = 1_000
MARK_CHARACTERS: Final = 32  # in a key or a tag
CLOSE_REPLACED: Final = 4001  # the same client joined again on another connection


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field of a message holds. `most` is the limit of a text in characters."""

    name: str
    kind: type  # str, int, bool or list
    says: str
    required: bool = True
    most: int | None = None

    @property
    def words(self) -> str:
        """The type and the limit, such as ``text of 1 to 24 characters``."""
        if self.kind is str and self.most is not None:
            return f"text of 1 to {self.most:,} characters"
        return {str: "text", int: "whole number, 0 or more", bool: "true or false", list: "list"}[
            self.kind
        ]

    def fits(self, value: object) -> bool:
        """Whether the value has the type and is within the limit."""
        if type(value) is not self.kind:  # not isinstance: true is not a number here
            return False
        if isinstance(value, int):
            return value >= 0
        if isinstance(value, str):
            return (self.most is None or 1 <= len(value) <= self.most) and _is_sendable(value)
        return True


@dataclass(frozen=True, slots=True)
class MessageRule:
    """One type of message, and who sends it."""

    sender: Side
    type: str
    says: str
    fields: tuple[FieldRule, ...] = ()


_ID: Final = FieldRule("id", int, "the number of this event in its room: 1, 2, 3 …")
_AT: Final = FieldRule("at", str, "when the server received it: ISO 8601, in UTC")
_NAME: Final = FieldRule(
    "name", str, "who caused the event; the server fills it in", True, NAME_CHARACTERS
)
_TAG: Final = FieldRule(
    "tag",
    str,
    "a mark that the sender chooses, to recognise its own message",
    False,
    MARK_CHARACTERS,
)

MESSAGES: Final = (
    MessageRule(
        Side.CLIENT,
        "join",
        "take part under a name; send this first",
        (
            FieldRule("name", str, "letters, digits, space, - _ . '", True, NAME_CHARACTERS),
            FieldRule("since", int, "also send what came after this id, as `history`", False),
            FieldRule(
                "key",
                str,
                "a secret of your own: a second join with the same key replaces the first",
                False,
                MARK_CHARACTERS,
            ),
        ),
    ),
    MessageRule(
        Side.CLIENT,
        "say",
        "tell everyone in the room, yourself included",
        (FieldRule("text", str, "what you say", True, TEXT_CHARACTERS), _TAG),
    ),
    MessageRule(
        Side.CLIENT,
        "history",
        "ask for what came after an id",
        (FieldRule("since", int, "the last id that you have; 0 for all that is kept"),),
    ),
    MessageRule(Side.CLIENT, "leave", "say goodbye; the server then closes the connection"),
    MessageRule(Side.SERVER, "join", "someone has joined the room", (_ID, _AT, _NAME)),
    MessageRule(
        Side.SERVER,
        "say",
        "someone says something",
        (_ID, _AT, _NAME, FieldRule("text", str, "what was said", True, TEXT_CHARACTERS), _TAG),
    ),
    MessageRule(
        Side.SERVER,
        "leave",
        "someone has left the room",
        (_ID, _AT, _NAME, FieldRule("why", str, "one of WHY")),
    ),
    MessageRule(
        Side.SERVER,
        "history",
        "the answer to `history`, and to a join with `since`",
        (
            FieldRule("since", int, "the id that was asked for"),
            FieldRule("events", list, "the join, say and leave messages after it, oldest first"),
            FieldRule("complete", bool, "false if older ones are no longer kept"),
            FieldRule("names", list, "who takes part at this moment"),
        ),
    ),
    MessageRule(
        Side.SERVER,
        "error",
        "your last message was not acted upon; the connection stays open",
        (FieldRule("code", str, "one of ERRORS"), FieldRule("text", str, "the same in words")),
    ),
)

#: Each `code` of an error, and when the server sends it.
ERRORS: Final = {
    "not-json": "the message is not a JSON object in a text message",
    "unknown-type": "`type` is missing, or no client sends such a message",
    "bad-field": "a field is missing, has the wrong type, or holds text that cannot be sent",
    "too-long": "the text of a field has more characters than its limit",
    "bad-name": "the name has characters that a name cannot have",
    "name-taken": "someone in the room has this name; case does not matter",
    "join-first": "the client has not joined",
    "already-joined": "the client has already joined; leave first",
    "room-full": "the room already has as many members as it may",
    "too-fast": "the client sent more messages than the rate limit allows; this one is lost",
}

#: Each `why` of a leave.
WHY: Final = {
    "left": "they said `leave`",
    "closed": "they closed the connection",
    "lost": "the connection broke, or did not answer pings",
    "slow": "they did not read what was sent to them",
    "refused": "they sent too fast, too much at once, or bytes that are not text",
    "replaced": "they joined again from another connection, with the same key",
}

#: Each code with which the server closes a connection, and why.
CLOSES: Final = {
    1000: "after `leave`",
    1001: "the server stops",
    1007: "a text message was not UTF-8",
    1008: "too many messages were refused as `too-fast`",
    1009: "a message was larger than the limit",
    1011: "a ping was not answered in time",
    1013: "the client reads too slowly; it may join again with `since`",
    CLOSE_REPLACED: "the same key joined from another connection",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may use. Every limit is part of the protocol: a client can rely on it."""

    message_bytes: int = 16 * 1024  # bytes of one message; a larger one gets a Close with 1009
    clients: int = 1_500  # clients in one room
    history: int = 200  # events a room keeps
    queue: int = 256  # messages that wait for a slow client; more: Close with 1013
    burst: int = 30  # messages at once
    per_second: float = 10.0  # messages per second after that
    strikes: int = 100  # refusals as `too-fast` without a pause; more: Close with 1008


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is not acted upon: a code of ERRORS, and a sentence."""

    code: str
    text: str

    @property
    def message(self) -> dict[str, Any]:
        """The `error` message that says so."""
        return {"type": "error", "code": self.code, "text": self.text}


_NOT_SENT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_RULES: Final = {(rule.sender, rule.type): rule for rule in MESSAGES}


def read(data: str | bytes, sender: Side = Side.CLIENT) -> dict[str, Any] | Refusal:
    """The message in `data`, with the fields of its row and no others; or what is wrong with it.

    Nothing that a peer can send raises an exception here.
    """
    if isinstance(data, bytes):
        return Refusal("not-json", "This was a binary message; send JSON in a text message.")
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:  # deep nesting raises the second
        what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return Refusal("not-json", f"This is not JSON: {what[:100]}.")
    if not isinstance(message, dict):
        return Refusal("not-json", "This is JSON, but not an object; write {…}.")
    kind = message.get("type")
    rule = _RULES.get((sender, kind)) if isinstance(kind, str) else None
    if rule is None:
        known = ", ".join(rule.type for rule in MESSAGES if rule.sender is sender)
        return Refusal("unknown-type", f"`type` has to be one of {known}.")
    for field in rule.fields:
        if wrong := _judge(rule, field, message):
            return wrong
    kept = {field.name: message[field.name] for field in rule.fields if field.name in message}
    return {"type": rule.type, **kept}


def _judge(rule: MessageRule, field: FieldRule, message: dict[str, Any]) -> Refusal | None:
    if field.name not in message and not field.required:
        return None
    value = message.get(field.name)
    if field.fits(value):
        if field.name == "name" and not is_name(str(value)):
            return Refusal("bad-name", "A name has letters, digits, - _ . ' and, inside, spaces.")
        return None
    too_long = isinstance(value, str) and field.most is not None and len(value) > field.most
    found = "" if field.name in message else ", which is missing"
    return Refusal(
        "too-long" if too_long else "bad-field",
        f"`{field.name}` of `{rule.type}` has to be {field.words}{found}.",
    )


def is_name(name: str) -> bool:
    """Whether this is a valid name: nothing invisible, nothing that could pass for mark-up."""
    letters = all(unicodedata.category(c)[0] in "LMN" or c in " -_.'" for c in name)
    return letters and name == name.strip() and 1 <= len(name) <= NAME_CHARACTERS


def same_name(name: str) -> str:
    """A form that is equal for two names that people would take for the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def _is_sendable(text: str) -> bool:
    """No surrogates, which UTF-8 cannot hold, and no control characters but tab and newline."""
    return _NOT_SENT.search(text) is None


def encode(message: dict[str, Any]) -> str:
    """The JSON text of a message."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _set_in(line: str, indent: int) -> list[str]:
    return wrap(line, 79, subsequent_indent=indent * " ", break_on_hyphens=False)


def describe(limits: Limits = LIMITS) -> str:
    """The whole protocol as text, made from the tables that the server uses."""
    lines = []
    for sender in Side:
        lines.append(f"What a {sender.value} sends")
        for rule in MESSAGES:
            if rule.sender is sender:
                lines.append(f"  {rule.type}: {rule.says}")
                for field in rule.fields:
                    optional = "" if field.required else "may be left out; "
                    line = f"    {field.name:<9} {optional}{field.words}: {field.says}"
                    lines += _set_in(line, 14)
        lines.append("")
    tables: list[tuple[str, dict[Any, str]]] = [
        ("Codes of an error", ERRORS),
        ("Why someone left", WHY),
        ("Close codes of the server", CLOSES),
    ]
    for title, table in tables:
        lines.append(title)
        for key, says in table.items():
            lines += _set_in(f"  {key!s:<15} {says}", 18)
        lines.append("")
    return "\n".join(
        [
            *lines,
            "Limits",
            f"  one message     {limits.message_bytes:,} bytes",
            f"  rate            {limits.burst:,} messages at once, then {limits.per_second:g} a "
            "second",
            f"  room            {limits.clients:,} members; the newest {limits.history:,} events "
            "are kept",
            f"  slow client     {limits.queue:,} messages wait for it",
        ]
    )
