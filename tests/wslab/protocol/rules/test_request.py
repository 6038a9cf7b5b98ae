"""What the rules of a request say when they are broken: the real value, and who answers how."""

from __future__ import annotations

import pytest

from tests.handshake_vectors import HANDSHAKES
from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake
from wslab.protocol.rules.request import REQUEST_RULES

VECTORS = {vector.name: vector for vector in HANDSHAKES}

FOUND = {
    "lines end with LF": "a line that ends with LF alone (byte 18)",
    "post": "POST; the server answers 400 or 405",
    "http 1.0": "HTTP/1.0; the server answers 400",
    "ws url as target": "ws://server.example.com/chat; the server answers 400",
    "fragment": "/chat#top; the server answers 400",
    "no host": "no Host; the server answers 400",
    "two hosts": "Host: server.example.com and Host: other; the server answers 400",
    "keep-alive": "Connection: keep-alive; the server answers 400",
    "key of 15 bytes": "'dGhlIHNhbXBsZSBub25j', which is 15 bytes; the server answers 400",
    "key is not base64": "'the sample nonce', which is not base64; the server answers 400",
    "version 8, answered 426": (
        "Sec-WebSocket-Version: 8; the server answers 426 with the versions it speaks"
    ),
    "no version": (
        "no Sec-WebSocket-Version; the server answers 426 with the versions it speaks"
    ),
    "origin with a path": "Origin: http://example.com/page",
    "subprotocol twice": "Sec-WebSocket-Protocol: chat, chat; the server answers 400",
    "extensions without a name": "Sec-WebSocket-Extensions: ;a=b; the server answers 400",
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found(name: str) -> None:
    vector = VECTORS[name]
    handshake = Handshake.parse(vector.request)
    assert handshake is not None
    findings = [rule.check(handshake) for rule in REQUEST_RULES]
    [broken] = [finding for finding in findings if finding and not finding.ok]
    assert broken.found == FOUND[name]


def test_every_rule_is_the_client_s_and_needs_no_response() -> None:
    assert {rule.sender for rule in REQUEST_RULES} == {Side.CLIENT}
    assert {rule.name.partition("-")[0] for rule in REQUEST_RULES} == {"request"}


def test_a_token_in_the_target_is_not_shown() -> None:
    handshake = Handshake.parse(b"GET /?token=1234#a HTTP/1.1\r\n\r\n")
    assert handshake is not None
    findings = [rule.check(handshake) for rule in REQUEST_RULES]
    shown = " ".join(finding.found for finding in findings if finding)
    assert "/?token=****#a" in shown
    assert "1234" not in shown


@pytest.mark.parametrize(
    ("origin", "ok"),
    [
        ("null", True),
        ("http://localhost:8888", True),
        ("chrome-extension://abc", True),
        ("file://", True),
        ("http://a http://b", True),
        ("", False),
        ("localhost", False),
        ("http://a/", False),
        ("http://me@a", False),
        ("null http://a", False),
    ],
)
def test_origins(origin: str, ok: bool) -> None:
    handshake = Handshake.parse(f"GET / HTTP/1.1\r\nOrigin: {origin}\r\n\r\n".encode())
    assert handshake is not None
    [rule] = [rule for rule in REQUEST_RULES if rule.name == "request-origin-is-an-origin"]
    finding = rule.check(handshake)
    assert finding is not None
    assert finding.ok is ok
