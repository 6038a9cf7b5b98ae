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
    """Run one attempt against a real echo server; return what each end saw."""
    async with EchoServer(name="greet-check") as server:
        returned = without_coroutines(await greet(server.url, name))
        with suppress(WslabError):  # no client came, or a connection was left open and never closes
            await asyncio.to_thread(server.wait_for, "open", 1, 0.5)
            opened = len(server.events.of("open"))
            await asyncio.to_thread(server.wait_for, "close", opened, 1.0)
    # Only now: the server may log a message a little after it arrived.
    heard = [event.data for event in server.events if event.kind == "message"]
    return {"the server received": heard, "you returned": returned}


@exercise(
    cases=[
        Case(
            "Ada",
            expected={"the server received": ["Ada"], "you returned": "Ada"},
            label='greet(url, "Ada")',
            nudge="Send the name unchanged, and return the answer unchanged.",
        ),
        Case(
            "Zoë ☺",
            expected={"the server received": ["Zoë ☺"], "you returned": "Zoë ☺"},
            label='greet(url, "Zoë ☺")',
            nudge="It worked for Ada. Does your code use `name`, so that it works for every name?",
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
    "The check's server received nothing: connect to the `url` that you are given, and send there."
)
async def without_a_server(url, name):
    return name


@greet.wrong("You sent the name and returned nothing; end with `return await ws.recv()`.")
async def without_waiting(url, name):
    async with connect(url) as ws:
        await ws.send(name)


@greet.wrong("You returned a coroutine, which has not run yet; put `await` before ws.recv().")
async def without_await(url, name):
    async with connect(url) as ws:
        await ws.send(name)
        return ws.recv()


# An exception is recognised by its kind alone, so these sentences allow for other causes.
@greet.wrong("Only a connection has send and recv; `async with connect(url) as ws:` gives you one.")
async def without_connecting(url, name):
    await connect(url).send(name)


@greet.wrong(
    "Look at the quoted line. `async with` opens a connection; a plain `with` does not. send "
    "takes the text, and recv takes no argument."
)
async def with_plain_with(url, name):
    with connect(url) as ws:
        await ws.send(name)


@greet.wrong(
    "No answer came in time. An echo server answers each message once: did you send one message, "
    "and call recv once?"
)
async def without_sending(url, name):
    async with connect(url) as ws, asyncio.timeout(0.1):
        return await ws.recv()


@greet.wrong("You sent bytes, so bytes came back; send the str itself, and it is sent as text.")
async def as_bytes(url, name):
    async with connect(url) as ws:
        await ws.send(name.encode())
        async with asyncio.timeout(5):
            return await ws.recv()


@greet.wrong("You added a greeting; the task is to send the name alone, with no other words.")
async def with_hello(url, name):
    async with connect(url) as ws:
        await ws.send(f"Hello, {name}")
        async with asyncio.timeout(5):
            return await ws.recv()
