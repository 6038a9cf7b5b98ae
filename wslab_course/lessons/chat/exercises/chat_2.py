"""Exercise chat_2 of notebook 12, chat."""

from __future__ import annotations

import json

from websockets.asyncio.server import broadcast

from wslab.network.chat import protocol as chat_protocol
from wslab_course.lessons.chat.clock import now
from wslab_course.lessons.chat.grading.stage import chat_stage


@chat_stage(
    2,
    hints=[
        "Look at `type` first. `join` puts the name into `people`, `say` needs a client that is "
        "in it, `leave` ends the loop.",
        "The name in each event is people[ws], never one from the message: a client may write "
        "any name there.",
        'In finally: if ws in people: tell_all("leave", people.pop(ws)). It works for `leave`, '
        "for a normal close, and for a failed network.",
    ],
    why="The server names the speaker, because only the server knows which name joined on which "
    "connection. Every end of a connection goes through `finally`, so all clients hear of a "
    "leave exactly once.",
)
def chat_2():
    people = {}  # connection -> name

    def tell(ws, message):
        broadcast([ws], json.dumps(message))

    def tell_all(kind, name, **more):
        event = {"type": kind, "at": now(), "name": name, **more}
        for ws in list(people):
            tell(ws, event)

    def refuse(ws, code):
        tell(ws, {"type": "error", "code": code, "text": chat_protocol.ERRORS[code]})

    async def chat_2(ws):
        """Let clients join with different names, talk, and leave."""
        try:
            async for data in ws:
                message = json.loads(data)
                kind = message["type"]
                if kind == "join" and message["name"] in people.values():
                    refuse(ws, "name-taken")
                elif kind == "join":
                    people[ws] = message["name"]
                    tell_all("join", people[ws])
                elif kind == "say" and ws in people:
                    tell_all("say", people[ws], text=message["text"])
                elif kind == "leave":
                    break
        finally:
            if ws in people:
                tell_all("leave", people.pop(ws))

    return chat_2


chat_2.slip(
    "You used the name in the message. Use people[ws]: only the server knows who speaks.",
    says="the name that bob claimed",
    change={'tell_all("say", people[ws],': 'tell_all("say", message.get("name", people[ws]),'},
)
chat_2.slip(
    "Two clients have the same name now. Refuse a join when the name is in people.values().",
    says="a second ann got no error",
    change={'message["name"] in people.values()': "False"},
)
chat_2.slip(
    "No client heard of the leave. Send it in `finally`, which runs at every end of a connection.",
    says="did not hear that bob left",
    change={'tell_all("leave", people.pop(ws))': "people.pop(ws)"},
)
chat_2.slip(
    "You sent one leave twice: at `leave`, and again when the connection ended.",
    says="heard 2 times that bob left",
    change={
        "                break": '                tell_all("leave", people[ws])\n'
        "                break",
    },
)
chat_2.slip(
    "Each event needs the server's time in `at`; tell_all puts it in.",
    says="no `at`",
    change={'"at": now(), ': ""},
)
