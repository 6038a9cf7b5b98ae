"""What two heads agree on: the key, the subprotocol, the extensions."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from websockets.headers import build_extension, parse_extension
from websockets.utils import accept_key as accept_key_of_websockets

from tests.handshake_vectors import HANDSHAKES, REQUEST, REQUEST_2014, RESPONSE, RESPONSE_2014
from wslab.errors import MalformedHandshake
from wslab.protocol.handshake import (
    GUID,
    Deflate,
    Extension,
    Handshake,
    Request,
    Response,
    accept_key,
    parse_extensions,
)


def read(request: bytes, response: bytes = b"") -> Handshake:
    handshake = Handshake.parse(request, response)
    assert handshake is not None
    return handshake


# --- the key ------------------------------------------------------------------------------


def test_the_example_of_the_standard() -> None:
    assert GUID == "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_the_capture_of_2014() -> None:
    assert accept_key("j6MZV0bC4TBsmQHmnlsEyw==") == "Psgr6cQUXMgP1tz5StleqjOWtpE="
    handshake = read(REQUEST_2014, RESPONSE_2014)
    assert handshake.accept == handshake.expected_accept == "Psgr6cQUXMgP1tz5StleqjOWtpE="
    assert handshake.deflate is None


@given(st.binary(min_size=16, max_size=16).map(lambda key: key.hex()))
def test_another_library_computes_the_same(key: str) -> None:
    assert accept_key(key) == accept_key_of_websockets(key)


def test_a_key_outside_latin_1() -> None:
    assert accept_key("é") == accept_key("\xe9")
    with pytest.raises(ValueError, match="latin-1"):
        accept_key("€")


# --- the handshake ------------------------------------------------------------------------


def test_what_the_standard_s_example_agrees_on() -> None:
    handshake = read(REQUEST, RESPONSE)
    assert handshake.upgraded
    assert handshake.key == "dGhlIHNhbXBsZSBub25jZQ=="
    assert handshake.accept == handshake.expected_accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert handshake.subprotocols == ["chat", "superchat"]
    assert handshake.subprotocol == "chat"
    assert handshake.offered_extensions == handshake.extensions == []
    assert handshake.deflate is None


def test_before_the_response() -> None:
    handshake = read(REQUEST)
    assert handshake.response is None
    assert not handshake.upgraded
    assert handshake.expected_accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert handshake.accept is None
    assert handshake.subprotocol is None
    assert handshake.extensions == []
    assert handshake.deflate is None


def test_without_a_key() -> None:
    handshake = Handshake(Request("GET", "/"), Response(404))
    assert not handshake.upgraded
    assert handshake.key is handshake.expected_accept is handshake.accept is None


def test_both_directions_in_pieces() -> None:
    for size in range(len(REQUEST)):
        assert Handshake.parse(REQUEST[:size], RESPONSE) is None
    for size in range(len(RESPONSE)):
        assert read(REQUEST, RESPONSE[:size]).response is None
    assert read(REQUEST + b"\x81\x80", RESPONSE + b"\x81\x00") == read(REQUEST, RESPONSE)


def test_malformed_in_either_direction() -> None:
    with pytest.raises(MalformedHandshake, match="not a request from a client"):
        Handshake.parse(b"\x16\x03\x01", b"")
    with pytest.raises(MalformedHandshake, match="not a response from a server"):
        Handshake.parse(REQUEST, b"\x81\x05")


@pytest.mark.parametrize("vector", HANDSHAKES, ids=lambda vector: vector.name)
def test_every_vector_keeps_its_bytes(vector) -> None:
    handshake = read(vector.request, vector.response)
    assert handshake.request.encode() == vector.request
    if handshake.response is not None:
        assert handshake.response.encode() == vector.response


# --- extensions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "extensions"),
    [
        ("", []),
        (" , ,\t", []),
        ("a", [Extension("a")]),
        ("a, b", [Extension("a"), Extension("b")]),
        ("a ;b ; c = 1", [Extension("a", (("b", None), ("c", "1")))]),
        ("a;b=", [Extension("a", (("b", ""),))]),
        ("a;b=1;b=2", [Extension("a", (("b", "1"), ("b", "2")))]),
        ('a; b="1"', [Extension("a", (("b", "1"),))]),
        (r'a; b="x,y;\"z\\", c', [Extension("a", (("b", 'x,y;"z\\'),)), Extension("c")]),
        ('a; b="1, c', [Extension("a", (("b", '"1, c'),))]),
        ('a; b="', [Extension("a", (("b", '"'),))]),
        ("a;", [Extension("a", (("", None),))]),
        (";", [Extension("", (("", None),))]),
        (";a=b", [Extension("", (("a", "b"),))]),
        (
            "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
            [
                Extension("permessage-deflate", (("client_max_window_bits", None),)),
                Extension("x-webkit-deflate-frame"),
            ],
        ),
    ],
    ids=repr,
)
def test_extensions(value: str, extensions: list[Extension]) -> None:
    assert parse_extensions(value) == extensions


def test_an_extension_shows_as_it_is_written() -> None:
    text = "permessage-deflate; server_no_context_takeover; client_max_window_bits=10"
    assert [str(extension) for extension in parse_extensions(f"{text}, a")] == [text, "a"]


@given(st.text() | st.text(';,="\\a '))
@example(";")
@example('a;b="' + '\\"' * 30_000)  # quadratic work would take minutes
def test_any_text_is_read(value: str) -> None:
    for extension in parse_extensions(value):
        assert all(isinstance(name, str) for name, _ in extension.params)


NAMES = st.text("abcXYZ019-_", min_size=1, max_size=5)
PARAMS = st.lists(st.tuples(NAMES, st.none() | NAMES), max_size=3)


@given(st.lists(st.tuples(NAMES, PARAMS), min_size=1, max_size=3))
def test_another_library_writes_and_reads_the_same(extensions) -> None:
    value = build_extension(extensions)
    ours = [(found.name, list(found.params)) for found in parse_extensions(value)]
    assert ours == parse_extension(value) == extensions


# --- permessage-deflate -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "deflate"),
    [
        ("permessage-deflate", Deflate()),
        ("x-a, permessage-deflate", Deflate()),
        ("x-a", None),
        ("permessage-deflate; server_no_context_takeover", Deflate(True)),
        ("permessage-deflate; client_no_context_takeover", Deflate(False, True)),
        (
            'permessage-deflate; server_max_window_bits=8; client_max_window_bits="9"',
            Deflate(False, False, 8, 9),
        ),
        (
            "permessage-deflate; server_max_window_bits=12, permessage-deflate",
            Deflate(False, False, 12),
        ),
        ("permessage-deflate; server_max_window_bits=7; client_max_window_bits=08", Deflate()),
        ("permessage-deflate; server_max_window_bits; client_max_window_bits=99", Deflate()),
    ],
    ids=repr,
)
def test_deflate_is_taken_from_the_response(answer: str, deflate: Deflate | None) -> None:
    request = Request("GET", "/", [("Sec-WebSocket-Extensions", "permessage-deflate")])
    headers = [("Sec-WebSocket-Extensions", part) for part in answer.split(", ")]
    assert Handshake(request, Response(101, "", headers)).deflate == deflate
    assert Handshake(request, Response(200, "", headers)).deflate is None
    assert Handshake(request).deflate is None
