"""The live wire without a page: what it tells, to whom, and what it costs when nobody looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.patience import patient
from tests.wslab.display.captures import KEY
from tests.wslab.display.stand_in import LIMIT, StandIn
from wslab.display.widgets import live_wire
from wslab.display.widgets.live_wire import LiveWire
from wslab.errors import WslabError
from wslab.network import background
from wslab.network.echo import EchoServer
from wslab.network.raw import RawClient
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Frame, Opcode

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")

HELLO = Frame(Opcode.TEXT, b"Hello", mask=KEY).encode()
BYE = Frame(Opcode.CLOSE, b"\x03\xe8", mask=KEY).encode()


class Page(StandIn, LiveWire, page="live_wire"):
    """A live wire whose page is a list."""

    def saw(self, what: str, times: int = 1) -> Callable[[], object]:
        return lambda: len([row for row in self.shown() if row["what"] == what]) >= times

    def shown(self) -> list[dict[str, Any]]:
        """The rows of every message, newest first, as the page puts them together."""
        rows: list[dict[str, Any]] = []
        for content in self.told:
            if "rows" in content:
                rows = content["rows"] + ([] if content["everything"] else rows)
        return rows

    @property
    def looks(self) -> bool:
        return background.call(lambda: self._next is not None)


@pytest.fixture
def tap() -> Iterator[Tap]:
    with EchoServer() as server, Tap(server.url, limit=1 << 26) as tap:
        yield tap


def hello(tap: Tap, times: int = 1) -> None:
    with RawClient(tap.url) as raw:
        raw.send(HELLO * times)
        raw.read(7 * times)
        raw.send(BYE)
        raw.read_to_end()
    tap.wait_closed()


def milliseconds(row: dict[str, Any]) -> float:
    return float(row["at"].removesuffix(" ms").replace(",", ""))


def test_both_directions_newest_first(tap):
    page = Page(tap)
    page.asks(do="watch")
    hello(tap)
    page.until(page.saw("end of TCP", 2))
    rows = page.shown()
    assert rows == page.rows
    frames = [(row["who"], row["what"], row["says"]) for row in rows if row["kind"] == "frame"]
    assert frames[::-1] == [
        ("client → server", "TEXT", '"Hello"'),
        ("server → client", "TEXT", '"Hello"'),
        ("client → server", "CLOSE", "1000, NORMAL_CLOSURE"),
        ("server → client", "CLOSE", "1000, NORMAL_CLOSURE"),
    ]
    assert [row["what"] for row in rows[::-1][:2]] == ["HTTP request", "HTTP response"]
    assert {row["connection"] for row in rows} == {1}
    assert page.told[-1]["total"] == len(rows) == 8
    assert page.threads == {"wslab"}


def test_what_came_before_the_page_is_there_too(tap):
    hello(tap)
    page = Page(tap)
    page.asks(do="watch")
    page.until(page.saw("end of TCP", 2))


def test_a_view_that_comes_gets_everything_and_the_others_what_is_new(tap):
    page = Page(tap)
    page.asks(do="watch")
    hello(tap)
    page.until(page.saw("end of TCP", 2))
    hello(tap)  # some of it may be new when the second view comes
    page.asks(do="watch", view="b")
    page.until(lambda: page.told[-1].get("view") == "b")
    assert page.told[-1]["everything"] is True
    page.until(lambda: page.told[-1]["total"] == 16)
    for view in "ab":
        rows: list[dict[str, Any]] = []
        for told in page.told:
            if not told["everything"]:
                rows = told["rows"] + rows
            elif told["view"] == view:
                rows = told["rows"]
        assert rows == page.rows and len(rows) == 16


def test_connections_are_numbered_on_one_clock(tap):
    page = Page(tap)
    hello(tap)
    hello(tap)
    page.asks(do="watch")
    page.until(page.saw("end of TCP", 4))
    rows = page.shown()[::-1]
    assert [row["connection"] for row in rows] == [1] * 8 + [2] * 8
    times = list(map(milliseconds, rows))
    assert times == sorted(times) and times[8] > times[0]


def test_a_flood_is_a_few_messages_and_a_bounded_number_of_rows(tap):
    page = Page(tap)
    page.asks(do="watch")
    with RawClient(tap.url, timeout=patient(60)) as raw:
        sender = threading.Thread(target=raw.send, args=(HELLO * 10_000,))
        sender.start()
        raw.read(7 * 10_000)
        sender.join(LIMIT)
        raw.send(BYE)
        raw.read_to_end()
    page.until(lambda: page.told[-1]["total"] == 20_000 + 6)
    assert all(len(content["rows"]) <= live_wire.MAX_ROWS for content in page.told)
    assert len(page.rows) == live_wire.MAX_ROWS
    # At most ten messages a second, and the whole took at most as long as its time stamps say.
    seconds = milliseconds(page.rows[0]) / 1000
    assert len(page.told) <= 4 + (seconds + 1) / live_wire.LOOK_EVERY_S
    assert len(tap.recording.frames()) == 20_002


def test_one_look_takes_a_part_of_much_and_the_next_goes_on(tap, monkeypatch):
    monkeypatch.setattr(live_wire, "CHUNKS_A_LOOK", 1)
    hello(tap, 3)
    page = Page(tap)
    page.asks(do="watch")
    page.until(page.saw("end of TCP", 2))
    assert len(page.told) >= len(tap.recording.chunks)
    assert [row["what"] for row in page.shown()].count("TEXT") == 6


def test_an_ending_stands_where_it_happened(tap):
    page = Page(tap)
    page.asks(do="watch")
    hello(tap)
    page.until(page.saw("end of TCP", 2))
    times = list(map(milliseconds, page.shown()))
    assert times == sorted(times, reverse=True)


def test_nobody_looks_nothing_runs(tap):
    page = Page(tap)
    hello(tap)
    assert not page.looks and page.told == []


def test_the_last_view_that_leaves_ends_the_watch(tap):
    page = Page(tap)
    page.asks(do="watch")
    page.asks(do="watch", view="b")
    page.asks(do="leave")
    assert page.looks
    page.asks(do="leave", view="b")
    ended(page)


def ended(page: Page) -> None:
    """One look may still be due; after it none is."""
    done = threading.Event()

    def look() -> None:
        if page._next is None:
            done.set()
        else:
            background.loop().call_later(0.02, look)

    background.loop().call_soon_threadsafe(look)
    assert done.wait(LIMIT)


def test_close_ends_the_watch(tap):
    page = Page(tap)
    page.asks(do="watch")
    assert page.looks
    page.close()
    ended(page)


def test_the_stop_of_the_tap_ends_the_watch_after_its_last_rows():
    with EchoServer() as server:
        tap = Tap(server.url)
        page = Page(tap)
        with tap, RawClient(tap.url) as raw:
            page.asks(do="watch")
            raw.send(HELLO)
            raw.read(7)
            tap.stop()
        page.until(page.saw("end of TCP", 2))
        assert "the tap cut the connection" in page.shown()[0]["says"]
        ended(page)
        page.until(lambda: page.told[-1]["running"] is False)
        with tap:  # it starts again, and somebody presses "Watch again"
            page.asks(do="watch")
            hello(tap)
            page.until(page.saw("CLOSE", 2))
        ended(page)


def test_a_tap_that_does_not_run_is_said_so():
    page = Page(Tap("ws://127.0.0.1:9/"))
    page.asks(do="watch")
    page.until(lambda: page.told)
    assert page.told[0]["running"] is False and page.told[0]["rows"] == []
    ended(page)


def test_clear_empties_the_page_and_the_tap_keeps_all(tap):
    page = Page(tap)
    page.asks(do="watch")
    hello(tap)
    page.until(page.saw("end of TCP", 2))
    page.asks(do="clear")
    page.until(lambda: page.told[-1]["total"] == 0)
    assert page.rows == [] and page.told[-1]["everything"] is True
    assert page.told[-1]["view"] is None  # each view is told
    assert len(tap.recording.frames()) == 4


def picked(page: Page, what: str) -> dict[str, Any]:
    row = next(row for row in page.shown() if row["what"] == what)
    asked = {key: row[key] for key in ("connection", "kind", "index")}
    page.asks(do="inspect", **asked)
    wanted = {"do": "inspect", "view": "a", **asked}
    page.until(lambda: page.told[-1].get("inspected") == wanted)
    return page.told[-1]


def test_a_row_is_inspected_where_the_kernel_has_its_bytes(tap):
    page = Page(tap)
    page.asks(do="watch")
    hello(tap)
    page.until(page.saw("end of TCP", 2))
    assert "One frame: TEXT, 7 bytes" in picked(page, "TEXT")["html"]
    assert "Sec-WebSocket-Accept" in picked(page, "HTTP request")["html"]
    assert "A recording of one connection" in picked(page, "end of TCP")["html"]


def test_a_connection_that_is_no_websocket_is_inspected_as_a_whole(tap):
    page = Page(tap)
    page.asks(do="watch")
    with pytest.raises(WslabError, match="426|404|refused"):
        RawClient(tap.url.replace("ws:", "http:"), key="").__enter__()
    tap.wait_closed()
    page.until(page.saw("HTTP response"))
    assert "A recording of one connection" in picked(page, "HTTP response")["html"]


def test_a_connection_that_is_over_and_taken_is_not_visited_again(monkeypatch):
    """What a look costs does not grow with the connections that ever were."""
    visits = []
    take = live_wire._Followed.take

    def counted(followed):
        visits.append(followed.connection.number)
        return take(followed)

    monkeypatch.setattr(live_wire._Followed, "take", counted)
    with EchoServer() as server, Tap(server.url, keep=5) as tap:
        page = Page(tap)
        page.asks(do="watch")
        with RawClient(tap.url) as living:
            for _ in range(200):
                hello(tap)
            page.until(lambda: page.told[-1].get("total", 0) >= 2)
            page.until(
                lambda: background.call(lambda: (page._newest, len(page._followed))) == (201, 1)
            )
            background.call(visits.clear)
            living.send(HELLO)
            living.read(7)
            page.until(page.saw("TEXT", 1))
            page.until(lambda: any(row["connection"] == 1 for row in page.rows[:2]))
            assert set(background.call(lambda: list(visits))) == {1}
            assert len(tap.recordings) == 6


def test_a_row_whose_recording_is_forgotten_says_so():
    with EchoServer() as server, Tap(server.url, keep=1) as tap:
        page = Page(tap)
        page.asks(do="watch")
        hello(tap)
        page.until(page.saw("end of TCP", 2))
        hello(tap)
        page.until(page.saw("end of TCP", 4))
        asked = {"connection": 1, "kind": "frame", "index": 0}
        page.asks(do="inspect", **asked)
        page.until(lambda: page.told[-1].get("inspected", {}).get("connection") == 1)
        html = page.told[-1]["html"]
        assert "Connection 1 is over" in html and "the last 1 finished connection." in html
        assert "<code><bdi>keep=</bdi></code>" in html
        assert "One frame: TEXT" in picked(page, "TEXT")["html"]  # of the second one


def test_a_full_recording_is_said_once():
    with EchoServer() as server, Tap(server.url, limit=400) as tap:
        page = Page(tap)
        page.asks(do="watch")
        hello(tap, 200)
        page.until(page.saw("not kept"))
        page.until(page.saw("end of TCP", 2))
        assert [row["what"] for row in page.shown()].count("not kept") == 1


def test_the_tap_is_not_slowed_by_a_listener(tap):
    """The end of a plain connection still takes the short way while a page watches."""
    page = Page(tap)
    page.asks(do="watch")
    with RawClient(tap.url) as raw:
        raw.send(HELLO)
        raw.read(7)
        page.until(page.saw("TEXT", 2))
        plain = background.call(lambda: [end._plain for end in tap._ends(None)])
    assert plain == [True, True]


def test_name_and_twin_are_the_same_on_every_run(tap):
    first, second = (LiveWire(tap)._repr_mimebundle_()[0] for _ in range(2))
    for bundle in (first, second):
        bundle.pop("application/vnd.jupyter.widget-view+json")
    assert first == second
    assert repr(LiveWire(tap)) == "<LiveWire of the tap 'tap'>"
    assert "inspect(tap.recording)" in first["text/plain"]


@pytest.mark.parametrize("wrong", ["ws://127.0.0.1:1/", None])
def test_only_a_tap_can_be_watched(wrong):
    with pytest.raises(WslabError, match=r"LiveWire watches a Tap, found .*; try tap = Tap"):
        LiveWire(wrong)


@pytest.mark.parametrize("wrong", [0, -1, "many", 1.5])
def test_keep_is_a_number_of_rows(tap, wrong):
    with pytest.raises(WslabError, match="a number of rows from 1 on"):
        LiveWire(tap, keep=wrong)


def test_keep_bounds_the_rows(tap):
    page = Page(tap, keep=3)
    page.asks(do="watch")
    hello(tap)
    page.until(lambda: page.told and page.told[-1]["total"] == 8)
    assert len(page.rows) == 3 and page.told[-1]["keep"] == 3


def fails(*_: object) -> None:
    raise ValueError("<b>odd")


def failed(page: Page) -> Callable[[], object]:
    return lambda: any("ValueError: <b>odd" in told.get("failed", "") for told in page.told)


@pytest.mark.parametrize("method", ["_take", "_inspection"])
def test_a_look_that_fails_is_told(tap, monkeypatch, method):
    page = Page(tap)
    page.asks(do="watch")
    page.until(lambda: page.told)
    monkeypatch.setattr(page, method, fails)
    page.asks(do="inspect", connection=1, kind="head", index=0)
    page.until(failed(page))
    assert any("ValueError: <b>odd" in line for line in background.log)
    background.log.clear()
