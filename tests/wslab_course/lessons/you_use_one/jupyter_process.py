"""A real Jupyter server with a token, settings and kernels of its own, for tests and recordings."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import patient
from wslab_course.lessons.you_use_one.jupyter import Jupyter

ROOT = Path(__file__).parents[4]
TOKEN = "open-sesame"
START = patient(120.0)  # seconds; a slow machine is no failure
OWN = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")


@contextmanager
def jupyter_server(folder: Path, *flags: str) -> Iterator[Jupyter]:
    """Start the server, wait until it answers, and stop it with all its kernels."""
    others = ("JUPYTER", "JPY_", "IPYTHON", "PYTEST_", "COVERAGE_")
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(others)}
    own = {f"JUPYTER_{name}": str(folder / name.lower()) for name in OWN}
    named = {"USER": "learner", "LOGNAME": "learner", "IPYTHONDIR": str(folder / "ipython")}
    options = [
        "--no-browser",
        "--ServerApp.port=0",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={TOKEN}",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
        *flags,
    ]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            env=kept | own | named | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            written = Path(own["JUPYTER_RUNTIME_DIR"]) / f"jpserver-{process.pid}.json"
            deadline = time.monotonic() + START
            while not written.exists() or not written.read_text(encoding="utf-8"):
                assert process.poll() is None, (folder / "log.txt").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "the Jupyter server did not start"
                time.sleep(0.05)  # between two looks; nothing tells when a file is written
            port = json.loads(written.read_text(encoding="utf-8"))["port"]
            while not listens(port):  # the server writes the file first
                assert process.poll() is None, (folder / "log.txt").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "the Jupyter server does not listen"
                time.sleep(0.05)
            yield Jupyter(f"http://127.0.0.1:{port}/", "", TOKEN)
        finally:
            process.terminate()
            try:
                process.wait(patient(30))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def listens(port: int) -> bool:
    """Does anybody accept connections there?"""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
