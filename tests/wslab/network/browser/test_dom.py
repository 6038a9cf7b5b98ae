"""Listeners in order, and what Python adds. The order itself is in the scripts of test_browser."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.patience import LIMIT
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


class Lamp(EventTarget):
    onlight = HandlerAttribute("light")

    def light(self) -> Event:
        event = Event("light")
        self.dispatchEvent(event)
        return event


@pytest.fixture
async def reported() -> Any:
    """What listeners raised."""
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    return said


@pytest.fixture
def lamp() -> Iterator[Lamp]:
    yield Lamp()


def test_a_listener_gets_the_event_and_its_target(lamp: Lamp) -> None:
    heard: list[Event] = []
    lamp.addEventListener("light", heard.append)
    event = lamp.light()
    assert heard == [event] and event.type == "light" and event.target is lamp


def test_the_method_of_an_object_is_one_listener(lamp: Lamp) -> None:
    heard: list[Event] = []
    lamp.addEventListener("light", heard.append)
    lamp.addEventListener("light", heard.append)  # another object each time, but equal
    lamp.light()
    lamp.removeEventListener("light", heard.append)
    lamp.light()
    assert len(heard) == 1


def test_removing_a_stranger_is_fine(lamp: Lamp) -> None:
    lamp.removeEventListener("light", print)
    lamp.removeEventListener("dark", print)


def test_an_attribute_and_a_listener_may_be_the_same_function(lamp: Lamp) -> None:
    heard: list[Event] = []
    lamp.onlight = listener = heard.append
    lamp.addEventListener("light", listener)
    lamp.light()
    lamp.removeEventListener("light", listener)
    lamp.light()
    assert len(heard) == 3
    assert lamp.onlight is listener
    lamp.onlight = None
    lamp.onlight = None
    lamp.light()
    assert len(heard) == 3 and lamp.onlight is None


@pytest.mark.parametrize("wrong", [5, "print", print()], ids=["number", "text", "called"])
def test_what_cannot_be_called_is_refused(lamp: Lamp, wrong: Any) -> None:
    with pytest.raises(TypeError, match="needs a function that takes the event"):
        lamp.addEventListener("light", wrong)
    if wrong is not None:  # None clears the attribute
        with pytest.raises(TypeError, match="onlight = … needs a function"):
            lamp.onlight = wrong


async def test_the_report_names_the_listener_and_the_event(lamp: Lamp, reported: Any) -> None:
    def clumsy(event: Event) -> None:
        raise ValueError("dropped it")

    lamp.onlight = clumsy
    lamp.light()
    [context] = reported
    assert "clumsy raised while it handled Event('light')" in context["message"]
    assert str(context["exception"]) == "dropped it"


async def test_an_async_listener_runs_and_nobody_waits_for_it(lamp: Lamp, reported: Any) -> None:
    first, ended = asyncio.Event(), asyncio.Event()
    heard: list[str] = []

    async def slow(event: Event) -> None:
        heard.append("starts")
        await first.wait()
        heard.append("ends")
        ended.set()
        raise ValueError("at the end")

    lamp.onlight = slow
    lamp.addEventListener("light", lambda event: heard.append("next listener"))
    lamp.light()
    assert heard == ["next listener"]
    first.set()
    async with asyncio.timeout(LIMIT):
        await ended.wait()
        while not reported:
            await asyncio.sleep(0)
    assert heard == ["next listener", "starts", "ends"]
    assert [str(context["exception"]) for context in reported] == ["at the end"]


async def test_once_waits_for_the_next_event(lamp: Lamp) -> None:
    asyncio.get_running_loop().call_soon(lamp.light)
    event = await once(lamp, "light")
    assert event.type == "light"
    assert lamp._entries["light"] == []


async def test_once_says_what_did_not_come(lamp: Lamp) -> None:
    with pytest.raises(WslabError, match="no 'light' event within 0.01 s"):
        await once(lamp, "light", timeout=0.01)
    assert lamp._entries["light"] == []


def test_events_show_what_they_hold() -> None:
    assert repr(MessageEvent("message", data="Hi", origin="ws://127.0.0.1:8765")) == (
        "MessageEvent('message', data='Hi')"
    )
    assert repr(CloseEvent("close", wasClean=True, code=1000, reason="bye")) == (
        "CloseEvent('close', code=1000, reason='bye', wasClean=True)"
    )
    assert len(repr(MessageEvent("message", data="x" * 10_000))) < 120


# --- what the API raises ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        (InvalidStateError, "InvalidStateError", 11),
        (DOMSyntaxError, "SyntaxError", 12),
        (InvalidAccessError, "InvalidAccessError", 15),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_name_and_code_are_the_standards(kind: type[DOMException], name: str, code: int) -> None:
    error = kind("what to do next")
    assert (error.name, error.code, str(error)) == (name, code, "what to do next")
    assert isinstance(error, DOMException) and isinstance(error, WslabError)


def test_it_is_not_pythons_syntax_error() -> None:
    assert not issubclass(DOMSyntaxError, SyntaxError)
