"""The command line as people use it: a process, its first line, its signals, its exit code."""

import asyncio
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.patience import patient
from wslab.__main__ import _reader_has_gone, _stop_signals, main
from wslab.errors import WslabError
from wslab.network.client import connect
from wslab.network.raw import RawClient
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.recording.recording import Recording

LIMIT = patient(20)  # seconds; a test that reaches it has failed
ROOT = Path(__file__).parents[2]
SIGNALS = [signal.SIGINT, signal.SIGTERM]
if os.name != "nt" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
    SIGNALS.append(signal.SIGHUP)
HELLO = Frame(Opcode.TEXT, b"Hello", mask=b"wsck").encode()
NAMES = [number.name for number in SIGNALS]

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")


def start(*arguments: str, **options) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "wslab", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environment.pop("PYTHONUNBUFFERED", None)  # it would hide a missing flush
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdout=pipe, stderr=pipe, encoding="utf-8", env=environment, **options
    )


@contextmanager
def running(*arguments: str, **options) -> Iterator[subprocess.Popen[str]]:
    process = start(*arguments, **options)
    deadline = threading.Timer(2 * LIMIT, process.kill)  # ends a read that would wait for ever
    deadline.start()
    try:
        yield process
    finally:
        deadline.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()


def run(*arguments: str) -> tuple[int, str, str]:
    with running(*arguments) as process:
        out, err = process.communicate(timeout=LIMIT)
        return process.returncode, out, err


def first_line(process: subprocess.Popen[str]) -> str:
    """The URL, read while the process runs: only a flushed line is there to read."""
    assert process.stdout is not None
    return process.stdout.readline().removesuffix("\n")


def stop(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[str, str]:
    """Send a signal; the rest of stdout and all of stderr."""
    process.send_signal(number)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    return out, err


def echo_once(url: str, message: str) -> str | bytes:
    async def exchange() -> str | bytes:
        async with asyncio.timeout(LIMIT), connect(url) as ws:
            await ws.send(message)
            return await ws.recv()

    return asyncio.run(exchange())


def address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("ws://").rpartition(":")
    return host, int(port)


# echo


@posix_only
@pytest.mark.parametrize("number", SIGNALS, ids=NAMES)
def test_echo_says_its_url_serves_and_stops_cleanly(number: int) -> None:
    with running("echo") as process:
        url = first_line(process)
        host, port = address(url)
        assert url == f"ws://127.0.0.1:{port}"
        assert echo_once(url, "to the root") == "to the root"
        assert echo_once(url + "/echo", "to a path") == "to a path"
        page = http.client.HTTPConnection(host, port, timeout=LIMIT)
        page.request("GET", "/")
        assert b"<h1>Echo</h1>" in page.getresponse().read()
        page.close()
        out, err = stop(process, number)
    assert out == ""
    assert err == f"wslab: the echo page is http://127.0.0.1:{port}/ until Ctrl-C\n"
    with socket.socket() as probe:
        assert probe.connect_ex((host, port)) != 0


@posix_only
def test_echo_goes_on_under_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start("echo")
    finally:
        signal.signal(signal.SIGHUP, before)
    try:
        url = first_line(process)
        process.send_signal(signal.SIGHUP)
        assert echo_once(url, "still here") == "still here"
        stop(process, signal.SIGTERM)
    finally:
        process.kill()
        process.communicate()


@posix_only
def test_echo_stops_with_a_client_connected() -> None:
    with running("echo") as process:
        url = first_line(process)

        async def stay_until_closed() -> int | None:
            async with asyncio.timeout(LIMIT), connect(url) as ws:
                process.send_signal(signal.SIGTERM)
                await ws.wait_closed()
                return ws.close_code

        assert asyncio.run(stay_until_closed()) == 1001
        process.communicate(timeout=LIMIT)
        assert process.returncode == 0


@posix_only
def test_echo_hears_sigint_when_a_shell_made_it_ignore_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as for `python -m wslab echo &`
    try:
        process = start("echo")
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        assert first_line(process)
        stop(process, signal.SIGINT)
    finally:
        process.kill()
        process.communicate()


@posix_only
def test_echo_takes_the_port_it_is_given_and_says_what_an_open_host_means() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    with running("echo", "--host", "0.0.0.0", "--port", str(port)) as process:
        url = first_line(process)
        assert url == f"ws://127.0.0.1:{port}"
        assert echo_once(url, "hi") == "hi"
        err = stop(process)[1]
    assert "listening on 0.0.0.0: every machine that reaches this one can connect" in err


def test_echo_on_a_taken_port_is_one_line_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        code, out, err = run("echo", "--port", str(port))
    assert (code, out) == (2, "")
    assert err == (
        f"wslab: EchoServer cannot listen on 127.0.0.1:{port}: the port is in use. "
        "Choose port=0, which takes any free port, or stop the program that holds it.\n"
    )


@pytest.mark.parametrize("verb", [["echo"], ["tap", "ws://127.0.0.1:9"]], ids=lambda verb: verb[0])
def test_a_server_needs_no_notebook_machinery(verb: list[str]) -> None:
    """In the process of the server itself none of these was imported."""
    program = (
        "import sys, threading, _thread\n"
        "from wslab import __main__ as face\n"
        "face._wait_for = lambda stopped: None\n"
        f"assert face.main({verb!r}) == 0\n"
        "heavy = {'IPython', 'ipywidgets', 'anywidget', 'tornado'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr


# chat


def say_once(url: str, text: str) -> list[dict[str, object]]:
    async def exchange() -> list[dict[str, object]]:
        async with asyncio.timeout(LIMIT), connect(url) as ws:
            await ws.send(json.dumps({"type": "join", "name": "ann"}))
            await ws.send(json.dumps({"type": "say", "text": text}))
            return [json.loads(await ws.recv()) for _ in range(2)]

    return asyncio.run(exchange())


@posix_only
@pytest.mark.parametrize("number", SIGNALS, ids=NAMES)
def test_chat_says_its_url_serves_and_stops_cleanly(number: int) -> None:
    with running("chat") as process:
        url = first_line(process)
        host, port = address(url)
        assert url == f"ws://127.0.0.1:{port}"
        joined, said = say_once(url, "hello")
        assert (joined["name"], said["text"]) == ("ann", "hello")
        page = http.client.HTTPConnection(host, port, timeout=LIMIT)
        page.request("GET", "/")
        assert b">Chat</h1>" in page.getresponse().read()
        page.close()
        out, err = stop(process, number)
    assert out == ""
    assert err == f"wslab: the chat page is http://127.0.0.1:{port}/ until Ctrl-C\n"
    with socket.socket() as probe:
        assert probe.connect_ex((host, port)) != 0


@posix_only
def test_chat_says_what_an_open_host_means() -> None:
    with running("chat", "--host", "0.0.0.0") as process:
        url = first_line(process)
        assert say_once(url, "hi")[1]["text"] == "hi"
        err = stop(process)[1].splitlines()
    assert "listening on 0.0.0.0: every machine that reaches this one can connect" in err[1]
    assert "unencrypted and without a password" in err[1]
    assert "reads everything" in err[2]
    assert err[3].endswith(f":{address(url)[1]}/")


# tap


@posix_only
@pytest.mark.parametrize("number", SIGNALS, ids=NAMES)
def test_tap_relays_and_saves_each_connection_at_the_stop(tmp_path: Path, number: int) -> None:
    file = tmp_path / "notes.wscap"
    with running("echo") as server:
        target = first_line(server)
        with running("tap", target, "--save", str(file)) as tap:
            url, arrow, shown = first_line(tap).partition(" -> ")
            assert (arrow, shown) == (" -> ", target)
            assert url == "ws://127.0.0.1:{1}".format(*address(url))
            assert url != target
            assert echo_once(url, "first") == "first"
            assert echo_once(url, "second") == "second"
            out, err = stop(tap, number)
    assert out.count('"first"') == out.count('"second"') == 2
    saved = [file, tmp_path / "notes-2.wscap"]
    assert err.splitlines()[1:] == [f"wslab: saved {place}" for place in saved]
    for place, said in zip(saved, ("first", "second"), strict=True):
        messages = Recording.load(place).messages()
        assert [(m.sender, m.data) for m in messages] == [(Side.CLIENT, said), (Side.SERVER, said)]


@posix_only
def test_tap_prints_each_frame_as_it_passes() -> None:
    with running("echo") as server, running("tap", first_line(server), "--bytes") as tap:
        url = first_line(tap).partition(" -> ")[0]
        assert tap.stdout is not None
        with RawClient(url, timeout=LIMIT) as raw:
            assert "handshake" in tap.stdout.readline()  # flushed: the connection lives
            raw.send(HELLO)
            raw.read(7)
            said = [tap.stdout.readline()]
            while "server → client" not in said[-1]:
                said.append(tap.stdout.readline())
        out, err = stop(tap)
    assert "client → server  TEXT" in said[0] and '"Hello"' in said[0]
    assert any("masking key" in line and HELLO[2:6].hex(" ") in line for line in said[1:-1])
    assert out.splitlines()[-1].split()[3] == "end"
    assert err == "wslab: until Ctrl-C; --save FILE would keep it\n"


@posix_only
@pytest.mark.parametrize(("saves", "keep"), [(False, 1), (True, None)])
def test_tap_remembers_what_it_will_save_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, saves: bool, keep: int | None
) -> None:
    asked = {}

    def no_tap(target: str, **options: object) -> None:
        asked.update(options)
        raise WslabError("seen enough")

    monkeypatch.setattr("wslab.network.tap.tap.Tap", no_tap)
    more = ["--save", str(tmp_path / "notes.wscap")] if saves else []
    assert main(["tap", "ws://127.0.0.1:9", *more]) == 2
    assert asked["keep"] == keep


def test_tap_goes_on_and_stops_when_nobody_reads_what_it_prints() -> None:
    with running("echo") as server, running("tap", first_line(server)) as tap:
        url = first_line(tap).partition(" -> ")[0]
        with RawClient(url, timeout=LIMIT) as raw:
            for _ in range(20):  # a pipe holds 64 KiB, the tap 1 MiB; these are 3 MB of lines
                raw.send(HELLO * 1_000)
                raw.read(7 * 1_000)
        tap.send_signal(signal.SIGINT)
        assert tap.stdout is not None and tap.stderr is not None
        assert "lines were not written: nobody read them" in tap.stderr.read()
        assert tap.wait(LIMIT) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
@pytest.mark.parametrize("keeps", [False, True], ids=["prints", "saves"])
def test_the_memory_of_a_tap_is_bounded(tmp_path: Path, keeps: bool) -> None:
    """100 MiB that are not kept, or 6,000 small reads that are; bench_endurance has more."""
    size, times = (5, 3_000) if keeps else (64 * 1024, 800)
    message = Frame(Opcode.BINARY, bytes(size), mask=b"wsck").encode()
    save = ["--save", str(tmp_path / "a.wscap")] if keeps else []
    with running("echo") as server, running("tap", first_line(server), *save) as tap:
        url = first_line(tap).partition(" -> ")[0]
        process = psutil.Process(tap.pid)
        with RawClient(url, timeout=LIMIT) as raw:
            for number in range(times):
                raw.send(message)
                raw.read(len(message) - 4)
                if number == times // 20:
                    before = process.memory_info().rss
            growth = process.memory_info().rss - before
        tap.terminate()
        tap.communicate(timeout=LIMIT)
    assert growth < (6 if keeps else 20) * 1024 * 1024


@posix_only
def test_tap_stops_when_its_reader_has_left(tmp_path: Path) -> None:
    file = tmp_path / "a.wscap"
    with running("echo") as server, running("tap", first_line(server), "--save", str(file)) as tap:
        url = first_line(tap).partition(" -> ")[0]
        assert tap.stdout is not None and tap.stderr is not None
        tap.stdout.close()  # as `| head -1` does
        with suppress(WslabError), RawClient(url, timeout=LIMIT) as raw:
            raw.read_to_end()
        assert tap.wait(LIMIT) == 0
        assert tap.stderr.read().splitlines()[1:] == [f"wslab: saved {file}"]
        tap.stdout = None
    assert Recording.load(file).handshake is not None


@posix_only
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
def test_tap_on_a_full_disk_is_one_line() -> None:
    with running("echo") as server, open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "wslab", "tap", first_line(server)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == (
        "wslab: cannot write the output: No space left on device; send it elsewhere.\n"
    )


@posix_only
def test_tap_shows_no_secret_of_its_target() -> None:
    with running("tap", "ws://me:pass@127.0.0.1:9/a?token=s3cret&b=1") as tap:
        shown = first_line(tap)
        assert shown.endswith(" -> ws://*******@127.0.0.1:9/a?token=******&b=1")
        assert "s3cret" not in shown and "pass" not in shown
        assert "connect with the real one" in stop(tap)[1]


@posix_only
@pytest.mark.parametrize("there", ["", "old"], ids=["new", "there"])
def test_trying_the_file_changes_nothing(tmp_path: Path, there: str) -> None:
    file = tmp_path / "a.wscap"
    if there:
        file.write_text(there)
    with running("tap", "ws://127.0.0.1:9", "--save", str(file)) as tap:
        assert first_line(tap)
        assert (file.read_text(encoding="utf-8") if file.exists() else "") == there
        stop(tap)


@posix_only
def test_tap_with_nothing_to_save_says_so(tmp_path: Path) -> None:
    with running("tap", "ws://127.0.0.1:9", "--save", str(tmp_path / "a.wscap")) as tap:
        assert first_line(tap).endswith(" -> ws://127.0.0.1:9")
        err = stop(tap)[1]
    assert err.splitlines()[-1] == "wslab: nothing connected, so nothing was saved"
    assert list(tmp_path.iterdir()) == []


# Bad input: one line, exit 2, no call stack.


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["echo", "--port", "99999"], "a port is a number from 0 to 65535"),
        (["echo", "--host", "192.0.2.1"], "Choose host='127.0.0.1'"),
        (["tap", "no url"], "ws://"),
        (["tap", "ws://127.0.0.1:9", "--save", "nowhere/at/all.wscap"], "no such folder"),
        (["tap", "ws://127.0.0.1:9", "--save", "."], "it is a folder"),
        (["tap", "ws://127.0.0.1:9", "--save", "x" * 300], "choose another FILE"),
        (["echo", "--host", "a" * 300], "Choose host='127.0.0.1'"),
        (["inspect", "."], ". cannot be read"),
        (["inspect", "nowhere.wscap"], "nowhere.wscap cannot be read"),
        (["inspect", __file__], "test_main.py"),
        (["inspect", str(Path(__file__).parents[1] / "recordings" / "echo.har")], "index=1: ws://"),
    ],
    ids=[
        *("port", "host", "target", "folder", "is-folder", "long-name", "long-host"),
        *("inspect-folder", "no-file", "no-recording", "which"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wslab.__main__._wait_for", lambda stopped: None)  # if it did start
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("wslab: ") and err.count("\n") == 1
    assert says in err


@pytest.mark.parametrize("arguments", [[], ["talk"], ["echo", "--port", "x"], ["tap"], ["inspect"]])
def test_a_wrong_command_is_answered_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m wslab")


@pytest.mark.parametrize("verb", ["echo", "chat", "tap", "inspect", "doctor"])
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    assert f"usage: python -m wslab {verb}" in capsys.readouterr().out


# inspect and doctor


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    from wslab.network.echo import EchoServer
    from wslab.network.tap.tap import Tap

    with EchoServer() as server, Tap(server.url) as tap:
        echo_once(tap.url, "Hello")
        tap.wait_closed()
        return tap.recording.save(tmp_path / "hello.wscap")


def test_inspect_explains_a_recording(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from wslab.display.inspectors import inspect

    assert main(["inspect", str(recording)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out == inspect(Recording.load(recording)).text + "\n"
    assert "Hello" in out


REAL = Path(__file__).parents[1] / "recordings"


def test_inspect_reads_what_other_tools_save(
    tmp_path: Path, recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Recording.load(recording).to_pcap(tmp_path / "HELLO.PCAP")
    for arguments, says in (
        ([str(tmp_path / "HELLO.PCAP")], "Hello"),
        ([str(REAL / "echo.pcapng"), "--number", "1"], "☺"),
        ([str(REAL / "echo.har"), "--number", "1"], "Rebuilt from echo.har"),
    ):
        assert main(["inspect", *arguments]) == 0
        out, err = capsys.readouterr()
        assert says in out and "WebSocket connection" in out and err == ""


@posix_only
@pytest.mark.parametrize("verb", ["inspect", "doctor"], ids=["long", "short"])
def test_the_reader_may_leave_before_the_end(verb: str, recording: Path) -> None:
    with running(verb, *[str(recording)] * (verb == "inspect")) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()  # before a word is written, as `| head` does in the end
        with suppress(subprocess.TimeoutExpired):
            process.wait(LIMIT)
        assert process.stderr.read() == ""
        process.stdout = None
        assert process.returncode == 0


@posix_only
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
def test_a_full_disk_is_one_line(recording: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-W", "error", "-m", "wslab", "inspect", str(recording)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == (
        "wslab: cannot write the output: No space left on device; send it elsewhere.\n"
    )


@posix_only
def test_a_closed_output_is_no_error(recording: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "wslab", "inspect", str(recording)]
    line = ["sh", "-c", '"$@" >&-', "sh", *command]
    done = subprocess.run(line, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("verb", ["inspect", "doctor", "--help"])
def test_a_terminal_that_lacks_a_character_gets_its_number(
    verb: str, encoding: str, recording: Path
) -> None:
    command = [sys.executable, "-W", "error", "-m", "wslab", verb, str(recording)]
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        command[: None if verb == "inspect" else -1],
        capture_output=True,
        encoding=encoding,
        env=environment,
        cwd=ROOT,
    )
    assert done.returncode == 0 and done.stderr == ""
    assert ("\\u2192" in done.stdout) == (verb == "inspect")


def test_a_pipe_that_nobody_reads_is_told_otherwise_on_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invalid = OSError(errno.EINVAL, "Invalid argument")
    assert _reader_has_gone(BrokenPipeError()) and not _reader_has_gone(OSError(errno.ENOSPC, ""))
    monkeypatch.setattr(sys, "platform", "linux")
    assert not _reader_has_gone(invalid)
    monkeypatch.setattr(sys, "platform", "win32")
    assert _reader_has_gone(invalid) and not _reader_has_gone(OSError(errno.ENOSPC, ""))


@pytest.mark.skipif(os.name == "nt", reason="it plays Windows with a signal that Windows lacks")
def test_windows_says_with_a_signal_of_its_own_that_the_terminal_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    before = signal.getsignal(signal.SIGUSR1)
    with _stop_signals() as stopped:
        signal.raise_signal(signal.SIGUSR1)
        assert stopped.is_set()
    assert signal.getsignal(signal.SIGUSR1) is before


def test_ctrl_c_in_a_long_explanation_is_quiet(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(path: Path) -> Recording:
        raise KeyboardInterrupt

    monkeypatch.setattr(Recording, "load", interrupted)
    assert main(["inspect", str(recording)]) == 130
    assert capsys.readouterr() == ("", "")


def test_doctor_reports_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    out = capsys.readouterr().out
    assert "python" in out.lower()
    assert code == (0 if "NOT OK" not in out else 1)
