"""Every rule of the opening handshake, and the function that checks them all (RFC 6455 §4).

The rules are in three tables, in the order of the bytes they read: what the client
asks, what the server answers, and how the two agree on compression.
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
    """Check every rule that applies to the handshake; return all findings in order.

    Without a response, or after a refusal, the rules of an upgrade do not apply
    and are not listed. A `Finding` names the sender at fault and has no close
    code: the peer answers a faulty handshake with an HTTP status or by ending the
    connection, and `found` says which.
    """
    findings = (rule.check(handshake) for rule in RULES)
    return [finding for finding in findings if finding is not None]
