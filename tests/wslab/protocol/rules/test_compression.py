"""What the rules of permessage-deflate say about offers and answers."""

from __future__ import annotations

import pytest

from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.rules.compression import DEFLATE_RULES
from wslab.protocol.rules.findings import Finding

PMD = "permessage-deflate"


def judged(offer: str, answer: str = "", status: int = 101) -> list[Finding]:
    request = Request("GET", "/", [("Sec-WebSocket-Extensions", offer)])
    response = Response(status, "", [("Sec-WebSocket-Extensions", answer)] if answer else [])
    checks = [rule.check(Handshake(request, response)) for rule in DEFLATE_RULES]
    return [finding for finding in checks if finding]


def faults(offer: str, answer: str = "") -> dict[str, str]:
    return {finding.rule: finding.found for finding in judged(offer, answer) if not finding.ok}


DECLINED = "; the server declines this offer"
FAILED = "; the client fails the connection"


@pytest.mark.parametrize(
    ("offer", "rule", "found"),
    [
        (f"{PMD}; level=9; fast", "is-defined", "level, fast"),
        (
            f"{PMD}; client_max_window_bits=9; client_max_window_bits=9",
            "does-not-repeat",
            "client_max_window_bits 2 times",
        ),
        (f"{PMD}; client_max_window_bits=7", "has-valid-values", "client_max_window_bits=7"),
        (f"{PMD}, {PMD}; server_max_window_bits", "has-valid-values", "server_max_window_bits"),
    ],
    ids=["unknown", "twice", "too small", "second offer"],
)
def test_faulty_offers(offer: str, rule: str, found: str) -> None:
    assert faults(offer) == {f"deflate-offer-{rule}": found + DECLINED}


@pytest.mark.parametrize(
    ("offer", "answer", "found"),
    [
        (PMD, f"{PMD}, {PMD}", {"deflate-is-answered-once": f"{PMD}, {PMD}{FAILED}"}),
        (PMD, f"{PMD}; level=9", {"deflate-answer-is-defined": f"level{FAILED}"}),
        (
            PMD,
            f"{PMD}; client_max_window_bits=9",
            {
                "deflate-client-window-was-offered": (
                    f"{PMD}; client_max_window_bits=9 in answer to the offer {PMD}{FAILED}"
                )
            },
        ),
        (
            f"{PMD}; server_max_window_bits=9",
            PMD,
            {
                "deflate-answer-grants-an-offer": (
                    f"{PMD} in answer to the offer {PMD}; server_max_window_bits=9{FAILED}"
                )
            },
        ),
        (
            f"{PMD}; server_max_window_bits=9, {PMD}; client_max_window_bits; "
            "server_no_context_takeover",
            f"{PMD}; server_max_window_bits=9; client_max_window_bits=9",
            {
                "deflate-answer-grants-an-offer": (
                    f"{PMD}; server_max_window_bits=9; client_max_window_bits=9 "
                    f"in answer to the offer {PMD}; server_max_window_bits=9, "
                    f"{PMD}; client_max_window_bits; server_no_context_takeover{FAILED}"
                )
            },
        ),
    ],
    ids=["twice", "unknown", "window unasked", "window not granted", "of two offers"],
)
def test_faulty_answers(offer: str, answer: str, found: dict[str, str]) -> None:
    assert faults(offer, answer) == found


@pytest.mark.parametrize("bits", range(8, 16))
def test_every_window_is_valid(bits: int) -> None:
    offer = f"{PMD}; server_max_window_bits={bits}; client_max_window_bits={bits}"
    assert faults(offer, offer) == {}


@pytest.mark.parametrize("bits", ["", "0", "7", "08", "16", "+9", " 9.0", "1e1"])
def test_no_other_window_is(bits: str) -> None:
    assert set(faults(f'{PMD}; server_max_window_bits="{bits}"')) == {
        "deflate-offer-has-valid-values"
    }


def test_an_answer_may_fit_any_of_the_offers() -> None:
    offers = f"{PMD}; server_no_context_takeover, {PMD}; client_max_window_bits=12"
    assert faults(offers, f"{PMD}; server_no_context_takeover") == {}
    assert faults(offers, f"{PMD}; client_max_window_bits=12") == {}
    assert set(faults(offers, f"{PMD}; client_max_window_bits=13")) == {
        "deflate-answer-grants-an-offer"
    }


def test_who_is_judged() -> None:
    for rule in DEFLATE_RULES:
        client = rule.name.startswith("deflate-offer-")
        assert rule.sender is (Side.CLIENT if client else Side.SERVER)


def test_nothing_is_judged_without_deflate_or_an_upgrade() -> None:
    assert judged("x-a", "x-a") == []
    refused = judged(PMD, PMD, status=400)
    assert {finding.sender for finding in refused} == {Side.CLIENT}
