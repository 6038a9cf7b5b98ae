"""ChatHost: serves a learner's chat handler in a thread of its own, whatever it does there.

A handler that blocks, blocks its own loop and nothing else; its exceptions are kept and
quoted; and when the host is left, thread, tasks and ports are gone.
"""

from __future__ import annotations

import asyncio
import socket
import sysconfig
import threading
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

import wslab_course.checks.calls as trial
from wslab import errors
from wslab.network.logger import LIBRARY_LOGGER

Handler = Callable[[ServerConnection], Awaitable[None]]

PING_EVERY_S: Final = 0.4  # seconds, on the port for the client that answers none
_BUFFER_BYTES: Final = 64 * 1024  # bytes that the system keeps for one client
_MAX_MESSAGE_BYTES: Final = 4 * 2**20  # of a message: to refuse a large one is the handler's part
_START_TIMEOUT_S, _STOP_TIMEOUT_S = 5.0, 1.5  # seconds
_NOT_THEIRS: Final = tuple(
    str(Path(place).resolve())
    for place in (
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        Path(errors.__file__).parent,
        Path(trial.__file__).parents[1],
    )
)


class ChatHost:
    """``with ChatHost(chat) as host:`` serves on two ports of loopback.

    `url` sends no pings; `pinging_url` sends them often, for the client that answers none.
    Both run the same handler on the same loop, so that all are in one room.
    """

    def __init__(self, handler: Handler) -> None:
        self.url = self.pinging_url = ""
        self.blocked = False  # whether a thread had to be left behind
        self._handler = handler
        self._errors: Counter[str] = Counter()
        self._ports: list[socket.socket] = []
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._leave: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="wslab chat host", daemon=True)

    @property
    def errors(self) -> list[str]:
        """What the handler raised, in order, each once."""
        return list(self._errors)

    def __enter__(self) -> Self:
        for _ in range(2):
            port = socket.create_server(("127.0.0.1", 0), backlog=256)
            # Connections inherit it. Else megabytes wait in the system, and a slow
            # reader is noticed late.
            port.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
            self._ports.append(port)
        self.url, self.pinging_url = (
            f"ws://127.0.0.1:{port.getsockname()[1]}/" for port in self._ports
        )
        self._thread.start()
        self._ready.wait(_START_TIMEOUT_S)
        return self

    def __exit__(
        self,
        *_: object,
    ) -> None:
        with suppress(RuntimeError, AttributeError):  # the loop has ended, or never began
            self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(_STOP_TIMEOUT_S)
        trial.stop_thread(self._thread)
        self.blocked = self._thread.is_alive()
        for port in self._ports:
            port.close()

    # From here on everything runs in the thread.

    def _run(self) -> None:
        with suppress(trial.Stopped), asyncio.Runner() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._keep)
        self._leave = asyncio.Event()
        options: dict[str, Any] = {
            "compression": None,
            "max_size": _MAX_MESSAGE_BYTES,
            "close_timeout": 0.3,
            "logger": LIBRARY_LOGGER,
        }
        quiet, pinging = self._ports
        first = await serve(self._handle, sock=quiet, ping_interval=None, **options)
        second = await serve(
            self._handle,
            sock=pinging,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_EVERY_S,
            **options,
        )
        self._ready.set()
        await self._leave.wait()
        for server in (first, second):
            await self._end(server)

    async def _end(self, server: Server) -> None:
        connections = list(server.connections)
        server.close(close_connections=False)
        for connection in connections:
            connection.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_TIMEOUT_S / 3)

    async def _handle(self, ws: ServerConnection) -> None:
        try:
            await self._handler(ws)
        except ConnectionClosed as error:
            # How a handler usually ends; but while its own client is there, it was another's.
            if ws.state is State.OPEN:
                self._errors[f"{quote(error)}: that client is gone"] += 1
                await ws.close(1011)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            self._errors[quote(error)] += 1
            await ws.close(1011)

    def _keep(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, ConnectionClosed):
            self._errors[quote(error)] += 1


def quote(error: BaseException) -> str:
    """An exception in a sentence, with the line of the learner's own that it came through."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]  # a TaskGroup wraps what went wrong in a task
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    theirs = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_NOT_THEIRS) and not frame.filename.startswith("<frozen")
    ]
    if not theirs:
        return said[:300]
    line = f" in `{theirs[-1].line}`" if theirs[-1].line else ""
    return f"{said[:300]}, at line {theirs[-1].lineno}{line}"
