"""What a tap notes down."""

from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import Chunk


def test_the_repr_of_a_chunk_shows_no_cookie() -> None:
    chunk = Chunk(0.5, Side.CLIENT, b"Cookie: a=b")
    assert repr(chunk) == "Chunk(at=0.5, sender=Side.CLIENT, data=<11 bytes>)"
