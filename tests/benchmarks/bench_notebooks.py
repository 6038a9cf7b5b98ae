"""What it takes to verify every notebook, against bare kernels and the waits that are lessons.

The notebooks are run cell by cell and compared with what was saved, as the tests do. Some of
them wait on purpose: for a heartbeat that does not come, for a client that reads slowly. What
they wait is counted in the kernel, by `waits.py`, and printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from tests.benchmarks.ratios import Row, full_or_quick, seconds, show

RUNS = 3  # each of a minute
ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))[: full_or_quick(1_000, 1)]
VERIFY = (
    *("-m", "pytest", "-q", "--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60"),
    *("--nbval-sanitize-with", "tests/sanitize.cfg"),
)
EXTENSION = "c.InteractiveShellApp.extensions = ['tests.benchmarks.waits']"


def verify(*notebooks: Path) -> list[tuple[float, dict[str, float]]]:
    """For each: the seconds from its kernel to the next one, and what it waited for, how long."""
    with tempfile.TemporaryDirectory() as folder:
        waits, profile = Path(folder, "waits"), Path(folder, "profile_default")
        waits.mkdir()
        profile.mkdir()
        (profile / "ipython_kernel_config.py").write_text(EXTENSION)
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        more = {"IPYTHONDIR": folder, "WSLAB_BENCH_WAITS": str(waits), "PYTHONPATH": paths}
        command = [sys.executable, *VERIFY, *map(str, notebooks)]
        began = time.time()
        answer = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **more}, capture_output=True, encoding="utf-8"
        )
        took = time.time() - began
        assert answer.returncode == 0, answer.stdout[-5_000:] + answer.stderr[-1_000:]
        kernels = {float(file.name): json.loads(file.read_text()) for file in waits.iterdir()}
    assert len(kernels) == len(notebooks), f"of {len(notebooks)} kernels {len(kernels)} counted"
    # The first begins with pytest, so that the sum is the time of the whole command.
    turns = [began, *sorted(kernels)[1:], began + took]
    spans = [later - earlier for earlier, later in pairwise(turns)]
    return list(zip(spans, (kernels[start] for start in sorted(kernels)), strict=True))


def bare_kernel() -> None:
    """One that runs one cell with nothing in it."""
    manager, client = start_new_kernel()
    client.execute_interactive("None", timeout=60)
    client.stop_channels()
    manager.shutdown_kernel()


def main() -> None:
    bare_kernel()
    before, after = NOTEBOOKS[::2], NOTEBOOKS[1::2]  # a machine changes its speed
    starts = sum(seconds(bare_kernel) for _ in before)
    verified = verify(*NOTEBOOKS)
    starts += sum(seconds(bare_kernel) for _ in after)
    mean = starts / len(NOTEBOOKS)
    rows, everything, lessons = [], 0.0, 0.0
    print()
    for path, (took, waits) in zip(NOTEBOOKS, verified, strict=True):
        waited = sum(waits.values())
        everything, lessons = everything + took, lessons + waited
        rows.append(Row(path.stem, "a bare kernel and its waits", took / (mean + waited)))
        most = sorted(waits.items(), key=lambda item: -item[1])
        said = ", ".join(f"{who} {took:.2f}" for who, took in most if took >= 0.05)
        print(f"{path.stem}: {took:.1f} s, of which it waits {waited:.1f} s ({said or 'nothing'})")
    ratio = everything / (starts + lessons)
    rows.insert(0, Row("all notebooks", "bare kernels and the waits", ratio, "<= 1.3"))
    title = (
        f"notebooks verified: times as long as ({mean:.2f} s a kernel, {lessons:.0f} s of waits)"
    )
    show(title, rows)


if __name__ == "__main__":
    main()
