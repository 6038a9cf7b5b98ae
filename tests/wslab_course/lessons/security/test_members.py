"""Four doors for members: each opens to who may, once, and to nobody else."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.wslab.network.sockets import LIMIT
from wslab.network.client import connect
from wslab_course.lessons.security.members import MembersServer

NOTE = "I lost my keys."


class Clock:
    """Seconds that stand still until they are changed."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def club(clock: Clock) -> AsyncIterator[MembersServer]:
    numbers = iter(range(100))
    async with MembersServer(
        {"ann": NOTE}, clock=clock, draw=lambda: f"s{next(numbers)}", patience=0.2
    ) as server:
        yield server


async def heard(club: MembersServer, path: str, first: Any = None, **options: Any) -> str | int:
    """What a visitor is told first: the note, or a close code."""
    async with connect(club.url + path, **options) as ws:
        if first is not None:
            await ws.send(first)
        try:
            return await asyncio.wait_for(ws.recv(), LIMIT)
        except ConnectionClosed as end:
            return end.rcvd.code


def cookie(value: str) -> dict[str, Any]:
    return {"additional_headers": {"Cookie": value}}


async def test_the_cookie_opens_and_another_does_not(club: MembersServer) -> None:
    session = club.log_in("ann")
    assert await heard(club, "/cookie", **cookie(session)) == NOTE
    assert await heard(club, "/cookie", **cookie(f"a=1; {session}; b=2")) == NOTE
    for value in ("session=other", "a=1", "session", "=;=;", 'session="'):
        assert await heard(club, "/cookie", **cookie(value)) == 1008
    assert await heard(club, "/cookie") == 1008


async def test_a_ticket_opens_each_door_once(club: MembersServer) -> None:
    for door in ("query", "message", "subprotocol"):
        ticket = club.new_ticket("ann")
        said = [await through(club, door, ticket) for _ in range(2)]
        assert said == [NOTE, 1008], door
        assert await through(club, door, "") == 1008


async def through(club: MembersServer, door: str, ticket: str) -> str | int:
    if door == "query":
        return await heard(club, f"/ticket?ticket={ticket}")
    if door == "message":
        return await heard(club, "/message", first=ticket)
    return await heard(club, "/subprotocol", subprotocols=["notes", f"ticket.{ticket}"])


async def test_a_ticket_is_good_for_thirty_seconds(club: MembersServer, clock: Clock) -> None:
    tickets = [club.new_ticket("ann") for _ in range(2)]
    clock.now = 29.9
    assert await through(club, "query", tickets[0]) == NOTE
    clock.now = 30.0
    assert await through(club, "query", tickets[1]) == 1008


async def test_a_first_message_that_does_not_come_is_not_waited_for(club: MembersServer) -> None:
    assert await heard(club, "/message") == 1008
    assert await heard(club, "/message", first=b"s0") == 1008, "a ticket is text"


async def test_what_a_member_sends_is_kept(club: MembersServer) -> None:
    async with connect(club.url + "/cookie", **cookie(club.log_in("ann"))) as ws:
        assert await ws.recv() == NOTE
        for message, kept in (("found them", "found them"), (b"\x01\x02", "0102")):
            await ws.send(message)
            assert await asyncio.wait_for(ws.recv(), LIMIT) == "kept"
            assert club.notes == {"ann": kept}


async def test_the_access_log_tells_what_was_in_the_query(club: MembersServer) -> None:
    await heard(club, "/ticket?ticket=s3cret")
    await through(club, "subprotocol", "s3cret")
    assert club.access_log == ['"GET /ticket?ticket=s3cret" 101', '"GET /subprotocol" 101']


@pytest.mark.parametrize("headers", [[], [("Access-Control-Allow-Origin", "*")]])
async def test_origins_decide_and_cors_headers_do_not(headers: list[tuple[str, str]]) -> None:
    own = "https://club.example"
    async with MembersServer({"ann": NOTE}, origins=[own], headers=headers) as club:
        session = cookie(club.log_in("ann"))
        assert await heard(club, "/cookie", origin=own, **session) == NOTE
        with pytest.raises(InvalidStatus) as refusal:
            await heard(club, "/cookie", origin="https://evil.example", **session)
    answer = refusal.value.response
    assert answer.status_code == 403
    assert [(n, v) for n, v in answer.headers.raw_items() if n.startswith("Access-")] == headers


def get(club: MembersServer, path: str, **headers: str) -> Any:
    request = urllib.request.Request(club.http_url + path, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(request, timeout=LIMIT)


@pytest.mark.parametrize("path", ["/login?name=ann", "/new-ticket"])
async def test_origins_hold_for_what_pages_ask_over_http_too(path: str) -> None:
    own = "https://club.example"

    def visit() -> None:
        session = club.log_in("ann")
        for headers in ({}, {"Origin": own}):  # a link, and a page of its own
            with get(club, path, Cookie=session, **headers) as answer:
                assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            get(club, path, Cookie=session, Origin="https://evil.example")
        assert refused.value.headers["Set-Cookie"] is None
        refused.value.close()

    async with MembersServer({"ann": NOTE}, origins=[own]) as club:
        await asyncio.to_thread(visit)


async def test_pages_log_in_and_give_tickets(club: MembersServer) -> None:
    def visit() -> str:
        with get(club, "/login?name=ann") as answer:
            given = answer.headers["Set-Cookie"]
        assert given == "session=s0; Path=/; HttpOnly; SameSite=Lax"
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            get(club, "/new-ticket")
        refused.value.close()
        with get(club, "/new-ticket", Cookie="session=s0") as answer:
            return answer.read().decode()

    assert await through(club, "query", await asyncio.to_thread(visit)) == NOTE
