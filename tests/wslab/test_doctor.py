"""The doctor finds what is wrong, says what to do, and never raises."""

import asyncio
import importlib.metadata
import re
import socket
import subprocess
import sys

import pytest

from tests.patience import patient
from wslab import doctor as ward
from wslab.doctor import SetupCheck, SetupReport, check_setup


@pytest.fixture(autouse=True)
def no_proxy_but_ours(monkeypatch):
    for kind in ("http", "https", "all", "ws", "wss", "no"):
        monkeypatch.delenv(f"{kind}_proxy", raising=False)
        monkeypatch.delenv(f"{kind}_proxy".upper(), raising=False)


def row(report: SetupReport, name: str) -> SetupCheck:
    [check] = [check for check in report.checks if check.name == name]
    return check


def test_this_machine_is_ready_in_one_stable_line():
    assert repr(check_setup()) == "ready: 7 checks passed"


def test_details_show_every_check_with_what_was_found():
    report = check_setup()
    text = repr(report.details)
    assert [line.split("  ")[0] for line in text.splitlines()[:7]] == [
        check.name for check in report.checks
    ]
    assert "{}.{}.{}".format(*sys.version_info[:3]) in text
    assert f"websockets {importlib.metadata.version('websockets')}" in text
    assert text.endswith("\n\nready: 7 checks passed")


def test_reports_are_plain_text():
    report = check_setup()
    assert not hasattr(report, "_repr_html_") and not hasattr(report.details, "_repr_html_")


async def test_it_works_where_a_loop_is_running_already():
    report = check_setup()
    assert report.ready
    assert "top-level await works" in row(report, "event loop").found


def test_it_works_where_none_is():
    assert "asyncio.run works here" in row(check_setup(), "event loop").found


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2, "final", 0))
    check = row(check_setup(), "python")
    assert not check.ok and check.found == "3.10.2" and "Python 3.11 or newer" in check.next


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 15, 9)], ids=str)
def test_a_python_that_was_tried(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", (*version, "final", 0))
    check = row(check_setup(), "python")
    assert check.ok and not check.next


def test_a_python_that_was_not_tried_is_a_note(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 16, 0, "alpha", 1))
    report = check_setup()
    check = row(report, "python")
    assert check.ok and check.found == "3.16.0" and "tried on 3.11 to 3.15" in check.next
    assert "python      note" in repr(report.details)
    assert repr(report) == "ready: 7 checks passed", "it may well work"


def test_packages_that_are_missing_or_out_of_range(monkeypatch, tmp_path):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("websockets>=99,<100  # why\n# a remark\nno-such-package>=1\nnbval\n-e .\n")
    monkeypatch.setattr(ward, "REQUIREMENTS", wanted)
    report = check_setup()
    check = row(report, "packages")
    assert not check.ok and not report.ready
    assert re.search(r"websockets [\d.]+ \(wants >=99,<100\)", check.found)
    assert "no-such-package is missing (wants >=1)" in check.found
    assert "nbval" not in check.found, "what is right only blurs what is wrong"
    assert repr(report).splitlines()[0] == "not ready: 1 of 7 checks failed"
    assert "next:   run 'python3 run.py doctor'" in repr(report)


def test_without_the_projects_folder_the_package_knows_its_own_ranges(monkeypatch, tmp_path):
    monkeypatch.setattr(ward, "REQUIREMENTS", tmp_path / "none.txt")
    asked = ["websockets<2,>=1", 'pytest>=9; extra == "test"']
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: asked)
    check = row(check_setup(), "packages")
    assert not check.ok and "wants <2,>=1" in check.found and "pytest" not in check.found


RANGES = [
    ("17.4", ">=17.4,<18", True),
    ("17.3.9", ">=17.4,<18", False),
    ("17.10", ">=17.4,<18", True),
    ("18.0", ">=17.4,<18", False),
    ("18.0rc1", ">=17.4,<18", False),
    ("17.4.0", ">=17.4.0.0", True),
    ("1.6.0.post2", "<2, >=1.6", True),
    ("5", "", True),
]


@pytest.mark.parametrize(("version", "wanted", "within"), RANGES, ids=str)
def test_a_version_is_within_its_range_as_packaging_says(version, wanted, within):
    assert ward._is_within(version, wanted) is within
    specifiers = pytest.importorskip("packaging.specifiers")
    assert specifiers.SpecifierSet(wanted).contains(version, prereleases=True) is within


def test_every_range_of_ours_has_the_form_that_is_read():
    for line in [*ward._wanted_packages(), *(importlib.metadata.requires("wslab") or [])]:
        if "extra ==" not in line:
            ward._is_within("1", re.sub(r"^[\w.-]+", "", line))
    with pytest.raises(ValueError, match="'~=1.0' is not a range"):
        ward._is_within("1", "~=1.0")


def test_it_needs_no_package_that_is_not_declared(monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging", None)
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    assert row(check_setup(), "packages").ok


def test_a_loopback_that_is_forbidden(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "create_server", refuse)
    check = row(check_setup(), "loopback")
    assert not check.ok and "Operation not permitted" in check.found and "firewall" in check.next


def test_an_answer_that_is_not_ours(monkeypatch):
    async def wrong(message):
        return message[::-1]

    monkeypatch.setattr(ward, "_echo_round_trip", wrong)
    check = row(check_setup(), "websocket")
    assert not check.ok and "received 'olleH'" in check.found and check.next


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_proxy_that_would_catch_loopback_is_a_note(monkeypatch, name):
    monkeypatch.setenv(name, "http://proxy.example:3128")
    report = check_setup()
    check = row(report, "proxy")
    assert "would catch 127.0.0.1" in check.found and "NO_PROXY=127.0.0.1" in check.next
    assert "proxy       note" in repr(report.details)
    assert repr(report) == "ready: 7 checks passed", "the course passes no proxy itself"


def test_a_proxy_that_spares_loopback_is_fine(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    check = row(check_setup(), "proxy")
    assert check.found == "set for http; 127.0.0.1 is excepted" and not check.next


def test_a_patched_asyncio_is_a_note(monkeypatch):
    monkeypatch.setattr(asyncio, "_nest_patched", True, raising=False)
    check = row(check_setup(), "event loop")
    assert check.ok and "nest_asyncio" in check.found and "restart the kernel" in check.next


def test_a_folder_that_takes_no_file(monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ward.tempfile, "TemporaryFile", full)
    check = row(check_setup(), "files")
    assert not check.ok and "No space left" in check.found and "free space" in check.next


@pytest.mark.parametrize("name", list(ward._CHECKS))
def test_a_check_that_breaks_is_a_row_with_a_next_step(monkeypatch, name):
    def broken():
        raise LookupError("the floor is missing")

    monkeypatch.setitem(ward._CHECKS, name, broken)
    check = row(check_setup(), name)
    assert not check.ok and check.found == "LookupError: the floor is missing" and check.next


def test_the_command_prints_the_details_and_exits_0_when_ready():
    command = [sys.executable, "-m", "wslab.doctor"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=patient(60))
    assert answer.returncode == 0 and answer.stderr == ""
    assert answer.stdout.endswith("ready: 7 checks passed\n")


def test_the_command_exits_1_when_not(monkeypatch, capsys):
    monkeypatch.setitem(ward._CHECKS, "files", lambda: (False, "full", "make room"))
    assert ward.main() == 1
    assert "files       NOT OK  full\n            next:   make room" in capsys.readouterr().out
