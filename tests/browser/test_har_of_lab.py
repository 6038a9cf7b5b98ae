"""What notebook 10 ends with: JupyterLab's own conversation, out of a HAR that a browser saved."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import PATIENCE, Lab, open_notebook, run_cell
from wslab.protocol.frames import Side
from wslab.protocol.kernel_messages import V1, KernelMessage
from wslab.protocol.recording.recording import Recording

pytestmark = pytest.mark.browser


def test_what_a_cell_said_to_its_kernel_is_read_from_a_har(
    browser: Browser, bench: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "lab.har"
    context = browser.new_context(record_har_path=file)
    page = context.new_page()
    open_notebook(page, bench.link_to(bench.write("print('hel' + 'lo')")), 1)
    expect(run_cell(page, 0)).to_have_text("hello", timeout=PATIENCE)
    bench.end_kernels(page)
    context.close()  # which writes the file
    recording = Recording.from_har(file, url="/channels")
    assert recording.handshake is not None and recording.handshake.subprotocol == V1
    said = [
        (message.sender, kernel.kind, kernel.content.get("code") or kernel.content.get("text"))
        for message in recording.messages()
        for kernel in [KernelMessage.parse(message.data)]
    ]
    assert (Side.CLIENT, "execute_request", "print('hel' + 'lo')") in said
    assert (Side.SERVER, "stream", "hello\n") in said
    assert "masking key 00 00 00 00" in recording.note
