"""A page for a widget where there is none: a list of what the widget told it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tests.patience import LIMIT


class StandIn:
    """Beside a widget class, as in ``class Page(StandIn, LiveWire, page="live_wire")``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.told: list[dict[str, Any]] = []
        self.threads: set[str] = set()  # that told it
        self.heard = threading.Condition()
        super().__init__(*args, **options)

    def send(self, content: dict[str, Any], buffers: Any = None) -> None:
        with self.heard:
            self.told.append(content)
            self.threads.add(threading.current_thread().name)
            self.heard.notify_all()

    def asks(self, **asked: Any) -> None:
        """As ipywidgets hands on what the page says."""
        self._handle_custom_msg({"view": "a", **asked}, [])

    def until(self, met: Callable[[], object]) -> None:
        with self.heard:
            assert self.heard.wait_for(met, LIMIT), self.told[-3:]
