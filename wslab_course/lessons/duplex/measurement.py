"""One client's run over a slow wire: what came back, how long it took, what travelled.

The wire is a tap with a delay in each direction. The client is any function of a URL
and a list of words that returns the answers.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any, Final

from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Opcode, Side
from wslab.protocol.recording.recording import Recording

ONE_WAY_S: Final = 0.025  # seconds from one end of the wire to the other
RUN_TIMEOUT_S: Final = 20.0  # seconds that a run may take


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one client did: its answers, its time in seconds, and a recording per connection."""

    answers: Any
    seconds: float
    recordings: list[Recording] = field(repr=False)

    @property
    def connections(self) -> int:
        """How many TCP connections it opened."""
        return len(self.recordings)

    def sent(self, side: Side) -> int:
        """How many bytes this side sent, without the handshakes that open a WebSocket."""
        return sum(recording.byte_count(side) for recording in self.recordings) - sum(
            _handshake_size(recording, side) for recording in self.recordings
        )

    @property
    def handshake(self) -> int:
        """How many bytes the WebSocket handshakes took, both sides together; 0 for plain HTTP."""
        return sum(
            _handshake_size(recording, side) for recording in self.recordings for side in Side
        )

    @property
    def ahead(self) -> int:
        """How many messages or requests were on the wire before the first answer was.

        Of all connections, the one with most counts.
        """
        return max((_ahead(recording) for recording in self.recordings), default=0)

    @property
    def turns(self) -> int:
        """How many times the client began to speak: first on a connection, or after the server."""
        return sum(len(_turns(recording)) for recording in self.recordings)

    @property
    def turn(self) -> float:
        """Seconds from one turn of the client to its next on the same connection; 0.0 if none.

        The median, so that a machine that stands still for a moment does not change it.
        """
        gaps = [
            after - before
            for recording in self.recordings
            for before, after in pairwise(_turns(recording))
        ]
        return median(gaps) if gaps else 0.0


async def measure(
    client: Callable[[str, Sequence[str]], Any],
    words: Sequence[str],
    target: str,
    one_way: float = ONE_WAY_S,
    tries: int = 1,
) -> Measurement:
    """Let `client(url, words)` run over a new wire to `target`, `one_way` seconds long.

    Of several `tries` the fastest counts: a machine that is busy with something else for
    a moment spoils one run, and not all of them.

    A coroutine function is awaited; a plain function runs in a thread, so that it
    may block. Raises TimeoutError after `RUN_TIMEOUT_S` seconds, and whatever the client raises.
    """
    runs = [await _run_once(client, words, target, one_way) for _ in range(tries)]
    return min(runs, key=lambda run: run.seconds)


async def _run_once(
    client: Callable[[str, Sequence[str]], Any], words: Sequence[str], target: str, one_way: float
) -> Measurement:
    async with Tap(target) as wire:
        wire.delay(one_way, opening=True)
        began = perf_counter()
        async with asyncio.timeout(RUN_TIMEOUT_S):
            if inspect.iscoroutinefunction(client):
                answers = await client(wire.url, words)
            else:
                answers = await asyncio.to_thread(client, wire.url, words)
        return Measurement(answers, perf_counter() - began, wire.recordings)


def _handshake_size(recording: Recording, side: Side) -> int:
    handshake = recording.handshake
    if handshake is None or not handshake.upgraded or handshake.response is None:
        return 0
    head = handshake.request if side is Side.CLIENT else handshake.response
    return len(head.encode())


def _ahead(recording: Recording) -> int:
    handshake = recording.handshake
    if handshake is not None and handshake.upgraded:
        count = 0
        for sent in recording.frames():
            if sent.frame.opcode in (Opcode.TEXT, Opcode.BINARY):
                if sent.sender is Side.SERVER:
                    break
                count += 1
        return count
    asked = b""
    for chunk in recording.chunks:
        if chunk.sender is Side.SERVER:
            break
        asked += chunk.data
    return asked.count(b"\r\n\r\n")  # requests without a body: one blank line each


def _turns(recording: Recording) -> list[float]:
    """When the client's turns began, in seconds since the recording did."""
    before: Side | None = None
    began: list[float] = []
    for chunk in recording.chunks:
        if chunk.sender is Side.CLIENT and before is not Side.CLIENT:
            began.append(chunk.at)
        before = chunk.sender
    return began
