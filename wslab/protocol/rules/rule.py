"""What a rule is: one sentence of an RFC, and the function that checks it.

Below are the functions that the handshake rules share: words, tokens, the grammar of headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from wslab.protocol.frames import CloseCode, Side
from wslab.protocol.headers import TOKEN, Headers
from wslab.protocol.http_head import Request, Response
from wslab.protocol.rules.findings import Finding

T = TypeVar("T")

Outcome = tuple[bool, str] | None
"""Whether the rule is kept, and what was found; None if the rule does not apply."""

BAD_REQUEST: Final = "the server answers 400"
FAIL: Final = "the client fails the connection"

MAX_FOUND_CHARACTERS: Final = 400  # of what was found; a header may have 64 KiB


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """One sentence of an RFC, and the function that checks it.

    `look` takes a handshake, a frame with its sender, or a step of a session. `sender` is the
    side that must keep the rule; None if it binds both. `answer` is what the peer does if the
    rule is broken: a close code, words, or "" if no answer is defined.
    """

    name: str
    rfc: str
    says: str
    look: Callable[[T], Outcome]
    sender: Side | None
    answer: CloseCode | str

    def check(
        self, seen: T, sender: Side | None = None, index: int | None = None
    ) -> Finding | None:
        """The finding on what `sender` sent; None if the rule does not apply to it."""
        outcome = self.look(seen)
        if outcome is None:
            return None
        ok, found = outcome
        if len(found) > MAX_FOUND_CHARACTERS:
            found = f"{found[:MAX_FOUND_CHARACTERS]}… ({len(found):,} characters)"
        code = self.answer if isinstance(self.answer, CloseCode) else None
        if code is None and self.answer and not ok:
            found = f"{found}; {self.answer}"
        by = self.sender or sender
        return Finding(self.name, ok, self.says, found, code, self.rfc, by, index)


class Rules(list[Rule[T]]):
    """A table of rules in order, and the decorator that adds a function to it.

    `sender` and `answer` are the defaults for its rules.
    """

    def __init__(self, *, sender: Side | None = None, answer: CloseCode | str = "") -> None:
        super().__init__()
        self._sender = sender
        self._answer = answer

    def rule(
        self,
        rfc: str,
        says: str,
        answer: CloseCode | str | None = None,
        *,
        sender: Side | None = None,
    ) -> Callable[[Callable[[T], Outcome]], Callable[[T], Outcome]]:
        """Add the decorated function under its own name, with dashes."""

        def enter(look: Callable[[T], Outcome]) -> Callable[[T], Outcome]:
            name = look.__name__.replace("_", "-")
            does = self._answer if answer is None else answer
            self.append(Rule(name, rfc, says, look, sender or self._sender, does))
            return look

        return enter

    def check(self, seen: T, sender: Side | None = None, index: int | None = None) -> list[Finding]:
        """The findings of every rule that applies, in order."""
        findings = (rule.check(seen, sender, index) for rule in self)
        return [finding for finding in findings if finding is not None]


def shown(headers: Headers, name: str) -> str:
    """Every line of one header in words, such as ``Upgrade: h2c``."""
    lines = [f"{found}: {value}" for found, value in headers if found.lower() == name.lower()]
    return " and ".join(lines) or f"no {name}"


def has_token(headers: Headers, name: str, token: str) -> bool:
    """Is the word in the header's list, in upper or lower case?"""
    return token in (found.lower() for found in headers.tokens(name))


def is_token(text: str) -> bool:
    """Is this a token, one word of HTTP (RFC 9110 §5.6.2)?"""
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
    """Does the head keep the rules for senders, which are stricter than those for readers?"""
    data = head.encode()
    faults = [
        f"{what} (byte {m.start()})" for pattern, what in _NOT_PLAIN if (m := pattern.search(data))
    ]
    return not faults, ", ".join(faults) or f"{len(data)} bytes of plain HTTP"


def version_outcome(head: Request | Response) -> Outcome:
    """Is this HTTP/1.1 or higher?"""
    major, _, minor = head.version.removeprefix("HTTP/").partition(".")
    return (int(major), int(minor or 0)) >= (1, 1), head.version
