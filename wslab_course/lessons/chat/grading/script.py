"""The scripts of a chat's checks, and ChatUnderTest, the server and clients that they play with."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from wslab_course.lessons.chat.grading.client import CheckFailed, ScriptedClient

#: Never starts again: a server that kept a name from the last grading must not fail
#: because of it in this one.
_NUMBERS: Final = itertools.count(1)


class LeftOut(Exception):
    """A check cannot be made with this server; the text says why."""


class ChatUnderTest:
    """The server under test and the clients of the current check.

    `pinging_url` is where the server sends pings often, or "" where it does not.
    `hosted` tells whether the server is a handler that this program serves.
    """

    def __init__(self, url: str, pinging_url: str, patience: float, hosted: bool) -> None:
        self.url = url
        self.pinging_url = pinging_url
        self.patience = patience
        self.hosted = hosted
        self.clients: list[ScriptedClient] = []
        self.slow: tuple[ScriptedClient, int, int] | None = (
            None  # the client, how many messages it received, of how many
        )

    def client(
        self, label: str, *, name: str = "", url: str = "", slack: float = 1
    ) -> ScriptedClient:
        """A client that does nothing yet, with a name that was not used before."""
        name = name or f"{label}-{next(_NUMBERS)}"
        client = ScriptedClient(label, name, url or self.url, slack * self.patience)
        self.clients.append(client)
        return client

    async def asks_to_join(self, label: str) -> ScriptedClient:
        """A client that connects and asks to join, whatever the server answers."""
        client = self.client(label)
        await client.open()
        await client.tell("join", name=client.name)
        return client

    async def joins(self, *labels: str) -> list[ScriptedClient]:
        """Clients that connect and join, one after the other, and hear of each other's join."""
        joined = []
        for label in labels:
            joined.append(client := self.client(label))
            await client.open()
            await client.join()
            for other in joined:
                await other.hears_of("join", client, f"that {label} joined")
        return joined

    def text(self, about: str) -> str:
        """A text that was not said before."""
        return f"{about} #{next(_NUMBERS)}"

    async def still_delivers(self, *clients: ScriptedClient, after: str) -> None:
        """The first client says something, and all hear it; then they have heard all before it."""
        speaker = clients[0]
        text = self.text("still here")
        await speaker.say(text)
        for client in clients:
            whom = "its own words" if client is speaker else f"{speaker.label}"
            await client.hears_text(text, f"{whom} any more, {after},")

    async def end(self) -> None:
        """Close every client."""
        clients, self.clients = self.clients, []
        await asyncio.gather(*(client.end() for client in clients), return_exceptions=True)


Play = Callable[[ChatUnderTest], Awaitable[None]]


@dataclass(frozen=True)
class Script:
    """One check: what it does, what is expected, and the coroutine that does it."""

    stage: int
    did: str
    expected: str
    play: Play


SCRIPTS: Final[list[Script]] = []


def script(stage: int, did: str, expected: str) -> Callable[[Play], Play]:
    """Add a coroutine to SCRIPTS. It raises CheckFailed when the server does something else."""

    def enter(play: Play) -> Play:
        SCRIPTS.append(Script(stage, did, expected, play))
        return play

    return enter


def did_not_hear(client: ScriptedClient, text: str, what: str) -> None:
    """CheckFailed if `client` heard a text. Call it only after the client heard a later text."""
    if client.times(text):
        raise CheckFailed(f"{client.label} heard {what}.")
