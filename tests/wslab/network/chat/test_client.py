"""A person who chats: joins, hears, says, leaves; and what becomes of it when servers are odd."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.patience import LIMIT
from wslab.network import background
from wslab.network.chat import client as chat_client
from wslab.network.chat.client import MAX_MESSAGES, MAX_TEXT_CHARACTERS, ChatClient
from wslab.network.chat.server import ChatPage, ChatServer
from wslab.network.tap.tap import Tap

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Someone:
    """A ChatClient that is asked from the test's thread."""

    def __init__(self, url: str) -> None:
        self._news = threading.Condition()
        self._changes = 0
        self.person = background.call(lambda: ChatClient(url, self._changed))

    def _changed(self) -> None:
        with self._news:
            self._changes += 1
            self._news.notify_all()

    def until(self, met: Callable[[ChatClient], object]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: met(self.person), LIMIT), (
                self.person.status,
                list(self.person.lines)[-3:],
            )

    def does(self, what: str, *args: Any) -> Any:
        return background.call(lambda: getattr(self.person, what)(*args))

    def joins(self, name: str) -> Someone:
        self.does("join", name)
        self.until(lambda person: person.state == "in")
        return self

    def hears(self, text: str) -> None:
        self.until(lambda person: text in [line["text"] for line in list(person.lines)])

    def told(self) -> list[tuple[str, str, str]]:
        lines = background.call(lambda: list(self.person.lines))
        return [(line["kind"], line["who"], line["text"]) for line in lines]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(clock=lambda: "2026-11-21T10:45:00Z") as server:
        yield server


def test_two_people_hear_each_other(server):
    ann, bob = Someone(server.url).joins("ann"), Someone(server.url).joins("bob")
    ann.hears("joined")
    assert ann.does("say", "Hello") and bob.does("say", HOSTILE)
    ann.hears(HOSTILE)
    bob.hears("Hello")
    ann.until(lambda person: list(person.people) == ["ann", "bob"])
    assert ("mine", "ann", "Hello") in ann.told() and ("say", "bob", HOSTILE) in ann.told()
    assert {line["at"] for line in ann.person.lines} == {"10:45"}
    bob.does("leave")
    ann.hears("left (left)")
    assert bob.person.status == "not joined" and not bob.does("say", "still here?")
    assert bob.person.people == {}


def test_half_a_character_is_sent_as_a_browser_sends_it(server):
    ann = Someone(server.url)
    ann.does("join", "ann\ud83d")
    ann.until(lambda person: person.status.startswith("not joined: A name has letters"))
    ann.joins("ann").does("say", "hi\udc00")
    ann.hears("hi\ufffd")


def test_a_name_that_is_taken_is_told(server):
    Someone(server.url).joins("ann")
    eve = Someone(server.url)
    eve.does("join", "ANN")
    eve.until(lambda person: person.state == "out" and person.status != "not joined")
    assert eve.person.status.startswith("not joined: ann is here already")
    eve.joins("eve")


def test_it_says_how_the_connection_ended_and_comes_back_to_what_it_missed(server):
    ann, bob = Someone(server.url).joins("ann"), Someone(server.url).joins("bob")

    async def cut() -> None:
        room = server.rooms["lobby"]
        room._members["bob"].ws.transport.abort()

    background.run(cut())
    bob.until(lambda person: person.state == "out")
    assert bob.person.status == "the connection was lost (1006); Join comes back"
    ann.hears("left (lost)")
    ann.does("say", "while you were away")
    ann.hears("while you were away")
    bob.joins("bob")
    texts = [text for _, _, text in bob.told()]
    assert texts.count("while you were away") == 1
    assert texts.count("joined") == 3  # ann's, which the history told, and its own two
    server.stop()
    bob.until(lambda person: person.state == "out")
    said = bob.person.status
    assert said == "the server closed the connection (1001, the server stops); Join comes back"


def test_a_server_that_stopped_cannot_be_reached(server):
    url = server.url
    server.stop()
    ann = Someone(url)
    ann.does("join", "ann")
    ann.until(lambda person: person.status.startswith("could not connect: "))
    assert ann.person.state == "out"


def played(*messages: Any) -> ChatPage:
    """A server that says these things once somebody has sent a message."""

    async def chat(ws) -> None:
        await ws.recv()
        for message in messages:
            await ws.send(message if isinstance(message, str | bytes) else json.dumps(message))
        await ws.wait_closed()

    return ChatPage(chat)


def test_odd_messages_are_lines_and_never_an_error():
    odd = ["{", b"\x00\xff", [], {"type": []}, {"type": "error"}, {"type": "say", "text": None}]
    odd += [{"type": "say", "text": "x" * 5000, "name": 7}, {"type": "history", "events": [1, {}]}]
    odd += [{"type": "leave", "name": "nobody", "why": 5, "at": 3}, "[" * 50_000]
    with played({"type": "join", "name": "ann"}, *odd, {"type": "say", "text": "over"}) as page:
        ann = Someone(page.url).joins("ann")
        ann.hears("over")
        texts = [text for _, _, text in ann.told()]
        assert "not understood: {" in texts and "not understood: 2 bytes" in texts
        assert f"{'x' * MAX_TEXT_CHARACTERS} … and 904 more characters" in texts
        assert "7" in [who for _, who, _ in ann.told()]  # a name that is a number
        ann.does("leave")


def test_what_is_kept_is_bounded():
    many = [{"type": "say", "id": n, "name": "bob", "text": str(n)} for n in range(2, 1000)]
    with played({"type": "join", "id": 1, "name": "ann"}, *many) as page:
        ann = Someone(page.url).joins("ann")
        ann.hears("999")
        assert len(ann.person.lines) == MAX_MESSAGES and ann.person.said == 999
        ann.does("leave")


def test_a_server_without_names_and_numbers_is_understood():
    """What a learner has after stage 1: it echoes to all."""
    from websockets.asyncio.server import broadcast

    clients: set[Any] = set()

    async def echo_to_all(ws) -> None:
        clients.add(ws)
        try:
            async for message in ws:
                broadcast(clients, message)
        finally:
            clients.remove(ws)

    with ChatPage(echo_to_all) as page:
        ann, bob = Someone(page.url).joins("ann"), Someone(page.url).joins("bob")
        bob.does("say", "Hi")
        ann.hears("Hi")
        assert ("say", "", "Hi") in ann.told()
        for one in (ann, bob):
            one.does("leave")


def test_leaving_while_it_connects_ends_the_attempt():
    async def silent(ws) -> None:
        await ws.wait_closed()

    with ChatPage(silent) as page:
        ann = Someone(page.url)
        ann.does("join", "ann")
        ann.until(lambda person: person.status == "asking to join")
        ann.does("leave")
        assert ann.person.state == "out"
        deadline = asyncio.run_coroutine_threadsafe(_settled(ann.person), background.loop())
        deadline.result(LIMIT)
        assert ann.person.status == "not joined"


def test_leaving_a_wire_that_stands_still_ends_what_waits_to_be_sent(server, monkeypatch):
    monkeypatch.setattr(chat_client, "CLOSE_TIMEOUT_S", 0.2)
    with Tap(server.url) as tap:
        ann = Someone(tap.url).joins("ann")
        tap.freeze()

        async def speak_and_leave() -> set[asyncio.Task[None]]:
            for _ in range(64):
                ann.person.say("x" * 2**20)
            ann.person.leave()
            sending = set(ann.person._sending)
            await asyncio.wait(sending, timeout=LIMIT)
            return ann.person._sending

        assert background.run(speak_and_leave(), 3 * LIMIT) == set()


async def _settled(person: ChatClient) -> None:
    """Until every task of its own is done."""
    while person._sending:
        await asyncio.wait(person._sending)


def test_a_fault_of_our_own_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not in a client that looks joined for ever."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError("odd")

    with ChatServer() as server:
        someone = Someone(server.url).joins("ann")
        monkeypatch.setattr(someone.person, "_happen", fails)
        someone.does("say", "hello")
        someone.until(lambda person: person.state == "out")
        assert someone.person.status == (
            "the chat failed (ZeroDivisionError: odd); Join tries again"
        )
        assert "ZeroDivisionError" in background.log.pop()
