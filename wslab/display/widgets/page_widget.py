"""PageWidget: what widgets share: a script, a look, a steady name, a twin that needs no page.

Rules of this file:

* A widget is a class here, and ``static/<page>.js`` and ``static/<page>.css`` beside it. In front
  of the script stands ``static/widgets.js``, whose functions it may call; in front of the style
  the sheet of all fragments and ``static/widgets.css``.
* What a notebook stores is text and HTML without a port, an address or an id: the same on every
  run, and readable where no kernel runs.
* What a stranger sent reaches the page as data, and there only as text. The one HTML that a page
  takes is what `inspect` made, by `inspected` of ``static/widgets.js``.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any, ClassVar, Final

import anywidget

from wslab.display.markup import Document
from wslab.display.style import STYLE

_STATIC: Final = files("wslab.display.widgets").joinpath("static")


def _static(name: str) -> str:
    return _STATIC.joinpath(name).read_text(encoding="utf-8")


class PageWidget(anywidget.AnyWidget):
    """A widget that is drawn by ``static/<page>.js``; a subclass says which.

        class LiveWire(PageWidget, page="live_wire"): ...

    The script calls `drawn(function)` of ``static/widgets.js`` and exports what that returns.
    A subclass defines `twin`, and `about`, which its `repr` shows.

    Traits may be set, and `send` called, in any thread; the page is told at once, even while a
    cell runs. What the page sends arrives in a thread of the kernel's choice: a callback may only
    enqueue, or hand a coroutine to ``background.loop()``.
    """

    page: ClassVar[str] = ""

    def __init_subclass__(cls, page: str = "", **options: Any) -> None:
        if page:
            cls.page = page
            cls._esm = f"{_static('widgets.js')}\n{_static(page + '.js')}"
            cls._css = f"{STYLE}{_static('widgets.css')}\n{_static(page + '.css')}"
        super().__init_subclass__(**options)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # ipykernel hands what a page says to the thread that spoke to the page last. Ours speak
        # for others; without this, a page could be kept waiting until a cell that blocks is over.
        self.comm._reply_subshell_for = None

    @property
    def about(self) -> str:
        """What this widget is for, in a few words, without a port or an address."""
        raise NotImplementedError

    @property
    def twin(self) -> Document:
        """What is shown where there is no page to draw in; the same on every run."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.about}>"  # anywidget's own shows an address

    def _repr_mimebundle_(self, **options: Any) -> Any:
        # anywidget's bundle has the view, which is live, and `repr` as text.
        data, metadata = super()._repr_mimebundle_(**options)
        twin = self.twin
        return {**data, "text/plain": twin.text, "text/html": twin.html}, metadata
