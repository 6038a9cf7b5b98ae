"""Every rule of the opening handshake, and the verb that holds them all (RFC 6455 §4).

The rules stand in three tables, in the order in which they are read on the wire:
what the client asks, what the server answers, and how the two agree to compress.
"""

from __future__ import annotations

from typing import Final

from wslab.protocol.handshake import Handshake
from wslab.protocol.rules.compression import DEFLATE_RULES
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.request import REQUEST_RULES
from wslab.protocol.rules.response import RESPONSE_RULES
from wslab.protocol.rules.rule import Rule

RULES: Final[tuple[Rule[Handshake], ...]] = (*REQUEST_RULES, *RESPONSE_RULES, *DEFLATE_RULES)


def check_handshake(handshake: Handshake) -> list[Finding]:
    """Hold every rule that applies against the handshake, kept or broken, in order.

    Without a response, or after a refusal, the rules of an upgrade do not apply
    and are not listed. A `Finding` names the sender at fault and has no close
    code: a faulty handshake is answered by an HTTP status or by hanging up, and
    `found` says which.
    """
    findings = (rule.check(handshake) for rule in RULES)
    return [finding for finding in findings if finding is not None]
