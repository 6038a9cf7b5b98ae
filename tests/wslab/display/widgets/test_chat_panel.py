"""The chat panel without a page: what it is told to do, what it tells, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.wslab.display.stand_in import StandIn
from wslab.display.widgets import chat_panel
from wslab.display.widgets.chat_panel import ChatPanel
from wslab.errors import NotRunning, WslabError
from wslab.network import background
from wslab.network.chat.client import MAX_MESSAGES
from wslab.network.chat.server import ChatServer
from wslab.network.echo import EchoServer

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"


class Page(StandIn, ChatPanel, page="chat_panel"):
    """A panel whose page is a list."""

    def joins(self, name: str) -> Page:
        self.asks(do="hello")
        self.asks(do="join", name=name)
        self.until(lambda: self.told and self.told[-1]["state"] == "in")
        return self

    def shown(self, view: str = "a") -> list[dict[str, Any]]:
        """The lines of every message, as one view of the page puts them together."""
        lines: list[dict[str, Any]] = []
        for content in self.told:
            if content["view"] in (None, view):
                lines = content["lines"] if content["view"] == view else lines + content["lines"]
        return lines

    def sees(self, text: str) -> None:
        self.until(lambda: text in [line["text"] for line in self.shown()])


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(clock=lambda: "2026-11-21T10:45:00Z") as server:
        yield server


def test_two_panels_chat(server):
    ann, bob = Page(server).joins("ann"), Page(server).joins("bob")
    ann.asks(do="say", text="Hello")
    bob.asks(do="say", text=HOSTILE)
    bob.sees("Hello")
    ann.sees(HOSTILE)
    line = next(line for line in ann.shown() if line["text"] == HOSTILE)
    assert line == {"kind": "say", "who": "bob", "text": HOSTILE, "at": "10:45"}
    assert ann.shown() == ann.lines and ann.people == ["ann", "bob"]
    assert ann.told[-1]["status"] == ann.status == "joined as ann"
    bob.asks(do="leave")
    ann.sees("left (left)")
    bob.until(lambda: bob.told[-1]["status"] == "not joined")
    assert ann.threads == bob.threads == {"wslab"}
    ann.close()
    bob.close()


def test_python_does_what_the_buttons_do(server):
    panel = Page(server)
    with pytest.raises(WslabError, match=r'has not joined; call panel.join\("ann"\) first'):
        panel.say("Hello")
    panel.join("ann")
    panel.until(lambda: panel.told and panel.told[-1]["state"] == "in")
    panel.say("Hello")
    panel.until(lambda: ("mine", "Hello") in [(x["kind"], x["text"]) for x in panel.lines])
    panel.leave()
    assert panel.status == "not joined" and panel.people == []


def test_a_view_that_comes_late_is_told_everything_once(server):
    ann = Page(server).joins("ann")
    ann.asks(do="say", text="one")
    ann.sees("one")
    ann.asks(do="hello", view="b")
    ann.until(lambda: any(told["view"] == "b" for told in ann.told))
    ann.asks(do="say", text="two")
    ann.sees("two")
    assert ann.shown("b") == ann.shown("a") == ann.lines
    ann.close()


def test_who_is_seen_by_no_page_any_more_has_left(server, monkeypatch):
    monkeypatch.setattr(chat_panel, "GRACE_S", 0.05)
    ann, bob = Page(server).joins("ann"), Page(server).joins("bob")
    bob.asks(do="hello", view="b")
    bob.asks(do="bye", view="a")
    bob.asks(do="bye", view="b")
    ann.sees("left (left)")
    ann.close()


def test_a_flood_is_a_few_messages_to_the_page(server):
    ann, bob = Page(server).joins("ann"), Page(server).joins("bob")
    before = len(ann.told)

    def flood() -> None:
        room = server.rooms["lobby"]
        for number in range(1, 201):
            room.say(room._members["bob"], f"number {number}")

    background.call(flood)
    ann.sees("number 200")
    assert len(ann.told) - before < 20
    assert len(ann.lines) <= MAX_MESSAGES
    for panel in (ann, bob):
        panel.close()


def test_a_room_has_a_path(server):
    server.add_room("den")
    den = Page(server, "/room/den").joins("ann")
    lobby = Page(server.url + "/room/lobby").joins("ann")  # the same name, in another room
    assert den.people == lobby.people == ["ann"]
    assert den.link == server.http_url + "/room/den" and lobby.link == ""
    for panel in (den, lobby):
        panel.close()


def test_without_a_page_it_reads_the_same_on_every_run(server):
    bundles = [ChatPanel(server)._repr_mimebundle_()[0] for _ in range(2)]
    for bundle in bundles:
        del bundle["application/vnd.jupyter.widget-view+json"]
    assert bundles[0] == bundles[1] and set(bundles[0]) == {"text/plain", "text/html"}
    assert str(server.port) not in json.dumps(bundles[0])
    assert repr(ChatPanel(server)) == "<ChatPanel of chat>"
    assert repr(ChatPanel("ws://127.0.0.1:9")) == "<ChatPanel of a URL>"


@pytest.mark.parametrize(
    ("server", "path", "words"),
    [
        (None, "", r"wants a server, a tap or a URL, found None\. Try ChatPanel\(server\)"),
        ("http://127.0.0.1:9", "", "wants a URL with ws:// or wss://; .* pass server.url"),
        ("ws://127.0.0.1:port", "", "cannot read the URL .* pass server.url"),
        ("ws://127.0.0.1:9/#top", "", "no '#' part .* pass server.url"),
        ("ws://127.0.0.1:9", "lobby", r"cannot be a path.*ChatPanel\(server\)"),
    ],
)
def test_what_is_no_chat_is_said_with_the_next_step(server, path, words):
    with pytest.raises(WslabError, match=words):
        ChatPanel(server, path)


def test_a_server_that_does_not_run_is_named():
    with pytest.raises(NotRunning, match="server is not running"):
        ChatPanel(EchoServer())


def test_a_server_with_a_certificate_of_its_own_is_trusted():
    with ChatServer(tls=True) as server:
        ann = Page(server).joins("ann")
        assert ann.link.startswith("https://")
        ann.close()


@pytest.mark.parametrize("asked", ["hello", "say"])
def test_a_callback_that_fails_is_told(server, monkeypatch, asked):
    def fails(*_: object) -> None:
        raise ValueError("<b>odd")

    page = Page(server)
    monkeypatch.setattr(page, "_tell", fails)
    monkeypatch.setattr(page._person, "say", fails)
    page.asks(do=asked, text="x")
    page.until(lambda: page.told)
    assert page.told[0]["failed"] == (
        "The kernel could not do that: ValueError: <b>odd. Run this cell again."
    )
    assert "ValueError: <b>odd" in background.log.pop()
