"""How a client gets to know what happens: what it was told, how late, and what that cost.

A client is a generator, plain or async, that is given a tap and yields the events of the
feed behind it, ``(number, text)``, in order. It takes them by whatever transport it likes.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from wslab.errors import WslabError
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording
from wslab_course.lessons.before_websocket.feed import Feed

RUN_TIMEOUT_S: Final = 20.0  # seconds that a delivery may take

NumberedText = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one client was told, each event's delay in seconds, and a recording per connection.

    A delay is the time from the publishing of an event to the client's having it.
    """

    events: list[NumberedText]
    delays: list[float] = field(repr=False)
    recordings: list[Recording] = field(repr=False)

    @property
    def worst(self) -> float:
        """The longest delay, in seconds. WslabError when no event was delivered."""
        if not self.delays:
            raise WslabError(
                "no event was delivered, so there is no longest delay; look at the client, "
                "which has to yield (number, text) for each."
            )
        return max(self.delays)

    @property
    def connections(self) -> int:
        """How many TCP connections the client opened."""
        return len(self.recordings)

    @property
    def requests(self) -> int:
        """How many HTTP requests it made, the one that opens a WebSocket included."""
        return sum(map(_requests, self.recordings))

    def sent(self, side: Side) -> int:
        """How many bytes this side sent: heads, bodies and frames."""
        return sum(recording.byte_count(side) for recording in self.recordings)


async def deliver(
    client: Callable[[Tap], Iterator[NumberedText] | AsyncIterator[NumberedText]],
    texts: Sequence[str],
    *,
    misses: int = 1,
    one_way: float = 0.0,
) -> Delivery:
    """Publish `texts` on a new feed, and let `client` have them through a tap.

    The feed publishes the next text when the client has found nothing new `misses` times
    since the last (`Feed.publish_on_miss`), so that every count is the same on every
    machine. The wire is `one_way` seconds long, TCP's own packets included. The client is
    closed when it has yielded as many events as there are texts; it may end earlier.

    A plain generator runs in a thread, so that it may block. Raises TimeoutError after
    `RUN_TIMEOUT_S` seconds, and whatever the client raises.
    """
    events: list[NumberedText] = []
    times: list[float] = []

    def receive(told: Any) -> bool:
        """Note an event and the time; whether it was the last."""
        times.append(perf_counter())
        number, text = told
        events.append((number, text))
        return len(events) == len(texts)

    async with Feed() as feed, Tap(feed.url) as wire:
        if one_way:
            wire.delay(one_way, opening=True)
        feed.publish_on_miss(texts, misses)
        source = client(wire)
        async with asyncio.timeout(RUN_TIMEOUT_S):
            if inspect.isasyncgen(source):
                async for told in source:
                    if receive(told):
                        break
                await source.aclose()
            elif inspect.isgenerator(source):
                await asyncio.to_thread(_take, source, receive)
            else:
                raise TypeError("the client is not a generator: it must yield (number, text)")
        published = {event.number: event.at for event in feed.events}
    delays = [at - published[number] for at, (number, _) in zip(times, events, strict=True)]
    return Delivery(events, delays, wire.recordings)


def _take(source: Any, receive: Callable[[Any], bool]) -> None:
    for told in source:
        if receive(told):
            break
    source.close()


def _requests(recording: Recording) -> int:
    if recording.handshake is not None and recording.handshake.upgraded:
        return 1
    # Requests without a body: one blank line each.
    return recording.bytes_from(Side.CLIENT).count(b"\r\n\r\n")
