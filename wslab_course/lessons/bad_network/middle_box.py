"""MiddleBox: a tap that drops idle connections, as boxes between real clients and servers do.

A home router, a phone network's gateway or a proxy keeps a list of connections, and removes
one on which no byte passes for a while. Neither end decides that, or is asked about it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from wslab.errors import WslabError
from wslab.network.tap.relay import Relay
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side

LOOKS_PER_PATIENCE: Final = 10  # looks at a connection before its patience is over


class MiddleBox(Tap):
    """A tap that ends each connection on which no byte has passed for `patience` seconds.

    A byte of either side counts, also of a Ping. The box ends a connection with RST, to both
    sides. The other arguments are those of Tap. WslabError when `patience` is not above 0.

    Patience is counted in looks, `LOOKS_PER_PATIENCE` of them, not on the clock: while the whole
    machine stops, neither side could send, so that time must not count against them.
    """

    def __init__(self, target: str, patience: float = 0.5, **options: Any) -> None:
        super().__init__(target, **options)
        if not 0 < patience < float("inf"):
            raise WslabError(
                f"patience is a number of seconds above 0; found {patience!r}. Try 0.5."
            )
        self.patience = patience
        self.forgotten = 0  # connections that it has ended
        self._seen: dict[Relay, tuple[int, int]] = {}  # bytes so far, and looks without new ones
        self._watching: asyncio.Task[None] | None = None

    async def _open(self) -> None:
        await super()._open()
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        self._seen.clear()
        await super()._close()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self.patience / LOOKS_PER_PATIENCE)
            self._seen = {relay: self._look(relay) for relay in list(self._live)}
            for relay, (_, quiet) in list(self._seen.items()):
                if quiet >= LOOKS_PER_PATIENCE:
                    self.forgotten += 1
                    relay.cut(True, f"nothing passed for {self.patience:g} s, so it was forgotten")

    def _look(self, relay: Relay) -> tuple[int, int]:
        size = sum(relay.recording.byte_count(side) for side in Side)
        before, quiet = self._seen.get(relay, (-1, 0))
        return size, quiet + 1 if size == before else 0
