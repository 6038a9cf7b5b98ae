"""Pictures of every notebook as JupyterLab shows it, to be looked at by a person.

    python -m tests.browser.screenshots [FOLDER]    every page, light and dark, wide and narrow
    python -m tests.browser.screenshots --readme    the README's picture, made again

Run it with the Python of .venv. The default folder is a new one; its name is printed.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, INSTALL, find_chromium
from tests.browser.lab import PATIENCE, ROOT, Lab, command, open_notebook, run_all, shut_down

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS = (1280, 800)
HEIGHT = 1500  # of one page; what a person can take in at once
README = ROOT / "notebooks" / "images" / "frame-inspector.png"
PICTURED = "inspect(HELLO)"
SIZE, SCALE = {"width": 1024, "height": 768}, 1.25  # a quarter more dots, for sharp letters
SCROLLER = ".jp-Notebook .jp-WindowedPanel-outer"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--readme", action="store_true", help=f"make {README.name} again")
    parser.add_argument("--only", default="", help="notebooks whose name begins so")
    options = parser.parse_args()
    path = find_chromium() or parser.error(INSTALL)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as own:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        with Lab(Path(own)) as lab:
            if options.readme:
                picture_for_readme(browser, lab)
                return
            folder = options.folder or Path(tempfile.mkdtemp(prefix="wslab-screenshots-"))
            folder.mkdir(parents=True, exist_ok=True)
            for theme in THEMES:
                use_theme(lab, theme)
                for notebook in sorted((ROOT / "notebooks").glob(options.only + "*.ipynb")):
                    for picture in pictures(browser, lab, notebook, theme, folder):
                        print(picture)


def use_theme(lab: Lab, theme: str) -> None:
    lab.configure("@jupyterlab/apputils-extension:themes", {"theme": THEMES[theme]})


def pictures(
    browser: Browser, lab: Lab, notebook: Path, theme: str, folder: Path
) -> Iterator[Path]:
    """Run the notebook once, then walk down it at each width."""
    page = browser.new_page(viewport={"width": WIDTHS[0], "height": HEIGHT})
    show(page, lab, notebook)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.locator(SCROLLER).evaluate("panel => panel.scrollTo(0, 0)")
        for number in range(1, 100):
            path = folder / f"{notebook.stem}-{theme}-{width}-{number:02}.png"
            settle(page)
            page.screenshot(path=path)
            yield path
            if not page.locator(SCROLLER).evaluate(
                """panel => {
                    const before = panel.scrollTop;
                    panel.scrollBy(0, panel.clientHeight - 60);
                    return panel.scrollTop > before;
                }"""
            ):
                break
    shut_down(page)
    page.close()


def picture_for_readme(browser: Browser, lab: Lab) -> None:
    """The frame inspector, in the cell of notebook 04 that first shows it."""
    use_theme(lab, "light")
    page = browser.new_page(viewport=SIZE, device_scale_factor=SCALE)
    show(page, lab, next((ROOT / "notebooks").glob("04-*.ipynb")))
    cell = page.locator(".jp-CodeCell").filter(has_text=PICTURED).first
    cell.locator(".jp-InputPrompt").click()
    cell.evaluate("cell => cell.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)
    settle(page)
    README.parent.mkdir(exist_ok=True)
    page.screenshot(path=README)
    print(f"{README.relative_to(ROOT)}: {README.stat().st_size:,} bytes")


def show(page: Page, lab: Lab, notebook: Path) -> None:
    cells = nbformat.read(notebook, as_version=4).cells
    count = [cell.cell_type for cell in cells].count("code")
    open_notebook(page, lab.link_to(notebook.name), count)
    command(page, "Show Left Sidebar")
    expect(page.get_by_role("region", name="File Browser Section")).to_be_hidden(timeout=PATIENCE)
    run_all(page, count)


def settle(page: Page) -> None:
    """Two frames later, what came into view is laid out and painted."""
    page.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")


if __name__ == "__main__":
    main()
