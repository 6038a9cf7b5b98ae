"""Exercise next_message of notebook 06, events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from wslab.network.browser.websocket import WebSocket, once
from wslab.network.echo import EchoServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.facts import plain_facts


async def _goodbye(ws: Any) -> None:
    """A handler that leaves after any message."""
    await ws.recv()


async def _what_was_next(
    next_message: Callable[[WebSocket], Any], path: str, texts: list[str]
) -> dict[str, Any]:
    """What each wait returned, what the page's own handler received, and unseen exceptions."""
    loop = asyncio.get_running_loop()
    unseen: list[str] = []
    loop.set_exception_handler(lambda _, said: unseen.append(type(said.get("exception")).__name__))
    got, heard = [], []
    async with EchoServer(name="next-check") as server:
        server.register("/bye", _goodbye)
        ws = WebSocket(server.url + path)
        ws.onmessage = lambda event: heard.append(event.data)
        await once(ws, "open")
        for text in texts:
            waiting = asyncio.ensure_future(next_message(ws))
            ws.send(text)
            try:
                async with asyncio.timeout(2.0):
                    got.append(plain_facts(await waiting))
            except TimeoutError:
                got.append("(nothing within 2 seconds)")
        if ws.readyState != ws.CLOSED:
            closed = asyncio.ensure_future(once(ws, "close"))
            ws.close()
            await closed
    return {"returned": got, "the page received": heard, "errors in listeners": unseen}


@exercise(
    run=_what_was_next,
    cases=[
        Case(
            "/echo",
            ["one"],
            label='next_message(ws), and the server sends "one"',
            nudge="Use a future: the listener sets its result, and you await it.",
        ),
        Case("/echo", ["one", "two"], label='next_message(ws) twice: "one", then "two"'),
        Case("/bye", ["bye"], label="next_message(ws), and the server closes instead"),
    ],
    seconds=20.0,
    hints=[
        "Two events may end the wait: message and close. One of them comes first.",
        "future = asyncio.get_running_loop().create_future(); a listener calls "
        "future.set_result(event.data), and you `return await future`.",
        "Before set_result test `if not future.done()`: after the message, close comes later as "
        "well. For close the result is None.",
    ],
    why=(
        "An event reaches only those who listen when it fires; a future keeps the value until "
        "your code awaits it. The test with done() is needed because close comes after the "
        "message, and a future takes only one result."
    ),
)
async def next_message(ws: WebSocket) -> str | None:
    """Return the next message's data, or None when ws closes first."""
    future = asyncio.get_running_loop().create_future()

    def settle(event):
        if not future.done():
            future.set_result(getattr(event, "data", None))

    ws.addEventListener("message", settle, once=True)
    ws.addEventListener("close", settle, once=True)
    return await future


@next_message.wrong(
    "When the server closes, no message will ever come; listen for close as well, and return None."
)
async def no_close(ws):
    future = asyncio.get_running_loop().create_future()
    ws.addEventListener("message", lambda event: future.set_result(event.data), once=True)
    return await future


@next_message.wrong(
    "Your future got a second result: after the message, close comes as well. Test future.done() "
    "first."
)
async def two_results(ws):
    future = asyncio.get_running_loop().create_future()
    ws.addEventListener("message", lambda event: future.set_result(event.data), once=True)
    ws.addEventListener("close", lambda event: future.set_result(None), once=True)
    return await future


@next_message.wrong("You returned the event; the caller wants its data, event.data.")
async def the_whole_event(ws):
    future = asyncio.get_running_loop().create_future()

    def settle(event):
        if not future.done():
            future.set_result(event if event.type == "message" else None)

    ws.addEventListener("message", settle, once=True)
    ws.addEventListener("close", settle, once=True)
    return await future


@next_message.wrong(
    "The page had a handler of its own in onmessage, and you replaced it; use addEventListener."
)
async def took_the_attribute(ws):
    future = asyncio.get_running_loop().create_future()

    def settle(event):
        if not future.done():
            future.set_result(getattr(event, "data", None))

    ws.onmessage = ws.onclose = settle
    return await future
