"""Eight attacks and three honest clients: each tells a server that resists from one that does not.

The many half-hardened servers are the known wrong answers of 09; `test_lessons.py` lets every
visitor come to each of them.
"""

import asyncio
import logging

import pytest
from websockets.asyncio.server import serve

from tests.wslab.network.sockets import LIMIT
from wslab_course.lessons import security as lesson
from wslab_course.lessons.security import intruders
from wslab_course.lessons.security.intruders import (
    ATTACKS,
    HONEST,
    KEPT_OUT,
    SERVED,
    VISITS,
    visit,
    visit_all,
)


async def naive(sessions: dict[str, str], origin: str):
    """The server that 09 begins with."""

    async def talk(ws):
        session = ws.request.headers.get("Cookie", "").removeprefix("session=")
        member = sessions.get(session, "a guest")
        async for message in ws:
            await ws.send(f"{member}: {message}")

    return await serve(talk, "127.0.0.1", 0, max_size=None)


async def test_every_attack_on_the_naive_server_comes_through(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = await visit_all(naive)
    assert list(found) == [*ATTACKS, *HONEST] and len(ATTACKS) == 8 and len(HONEST) == 3
    assert [who for who in ATTACKS if found[who] == KEPT_OUT] == []
    assert {found[who] for who in HONEST} == {SERVED}
    assert found["a foreign page with ann's cookie"] == "came in, and received 'ann: hi'"
    assert "1,048,581 characters" in found["one message of a mebibyte"]
    assert caplog.records == [], "what a server logs lands in a cell"
    assert not logging.getLogger("websockets.server").disabled


async def test_no_attack_on_the_hardened_server_does() -> None:
    found = await visit_all(lesson.hardened.reference)
    assert found == dict.fromkeys(ATTACKS, KEPT_OUT) | dict.fromkeys(HONEST, SERVED)


async def test_a_server_that_refuses_everybody_fails_the_honest() -> None:
    async def closed(sessions, origin):
        return await serve(lambda ws: ws.close(1008), "127.0.0.1", 0, open_timeout=0.2)

    async def refusing(sessions, origin):
        refuse = lambda ws, request: ws.respond(503, "no\n")  # noqa: E731
        return await serve(
            lambda ws: ws.close(), "127.0.0.1", 0, process_request=refuse, open_timeout=0.2
        )

    for who, said in (("bob on your own page", "refused: closed with 1008"),):
        assert await visit(closed, who) == said
        assert await visit(refusing, who) == "refused with 503"
    assert await visit(refusing, "a foreign page with ann's cookie") == KEPT_OUT


async def test_a_wrong_answer_is_no_service() -> None:
    async def rude(sessions, origin):
        async def talk(ws):
            async for _ in ws:
                await ws.send("what?")

        return await serve(talk, "127.0.0.1", 0)

    assert await visit(rude, "a program of bob's") == "received 'what?' instead of 'bob: hi'"


async def test_silence_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intruders, "ANSWER_TIMEOUT_S", 0.2)

    async def silent(sessions, origin):
        return await serve(lambda ws: ws.wait_closed(), "127.0.0.1", 0)

    said = "no answer, and the connection stays open"
    assert await visit(silent, "somebody without a session") == said


@pytest.mark.parametrize("limit", ["ANSWER_TIMEOUT_S", "VISIT_TIMEOUT_S"])
async def test_nor_does_a_handshake_without_an_answer(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intruders, limit, 0.2)

    async def mute(sessions, origin):
        never = lambda ws, request: asyncio.sleep(3600)  # noqa: E731
        return await serve(lambda ws: ws.close(), "127.0.0.1", 0, process_request=never)

    for who in ("somebody without a session", "one connection too many", "a program of bob's"):
        assert await visit(mute, who) == "no answer in time"


async def test_a_start_that_does_not_end_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intruders, "VISIT_TIMEOUT_S", 0.2)

    async def never(sessions, origin):
        await asyncio.sleep(3600)

    async def gives_up(sessions, origin):
        raise TimeoutError("no database")

    said = "no server: yours did not start within 0.2 s"
    async with asyncio.timeout(LIMIT):
        assert await visit(never, "a program of bob's") == said
        with pytest.raises(TimeoutError, match="no database"):
            await visit(gives_up, "a program of bob's")


async def test_what_is_no_server_is_said() -> None:
    async def forgot(sessions, origin):
        return None

    said = "no server: you returned NoneType, not a server"
    assert await visit(forgot, "a program of bob's") == said


async def test_every_visit_leaves_nothing_behind() -> None:
    ports: list[int] = []

    async def noted(sessions, origin):
        server = await naive(sessions, origin)
        ports.append(server.sockets[0].getsockname()[1])
        return server

    before = asyncio.all_tasks()
    for who in VISITS:
        await visit(noted, who)
        assert asyncio.all_tasks() == before, who
    for port in ports:
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)
