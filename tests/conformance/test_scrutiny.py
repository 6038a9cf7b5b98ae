"""The conformance run itself: it sees what is wrong, and says what is missing."""

import os
import sys
from pathlib import Path

import pytest

from tests.conformance import __main__ as command
from tests.conformance import scrutiny, suite, table
from tests.conformance.scrutiny import Seen, examine, gaps, judge
from tests.conformance.suite import GROUPS, NotInstalled, Verdict, find_python27
from tests.conformance.trial import ROOT, Result, Trial
from tests.conformance.violations import _TABLE, Violation, expected
from wslab.errors import AuthorError
from wslab.protocol.dissect import dissect_frame
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.recording.recording import Chunk, Recording
from wslab.protocol.rules.frames import FRAME_RULES, SESSION_RULES

HELLO = ROOT / "notebooks" / "recordings" / "hello.wscap"
MASK = b"mask"


def recording(*frames: Frame, limit: int = 10_000) -> Recording:
    """The handshake of a recording that we have, and after it frames of the client."""
    original = Recording.load(HELLO)
    made = Recording(limit=limit)
    handshake = original.handshake
    assert handshake is not None and handshake.response is not None
    made.add(Chunk(0.0, Side.CLIENT, handshake.request.encode()))
    made.add(Chunk(0.1, Side.SERVER, handshake.response.encode()))
    for frame in frames:
        made.add(Chunk(0.2, Side.CLIENT, frame.encode()))
    return made


GOOD = Frame(Opcode.TEXT, b"Hello", mask=MASK)
LONG_PING = Frame(Opcode.PING, bytes(126), mask=MASK)


# --- what is seen of a recording -----------------------------------------------------------


def test_a_good_recording_has_nothing_to_tell():
    seen = examine(Recording.load(HELLO))
    assert seen.problems == [] and seen.violation is None
    assert seen.frames == len(Recording.load(HELLO).frames()) and seen.key
    assert Seen.from_json(seen.as_json()) == seen


def test_the_first_fault_is_counted_in_the_clients_own_frames():
    made = recording(GOOD)
    made.add(Chunk(0.3, Side.SERVER, Frame(Opcode.TEXT, b"Hello").encode()))
    made.add(Chunk(0.4, Side.CLIENT, LONG_PING.encode()))
    seen = examine(made)
    assert seen.violation == Violation(1, "control-frame-is-short", 1002)
    assert seen.problems == []
    assert Seen.from_json(seen.as_json()) == seen


def test_what_the_server_breaks_is_a_problem():
    made = recording(GOOD)
    made.add(Chunk(0.3, Side.SERVER, GOOD.encode()))
    (problem,) = examine(made).problems
    assert problem.startswith("masked-by-the-client-only broken by the server")


def test_a_case_is_judged_by_the_table():
    seen = examine(recording(LONG_PING))
    assert judge("2.5", seen) == []
    assert judge("2.1", seen) == [f"2.1: the first fault should be None, found {seen.violation}"]
    assert len(judge("5.1", seen)) == 1, "another rule"
    assert len(judge("3.2", examine(recording(GOOD)))) == 1, "a fault that was not seen"
    assert judge("1.1.1", Seen("", problems=["odd"])) == ["1.1.1: odd"]


def test_gaps_are_seen():
    data = GOOD.encode()
    fields = dissect_frame(data)
    assert gaps("it", fields, len(data)) == []
    assert gaps("it", fields[:-1], len(data)) == ["it: the fields end at bit 48, not 88"]
    assert "starts at bit 1, not 0" in gaps("it", fields[1:], len(data))[0]
    assert "starts at bit 0, not 1" in gaps("it", [fields[0], *fields], len(data))[0]


def test_a_dissection_with_a_gap_is_a_problem(monkeypatch):
    monkeypatch.setattr(scrutiny, "dissect_frame", lambda data: dissect_frame(data)[:-1])
    assert examine(recording(GOOD)).problems == ["frame 0: the fields end at bit 48, not 88"]


def test_a_frame_that_loses_a_fact_is_a_problem(monkeypatch):
    def forgetful(opcode, payload, **facts):
        return Frame(opcode, payload, **{**facts, "mask": b"\0\0\0\0"})

    monkeypatch.setattr(scrutiny, "Frame", forgetful)
    (problem,) = examine(recording(GOOD)).problems
    assert problem == "frame 0: built again from its facts it has other bytes"


def test_bytes_that_are_lost_are_a_problem(monkeypatch):
    made = recording(GOOD, GOOD)
    monkeypatch.setattr(Recording, "frames", lambda self: self._read().frames[:1])
    assert "head, frames and rest are not what the client sent" in examine(made).problems


def test_an_exception_is_a_problem(monkeypatch):
    def fail(data):
        raise KeyError("no such word")

    monkeypatch.setattr(scrutiny, "dissect_frame", fail)
    assert examine(recording(GOOD)).problems == [
        "looking at it raised KeyError: 'no such word'",
    ]


def test_a_recording_that_is_cut_or_no_websocket_is_a_problem():
    limit = sum(len(chunk.data) for chunk in recording().chunks) + 5
    assert "the recording is truncated" in examine(recording(GOOD, limit=limit)).problems
    assert "no WebSocket connection" in examine(Recording()).problems[0]


def test_a_frame_that_never_got_whole_is_dissected_too():
    made = recording(GOOD)
    made.add(Chunk(0.3, Side.CLIENT, GOOD.encode()[:4]))
    assert examine(made).problems == []


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_a_frame_that_never_got_whole_may_be_the_faulty_one(size):
    """The server reads a reserved opcode and closes; the client never sends the rest."""
    made = recording(GOOD)
    made.add(Chunk(0.3, Side.CLIENT, Frame(15, b"Hello, world!", mask=MASK).encode()[:size]))
    seen = examine(made)
    assert seen.violation == Violation(1, "opcode-is-defined", 1002)
    assert seen.problems == judge("4.2.5", seen) == []


# --- the table of violations ---------------------------------------------------------------


def test_the_table_names_rules_that_exist_and_no_case_twice():
    rules = {rule.name for rule in (*FRAME_RULES, *SESSION_RULES)}
    assert {row.violation.rule for row in _TABLE} <= rules
    patterns = [pattern for row in _TABLE for pattern in row.cases.split()]
    assert len(patterns) == len(set(patterns))
    assert all(row.why for row in _TABLE)


@pytest.mark.parametrize(
    ("case", "violation"),
    [
        ("1.1.1", None),
        ("2.5", Violation(0, "control-frame-is-short", 1002)),
        ("5.1", Violation(0, "control-frame-is-whole", 1002)),
        ("5.19", None),
        ("6.1.1", None),
        ("6.12.8", Violation(0, "text-is-utf8", 1007)),
        ("6.22.1", None),
        ("7.1.5", Violation(2, "no-data-after-close", None)),
        ("12.1.1", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_case_breaks(case, violation):
    assert expected(case) == violation


# --- side by side --------------------------------------------------------------------------

OK, LAX = Verdict("OK", "OK", ""), Verdict("NON-STRICT", "OK", "")
TOLD, FAILED = Verdict("INFORMATIONAL", "INFORMATIONAL", ""), Verdict("FAILED", "OK", "")


def trials(bare: Verdict, echo: Verdict, tap: Verdict, case: str = "3.1") -> Result:
    seen = {case: Seen("", 3, 2**20, expected(case))}
    return Result((3,), *(Trial({case: v}, seen) for v in (bare, echo, tap)))


def test_words():
    assert [verdict.word for verdict in (OK, LAX, TOLD, FAILED)] == list(table.WORDS)
    assert Verdict("OK", "UNCLEAN", "").word == Verdict("UNIMPLEMENTED", "OK", "").word == "FAILED"


def test_missing_cases_are_counted():
    assert trials(OK, OK, OK).missing() == [
        f"{name}: 1 of 7 cases have a verdict" for name in ("bare", "echo", "tap")
    ]


def test_only_what_the_bare_library_passes_may_not_fail():
    assert trials(FAILED, FAILED, FAILED).failed() == []
    assert len(trials(OK, FAILED, FAILED).failed()) == 1


def test_the_tap_may_change_a_verdict_only_by_its_timing():
    assert trials(OK, OK, OK).changed() == trials(OK, LAX, OK, "3.2").changed() == []
    assert len(trials(OK, LAX, OK, "3.1").changed()) == 1
    assert len(trials(OK, OK, FAILED, "3.2").changed()) == 1
    assert len(trials(OK, OK, Verdict("OK", "UNCLEAN", "")).changed()) == 1


def test_a_case_without_a_recording_is_told():
    result = trials(OK, OK, OK)
    assert result.misread() == []
    result.tap.seen.clear()
    assert result.misread() == ["3.1: not recorded"]
    assert result.complaints() == [*result.missing(), *result.misread()]


def test_the_table_stands_between_the_markers(tmp_path):
    made = table.table(trials(OK, LAX, TOLD))
    row = "| 3 reserved bits | 1 | 1 / 0 / 0 / 0 | 0 / 1 / 0 / 0 | 0 / 0 / 1 / 0 | 3 | 1 |"
    assert row in made.splitlines() and row.replace("3 reserved bits", "all") in made.splitlines()
    assert "the tap recorded 1 MiB" in made
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    assert table.write(made, readme) and not table.write(made, readme)
    written = readme.read_text(encoding="utf-8")
    assert written == f"before\n{table.BEGIN}\n\n{made}\n\n{table.END}\nafter\n"
    readme.write_text("nothing", encoding="utf-8")
    with pytest.raises(AuthorError, match="README.md lacks a marker"):
        table.write(made, readme)


def test_readme_has_all_517_cases():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    between = readme.partition(table.BEGIN)[2].partition(table.END)[0]
    assert sum(group.cases for group in GROUPS.values()) == 517
    for number, group in GROUPS.items():
        assert f"\n| {number} {group.title} | {group.cases} | " in between
    assert "\n| all | 517 | " in between


# --- finding the suite ---------------------------------------------------------------------


def test_a_python_that_is_none_is_named():
    with pytest.raises(NotInstalled, match=r"needs Python 2\.7, and .* is none\. Next: pyenv"):
        find_python27(sys.executable)


def test_without_any_python27_the_command_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(NotInstalled, match="none is on the PATH.*conformance --install"):
        find_python27()


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("where", ["second/python2.7", "versions/2.7.18/bin/python2.7"])
def test_a_shim_that_runs_nothing_is_passed_over(monkeypatch, tmp_path, where):
    def script(path: Path, line: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    script(tmp_path / "first" / "python2.7", "exit 127")
    right = script(tmp_path / where, "printf 2.7")
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "first"), str(tmp_path / "second")]))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python27() == right


def test_the_command_says_what_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(suite, "_STAMP", tmp_path / "installed.txt")
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "not" / "touched")
    assert command.main(["--install", "--python", sys.executable]) == 2
    assert "conformance: the Autobahn TestSuite needs Python 2.7" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_group_is_told(capsys):
    with pytest.raises(SystemExit):
        command.main(["8"])
    error = capsys.readouterr().err
    assert "there is no group '8'" in error
