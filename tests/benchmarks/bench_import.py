"""`import wslab` with its parsers, against the import of the websockets client."""

from __future__ import annotations

import statistics
import subprocess
import sys

from tests.benchmarks.ratios import Row, full_or_quick, seconds, show

OURS = "import wslab"
THEIRS = "import websockets.asyncio.client"
ROUNDS = full_or_quick(7, 1)


def fresh(code: str) -> float:
    """Seconds for a new interpreter to run one line."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def main() -> None:
    fresh(OURS), fresh(THEIRS)
    lines = {"import wslab": OURS, "and the names of layer 1": "from wslab import Frame, Recording"}
    servers = "and EchoServer, Tap, connect"  # which import websockets, client and server
    lines[servers] = "from wslab import EchoServer, Tap, connect"
    rows = []
    for what, code in lines.items():
        ratios = []
        for _ in range(ROUNDS):
            empty = fresh("pass")
            # What takes next to nothing may seem quicker than nothing.
            ratios.append(max(0.0, fresh(code) - empty) / (fresh(THEIRS) - empty))
        goal = "" if what == servers else "<= 1.3"
        rows.append(Row(what, "websockets.asyncio.client", statistics.median(ratios), goal))
    show("time to import, above an empty interpreter: times that of", rows)
