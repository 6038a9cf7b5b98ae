"""Plain blocking sockets for tests that care how a TCP connection begins and ends."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.patience import LIMIT
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A server that accepts nobody by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        yield listener


def url_of(listener: socket.socket, path: str = "/") -> str:
    return f"ws://127.0.0.1:{listener.getsockname()[1]}{path}"


def reach(tap: Tap) -> socket.socket:
    """A client connected to the tap."""
    return socket.create_connection((tap.host, tap.port), timeout=LIMIT)


def accept(listener: socket.socket) -> socket.socket:
    connection, _ = listener.accept()
    connection.settimeout(LIMIT)
    return connection


@contextmanager
def tapped(tap: Tap, listener: socket.socket) -> Iterator[dict[Side, socket.socket]]:
    """A client and a server with a tap between them."""
    with reach(tap) as client, accept(listener) as server:
        yield {Side.CLIENT: client, Side.SERVER: server}


def read(connection: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes, or what came before the end."""
    parts = []
    while size and (part := connection.recv(min(size, 65536))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_to_end(connection: socket.socket) -> bytes:
    """Everything up to the FIN; ConnectionResetError if there is an RST instead."""
    return read(connection, 1 << 62)


def reset(connection: socket.socket) -> None:
    """Close with RST."""
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def threads_and_descriptors() -> tuple[int, int]:
    """How many threads and open files this process has."""
    process = psutil.Process()
    if not hasattr(process, "num_fds"):
        pytest.skip("Windows counts handles of every kind, which come and go by themselves")
    return threading.active_count(), process.num_fds()


def in_threads(*functions: Callable[[], object]) -> list[object]:
    """Run the functions at the same time and return what they returned."""
    results: list[object] = [None] * len(functions)
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            results[number] = functions[number]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(3 * LIMIT)
    if errors:
        raise errors[0]
    assert not any(thread.is_alive() for thread in threads), "a thread is stuck"
    return results
