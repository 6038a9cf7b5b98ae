"""ChatPanel in the real JupyterLab: two notebooks, a panel and a page, and text that is hostile."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import PATIENCE, Lab, Watch, open_notebook, restart, run_cell
from wslab.network.chat.server import ChatServer

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror='window.hacked=1'><script>window.hacked=2</script> &lt;b&gt; \u202eabc"
)
MARKED = "window.hacked ?? null"
LOCAL = "from wslab import ChatPanel, ChatServer\nserver = ChatServer().start()\nChatPanel(server)"


class Panel:
    """The widget as a person finds it."""

    def __init__(self, output: Locator) -> None:
        self.body = output.locator(".wslab-page")
        self.name = self.body.get_by_label("Your name")
        self.message = self.body.get_by_label("Message")
        self.status = self.body.locator(".wslab-chat-status")
        self.people = self.body.locator(".wslab-chat-people")
        self.talk = self.body.get_by_role("log")

    def button(self, name: str) -> Locator:
        return self.body.get_by_role("button", name=name, exact=True)

    def join(self, name: str) -> Panel:
        self.name.fill(name)
        self.name.press("Enter")
        expect(self.status).to_have_text(f"joined as {name}", timeout=PATIENCE)
        return self

    def say(self, text: str) -> None:
        self.message.fill(text)
        self.message.press("Enter")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer() as server:
        yield server


@pytest.fixture
def other(page: Page) -> Page:
    """A second tab of the same browser."""
    return page.context.new_page()


def show(page: Page, lab: Lab, *cells: str) -> Panel:
    """A notebook with these cells, the first of which is run and shows a panel."""
    open_notebook(page, lab.link_to(lab.write(*cells)), len(cells))
    return Panel(run_cell(page, 0))


def panel_of(server: ChatServer) -> str:
    return f'from wslab import ChatPanel\nChatPanel("{server.url}")'


def test_two_notebooks_chat(page: Page, other: Page, bench: Lab, server: ChatServer) -> None:
    watches = [Watch(tab, bench.server) for tab in (page, other)]
    ann = show(page, bench, panel_of(server))
    bob = show(other, bench, panel_of(server))
    expect(ann.status).to_have_text("not joined", timeout=PATIENCE)
    expect(ann.button("Say")).to_be_disabled()
    ann.join("ann")
    expect(ann.message).to_be_focused()  # the next thing to do
    bob.join("bob")
    expect(ann.people).to_have_text("Here: ann, bob", timeout=PATIENCE)
    ann.say("Hello bob")
    expect(bob.talk).to_contain_text("ann Hello bob", timeout=PATIENCE)
    bob.say(HOSTILE)
    line = ann.talk.locator(".wslab-chat-say .wslab-chat-text")
    expect(line).to_have_text(HOSTILE, timeout=PATIENCE)
    for panel, tab in ((ann, page), (bob, other)):
        expect(panel.talk.locator("img, script, b")).to_have_count(0)
        assert tab.evaluate(MARKED) is None
    bob.button("Leave").click()
    expect(bob.status).to_have_text("not joined", timeout=PATIENCE)
    expect(ann.talk).to_contain_text("bob left (left)", timeout=PATIENCE)
    expect(ann.people).to_have_text("Here: ann")
    expect(bob.name).to_be_focused()
    bench.end_kernels(page)
    for watch in watches:
        watch.judge()


def test_a_panel_and_the_page_chat(page: Page, bench: Lab) -> None:
    """As the notebook ends: the server of the kernel, its panel, and its page in a new tab."""
    ann = show(page, bench, LOCAL).join("ann")
    with page.context.expect_page() as opened:
        ann.body.get_by_role("link", name="Open the server's page in a new tab").click()
    guest = opened.value
    guest.get_by_label("Your name").fill("zoe")
    guest.get_by_role("button", name="Join").click()
    expect(guest.locator("#state")).to_have_text("joined as zoe", timeout=PATIENCE)
    expect(ann.people).to_have_text("Here: ann, zoe", timeout=PATIENCE)
    guest.get_by_label("Message").fill(HOSTILE)
    guest.get_by_role("button", name="Say").click()
    expect(ann.talk).to_contain_text(HOSTILE, timeout=PATIENCE)
    ann.say(HOSTILE.upper())
    expect(guest.locator("#talk")).to_contain_text(HOSTILE.upper(), timeout=PATIENCE)
    for tab in (page, guest):
        assert tab.evaluate(MARKED) is None
    expect(guest.locator("#talk img, #talk script")).to_have_count(0)
    guest.close()
    expect(ann.talk).to_contain_text("zoe left (closed)", timeout=PATIENCE)
    bench.end_kernels(page)


def test_a_refused_name_and_a_lost_connection_are_words(
    page: Page, bench: Lab, server: ChatServer
) -> None:
    cells = panel_of(server), f'again = ChatPanel("{server.url}"); again.join("ann"); again'
    flood = "for number in range(40): again.say(str(number))"  # more than is taken at once
    ann = show(page, bench, *cells, flood).join("ann")
    second = Panel(run_cell(page, 1))
    expect(second.status).to_contain_text("ann is here already", timeout=PATIENCE)
    second.join("bob")
    run_cell(page, 2)
    expect(second.talk).to_contain_text("Send no more than 10 messages", timeout=PATIENCE)
    server.stop()
    for panel in (ann, second):
        expect(panel.status).to_contain_text("the server closed the connection (1001")
        expect(panel.button("Join")).to_be_enabled()
    bench.end_kernels(page)


def test_a_panel_that_is_replaced_takes_its_person_along(
    page: Page, other: Page, bench: Lab, server: ChatServer
) -> None:
    ann = show(page, bench, panel_of(server)).join("ann")
    show(other, bench, panel_of(server)).join("bob")
    expect(ann.people).to_have_text("Here: ann, bob", timeout=PATIENCE)
    other.locator(".jp-Notebook .cm-content").first.click()  # in the panel, shortcuts are off
    run_cell(other, 0)  # a new panel in place of the old one
    expect(ann.talk).to_contain_text("bob left (left)", timeout=PATIENCE)
    bench.end_kernels(page)


def test_a_restarted_kernel_is_said(page: Page, bench: Lab, server: ChatServer) -> None:
    ann = show(page, bench, panel_of(server)).join("ann")
    restart(page)
    expect(ann.body.locator(".wslab-notice")).to_contain_text("run this cell again")
    expect(ann.status).to_have_text("not joined")
    for name in ("Join", "Leave", "Say"):
        expect(ann.button(name)).to_be_disabled()
    again = Panel(run_cell(page, 0)).join("ann")
    again.say("back")
    expect(again.talk).to_contain_text(re.compile(r"ann\s+back"), timeout=PATIENCE)
    bench.end_kernels(page)
