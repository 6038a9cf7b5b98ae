"""One table of named handshakes: the bytes of both heads, and which rules they break.

Handshake, its rules, dissect and inspectors are all tested against it. Most
vectors are one of the good ones with one line changed.
"""

from __future__ import annotations

from typing import NamedTuple

# RFC 6455 §1.3, the example of the standard itself
REQUEST = (
    b"GET /chat HTTP/1.1\r\n"
    b"Host: server.example.com\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Origin: http://example.com\r\n"
    b"Sec-WebSocket-Protocol: chat, superchat\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
    b"\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    b"Sec-WebSocket-Protocol: chat\r\n"
    b"\r\n"
)
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"

# A browser and a server of 2014, as their headers were printed; both start lines are added.
REQUEST_2014 = (
    b"GET / HTTP/1.1\r\n"
    b"Cache-Control:no-cache\r\n"
    b"Connection:Upgrade\r\n"
    b"Host:echo.websocket.org\r\n"
    b"Origin:http://www.websocket.org\r\n"
    b"Pragma:no-cache\r\n"
    b"Sec-WebSocket-Extensions:permessage-deflate; client_max_window_bits, "
    b"x-webkit-deflate-frame\r\n"
    b"Sec-WebSocket-Key:j6MZV0bC4TBsmQHmnlsEyw==\r\n"
    b"Sec-WebSocket-Version:13\r\n"
    b"Upgrade:websocket\r\n"
    b"\r\n"
)
RESPONSE_2014 = (
    b"HTTP/1.1 101 Web Socket Protocol Handshake\r\n"
    b"Access-Control-Allow-Headers:x-websocket-protocol\r\n"
    b"Access-Control-Allow-Headers:x-websocket-version\r\n"
    b"Connection:Upgrade\r\n"
    b"Sec-WebSocket-Accept:Psgr6cQUXMgP1tz5StleqjOWtpE=\r\n"
    b"Upgrade:WebSocket\r\n"
    b"\r\n"
)


class HandshakeVector(NamedTuple):
    """Both heads as they travel; an empty response has not arrived."""

    name: str
    request: bytes
    response: bytes
    breaks: tuple[str, ...] = ()


def _swap(head: bytes, old: str, new: str) -> bytes:
    """The head with one piece changed; the piece must be there, exactly once."""
    assert head.count(old.encode()) == 1, old
    return head.replace(old.encode(), new.encode("latin-1"))


def _add(head: bytes, line: str) -> bytes:
    return head[:-2] + line.encode() + b"\r\n\r\n"


def _asks(name: str, old: str, new: str, *breaks: str) -> HandshakeVector:
    """The standard's request with one piece changed, refused with 400."""
    return HandshakeVector(name, _swap(REQUEST, old, new), BAD_REQUEST, breaks)


def _answers(name: str, old: str, new: str, *breaks: str) -> HandshakeVector:
    """The standard's response with one piece changed."""
    return HandshakeVector(name, REQUEST, _swap(RESPONSE, old, new), breaks)


def _deflate(name: str, offer: str, answer: str, *breaks: str) -> HandshakeVector:
    """The standard's handshake with an offer, and an answer unless that is empty."""
    request = _add(REQUEST, f"Sec-WebSocket-Extensions: {offer}") if offer else REQUEST
    line = f"Sec-WebSocket-Extensions: {answer}"
    return HandshakeVector(name, request, _add(RESPONSE, line) if answer else RESPONSE, breaks)


KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
PMD = "permessage-deflate"
WRONG_VERSION = _swap(REQUEST, "Version: 13", "Version: 8")

HANDSHAKES: tuple[HandshakeVector, ...] = (
    HandshakeVector("rfc 6455", REQUEST, RESPONSE),
    HandshakeVector("capture of 2014", REQUEST_2014, RESPONSE_2014),
    HandshakeVector("no response yet", REQUEST, b""),
    HandshakeVector("half a response", REQUEST, RESPONSE[:50]),
    # good requests in other clothes
    HandshakeVector("other case",
        _swap(REQUEST, "Upgrade: websocket", "UPGRADE: WebSocket"), RESPONSE),
    HandshakeVector("a list of connection options",
        _swap(REQUEST, "Connection: Upgrade", "Connection: keep-alive, ,upgrade"), RESPONSE),
    HandshakeVector("a whole URL",
        _swap(REQUEST, "/chat", "http://server.example.com/chat"), RESPONSE),
    HandshakeVector("two lists of subprotocols",
        _swap(REQUEST, "chat, superchat", "chat\r\nSec-WebSocket-Protocol: superchat"), RESPONSE),
    HandshakeVector("origin null", _swap(REQUEST, "http://example.com", "null"), RESPONSE),
    HandshakeVector("no origin and no subprotocol",
        _swap(_swap(REQUEST, "Origin: http://example.com\r\n", ""),
              "Sec-WebSocket-Protocol: chat, superchat\r\n", ""),
        _swap(RESPONSE, "Sec-WebSocket-Protocol: chat\r\n", "")),
    # good refusals
    HandshakeVector("forbidden", REQUEST, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
    HandshakeVector("moved", REQUEST, b"HTTP/1.1 301 Moved\r\nLocation: /ws\r\n\r\n"),
    # the request breaks one rule, and the server refuses it
    _asks("lines end with LF", "HTTP/1.1\r\n", "HTTP/1.1\n", "request-is-plain-http"),
    _asks("folded header", "chat, superchat", "chat,\r\n superchat", "request-is-plain-http"),
    _asks("control character", "Origin:", "X: \x07\r\nOrigin:", "request-is-plain-http"),
    _asks("post", "GET", "POST", "request-method-is-get"),
    _asks("http 1.0", "HTTP/1.1", "HTTP/1.0", "request-version-is-http-1-1"),
    _asks("http 1", "HTTP/1.1", "HTTP/1", "request-version-is-http-1-1"),
    _asks("ws url as target", "/chat", "ws://server.example.com/chat", "request-target-is-a-path"),
    _asks("target with a raw byte", "/chat", "/ch\xe4t", "request-target-is-a-path"),
    _asks("fragment", "/chat", "/chat#top", "request-target-has-no-fragment"),
    _asks("no host", "Host: server.example.com\r\n", "", "request-names-one-host"),
    _asks("empty host", "server.example.com", "", "request-names-one-host"),
    _asks("host with a path", "server.example.com", "a/b", "request-names-one-host"),
    _asks("host in a url", "server.example.com", "http://a", "request-names-one-host"),
    _asks("two hosts", "Upgrade: w", "Host: other\r\nUpgrade: w", "request-names-one-host"),
    _asks("h2c", "Upgrade: websocket", "Upgrade: h2c", "request-upgrade-names-websocket"),
    _asks("keep-alive", "Connection: Upgrade", "Connection: keep-alive",
          "request-connection-names-upgrade"),
    _asks("no key", KEY, "", "request-key-comes-once"),
    _asks("two keys", KEY, KEY * 2, "request-key-comes-once"),
    _asks("key of 15 bytes", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j",
          "request-key-is-16-bytes"),
    _asks("key is not base64", "dGhlIHNhbXBsZSBub25jZQ==", "the sample nonce",
          "request-key-is-16-bytes"),
    _asks("key is not ascii", "dGhlIHNhbXBsZSBub25jZQ==", "\xe9\xe9\xe9\xe9",
          "request-key-is-16-bytes"),
    _asks("no version", "Sec-WebSocket-Version: 13\r\n", "", "request-version-is-13"),
    _asks("two origins", "http://example.com", "http://example.com\r\nOrigin: null",
          "request-origin-is-an-origin"),
    _asks("origin with a path", "http://example.com", "http://example.com/page",
          "request-origin-is-an-origin"),
    _asks("empty subprotocol", "chat, superchat", "chat,,superchat",
          "request-subprotocols-are-words"),
    _asks("no subprotocol at all", "chat, superchat", "", "request-subprotocols-are-words"),
    _asks("subprotocol with a slash", "chat, superchat", "chat/2",
          "request-subprotocols-are-words"),
    _asks("subprotocol twice", "chat, superchat", "chat, chat", "request-subprotocols-are-unique"),
    HandshakeVector("extensions without a name", _add(REQUEST, "Sec-WebSocket-Extensions: ;a=b"),
        BAD_REQUEST, ("request-extensions-are-well-formed",)),
    # versions
    HandshakeVector("version 8, answered 426", WRONG_VERSION,
        b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ("request-version-is-13",)),
    HandshakeVector("version 8, answered 400", WRONG_VERSION, BAD_REQUEST,
        ("request-version-is-13", "response-names-its-versions")),
    HandshakeVector("426 without Upgrade", REQUEST, b"HTTP/1.1 426 Upgrade Required\r\n\r\n",
        ("response-426-names-a-protocol",)),
    # the response breaks one rule
    _answers("response lines end with LF", "Protocols\r\n", "Protocols\n",
             "response-is-plain-http"),
    HandshakeVector("200", REQUEST, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ("response-upgrades-or-refuses",)),
    HandshakeVector("post upgraded", _swap(REQUEST, "GET", "POST"), RESPONSE,
        ("request-method-is-get", "response-upgrades-a-valid-request")),
    HandshakeVector("no key, yet upgraded", _swap(REQUEST, KEY, ""), RESPONSE,
        ("request-key-comes-once", "response-upgrades-a-valid-request")),
    HandshakeVector("plain page", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n",
        ("request-upgrade-names-websocket", "request-connection-names-upgrade",
         "request-key-comes-once", "request-version-is-13")),
    _answers("response http 1.0", "HTTP/1.1", "HTTP/1.0", "response-version-is-http-1-1"),
    _answers("response h2c", "Upgrade: websocket", "Upgrade: h2c", "response-upgrade-is-websocket"),
    _answers("response without Upgrade", "Upgrade: websocket\r\n", "",
             "response-upgrade-is-websocket"),
    _answers("response closes", "Connection: Upgrade", "Connection: close",
             "response-connection-names-upgrade"),
    _answers("no accept", ACCEPT, "", "response-accept-comes-once"),
    _answers("two accepts", ACCEPT, ACCEPT * 2, "response-accept-comes-once"),
    _answers("accept in lower case", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "s3ppLMBiTxaQ9kYGzzhZRbK+xOo=",
             "response-accept-answers-the-key"),
    _answers("subprotocol not offered", "Protocol: chat", "Protocol: mqtt",
             "response-subprotocol-was-offered"),
    _answers("two subprotocols", "Protocol: chat", "Protocol: chat, superchat",
             "response-subprotocol-was-offered"),
    _answers("subprotocol in two lines", "Protocol: chat",
             "Protocol: chat\r\nSec-WebSocket-Protocol: superchat",
             "response-subprotocol-comes-once"),
    _answers("body length", "Upgrade: w", "Content-Length: 0\r\nUpgrade: w",
             "response-101-has-no-body"),
    _answers("chunked", "Upgrade: w", "Transfer-Encoding: chunked\r\nUpgrade: w",
             "response-101-has-no-body"),
    # extensions, and permessage-deflate above all
    _deflate("deflate", PMD, PMD),
    _deflate("deflate declined", PMD, ""),
    _deflate("deflate in full",
        f'{PMD}; server_no_context_takeover;'
        ' client_no_context_takeover; server_max_window_bits="12"; client_max_window_bits=10',
        f"{PMD}; server_no_context_takeover; server_max_window_bits=11; client_max_window_bits=9"),
    _deflate("deflate, the second offer", f"{PMD}; server_max_window_bits=10, {PMD}", PMD),
    _deflate("deflate window unasked", PMD, f"{PMD}; server_max_window_bits=12"),
    _deflate("extension not offered", "", "x-deflate", "response-extensions-were-offered"),
    _deflate("deflate not offered", "x-deflate", PMD, "response-extensions-were-offered"),
    _deflate("extension answered with a comma only", PMD, ",",
             "response-extensions-are-well-formed"),
    _deflate("extensions in two lines", f"{PMD}, x-a", f"{PMD}\r\nSec-WebSocket-Extensions: x-a",
             "response-extensions-come-once"),
    _deflate("offer with an unknown parameter", f"{PMD}; level=9", "", "deflate-offer-is-defined"),
    _deflate("offer with a parameter twice",
             f"{PMD}; client_max_window_bits; client_max_window_bits=9",
             "", "deflate-offer-does-not-repeat"),
    _deflate("offer of 16 bits", f"{PMD}; server_max_window_bits=16", "",
             "deflate-offer-has-valid-values"),
    _deflate("offer of 08 bits", f"{PMD}; client_max_window_bits=08", "",
             "deflate-offer-has-valid-values"),
    _deflate("offer of a window without bits", f"{PMD}; server_max_window_bits", "",
             "deflate-offer-has-valid-values"),
    _deflate("offer of takeover with a value", f"{PMD}; client_no_context_takeover=1", "",
             "deflate-offer-has-valid-values"),
    _deflate("faulty offer accepted", f"{PMD}; level=9", PMD,
             "deflate-offer-is-defined", "deflate-answer-grants-an-offer"),
    _deflate("deflate answered twice", PMD, f"{PMD}, {PMD}", "deflate-is-answered-once"),
    _deflate("answer with an unknown parameter", PMD, f"{PMD}; level=9",
             "deflate-answer-is-defined"),
    _deflate("answer with a parameter twice", PMD,
             f"{PMD}; server_no_context_takeover; server_no_context_takeover",
             "deflate-answer-does-not-repeat"),
    _deflate("answer of 7 bits", PMD, f"{PMD}; server_max_window_bits=7",
             "deflate-answer-has-valid-values"),
    _deflate("answer of a window without bits", f"{PMD}; client_max_window_bits",
             f"{PMD}; client_max_window_bits", "deflate-answer-has-valid-values"),
    _deflate("client window unasked", PMD, f"{PMD}; client_max_window_bits=12",
             "deflate-client-window-was-offered"),
    _deflate("takeover not granted", f"{PMD}; server_no_context_takeover", PMD,
             "deflate-answer-grants-an-offer"),
    _deflate("window not granted", f"{PMD}; server_max_window_bits=10", PMD,
             "deflate-answer-grants-an-offer"),
    _deflate("larger window granted", f"{PMD}; server_max_window_bits=10",
             f"{PMD}; server_max_window_bits=11", "deflate-answer-grants-an-offer"),
    _deflate("larger client window granted", f"{PMD}; client_max_window_bits=10",
             f"{PMD}; client_max_window_bits=11", "deflate-answer-grants-an-offer"),
)  # fmt: skip
