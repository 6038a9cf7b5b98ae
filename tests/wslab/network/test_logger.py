"""The logger: silent in a cell, and complete for whoever turns it on."""

import logging
import subprocess
import sys
from textwrap import dedent

import pytest

from wslab.network import background

#: Something of everything that is logged: a broken handshake, a handler that fails, a report.
TROUBLE = """
    import socket
    from wslab import EchoServer
    from wslab.network import background

    with EchoServer() as server:
        with socket.create_connection((server.host, server.port), timeout=10) as client:
            client.sendall(b"no HTTP at all\\r\\n\\r\\n")
            while client.recv(4096):
                pass
        with socket.create_connection((server.host, server.port), timeout=10) as client:
            client.sendall(b"GET / HTTP/1.1\\r\\nHost: h\\r\\nAuthorization: token abc\\r\\n\\r\\n")
            while client.recv(4096):
                pass
    background.report("something failed out of sight")
"""


def stderr_of(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", dedent(code)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert run.stdout == ""
    return run.stderr


def test_nothing_is_printed_by_default() -> None:
    assert stderr_of(TROUBLE) == ""


def test_a_user_who_turns_it_on_gets_everything_but_secrets() -> None:
    listen = """
    import logging
    logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
    logging.getLogger("wslab").setLevel("DEBUG")
    """
    told = stderr_of(listen + TROUBLE)
    assert "wslab WARNING something failed out of sight" in told
    assert "wslab.websockets DEBUG ! no valid HTTP request" in told
    assert "wslab.websockets DEBUG < GET / HTTP/1.1" in told
    assert "< Authorization: ***** ***\n" in told


def test_the_background_keeps_what_it_reports(caplog: pytest.LogCaptureFixture) -> None:
    background.report("100 % for a cell to show")
    assert background.log.pop() == "100 % for a cell to show"
    assert caplog.record_tuples == [("wslab", logging.WARNING, "100 % for a cell to show")]
