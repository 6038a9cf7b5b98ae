"""Exercise chat_5 of notebook 12, chat."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import suppress
from time import monotonic

from websockets.exceptions import ConnectionClosed

from wslab.network.chat import protocol as chat_protocol
from wslab.network.chat.room import TokenBucket
from wslab_course.lessons.chat.clock import now
from wslab_course.lessons.chat.grading.stage import chat_stage


@chat_stage(
    5,
    hints=[
        "The history is a list of the events that you sent, with their ids. A client missed the "
        "events with an id larger than `since`.",
        "Answer with one message: type, since, events, complete, names. `complete` is true when "
        "all events after `since` are still in the history.",
        "At a join with `since`: first send the history, then add the name, then tell_all. "
        "Without an await in between, no other event can come in the middle.",
    ],
    why="The server numbers, keeps and sends an event in one step without an await. So a client "
    "that joins gets the event either in the history or live, and exactly once.",
)
def chat_5():
    people, queues, dropped = {}, {}, {}
    history = deque(maxlen=chat_protocol.LIMITS.history)

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
        number = history[-1]["id"] + 1 if history else 1
        event = {"type": kind, "id": number, "at": now(), "name": name, **more}
        history.append(event)
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

    def missed(since):
        """The `history` message: the events after this id that are still kept."""
        events = [event for event in history if event["id"] > since]
        last = history[-1]["id"] if history else 0
        answer = {"type": "history", "since": since, "events": events}
        return {**answer, "complete": len(events) == last - since, "names": [*people.values()]}

    async def chat_5(ws):
        """Number and keep events; send a client that returns what it missed."""
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
                    if "since" in message:
                        tell(ws, missed(message["since"]))
                    people[ws] = message["name"]
                    tell_all("join", people[ws])
                elif message["type"] == "say":
                    tag = {"tag": message["tag"]} if "tag" in message else {}
                    tell_all("say", people[ws], text=message["text"], **tag)
                elif message["type"] == "history":
                    tell(ws, missed(message["since"]))
                elif message["type"] == "leave":
                    break
        finally:
            if ws in people:
                tell_all("leave", people.pop(ws))
            sender.cancel()
            del queues[ws]
            dropped.pop(ws, None)

    return chat_5


chat_5.slip(
    "`since` is an id that the client already has: send the events with larger ids only.",
    says="which came earlier",
    change={'event["id"] > since': 'event["id"] >= since'},
)
chat_5.slip(
    "An event must keep its id. Put the event itself into the history, and number it only once.",
    says="which was sent with id",
    change={
        'events = [event for event in history if event["id"] > since]': (
            'events = [{**event, "id": n} for n, event in enumerate(history) '
            'if event["id"] > since]'
        )
    },
)
chat_5.slip(
    "Without an `id` a client cannot say which events it has. tell_all gives each event the next "
    "id.",
    says="no `id`",
    change={'"id": number, "at"': '"at"', 'history[-1]["id"] + 1 if history else 1': "0"},
)
chat_5.slip(
    "Your history grows without a limit. deque(maxlen=chat_protocol.LIMITS.history) drops the "
    "oldest event by itself.",
    says="events; the limit is",
    change={"deque(maxlen=chat_protocol.LIMITS.history)": "deque()"},
)
chat_5.slip(
    "`complete` must be false when events after `since` are no longer in the history.",
    says="`complete` is True",
    change={"len(events) == last - since": "True"},
)
