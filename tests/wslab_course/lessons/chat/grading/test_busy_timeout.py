"""busy_timeout: time in which this program does not run does not count."""

import asyncio
import time

import pytest

from wslab_course.lessons.chat.grading.busy_timeout import busy_timeout


async def test_time_in_which_nothing_runs_does_not_count() -> None:
    async with busy_timeout(0.5):
        time.sleep(1.0)  # the machine does something else
        await asyncio.sleep(0.1)
    with pytest.raises(TimeoutError):
        async with busy_timeout(0.1):
            await asyncio.Event().wait()


async def test_what_is_done_in_time_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    async with busy_timeout(10):
        pass
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
