"""`python3 run.py clients [NAME ...]`: every client that this machine has, each in four ways.

Without names the table goes into README.md too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from tests.conformance.foreign.catalogue import INSTALL_WS, ROOT, clients
from tests.conformance.foreign.table import BEGIN, END, table
from tests.conformance.foreign.trial import WAYS, hold
from tests.patience import patient
from wslab_course.readme import with_between

NPM_LIMIT = patient(120.0)  # seconds


def main(wanted: list[str]) -> int:
    _install_ws()
    every = clients()
    beginnings = tuple(word.lower() for word in wanted) or ("",)
    chosen = [client for client in every if client.name.lower().startswith(beginnings)]
    if not chosen:
        known = ", ".join(client.name for client in every)
        print(f"no client is called {' '.join(wanted)!r}; there are: {known}", file=sys.stderr)
        return 2
    results, faults = [], 0
    for client in chosen:
        trials = [] if client.missing else [hold(client, way) for way in WAYS]
        results.append((client, trials))
        print(f"{client}: {client.missing or 'tried'}", flush=True)
        for trial in trials:
            for fault in trial.faults:
                faults += 1
                print(f"  {trial.way}: {fault}", flush=True)
    made = table(results)
    print("\n" + made)
    if not wanted:
        readme = ROOT / "README.md"
        text = with_between(readme.read_text(encoding="utf-8"), BEGIN, END, made)
        readme.write_text(text, encoding="utf-8")
        print("README.md: its table of clients is refreshed")
    return 1 if faults else 0


def _install_ws() -> None:
    """Fetch npm's ws unless it is there; without npm or the Internet its row says what to do."""
    npm = shutil.which("npm")
    missing = any(client.missing.endswith(INSTALL_WS) for client in clients())
    if npm is None or not missing:
        return
    print(INSTALL_WS, flush=True)
    try:
        subprocess.run([npm, *INSTALL_WS.split()[1:]], cwd=ROOT, timeout=NPM_LIMIT)
    except subprocess.TimeoutExpired:
        print(f"npm did not finish within {NPM_LIMIT:g} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
