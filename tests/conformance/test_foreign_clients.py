"""Other people's clients, through the tap: the quick part of `run.py clients`."""

import json
import sys

import pytest

from tests.conformance.foreign.catalogue import INSTALL_WS, ROOT, Client, clients
from tests.conformance.foreign.conversation import ACTS, CODE, FRAGMENTS, PING, REASON
from tests.conformance.foreign.table import BEGIN, END, table
from tests.conformance.foreign.trial import WAYS, Trial, Way, hold

THROUGH_THE_TAP = [way for way in WAYS if way.tapped]
PLAIN = Way(tapped=True, compressing=False)
COMPRESSING = Way(tapped=True, compressing=True)


@pytest.mark.parametrize("way", THROUGH_THE_TAP, ids=str)
@pytest.mark.parametrize("client", clients(), ids=str)
def test_client_server_and_recording_tell_the_same(client: Client, way: Way) -> None:
    if client.missing:
        pytest.skip(client.missing)
    assert hold(client, way).faults == []


# --- the trial notices a client that does wrong -----------------------------------------


def lines(verdict: str) -> str:
    """What a client prints that claims to have done everything."""
    said = [{"client": "pretender", "version": "1"}]
    said += [{"act": act, "verdict": verdict, "says": ""} for act in ACTS]
    return "\n".join(map(json.dumps, said))


# A client of few words: it does what `deeds` say, on a bare connection of `websockets`.
PRETENDER = """
import asyncio, sys
from websockets.asyncio.client import connect
async def main():
    async with connect(sys.argv[1], proxy=None, compression=None) as ws:
        {deeds}
asyncio.run(main())
print({said!r})
"""


def faults(deeds: str, said: str = lines("cannot"), limit: float = 30.0) -> str:
    client = Client("pretender", (sys.executable, "-c", PRETENDER.format(deeds=deeds, said=said)))
    return "\n".join(hold(client, PLAIN, limit).faults)


def test_a_claim_without_a_deed_is_noticed_by_the_server_and_in_the_recording() -> None:
    found = faults("pass", lines("ok"))
    for what in (
        "messages at the server: found []",
        "close at the server",
        "messages of the client",
        "messages of the server",
        "Close frames of the client",
        "pings of the client: found []",
        "pongs of the server: found []",
        "frames of the fragmented message: found []",
    ):
        assert what in found


def test_a_message_that_is_not_of_the_acts_is_noticed() -> None:
    assert "messages of the client: found ['more']" in faults("await ws.send('more')")


def test_one_frame_is_no_fragmented_message() -> None:
    claim = lines("cannot").replace(
        '"fragments", "verdict": "cannot"', '"fragments", "verdict": "ok"'
    )
    found = faults(f"await ws.send({''.join(FRAGMENTS)!r}); await ws.recv()", claim)
    assert "frames of the fragmented message: found [1], wanted [3]" in found


def test_a_ping_that_was_not_claimed_is_noticed() -> None:
    assert f"pings of the client: found [{PING!r}]" in faults(f"await ws.ping({PING!r})")


def test_another_close_code_is_noticed() -> None:
    claim = lines("cannot").replace('"close", "verdict": "cannot"', '"close", "verdict": "ok"')
    found = faults(f"await ws.close(3000, {REASON!r})", claim)
    assert "close at the server: found [(3000," in found and f"wanted [({CODE}," in found
    assert "Close frames of the client: found [ClosePayload(3000" in found


def test_a_broken_rule_of_the_rfc_is_named() -> None:
    found = faults("ws.transport.write(bytes.fromhex('8900')); await ws.wait_closed()")
    assert "masked-by-the-client-only broken by the client in frame 0" in found


def test_a_client_that_hangs_is_killed() -> None:
    found = faults("await asyncio.Event().wait()", limit=1.0)
    assert found.startswith("killed after 1 s") and "text: the client never said" in found


def test_a_client_that_fails_is_quoted() -> None:
    found = faults("raise SystemExit('of its own accord')")
    assert found.startswith("exit code 1; it printed: of its own accord")


def test_a_client_that_never_connects_is_told_of() -> None:
    trial = hold(Client("silent", (sys.executable, "-c", "pass")), PLAIN)
    assert trial.version == "" and trial.recording is None and trial.verdicts == {}
    assert "the server never saw its handshake" in trial.faults


# --- the table ------------------------------------------------------------------------


def test_a_row_says_the_worst_of_its_trials() -> None:
    client = Client("some", ("some",))
    good, bad = (
        Trial(client, way, "1", dict.fromkeys(ACTS, verdict))
        for way, verdict in ((PLAIN, "ok"), (COMPRESSING, "failed"))
    )
    bad.verdicts.update(text="ok", ping="cannot")
    row = next(line for line in table([(client, [good, bad])]).splitlines() if "some" in line)
    assert row.startswith("| some 1 | yes | **no** | **no** | – | **no** | **no** | not offered |")


def test_a_missing_client_has_a_row_that_says_why() -> None:
    [row] = (r for r in table([(Client("no", (), "npm i"), [])]).splitlines() if "npm i" in r)
    assert row.count("|") == 11


def test_readme_has_the_table_with_each_client() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in shown.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(clients())
    assert all(row.startswith(f"| {c}") for c, row in zip(clients(), rows, strict=True))
    assert "**no**" not in shown and "broken" not in shown


def test_ci_installs_what_npm_has() -> None:
    assert f"\n    {INSTALL_WS} ||\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
