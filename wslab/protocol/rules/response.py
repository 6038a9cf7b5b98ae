"""What RFC 6455 demands of a server's response, one function per rule (§4.1, §4.2.2).

Most apply only to a 101. A refusal is a valid answer, with two rules of its own.
"""

from __future__ import annotations

from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake
from wslab.protocol.headers import Headers
from wslab.protocol.rules.request import REQUEST_RULES
from wslab.protocol.rules.rule import (
    FAIL,
    Outcome,
    Rules,
    extensions_outcome,
    has_token,
    is_token,
    plain_outcome,
    shown,
    version_outcome,
)

RESPONSE_RULES: Final = Rules[Handshake](sender=Side.SERVER)
_rule = RESPONSE_RULES.rule


@_rule(
    "RFC 9112 §2.2, §5.2; RFC 9110 §5.5",
    "each line of the response ends with CRLF, is not folded, and has no control characters",
)
def response_is_plain_http(at: Handshake) -> Outcome:
    return None if at.response is None else plain_outcome(at.response)


@_rule(
    "RFC 6455 §4.1, §4.2.2",
    "a request to upgrade is answered with 101, or refused with a status of 300 or more",
    FAIL,
)
def response_upgrades_or_refuses(at: Handshake) -> Outcome:
    if at.response is None or not has_token(at.request.headers, "Upgrade", "websocket"):
        return None
    status = at.response.status
    return status == 101 or status >= 300, at.response.start_line


@_rule("RFC 6455 §4.2.1", "the server answers 101 only to a request that keeps the rules")
def response_upgrades_a_valid_request(at: Handshake) -> Outcome:
    if not at.upgraded:
        return None
    faults = _reasons_to_refuse(at)
    broken = f"101, although the request breaks {', '.join(faults)}"
    return not faults, broken if faults else "a valid request"


def _reasons_to_refuse(at: Handshake) -> list[str]:
    """The rules that the client broke and that a server must answer with an error."""
    checks = [rule.check(at) for rule in REQUEST_RULES if rule.answer]
    return [finding.rule for finding in checks if finding and not finding.ok]


@_rule(
    "RFC 6455 §4.2.2, §4.4",
    "a refusal of another version lists the server's versions in Sec-WebSocket-Version",
)
def response_names_its_versions(at: Handshake) -> Outcome:
    if at.response is None or at.response.status < 400:
        return None
    if "Sec-WebSocket-Version" not in at.request.headers:
        return None
    if _reasons_to_refuse(at) != ["request-version-is-13"]:
        return None  # the refusal has other reasons
    named = "Sec-WebSocket-Version" in at.response.headers
    found = shown(at.response.headers, "Sec-WebSocket-Version")
    return named, f"{at.response.status} with {found}"


@_rule("RFC 9110 §15.5.22", "a 426 says in Upgrade which protocol is required")
def response_426_names_a_protocol(at: Handshake) -> Outcome:
    if at.response is None or at.response.status != 426:
        return None
    return bool(at.response.headers.tokens("Upgrade")), shown(at.response.headers, "Upgrade")


@_rule("RFC 6455 §4.2.2", "the 101 is HTTP/1.1 or higher", FAIL)
def response_version_is_http_1_1(at: Handshake) -> Outcome:
    return version_outcome(at.response) if at.response and at.upgraded else None


@_rule("RFC 6455 §4.1", "Upgrade is websocket, in upper or lower case", FAIL)
def response_upgrade_is_websocket(at: Handshake) -> Outcome:
    if (headers := _upgraded_headers(at)) is None:
        return None
    values = [value.lower() for value in headers.get_all("Upgrade")]
    return values == ["websocket"], shown(headers, "Upgrade")


@_rule("RFC 6455 §4.1", "Connection contains Upgrade, in upper or lower case", FAIL)
def response_connection_names_upgrade(at: Handshake) -> Outcome:
    if (headers := _upgraded_headers(at)) is None:
        return None
    return has_token(headers, "Connection", "upgrade"), shown(headers, "Connection")


@_rule("RFC 6455 §4.2.2, §11.3.3", "Sec-WebSocket-Accept comes exactly once", FAIL)
def response_accept_comes_once(at: Handshake) -> Outcome:
    if (headers := _upgraded_headers(at)) is None:
        return None
    found = headers.get_all("Sec-WebSocket-Accept")
    return len(found) == 1, shown(headers, "Sec-WebSocket-Accept")


@_rule(
    "RFC 6455 §4.1, §4.2.2",
    "Sec-WebSocket-Accept is base64(SHA-1(key + GUID))",
    FAIL,
)
def response_accept_answers_the_key(at: Handshake) -> Outcome:
    if not at.upgraded or at.accept is None or at.key is None:
        return None
    ok = at.accept == at.expected_accept
    return ok, at.accept if ok else f"{at.accept}, but {at.expected_accept} answers the key"


@_rule("RFC 6455 §11.3.2", "Sec-WebSocket-Extensions comes at most once")
def response_extensions_come_once(at: Handshake) -> Outcome:
    return _at_most_once(at, "Sec-WebSocket-Extensions")


@_rule(
    "RFC 6455 §9.1",
    "Sec-WebSocket-Extensions is written name; parameter=value, name; …",
    FAIL,
)
def response_extensions_are_well_formed(at: Handshake) -> Outcome:
    return None if (headers := _upgraded_headers(at)) is None else extensions_outcome(headers)


@_rule("RFC 6455 §4.1", "the server accepts only extensions that the client offered", FAIL)
def response_extensions_were_offered(at: Handshake) -> Outcome:
    if not at.upgraded or not at.extensions:
        return None
    offered = [extension.name for extension in at.offered_extensions]
    accepted = [extension.name for extension in at.extensions]
    return set(accepted) <= set(offered), _chosen(accepted, offered)


@_rule("RFC 6455 §11.3.4", "Sec-WebSocket-Protocol comes at most once")
def response_subprotocol_comes_once(at: Handshake) -> Outcome:
    return _at_most_once(at, "Sec-WebSocket-Protocol")


@_rule("RFC 6455 §4.1", "the server chooses one subprotocol, which the client offered", FAIL)
def response_subprotocol_was_offered(at: Handshake) -> Outcome:
    if not at.upgraded or at.subprotocol is None:
        return None
    ok = is_token(at.subprotocol) and at.subprotocol in at.subprotocols
    return ok, _chosen([at.subprotocol], at.subprotocols)


@_rule(
    "RFC 9110 §8.6; RFC 9112 §6.1",
    "a 101 has no body, so it has neither Content-Length nor Transfer-Encoding",
)
def response_101_has_no_body(at: Handshake) -> Outcome:
    if (headers := _upgraded_headers(at)) is None:
        return None
    names = [name for name in ("Content-Length", "Transfer-Encoding") if name in headers]
    return not names, " and ".join(shown(headers, name) for name in names) or "neither"


def _upgraded_headers(at: Handshake) -> Headers | None:
    return at.response.headers if at.response and at.upgraded else None


def _at_most_once(at: Handshake, name: str) -> Outcome:
    headers = _upgraded_headers(at)
    if headers is None or name not in headers:
        return None
    return len(headers.get_all(name)) == 1, shown(headers, name)


def _chosen(accepted: list[str], offered: list[str]) -> str:
    return f"{', '.join(accepted)} of {', '.join(offered) or 'nothing'} offered"
