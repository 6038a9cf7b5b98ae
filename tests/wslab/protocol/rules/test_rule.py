"""A rule knows its name and its sentence, and says what was there."""

from __future__ import annotations

import pytest

from tests.growth import ends
from wslab.protocol.frames import CloseCode, Side
from wslab.protocol.handshake import Handshake, Request
from wslab.protocol.headers import Headers
from wslab.protocol.rules.rule import (
    Outcome,
    Rules,
    extensions_outcome,
    has_token,
    is_token,
    plain_outcome,
    shown,
    version_outcome,
)

AT = Handshake(Request("GET", "/"))


def table(outcome: Outcome, answer: str = "") -> Rules[Handshake]:
    rules = Rules[Handshake](sender=Side.CLIENT)

    @rules.rule("RFC 0 §1", "all is well", answer)
    def all_is_well(at: Handshake) -> Outcome:
        assert at is AT
        return outcome

    assert all_is_well(AT) == outcome
    return rules


def test_a_rule_is_named_after_its_function() -> None:
    [rule] = table((True, "this"))
    assert (rule.name, rule.sender) == ("all-is-well", Side.CLIENT)


def test_kept_broken_and_not_applying() -> None:
    [kept] = table((True, "this"), "the server answers 400")
    [broken] = table((False, "that"), "the server answers 400")
    [quiet] = table((False, "that"))
    [absent] = table(None)
    found = [rule.check(AT) for rule in (kept, broken, quiet, absent)]
    assert [finding and (finding.ok, finding.found) for finding in found] == [
        (True, "this"),
        (False, "that; the server answers 400"),
        (False, "that"),
        None,
    ]
    assert str(found[2]) == (
        "all-is-well broken by the client: all is well; found that (RFC 0 §1)."
    )


def test_a_close_code_is_the_answer_and_what_sent_it_is_named() -> None:
    rules = Rules[bytes](answer=CloseCode.PROTOCOL_ERROR)

    @rules.rule("RFC 0 §1", "no byte is sent")
    def nothing_is_sent(seen: bytes) -> Outcome:
        return not seen, f"{len(seen)} bytes"

    @rules.rule("RFC 0 §2", "nothing can be said any more", "")
    def too_late(seen: bytes) -> Outcome:
        return False, "this"

    first, second = rules.check(b"ab", Side.SERVER, 7)
    assert (first.close_code, first.found) == (CloseCode.PROTOCOL_ERROR, "2 bytes")
    assert (first.sender, first.index) == (Side.SERVER, 7)
    assert (second.close_code, second.found) == (None, "this")


def test_a_long_value_is_cut_short() -> None:
    [rule] = table((False, "x" * 60_000), "the server answers 400")
    finding = rule.check(AT)
    assert finding is not None
    assert finding.found == f"{'x' * 400}… (60,000 characters); the server answers 400"
    [rule] = table((True, "x" * 400))
    finding = rule.check(AT)
    assert finding is not None
    assert finding.found == "x" * 400


def test_shown() -> None:
    headers = Headers([("Upgrade", "a"), ("Host", "b"), ("upgrade", "c")])
    assert shown(headers, "Upgrade") == "Upgrade: a and upgrade: c"
    assert shown(headers, "Origin") == "no Origin"


def test_tokens() -> None:
    assert has_token(Headers([("A", "x, Y")]), "a", "y")
    assert not has_token(Headers([("A", "x y")]), "a", "y")
    assert is_token("a.b~1")
    assert not is_token("")
    assert not is_token("a/b")
    assert not is_token("a\n")


@pytest.mark.parametrize(
    "value",
    ["a", "a,b", "a;b", "a ; b = c\t, d", 'a; b="c"', r'a; b="\c"', "a;b;c=1,d;e=2"],
)
def test_well_formed_extensions(value: str) -> None:
    assert extensions_outcome(Headers([("Sec-WebSocket-Extensions", value)])) == (
        True,
        f"Sec-WebSocket-Extensions: {value}",
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        ",",
        "a,",
        "a,,b",
        "a;",
        ";a",
        "a b",
        "a;b=",
        'a;b=""',
        'a;b="c d"',
        'a;b="c',
        "a=b",
        "a;=b",
    ],
)
def test_ill_formed_extensions(value: str) -> None:
    outcome = extensions_outcome(Headers([("Sec-WebSocket-Extensions", value)]))
    assert outcome is not None
    assert outcome[0] is False


def test_one_ill_formed_line_of_two() -> None:
    headers = Headers([("Sec-WebSocket-Extensions", "a"), ("Sec-WebSocket-Extensions", ";")])
    assert extensions_outcome(headers) == (
        False,
        "Sec-WebSocket-Extensions: a and Sec-WebSocket-Extensions: ;",
    )
    assert extensions_outcome(Headers()) is None


def test_a_long_ill_formed_list_is_judged_at_once() -> None:
    value = "a" + " ; b = c" * 5000 + " ;" + " " * 20_000 + "!@"
    outcome = extensions_outcome(Headers([("Sec-WebSocket-Extensions", value)]))
    assert outcome is not None
    assert outcome[0] is False


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"GET / HTTP/1.1\r\nA: b\r\n\r\n", "24 bytes of plain HTTP"),
        (b"GET / HTTP/1.1\n\r\n", "a line that ends with LF alone (byte 14)"),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "a header folded over two lines (byte 21)"),
        (b"GET / HTTP/1.1\r\nA: \x7f\r\n\r\n", "a control character (byte 19)"),
        (
            b"GET / HTTP/1.1\nA: \x01\r\n\r\n",
            "a line that ends with LF alone (byte 14), a control character (byte 18)",
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_plain_http(data: bytes, found: str) -> None:
    request = Request.parse(data)
    assert request is not None
    assert plain_outcome(request) == (found.endswith("plain HTTP"), found)


@pytest.mark.parametrize(
    ("version", "ok"),
    [("0.9", False), ("1", False), ("1.0", False), ("1.1", True), ("1.10", True), ("2", True)],
)
def test_versions(version: str, ok: bool) -> None:
    assert version_outcome(Request("GET", "/", (), f"HTTP/{version}")) == (ok, f"HTTP/{version}")


# Each repeats what one of the patterns of the rules, of heads or of extensions begins with.
LONG_VALUES = [
    *(
        "a",
        "a ",
        " ",
        "\\t",
        ";",
        ",",
        "a;",
        "a;b=",
        "a;b ",
        "a ;b =c ,",
        'a;b="',
        'a;b="c',
        "\\\\",
    ),
    *('"', '"\\\\', "a=", ":", "://", "a://b ", "a:", "[", "[::", "%", "1", "\\n a", "\\r"),
]


def test_a_head_costs_what_it_is_long() -> None:
    ends(
        "from wslab.errors import WslabError\n"
        "from wslab.protocol.dissect import dissect\n"
        "from wslab.protocol.handshake import Handshake, Request, Response, parse_extensions\n"
        "from wslab.protocol.rules.handshake import check_handshake\n"
        "NAMES = ('Sec-WebSocket-Extensions', 'Sec-WebSocket-Protocol', 'Host', 'Origin', 'X')\n"
        f"for part in {LONG_VALUES!r}:\n"
        "    text = part.encode().decode('unicode_escape')\n"
        "    for end in '', '(':\n"
        "        value = (text * (10_000 // len(text)) + end).encode()\n"
        "        parse_extensions(value.decode())\n"
        "        lines = b''.join(b'%s: %s\\r\\n' % (name.encode(), value) for name in NAMES)\n"
        "        try:\n"
        "            request = Request.parse(b'GET /%s HTTP/1.1\\r\\n%s\\r\\n' % (value, lines))\n"
        "        except WslabError:\n"
        "            request = Request.parse(b'GET / HTTP/1.1\\r\\n\\r\\n')\n"
        "        try:\n"
        "            response = Response.parse(b'HTTP/1.1 101 %s\\r\\n%s\\r\\n' % (value, lines))\n"
        "        except WslabError:\n"
        "            response = None\n"
        "        check_handshake(Handshake(request, response))\n"
        "        repr(dissect(Handshake(request, response)))\n"
    )
