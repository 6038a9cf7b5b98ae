"""The grader, graded: the right servers pass, and no server does any harm.

That each wrong one fails where and as it should is tested with the checks, stage by stage.
"""

import asyncio
import inspect
import time
from collections.abc import Iterator

import pytest

from tests.patience import patient
from tests.wslab_course.lessons.chat.grading.chat_gradings import (
    ALL_IN_ALL,
    SHORT,
    TIMES,
    nothing_left,
)
from tests.wslab_course.lessons.chat.grading.chat_servers import WRONG, Chat
from wslab.network.chat.server import ChatServer
from wslab_course.lessons.chat.grading import grading
from wslab_course.lessons.chat.grading.grading import CHECKS, GRADING_TIMEOUT_S, grade_chat


@pytest.fixture(autouse=True)
def no_harm() -> Iterator[None]:
    with nothing_left():
        yield


def test_the_stages_are_in_order_and_all_there() -> None:
    stages = [one.stage for one in CHECKS]
    assert stages == sorted(stages)
    assert set(stages) == {1, 2, 3, 4, 5}
    assert len({one.did for one in CHECKS}) == len(CHECKS)


@pytest.mark.usefixtures("unhurried")
def test_the_reference_server_passes_everything() -> None:
    for _ in range(TIMES):
        with ChatServer(keepalive=0.5) as server:
            rubric = grade_chat(server)
        assert rubric.failed == ()
        assert rubric.passed and rubric.stage == 5
        assert rubric.notes == ()


@pytest.mark.usefixtures("unhurried")
def test_a_handler_that_is_right_passes_everything() -> None:
    for _ in range(TIMES):
        chat = Chat().chat
        rubric = grade_chat(chat)
        assert rubric.failed == ()
        assert rubric.passed and rubric.stage == 5
        assert rubric.notes == ()
        assert grade_chat(chat, stages=1).passed, "again, with what it remembers of the first time"


@pytest.mark.usefixtures("unhurried")
def test_a_url_is_graded_too_and_its_pings_are_not_waited_for() -> None:
    with ChatServer() as server:
        rubric = grade_chat(server.url)
        assert rubric.passed and rubric.stage == 5
        (left_out,) = [check for check in rubric.checks if not check.passed]
        assert left_out.outcome == "left out"
        assert "a Ping" in left_out.happened
        for given in (server, server.url + "/room/lobby"):
            assert grade_chat(given, stages=1).passed


def test_what_a_handler_raises_is_quoted_with_its_line() -> None:
    wrong = next(name for name in WRONG if name.__name__ == "RaisesAtOnce")
    rubric = grade_chat(wrong().chat, patience=SHORT)
    (note,) = rubric.notes
    assert note.startswith("Your handler raised KeyError: 'nothing', at line ")
    assert note.endswith('in `await ws.send(message["nothing"])`.')


def test_a_send_to_a_client_that_is_gone_is_named() -> None:
    wrong = next(name for name in WRONG if name.__name__ == "NeverForgetsAClient")
    notes = grade_chat(wrong().chat, patience=SHORT).notes
    assert notes
    for note in notes:
        assert note.startswith("Your handler raised ConnectionClosed")
        assert note.endswith("in `await client.send(message)`: that client is gone.")


def test_what_is_printed_is_kept_and_not_spilled(capsys: pytest.CaptureFixture[str]) -> None:
    async def chat(ws) -> None:
        print("a client!")
        await ws.recv()

    rubric = grade_chat(chat, patience=0.2)
    assert "your server printed: a client!" in rubric.notes[-1]
    assert capsys.readouterr() == ("", "")


def test_a_forgotten_await_is_named() -> None:
    wrong = next(name for name in WRONG if name.__name__ == "ForgetsAwait")
    assert "`send` was called without `await`." in str(grade_chat(wrong().chat, patience=0.2).notes)


async def test_it_works_beside_a_loop_that_is_busy_with_the_cell() -> None:
    assert grade_chat(Chat().chat, stages=1).passed


def not_async(ws: object) -> None: ...


class NoText:
    url = 7


class Broken:
    @property
    def url(self) -> str:
        raise RuntimeError("not yet")


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (None, "NoneType is not a chat server"),
        (not_async, "not_async is not a chat server; pass the handler itself"),
        (ChatServer(), "chat is not running; call chat.start() first."),
        (NoText(), "the server's url is 7"),
        (Broken(), "not yet"),
        ("ws://127.0.0.1:1", "could not connect"),
        ("no url", "could not connect"),
        ("http://127.0.0.1:1", "could not connect"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_server_is_a_failure_and_no_exception(server: object, sentence: str) -> None:
    rubric = grade_chat(server, patience=0.5)
    assert rubric.stage == 0
    assert sentence in rubric.failed[0].happened
    assert len(rubric.checks) == len(CHECKS)


def test_nothing_written_yet_is_not_tried() -> None:
    async def chat(ws):
        """Let all who connect talk to each other."""
        ...

    rubric = grade_chat(chat)
    assert {check.outcome for check in rubric.checks} == {"not tried"}
    assert "replace the three dots" in rubric.checks[0].happened


async def exits(ws) -> None:
    raise SystemExit


async def leaves_tasks(ws) -> None:
    async def for_ever() -> None:
        while True:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                pass

    ws.task = asyncio.create_task(for_ever())
    await ws.wait_closed()


async def swallows_everything(ws) -> None:
    while True:
        try:
            await ws.recv()
        except BaseException:
            pass


async def sends_rubbish(ws) -> None:
    await ws.send("[" * 50_000)
    await ws.send(b"\xff")
    await ws.send('{"type": {}, "name": [], "text": {}, "id": "x"}')
    await ws.send('{"type": "say", "text": null}')
    async for message in ws:
        await ws.send(message)


async def sends_without_end(ws) -> None:
    while True:
        await ws.send('{"type": "say", "text": "more", "name": "me"}')


@pytest.mark.parametrize(
    "chat",
    [exits, leaves_tasks, swallows_everything, sends_rubbish, sends_without_end],
    ids=lambda chat: chat.__name__,
)
def test_the_worst_handlers_do_no_harm(chat) -> None:
    assert inspect.iscoroutinefunction(chat)
    began = time.monotonic()
    rubric = grade_chat(chat, patience=0.5)
    assert time.monotonic() - began < patient(ALL_IN_ALL)
    assert rubric.stage == 0


def test_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "GRADING_TIMEOUT_S", 0.3)
    rubric = grade_chat(Chat().chat)
    assert len(rubric.checks) == len(CHECKS)
    assert not rubric.passed
    assert "of testing" in rubric.failed[0].happened
    assert {check.outcome for check in rubric.checks[-5:]} == {"not tried"}
    assert GRADING_TIMEOUT_S + 6 <= ALL_IN_ALL
