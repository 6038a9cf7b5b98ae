"""`python3 run.py conformance [GROUP ...]`: the Autobahn TestSuite against server and tap."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from pathlib import Path

from tests.conformance import suite, table, trial


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    groups = sorted(set(options.groups)) or list(suite.GROUPS)
    try:
        if options.install:
            suite.install(options.python)
            return 0
        if not suite.is_installed():
            print("installing the Autobahn TestSuite (under a minute, once)", flush=True)
            suite.install(options.python)
        result = _run(groups, options.save)
    except suite.NotInstalled as problem:
        print(f"conformance: {problem}", file=sys.stderr)
        return 2
    made = table.table(result)
    print(f"\n{made}\n")
    complaints = result.complaints()
    for line in complaints:
        print(f"NOT SO: {line}")
    if complaints:
        print(
            f"{len(complaints)} of the claims do not hold; the suite's reports are in {_reports()}"
        )
        return 1
    if groups == list(suite.GROUPS) and table.write(made, trial.ROOT / "README.md"):
        print("README.md: its table of conformance is refreshed")
    print(f"all is as it should be; the suite's reports are in {_reports()}")
    return 0


def _run(groups: list[int], save: Path | None) -> trial.Result:
    started = time.monotonic()
    shutil.rmtree(_reports(), ignore_errors=True)

    def tell(line: str) -> None:
        print(line, flush=True)

    result = asyncio.run(trial.run(groups, _reports(), tell, save))
    tell(f"{(time.monotonic() - started) / 60:.1f} minutes")
    return result


def _reports() -> Path:
    return suite.FOLDER / "reports"


def _options(arguments: list[str]) -> argparse.Namespace:
    known = ", ".join(f"{number} {group.title}" for number, group in suite.GROUPS.items())
    parser = argparse.ArgumentParser(
        prog="run.py conformance",
        description="The Autobahn TestSuite against bare websockets, against EchoServer, and "
        "against EchoServer through a recording Tap, all three at once. A run of all groups "
        "writes its table into README.md.",
        epilog=f"The groups: {known}.",
    )
    parser.add_argument("groups", nargs="*", type=_group, metavar="GROUP", help="default: all")
    parser.add_argument("--install", action="store_true", help="install the suite, and no more")
    parser.add_argument("--python", metavar="PATH", help="a Python 2.7, if none is on the PATH")
    parser.add_argument(
        "--save", type=Path, metavar="FOLDER", help="keep what the tap recorded, a .wscap a case"
    )
    return parser.parse_args(arguments)


def _group(text: str) -> int:
    if text.isdigit() and int(text) in suite.GROUPS:
        return int(text)
    raise argparse.ArgumentTypeError(f"there is no group {text!r}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
