"""The chat page in a real browser: two tabs chat, hostile text stays text."""

import http.server
import json
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from wslab.network.background import call
from wslab.network.chat.room import Member
from wslab.network.chat.server import ChatPage, ChatServer
from wslab_course.checks.exercises import Exercise
from wslab_course.lessons import chat as lesson

pytestmark = pytest.mark.browser

HOSTILE = [
    "<img src=x onerror=\"document.body.textContent='taken'\">",
    "</div></section><script>document.body.textContent='taken'</script>",
    "<style>body{display:none}</style>",
    "&lt;b&gt; stays as it was typed",
    "javascript:document.body.textContent='taken'",
    "\u202eturned round\u2066 \u0301\u0301\u0301\u0301",
]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(rooms=("lobby", "garden")) as server:
        yield server


def state(page: Page) -> Locator:
    return page.get_by_role("status")


def talk(page: Page) -> Locator:
    return page.get_by_role("log", name="Talk", exact=True)


def entry(page: Page, text: str) -> Locator:
    return talk(page).locator(".entry").filter(has_text=text)


def spoken(page: Page) -> Locator:
    """What was said, by anyone, oldest first."""
    return talk(page).locator(".entry:not(.error) .what")


def people(page: Page) -> Locator:
    return page.get_by_role("list", name="People").get_by_role("listitem")


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def join(page: Page, name: str, url: str = "") -> None:
    if url:
        page.goto(url)
    page.get_by_label("Your name", exact=True).fill(name)
    press(page, "Join")
    expect(state(page)).to_have_text(f"joined as {name}")


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    press(page, "Say")


def say_at_once(page: Page, texts: list[str]) -> None:
    script = """texts => texts.forEach(text => {
        document.getElementById("text").value = text;
        document.getElementById("saying").requestSubmit();
    })"""
    page.evaluate(script, texts)


def only_member(server: ChatServer) -> Member:
    (member,) = server.rooms["lobby"]._members.values()
    return member


def test_two_tabs_chat(page: Page, server: ChatServer) -> None:
    other = page.context.new_page()
    join(page, "ann", server.http_url)
    join(other, "bob", server.http_url)
    expect(people(page)).to_have_text(["ann", "bob"])
    expect(people(other)).to_have_text(["ann", "bob"])
    say(page, "hello bob")
    expect(entry(other, "ann hello bob")).to_have_count(1)
    expect(entry(page, "ann hello bob")).to_have_count(1)
    say(other, "hello ann")
    expect(entry(page, "bob hello ann")).to_have_count(1)
    press(other, "Leave")
    expect(entry(page, "bob left (left)")).to_have_count(1)
    expect(people(page)).to_have_text(["ann"])
    expect(state(other)).to_have_text("not joined")
    say(page, "still here")
    join(other, "bob")  # what was said meanwhile is there, once, and what was before stays
    expect(entry(other, "still here")).to_have_count(1)
    expect(entry(other, "hello bob")).to_have_count(1)


def test_a_newcomer_sees_what_was_said(page: Page, server: ChatServer) -> None:
    join(page, "ann", server.http_url)
    say(page, "first")
    expect(entry(page, "first")).to_have_count(1)
    other = page.context.new_page()
    join(other, "bob", server.http_url)
    expect(entry(other, "ann first")).to_have_count(1)


def test_rooms_have_pages_of_their_own(page: Page, server: ChatServer) -> None:
    join(page, "ann", server.http_url + "/room/garden")
    expect(page.get_by_role("heading", name="Chat: garden", exact=True)).to_be_visible()
    other = page.context.new_page()
    join(other, "ann", server.http_url)  # the name is free in the other room
    say(other, "in the lobby")
    expect(entry(other, "in the lobby")).to_have_count(1)
    say(page, "in the garden")
    expect(entry(page, "in the garden")).to_have_count(1)
    expect(talk(page)).not_to_contain_text("in the lobby")


def test_hostile_text_stays_text(page: Page, server: ChatServer) -> None:
    join(page, "ann", server.http_url)
    other = page.context.new_page()
    join(other, "bob", server.http_url)
    for text in [*HOSTILE, "x" * 1000]:
        say(page, text)
    for tab in (page, other):
        expect(talk(tab).locator(".what")).to_have_text([*HOSTILE, "x" * 1000])
        assert talk(tab).locator(".what *").count() == 0
        assert talk(tab).locator("img, script, style, b, a").count() == 0
        expect(tab.get_by_role("heading", name="Chat", exact=True)).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_hostile_server_cannot_reach_the_page(page: Page) -> None:
    """A server that breaks the protocol in every field; the page shows it as text and lives."""
    evil = "<img src=x onerror=\"document.body.textContent='taken'\">"
    nasty = [
        "no json " + evil,
        "null",
        "[]",
        json.dumps({"type": evil}),
        json.dumps({"type": "join", "name": evil, "id": evil, "at": evil}),
        json.dumps({"type": "join", "name": {"toString": 1}, "id": -1, "at": 5}),
        json.dumps({"type": "say", "name": evil, "text": [evil], "at": "2026-01-01"}),
        json.dumps({"type": "say", "text": "y" * 100_000}),
        json.dumps({"type": "leave", "name": evil, "why": evil}),
        json.dumps({"type": "history", "events": [None, 5, {"type": "say"}], "names": [evil, 7]}),
        json.dumps({"type": "history", "events": evil, "names": {"length": 9}, "complete": 0}),
        json.dumps({"type": "error", "code": evil, "text": evil}),
    ]

    async def chat(ws) -> None:
        await ws.recv()
        await ws.send(json.dumps({"type": "join", "name": "ann"}))
        for message in nasty:
            await ws.send(message)
        await ws.send(b"\x00binary")
        await ws.send(json.dumps({"type": "say", "name": "bob", "text": "the end"}))
        await ws.wait_closed()

    with ChatPage(chat) as server:
        join(page, "ann", server.http_url)
        expect(entry(page, "bob the end")).to_have_count(1)
        assert page.locator("img, iframe, object, a").count() == 0
        assert page.locator("script").count() == 1
        expect(page.get_by_role("heading", name="Chat", exact=True)).to_be_visible()
        expect(people(page).filter(has_text="onerror")).to_have_count(1)


def test_a_name_in_use_is_refused_and_another_one_goes(page: Page, server: ChatServer) -> None:
    join(page, "ann", server.http_url)
    other = page.context.new_page()
    other.goto(server.http_url)
    other.get_by_label("Your name", exact=True).fill("Ann")
    press(other, "Join")
    expect(state(other)).to_have_text("ann is here already; choose another name.")
    join(other, "bob")
    expect(people(other)).to_have_text(["ann", "bob"])


def test_after_a_cut_it_comes_back_and_nothing_is_lost_or_doubled(
    page: Page, server: ChatServer
) -> None:
    join(page, "ann", server.http_url)
    other = page.context.new_page()
    join(other, "bob", server.http_url)
    for number in range(3):
        say(other, f"before cut {number}")
        say(page, f"said into the cut {number}")
        members = server.rooms["lobby"]._members
        call(lambda: members["ann"].ws.transport.abort() if "ann" in members else None)  # noqa: B023
        say(other, f"during cut {number}")
        expect(entry(page, f"during cut {number}")).to_have_count(1)
        expect(state(page)).to_have_text("joined as ann")
    say(page, "the end")
    expected = [f"{what} {n}" for n in range(3) for what in ("before cut", "during cut")]
    for tab in (page, other):
        expect(entry(tab, "the end")).to_have_count(1)
        for text in [*expected, *(f"said into the cut {n}" for n in range(3))]:
            expect(talk(tab).locator(".what").get_by_text(text, exact=True)).to_have_count(1)


def test_what_was_said_into_a_cut_is_said_again(page: Page) -> None:
    swallowed: list[dict] = []

    async def chat(ws) -> None:
        name = json.loads(await ws.recv())["name"]
        await ws.send(json.dumps({"type": "join", "name": name}))
        async for data in ws:
            if not swallowed:
                swallowed.append(json.loads(data))
                ws.transport.abort()
                return
            await ws.send(json.dumps({**json.loads(data), "name": name}))

    with ChatPage(chat) as server:
        join(page, "ann", server.http_url)
        say(page, "lost at first")
        expect(entry(page, "lost at first")).to_have_count(1)
        say(page, "and another")
        expect(entry(page, "and another")).to_have_count(1)
        expect(entry(page, "lost at first")).to_have_count(1)
    assert swallowed[0]["text"] == "lost at first"


#: Handlers that echo no tag: the course's own, of the stages with and without a history.
WITHOUT_TAGS = pytest.mark.parametrize("stage", [lesson.chat_3, lesson.chat_5], ids=["3", "5"])


def anew(stage: Exercise):
    """The reference without the people and the history of an earlier test."""
    space = dict(stage.reference.__globals__)
    exec(stage.source, space)
    return space[stage.name]


@WITHOUT_TAGS
def test_what_was_heard_is_not_said_again_after_a_restart(page: Page, stage: Exercise) -> None:
    """A server that echoes no tag confirms by text, twice the same text included."""
    with ChatPage(anew(stage)) as server:
        join(page, "ann", server.http_url)
        for text in ("one", "two", "one"):
            say(page, text)
        expect(spoken(page)).to_have_text(["one", "two", "one"])
        port = server.port
    expect(state(page)).to_contain_text("connecting again")
    with ChatPage(anew(stage), port=port):
        expect(state(page)).to_have_text("joined as ann", timeout=20_000)
        say(page, "the end")  # would wait behind whatever is said again
        expect(entry(page, "the end")).to_have_count(1)
        assert spoken(page).all_text_contents() == ["one", "two", "one", "the end"]


@WITHOUT_TAGS
def test_what_was_heard_is_not_said_again_after_a_cut(page: Page, stage: Exercise) -> None:
    connections: list = []
    reference = anew(stage)

    async def chat(ws) -> None:
        connections.append(ws)
        await reference(ws)

    with ChatPage(chat) as server:
        join(page, "ann", server.http_url)
        for text in ("one", "two"):
            say(page, text)
        expect(spoken(page)).to_have_text(["one", "two"])
        call(lambda: connections[0].transport.abort())
        server.wait_for("open", 2, timeout=20)
        expect(state(page)).to_have_text("joined as ann")
        say(page, "the end")
        expect(entry(page, "the end")).to_have_count(1)
        assert spoken(page).all_text_contents() == ["one", "two", "the end"]


def test_too_fast_says_again_only_what_was_refused(page: Page) -> None:
    received: list[str] = []
    reference = anew(lesson.chat_3)

    async def chat(ws) -> None:
        recv = ws.recv

        async def noted(*args) -> str:
            data = await recv(*args)
            if (message := json.loads(data))["type"] == "say":
                received.append(message["text"])
            return data

        ws.recv = noted
        await reference(ws)

    texts = [f"number {number}" for number in range(34)]  # a few above the burst of 30
    with ChatPage(chat) as server:
        join(page, "ann", server.http_url)
        say_at_once(page, texts)
        expect(spoken(page)).to_have_count(len(texts), timeout=30_000)
        say(page, "the end")
        expect(entry(page, "the end")).to_have_count(1)
        # Each once. What was refused comes later than what the refilled bucket let through.
        assert sorted(spoken(page).all_text_contents()) == sorted([*texts, "the end"])
        refused = talk(page).locator(".entry.error").count()
    assert 0 < refused < 10
    assert len(received) == len(texts) + refused + 1, "something heard was said again"


def test_a_server_that_refuses_everything_is_left_in_peace(page: Page) -> None:
    """The tries slow down, and then they end."""
    received: list[dict] = []

    async def chat(ws) -> None:
        name = json.loads(await ws.recv())["name"]
        await ws.send(json.dumps({"type": "join", "name": name}))
        async for data in ws:
            received.append(json.loads(data))
            await ws.send(json.dumps({"type": "error", "code": "too-fast", "text": "slowly"}))

    page.clock.install()
    page.add_init_script(
        """window.sent = [];
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) {
            if (JSON.parse(data).type === "say") sent.push(Date.now());
            send.call(this, data);
        };"""
    )
    with ChatPage(chat) as server:
        join(page, "ann", server.http_url)
        say(page, "one")
        slow = talk(page).locator(".entry.error").filter(has_text="slowly")
        for tries in range(1, 5):
            expect(slow.nth(tries - 1)).to_be_attached()
            page.clock.run_for(12_000)  # milliseconds: longer than any pause
        expect(entry(page, "Given up after 5 tries: one")).to_have_count(1)
        page.clock.run_for(600_000)
        say(page, "two")
        expect(slow).to_have_count(6)
        assert [message["text"] for message in received] == ["one"] * 5 + ["two"]
        gaps = [later - earlier for earlier, later in pairwise(page.evaluate("sent.slice(0, 5)"))]
        assert all(gap >= wait for gap, wait in zip(gaps, (2e3, 4e3, 8e3, 10e3), strict=True)), gaps


@pytest.mark.parametrize("ending", ["replaced", "refused"])
def test_what_is_over_is_forgotten(page: Page, ending: str) -> None:
    """Neither the one who left, nor a text that the server cannot take, comes again."""
    received: list[list[str]] = []

    async def chat(ws) -> None:
        heard: list[str] = []
        received.append(heard)
        name = json.loads(await ws.recv())["name"]
        await ws.send(json.dumps({"type": "join", "name": name}))
        async for data in ws:
            heard.append(json.loads(data)["text"])
            if heard == ["wrong"] and len(received) == 1:
                if ending == "replaced":
                    await ws.close(4001, "elsewhere")
                    return
                await ws.send(json.dumps({"type": "error", "code": "bad-field", "text": "no"}))
                await ws.close(1001)
                return
            await ws.send(json.dumps({"type": "say", "name": name, "text": heard[-1]}))

    with ChatPage(chat) as server:
        join(page, "ann", server.http_url)
        say(page, "wrong")
        if ending == "replaced":
            expect(state(page)).to_have_text("you joined from another page")
            press(page, "Join")
        server.wait_for("open", 2, timeout=20)
        expect(state(page)).to_have_text("joined as ann")
        say(page, "the end")
        expect(entry(page, "the end")).to_have_count(1)
    assert received == [["wrong"], ["the end"]]


def test_a_server_that_starts_anew_is_noticed(page: Page) -> None:
    with ChatServer() as server:
        join(page, "ann", server.http_url)
        say(page, "to the first server")
        expect(entry(page, "to the first server")).to_have_count(1)
        port = server.port
    expect(state(page)).to_contain_text("connecting again")
    with ChatServer(port=port):
        expect(state(page)).to_have_text("joined as ann", timeout=20_000)
        expect(entry(page, "Some messages were missed")).to_have_count(1)
        say(page, "to the second")
        expect(entry(page, "to the second")).to_have_count(1)


def test_a_second_page_with_the_same_key_takes_the_place(page: Page, server: ChatServer) -> None:
    join(page, "ann", server.http_url)
    call(lambda: only_member(server).drop("replaced", 4001, "elsewhere"))
    expect(state(page)).to_have_text("you joined from another page")
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_enabled()


def test_it_listens_to_a_server_that_numbers_nothing(page: Page) -> None:
    """The first stage of the exercise: whatever comes goes to everyone, as it is."""
    clients: set = set()

    async def echo_to_all(ws) -> None:
        clients.add(ws)
        try:
            async for message in ws:
                for client in list(clients):
                    await client.send(message)
        finally:
            clients.discard(ws)

    with ChatPage(echo_to_all) as server:
        join(page, "ann", server.http_url)
        other = page.context.new_page()
        join(other, "bob", server.http_url)
        say(page, "hello")
        expect(entry(other, "hello")).to_have_count(1)
        other.close()


def test_the_keyboard_is_enough(page: Page, server: ChatServer) -> None:
    page.goto(server.http_url)
    page.get_by_label("Your name", exact=True).focus()
    page.keyboard.type("ann")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.type("typed")
    page.keyboard.press("Enter")
    expect(entry(page, "ann typed")).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    expect(talk(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # Leave, which is then disabled
    expect(state(page)).to_have_text("not joined")
    expect(page.get_by_label("Your name", exact=True)).to_be_focused()


@pytest.mark.parametrize("path", ["", "/room/garden"], ids=["root", "room"])
def test_a_foreign_page_is_refused(page: Page, server: ChatServer, path: str) -> None:
    quiet = type("Quiet", (http.server.BaseHTTPRequestHandler,), {"do_GET": _say_hello})
    quiet.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet) as foreign:
        thread = threading.Thread(target=foreign.serve_forever)
        thread.start()
        try:
            page.goto(f"http://127.0.0.1:{foreign.server_port}/")
            script = """url => new Promise(resolve => {
                const ws = new WebSocket(url);
                ws.onopen = () => resolve("open");
                ws.onclose = ({code}) => resolve(code);
            })"""
            assert page.evaluate(script, server.url + path) == 1006
            page.goto(server.http_url)
            assert page.evaluate(script, server.url + path) == "open"
        finally:
            foreign.shutdown()
            thread.join()
    (refusal,) = server.events.of("error")
    assert "403" in refusal.detail


def _say_hello(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()


def test_the_socket_address_comes_from_the_page_address(page: Page, server: ChatServer) -> None:
    told: list[str] = []
    page.on("websocket", lambda socket: told.append(socket.url))
    page.route("**/*", lambda route: route.fulfill(response=page.request.get(server.http_url)))
    page.goto("https://hub.test/user/x/proxy/8765/room/garden?a=b#c")
    page.get_by_label("Your name", exact=True).fill("ann")
    with page.expect_websocket():
        press(page, "Join")
    assert told[0] == "wss://hub.test/user/x/proxy/8765/room/garden"
    expect(page.get_by_role("heading", name="Chat: garden", exact=True)).to_be_visible()
    press(page, "Leave")


def test_the_page_asks_nobody_else_and_its_policy_is_kept(page: Page, server: ChatServer) -> None:
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    join(page, "ann", server.http_url)
    assert [url for url in asked if not url.startswith("data:")] == [server.http_url + "/"]
    assert told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_can_be_read_by_everyone(
    browser: Browser, server: ChatServer, scheme
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})
    page = context.new_page()
    join(page, "ann", server.http_url)
    say(page, "x" * 500)
    expect(entry(page, "xxx")).to_have_count(1)
    say(page, "two words")
    expect(entry(page, "two words")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    context.close()
