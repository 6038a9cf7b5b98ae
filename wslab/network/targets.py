"""The URL of a server, as every tool that is not a browser reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from wslab.errors import WslabError
from wslab.network.background import Service
from wslab.protocol.redaction import redacted_text

_EXAMPLE: Final = "A WebSocket URL looks like ws://127.0.0.1:8000/echo; pass server.url."

PORTS: Final = {"ws": 80, "http": 80, "wss": 443, "https": 443}  # where no URL says another


def url_of(target: object, who: str) -> str:
    """The URL of a server or tap; a text is taken as one already, and read by `split_target`.

    NotRunning when the server does not run; WslabError, in the name of `who`, for anything else.
    """
    url = getattr(target, "url", None) if isinstance(target, Service) else target
    if not isinstance(url, str):
        raise WslabError(
            f"{who} wants a server, a tap or a URL, found {target!r}. Try {who}(server)."
        )
    return url.strip()


def split_target(target: str, who: str, schemes: Iterable[str] = PORTS) -> SplitResult:
    """The parts of the URL of a server; WslabError, in the name of `who`, if it is not one.

    RFC 6455 §3 says what a URL of WebSocket may be; `schemes` are those that `who` takes.
    """
    if not isinstance(target, str):
        raise WslabError(f"{who} wants a URL as text, found {target!r}. {_EXAMPLE}")
    shown = redacted_text(target)
    if " " in target or not target.isprintable():
        raise WslabError(
            f"a URL holds no space and no control character; found {shown!r}. {_EXAMPLE}"
        )
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError as error:
        raise WslabError(f"{who} cannot read the URL {shown!r}: {error}. {_EXAMPLE}") from None
    if parts.scheme not in schemes:
        found = f"the scheme {parts.scheme!r}" if parts.scheme else "no scheme"
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise WslabError(f"{who} wants a URL with {wanted}; {shown!r} has {found}. {_EXAMPLE}")
    if not parts.hostname or port == 0:
        raise WslabError(f"{who} wants a host and a port above 0; found {shown!r}. {_EXAMPLE}")
    if parts.fragment:
        raise WslabError(
            f"A WebSocket URL has no '#' part (RFC 6455 §3); found {shown!r}. {_EXAMPLE}"
        )
    return parts


def as_unicode(text: str) -> str:
    """The text with U+FFFD instead of each half of a surrogate pair (Web IDL, USVString)."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
