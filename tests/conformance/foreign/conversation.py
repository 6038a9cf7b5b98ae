"""The six acts, and how a client's script tells what became of each: one JSON line a verdict.

{"client": "aiohttp", "version": "3.14.5"}                        first, once
{"act": "text", "verdict": "ok", "says": ""}                      it came back as it was sent
{"act": "ping", "verdict": "cannot", "says": "the API has none"}  it was not tried
{"act": "close", "verdict": "failed", "says": "got 1006, ..."}    and the script ends

text        a text message comes back
binary      1 MiB comes back; byte n of it is n mod 256
empty       a text message of no bytes comes back
ping        the client sends a Ping frame and is told of its Pong
fragments   one text message, sent in three frames on purpose, comes back
close       the client closes with 1000 and a reason, and is told the server's 1000
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.patience import patient

ACTS: Final = ("text", "binary", "empty", "ping", "fragments", "close")
SCRIPT: Final = json.loads(Path(__file__).with_name("acts.json").read_text(encoding="utf-8"))

TEXT: Final[str] = SCRIPT["text"]
BINARY: Final = bytes(range(256)) * (SCRIPT["binary"] // 256)
PING: Final[bytes] = SCRIPT["ping"].encode()
FRAGMENTS: Final[list[str]] = SCRIPT["fragments"]
CODE: Final[int] = SCRIPT["code"]
REASON: Final[str] = SCRIPT["reason"]

LIMIT: Final = patient(20.0)  # seconds for one answer, where the client's API has a limit


def introduce(client: str, version: str) -> None:
    """Say who speaks."""
    _tell(client=client, version=version)


@contextmanager
def act(name: str) -> Iterator[None]:
    """Tell "ok" if the block ends well; else tell "failed" and end the script."""
    try:
        yield
    except Exception as error:
        says = f"{type(error).__name__}: {error}"
        _tell(act=name, verdict="failed", says=says)
        sys.exit(f"{name} failed: {says}")
    _tell(act=name, verdict="ok", says="")


def cannot(name: str, why: str) -> None:
    """Tell that the client's API has no way to do this."""
    _tell(act=name, verdict="cannot", says=why)


def same(got: object, wanted: object) -> None:
    """AssertionError unless what came is what was wanted."""
    assert got == wanted, f"got {_short(got)}, wanted {_short(wanted)}"


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) < 80 else f"{shown[:60]}... ({len(shown)} characters)"


def _tell(**verdict: Any) -> None:
    print(json.dumps(verdict), flush=True)
