"""The WebSocket between JupyterLab and its kernels, opened with the server's own token.

A kernel that a Jupyter server started can find that server: its process is the kernel's parent,
and wrote its address and token to a file that only its owner may read. Where no such server is
(VS Code, a test, a script) `find_jupyter` says None.

Rules of this file:

* The token goes to that server, in a header, and nowhere else: no repr, no error, no URL.
* Every wait has a limit, and a kernel that is started here is shut down here.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.tap.tap import Tap
from wslab.protocol.kernel_messages import V1, KernelMessage
from wslab.protocol.recording.recording import Recording

HTTP_TIMEOUT_S: Final = 15.0  # seconds an HTTP answer may take; a server may be starting kernels
KERNEL_TIMEOUT_S: Final = 30.0  # seconds a kernel may take to start, and to answer
ASK_AGAIN_S: Final = 0.5  # seconds after which a question that nobody heard is put again


@dataclass(frozen=True, slots=True)
class Jupyter:
    """A Jupyter server, and one kernel of it: the one that runs this code."""

    url: str  # such as http://127.0.0.1:8888/, with a slash at the end
    kernel_id: str
    token: str = field(repr=False, default="")

    @asynccontextmanager
    async def listen(self, subprotocol: str | None = V1) -> AsyncIterator[KernelConnection]:
        """A WebSocket to this very kernel, which hears what the kernel tells everybody.

        The kernel is busy with the cell that waits here, so what is asked on "shell" is
        answered after that cell: use `second_kernel` to ask.
        """
        async with self.wire(self.kernel_id, subprotocol) as wire:
            await wire.hear()
            yield wire

    @asynccontextmanager
    async def second_kernel(self, subprotocol: str | None = V1) -> AsyncIterator[KernelConnection]:
        """A WebSocket to a new kernel, which is shut down at the end."""
        # A cell that is stopped must not leave a kernel behind: what is asked of the server
        # goes on, also before the server has told which kernel it started.
        start = asyncio.ensure_future(self.ask("POST", "api/kernels", {"name": "python3"}))
        try:
            started = await asyncio.shield(start)
            async with self.wire(started["id"], subprotocol) as wire:
                await wire.hear()
                yield wire
        finally:
            await asyncio.shield(asyncio.ensure_future(self._shut_down(start)))

    async def _shut_down(self, start: asyncio.Future[Any]) -> None:
        """Shut down the kernel that `start` gives; nothing happens when none was started."""
        await asyncio.wait([start])
        if start.exception() is None:
            await self.ask("DELETE", f"api/kernels/{start.result()['id']}")

    @asynccontextmanager
    async def wire(
        self, kernel_id: str, subprotocol: str | None = V1
    ) -> AsyncIterator[KernelConnection]:
        """A WebSocket to a kernel of this server, through a recording tap.

        WslabError when the server does not open it.
        """
        place = urlsplit(self.url)
        path = f"{place.path}api/kernels/{kernel_id}/channels"
        target = f"{'wss' if place.scheme == 'https' else 'ws'}://{place.netloc}{path}"
        async with Tap(target) as tap:
            try:
                ws = await connect(
                    tap.url,
                    subprotocols=[subprotocol] if subprotocol else None,
                    additional_headers={"Authorization": f"token {self.token}"},
                    open_timeout=KERNEL_TIMEOUT_S,  # the server answers when the kernel does
                )
            except (InvalidHandshake, OSError) as error:
                raise WslabError(
                    f"the Jupyter server did not open the kernel's WebSocket: {error}; "
                    "is it still running, and is there such a kernel?"
                ) from None
            wire = KernelConnection(tap, ws)
            try:
                yield wire
            finally:
                wire.stop()
                await ws.close()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the server over HTTP; what it answers in JSON, or None for an empty answer.

        WslabError with the status when it refuses, when it does not answer in time, and when
        its answer is not HTTP or not JSON.
        """
        return await asyncio.to_thread(self._ask, method, path, body)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = Request(self.url + path, data, headers, method=method)
        opener = build_opener(
            ProxyHandler({}), _NoRedirect
        )  # straight to this machine, and no further
        limit = KERNEL_TIMEOUT_S if method == "POST" else HTTP_TIMEOUT_S
        try:
            with opener.open(request, timeout=limit) as answer:
                text = answer.read()
        except HTTPError as error:
            error.close()
            raise WslabError(
                f"the Jupyter server answered {method} {path} with {error.code}; check that the "
                "token is its own."
            ) from None
        except (OSError, URLError, HTTPException) as error:
            raise WslabError(
                f"the Jupyter server did not answer {method} {path}: {error}; is it still running?"
            ) from None
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise WslabError(
                f"the Jupyter server answered {method} {path} with {text[:40]!r}, which is not "
                f"JSON; check that a Jupyter server listens at {self.url}"
            ) from None


class _NoRedirect(HTTPRedirectHandler):
    """Another address gets no request, for it would get the token: a 302 is an error."""

    def redirect_request(self, *_: Any) -> None:
        return None


class KernelConnection:
    """One WebSocket to a kernel: every message that came, and a recording of every byte."""

    def __init__(self, tap: Tap, ws: ClientConnection) -> None:
        self.tap = tap
        self.ws = ws
        self.messages: list[KernelMessage] = []  # from the kernel, in order of arrival
        self._broken: WslabError | None = None  # the message that could not be read
        self._arrived = asyncio.Condition()
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @property
    def recording(self) -> Recording:
        """Every byte so far."""
        return self.tap.recording

    @property
    def subprotocol(self) -> str | None:
        """What client and server agreed on."""
        return self.ws.subprotocol

    async def send(self, message: bytes | str) -> None:
        """Send one message as it is: bytes in v1, text in JSON."""
        await self.ws.send(message)

    async def until(
        self, condition: Callable[[KernelMessage], bool], timeout: float = KERNEL_TIMEOUT_S
    ) -> KernelMessage:
        """Wait for a message of the kernel that meets `condition`; those that came count.

        `timeout` is in seconds; WslabError after it, or when the connection ends first.
        """
        seen = 0
        try:
            async with asyncio.timeout(timeout), self._arrived:
                while True:
                    while seen < len(self.messages):
                        seen += 1
                        if condition(self.messages[seen - 1]):
                            return self.messages[seen - 1]
                    if self._reading.done():
                        raise self._broken or WslabError(
                            f"the kernel's WebSocket closed with {self.ws.close_code} before the "
                            "message came; look at wire.messages for what did."
                        )
                    await self._arrived.wait()
        except TimeoutError:
            raise WslabError(
                f"within {timeout:g} s the message did not come; look at wire.messages for "
                "what did."
            ) from None

    async def until_idle(self, request: str, timeout: float = KERNEL_TIMEOUT_S) -> None:
        """Wait until the kernel has said all about the request with this id.

        That is two messages on two channels, and either may come first.
        """
        await self.until(lambda message: _is_idle(message, request), timeout)
        await self.until(
            lambda message: message.parent == request and message.channel != "iopub", timeout
        )

    async def hear(self) -> None:
        """Wait until what the kernel tells everybody arrives here, then forget what came.

        The server subscribes for us in its own time. So ask something on "control", which a
        kernel answers while it is busy, until its answer on "iopub" is heard as well.
        """
        asked: list[str] = []
        while True:
            asked.append(secrets.token_hex(8))
            header = new_header(asked[-1], "kernel_info_request")
            message = KernelMessage("control", header)
            await self.send(message.encode() if self.subprotocol else _in_json(message))
            try:
                await self.until(
                    lambda found: found.parent in asked and _is_idle(found, found.parent),
                    ASK_AGAIN_S,
                )
            except WslabError:
                if self._reading.done() or len(asked) * ASK_AGAIN_S > KERNEL_TIMEOUT_S:
                    raise
            else:
                break
        for question in asked:  # its late answers are not what anybody waits for
            await self.until_idle(question)
        self.messages.clear()

    def stop(self) -> None:
        """Read no more."""
        self._reading.cancel()

    async def _read(self) -> None:
        try:
            while True:
                message = KernelMessage.parse(await self.ws.recv())
                async with self._arrived:
                    self.messages.append(message)
                    self._arrived.notify_all()
        except ConnectionClosed:
            pass
        except WslabError as error:
            self._broken = error
        finally:
            async with self._arrived:
                self._arrived.notify_all()

    def __repr__(self) -> str:
        return f"<KernelConnection to a kernel, {self.subprotocol or 'no subprotocol'}>"


def new_header(msg_id: str, kind: str) -> dict[str, Any]:
    """The header of a question to a kernel; what is the same in all of them stands here."""
    return {
        "msg_id": msg_id,
        "msg_type": kind,
        "session": "by-hand",
        "username": "learner",
        "date": "2026-01-01T00:00:00.000Z",
        "version": "5.3",
    }


async def find_jupyter(environ: Mapping[str, str] = os.environ) -> Jupyter | None:
    """The Jupyter server that runs this kernel; None where there is none, or it refuses.

    Under JupyterHub, whose servers have no token of their own, the Hub's is tried.
    """
    kernel_id = _own_kernel()
    if kernel_id is None:
        return None
    for found in _server_files(environ):
        tokens = [found["token"], environ.get("JUPYTERHUB_API_TOKEN", "")]
        for url in dict.fromkeys(_addresses(found)):
            for token in dict.fromkeys(filter(None, tokens)):
                jupyter = Jupyter(url, kernel_id, token)
                try:
                    await jupyter.ask("GET", f"api/kernels/{kernel_id}")
                except WslabError:
                    continue
                return jupyter
    return None


def _own_kernel() -> str | None:
    """The id of the kernel that runs this code: a server writes it into the file's name."""
    if "ipykernel.kernelapp" not in sys.modules:
        return None
    from ipykernel.connect import get_connection_file

    try:
        name = Path(get_connection_file()).stem
    except RuntimeError:  # IPython without a kernel
        return None
    return name.removeprefix("kernel-") if name.startswith("kernel-") else None


def _server_files(environ: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What each server that may have started this kernel wrote about itself."""
    from jupyter_core.paths import jupyter_runtime_dir

    for number in dict.fromkeys((*_ancestors(), environ.get("JPY_PARENT_PID"))):
        path = Path(jupyter_runtime_dir()) / f"jpserver-{number}.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            server = {name: str(found[name]) for name in ("url", "port", "base_url", "token")}
            urlsplit(server["url"])
            yield {**server, "secure": bool(found["secure"])}
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _ancestors() -> list[str]:
    """The ids of this process's parent, of the parent's parent, and so on.

    JPY_PARENT_PID says which one is the server, but not on Windows, where it is the handle of a
    process; and there the direct parent may be no more than the launcher of a virtual environment.
    """
    import psutil

    try:
        return [str(parent.pid) for parent in psutil.Process().parents()]
    except psutil.Error:  # a process that ended meanwhile, or that may not be looked at
        return []


def _addresses(found: dict[str, Any]) -> list[str]:
    """Where the server may be reached: on this machine first, then by the name it goes by."""
    base = found["base_url"].strip("/")
    ends = f"{base}/" if base else ""
    here = f"127.0.0.1:{found['port']}"
    named = urlsplit(found["url"])._replace(path="", query="", fragment="").geturl()
    first = [] if found["secure"] else [f"http://{here}/{ends}"]
    return [*first, f"{named}/{ends}"]


def _is_idle(message: KernelMessage, request: str) -> bool:
    idle = message.kind == "status" and message.content.get("execution_state") == "idle"
    return idle and message.parent == request


def _in_json(message: KernelMessage) -> str:
    names = ("channel", "header", "parent_header", "metadata", "content")
    return json.dumps({name: getattr(message, name) for name in names} | {"buffers": []})
