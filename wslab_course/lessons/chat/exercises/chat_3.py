"""Exercise chat_3 of notebook 12, chat."""

from __future__ import annotations

import json
from time import monotonic

from websockets.asyncio.server import broadcast

from wslab.network.chat import protocol as chat_protocol
from wslab.network.chat.room import TokenBucket
from wslab_course.lessons.chat.clock import now
from wslab_course.lessons.chat.grading.stage import chat_stage


@chat_stage(
    3,
    hints=[
        "chat_protocol.read(data) returns a message that follows the table, or a "
        "chat_protocol.Refusal with its code. It never raises.",
        "Three codes depend on the clients that have joined: join-first, already-joined, "
        "name-taken. Write a function that returns the code, or None.",
        "Make one TokenBucket(chat_protocol.LIMITS.per_second, chat_protocol.LIMITS.burst, "
        "monotonic()) for each client, before the loop; refuse with too-fast when "
        "bucket.take(monotonic()) is false.",
    ],
    why="A message passes three tests: is it too fast, is it valid, is it allowed now? Each "
    "failure is answered with a code, and the loop goes on, so one client's bad messages do not "
    "disturb the others.",
)
def chat_3():
    people = {}

    def tell(ws, message):
        broadcast([ws], json.dumps(message))

    def tell_all(kind, name, **more):
        event = {"type": kind, "at": now(), "name": name, **more}
        for ws in list(people):
            tell(ws, event)

    def refuse(ws, code):
        tell(ws, {"type": "error", "code": code, "text": chat_protocol.ERRORS[code]})

    def problem(ws, message):
        """The code of the error in a message at this moment, or None."""
        if isinstance(message, chat_protocol.Refusal):
            return message.code
        if message["type"] != "join":
            return None if ws in people else "join-first"
        if ws in people:
            return "already-joined"
        return "name-taken" if message["name"] in people.values() else None

    async def chat_3(ws):
        """Answer each wrong message with an error, and go on."""
        bucket = TokenBucket(
            chat_protocol.LIMITS.per_second, chat_protocol.LIMITS.burst, monotonic()
        )
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

    return chat_3


chat_3.slip(
    "One bad message ended the handler, and with it the connection. chat_protocol.read(data) "
    "never raises.",
    says="half an object got no error: the server closed",
    change={"message = chat_protocol.read(data)": "message = json.loads(data)"},
)
chat_3.slip(
    "You gave no answer. Answer each wrong message with `error` and its code.",
    says="half an object got no error within",
    change={
        "                refuse(ws, code)": "                "
        "isinstance(message, chat_protocol.Refusal) or "
        "refuse(ws, code)"
    },
)
chat_3.slip(
    "A second `join` gave one client two names. A client that is in `people` gets already-joined.",
    says="a second `join` got no error",
    change={'return "already-joined"': "return None"},
)
chat_3.slip(
    "Pass text on unchanged. Each client must show it safely in its own way: one may be a page, "
    "another a terminal.",
    says="heard something else: '.*&lt;",
    change={'text=message["text"]': 'text=message["text"].replace("<", "&lt;")'},
)
chat_3.slip(
    "You passed on 200 messages at once. Ask a TokenBucket before you act, and refuse with "
    "too-fast.",
    says="were passed on, without an error",
    change={"not bucket.take(monotonic())": "False"},
)
