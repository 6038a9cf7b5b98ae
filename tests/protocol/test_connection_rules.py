"""Who must wait for the 101, and who must answer a Close frame."""

from __future__ import annotations

import pytest

from tests.protocol.test_recording import DEFLATED, REQUEST, RESPONSE, conversation
from wslab.protocol.connection_rules import check_ending, check_opening
from wslab.protocol.findings import Finding
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.recording import Chunk, Ending, Recording

CLIENT, SERVER = Side.CLIENT, Side.SERVER
BYE = Frame(Opcode.CLOSE, b"\x03\xe8").encode()
MASKED_BYE = Frame(Opcode.CLOSE, b"\x03\xe8", mask=b"abcd").encode()


def verdicts(findings: list[Finding], rule: str) -> list[tuple[bool, Side | None, int | None]]:
    return [(f.ok, f.sender, f.index) for f in findings if f.rule == rule]


def test_a_client_that_waits_and_one_that_does_not() -> None:
    assert check_opening(0).ok
    assert str(check_opening(1234)) == (
        "client-waits-for-the-101 broken by the client: the client sends nothing between its "
        "request and the 101; found 1,234 bytes too early (RFC 6455 §4.1)."
    )


@pytest.mark.parametrize("cut", [1, 20, len(RESPONSE) + 2])
@pytest.mark.parametrize("together", [True, False])
def test_what_comes_before_the_whole_101_is_too_early(cut: int, together: bool) -> None:
    request, response = f"{REQUEST}\r\n".encode(), f"{RESPONSE}\r\n".encode()
    early = Frame(Opcode.PING, mask=b"abcd").encode()
    recording = Recording()
    recording.add(Chunk(0, CLIENT, request + (early if together else b"")))
    recording.add(Chunk(1, SERVER, response[: cut - 1]))
    recording.add(Chunk(2, CLIENT, b"" if together else early))
    recording.add(Chunk(3, SERVER, response[cut - 1 :]))
    recording.add(Chunk(4, CLIENT, early))
    [found] = [f for f in recording.findings() if f.rule == "client-waits-for-the-101"]
    assert (found.ok, found.found) == (False, "6 bytes too early")
    assert len(recording.frames()) == 2


def test_a_usual_conversation_waits() -> None:
    findings = conversation(((CLIENT, MASKED_BYE), (SERVER, BYE)), size=7).findings()
    assert verdicts(findings, "client-waits-for-the-101") == [(True, CLIENT, None)]
    assert verdicts(findings, "close-is-answered") == [(True, SERVER, 1), (True, CLIENT, 0)]


def test_nobody_waits_for_a_refusal() -> None:
    recording = Recording()
    recording.add(Chunk(0, CLIENT, f"{REQUEST}{DEFLATED}\r\n".encode()))
    recording.add(Chunk(1, SERVER, b"HTTP/1.1 403 Forbidden\r\n\r\n"))
    assert verdicts(recording.findings(), "client-waits-for-the-101") == []


@pytest.mark.parametrize(
    ("ends", "faulty", "judged"),
    [
        ({}, (), []),
        ({SERVER: 5.0}, (), [(False, SERVER, None)]),
        ({SERVER: 1.0}, (), []),
        ({CLIENT: 5.0}, (), []),
        ({SERVER: 5.0}, (SERVER,), [(False, SERVER, None)]),
        ({SERVER: 5.0}, (CLIENT,), []),
    ],
    ids=["open", "left", "left before", "the other left", "at fault", "let down"],
)
def test_a_close_without_an_answer(
    ends: dict[Side, float], faulty: tuple[Side, ...], judged: list[object]
) -> None:
    findings = check_ending({CLIENT: (3, 2.0)}, ends, faulty)
    assert verdicts(findings, "close-is-answered") == judged


@pytest.mark.parametrize(("how", "many"), [("eof", 1), ("reset", 1), ("cut", 0)])
def test_an_ended_recording_is_judged(how: str, many: int) -> None:
    recording = conversation(((CLIENT, MASKED_BYE),))
    recording.end(Ending(9, SERVER, how))
    assert len(verdicts(recording.findings(), "close-is-answered")) == many
    recording.truncated = True  # the answer may be among the bytes that were not kept
    assert verdicts(recording.findings(), "close-is-answered") == []
