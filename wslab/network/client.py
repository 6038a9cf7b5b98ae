"""connect: the `websockets` client, with defaults for a lesson on one machine."""

from __future__ import annotations

from collections.abc import Generator
from ssl import SSLError
from typing import Any

from websockets.asyncio import client as library
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
from websockets.uri import parse_uri

from wslab.errors import WslabError
from wslab.network.certificates import why_not_trusted
from wslab.network.logger import LIBRARY_LOGGER
from wslab.network.websockets_internals import destination, uses_proxy
from wslab.protocol.redaction import redacted_text


class CannotConnect(WslabError, OSError):
    """No connection came about: nothing listens there, the host is unknown, or time ran out.

    It is an OSError too, as in the library, so code that catches that works
    unchanged. `__cause__` is the original.
    """


def connect(url: str, **options: Any) -> Connecting:
    """Open a WebSocket to `url`, in the three ways of the library.

        async with connect(url) as ws: ...     closes at the end of the block
        ws = await connect(url)                await ws.close() is up to you
        async for ws in connect(url): ...      connects again when it is lost

    `ws` is a connection of the `websockets` library. Its defaults are changed
    where they would hide what a lesson shows, or leave the machine:

        proxy=None            go straight to the server, also when the system has a proxy
        compression=None      a frame's payload is what you sent
        ping_interval=None    nothing travels but what you send
        open_timeout=5        seconds
        close_timeout=2       seconds
        max_size=16 MiB       of one message, as at the server

    Options of ``websockets.asyncio.client.connect`` go through and win.

    Raises WslabError for a URL that is not a WebSocket's (RFC 6455 §3), and
    later CannotConnect when no connection comes about. A server that answers
    but refuses is the library's InvalidStatus, which carries the response; a
    notebook shows it as a sentence, with what the server said.
    """
    defaults: dict[str, Any] = {
        "proxy": None,
        "compression": None,
        "ping_interval": None,
        "open_timeout": 5,
        "close_timeout": 2,
        "max_size": 16 * 2**20,
        "logger": LIBRARY_LOGGER,
    }
    if not isinstance(url, str):
        raise WslabError(f"{url!r} is not a WebSocket URL; pass a str, such as server.url.")
    try:
        parse_uri(url)
    except InvalidURI as error:
        raise _not_a_url(url, error.msg) from error
    except ValueError as error:  # the port is not a number, or the host not a name
        raise _not_a_url(url, str(error)) from error
    return Connecting(url, **{**defaults, **options})


def _not_a_url(url: str, why: str) -> WslabError:
    url = redacted_text(url)
    scheme, mark, rest = url.partition("://")
    if mark and scheme.lower() in ("http", "https"):
        like = f"ws{scheme[4:].lower()}://{rest}"
    else:
        like = "ws://127.0.0.1:8765/echo"
    rule = why if scheme.lower() in ("ws", "wss") and mark else "it starts with ws:// or wss://"
    return WslabError(f"{url!r} is not a WebSocket URL; {rule}. Write it like {like!r}.")


def _in_words(error: InvalidHandshake) -> list[str]:
    """What a notebook shows instead of the library's call stack."""
    said = ""
    if isinstance(error, InvalidStatus):
        kind = error.response.headers.get("Content-Type", "")
        if kind.startswith("text/plain"):
            said = bytes(error.response.body or b"")[:500].decode(errors="replace")
    shown = ["".join(c for c in line if c.isprintable()) for line in said.splitlines()]
    return [f"{type(error).__name__}: {error}", *shown]


class Connecting(library.connect):
    """What `connect` returns: not a connection yet, but something to await."""

    def __await__(self) -> Generator[Any, None, library.ClientConnection]:
        try:
            return (yield from super().__await__())
        except OSError as error:
            raise self._explained(error) from error
        except InvalidHandshake as error:
            lines = _in_words(error)
            # IPython asks the exception, as it asks WslabError.
            error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
            raise

    def __repr__(self) -> str:
        url = redacted_text(self.uri)
        return f"<connect({url!r}): not connected yet; write 'await' or 'async with'>"

    def _explained(self, error: OSError) -> CannotConnect:
        place = destination(self)
        untrusted = why_not_trusted(error)
        if isinstance(error, TimeoutError):
            said = (
                f"{place} did not answer in time (open_timeout={self.open_timeout}); check that "
                "it is a WebSocket server, or pass a larger open_timeout."
            )
        elif isinstance(error, ConnectionRefusedError) and not uses_proxy(self):
            said = f"nothing listens on {place}; start the server first."
        elif untrusted is not None:
            said = (
                f"{place} was reached, but {untrusted}. Pass ssl=, a context that trusts it; for "
                "an EchoServer(tls=True) that is ssl=server.client_context."
            )
        elif isinstance(error, SSLError):
            said = f"TLS with {place} failed ({error.reason}); check that the server speaks wss://."
        else:
            why = str(error) or type(error).__name__
            said = f"cannot reach {place} ({why}); check the host and the port."
        explained = CannotConnect(said)
        explained.errno = error.errno
        return explained
