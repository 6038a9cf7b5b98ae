"""FrameBuilder in the real JupyterLab: the RFC's "Hello" by hand, sent, and broken on purpose."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import PATIENCE, Lab, Watch, open_notebook, restart, run_cell, start_cell

pytestmark = pytest.mark.browser

SHOW = """\
from wslab import EchoServer, Frame, FrameBuilder, Opcode
server = EchoServer().start()
builder = FrameBuilder(server, frame=Frame(Opcode.PING, fin=False, rsv2=True))
builder
"""
HELLO = "81 85 37 fa 21 3d 7f 9f 4d 51 58"  # RFC 6455 §5.7


class Builder:
    """The widget as a person finds it."""

    def __init__(self, output: Locator) -> None:
        self.body = output.locator(".wslab-page")
        self.bytes = self.body.locator(".wslab-builder-bytes")
        self.verdict = self.body.locator(".wslab-builder-verdict")
        self.python = self.body.get_by_label("The frame in Python")
        self.answer = self.body.locator(".wslab-builder-answer")
        self.anatomy = self.body.get_by_role("region", name="Every bit of the frame, explained")
        self.notice = self.body.locator(".wslab-notice")

    def field(self, name: str) -> Locator:
        return self.body.get_by_label(name, exact=True)

    def send(self) -> None:
        button = self.body.get_by_role("button", name="Send", exact=True)
        button.click()
        expect(self.answer).to_contain_text("Sent to ", timeout=PATIENCE)
        expect(button).to_be_enabled(timeout=PATIENCE)

    def build_hello(self) -> None:
        """From the PING that the cell shows to the example of the RFC."""
        self.field("FIN").check()
        self.field("RSV2").uncheck()
        self.field("Opcode").select_option("0x1 TEXT")
        self.field("Mask").check()
        self.field("Masking key, 4 bytes in hex").fill("37fa213d")
        self.field("Payload").press_sequentially("Hello")
        expect(self.bytes).to_have_text(HELLO, timeout=PATIENCE)


def show(page: Page, lab: Lab, *cells: str) -> Builder:
    """A notebook with these cells behind the one that shows the builder; that one is run."""
    open_notebook(page, lab.link_to(lab.write(SHOW, *cells)), 1 + len(cells))
    builder = Builder(run_cell(page, 0))
    expect(builder.bytes).to_have_text("29 00", timeout=PATIENCE)
    return builder


def test_hello_is_built_sent_and_comes_back(page: Page, bench: Lab, watch: Watch) -> None:
    builder = show(page, bench, "builder.frame", "builder.answer.frames")
    builder.build_hello()
    expect(builder.verdict).to_have_text("passed A client may send this frame.")
    made = "Frame(Opcode.TEXT, b'Hello', mask=bytes.fromhex('37fa213d'))"
    expect(builder.python).to_have_text(made)
    expect(builder.anatomy).to_contain_text("7f 9f 4d 51 58")
    expect(run_cell(page, 1)).to_contain_text(made, timeout=PATIENCE)

    builder.send()
    expect(builder.answer).to_contain_text("81 05 48 65 6c 6c 6f")
    expect(builder.answer).to_contain_text('"Hello"')
    expect(run_cell(page, 2)).to_contain_text("(Frame(Opcode.TEXT, b'Hello'),)", timeout=PATIENCE)
    page.get_by_text("Frame 0 of the answer, bit by bit: TEXT, 7 bytes").click()
    expect(builder.body.locator("details[open] table").first).to_be_visible()


def test_a_broken_rule_is_named_and_answered_with_1002(
    page: Page, bench: Lab, watch: Watch
) -> None:
    builder = show(page, bench)
    builder.build_hello()
    builder.field("Mask").uncheck()
    expect(builder.bytes).to_have_text("81 05 48 65 6c 6c 6f", timeout=PATIENCE)
    expect(builder.verdict).to_contain_text("BROKEN This frame breaks a rule")
    expect(builder.verdict).to_contain_text("RFC 6455 §5.1")
    expect(builder.verdict).to_contain_text("Close 1002, PROTOCOL_ERROR")
    expect(builder.field("Masking key, 4 bytes in hex")).to_be_disabled()
    builder.send()
    expect(builder.answer).to_contain_text("The server closed with 1002, PROTOCOL_ERROR")


def test_bad_hex_has_a_sentence_beside_it_and_the_frame_stays(
    page: Page, bench: Lab, watch: Watch
) -> None:
    builder = show(page, bench)
    builder.build_hello()
    key = builder.field("Masking key, 4 bytes in hex")
    key.fill("37 fa 21 xx")
    expect(key).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
    expect(builder.body).to_contain_text("Hex digits are 0 to 9 and a to f; found “x”.")
    expect(key).to_have_accessible_description(re.compile("Hex digits are 0 to 9"))
    expect(builder.bytes).to_have_text(HELLO)
    expect(builder.body.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    key.fill("37 fa 21 3d")
    expect(key).not_to_have_attribute("aria-invalid", "true", timeout=PATIENCE)

    builder.field("as hex").check()
    expect(builder.field("Payload")).to_have_value("48 65 6c 6c 6f", timeout=PATIENCE)
    builder.field("Payload").fill("ff f")
    expect(builder.body).to_contain_text("an odd number of them, 3", timeout=PATIENCE)
    builder.field("Payload").fill("ff")
    expect(builder.bytes).to_have_text("81 81 37 fa 21 3d c8", timeout=PATIENCE)
    builder.field("as text").click()
    expect(builder.body).to_contain_text("These bytes are not text.", timeout=PATIENCE)
    expect(builder.field("as hex")).to_be_checked()


def test_a_length_that_wastes_bytes_can_be_made(page: Page, bench: Lab, watch: Watch) -> None:
    builder = show(page, bench)
    builder.build_hello()
    builder.field("Form of the length").select_option("7 + 64 bits")
    long = "81 ff 00 00 00 00 00 00 00 05 37 fa 21 3d 7f 9f 4d 51 58"
    expect(builder.bytes).to_have_text(long, timeout=PATIENCE)
    expect(builder.verdict).to_contain_text("§5.2")
    expect(builder.python).to_contain_text("length_size=8")


def test_python_sets_the_frame_and_every_view_follows(page: Page, bench: Lab, watch: Watch) -> None:
    builder = show(page, bench, "builder", "builder.frame = Frame(Opcode.BINARY, bytes([255, 0]))")
    second = Builder(run_cell(page, 1))
    expect(second.bytes).to_have_text("29 00", timeout=PATIENCE)
    run_cell(page, 2)
    for view in (builder, second):
        expect(view.bytes).to_have_text("82 02 ff 00", timeout=PATIENCE)
        expect(view.field("Payload")).to_have_value("ff 00")
        expect(view.field("as hex")).to_be_checked()
    second.field("FIN").uncheck()
    expect(builder.bytes).to_have_text("02 02 ff 00", timeout=PATIENCE)
    expect(builder.field("FIN")).not_to_be_checked()


def test_fast_typing_ends_with_what_was_typed(page: Page, bench: Lab, watch: Watch) -> None:
    builder = show(page, bench)
    builder.field("Payload").press_sequentially("The quick brown fox, 0123456789")
    expect(builder.python).to_contain_text("b'The quick brown fox, 0123456789'", timeout=PATIENCE)
    expect(builder.field("Payload")).to_have_value("The quick brown fox, 0123456789")


def test_it_answers_while_a_cell_runs(page: Page, bench: Lab, watch: Watch) -> None:
    builder = show(page, bench, "import threading; threading.Event().wait(60)")
    cell = start_cell(page, 1)
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[*]:", timeout=PATIENCE)
    builder.field("FIN").check()
    expect(builder.bytes).to_have_text("a9 00", timeout=20_000)
    builder.send()
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.get_by_role("button", name="Interrupt the kernel").click()
    expect(cell.locator(".jp-OutputArea")).to_contain_text("KeyboardInterrupt", timeout=PATIENCE)


def test_a_restart_is_told_in_plain_words(page: Page, bench: Lab, watch: Watch) -> None:
    builder = show(page, bench)
    restart(page)
    expect(builder.notice).to_contain_text("run this cell again", timeout=PATIENCE)
    expect(builder.field("FIN")).to_be_disabled()
    builder = Builder(run_cell(page, 0))
    expect(builder.bytes).to_have_text("29 00", timeout=PATIENCE)


@pytest.mark.parametrize("width", [480, 700])
def test_nothing_is_cut_off(page: Page, bench: Lab, watch: Watch, width: int) -> None:
    builder = show(page, bench)
    builder.build_hello()
    builder.send()
    builder.body.evaluate("(body, width) => { body.style.width = `${width}px`; }", width)
    assert builder.body.evaluate("body => body.scrollWidth <= body.clientWidth + 1")


def test_what_fails_in_the_kernel_is_a_sentence_and_stays_text(
    page: Page, bench: Lab, watch: Watch
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    fail = f"""\
from wslab.display.widgets import frame_builder
async def probe(*_): raise ValueError({evil!r})
frame_builder.probe = probe
print("the next frame fails")
"""
    builder = show(page, bench, fail, f"builder.in_background(int, {evil!r}); print('asked')")
    expect(run_cell(page, 1)).to_contain_text("the next frame fails", timeout=PATIENCE)
    button = builder.body.get_by_role("button", name="Send", exact=True)
    button.click()
    expect(builder.answer).to_contain_text(f"Something failed on the way: ValueError: {evil}")
    expect(button).to_be_enabled()
    expect(run_cell(page, 2)).to_contain_text("asked", timeout=PATIENCE)
    expect(builder.notice).to_contain_text("The kernel could not do that: ValueError: invalid")
    expect(builder.notice).to_contain_text(evil)
    assert builder.body.locator("img").count() == 0
