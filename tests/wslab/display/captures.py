"""Recordings that several tests look at, built byte by byte."""

from __future__ import annotations

from tests.handshake_vectors import REQUEST, RESPONSE
from wslab.protocol.frames import ClosePayload, Frame, Opcode, Side
from wslab.protocol.recording.recording import Chunk, Ending, Recording

CLIENT, SERVER = Side.CLIENT, Side.SERVER
KEY = bytes.fromhex("37fa213d")
HOSTILE = "<script>alert(1)</script>\u202e\x00\x1b&\"'"
SECRET_REQUEST = REQUEST.replace(b"/chat ", b"/chat?token=s3cret ").replace(
    b"\r\n\r\n", b"\r\nCookie: session=s3cret\r\n\r\n"
)


def recording(*parts: Chunk | Ending | tuple[Side, bytes]) -> Recording:
    """Each part happens a millisecond after the one before it."""
    made = Recording("ws://127.0.0.1:1/")
    for number, part in enumerate(parts):
        if isinstance(part, Ending):
            made.end(part)
        elif isinstance(part, Chunk):
            made.add(part)
        else:
            made.add(Chunk(number / 1000, *part))
    return made


def upgraded(*frames: tuple[Side, Frame], request: bytes = REQUEST) -> Recording:
    sent = [(sender, frame.encode()) for sender, frame in frames]
    return recording((CLIENT, request), (SERVER, RESPONSE), *sent)


def closed() -> Recording:
    """A clean, short conversation."""
    made = upgraded(
        (CLIENT, Frame(Opcode.TEXT, b"Hello", mask=KEY)),
        (SERVER, Frame(Opcode.TEXT, b"Hello")),
        (CLIENT, Frame(Opcode.CLOSE, ClosePayload(1000, "bye").encode(), mask=KEY)),
        (SERVER, Frame(Opcode.CLOSE, ClosePayload(1000).encode())),
    )
    made.end(Ending(0.007, SERVER, "eof"))
    made.end(Ending(0.008, CLIENT, "eof"))
    return made


def long(count: int, mask_of_the_server: bytes | None = None) -> Recording:
    """`count` frames, by turns; with a mask, each of the server's breaks a rule."""
    one = Frame(Opcode.TEXT, b"question", mask=KEY).encode()
    two = Frame(Opcode.TEXT, b"answer", mask=mask_of_the_server).encode()
    made = recording((CLIENT, REQUEST), (SERVER, RESPONSE))
    for number in range(count // 2):
        made.add(Chunk(number / 100, CLIENT, one))
        made.add(Chunk(number / 100, SERVER, two))
    return made


def over_tls(more: int = 1) -> Recording:
    """The beginning of a TLS connection, and `more` encrypted records of the server."""
    client_hello = bytes.fromhex("1603010008 01000004 0303cb34")
    server_hello = bytes.fromhex("1603030008 02000004 0303a6af")
    data = bytes.fromhex("1703030005 a23f7054b6")
    return recording((CLIENT, client_hello), (SERVER, server_hello), (SERVER, data * more))
