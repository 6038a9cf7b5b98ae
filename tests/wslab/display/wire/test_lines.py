"""The lines of a terminal: one for each thing that passes, and none at the relay's expense."""

from __future__ import annotations

import asyncio
import re
import threading
import zlib
from collections.abc import Callable, Iterable

import pytest

from tests.handshake_vectors import REQUEST, RESPONSE
from tests.wslab.display.captures import (
    CLIENT,
    HOSTILE,
    KEY,
    SECRET_REQUEST,
    SERVER,
    closed,
    recording,
    upgraded,
)
from tests.wslab.display.wire.terminal import LIMIT, Terminal, failed
from wslab.display.wire import lines as wire_lines
from wslab.display.wire.lines import ConnectionLines, WireLines
from wslab.network import background
from wslab.network.echo import EchoServer
from wslab.network.raw import RawClient
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import ClosePayload, Frame, Opcode
from wslab.protocol.kernel_messages import V1, KernelMessage
from wslab.protocol.recording.recording import Chunk, Ending, Recording

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY).encode()
BYE = Frame(Opcode.CLOSE, b"\x03\xe8", mask=KEY).encode()
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


def lines_of(made: Recording, over: bool = True, **options: bool) -> list[str]:
    """What a tap would have printed, without the time."""
    talk = ConnectionLines(1, **options)
    makes = [make for what in (*made.chunks, *made.endings) for make in talk.take(what)]
    makes += list(talk.last_lines()) if over else []
    text = "".join(make() for make in makes)
    assert text == "" or text.endswith("\n")
    return [re.sub(r"^ *\d+\.\d{3} s   1  ", "", line) for line in text.splitlines()]


def with_header(head: bytes, line: bytes) -> bytes:
    return head.removesuffix(b"\r\n") + line


def faults(lines: Iterable[str]) -> list[str]:
    return [line.split()[1] for line in lines if line.lstrip().startswith("BROKEN:")]


# what each thing says


def test_a_conversation_from_its_handshake_to_its_end():
    assert lines_of(closed()) == [
        "handshake        GET /chat     101 Switching Protocols, subprotocol chat, extensions none",
        'client → server  TEXT          5 bytes  "Hello"',
        'server → client  TEXT          5 bytes  "Hello"',
        'client → server  CLOSE         5 bytes  1000, NORMAL_CLOSURE, "bye": '
        "the purpose of the connection is fulfilled",
        "server → client  CLOSE         2 bytes  1000, NORMAL_CLOSURE: "
        "the purpose of the connection is fulfilled",
        "end              the server ended its half of TCP, then the client ended its half of TCP",
    ]


def test_time_runs_from_the_first_connection_and_each_has_its_number():
    [make] = list(ConnectionLines(12, began=1.5).take(Chunk(0.25, CLIENT, b"garbage\r\n\r\n")))
    assert make().startswith("    1.750 s  12  client → server  bytes  ")


def test_a_frame_that_breaks_a_rule_is_followed_by_the_name_of_the_rule():
    lines = lines_of(upgraded((CLIENT, Frame(Opcode.PING, b"", rsv2=True))))
    assert lines[1].startswith("client → server  PING")
    assert faults(lines[2:4]) == ["masked-by-the-client-only", "reserved-bits-are-zero"]
    assert "a client masks every frame" in lines[2] and "RFC 6455 §5.1" in lines[2]


def test_every_fault_of_a_recording_is_told_once():
    """Handshake, opening, frames and end: the same as `Recording.findings`."""
    request = REQUEST.replace(b"Version: 13", b"Version: 12")
    made = recording(
        (CLIENT, request + HELLO),
        (SERVER, RESPONSE),
        (SERVER, Frame(Opcode.TEXT, b"\xff", mask=KEY).encode()),
        (CLIENT, HELLO),
        (CLIENT, Frame(3, b"", mask=KEY).encode()),
        (SERVER, Frame(Opcode.PONG, b"", fin=False).encode()),
        Ending(0.1, CLIENT, "eof"),
    )
    expected = [f.rule for f in made.findings() if not f.ok]
    assert len(expected) >= 6 and "client-waits-for-the-101" in expected
    assert faults(lines_of(made)) == expected


def test_a_close_that_nobody_answers_is_told_at_the_end():
    made = upgraded((SERVER, Frame(Opcode.CLOSE, b"\x03\xe8")))
    made.end(Ending(0.2, CLIENT, "eof"))
    assert faults(lines_of(made)) == ["close-is-answered"]
    assert faults(lines_of(made, over=False)) == []


def test_nobody_need_answer_a_peer_whose_handshake_was_wrong():
    wrong = RESPONSE.replace(b"s3pPL", b"s3pPX")
    made = recording(
        (CLIENT, REQUEST), (SERVER, wrong), (SERVER, Frame(Opcode.CLOSE, b"\x03\xe8").encode())
    )
    made.end(Ending(0.2, CLIENT, "eof"))
    assert faults(lines_of(made)) == ["response-accept-answers-the-key"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1009, "1009, MESSAGE_TOO_BIG: the message is too big to process"),
        (4001, "4001: a private code: the two programs agreed on what it means"),
        (None, "nothing"),
    ],
)
def test_a_close_code_comes_in_words(code, words):
    close = Frame(Opcode.CLOSE, ClosePayload(code).encode())
    assert lines_of(upgraded((SERVER, close)))[1].endswith(f"  {words}")


def test_a_compressed_message_is_shown_inflated_and_said_to_be_compressed():
    packer = zlib.compressobj(wbits=-15)
    packed = [
        (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        for text in (b"Hello, hello", b"Hello, hello again")
    ]
    made = recording(
        (CLIENT, with_header(REQUEST, DEFLATE)),
        (SERVER, with_header(RESPONSE, DEFLATE)),
        *((SERVER, Frame(Opcode.TEXT, data, rsv1=True).encode()) for data in packed),
    )
    lines = lines_of(made)
    assert lines[0].endswith("extensions permessage-deflate")
    size = len(packed[0])
    assert lines[1].endswith(f'{size} bytes, compressed, unpacked "Hello, hello"')
    assert lines[2].endswith('compressed, unpacked "Hello, hello again"')
    assert faults(lines) == []


def test_the_last_fragment_says_what_they_all_said():
    made = upgraded(
        (SERVER, Frame(Opcode.TEXT, b"Hel", fin=False)),
        (SERVER, Frame(Opcode.PING, b"?")),
        (SERVER, Frame(Opcode.CONTINUATION, b"lo")),
    )
    lines = lines_of(made)
    assert "TEXT, more follow  3 bytes" in lines[1]
    assert lines[3].endswith('CONTINUATION  2 bytes  "lo", whole "Hello" in 2 frames')


def test_a_kernel_message_is_named():
    chosen = b"Sec-WebSocket-Protocol: " + V1.encode() + b"\r\n\r\n"
    answer = RESPONSE.replace(b"Sec-WebSocket-Protocol: chat\r\n\r\n", chosen)
    message = KernelMessage("shell", {"msg_type": "execute_request"}).encode()
    made = recording(
        (CLIENT, REQUEST),
        (SERVER, answer),
        (CLIENT, Frame(Opcode.BINARY, message, mask=KEY).encode()),
        (CLIENT, Frame(Opcode.BINARY, b"\x00", mask=KEY).encode()),
    )
    named, other = [line for line in lines_of(made) if "BINARY" in line]
    assert named.endswith('…, kernel message "execute_request" on "shell"')
    assert other.endswith("1 byte  00")


def test_nothing_that_a_stranger_sends_reaches_the_terminal_as_it_is():
    close = ClosePayload(1000, HOSTILE[:60]).encode()
    hostile = RESPONSE.replace(b": chat\r\n", b": ch\x9bat\r\nSec-WebSocket-Extensions: x\x9b\r\n")
    frames = [
        Frame(Opcode.TEXT, HOSTILE.encode()),
        Frame(Opcode.TEXT, HOSTILE.encode(), fin=False),
        Frame(Opcode.CONTINUATION, b""),
        Frame(Opcode.CLOSE, close),
    ]
    made = recording((CLIENT, REQUEST.replace(b"superchat", b"super\x9b")), (SERVER, hostile))
    for frame in frames:
        made.add(Chunk(1.0, SERVER, frame.encode()))
    for options in ({}, {"fields": True}):
        text = "\n".join(lines_of(made, **options))
        assert text.replace("\n", "").isprintable()
        assert "\\u202e\\x00\\x1b" in text and "subprotocol ch\\x9bat, extensions x\\x9b" in text


def test_secrets_do_not_show():
    answer = RESPONSE.replace(b": chat\r\n", b": a1b2c3d4e5f6a1b2c3d4\r\n")
    made = recording((CLIENT, SECRET_REQUEST), (SERVER, answer))
    made.end(Ending(0.1, SERVER, "refused", "ws://u:s3cret@h/"))
    lines = lines_of(made)
    assert "s3cret" not in "".join(lines)
    assert lines[0].startswith("handshake        GET /chat?token=******  101")
    assert f"subprotocol {'*' * 20}, " in lines[0]


def test_the_fields_of_a_frame_stand_below_its_line():
    lines = lines_of(upgraded((CLIENT, Frame(Opcode.TEXT, b"Hello", mask=KEY))), fields=True)
    table = lines[2:]
    assert table[0].strip() == "Every bit of the frame"
    row = next(line for line in table if "masking key" in line)
    assert row.startswith(wire_lines.INDENT) and "bytes 2–5" in row and "37 fa 21 3d" in row


# HTTP beside it


def test_plain_http_is_a_short_line_for_each_answer_and_no_noise():
    get = b"GET /lab?token=s3cret HTTP/1.1\r\nHost: a\r\nCookie: id=s3cret\r\n\r\n"
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    made = recording(
        *((CLIENT, get), (SERVER, ok), (SERVER, b"body"), (CLIENT, get)),
        *((SERVER, b"HTTP/1.1 100 Continue\r\n\r\n"), (SERVER, ok + b"body")),
    )
    made.end(Ending(0.1, CLIENT, "eof"))
    made.end(Ending(0.1, SERVER, "eof"))
    assert lines_of(made) == ["HTTP             GET /lab?token=******  200 OK"] * 2


def test_a_long_target_is_cut_and_a_secret_far_out_in_it_stays_one():
    get = b"GET /" + b"x" * 150 + b"?token=" + b"s3cret" * 100 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    [line] = lines_of(recording((CLIENT, get), (SERVER, b"HTTP/1.1 200 OK\r\n\r\n")), over=False)
    assert re.fullmatch(r"HTTP +GET /x{150}\?token=\*{38} …  200 OK", line)


def test_a_request_without_an_answer_says_how_it_ended():
    made = recording((CLIENT, b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"))
    made.end(Ending(0.1, SERVER, "reset"))
    assert lines_of(made) == [
        "HTTP             GET /slow     no answer",
        "end              the server reset TCP",
    ]


def test_only_so_many_requests_without_an_answer_are_remembered():
    get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    lines = lines_of(
        recording((CLIENT, get), (SERVER, b"HTTP/1.1 200 OK\r\n\r\n"), (CLIENT, get * 150))
    )
    assert len(lines) == 1 + wire_lines.MAX_UNANSWERED + 1


def test_a_refusal_is_told_with_its_status():
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    lines = lines_of(recording((CLIENT, REQUEST), (SERVER, refusal)))
    assert lines[0] == "refused          GET /chat     403 Forbidden"


def test_a_target_out_of_reach_is_told():
    made = recording(Ending(0.0, SERVER, "refused", "ws://127.0.0.1:9 could not be reached"))
    assert lines_of(made) == [
        "end              the target could not be reached (ws://127.0.0.1:9 could not be reached)"
    ]


def test_a_101_to_a_later_request_is_told_and_its_bytes_are_shown():
    """A recording reads frames after the first answer only, and so do the lines."""
    get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    denied = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    made = recording((CLIENT, get), (SERVER, denied), (CLIENT, REQUEST), (SERVER, RESPONSE))
    made.add(Chunk(1.0, CLIENT, HELLO))
    assert [line.split("  ")[0] for line in lines_of(made, over=False)] == [
        *("HTTP", "HTTP", "client → server")
    ]


def test_an_answer_that_nobody_asked_for():
    lines = lines_of(recording((CLIENT, b"hm\r\n\r\n"), (SERVER, b"HTTP/1.1 400 Bad\r\n\r\n")))
    assert lines[:2] == [
        'client → server  bytes         6 bytes  "hm\\r\\n\\r\\n"',
        "HTTP             nobody asked  400 Bad",
    ]


def test_half_a_frame_is_told_when_its_sender_ends():
    made = upgraded()
    made.add(Chunk(1.0, SERVER, b"\x81\x05He"))
    made.end(Ending(1.1, SERVER, "eof"))
    assert lines_of(made)[1] == 'server → client  half a frame  4 bytes  "\\x81\\x05He"'


# what memory it takes


@pytest.mark.parametrize("how", ["one frame", "fragments"])
def test_a_message_without_an_end_is_not_kept(how, monkeypatch):
    monkeypatch.setattr(wire_lines, "MAX_RECORDING_BYTES", 100_000)
    if how == "one frame":
        parts = [b"\x82\x7f" + (1 << 40).to_bytes(8, "big"), *[bytes(1000)] * 300]
    else:
        first = Frame(Opcode.BINARY, bytes(1000), fin=False).encode()
        again = Frame(Opcode.CONTINUATION, bytes(1000), fin=False).encode()
        ping = Frame(Opcode.PING, b"still there?").encode()
        parts = [first, *[again + ping] * 300]
    made = upgraded()
    for part in parts:
        made.add(Chunk(1.0, SERVER, part))
    lines = lines_of(made)
    assert [line.split("  ")[0] for line in lines].count("not read") == 1
    assert "not read" in lines[-2] and "end" in lines[-1]


def test_many_whole_messages_are_read_to_the_last(monkeypatch):
    monkeypatch.setattr(wire_lines, "MAX_RECORDING_BYTES", 10_000)
    ping = Frame(Opcode.PING, bytes(100))
    lines = lines_of(upgraded(*[(SERVER, ping), (SERVER, Frame(Opcode.TEXT, b"x" * 100))] * 150))
    assert len(lines) == 302 and "not read" not in "".join(lines)


# behind a real tap


def taped(work: Callable[[Tap], None], limit: int = 0, **options: bool) -> list[str]:
    """What is printed while `work` uses a tap in front of an echo server."""
    lines, terminal = WireLines(**options), Terminal()
    terminal.open_.set()
    with (
        EchoServer() as server,
        Tap(server.url, limit=limit, record=lines.record, on_end=lines.connection_ended) as tap,
    ):
        lines.begin(terminal, failed)
        work(tap)
        assert tap.limit == limit
    assert lines.close() == 0
    assert lines._live == {}
    return terminal.lines


def hello(tap: Tap, times: int = 1) -> None:
    with RawClient(tap.url, timeout=6 * LIMIT) as raw:
        sender = threading.Thread(target=raw.send, args=(HELLO * times,))
        sender.start()
        raw.read(7 * times)
        sender.join(LIMIT)
        raw.send(BYE)
        raw.read_to_end()
    tap.wait_closed()


def test_each_connection_from_its_handshake_to_its_end():
    def work(tap: Tap) -> None:
        hello(tap)
        hello(tap)

    lines = taped(work)
    for number in (1, 2):
        mine = [line[17:] for line in lines if line[12:15].strip() == str(number)]
        assert [" ".join(line.split()[:4]) for line in mine] == [
            "handshake GET / 101",
            "client \\u2192 server TEXT",
            "server \\u2192 client TEXT",
            "client \\u2192 server CLOSE",
            "server \\u2192 client CLOSE",
            "end the server ended",
        ]


def test_lines_go_on_after_the_recording_is_full():
    lines = taped(lambda tap: hello(tap, 1000), limit=2000)
    assert len([line for line in lines if "TEXT" in line]) == 2000


def test_a_flood_is_printed_to_its_last_frame(monkeypatch):
    monkeypatch.setattr(wire_lines, "MAX_BEHIND_BYTES", 10_000)  # the relay waits now and then
    lines = taped(lambda tap: hello(tap, 2_000))
    gaps = [re.match(r"\(([\d,]+) lines? left out", line) for line in lines]
    left = sum(int(gap[1].replace(",", "")) for gap in gaps if gap)
    assert gaps.count(None) + left == 4_000 + 4  # the handshake, two Close frames and the end


def test_lines_that_one_turn_did_not_make_come_in_the_next(monkeypatch):
    monkeypatch.setattr(wire_lines, "LINES_A_TURN", 1)
    lines, terminal = WireLines(), Terminal()
    terminal.open_.set()
    lines.begin(terminal, failed)

    async def pass_by() -> None:
        recording = lines.record("", 0)
        for chunk in closed().chunks:
            recording.add(chunk)

    background.run(pass_by())
    terminal.until(lambda: terminal.data.count(b"CLOSE") == 2)
    assert lines.close() == 0


def test_what_waits_for_its_lines_is_bounded(monkeypatch):
    monkeypatch.setattr(wire_lines, "MAX_BEHIND_BYTES", 1000)
    lines = WireLines()

    async def pass_by() -> int:
        recording, most = lines.record("", 0), 0
        for _ in range(100):  # in one turn of the loop
            recording.add(Chunk(0.0, CLIENT, bytes(300)))
            most = max(most, lines._size)
        return most

    assert background.run(pass_by()) <= 1000
    lines.close()


def test_a_connection_that_lives_at_the_stop_is_told():
    def work(tap: Tap) -> None:
        raw = RawClient(tap.url).__enter__()
        tap.wait(lambda recording: bool(recording.byte_count(SERVER)))
        tap.stop()
        raw.close()

    assert "cut on purpose" in taped(work)[-1]


def test_a_fault_of_ours_cuts_nothing(monkeypatch):
    def broken(*_: object) -> str:
        raise ValueError("oh no")

    monkeypatch.setattr(ConnectionLines, "_frame_text", broken)
    lines = taped(hello)
    assert len([line for line in lines if "ValueError('oh no')" in line]) == 4
    assert "ended its half of TCP" in lines[-1]


def test_a_screen_that_is_not_there_is_no_error():
    lines = WireLines()
    lines.begin(None, failed)
    assert lines.close() == 0 and lines.error is None


def test_lines_cost_no_turn_of_the_loop_when_nothing_passes():
    with EchoServer() as server:
        lines = WireLines()
        with Tap(server.url, record=lines.record, on_end=lines.connection_ended) as tap:
            hello(tap)
            background.run(asyncio.sleep(0))
            assert not lines._is_due
        lines.close()
