"""Exercise divider of notebook 07, actions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from wslab.network.client import connect
from wslab.network.logger import LIBRARY_LOGGER
from wslab_course.checks.exercises import Case, exercise

REPLY_TIMEOUT_S = 0.5  # seconds that a scripted client waits for an answer or for the end


async def with_a_scripted_client(attempt: Callable[..., Any], script: list[Any]) -> dict[str, Any]:
    """What one client receives from a server with this handler, over real sockets.

    The client sends the messages of its script, each after the answer to the one before,
    and waits for the end when all are sent. It never closes by itself.
    """
    facts: dict[str, Any] = {"answers": [], "close code": "none: still open"}
    handlers: list[asyncio.Task[Any] | None] = []

    async def handler(ws: ServerConnection) -> None:
        handlers.append(asyncio.current_task())
        try:
            await attempt(ws)
        except (ConnectionClosed, ZeroDivisionError):
            raise
        except Exception as error:
            facts["the handler raised"] = f"{type(error).__name__}: {error}"
            raise

    options = {"compression": None, "ping_interval": None, "logger": LIBRARY_LOGGER}
    async with serve(handler, "127.0.0.1", 0, close_timeout=REPLY_TIMEOUT_S, **options) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", close_timeout=REPLY_TIMEOUT_S) as ws:
            with suppress(ConnectionClosed, TimeoutError):
                for message in [*script, None]:
                    if message is not None:
                        await ws.send(message)
                    async with asyncio.timeout(REPLY_TIMEOUT_S):
                        facts["answers"].append(await ws.recv())
            if ws.close_code is not None:
                facts["close code"] = int(ws.close_code)
        for task in handlers:
            if task is not None:
                task.cancel()  # it may be waiting for something other than this client
    return facts


def talk(script: list[Any], answers: list[str], code: int, nudge: str) -> Case:
    sent = ", then ".join(map(repr, script))
    facts = {"answers": answers, "close code": code}
    return Case(script, expected=facts, label=f"a client that sends {sent}", nudge=nudge)


@exercise(
    cases=[
        talk(
            ["8", "done"],
            ["12.5"],
            1000,
            'The answer to "8" is "12.5", and "done" ends with 1000. If the handler raised, look '
            "at that first.",
        ),
        talk([b"8"], [], 1003, "bytes are a kind of data that this server does not accept."),
        talk(
            ["1234567890"],
            [],
            1009,
            "Ten characters are too many; check the length before you divide.",
        ),
        talk(["-8"], [], 1008, "The data is valid, but this server's policy forbids it."),
        talk(
            ["0"],
            [],
            1011,
            "Dividing by zero is an unexpected condition inside the server.",
        ),
        talk(
            ["1", "2", "4"],
            ["100.0", "50.0", "25.0"],
            1001,
            "The server leaves after three answers.",
        ),
        talk(["123456789", "done"], [str(100 / 123456789)], 1000, "Nine characters are allowed."),
        talk(["5", b"\x05"], ["20.0"], 1003, "Look at the type of every message."),
    ],
    run=with_a_scripted_client,
    seconds=8.0,
    hints=[
        "Look at the message before you use it: isinstance(message, bytes), then len(message).",
        "`await ws.close(1003, 'text, please')` closes the connection; `return` after it.",
        "for _ in range(3): receive, check, answer. After the loop comes 1001. When a handler "
        "raises, the library closes with 1011; you need no code for that.",
    ],
    why="Your code chooses five of the codes. The library sends 1011: the ZeroDivisionError "
    "leaves the handler, and its text is not sent to the client.",
)
async def divider(ws) -> None:
    """Answer each number with 100 divided by it; end with the correct code."""
    for _ in range(3):
        message = await ws.recv()
        if isinstance(message, bytes):
            return await ws.close(1003, "text, please")
        if len(message) > 9:
            return await ws.close(1009, "at most 9 characters")
        if message == "done":
            return await ws.close(1000)
        if message.startswith("-"):
            return await ws.close(1008, "no negative numbers")
        await ws.send(str(100 / int(message)))
    await ws.close(1001, "three answers are enough")


async def divide(ws, times=3, longest=9, **other):
    """divider with other codes, and other limits."""
    code = {"kind": 1003, "size": 1009, "done": 1000, "policy": 1008, "failed": 1011, "leave": 1001}
    code |= other
    for _ in range(times):
        message = await ws.recv()
        if isinstance(message, bytes):
            return await ws.close(code["kind"])
        if len(message) > longest:
            return await ws.close(code["size"])
        if message == "done":
            return await ws.close(code["done"])
        if message.startswith("-"):
            return await ws.close(code["policy"])
        if message == "0":
            return await ws.close(code["failed"])
        await ws.send(str(100 / int(message)))
    await ws.close(code["leave"])


@divider.wrong("You always close with 1000, whatever was wrong; the code must say why.")
async def always_1000(ws):
    await divide(ws, kind=1000, size=1000, policy=1000, failed=1000, leave=1000)


@divider.wrong(
    "1007 is for data that does not match its type, such as text that is not UTF-8. For a kind "
    "of data that you do not accept, use 1003."
)
async def kind_is_1007(ws):
    await divide(ws, kind=1007)


@divider.wrong(
    "For a message that is too long, use 1009; 1008 is for a policy without a code of its own."
)
async def size_is_policy(ws):
    await divide(ws, size=1008)


@divider.wrong("1002 is for a broken protocol rule; a negative number breaks your policy: 1008.")
async def policy_is_1002(ws):
    await divide(ws, policy=1002)


@divider.wrong("The division failed inside the server: 1011. The client broke no policy.")
async def zero_is_policy(ws):
    await divide(ws, failed=1008)


@divider.wrong("The server leaves before the client is done, so it is going away: 1001.")
async def leaves_with_1000(ws):
    await divide(ws, leave=1000)


@divider.wrong("You go on after the third answer; count the answers, and close with 1001.")
async def never_leaves(ws):
    await divide(ws, times=10)


@divider.wrong("Nine characters are still allowed; only a longer message is too big.")
async def nine_is_too_long(ws):
    await divide(ws, longest=8)


@divider.wrong("Codes from 4000 on are for what has no registered code; these situations have one.")
async def own_codes(ws):
    await divide(ws, kind=4000, size=4001, policy=4002, failed=4003, leave=4004)


@divider.wrong("You never look at the type of a message; bytes are not accepted: 1003.")
async def type_not_looked_at(ws):
    for _ in range(3):
        message = await ws.recv()
        if len(message) > 9:
            return await ws.close(1009)
        if message == "done":
            return await ws.close(1000)
        if str(message).startswith("-"):
            return await ws.close(1008)
        await ws.send(str(100 / int(message)))
    await ws.close(1001)
