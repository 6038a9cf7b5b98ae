"""Bytes to the head of one HTTP/1.1 message, and back (RFC 9112).

Rules of this file:

* A head *is* its lines as they travelled: order, case, white space and line
  ends are kept, so ``parse(b).encode() == b`` for every well-formed head.
* ``None`` means "more bytes are needed". Bytes that can never become a head
  raise MalformedHandshake, as early as the first byte that cannot fit.
* Nothing here judges beyond that. A bare LF line end (RFC 9112 §2.2) and a
  folded line (§5.2) are read as that RFC allows; a POST, an HTTP/1.0 or a
  missing Host parses too. ``wslab.protocol.rules.handshake`` says what is wrong.
* Text is Latin-1, in which every byte is one character and none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Final, Self

from wslab.errors import MalformedHandshake
from wslab.protocol.frame_header import OPCODES
from wslab.protocol.headers import FIELD, FIELD_TEXT, FIRST_FIELD, TOKEN, Headers, latin1
from wslab.protocol.redaction import redacted

MAX_HEAD_BYTES: Final = 64 * 1024  # bytes; a longer head is refused
MAX_HEADERS: Final = 256  # lines after the first; more are refused

_SHOWN_BYTES: Final = 40  # bytes of a line at fault that an error quotes
_LOOKED_AT_BYTES: Final = 4096  # ... and of that line so many are looked at for secrets

_TARGET: Final = r"[^\0-\x20\x7f]"
_VERSION: Final = r"HTTP/\d{1,3}(?:\.\d{1,3})?"

# Each line of a head has two patterns: the whole line, and what its beginning
# may look like while the rest is still on the way. A line that starts with white
# space goes on with the header before it, so the first header cannot be one.
_FIRST_FIELD_SO_FAR: Final = re.compile(rf"(?:{TOKEN}*|{TOKEN}+:{FIELD_TEXT}*)\r?".encode())
_FIELD_SO_FAR: Final = re.compile(_FIRST_FIELD_SO_FAR.pattern + rf"|[ \t]{FIELD_TEXT}*\r?".encode())


class _Head:
    """What a request and a response have in common: a start line, headers, a blank line."""

    __slots__ = ("_blank", "_headers", "_line", "_words")
    _line: bytes  # the start line with its line end
    _words: tuple[str, str, str]  # the start line's three parts, in the order they stand
    _headers: Headers
    _blank: bytes  # the blank line that ends the head

    _what: ClassVar[str]  # for sentences: who sends what
    _wanted: ClassVar[str]  # for sentences: how it starts
    _start: ClassVar[re.Pattern[bytes]]
    _start_so_far: ClassVar[re.Pattern[bytes]]

    def _set(self, line: bytes, headers: Headers, blank: bytes) -> bool:
        match = self._start.fullmatch(line)
        if match is None:
            return False
        first, second, third = (word.decode("latin-1") for word in match.groups(b""))
        self._line, self._words = line, (first, second, third)
        self._headers, self._blank = headers, blank
        return True

    def _build(self, line: str, headers: Headers | Iterable[tuple[str, str]]) -> None:
        headers = headers if isinstance(headers, Headers) else Headers(headers)
        if not self._set(latin1(f"{line}\r\n"), headers, b"\r\n"):
            shown = redacted(line.encode()).decode()
            raise ValueError(f"{shown!r} cannot start {self._what}; {self._wanted}")

    @classmethod
    def parse(cls, data: bytes) -> Self | None:
        """Read the head that `data` begins with; None if it is not complete yet.

        Bytes after the head are left alone: `len(head)` says where they start.
        Raises MalformedHandshake if no further bytes can make this a head, or
        if it exceeds `MAX_HEAD_BYTES` bytes or `MAX_HEADERS` header lines.
        """
        data = bytes(data[: MAX_HEAD_BYTES + 1])
        patterns = (
            (cls._start, cls._start_so_far),
            (FIRST_FIELD, _FIRST_FIELD_SO_FAR),
            (FIELD, _FIELD_SO_FAR),
        )
        lines: list[bytes] = []
        offset = 0
        while 0 < (end := data.find(b"\n", offset) + 1) <= MAX_HEAD_BYTES:
            line = data[offset:end]
            if lines and line in (b"\r\n", b"\n"):
                head = object.__new__(cls)
                head._set(lines[0], Headers.of_lines(lines[1:]), line)
                return head
            whole, _ = patterns[min(len(lines), 2)]
            if whole.fullmatch(line) is None:
                raise cls._malformed(data, offset, end)
            lines.append(line)
            if len(lines) > 1 + MAX_HEADERS:
                raise cls._too_big(f"more than {MAX_HEADERS} header lines")
            offset = end
        if len(data) > MAX_HEAD_BYTES:
            raise cls._too_big(f"{MAX_HEAD_BYTES} bytes without the blank line that ends a head")
        _, so_far = patterns[min(len(lines), 2)]
        if so_far.fullmatch(data, offset) is None:
            raise cls._malformed(data, offset, len(data))
        return None

    @classmethod
    def _malformed(cls, data: bytes, offset: int, end: int) -> MalformedHandshake:
        # A secret may begin in a line above; what follows far behind does not concern the start.
        shown = redacted(data[: min(end, offset + _LOOKED_AT_BYTES)])[offset:][:_SHOWN_BYTES]
        if offset == 0:
            wanted, advice = cls._wanted, _clue(cls, data)
        else:
            wanted = (
                "a header line is 'Name: value', without a space before the colon (RFC 9112 §5)"
            )
            advice = "mend that line, or look at what sent it"
        return MalformedHandshake(
            f"this is not {cls._what}: found {shown!r} at byte {offset}; {wanted}; {advice}"
        )

    @classmethod
    def _too_big(cls, found: str) -> MalformedHandshake:
        return MalformedHandshake(
            f"{cls._what} is too big: found {found}; at most {MAX_HEAD_BYTES} bytes and "
            f"{MAX_HEADERS} "
            "header lines are read; check that these bytes are the start of a connection"
        )

    def encode(self) -> bytes:
        """The head's bytes as they travel, blank line included."""
        return self._line + self._headers.encode() + self._blank

    @property
    def headers(self) -> Headers:
        """The header lines, in order."""
        return self._headers

    @property
    def start_line(self) -> str:
        """The first line, without its line end."""
        return self._line.decode("latin-1").rstrip("\r\n")

    def __len__(self) -> int:
        return len(self.encode())

    def __eq__(self, other: object) -> bool:
        return self.encode() == other.encode() if isinstance(other, _Head) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.encode())


def _clue(kind: type[_Head], data: bytes) -> str:
    """What the bytes look like instead, and what to do about it."""
    first, opcode = data[0], data[0] & 0x0F
    if first == 0x16:
        return (
            "this looks like TLS, the encryption of https:// and wss://; use a ws:// URL, "
            "or look at the bytes after decryption"
        )
    if (first < 0x09 or first >= 0x80) and opcode in OPCODES:
        return (
            f"this looks like a WebSocket frame with opcode {opcode}; the handshake comes "
            "before it, so start at the first byte of the connection, or use Frame.parse"
        )
    if kind is Request and data.startswith(b"HTTP/"):
        return "this looks like a response, which the server sends; use Response.parse"
    if kind is Response and data[:1].isalpha() and not data.startswith(b"HTTP"):
        return "this looks like a request, which the client sends; use Request.parse"
    return "check that these bytes are the start of the connection"


class Request(_Head):
    """The head of a request: what a client sends first (RFC 9112 §3).

    `target` is the request target as it stands in the first line, `version`
    the protocol with its number. Requests that break the rules of WebSocket can
    be built on purpose; `parse` and `encode` are each other's inverse.

    Raises ValueError if the values cannot be written in a request at all.
    """

    __slots__ = ()
    _what = "a request from a client"
    _wanted = "its first line is 'METHOD target HTTP/1.1' (RFC 9112 §3)"
    _start = re.compile(rf"({TOKEN}+) ({_TARGET}+) ({_VERSION})\r?\n".encode())
    _start_so_far = re.compile(rf"{TOKEN}*|{TOKEN}+ (?:{_TARGET}+(?: [HTP/\d.]*\r?)?)?".encode())

    def __init__(
        self,
        method: str,
        target: str,
        headers: Headers | Iterable[tuple[str, str]] = (),
        version: str = "HTTP/1.1",
    ) -> None:
        self._build(f"{method} {target} {version}", headers)

    @property
    def method(self) -> str:
        """What is asked for; an upgrade asks with GET."""
        return self._words[0]

    @property
    def target(self) -> str:
        """What it is asked of, such as ``/chat?room=1``."""
        return self._words[1]

    @property
    def version(self) -> str:
        """The version of HTTP, such as ``HTTP/1.1``."""
        return self._words[2]

    def __repr__(self) -> str:
        target = redacted(self._words[1].encode("latin-1")).decode("latin-1")
        version = "" if self.version == "HTTP/1.1" else f", {self.version!r}"
        return f"Request({self.method!r}, {target!r}, {self.headers!r}{version})"


class Response(_Head):
    """The head of a response: what a server answers (RFC 9112 §4).

    A 101 has no body: the next byte is a frame. The body of another status
    follows the head, and is not read here.

    Raises ValueError if the values cannot be written in a response at all.
    """

    __slots__ = ()
    _what = "a response from a server"
    _wanted = "its first line is 'HTTP/1.1 101 Switching Protocols' or alike (RFC 9112 §4)"
    _start = re.compile(rf"({_VERSION}) (\d{{3}})(?: ({FIELD_TEXT}*))?\r?\n".encode())
    _start_so_far = re.compile(
        rf"H?|HT|HTT|HTTP|HTTP/[\d.]*|HTTP/[\d.]+ (?:\d{{0,3}}|\d{{3}} {FIELD_TEXT}*)\r?".encode()
    )

    def __init__(
        self,
        status: int,
        reason: str = "",
        headers: Headers | Iterable[tuple[str, str]] = (),
        version: str = "HTTP/1.1",
    ) -> None:
        self._build(f"{version} {status:03d} {reason}", headers)

    @property
    def version(self) -> str:
        """The version of HTTP, such as ``HTTP/1.1``."""
        return self._words[0]

    @property
    def status(self) -> int:
        """The three digits that answer: 101 upgrades, 4xx refuses."""
        return int(self._words[1])

    @property
    def reason(self) -> str:
        """Words for people; no program reads them."""
        return self._words[2]

    def __repr__(self) -> str:
        version = "" if self.version == "HTTP/1.1" else f", {self.version!r}"
        return f"Response({self.status}, {self.reason!r}, {self.headers!r}{version})"
