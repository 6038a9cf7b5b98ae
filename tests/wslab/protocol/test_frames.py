"""Bytes to a frame and back: the law, the stream, the mask."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import FRAMES, HEADERS_ALONE, HELLO, HELLO_MASKED, FrameVector
from wslab.protocol.frames import (
    Frame,
    FrameHeader,
    FrameReader,
    Opcode,
    Side,
    apply_mask,
    header_size,
)

every_frame = pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.name)


def test_the_standards_hello() -> None:
    frame = Frame.parse(HELLO_MASKED)
    assert frame is not None
    assert (frame.opcode, frame.payload, frame.fin) == (Opcode.TEXT, b"Hello", True)
    assert frame.mask == bytes.fromhex("37fa213d")
    assert frame.masked_payload == bytes.fromhex("7f9f4d5158")
    assert (frame.rsv1, frame.rsv2, frame.rsv3, frame.length, frame.length_size) == (0, 0, 0, 5, 0)
    assert frame == Frame(Opcode.TEXT, b"Hello", mask=bytes.fromhex("37fa213d"))
    assert Frame(Opcode.TEXT, b"Hello").encode() == HELLO


@every_frame
def test_the_law(vector: FrameVector) -> None:
    frame = Frame.parse(vector.data)
    assert frame is not None
    assert frame.encode() == vector.data
    again = Frame(
        frame.opcode,
        frame.payload,
        fin=frame.fin,
        rsv1=frame.rsv1,
        rsv2=frame.rsv2,
        rsv3=frame.rsv3,
        mask=frame.mask,
        length_size=frame.length_size,
    )
    assert again == frame and hash(again) == hash(frame) and again.encode() == vector.data
    assert frame.header.encode() + frame.masked_payload == vector.data
    assert len(frame) == len(vector.data) and len(frame.header) == header_size(vector.data)


@every_frame
def test_whole_cut_and_followed(vector: FrameVector) -> None:
    for cut in {0, 1, 2, 3, 5, len(vector.data) // 2, len(vector.data) - 1}:
        if cut < len(vector.data):
            assert Frame.parse(vector.data[:cut]) is None
    assert Frame.parse(b"xx" + vector.data + b"trailing", 2) == Frame.parse(vector.data)


@every_frame
def test_byte_by_byte(vector: FrameVector) -> None:
    stream = vector.data + HELLO
    reader = FrameReader()
    frames = [frame for byte in stream for frame in reader.feed(bytes((byte,)))]
    assert [frame.encode() for frame in frames] == [vector.data, HELLO]
    assert reader.pending == b""


@given(st.lists(st.sampled_from(FRAMES[:40]), max_size=6), st.lists(st.integers(1, 300)), st.data())
def test_any_cut_of_a_stream_gives_the_same_frames(
    vectors: list[FrameVector], sizes: list[int], data: st.DataObject
) -> None:
    whole = b"".join(vector.data for vector in vectors if len(vector.data) < 1000)
    stream = whole + data.draw(st.sampled_from([b"", b"\x81", b"\x82\x7e\x00"]))
    reader, frames, rest = FrameReader(), [], stream
    for size in sizes:
        frames += reader.feed(rest[:size])
        rest = rest[size:]
    frames += reader.feed(rest)
    assert b"".join(frame.encode() for frame in frames) == whole
    assert reader.pending == stream[len(whole) :]


@given(st.binary(max_size=300))
def test_no_bytes_are_lost_or_refused(data: bytes) -> None:
    reader = FrameReader()
    frames = reader.feed(data)
    assert b"".join(frame.encode() for frame in frames) + reader.pending == data
    for frame in frames:
        assert len(frame.payload) == frame.length
        assert eval(repr(frame)) == frame  # every repr is the call that makes the frame


def test_a_buffer_that_is_used_again_changes_no_frame() -> None:
    reader, buffer = FrameReader(), bytearray(HELLO + HELLO[:3])
    [frame] = reader.feed(memoryview(buffer))
    buffer[:] = bytes(len(buffer))
    assert frame.encode() == HELLO and hash(frame) and reader.pending == HELLO[:3]


@pytest.mark.parametrize("payload", ["Hello", 3, None, [72]])
def test_a_payload_is_bytes(payload: object) -> None:
    with pytest.raises(TypeError, match="a payload is bytes, not"):
        Frame(Opcode.TEXT, payload)  # type: ignore[arg-type]


def test_empty_chunks_change_nothing() -> None:
    reader = FrameReader()
    assert reader.feed(b"") == [] and reader.feed(HELLO[:3]) == [] and reader.feed(b"") == []
    assert reader.pending == HELLO[:3]
    assert reader.feed(HELLO[3:]) == [Frame(Opcode.TEXT, b"Hello")]


@pytest.mark.parametrize("vector", HEADERS_ALONE, ids=lambda vector: vector.name)
def test_a_giant_length_allocates_nothing(vector: FrameVector) -> None:
    reader = FrameReader()
    tracemalloc.start()
    try:
        assert reader.feed(vector.data) == []
        assert reader.feed(b"only these") == []
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
    assert reader.pending == vector.data + b"only these"
    header = FrameHeader.parse(reader.pending)
    assert header is not None and header.length >= 1 << 32


@given(st.binary(max_size=5000), st.binary(min_size=4, max_size=4))
def test_a_mask_is_its_own_inverse(data: bytes, key: bytes) -> None:
    masked = apply_mask(data, key)
    assert masked == bytes(byte ^ key[place % 4] for place, byte in enumerate(data))
    assert apply_mask(masked, key) == data


def test_a_key_has_four_bytes() -> None:
    with pytest.raises(ValueError, match="this one has 3: 01 02 03"):
        apply_mask(b"abc", b"\1\2\3")
    with pytest.raises(ValueError, match="4 bytes"):
        Frame(Opcode.TEXT, b"", mask=b"")


def test_what_no_header_can_say() -> None:
    with pytest.raises(ValueError, match="0 to 15; found 16"):
        Frame(16)
    with pytest.raises(ValueError, match="0, 2 or 8 extra length bytes, not 4"):
        Frame(Opcode.TEXT, b"", length_size=4)
    with pytest.raises(ValueError, match="126 bytes do not fit in 0 extra length bytes; use 2"):
        Frame(Opcode.BINARY, bytes(126), length_size=0)


@pytest.mark.parametrize("size", [4000, 4089, 4090, 10_000])
def test_the_payload_of_a_long_frame_is_unmasked_without_a_copy_and_the_same(size: int) -> None:
    data = bytes(place % 251 for place in range(size))
    assert Frame(Opcode.BINARY, data, mask=b"\x37\xfa\x21\x3d").payload == data


def test_sides() -> None:
    assert Side.CLIENT.peer is Side.SERVER and Side.SERVER.peer is Side.CLIENT
    assert Side.CLIENT.must_mask and not Side.SERVER.must_mask
    assert repr(Side.CLIENT) == "Side.CLIENT"


def test_a_repr_leaves_out_what_is_usual() -> None:
    assert repr(Frame(Opcode.TEXT, b"Hi")) == "Frame(Opcode.TEXT, b'Hi')"
    odd = Frame(0xB, b"", fin=False, rsv2=True, mask=b"abcd", length_size=8)
    assert repr(odd) == (
        "Frame(0xB, b'', fin=False, rsv2=True, mask=bytes.fromhex('61626364'), length_size=8)"
    )
