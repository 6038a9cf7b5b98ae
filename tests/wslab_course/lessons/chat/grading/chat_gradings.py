"""How the tests grade chat servers: often enough, and looking for what is left behind.

WSLAB_GRADINGS=20 grades each server twenty times, to see that its verdict never changes.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.patience import patient
from tests.wslab_course.lessons.chat.grading.chat_servers import WRONG, Chat
from wslab_course.lessons.chat.grading.grading import grade_chat

TIMES = int(os.environ.get("WSLAB_GRADINGS", "1"))
ALL_IN_ALL = 30.0  # seconds; the promise
SHORT = 1.5  # seconds of patience, to fail sooner


def listening() -> set[int]:
    """The ports on which this process listens."""
    connections = psutil.Process().net_connections("tcp")
    return {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}


@contextmanager
def nothing_left() -> Iterator[None]:
    """No thread and no port that was not there before; the background loop's thread may stay."""
    threads, ports = set(threading.enumerate()), listening()
    yield
    left = [thread.name for thread in set(threading.enumerate()) - threads]
    assert [name for name in left if name != "wslab"] == []
    assert listening() - ports == set()


def wrong_servers(*stages: int) -> pytest.MarkDecorator:
    """Parametrize a test with the wrong servers that fail in these stages."""
    wrong = [server for server, (stage, _) in WRONG.items() if stage in stages]
    return pytest.mark.parametrize("wrong", wrong, ids=lambda server: server.__name__)


def assert_fails_as_it_should(wrong: type[Chat]) -> None:
    """At its stage, with its sentence, with transcripts, in time, and always alike."""
    stage, sentence = WRONG[wrong]
    verdicts = set()
    for _ in range(TIMES):
        with nothing_left():
            began = time.monotonic()
            rubric = grade_chat(wrong().chat, patience=SHORT)
            assert time.monotonic() - began < patient(ALL_IN_ALL)
        assert rubric.stage == stage - 1, rubric
        assert {check.stage for check in rubric.failed} == {stage}
        assert any(sentence in check.happened for check in rubric.failed), rubric
        assert all(check.transcripts for check in rubric.failed)
        verdicts.add(tuple(check.outcome for check in rubric.checks))
    assert len(verdicts) == 1
