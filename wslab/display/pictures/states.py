"""states: a state diagram with a text twin, drawn from a table of transitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from wslab.display.pictures.canvas import CLIENT_COLOUR, Canvas, Picture
from wslab.display.spans import visible

_FINAL_COLOUR: Final = "#8a8f98"
_STATE_WIDTH_PX: Final = 150.0
_STATE_GAP_PX: Final = 112.0


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
    where = {state: 20 + number * _STATE_GAP_PX for number, state in enumerate(order)}
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
        colour = _FINAL_COLOUR if final else CLIENT_COLOUR
        canvas.box(middle - _STATE_WIDTH_PX / 2, y, _STATE_WIDTH_PX, 40, colour, 0.2, 1.6, 9)
        canvas.text(middle, y + 25, state.name, 14, bold=True)
    height = 20 + max(where.values(), default=0) + 60
    return Picture(canvas.svg(720, height, title, twin), twin)


def _draw_down(canvas: Canvas, x: float, y0: float, y1: float) -> None:
    canvas.path(f"M{x:g} {y0:g}V{y1 - 8:g}", stroke_width="1.6", opacity=".75")
    canvas.path(f"M{x:g} {y1 - 1:g}l-5 -9h10z", fill=True, opacity=".75")


def _draw_loop(canvas: Canvas, middle: float, y: float, words: Sequence[str]) -> None:
    x = middle + _STATE_WIDTH_PX / 2
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
    x = middle + side * _STATE_WIDTH_PX / 2
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
