"""PageWidget: what widgets share: a script, a look, a steady name, a twin that needs no page.

Rules of this file:

* A widget is a class here, and ``static/<page>.js`` and ``static/<page>.css`` beside it. In front
  of the script stands ``static/widgets.js``, whose functions it may call; in front of the style
  the sheet of all fragments and ``static/widgets.css``.
* What a notebook stores is text and HTML without a port, an address or an id: the same on every
  run, and readable where no kernel runs.
* A callback that fails does not fail in silence: `attempt` tells the page, in a sentence.
* What a stranger sent reaches the page as data, and there only as text. The one HTML that a page
  takes is what `inspect` made, by `inspected` of ``static/widgets.js``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any, ClassVar, Final

import anywidget

from wslab.display.markup import Document
from wslab.display.style import STYLE
from wslab.network import background

MAX_FAILURE_CHARACTERS: Final = 300  # characters of an exception that the page is told

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
    hand it on, by `in_background`.
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
        _answer_in_any_thread(self.comm)

    @property
    def about(self) -> str:
        """What this widget is for, in a few words, without a port or an address."""
        raise NotImplementedError

    @property
    def twin(self) -> Document:
        """What is shown where there is no page to draw in; the same on every run."""
        raise NotImplementedError

    def in_background(self, act: Callable[..., object], *arguments: Any) -> None:
        """`attempt` it on the background loop, soon; returns at once."""
        background.loop().call_soon_threadsafe(self.attempt, act, *arguments)

    def attempt(self, act: Callable[..., object], *arguments: Any) -> None:
        """Call it. When it raises, the page says so, and so does ``background.log``."""
        try:
            act(*arguments)
        except Exception as error:
            self.tell_failure(error)

    def tell_failure(self, error: Exception) -> None:
        """Show that sentence in the page instead of silence."""
        what = in_words(error)
        background.report(f"{self!r} failed: {what}")
        self.send({"failed": f"The kernel could not do that: {what}. Run this cell again."})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.about}>"  # anywidget's own shows an address

    def _repr_mimebundle_(self, **options: Any) -> Any:
        # anywidget's bundle has the view, which is live, and `repr` as text.
        data, metadata = super()._repr_mimebundle_(**options)
        twin = self.twin
        return {**data, "text/plain": twin.text, "text/html": twin.html}, metadata


def in_words(error: Exception) -> str:
    """An exception as a part of a sentence."""
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return words[:MAX_FAILURE_CHARACTERS].rstrip(".")


def _answer_in_any_thread(comm: Any) -> None:
    """Keep a page from waiting for the end of a cell that blocks.

    ipykernel hands what a page says to the thread that spoke to the page last, and ours speak for
    others. This is private to it (tried with 7.4); a test says when the name is gone.
    """
    comm._reply_subshell_for = None
