"""URLs as a browser reads them; tests/browser compares the same table with Chromium."""

import pytest

from tests.growth import ends
from tests.wslab.network.browser.url_table import URLS
from wslab.network.browser.dom import DOMSyntaxError
from wslab.network.browser.ws_url import WsUrl

GOOD = {text: href for text, href in URLS.items() if href is not None}
BAD = [text for text, href in URLS.items() if href is None]


@pytest.mark.parametrize("text", GOOD, ids=ascii)
def test_it_is_written_as_a_browser_writes_it(text: str) -> None:
    url = WsUrl.parse(text)
    assert url.href == GOOD[text]
    assert WsUrl.parse(url.href) == url


@pytest.mark.parametrize("text", BAD, ids=ascii)
def test_it_is_refused(text: str) -> None:
    with pytest.raises(DOMSyntaxError, match="is not the URL of a WebSocket"):
        WsUrl.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is relative"),
        ("/echo", "it is relative"),
        ("//example.com/", "it is relative"),
        ("127.0.0.1:80", "it is relative"),
        ("example.com:80/", "its scheme"),
        ("localhost:8765", "its scheme"),
        ("ftp://example.com/", "its scheme"),
        ("ws://example.com/#", "a fragment"),
        ("ws://example.com/#a?b", "a fragment"),
        ("ws://example.com:1000000/", "its port"),
        ("ws://example.com:" + "9" * 5000, "its port"),
        ("ws://a<b/", "'a<b' is not a host"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_the_refusal_says_why(text: str, why: str) -> None:
    with pytest.raises(DOMSyntaxError, match=why):
        WsUrl.parse(text)


def test_the_parts_are_what_a_connection_needs() -> None:
    url = WsUrl.parse("https://me@EXAMPLE.com:8443/a/../b?c=d")
    assert url == WsUrl(
        href="wss://me@example.com:8443/b?c=d",
        origin="wss://example.com:8443",
        secure=True,
        host="example.com",
        port=8443,
        target="/b?c=d",
    )
    assert url.host_header == "example.com:8443"
    assert WsUrl.parse("http://[::1]/").host == "::1"
    assert WsUrl.parse("http://[::1]/").host_header == "[::1]"
    assert WsUrl.parse("http://a").port == 80
    assert WsUrl.parse("https://a").port == 443


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(DOMSyntaxError) as caught:
        WsUrl.parse("ws://ann:s3cret@example.com/?token=s3cret#end")
    assert "s3cret" not in str(caught.value) and "example.com/?token=" in str(caught.value)


def test_zeros_before_a_port_do_not_count() -> None:
    assert WsUrl.parse(f"ws://example.com:{'0' * 5000}443/").port == 443


def test_a_long_url_costs_what_it_is_long() -> None:
    ends(
        "from wslab.network.browser.ws_url import DOMSyntaxError, WsUrl\n"
        "N = 50_000\n"
        "for text in ('a' * N, '/a' * N, '/' + '%2e' * N, '/..' * N, '@' * N, ':' * N, '[' * N):\n"
        "    try:\n"
        "        WsUrl.parse('ws://' + text)\n"
        "    except DOMSyntaxError:\n"
        "        pass\n"
    )
