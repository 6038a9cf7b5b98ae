"""The last stage that is written serves; ours does while none is."""

import json
from typing import Any

import pytest

from wslab.network.chat.protocol import Refusal, read
from wslab_course.lessons import chat as lesson


async def untouched(ws: Any) -> None: ...


async def first(ws: Any) -> None:
    await ws.send("first")


async def second(ws: Any) -> None:
    await ws.send("second")


def test_the_last_stage_that_is_written_serves() -> None:
    assert lesson.latest(first, second, untouched) is second
    assert lesson.latest(untouched, untouched) is lesson.chat_5.reference


@pytest.mark.parametrize("what", lesson.HOSTILE)
def test_each_hostile_message_is_refused(what: str) -> None:
    assert isinstance(read(lesson.HOSTILE[what]), Refusal)


def test_the_time_is_written_as_json_has_it() -> None:
    assert json.dumps(lesson.now()).endswith('Z"') and len(lesson.now()) == 20
