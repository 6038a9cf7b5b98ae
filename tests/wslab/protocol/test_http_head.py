"""Heads are read whole, byte by byte and with trailing bytes; h11 is a second opinion."""

from __future__ import annotations

import re

import h11
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.handshake_vectors import HANDSHAKES, REQUEST, RESPONSE
from wslab.errors import MalformedHandshake
from wslab.protocol import http_head
from wslab.protocol.headers import Headers
from wslab.protocol.http_head import MAX_HEAD_BYTES, MAX_HEADERS, Request, Response
from wslab.protocol.redaction import redacted

Head = Request | Response

REQUESTS = {vector.request for vector in HANDSHAKES} | {
    b"PRI * HTTP/2.0\r\n\r\n",
    b"OPTIONS * HTTP/12.123\n\n",
    b"M-SEARCH http://u:p@h/\xff HTTP/1\r\nA:\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: b\r\n \r\n\t\r\n\n",
}
RESPONSES = {vector.response for vector in HANDSHAKES if vector.response.endswith(b"\r\n\r\n")} | {
    b"HTTP/1.1 101\r\n\r\n",
    b"HTTP/1.1 000 \n\n",
    b"HTTP/3 999 \xe9 \t \r\nA:b\n\r\n",
}
HEADS = [(Request, data) for data in sorted(REQUESTS)]
HEADS += [(Response, data) for data in sorted(RESPONSES)]


@pytest.mark.parametrize(("kind", "data"), HEADS, ids=range(len(HEADS)))
def test_whole_byte_by_byte_and_with_trailing_bytes(kind: type[Head], data: bytes) -> None:
    head = kind.parse(data)
    assert head is not None
    assert head.encode() == data
    assert len(head) == len(data)
    assert all(kind.parse(data[:size]) is None for size in range(len(data)))
    for trailing in (b"\r\n", b"\x81\x05Hello", b"\0", data):
        assert kind.parse(data + trailing) == head
    assert kind.parse(bytearray(data)) == kind.parse(memoryview(data)) == head


def test_parts_of_a_request() -> None:
    request = Request.parse(REQUEST)
    assert request is not None
    assert (request.method, request.target, request.version) == ("GET", "/chat", "HTTP/1.1")
    assert request.start_line == "GET /chat HTTP/1.1"
    assert request.headers.get("host") == "server.example.com"


def test_parts_of_a_response() -> None:
    response = Response.parse(RESPONSE + b"\x81\x00")
    assert response is not None
    assert (response.version, response.status) == ("HTTP/1.1", 101)
    assert response.reason == "Switching Protocols"
    assert response.start_line == "HTTP/1.1 101 Switching Protocols"
    short = Response.parse(b"HTTP/1.1 200\r\n\r\n")
    assert short is not None
    assert (short.status, short.reason) == (200, "")


def test_built_by_hand() -> None:
    request = Request("GET", "/chat", [("Host", "a")])
    assert request.encode() == b"GET /chat HTTP/1.1\r\nHost: a\r\n\r\n"
    assert Request.parse(request.encode()) == request
    response = Response(404, "Not Found", Headers([("A", "b")]), "HTTP/1.0")
    assert response.encode() == b"HTTP/1.0 404 Not Found\r\nA: b\r\n\r\n"
    assert Response.parse(response.encode()) == response
    assert Response(101).encode() == b"HTTP/1.1 101 \r\n\r\n"


def test_equal_when_the_bytes_are() -> None:
    assert hash(Request("GET", "/")) == hash(Request("GET", "/"))
    assert Request("GET", "/") != Request("GET", "/x")
    assert Request("GET", "/") != "GET / HTTP/1.1"


def test_reprs_show_no_secret() -> None:
    request = Request("GET", "/?token=abc", [("Cookie", "a=b")], "HTTP/1.0")
    assert repr(request) == (
        "Request('GET', '/?token=***', Headers([('Cookie', '(redacted, 3 bytes)')]), 'HTTP/1.0')"
    )
    assert repr(Request("GET", "/")) == "Request('GET', '/', Headers([]))"
    assert repr(Response(200, "OK")) == "Response(200, 'OK', Headers([]))"
    assert repr(Response(200, "", (), "HTTP/1.0")) == "Response(200, '', Headers([]), 'HTTP/1.0')"


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (Request, ("GET ", "/")),
        (Request, ("", "/")),
        (Request, ("GET", "")),
        (Request, ("GET", "/ x")),
        (Request, ("GET", "/?token=abc€")),
        (Request, ("GET", "/", (), "HTTP/x")),
        (Request, ("GET", "/ HTTP/1.1\r\nA: b\r\n\r\n")),
        (Response, (1000,)),
        (Response, (-1,)),
        (Response, (200, "O\r\nK")),
        (Response, (200, "OK", (), "1.1")),
    ],
    ids=repr,
)
def test_what_cannot_be_written(kind: type[Head], parts: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="cannot start a re") as caught:
        kind(*parts)
    assert "abc" not in str(caught.value)


# --- what can never become a head ---------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        (Request, b"\x16", "looks like TLS"),
        (Response, b"\x16\x03\x03", "looks like TLS"),
        (Request, b"\x81", "looks like a WebSocket frame with opcode 1"),
        (Response, b"\x02\x05", "looks like a WebSocket frame with opcode 2"),
        (Request, b"\x83", "check that these bytes are the start"),
        (Request, b"HTTP/", "looks like a response, which the server sends; use Response.parse"),
        (Response, b"G", "looks like a request, which the client sends; use Request.parse"),
        (Response, b"HTTP 1", "check that these bytes are the start"),
        (Response, b"{", "check that these bytes are the start"),
        (Request, b"\r", "check that these bytes are the start"),
        (Request, b" ", "check that these bytes are the start"),
        (Request, b"GET  ", "its first line is 'METHOD target HTTP/1.1'"),
        (Request, b"GET / F", "its first line is"),
        (Request, b"GET /x\r\n", "its first line is"),
        (Request, b"SSH-2.0-OpenSSH_9.2\r\n", "its first line is"),
        (Request, b"GET / HTTP/1.1 \r\n", "its first line is"),
        (Request, b"GET / HTTP/x.1\r\n", "its first line is"),
        (Request, b"GET / HTTP/1.1\rX", "its first line is"),
        (Response, b"HTTP/1.1 20\r\n", "its first line is 'HTTP/1.1 101 Switching Protocols'"),
        (Response, b"HTTP/1.1 2000", "its first line is"),
        (Request, b"GET / HTTP/1.1\r\n A", "found b' A' at byte 16"),
        (Request, b"GET / HTTP/1.1\r\n A: b\r\n", "found b' A: b\\r\\n' at byte 16"),
        (Request, b"GET / HTTP/1.1\r\nHost ", "without a space before the colon"),
        (Request, b"GET / HTTP/1.1\r\nHost : a\r\n", "without a space before the colon"),
        (Request, b"GET / HTTP/1.1\r\nHost\r\n", "a header line is 'Name: value'"),
        (Request, b"GET / HTTP/1.1\r\n: a", "a header line is 'Name: value'"),
        (Request, b"GET / HTTP/1.1\r\nA: b\rc", "a header line is 'Name: value'"),
        (Request, b"GET / HTTP/1.1\r\nA: b\0", "a header line is 'Name: value'"),
        (Request, b"GET / HTTP/1.1\r\nA: b\r\n\rc", "a header line is 'Name: value'"),
        (Request, b"GET / HTTP/1.1\r\n\xc3\xa9: b", "a header line is 'Name: value'"),
        (Request, b"G" * (MAX_HEAD_BYTES + 1), "too big: found 65536 bytes without the blank line"),
        (Request, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 257, "found more than 256 header lines"),
    ],
    ids=lambda value: repr(value)[:70],
)
def test_malformed(kind: type[Head], data: bytes, says: str) -> None:
    with pytest.raises(MalformedHandshake, match=re.escape(says)) as caught:
        kind.parse(data)
    assert str(caught.value).count("; ") >= 1  # what was found; what is wanted; what to do next
    # As early as can be, and for good: no beginning of it is a head, and no more bytes mend it.
    if len(data) < 60:
        assert all(_is_unfinished_or_malformed(kind, data[:size]) for size in range(len(data)))
    with pytest.raises(MalformedHandshake):
        kind.parse(data + b"\r\n\r\n")


def _is_unfinished_or_malformed(kind: type[Head], data: bytes) -> bool:
    try:
        return kind.parse(data) is None
    except MalformedHandshake:
        return True


def test_a_secret_is_shown_in_no_error() -> None:
    with pytest.raises(MalformedHandshake) as caught:
        Request.parse(b"GET / HTTP/1.1\r\nCookie : sid=1234\r\n")
    assert "1234" not in str(caught.value)
    assert "Cookie" in str(caught.value)


def test_the_limits_are_exact() -> None:
    start = b"GET / HTTP/1.1\r\nA: "
    full = start + b"b" * (MAX_HEAD_BYTES - len(start) - 4) + b"\r\n\r\n"
    assert len(full) == MAX_HEAD_BYTES
    assert Request.parse(full + b"\x81") is not None
    assert Request.parse(full[:-1]) is None
    over = full.replace(b"A", b"AA", 1)
    assert Request.parse(over[:MAX_HEAD_BYTES]) is None
    with pytest.raises(MalformedHandshake, match="too big"):
        Request.parse(over)
    most = b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * MAX_HEADERS
    assert Request.parse(most) is None
    assert Request.parse(most + b"\r\n") is not None


# --- the law, and a second opinion --------------------------------------------------------

TOKENS = st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=8).map(str.encode)
SPACE = st.sampled_from([b"", b" ", b"\t", b"  "])
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"])
VISIBLE = bytes(range(0x21, 0x7F)).decode() + "".join(map(chr, range(0xA0, 0x100)))
WORDS = st.text(VISIBLE, max_size=8).map(lambda text: text.encode("latin-1"))
VALUES = st.lists(WORDS, max_size=3).map(b" ".join).map(bytes.strip)
FOLDS = st.just(b"") | st.builds(lambda *p: b"".join(p), ENDS, st.just(b" "), SPACE, VALUES)
FIELDS = st.builds(lambda *p: b"".join(p), TOKENS, st.just(b":"), SPACE, VALUES, SPACE, FOLDS, ENDS)
FIELD_LISTS = st.lists(FIELDS, max_size=5).map(b"".join)
DIGITS = st.sampled_from([b"1.0", b"1.1", b"0.9", b"2.0"])
TARGETS = st.text(bytes(range(0x21, 0x7F)).decode(), min_size=1, max_size=12).map(str.encode)
REQUEST_LINES = st.builds(
    lambda method, target, version, end: b"%b %b HTTP/%b%b" % (method, target, version, end),
    TOKENS, TARGETS, DIGITS, ENDS,
)  # fmt: skip
STATUS_LINES = st.builds(
    lambda version, status, reason, end: b"HTTP/%b %03d%b%b" % (version, status, reason, end),
    DIGITS, st.integers(0, 999), st.just(b"") | VALUES.map(b" ".__add__), ENDS,
)  # fmt: skip
REQUEST_HEADS = st.builds(lambda *p: b"".join(p), REQUEST_LINES, FIELD_LISTS, ENDS)
RESPONSE_HEADS = st.builds(lambda *p: b"".join(p), STATUS_LINES, FIELD_LISTS, ENDS)


@given(REQUEST_HEADS, st.binary(max_size=20))
def test_the_law_for_requests(data: bytes, trailing: bytes) -> None:
    request = Request.parse(data + trailing)
    assert request is not None
    assert request.encode() == data
    assert Request.parse(data[:-1]) is None


@given(RESPONSE_HEADS, st.binary(max_size=20))
def test_the_law_for_responses(data: bytes, trailing: bytes) -> None:
    response = Response.parse(data + trailing)
    assert response is not None
    assert response.encode() == data
    assert Response.parse(data[:-1]) is None


NOISE = st.sampled_from([b"GET ", b"/", b" HTTP/1.1", b"\r\n", b"\n", b"A:", b" ", b"HTTP/1.1 2"])


@given(st.sampled_from([Request, Response]), st.lists(NOISE | st.binary(max_size=4)).map(b"".join))
def test_any_bytes_are_a_head_or_unfinished_or_malformed(kind: type[Head], data: bytes) -> None:
    outcomes = []
    for size in range(len(data) + 1):
        try:
            outcomes.append(kind.parse(data[:size]))
        except MalformedHandshake:
            outcomes.append("malformed")
    # Once the verdict is in, more bytes do not change it.
    firm = [outcome for outcome in outcomes if outcome is not None]
    assert outcomes == [None] * (len(outcomes) - len(firm)) + firm
    assert all(outcome == firm[0] for outcome in firm)
    if firm and firm[0] != "malformed":
        assert data.startswith(firm[0].encode())


def h11_reads(role: type[h11.CLIENT | h11.SERVER], data: bytes):
    """The head as h11 reads it, or None where it refuses. It is not asked for a body."""
    connection = h11.Connection(role, max_incomplete_event_size=1 << 20)
    if role is h11.CLIENT:
        connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
        connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    try:
        event = connection.next_event()
    except h11.RemoteProtocolError:
        return None
    return event if hasattr(event, "headers") else None


def squeezed(headers) -> list[tuple[bytes, bytes]]:
    """Names and values as bytes; how many spaces stand for a fold is anybody's choice."""
    return [(name, b" ".join(value.split())) for name, value in headers]


def raw_items(headers: Headers) -> list[tuple[bytes, bytes]]:
    return squeezed((n.encode("latin-1"), v.encode("latin-1")) for n, v in headers)


@given(REQUEST_HEADS | st.lists(NOISE | FIELDS | ENDS).map(b"".join))
@example(REQUEST)
def test_what_h11_reads_as_a_request_we_read_alike(data: bytes) -> None:
    event = h11_reads(h11.SERVER, data)
    assume(event is not None)
    request = Request.parse(data)
    assert request is not None
    assert request.method.encode() == event.method
    assert request.target.encode() == event.target
    assert request.version.encode() == b"HTTP/" + event.http_version
    assert raw_items(request.headers) == squeezed(event.headers.raw_items())


@given(RESPONSE_HEADS | st.lists(NOISE | FIELDS | ENDS).map(b"".join))
@example(RESPONSE)
@example(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n")
def test_what_h11_reads_as_a_response_we_read_alike(data: bytes) -> None:
    event = h11_reads(h11.CLIENT, data)
    assume(event is not None)
    response = Response.parse(data)
    assert response is not None
    assert response.status == event.status_code
    assert response.reason.encode("latin-1") == event.reason
    assert response.version.encode() == b"HTTP/" + event.http_version
    assert raw_items(response.headers) == squeezed(event.headers.raw_items())


@pytest.mark.parametrize("vector", HANDSHAKES, ids=lambda vector: vector.name)
def test_h11_agrees_on_every_vector_it_reads(vector) -> None:
    event = h11_reads(h11.SERVER, vector.request)
    request = Request.parse(vector.request)
    if event is None:  # h11 judges as it parses: it wants one Host, and no control characters
        assert vector.breaks
    else:
        assert raw_items(request.headers) == squeezed(event.headers.raw_items())


def test_an_error_looks_for_secrets_near_what_it_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger may send what looks like a head at each byte: each refusal stays cheap."""
    sizes: list[int] = []

    def counted(data: bytes) -> bytes:
        sizes.append(len(data))
        return redacted(data)

    monkeypatch.setattr(http_head, "redacted", counted)
    with pytest.raises(MalformedHandshake, match="found b'GET GET GET "):
        Request.parse(b"GET " * 15_000)
    assert sizes and max(sizes) <= 4096


def test_an_error_hides_a_secret_that_began_in_the_line_above() -> None:
    data = b"GET / HTTP/1.1\r\nCookie: id=s3cret\r\n s3cret\0\r\n"
    with pytest.raises(MalformedHandshake, match=r"found b' \*+\\r\\n' at byte 35") as error:
        Request.parse(data)
    assert "s3cret" not in str(error.value)
