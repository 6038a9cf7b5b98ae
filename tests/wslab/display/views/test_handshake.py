import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.handshake_vectors import BAD_REQUEST, REQUEST, RESPONSE
from tests.wslab.display.captures import SECRET_REQUEST
from tests.wslab.display.pages import assert_same_facts
from wslab.display.markup import Document
from wslab.display.spans import line_text
from wslab.display.views.handshake import (
    handshake_view,
    handshake_words,
    head_table,
    head_view,
    headers_view,
)
from wslab.protocol.handshake import Handshake, Headers


def shown(view, *args) -> Document:
    document = Document()
    view(document, *args)
    assert_same_facts(document.text, document.html)
    return document


def test_a_head_has_a_row_for_each_part_with_all_its_bytes():
    table = head_table("C", REQUEST)
    rows = [[line_text(cell) for cell in row] for row in table.rows]
    assert [row[0] for row in rows[:4]] == ["method", "target", "version", "Host"]
    assert rows[3][1:3] == ["20–45", r"Host: server.example.com\r\n"]
    assert rows[-1][0] == "end of head"
    wire = "".join(row[2] for row in rows).replace(r"\r\n", "\r\n").encode()
    assert wire == REQUEST


@given(st.binary(max_size=80))
@example(bytes(6) + b":\0\1")  # the value ends a word that is broken across lines
def test_any_head_shows_in_both_forms(noise):
    shown(head_view, b"GET / HTTP/1.1\r\n" + noise)


def test_the_rows_leave_no_byte_out():
    data = b"GET / HTTP/1.1\r\nA: b \r\n folded\r\nstray\r\nEmpty:\r\n\r\nbody"
    spans = [str(row[1]).split("–") for row in head_table("C", data).rows]
    assert [int(start) for start, _ in spans] == [0, *(int(end) + 1 for _, end in spans[:-1])]
    assert int(spans[-1][1]) == len(data) - 1


def test_a_handshake_shows_both_heads_and_the_rules():
    text = shown(handshake_view, Handshake.parse(REQUEST, RESPONSE)).text
    assert "The request, client → server" in text and "The response, server → client" in text
    assert "everything keeps to the rules" in text


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (RESPONSE, "the server agreed"),
        (BAD_REQUEST, "answered 400 Bad Request. Nothing was upgraded"),
        (b"", "no complete answer was seen"),
    ],
)
def test_what_came_of_it(response, words):
    assert words in handshake_words(Handshake.parse(REQUEST, response))


def test_secrets_are_hidden_in_both_forms_unless_asked():
    handshake = Handshake.parse(SECRET_REQUEST, RESPONSE)
    document = shown(handshake_view, handshake)
    assert "s3cret" not in document.text + document.html
    assert "?token=******" in document.text
    assert document.text.count("s3cret") == 0
    open_document = shown(handshake_view, handshake, False)
    assert "session=s3cret" in open_document.text


def test_headers_alone():
    text = shown(headers_view, Headers([("Upgrade", "websocket"), ("X-Y", "z")])).text
    assert text.startswith("2 headers") and "method" not in text and "X-Y: z" in text


def test_a_head_that_is_cut_short_says_so():
    text = shown(head_view, REQUEST[:40]).text
    assert "An HTTP request head, cut short" in text
    assert "An HTTP response head" in shown(head_view, RESPONSE).text
