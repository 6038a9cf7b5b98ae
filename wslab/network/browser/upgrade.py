"""What a browser's WebSocket asks of a server, and which answer it takes (WebSockets §2).

And what a client that is less choosy reads: `read_101`.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from wslab.errors import MalformedHandshake, WslabError
from wslab.network.browser.ws_url import WsUrl
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.rules.handshake import RULES
from wslab.protocol.rules.rule import FAIL

#: The rules of RFC 6455 and RFC 7692 over which a browser fails the connection. The last one
#: leaves the answer open; browsers give this one.
_FATAL: Final = [
    rule for rule in RULES if rule.answer == FAIL or rule.name == "response-subprotocol-comes-once"
]


def upgrade_request(url: WsUrl, subprotocols: Sequence[str]) -> Request:
    """A request with a new random key. There is no document, so no Origin and no cookies."""
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
    """Does a browser open the connection with this answer?"""
    if not handshake.upgraded:
        return False
    findings = [rule.check(handshake) for rule in _FATAL]
    if any(finding is not None and not finding.ok for finding in findings):
        return False
    # RFC 6455 lets a server choose no subprotocol. The WebSockets standard does not, once
    # the client offered some.
    return not handshake.subprotocols or handshake.subprotocol is not None


def read_101(data: bytes, ended: bool) -> tuple[Response, bytes] | None:
    """The 101 that `data` begins with, and the bytes behind it; None while it is incomplete.

    WslabError when it will not come: `data` is no HTTP, has another status, or `ended`.
    """
    try:
        response = Response.parse(data)
    except MalformedHandshake as error:
        raise WslabError(f"the server did not answer with HTTP: {error}") from error
    if response is None:
        if ended:
            raise WslabError(
                "the server ended the connection before it answered the handshake; "
                "check that it speaks WebSocket."
            )
        return None
    if response.status != 101:
        raise WslabError(
            f"the server refused the handshake: {response.start_line!r}, and not 101; "
            "check the path of the URL."
        )
    return response, data[len(response) :]
