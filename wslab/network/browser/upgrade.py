"""What a browser's WebSocket asks of a server, and which answer it accepts (WebSockets §2)."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from wslab.network.browser.ws_url import WsUrl
from wslab.protocol.handshake import Handshake, Request
from wslab.protocol.rules.handshake import RULES
from wslab.protocol.rules.rule import FAIL

#: The rules of RFC 6455 and RFC 7692 over which a browser fails the connection. The last one
#: leaves the answer open; browsers give this one.
_FATAL: Final = [
    rule for rule in RULES if rule.answer == FAIL or rule.name == "response-subprotocol-comes-once"
]


def upgrade_request(url: WsUrl, subprotocols: Sequence[str]) -> Request:
    """A request with a new random key. Without a document it has no Origin and no cookies."""
    headers = [
        ("Host", url.host_header),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", b64encode(secrets.token_bytes(16)).decode()),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ]
    if subprotocols:
        headers.append(("Sec-WebSocket-Protocol", ", ".join(subprotocols)))
    return Request("GET", url.target, headers)


def is_acceptable(handshake: Handshake) -> bool:
    """Does a browser open the connection after this answer?"""
    if not handshake.upgraded:
        return False
    findings = [rule.check(handshake) for rule in _FATAL]
    if any(finding is not None and not finding.ok for finding in findings):
        return False
    # RFC 6455 lets a server choose no subprotocol. The WebSockets standard does not, if the
    # client offered any.
    return not handshake.subprotocols or handshake.subprotocol is not None
