"""busy_timeout: a time limit that a busy machine does not shorten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_TURN_S: Final = 0.05  # seconds


@asynccontextmanager
async def busy_timeout(seconds: float) -> AsyncIterator[None]:
    """Like `asyncio.timeout`, in seconds of which each was this program's turn to run.

    On a busy machine the server waits for its turns as the client does. A clock would
    blame the server for them.
    """

    async def count_down() -> None:
        for _ in range(max(1, round(seconds / _TURN_S))):
            await asyncio.sleep(_TURN_S)
        limit.reschedule(asyncio.get_running_loop().time())

    async with asyncio.timeout(None) as limit:
        counting = asyncio.create_task(count_down())
        try:
            yield
        finally:
            counting.cancel()
