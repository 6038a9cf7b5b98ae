"""Behaviour: what a row says in words, and the answers that rows are made of."""

import pytest

from tests.wslab.network.rogue.rogue_wire import REQUEST
from wslab.network.rogue.behaviour import (
    REFUSES,
    Behaviour,
    BehaviourEnd,
    ClientDuty,
    close,
    closes,
    fails,
    literally,
    refusal,
    upgrade,
)
from wslab.protocol.frames import CloseCode, Frame, Opcode
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.rules.handshake import check_handshake


def test_the_plain_upgrade_breaks_no_rule() -> None:
    response = Response.parse(upgrade()(REQUEST))
    findings = check_handshake(Handshake(REQUEST, response))
    assert [found.rule for found in findings if not found.ok] == []
    assert response is not None and response.status == 101


def test_an_upgrade_can_be_spoiled() -> None:
    spoiled = upgrade(("X-More", "1"), without="Upgrade", version="HTTP/1.0")(REQUEST)
    assert spoiled == (
        b"HTTP/1.0 101 Switching Protocols\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-More: 1\r\n\r\n"
    )


def test_a_request_without_a_key_is_answered_all_the_same() -> None:
    assert upgrade()(Request("GET", "/", [("Host", "a.example")])).startswith(b"HTTP/1.1 101")


def test_a_refusal_counts_the_bytes_of_its_body() -> None:
    data = refusal(404, "Not Found", "é", ("X-More", "1"))(REQUEST)
    assert b"\r\nContent-Length: 2\r\n" in data
    assert data.endswith(b"X-More: 1\r\n\r\n\xc3\xa9")
    assert literally(b"?")(REQUEST) == b"?"


def test_the_duties_of_a_client() -> None:
    lost = CloseCode.ABNORMAL_CLOSURE
    assert REFUSES == ClientDuty("fails the handshake", None, lost)
    assert fails(CloseCode.PROTOCOL_ERROR) == (
        "fails the connection with 1002",
        CloseCode.PROTOCOL_ERROR,
        lost,
    )
    assert closes(CloseCode.NO_STATUS_RECEIVED)[1:] == (1005, 1005)


def test_the_tail_is_frames_and_bytes() -> None:
    frames = (Frame(Opcode.TEXT, b"Hello"), b"\xff", close(1000, b"\xfe"))
    act = Behaviour("a", "b", "", "RFC 6455 §5", REFUSES, upgrade(), frames)
    assert act.tail == b"\x81\x05Hello" + b"\xff" + b"\x88\x03\x03\xe8\xfe"


@pytest.mark.parametrize(
    ("rule", "legal", "told"),
    [("a-rule", False, "a-rule"), ("", True, "legal"), ("", False, "no rule about bytes")],
)
def test_a_row_reads_as_a_line(rule: str, legal: bool, told: str) -> None:
    act = Behaviour("name", "a frame", rule, "RFC 6455 §5", REFUSES, upgrade(), legal=legal)
    assert str(act) == f"name: a frame ({told}, RFC 6455 §5). A client fails the handshake."


def test_an_ending_has_words_and_a_stable_repr() -> None:
    assert repr(BehaviourEnd.DROP) == "BehaviourEnd.DROP"
    assert "FIN" in BehaviourEnd.DROP.value
