"""ChatPanel: one person's place in a chat, in a cell: a name, who is there, what was said.

Rules of this file:

* The WebSocket belongs to the kernel, and lives on the background loop. So the panel works
  wherever the notebook does, also where the page could not reach the server.
* Everything that changes is touched on the background thread alone. What the page asks
  arrives in another thread, and is handed over.
* What strangers say goes to the page as data; its script makes text nodes of it. Ten updates
  a second at most, and the newest lines only: a flood does not reach the page.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

import traitlets

from wslab.display.markup import Document, Heading, Paragraph, Table
from wslab.display.widgets.page_widget import PageWidget
from wslab.errors import WslabError
from wslab.network import background
from wslab.network.background import Service
from wslab.network.chat.client import MAX_MESSAGES, ChatClient, ChatMessage
from wslab.network.chat.protocol import NAME_CHARACTERS, TEXT_CHARACTERS
from wslab.network.targets import split_target, url_of

TELL_EVERY_S: Final = 0.1  # seconds between two updates of the page
GRACE_S: Final = 2.0  # seconds without a page, after which a person has left
_EXAMPLE: Final = 'Try ChatPanel(server), or ChatPanel("ws://127.0.0.1:8765/room/lobby").'


class ChatPanel(PageWidget, page="chat_panel"):
    """Chat from a cell: join under a name, read, say something, leave.

    `server` is a running ChatServer or ChatPage, or the URL of a room; `path` is the room's
    path on that server. `join`, `say` and `leave` do from Python what the buttons do, and
    `lines` is what the page shows.

    The connection is the kernel's. When it is lost, the panel says so; Join comes back, and
    asks a server that has a history for what was missed. NotRunning when the server does not
    run; WslabError when it is not a chat, or `path` is not a path.
    """

    link = traitlets.Unicode().tag(sync=True)  # of the page that the server has; "" for none
    most = traitlets.Dict().tag(sync=True)  # what the page keeps to

    def __init__(self, server: Service | str, path: str = "") -> None:
        parts = split_target(url_of(server, "ChatPanel"), "ChatPanel", ("ws", "wss"))
        parts = parts._replace(path=parts.path or "/")
        if path:
            if not path.startswith("/") or "#" in path or "?" in path:
                raise WslabError(f"{path!r} cannot be a path; it begins with '/'. {_EXAMPLE}")
            parts = parts._replace(path=path)
        page = parts._replace(scheme="https" if parts.scheme == "wss" else "http")
        super().__init__(
            link="" if isinstance(server, str) else page.geturl(),
            most={"kept": MAX_MESSAGES, "name": NAME_CHARACTERS, "text": TEXT_CHARACTERS},
        )
        self._whose = "a URL" if isinstance(server, str) else server.name
        options: dict[str, Any] = {}
        if parts.scheme == "wss" and hasattr(type(server), "client_context"):
            options["ssl"] = server.client_context  # type: ignore[union-attr]
        self._person = ChatClient(parts.geturl(), self._tell_soon, **options)
        self._told = 0  # lines
        self._views: set[str] = set()
        self._next: asyncio.TimerHandle | None = None
        self.on_msg(self._hear)

    @property
    def lines(self) -> list[ChatMessage]:
        """What the page shows, oldest first: `kind`, `who`, `text` and `at` of each line."""
        return background.call(lambda: list(self._person.lines))

    @property
    def people(self) -> list[str]:
        """Who takes part, as far as this panel was told."""
        return background.call(lambda: list(self._person.people))

    @property
    def status(self) -> str:
        """Where this person stands, in words."""
        return background.call(lambda: self._person.status)

    def join(self, name: str) -> None:
        """Ask to take part under a name; `status` says what came of it."""
        background.call(lambda: self._person.join(name))

    def say(self, text: str) -> None:
        """Tell everyone. WslabError unless this person has joined."""
        if not background.call(lambda: self._person.say(text)):
            raise WslabError('this panel has not joined; call panel.join("ann") first.')

    def leave(self) -> None:
        """Say goodbye."""
        background.call(self._person.leave)

    def close(self) -> None:
        """Leave the chat, and the page."""
        # It also runs for what was never made in full, and when the interpreter ends.
        person = getattr(self, "_person", None)
        if person is not None and person.state != "out":
            with suppress(RuntimeError):
                background.loop().call_soon_threadsafe(person.leave)
        super().close()

    @property
    def about(self) -> str:
        return f"of {self._whose}"

    @property
    def twin(self) -> Document:
        rows = [
            ("Join", "opens a WebSocket from the kernel, and asks to take part under your name"),
            ("Say", "sends your text to everyone in the room, yourself included"),
            ("Leave", "says goodbye, and the server closes the connection"),
        ]
        words = "Run this cell in JupyterLab to chat: it needs a page and a kernel that runs."
        table = Table(
            "What each button does", ("press", "what it does"), rows, prose=frozenset({1})
        )
        return Document([Heading("Chat panel"), Paragraph(words), table])

    # What the page asks for.

    def _hear(self, _: object, asked: dict[str, Any], __: object) -> None:
        self.in_background(self._do, asked)

    def _do(self, asked: dict[str, Any]) -> None:
        view = str(asked.get("view"))
        match asked.get("do"):
            case "hello":
                self._views.add(view)
                self._tell_new()  # so that no line comes twice
                self._tell(list(self._person.lines), view)
            case "bye":
                self._views.discard(view)
                asyncio.get_running_loop().call_later(GRACE_S, self.attempt, self._leave_if_unseen)
            case "join":
                self._person.join(str(asked.get("name", "")))
            case "say":
                self._person.say(str(asked.get("text", "")))
            case "leave":
                self._person.leave()

    def _leave_if_unseen(self) -> None:
        if not self._views:
            self._person.leave()

    # What the page is told.

    def _tell_soon(self) -> None:
        if self._next is None:
            self._next = asyncio.get_running_loop().call_later(
                TELL_EVERY_S, self.attempt, self._tell_new
            )

    def _tell_new(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None
        new = self._person.said - self._told
        self._told = self._person.said
        self._tell(list(self._person.lines)[-new:] if new else [])

    def _tell(self, lines: list[ChatMessage], view: str | None = None) -> None:
        """Tell every view what is new; or one view, which has come, everything."""
        person = self._person
        self.send(
            {
                "lines": lines,
                "view": view,
                "state": person.state,
                "status": person.status,
                "name": person.name,
                "people": list(person.people),
            }
        )
