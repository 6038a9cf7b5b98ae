"""timeline: who said what when, as a sequence diagram with a text twin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import atan2, degrees
from typing import Final

from wslab.display.phrases import count, direction
from wslab.display.pictures.canvas import CLIENT_COLOUR, SERVER_COLOUR, Canvas, Picture
from wslab.display.pictures.exchange import ExchangeEvent, exchange
from wslab.display.spans import visible
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

_MAX_ARROWS: Final = 200  # arrows in one lane
_ROW_PX: Final = 34  # from arrow to arrow if time is not to scale
_HEIGHT_PX: Final = 440  # the height of the longest time, if it is to scale


def timeline(
    *lanes: Recording | Iterable[ExchangeEvent],
    titles: Sequence[str] = (),
    scale: bool | None = None,
    times: bool | None = None,
    delay: float = 0.0,
) -> Picture:
    """A sequence diagram, client left and server right; several lanes stand side by side.

    A lane is a Recording, or a list of `(at, sender, label)` with `at` in seconds.
    `scale` draws time to scale, with one axis for all lanes; `times` prints each time.
    Both are on for lists and off for recordings, whose times differ from run to run.
    `delay` is how long each arrow is on its way, in seconds.
    """
    recorded = any(isinstance(lane, Recording) for lane in lanes)
    scale = not recorded if scale is None else scale
    times = not recorded if times is None else times
    rows = [exchange(lane) if isinstance(lane, Recording) else list(lane) for lane in lanes]
    titles = [*titles, *[""] * (len(rows) - len(titles))]
    twin = "\n\n".join(
        _lane_text(title, lane, times) for title, lane in zip(titles, rows, strict=False)
    )
    left = 56.0 if scale else 12.0
    width = 640.0 if len(rows) < 2 else 330.0
    top = 66.0 if any(titles) else 44.0
    last = max((event[0] for lane in rows for event in lane), default=0.0) + delay
    per_second = _HEIGHT_PX / last if scale and last > 0 else 0.0
    longest = max((min(len(lane), _MAX_ARROWS) for lane in rows), default=0)
    bottom = top + (_HEIGHT_PX + 24 if scale else longest * _ROW_PX + 14)
    canvas = Canvas()
    if per_second:
        _draw_axis(canvas, left, left + len(rows) * width, top, last, per_second)
    for number, (title, lane) in enumerate(zip(titles, rows, strict=False)):
        x = left + number * width
        _draw_lane(canvas, x, width, top, bottom, title)
        _draw_arrows(canvas, x, width, top, bottom, lane, per_second, delay, times and not scale)
    what = "Who said what when" if times or scale else "Who said what, in order"
    return Picture(canvas.svg(left + len(rows) * width + 12, bottom + 14, what, twin), twin)


def _lane_text(title: str, events: Sequence[ExchangeEvent], times: bool) -> str:
    lines = [visible(title)] if title else []
    for number, (at, sender, label) in enumerate(events, 1):
        who = "" if sender is None else f"{direction(sender)}  "
        when = f"{at * 1000:10,.1f} ms  " if times else ""
        lines.append(f"{number:4}  {when}{who}{visible(label)}")
    return "\n".join(lines)


def _draw_lane(
    canvas: Canvas, x: float, width: float, top: float, bottom: float, title: str
) -> None:
    if title:
        canvas.text(x + width / 2, 18, title, 14, bold=True)
    for words, at, colour in (
        ("client", x + 40, CLIENT_COLOUR),
        ("server", x + width - 40, SERVER_COLOUR),
    ):
        canvas.box(at - 32, top - 36, 64, 24, colour, 0.2, stroke=1.2, radius=12)
        canvas.text(at, top - 19, words, 12.5, bold=True)
        canvas.path(f"M{at:g} {top - 12:g}V{bottom:g}", colour, stroke_width="1.5", opacity=".7")


def _draw_arrows(
    canvas: Canvas,
    x: float,
    width: float,
    top: float,
    bottom: float,
    events: Sequence[ExchangeEvent],
    per_second: float,
    delay: float,
    times: bool,
) -> None:
    above = -100.0  # where the previous arrow began
    hidden = 0
    for number, (at, sender, label) in enumerate(events[:_MAX_ARROWS]):
        y = top + (8 + at * per_second if per_second else 22 + number * _ROW_PX)
        drop = delay * per_second if per_second else 0.0
        words = f"{at * 1000:,.1f} ms · {label}" if times else label
        if sender is None:
            canvas.text(x + width / 2, y, words, 12, dim=True)
            continue
        ends = (x + 42, x + width - 42)
        start, end = ends if sender is Side.CLIENT else ends[::-1]
        _draw_arrow(
            canvas,
            start,
            y,
            end,
            y + drop,
            CLIENT_COLOUR if sender is Side.CLIENT else SERVER_COLOUR,
        )
        crowded, above = y - above < 13, y
        if crowded:
            hidden += 1
            continue
        room = int((width - 100) / 6.6)
        words = visible(words)
        words = words if len(words) <= room else f"{words[: room - 1]}…"
        slope = degrees(atan2(drop, end - start if end > start else start - end))
        tilt = slope if end > start else -slope
        canvas.text(x + width / 2, y + drop / 2 - 5, words, 12, tilt=tilt)
    notes = []
    if len(events) > _MAX_ARROWS:
        notes.append(f"{len(events) - _MAX_ARROWS:,} more")
    if hidden:
        notes.append(f"{count(hidden, 'label')} left out where arrows are close")
    if notes:
        canvas.text(x + width / 2, bottom + 9, ", ".join(notes), 11, dim=True)


def _draw_arrow(canvas: Canvas, x0: float, y0: float, x1: float, y1: float, colour: str) -> None:
    back = -7 if x1 > x0 else 7
    canvas.path(f"M{x0:g} {y0:.1f}L{x1 + back:g} {y1:.1f}", colour, stroke_width="1.6")
    head = f"M{x1:g} {y1:.1f}l{back * 1.3:g} -4.5v9z"
    canvas.path(head, colour, fill=True)


def _draw_axis(
    canvas: Canvas, x0: float, x1: float, top: float, last: float, per_second: float
) -> None:
    """Time down the left side, with a faint line across at each round number."""
    step = next(
        s * 10.0**power
        for power in range(-6, 7)
        for s in (1, 2, 5)
        if last / (s * 10.0**power) <= 8
    )
    tick = 0
    while tick * step <= last * 1.0001:
        y = top + 8 + tick * step * per_second
        canvas.path(f"M{x0 - 6:g} {y:.1f}H{x1:g}", opacity=".14")
        label = f"{tick * step:,.4g} s" if step >= 1 else f"{tick * step * 1000:,.4g} ms"
        canvas.text(x0 - 10, y + 4, label, 10.5, anchor="end", dim=True)
        tick += 1
