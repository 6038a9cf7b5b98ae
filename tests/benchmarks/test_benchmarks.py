"""Each benchmark runs, and README's table is the one that they make. No figure can fail."""

import re
import subprocess
import sys

import pytest

from tests.benchmarks.__main__ import BEGIN, END, README
from tests.patience import patient


def claims(table: str) -> list[tuple[str, ...]]:
    """What is measured of what, against what, and its goal; large numbers depend on the run."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [
        (*(re.sub(r"\d[\d,]{2,}", "#", cell) for cell in row[:3]), row[4])
        for row in cells
        if "mitmproxy" not in row  # which is not on every machine
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="they need cat and signals")
def test_each_benchmark_runs_and_readme_has_its_rows() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--quick"]
    answer = subprocess.run(
        command, cwd=README.parent, capture_output=True, encoding="utf-8", timeout=patient(600)
    )
    assert answer.returncode == 0, answer.stderr
    readme = README.read_text(encoding="utf-8")
    claimed = claims(readme.partition(BEGIN)[2].partition(END)[0])
    assert claims(answer.stdout) == claimed and len(claimed) > 30
