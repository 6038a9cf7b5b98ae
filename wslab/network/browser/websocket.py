"""WebSocket: the object that JavaScript has in a browser, in Python (WebSockets standard).

Names, order and limits are the browser's, so what you learn here holds there. Python makes
three differences: there is no document, so a URL cannot be relative; bytes stand for an
ArrayBuffer; `once` is a keyword argument.

Events come from the running event loop, one at a time. They run when a cell ends or awaits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Final

from wslab.errors import WslabError
from wslab.network.browser.dom import (
    CloseEvent,
    DOMException,
    DOMSyntaxError,
    Event,
    EventTarget,
    HandlerAttribute,
    InvalidAccessError,
    InvalidStateError,
    MessageEvent,
    once,
)
from wslab.network.browser.endpoint import Endpoint
from wslab.network.browser.ready_state import TRANSITIONS, ReadyState, ReadyStateTrigger
from wslab.network.browser.ws_url import WsUrl
from wslab.network.targets import as_unicode
from wslab.protocol.closing import ClosePayload
from wslab.protocol.redaction import redacted_text
from wslab.protocol.rules.rule import is_token

__all__ = [
    "Blob",
    "CloseEvent",
    "DOMException",
    "DOMSyntaxError",
    "Event",
    "EventTarget",
    "InvalidAccessError",
    "InvalidStateError",
    "MessageEvent",
    "ReadyState",
    "TRANSITIONS",
    "WebSocket",
    "once",
]

_MAX_REASON_BYTES: Final = 123  # bytes: a control frame carries 125, and the code takes two


class Blob:
    """Binary data that you await to read (File API §3): ``await blob.arrayBuffer()``."""

    def __init__(self, data: bytes = b"", type: str = "") -> None:
        self._data = bytes(data)
        self.type = type

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self._data)

    async def arrayBuffer(self) -> bytes:
        """The bytes."""
        return self._data

    async def text(self) -> str:
        """The bytes as UTF-8; invalid ones become U+FFFD."""
        return self._data.decode(errors="replace")

    def __repr__(self) -> str:
        return f"Blob(size={self.size})"


class WebSocket(EventTarget):
    """A connection to `url`, begun at once; the constructor does not wait for it.

    `protocols` is the name of a subprotocol, or several in order of preference. The events
    are "open", "message", "error" and "close": set `onopen` and its like, or call
    `addEventListener`. An "error" has no details; the "close" after it has code 1006.

    Raises DOMSyntaxError for a URL that is not a WebSocket's, and for subprotocols that are
    listed twice or are not words. WslabError where no event loop runs.
    """

    CONNECTING: ClassVar = ReadyState.CONNECTING
    OPEN: ClassVar = ReadyState.OPEN
    CLOSING: ClassVar = ReadyState.CLOSING
    CLOSED: ClassVar = ReadyState.CLOSED

    onopen = HandlerAttribute("open")
    onmessage = HandlerAttribute("message")
    onerror = HandlerAttribute("error")
    onclose = HandlerAttribute("close")

    def __init__(self, url: str, protocols: str | Iterable[str] = ()) -> None:
        super().__init__()
        self._url = WsUrl.parse(url)
        names = [protocols] if isinstance(protocols, str) else list(protocols)
        _check_subprotocols(names)
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise WslabError(
                "a WebSocket needs a running event loop for its events; make it in a notebook "
                "cell or inside an 'async def'."
            ) from None
        self._state = ReadyState.CONNECTING
        self._protocol = ""
        self._extensions = ""
        self._binary_type = "blob"
        self._buffered = 0
        self._endpoint = Endpoint(self._url, names, _Tasks(self))

    @property
    def url(self) -> str:
        """The URL as the browser writes it: absolute, ws or wss, no default port."""
        return self._url.href

    @property
    def readyState(self) -> ReadyState:
        """CONNECTING (0), OPEN (1), CLOSING (2) or CLOSED (3)."""
        return self._state

    @property
    def bufferedAmount(self) -> int:
        """Bytes of payload given to `send` that have not yet left for the network.

        It does not go down while your code runs, and never after the connection has closed.
        """
        return self._buffered

    @property
    def extensions(self) -> str:
        """What the server agreed to, such as "permessage-deflate"; "" before "open"."""
        return self._extensions

    @property
    def protocol(self) -> str:
        """The subprotocol that the server chose; "" before "open" and for none."""
        return self._protocol

    @property
    def binaryType(self) -> str:
        """What a binary message becomes: "blob" (a `Blob`) or "arraybuffer" (bytes).

        As in a browser, any other value is ignored.
        """
        return self._binary_type

    @binaryType.setter
    def binaryType(self, value: str) -> None:
        if value in ("blob", "arraybuffer"):
            self._binary_type = value

    def send(self, data: str | bytes | bytearray | memoryview | Blob) -> None:
        """Send one message: str as text, anything else as binary.

        Once CLOSING or CLOSED, the data is counted in `bufferedAmount` and silently dropped.
        Raises InvalidStateError while CONNECTING, and TypeError for other types.
        """
        if isinstance(data, str):
            message: str | bytes = as_unicode(data)
        elif isinstance(data, Blob):
            message = data._data
        elif isinstance(data, bytes | bytearray | memoryview):
            message = bytes(data)
        else:
            raise TypeError(
                f"send() takes str, bytes or a Blob, found {data!r}; for other types send "
                "json.dumps(data)."
            )
        if self._state is ReadyState.CONNECTING:
            raise InvalidStateError(
                "send() while the WebSocket is CONNECTING; send from the 'open' event on."
            )
        self._buffered += len(message.encode() if isinstance(message, str) else message)
        if self._state is ReadyState.OPEN:
            self._endpoint.send(message)

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Begin to close; messages sent before still leave. A second call does nothing.

        Without `code` the Close frame is empty. While CONNECTING this fails the connection:
        "error", then "close" with 1006.

        Raises InvalidAccessError for a code other than 1000 or 3000 to 4999, and for a reason
        without a code; DOMSyntaxError for a reason of more than 123 bytes as UTF-8.
        """
        if code is None and reason is not None:
            raise InvalidAccessError("a reason needs a code; write close(1000, reason).")
        if code is not None and code != 1000 and not 3000 <= code <= 4999:
            raise InvalidAccessError(
                f"close() takes the code 1000 or one from 3000 to 4999, found {code}; the "
                "others are reserved for browsers and servers."
            )
        said = as_unicode(reason or "")
        if len(said.encode()) > _MAX_REASON_BYTES:
            raise DOMSyntaxError(
                f"a reason has at most {_MAX_REASON_BYTES} bytes as UTF-8, found "
                f"{len(said.encode())}; shorten it."
            )
        if self._state in (ReadyState.CLOSING, ReadyState.CLOSED):
            return
        self._happens(ReadyStateTrigger.CLOSE_CALLED)
        self._endpoint.close(ClosePayload(code, said))

    def _happens(self, what: ReadyStateTrigger) -> None:
        self._state = TRANSITIONS.get((self._state, what), self._state)

    def __repr__(self) -> str:
        # No host: its port differs from run to run, and a notebook's output must not.
        return f"<WebSocket {redacted_text(self._url.target)} {self._state.name}>"


class _Tasks:
    """Turns each report of the endpoint into a task of the loop, one per turn."""

    def __init__(self, ws: WebSocket) -> None:
        self._ws = ws
        self._queue = ws._loop.call_soon

    def opened(self, subprotocol: str, extensions: str) -> None:
        self._queue(self._open, subprotocol, extensions)

    def received(self, data: str | bytes) -> None:
        self._queue(self._message, data)

    def sent(self, size: int) -> None:
        self._queue(self._less_buffered, size)

    def closing(self) -> None:
        self._queue(self._closing)

    def closed(self, code: int, reason: str, clean: bool, failed: bool) -> None:
        self._queue(self._close, code, reason, clean, failed)

    def _open(self, subprotocol: str, extensions: str) -> None:
        ws = self._ws
        if ws._state is ReadyState.CONNECTING:
            ws._happens(ReadyStateTrigger.OPENED)
            ws._protocol, ws._extensions = subprotocol, extensions
            ws.dispatchEvent(Event("open"))

    def _message(self, data: str | bytes) -> None:
        ws = self._ws
        if ws._state is ReadyState.OPEN:
            what = Blob(data) if isinstance(data, bytes) and ws._binary_type == "blob" else data
            ws.dispatchEvent(MessageEvent("message", data=what, origin=ws._url.origin))

    def _less_buffered(self, size: int) -> None:
        self._ws._buffered -= size

    def _closing(self) -> None:
        self._ws._happens(ReadyStateTrigger.CLOSE_RECEIVED)

    def _close(self, code: int, reason: str, clean: bool, failed: bool) -> None:
        ws = self._ws
        ws._happens(ReadyStateTrigger.FAILED if failed else ReadyStateTrigger.ENDED)
        if failed:
            ws.dispatchEvent(Event("error"))
        ws.dispatchEvent(CloseEvent("close", wasClean=clean, code=code, reason=reason))


def _check_subprotocols(names: list[str]) -> None:
    for name in names:
        if not isinstance(name, str) or not is_token(name):
            raise DOMSyntaxError(
                f"{name!r} is not a subprotocol, which is one word of ASCII letters."
            )
    if len(set(names)) != len(names):
        raise DOMSyntaxError(f"{names} names a subprotocol twice; list each once.")
