"""Where every bit is, and what it means.

Rules of this file:

* The fields tile the bytes: each bit belongs to exactly one field, in order.
* A frame or head that is cut short is dissected as far as it goes, and its last
  field says what is missing.
* Nothing here checks a rule; ``wslab.protocol.rules.frames`` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wslab.errors import WslabError
from wslab.protocol.frame_header import LENGTH, LENGTH_16, LENGTH_64, MASK
from wslab.protocol.frame_words import (
    are_here,
    close_code_words,
    count,
    fin_words,
    mask_words,
    opcode_words,
    payload_size,
    payload_words,
    quoted,
    rsv_words,
    short_length_words,
)
from wslab.protocol.frames import ClosePayload, Frame, FrameHeader, Opcode, apply_mask
from wslab.protocol.handshake import Handshake, Request, Response
from wslab.protocol.header_words import header_words, status_words
from wslab.protocol.redaction import SECRET_HEADERS, redacted

_TEXT: Final = re.compile(rb"[\t\r\n -~]{8}")
_START_LINE: Final = re.compile(rb"HTTP/\d|[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ \r\n]+ HTTP/\d")
_METHODS: Final = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"CONNECT", b"PATCH")


@dataclass(frozen=True, slots=True)
class Field:
    """One named run of bits.

    `start` and `bits` count bits from the beginning of the bytes dissected.
    `value` is an int for numbers, bytes for raw bytes, str for text. `meaning`
    explains this value in plain words; `rfc` names the section that defines it.
    The repr hides cookies, credentials and tokens.
    """

    name: str
    start: int
    bits: int
    value: int | str | bytes
    meaning: str
    rfc: str

    @property
    def end(self) -> int:
        """The first bit after this field."""
        return self.start + self.bits

    def raw(self, data: bytes) -> bytes:
        """The bytes of `data` that hold this field; the whole byte even for a single bit."""
        return data[self.start // 8 : -(-self.end // 8)]

    def __repr__(self) -> str:
        value = self.value
        if isinstance(value, str) and self.name.lower() in SECRET_HEADERS:
            value = "*" * len(value)
        elif isinstance(value, str):
            value = redacted(value.encode("latin-1", "replace")).decode("latin-1")
        parts = (self.name, self.start, self.bits, value, self.meaning, self.rfc)
        return f"Field({', '.join(map(repr, parts))})"


def dissect(x: bytes | Frame | FrameHeader | Request | Response | Handshake) -> list[Field]:
    """Every field of a frame or of an HTTP head, in order, with no gap and no overlap.

    Bytes hold one HTTP head or one frame, which may be cut short; any bytes after
    it become the last field. A Handshake gives its request and then its response.

    Raises WslabError for anything that is neither (RFC 6455 §4 and §5.2).
    """
    if isinstance(x, Handshake):
        fields = dissect(x.request)
        return fields if x.response is None else fields + _dissect_head(x.response.encode(), fields)
    if isinstance(x, Request | Response):
        return _dissect_head(x.encode())
    if isinstance(x, FrameHeader):
        return dissect_frame(x.encode(), header_only=not isinstance(x, Frame))
    if not isinstance(x, bytes | bytearray | memoryview):
        raise WslabError(
            f"dissect was given {_a(type(x).__name__)}; it takes bytes, a Frame, a FrameHeader, "
            "a Request, a Response or a Handshake. Pass the bytes themselves."
        )
    data = bytes(x)
    if is_head(data):
        return _dissect_head(data)
    _refuse_what_is_no_frame(data)
    return dissect_frame(data)


def is_head(data: bytes) -> bool:
    """Do these bytes begin as an HTTP/1.1 request or response does (RFC 9112 §2.1)?"""
    if _START_LINE.match(data):
        return True
    first_word = data[:8].partition(b" ")
    if first_word[1]:
        return first_word[0] in _METHODS
    return len(data) > 2 and any(m.startswith(data) for m in (*_METHODS, b"HTTP/1.1"))


def _refuse_what_is_no_frame(data: bytes) -> None:
    """Any two bytes can be read as a frame header, so refuse what is clearly something else."""
    shown = data[:16].hex(" ") + (" …" if len(data) > 16 else "")
    if not data:
        raise WslabError("there are no bytes to dissect; pass at least one byte of a frame")
    frame = Frame.parse(data)
    fits = frame is not None and len(frame) == len(data)
    if data[:2] == b"\x16\x03" and len(data) > 2 and not fits:
        raise WslabError(
            f"these bytes are neither an HTTP head nor a frame: {shown} is how TLS begins, so "
            "the rest is encrypted. Tap the connection where it is not encrypted, at a ws:// URL."
        )
    if _TEXT.match(data) and not fits:
        raise WslabError(
            f"these bytes are neither an HTTP head nor a frame: {shown} is plain text, "
            f"{data[:24].decode('ascii', 'replace')!r}. A request head starts like 'GET / "
            "HTTP/1.1', and a frame starts with two header bytes: try Frame(Opcode.TEXT, payload)."
        )


class _Tiles:
    """Lays fields end to end, so that they cannot overlap or leave a gap."""

    def __init__(self, start: int = 0) -> None:
        self.fields: list[Field] = []
        self.at = start

    def add(self, name: str, bits: int, value: int | str | bytes, meaning: str, rfc: str) -> None:
        if bits:
            self.fields.append(Field(name, self.at, bits, value, meaning, rfc))
            self.at += bits

    def note(self, words: str) -> None:
        """Add words to the last field."""
        last = self.fields[-1]
        self.fields[-1] = Field(
            last.name, last.start, last.bits, last.value, f"{last.meaning}; {words}", last.rfc
        )


# --- frames -----------------------------------------------------------------


def dissect_frame(data: bytes, header_only: bool = False) -> list[Field]:
    """The fields of bytes that are read as a frame, whatever else they look like.

    `data` has at least one byte, and the frame may be cut short. With `header_only`
    no payload is expected (RFC 6455 §5.2).
    """
    tiles = _Tiles()
    first = data[0]
    fin, opcode = first >> 7, first & 0x0F
    tiles.add("FIN", 1, fin, fin_words(fin), "RFC 6455 §5.2")
    for number in (1, 2, 3):
        bit = first >> (7 - number) & 1
        rfc = "RFC 7692 §6" if bit and number == 1 else "RFC 6455 §5.2"
        tiles.add(f"RSV{number}", 1, bit, rsv_words(number, bit), rfc)
    tiles.add("opcode", 4, opcode, opcode_words(opcode), "RFC 6455 §5.2")
    if len(data) < 2:
        tiles.note("cut short: 1 of at least 2 bytes is here")
        return tiles.fields

    masked, short = bool(data[1] & MASK), data[1] & LENGTH
    tiles.add("MASK", 1, int(masked), mask_words(masked), "RFC 6455 §5.1")
    extra = {LENGTH_16: 2, LENGTH_64: 8}.get(short, 0)
    tiles.add("payload length", 7, short, short_length_words(short, extra), "RFC 6455 §5.2")
    length, at = short, 2
    if extra:
        raw = data[2 : 2 + extra]
        length, at = int.from_bytes(raw, "big"), 2 + extra
        words = f"as one number: {payload_size(length)}"
        if length < (126 if extra == 2 else 1 << 16):
            words += f", which a form shorter than these {extra} bytes can hold"
        if _cut_short(tiles, "extended payload length", raw, extra, "RFC 6455 §5.2"):
            return tiles.fields
        tiles.add("extended payload length", 8 * extra, length, words, "RFC 6455 §5.2")
    key = None
    if masked:
        key, at = data[at : at + 4], at + 4
        if _cut_short(tiles, "masking key", key, 4, "RFC 6455 §5.3"):
            return tiles.fields
        words = "the masking key: each payload byte was XORed with one of its 4 bytes, in turn"
        tiles.add("masking key", 32, key, words, "RFC 6455 §5.3")
    if not header_only:
        _dissect_payload(tiles, data[at : at + length], length, key, opcode, bool(first & 0x40))
        rest = data[at + length :]
        words = f"{count(len(rest))} of what comes next"
        tiles.add("after the frame", 8 * len(rest), rest, words, "RFC 6455 §5.2")
    return tiles.fields


def _dissect_payload(
    tiles: _Tiles, wire: bytes, length: int, key: bytes | None, opcode: int, rsv1: bool
) -> None:
    payload = wire if key is None else apply_mask(wire, key)
    if opcode == Opcode.CLOSE and not rsv1 and length >= 2 and len(payload) >= 2:
        close = ClosePayload.parse(payload)
        seen = "" if key is None else f"; masked, it travels as {wire[:2].hex(' ')}"
        words = f"{close_code_words(int.from_bytes(payload[:2], 'big'))}{seen}"
        code = int.from_bytes(payload[:2], "big")
        tiles.add("close code", 16, code, words, "RFC 6455 §7.4")
        tiles.add(
            "reason",
            8 * (len(wire) - 2),
            payload[2:],
            f"the reason, for people to read: {quoted(close.reason_bytes)}",
            "RFC 6455 §7.1.6",
        )
    else:
        name = "payload" if key is None else "masked payload"
        words = payload_words(payload, opcode, rsv1)
        rfc = "RFC 7692 §7.2" if rsv1 else "RFC 6455 §5.2" if key is None else "RFC 6455 §5.3"
        tiles.add(name, 8 * len(wire), wire, words if key is None else f"unmasked: {words}", rfc)
    if len(wire) < length:
        tiles.note(f"cut short: {are_here(len(wire), length)}")


def _cut_short(tiles: _Tiles, name: str, raw: bytes, size: int, rfc: str) -> bool:
    """Add what there is of an incomplete field; False if it is complete."""
    if len(raw) == size:
        return False
    words = f"cut short: {are_here(len(raw), size)}"
    if raw:
        tiles.add(name, 8 * len(raw), raw, words, rfc)
    else:
        tiles.note(f"{words} of the {name}")
    return True


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


# --- HTTP heads --------------------------------------------------------------


def _dissect_head(data: bytes, before: list[Field] | None = None) -> list[Field]:
    """The fields of one head; `before` are the fields of the head before it, if any."""
    tiles = _Tiles(before[-1].end if before else 0)
    is_response = data.startswith(b"HTTP/")
    at, first, whole = 0, True, False
    while at < len(data) and not whole:
        cut = data.find(b"\n", at)
        end = len(data) if cut < 0 else cut + 1
        line = data[at:end]
        text = line.rstrip(b"\n").removesuffix(b"\r") if cut >= 0 else line
        eol = line[len(text) :]
        at = end
        if not text and cut >= 0 and not first:
            whole = True
            _add_text(tiles, "end of head", eol, _end_words(is_response), "RFC 9112 §2.1")
            continue
        if first:
            _dissect_start_line(tiles, text, is_response)
        else:
            _dissect_header_line(tiles, text, is_response)
        first = False
        _add_text(tiles, "end of line", eol, "the line ends here", "RFC 9112 §2.2")
    if not whole:
        tiles.note("cut short: a head ends with an empty line, which is not here")
    rest = data[at:]
    words = f"{count(len(rest))} that follow the head: a body, or the first frames"
    tiles.add("after the head", 8 * len(rest), rest, words, "RFC 9112 §6")
    return tiles.fields


def _add_text(tiles: _Tiles, name: str, raw: bytes, meaning: str, rfc: str) -> None:
    tiles.add(name, 8 * len(raw), raw.decode("latin-1"), meaning, rfc)


def _dissect_start_line(tiles: _Tiles, line: bytes, is_response: bool) -> None:
    parts = line.split(b" ", 2)
    if is_response:
        code = parts[1] if len(parts) > 1 else b""
        rows = (
            ("version", "the version of HTTP; an upgrade needs at least 1.1", "RFC 9112 §2.3"),
            ("status", status_words(code.decode("latin-1")), "RFC 6455 §4.2.2"),
            ("reason phrase", "the status in words, for people; programs ignore it", "RFC 9112 §4"),
        )
    else:
        rows = (
            ("method", "what the client wants; an upgrade is always a GET", "RFC 6455 §4.1"),
            ("target", "which resource on this server the client wants", "RFC 6455 §4.1"),
            ("version", "the version of HTTP; an upgrade needs at least 1.1", "RFC 6455 §4.1"),
        )
    for (name, words, rfc), part in zip(rows, parts, strict=False):
        if name != rows[0][0]:
            _add_text(tiles, "separator", b" ", "one space", "RFC 9112 §3")
        _add_text(tiles, name, part, words, rfc)


def _dissect_header_line(tiles: _Tiles, line: bytes, is_response: bool) -> None:
    name, colon, rest = line.partition(b":")
    if line[:1] in (b" ", b"\t"):
        words = "continues the line before: an old way of folding that no sender should use"
        _add_text(tiles, "folded line", line, words, "RFC 9112 §5.2")
        return
    if not colon:
        words = "a line without a colon: not a header, and not allowed here"
        _add_text(tiles, "stray line", line, words, "RFC 9112 §5")
        return
    value = rest.strip(b" \t")
    lead = len(rest) - len(rest.lstrip(b" \t"))
    label = name.decode("latin-1")
    words, rfc = header_words(label, is_response)
    meaning = "the name of a header; upper and lower case do not matter"
    _add_text(tiles, "header name", name, meaning, "RFC 9112 §5")
    _add_text(tiles, "separator", colon + rest[:lead], "between name and value", "RFC 9112 §5.1")
    _add_text(tiles, label, value, words, rfc)
    _add_text(
        tiles, "padding", rest[lead + len(value) :], "spaces that mean nothing", "RFC 9112 §5.1"
    )


def _end_words(is_response: bool) -> str:
    if is_response:
        return "an empty line ends the head; after a 101, the next byte begins a frame"
    return "an empty line ends the head; now the server may answer"
