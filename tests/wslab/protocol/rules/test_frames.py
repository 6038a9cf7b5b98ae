"""Every rule is seen kept and seen broken, and names the frame at fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import CONVERSATIONS, FRAMES, HEADERS_ALONE, Conversation, FrameVector
from tests.wslab.protocol.test_session import steps_of
from wslab.protocol.frames import CloseCode, Frame, FrameHeader, FrameReader, Opcode, Side
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.frames import (
    FRAME_RULES,
    SESSION_RULES,
    check_beginning,
    check_frame,
    check_session,
)
from wslab.protocol.session import Session


def broken(findings: list[Finding]) -> tuple[str, ...]:
    return tuple(finding.rule for finding in findings if not finding.ok)


@pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.name)
def test_frames(vector: FrameVector) -> None:
    frame = Frame.parse(vector.data)
    assert frame is not None
    findings = check_frame(frame, vector.sender)
    assert broken(findings) == vector.breaks
    assert all(finding.sender is vector.sender for finding in findings)


@pytest.mark.parametrize("vector", HEADERS_ALONE, ids=lambda vector: vector.name)
def test_headers_are_judged_before_the_payload_comes(vector: FrameVector) -> None:
    header = FrameHeader.parse(vector.data)
    assert header is not None
    assert broken(check_frame(header, vector.sender)) == vector.breaks


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda item: item.name)
def test_conversations(conversation: Conversation) -> None:
    findings = check_session(steps_of(conversation))
    faults = tuple((finding.index, finding.rule) for finding in findings if not finding.ok)
    assert faults == conversation.breaks


def test_every_rule_has_a_vector_that_keeps_it_and_one_that_breaks_it() -> None:
    seen: set[tuple[str, bool]] = set()
    for vector in FRAMES + HEADERS_ALONE:
        frame = Frame.parse(vector.data) or FrameHeader.parse(vector.data)
        assert frame is not None
        seen |= {(finding.rule, finding.ok) for finding in check_frame(frame, vector.sender)}
    for conversation in CONVERSATIONS:
        for finding in check_session(steps_of(conversation)):
            seen.add((finding.rule, finding.ok))
    names = [rule.name for rule in FRAME_RULES] + [rule.name for rule in SESSION_RULES]
    assert len(names) == len(set(names)) == 16
    assert seen == {(name, ok) for name in names for ok in (True, False)}


def test_a_finding_tells_the_section_and_the_answer() -> None:
    (finding,) = (f for f in check_frame(Frame(Opcode.PING, fin=False), Side.SERVER) if not f.ok)
    assert finding.rfc == "RFC 6455 §5.5" and finding.found == "FIN 0"
    assert finding.close_code is CloseCode.PROTOCOL_ERROR and finding.index is None
    bad_reason = Frame(Opcode.CLOSE, b"\x03\xe8\xff")
    (finding,) = (f for f in check_frame(bad_reason, Side.SERVER) if not f.ok)
    assert finding.close_code is CloseCode.INVALID_FRAME_PAYLOAD_DATA
    assert finding.found == "byte ff at offset 0 of the reason"


@pytest.mark.parametrize("sender", Side, ids=str)
def test_the_first_byte_of_a_frame_is_judged_before_its_header_is_whole(sender: Side) -> None:
    key = b"mask" if sender.must_mask else None
    assert check_beginning(b"", sender) == []
    for size in (1, 2, 3):
        assert (
            check_beginning(Frame(Opcode.TEXT, bytes(200), mask=key).encode()[:size], sender) == []
        )
        data = Frame(15, bytes(200), fin=False, rsv2=True, mask=key).encode()[:size]
        findings = check_beginning(data, sender)
        assert broken(findings) == (
            "reserved-bits-are-zero",
            "opcode-is-defined",
            "control-frame-is-whole",
        )
        assert len(findings) == 3, "what nobody has seen yet is not said to be kept"


def test_a_whole_header_is_judged_whole() -> None:
    header = Frame(Opcode.PING, bytes(126)).header
    assert check_beginning(header.encode(), Side.SERVER) == check_frame(header, Side.SERVER)


def test_data_after_close_is_looked_away_from() -> None:
    """The Close before it was the last word, and its answer is no judgement (RFC 6455 §1.4)."""
    session = Session()
    frames = (Frame(Opcode.CLOSE, b"\x03\xe8"), Frame(Opcode.TEXT, b"a"))
    findings = check_session(session.feed(Side.SERVER, frame) for frame in frames)
    (finding,) = (finding for finding in findings if not finding.ok)
    assert (finding.rule, finding.index) == ("no-data-after-close", 1)
    assert finding.close_code is None and "Answer" not in str(finding)


def test_rsv1_has_a_meaning_only_where_compression_was_agreed_on() -> None:
    frame = Frame(Opcode.TEXT, b"x", rsv1=True)
    assert broken(check_frame(frame, Side.SERVER)) == ("reserved-bits-are-zero",)
    assert broken(check_frame(frame, Side.SERVER, deflate=True)) == ()


@given(st.binary(max_size=200), st.sampled_from(Side), st.booleans())
def test_rules_never_raise(data: bytes, sender: Side, deflate: bool) -> None:
    session = Session()
    frames = FrameReader().feed(data)
    assert isinstance(check_session(session.feed(sender, frame) for frame in frames), list)
    header = FrameHeader.parse(data)
    assert header is None or check_frame(header, sender, deflate)
