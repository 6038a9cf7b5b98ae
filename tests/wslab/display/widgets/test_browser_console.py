"""BrowserConsole without a page: what it takes, what it is called, what it leaves in a notebook."""

from __future__ import annotations

import re

import pytest

from tests.wslab.display.pages import assert_same_facts
from wslab.display.widgets.browser_console import BrowserConsole
from wslab.errors import NotRunning, WslabError
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap


@pytest.fixture(scope="module")
def server():
    with EchoServer() as server:
        yield server


@pytest.mark.parametrize(
    ("target", "path", "url"),
    [
        ("ws://127.0.0.1:8765", None, "ws://127.0.0.1:8765/echo"),
        ("ws://127.0.0.1:8765/", None, "ws://127.0.0.1:8765/echo"),
        ("ws://127.0.0.1:8765/time", None, "ws://127.0.0.1:8765/time"),
        ("ws://127.0.0.1:8765/time", "/reverse", "ws://127.0.0.1:8765/reverse"),
        ("ws://127.0.0.1:8765/time?a=b", None, "ws://127.0.0.1:8765/time?a=b"),
        ("ws://127.0.0.1:8765/time?a=b", "/x?c=d", "ws://127.0.0.1:8765/x?c=d"),
        ("wss://example.org", "/", "wss://example.org/"),
        ("http://127.0.0.1:1", None, "ws://127.0.0.1:1/echo"),
        (" https://example.org/chat ", None, "wss://example.org/chat"),
        ("ws://[::1]:99", None, "ws://[::1]:99/echo"),
    ],
)
def test_a_url_and_a_path(target, path, url):
    assert BrowserConsole(target, path).url == url


def test_a_server_and_a_tap(server):
    assert BrowserConsole(server).url == f"{server.url}/echo"
    assert BrowserConsole(server, "/time").url == f"{server.url}/time"
    with Tap(server.url + "/reverse") as tap:
        assert BrowserConsole(tap).url == f"ws://127.0.0.1:{tap.port}/reverse"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((7,), r"wants a server, a tap or a URL, found 7\. Try BrowserConsole\(server\)"),
        ((None,), "wants a server, a tap or a URL, found None"),
        (("127.0.0.1:8765",), r"wants a URL with ws:// or .*'127.*no scheme.*server.url"),
        (("ftp://127.0.0.1",), "wants a URL with ws://"),
        (("ws://",), "wants a host and a port"),
        (("ws://127.0.0.1:0",), "wants a host and a port"),
        (("ws://127.0.0.1:99999",), r"cannot read the URL 'ws.*pass server.url"),
        (("ws://127.0.0.1/#top",), r"has no '#' part \(RFC 6455 §3\)"),
        (("ws://127.0.0.1", "echo"), r"'echo' cannot be a path; .* Try path='/echo'"),
        (("ws://127.0.0.1", "/#"), "'/#' cannot be a path"),
        (("ws://127.0.0.1", 7), "7 cannot be a path"),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_refused_with_a_next_step(arguments, says):
    with pytest.raises(WslabError, match=says):
        BrowserConsole(*arguments)


def test_a_server_that_does_not_run_says_so():
    with pytest.raises(NotRunning, match=r"call server.start\(\) first"):
        BrowserConsole(EchoServer())


def test_neither_name_nor_twin_holds_a_port(server):
    console = BrowserConsole(server, "/time?token=secret")
    assert repr(console) == "<BrowserConsole of server, path /time>"
    assert repr(BrowserConsole("ws://127.0.0.1:8765")) == "<BrowserConsole of a URL, path /echo>"
    data, _ = console._repr_mimebundle_()
    stored = repr(console) + data["text/plain"] + data["text/html"]
    assert str(server.port) not in stored and "secret" not in stored
    with EchoServer() as other:
        again, _ = BrowserConsole(other)._repr_mimebundle_()
    for kind in ("text/plain", "text/html"):
        assert again[kind] == data[kind]


def test_the_twin_tells_what_the_page_has():
    twin = BrowserConsole("ws://127.0.0.1:8765").twin
    assert_same_facts(twin.text, twin.html)
    for button in ("Connect", "Disconnect", "Send text", "Send binary", "Clear log"):
        assert re.search(rf"^  {button} +\S", twin.text, re.MULTILINE), button
    assert "ws.close(code, reason)" in twin.text
