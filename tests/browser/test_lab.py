"""The real JupyterLab, as `run.py lab` opens it: every notebook runs from top to bottom."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import (
    PATIENCE,
    ROOT,
    Lab,
    Watch,
    command,
    errors,
    open_notebook,
    run_all,
    shut_down,
)

pytestmark = pytest.mark.browser

NOTEBOOKS = ROOT / "notebooks"
NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Whoever opens and runs a notebook changes no file of the course."""
    before = contents()
    yield
    assert contents() == before


def contents() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in NOTEBOOKS.rglob("*") if path.is_file()}


@pytest.fixture
def tab(page: Page, lab: Lab) -> Iterator[Page]:
    """A tab that may speak to its server alone, and whose console must stay free of errors."""
    watch = Watch(page, lab.server)
    yield page
    watch.judge()


def test_the_link_leads_to_the_first_notebook(lab: Lab) -> None:
    assert urlsplit(lab.link).path == "/lab/tree/notebooks/00-start.ipynb"


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_from_top_to_bottom(tab: Page, lab: Lab, name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    cells = [cell.cell_type for cell in notebook.cells].count("code")
    open_notebook(tab, lab.link_to(name), cells)
    run_all(tab, cells)

    meant = {
        number
        for number, cell in enumerate(notebook.cells)
        if "raises-exception" in cell.metadata.get("tags", [])
    }
    trouble = errors(tab)
    assert [told for number, told in trouble if number not in meant] == []
    assert {number for number, _ in trouble} == meant

    if name.startswith("04-"):
        sees_the_inspector(tab)
    nothing_is_cut_off(tab)
    expect(tab.get_by_role("dialog")).to_have_count(0)  # no kernel died
    expect(tab.locator(".Toastify__toast")).to_have_count(0)  # no news, nothing to decide
    shut_down(tab)
    assert lab.kernels(tab) == []


def sees_the_inspector(tab: Page) -> None:
    """The eleven bytes, field by field, in a table with a caption."""
    tables = tab.locator(".jp-OutputArea-output table").filter(has=tab.locator("caption"))
    table = tables.filter(has_text="masking key").first
    table.scroll_into_view_if_needed(timeout=PATIENCE)
    expect(table).to_be_visible(timeout=PATIENCE)
    expect(table.locator("caption")).to_have_text(re.compile(r"\w"))
    row = table.get_by_role("row").filter(has_text="masking key")
    expect(row.first).to_contain_text("37 fa 21 3d")


def nothing_is_cut_off(tab: Page) -> None:
    """Half a screen is enough: no output is wider than its page. (A table may scroll by itself.)"""
    tab.set_viewport_size({"width": 800, "height": 800})
    command(tab, "Show Left Sidebar")
    expect(tab.get_by_role("region", name="File Browser Section")).to_be_hidden(timeout=PATIENCE)
    wider = tab.evaluate(
        """() => [...document.querySelectorAll('.jp-Notebook .jp-OutputArea-output')]
            .filter(output => output.scrollWidth > output.clientWidth)
            .map(output => output.textContent.replace(/^.*<.style>/s, '').slice(-200))"""
    )
    assert wider == []
