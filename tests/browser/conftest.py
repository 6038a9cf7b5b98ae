"""A real browser for the tests of this folder: Chromium, headless, from where systems keep it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.lab import Lab, Watch
from tests.patience import patient

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
INSTALL = (
    "no Chromium on this machine; install it with 'sudo apt-get install chromium', "
    "or name one: WSLAB_CHROMIUM=/path/to/chromium"
)
# A container has no sandbox, a test needs no updates, and nothing may go to the Internet.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


expect.set_options(timeout=patient(20_000))  # milliseconds


def find_chromium() -> str | None:
    """The browser's path, or None."""
    if named := os.environ.get("WSLAB_CHROMIUM"):
        return named
    found = (shutil.which(name) for name in NAMES)
    there = (place for place in PLACES if Path(place).exists())
    return next(filter(None, found), None) or next(there, None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser, started once. Without one, tests skip; on CI they fail."""
    path = find_chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab with a profile of its own; an error in the page's script fails the test."""
    context = browser.new_context()
    context.set_default_timeout(patient(20_000))  # milliseconds
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def course(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The real JupyterLab, started once through `run.py lab`."""
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(course: Lab, page: Page) -> Iterator[Lab]:
    """JupyterLab with the course for one test, which leaves no kernel to the next."""
    yield course
    course.end_kernels(page)


@pytest.fixture(scope="session")
def bench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab over an empty folder, for notebooks that a test writes."""
    folder = tmp_path_factory.mktemp("bench")
    (root := folder / "root").mkdir()
    with Lab(folder, root=root) as lab:
        yield lab


@pytest.fixture(scope="module")
def secure_bench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The same as a hub would serve it: https, and below a base URL."""
    folder = tmp_path_factory.mktemp("secure")
    (root := folder / "root").mkdir()
    certificate = folder / "chain.pem", folder / "key.pem"
    leaf = trustme.CA().issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(certificate[0])
    leaf.private_key_pem.write_to_path(certificate[1])
    with Lab(folder, root=root, base_url="/some/base/", certificate=certificate) as lab:
        yield lab


@pytest.fixture
def watch(page: Page, bench: Lab) -> Iterator[Watch]:
    """A watched tab; at the end no kernel is left, and what it asked for is judged."""
    watch = Watch(page, bench.server)
    yield watch
    bench.end_kernels(page)
    watch.judge()
