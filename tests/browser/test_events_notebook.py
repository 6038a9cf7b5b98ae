"""Notebook 06 as a learner uses it: after Run All, its console again, and then what the tap saw."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import PATIENCE, Lab, open_notebook, run_all, run_cell
from tests.browser.test_browser_console import Console
from tests.whole.notebook_rules import read_books

pytestmark = pytest.mark.browser


def test_the_console_comes_back_and_its_conversation_is_inspected(page: Page, lab: Lab) -> None:
    [book] = [book for book in read_books() if book.stem == "06-events"]
    ids = [cell.id for _, cell in book.cells("code")]
    open_notebook(page, lab.link_to("06-events.ipynb"), len(ids))
    run_all(page, len(ids))  # its last cell stops the server
    console = Console(run_cell(page, ids.index("console")))
    console.connect()
    console.button("Send binary").click()
    console.expect_last("event message binary (Blob), 5 bytes: 48 65 6c 6c 6f")
    console.field("Code").fill("3000")
    console.button("Disconnect").click()
    console.expect_last('event close code 3000, reason "", wasClean true')
    where = console.field("Location")
    where.fill(where.input_value().replace("/echo", "/nowhere"))
    console.button("Connect").click()
    console.expect_last("event error", 'event close code 1006, reason "", wasClean false')
    told = run_cell(page, ids.index("clicked"))
    expect(told).to_contain_text("The server answered 404 Not Found.", timeout=PATIENCE)
