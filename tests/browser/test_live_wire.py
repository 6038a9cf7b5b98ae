"""LiveWire in the real JupyterLab: rows as frames pass, one explained, floods and restarts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import PATIENCE, Lab, Watch, open_notebook, restart, run_cell, start_cell

pytestmark = pytest.mark.browser

SHOW = """\
from wslab import EchoServer, Frame, LiveWire, Opcode, Tap
from wslab.network.raw import RawClient
server = EchoServer().start()
tap = Tap(server.url).start()
HELLO = Frame(Opcode.TEXT, b"Hello", mask=bytes.fromhex("37fa213d")).encode()
LiveWire(tap)
"""
CONNECT = "raw = RawClient(tap.url).__enter__()"
TALK = "raw.send(HELLO); raw.read(7)"
LEAVE = "raw.close(); tap.wait_closed()"
AGAIN = "LiveWire(tap)"
#: The cell blocks its thread all the while, as a lesson's cell may.
BLOCK = """\
import threading
released = threading.Event()
tap.wait(lambda recording: len(recording.frames()) >= 2)
assert released.wait(30)
"""
FLOOD = """\
with RawClient(tap.url, timeout=60) as flood:
    thread = threading.Thread(target=flood.send, args=(HELLO * 10_000,))
    thread.start(); flood.read(70_000); thread.join()
"""


class Wire:
    """The widget as a person finds it."""

    def __init__(self, output: Locator) -> None:
        self.body = output.locator(".wslab-page")
        self.rows = self.body.locator("tbody tr[data-kind]")
        self.notice = self.body.locator(".wslab-notice")
        self.picked = self.body.get_by_role("region", name="The row you picked")

    def button(self, name: str) -> Locator:
        return self.body.get_by_role("button", name=name, exact=True)

    def frames(self) -> list[str]:
        """Direction, what, length and content of the frames, newest first."""
        return [
            " | ".join(row.locator("td").all_inner_texts()[1:])
            for row in self.body.locator('tbody tr[data-kind="frame"]').all()
        ]


def show(page: Page, lab: Lab, *cells: str) -> Wire:
    """A notebook with these cells behind the one that shows the wire; that one is run."""
    open_notebook(page, lab.link_to(lab.write(SHOW, *cells)), 1 + len(cells))
    return Wire(run_cell(page, 0))


def test_frames_appear_in_both_directions_and_one_is_explained(
    page: Page, bench: Lab, watch: Watch
) -> None:
    wire = show(page, bench, CONNECT, TALK, LEAVE)
    expect(wire.body.get_by_text("Nothing has passed yet.")).to_be_visible(timeout=PATIENCE)

    run_cell(page, 1)
    expect(wire.rows).to_have_count(2, timeout=PATIENCE)
    run_cell(page, 2)
    expect(wire.rows).to_have_count(4, timeout=PATIENCE)
    assert wire.frames() == [
        'server → client | TEXT | 5 bytes | "Hello"',
        'client → server | TEXT | 5 bytes | "Hello"',
    ]
    run_cell(page, 3)
    expect(wire.rows.first).to_contain_text("end of TCP", timeout=PATIENCE)

    wire.rows.filter(has_text="client → server").filter(has_text="TEXT").click()
    table = wire.picked.locator("table").filter(has_text="masking key").first
    expect(table).to_contain_text("37 fa 21 3d", timeout=PATIENCE)
    expect(wire.picked).to_contain_text("client → server, masked.")

    # The same by keyboard: Tab reaches the row that was picked last, arrows go on from there.
    page.keyboard.press("Tab")
    wire.body.locator(".wslab-wire-open[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(wire.picked).to_contain_text("server → client, not masked.", timeout=PATIENCE)
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(wire.picked).to_contain_text("Sec-WebSocket-Accept", timeout=PATIENCE)
    expect(wire.body.locator("tr[aria-current]")).to_have_count(1)


def test_rows_come_while_a_cell_blocks(page: Page, bench: Lab, watch: Watch) -> None:
    """The kernel's own thread stands still; the wire does not."""
    wire = show(page, bench, CONNECT, BLOCK.replace("tap.wait", f"{TALK}\ntap.wait"), TALK)
    run_cell(page, 1)
    cell = start_cell(page, 2)
    expect(wire.rows).to_have_count(4, timeout=20_000)
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.get_by_role("button", name="Interrupt the kernel").click()
    expect(cell.locator(".jp-OutputArea")).to_contain_text("KeyboardInterrupt", timeout=PATIENCE)


def test_a_flood_stays_bounded(page: Page, bench: Lab, watch: Watch) -> None:
    wire = show(page, bench, "import threading", FLOOD, "2 + 2")
    for cell in (1, 2):
        run_cell(page, cell)
    expect(wire.rows.first).to_contain_text("end of TCP", timeout=PATIENCE)
    expect(wire.rows).to_have_count(200)
    expect(wire.body).to_contain_text("older rows left out")
    expect(wire.body).to_contain_text("the tap keeps every byte")
    expect(run_cell(page, 3)).to_contain_text("4", timeout=PATIENCE)  # the kernel answers
    wire.rows.filter(has_text="TEXT").first.click()
    expect(wire.picked).to_contain_text("One frame: TEXT", timeout=PATIENCE)


def test_pause_holds_and_clear_empties(page: Page, bench: Lab, watch: Watch) -> None:
    wire = show(page, bench, CONNECT, TALK, TALK, TALK)
    run_cell(page, 1)
    run_cell(page, 2)
    expect(wire.rows).to_have_count(4, timeout=PATIENCE)
    wire.button("Pause").click()
    run_cell(page, 3)
    expect(wire.body).to_contain_text("Paused: 2 new rows meanwhile.", timeout=PATIENCE)
    expect(wire.rows).to_have_count(4)
    wire.button("Resume").click()
    expect(wire.rows).to_have_count(6)
    wire.button("Clear").click()
    expect(wire.rows).to_have_count(0, timeout=PATIENCE)
    run_cell(page, 4)
    expect(wire.rows).to_have_count(2, timeout=PATIENCE)


def test_what_a_stranger_sends_is_text(page: Page, bench: Lab, watch: Watch) -> None:
    evil = "<img src=x onerror=alert(1)>\u202e"
    cell = f"raw.send(Frame(Opcode.TEXT, {evil!r}.encode(), mask=b'1234').encode())"
    wire = show(page, bench, CONNECT, cell)
    for number in (1, 2):
        run_cell(page, number)
    row = wire.rows.filter(has_text="client → server").filter(has_text="TEXT")
    expect(row).to_contain_text('"<img src=x onerror=alert(1)>\\u202e"', timeout=PATIENCE)
    row.click()
    expect(wire.picked).to_contain_text("onerror=alert(1)", timeout=PATIENCE)
    expect(wire.body.locator("img")).to_have_count(0)


def test_run_again_nothing_old_listens(page: Page, bench: Lab, watch: Watch) -> None:
    watching = (
        "import gc\n"
        "from wslab.network import background\n"
        "wires = [w for w in gc.get_objects() if isinstance(w, LiveWire)]\n"
        "looking = background.call(lambda: sum(w._next is not None for w in wires))\n"
        "f'{looking} of {len(wires)} look'"
    )
    show(page, bench, AGAIN, watching)
    for _ in range(2):
        wire = Wire(run_cell(page, 1))
        expect(wire.body).to_be_visible(timeout=PATIENCE)
    run_cell(page, 1)
    # Two outputs are on the page: the first cell's and this one's.
    expect(run_cell(page, 2)).to_contain_text("2 of 4 look", timeout=PATIENCE)


def test_a_restart_is_told_in_plain_words(page: Page, bench: Lab, watch: Watch) -> None:
    wire = show(page, bench, CONNECT)
    run_cell(page, 1)
    expect(wire.rows).to_have_count(2, timeout=PATIENCE)
    restart(page)
    expect(wire.notice).to_contain_text("run this cell again", timeout=PATIENCE)
    expect(wire.rows).to_have_count(2)
    expect(wire.button("Pause")).to_be_disabled()
    wire = Wire(run_cell(page, 0))
    run_cell(page, 1)
    expect(wire.rows).to_have_count(2, timeout=PATIENCE)


def test_a_tap_that_stops_is_said_so_and_watched_again(
    page: Page, bench: Lab, watch: Watch
) -> None:
    wire = show(page, bench, CONNECT, "tap.stop()", "tap.start()", CONNECT)
    run_cell(page, 1)
    run_cell(page, 2)
    expect(wire.body).to_contain_text("The tap is not running", timeout=PATIENCE)
    run_cell(page, 3)
    wire.button("Watch again").click()
    expect(wire.body).not_to_contain_text("The tap is not running", timeout=PATIENCE)
    run_cell(page, 4)
    expect(wire.rows.filter(has_text="HTTP request")).to_have_count(2, timeout=PATIENCE)


@pytest.mark.parametrize("width", [480, 700])
def test_nothing_is_cut_off(page: Page, bench: Lab, watch: Watch, width: int) -> None:
    wire = show(page, bench, CONNECT, TALK)
    for cell in (1, 2):
        run_cell(page, cell)
    expect(wire.rows).to_have_count(4, timeout=PATIENCE)
    wire.rows.first.click()
    expect(wire.picked).to_contain_text("One frame", timeout=PATIENCE)
    wire.body.evaluate("(body, width) => { body.style.width = `${width}px`; }", width)
    wider = wire.body.evaluate("body => [body.scrollWidth, body.clientWidth]")
    assert wider[0] <= wider[1] + 1, wider
