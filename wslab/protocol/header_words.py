"""What each header and status of an opening handshake does, in plain words."""

from __future__ import annotations

from typing import Final

# name: (in a request, in a response, where it is defined)
_HEADERS: Final[dict[str, tuple[str, str, str]]] = {
    "host": (
        "which site and port the client means, since one server may hold many",
        "a request header; it means nothing in a response",
        "RFC 6455 §4.1",
    ),
    "upgrade": (
        "asks to leave HTTP and speak this protocol instead",
        "agrees: from here on both sides speak this protocol",
        "RFC 6455 §4.1",
    ),
    "connection": (
        "Upgrade concerns these two ends only; a proxy must not forward it unread",
        "confirms that this connection changes its protocol",
        "RFC 6455 §4.1",
    ),
    "sec-websocket-key": (
        "16 random bytes in base64, new each time; the server must prove that it read them",
        "a request header; it means nothing in a response",
        "RFC 6455 §11.3.1",
    ),
    "sec-websocket-accept": (
        "a response header; it means nothing in a request",
        "the proof: the key and a fixed GUID, through SHA-1, in base64",
        "RFC 6455 §11.3.3",
    ),
    "sec-websocket-version": (
        "the version of the protocol; 13 is the one in use",
        "the versions that this server can speak",
        "RFC 6455 §11.3.5",
    ),
    "sec-websocket-protocol": (
        "subprotocols that the client can speak, best first",
        "the one subprotocol that the server chose",
        "RFC 6455 §11.3.4",
    ),
    "sec-websocket-extensions": (
        "extensions that the client offers, such as compression",
        "the extensions that the server agreed to",
        "RFC 6455 §11.3.2",
    ),
    "origin": (
        "the site whose page opened this connection; browsers send it and scripts cannot forge it",
        "a request header; it means nothing in a response",
        "RFC 6455 §10.2",
    ),
    "cookie": (
        "what the site stored in the browser earlier, often proof of a login",
        "a request header; it means nothing in a response",
        "RFC 6265 §5.4",
    ),
    "set-cookie": (
        "a response header; it means nothing in a request",
        "asks the client to store this and send it next time",
        "RFC 6265 §4.1",
    ),
    "authorization": (
        "credentials; a browser's WebSocket cannot set this header",
        "a request header; it means nothing in a response",
        "RFC 9110 §11.6.2",
    ),
    "user-agent": (
        "which program is asking",
        "a request header; it means nothing in a response",
        "RFC 9110 §10.1.5",
    ),
    "server": (
        "a response header; it means nothing in a request",
        "which program is answering",
        "RFC 9110 §10.2.4",
    ),
    "date": (
        "when this was sent",
        "when this was sent",
        "RFC 9110 §6.6.1",
    ),
    "content-length": (
        "how many bytes of body follow the head",
        "how many bytes of body follow the head",
        "RFC 9110 §8.6",
    ),
    "content-type": (
        "what kind of body follows",
        "what kind of body follows",
        "RFC 9110 §8.3",
    ),
    "transfer-encoding": (
        "how the body is encoded for this transfer",
        "how the body is encoded for this transfer",
        "RFC 9112 §6.1",
    ),
    "location": (
        "a response header; it means nothing in a request",
        "where to go instead; browsers do not follow it for a WebSocket",
        "RFC 9110 §10.2.2",
    ),
    "pragma": (
        "the old way to ask for an answer that is not from a cache",
        "the old way to say: do not cache",
        "RFC 9111 §5.4",
    ),
    "cache-control": (
        "what caches on the way may do",
        "what caches on the way may do",
        "RFC 9111 §5.2",
    ),
    "accept-encoding": (
        "compression of HTTP bodies; it plays no part in a WebSocket",
        "compression of HTTP bodies; it plays no part in a WebSocket",
        "RFC 9110 §12.5.3",
    ),
    "accept-language": (
        "the languages that the user reads; it plays no part in the upgrade",
        "the languages that the user reads; it plays no part in the upgrade",
        "RFC 9110 §12.5.4",
    ),
}

_STATUSES: Final[dict[str, str]] = {
    "101": "Switching Protocols: after this head, both sides speak WebSocket",
    "200": "OK: a plain HTTP answer; nothing was upgraded",
    "301": "moved permanently; nothing was upgraded",
    "302": "found elsewhere; nothing was upgraded",
    "400": "the server found the request malformed; nothing was upgraded",
    "401": "the server wants to know who you are; nothing was upgraded",
    "403": "the server understood and refuses; a wrong Origin is a common reason",
    "404": "nothing is at this target; nothing was upgraded",
    "405": "this method is not allowed here; an upgrade is a GET",
    "426": "Upgrade Required: this target speaks WebSocket, and the request did not ask for it",
    "500": "the server failed; nothing was upgraded",
    "502": "a proxy got no valid answer from the server behind it; nothing was upgraded",
    "503": "the server is overloaded or down; nothing was upgraded",
}


def header_words(name: str, is_response: bool) -> tuple[str, str]:
    """What the header does in a handshake, in words, and the section that defines it."""
    name = name.strip().lower()
    if name.startswith("access-control-"):
        words = "a CORS header: browsers ignore it for WebSockets; the server must check Origin"
        return words, "RFC 6455 §10.2"
    row = _HEADERS.get(name)
    if row is None:
        return "plays no part in the upgrade", "RFC 6455 §4.1"
    return row[is_response], row[2]


def status_words(code: str) -> str:
    """What a status code says about the upgrade (RFC 6455 §4.1, §4.2.2)."""
    return _STATUSES.get(code, "not 101, so nothing was upgraded")
