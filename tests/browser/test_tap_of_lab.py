"""The printing tap in front of a real application: JupyterLab, used through it by a browser."""

import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import PATIENCE, ROOT, Lab, Watch, open_notebook, run_cell

pytestmark = pytest.mark.browser


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_a_cell_is_run_through_the_tap_and_its_kernel_messages_are_printed(
    page: Page, bench: Lab
) -> None:
    command = [sys.executable, "-W", "error", "-m", "wslab", "tap", f"ws://{bench.server}"]
    pipe = subprocess.PIPE
    tap = subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, encoding="utf-8")
    try:
        assert tap.stdout is not None
        address = urlsplit(tap.stdout.readline().split()[0]).netloc
        link = urlsplit(bench.link_to(bench.write("print('hel' + 'lo')")))
        watch = Watch(page, address)
        open_notebook(page, link._replace(netloc=address).geturl(), 1)
        expect(run_cell(page, 0)).to_have_text("hello", timeout=PATIENCE)
        page.close()
        watch.judge()
    finally:
        tap.send_signal(signal.SIGINT)
        out, err = tap.communicate(timeout=PATIENCE / 1000)
    assert (tap.returncode, err) == (0, "wslab: until Ctrl-C; --save FILE would keep it\n")
    lines = out.splitlines()
    token = link.query.partition("token=")[2].partition("&")[0]
    assert token and token not in out
    assert any(re.search(r" HTTP +GET /lab/tree/\S*token=\*+\S*  200 OK$", line) for line in lines)
    wire = next(line for line in lines if re.search(r" handshake +GET \S*/channels\?", line))
    assert "101 Switching Protocols, subprotocol v1.kernel.websocket.jupyter.org" in wire
    number = wire.split()[2]
    said = [line for line in lines if line.split()[2:3] == [number]]
    for who, what in (
        ("client → server", '"execute_request" on "shell"'),
        ("server → client", '"stream" on "iopub"'),
        ("server → client", '"execute_reply" on "shell"'),
    ):
        assert any(who in line and line.endswith(f"kernel message {what}") for line in said), what
    assert "left out" not in out and "BROKEN" not in out
