"""A finding as a sentence."""

from __future__ import annotations

from wslab.protocol.frames import CloseCode, Side
from wslab.protocol.rules.findings import Finding


def test_a_broken_rule_says_who_what_where_and_the_answer() -> None:
    finding = Finding(
        "masking",
        False,
        "a client masks",
        "no mask",
        CloseCode(1002),
        "RFC 6455 §5.1",
        Side.CLIENT,
        3,
    )
    assert str(finding) == (
        "masking broken by the client in frame 3: a client masks; found no mask (RFC 6455 §5.1)."
        " Answer: close code 1002."
    )


def test_a_kept_rule_needs_no_answer() -> None:
    finding = Finding("masking", True, "a client masks", "a mask", CloseCode(1002), "RFC 6455 §5.1")
    assert str(finding) == "masking passed: a client masks; found a mask (RFC 6455 §5.1)."
