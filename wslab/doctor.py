"""Is this machine ready for the course, and if not, what to do.

    check_setup()          in a cell: one line when all is well, else what to do next
    check_setup().details  every check, with what was found
    python -m wslab doctor

A check never raises: whatever goes wrong is a row with a next step. The one-line
answer holds no version and no number of this machine, so that a notebook can
keep it as its output.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import re
import socket
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OLDEST_PYTHON: Final = (3, 11)
NEWEST_PYTHON: Final = (3, 15)  # that the course was tried on
CHECK_TIMEOUT_S: Final = 5.0  # seconds that any one check may wait
REQUIREMENTS: Final = Path(__file__).parents[1] / "requirements.txt"
SET_UP_AGAIN: Final = "run 'python3 run.py doctor' in the project's folder, which sets it up again"


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """One thing looked at: whether it is fine, what was found, and what to do next.

    A check that is `ok` and still has a `next` is a note: the course runs, and
    code of your own may not.
    """

    name: str
    ok: bool
    found: str
    next: str = ""

    def __str__(self) -> str:
        verdict = "NOT OK" if not self.ok else "note" if self.next else "ok"
        row = f"{self.name:<12}{verdict:<8}{self.found}"
        return row + (f"\n{'':12}next:   {self.next}" if self.next else "")


@dataclass(frozen=True, slots=True)
class SetupReport:
    """All checks of one visit. Shows itself in one line when nothing needs doing."""

    checks: tuple[SetupCheck, ...]

    @property
    def ready(self) -> bool:
        """Whether the course runs on this machine."""
        return all(check.ok for check in self.checks)

    @property
    def problems(self) -> tuple[SetupCheck, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def details(self) -> DetailedReport:
        """Every check with what was found; it varies from machine to machine."""
        return DetailedReport(self)

    def __repr__(self) -> str:
        if self.ready:
            return f"ready: {len(self.checks)} checks passed"
        head = f"not ready: {len(self.problems)} of {len(self.checks)} checks failed"
        return "\n".join([head, *map(str, self.problems)])


@dataclass(frozen=True, slots=True)
class DetailedReport:
    """A report as a table of plain text."""

    report: SetupReport

    def __repr__(self) -> str:
        verdict = repr(self.report).partition("\n")[0]
        return "\n".join([*map(str, self.report.checks), "", verdict])


def check_setup() -> SetupReport:
    """Look at this machine and say whether the course runs on it. Never raises.

    Takes well under a second. Opens two ports on 127.0.0.1 and closes them.
    """
    return SetupReport(tuple(_look(name, check) for name, check in _CHECKS.items()))


def main() -> int:
    """Print every check; the exit code is 0 when ready, else 1."""
    report = check_setup()
    print(report.details)
    return 0 if report.ready else 1


def _look(name: str, check: Callable[[], tuple[bool, str, str]]) -> SetupCheck:
    try:
        return SetupCheck(name, *check())
    except Exception as problem:
        return SetupCheck(name, False, f"{type(problem).__name__}: {problem}", SET_UP_AGAIN)


def _python() -> tuple[bool, str, str]:
    found = "{}.{}.{}".format(*sys.version_info[:3])
    wanted, tried = ("{}.{}".format(*version) for version in (OLDEST_PYTHON, NEWEST_PYTHON))
    if sys.version_info[:2] > NEWEST_PYTHON:
        return (
            True,
            found,
            f"the course was tried on {wanted} to {tried}; if it fails, use one of those",
        )
    if sys.version_info >= OLDEST_PYTHON:
        return True, found, ""
    return False, found, f"install Python {wanted} or newer, delete .venv and run run.py with it"


def _packages() -> tuple[bool, str, str]:
    """Each installed version against its range in requirements.txt."""
    right, wrong = [], []
    for requirement in _wanted_packages():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        wanted = requirement.removeprefix(name).strip()
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing (wants {wanted})")
            continue
        if _is_within(version, wanted):
            right.append(f"{name} {version}")
        else:
            wrong.append(f"{name} {version} (wants {wanted})")
    if wrong:
        return False, "; ".join(wrong), SET_UP_AGAIN
    return True, ", ".join(right), ""


def _is_within(version: str, wanted: str) -> bool:
    """Whether a version is within a range such as ``>=1.2,<2``: all that our files hold.

    ValueError for a range of another form. Without `packaging`, which nobody declares.
    """
    for bound in filter(None, wanted.split(",")):
        match = re.fullmatch(r"\s*(>=|<)\s*([0-9.]+)\s*", bound)
        if match is None:
            raise ValueError(f"{wanted!r} is not a range such as '>=1.2,<2'")
        if (_release(version) < _release(match[2])) == (match[1] == ">="):
            return False
    return True


def _release(version: str) -> list[int]:
    """The numbers of a version, such as [1, 2] of 1.2.0rc1: trailing zeros mean nothing."""
    release = re.split(r"[^0-9.]", version, maxsplit=1)[0]
    numbers = [int(number) for number in release.split(".") if number]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def _wanted_packages() -> list[str]:
    if REQUIREMENTS.exists():
        lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines())
        return [line for line in lines if line and not line.startswith("-")]
    # Installed without the project's folder around it: what the package itself asks for.
    asked = importlib.metadata.requires("wslab") or []
    return [line for line in asked if "extra ==" not in line]


def _loopback() -> tuple[bool, str, str]:
    """A byte from 127.0.0.1 to itself and back, on plain sockets."""
    fix = "allow this Python to listen on 127.0.0.1 in the machine's firewall or sandbox"
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(CHECK_TIMEOUT_S)
            with socket.create_connection(listener.getsockname(), CHECK_TIMEOUT_S) as client:
                server, _ = listener.accept()
                with server:
                    server.settimeout(CHECK_TIMEOUT_S)
                    client.sendall(b"?")
                    server.sendall(server.recv(1))
                    echo = client.recv(1)
    except OSError as problem:
        return False, f"127.0.0.1 cannot be used: {problem}", fix
    if echo != b"?":
        return False, f"sent b'?' over 127.0.0.1, received {echo!r}", fix
    return True, "a byte went round over 127.0.0.1", ""


def _websocket() -> tuple[bool, str, str]:
    """A message to a WebSocket server in this process and back, on the loop lessons use."""
    from wslab.network import background

    echo = background.run(_echo_round_trip("Hello"), CHECK_TIMEOUT_S)
    if echo != "Hello":
        return False, f"sent 'Hello', received {echo!r}", SET_UP_AGAIN
    return True, "a message went round over ws://127.0.0.1", ""


async def _echo_round_trip(message: str) -> str | bytes:
    from websockets.asyncio.client import connect
    from websockets.asyncio.server import ServerConnection, serve

    async def echo_once(ws: ServerConnection) -> None:
        await ws.send(await ws.recv())

    async with serve(echo_once, "127.0.0.1", 0, close_timeout=0.5) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}"
        async with connect(url, proxy=None, close_timeout=0.5) as ws:
            await ws.send(message)
            return await ws.recv()


def _event_loop() -> tuple[bool, str, str]:
    """Who owns the event loop here: a notebook's kernel, or nobody."""
    if hasattr(asyncio, "_nest_patched"):
        return True, "nest_asyncio has patched asyncio", "restart the kernel to undo it"
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True, "none is running: asyncio.run works here", ""
    return True, "the notebook's kernel owns it: top-level await works here", ""


def _proxy() -> tuple[bool, str, str]:
    """Whether a proxy set for this machine would catch connections to itself."""
    proxies = {kind: url for kind, url in urllib.request.getproxies().items() if kind != "no"}
    if not proxies:
        return True, "none is set", ""
    kinds = ", ".join(sorted(proxies))
    if urllib.request.proxy_bypass("127.0.0.1"):
        return True, f"set for {kinds}; 127.0.0.1 is excepted", ""
    # wslab's own connections pass no proxy, so this holds up nobody but the reader's own code.
    fix = "in code of your own pass proxy=None, or set NO_PROXY=127.0.0.1,localhost"
    return True, f"set for {kinds}, and it would catch 127.0.0.1 too", fix


def _files() -> tuple[bool, str, str]:
    """Recordings and notebooks are saved, so the folder must take a file."""
    try:
        with tempfile.TemporaryFile(dir=os.getcwd()) as file:
            file.write(b"wslab")
    except OSError as problem:
        fix = "start the course from a folder of yours with free space"
        return False, f"{os.getcwd()} takes no file: {problem}", fix
    return True, f"{os.getcwd()} takes files", ""


_CHECKS: Final[dict[str, Callable[[], tuple[bool, str, str]]]] = {
    "python": _python,
    "packages": _packages,
    "loopback": _loopback,
    "websocket": _websocket,
    "event loop": _event_loop,
    "proxy": _proxy,
    "files": _files,
}

if __name__ == "__main__":
    sys.exit(main())
