"""probe: send one frame over a connection of its own, and see what comes back.

The frame may break any rule, so no library may come between: RawClient does the handshake,
and after it nothing but that frame is sent, until the Close at the end.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from wslab.errors import WslabError
from wslab.network.raw import RawClient, read_101
from wslab.protocol.frames import ClosePayload, Frame, FrameReader, Opcode

ANSWER_TIMEOUT_S: Final = 2.0  # seconds for the handshake, and as many for the answer
QUIET_S: Final = 0.25  # seconds without a byte, after an answer, that end the wait for more
CLOSE_TIMEOUT_S: Final = 0.5  # seconds for the server to end TCP after our Close
MAX_FRAMES: Final = 1000  # frames that are kept
_MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
_MASK: Final = bytes.fromhex("37fa213d")  # of our Close frame; the key of RFC 6455 §5.7


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What came back, in order. `ended` is how the server left TCP: "open", "eof" or "reset".

    `pending` has the bytes of an incomplete last frame; `waited` is the limit in seconds;
    `cut` is true if more frames came than are kept.
    """

    frames: tuple[Frame, ...]
    pending: bytes
    ended: str
    waited: float
    cut: bool = False


async def probe(
    url: str, frame: Frame, *, limit: float = ANSWER_TIMEOUT_S, quiet: float = QUIET_S
) -> ProbeAnswer:
    """Connect to `url`, do the handshake, send `frame` as it is, and return what comes back.

    It waits up to `limit` seconds for the first answer, and for further ones until `quiet`
    seconds bring nothing or `limit` is over. If the server leaves the connection open, it
    sends a Close before it ends TCP. Await it on the background loop.

    Raises WslabError if no server answers, or if the answer is not a 101.
    """
    client = RawClient(url)  # which refuses any other URL, with a reason
    try:
        async with asyncio.timeout(limit):
            reader, writer = await _connected(*client.address)
            try:
                writer.write(client.request.encode())
                rest = await _upgraded(reader)
            except BaseException:
                writer.transport.abort()
                raise
    except TimeoutError:
        raise WslabError(
            f"no answer to the handshake within {limit:g} s; check that the server runs, "
            "and that nothing delays its bytes."
        ) from None
    try:
        writer.write(frame.encode())
        answer = await _answer(reader, rest, limit, quiet)
        if answer.ended == "open":
            await _say_goodbye(reader, writer, frame, answer)
        return answer
    finally:
        writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()


async def _connected(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_connection(host, port)
    except (OSError, UnicodeError) as error:  # the latter for an invalid host name
        why = getattr(error, "strerror", None) or error
        raise WslabError(
            f"nobody answers on {host}:{port} ({why}); start the server first."
        ) from error


async def _upgraded(reader: asyncio.StreamReader) -> bytes:
    """Read the 101; return the bytes that came after it."""
    data, ended = b"", False
    while (answer := read_101(data, ended)) is None:
        piece = await _piece(reader)
        data, ended = data + piece, not piece
    _, rest = answer
    return rest


async def _piece(reader: asyncio.StreamReader) -> bytes:
    """The next bytes; b"" at the end of TCP, also after a reset."""
    with suppress(ConnectionError):
        return await reader.read(65536)
    return b""


async def _answer(
    reader: asyncio.StreamReader, rest: bytes, limit: float, quiet: float
) -> ProbeAnswer:
    frames_of, frames = FrameReader(), []
    ended, size = "open", len(rest)
    clock = asyncio.get_running_loop().time
    over = clock() + limit
    frames += frames_of.feed(rest)
    try:
        while len(frames) < MAX_FRAMES and size < _MAX_ANSWER_BYTES:
            until = min(over, clock() + quiet) if frames else over
            async with asyncio.timeout_at(until):
                piece = await reader.read(65536)
            if not piece:
                ended = "eof"
                break
            size += len(piece)
            frames += frames_of.feed(piece)
    except TimeoutError:
        pass
    except ConnectionError:
        ended = "reset"
    cut = len(frames) >= MAX_FRAMES or size >= _MAX_ANSWER_BYTES
    return ProbeAnswer(tuple(frames[:MAX_FRAMES]), frames_of.pending, ended, limit, cut)


async def _say_goodbye(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: Frame, answer: ProbeAnswer
) -> None:
    """Send a Close and let the server end TCP (RFC 6455 §7.1.1), unless `frame` was a Close."""
    if sent.opcode != Opcode.CLOSE:
        closes = [frame for frame in answer.frames if frame.opcode == Opcode.CLOSE]
        payload = closes[0].payload if closes else ClosePayload(1000).encode()
        writer.write(Frame(Opcode.CLOSE, payload, mask=_MASK).encode())
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            while await _piece(reader):
                pass
