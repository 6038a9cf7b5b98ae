"""`import wslab` with its parsers, against the import of the websockets client."""

from __future__ import annotations

import statistics
import subprocess
import sys

from tests.benchmarks.ratios import Row, seconds, show

OURS = "import wslab"
THEIRS = "import websockets.asyncio.client"
ROUNDS = 15


def fresh(code: str) -> float:
    """Seconds for a new interpreter to run one line."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def main() -> None:
    fresh(OURS), fresh(THEIRS)
    lines = {"import wslab": OURS, "and the names of layer 1": "from wslab import Frame, Recording"}
    lines["and EchoServer, Tap, connect"] = "from wslab import EchoServer, Tap, connect"
    rows = []
    for what, code in lines.items():
        ratios = []
        for _ in range(ROUNDS):
            empty = fresh("pass")
            ratios.append((fresh(code) - empty) / (fresh(THEIRS) - empty))
        rows.append(Row(what, "websockets.asyncio.client", statistics.median(ratios), "<= 1.3"))
    show("time to import, above an empty interpreter: times that of", rows)
