"""Hide what is secret in an HTTP head, byte for byte.

A cookie or a token in a recording is as good as a password. A redacted head
keeps its length and its line ends, so every byte offset stays true.
"""

from __future__ import annotations

import re
from typing import Final

SECRET_HEADERS: Final = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
        "x-xsrftoken",
    }
)
"""Names, in lower case, of the headers whose values are never shown."""

_SECRET_NAME: Final = (
    rb"(?:[\w.-]*(?:token|secret|password|passwd|ticket|api[_-]?key|session(?:[_-]?id)?)"
    rb"|key|auth|code|jwt|pass|pwd|sid|sig|signature)"
)
# A value goes on over folded lines: those that start with a space or a tab.
_SECRET_HEADER: Final = re.compile(
    rb"(?im)^((?:" + b"|".join(map(re.escape, sorted(map(str.encode, SECRET_HEADERS)))) + rb")"
    rb"[ \t]*:)((?:[^\n]|\n[ \t])*)"
)
_SECRET_PARAMETER: Final = re.compile(rb"(?i)([?&;#]" + _SECRET_NAME + rb"=)([^&;#\s]*)")
_USER_IN_URL: Final = re.compile(rb"(://)([^/@\s]+)(?=@)")
# A token offered as a subprotocol, as pages do that cannot set a header: a long word without a
# dot and with a digit in it. The names of real subprotocols are shorter words. The digit is
# looked for once a word: a lookahead would scan the word again from each of its letters.
_OFFERED: Final = re.compile(rb"(?im)^(Sec-WebSocket-Protocol[ \t]*:)((?:[^\n]|\n[ \t])*)")
_LONG_WORD: Final = re.compile(rb"()([^\s,.]{16,})")
_DIGIT: Final = re.compile(rb"[0-9]")
_STARS: Final = bytes(byte if byte in b" \t\n\r\f\v" else ord("*") for byte in range(256))
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_AFTER_BLANK_LINE: Final = re.compile(rb"(?<=\n\r\n)|(?<=\n\n)")


def redacted(head: bytes) -> bytes:
    """The same number of bytes, each visible byte of a secret turned into ``*``.

    Secrets are the values of `SECRET_HEADERS`, token-like parameters in any URL
    (``?token=…``), the user and password before the ``@`` of a URL, and what
    looks like a token among the offered subprotocols. Bytes after the blank
    line that ends the head stay as they are. The head may be cut short or
    malformed; whatever is recognised is hidden.
    """
    blank = _BLANK_LINE.search(head)
    end = blank.end() if blank else len(head)
    shown = bytes(head[:end])
    for secret in (_SECRET_HEADER, _SECRET_PARAMETER, _USER_IN_URL):
        shown = secret.sub(_starred, shown)
    shown = _OFFERED.sub(lambda found: found[1] + _LONG_WORD.sub(_token, found[2]), shown)
    return shown + head[end:]


def redacted_stream(data: bytes) -> bytes:
    """`redacted` for a connection that is kept alive: head after head, with bodies between them."""
    return b"".join(map(redacted, _AFTER_BLANK_LINE.split(data)))


def redacted_text(text: str) -> str:
    """`redacted` for a URL or a sentence that quotes one, of any characters."""
    return redacted(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")


def _token(word: re.Match[bytes]) -> bytes:
    return _starred(word) if _DIGIT.search(word[2]) else word[2]


def _starred(found: re.Match[bytes]) -> bytes:
    return found[1] + found[2].translate(_STARS)
