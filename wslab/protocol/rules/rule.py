"""What a rule is: one sentence of an RFC, and the function that looks whether it is kept.

Below it stands what the rules of the handshake share: words, tokens and the grammar of headers.
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
"""Is it kept, and what was there; None where the rule does not apply."""

BAD_REQUEST: Final = "the server answers 400"
FAIL: Final = "the client fails the connection"

MAX_FOUND_CHARACTERS: Final = 400  # of what was found; a header may have 64 KiB


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """One sentence of an RFC, and the function that looks whether it is kept.

    `look` sees a handshake, a frame with its sender, or a step of a session. `sender` is whose
    duty it is; None where the rule binds whoever sent the frame. `answer` is what the peer does
    when the rule is broken: a close code, words, or "" where nothing can be said any more.
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
        """The rule held against what was seen, from `sender`; None if it does not apply."""
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
    """A table of rules in order, and the decorator that enters a function into it.

    `sender` and `answer` are those of every rule that names no other.
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
        """Enter the function below under its own name, with dashes."""

        def enter(look: Callable[[T], Outcome]) -> Callable[[T], Outcome]:
            name = look.__name__.replace("_", "-")
            does = self._answer if answer is None else answer
            self.append(Rule(name, rfc, says, look, sender or self._sender, does))
            return look

        return enter

    def check(self, seen: T, sender: Side | None = None, index: int | None = None) -> list[Finding]:
        """Every rule that applies, held against what was seen, in order."""
        findings = (rule.check(seen, sender, index) for rule in self)
        return [finding for finding in findings if finding is not None]


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
