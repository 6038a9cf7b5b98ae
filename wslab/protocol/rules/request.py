"""What RFC 6455 demands of a client's request, one function per rule (§4.1, §4.2.1).

A server that finds a fault refuses the request with an HTTP status; the rule says which.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.handshake import Handshake
from wslab.protocol.redaction import redacted
from wslab.protocol.rules.rule import (
    BAD_REQUEST,
    Outcome,
    Rules,
    extensions_outcome,
    has_token,
    is_token,
    plain_outcome,
    shown,
    version_outcome,
)

REQUEST_RULES: Final = Rules[Handshake](sender=Side.CLIENT)
_rule = REQUEST_RULES.rule


@_rule(
    "RFC 9112 §2.2, §5.2; RFC 9110 §5.5",
    "each line of the request ends with CRLF, is not folded, and has no control characters",
)
def request_is_plain_http(at: Handshake) -> Outcome:
    return plain_outcome(at.request)


@_rule("RFC 6455 §4.1", "the method is GET", "the server answers 400 or 405")
def request_method_is_get(at: Handshake) -> Outcome:
    return at.request.method == "GET", at.request.method


@_rule("RFC 6455 §4.1", "the version of HTTP is 1.1 or higher", BAD_REQUEST)
def request_version_is_http_1_1(at: Handshake) -> Outcome:
    return version_outcome(at.request)


@_rule(
    "RFC 6455 §4.1",
    "the target is a path that starts with / or a complete http or https URL, in ASCII",
    BAD_REQUEST,
)
def request_target_is_a_path(at: Handshake) -> Outcome:
    target = at.request.target
    ok = target.isascii() and re.match(r"/|(?i:https?)://[^/?#]", target) is not None
    return ok, _target(at)


@_rule("RFC 6455 §3", "the target has no fragment, the part after #", BAD_REQUEST)
def request_target_has_no_fragment(at: Handshake) -> Outcome:
    return "#" not in at.request.target, _target(at)


def _target(at: Handshake) -> str:
    return redacted(at.request.target.encode("latin-1")).decode("latin-1")


# RFC 3986 §3.2.2: a name, an IPv4 address, or an IPv6 address in brackets.
_HOST: Final = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::\d*)?"


@_rule(
    "RFC 6455 §4.1; RFC 9112 §3.2",
    "Host comes once and names the server as host or host:port",
    BAD_REQUEST,
)
def request_names_one_host(at: Handshake) -> Outcome:
    hosts = at.request.headers.get_all("Host")
    ok = len(hosts) == 1 and re.fullmatch(_HOST, hosts[0]) is not None
    return ok, shown(at.request.headers, "Host")


@_rule("RFC 6455 §4.1", "Upgrade contains websocket, in upper or lower case", BAD_REQUEST)
def request_upgrade_names_websocket(at: Handshake) -> Outcome:
    headers = at.request.headers
    return has_token(headers, "Upgrade", "websocket"), shown(headers, "Upgrade")


@_rule("RFC 6455 §4.1", "Connection contains Upgrade, in upper or lower case", BAD_REQUEST)
def request_connection_names_upgrade(at: Handshake) -> Outcome:
    headers = at.request.headers
    return has_token(headers, "Connection", "upgrade"), shown(headers, "Connection")


@_rule("RFC 6455 §4.1, §11.3.1", "Sec-WebSocket-Key comes exactly once", BAD_REQUEST)
def request_key_comes_once(at: Handshake) -> Outcome:
    headers = at.request.headers
    return len(headers.get_all("Sec-WebSocket-Key")) == 1, shown(headers, "Sec-WebSocket-Key")


@_rule("RFC 6455 §4.1", "the key is 16 bytes, written in base64", BAD_REQUEST)
def request_key_is_16_bytes(at: Handshake) -> Outcome:
    if at.key is None:
        return None
    try:
        size = len(b64decode(at.key.encode("latin-1"), validate=True))
    except Error:
        return False, f"{at.key!r}, which is not base64"
    return size == 16, f"{at.key!r}, which is {size} bytes"


@_rule(
    "RFC 6455 §4.1, §11.3.5",
    "Sec-WebSocket-Version comes once and is 13",
    "the server answers 426 with the versions it speaks",
)
def request_version_is_13(at: Handshake) -> Outcome:
    headers = at.request.headers
    versions = headers.get_all("Sec-WebSocket-Version")
    return versions == ["13"], shown(headers, "Sec-WebSocket-Version")


# RFC 6454 §7.1: null, or one or more of scheme://host:port.
_ORIGIN: Final = r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@]*"


@_rule(
    "RFC 6455 §4.1; RFC 6454 §7",
    "Origin, which browsers always send, comes once and is null or scheme://host:port",
)
def request_origin_is_an_origin(at: Handshake) -> Outcome:
    origins = at.request.headers.get_all("Origin")
    if not origins:
        return None
    ok = re.fullmatch(f"null|{_ORIGIN}(?: {_ORIGIN})*", origins[0]) is not None
    return ok and len(origins) == 1, shown(at.request.headers, "Origin")


@_rule(
    "RFC 6455 §4.1",
    "each subprotocol offered is a word of letters, digits and !#$%&'*+-.^_`|~",
    BAD_REQUEST,
)
def request_subprotocols_are_words(at: Handshake) -> Outcome:
    values = at.request.headers.get_all("Sec-WebSocket-Protocol")
    if not values:
        return None
    ok = all(is_token(word.strip(" \t")) for value in values for word in value.split(","))
    return ok, shown(at.request.headers, "Sec-WebSocket-Protocol")


@_rule("RFC 6455 §4.1", "no subprotocol is offered twice", BAD_REQUEST)
def request_subprotocols_are_unique(at: Handshake) -> Outcome:
    offered = at.subprotocols
    if not offered:
        return None
    unique = len(set(offered)) == len(offered)
    return unique, shown(at.request.headers, "Sec-WebSocket-Protocol")


@_rule(
    "RFC 6455 §9.1",
    "Sec-WebSocket-Extensions is written name; parameter=value, name; …",
    BAD_REQUEST,
)
def request_extensions_are_well_formed(at: Handshake) -> Outcome:
    return extensions_outcome(at.request.headers)
