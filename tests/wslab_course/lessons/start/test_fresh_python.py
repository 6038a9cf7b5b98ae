"""A fresh Python prints what its code prints, and a failure is told in its own words.

What notebook 00 says about nest_asyncio on newer versions of Python is tried here as well.
"""

import sys

import pytest

from wslab.errors import WslabError
from wslab_course.lessons.start.fresh_python import fresh_python


def test_it_prints_what_the_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    fresh_python("print('Grüße'); print(6 * 7)")
    assert capsys.readouterr().out == "Grüße\n42\n"


def test_a_failure_is_quoted() -> None:
    with pytest.raises(WslabError, match="ZeroDivisionError"):
        fresh_python("1 / 0")


def test_it_prints_what_no_code_page_holds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    fresh_python("print('☺')")
    assert capsys.readouterr().out == "☺\n"


NESTED = """
import asyncio, {package} as nest
nest.apply()
async def inner():
    async with asyncio.timeout(20): return "inside"
async def outer(): return asyncio.run(inner())
print(asyncio.run(outer()))
"""
LEFT_ALIVE = """
import asyncio, {package} as nest
async def leave(): return asyncio.create_task(asyncio.sleep(60))
nest.apply()
print(asyncio.run(leave()).done())
"""


def test_a_timeout_inside_nest_asyncio_fails_from_python_3_14_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if sys.version_info < (3, 14):
        fresh_python(NESTED.format(package="nest_asyncio"))
        assert capsys.readouterr().out == "inside\n"
    else:
        with pytest.raises(WslabError, match="Timeout should be used inside a task"):
            fresh_python(NESTED.format(package="nest_asyncio"))


def test_nest_asyncio2_has_a_timeout_on_every_version_and_leaves_tasks_alive_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fresh_python(NESTED.format(package="nest_asyncio2"))
    for package in ("nest_asyncio", "nest_asyncio2"):
        fresh_python(LEFT_ALIVE.format(package=package))
    assert capsys.readouterr().out == "inside\nFalse\nFalse\n"


def test_nest_asyncio_needs_the_event_loop_policy_that_python_3_16_takes_away() -> None:
    with pytest.raises(WslabError, match="get_event_loop_policy"):
        fresh_python(
            "import asyncio, nest_asyncio\n"
            "vars(asyncio.events).pop('get_event_loop_policy', None)\n"
            "nest_asyncio.apply()"
        )
