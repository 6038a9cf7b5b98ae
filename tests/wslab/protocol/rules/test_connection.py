"""Who must wait for the 101, and who must answer a Close frame."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.wslab.protocol.recording.test_recording import DEFLATED, REQUEST, RESPONSE, conversation
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.recording.recording import Chunk, Ending, Recording
from wslab.protocol.rules.connection import ConnectionJudge, check_ending, check_opening
from wslab.protocol.rules.findings import Finding
from wslab.protocol.session import Session

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


# What repeats is counted, and the count is true.

PAYLOADS = [
    *(b"", b"Hello", b"\xe2\x82", b"\xac", b"\x03\xe8", b"\x03\xed", b"x" * 126),
    bytes.fromhex("f248cdc9c90700"),  # "Hello" as permessage-deflate has it
]


def any_frame(rng: random.Random, sender: Side) -> Frame:
    """Mostly as the rules want it."""
    return Frame(
        rng.choice([0, 1, 1, 1, 2, 9] + [8, 3] * (rng.random() < 0.05)),
        rng.choice(PAYLOADS),
        fin=rng.random() < 0.7,
        rsv1=rng.random() < 0.3,
        rsv2=rng.random() < 0.02,
        mask=b"abcd" if sender.must_mask != (rng.random() < 0.05) else None,
        length_size=rng.choice([None, None, None, 2, 8]),
    )


def first_of_each_rule(findings: list[Finding]) -> list[Finding]:
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.rule, finding)
    return list(first.values())


@pytest.mark.parametrize("deflate", [False, True])
def test_a_tally_says_what_all_findings_say(deflate: bool) -> None:
    rng = random.Random(6455)
    for _ in range(100):
        senders = [rng.choice([CLIENT, SERVER]) for _ in range(60)]
        frames = tuple((sender, any_frame(rng, sender).encode()) for sender in senders)
        recording = conversation(frames, deflate)
        for side in rng.sample(list(Side), rng.randrange(3)):
            recording.end(Ending(100, side, "eof"))
        every, (told, again) = recording.findings(), recording.tally()
        assert [f for f in told if not f.ok] == [f for f in every if not f.ok]
        kept, kept_told = ([f for f in found if f.ok] for found in (every, told))
        assert first_of_each_rule(kept_told) == first_of_each_rule(kept)
        assert Counter(f.rule for f in kept_told) + again == Counter(f.rule for f in kept)


def test_what_repeats_is_judged_once() -> None:
    hello = Frame(Opcode.TEXT, b"Hello").encode()
    recording = conversation(((SERVER, hello),) * 1000, size=4096)
    findings, again = recording.tally()
    assert len(findings) < 50
    assert again["text-is-utf8"] == 999


def test_a_fault_is_told_each_time_and_what_it_kept_beside_it_once() -> None:
    judge, session = ConnectionJudge(), Session()
    unmasked = Frame(Opcode.TEXT, b"Hello")
    first, *later = (judge.look(session.feed(CLIENT, unmasked), float(n)) for n in range(3))
    assert len(first) == 7
    assert [[f.rule for f in findings] for findings in later] == [["masked-by-the-client-only"]] * 2
    assert [f.index for findings in later for f in findings] == [1, 2]
    assert judge.again.total() == 12


def test_only_so_many_shapes_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wslab.protocol.rules.connection.MAX_SHAPES", 2)
    judge, session = ConnectionJudge(), Session()
    for size in (1, 2, 3):
        for _ in range(2):
            findings = judge.look(session.feed(SERVER, Frame(Opcode.TEXT, b"x" * size)), 0.0)
        assert bool(findings) is (size == 3)
