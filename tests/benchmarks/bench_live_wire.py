"""What a look of a LiveWire costs when 20,000 connections are over, and when 1,000 are.

The connections are real, one after the other, through a tap that remembers all of them. The
LiveWire has no page and no timer here: it looks when it is told to, on the background thread,
which is where its looks hold up the tap. What it would tell a page is made, and not sent.
"""

from __future__ import annotations

import gc
import statistics

from tests.benchmarks.bench_endurance import CONNECTIONS, FIRST, SERVER, one_message, program
from tests.benchmarks.ratios import Row, full_or_quick, seconds, show
from wslab.display.widgets.live_wire import LiveWire
from wslab.network.background import call
from wslab.network.tap.tap import Tap

RUNS = 3  # each of half a minute
LOOKS = full_or_quick(2_000, 20)  # that find nothing, in one timing
NEW = full_or_quick(100, 5)  # looks that find one connection
EVERY = 50  # connections, as a look of a page may find them


def look(wire: LiveWire) -> float:
    """Seconds for a look."""
    return call(lambda: seconds(wire._take))


def many_looks(wire: LiveWire) -> None:
    for _ in range(LOOKS):
        wire._take()


def looks(tap: Tap, wire: LiveWire) -> tuple[float, float]:
    """Seconds for a look that finds nothing new, and for one that finds one connection."""
    look(wire)
    gc.collect()  # so that it falls into none of them
    nothing = statistics.median(
        call(lambda: seconds(lambda: many_looks(wire))) / LOOKS for _ in range(5)
    )
    found = []
    for _ in range(NEW):
        one_message(tap.url)
        tap.wait_closed()
        found.append(look(wire))
    return nothing, statistics.median(found)


def main() -> None:
    with program("-c", SERVER) as (_, target), Tap(target) as tap:
        wire = LiveWire(tap)
        after: list[tuple[float, float]] = []
        for number in range(1, CONNECTIONS + 1):
            one_message(tap.url)
            if number % EVERY == 0:
                look(wire)
            if number in (FIRST, CONNECTIONS):
                tap.wait_closed()
                after.append(looks(tap, wire))
        assert not wire._followed, "a connection that is over is still looked at"
    (idle, one), (idle_at_last, one_at_last) = after
    against = f"after {FIRST:,} of them"
    what = f"a look that finds nothing ({idle_at_last * 1e6:.1f} \u00b5s)"
    rows = [Row(what, against, idle_at_last / idle, "<= 1.2")]
    what = f"a look that finds one connection ({one_at_last * 1e6:.0f} \u00b5s)"
    rows.append(Row(what, against, one_at_last / one, "<= 1.2"))
    show(f"{CONNECTIONS:,} finished connections under a LiveWire: times as long as", rows)


if __name__ == "__main__":
    main()
