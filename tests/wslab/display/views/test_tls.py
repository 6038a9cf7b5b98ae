"""A wss:// connection from outside: records, lengths, and no word of what was said."""

from tests.wslab.display.captures import CLIENT, over_tls, recording
from tests.wslab.display.pages import assert_same_facts
from wslab.display.inspectors import inspect
from wslab.display.markup import Document
from wslab.display.views.tls import add_tls_records
from wslab.protocol.recording.recording import Recording


def shown(made: Recording, **options: bool) -> str:
    inspection = inspect(made, **options)
    assert_same_facts(inspection.text, inspection.html)
    return " ".join(inspection.text.split())


def test_a_recording_is_shown_as_records() -> None:
    text = shown(over_tls())
    assert "A TLS connection, seen from outside" in text
    assert "client → server HANDSHAKE 8 bytes 16 03 01 00 08 ClientHello, which can be" in text
    assert "APPLICATION_DATA 5 bytes 17 03 03 00 05 encrypted" in text
    assert (
        "1 record from the client, with 8 bytes; 2 records from the server, with 13 bytes" in text
    )
    assert "HTTP" not in text and "no whole" not in text and "a2 3f 70" not in text


def test_the_clock_only_when_asked() -> None:
    assert "1.0 ms" in shown(over_tls(), times=True)
    assert "1.0 ms" not in shown(over_tls())


def test_a_long_one_says_what_it_leaves_out() -> None:
    text = shown(over_tls(more=1000))
    assert "60 of 1,002 records are shown: the first 40, the last 20." in text
    assert "942 records left out" in text
    assert "966 records left out" in text  # of the picture


def test_a_list_of_records() -> None:
    document = Document()
    add_tls_records(document, over_tls().tls_records())
    assert inspect(over_tls().tls_records()).text == document.text


def test_what_is_no_tls_stays_what_it_was() -> None:
    assert "Not HTTP, so not WebSocket either" in shown(
        recording((CLIENT, b"\x16\x02\x00\x00\x00"))
    )
