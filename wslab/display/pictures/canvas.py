"""What every drawing is made with: shapes that become SVG, and the text twin beside it.

Colours are translucent over whatever page is behind them, and text has the
page's own colour, so a drawing is legible in both light and dark themes.
Colour is never the only sign of a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wslab.display.markup import Document, Figure
from wslab.display.spans import escape

MONO: Final = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
SANS: Final = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
CLIENT_COLOUR: Final = "#1e88e5"
SERVER_COLOUR: Final = "#43a047"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: `svg` for a page, `text` for a terminal or a screen reader."""

    svg: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return Document([Figure(self.svg, self.text)]).html


class Canvas:
    """Collects shapes; every string is escaped on its way in."""

    def __init__(self) -> None:
        self._shapes: list[str] = []

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str,
        opacity: float = 0.2,
        stroke: float = 0,
        radius: float = 4,
    ) -> None:
        edge = f' stroke="{colour}" stroke-width="{stroke:g}"' if stroke else ""
        self._shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" '
            f'fill="{colour}" fill-opacity="{opacity:g}"{edge}/>'
        )

    def path(self, d: str, colour: str = "currentColor", fill: bool = False, **more: str) -> None:
        paint = f'fill="{colour}" stroke="none"' if fill else f'fill="none" stroke="{colour}"'
        extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
        self._shapes.append(f'<path d="{d}" {paint}{extra}/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 12,
        *,
        anchor: str = "middle",
        mono: bool = False,
        bold: bool = False,
        dim: bool = False,
        tilt: float = 0,
    ) -> None:
        face = f' font-family="{MONO}"' if mono else ""
        weight = ' font-weight="600"' if bold else ""
        opacity = ' opacity=".7"' if dim else ""
        turn = f' transform="rotate({tilt:.2f} {x:g} {y:g})"' if tilt else ""
        self._shapes.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}"'
            f"{face}{weight}{opacity}{turn}>{escape(words)}</text>"
        )

    def svg(self, width: float, height: float, title: str, description: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:g}" '
            f'height="{height:g}" viewBox="0 0 {width:g} {height:g}" fill="currentColor" '
            f'font-family="{SANS}"><title>{escape(title)}</title>'
            f"<desc>{' '.join(map(escape, description.splitlines()))}</desc>"
            f"{''.join(self._shapes)}</svg>"
        )
