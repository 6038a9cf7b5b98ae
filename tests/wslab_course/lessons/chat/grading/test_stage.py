"""A stage of the chat as an exercise: its verdicts, its slips, and what its author got wrong.

The slips of the lesson itself are tried by tests/wslab_course/lessons/test_lessons.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from websockets.asyncio.server import broadcast

from tests.wslab_course.lessons.chat.grading.chat_gradings import nothing_left
from wslab.errors import AuthorError
from wslab_course.lessons.chat.grading import grading
from wslab_course.lessons.chat.grading import stage as module
from wslab_course.lessons.chat.grading.stage import ChatStage, StageVerdict, chat_stage

HINTS = ["a", "b", "c"]


@pytest.fixture(autouse=True)
def no_harm() -> Iterator[None]:
    with nothing_left():
        yield


def echo() -> ChatStage:
    @chat_stage(1, hints=HINTS, why="They share a set.")
    def echo_to_all():
        clients = set()

        async def echo_to_all(ws):
            """Send to all."""
            clients.add(ws)
            try:
                async for message in ws:
                    broadcast(clients, message)
            finally:
                clients.remove(ws)

        return echo_to_all

    echo_to_all.slip(
        "Send to all, not to the sender alone.",
        says="bob did not hear",
        change={"broadcast(clients, message)": "await ws.send(message)"},
    )
    echo_to_all.patience = 0.7  # seconds
    return echo_to_all


def test_the_solution_is_the_whole_server_and_runs_by_itself():
    stage = echo()
    assert stage.source.startswith("clients = set()\n\nasync def echo_to_all(ws):")
    assert stage.source.endswith("clients.remove(ws)")
    assert stage.stub == 'async def echo_to_all(ws):\n    """Send to all."""\n    ...'
    space = {"broadcast": broadcast}
    exec(stage.source, space)
    assert stage.check(space["echo_to_all"]).correct
    assert "They share a set." in repr(stage.solution())


def test_a_right_one_shows_its_stage_and_the_rubric():
    verdict = echo().check(echo().reference)
    assert isinstance(verdict, StageVerdict) and verdict.correct
    text = repr(verdict)
    assert text.startswith("✓ echo_to_all: correct\n  Stage 1 of 5 is done: echo to all.")
    assert {check.stage for check in verdict.rubric.checks} == {1}
    assert "All five stages" not in text
    assert len(re.findall(r"^[✓✗○] \S+: ", text, re.M)) == 1  # one verdict, for who looks for them


def test_a_slip_is_recognised_and_says_what_happened():
    stage = echo()
    verdict = stage.check(stage.wrongs[0].function)
    assert verdict.state == "not yet"
    assert verdict.nudge == "Send to all, not to the sender alone."
    assert verdict.done == "Two clients are connected, and each says something."
    assert verdict.expected == "Each hears both messages."
    assert verdict.got.startswith("bob did not hear what ann said within")
    text, html = repr(verdict), verdict._repr_html_()
    for words in (
        "a client did",
        "Each hears both messages.",
        "Transcript of bob",
        "lesson.echo_to_all.hint()",
    ):
        assert words in text and words in html


def test_what_the_handler_raised_is_told():
    async def handler(ws):
        raise KeyError("nothing")

    verdict = echo().check(handler)
    assert "KeyError: 'nothing'" in verdict.printed and "KeyError" in verdict.document.text


def test_what_cannot_be_tried_is_said_at_once():
    stage = echo()

    async def echo_to_all(ws):
        """Send to all."""
        ...

    assert stage.check(echo_to_all).state == "not attempted"
    assert "begin it with `async def`" in stage.check(lambda ws: ws.close()).nudge
    assert "expected the function itself" in stage.check(7).nudge


def test_no_time_for_any_check_is_said_and_no_exception(monkeypatch):
    monkeypatch.setattr(grading, "GRADING_TIMEOUT_S", 0)
    verdict = echo().check(echo().reference)
    assert verdict.state == "not yet"
    assert "The time was over before this check." in repr(verdict)


def test_the_stage_before_is_named_when_it_broke():
    @chat_stage(2, hints=HINTS, why="w")
    def second():
        async def second(ws):
            """Sleep."""
            await ws.wait_closed()

        return second

    second.patience = 0.3
    verdict = second.check(second.reference)
    assert verdict.nudge == "This is a check of stage 1: compare with your chat_1."
    assert max(check.stage for check in verdict.rubric.checks) == 2


def test_verify_finds_what_an_author_got_wrong(monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.5)
    stage = echo()
    stage.verify()
    stage.slip("never said", says="no such words", change={"clients.add(ws)": "pass"})
    with pytest.raises(AuthorError, match="the slip 'never said' is not yet"):
        stage.verify()
    assert stage.patience == module.PATIENCE_S
    with pytest.raises(AuthorError, match="'clients' is not there exactly once"):
        stage.slip("s", says="s", change={"clients": "people"})


def test_a_maker_has_to_return_its_own_coroutine_function():
    def handler():
        return lambda ws: None

    with pytest.raises(AuthorError, match="has to return `async def handler"):
        ChatStage(1, handler, HINTS, "w")
