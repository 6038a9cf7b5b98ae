"""Secrets are hidden, and no byte moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import ends
from wslab.protocol.http_head import Request
from wslab.protocol.redaction import (
    SECRET_HEADERS,
    redacted,
    redacted_stream,
    redacted_text,
)


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        (b"Cookie: a=b; c=d\r\n", b"Cookie: **** ***\r\n"),
        (b"X: 1\r\ncookie:abc \r\nY: 2\r\n", b"X: 1\r\ncookie:*** \r\nY: 2\r\n"),
        (b"Set-Cookie: a\xe9\n", b"Set-Cookie: **\n"),
        (b"Authorization : Basic YWJj\r\n", b"Authorization : ***** ****\r\n"),
        (b"Proxy-Authorization: x", b"Proxy-Authorization: *"),
        (b"Cookie: a\r\n b\r\nHost: c\r\n", b"Cookie: *\r\n *\r\nHost: c\r\n"),
        (b"X-Cookie: a\r\nCookies: b\r\n", b"X-Cookie: a\r\nCookies: b\r\n"),
        (b"GET /?token=abc HTTP/1.1\r\n", b"GET /?token=*** HTTP/1.1\r\n"),
        (b"GET /?a=1&access_token=abc&b=2 H", b"GET /?a=1&access_token=***&b=2 H"),
        (b"GET /?apiKey=1;SID=2#auth=3 H", b"GET /?apiKey=*;SID=*#auth=* H"),
        (b"GET /;jsessionid=1?a=2&session_id=3 H", b"GET /;jsessionid=*****&session_id=* H"),
        (b"GET /?monkey=1&author=2&tokens= H", b"GET /?monkey=1&author=2&tokens= H"),
        (b"GET http://me:pw@host/ HTTP/1.1", b"GET http://*****@host/ HTTP/1.1"),
        (
            b"Sec-WebSocket-Protocol: chat, ticket.a1b2c3d4e5f6a7b8\r\n",
            b"Sec-WebSocket-Protocol: chat, ticket.****************\r\n",
        ),
        (
            b"sec-websocket-protocol: eyJhbGciOiJIUzI1NiJ9.e30.x",
            b"sec-websocket-protocol: ********************.e30.x",
        ),
        (b"Sec-WebSocket-Protocol: v1.kernel.websocket.jupyter.org, graphql-transport-ws",) * 2,
        (b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",) * 2,
        (b"Referer: http://h/lab?token=abc\r\n", b"Referer: http://h/lab?token=***\r\n"),
    ],
    ids=repr,
)
def test_what_is_hidden(head: bytes, shown: bytes) -> None:
    assert redacted(head) == shown


@pytest.mark.parametrize("name", sorted(SECRET_HEADERS))
def test_each_secret_header(name: str) -> None:
    assert redacted(f"{name.title()}: abc\r\n".encode()) == f"{name.title()}: ***\r\n".encode()


def test_what_follows_the_head_is_left_alone() -> None:
    head, frames = b"GET / HTTP/1.1\r\nCookie: a\r\n\r\n", b"\x81\x05\nCookie: a\r\n?token=a"
    assert redacted(head + frames) == head.replace(b"a\r", b"*\r") + frames


PIECES = st.sampled_from(
    [b"Cookie", b": ", b"?token=", b"&key=", b"://", b"@", b"\r\n", b"\n", b" ", b"abc", b"\xff"]
)


@given(st.lists(PIECES | st.binary(max_size=3)).map(b"".join))
def test_length_line_ends_and_a_second_time(head: bytes) -> None:
    shown = redacted(head)
    assert len(shown) == len(head)
    for before, after in zip(head, shown, strict=True):
        assert after == before or (after == ord("*") and chr(before) not in " \t\r\n")
    assert redacted(shown) == shown


def test_a_redacted_head_is_still_a_head() -> None:
    head = b"GET /?token=abc HTTP/1.1\r\nHost: h\r\nCookie: a=b;\r\n c=d\r\n\r\n"
    request = Request.parse(redacted(head))
    assert request is not None
    assert (request.target, request.headers.get("Cookie")) == ("/?token=***", "**** ***")


def test_a_sentence_that_quotes_a_url_keeps_its_other_characters() -> None:
    said = "ws://me:pw@h/\udcff\ud800?token=abc was not reached: é"
    assert redacted_text(said) == "ws://*****@h/\udcff\ud800?token=*** was not reached: é"


def test_a_long_word_of_a_subprotocol_is_a_token_wherever_its_digit_is() -> None:
    for word in (b"1" + b"a" * 15, b"a" * 15 + b"1", b"a" * 8 + b"1" + b"a" * 8):
        head = b"Sec-WebSocket-Protocol: chat, " + word
        assert redacted(head) == b"Sec-WebSocket-Protocol: chat, " + b"*" * len(word)


def test_each_head_of_a_stream_is_redacted_and_the_bodies_are_not() -> None:
    head, body = b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\n\r\n", b"0\r\n\r\n"
    shown = head.replace(b"a\r", b"*\r")
    assert redacted_stream(head + body + head + b"Cookie") == shown + body + shown + b"Cookie"
    assert redacted_stream(b"") == b""


# Each repeats what one of the patterns begins with, so that a pattern which looks ahead, or
# starts anew inside of what it has seen, would look at everything once more from every place.
LONG = [
    "b'Sec-WebSocket-Protocol: ' + b'a' * N",
    "b'Sec-WebSocket-Protocol: ' + b'a ' * N",
    "b'Sec-WebSocket-Protocol:\\n' * (N // 24)",
    "b'Cookie' + b' ' * N",
    "b'Cookie ' * N",
    "b'Cookie:' + b'\\n ' * N",
    "b'?' * N",
    "b'?' + b'token' * N",
    "b'?token' * N",
    "b'&session-' * N",
    "b'://' * N",
    "b'://' + b'a' * N",
    "b'://:' * N + b' @'",
    "b'\\r' * N",
    "b'\\n' * N",
]


def test_the_cost_grows_with_the_length_and_not_with_its_square() -> None:
    ends(
        "from wslab.protocol.redaction import redacted, redacted_stream\n"
        "N = 100_000\n"
        f"for text in ({', '.join(LONG)}):\n"
        "    assert len(redacted(text)) == len(redacted_stream(text)) == len(text)\n"
    )
