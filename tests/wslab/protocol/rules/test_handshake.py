"""Every rule of the handshake is seen kept and seen broken, and real handshakes keep them all."""

from __future__ import annotations

import pytest
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from tests.handshake_vectors import HANDSHAKES, HandshakeVector
from wslab.protocol.handshake import Deflate, Handshake
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.handshake import RULES, check_handshake


def read(vector: HandshakeVector) -> Handshake:
    handshake = Handshake.parse(vector.request, vector.response)
    assert handshake is not None
    return handshake


def broken(findings: list[Finding]) -> tuple[str, ...]:
    return tuple(finding.rule for finding in findings if not finding.ok)


@pytest.mark.parametrize("vector", HANDSHAKES, ids=lambda vector: vector.name)
def test_handshakes(vector: HandshakeVector) -> None:
    findings = check_handshake(read(vector))
    assert broken(findings) == vector.breaks
    for finding in findings:
        assert finding.found and finding.rfc.startswith("RFC ")
        assert (finding.close_code, finding.index) == (None, None)
        assert finding.sender is not None
    order = [rule.name for rule in RULES]
    assert [order.index(finding.rule) for finding in findings] == sorted(
        order.index(finding.rule) for finding in findings
    )


def test_names_of_vectors_are_unique() -> None:
    names = [vector.name for vector in HANDSHAKES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_vector_that_keeps_it_and_one_that_breaks_it(rule) -> None:
    findings = [rule.check(read(vector)) for vector in HANDSHAKES]
    assert {finding.ok for finding in findings if finding is not None} == {True, False}


def test_names_of_rules_are_unique_and_say_whose_they_are() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names)) == 40
    for rule in RULES:
        side = {"request": "client", "response": "server"}.get(rule.name.split("-")[0])
        assert side in (None, rule.sender.value)


def test_without_a_response_only_the_client_is_judged() -> None:
    [vector] = [vector for vector in HANDSHAKES if vector.name == "no response yet"]
    assert {finding.sender.value for finding in check_handshake(read(vector))} == {"client"}


def test_a_refusal_is_not_judged_as_an_upgrade() -> None:
    [vector] = [vector for vector in HANDSHAKES if vector.name == "forbidden"]
    of_server = [f for f in check_handshake(read(vector)) if f.sender.value == "server"]
    assert [f.rule for f in of_server] == ["response-is-plain-http", "response-upgrades-or-refuses"]
    assert of_server[1].found == "HTTP/1.1 403 Forbidden"


def test_a_finding_shows_what_was_there_and_who_answers_how() -> None:
    [vector] = [vector for vector in HANDSHAKES if vector.name == "h2c"]
    [finding] = [finding for finding in check_handshake(read(vector)) if not finding.ok]
    assert finding.found == "Upgrade: h2c; the server answers 400"
    assert str(finding).startswith("request-upgrade-names-websocket broken by the client: ")


def meet(client: ClientProtocol, server: ServerProtocol) -> Handshake:
    """Let the two libraries shake hands in memory, and read their bytes."""
    client.send_request(client.connect())
    asked = b"".join(client.data_to_send())
    server.receive_data(asked)
    [request] = server.events_received()
    server.send_response(server.accept(request))
    handshake = Handshake.parse(asked, b"".join(server.data_to_send()))
    assert handshake is not None
    return handshake


def test_the_handshake_of_a_real_library_keeps_every_rule() -> None:
    client = ClientProtocol(parse_uri("ws://localhost:8765/chat?room=1"), subprotocols=["chat"])
    handshake = meet(client, ServerProtocol(subprotocols=["chat"]))
    assert broken(check_handshake(handshake)) == ()
    assert handshake.upgraded
    assert (handshake.subprotocol, handshake.deflate) == ("chat", None)


@pytest.mark.parametrize(
    ("offer", "answer", "agreed"),
    [
        ({"client_max_window_bits": True}, {}, Deflate()),
        (
            {"client_max_window_bits": True},
            {"server_max_window_bits": 12, "client_max_window_bits": 12},
            Deflate(server_max_window_bits=12, client_max_window_bits=12),
        ),
        (
            {"server_no_context_takeover": True, "client_no_context_takeover": True},
            {},
            Deflate(server_no_context_takeover=True, client_no_context_takeover=True),
        ),
        ({"server_max_window_bits": 9}, {}, Deflate(server_max_window_bits=9)),
    ],
    ids=["defaults", "windows of 12", "no takeover", "a server window of 9"],
)
def test_compression_of_a_real_library_is_agreed_by_the_rules(offer, answer, agreed) -> None:
    uri = parse_uri("ws://localhost/")
    client = ClientProtocol(uri, extensions=[ClientPerMessageDeflateFactory(**offer)])
    server = ServerProtocol(extensions=[ServerPerMessageDeflateFactory(**answer)])
    handshake = meet(client, server)
    assert broken(check_handshake(handshake)) == ()
    assert handshake.deflate == agreed
