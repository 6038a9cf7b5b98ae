"""A page of the package: its policy lets its own script run and nothing else."""

import base64
import hashlib
import http.client
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from tests.patience import LIMIT
from wslab.network.chat.server import ChatServer

PAGES = [("wslab.network", "echo.html"), ("wslab.network.chat", "chat.html")]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_policy_names_the_pages_own_script_and_style() -> None:
    with ChatServer() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
        connection.request("GET", "/")
        response = connection.getresponse()
        html = response.read().decode()
        connection.close()
    assert response.status == 200
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    assert response.getheader("Referrer-Policy") == "no-referrer"
    assert html == files("wslab.network.chat").joinpath("static/chat.html").read_text(
        encoding="utf-8"
    )
    policy = dict(
        part.strip().split(" ", 1)
        for part in (response.getheader("Content-Security-Policy") or "").split(";")
    )
    assert policy["default-src"] == "'none'"
    for tag in ("script", "style"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert policy["connect-src"] == "ws: wss:"


@pytest.mark.parametrize(("package", "name"), PAGES, ids=str)
def test_a_page_needs_nothing_from_outside_and_makes_no_html(package: str, name: str) -> None:
    html = files(package).joinpath(f"static/{name}").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    ids = {attributes.get("id") for _, attributes in Tags(html).tags}
    for tag, attributes in Tags(html).tags:
        assert "src" not in attributes
        assert (attributes.get("href") or "data:").startswith("data:")
        assert not [key for key in attributes if key.startswith("on") or key == "style"]
        if tag == "label":
            assert attributes["for"] in ids
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in html
    for outside in ("@import", "url(", "fetch(", "import("):
        assert outside not in html
