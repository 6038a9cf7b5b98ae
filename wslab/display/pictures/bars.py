"""bars: how many, or how much, step by step; one strip of bars for each row, to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wslab.display.phrases import count
from wslab.display.pictures.canvas import Canvas, Picture
from wslab.display.spans import visible

_MAX_BARS: Final = 120  # bars in one strip
_WIDTH_PX: Final = 620.0
_HEIGHT_PX: Final = 84.0  # of the longest bar
_LEFT_PX: Final = 58.0
_GAP_PX: Final = 70.0  # between two strips: the steps of one, the title of the next
_NUMBERS_A_LINE: Final = 10  # numbers in a line of the text twin
_BAR: Final = "#1e88e5"


def bars(
    *rows: Sequence[float],
    titles: Sequence[str] = (),
    unit: str = "",
    step: str = "step",
    title: str = "",
) -> Picture:
    """Draw each row of numbers, 0 or more, as a strip of bars; the rows share both scales.

    `unit` says what the numbers count ("attempts"), `step` what one number covers
    ("second"); `title` names the picture. A row that is shorter than another is marked
    where it ends. The text twin prints every number.
    """
    titles = [*titles, *[""] * (len(rows) - len(titles))]
    top = max((max(row, default=0) for row in rows), default=0)
    longest = max((min(len(row), _MAX_BARS) for row in rows), default=0)
    twin = "\n\n".join(
        _row_text(name, row, unit, step, longest) for name, row in zip(titles, rows, strict=False)
    )
    canvas = Canvas()
    for number, (name, row) in enumerate(zip(titles, rows, strict=False)):
        base = 38 + _HEIGHT_PX + number * (_HEIGHT_PX + _GAP_PX)
        _draw_row(canvas, base, name, row, top, longest, unit, step)
        _draw_steps(canvas, base, longest, step if number == len(rows) - 1 else "")
    height = 38 + len(rows) * (_HEIGHT_PX + _GAP_PX) - 14
    what = title or f"{unit or 'numbers'} by {step}"
    return Picture(canvas.svg(_LEFT_PX + _WIDTH_PX + 12, height, what, twin), twin)


def _row_text(name: str, row: Sequence[float], unit: str, step: str, longest: int) -> str:
    words = f" {unit}" if unit else ""
    most = f"at most {_number(max(row, default=0))}{words} in one {step}"
    lines = [f"{visible(name)}: {most}" if name else most]
    width = max((len(_number(value)) for value in row), default=1)
    for begin in range(0, len(row), _NUMBERS_A_LINE):
        values = " ".join(
            _number(value).rjust(width) for value in row[begin : begin + _NUMBERS_A_LINE]
        )
        lines.append(f"  {step} {begin:>3}:  {values}")
    if len(row) < longest:
        lines.append(f"  it ends after {count(len(row), step)}")
    return "\n".join(lines)


def _draw_row(
    canvas: Canvas,
    base: float,
    name: str,
    row: Sequence[float],
    top: float,
    longest: int,
    unit: str,
    step: str,
) -> None:
    canvas.text(_LEFT_PX, base - _HEIGHT_PX - 21, name, 13.5, anchor="start", bold=True)
    for part in (0.0, 0.5, 1.0):
        y = base - part * _HEIGHT_PX
        canvas.path(
            f"M{_LEFT_PX:g} {y:g}H{_LEFT_PX + _WIDTH_PX:g}", opacity=".16" if part else ".6"
        )
        if part != 0.5 and (top or not part):
            canvas.text(_LEFT_PX - 8, y + 4, _number(top * part), 11, anchor="end", dim=True)
    slot = _WIDTH_PX / max(longest, 1)
    tallest = max(row[:_MAX_BARS], default=0)
    named = False
    for at, value in enumerate(row[:_MAX_BARS]):
        tall = _HEIGHT_PX * value / top if top else 0.0
        if not tall:
            continue
        x = _LEFT_PX + at * slot
        canvas.box(x + slot * 0.1, base - tall, slot * 0.8, tall, _BAR, 0.75, radius=1)
        if value == tallest and not named:
            named = True
            words = f"{_number(value)} {unit}".strip()
            end = at > longest * 0.85
            anchor, middle = ("end", x + slot) if end else ("start", x)
            canvas.text(middle, base - tall - 4, words, 11, anchor=anchor)
    if len(row) < longest:
        x = _LEFT_PX + len(row) * slot
        canvas.path(f"M{x:g} {base:g}V{base - 26:g}", stroke_dasharray="3 3", opacity=".7")
        canvas.text(x + 6, base - 16, f"ends after {count(len(row), step)}", 11, anchor="start")
    if len(row) > _MAX_BARS:
        more = count(len(row) - _MAX_BARS, "more number")
        canvas.text(_LEFT_PX + _WIDTH_PX, base - _HEIGHT_PX - 21, more, 11, anchor="end", dim=True)


def _draw_steps(canvas: Canvas, base: float, longest: int, step: str) -> None:
    slot = _WIDTH_PX / max(longest, 1)
    every = next(size for size in (1, 2, 5, 10, 20) if longest / size <= 12)
    for at in range(0, longest, every):
        canvas.text(_LEFT_PX + (at + 0.5) * slot, base + 15, str(at), 10.5, dim=True)
    if step:
        canvas.text(_LEFT_PX + _WIDTH_PX, base + 30, step, 11, anchor="end", dim=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
