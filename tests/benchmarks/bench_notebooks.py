"""What it takes to verify every notebook, against as many kernels that start and do nothing.

The notebooks are run cell by cell and compared with what was saved, as the tests do. Some of
them wait on purpose: for a heartbeat that does not come, for a client that reads slowly.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from tests.benchmarks.ratios import Row, full_or_quick, seconds, show

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))[: full_or_quick(1_000, 1)]
VERIFY = (
    *("-m", "pytest", "-q", "--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60"),
    *("--nbval-sanitize-with", "tests/sanitize.cfg"),
)


def verify(*notebooks: Path) -> None:
    command = [sys.executable, *VERIFY, *map(str, notebooks)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def bare_kernel() -> None:
    """One that runs one cell with nothing in it."""
    manager, client = start_new_kernel()
    client.execute_interactive("None", timeout=60)
    client.stop_channels()
    manager.shutdown_kernel()


def main() -> None:
    bare_kernel()
    starts = sum(seconds(bare_kernel) for _ in NOTEBOOKS)
    times = {path.stem: seconds(lambda one=path: verify(one)) for path in NOTEBOOKS}
    together = seconds(lambda: verify(*NOTEBOOKS))
    rows = [Row("all notebooks", "bare kernels", together / starts, "<= 2")]
    mean = starts / len(NOTEBOOKS)
    rows += [Row(name, "a bare kernel", took / mean) for name, took in times.items()]
    show(f"notebooks verified: times as long as ({mean:.2f} s each)", rows)


if __name__ == "__main__":
    main()
