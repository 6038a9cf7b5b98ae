"""What a tap notes down."""

from __future__ import annotations

import pytest

from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import ENDINGS, Chunk, Ending


def test_a_chunk_is_a_value_and_its_repr_keeps_what_it_holds() -> None:
    chunk = Chunk(0.5, Side.CLIENT, b"Cookie: a=b")
    assert chunk == Chunk(0.5, Side.CLIENT, b"Cookie: a=b")
    assert (chunk.at, chunk.sender, chunk.data) == (0.5, Side.CLIENT, b"Cookie: a=b")
    assert repr(chunk) == "Chunk(at=0.5, sender=Side.CLIENT, data=<11 bytes>)"
    with pytest.raises(AttributeError):
        chunk.at = 1.0  # type: ignore[misc]


def test_an_ending_says_how() -> None:
    assert Ending(1.0, Side.SERVER, "eof").how in ENDINGS
