"""TLS records: all that a wss:// connection shows to whoever stands outside (RFC 8446 §5.1).

    type, 1 byte  |  version, 2 bytes  |  length, 2 bytes  |  so many bytes, mostly encrypted

A record is to TLS what a frame is to WebSocket, and knows nothing of it: one record may hold
half a frame, or ten. Nothing here decrypts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import Chunk

HEADER_BYTES: Final = 5  # bytes before the content
MAX_RECORD_BYTES: Final = (
    2**14 + 2048
)  # bytes of content: TLS 1.2 allows more than 1.3 (RFC 5246 §6.2.3)


class ContentType(IntEnum):
    """The first byte of a record (RFC 8446 §5.1)."""

    CHANGE_CIPHER_SPEC = 20
    ALERT = 21
    HANDSHAKE = 22
    APPLICATION_DATA = 23


_CONTENT_TYPES: Final[dict[int, ContentType]] = {kind.value: kind for kind in ContentType}

# The two messages that must travel in clear, by their first byte (RFC 8446 §4).
_HELLOS: Final = {1: "ClientHello", 2: "ServerHello"}


@dataclass(frozen=True, slots=True)
class TlsRecord:
    """One record. `version` is two bytes, of which TLS 1.3 says 03 03 whatever it speaks."""

    content_type: ContentType | int
    version: bytes
    content: bytes

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> TlsRecord | None:
        """The record that begins at `offset`; None when more bytes are needed.

        The law: ``TlsRecord.parse(b).encode() == b`` for every whole record `b`.
        """
        end = offset + HEADER_BYTES
        if len(data) < end:
            return None
        length = int.from_bytes(data[end - 2 : end], "big")
        if len(data) < end + length:
            return None
        number = data[offset]
        known = _CONTENT_TYPES.get(number, number)
        return cls(known, bytes(data[offset + 1 : offset + 3]), bytes(data[end : end + length]))

    def encode(self) -> bytes:
        """The bytes on the wire."""
        return self.header + self.content

    @property
    def header(self) -> bytes:
        """The five bytes that can be read by everyone."""
        return bytes([self.content_type]) + self.version + len(self.content).to_bytes(2, "big")

    @property
    def name(self) -> str:
        """The type as a word, or as a number if nobody has defined it."""
        kind = self.content_type
        return kind.name if isinstance(kind, ContentType) else f"type {kind}"

    @property
    def says(self) -> str:
        """What an onlooker can tell, in words."""
        kind = self.content_type
        if kind == ContentType.HANDSHAKE:
            if self.content[1:4] == (len(self.content) - 4).to_bytes(3, "big", signed=True):
                hello = _HELLOS.get(self.content[0])
                if hello is not None:
                    return f"{hello}, which can be read"
            return "a step of the TLS handshake"
        if kind == ContentType.APPLICATION_DATA:
            return "encrypted: bytes that say nothing"
        if kind == ContentType.CHANGE_CIPHER_SPEC:
            return "from here on encrypted"
        return "an alert" if kind == ContentType.ALERT else "a type that nobody has defined"

    def __len__(self) -> int:
        return HEADER_BYTES + len(self.content)


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record on its way: number `index` over both senders, complete at `at` seconds."""

    index: int
    at: float
    sender: Side
    record: TlsRecord


def is_tls(data: bytes) -> bool:
    """Whether a connection that begins with `data` speaks TLS, as far as three bytes tell.

    It begins with a handshake record or an alert, of version 3.0 to 3.4; a request in HTTP
    begins with a letter.
    """
    return len(data) >= 3 and data[0] in (21, 22) and _may_be_a_record(data)


def read_records(chunks: Iterable[Chunk]) -> tuple[list[SentRecord], dict[Side, bytes]]:
    """Every whole record of both senders in order of arrival, and the bytes left over of each.

    What is left over is an incomplete record, or begins where TLS ends.
    """
    records: list[SentRecord] = []
    rest = {side: b"" for side in Side}
    for chunk in chunks:
        data, offset = rest[chunk.sender] + chunk.data, 0
        while _may_be_a_record(data[offset : offset + HEADER_BYTES]):
            record = TlsRecord.parse(data, offset)
            if record is None:
                break
            records.append(SentRecord(len(records), chunk.at, chunk.sender, record))
            offset += len(record)
        rest[chunk.sender] = data[offset:]
    return records, rest


def _may_be_a_record(data: bytes) -> bool:
    """Whether the header, or as much of it as is here, may be one."""
    right = (
        data[:1] in (b"", *(bytes([kind]) for kind in ContentType)),
        data[1:2] in (b"", b"\x03"),
        data[2:3] <= b"\x04",
        len(data) < HEADER_BYTES or int.from_bytes(data[3:HEADER_BYTES], "big") <= MAX_RECORD_BYTES,
    )
    return all(right)
