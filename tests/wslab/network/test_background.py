"""One loop, one thread: start and stop from anywhere, and leave nothing behind."""

import asyncio
import gc
import logging
import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.patience import LIMIT, patient
from tests.wslab.network.sockets import threads_and_descriptors
from wslab.errors import NotRunning, WslabError
from wslab.network import background
from wslab.network.background import Service, call, loop, run, stop_listening
from wslab.network.rogue.server import RogueServer
from wslab.network.streams import StreamServer
from wslab.network.tap.tap import Tap
from wslab_course.lessons.before_websocket.feed import Feed
from wslab_course.lessons.duplex.http_echo import HttpEcho
from wslab_course.lessons.security.old_proxy import OldProxy

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")


class HangUp(asyncio.Protocol):
    def __init__(self, arrived: threading.Event) -> None:
        self.arrived = arrived

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
        self.arrived.set()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (("127.0.0.1", 80), "127.0.0.1:80"),
        (("0.0.0.0", 80), "127.0.0.1:80"),
        (("::1", 80, 0, 0), "[::1]:80"),
        (("::", 80, 0, 0), "[::1]:80"),
        (("fe80::1%eth0", 80, 0, 2), "[fe80::1]:80"),
    ],
)
def test_the_place_of_a_service_is_one_to_connect_to(name: tuple[object, ...], place: str) -> None:
    service = Service()
    service._listens_at(name)
    assert (service._place, service.port) == (place, 80)


def test_of_two_sockets_the_url_names_that_of_ipv4() -> None:
    service = Service()
    service._listens_at(("::", 81, 0, 0), ("0.0.0.0", 80))
    assert (service._place, service.port) == ("127.0.0.1:80", 80)


@pytest.mark.parametrize("host", ["0.0.0.0", "::1"])
@pytest.mark.parametrize(
    "kind",
    [
        Feed,
        HttpEcho,
        StreamServer,
        partial(RogueServer, "masked-frame"),
        partial(OldProxy, "ws://127.0.0.1:9"),
        partial(Tap, "ws://127.0.0.1:9"),
    ],
    ids=["Feed", "HttpEcho", "StreamServer", "RogueServer", "OldProxy", "Tap"],
)
def test_every_url_names_such_a_place(kind: Callable[..., Any], host: str) -> None:
    service = kind(host=host)
    try:
        service.start()
    except WslabError:
        assert host == "::1"
        pytest.skip("this machine has no IPv6")
    try:
        shown = "[::1]" if host == "::1" else "127.0.0.1"
        assert urlsplit(service.url).netloc == f"{shown}:{service.port}"
    finally:
        service.stop()


class Bench(Service):
    """Listens and says nothing. (Its name has no meaning beyond this file.)"""

    opened = 0
    closed = 0

    async def _open(self) -> None:
        self.arrived = threading.Event()
        make = partial(HangUp, self.arrived)
        self._server = await loop().create_server(make, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self.opened += 1

    async def _close(self) -> None:
        await stop_listening(self._server)
        await self._server.wait_closed()
        self.closed += 1


def listens(service: Service) -> bool:
    try:
        socket.create_connection((service.host, service.port), timeout=LIMIT).close()
    except ConnectionRefusedError:
        return False
    return True


# run and call


def test_run_returns_what_the_coroutine_returns_from_one_daemon_thread() -> None:
    async def who() -> threading.Thread:
        return threading.current_thread()

    thread = run(who())
    assert thread is run(who()) and thread is not threading.current_thread()
    assert thread.daemon and call(threading.current_thread) is thread


def test_run_raises_what_the_coroutine_raises() -> None:
    async def fail() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(fail())


def test_run_has_a_time_limit_and_cancels() -> None:
    cancelled = threading.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(WslabError, match=r"wait_for_ever did not finish within 0\.05 s"):
        run(wait_for_ever(), timeout=0.05)
    assert cancelled.wait(LIMIT)


def test_a_time_limit_of_the_coroutine_itself_stays_what_it_is() -> None:
    async def own_limit() -> None:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError) as caught:
        run(own_limit())
    assert not isinstance(caught.value, WslabError)


def test_run_refuses_to_wait_for_itself() -> None:
    async def inner() -> None:
        pass

    async def outer() -> None:
        run(inner())

    with pytest.raises(WslabError, match="use 'await' there"):
        run(outer())


def test_call_works_on_the_background_thread_too() -> None:
    async def outer() -> int:
        return call(lambda: 42)

    assert run(outer()) == 42


def test_a_blocked_caller_does_not_stall_the_background() -> None:
    ticks = []

    async def tick() -> None:
        for _ in range(3):
            ticks.append(time.monotonic())
            await asyncio.sleep(0.01)
        done.set()

    done = threading.Event()
    asyncio.run_coroutine_threadsafe(tick(), loop())
    assert done.wait(LIMIT), "nothing else ran while this thread was blocked"
    assert len(ticks) == 3


@pytest.mark.parametrize("error", [SystemExit("bye"), KeyboardInterrupt()], ids=["exit", "ctrl-c"])
def test_what_calls_exit_in_the_background_ends_nothing_else(error: BaseException) -> None:
    async def leave() -> None:
        raise error

    before = loop()
    with Bench() as bench:
        with pytest.raises(type(error)):
            run(leave())
        assert bench.running and loop() is before
    assert f"the background loop went on after {error!r}" == background.log.pop()


def test_what_fails_unseen_is_logged_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    loop().call_soon_threadsafe(lambda: 1 / 0)
    call(lambda: None)
    assert "ZeroDivisionError" in background.log.pop()
    assert capfd.readouterr() == ("", "")


# Service


def test_start_and_stop_are_idempotent() -> None:
    service = Bench()
    assert service.name == "bench" and not service.running
    service.stop()
    assert service.start() is service and service.running and listens(service)
    port = service.port
    assert service.start().port == port and service.opened == 1
    service.stop()
    service.stop()
    assert not service.running and not listens(service) and service.closed == 1
    service.start()
    assert listens(service)
    service.stop()


def test_running_a_cell_twice_replaces_the_old_service() -> None:
    first = Bench(name="again").start()
    second = Bench(name="again").start()
    try:
        assert not first.running and not listens(first)
        assert second.running and listens(second)
        assert first.start().running and not second.running, "and the other way round"
    finally:
        first.stop()
        second.stop()


def test_the_same_port_can_be_had_again() -> None:
    first = Bench(name="again").start()
    second = Bench(name="again", port=first.port).start()
    assert second.port == first.port and listens(second)
    second.stop()


def test_services_of_different_names_live_side_by_side() -> None:
    one, two = Bench(name="one").start(), Bench(name="two").start()
    assert listens(one) and listens(two)
    one.stop()
    two.stop()


def test_inside_with_a_service_is_anonymous() -> None:
    named = Bench().start()
    with Bench() as other:
        assert other.running and named.running
    assert not other.running and named.running
    named.stop()


async def test_async_with_does_not_block_the_callers_loop() -> None:
    class Slow(Bench):
        async def _open(self) -> None:
            await let_go.wait()
            await super()._open()

    let_go = asyncio.Event()  # set from this loop, which must therefore be running
    asyncio.get_running_loop().call_later(0.01, lambda: loop().call_soon_threadsafe(let_go.set))
    async with Slow() as service:
        assert listens(service)
    assert not listens(service)


async def test_async_with_on_the_background_loop_itself() -> None:
    async def inside() -> bool:
        async with Bench() as service:
            return service.running

    assert await asyncio.to_thread(run, inside())


def test_stop_is_bounded_when_closing_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "STOP_TIMEOUT_S", 0.1)

    class Stuck(Bench):
        async def _close(self) -> None:
            self._server.close()
            await asyncio.Event().wait()

    service = Stuck().start()
    service.stop()
    assert not service.running
    assert background.log.pop() == "stuck did not close within 0.1 s"


def test_a_failing_close_is_logged() -> None:
    class Broken(Bench):
        async def _close(self) -> None:
            await super()._close()
            raise ValueError("no")

    with Broken():
        pass
    assert background.log.pop() == "broken failed while closing: ValueError('no')"


def test_a_failed_start_leaves_nothing_registered() -> None:
    class Broken(Bench):
        async def _open(self) -> None:
            raise ValueError("no")

    service = Broken()
    with pytest.raises(ValueError, match="no"):
        service.start()
    assert not service.running and service.name not in background._named


def test_need_running_names_the_next_step() -> None:
    with pytest.raises(NotRunning, match=r"bench is not running; call bench\.start\(\) first"):
        Bench()._need_running()


def test_repr_has_no_port_and_no_address() -> None:
    service = Bench()
    assert repr(service) == "<Bench 'bench' stopped>"
    with service:
        assert repr(service) == "<Bench 'bench' running>"


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(WslabError) as caught:
            Bench(port=port).start()
    message = str(caught.value)
    assert message.startswith(f"Bench cannot listen on 127.0.0.1:{port}: the port is in use")
    assert "port=0" in message and "stop the program" in message


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"host": "192.0.2.1"}, "not an address of this machine"),
        ({"host": "a" * 300}, "not an address of this machine"),
        ({"host": "caf\udce9"}, "not an address of this machine"),
        ({"port": 70000}, "0 to 65535"),
    ],
    ids=["foreign-host", "long-host", "odd-host", "no-port"],
)
def test_other_places_where_nobody_can_listen(where: dict[str, object], says: str) -> None:
    with pytest.raises(WslabError, match=says):
        Bench(**where).start()  # type: ignore[arg-type]


def test_a_warning_of_asyncio_is_kept_and_never_printed(caplog: pytest.LogCaptureFixture) -> None:
    def warn(what: str) -> None:
        logging.getLogger("asyncio").warning(what)

    background.log.clear()
    background.call(lambda: warn("the sky falls"))
    background.call(lambda: warn("socket.send() raised exception."))  # of one who has gone
    assert list(background.log) == ["the sky falls"]
    assert [(record.name, record.message) for record in caplog.records] == [
        ("wslab", "the sky falls")
    ]
    background.log.clear()
    caplog.clear()
    warn("the notebook's own loop is not ours")
    assert [record.message for record in caplog.records] == ["the notebook's own loop is not ours"]
    caplog.clear()


def test_fifty_starts_leave_no_thread_and_no_descriptor() -> None:
    with Bench():
        pass
    before = threads_and_descriptors()
    for _ in range(50):
        with Bench():
            pass
    assert threads_and_descriptors() == before


def test_a_stop_while_clients_arrive_loses_no_connection() -> None:
    def come(service: Service) -> None:
        while service.running:
            with suppress(OSError):
                socket.create_connection((service.host, service.port), timeout=LIMIT).close()

    for _ in range(8):
        with Bench() as service:
            client = threading.Thread(target=come, args=(service,))
            client.start()
            assert service.arrived.wait(LIMIT)
        client.join(LIMIT)
    gc.collect()  # an unclosed socket would warn here, and warnings are errors


def test_windows_gets_the_kind_of_loop_that_the_others_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def proactor() -> asyncio.AbstractEventLoop:
        raise AssertionError("Windows' own loop is of another kind")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(asyncio, "new_event_loop", proactor)
    made = background._new_loop()
    made.close()
    assert isinstance(made, asyncio.SelectorEventLoop)


def test_a_port_is_closed_in_a_loop_that_accepts_in_another_way_too() -> None:
    class WithoutReaders(asyncio.SelectorEventLoop):
        def remove_reader(self, fd: Any) -> bool:
            raise NotImplementedError  # as the Proactor loop of Windows

    async def come_and_go() -> tuple[str, int]:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        place = server.sockets[0].getsockname()
        await stop_listening(server)
        assert server.sockets == () and not server.is_serving()
        return place

    with asyncio.Runner(loop_factory=WithoutReaders) as runner:
        place = runner.run(come_and_go())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(place, timeout=5)


def test_start_from_many_threads_leaves_one_running() -> None:
    services = [Bench(name="crowd") for _ in range(8)]
    threads = [threading.Thread(target=service.start) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert sum(service.running for service in services) == 1
    for service in services:
        service.stop()


# Leaving


def python(code: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    here = str(Path(__file__).parents[3])
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "PYTHONPATH": here},
    )


def test_leaving_the_interpreter_is_silent_and_frees_the_port() -> None:
    done = python(
        """
        import socket
        from wslab.network.tap.tap import Tap
        listener = socket.create_server(("127.0.0.1", 0))
        tap = Tap(f"ws://127.0.0.1:{listener.getsockname()[1]}/").start()
        client = socket.create_connection((tap.host, tap.port))
        server, _ = listener.accept()
        client.sendall(b"in the middle of something")
        assert server.recv(4)
        print(tap.port)
        import atexit
        atexit.register(lambda: [s.close() for s in (client, server, listener)])
        """
    )
    assert (done.returncode, done.stderr) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(done.stdout)), timeout=LIMIT)


def test_leaving_the_interpreter_stops_what_runs() -> None:
    done = python(
        """
        import os
        from wslab.network.background import Service

        class Witness(Service):
            async def _open(self):
                pass
            async def _close(self):
                os.write(1, b"stopped")

        Witness().start()
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped", "")


def test_leaving_with_work_in_progress_is_silent() -> None:
    done = python(
        """
        import asyncio
        from wslab.network.background import loop
        asyncio.run_coroutine_threadsafe(asyncio.sleep(3600), loop())
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_gets_its_own_thread() -> None:
    done = python(
        """
        import os, warnings
        from wslab.network.background import call
        warnings.simplefilter("ignore")
        call(lambda: None)
        child = os.fork()
        if child == 0:
            os._exit(call(lambda: 7))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "7\n", "")


# In a notebook


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to wake a loop with")
def test_stop_interrupts_an_idle_await_in_a_real_kernel() -> None:
    manager_room = pytest.importorskip("jupyter_client.manager")
    manager, client = manager_room.start_new_kernel(startup_timeout=patient(60))
    try:

        def wait_for(kind: str) -> dict[str, object]:
            while True:
                message = client.get_iopub_msg(timeout=patient(30))
                if message["msg_type"] == kind:
                    return message["content"]

        client.execute(
            "import asyncio\n"
            "from wslab.network.background import loop\n"
            "loop()\n"
            "print('waiting', flush=True)\n"
            "await asyncio.Event().wait()\n"
        )
        assert wait_for("stream")["text"] == "waiting\n"
        manager.interrupt_kernel()
        assert wait_for("error")["ename"] in ("KeyboardInterrupt", "CancelledError")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
