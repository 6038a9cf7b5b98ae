import pytest

from wslab.protocol.header_words import header_words, status_words


@pytest.mark.parametrize("name", ["Upgrade", "upgrade", "UPGRADE "])
def test_case_does_not_matter(name):
    assert header_words(name, False)[0].startswith("asks")
    assert header_words(name, True)[0].startswith("agrees")


@pytest.mark.parametrize(
    "name",
    ["Key", "Accept", "Version", "Protocol", "Extensions"],
)
def test_every_websocket_header_has_its_own_words(name):
    words, rfc = header_words(f"Sec-WebSocket-{name}", name == "Accept")
    assert "no part" not in words and rfc.startswith("RFC 6455 §11.3")


def test_a_header_on_the_wrong_side_says_so():
    assert "request header" in header_words("Sec-WebSocket-Key", True)[0]
    assert "response header" in header_words("Sec-WebSocket-Accept", False)[0]


def test_an_unknown_header_plays_no_part():
    assert header_words("X-Anything", False)[0] == "plays no part in the upgrade"


def test_statuses():
    assert "Switching Protocols" in status_words("101")
    assert status_words("418") == "not 101, so nothing was upgraded"


def test_cors_headers_protect_nothing_here():
    assert "CORS" in header_words("Access-Control-Allow-Anything", True)[0]
