"""TLS records: the law, the stream, and what an onlooker can tell."""

from __future__ import annotations

import pytest

from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import Chunk
from wslab.protocol.recording.tls_records import (
    ContentType,
    SentRecord,
    TlsRecord,
    is_tls,
    read_records,
)

CLIENT, SERVER = Side.CLIENT, Side.SERVER
# The first bytes of the client's and the server's hello in RFC 8448 §3, each cut to 8 bytes.
CLIENT_HELLO = bytes.fromhex("16 0301 0008 01 000004 0303cb34")
SERVER_HELLO = bytes.fromhex("16 0303 0008 02 000004 0303a6af")
CHANGE = bytes.fromhex("14 0303 0001 01")
DATA = bytes.fromhex("17 0303 0005 a23f7054b6")
ALERT = bytes.fromhex("15 0303 0002 0230")
EMPTY = bytes.fromhex("17 0303 0000")
UNKNOWN = bytes.fromhex("ff 7f7f 0001 00")
RECORDS = [CLIENT_HELLO, SERVER_HELLO, CHANGE, DATA, ALERT, EMPTY, UNKNOWN]

every_record = pytest.mark.parametrize("data", RECORDS, ids=lambda data: data[:5].hex())


@every_record
def test_the_law(data: bytes) -> None:
    record = TlsRecord.parse(data)
    assert record is not None and record.encode() == data and len(record) == len(data)
    assert TlsRecord(record.content_type, record.version, record.content) == record


@every_record
def test_whole_cut_and_followed(data: bytes) -> None:
    assert all(TlsRecord.parse(data[:cut]) is None for cut in range(len(data)))
    assert TlsRecord.parse(b"xx" + data + b"more", 2) == TlsRecord.parse(data)


def test_what_stands_in_the_header() -> None:
    record = TlsRecord.parse(DATA)
    assert record is not None
    assert record.content_type is ContentType.APPLICATION_DATA
    assert (record.version, record.content) == (b"\x03\x03", bytes.fromhex("a23f7054b6"))
    assert record.header == DATA[:5]
    assert record.name == "APPLICATION_DATA"
    unknown = TlsRecord.parse(UNKNOWN)
    assert unknown is not None and unknown.name == "type 255"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (CLIENT_HELLO, "ClientHello, which can be read"),
        (SERVER_HELLO, "ServerHello, which can be read"),
        (bytes.fromhex("16 0303 0004 0b 000000"), "a step of the TLS handshake"),
        (bytes.fromhex("16 0303 0004 01 ffffff"), "a step of the TLS handshake"),
        (bytes.fromhex("16 0303 0000"), "a step of the TLS handshake"),
        (DATA, "encrypted: bytes that say nothing"),
        (CHANGE, "from here on encrypted"),
        (ALERT, "an alert"),
        (UNKNOWN, "a type that nobody has defined"),
    ],
    ids=lambda value: value.hex() if isinstance(value, bytes) else "",
)
def test_what_an_onlooker_can_tell(data: bytes, words: str) -> None:
    record = TlsRecord.parse(data)
    assert record is not None and record.says == words


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (CLIENT_HELLO, True),
        (CLIENT_HELLO[:3], True),
        (ALERT, True),
        (CLIENT_HELLO[:2], False),
        (b"", False),
        (DATA, False),  # nothing begins in the middle
        (b"GET / HTTP/1.1\r\n", False),
        (b"\x16\x02\x00", False),
        (b"\x16\x03\x05", False),
        (b"\x16\x03\x01\x48\x00", True),
        (b"\x16\x03\x01\x48\x01", False),
    ],
    ids=lambda value: value.hex() if isinstance(value, bytes) else "",
)
def test_is_it_tls(data: bytes, answer: bool) -> None:
    assert is_tls(data) is answer


def test_both_senders_in_order_of_arrival_however_they_are_cut() -> None:
    stream = {CLIENT: CLIENT_HELLO + CHANGE + DATA, SERVER: SERVER_HELLO + ALERT}
    pieces = [
        Chunk(at, side, bytes([byte]))
        for side in Side
        for at, byte in enumerate(stream[side], start=100 * (side is SERVER))
    ]
    records, rest = read_records(pieces)
    assert [sent.record.encode() for sent in records] == [
        CLIENT_HELLO, CHANGE, DATA, SERVER_HELLO, ALERT
    ]  # fmt: skip
    assert [sent.index for sent in records] == [0, 1, 2, 3, 4]
    assert records[3].at == 100 + len(SERVER_HELLO) - 1
    assert rest == {CLIENT: b"", SERVER: b""}
    whole, _ = read_records([Chunk(0.0, side, stream[side]) for side in Side])
    assert [sent.record for sent in whole] == [sent.record for sent in records]
    hello = TlsRecord.parse(SERVER_HELLO)
    assert hello is not None and whole[3] == SentRecord(3, 0.0, SERVER, hello)


def test_what_is_left_over_is_kept() -> None:
    records, rest = read_records(
        [
            Chunk(0, CLIENT, DATA + DATA[:7]),
            Chunk(1, SERVER, ALERT + b"HTTP/1.1 400 Bad Request"),
            Chunk(2, SERVER, b"\r\n"),
        ]
    )
    assert [sent.record.encode() for sent in records] == [DATA, ALERT]
    assert rest == {CLIENT: DATA[:7], SERVER: b"HTTP/1.1 400 Bad Request\r\n"}
