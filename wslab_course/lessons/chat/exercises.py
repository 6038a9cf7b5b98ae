"""The five stages and the quiz of notebook 12, chat.

Each reference is the stage before with a few lines more. They use the names that the notebook
has by then, and carry their own copies of its helpers, so that ``.solution()`` is a whole server.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic

from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed

from wslab.network.chat.protocol import ERRORS, LIMITS, Wrong, read
from wslab.network.chat.room import Bucket
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.checks.stub import is_empty
from wslab_course.lessons.chat.final_quiz import quiz as final
from wslab_course.lessons.chat.grading.stage import chat_stage

__all__ = [
    "HOSTILE",
    "chat_1",
    "chat_2",
    "chat_3",
    "chat_4",
    "chat_5",
    "final",
    "latest",
    "now",
    "quiz",
]

Handler = Callable[..., Awaitable[None]]


def now() -> str:
    """The time as the protocol writes it: ISO 8601, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# --- stage 1: echo to all -----------------------------------------------------------------


@chat_stage(
    1,
    hints=[
        "A connection knows nothing of the others. Keep a set of all who are here, outside of the "
        "function.",
        "Add `ws` before the loop, and take it out in `finally`: that runs however the loop ends.",
        "async for message in ws: broadcast(clients, message)",
    ],
    why="The set is what all handlers share. `finally` takes a client out even when its network "
    "dies. broadcast skips whoever is closing, and waits for nobody.",
)
def chat_1():
    clients = set()

    async def chat_1(ws):
        """Send what one client says to all who are here, itself included."""
        clients.add(ws)
        try:
            async for message in ws:
                broadcast(clients, message)
        finally:
            clients.remove(ws)

    return chat_1


chat_1.slip(
    "You answered the sender alone, as the tutorial does. Send to everyone in the set.",
    says="bob did not hear",
    change={"broadcast(clients, message)": "await ws.send(message)"},
)
chat_1.slip(
    "All means the sender too: only so does it see that the server has its words.",
    says="ann did not hear its own words",
    change={"broadcast(clients, message)": "broadcast(clients - {ws}, message)"},
)
chat_1.slip(
    "You take one message, and then the function ends, which closes the connection. Loop.",
    says=r"closed \w+'s connection .*\(1000\)",
    change={"async for message in ws:": "for message in [await ws.recv()]:"},
)
chat_1.slip(
    "Somebody left, your loop sent to them, and ConnectionClosed ended another one's handler. "
    "Take a client out of the set in `finally`.",
    says=r"closed \w+'s connection .*\(1011\)",
    change={
        "broadcast(clients, message)": "for client in list(clients): await client.send(message)",
        "clients.remove(ws)": "pass",
    },
)


# --- stage 2: names, join, leave ----------------------------------------------------------


@chat_stage(
    2,
    hints=[
        "Look at `type` first. `join` enters the name into `people`, `say` needs one that is "
        "there, `leave` ends the loop.",
        "The name in what you tell is people[ws], never one from the message: a message may claim "
        "anything.",
        'In finally: if ws in people: tell_all("leave", people.pop(ws)). It serves `leave`, a '
        "polite close, and a dead network.",
    ],
    why="The server names the speaker, since it alone knows who is on which connection. Every way "
    "out leads through `finally`, so everybody hears of a leave once.",
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
        tell(ws, {"type": "error", "code": code, "text": ERRORS[code]})

    async def chat_2(ws):
        """Let clients join under names of their own, talk, and leave."""
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
    "You believed the name in the message. Take people[ws]: only the server knows who speaks.",
    says="the name that bob claimed",
    change={'tell_all("say", people[ws],': 'tell_all("say", message.get("name", people[ws]),'},
)
chat_2.slip(
    "Two people have one name now. Refuse a join when the name is in people.values().",
    says="a second ann got no error",
    change={'message["name"] in people.values()': "False"},
)
chat_2.slip(
    "Nobody heard of the leave. Tell it in `finally`, which every way out passes through.",
    says="did not hear that bob left",
    change={'tell_all("leave", people.pop(ws))': "people.pop(ws)"},
)
chat_2.slip(
    "You told of one leave twice: at `leave`, and again when the connection ended.",
    says="heard 2 times that bob left",
    change={
        "                break": '                tell_all("leave", people[ws])\n'
        "                break",
    },
)
chat_2.slip(
    "Each event carries the server's time in `at`; tell_all puts it in.",
    says="no `at`",
    change={'"at": now(), ': ""},
)


# --- stage 3: errors and limits -----------------------------------------------------------


@chat_stage(
    3,
    hints=[
        "read(data) gives a message that keeps to the table, or a Wrong with its code. It never "
        "raises.",
        "What depends on who is there is yours: join-first, already-joined, name-taken. Write a "
        "function that gives the code, or None.",
        "Make one Bucket(LIMITS.per_second, LIMITS.burst, monotonic()) a client, before the loop; "
        "refuse with too-fast when bucket.take(monotonic()) is false.",
    ],
    why="A message passes three gates: how fast, what shape, whether now. Each answers with a "
    "code, and the loop goes on, so one client's nonsense costs nobody else a thing.",
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
        tell(ws, {"type": "error", "code": code, "text": ERRORS[code]})

    def problem(ws, message):
        """The code of what is wrong with a message at this moment, or None."""
        if isinstance(message, Wrong):
            return message.code
        if message["type"] != "join":
            return None if ws in people else "join-first"
        if ws in people:
            return "already-joined"
        return "name-taken" if message["name"] in people.values() else None

    async def chat_3(ws):
        """Answer each wrong message with an error, and go on."""
        bucket = Bucket(LIMITS.per_second, LIMITS.burst, monotonic())
        try:
            async for data in ws:
                message = read(data)
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
    "One bad message ended the handler, and with it the connection. read(data) never raises.",
    says="half an object got no error: the server closed",
    change={"message = read(data)": "message = json.loads(data)"},
)
chat_3.slip(
    "Silence teaches nobody. Answer each wrong message with `error` and its code.",
    says="half an object got no error within",
    change={
        "                refuse(ws, code)": "                isinstance(message, Wrong) or "
        "refuse(ws, code)"
    },
)
chat_3.slip(
    "A second `join` gave one client two names. Whoever is in `people` gets already-joined.",
    says="a second `join` got no error",
    change={'return "already-joined"': "return None"},
)
chat_3.slip(
    "Pass text on as it is. To show it safely is up to each page: the next one may be a terminal.",
    says="heard something else: '.*&lt;",
    change={'text=message["text"]': 'text=message["text"].replace("<", "&lt;")'},
)
chat_3.slip(
    "200 messages at once went through. Ask a Bucket before you act, and refuse with too-fast.",
    says="were passed on, without an error",
    change={"not bucket.take(monotonic())": "False"},
)


# --- stage 4: slow clients ----------------------------------------------------------------


@chat_stage(
    4,
    hints=[
        "Begin with chat_3. Before its loop, give the client a queue in `queues`, and start its "
        "sender.",
        "queues[ws] = asyncio.Queue(LIMITS.queue), then "
        "sender = asyncio.create_task(deliver(ws, queues[ws])).",
        "In finally, after the leave: sender.cancel(), del queues[ws], dropped.pop(ws, None).",
    ],
    why="Telling is now a put into a queue, which never waits. Each sender waits for its own "
    "client alone, and a full queue costs its own client the connection, nobody else.",
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
        tell(ws, {"type": "error", "code": code, "text": ERRORS[code]})

    def problem(ws, message):
        if isinstance(message, Wrong):
            return message.code
        if message["type"] != "join":
            return None if ws in people else "join-first"
        if ws in people:
            return "already-joined"
        return "name-taken" if message["name"] in people.values() else None

    async def chat_4(ws):
        """Give each client a queue and a sender; drop who falls behind."""
        bucket = Bucket(LIMITS.per_second, LIMITS.burst, monotonic())
        queues[ws] = asyncio.Queue(LIMITS.queue)
        sender = asyncio.create_task(deliver(ws, queues[ws]))
        try:
            async for data in ws:
                message = read(data)
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
    "Somewhere you await a send to one client while the others wait. Put into its queue instead.",
    says="everyone waits for sam",
    change={
        "def tell(ws, message):": "async def tell(ws, message):",
        # Who has left must not end another one's handler: that would be a fault of stage 1.
        "queues[ws].put_nowait(json.dumps(message))": "with suppress(ConnectionClosed): "
        "await ws.send(json.dumps(message))",
        "def tell_all(kind": "async def tell_all(kind",
        "        tell(ws, event)": "        await tell(ws, event)",
        'tell(ws, {"type"': 'broadcast([ws], json.dumps({"type"',
        "ERRORS[code]})": "ERRORS[code]}))",
        'tell_all("join"': 'await tell_all("join"',
        'tell_all("say"': 'await tell_all("say"',
        'tell_all("leave"': 'await tell_all("leave"',
    },
)
chat_4.slip(
    "Nothing waits, and everything is kept: broadcast leaves it in the connection's buffer. "
    "Queue it, and let the queue have an end.",
    says="keeps for a client that does not read without any limit",
    change={"queues[ws].put_nowait(json.dumps(message))": "broadcast([ws], json.dumps(message))"},
)
chat_4.slip(
    "A reader that keeps up was dropped: your queue is too short. Take LIMITS.queue.",
    says=r"\(1013",
    change={"asyncio.Queue(LIMITS.queue)": "asyncio.Queue(1)"},
)
chat_4.slip(
    "The queue fills, and nobody empties it: start the sender as a task.",
    says="ann did not hear its own words",
    change={"while True:": "while False:"},
)


# --- stage 5: history and resume ----------------------------------------------------------


@chat_stage(
    5,
    hints=[
        "The history is a list of the very events that went out, with their ids. What somebody "
        "missed are those with a larger id than `since`.",
        "Answer with one message: type, since, events, complete, names. `complete` is true when no "
        "event after `since` has been forgotten.",
        "At a join with `since`: first tell the history, then enter the name, then tell_all. With "
        "no await in between, nothing can come in the middle.",
    ],
    why="An event is numbered, kept and sent in one step without an await. So whoever joins finds "
    "it in the history or hears it live, never both and never neither.",
)
def chat_5():
    people, queues, dropped = {}, {}, {}
    history = deque(maxlen=LIMITS.history)

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
        tell(ws, {"type": "error", "code": code, "text": ERRORS[code]})

    def problem(ws, message):
        if isinstance(message, Wrong):
            return message.code
        if message["type"] != "join":
            return None if ws in people else "join-first"
        if ws in people:
            return "already-joined"
        return "name-taken" if message["name"] in people.values() else None

    def missed(since):
        """The `history` message: what came after this id, as far as it is kept."""
        events = [event for event in history if event["id"] > since]
        last = history[-1]["id"] if history else 0
        answer = {"type": "history", "since": since, "events": events}
        return {**answer, "complete": len(events) == last - since, "names": [*people.values()]}

    async def chat_5(ws):
        """Number and keep what is said; tell who comes back what was missed."""
        bucket = Bucket(LIMITS.per_second, LIMITS.burst, monotonic())
        queues[ws] = asyncio.Queue(LIMITS.queue)
        sender = asyncio.create_task(deliver(ws, queues[ws]))
        try:
            async for data in ws:
                message = read(data)
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
    "`since` is an id that the client has: it wants those that are larger, not that one again.",
    says="which came before",
    change={'event["id"] > since': 'event["id"] >= since'},
)
chat_5.slip(
    "An event keeps its id for ever. Put the event itself into the history, and number it once.",
    says="when it was said",
    change={
        'events = [event for event in history if event["id"] > since]': (
            'events = [{**event, "id": n} for n, event in enumerate(history) '
            'if event["id"] > since]'
        )
    },
)
chat_5.slip(
    "Without an `id` nobody can say what they have. tell_all gives each event the next one.",
    says="no `id`",
    change={'"id": number, "at"': '"at"', 'history[-1]["id"] + 1 if history else 1': "0"},
)
chat_5.slip(
    "Your history grows for ever. deque(maxlen=LIMITS.history) forgets the oldest by itself.",
    says="events; the limit is",
    change={"deque(maxlen=LIMITS.history)": "deque()"},
)
chat_5.slip(
    "Tell the truth about what is forgotten: `complete` is false when events after `since` are "
    "no longer kept.",
    says="`complete` is True",
    change={"len(events) == last - since": "True"},
)


# --- the end ------------------------------------------------------------------------------


def latest(*yours: Handler) -> Handler:
    """The last of these stages that is written; our fifth while none is."""
    written = [handler for handler in yours if not is_empty(handler)]
    return written[-1] if written else chat_5.reference


HOSTILE: dict[str, str | bytes] = {
    "half an object": '{"type": "say", "text": ',
    "plain text": "hello",
    "bytes": b"\x00\xff",
    "a list": "[]",
    "an unknown type": '{"type": "fly"}',
    "a number as text": '{"type": "say", "text": 5}',
    "1,001 characters": json.dumps({"type": "say", "text": "x" * 1001}),
    "mark-up as a name": '{"type": "join", "name": "<b>ann</b>"}',
    "100,000 brackets": "[" * 100_000,
}
"""What strangers send: a few words, and the message."""


# --- quiz ---------------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "who-hears",
        "A server sends each message back with `await ws.send(message)`. Is it a chat?",
        {
            "a": Option(
                "Yes: all clients of one server hear each other.",
                "The first thing that bob heard was his own message; ann's never came to him.",
            ),
            "b": Option(
                "No: `ws` is one connection, and the others hear nothing.",
                "Yes. Each client has a handler of its own, and none knows of the others.",
            ),
            "c": Option(
                "Yes, if the clients connect to the same path.",
                "ann and bob had the same path, and bob heard himself alone.",
            ),
        },
        answer="b",
        misconception="an echo server is a chat server",
        refuted_in="12-chat: Who hears?",
    ),
    Question(
        "who-speaks",
        "A chat message says who speaks. Who puts the name in?",
        {
            "a": Option(
                "The client, in each message.",
                "Then eve signs as ann, and bob believes it.",
            ),
            "b": Option(
                "The server: it knows who joined on which connection.",
                "Yes. Whatever name a message claims, the table has no such field.",
            ),
            "c": Option(
                "The frame's header carries it.",
                "A frame has no field for a sender. Bob saw ann's name because eve wrote it.",
            ),
        },
        answer="b",
        misconception="a client may say who it is, each time",
        refuted_in="12-chat: Stage 2: who speaks",
    ),
    Question(
        "hostile-text",
        "eve says `<img src=x onerror=alert(1)>`. What does the server do with it?",
        {
            "a": Option(
                "It escapes the mark-up before it passes it on.",
                "Then a page that escapes as well shows &lt;, and a terminal does too.",
            ),
            "b": Option(
                "It passes the text on; whoever shows it must show it as text.",
                "Yes: textContent in a page. innerHTML would run eve's script in it.",
            ),
            "c": Option(
                "It refuses it: nobody needs < in a chat.",
                "People who talk about HTML do, and 1 < 2 is no attack.",
            ),
        },
        answer="b",
        misconception="the server makes text safe",
        refuted_in="12-chat: Text is text",
    ),
    Question(
        "loop-of-sends",
        "`for ws in members: await ws.send(news)`. What if one member stops reading?",
        {
            "a": Option(
                "Only that member misses the news.",
                "ann stopped hearing, too, although she read everything.",
            ),
            "b": Option(
                "Soon nobody hears any news.",
                "Yes. When the buffers to that member are full, the loop waits there for ever.",
            ),
            "c": Option(
                "send raises ConnectionClosed, and the loop ends.",
                "The connection is open and well; send waits until there is room.",
            ),
        },
        answer="b",
        misconception="a broadcast loop is safe",
        refuted_in="12-chat: Stage 4: one who does not read",
    ),
    Question(
        "broadcast-keeps",
        "`broadcast(members, news)` never waits. Where is what a slow member has not read?",
        {
            "a": Option(
                "It is dropped.",
                "The buffer of sam's connection held megabytes of it.",
            ),
            "b": Option(
                "In the server's memory, as much as it takes.",
                "Yes. It needs a limit of yours: a queue with an end, and a rule for who is full.",
            ),
            "c": Option(
                "In the network, which has room for it.",
                "The network and both systems hold a few megabytes; the rest was in the server.",
            ),
        },
        answer="b",
        misconception="broadcast makes a slow reader harmless",
        refuted_in="12-chat: Stage 4: one who does not read",
    ),
    Question(
        "coming-back",
        "zoe was cut off for a minute and connects again. How does she get what was said?",
        {
            "a": Option(
                "WebSocket delivers it once she is back.",
                "A new connection knows nothing of the old one: she asked, by an id.",
            ),
            "b": Option(
                "She says the last id that she has, and the server sends what came after.",
                "Yes, as far as the server still has it; `complete` tells her.",
            ),
            "c": Option(
                "She asks for everything since a time of day.",
                "Two events may have one time, and clocks differ. An id is one event, for all.",
            ),
        },
        answer="b",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="12-chat: Stage 5: what you missed",
    ),
)
