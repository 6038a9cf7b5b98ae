"""The foreign clients: how each is started here, or why it cannot be and what would change that."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.browser.conftest import INSTALL, find_chromium
from tests.patience import patient

FOLDER: Final = Path(__file__).parent
ROOT: Final = FOLDER.parents[2]

# Into a folder that git ignores, beside the script that imports it.
INSTALL_WS: Final = "npm install --no-save --no-audit --no-fund --prefix " + (
    FOLDER.relative_to(ROOT).as_posix() + " ws@8"
)
NODE: Final = "no Node on this machine, or one older than 20; install it with 'apt install nodejs'"


@dataclass(frozen=True, slots=True)
class Client:
    """One foreign client. `command` starts it, and the URL follows; `missing` says why not."""

    name: str
    command: tuple[str, ...]
    missing: str = ""

    def __str__(self) -> str:
        return self.name


def clients() -> list[Client]:
    """Every client that the tests know, on this machine or not."""
    return [
        _python("websocket-client", "websocket"),
        _python("aiohttp"),
        _python("wsproto"),
        _python("tornado"),
        _ws(),
        _nodes_own(),
        Client("Chromium", _module("with_chromium"), "" if find_chromium() else INSTALL),
        Client("curl", _module("with_curl"), _why_no_curl()),
    ]


def _python(name: str, package: str = "") -> Client:
    found = importlib.util.find_spec(package or name)
    missing = "" if found else f"{name} is not installed; {sys.executable} -m pip install {name}"
    return Client(name, _module(f"with_{name.replace('-', '_')}"), missing)


def _module(name: str) -> tuple[str, ...]:
    return sys.executable, "-m", f"{__package__}.{name}"


def _ws() -> Client:
    there = (FOLDER / "node_modules" / "ws").is_dir()
    missing = "" if there else f"ws is not installed; {INSTALL_WS}"
    command = ("node", str(FOLDER / "with_ws.mjs"))
    return Client("ws (npm)", command, missing if _node_version() >= 20 else NODE)


def _nodes_own() -> Client:
    version = _node_version()
    flags = () if version >= 22 else ("--experimental-websocket", "--no-warnings")
    command = ("node", *flags, str(FOLDER / "with_node.mjs"))
    return Client("Node's WebSocket", command, "" if version >= 20 else NODE)


def _node_version() -> int:
    """The first number of Node's version; 0 if there is no Node."""
    said = _says("node", "--version")
    return int(said.removeprefix("v").partition(".")[0] or 0)


def _why_no_curl() -> str:
    """The tool sends on a WebSocket since 8.16, if it was built with it."""
    said = _says("curl", "--version")
    version = re.match(r"curl (\d+)\.(\d+)", said)
    if version is None:
        return "no curl on this machine; install it with 'apt install curl'"
    if not re.search(r"^Protocols:.* ws\b", said, re.MULTILINE):
        return f"{version[0]}: ws is not spoken by this build; it is by Debian's 8.16 and newer"
    if (int(version[1]), int(version[2])) < (8, 16):
        return f"{version[0]} sends nothing on a WebSocket; 8.16 and newer do"
    return ""


def _says(*command: str) -> str:
    """What a program prints; nothing if it is not there."""
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True, timeout=patient(30)).stdout
