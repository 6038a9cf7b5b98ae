"""Chromium: a page's own `new WebSocket`, in the browser that is on this machine."""

import sys
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, INSTALL, find_chromium
from tests.conformance.foreign.conversation import SCRIPT, introduce

MODULE = Path(__file__).with_name("conversation.mjs").read_bytes()
CONVERSE = """
async ([module, url, acts]) => {
  const { converse } = await import(module);
  await converse(WebSocket, url, acts, tell);
}
"""


def main(url: str) -> None:
    with sync_playwright() as playwright:
        path = find_chromium() or sys.exit(INSTALL)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        introduce("Chromium", browser.version)
        page = browser.new_page()
        page.expose_function("tell", lambda verdict: print(verdict, flush=True))
        module = "data:text/javascript;base64," + b64encode(MODULE).decode()
        page.evaluate(CONVERSE, [module, url, SCRIPT])
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
