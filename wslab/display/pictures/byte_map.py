"""The picture of one frame: its bytes as boxes, and the bits of the first two."""

from __future__ import annotations

from typing import Final

from wslab.display.pictures.canvas import Canvas, Picture
from wslab.display.spans import hex_bytes, visible
from wslab.errors import WslabError
from wslab.protocol.dissect import Field, dissect, is_head
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import Frame, FrameHeader, apply_mask

_COLOURS: Final = {
    "FIN": "#1e88e5",
    "RSV1": "#8a8f98",
    "RSV2": "#8a8f98",
    "RSV3": "#8a8f98",
    "opcode": "#9c4dcc",
    "MASK": "#ef6c00",
    "payload length": "#00998a",
    "extended payload length": "#00998a",
    "masking key": "#ef6c00",
    "close code": "#d81b60",
}
_PAYLOAD_COLOUR: Final = "#43a047"


def colour_of(name: str) -> str:
    """The colour of a frame field, the same in every drawing and table."""
    return _COLOURS.get(name, _PAYLOAD_COLOUR)


_PITCH_PX: Final = 43  # from one box to the next
_BOX_PX: Final = 39
_LEFT_PX: Final = 14.0
_MAX_BYTES: Final = 16  # boxes in the row of bytes


def byte_map(x: bytes | Frame | FrameHeader, fields: list[Field] | None = None) -> Picture:
    """The bytes of one frame as coloured boxes, and the first 16 bits one by one.

    Pass `fields` for bytes that must be read as a frame, whatever they look like.
    Raises WslabError if the bytes are not a frame (RFC 6455 §5.2).
    """
    data = x.encode() if isinstance(x, FrameHeader) else bytes(x)
    if fields is None:
        if is_head(data):
            raise WslabError(
                f"a byte map shows one frame, and {data[:16]!r} begins an HTTP head; use inspect"
            )
        fields = dissect(x)
    canvas = Canvas()
    plain = _unmasked(data, fields)
    bottom = _draw_bytes(canvas, data, fields, plain)
    height = _draw_bits(canvas, data, fields, bottom)
    twin = _byte_map_text(data, fields, plain)
    title = f"The {len(data):,} bytes of a frame, and the bits of the first two"
    return Picture(canvas.svg(2 * _LEFT_PX + _MAX_BYTES * _PITCH_PX, height, title, twin), twin)


def _unmasked(data: bytes, fields: list[Field]) -> bytes:
    """The payload after the XOR; empty if it is not masked or has not arrived."""
    key = next((field for field in fields if field.name == "masking key"), None)
    if key is None or key.bits != 32 or not isinstance(key.value, bytes):
        return b""
    ends = [f.end for f in fields if f.start >= key.end and f.name != "after the frame"]
    return apply_mask(data[key.end // 8 : max(ends, default=key.end) // 8], key.value)


def _draw_bytes(canvas: Canvas, data: bytes, fields: list[Field], plain: bytes) -> float:
    """The row of bytes, with the unmasked payload under it; returns where it ends."""
    shown = len(data) if len(data) <= _MAX_BYTES else _MAX_BYTES - 1
    top = 24.0
    for field in fields:
        first, last = field.start // 8, -(-field.end // 8)
        for at in range(first, min(last, shown)):
            x = _LEFT_PX + at * _PITCH_PX
            colour = colour_of(field.name)
            if at < 2:
                lead, wide = field.start % 8 / 8 * _BOX_PX, field.bits / 8 * _BOX_PX
                canvas.box(x + lead, top, wide, 34, colour, 0.3, radius=0)
            else:
                canvas.box(x, top, _BOX_PX, 34, colour, 0.22, stroke=1.5)
        if field.start >= 16 and first < shown:
            _bracket(canvas, first, min(last, shown), top + 40, field.name)
    for at in range(shown):
        x = _LEFT_PX + at * _PITCH_PX + _BOX_PX / 2
        canvas.text(x, top - 7, str(at), 10, dim=True)
        canvas.text(x, top + 22, f"{data[at]:02x}", 16, mono=True, bold=True)
    for at in range(min(2, shown)):
        x = _LEFT_PX + at * _PITCH_PX
        canvas.path(f"M{x} {top}h{_BOX_PX}v34h-{_BOX_PX}z", opacity=".55")
    if len(data) > shown:
        canvas.text(_LEFT_PX + shown * _PITCH_PX + _BOX_PX / 2, top + 17, "…", 16)
        canvas.text(
            _LEFT_PX + shown * _PITCH_PX + _BOX_PX / 2,
            top + 30,
            f"+{len(data) - shown:,}",
            10,
            dim=True,
        )
    bottom: float = top + 66
    start = next((f.end // 8 for f in fields if f.name == "masking key"), shown)
    if plain and start < shown:
        bottom = _draw_unmasked(canvas, plain, start, shown, bottom)
    return bottom


def _draw_unmasked(canvas: Canvas, plain: bytes, start: int, shown: int, top: float) -> float:
    for at in range(start, min(shown, start + len(plain))):
        x, byte = _LEFT_PX + at * _PITCH_PX, plain[at - start]
        canvas.box(x, top, _BOX_PX, 30, _PAYLOAD_COLOUR, 0.1, stroke=1)
        canvas.text(x + _BOX_PX / 2, top + 20, f"{byte:02x}", 15, mono=True)
        if 32 < byte < 127:
            canvas.text(x + _BOX_PX / 2, top + 46, chr(byte), 14, mono=True, bold=True)
    canvas.text(_LEFT_PX + start * _PITCH_PX - 10, top + 19, "XOR with the key ↦", 12, anchor="end")
    return top + 54


def _bracket(canvas: Canvas, first: int, end: int, y: float, label: str) -> None:
    """A bracket under the boxes `first` to `end`, with a label no wider than it."""
    x0, x1 = _LEFT_PX + first * _PITCH_PX + 2, _LEFT_PX + (end - 1) * _PITCH_PX + _BOX_PX - 2
    canvas.path(f"M{x0} {y}v4H{x1}v-4", opacity=".6")
    room = (x1 - x0) / 6.2
    short = {"extended payload length": "length", "masked payload": "payload", "masking key": "key"}
    words = label if len(label) <= room + 1 else short.get(label, label)
    canvas.text((x0 + x1) / 2, y + 18, words, 12)


def _draw_bits(canvas: Canvas, data: bytes, fields: list[Field], top: float) -> float:
    """The first two bytes as 16 cells, fanned out from their boxes."""
    first = [field for field in fields if field.start < 16]
    count = first[-1].end
    left, right = _LEFT_PX, _LEFT_PX + count * _PITCH_PX - (_PITCH_PX - _BOX_PX)
    edge = _LEFT_PX + (count // 8 - 1) * _PITCH_PX + _BOX_PX
    y = top + 34
    canvas.path(
        f"M{left} 60H{edge}V{top - 6}C{edge} {y - 2} {right} {top + 4} {right} {y}H{left}z",
        fill=True,
        fill_opacity=".07",
    )
    for field in first:
        x, wide = _LEFT_PX + field.start * _PITCH_PX, field.bits * _PITCH_PX - (_PITCH_PX - _BOX_PX)
        colour = colour_of(field.name)
        canvas.box(x, y, wide, 38, colour, 0.22, stroke=1.5)
        for bit in range(field.start, field.end):
            value = data[bit // 8] >> (7 - bit % 8) & 1
            centre = _LEFT_PX + bit * _PITCH_PX + _BOX_PX / 2
            canvas.text(centre, y + 26, str(value), 18, mono=True, bold=True)
        canvas.text(x + wide / 2, y + 54, field.name, 11.5, bold=True)
        canvas.text(x + wide / 2, y + 69, _brief(field), 11 if field.bits > 1 else 10, dim=True)
    return y + 80


def _brief(field: Field) -> str:
    """One or two words under a bit."""
    value = int(field.value)
    if field.name == "FIN":
        return "last" if value else "more"
    if field.name == "MASK":
        return "masked" if value else "plain"
    if field.name == "opcode":
        return opcode_name(value)
    if field.name == "payload length":
        if value > 125:
            return f"{value}: the next {2 if value == 126 else 8} bytes hold it"
        return f"{value} byte{'' if value == 1 else 's'}"
    return "set" if value else "unused"


def _byte_map_text(data: bytes, fields: list[Field], plain: bytes) -> str:
    rows = []
    for at in range(min(2, len(data))):
        bits = [
            f"{field.name} {int(field.value):0{field.bits}b} ({_brief(field)})"
            for field in fields
            if field.start // 8 == at
        ]
        rows.append((f"byte {at}", f"{data[at]:02x}", " · ".join(bits)))
    for field in fields:
        if field.start < 16:
            continue
        first, last = field.start // 8, field.end // 8 - 1
        where = f"byte {first:,}" if first == last else f"bytes {first:,}–{last:,}"
        rows.append((where, hex_bytes(field.raw(data), _MAX_BYTES), field.name))
    if plain:
        text = visible(plain[:_MAX_BYTES].decode("latin-1"))
        rows.append(("unmasked", hex_bytes(plain, _MAX_BYTES), f"XOR with the key: {text}"))
    wide = max(len(row[0]) for row in rows)
    return "\n".join(f"{where:<{wide}}  {raw}  {words}" for where, raw, words in rows)
