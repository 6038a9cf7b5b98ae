from wslab.display.phrases import carries, count, direction, joined, preview
from wslab.display.spans import line_text
from wslab.protocol.frames import ClosePayload, Frame, Opcode, Side


def words(opcode, payload=b"", **options):
    return line_text(carries(Frame(opcode, payload, **options)))


def test_direction_is_in_words():
    assert direction(Side.CLIENT) == "client → server"
    assert direction(Side.SERVER) == "server → client"


def test_lists_read_as_sentences():
    assert [joined([]), joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c")
    ]
    assert count(2, "frame") == "2 frames"


def test_previews_are_short_and_cut_between_characters():
    assert preview("short") == '"short"'
    assert preview("x" * 100, 10) == '"xxxxxxxxxx" …'
    assert preview("é".encode() * 300) == f'"{"é" * 48}" …'
    assert preview(b"\xff") == '"\ufffd"'


def test_what_a_frame_carries():
    assert words(Opcode.TEXT, b"Hello", mask=b"abcd") == '"Hello"'
    assert words(Opcode.BINARY, bytes(14)) == f"{'00 ' * 12}…"
    assert words(Opcode.BINARY, b"\x01") == "01"
    assert words(Opcode.PING) == "nothing"
    assert words(Opcode.TEXT, b"ab", rsv1=True) == "2 bytes, compressed"
    assert words(Opcode.TEXT, b"\0\x1b[31m") == r'"\x00\x1b[31m"'


def test_what_a_close_frame_carries():
    close = ClosePayload(1001, "moving").encode()
    assert words(Opcode.CLOSE, close) == '1001, GOING_AWAY, "moving"'
    assert words(Opcode.CLOSE, ClosePayload(4000).encode()) == "4000"
    assert words(Opcode.CLOSE) == "nothing"
