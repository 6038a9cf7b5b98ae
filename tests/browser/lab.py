"""The real JupyterLab: started by `run.py lab`, used by keyboard, stopped with all its kernels.

Nothing of a developer's own Jupyter is read or changed, and nothing is saved: settings,
workspaces, signatures, checkpoints and histories live in a folder that the caller gives.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import nbformat
import psutil
from playwright.sync_api import (
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    WebSocket,
    expect,
)

import run
from tests.patience import patient

ROOT = Path(__file__).parents[2]
SET_UP = patient(600)  # seconds; the first `run.py lab` installs what JupyterLab needs
STOP = patient(30)  # seconds
PATIENCE = patient(90_000)  # milliseconds; a slow machine is no failure
# A try must outlast a page that stands still: a press that only came late runs a cell twice.
TRIES = 3
LINK = re.compile(r"https?://127\.0\.0\.1:\d+/\S*\?token=\w+")
NO_AUTOSAVE = {"autosave": False}  # a test reads the notebooks, and leaves them as they are


class Lab:
    """`python3 run.py lab`, as it is typed, with a free port and settings of its own.

    With `root` it serves the notebooks of that folder instead of the course's, so that a test can
    `write` some. `base_url` begins and ends with a slash. `certificate` is a file with the chain
    and one with the key: the page is then https.
    """

    def __init__(
        self,
        folder: Path,
        *,
        root: Path | None = None,
        base_url: str = "/",
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.folder = folder
        self.root = root
        self.base_url = base_url
        self.certificate = certificate
        self.link = ""
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        # Workers of pytest would each set up, and in each other's way.
        ready = (run.read(run.STAMP) or "").startswith(run.wanted_stamp())
        assert ready or "PYTEST_XDIST_WORKER" not in os.environ, "first: python3 run.py test --co"
        self.configure("@jupyterlab/docmanager-extension:plugin", NO_AUTOSAVE)
        command = [sys.executable, str(ROOT / "run.py"), "lab", "--no-browser"]
        command += [
            "--ServerApp.port=0",
            f"--FileCheckpoints.checkpoint_dir={self.folder / 'checkpoints'}",
            f"--ServerApp.base_url={self.base_url}",
        ]
        if self.root is not None:
            command.append(f"--FileContentsManager.root_dir={self.root}")
        if self.certificate is not None:
            chain, key = self.certificate
            command += [f"--ServerApp.certfile={chain}", f"--ServerApp.keyfile={key}"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        try:
            self.link = self._read_link(self._process)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        left = self._end()
        assert left == [], f"still running after the server was stopped: {left}"

    def configure(self, plugin: str, settings: dict[str, Any]) -> None:
        """Settings as the settings editor would save them; a page that loads later has them."""
        package, _, name = plugin.partition(":")
        path = self.folder / "settings" / package / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")

    @property
    def server(self) -> str:
        """Host and port."""
        return urlsplit(self.link).netloc

    @property
    def address(self) -> str:
        """Where the server's pages begin: scheme, host, port and base URL, with its slash."""
        return urlsplit(self.link)._replace(path=self.base_url, query="").geturl()

    def link_to(self, notebook: str) -> str:
        """The printed link with another notebook; what was open before is not opened again."""
        folder = "" if self.root is not None else "notebooks/"
        path = f"{self.base_url}lab/tree/{folder}{notebook}"
        return urlsplit(self.link)._replace(path=path).geturl() + "&reset"

    def write(self, *cells: str) -> str:
        """Put a notebook with these code cells into `root`, and return its name."""
        assert self.root is not None, "the notebooks of the course stay as they are"
        name = f"scratch-{len(list(self.root.glob('*.ipynb')))}.ipynb"
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}},
        )
        nbformat.write(notebook, self.root / name)
        return name

    def kernels(self, page: Page) -> list[dict[str, Any]]:
        """What the server says is running."""
        return page.request.get(f"{self.address}api/kernels", headers=self._token).json()

    def end_kernels(self, page: Page) -> None:
        """Shut down whatever runs, without asking."""
        for kernel in self.kernels(page):
            address = f"{self.address}api/kernels/{kernel['id']}"
            page.request.delete(address, headers=self._token)

    @property
    def _token(self) -> dict[str, str]:
        """The header that opens the server's door."""
        token = parse_qs(urlsplit(self.link).query)["token"][0]
        return {"Authorization": f"token {token}"}

    def _environment(self) -> dict[str, str]:
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        others = ("JUPYTER", "JPY_", "IPYTHON", "PYTEST_", "COVERAGE_")
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(others)}
        return kept | {name: str(self.folder / place) for name, place in own.items()}

    def _read_link(self, process: subprocess.Popen[str]) -> str:
        lines: queue.Queue[str | None] = queue.Queue()

        def drain() -> None:
            assert process.stdout
            with process.stdout as output:
                for line in output:
                    self.said.append(line)
                    lines.put(line)
            lines.put(None)

        threading.Thread(target=drain, daemon=True).start()
        deadline = time.monotonic() + SET_UP
        try:
            while line := lines.get(timeout=max(0, deadline - time.monotonic())):
                if found := LINK.search(line):
                    return found[0]
        except queue.Empty:
            pass
        raise AssertionError("run.py lab printed no link:\n" + "".join(self.said[-40:]))

    def _end(self) -> list[str]:
        """Stop the server as a person would, and return the processes that this left behind."""
        assert self._process
        try:
            root = psutil.Process(self._process.pid)
            family = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            family = []
        # Windows passes no signal on, so there each process has to be told.
        for process in family if os.name == "nt" else family[:1]:
            process.terminate()
        _, left = psutil.wait_procs(family, timeout=STOP)
        for process in left:
            process.kill()
        self._process.wait(STOP)
        return [str(process) for process in left]


class Watch:
    """What a page asked for and complained of, from now on.

    It may ask the server that it came from, and whoever is added to `told`. `judge` at the end
    says whether it did; complaints that a test provokes on purpose match `meant`.
    """

    meant = r"(?!)"  # nothing

    def __init__(self, page: Page, *servers: str) -> None:
        self.told = set(servers)  # host and port
        self.asked: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", self._note_address)
        page.on("websocket", self._note_address)
        page.on("console", self._note_error)

    def judge(self) -> None:
        """Fail if the page asked anybody else, or an error reached its console."""
        elsewhere = {url for url in self.asked if urlsplit(url).netloc not in self.told}
        assert elsewhere == set(), elsewhere
        complaints = [said for said in self.complaints if not re.search(self.meant, said)]
        assert complaints == [], complaints

    def _note_address(self, request: Request | WebSocket) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob"):
            self.asked.add(request.url)

    def _note_error(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location})")


def open_notebook(page: Page, link: str, cells: int) -> None:
    """Go there; wait until so many code cells are drawn and the kernel is ready."""
    page.set_default_timeout(PATIENCE)
    page.goto(link)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=PATIENCE)
    expect(prompts(page)).to_have_count(cells, timeout=PATIENCE)


def command(page: Page, label: str) -> None:
    """Run a command by keyboard alone: the palette, its name, Enter."""
    page.keyboard.press("ControlOrMeta+Shift+C")
    expect(page.locator(".lm-CommandPalette-input")).to_be_focused(timeout=PATIENCE)
    page.keyboard.type(label)
    chosen = page.locator(".lm-CommandPalette-item.lm-mod-active .lm-CommandPalette-itemLabel")
    expect(chosen).to_have_text(label, timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(chosen).to_be_hidden(timeout=PATIENCE)


def run_all(page: Page, cells: int) -> None:
    """Forget the saved outputs, run every cell, and wait until the last one is through.

    The counts in the margin tell: none while nothing ran, then 1, 2, 3 from top to bottom.
    """
    command(page, "Clear Outputs of All Cells")
    expect(prompts(page)).to_have_text(["[ ]:"] * cells, timeout=PATIENCE)
    command(page, "Run All Cells")
    counts = [f"[{number}]:" for number in range(1, cells + 1)]
    try:
        expect(prompts(page)).to_have_text(counts, timeout=PATIENCE)
    except AssertionError as late:
        told = [f"cell {number}: {text}" for number, text in errors(page)]
        raise AssertionError("\n".join(["Run All did not reach the end.", *told])) from late


def start_cell(page: Page, number: int) -> Locator:
    """Begin to run one code cell, the first being 0, and return it.

    Where an output above has just grown, the page may be laid out anew between click and key,
    and then the key goes to nobody. A person would press again.
    """
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    prompt.evaluate("prompt => { prompt.textContent = ''; }")  # so that a new count is seen
    for _ in range(TRIES):
        prompt.click()
        page.keyboard.press("Control+Enter")
        with suppress(AssertionError):
            expect(prompt).not_to_be_empty(timeout=PATIENCE / TRIES)
            return cell
    raise AssertionError(f"cell {number} was not run, though it was told to {TRIES} times")


def run_cell(page: Page, number: int) -> Locator:
    """Run one code cell, the first being 0, wait until it is through, and return its output."""
    cell = start_cell(page, number)
    prompt = cell.locator(".jp-InputPrompt")
    expect(prompt).to_have_text(re.compile(r"^\[\d+\]:$"), timeout=PATIENCE)
    return cell.locator(".jp-OutputArea")


def restart(page: Page) -> None:
    """Restart the notebook's kernel through the menu, and wait until it is ready again."""
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Restart Kernel…", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=PATIENCE)


def errors(page: Page) -> list[tuple[int, str]]:
    """Each traceback and warning on the page, with the number of its cell."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].flatMap((cell, number) =>
            [...cell.querySelectorAll('[data-mime-type="application/vnd.jupyter.stderr"]')]
                .map(output => [number, output.textContent]))"""
    )
    return [(number, text) for number, text in found]


def shut_down(page: Page) -> None:
    """End the notebook's kernel through the menu."""
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    # The page shows "No Kernel" when it has asked; the server answers when the kernel has ended.
    with page.expect_response(_is_end_of_session, timeout=PATIENCE):
        page.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(page.get_by_role("button", name="No Kernel", exact=True)).to_be_visible(timeout=PATIENCE)


def _is_end_of_session(response: Response) -> bool:
    return response.request.method == "DELETE" and "/api/" in response.url


def prompts(page: Page) -> Locator:
    """What stands before each code cell: `[ ]:`, `[*]:` or `[7]:`."""
    return page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt")
