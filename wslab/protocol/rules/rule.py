"""What a rule of the handshake is: one sentence, and the function that looks whether it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake
from wslab.protocol.headers import TOKEN, Headers
from wslab.protocol.http_head import Request, Response
from wslab.protocol.rules.findings import Finding

Outcome = tuple[bool, str] | None
"""Is it kept, and what was there; None where the rule does not apply."""

Look = Callable[[Handshake], Outcome]

BAD_REQUEST: Final = "the server answers 400"
FAIL: Final = "the client fails the connection"

MAX_FOUND: Final = 400  # characters of what was found; a header may have 64 KiB


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of an RFC. `answer` is what the peer must do when it is broken, or empty."""

    name: str
    sender: Side
    rfc: str
    says: str
    answer: str
    look: Look

    def check(self, handshake: Handshake) -> Finding | None:
        """The rule held against one handshake; None if it does not apply."""
        outcome = self.look(handshake)
        if outcome is None:
            return None
        ok, found = outcome
        if len(found) > MAX_FOUND:
            found = f"{found[:MAX_FOUND]}… ({len(found):,} characters)"
        if not ok and self.answer:
            found = f"{found}; {self.answer}"
        return Finding(self.name, ok, self.says, found, None, self.rfc, self.sender)


class Rules(list[Rule]):
    """A table of rules in order, and the decorator that enters a function into it."""

    def rule(self, sender: Side, rfc: str, says: str, answer: str = "") -> Callable[[Look], Look]:
        """Enter the function below under its own name, with dashes."""

        def enter(look: Look) -> Look:
            name = look.__name__.replace("_", "-")
            self.append(Rule(name, sender, rfc, says, answer, look))
            return look

        return enter


def shown(headers: Headers, name: str) -> str:
    """Every line of one header in words, such as ``Upgrade: h2c``."""
    lines = [f"{found}: {value}" for found, value in headers if found.lower() == name.lower()]
    return " and ".join(lines) or f"no {name}"


def has_token(headers: Headers, name: str, token: str) -> bool:
    """Is the word in the header's list, in any case of letters?"""
    return token in (found.lower() for found in headers.tokens(name))


def is_token(text: str) -> bool:
    """Is this a word as HTTP spells them (RFC 9110 §5.6.2)?"""
    return re.fullmatch(f"{TOKEN}+", text) is not None


_PARAM: Final = rf'{TOKEN}+(?:[ \t]*=[ \t]*(?:{TOKEN}+|"(?:\\?{TOKEN})+"))?'
_EXTENSION: Final = rf"{TOKEN}+(?:[ \t]*;[ \t]*{_PARAM})*"
_EXTENSIONS: Final = re.compile(rf"{_EXTENSION}(?:[ \t]*,[ \t]*{_EXTENSION})*")


def extensions_outcome(headers: Headers) -> Outcome:
    """Does Sec-WebSocket-Extensions follow the grammar of RFC 6455 §9.1?"""
    values = headers.get_all("Sec-WebSocket-Extensions")
    if not values:
        return None
    return all(map(_EXTENSIONS.fullmatch, values)), shown(headers, "Sec-WebSocket-Extensions")


_NOT_PLAIN: Final = (
    (re.compile(rb"(?<!\r)\n"), "a line that ends with LF alone"),
    (re.compile(rb"\n[ \t]"), "a header folded over two lines"),
    (re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"), "a control character"),
)


def plain_outcome(head: Request | Response) -> Outcome:
    """Is the head written as a sender must write it, not only as it may be read?"""
    data = head.encode()
    faults = [
        f"{what} (byte {m.start()})" for pattern, what in _NOT_PLAIN if (m := pattern.search(data))
    ]
    return not faults, ", ".join(faults) or f"{len(data)} bytes of plain HTTP"


def version_outcome(head: Request | Response) -> Outcome:
    """Is this HTTP/1.1 or higher?"""
    major, _, minor = head.version.removeprefix("HTTP/").partition(".")
    return (int(major), int(minor or 0)) >= (1, 1), head.version
