"""URLs as a browser reads them; tests/browser compares the same table with Chromium."""

import pytest

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
        ("ws://a<b/", "'a<b' is no host"),
    ],
    ids=ascii,
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


def test_a_port_of_more_digits_than_python_reads() -> None:
    """Python turns at most 4,300 digits into a number; a browser strips zeros first."""
    with pytest.raises(DOMSyntaxError, match="its port"):
        WsUrl.parse(f"ws://example.com:{5_000 * '9'}/")
    assert WsUrl.parse(f"ws://example.com:{5_000 * '0'}81/").href == "ws://example.com:81/"
