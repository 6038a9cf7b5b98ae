"""Each benchmark runs, and README's table is the one that they make. No figure can fail."""

import re
import subprocess
import sys

import pytest

from tests.benchmarks.__main__ import BEGIN, END, README
from tests.benchmarks.ratios import Row, in_short, markdown
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


@pytest.mark.parametrize(
    "other",
    [
        Row("a tap", "a relay", 1.0, "<= 1.2"),
        Row("a tap", "a list", 1.0, "<= 1.1"),
        Row("a wire", "a relay", 1.0, "<= 1.1"),
        Row("a tap", "a relay", 1.0),
    ],
    ids=["another-goal", "another-peer", "another-subject", "no-goal"],
)
def test_a_row_that_changed_is_seen(other: Row) -> None:
    row = Row("a tap", "a relay", 1.0, "<= 1.1")
    assert claims(markdown([{"time": [row]}])) == claims(markdown([{"time": [row]}] * 5))
    assert claims(markdown([{"time": [row]}])) != claims(markdown([{"time": [other]}]))
    assert claims(markdown([{"time": [row]}])) != claims(markdown([{"size": [row]}]))


def test_the_median_of_the_runs_is_judged_and_their_spread_is_shown() -> None:
    runs = [
        {f"time ({ratio} s)": [Row(f"tap ({ratio} MiB)", "relay", ratio, "<= 1.15")]}
        for ratio in (1.3, 1.02, 1.1, 1.0, 1.2)
    ]
    assert markdown(runs).splitlines()[2:] == [
        "| time | tap | relay | 1.10 (1.00–1.30) | ≤ 1.15 | yes | 5 |"
    ]
    runs[1] = {"time": [Row("tap", "relay", 1.18, "<= 1.15")]}
    assert "| 1.18 (1.00–1.30) | ≤ 1.15 | **no** | 5 |" in markdown(runs)


@pytest.mark.parametrize(
    ("ratios", "text"),
    [
        ([1.0], "1.00"),
        ([2.0, 2.1, 2.19], "2.10"),
        ([2.0, 2.1, 2.21], "2.10 (2.00–2.21)"),
        ([0.0, 0.0, 0.001], "0.00"),
        ([0.0, 0.01, 0.02], "0.01 (0.00–0.02)"),
    ],
)
def test_runs_that_agree_show_one_figure(ratios: list[float], text: str) -> None:
    assert in_short(ratios) == text


@pytest.mark.skipif(sys.platform == "win32", reason="they need cat and signals")
def test_each_benchmark_runs_and_readme_has_its_rows() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--quick"]
    answer = subprocess.run(
        command, cwd=README.parent, capture_output=True, encoding="utf-8", timeout=patient(600)
    )
    assert answer.returncode == 0, answer.stderr
    assert re.search(r"^00-start: .* waits \d+\.\d s \(a cell", answer.stdout, re.MULTILINE)
    readme = README.read_text(encoding="utf-8")
    claimed = claims(readme.partition(BEGIN)[2].partition(END)[0])
    assert claims(answer.stdout) == claimed and len(claimed) > 30
