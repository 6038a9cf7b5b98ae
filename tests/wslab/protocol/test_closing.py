"""Close codes, and the payload of a Close frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wslab.protocol.closing import CLOSE_CODES, CloseCode, ClosePayload


@given(st.binary(max_size=130))
def test_the_law_holds_for_any_payload(payload: bytes) -> None:
    said = ClosePayload.parse(payload)
    assert said.encode() == payload
    assert eval(repr(said)) == said


def test_code_and_reason() -> None:
    said = ClosePayload.parse(b"\x03\xe9bye")
    assert said.code is CloseCode.GOING_AWAY and said.reason == "bye"
    assert said == ClosePayload(1001, "bye") and hash(said) == hash(ClosePayload(1001, "bye"))
    assert said != b"\x03\xe9bye"
    assert repr(said) == "ClosePayload(CloseCode.GOING_AWAY, 'bye')"
    assert repr(ClosePayload(4001)) == "ClosePayload(4001, '')"


def test_no_code() -> None:
    assert ClosePayload().encode() == b"" and ClosePayload.parse(b"").code is None
    one = ClosePayload.parse(b"\x03")
    assert one.code is None and one.reason_bytes == b"\x03"
    with pytest.raises(ValueError, match="a reason needs a close code before it"):
        ClosePayload(reason="bye")


def test_it_does_not_change() -> None:
    said = ClosePayload(1000, "bye")
    with pytest.raises(AttributeError):
        said.code = 1001  # type: ignore[misc]
    with pytest.raises(AttributeError):
        said.reason_bytes = b""  # type: ignore[misc]


def test_a_reason_that_is_not_utf8_is_kept_and_shown() -> None:
    said = ClosePayload.parse(b"\x03\xe8\xc3(")
    assert said.reason == "\ufffd(" and said.reason_bytes == b"\xc3("


def test_a_code_has_sixteen_bits() -> None:
    with pytest.raises(ValueError, match="found 65536"):
        ClosePayload(65536)


def test_the_codes_that_are_never_sent() -> None:
    assert [int(code) for code in CloseCode if not code.sendable] == [1005, 1006, 1015]
    assert all(code.phrase for code in CloseCode)
    assert 1004 not in CLOSE_CODES  # reserved, without a meaning
