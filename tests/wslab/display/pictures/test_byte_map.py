import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import FRAMES, HELLO_MASKED
from tests.wslab.display.pages import Page
from wslab.display.pictures.byte_map import byte_map, colour_of
from wslab.errors import WslabError
from wslab.protocol.frames import Frame, FrameHeader, Opcode


def drawn(x) -> list[str]:
    return Page(byte_map(x)._repr_html_()).drawn


def test_hello_masked():
    picture = byte_map(HELLO_MASKED)
    assert picture.text.splitlines() == [
        "byte 0      81  FIN 1 (last) · RSV1 0 (unused) · RSV2 0 (unused) · RSV3 0 (unused)"
        " · opcode 0001 (TEXT)",
        "byte 1      85  MASK 1 (masked) · payload length 0000101 (5 bytes)",
        "bytes 2–5   37 fa 21 3d  masking key",
        "bytes 6–10  7f 9f 4d 51 58  masked payload",
        "unmasked    48 65 6c 6c 6f  XOR with the key: Hello",
    ]
    seen = drawn(HELLO_MASKED)
    assert [word for word in seen if len(word) == 2 and word != "10"] == (
        "81 85 37 fa 21 3d 7f 9f 4d 51 58 48 65 6c 6c 6f".split()
    )
    assert "".join(word for word in seen if word in "Helo") == "Hello"
    bits = [word for word in seen if word in ("0", "1")]
    assert "".join(bits[2:]) == "1000000110000101"  # after the numbers of the bytes 0 and 1


@pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.name)
def test_every_frame_draws_and_names_all_its_fields(vector):
    seen = drawn(vector.data)
    assert {"FIN", "RSV1", "RSV2", "RSV3", "opcode", "MASK", "payload length"} <= set(seen)
    if len(vector.data) > 16:
        assert f"+{len(vector.data) - 15:,}" in seen


@given(st.binary(min_size=1, max_size=24))
def test_any_frame_or_part_of_one_draws(data):
    try:
        picture = byte_map(data)
    except WslabError:
        return
    page = Page(picture._repr_html_())
    for word in page.drawn:
        if len(word) == 2 and all(c in "0123456789abcdef" for c in word) and not word.isdigit():
            assert word in picture.text


def test_the_three_things_it_draws():
    frame = Frame(Opcode.TEXT, b"Hello")
    assert byte_map(frame) == byte_map(frame.encode())
    header = FrameHeader(bytes.fromhex("8105"))
    assert "48" not in byte_map(header).text
    assert "126: the next 2 bytes hold it" in byte_map(Frame(Opcode.TEXT, bytes(126))).text


def test_a_drawing_stays_small_whatever_the_frame():
    assert len(byte_map(Frame(Opcode.BINARY, bytes(1 << 20))).svg) < 20_000


def test_a_handshake_is_no_frame():
    with pytest.raises(WslabError, match="use inspect"):
        byte_map(b"GET / HTTP/1.1\r\n\r\n")


def test_related_fields_share_a_colour():
    assert colour_of("MASK") == colour_of("masking key")
    assert colour_of("payload") == colour_of("masked payload") == colour_of("anything else")


def test_the_same_bytes_give_the_same_picture():
    assert byte_map(b"\x81\x00") == byte_map(b"\x81\x00")
