"""Exercise record of notebook 06, events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from wslab.network.browser.websocket import WebSocket, once
from wslab.network.echo import EchoServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.facts import plain_facts

TYPES = ("open", "message", "error", "close")


async def _what_was_recorded(
    record: Callable[[WebSocket], Any], path: str, texts: list[str], page_first: bool
) -> dict[str, Any]:
    """What the list holds after one connection, and what the page's own handlers received."""
    heard: list[str] = []

    def set_handlers() -> None:
        for type in TYPES:
            setattr(ws, f"on{type}", lambda event: heard.append(event.type))

    async with EchoServer(name="record-check") as server:
        ws = WebSocket(server.url + path)
        try:
            if page_first:
                set_handlers()
            log = record(ws)
            if not page_first:
                set_handlers()
            await _converse(ws, texts)
        finally:
            await _ended(ws)
    return {"recorded": plain_facts(log), "the page received": heard}


async def _converse(ws: WebSocket, texts: list[str]) -> None:
    """Send each text after the echo of the one before, then close; or fail to open."""
    first, _ = await asyncio.wait(
        [asyncio.ensure_future(once(ws, type)) for type in ("open", "close")],
        return_when=asyncio.FIRST_COMPLETED,
    )
    if first.pop().result().type == "open":
        for text in texts:
            ws.send(text)
            await once(ws, "message")
        ws.close(1000)
        await once(ws, "close")


async def _ended(ws: WebSocket) -> None:
    """Close the connection, also when the learner's function failed."""
    if ws.readyState != WebSocket.CLOSED:
        closed = asyncio.ensure_future(once(ws, "close"))
        ws.close()
        await closed


@exercise(
    run=_what_was_recorded,
    cases=[
        Case(
            "/echo",
            ["Hi"],
            False,
            label="/echo, one message; then the page sets its on… handlers",
            nudge="There are four types of event: add one listener for each, and keep event.type.",
        ),
        Case("/echo", ["one", "two"], True, label="/echo, two messages; on… handlers were set"),
        Case("/nowhere", [], False, label="/nowhere, a path that is not there"),
    ],
    hints=[
        "onopen and the others belong to the page. How else can a function receive an event?",
        "ws.addEventListener(type, listener), once for each of the four types.",
        "The listener is `lambda event: log.append(event.type)`; return log at the end, "
        "the list itself.",
    ],
    why="Listeners are separate from the attributes: they do not replace the page's onopen.",
)
def record(ws: WebSocket) -> list[str]:
    """Return a list to which each event of ws adds its type, as it happens."""
    log = []
    for type in ("open", "message", "error", "close"):
        ws.addEventListener(type, lambda event: log.append(event.type))
    return log


@record.wrong(
    "There is only one onopen, and it belongs to the page: setting it replaces the function that "
    "was there. Use addEventListener."
)
def with_attributes(ws):
    log = []
    for type in TYPES:
        setattr(ws, f"on{type}", lambda event: log.append(event.type))
    return log


@record.wrong("A refused connection fires an event that your list lacks; there are four types.")
def without_error(ws):
    log = []
    for type in ("open", "message", "close"):
        ws.addEventListener(type, lambda event: log.append(event.type))
    return log


@record.wrong("You kept the events themselves; keep event.type, a str.")
def whole_events(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, log.append)
    return log


@record.wrong("With once=True a listener is removed after one event; here two messages came.")
def only_once(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(event.type), once=True)
    return log


@record.wrong("You returned a copy, made before anything happened; return the list that grows.")
def a_copy(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(event.type))
    return list(log)


@record.wrong(
    "Each lambda looks up your loop's variable when it runs, and by then the loop is over; use "
    "event.type."
)
def the_loops_last(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(type))  # noqa: B023  the mistake
    return log


@record.wrong("Give addEventListener a function that takes the event; do not call it yourself.")
def called_at_once(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, log.append(type))
    return log


@record.wrong("You returned nothing. The list is empty at first and fills later: return it anyway.")
def nothing_returned(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(event.type))
