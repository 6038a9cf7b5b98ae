"""ChatClient: one who takes part in a chat, on the background loop.

It shows nothing. Whoever makes a ChatClient is called back when something changed, and reads its
lines. It tries nothing again by itself: when the connection is lost it says so, and a second
`join` asks for what was missed.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final, Literal

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from wslab.errors import WslabError
from wslab.network import background
from wslab.network.chat.protocol import encode
from wslab.network.client import connect
from wslab.network.targets import as_unicode

MAX_MESSAGES: Final = 300  # lines
MAX_PEOPLE: Final = 200  # names
MAX_TEXT_CHARACTERS: Final = 4096  # of one text from outside
MAX_MESSAGE_BYTES: Final = 16 * 2**20  # bytes of one message: a whole history fits
CLOSE_TIMEOUT_S: Final = (
    2.0  # seconds that saying goodbye may take, with all that was said before it
)

ChatMessage = dict[str, Any]


class ChatClient:
    """Chats at `url`. Every method belongs to the background loop.

    `changed` is called without arguments after each change. `options` go to `connect`.
    """

    def __init__(self, url: str, changed: Callable[[], None], **options: Any) -> None:
        self.state: Literal["out", "trying", "in"] = "out"
        self.status = "not joined"  # the same for people
        self.name = ""
        self.people: dict[str, None] = {}  # in order of arrival
        self.lines: deque[ChatMessage] = deque(maxlen=MAX_MESSAGES)  # kind, who, text, at; all text
        self.said = 0  # lines so far, with those that are no longer kept
        self._url = url
        self._changed = changed
        self._options = options
        self._key = secrets.token_hex(8)  # takes the place of a connection that is half dead
        self._last = 0  # the newest id that was seen
        self._ws: ClientConnection | None = None
        self._talk: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def join(self, name: str) -> None:
        """Ask to take part; `status` says what came of it. Nothing happens to who is in."""
        if self.state != "out" or not name.strip():
            return
        self.name = as_unicode(name.strip())
        self._set("trying", "connecting")
        self._talk = asyncio.get_running_loop().create_task(self._take_part(self.name))

    def say(self, text: str) -> bool:
        """Tell everyone; False for who has not joined."""
        if self.state != "in" or self._ws is None:
            return False
        if text.strip():
            self._start(_send(self._ws, {"type": "say", "text": as_unicode(text)}))
        return True

    def leave(self) -> None:
        """Say goodbye."""
        if self.state == "out":
            return
        talk, ws = self._talk, self._ws
        self._talk = self._ws = None
        self.people.clear()
        self._set("out", "not joined")
        self._start(_say_goodbye(ws, talk))

    def _start(self, coro: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coro)
        self._sending.add(task)  # the loop alone would not keep it alive
        task.add_done_callback(self._sending.discard)

    async def _take_part(self, name: str) -> None:
        why = ""
        try:
            async with connect(self._url, max_size=MAX_MESSAGE_BYTES, **self._options) as ws:
                self._ws = ws
                self._set("trying", "asking to join")
                hello = {"type": "join", "name": name, "since": self._last, "key": self._key}
                await ws.send(encode(hello))
                while not why:
                    why = self._take(await ws.recv())
        except ConnectionClosed as error:
            why = _ending(error)
        except (OSError, InvalidHandshake, WslabError) as error:
            why = f"could not connect: {error}"
        except Exception as error:  # else the state would say for ever that somebody is here
            why = f"the chat failed ({type(error).__name__}: {error}); Join tries again"
            background.report(f"a chat failed: {error!r}")
        if self._talk is asyncio.current_task():  # else it was us who left
            self._talk = self._ws = None
            self.people.clear()
            self._set("out", why)

    def _take(self, data: str | bytes) -> str:
        """One message of the server. What this returns ends the conversation, and says why."""
        if self._talk is not asyncio.current_task():
            return "left"
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            message = None
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "history":
            self._replay(message)
        elif kind in ("join", "say", "leave"):
            self._happen(message)
        elif kind == "error":
            text = _words(message.get("text", message.get("code")))
            self._add("error", "", text)
            if self.state == "trying":
                return f"not joined: {text}"
        else:
            self._add("error", "", f"not understood: {_words(data)}")
        return ""

    def _happen(self, message: ChatMessage) -> None:
        number = message.get("id")
        if isinstance(number, int):
            if number <= self._last:
                return  # the history had it
            self._last = number
        who, kind, at = _words(message.get("name", "")), message["type"], message.get("at")
        if kind == "say":
            self._add("mine" if who == self.name else "say", who, message.get("text"), at)
        elif kind == "join":
            if len(self.people) < MAX_PEOPLE:
                self.people[who] = None
            self._add("event", who, "joined", at)
            if who == self.name and self.state == "trying":
                self._set("in", f"joined as {who}")
        else:
            self.people.pop(who, None)
            why = message.get("why")
            self._add("event", who, f"left ({_words(why)})" if isinstance(why, str) else "left", at)

    def _replay(self, message: ChatMessage) -> None:
        if message.get("complete") is False and self._last > 0:
            self._add("error", "", "Some messages were missed: the server no longer has them.")
            self._last = 0
        events = message.get("events")
        for old in events if isinstance(events, list) else []:
            if isinstance(old, dict) and old.get("type") in ("join", "say", "leave"):
                self._happen(old)
        if isinstance(names := message.get("names"), list):
            mine = [self.name] if self.state == "in" else []
            self.people = dict.fromkeys([*map(_words, names[:MAX_PEOPLE]), *mine])
            self._changed()

    def _add(self, kind: str, who: str, text: object, at: object = None) -> None:
        when = at[11:16] if isinstance(at, str) and at[10:11] == "T" else ""
        self.lines.append({"kind": kind, "who": who, "text": _words(text), "at": when})
        self.said += 1
        self._changed()

    def _set(self, state: Literal["out", "trying", "in"], status: str) -> None:
        self.state, self.status = state, status
        self._changed()


async def _send(ws: ClientConnection, message: ChatMessage) -> None:
    try:
        await ws.send(encode(message))
    except ConnectionClosed:
        pass  # whoever receives notices, and says so


async def _say_goodbye(ws: ClientConnection | None, talk: asyncio.Task[None] | None) -> None:
    if ws is not None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await _send(ws, {"type": "leave"})
                await ws.close()
        except TimeoutError:
            ws.transport.abort()  # which also ends whatever still waits to be sent
    if talk is not None:
        talk.cancel()


def _words(value: object) -> str:
    """Text as it is, anything else as JSON would write it; and never too much of it."""
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) <= MAX_TEXT_CHARACTERS:
        return text
    return f"{text[:MAX_TEXT_CHARACTERS]} … and {len(text) - MAX_TEXT_CHARACTERS:,} more characters"


def _ending(error: ConnectionClosed) -> str:
    """How a connection ended, for people."""
    close = error.rcvd
    if close is None:
        return "the connection was lost (1006); Join comes back"
    reason = f", {_words(close.reason)}" if close.reason else ""
    return f"the server closed the connection ({close.code}{reason}); Join comes back"
