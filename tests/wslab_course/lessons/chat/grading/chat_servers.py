"""Chat servers as learners write them: one that is right, and many that are each wrong in one way.

`Chat` is a whole server in the plain words of the course: a queue and a task for each
client. Each class below it changes one thing. `WRONG` says where the grader has to notice.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from datetime import UTC, datetime

from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed

BURST, PER_SECOND, HISTORY = 30, 10, 200


class Refused(Exception):
    """Becomes an error message; the first argument is its code."""


class Chat:
    queue = 100  # messages that wait for one client

    def __init__(self):
        self.names = {}  # websocket -> name
        self.queues = {}  # websocket -> queue of what is to be sent
        self.history = deque(maxlen=HISTORY)
        self.last = 0

    async def chat(self, ws):
        self.queues[ws] = asyncio.Queue(self.queue)
        sender = asyncio.create_task(self.send_queued(ws, self.queues[ws]))
        self.tokens, self.then = getattr(self, "tokens", {}), getattr(self, "then", {})
        self.tokens[ws], self.then[ws] = BURST, time.monotonic()
        try:
            async for data in ws:
                try:
                    self.limit_rate(ws)
                    message = self.parse(data)
                    if await self.act(ws, message) == "leave":
                        break
                except Refused as error:
                    code = error.args[0]
                    self.put(ws, {"type": "error", "code": code, "text": code})
        finally:
            self.gone(ws)
            sender.cancel()

    async def send_queued(self, ws, queue):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await ws.send(await queue.get())

    def limit_rate(self, ws):
        now = time.monotonic()
        self.tokens[ws] = min(BURST, self.tokens[ws] + (now - self.then[ws]) * PER_SECOND)
        self.then[ws] = now
        if self.tokens[ws] < 1:
            raise Refused("too-fast")
        self.tokens[ws] -= 1

    def parse(self, data):
        if isinstance(data, bytes):
            raise Refused("not-json")
        try:
            message = json.loads(data)
        except ValueError:
            raise Refused("not-json") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Refused("unknown-type")
        return message

    async def act(self, ws, message):
        kind = message["type"]
        if kind == "join":
            await self.join(ws, message)
        elif kind not in ("say", "leave", "history"):
            raise Refused("unknown-type")
        elif ws not in self.names:
            raise Refused("join-first")
        elif kind == "say":
            self.check_text(message.get("text"))
            self.publish("say", name=self.name_of(ws, message), text=self.shape(message["text"]))
        elif kind == "history":
            self.put(ws, self.history_since(message.get("since")))
        return kind

    async def join(self, ws, message):
        name = message.get("name")
        if ws in self.names:
            raise Refused("already-joined")
        if not isinstance(name, str) or not 1 <= len(name) <= 24 or not name.isprintable():
            raise Refused("bad-name")
        if name != name.strip():
            raise Refused("bad-name")
        self.check_free(name)
        if "since" in message:
            self.put(ws, self.history_since(message["since"]))
        self.names[ws] = name
        self.publish("join", name=name)

    def check_free(self, name):
        if name in self.names.values():
            raise Refused("name-taken")

    def check_text(self, text):
        if not isinstance(text, str) or not text:
            raise Refused("bad-field")
        if len(text) > 1000:
            raise Refused("too-long")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused("bad-field") from None

    def name_of(self, ws, message):
        return self.names[ws]

    def shape(self, text):
        return text

    def history_since(self, since):
        if type(since) is not int:
            raise Refused("bad-field")
        events = [event for event in self.history if event["id"] > since]
        complete = len(events) == self.last - since
        return {"type": "history", "since": since, "events": events, "complete": complete}

    def publish(self, kind, **fields):
        self.last += 1
        at = datetime.now(UTC).isoformat()
        event = {"type": kind, "id": self.last, "at": at, **fields}
        self.history.append(event)
        for ws in list(self.names):
            self.put(ws, event)

    def put(self, ws, message):
        try:
            self.queues[ws].put_nowait(json.dumps(message))
        except asyncio.QueueFull:
            self.drop(ws)

    def drop(self, ws):
        if ws in self.names:
            self.gone(ws)
            self.closing = asyncio.create_task(ws.close(1013, "too slow"))

    def gone(self, ws):
        if name := self.names.pop(ws, None):
            self.publish("leave", name=name)


# Stage 1


class EchoesToItsSender(Chat):
    async def chat(self, ws):
        async for message in ws:
            await ws.send(message)


class SaysNothing(Chat):
    async def chat(self, ws):
        async for _ in ws:
            pass


class RaisesAtOnce(Chat):
    async def chat(self, ws):
        message = json.loads(await ws.recv())
        await ws.send(message["nothing"])


class NeverForgetsAClient(Chat):
    clients: set

    async def chat(self, ws):
        self.clients = getattr(self, "clients", set())
        self.clients.add(ws)
        async for message in ws:
            for client in self.clients:
                await client.send(message)


class LoopsForEver(Chat):
    async def chat(self, ws):
        while True:
            pass


class ForgetsAwait(Chat):
    async def chat(self, ws):
        async for message in ws:
            ws.send(message)


# Stage 2


class EchoesToAll(Chat):
    """What a learner has after stage 1."""

    async def chat(self, ws):
        self.names[ws] = ""
        try:
            async for message in ws:
                broadcast(self.names, message)
        finally:
            del self.names[ws]


class BelievesAnyName(Chat):
    def name_of(self, ws, message):
        return message.get("name", self.names[ws])


class MissesAClosedClient(Chat):
    def gone(self, ws):
        self.names.pop(ws, None)

    async def act(self, ws, message):
        if message["type"] == "leave" and ws in self.names:
            Chat.gone(self, ws)
            return None
        return await super().act(ws, message)


class LetsTwoHaveOneName(Chat):
    def check_free(self, name):
        pass


# Stage 3


class DiesOfBadJson(Chat):
    def parse(self, data):
        return json.loads(data)


class PassesAnyTextOn(Chat):
    def check_text(self, text):
        if text is None:
            raise Refused("bad-field")


class HasNoTextLimit(Chat):
    def check_text(self, text):
        super().check_text(text[:1000] if isinstance(text, str) else text)


class EscapesMarkup(Chat):
    def shape(self, text):
        return text.replace("<", "&lt;").replace(">", "&gt;")


class HasNoRateLimit(Chat):
    queue = 1000

    def limit_rate(self, ws):
        pass


class MissesASilentDrop(Chat):
    """Tells of a polite end alone."""

    def gone(self, ws):
        if ws.close_code == 1006:
            self.names.pop(ws, None)
        super().gone(ws)


# Stage 4


class WaitsForEveryone(Chat):
    """Sends in a loop, one client after the other."""

    async def chat(self, ws):
        self.turn = getattr(self, "turn", asyncio.Lock())
        await super().chat(ws)

    async def act(self, ws, message):
        async with self.turn:
            self.outgoing = []
            try:
                return await super().act(ws, message)
            finally:
                for client, text in self.outgoing:
                    with contextlib.suppress(ConnectionClosed):
                        await client.send(text)

    def put(self, ws, message):
        if getattr(self, "outgoing", None) is not None and self.turn.locked():
            self.outgoing.append((ws, json.dumps(message)))
        else:
            broadcast([ws], json.dumps(message))


class KeepsEverything(Chat):
    """`broadcast` alone: what is not read piles up in the server."""

    def put(self, ws, message):
        broadcast([ws], json.dumps(message))


class HasRoomForTwenty(Chat):
    def publish(self, kind, **fields):
        names, self.names = self.names, dict(list(self.names.items())[:20])
        super().publish(kind, **fields)
        self.names = names


# Stage 5


class CountsNothing(Chat):
    def put(self, ws, message):
        super().put(ws, {key: value for key, value in message.items() if key != "id"})


class HistoryBeginsOneTooEarly(Chat):
    def history_since(self, since):
        found = super().history_since(since)
        return {**found, "events": [e for e in self.history if e["id"] >= since]}


class LosesWhatIsSaidDuringAJoin(Chat):
    async def join(self, ws, message):
        if "since" in message:
            self.put(ws, self.history_since(message.pop("since")))
            await asyncio.sleep(0.1)
        await super().join(ws, message)


class DoublesWhatIsSaidDuringAJoin(Chat):
    async def join(self, ws, message):
        since = message.pop("since", None)
        await super().join(ws, message)
        if since is not None:
            await asyncio.sleep(0.1)
            self.put(ws, self.history_since(since))


class NumbersItsHistoryAnew(Chat):
    def history_since(self, since):
        found = super().history_since(since)
        events = [{**event, "id": n} for n, event in enumerate(found["events"], 1)]
        return {**found, "events": events}


class RemembersEverything(Chat):
    def __init__(self):
        super().__init__()
        self.history = deque()


#: Each wrong server: the stage in which the grader has to notice, and in which words.
WRONG = {
    EchoesToItsSender: (1, "bob did not hear what ann said within"),
    SaysNothing: (1, "ann did not hear its own words within"),
    RaisesAtOnce: (1, "the server closed ann's connection"),
    NeverForgetsAClient: (1, "'s connection"),
    LoopsForEver: (1, "could not connect"),
    ForgetsAwait: (1, "ann did not hear its own words within"),
    EchoesToAll: (2, "the name that bob claimed"),
    BelievesAnyName: (2, "the name that bob claimed"),
    MissesAClosedClient: (2, "ann did not hear that bob left within"),
    LetsTwoHaveOneName: (2, "a second ann got no error within"),
    DiesOfBadJson: (3, "half an object got no error: the server closed the connection instead"),
    PassesAnyTextOn: (3, "a text that is a number got no error within"),
    HasNoTextLimit: (3, "a text of 1,001 characters got no error within"),
    EscapesMarkup: (3, "ann heard something else: '&lt;script&gt;"),
    HasNoRateLimit: (3, "200 of 200 were passed on, without an error and without 1008"),
    MissesASilentDrop: (3, "did not hear that dan left, who was gone without a Close frame"),
    WaitsForEveryone: (4, "everyone waits for sam, who does not read"),
    KeepsEverything: (4, "the server keeps messages without a limit"),
    HasRoomForTwenty: (4, "that client 21 joined"),
    CountsNothing: (5, "no `id`"),
    HistoryBeginsOneTooEarly: (5, "which came earlier"),
    LosesWhatIsSaidDuringAJoin: (5, "what zoe got after cut 1 lacks 2 of 4"),
    DoublesWhatIsSaidDuringAJoin: (5, "'as zoe comes back 1' (id"),
    NumbersItsHistoryAnew: (5, "which was sent with id"),
    RemembersEverything: (5, "events; the limit is 200"),
}
