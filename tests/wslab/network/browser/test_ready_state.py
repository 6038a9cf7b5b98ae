"""The table of ready states: complete, and what a WebSocket goes through."""

from tests.patience import patient
from tests.wslab.network.browser.api_player import play
from tests.wslab.network.browser.api_servers import serving
from wslab.network.background import run
from wslab.network.browser import websocket as browser
from wslab.network.browser.ready_state import TRANSITIONS, ReadyState, ReadyStateTrigger

NAMES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]

# A way through each row, played on a real WebSocket.
SCRIPTS = {
    "open, close, gone": [
        ["new", "{echo}/echo"], ["wait", "open"], ["close"], ["wait", "close"]
    ],
    "close before it opened": [["new", "{wrong}/never-answers"], ["close"], ["wait", "close"]],
    "refused": [["new", "{nobody}/"], ["wait", "close"]],
    "the server closes": [["new", "{echo}/close/4000"], ["wait", "open"], ["wait", "close"]],
    "a rule is broken": [
        ["new", "{wrong}/masked"], ["wait", "open"], ["send", "now"], ["wait", "close"]
    ],
}  # fmt: skip


def test_the_states_are_those_of_the_standard() -> None:
    assert [state.name for state in ReadyState] == NAMES
    assert list(map(int, ReadyState)) == [0, 1, 2, 3]


def test_every_state_is_reached_and_the_last_one_is_left_by_nothing() -> None:
    assert set(TRANSITIONS.values()) == set(ReadyState) - {ReadyState.CONNECTING}
    assert {state for state, _ in TRANSITIONS} == set(ReadyState) - {ReadyState.CLOSED}
    assert {what for _, what in TRANSITIONS} == set(ReadyStateTrigger)
    assert all(after > before for (before, _), after in TRANSITIONS.items())


def test_a_real_websocket_runs_the_table(monkeypatch) -> None:
    rows = []

    class Watched(dict):
        def get(self, row, default=None):
            rows.append(row)
            return super().get(row, default)

    monkeypatch.setattr(browser, "TRANSITIONS", Watched(TRANSITIONS))
    with serving() as addresses:
        for name, steps in SCRIPTS.items():
            log = run(play(addresses.fill(steps)), timeout=patient(30))
            assert log[-1].startswith("close 3"), name
    assert set(TRANSITIONS) - set(rows) == set()
