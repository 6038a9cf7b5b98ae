"""README's table of foreign clients: what each did, and what the tap saw of it."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tests.conformance.foreign.catalogue import Client
from tests.conformance.foreign.conversation import ACTS
from tests.conformance.foreign.trial import Trial
from wslab.protocol.frames import Side

BEGIN: Final = "<!-- clients: made by `python3 run.py clients` -->"
END: Final = "<!-- /clients -->"

CELLS: Final = {"ok": "yes", "cannot": "–", "failed": "**no**"}
HEAD: Final = (
    "| client | text | binary, 1 MiB | empty | ping | fragments | clean close | compression "
    "| frames by client + server | rules of the RFC |\n"
    "|---|---|---|---|---|---|---|---|--:|---|"
)


def table(results: Sequence[tuple[Client, Sequence[Trial]]]) -> str:
    """One row a client, from its trials; a client that is missing gets a row with the reason."""
    rows = [_row(client, trials) for client, trials in results]
    return "\n".join([HEAD, *rows, "", f"Run on {_machine()}.", ""])


def _row(client: Client, trials: Sequence[Trial]) -> str:
    if client.missing:
        return f"| {client} | {client.missing}{' |' * 9}"
    plain, compressing = (
        next(t for t in trials if t.way.tapped and t.way.compressing is wanted)
        for wanted in (False, True)
    )
    cells = [f"{client} {plain.version}", *(_cell(trials, act) for act in ACTS)]
    cells += [_compression(compressing), _frames(plain), _rules([plain, compressing])]
    return f"| {' | '.join(cells)} |"


def _cell(trials: Sequence[Trial], act: str) -> str:
    """The worst of all trials: what does not work each time does not work."""
    said = {trial.verdicts.get(act, "failed") for trial in trials}
    return next(CELLS[verdict] for verdict in ("failed", "cannot", "ok") if verdict in said)


def _compression(trial: Trial) -> str:
    handshake = trial.recording.handshake if trial.recording else None
    return "agreed" if handshake and handshake.deflate else "not offered"


def _frames(trial: Trial) -> str:
    sent = Counter(frame.sender for frame in trial.recording.frames()) if trial.recording else None
    return " + ".join(str(sent[side]) for side in Side) if sent else "–"


def _rules(trials: Sequence[Trial]) -> str:
    """The rules that the recordings break, by name; the tests want none."""
    findings = [f for t in trials if t.recording for f in t.recording.findings()]
    broken = sorted({finding.rule for finding in findings if not finding.ok})
    return "broken: " + ", ".join(broken) if broken else "all kept"


def _machine() -> str:
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:  # not a Linux
        system = f"{platform.system()} {platform.release()}"
    return f"{system}, {platform.machine()}, Python {platform.python_version()}"
