"""Pictures made from objects and tables: who said what when, and a state diagram.

Each is a `Picture`: SVG for the page, and a text twin with the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from math import atan2, degrees
from typing import Final

from wslab.display.markup import visible
from wslab.display.phrases import count, direction
from wslab.display.pictures.byte_map import byte_map
from wslab.display.pictures.canvas import Canvas, Picture
from wslab.display.pictures.exchange import ExchangeEvent, exchange
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Recording

__all__ = ["ExchangeEvent", "Picture", "byte_map", "states", "timeline"]

_MAX_ARROWS: Final = 200  # arrows in one lane
_ROW: Final = 34  # from arrow to arrow if time is not to scale
_TALL: Final = 440  # the height of the longest time, if it is to scale
_CLIENT: Final = "#1e88e5"
_SERVER: Final = "#43a047"
_QUIET: Final = "#8a8f98"


# --- who said what when -----------------------------------------------------------


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
    per_second = _TALL / last if scale and last > 0 else 0.0
    longest = max((min(len(lane), _MAX_ARROWS) for lane in rows), default=0)
    bottom = top + (_TALL + 24 if scale else longest * _ROW + 14)
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
        ("client", x + 40, _CLIENT),
        ("server", x + width - 40, _SERVER),
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
        y = top + (8 + at * per_second if per_second else 22 + number * _ROW)
        drop = delay * per_second if per_second else 0.0
        words = f"{at * 1000:,.1f} ms · {label}" if times else label
        if sender is None:
            canvas.text(x + width / 2, y, words, 12, dim=True)
            continue
        ends = (x + 42, x + width - 42)
        start, end = ends if sender is Side.CLIENT else ends[::-1]
        _draw_arrow(canvas, start, y, end, y + drop, _CLIENT if sender is Side.CLIENT else _SERVER)
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


# --- states ----------------------------------------------------------------------

_STATE_WIDTH: Final = 150.0
_STATE_GAP: Final = 112.0


def states(
    table: Mapping[tuple[Enum, Enum], Enum], title: str = "The states and what changes them"
) -> Picture:
    """A state diagram from `{(state, event): next state}`, drawn from top to bottom.

    States appear in the order in which the table first names them. The picture shows
    the name of each state and the value of each event.
    """
    order: list[Enum] = []
    edges: dict[tuple[Enum, Enum], list[str]] = {}
    for (state, event), after in table.items():
        order += [s for s in (state, after) if s not in order]
        edges.setdefault((state, after), []).append(str(event.value))
    order = [s for s in type(order[0]) if s in order] if order else []
    lines = [
        f"{state.name} → {after.name}: {visible(' or '.join(words))}"
        for (state, after), words in edges.items()
    ]
    twin = "\n".join(lines)
    canvas = Canvas()
    middle = 360.0
    where = {state: 20 + number * _STATE_GAP for number, state in enumerate(order)}
    hops = {edge: order.index(edge[1]) - order.index(edge[0]) for edge in edges}
    detours = [edge for edge, hop in hops.items() if hop not in (0, 1)]
    for (state, after), words in edges.items():
        hop = hops[state, after]
        if hop == 0:
            _draw_loop(canvas, middle, where[state], words)
        elif hop == 1:
            x, y0, y1 = middle, where[state] + 40, where[after]
            _draw_down(canvas, x, y0, y1)
            for line, text in enumerate(words):
                y = (y0 + y1) / 2 + 4 + (line - (len(words) - 1) / 2) * 16
                canvas.text(x + 12, y, text, 12, anchor="start")
        else:
            side = [edge for edge in detours if (hops[edge] > 0) == (hop > 0)]
            side.sort(key=lambda edge: abs(hops[edge]))
            leaving = [edge for edge in reversed(side) if edge[0] is state]
            start = where[state] + 18 + 18 * leaving.index((state, after)) - 9 * (len(leaving) - 1)
            lane = side.index((state, after))
            _draw_detour(canvas, middle, start, where[after], hop, lane, " or ".join(words))
    for state, y in where.items():
        final = all(begin is not state or end is state for begin, end in edges)
        colour = _QUIET if final else _CLIENT
        canvas.box(middle - _STATE_WIDTH / 2, y, _STATE_WIDTH, 40, colour, 0.2, 1.6, 9)
        canvas.text(middle, y + 25, state.name, 14, bold=True)
    height = 20 + max(where.values(), default=0) + 60
    return Picture(canvas.svg(720, height, title, twin), twin)


def _draw_down(canvas: Canvas, x: float, y0: float, y1: float) -> None:
    canvas.path(f"M{x:g} {y0:g}V{y1 - 8:g}", stroke_width="1.6", opacity=".75")
    canvas.path(f"M{x:g} {y1 - 1:g}l-5 -9h10z", fill=True, opacity=".75")


def _draw_loop(canvas: Canvas, middle: float, y: float, words: Sequence[str]) -> None:
    x = middle + _STATE_WIDTH / 2
    canvas.path(
        f"M{x:g} {y + 10:g}C{x + 46:g} {y - 4:g} {x + 46:g} {y + 44:g} {x + 9:g} {y + 31:g}",
        stroke_width="1.6",
        opacity=".75",
    )
    canvas.path(f"M{x + 1:g} {y + 29:g}l10 -3.5l-3 9.5z", fill=True, opacity=".75")
    for line, text in enumerate(words):
        top = y + 24 + (line - (len(words) - 1) / 2) * 16
        canvas.text(x + 46, top, text, 12, anchor="start")


def _draw_detour(
    canvas: Canvas, middle: float, start: float, y1: float, hop: int, lane: int, words: str
) -> None:
    """An arrow past other states: forward ones on the left, backward ones on the right.

    Each has a lane of its own; a longer one runs outside a shorter one and arrives lower.
    """
    side = -1 if hop > 0 else 1
    x = middle + side * _STATE_WIDTH / 2
    bend = x + side * (168 + 22 * lane)
    end = y1 + 4 + 9 * abs(hop)
    turn = 14 * (1 if end > start else -1)
    canvas.path(
        f"M{x:g} {start:g}H{bend - side * 14:g}Q{bend:g} {start:g} {bend:g} {start + turn:g}"
        f"V{end - turn:g}Q{bend:g} {end:g} {bend - side * 14:g} {end:g}H{x + side * 9:g}",
        stroke_width="1.6",
        opacity=".75",
    )
    canvas.path(f"M{x + side:g} {end:g}l{side * 9:g} -5v10z", fill=True, opacity=".75")
    canvas.text(x + side * 10, start - 6, words, 12, anchor="end" if side < 0 else "start")
