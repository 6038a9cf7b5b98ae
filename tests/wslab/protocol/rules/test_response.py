"""What the rules of a response say when they are broken, and when they do not apply."""

from __future__ import annotations

import pytest

from tests.handshake_vectors import HANDSHAKES, REQUEST
from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake, Response
from wslab.protocol.rules.response import RESPONSE_RULES

VECTORS = {vector.name: vector for vector in HANDSHAKES}

FOUND = {
    "200": "HTTP/1.1 200 OK; the client fails the connection",
    "post upgraded": "101, although the request breaks request-method-is-get",
    "version 8, answered 400": "400 with no Sec-WebSocket-Version",
    "426 without Upgrade": "no Upgrade",
    "response http 1.0": "HTTP/1.0; the client fails the connection",
    "response h2c": "Upgrade: h2c; the client fails the connection",
    "response closes": "Connection: close; the client fails the connection",
    "no accept": "no Sec-WebSocket-Accept; the client fails the connection",
    "accept in lower case": (
        "s3ppLMBiTxaQ9kYGzzhZRbK+xOo=, but s3pPLMBiTxaQ9kYGzzhZRbK+xOo= answers the key"
        "; the client fails the connection"
    ),
    "subprotocol not offered": "mqtt of chat, superchat offered; the client fails the connection",
    "two subprotocols": (
        "chat, superchat of chat, superchat offered; the client fails the connection"
    ),
    "extension not offered": "x-deflate of nothing offered; the client fails the connection",
    "body length": "Content-Length: 0",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found(name: str) -> None:
    vector = VECTORS[name]
    handshake = Handshake.parse(vector.request, vector.response)
    assert handshake is not None
    findings = [rule.check(handshake) for rule in RESPONSE_RULES]
    [broken] = [finding for finding in findings if finding and not finding.ok]
    assert broken.found == FOUND[name]


def test_every_rule_is_the_server_s() -> None:
    assert {rule.sender for rule in RESPONSE_RULES} == {Side.SERVER}
    assert {rule.name.partition("-")[0] for rule in RESPONSE_RULES} == {"response"}


def test_no_rule_applies_before_the_response() -> None:
    handshake = Handshake.parse(REQUEST)
    assert handshake is not None
    assert {rule.check(handshake) for rule in RESPONSE_RULES} == {None}


@pytest.mark.parametrize(
    ("status", "ok"),
    [(100, False), (101, True), (204, False), (300, True), (401, True), (503, True)],
)
def test_which_statuses_are_answers_to_an_upgrade(status: int, ok: bool) -> None:
    handshake = Handshake.parse(REQUEST, Response(status).encode())
    assert handshake is not None
    [rule] = [rule for rule in RESPONSE_RULES if rule.name == "response-upgrades-or-refuses"]
    finding = rule.check(handshake)
    assert finding is not None
    assert finding.ok is ok


def test_a_refusal_for_two_reasons_need_not_name_versions() -> None:
    request = REQUEST.replace(b"Version: 13", b"Version: 8").replace(b"GET", b"POST")
    handshake = Handshake.parse(request, Response(405).encode())
    assert handshake is not None
    [rule] = [rule for rule in RESPONSE_RULES if rule.name == "response-names-its-versions"]
    assert rule.check(handshake) is None
