"""The Autobahn TestSuite: found or installed, run against a server, and its verdicts read.

It is written for Python 2.7, so it lives in an environment of its own, `.conformance`
beside run.py. Only its fuzzing client is used, which connects out and listens nowhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from wslab.protocol.handshake import Request

VERSION: Final = "25.10.1"
VIRTUALENV: Final = "20.15.1"  # the last series that makes environments for Python 2.7

FOLDER: Final = Path(__file__).parents[2] / ".conformance"
_HOME: Final = FOLDER / "suite"
_STAMP: Final = _HOME / "installed.txt"  # written last
_SCRIPTS: Final = "Scripts" if os.name == "nt" else "bin"
_RUNNING: Final = re.compile(r"Running test case ID ([\d.]+) ")


class Group(NamedTuple):
    """What one group of cases is about, and how many there are."""

    title: str
    cases: int


GROUPS: Final = {
    1: Group("framing", 16),
    2: Group("pings and pongs", 11),
    3: Group("reserved bits", 7),
    4: Group("opcodes", 10),
    5: Group("fragmentation", 20),
    6: Group("UTF-8", 145),
    7: Group("closing", 37),
    9: Group("limits", 54),
    10: Group("automatic fragmentation", 1),
    12: Group("compression, kinds of data", 90),
    13: Group("compression, parameters", 126),
}
FAST: Final = (1, 2, 3, 4, 5, 6, 7, 10)  # the others send gigabytes

#: What TCP happens to join or to cut decides between OK and non-strict here.
TIMING: Final = frozenset("3.2 3.3 3.4 4.1.3 4.1.4 4.1.5 4.2.3 4.2.4 4.2.5 5.15".split())


class NotInstalled(Exception):
    """A sentence that says what is missing and which command brings it."""


class Verdict(NamedTuple):
    """What the suite thought of one case. `key` is the Sec-WebSocket-Key of its connection.

    `late` says that the suite lost its patience: it gives most cases half a second or one,
    which a busy machine may not have, and then ends the connection itself.
    """

    behavior: str
    closing: str
    key: str
    late: bool = False

    @property
    def word(self) -> str:
        """OK, NON-STRICT, INFORMATIONAL or FAILED."""
        if self.behavior == "INFORMATIONAL":
            return self.behavior
        fine = self.behavior in ("OK", "NON-STRICT") and self.closing in ("OK", "INFORMATIONAL")
        return self.behavior if fine else "FAILED"


def group_of(case: str) -> int:
    """The group of a case: 7 for "7.1.5"."""
    return int(case.partition(".")[0])


# --- finding and installing ------------------------------------------------------------------


def is_installed() -> bool:
    """Is the suite here, in the version that is wanted?"""
    with suppress(OSError):
        return _STAMP.read_text(encoding="utf-8") == VERSION
    return False


def install(python: str | None = None) -> None:
    """Make the suite's environment; `python` is a Python 2.7, looked for when None.

    NotInstalled when there is no Python 2.7, or when a step of the installation fails.
    """
    if is_installed():
        return
    python27 = find_python27(python)
    shutil.rmtree(FOLDER, ignore_errors=True)
    maker = FOLDER / "maker"
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _step(sys.executable, "-m", "venv", str(maker))
    _step(_python(maker), *pip, f"virtualenv=={VIRTUALENV}")
    _step(_python(maker), "-m", "virtualenv", "--python", python27, str(_HOME))
    _step(_python(_HOME), *pip, f"autobahntestsuite=={VERSION}")
    shutil.rmtree(maker)
    _STAMP.write_text(VERSION, encoding="utf-8")


def find_python27(named: str | None = None) -> str:
    """A Python 2.7 that really runs: the named one, or one on the PATH, or one of pyenv's."""
    for candidate in [named] if named else _candidates():
        if _is_python27(candidate):
            return candidate
    found = f"{named} is none" if named else "none is on the PATH"
    raise NotInstalled(
        f"the Autobahn TestSuite needs Python 2.7, and {found}. Next: pyenv install 2.7.18, then "
        "python3 run.py conformance --install, with --python PATH if it is in another place"
    )


def _candidates() -> Iterator[str]:
    """More than one on the PATH, for the first may be a shim that runs nothing."""
    for folder in os.get_exec_path():
        if found := shutil.which("python2.7", path=folder):
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob("versions/2.7*/bin/python2.7")))


def _is_python27(path: str) -> bool:
    ask = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([path, "-c", ask], capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout == b"2.7"


def _python(environment: Path) -> str:
    return str(environment / _SCRIPTS / "python")


def _step(*command: str) -> None:
    """One command of the installation, which is silent unless it fails."""
    answer = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    if answer.returncode:
        lines = "\n".join(answer.stdout.splitlines()[-15:])
        raise NotInstalled(
            f"{lines}\n\nthis command failed with exit code {answer.returncode}: "
            f"{' '.join(command)}\nNext: read the lines above it. The suite wants the Internet and "
            "a C compiler once"
        )


# --- running ---------------------------------------------------------------------------------


async def fuzz(url: str, agent: str, cases: Sequence[str], reports: Path) -> AsyncIterator[str]:
    """Run `cases` against the server at `url`; each case's id, as it begins.

    A case is an id or a pattern such as "5.*". The reports go to the folder `reports`, which is
    made. NotInstalled without the suite, RuntimeError when it ends in another way than it should.
    """
    if not is_installed():
        raise NotInstalled(
            "the Autobahn TestSuite is not installed. Next: python3 run.py conformance --install"
        )
    reports.mkdir(parents=True)
    spec = {
        "outdir": str(reports),
        "servers": [{"agent": agent, "url": url}],
        "cases": list(cases),
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    (reports / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        str(_HOME / _SCRIPTS / "wstest"),
        *("-m", "fuzzingclient", "-s", str(reports / "spec.json")),
        cwd=reports,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**20,  # bytes of a line: the suite begins with the names of all cases
    )
    last = ""
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            last = line.decode(errors="replace").strip() or last
            if begins := _RUNNING.match(last):
                yield begins[1]
        if await process.wait():
            raise RuntimeError(f"the suite ended with exit code {process.returncode}: {last}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def verdicts(reports: Path, agent: str) -> dict[str, Verdict]:
    """What the suite wrote down of each case, by id, in the order of the ids."""
    index = json.loads((reports / "index.json").read_text(encoding="utf-8"))[agent]
    found = {}
    for case in sorted(index, key=lambda name: [int(part) for part in name.split(".")]):
        report = json.loads((reports / index[case]["reportfile"]).read_text(encoding="utf-8"))
        request = Request.parse(report["httpRequest"].encode("latin-1"))
        key = (request.headers.get("Sec-WebSocket-Key") if request else None) or ""
        late = bool({"KLE", "TIE"} & {entry[0] for entry in report["wirelog"]})
        found[case] = Verdict(report["behavior"], report["behaviorClose"], key, late)
    return found
