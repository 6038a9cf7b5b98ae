"""A header on its own: read before its payload has come."""

from __future__ import annotations

import pytest

from tests.vectors import FRAMES, HELLO, FrameVector
from wslab.protocol.frame_header import FrameHeader, Opcode, header_size
from wslab.protocol.frames import Frame


def test_a_header_is_only_a_header() -> None:
    with pytest.raises(ValueError, match="81 05 48"):
        FrameHeader(HELLO[:3])
    with pytest.raises(ValueError, match="not exactly"):
        FrameHeader(b"\x81")
    assert FrameHeader.parse(b"") is None and FrameHeader.parse(b"\x81\x85\x00") is None
    header, frame = FrameHeader.parse(HELLO), Frame.parse(HELLO)
    assert header is not None and frame is not None
    assert header == frame.header and header != frame and header.mask is None
    assert header != b"\x81\x05" and eval(repr(header)) == header
    assert len({header, frame.header}) == 1


@pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.name)
def test_a_header_says_what_its_frame_says(vector: FrameVector) -> None:
    size = header_size(vector.data)
    assert size is not None
    for cut in range(size):
        assert FrameHeader.parse(vector.data[:cut]) is None
    header, frame = FrameHeader.parse(vector.data[:size]), Frame.parse(vector.data)
    assert header is not None and frame is not None and header == frame.header
    for name in ("fin", "rsv1", "rsv2", "rsv3", "opcode", "mask", "length", "length_size"):
        assert getattr(header, name) == getattr(frame, name)
    assert header.length == len(frame.payload)


def test_opcodes_are_the_six_of_the_registry() -> None:
    assert [int(opcode) for opcode in Opcode] == [0, 1, 2, 8, 9, 10]
