"""A server's URL is read the same way by every tool, and a bad one is refused in one sentence."""

from __future__ import annotations

import pytest

from wslab.errors import NotRunning, WslabError
from wslab.network.background import Service
from wslab.network.echo import EchoServer
from wslab.network.targets import as_unicode, split_target, url_of


def test_the_parts_of_a_url() -> None:
    parts = split_target("wss://ann@[::1]:8443/echo?x=1", "Tap")
    assert (parts.scheme, parts.hostname, parts.port) == ("wss", "::1", 8443)
    assert (parts.path, parts.query) == ("/echo", "x=1")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (42, "Tap wants a URL as text, found 42"),
        ("ws://a b/", "no space"),
        ("ws://[::1/", "cannot read the URL"),
        ("ftp://a/", "the scheme 'ftp'"),
        ("a:80/", "'a'"),
        ("/echo", "no scheme"),
        ("ws:///echo", "a host and a port above 0"),
        ("ws://a:0/", "a host and a port above 0"),
        ("ws://a/#end", "no '#' part"),
    ],
    ids=str,
)
def test_a_bad_url_is_refused_in_words(target: object, said: str) -> None:
    with pytest.raises(WslabError, match=said):
        split_target(target, "Tap")  # type: ignore[arg-type]


def test_the_url_of_a_server_or_of_a_text() -> None:
    with EchoServer() as server:
        assert url_of(server, "Tap") == server.url
    with pytest.raises(NotRunning, match="call server.start"):
        url_of(server, "Tap")
    assert url_of(" ws://a/ ", "Tap") == "ws://a/"


@pytest.mark.parametrize("target", [42, None, b"ws://a/", Service()], ids=repr)
def test_what_has_no_url_is_refused_with_the_next_step(target: object) -> None:
    with pytest.raises(WslabError, match=r"Page wants a server, .* found .*Try Page\(server\)"):
        url_of(target, "Page")


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(WslabError) as caught:
        split_target("ftp://ann:s3cret@a/?token=s3cret", "Tap")
    assert "s3cret" not in str(caught.value)


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert as_unicode("a\ud800b\udc00") == "a\ufffdb\ufffd"
    assert as_unicode("\ud83d\ude00") == "😀"
