"""BrowserConsole: a real `new WebSocket` in the page, its actions and events in a log."""

from __future__ import annotations

from typing import Final

import traitlets

from wslab.display.markup import Document, Heading, Paragraph, Table
from wslab.display.spans import Code
from wslab.display.widgets.page_widget import PageWidget
from wslab.errors import WslabError
from wslab.network.background import Service
from wslab.network.targets import split_target, url_of

_SCHEMES: Final = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}  # as browsers do


class BrowserConsole(PageWidget, page="browser_console"):
    """The browser's own WebSocket, at hand in a cell: connect, send, disconnect, and read the log.

    `target` is a running server or tap, or a URL. `path` is the one to ask for; left out, it is the
    target's own path, or ``/echo``. Location, subprotocol, message, close code and reason can be
    edited in the page.

    A page that comes from this machine connects directly. Any other page, and a page that came over
    https, goes through jupyter-server-proxy to a server on the kernel's machine; the page says so.

    The connection belongs to the page: it closes when the cell runs again. NotRunning when the
    server or tap does not run; WslabError when `target` is not a target or `path` not a path.
    """

    url = traitlets.Unicode().tag(sync=True)

    def __init__(self, target: object, path: str | None = None) -> None:
        own = split_target(url_of(target, "BrowserConsole"), "BrowserConsole")
        whose = target.name if isinstance(target, Service) else "a URL"
        if path is None:
            path = own.path if own.path not in ("", "/") else "/echo"
        elif not isinstance(path, str) or not path.startswith("/") or "#" in path:
            raise WslabError(
                f"{path!r} cannot be a path; it begins with '/' and has no '#'. Try path='/echo'."
            )
        asked, _, query = path.partition("?")
        self._about = f"of {whose}, path {asked}"
        scheme = _SCHEMES[own.scheme]
        query = query or own.query
        super().__init__(url=own._replace(scheme=scheme, path=asked, query=query).geturl())

    @property
    def about(self) -> str:
        return self._about

    @property
    def twin(self) -> Document:
        return Document(
            [
                Heading("Browser console"),
                Paragraph(
                    "Here a page that runs shows the browser's own WebSocket. "
                    "Run this cell in JupyterLab to have it."
                ),
                Table(
                    "What each button does",
                    ("press", "what the page's script does", "what the log then shows"),
                    _BUTTONS,
                    prose=frozenset({2}),
                ),
            ]
        )


_BUTTONS: Final = (
    ("Connect", Code("ws = new WebSocket(url, protocols)"), "open; or error, then close"),
    ("Send text", Code("ws.send(text)"), "the message as it leaves, then message events"),
    ("Send binary", Code("ws.send(bytes)"), "the same, with bytes in hexadecimal"),
    ("Disconnect", Code("ws.close(code, reason)"), "close with its code, reason and wasClean"),
    ("Clear log", "", "nothing: the connection stays as it is"),
)
