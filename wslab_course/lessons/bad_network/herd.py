"""What many clients do when their server comes back: a simulation, with its own clock.

All clients lose their connection at second 0. Each waits, tries, and waits again when it is
refused. Nothing here takes real time, and the same seed gives the same attempts.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from wslab.errors import WslabError

MAX_ATTEMPTS: Final = 20_000  # attempts of all clients; more would mean that they do not wait
MAX_SIMULATED_S: Final = 3600.0  # when a simulation ends, whoever is still outside


@dataclass(frozen=True, slots=True)
class Attempt:
    """One client tries to connect, `at` seconds after all were cut off."""

    at: float
    client: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class Herd:
    """Every attempt of all `clients`, in order of time."""

    attempts: tuple[Attempt, ...]
    clients: int

    def per_second(self, until: int = 60) -> list[int]:
        """How many attempts there were in each of the first `until` seconds."""
        counts = Counter(int(attempt.at) for attempt in self.attempts)
        return [counts[second] for second in range(until)]

    @property
    def peak(self) -> int:
        """The most attempts in one second."""
        counts = Counter(int(attempt.at) for attempt in self.attempts)
        return max(counts.values(), default=0)

    @property
    def all_back(self) -> float | None:
        """The second in which the last client was accepted; None if some never were."""
        accepted = [attempt.at for attempt in self.attempts if attempt.accepted]
        return max(accepted) if accepted and len(accepted) == self.clients else None


def herd(
    wait: Callable[[int, Random], float],
    *,
    clients: int = 50,
    down: float = 10.0,
    room: int = 10,
    seed: int = 6455,
) -> Herd:
    """Let `clients` come back to a server, each waiting ``wait(attempt, rng)`` seconds.

    `attempt` is 0 before the first try. The server is down for `down` seconds; after that it
    accepts `room` clients in each second and refuses the others.

    WslabError when `wait` does not return a number of 0 or more, or when the clients try
    more than `MAX_ATTEMPTS` times in all.
    """
    dice = [Random(f"{seed}/{client}") for client in range(clients)]
    queue = [(_waited(wait, 0, rng), client, 0) for client, rng in enumerate(dice)]
    heapq.heapify(queue)
    let_in: Counter[int] = Counter()
    attempts: list[Attempt] = []
    while queue and queue[0][0] <= MAX_SIMULATED_S:
        at, client, number = heapq.heappop(queue)
        accepted = at >= down and let_in[int(at)] < room
        attempts.append(Attempt(at, client, accepted))
        if accepted:
            let_in[int(at)] += 1
        elif len(attempts) >= MAX_ATTEMPTS:
            raise WslabError(
                f"the clients tried {MAX_ATTEMPTS:,} times within {at:.0f} s, and not all are "
                "accepted; let wait() return more seconds."
            )
        else:
            later = at + _waited(wait, number + 1, dice[client])
            heapq.heappush(queue, (later, client, number + 1))
    return Herd(tuple(attempts), clients)


def _waited(wait: Callable[[int, Random], float], attempt: int, rng: Random) -> float:
    seconds = wait(attempt, rng)
    if not isinstance(seconds, int | float) or not 0 <= seconds < float("inf"):
        raise WslabError(
            f"wait({attempt}, rng) returned {seconds!r}; return a number of seconds, 0 or more."
        )
    return seconds
