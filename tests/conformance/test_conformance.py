"""The fast groups of the Autobahn TestSuite, for real: 247 cases, three ways at once."""

import asyncio
from pathlib import Path

import pytest

from tests.conformance import table
from tests.conformance.scrutiny import examine
from tests.conformance.suite import FAST, TIMING, group_of, is_installed
from tests.conformance.trial import ROOT, Result, run
from tests.conformance.violations import expected
from wslab.protocol.recording.recording import Recording

INSTALL = (
    "the Autobahn TestSuite is not installed; with a Python 2.7 on the machine "
    "'python3 run.py conformance --install' installs it"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("autobahn")


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    if not is_installed():
        pytest.skip(INSTALL)
    return asyncio.run(run(FAST, folder, lambda line: None, folder / "recordings"))


def test_every_case_has_a_verdict(result):
    assert result.missing() == []
    assert len(result.tap.verdicts) == 247


def test_none_failed_that_the_bare_library_passes(result):
    assert result.failed() == []


def test_the_tap_changes_no_verdict(result):
    assert result.changed() == []


def test_what_the_tap_recorded_is_understood_to_the_last_byte(result):
    assert result.misread() == []
    assert result.tap.seen.keys() == result.tap.verdicts.keys()


def test_the_first_fault_is_named_where_a_case_breaks_a_rule(result):
    faulty = {case for case in result.tap.seen if expected(case)}
    assert len(faulty) == 121
    assert faulty == {case for case, seen in result.tap.seen.items() if seen.violation}


def test_each_recording_is_kept_under_the_name_of_its_case(result, folder):
    kept = {path.name: path for path in (folder / "recordings").iterdir()}
    assert kept.keys() == {f"case-{case}.wscap" for case in result.tap.verdicts}
    assert examine(Recording.load(kept["case-7.1.5.wscap"])) == result.tap.seen["7.1.5"]


def test_readme_shows_what_this_run_shows(result):
    """Frames are left out: whether the client still answers a Close is a matter of timing."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = text.partition(table.BEGIN)[2].partition(table.END)[0].splitlines()
    timed = {group_of(case) for case in TIMING}
    made = table.table(result).splitlines()
    for group in set(FAST) - timed:
        (now,), (then,) = (
            [line.split(" | ") for line in lines if line.startswith(f"| {group} ")]
            for lines in (made, readme)
        )
        assert now[:5] + now[6:] == then[:5] + then[6:]
