"""BrowserConsole in the real JupyterLab: direct, and through jupyter-server-proxy under TLS."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.lab import (
    PATIENCE,
    Lab,
    Watch,
    command,
    open_notebook,
    restart,
    run_cell,
    shut_down,
)
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap

pytestmark = pytest.mark.browser

#: What Chromium itself tells its console; a page cannot prevent it.
REFUSED = r"WebSocket connection to '\S+' failed"
DROPPED = "WebSocket is already in CLOSING or CLOSED state"


class Console:
    """The widget as a person finds it: by its labels."""

    def __init__(self, output: Locator) -> None:
        self.body = output.locator(".wslab-page")
        self.log = self.body.get_by_role("log", name="Log", exact=True)
        self.state = self.body.locator(".wslab-state")
        self.hint = self.body.locator(".wslab-hint")
        self.notice = self.body.locator(".wslab-notice")

    def button(self, name: str) -> Locator:
        return self.body.get_by_role("button", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.body.get_by_label(name, exact=True)

    def press_in_vain(self, name: str) -> None:
        """By keyboard: a button that cannot act now says so, and keeps the focus."""
        expect(self.button(name)).to_have_attribute("aria-disabled", "true")
        self.button(name).focus()
        self.button(name).press("Enter")
        expect(self.button(name)).to_be_focused()

    def connect(self) -> None:
        self.button("Connect").click()
        expect(self.state).to_have_text("OPEN (1)", timeout=PATIENCE)

    def expect_last(self, *lines: str) -> None:
        """The log ends with lines that begin so."""
        patterns = [re.compile("^" + re.escape(line)) for line in lines]
        entries = self.log.locator("> *")
        expect(entries.last).to_have_text(patterns[-1], timeout=PATIENCE)
        shown = entries.all_text_contents()[-len(lines) :]
        assert len(shown) == len(lines)
        for line, pattern in zip(shown, patterns, strict=True):
            assert pattern.match(line), (shown, lines)


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer(subprotocols=["chat"]) as server:
        yield server


def show(page: Page, lab: Lab, *cells: str) -> Console:
    """A new notebook with these cells; the first is run, and shows the console."""
    open_notebook(page, lab.link_to(lab.write(*cells)), len(cells))
    return Console(run_cell(page, 0))


def console_of(url: str) -> str:
    return f"from wslab import BrowserConsole\nBrowserConsole({url!r})"


def test_the_page_the_server_and_the_tap_tell_the_same_story(
    page: Page, bench: Lab, watch: Watch
) -> None:
    console = show(
        page,
        bench,
        "from wslab import BrowserConsole, EchoServer, Tap\n"
        "server = EchoServer().start()\n"
        "tap = Tap(server.url).start()\n"
        "BrowserConsole(tap)",
        "from wslab import Opcode\n"
        "from wslab.protocol.frames import ClosePayload\n"
        "server.wait_for('close')\n"
        "print(server.events)\n"
        "for sent in tap.wait_closed().frames():\n"
        "    if sent.frame.opcode == Opcode.CLOSE:\n"
        "        close = ClosePayload.parse(sent.frame.payload)\n"
        "        print(sent.sender.name, 'close', int(close.code), close.reason)",
    )
    expect(console.log).to_have_text("")
    expect(console.state).to_have_text("no socket yet")
    location = console.field("Location").input_value()
    assert re.fullmatch(r"ws://127\.0\.0\.1:\d+/echo", location)
    watch.told.add(urlsplit(location).netloc)

    console.connect()
    console.expect_last(
        f'action ws = new WebSocket("{location}")', 'event open protocol "", extensions ""'
    )
    console.button("Send text").click()
    console.expect_last('action ws.send("Hello")', "event message text, 5 bytes: Hello")
    console.field("Message").fill("né")
    console.button("Send binary").click()
    console.expect_last(
        "action ws.send(bytes)  // 3 bytes: 6e c3 a9",
        "event message binary (Blob), 3 bytes: 6e c3 a9",
    )
    console.field("binaryType").select_option("arraybuffer")
    console.button("Send binary").click()
    console.expect_last("event message binary (ArrayBuffer), 3 bytes: 6e c3 a9")
    console.field("Code").fill("4001")
    console.field("Reason").fill("enough <b>")
    console.button("Disconnect").click()
    console.expect_last(
        'action ws.close(4001, "enough <b>")',
        'event close code 4001, reason "enough <b>", wasClean true',
    )
    expect(console.state).to_have_text("CLOSED (3)")

    told = run_cell(page, 1).inner_text().splitlines()
    assert [" ".join(line.split()) for line in told if line] == [
        "client 1 open /echo",
        "client 1 message /echo 'Hello'",
        "client 1 message /echo b'n\\xc3\\xa9'",
        "client 1 message /echo b'n\\xc3\\xa9'",
        "client 1 close /echo 4001, 'enough <b>', the client closed first",
        "CLIENT close 4001 enough <b>",
        "SERVER close 4001 enough <b>",
    ]

    console.button("Clear log").click()
    expect(console.log).to_have_text("")
    expect(console.state).to_have_text("CLOSED (3)")
    shut_down(page)


def test_what_the_api_refuses_is_said_in_the_log(
    page: Page, bench: Lab, watch: Watch, server: EchoServer
) -> None:
    watch.told.add(urlsplit(server.url).netloc)
    console = show(page, bench, console_of(server.url))
    console.press_in_vain("Send text")
    console.expect_last("note There is no socket yet: press Connect first.")
    console.press_in_vain("Disconnect")
    console.expect_last("note There is no socket yet", "note There is no socket yet")

    console.field("Location").fill("ftp://127.0.0.1/")
    console.button("Connect").click()
    console.expect_last("action ws = new WebSocket(", "exception SyntaxError: ")
    expect(console.log).to_contain_text("A Location begins with ws:// or wss:// and has no #")
    console.field("Location").fill(server.url + "/echo")
    console.field("Subprotocols").fill("chat, chat")
    console.button("Connect").click()
    console.expect_last("action ws = new WebSocket(", "exception SyntaxError: ")
    expect(console.log).to_contain_text('["chat","chat"]')
    expect(console.state).to_have_text("no socket yet")

    console.field("Subprotocols").fill("first, chat")
    console.connect()
    console.expect_last('event open protocol "chat", extensions ""')
    console.press_in_vain("Connect")
    console.expect_last("note The state is OPEN: press Disconnect before you connect again.")
    console.field("Code").fill("1001")
    console.button("Disconnect").click()
    console.expect_last("action ws.close(1001)", "exception InvalidAccessError: ")
    console.field("Code").fill("3000")
    console.field("Reason").fill("x" * 124)
    console.button("Disconnect").click()
    console.expect_last('action ws.close(3000, "xxx', "exception SyntaxError: ")
    expect(console.state).to_have_text("OPEN (1)")
    console.field("Code").fill("")
    console.field("Reason").fill("")
    console.button("Disconnect").click()
    console.expect_last("action ws.close()", 'event close code 1005, reason "", wasClean true')
    console.press_in_vain("Send text")
    console.expect_last(
        'action ws.send("Hello")',
        "note The state is CLOSED: nothing is sent, and nothing thrown; bufferedAmount is",
    )
    watch.meant = DROPPED


def test_a_url_that_no_browser_can_read_is_refused_in_the_log(
    page: Page, bench: Lab, watch: Watch
) -> None:
    console = show(page, bench, console_of("ws://1.2.3.256/echo"))
    expect(console.field("Location")).to_have_value("ws://1.2.3.256/echo")
    console.button("Connect").click()
    console.expect_last("action ws = new WebSocket(", "exception SyntaxError: ")


def test_send_while_connecting_throws_and_close_gives_up(
    page: Page, bench: Lab, watch: Watch, server: EchoServer
) -> None:
    with Tap(server.url) as tap:
        watch.told.add(urlsplit(tap.url).netloc)
        console = show(page, bench, console_of(tap.url))
        tap.freeze()
        console.button("Connect").click()
        expect(console.state).to_have_text("CONNECTING (0)")
        console.button("Send text").click()
        console.expect_last('action ws.send("Hello")', "exception InvalidStateError: ")
        expect(console.log).to_contain_text("send works from the open event on")
        console.button("Disconnect").click()
        console.expect_last("event error", 'event close code 1006, reason "", wasClean false')
        expect(console.state).to_have_text("CLOSED (3)")
    watch.meant = REFUSED


def test_a_cut_wire_and_a_server_that_is_gone(
    page: Page, bench: Lab, watch: Watch, server: EchoServer
) -> None:
    with Tap(server.url) as tap:
        watch.told.add(urlsplit(tap.url).netloc)
        console = show(page, bench, console_of(tap.url))
        console.connect()
        tap.cut()
        console.expect_last('event close code 1006, reason "", wasClean false')
        console.connect()
        server.stop()
        console.expect_last('event close code 1001, reason "the server stops", wasClean true')
        console.button("Connect").click()
        console.expect_last(
            "event error the browser does not tell a page why", "event close code 1006"
        )
        expect(console.state).to_have_text("CLOSED (3)")
    watch.meant = REFUSED


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=\"document.body.textContent='taken'\">",
        "</code><script>document.body.textContent='taken'</script>",
        "&lt;b&gt; stays as it was typed",
    ],
    ids=["attribute", "element", "entity"],
)
def test_a_hostile_message_is_shown_as_text(
    page: Page, bench: Lab, watch: Watch, server: EchoServer, hostile: str
) -> None:
    watch.told.add(urlsplit(server.url).netloc)
    console = show(page, bench, console_of(server.url))
    console.connect()
    console.field("Message").fill(hostile)
    console.button("Send text").click()
    console.expect_last(f"event message text, {len(hostile)} bytes: {hostile}")
    assert console.log.locator("img, script, b").count() == 0


def test_the_log_is_bounded(page: Page, bench: Lab, watch: Watch, server: EchoServer) -> None:
    watch.told.add(urlsplit(server.url).netloc)
    console = show(page, bench, console_of(server.url + "/burst"))
    messages = 600

    @server.path("/burst")
    async def burst(ws):
        for number in range(messages):
            await ws.send(str(number))
        await ws.send("x" * 5000)
        await ws.send(bytes(5000))
        await ws.wait_closed()

    console.connect()
    console.expect_last(
        "event message text, 5,000 bytes: xxx", "event message binary (Blob), 5,000 bytes: 00 "
    )
    expect(console.log.locator("> *").last).to_have_text(re.compile(r"00 … and 904 more$"))
    entries = console.log.locator("> *")
    assert entries.count() == 500
    assert entries.nth(-2).inner_text().endswith("x … and 904 more characters")
    assert entries.first.inner_text().endswith(f": {messages + 2 - 500}")


def test_a_kernel_that_restarts_or_stops_leaves_a_sentence(
    page: Page, bench: Lab, watch: Watch
) -> None:
    console = show(
        page,
        bench,
        "from wslab import BrowserConsole, EchoServer\nBrowserConsole(EchoServer().start())",
    )
    gone = "The kernel restarted or stopped, and its servers are gone: run this cell again."
    for end in (restart, shut_down):
        watch.told.add(urlsplit(console.field("Location").input_value()).netloc)
        expect(console.notice).to_have_text("")
        console.connect()
        end(page)
        expect(console.notice).to_have_text(gone, timeout=PATIENCE)
        console.expect_last("event close code 100")
        console.button("Clear log").click()
        expect(console.log).to_have_text("")
        if end is restart:
            console = Console(run_cell(page, 0))
    watch.meant = REFUSED


def test_a_cell_that_runs_again_closes_the_old_connection(
    page: Page, bench: Lab, watch: Watch, server: EchoServer
) -> None:
    watch.told.add(urlsplit(server.url).netloc)
    console = show(page, bench, console_of(server.url))
    console.connect()
    Console(run_cell(page, 0)).connect()
    [close] = server.wait_for("close")
    assert (close.client, close.code) == (1, 1005)
    assert len(server.events.of("open")) == 2


def test_the_keyboard_is_enough(page: Page, bench: Lab, watch: Watch, server: EchoServer) -> None:
    watch.told.add(urlsplit(server.url).netloc)
    console = show(page, bench, console_of(server.url))
    console.field("Location").focus()
    keyboard = page.keyboard
    keyboard.press("Enter")
    expect(console.state).to_have_text("OPEN (1)")
    for _ in range(5):  # route, Connect, subprotocols, binaryType, message
        keyboard.press("Tab")
    expect(console.field("Message")).to_be_focused()
    keyboard.press("ControlOrMeta+A")
    keyboard.type("abdx typed")  # single letters are commands of the notebook elsewhere
    keyboard.press("Enter")
    console.expect_last("event message text, 10 bytes: abdx typed")
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(console.button("Send binary")).to_be_focused()
    keyboard.press("Space")
    console.expect_last("event message binary (Blob), 10 bytes: 61 62 64 78 20")
    keyboard.press("Tab")
    keyboard.type("4000")
    keyboard.press("Tab")
    keyboard.type("by keyboard")
    keyboard.press("Tab")
    expect(console.button("Disconnect")).to_be_focused()
    keyboard.press("Enter")
    console.expect_last('event close code 4000, reason "by keyboard", wasClean true')
    expect(console.button("Disconnect")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(console.log).to_have_text("")
    keyboard.press("Tab")
    expect(console.log).to_be_focused()
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 1  # and no cell came or went


def test_a_narrow_page_cuts_nothing_off(
    page: Page, bench: Lab, watch: Watch, server: EchoServer
) -> None:
    watch.told.add(urlsplit(server.url).netloc)
    console = show(page, bench, console_of(server.url))
    page.set_viewport_size({"width": 500, "height": 900})
    command(page, "Show Left Sidebar")
    expect(page.get_by_role("region", name="File Browser Section")).to_be_hidden(timeout=PATIENCE)
    console.connect()
    console.field("Message").fill("x" * 300)
    console.button("Send text").click()
    console.expect_last("event message text, 300 bytes: xxx")
    console.field("Route").select_option("through Jupyter")
    wider = console.body.evaluate(
        """body => [body, ...body.querySelectorAll('*:not(input)')]
            .filter(part => part.scrollWidth > part.clientWidth && part.clientWidth > 0)
            .map(part => part.outerHTML.slice(0, 100))"""
    )
    assert wider == []


def test_through_jupyter_the_close_code_is_lost_and_the_page_says_so(
    page: Page, bench: Lab, watch: Watch, server: EchoServer
) -> None:
    direct = server.url + "/echo?a=b/c"
    console = show(page, bench, console_of(direct))
    console.field("Route").select_option("through Jupyter")
    expect(console.hint).to_contain_text("the other side sees 1005")
    expect(console.field("Location")).to_have_value(
        f"ws://{bench.server}/proxy/{server.port}/echo?a=b/c"
    )
    echoes_through_the_proxy(console, server)
    console.field("Route").select_option("direct")
    expect(console.field("Location")).to_have_value(direct)
    expect(console.hint).to_have_text("")


def echoes_through_the_proxy(console: Console, server: EchoServer) -> None:
    console.field("Subprotocols").fill("chat")
    console.connect()
    console.expect_last('event open protocol "chat"')
    console.button("Send text").click()
    console.expect_last("event message text, 5 bytes: Hello")
    console.button("Send binary").click()
    console.expect_last("event message binary (Blob), 5 bytes: 48 65 6c 6c 6f")
    console.field("Code").fill("4001")
    console.field("Reason").fill("bye")
    console.button("Disconnect").click()
    console.expect_last('event close code 4001, reason "", wasClean true')  # its own code, echoed
    [close] = server.wait_for("close")
    assert (close.code, close.reason) == (1005, "")
    console.connect()  # to the proxy; an echo tells that the server is there as well
    console.button("Send text").click()
    console.expect_last("event message text, 5 bytes: Hello")
    server.stop()
    console.expect_last("event close code 1005")
    console.button("Connect").click()
    console.expect_last("event open", "event close code 1006")


@pytest.fixture
def secure_page(browser: Browser, secure_bench: Lab) -> Iterator[Page]:
    """A tab that takes the certificate which the test made."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield page
    secure_bench.end_kernels(page)
    context.close()


def test_under_tls_and_a_base_url_it_goes_through_jupyter(
    secure_page: Page, secure_bench: Lab, server: EchoServer
) -> None:
    watch = Watch(secure_page, secure_bench.server)
    console = show(secure_page, secure_bench, console_of(server.url))
    expect(console.field("Location")).to_have_value(
        f"wss://{secure_bench.server}/some/base/proxy/{server.port}/echo"
    )
    expect(console.field("Route")).to_have_value("through Jupyter")
    echoes_through_the_proxy(console, server)
    watch.judge()


def test_the_echo_page_works_behind_the_proxy_under_tls(
    secure_page: Page, secure_bench: Lab, server: EchoServer
) -> None:
    secure_page.goto(secure_bench.link)  # the token in it becomes a cookie
    watch = Watch(secure_page, secure_bench.server)
    secure_page.goto(f"{secure_bench.address}proxy/{server.port}/")
    location = secure_page.get_by_label("Location", exact=True)
    expect(location).to_have_value(
        f"wss://{secure_bench.server}/some/base/proxy/{server.port}/echo"
    )
    secure_page.get_by_role("button", name="Connect", exact=True).click()
    secure_page.get_by_role("button", name="Send text").click()
    log = secure_page.get_by_role("log")
    expect(log).to_contain_text("RECEIVED: Hello")
    secure_page.get_by_role("button", name="Send binary").click()
    expect(log).to_contain_text("RECEIVED: binary, 5 bytes: 48 65 6c 6c 6f")
    watch.judge()
