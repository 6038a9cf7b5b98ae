"""Cross-site WebSocket hijacking in a real browser: a foreign page, and ann's cookie.

Ann is logged in. She opens a page of another origin, whose script opens a WebSocket to her
server; it is the browser that adds her cookie. Another port is another origin but the same
site; another host name is another site as well.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from wslab_course.lessons.security.members import MembersServer

pytestmark = pytest.mark.browser

NOTE = "I lost my keys."
CORS = {
    "none": [],
    "nobody may": [("Access-Control-Allow-Origin", "https://nobody.example")],
    "all may": [("Access-Control-Allow-Origin", "*")],
}
SCRIPT = """
async (url) => {
    const ws = new WebSocket(url);
    const log = [];
    ws.onopen = () => log.push("open");
    ws.onmessage = (event) => {
        log.push(event.data);
        event.data === "kept" ? ws.close(1000) : ws.send("taken over");
    };
    const end = await new Promise((resolve, reject) => {
        ws.onclose = resolve;
        setTimeout(() => reject(new Error("nothing ended")), 10_000);
    });
    return [...log, end.code];
}
"""
STOLEN = ["open", NOTE, "kept", 1000]
each_cors = pytest.mark.parametrize("headers", CORS.values(), ids=CORS)


@pytest.fixture
def foreign() -> Iterator[str]:
    """The page of somebody else: another port, so another origin, and no policy of its own."""
    with MembersServer({}) as server:
        yield server.http_url + "/page"  # plain text; a script of ours is all that runs there


def logged_in(page: Page, club: MembersServer) -> None:
    page.goto(club.http_url + "/login?name=ann")


def guarded(club: MembersServer, headers: list[tuple[str, str]]) -> MembersServer:
    """The same server, on the port that it had, open to its own pages alone."""
    own = [f"http://127.0.0.1:{club.port}"]
    return MembersServer({"ann": NOTE}, port=club.port, origins=own, headers=headers)


@each_cors
def test_a_foreign_page_reads_and_writes_as_ann(
    page: Page, foreign: str, headers: list[tuple[str, str]]
) -> None:
    with MembersServer({"ann": NOTE}, headers=headers) as club:
        logged_in(page, club)
        page.goto(foreign)
        assert page.evaluate(SCRIPT, club.url + "/cookie") == STOLEN
        assert club.notes["ann"] == "taken over"


@each_cors
def test_a_server_that_looks_at_origin_refuses_it(
    page: Page, foreign: str, headers: list[tuple[str, str]]
) -> None:
    with MembersServer({"ann": NOTE}) as club:
        pass  # to have a port
    with guarded(club, headers) as club:
        logged_in(page, club)
        own = page.evaluate(SCRIPT, club.url + "/cookie")
        page.goto(foreign)
        assert page.evaluate(SCRIPT, club.url + "/cookie") == [1006]
        assert own == STOLEN, "its own page may"
        refused = club.events.of("error")
        assert [event.detail for event in refused] == ["handshake refused with 403 Forbidden"]


def test_a_lax_cookie_does_not_ride_from_another_site(page: Page, foreign: str) -> None:
    with MembersServer({"ann": NOTE}) as club:
        logged_in(page, club)
        page.goto(foreign.replace("127.0.0.1", "localhost"))
        assert page.evaluate(SCRIPT, club.url + "/cookie") == ["open", 1008]
        assert club.notes["ann"] == NOTE


def test_the_ticket_that_a_page_asks_for_opens_the_door(page: Page) -> None:
    with MembersServer({"ann": NOTE}) as club:
        logged_in(page, club)
        ticket = page.evaluate("async () => (await fetch('/new-ticket')).text()")
        url = f"{club.url}/ticket?ticket={ticket}"
        assert page.evaluate(SCRIPT, url) == STOLEN
        assert page.evaluate(SCRIPT, url) == ["open", 1008], "it is good once"


def test_cors_guards_the_ticket_which_is_plain_http(page: Page, foreign: str) -> None:
    """What CORS is for: may this page read that answer?"""
    fetch = """(url) => fetch(url, {credentials: "include"})
        .then((answer) => answer.status, () => "blocked")"""
    allowed = [
        ("Access-Control-Allow-Origin", foreign.removesuffix("/page")),
        ("Access-Control-Allow-Credentials", "true"),
    ]
    for headers, said in (([], "blocked"), (allowed, 200)):
        with MembersServer({"ann": NOTE}, headers=headers) as club:
            logged_in(page, club)
            page.goto(foreign)
            assert page.evaluate(fetch, club.http_url + "/new-ticket") == said
