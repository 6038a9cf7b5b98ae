"""Exercise say_hello of notebook 06, events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from wslab.errors import WslabError
from wslab.network.browser.websocket import WebSocket, once
from wslab.network.echo import EchoServer
from wslab.protocol.closing import CloseCode
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.facts import plain_facts


async def _what_was_said(say_hello: Callable[[str], Any], path: str) -> dict[str, Any]:
    """What both ends saw of one attempt."""
    async with EchoServer(name="hello-check") as server:
        returned: Any = None
        try:
            async with asyncio.timeout(2.5):
                returned = plain_facts(await say_hello(server.url + path))
        except TimeoutError:
            returned = "(nothing within 2.5 seconds)"
        except WslabError as error:
            if getattr(error, "name", "") == "InvalidStateError":
                raise
            returned = "(nothing: a wait timed out)"
    # Only now: the server may log an end a little later. A client still connected got 1001.
    heard = [event.data for event in server.events if event.kind == "message"]
    ended = any(event.code != CloseCode.GOING_AWAY for event in server.events.of("close"))
    return {"the server received": heard, "you returned": returned, "closed": ended}


_TASK = 'Send "Hello WebSockets!" in onopen, close in onmessage, and return after the close event.'


@exercise(
    run=_what_was_said,
    cases=[
        Case(
            "/echo",
            expected={
                "the server received": ["Hello WebSockets!"],
                "you returned": ["open", "Hello WebSockets!", "close"],
                "closed": True,
            },
            label='say_hello(server.url + "/echo")',
            nudge=_TASK,
        ),
        Case(
            "/reverse",
            expected={
                "the server received": ["Hello WebSockets!"],
                "you returned": ["open", "!stekcoSbeW olleH", "close"],
                "closed": True,
            },
            label='say_hello(server.url + "/reverse")',
            nudge="The second item must be the text that came back, event.data.",
        ),
    ],
    hints=[
        "Each step has its event: when may you send? When has the answer come?",
        "One handler for onopen, which sends, and one for onmessage, which closes.",
        'End with `await once(ws, "close")`, and return the list that the handlers filled.',
    ],
    why=(
        "The program is not a list of steps: each step waits for the event that allows it. "
        "close() in onopen would lose the answer, because a message that comes while CLOSING "
        "fires no event."
    ),
)
async def say_hello(url: str) -> list[str]:
    """Say hello, get the answer, close: ["open", the answer, "close"]."""
    log = []
    ws = WebSocket(url)

    def opened(event):
        log.append("open")
        ws.send("Hello WebSockets!")

    def received(event):
        log.append(event.data)
        ws.close()

    ws.onopen, ws.onmessage = opened, received
    await once(ws, "close")
    return [*log, "close"]


@say_hello.wrong(
    "InvalidStateError: the object was still CONNECTING. Send only after the open event."
)
async def in_one_go(url):
    ws = WebSocket(url)
    try:
        ws.send("Hello WebSockets!")
    finally:
        ws.close()


@say_hello.wrong(
    "You returned before any event: handlers run while you await. End with `await once(ws, "
    '"close")`.'
)
async def returned_at_once(url):
    return []


@say_hello.wrong(
    "`ws.onopen` is an attribute for your function, and it is None at first: write `ws.onopen = "
    "…`. Do not call it or await it."
)
async def called_the_attribute(url):
    WebSocket.onopen(print)


@say_hello.wrong(
    "You closed before the answer came: a message that comes while CLOSING fires no event."
)
async def closed_too_early(url):
    ws, log = WebSocket(url), []
    ws.onmessage = lambda event: log.append(event.data)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    ws.close()
    await once(ws, "close")
    return ["open", *log, "close"]


@say_hello.wrong("The answer came, but neither side closed the connection. Call ws.close().")
async def never_closed(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    await once(ws, "message")
    await once(ws, "close")


@say_hello.wrong(
    "You returned before the connection was closed: close() begins closing, the close event ends "
    "it."
)
async def not_waited(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    answer = await once(ws, "message")
    return ["open", answer.data, "close"]


@say_hello.wrong("The second item is an event; the answer is event.data.")
async def the_event(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    event = await once(ws, "message")
    ws.close()
    await once(ws, "close")
    return ["open", event, "close"]


@say_hello.wrong("Everything on the wire is correct; now return what happened, in order.")
async def silent(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    await once(ws, "message")
    ws.close()
    await once(ws, "close")
