"""The echo page in a real browser: two tabs, two clients, each its own echo."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from wslab.network.echo import EchoServer

pytestmark = pytest.mark.browser


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def connect(page: Page, server: EchoServer) -> None:
    page.goto(server.http_url)
    press(page, "Connect")
    expect(state(page)).to_have_text("OPEN (1)")


def state(page: Page) -> Locator:
    return page.get_by_role("status")


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Log", exact=True)


def expect_line(page: Page, *lines: str) -> None:
    """Exactly one line of the log begins with each of these."""
    for line in lines:
        expect(lines_with(page, line)).to_have_count(1)


def lines_with(page: Page, beginning: str) -> Locator:
    return log(page).locator("> *").filter(has_text=re.compile("^" + re.escape(beginning)))


def send(page: Page, text: str, button: str = "Send text") -> None:
    page.get_by_label("Message", exact=True).fill(text)
    press(page, button)


def test_two_tabs_are_two_clients_and_each_gets_its_own_echo(
    page: Page, server: EchoServer
) -> None:
    other = page.context.new_page()
    connect(page, server)
    connect(other, server)
    send(page, "from the first")
    send(other, "from the second")
    send(page, "AB", "Send binary")
    send(other, "yz", "Send binary")
    expect_line(page, "SENT: from the first", "RECEIVED: from the first")
    expect_line(page, "SENT: binary, 2 bytes: 41 42", "RECEIVED: binary, 2 bytes: 41 42")
    expect_line(other, "SENT: from the second", "RECEIVED: from the second")
    expect_line(other, "SENT: binary, 2 bytes: 79 7a", "RECEIVED: binary, 2 bytes: 79 7a")
    expect(log(page)).not_to_contain_text("from the second")
    expect(log(page)).not_to_contain_text("79 7a")
    expect(log(other)).not_to_contain_text("from the first")
    expect(log(other)).not_to_contain_text("41 42")

    press(page, "Disconnect")
    expect_line(page, "CONNECTED", "DISCONNECTED 1000 (clean)")
    expect(state(page)).to_have_text("CLOSED (3)")
    press(page, "Clear log")
    expect(log(page)).to_have_text("")
    expect(state(other)).to_have_text("OPEN (1)")  # the other client never noticed
    expect_line(other, "CONNECTED")

    sent = [(event.client, event.data) for event in server.events.of("message")]
    assert sorted(sent, key=str) == [
        (1, "from the first"),
        (1, b"AB"),
        (2, "from the second"),
        (2, b"yz"),
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=\"document.body.textContent='taken'\">",
        "</div><script>document.body.textContent='taken'</script>",
        "&lt;b&gt; stays as it was typed",
    ],
    ids=["attribute", "element", "entity"],
)
def test_a_hostile_message_is_shown_as_text(page: Page, server: EchoServer, hostile: str) -> None:
    connect(page, server)
    send(page, hostile)
    expect_line(page, "RECEIVED:")
    shown = log(page).locator("> *").all_text_contents()
    assert shown[-2:] == [f"SENT: {hostile}", f"RECEIVED: {hostile}"]
    assert log(page).locator("img, script, b").count() == 0
    expect(page.get_by_role("heading", name="Echo", exact=True)).to_be_visible()


def test_the_state_says_which_buttons_work(page: Page, server: EchoServer) -> None:
    def working() -> list[str]:
        buttons = page.get_by_role("button").all()
        return [button.inner_text() for button in buttons if button.is_enabled()]

    page.goto(server.http_url)
    expect(state(page)).to_have_text("no connection yet")
    assert working() == ["Connect", "Clear log"]
    press(page, "Connect")
    expect(state(page)).to_have_text("OPEN (1)")
    assert working() == ["Disconnect", "Send text", "Send binary", "Clear log"]
    press(page, "Disconnect")
    expect(state(page)).to_have_text("CLOSED (3)")
    assert working() == ["Connect", "Clear log"]
    press(page, "Connect")
    expect(state(page)).to_have_text("OPEN (1)")


def test_the_keyboard_is_enough(page: Page, server: EchoServer) -> None:
    page.goto(server.http_url)
    page.get_by_label("Location", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Connect, which is then disabled
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("typed")
    page.keyboard.press("Enter")
    expect_line(page, "RECEIVED: typed")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Disconnect")).to_be_focused()
    page.keyboard.press("Enter")
    expect_line(page, "DISCONNECTED 1000")
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_focused()


def test_a_server_that_stops_and_one_that_is_not_there(page: Page, server: EchoServer) -> None:
    connect(page, server)
    server.stop()
    expect_line(page, "DISCONNECTED 1001 (clean) the server stops")
    press(page, "Connect")
    expect_line(page, "DISCONNECTED 1006 (not clean", "ERROR:")
    expect(state(page)).to_have_text("CLOSED (3)")
    page.get_by_label("Location", exact=True).fill("no address at all://")
    press(page, "Connect")
    expect(lines_with(page, "ERROR:")).to_have_count(2)
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_enabled()


@pytest.mark.parametrize(
    ("address", "socket"),
    [
        ("http://example.test/", "ws://example.test/echo"),
        ("https://example.test/", "wss://example.test/echo"),
        ("https://hub.test/user/x/proxy/8765/?a=b#c", "wss://hub.test/user/x/proxy/8765/echo"),
        ("https://hub.test/user/x/proxy/8765", "wss://hub.test/user/x/proxy/8765/echo"),
    ],
    ids=["http", "https", "behind-a-proxy", "no-slash"],
)
def test_the_socket_address_comes_from_the_page_address(
    page: Page, server: EchoServer, address: str, socket: str
) -> None:
    def answer(route: Route) -> None:
        route.fulfill(response=page.request.get(server.http_url))

    page.route("**/*", answer)
    page.goto(address)
    expect(page.get_by_label("Location", exact=True)).to_have_value(socket)


def test_the_page_asks_nobody_else_and_its_policy_is_kept(page: Page, server: EchoServer) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    connect(page, server)
    assert [url for url in asked if not url.startswith("data:")] == [server.http_url + "/"]
    assert said == []  # a broken policy would be reported here


def test_it_fits_a_phone_and_follows_the_colour_scheme(
    browser: Browser, server: EchoServer
) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})
        page = context.new_page()
        connect(page, server)
        send(page, "x" * 500)
        expect_line(page, "RECEIVED:")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert len(colours) == 2
