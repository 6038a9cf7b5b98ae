"""The upgrade: one HTTP request, one response, and what they agree on (RFC 6455 §4).

``http_head`` reads the heads themselves; this module says what they mean. It
checks no rules: a value that breaks one is returned as it is, and
``wslab.protocol.rules.handshake`` says what is wrong with it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha1
from typing import Final

from wslab.protocol.headers import Headers
from wslab.protocol.http_head import Request, Response
from wslab.protocol.redaction import SECRET_HEADERS, redacted

__all__ = [
    "GUID",
    "SECRET_HEADERS",
    "Deflate",
    "Extension",
    "Handshake",
    "Headers",
    "Request",
    "Response",
    "accept_key",
    "parse_extensions",
    "redacted",
]

GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The constant that a server appends to the client's key (RFC 6455 §1.3)."""


def accept_key(key: str) -> str:
    """The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 §4.2.2).

    Both are base64 text. The key is used as text, never decoded. The result proves that
    the server speaks WebSocket and did not answer from a cache; it is not a secret.

    Raises ValueError if the key holds a character outside Latin-1.
    """
    digest = sha1(f"{key}{GUID}".encode("latin-1"), usedforsecurity=False).digest()
    return b64encode(digest).decode("ascii")


@dataclass(frozen=True, slots=True)
class Extension:
    """One element of Sec-WebSocket-Extensions: a name and its parameters (RFC 6455 §9.1).

    A parameter is ``(name, value)``; the value is None if there is no ``=``.
    """

    name: str
    params: tuple[tuple[str, str | None], ...] = ()

    def __str__(self) -> str:
        words = (name if value is None else f"{name}={value}" for name, value in self.params)
        return "; ".join((self.name, *words))


# A quoted string that is never closed takes the rest of the text.
_QUOTED: Final = r'"((?:[^"\\]|\\.)*)"'
_PARAMETER_PART: Final = re.compile(rf'{_QUOTED}?|[^",;]+|[,;]', re.DOTALL)


def parse_extensions(value: str) -> list[Extension]:
    """Read the value of a Sec-WebSocket-Extensions header (RFC 6455 §9.1).

    Any text is read as far as it makes sense. Quoted values lose their quotes,
    and empty elements are left out.
    """
    extensions = []
    for element in _split(value, ","):
        if element:
            name, *params = _split(element, ";")
            extensions.append(Extension(name, tuple(map(_param, params))))
    return extensions


def _split(text: str, separator: str) -> list[str]:
    """Cut at each separator that is not inside a quoted string."""
    parts, start = [], 0
    for piece in _PARAMETER_PART.finditer(text):
        if piece[0] == separator:
            parts.append(text[start : piece.start()])
            start = piece.end()
    parts.append(text[start:])
    return [part.strip(" \t") for part in parts]


def _param(text: str) -> tuple[str, str | None]:
    name, equals, value = (part.strip(" \t") for part in text.partition("="))
    if quoted := re.fullmatch(_QUOTED, value, re.DOTALL):
        value = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
    return name, value if equals else None


DEFLATE: Final = "permessage-deflate"
WINDOW_BITS: Final = {str(bits): bits for bits in range(8, 16)}


@dataclass(frozen=True, slots=True)
class Deflate:
    """How messages are compressed, as the server's response decides (RFC 7692 §7.1).

    The window sizes are in bits, 8 to 15: a window of n bits holds 2**n bytes. "No
    context takeover" means that this side forgets its window after every message.
    """

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = 15
    client_max_window_bits: int = 15

    @classmethod
    def agreed(cls, answer: Extension) -> Deflate:
        """Read a response's permessage-deflate; a value out of range counts as absent."""
        params = dict(answer.params)
        return cls(
            "server_no_context_takeover" in params,
            "client_no_context_takeover" in params,
            WINDOW_BITS.get(params.get("server_max_window_bits") or "", 15),
            WINDOW_BITS.get(params.get("client_max_window_bits") or "", 15),
        )


@dataclass(frozen=True, slots=True)
class Handshake:
    """A client's request and the server's response, which is None until it is complete."""

    request: Request
    response: Response | None = None

    @classmethod
    def parse(cls, client_bytes: bytes, server_bytes: bytes = b"") -> Handshake | None:
        """Read both directions from their first byte; None while the request is incomplete.

        Raises MalformedHandshake if either can never be an HTTP/1.1 head.
        """
        request = Request.parse(client_bytes)
        return None if request is None else cls(request, Response.parse(server_bytes))

    @property
    def upgraded(self) -> bool:
        """Did the server switch protocols? After this, both sides send frames."""
        return self.response is not None and self.response.status == 101

    @property
    def key(self) -> str | None:
        """The client's Sec-WebSocket-Key; None if it sent none."""
        return self.request.headers.get("Sec-WebSocket-Key")

    @property
    def expected_accept(self) -> str | None:
        """The Sec-WebSocket-Accept that answers the client's key; None without a key."""
        return None if self.key is None else accept_key(self.key)

    @property
    def accept(self) -> str | None:
        """The server's Sec-WebSocket-Accept; None if it sent none."""
        return self._answered.get("Sec-WebSocket-Accept")

    @property
    def subprotocols(self) -> list[str]:
        """The subprotocols that the client offered, in order of preference (RFC 6455 §4.1)."""
        return self.request.headers.tokens("Sec-WebSocket-Protocol")

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the server chose; None if it chose none."""
        return self._answered.get("Sec-WebSocket-Protocol")

    @property
    def offered_extensions(self) -> list[Extension]:
        """The extensions that the client offered, in order of preference (RFC 6455 §9.1)."""
        return _extensions(self.request.headers)

    @property
    def extensions(self) -> list[Extension]:
        """The extensions that the server accepted; [] without a response."""
        return _extensions(self._answered)

    @property
    def deflate(self) -> Deflate | None:
        """How messages are compressed; None if the server did not agree to it."""
        answers = [answer for answer in self.extensions if answer.name == DEFLATE]
        return Deflate.agreed(answers[0]) if self.upgraded and answers else None

    @property
    def _answered(self) -> Headers:
        return Headers() if self.response is None else self.response.headers


def _extensions(headers: Headers) -> list[Extension]:
    return parse_extensions(",".join(headers.get_all("Sec-WebSocket-Extensions")))
