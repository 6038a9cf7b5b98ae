from tests.handshake_vectors import REQUEST, RESPONSE
from tests.wslab.display.captures import (
    CLIENT,
    KEY,
    SECRET_REQUEST,
    SERVER,
    closed,
    long,
    recording,
    upgraded,
)
from wslab.display.pictures.exchange import MAX_DRAWN, exchange
from wslab.protocol.frames import Frame, Opcode
from wslab.protocol.recording.recording import Ending


def test_a_conversation_from_the_first_head_to_the_end_of_tcp():
    assert [(sender, label) for _, sender, label in exchange(closed())] == [
        (CLIENT, "GET /chat HTTP/1.1"),
        (SERVER, "HTTP/1.1 101 Switching Protocols"),
        (CLIENT, 'TEXT "Hello"'),
        (SERVER, 'TEXT "Hello"'),
        (CLIENT, 'CLOSE 1000, NORMAL_CLOSURE, "bye"'),
        (SERVER, "CLOSE 1000, NORMAL_CLOSURE"),
        (SERVER, "ends TCP"),
        (CLIENT, "ends TCP"),
    ]


def test_events_stand_in_order_of_time():
    times = [event[0] for event in exchange(closed())]
    assert times == sorted(times)


def test_a_long_middle_is_left_out_and_counted():
    events = exchange(long(1000))
    [(_, nobody, note)] = [event for event in events if event[1] is None]
    assert nobody is None and note == f"{1000 - MAX_DRAWN - MAX_DRAWN // 2:,} frames left out"
    assert len(events) == 2 + MAX_DRAWN + 1 + MAX_DRAWN // 2


def test_secrets_are_hidden_unless_asked():
    made = upgraded(request=SECRET_REQUEST)
    assert "s3cret" not in exchange(made)[0][2]
    assert "s3cret" in exchange(made, redact=False)[0][2]


def test_bytes_that_are_no_http():
    made = recording((SERVER, b"220 hello"), (CLIENT, b"\x01"), Ending(1.0, SERVER, "reset"))
    assert [event[1:] for event in exchange(made)] == [
        (SERVER, "9 bytes, no complete HTTP head"),
        (CLIENT, "1 byte, no complete HTTP head"),
        (SERVER, "reset"),
    ]


def test_an_answer_that_is_no_http():
    made = recording((CLIENT, REQUEST), (SERVER, b"220 hello"))
    assert [event[1:] for event in exchange(made)] == [
        (CLIENT, "GET /chat HTTP/1.1"),
        (SERVER, "9 bytes, no complete HTTP head"),
    ]


def test_a_frame_before_the_101_stands_before_it():
    early = Frame(Opcode.TEXT, b"early", mask=KEY).encode()
    made = recording((CLIENT, REQUEST), (CLIENT, early), (SERVER, RESPONSE))
    assert [event[1] for event in exchange(made)] == [CLIENT, CLIENT, SERVER]


def test_nothing_at_all():
    assert exchange(recording()) == []
