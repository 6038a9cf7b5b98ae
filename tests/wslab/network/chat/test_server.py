"""ChatServer over real sockets: what it promises in its table, and who may connect."""

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.patience import LIMIT
from wslab.errors import NotRunning, WslabError
from wslab.network.background import call, log
from wslab.network.chat.protocol import Limits
from wslab.network.chat.server import ChatPage, ChatServer
from wslab.network.client import connect
from wslab.network.raw import RawClient
from wslab.protocol.frames import Frame, Opcode


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(rooms=("lobby", "garden"), clock=lambda: "now", timer=lambda: 0.0) as server:
        yield server


class Person:
    """A client that says and hears JSON."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    async def tell(self, kind: str, **fields: object) -> None:
        await self.ws.send(json.dumps({"type": kind, **fields}))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT):
            return json.loads(await self.ws.recv())

    async def hear_until(self, kind: str, **fields: object) -> dict[str, Any]:
        wanted = {"type": kind, **fields}
        while not wanted.items() <= (message := await self.hear()).items():
            pass
        return message

    async def end(self) -> tuple[int | None, str | None]:
        async with asyncio.timeout(LIMIT):
            with pytest.raises(ConnectionClosed):
                while True:
                    await self.ws.recv()
        return self.ws.close_code, self.ws.close_reason


@asynccontextmanager
async def person(url: str, name: str = "", **fields: object) -> AsyncIterator[Person]:
    async with connect(url) as ws:
        someone = Person(ws)
        if name:
            await someone.tell("join", name=name, **fields)
            await someone.hear_until("join", name=name)
        yield someone


async def test_two_people_chat(server: ChatServer) -> None:
    async with person(server.url, "ann") as ann, person(server.url, "bob") as bob:
        assert await ann.hear() == {"type": "join", "id": 2, "at": "now", "name": "bob"}
        await bob.tell("say", text="hi <b>", tag="1", name="eve", id=99)
        said = {"type": "say", "id": 3, "at": "now", "name": "bob", "text": "hi <b>", "tag": "1"}
        assert await ann.hear() == await bob.hear() == said
        await bob.tell("history", since=1)
        history = await bob.hear()
        assert (history["names"], [e["id"] for e in history["events"]]) == (["ann", "bob"], [2, 3])
        await bob.tell("leave")
        assert (await bob.hear())["why"] == "left"
        assert await bob.end() == (1000, "")
        assert (await ann.hear())["why"] == "left"


async def test_rooms_have_their_own_people_and_numbers(server: ChatServer) -> None:
    assert server.paths == ["/", "/room/garden", "/room/lobby"]
    async with (
        person(server.url, "ann") as ann,
        person(server.url + "/room/lobby", "bob") as bob,
        person(server.url + "/room/garden", "ann") as other,
    ):
        await other.tell("say", text="in the garden")
        assert (await other.hear())["id"] == 2
        await bob.tell("say", text="in the lobby")
        assert (await ann.hear_until("say"))["text"] == "in the lobby"
    with pytest.raises(InvalidStatus) as caught:
        await connect(server.url + "/room/cellar")
    assert caught.value.response.status_code == 404


def test_a_room_needs_a_plain_name() -> None:
    server = ChatServer()
    server.add_room("garden-2")
    server.add_room("garden-2")
    assert server.paths == ["/", "/room/garden-2", "/room/lobby"]
    for name in ("", "Garden", "a/b", "ä", "x" * 41):
        with pytest.raises(WslabError, match="cannot be a room"):
            server.add_room(name)
    with pytest.raises(NotRunning, match=r"call chat\.start\(\) first"):
        _ = server.url


@pytest.mark.parametrize(
    ("end", "why"), [("close", "closed"), ("reset", "lost"), ("large", "refused")]
)
async def test_the_others_hear_why_someone_left(server: ChatServer, end: str, why: str) -> None:
    async with person(server.url, "ann") as ann, person(server.url, "bob") as bob:
        if end == "close":
            await bob.ws.close(1001)
        elif end == "reset":
            bob.ws.transport.abort()
        else:
            await bob.ws.send("x" * (16 * 1024 + 1))
            assert (await bob.end())[0] == 1009
        assert (await ann.hear_until("leave"))["why"] == why


async def test_a_wrong_message_gets_an_error_and_the_connection_stays(server: ChatServer) -> None:
    async with person(server.url) as eve:
        for data, code in (
            ("{", "not-json"),
            (b"{}", "not-json"),
            ("[" * 16_000, "not-json"),
            ('{"type": "fly"}', "unknown-type"),
            ('{"type": "say", "text": "x"}', "join-first"),
            ('{"type": "history", "since": 0}', "join-first"),
            ('{"type": "leave"}', "join-first"),
            ('{"type": "join", "name": "<b>"}', "bad-name"),
            ('{"type": "join", "name": "ann", "since": "0"}', "bad-field"),
        ):
            await eve.ws.send(data)
            message = await eve.hear()
            assert (message["type"], message["code"]) == ("error", code)
        await eve.tell("join", name="eve")
        assert (await eve.hear())["id"] == 1


async def test_text_that_is_not_utf8_is_closed_with_1007(server: ChatServer) -> None:
    with RawClient(server.url) as raw:
        raw.send(Frame(Opcode.TEXT, b"\xff", mask=b"abcd").encode())
        frame = await asyncio.to_thread(raw.read_frame)
    assert frame is not None and frame.payload[:2] == (1007).to_bytes(2, "big")


async def test_who_sends_too_fast_is_told_and_then_closed() -> None:
    now = 0.0
    limits = Limits(burst=3, per_second=1.0, strikes=5)
    async with ChatServer(limits=limits, timer=lambda: now) as server:
        async with person(server.url, "ann") as ann, person(server.url, "eve") as eve:
            for number in range(4):
                await eve.tell("say", text=f"{number}")
            assert (await eve.hear_until("error"))["code"] == "too-fast"
            now = 2.0
            await eve.tell("say", text="slowly")
            await eve.hear_until("say", text="slowly")
            for _ in range(20):
                await eve.tell("say", text="spam")
            code, reason = await eve.end()
            assert (code, reason) == (1008, "too many messages were refused")
            left = await ann.hear_until("leave")
            assert (left["name"], left["why"]) == ("eve", "refused")


async def test_who_does_not_read_is_dropped_with_1013_and_nobody_waits() -> None:
    limits = Limits(burst=100_000, queue=20)
    async with ChatServer(limits=limits) as server, person(server.url, "ann") as ann:
        sock = socket.create_connection(("127.0.0.1", server.port))
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        async with connect(server.url, sock=sock) as ws:
            ws.transport.pause_reading()
            await Person(ws).tell("join", name="slow")
            await ann.hear_until("join", name="slow")
            said = 0
            async with asyncio.timeout(3 * LIMIT):
                while True:
                    await ann.tell("say", text="🎉" * 1000)
                    message = await ann.hear()
                    said += 1
                    if message["type"] == "leave":
                        break
            assert (message["name"], message["why"]) == ("slow", "slow")
            assert said < 3_000
            ws.transport.abort()
        async with person(server.url, "slow", since=message["id"] - 1) as back:
            await back.tell("say", text="back")
            await back.hear_until("say", text="back")


async def test_who_answers_no_ping_is_given_up() -> None:
    async with ChatServer(keepalive=0.1) as server, person(server.url, "ann") as ann:
        async with connect(server.url) as ws:
            await Person(ws).tell("join", name="quiet")
            await ann.hear_until("join", name="quiet")
            ws.transport.pause_reading()
            left = await ann.hear_until("leave")
            assert (left["name"], left["why"]) == ("quiet", "lost")
            ws.transport.abort()


async def test_resume_after_a_cut_while_others_talk(server: ChatServer) -> None:
    async with person(server.url, "ann") as ann:
        async with person(server.url, "bob", key="k") as bob:
            await ann.tell("say", text="0")
            last = (await bob.hear_until("say"))["id"]
            bob.ws.transport.abort()
        for number in range(1, 11):
            await ann.tell("say", text=f"{number}")
        async with connect(server.url) as ws:
            again = Person(ws)
            sends = (ann.tell("say", text=f"{number}") for number in range(11, 16))
            await asyncio.gather(again.tell("join", name="bob", since=last, key="k"), *sends)
            events = (await again.hear())["events"]
            while events[-1].get("text") != "15":
                events.append(await again.hear())
    numbers = [event["id"] for event in events]
    assert numbers == list(range(last + 1, last + 1 + len(numbers)))
    assert [e["text"] for e in events if e["type"] == "say"] == [f"{n}" for n in range(1, 16)]


async def test_the_same_key_replaces_a_half_dead_connection(server: ChatServer) -> None:
    async with person(server.url, "ann", key="k") as old:
        async with person(server.url, "ann", key="k") as new:
            assert await old.end() == (4001, "you joined from another connection")
            await new.tell("say", text="me")
            await new.hear_until("say", text="me")
        async with person(server.url) as eve:
            await eve.tell("join", name="ann", key="x")  # the name is free: no key is needed
            await eve.hear_until("join")


# Stop and start


def test_stop_tells_nobody_of_leaves_and_a_new_start_remembers(server: ChatServer) -> None:
    async def visit(since: int) -> tuple[list[str], list[str]]:
        async with person(server.url) as ann:
            await ann.tell("join", name="ann", since=since)
            history = await ann.hear()
            await ann.hear_until("join")
            await ann.tell("say", text="kept")
            await ann.hear_until("say")
            asyncio.get_running_loop().run_in_executor(None, server.stop)
            assert (await ann.end())[0] == 1001
            return [event["type"] for event in history["events"]], history["names"]

    log.clear()
    assert asyncio.run(visit(0)) == ([], [])
    server.stop()
    with server:
        assert asyncio.run(visit(0)) == (["join", "say"], [])
    assert list(log) == []
    assert server.events.of("error") == []


# Who may connect


async def answer(server: ChatPage, origin: str | None, host: str | None = None) -> int:
    headers = {} if origin is None else {"Origin": origin}
    if host is not None:
        headers["Host"] = host
    try:
        async with connect(server.url, additional_headers=headers):
            return 101
    except InvalidStatus as error:
        assert "Origin" in (error.response.body or b"").decode()
        return error.response.status_code


async def test_only_its_own_pages_and_programs_may_connect(server: ChatServer) -> None:
    assert await answer(server, None) == 101
    assert await answer(server, server.http_url) == 101
    assert await answer(server, server.http_url.upper().replace("HTTP", "http")) == 101
    for foreign in (
        "http://evil.test",
        "http://127.0.0.1",
        f"http://localhost:{server.port}",
        f"{server.http_url}.evil.test",
        "null",
        "",
        "file://",
        "http://[",
    ):
        assert await answer(server, foreign) == 403, foreign


async def test_other_origins_may_be_let_in_by_name() -> None:
    async with ChatServer(origins=["https://school.example"]) as server:
        assert await answer(server, "https://school.example") == 101
        assert await answer(server, "http://school.example") == 403
        assert await answer(server, server.http_url) == 101


def test_a_link_from_another_site_may_open_the_page(server: ChatServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
    connection.request("GET", "/room/garden", headers={"Origin": "http://other.test"})
    response = connection.getresponse()
    assert response.status == 200
    assert b"<title>Chat" in response.read()
    connection.request("GET", "/room/cellar")
    response = connection.getresponse()
    assert response.status == 426
    response.read()
    connection.close()


async def test_the_page_may_stand_before_a_handler_of_ones_own() -> None:
    async def chat(ws: Any) -> None:
        await ws.send(await ws.recv())

    async with ChatPage(chat) as server:
        async with connect(server.url) as ws:
            await ws.send("as you like")
            assert await ws.recv() == "as you like"
    with pytest.raises(WslabError, match="not 'async def"):
        ChatPage(lambda ws: None)  # type: ignore[arg-type,return-value]


async def test_fifty_at_once_hear_the_same(server: ChatServer) -> None:
    async def visit(number: int, ready: asyncio.Barrier) -> list[int]:
        async with person(server.url, f"p{number}") as someone:
            await ready.wait()
            await someone.tell("say", text=f"{number}")
            heard = []
            while len(heard) < 50:
                heard.append((await someone.hear_until("say"))["id"])
            await ready.wait()
            return heard

    ready = asyncio.Barrier(50)
    async with asyncio.timeout(3 * LIMIT):
        all_heard = await asyncio.gather(*(visit(number, ready) for number in range(50)))
    assert all(heard == all_heard[0] == sorted(set(heard)) for heard in all_heard)
    await asyncio.to_thread(server.wait_for, "close", 50, LIMIT)
    call(lambda: None)
    assert server.rooms["lobby"].names == []
