"""Python's WebSocket beside the real one: the same scripts, servers, and logs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.patience import patient
from tests.wslab.network.browser.api_player import play
from tests.wslab.network.browser.api_scripts import SCRIPTS, Script
from tests.wslab.network.browser.api_servers import Addresses, serving
from tests.wslab.network.browser.url_table import URLS
from wslab.network.background import run

pytestmark = pytest.mark.browser

# Where Chromium departs from the URL standard.
CHROMIUM_URLS: dict[str, str | None] = {
    "ws://example.com/a|b": "ws://example.com/a%7Cb",
    "ws://a b/": "ws://a%20b/",
}

PLAYER = Path(__file__).with_name("api_player.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with serving() as addresses:
        yield addresses


@pytest.fixture(scope="module")
def tab(browser: Browser, addresses: Addresses) -> Iterator[Page]:
    """One page for all scripts: text from loopback, with no script of its own."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(addresses["echo_http"] + "/plain")
    yield page
    context.close()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_python_and_chromium_write_the_same_log(
    script: Script, tab: Page, addresses: Addresses
) -> None:
    steps = addresses.fill(script.steps)
    in_chromium = addresses.hide(tab.evaluate(PLAYER, steps))
    in_python = addresses.hide(run(play(steps), timeout=patient(30)))
    if script.chromium is None:
        assert in_python == in_chromium == script.log
    else:
        assert (in_python, in_chromium) == (script.log, script.chromium), script.why


def test_differences_have_a_reason() -> None:
    different = [script for script in SCRIPTS if script.chromium is not None]
    assert all(script.why and script.chromium != script.log for script in different)
    assert len(different) <= 5 < 100 < len(SCRIPTS)


def test_chromium_writes_urls_as_python_does(tab: Page) -> None:
    """No connection is made: ``URL`` parses as ``WebSocket`` does."""
    texts = [text for text in URLS if text not in CHROMIUM_URLS]
    read = "texts => texts.map(text => URL.canParse(text) ? new URL(text).href : null)"
    assert dict(zip(texts, tab.evaluate(read, texts), strict=True)) == {
        text: URLS[text] for text in texts
    }
    found = tab.evaluate(read, list(CHROMIUM_URLS))
    assert dict(zip(CHROMIUM_URLS, found, strict=True)) == CHROMIUM_URLS
