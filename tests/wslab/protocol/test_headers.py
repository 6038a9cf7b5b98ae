"""Headers keep order, case, repeats and white space, and never show a secret."""

from __future__ import annotations

import pytest

from wslab.protocol.headers import FIELD, FIRST_FIELD, Headers

LINES = (
    b"Host:  server.example.com\t\r\n",
    b"Connection: keep-alive\r\n",
    b"connection: Upgrade, ,\r\n",
    b"X-Folded: one\r\n",
    b"\t two\n",
    b"X-Empty:\r\n",
    b"X-Latin: caf\xe9\r\n",
)
HEADERS = Headers.of_lines(LINES)


def test_bytes_are_kept() -> None:
    assert HEADERS.encode() == b"".join(LINES)


def test_items_in_order() -> None:
    assert list(HEADERS) == [
        ("Host", "server.example.com"),
        ("Connection", "keep-alive"),
        ("connection", "Upgrade, ,"),
        ("X-Folded", "one two"),
        ("X-Empty", ""),
        ("X-Latin", "café"),
    ]
    assert len(HEADERS) == 6


def test_lookups_ignore_case() -> None:
    assert HEADERS.get("HOST") == "server.example.com"
    assert HEADERS.get("connection") == "keep-alive"
    assert HEADERS.get_all("CONNECTION") == ["keep-alive", "Upgrade, ,"]
    assert HEADERS.tokens("Connection") == ["keep-alive", "Upgrade"]
    assert "hOST" in HEADERS
    assert "X-Empty" in HEADERS


def test_a_value_by_its_name() -> None:
    assert HEADERS["CONNECTION"] == "keep-alive"
    with pytest.raises(KeyError, match="Upgrade"):
        HEADERS["Upgrade"]


def test_what_is_missing() -> None:
    assert HEADERS.get("Upgrade") is None
    assert HEADERS.get("Upgrade", "none") == "none"
    assert HEADERS.get_all("Upgrade") == HEADERS.tokens("Upgrade") == []
    assert "Upgrade" not in HEADERS
    assert 1 not in HEADERS
    assert list(Headers()) == []


def test_built_by_hand() -> None:
    headers = Headers([("Host", "a"), ("X-Latin", "é"), ("X-Empty", "")])
    assert headers.encode() == b"Host: a\r\nX-Latin: \xe9\r\nX-Empty: \r\n"
    assert Headers(headers) == headers


def test_equal_when_the_bytes_are() -> None:
    one = Headers([("Host", "a")])
    assert one == Headers.of_lines([b"Host: a\r\n"])
    assert hash(one) == hash(Headers.of_lines([b"Host: a\r\n"]))
    assert one != Headers.of_lines([b"host: a\r\n"])
    assert one != [("Host", "a")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "a"),
        ("A B", "a"),
        ("A:", "a"),
        ("A: b\r\nC", "d"),
        ("é", "a"),
        ("A", "b\r\nC: d"),
        ("A", "b\nC: d"),
        ("A", "b\0"),
        ("A", "€"),
        (" A", "b"),
    ],
    ids=repr,
)
def test_what_cannot_be_written(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be written as a header"):
        Headers([(name, value)])


def test_a_secret_is_shown_in_no_repr_and_no_error() -> None:
    headers = Headers([("Host", "a"), ("cookie", "sid=1234"), ("Referer", "/?token=1234")])
    assert repr(headers) == (
        "Headers([('Host', 'a'), ('cookie', '(redacted, 8 bytes)'), ('Referer', '/?token=****')])"
    )
    with pytest.raises(ValueError, match="redacted, 6 bytes"):
        Headers([("Cookie", "1234\r\n")])


def test_patterns_of_a_line() -> None:
    assert all(map(FIELD.fullmatch, LINES))
    assert [line for line in LINES if not FIRST_FIELD.fullmatch(line)] == [b"\t two\n"]
