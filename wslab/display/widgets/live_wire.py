"""LiveWire: the frames of a tap as they pass, in the page, newest first.

Rules of this file:

* The tap does not know that it is watched. The background loop looks at its recordings,
  at most ten times a second, and only while a page shows the widget: a frame costs the
  tap nothing, and ten thousand frames are one message to the page.
* Everything that changes is touched on the background thread alone. What the page asks
  arrives in another thread, and is handed over.
* The page gets finished words. A frame is inspected here, when somebody picks its row.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final

from wslab.display.inspectors import Inspection, inspect
from wslab.display.markup import Document, Heading, Paragraph
from wslab.display.phrases import count
from wslab.display.spans import Code
from wslab.display.widgets.page_widget import PageWidget
from wslab.display.wire.rows import RowReader, WireRow
from wslab.errors import WslabError
from wslab.network import background
from wslab.network.tap.tap import Tap, TapConnection
from wslab.protocol.frames import Side

MAX_ROWS: Final = 200  # rows in the page; the tap keeps everything
LOOK_EVERY_S: Final = 0.1  # seconds between two looks
LOOK_EVERY_IN_A_FLOOD_S: Final = 0.3
FLOOD_ROWS: Final = 50  # rows of one look that are many
CHUNKS_A_LOOK: Final = 4000  # of one connection, taken in one look ...
BYTES_A_LOOK: Final = 4 * 1024 * 1024  # ... and bytes: the loop also moves the tap's traffic


class LiveWire(PageWidget, page="live_wire"):
    """What passes through `tap`, as it passes: a row for each frame, head and end of TCP.

    Both directions, every connection, newest first. Pick a row, and its bytes are
    explained below it. `keep` is the number of rows in the page; older ones are left out
    and counted. Everything stays in ``tap.recordings``, unless the tap was told to keep
    only the last of them: what it has forgotten before a look is not shown.

    WslabError when `tap` is not a Tap, or `keep` is not a number from 1 on.
    """

    def __init__(self, tap: Tap, *, keep: int = MAX_ROWS) -> None:
        if not isinstance(tap, Tap):
            raise WslabError(
                f"LiveWire watches a Tap, found {tap!r}; "
                "try tap = Tap(server.url).start(), then LiveWire(tap)."
            )
        if not isinstance(keep, int) or keep < 1:
            raise WslabError(f"keep is a number of rows from 1 on; found {keep!r}")
        super().__init__()
        self.tap = tap
        self._keep = keep
        self._rows: deque[dict[str, Any]] = deque(maxlen=keep)  # newest first
        self._total = 0
        self._views: set[str] = set()
        self._followed: list[_Followed] = []  # connections that live, or are not all taken
        self._newest = 0  # number of the newest connection that was followed
        self._next: asyncio.TimerHandle | None = None
        self._saw_the_stop = False
        self._is_closed = False
        self.on_msg(self._hear)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What the page shows, newest first."""
        return background.call(lambda: list(self._rows))

    @property
    def about(self) -> str:
        return f"of the tap {self.tap.name!r}"

    @property
    def twin(self) -> Document:
        return Document(
            [
                Heading("The live wire: every frame, as it passes through the tap"),
                Paragraph(
                    (
                        "It needs a page that is open and a kernel that runs: run this cell in "
                        "JupyterLab. Afterwards, ",
                        Code("inspect(tap.recording)"),
                        " shows the same frames, and stays.",
                    )
                ),
            ]
        )

    def close(self) -> None:
        """Stop watching, and leave the page."""
        self._is_closed = True  # the next look sees it; `close` also runs where no loop may start
        super().close()

    # What the page asks for.

    def _hear(self, _: object, asked: dict[str, Any], __: object) -> None:
        self.in_background(self._answer, asked)

    def _answer(self, asked: dict[str, Any]) -> None:
        view = str(asked.get("view"))
        match asked.get("do"):
            case "watch":
                self._views.add(view)
                self._look()
                self._tell_all(view)
            case "leave":
                self._views.discard(view)
            case "clear":
                self._rows.clear()
                self._total = 0
                self._tell_all(None)
            case "inspect":
                loop = asyncio.get_running_loop()
                # In a thread of its own: a long recording takes a while to explain.
                loop.run_in_executor(None, self.attempt, self._inspect, asked)

    def _inspect(self, asked: dict[str, Any]) -> None:
        self.send({"inspected": asked, "html": self._inspection(asked).html})

    def _inspection(self, asked: dict[str, Any]) -> Inspection:
        """What stands behind a row: the frame, the opening heads, or the whole connection."""
        connection = self.tap.connection(asked["connection"])
        if connection is None:
            return _forgotten(asked["connection"], self.tap.keep)
        recording = connection.recording
        handshake = recording.handshake
        if asked["kind"] == "frame":
            deflate = handshake is not None and handshake.deflate is not None
            return inspect(recording.frames()[asked["index"]], deflate=deflate)
        if asked["kind"] == "head" and handshake is not None and handshake.upgraded:
            return inspect(handshake)
        return inspect(recording)

    # What the background loop does.

    def _look(self) -> None:
        """Take what is new, tell the page, and look again later if there will be more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._is_closed or not self._views:
            return
        running = self.tap.running  # asked first: what came before the stop is not missed
        new, behind = self._take()
        if new or not running:
            self._tell(new)
        if running or behind:
            self._look_in(LOOK_EVERY_S if len(new) < FLOOD_ROWS else LOOK_EVERY_IN_A_FLOOD_S)
        elif not self._saw_the_stop:
            self._look_in(
                background.STOP_TIMEOUT_S + LOOK_EVERY_S
            )  # a stop cuts connections, after a while
        self._saw_the_stop = not running

    def _look_in(self, seconds: float) -> None:
        self._next = asyncio.get_running_loop().call_later(seconds, self.attempt, self._look)

    def _take(self) -> tuple[list[dict[str, Any]], bool]:
        """The newest rows since the last look, newest first; is there more to take?"""
        for connection in self.tap.connections(after=self._newest):
            self._followed.append(_Followed(connection))
            self._newest = connection.number
        came = [
            (followed.connection.began + row.at, followed.connection.number, row)
            for followed in self._followed
            for row in followed.take()
        ]
        # Of those that are over and taken nothing more will come: they are not visited again.
        self._followed = [followed for followed in self._followed if not followed.is_done]
        came.sort(key=lambda item: item[0])
        self._total += len(came)
        new = [
            {
                "at": f"{at * 1000:,.1f} ms",
                "connection": connection,
                "kind": row.kind,
                "index": row.index,
                "sender": row.sender.value,
                **row.cells(),
            }
            for at, connection, row in came[-self._keep :]
        ]
        self._rows.extendleft(new)
        return new[::-1], any(followed.behind for followed in self._followed)

    def _tell(self, rows: list[dict[str, Any]], **more: Any) -> None:
        counts = {"total": self._total, "keep": self._keep, "running": self.tap.running}
        self.send({"rows": rows, "everything": False, **counts, **more})

    def _tell_all(self, view: str | None) -> None:
        """Tell one view, or each of them, every row that is kept."""
        self._tell(list(self._rows), everything=True, view=view)


def _forgotten(number: int, keep: int | None) -> Inspection:
    words = (
        f"Connection {number} is over, and its bytes are gone: the tap remembers the last "
        f"{count(keep or 0, 'finished connection')}. To look at older ones, make it with a larger "
    )
    document = Document([Paragraph((words, Code("keep="), ", or with none to remember all."))])
    return Inspection(document.text, document.html)


class _Followed:
    """One connection, and how much of its recording was taken."""

    def __init__(self, connection: TapConnection) -> None:
        self.connection = connection
        self._recording = connection.recording
        self._follower = RowReader()
        self._chunks = 0
        self._endings = 0
        self._said_full = False

    @property
    def behind(self) -> bool:
        """Is there more than what was taken?"""
        return self._chunks < len(self._recording.chunks)

    @property
    def is_done(self) -> bool:
        """Is everything taken, and nothing more to come?"""
        return not (self.connection.is_live or self.behind)

    def take(self) -> list[WireRow]:
        """The rows of what came since the last time; a part of them when that is much."""
        recording, rows = self._recording, []
        size = 0
        for chunk in recording.chunks[self._chunks : self._chunks + CHUNKS_A_LOOK]:
            rows += self._before(chunk.at)
            rows += self._follower.take(chunk)
            self._chunks += 1
            size += len(chunk.data)
            if size > BYTES_A_LOOK:
                break
        if not self.behind:
            rows += self._before(float("inf"))
            if recording.truncated and not self._said_full:
                self._said_full = True
                at = recording.chunks[-1].at if recording.chunks else 0.0
                rows.append(WireRow(at, Side.CLIENT, "full", b""))
        return rows

    def _before(self, at: float) -> list[WireRow]:
        """The endings before that moment: frames of the other side may follow them."""
        rows = []
        for ending in self._recording.endings[self._endings :]:
            if ending.at > at:
                break
            rows += self._follower.end(ending)
            self._endings += 1
        return rows
