"""axe-core finds nothing in what we draw: widgets, inspections, verdicts and the echo page.

Each is looked at in the real JupyterLab, in its light and its dark theme, after a person used it.
"""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.lab import PATIENCE, Lab, open_notebook, run_all
from wslab.network.echo import EchoServer

pytestmark = pytest.mark.browser

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

SET_UP = """\
from wslab import *
from wslab_course.lessons import frames as lesson
from wslab.network.browser.websocket import WebSocket
HELLO = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")
server = EchoServer().start()
tap = Tap(server.url + "/echo").start()
async with connect(tap.url) as ws:
    await ws.send("Hello")
    await ws.recv()
tap.wait_closed()
chat = ChatServer().start()
"""

#: What a cell ends in; the word is its name.
CELLS = {
    "console": "BrowserConsole(server)",
    "wire": "LiveWire(tap)",
    "builder": "FrameBuilder(server)",
    "chat": "ChatPanel(chat)",
    "frame": "inspect(HELLO, sender=Side.SERVER)",  # a frame that breaks a rule
    "handshake": "inspect(tap.recording.handshake)",
    "recording": "inspect(tap.recording)",
    "not-attempted": "lesson.unmask.check(lambda masked, key: ...)",
    "not-yet": "lesson.unmask.check(lambda masked, key: masked)",
    "quiz": "lesson.quiz.ask()",
    "answers": 'lesson.quiz.answers({"who-masks": "a", "why-mask": "b"})',
}


def use_console(output: Locator) -> None:
    """Every kind of line in the log, and every state of a button."""
    button = output.get_by_role("button", name="Send text")
    button.focus()
    button.press("Enter")  # a note: there is no socket yet
    output.get_by_role("button", name="Connect", exact=True).click()
    expect(output.locator(".wslab-state")).to_have_text("OPEN (1)")
    output.get_by_role("button", name="Send binary").click()
    output.get_by_label("Code", exact=True).fill("7")
    output.get_by_role("button", name="Disconnect").click()  # an exception
    expect(output.locator(".wslab-entry")).to_have_count(7)
    output.get_by_label("Route", exact=True).select_option("through Jupyter")  # the hint
    output.locator(".wslab-notice").evaluate("notice => { notice.textContent = 'Run it again'; }")


def use_wire(output: Locator) -> None:
    """A frame that was picked, and a wire that holds still."""
    output.locator("tr[data-kind=frame]").first.click()
    picked = output.get_by_role("region", name="The row you picked")
    expect(picked).to_contain_text("One frame", timeout=PATIENCE)
    output.get_by_role("button", name="Pause").click()
    expect(output.get_by_role("button", name="Resume")).to_be_visible()


def use_builder(output: Locator) -> None:
    """A broken rule, its answer, and a field that cannot be read."""
    output.get_by_label("Mask", exact=True).uncheck()
    expect(output.locator(".wslab-builder-verdict")).to_contain_text("BROKEN", timeout=PATIENCE)
    send = output.get_by_role("button", name="Send", exact=True)
    send.click()
    expect(output.locator(".wslab-builder-answer")).to_contain_text("1002", timeout=PATIENCE)
    output.get_by_label("Mask", exact=True).check()
    output.get_by_label("Masking key, 4 bytes in hex").fill("x")
    expect(output.locator(".wslab-problem:not(:empty)")).to_be_visible(timeout=PATIENCE)


def use_chat(output: Locator) -> None:
    """Somebody who is in, and said something."""
    output.get_by_label("Your name").fill("ann")
    output.get_by_role("button", name="Join").click()
    expect(output.get_by_role("log")).to_contain_text("ann joined", timeout=PATIENCE)
    say = output.get_by_label("Message")
    say.fill("Hello")
    say.press("Enter")
    expect(output.get_by_role("log")).to_contain_text("Hello", timeout=PATIENCE)


USE: dict[str, Callable[[Locator], None]] = {
    "console": use_console,
    "wire": use_wire,
    "builder": use_builder,
    "chat": use_chat,
}


@pytest.fixture(scope="module", params=THEMES)
def notebook(browser: Browser, bench: Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """One notebook with all of it, run."""
    themes = "@jupyterlab/apputils-extension:themes"
    bench.configure(themes, {"theme": THEMES[request.param]})
    context = browser.new_context(viewport={"width": 1280, "height": 7000})
    page = context.new_page()
    cells = [SET_UP, *CELLS.values()]
    open_notebook(page, bench.link_to(bench.write(*cells)), len(cells))
    run_all(page, len(cells))
    is_light = str(request.param == "light").lower()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
    # JupyterLab's body has no height, and hides what overflows: axe would take all for invisible.
    page.evaluate("document.body.style.height = '100vh'")
    yield page
    bench.configure(themes, {})
    bench.end_kernels(page)
    context.close()


@pytest.mark.parametrize("what", CELLS)
def test_nothing_in_jupyterlab(notebook: Page, what: str) -> None:
    cell = notebook.locator(".jp-Notebook .jp-CodeCell").nth(1 + list(CELLS).index(what))
    output = cell.locator(".jp-OutputArea-output")
    expect(output.locator(".wslab").first).to_be_visible(timeout=PATIENCE)
    if what in USE:
        USE[what](output)
    output.evaluate("output => output.querySelectorAll('details').forEach(d => { d.open = true; })")
    output.evaluate("(output, what) => { output.id = 'looked-at-' + what; }", what)
    come_into_view(output)
    findings = found_by_axe(notebook, f"#looked-at-{what} .wslab")
    assert findings == [], "\n".join(findings)


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_on_the_echo_page(browser: Browser, theme: str) -> None:
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    with EchoServer() as server:
        page.goto(server.http_url)
        assert found_by_axe(page) == []  # as it opens
        page.get_by_role("button", name="Connect", exact=True).click()
        page.get_by_role("button", name="Send text").click()
        expect(page.get_by_role("log")).to_contain_text("RECEIVED")
        findings = found_by_axe(page)
    context.close()
    assert findings == [], "\n".join(findings)


def test_axe_can_find_something(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main class=wslab><h1>x</h1><input></main>")
    assert any("label" in finding for finding in found_by_axe(page, ".wslab"))


def come_into_view(output: Locator) -> None:
    """axe judges the contrast of what is in view, all of it, and of nothing else."""
    output.scroll_into_view_if_needed(timeout=PATIENCE)
    output.evaluate(
        """async output => {
            output.scrollIntoView({block: 'start'});
            const frame = () => new Promise(f => requestAnimationFrame(f));
            for (let y = NaN; y !== output.getBoundingClientRect().y; await frame()) {
                y = output.getBoundingClientRect().y;
                await frame();
            }
        }"""
    )


def found_by_axe(page: Page, where: str | None = None) -> list[str]:
    """One line for each element that breaks a rule of axe-core, with the rule."""
    response = Axe().run(page, context=where).response
    seen = {rule["id"] for rule in response["passes"] + response["violations"]}
    assert "color-contrast" in seen, f"axe saw no text at {where}: {sorted(seen)}"
    return [
        f"{broken['id']}: {broken['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for broken in response["violations"]
        for node in broken["nodes"]
    ]
