"""A frame as a form that a person fills in: every header choice, and the payload as text or hex."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

from wslab.display.phrases import count
from wslab.display.spans import visible
from wslab.protocol.frame_header import OPCODES
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import Frame, Opcode, shortest_length_size

MAX_PAYLOAD_BYTES: Final = 70_000  # bytes of payload: enough for each form of the length
SAMPLE_MASK: Final = "37 fa 21 3d"  # of the examples in RFC 6455 §5.7
LENGTHS: Final = {
    "shortest": "shortest that fits",
    "7": "7 bits",
    "7+16": "7 + 16 bits",
    "7+64": "7 + 64 bits",
}
_SIZES: Final[dict[str, int | None]] = {"shortest": None, "7": 0, "7+16": 2, "7+64": 8}
_NOT_HEX: Final = re.compile(r"[^0-9a-fA-F]")
_BETWEEN: Final = re.compile(r"[\s:,_-]+|0x(?=[0-9a-fA-F])")

OPCODE_CHOICES: Final = tuple(
    (
        value,
        f"0x{value:X} " + (opcode_name(value) if value in OPCODES else "reserved"),
    )
    for value in range(16)
)


@dataclass(frozen=True, slots=True)
class FrameForm:
    """The contents of the fields; `frame()` makes the frame, or says what is wrong.

    `length` is a key of `LENGTHS`; `key` is used only if `masked`; `payload` is text,
    or hex if `written` is "hex".
    """

    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False
    opcode: int = int(Opcode.TEXT)
    masked: bool = True
    key: str = SAMPLE_MASK
    length: str = "shortest"
    payload: str = ""
    written: str = "text"

    @classmethod
    def of(cls, frame: Frame, key: str = SAMPLE_MASK) -> Self:
        """The form that makes exactly this frame; it shows `key` if the frame has no mask."""
        payload = frame.payload
        text = _as_text(payload)
        shortest = frame.length_size == shortest_length_size(len(payload))
        sizes = {0: "7", 2: "7+16", 8: "7+64"}
        return cls(
            fin=frame.fin,
            rsv1=frame.rsv1,
            rsv2=frame.rsv2,
            rsv3=frame.rsv3,
            opcode=int(frame.opcode),
            masked=frame.mask is not None,
            key=key if frame.mask is None else frame.mask.hex(" "),
            length="shortest" if shortest else sizes[frame.length_size],
            payload=payload.hex(" ") if text is None else text,
            written="hex" if text is None else "text",
        )

    @classmethod
    def from_page(cls, said: Mapping[str, Any]) -> Self:
        """The form that a page sent; a missing field, or one of another type, gets its default."""
        form = cls()
        known = {
            field.name: said[field.name]
            for field in fields(cls)
            if type(said.get(field.name)) is type(getattr(form, field.name))
        }
        return replace(form, **known)

    def to_page(self) -> dict[str, Any]:
        """The fields, as a page reads them."""
        return asdict(self)

    def rewritten(self, written: str) -> Self:
        """The same payload as text or as hex, if that is possible; otherwise unchanged."""
        payload, problem = self._payload_bytes()
        if problem or written == self.written:
            return replace(self, written=written)
        text = payload.hex(" ") if written == "hex" else _as_text(payload)
        if text is None:  # bytes that are not text stay in hex
            return self
        return replace(self, written=written, payload=text)

    def frame(self) -> tuple[Frame | None, dict[str, str]]:
        """The frame and no problems; or None, and one sentence for each field at fault."""
        problems: dict[str, str] = {}
        payload, problems["payload"] = self._payload_bytes()
        key, problems["key"] = self._key_bytes()
        size = _SIZES.get(self.length)
        shortest = shortest_length_size(len(payload))
        if size is not None and size < shortest:
            most = "125" if size == 0 else "65,535"
            problems["length"] = (
                f"{self.length} bits count up to {most} bytes; this payload has "
                f"{count(len(payload))}. Choose a longer form."
            )
        if not 0 <= self.opcode <= 15:
            problems["opcode"] = f"an opcode has 4 bits, so 0 to 15; found {self.opcode}."
        problems = {field: problem for field, problem in problems.items() if problem}
        if problems:
            return None, problems
        frame = Frame(
            self.opcode,
            payload,
            fin=self.fin,
            rsv1=self.rsv1,
            rsv2=self.rsv2,
            rsv3=self.rsv3,
            mask=key,
            length_size=size,
        )
        return frame, {}

    def _payload_bytes(self) -> tuple[bytes, str]:
        if len(self.payload) > 4 * MAX_PAYLOAD_BYTES:
            return b"", f"Up to {MAX_PAYLOAD_BYTES:,} bytes fit here; these are far more."
        problem = ""
        if self.written == "hex":
            payload, problem = read_hex(self.payload)
        else:
            try:
                payload = self.payload.encode()
            except UnicodeEncodeError as error:
                half = visible(self.payload[error.start])
                return b"", f"Half a character, {half}, has no UTF-8. Type the whole character."
        if len(payload) > MAX_PAYLOAD_BYTES:
            return b"", f"Up to {MAX_PAYLOAD_BYTES:,} bytes fit here; found {count(len(payload))}."
        return payload, problem

    def _key_bytes(self) -> tuple[bytes | None, str]:
        if not self.masked:
            return None, ""
        key, problem = read_hex(self.key)
        if not problem and len(key) != 4:
            problem = f"A masking key has 4 bytes, so 8 hex digits; found {count(len(key))}."
        return key, problem


def read_hex(text: str) -> tuple[bytes, str]:
    """The bytes and ""; or b"" and a sentence that says what is wrong with the digits."""
    digits = _BETWEEN.sub("", text)
    if found := _NOT_HEX.search(digits):
        return b"", f"Hex digits are 0 to 9 and a to f; found “{visible(found[0])}”."
    if len(digits) % 2:
        return b"", f"Two hex digits make a byte; found an odd number of them, {len(digits):,}."
    return bytes.fromhex(digits), ""


def _as_text(payload: bytes) -> str | None:
    """The payload as text that a form field can return byte for byte; None if it cannot."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c == "\n" for c in text) else None
