"""The exercise and the quiz of notebook 00, start."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import connect

from wslab.errors import WslabError
from wslab.network.echo import EchoServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

TIME_LIMIT = 20.0  # seconds for a fresh Python to start and finish


def fresh_python(code: str) -> None:
    """Run code in a Python process of its own, and print what it prints.

    What it patches or breaks ends with it. Raises WslabError when the code fails.
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=TIME_LIMIT
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:]
        raise WslabError(f"the code failed in its own process: {''.join(last)}; look at its lines")
    print(done.stdout, end="")


def spent(value: Any) -> Any:
    """What a learner returned, with a word in place of a coroutine that nobody awaited.

    Each is closed, so that Python does not complain about it in a later cell.
    """
    if isinstance(value, list):
        return [spent(item) for item in value]
    if isinstance(value, Coroutine):
        value.close()
        return "(a coroutine that nobody awaited)"
    return value


async def what_the_server_heard(greet: Callable[..., Any], name: str) -> dict[str, Any]:
    """Run one attempt against a real echo server; tell both ends of the story."""
    async with EchoServer(name="greet-check") as server:
        returned = spent(await greet(server.url, name))
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


quiz = Quiz(
    Question(
        "who-hears",
        "Two clients are connected to one echo server. Client 1 sends a message. Who receives it?",
        {
            "a": Option(
                "Both clients.",
                "That would be a chat. An echo server answers on the connection that spoke, "
                "and on no other.",
            ),
            "b": Option("Client 1 alone.", "Yes: each connection is a conversation of its own."),
            "c": Option(
                "Client 2 alone.",
                "A server that passes messages on must be told to. An echo goes back.",
            ),
        },
        answer="b",
        misconception="an echo server is a chat server",
        refuted_in="00-start: Two clients on one server",
    ),
    Question(
        "whose-loop",
        "Why does asyncio.run(...) fail in a notebook cell?",
        {
            "a": Option(
                "Notebooks cannot run coroutines.",
                "They can, and with less ceremony than a script: write await in the cell.",
            ),
            "b": Option(
                "nest_asyncio is not installed.",
                "It is installed here, and the cell still fails. It is also the last way out, "
                "not the first.",
            ),
            "c": Option(
                "An event loop runs already: the kernel's own.",
                "Yes. asyncio.run starts a new loop, and a thread runs one at a time.",
            ),
        },
        answer="c",
        misconception="a notebook needs nest_asyncio to await",
        refuted_in="00-start: Who owns the event loop",
    ),
    Question(
        "which-server",
        "Many tutorials connect to ws://echo.websocket.org. What will you connect to here?",
        {
            "a": Option(
                "To a server on this machine.",
                "Yes. It is as real: the bytes go through the same sockets, and you see both ends.",
            ),
            "b": Option(
                "To it: a public server is the real thing.",
                "It closed in 2021. Others revived the name, over wss and with tight limits; "
                "a course should not stand on it.",
            ),
            "c": Option(
                "To nothing: the notebook replays a simulation.",
                "Nothing is simulated. The server has a port, and your browser can open it too.",
            ),
        },
        answer="a",
        misconception="ws://echo.websocket.org is the server to use",
        refuted_in="00-start: Your own server",
    ),
)
