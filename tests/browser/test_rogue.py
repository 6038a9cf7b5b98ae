"""What Chromium's own WebSocket does with every act of the rogue."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.wslab.network.rogue.rogue_wire import close_code_of_client
from wslab.network.echo import EchoServer
from wslab.network.rogue.behaviour import Behaviour
from wslab.network.rogue.catalogue import CATALOGUE
from wslab.network.rogue.server import RogueServer
from wslab.network.tap.tap import Tap
from wslab_course.lessons.actions.outcomes import (
    CHROMIUM_DIFFERS,
    MEASURED,
    ClientOutcome,
    does_its_duty,
)

pytestmark = pytest.mark.browser

# Chromium waits minutes for a handshake or an answer to its Close frame, and 2 s for TCP to
# end after both Close frames. The first two shall be ended by the rogue, the last not.
PATIENCE = {"slow-handshake": 0.3, "never-answers-close": 0.3}

SCRIPT = """([url, closes]) => new Promise(resolve => {
    const told = [];
    const socket = new WebSocket(url);
    socket.onopen = () => { told.push("open"); if (closes) socket.close(1000); };
    socket.onmessage = event => told.push("message " + event.data);
    socket.onerror = () => told.push("error");
    socket.onclose = event => {
        told.push(`close ${event.code} ${event.wasClean ? "clean" : "unclean"}`);
        resolve(told.join(", "));
    };
})"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A page of 127.0.0.1, once for all rows: a WebSocket leaves nothing behind in it."""
    with EchoServer() as server:
        page = browser.new_page()
        page.set_default_timeout(10_000)
        page.goto(server.http_url)
        yield page
        page.close()


@pytest.mark.parametrize("act", CATALOGUE.values(), ids=list(CATALOGUE))
def test_what_chromium_does(tab: Page, act: Behaviour) -> None:
    with RogueServer(act.name, patience=PATIENCE.get(act.name, 8)) as rogue, Tap(rogue.url) as tap:
        events = tab.evaluate(SCRIPT, [tap.url, act.client_closes])
        recording = tap.wait_closed()
    assert ClientOutcome(events, close_code_of_client(recording)) == MEASURED[act.name].chromium


def test_chromium_does_its_duty_but_for_these() -> None:
    acts = CATALOGUE.values()
    undone = [act.name for act in acts if not does_its_duty(act, MEASURED[act.name].chromium)]
    assert sorted(undone) == sorted(CHROMIUM_DIFFERS)
