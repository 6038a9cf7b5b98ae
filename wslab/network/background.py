"""One event loop in one daemon thread, so that servers live beside the cells of a notebook.

A server in the notebook's own loop stands still while a cell blocks, and a
synchronous client in that cell then waits for ever. Here it does neither.

Rules of this file:

* One loop, one thread, made on first use. Servers and clients reach the network
  through ``loop()`` alone.
* Nothing here prints. What goes wrong out of sight is in ``log``, and goes to the logger "wslab".
* Starting replaces: a service with the name of a running one stops it first, so
  a cell can be run twice. Inside ``with`` a service is anonymous.
* Every wait has a limit, and leaving the interpreter leaves no thread and no port.
"""

from __future__ import annotations

import asyncio
import atexit
import errno
import logging
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final, Self, TypeVar

from wslab.errors import NotRunning, WslabError
from wslab.network.logger import LOGGER

START_TIMEOUT_S: Final = 10.0  # seconds a service may take to open
STOP_TIMEOUT_S: Final = 0.5  # seconds a service may take to close

T = TypeVar("T")

#: What went wrong in the background, oldest first; a cell can show it. `report` appends to it.
log: deque[str] = deque(maxlen=1000)

_starting = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None

# Both are touched on the background thread alone.
_named: dict[str, Service] = {}
_running: set[Service] = set()


def report(what: str) -> None:
    """Keep a line on what went wrong out of sight, and tell whoever listens to the logger."""
    log.append(what)
    LOGGER.warning("%s", what)


def loop() -> asyncio.AbstractEventLoop:
    """The background event loop; its thread starts with the first call."""
    global _loop, _thread
    _let_stop_interrupt_an_idle_await()
    with _starting:
        # A forked child has the variable but not the thread, and gets its own.
        if _loop is None or _thread is None or not _thread.is_alive():
            _named.clear()
            _running.clear()
            _loop = _new_loop()
            _loop.set_exception_handler(_keep_in_log)
            _thread = threading.Thread(target=_turn, args=(_loop,), name="wslab", daemon=True)
            _thread.start()
        return _loop


def _new_loop() -> asyncio.AbstractEventLoop:
    """The same kind of loop on every system: one that is told when a socket is ready.

    Windows' own, Proactor, sends a FIN before each RST, and may lose a connection that
    arrives while its server closes. The price there: at most 512 sockets at a time.
    """
    return asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()


def run(coro: Coroutine[Any, Any, T], timeout: float = 10.0) -> T:
    """Run a coroutine on the background loop and wait for its result.

    For code that is not async. `timeout` is in seconds. Whatever the coroutine
    raises is raised here. WslabError when the time is over (the coroutine is
    then cancelled), or when called from the background thread itself.
    """
    what = getattr(coro, "__qualname__", "the coroutine")
    if threading.current_thread() is _thread:
        coro.close()
        raise WslabError(
            f"run({what}) was called on the background thread, where it would wait for itself; "
            "use 'await' there."
        )
    future = asyncio.run_coroutine_threadsafe(coro, loop())
    try:
        return future.result(timeout)
    except TimeoutError:
        if future.done() and not future.cancelled():
            raise  # the coroutine's own time limit, which says more than ours
        raise WslabError(
            f"{what} did not finish within {timeout:g} s and was cancelled; "
            "look for what it waits for, or pass a larger timeout."
        ) from None
    finally:
        future.cancel()  # no effect on a finished one; else Stop was pressed or time is over


def call(function: Callable[[], T]) -> T:
    """Run a plain function on the background thread and wait for what it returns."""
    if threading.current_thread() is _thread:
        return function()

    async def there() -> T:
        return function()

    return run(there())


class Service:
    """Something that listens: the base of the servers and of the tap.

    A subclass writes `_open` and `_close`. Both run on the background loop.
    `_open` listens on `host` and `port` and then hands the listening sockets' names to
    `_listens_at`, which stores the real `port` and the `_place` for the URL; when it
    raises it must leave nothing open, and an OSError becomes a WslabError that
    names host and port. `_close` has half a second and is cancelled after it.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, name: str | None = None) -> None:
        self.host = host
        self.port = port
        self.name = name if name is not None else type(self).__name__.lower()
        self._wanted_port = port
        self._place = ""  # where a client on this machine finds it: address:port
        self._is_running = False
        self._changing = asyncio.Lock()

    async def _open(self) -> None:
        raise NotImplementedError

    async def _close(self) -> None:
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether it listens now."""
        return self._is_running

    def start(self) -> Self:
        """Listen, and return the service; a running one of the same name is stopped first.

        Starting twice changes nothing. WslabError when host and port cannot be had.
        """
        run(self._begin(named=True), timeout=START_TIMEOUT_S + 2 * STOP_TIMEOUT_S)
        return self

    def stop(self) -> None:
        """Close the port and every connection, within half a second. Stopping twice is fine."""
        if _thread is not None and _thread.is_alive():
            run(self._end(), timeout=START_TIMEOUT_S + 2 * STOP_TIMEOUT_S)

    def __enter__(self) -> Self:
        run(self._begin(named=False), timeout=START_TIMEOUT_S + 2 * STOP_TIMEOUT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await in_background(self._begin(named=False))
        return self

    async def __aexit__(self, *_: object) -> None:
        await in_background(self._end())

    def __repr__(self) -> str:
        # No port: it differs from run to run, and a notebook's output must not.
        state = "running" if self._is_running else "stopped"
        return f"<{type(self).__name__} {self.name!r} {state}>"

    def _need_running(self) -> None:
        """Raise NotRunning, with the next step, unless the service runs."""
        if not self._is_running:
            raise NotRunning(f"{self.name} is not running; call {self.name}.start() first.")

    def _listens_at(self, *names: tuple[Any, ...]) -> None:
        """Store the address and port that ``getsockname()`` told of the listening sockets.

        On every interface there may be two, with a port each: then it is that of IPv4, whose
        names have two parts.
        """
        address, self.port = min(names, key=len)[:2]
        bound = ip_address(address.partition("%")[0])
        if bound.is_unspecified:  # every interface: this machine reaches it on loopback
            bound = ip_address("127.0.0.1" if bound.version == 4 else "::1")
        self._place = f"{bound}:{self.port}" if bound.version == 4 else f"[{bound}]:{self.port}"

    async def _begin(self, named: bool) -> None:
        if named:
            # Before taking our own lock: nobody ever holds one lock and waits for another.
            old = _named.get(self.name)
            _named[self.name] = self
            if old is not None and old is not self:
                await old._end()
        async with self._changing:
            if self._is_running or (named and _named.get(self.name) is not self):
                return  # nothing to do, or replaced while it waited
            self.port = self._wanted_port
            try:
                async with asyncio.timeout(START_TIMEOUT_S):
                    await self._open()
            except (OSError, OverflowError, UnicodeError) as error:
                self._forget()
                raise self._cannot_listen(error) from error
            except BaseException:
                self._forget()
                raise
            self._is_running = True
            _running.add(self)

    async def _end(self) -> None:
        async with self._changing:
            if not self._is_running:
                return
            self._is_running = False
            self._forget()
            try:
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await self._close()
            except TimeoutError:
                report(f"{self.name} did not close within {STOP_TIMEOUT_S:g} s")
            except Exception as error:
                report(f"{self.name} failed while closing: {error!r}")

    def _forget(self) -> None:
        _running.discard(self)
        if _named.get(self.name) is self:
            del _named[self.name]

    def _cannot_listen(self, error: Exception) -> WslabError:
        number = getattr(error, "errno", None)
        if isinstance(error, TimeoutError):
            reason = f"it took more than {START_TIMEOUT_S:g} s. Try host='127.0.0.1'."
        elif number == errno.EADDRINUSE:
            reason = (
                "the port is in use. Choose port=0, which takes any free port, "
                "or stop the program that holds it."
            )
        elif number == errno.EACCES:
            reason = "this port needs more rights than you have. Choose port=0, or one above 1023."
        elif (
            number == errno.EADDRNOTAVAIL
            or isinstance(error, (socket.gaierror, UnicodeError))  # no host, or no name of one
            or "could not bind on any address" in str(error)  # the same, as Python 3.13 says it
        ):
            reason = "that host is not an address of this machine. Choose host='127.0.0.1'."
        elif isinstance(error, OverflowError):
            reason = "a port is a number from 0 to 65535. Choose port=0 for any free port."
        else:
            reason = f"{error}. Choose another host or port; host='127.0.0.1', port=0 is usual."
        what = type(self).__name__
        return WslabError(f"{what} cannot listen on {self.host}:{self._wanted_port}: {reason}")


class Signal:
    """Lets coroutines of the background loop wait for the next thing to happen."""

    def __init__(self) -> None:
        self.waiters: list[asyncio.Future[None]] = []

    def notify(self) -> None:
        """Wake everyone who waits."""
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def next(self) -> asyncio.Future[None]:
        """A future that is done at the next `notify`."""
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.append(waiter)
        return waiter


async def in_background(coro: Coroutine[Any, Any, T]) -> T:
    """Await a coroutine that runs on the background loop, from any loop, without blocking it."""
    if asyncio.get_running_loop() is loop():
        return await coro
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coro, loop()))


async def stop_listening(server: asyncio.Server) -> None:
    """Close the port of a server; connections that live go on.

    asyncio loses a connection, unclosed, if the server closes between its accept
    and the moment it is handed to its protocol. So: accept no more, then let those
    arrive, then close.
    """
    with suppress(NotImplementedError):  # a loop that accepts in another way, such as Proactor
        for listener in server.sockets:
            asyncio.get_running_loop().remove_reader(listener.fileno())
    await asyncio.sleep(0)
    server.close()


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    """The whole life of the background thread."""
    asyncio.set_event_loop(loop)
    try:
        while True:
            try:
                loop.run_forever()
                break
            except (SystemExit, KeyboardInterrupt) as error:
                # Some task called exit(): the servers of the other cells live on.
                report(f"the background loop went on after {error!r}")
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=STOP_TIMEOUT_S))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _keep_in_log(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    report(f"{context.get('message')}: {error!r}" if error else str(context.get("message")))


class _KeepWarnings(logging.Filter):
    """What asyncio says through `logging` in our thread would land in whatever cell runs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or threading.current_thread() is not _thread:
            return True
        # A peer that has gone is not news, and asyncio says so at each write until it is noticed.
        if record.getMessage() != "socket.send() raised exception.":
            report(record.getMessage())
        return False


logging.getLogger("asyncio").addFilter(_KeepWarnings())


def _shut_down() -> None:
    """Stop every service, then the loop, then the thread."""
    if _loop is None or _thread is None or not _thread.is_alive():
        return

    async def stop_all() -> None:
        await asyncio.gather(*(service._end() for service in list(_running)))

    with suppress(WslabError):
        run(stop_all(), timeout=2 * STOP_TIMEOUT_S)
    _loop.call_soon_threadsafe(_loop.stop)
    _thread.join(2 * STOP_TIMEOUT_S)


atexit.register(_shut_down)


def _let_stop_interrupt_an_idle_await() -> None:
    """In a notebook, make the Stop button act on a cell that only awaits.

    A signal does not end the kernel's wait for network events until something
    else arrives, unless the loop has a wake-up descriptor. Installing any signal
    handler gives it one. Only where that is possible and needed: POSIX, the main
    thread, an IPython kernel whose loop runs, and a signal nobody uses.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return
    ipython = sys.modules.get("IPython")
    if ipython is None or getattr(ipython.get_ipython(), "kernel", None) is None:
        return
    if signal.getsignal(signal.SIGUSR1) is not signal.SIG_DFL:
        return  # somebody uses it, most likely we
    with suppress(RuntimeError, ValueError, NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: None)
