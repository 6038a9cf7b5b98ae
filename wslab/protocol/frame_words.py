"""What each field of a frame says, in plain words."""

from __future__ import annotations

from typing import Final

from wslab.protocol.closing import CLOSE_CODES
from wslab.protocol.frames import Opcode

_OPCODE_WORDS: Final = {
    Opcode.CONTINUATION: "this frame carries on the message that an earlier frame began",
    Opcode.TEXT: "a text message begins here; its bytes are UTF-8",
    Opcode.BINARY: "a binary message begins here; the programs agree on what its bytes mean",
    Opcode.CLOSE: "the sender says goodbye and will send no more data",
    Opcode.PING: "the sender asks for a sign of life",
    Opcode.PONG: "a sign of life, usually the answer to a ping",
}

_OPCODE_NAMES: Final[dict[int, str]] = {opcode: opcode.name for opcode in Opcode}


def are_here(have: int, want: int) -> str:
    return f"{have:,} of {want:,} bytes {'is' if have == 1 else 'are'} here"


def count(number: int, noun: str = "byte") -> str:
    """A number with its noun: 1 byte, 2 bytes, 10,000 bytes."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def payload_size(length: int) -> str:
    return f"the payload has {count(length)}"


def fin_words(fin: int) -> str:
    return "this is the last frame of its message" if fin else "more frames of this message follow"


def rsv_words(number: int, bit: int) -> str:
    if not bit:
        return "reserved, and unused: no extension sets it here"
    if number == 1:
        return "set: with permessage-deflate it says that the message is compressed"
    return "set: no extension in use gives this bit a meaning"


def opcode_name(opcode: int) -> str:
    """The RFC's word for an opcode, or its number if it is reserved."""
    return _OPCODE_NAMES.get(opcode) or f"0x{opcode:X} (reserved)"


def opcode_words(opcode: int) -> str:
    if opcode in _OPCODE_WORDS:
        return f"{opcode_name(opcode)}: {_OPCODE_WORDS[Opcode(opcode)]}"
    kind = "control" if opcode & 0x8 else "data"
    return f"reserved for {kind} frames of the future; no endpoint may send it today"


def mask_words(masked: bool) -> str:
    if masked:
        return "the payload is masked, as it must be in every frame from a client"
    return "the payload is not masked, as it must be in every frame from a server"


def short_length_words(short: int, extra: int) -> str:
    if extra:
        return f"{short} is not a length: the next {extra} bytes hold it"
    return payload_size(short)


def payload_words(payload: bytes, opcode: int, rsv1: bool) -> str:
    if rsv1:
        return f"{count(len(payload))}, compressed; inflating them gives the message"
    if opcode in (Opcode.TEXT, Opcode.CONTINUATION):
        return f"{count(len(payload))}, as text {quoted(payload)}"
    if opcode in (Opcode.PING, Opcode.PONG):
        return f"{count(len(payload))} that the pong repeats, as text {quoted(payload)}"
    return f"{count(len(payload))}, as they are: {_hex(payload)}"


def close_code_words(code: int) -> str:
    """What a close code says, in words (RFC 6455 §7.4)."""
    if (row := CLOSE_CODES.get(code)) is not None:
        forbidden = "" if row.sendable else "; this code must never appear in a frame"
        return f"{row.name}: {row.phrase}{forbidden}"
    if 3000 <= code <= 3999:
        return "a code that a library or framework registered"
    if 4000 <= code <= 4999:
        return "a private code: the two programs agreed on what it means"
    return "a code that nobody has defined"


def quoted(data: bytes, limit: int = 60) -> str:
    text = data[: 4 * limit].decode(errors="replace")
    # A character cut in half by the slice is not the sender's fault.
    if len(data) > 4 * limit:
        text = text.rstrip("\ufffd")
    return f"{text[:limit]!r}" + (" …" if len(text) > limit or len(data) > 4 * limit else "")


def _hex(data: bytes, limit: int = 16) -> str:
    return data[:limit].hex(" ") + (" …" if len(data) > limit else "")
