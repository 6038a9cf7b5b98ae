"""Exercise chat_4 of notebook 12, chat."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from time import monotonic

from websockets.asyncio.server import broadcast  # noqa: F401 - two slips call it
from websockets.exceptions import ConnectionClosed

from wslab.network.chat import protocol as chat_protocol
from wslab.network.chat.room import TokenBucket
from wslab_course.lessons.chat.clock import now
from wslab_course.lessons.chat.grading.stage import chat_stage


@chat_stage(
    4,
    hints=[
        "Begin with chat_3. Before its loop, give the client a queue in `queues`, and start its "
        "sender.",
        "queues[ws] = asyncio.Queue(chat_protocol.LIMITS.queue), then "
        "sender = asyncio.create_task(deliver(ws, queues[ws])).",
        "In finally, after sending the leave: sender.cancel(), del queues[ws], dropped.pop(ws, "
        "None).",
    ],
    why="tell now puts a message into a queue, which never waits. Each sender waits only for its "
    "own client, and a full queue ends only its own client's connection.",
)
def chat_4():
    people, queues, dropped = {}, {}, {}

    async def deliver(ws, queue):
        with suppress(ConnectionClosed):
            while True:
                await ws.send(await queue.get())

    def drop(ws):
        if ws not in dropped:
            dropped[ws] = asyncio.create_task(ws.close(1013, "you read too slowly"))

    def tell(ws, message):
        try:
            queues[ws].put_nowait(json.dumps(message))
        except asyncio.QueueFull:
            drop(ws)

    def tell_all(kind, name, **more):
        event = {"type": kind, "at": now(), "name": name, **more}
        for ws in list(people):
            tell(ws, event)

    def refuse(ws, code):
        tell(ws, {"type": "error", "code": code, "text": chat_protocol.ERRORS[code]})

    def problem(ws, message):
        if isinstance(message, chat_protocol.Refusal):
            return message.code
        if message["type"] != "join":
            return None if ws in people else "join-first"
        if ws in people:
            return "already-joined"
        return "name-taken" if message["name"] in people.values() else None

    async def chat_4(ws):
        """Give each client a queue and a sender; drop clients that fall behind."""
        bucket = TokenBucket(
            chat_protocol.LIMITS.per_second, chat_protocol.LIMITS.burst, monotonic()
        )
        queues[ws] = asyncio.Queue(chat_protocol.LIMITS.queue)
        sender = asyncio.create_task(deliver(ws, queues[ws]))
        try:
            async for data in ws:
                message = chat_protocol.read(data)
                if not bucket.take(monotonic()):
                    refuse(ws, "too-fast")
                elif code := problem(ws, message):
                    refuse(ws, code)
                elif message["type"] == "join":
                    people[ws] = message["name"]
                    tell_all("join", people[ws])
                elif message["type"] == "say":
                    tell_all("say", people[ws], text=message["text"])
                elif message["type"] == "leave":
                    break
        finally:
            if ws in people:
                tell_all("leave", people.pop(ws))
            sender.cancel()
            del queues[ws]
            dropped.pop(ws, None)

    return chat_4


chat_4.slip(
    "Somewhere you await a send to one client while the others wait. Put the message into its "
    "queue instead.",
    says="everyone waits for sam",
    change={
        "def tell(ws, message):": "async def tell(ws, message):",
        # A client that left must not end another one's handler: that would be a fault of stage 1.
        "queues[ws].put_nowait(json.dumps(message))": "with suppress(ConnectionClosed): "
        "await ws.send(json.dumps(message))",
        "def tell_all(kind": "async def tell_all(kind",
        "        tell(ws, event)": "        await tell(ws, event)",
        'tell(ws, {"type"': 'broadcast([ws], json.dumps({"type"',
        "chat_protocol.ERRORS[code]})": "chat_protocol.ERRORS[code]}))",
        'tell_all("join"': 'await tell_all("join"',
        'tell_all("say"': 'await tell_all("say"',
        'tell_all("leave"': 'await tell_all("leave"',
    },
)
chat_4.slip(
    "Your server never waits, but it keeps everything: broadcast leaves it in the connection's "
    "buffer. Use a queue with a limit.",
    says="keeps messages without a limit",
    change={"queues[ws].put_nowait(json.dumps(message))": "broadcast([ws], json.dumps(message))"},
)
chat_4.slip(
    "You dropped a client that reads fast enough: your queue is too short. Use "
    "chat_protocol.LIMITS.queue.",
    says=r"\(1013",
    change={"asyncio.Queue(chat_protocol.LIMITS.queue)": "asyncio.Queue(1)"},
)
chat_4.slip(
    "The queue fills, and nothing empties it: start the sender as a task.",
    says="ann did not hear its own words",
    change={"while True:": "while False:"},
)
