"""The exercise of notebook 00, start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import connect

from wslab.errors import WslabError
from wslab.network.echo import EchoServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.facts import without_coroutines


async def what_the_server_heard(greet: Callable[..., Any], name: str) -> dict[str, Any]:
    """Run one attempt against a real echo server; tell both ends of the story."""
    async with EchoServer(name="greet-check") as server:
        returned = without_coroutines(await greet(server.url, name))
        with suppress(WslabError):  # nobody came; or a connection was left open, and never closes
            await asyncio.to_thread(server.wait_for, "open", 1, 0.5)
            opened = len(server.events.of("open"))
            await asyncio.to_thread(server.wait_for, "close", opened, 1.0)
    # Only now: the server notes what it heard in its own time.
    heard = [event.data for event in server.events if event.kind == "message"]
    return {"the server heard": heard, "you returned": returned}


@exercise(
    cases=[
        Case(
            "Ada",
            expected={"the server heard": ["Ada"], "you returned": "Ada"},
            label='greet(url, "Ada")',
            nudge="Send the name as it is, and return the answer as it comes.",
        ),
        Case(
            "Zoë ☺",
            expected={"the server heard": ["Zoë ☺"], "you returned": "Zoë ☺"},
            label='greet(url, "Zoë ☺")',
            nudge="It worked for Ada; does it use `name`, whatever the name is?",
        ),
    ],
    run=what_the_server_heard,
    hints=[
        "`async with connect(url) as ws:` opens a connection, and closes it when you leave.",
        "Inside it, `await ws.send(...)` sends one message and `await ws.recv()` waits for one.",
        "Send the name, then: async with asyncio.timeout(5): return await ws.recv()",
    ],
    why="Each await hands control to the event loop until the network has done its part.",
)
async def greet(url: str, name: str) -> str:
    """Connect, send the name, and return what the server sends back."""
    async with connect(url) as ws:
        await ws.send(name)
        async with asyncio.timeout(5):
            return await ws.recv()


@greet.wrong(
    "The check's server heard nothing: connect to the `url` you are given, and send to it."
)
async def without_a_server(url, name):
    return name


@greet.wrong("You sent the name and returned nothing; end with `return await ws.recv()`.")
async def without_waiting(url, name):
    async with connect(url) as ws:
        await ws.send(name)


@greet.wrong("You returned a coroutine, which is work not done yet; put `await` before ws.recv().")
async def without_await(url, name):
    async with connect(url) as ws:
        await ws.send(name)
        return ws.recv()


# An exception is recognised by its kind alone, so these sentences allow for other causes.
@greet.wrong(
    "A connection has send and recv, and you have one after `async with connect(url) as ws:`."
)
async def without_connecting(url, name):
    await connect(url).send(name)


@greet.wrong(
    "Look at the quoted line: `async with` opens a connection, a plain `with` does not; "
    "send takes the text, and recv takes nothing."
)
async def with_plain_with(url, name):
    with connect(url) as ws:
        await ws.send(name)


@greet.wrong(
    "Nothing came in time: an echo answers each message once. Did you send, and receive once?"
)
async def without_sending(url, name):
    async with connect(url) as ws, asyncio.timeout(0.1):
        return await ws.recv()


@greet.wrong("You sent bytes, so bytes came back; send the str itself, and it travels as text.")
async def as_bytes(url, name):
    async with connect(url) as ws:
        await ws.send(name.encode())
        async with asyncio.timeout(5):
            return await ws.recv()


@greet.wrong("You greet; the task is to send the name alone, without a word around it.")
async def with_hello(url, name):
    async with connect(url) as ws:
        await ws.send(f"Hello, {name}")
        async with asyncio.timeout(5):
            return await ws.recv()
