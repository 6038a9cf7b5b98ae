"""The kernel's WebSocket, against a real Jupyter server with real kernels."""

import asyncio
import json
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.patience import patient
from tests.whole.test_exports import modules_after
from tests.wslab_course.lessons.you_use_one.jupyter_process import TOKEN, jupyter_server
from wslab.errors import WslabError
from wslab.network import background
from wslab.network.streams import StreamServer, next_request
from wslab.protocol.frames import Opcode
from wslab.protocol.handshake import Request
from wslab.protocol.kernel_messages import V1, KernelMessage
from wslab_course.lessons.you_use_one.jupyter import (
    Jupyter,
    KernelConnection,
    _addresses,
    _server_files,
    find_jupyter,
    new_header,
)


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    with jupyter_server(tmp_path_factory.mktemp("jupyter")) as jupyter:
        yield jupyter


def request(code: str, msg_id: str = "ask-1") -> KernelMessage:
    content = {"code": textwrap.dedent(code), "silent": False}
    return KernelMessage("shell", new_header(msg_id, "execute_request"), content=content)


async def printed(wire: KernelConnection, code: str) -> str:
    """What the code prints in the kernel of the wire; an error there is one here."""
    await wire.send(request(code).encode())
    await wire.until_idle("ask-1")
    for message in wire.messages:
        assert message.kind != "error", "\n".join(message.content["traceback"])
    return "".join(m.content["text"] for m in wire.messages if m.kind == "stream")


async def kernels(jupyter: Jupyter) -> list[str]:
    return [kernel["id"] for kernel in await jupyter.ask("GET", "api/kernels")]


@pytest.mark.parametrize(("subprotocol", "opcode"), [(V1, Opcode.BINARY), (None, Opcode.TEXT)])
async def test_6_times_7_by_hand(jupyter: Jupyter, subprotocol: str, opcode: Opcode) -> None:
    question = request('print("six times seven"); 6*7')
    names = ("channel", "header", "parent_header", "metadata", "content")
    as_json = json.dumps({name: getattr(question, name) for name in names} | {"buffers": []})
    async with jupyter.second_kernel(subprotocol) as wire:
        assert wire.subprotocol == subprotocol
        assert await kernels(jupyter) != []
        await wire.send(question.encode() if subprotocol else as_json)
        await wire.until_idle("ask-1")
        mine = [message for message in wire.messages if message.parent == "ask-1"]
        assert sorted(message.kind for message in mine) == [
            "execute_input", "execute_reply", "execute_result", "status", "status", "stream"
        ]  # fmt: skip
        (result,) = (m.content["data"] for m in mine if m.kind == "execute_result")
        assert result == {"text/plain": "42"}
        assert {sent.frame.opcode for sent in wire.recording.frames()} == {opcode}
        assert repr(wire) == f"<KernelConnection to a kernel, {subprotocol or 'no subprotocol'}>"
    assert await kernels(jupyter) == [], "the second kernel is still there"


async def test_a_second_kernel_ends_when_its_block_fails(jupyter: Jupyter) -> None:
    with pytest.raises(ZeroDivisionError):
        async with jupyter.second_kernel():
            _ = 1 / 0
    assert await kernels(jupyter) == []


async def test_and_when_its_cell_is_stopped(jupyter: Jupyter) -> None:
    inside = asyncio.Event()

    async def cell() -> None:
        async with jupyter.second_kernel() as wire:
            inside.set()
            await wire.until(lambda message: False)

    task = asyncio.create_task(cell())
    await asyncio.wait_for(inside.wait(), patient(60))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await kernels(jupyter) == []


async def test_a_kernel_finds_its_own_server_and_hears_its_own_print(jupyter: Jupyter) -> None:
    """The whole of it as a cell does it, in a kernel that is busy with this very cell."""
    code = """
        from wslab.display.inspectors import inspect
        from wslab_course.lessons.you_use_one.jupyter import find_jupyter
        me = await find_jupyter()
        print(repr(me))
        async with me.listen() as wire:
            print("carried")
            found = await wire.until(
                lambda message: message.content.get("text") == "carried\\n", 10)
            print(found.kind, found.parent, wire.messages.index(found))
            shown = inspect(wire.recording)
            print(me.token in shown.text + shown.html, "Authorization" in shown.text)
    """
    async with jupyter.second_kernel() as wire:
        said = await printed(wire, code)
    first, *rest = said.splitlines()
    assert first.startswith(f"Jupyter(url={jupyter.url!r}, kernel_id=") and TOKEN not in said
    assert rest == ["carried", "stream ask-1 0", "False True"]
    assert await kernels(jupyter) == []


async def test_what_is_asked_of_a_busy_kernel_waits_for_the_end_of_its_cell(
    jupyter: Jupyter,
) -> None:
    """The reason for the second kernel."""
    code = """
        from wslab.errors import WslabError
        from wslab_course.lessons.you_use_one.jupyter import KernelMessage, find_jupyter, new_header
        me = await find_jupyter()
        async with me.listen() as wire:
            header = new_header("ask-2", "execute_request")
            content = {"code": "print('late')", "silent": False}
            await wire.send(KernelMessage("shell", header, content=content).encode())
            try:
                await wire.until_idle("ask-2", 0.5)
            except WslabError as error:
                print(error)
    """
    async with jupyter.second_kernel() as wire:
        said = await printed(wire, code)
        assert said.startswith("within 0.5 s the message did not come")
        late = await wire.until(lambda message: message.content.get("text") == "late\n")
        assert late.parent == "ask-2"


async def test_a_wrong_token_is_told_without_it(jupyter: Jupyter) -> None:
    wrong = Jupyter(jupyter.url, "", "not-the-token")
    with pytest.raises(WslabError, match="answered GET api/kernels with 403") as caught:
        await wrong.ask("GET", "api/kernels")
    assert "not-the-token" not in str(caught.value) + repr(wrong)


class Answers(StreamServer):
    """Gives every request the same answer, and keeps the requests."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer
        self.requests: list[Request] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if got := await next_request(reader):
            self.requests.append(got[0])
            writer.write(self.answer)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_token_does_not_follow_a_redirect(status: int) -> None:
    with Answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as other:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n"
        with Answers(moved.encode()) as server:
            jupyter = Jupyter(f"{server.url}/", "some-kernel", TOKEN)
            with pytest.raises(WslabError, match=f"answered GET api with {status}"):
                await jupyter.ask("GET", "api")
        assert len(server.requests) == 1 and other.requests == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "b'<html>', which is not JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff", "which is not JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "did not answer GET api.*1 bytes read"),
        (b"+OK POP3 server ready\r\n", "did not answer GET api.*POP3"),
    ],
    ids=["HTML", "no text", "cut short", "no HTTP"],
)
async def test_what_answers_as_no_jupyter_server_does(answer: bytes, told: str) -> None:
    with Answers(answer) as server:
        with pytest.raises(WslabError, match=told):
            await Jupyter(f"{server.url}/", "some-kernel", "token").ask("GET", "api")


async def test_a_server_that_is_gone(unused_tcp_port: int) -> None:
    gone = Jupyter(f"http://127.0.0.1:{unused_tcp_port}/", "some-kernel", "token")
    with pytest.raises(WslabError, match="did not answer GET api.*is it still running"):
        await gone.ask("GET", "api")
    with pytest.raises(WslabError, match="did not open the kernel's WebSocket"):
        async with gone.listen():
            pass


async def test_a_kernel_that_there_is_not(jupyter: Jupyter) -> None:
    nobody = Jupyter(jupyter.url, "00000000-0000-4000-8000-000000000042", jupyter.token)
    with pytest.raises(WslabError, match="HTTP 404.*is there such a kernel"):
        async with nobody.listen():
            pass


async def test_without_a_kernel_there_is_no_server() -> None:
    assert await find_jupyter() is None
    assert await find_jupyter({"JPY_PARENT_PID": "1"}) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("[]", None),
        ('{"url": "http://localhost:1/"}', None),
        (
            '{"url": "http://[:1/", "port": 1, "base_url": "/", "token": "t", "secure": false}',
            None,
        ),
        (
            '{"url": "http://h:1/a/", "port": 1, "base_url": "/a/", "token": "t", "secure": false}',
            ["http://127.0.0.1:1/a/", "http://h:1/a/"],
        ),
        (
            '{"url": "https://h:1/", "port": 1, "base_url": "/", "token": "t", "secure": true}',
            ["https://h:1/"],
        ),
    ],
    ids=["empty", "a list", "half", "no URL", "under a path", "secure"],
)
def test_what_a_server_wrote_about_itself(
    text: str, found: list[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "jpserver-7.json").write_text(text)
    written = list(_server_files({"JPY_PARENT_PID": "7"}))
    assert [_addresses(server) for server in written] == ([] if found is None else [found])
    assert list(_server_files({})) == []


class WindowsProcess:
    """A kernel's process as psutil tells of it there: a launcher, the server, the shell."""

    def parents(self) -> list[Any]:
        return [SimpleNamespace(pid=pid) for pid in (41, 7, 1)]


class ForbiddenProcess:
    def parents(self) -> list[Any]:
        raise psutil.AccessDenied(7)


def test_on_windows_the_variable_holds_a_handle_and_the_ancestors_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    for number in (7, 8):
        text = f'{{"url": "http://h:{number}/", "port": {number}, "base_url": "/", "token": "t"'
        (tmp_path / f"jpserver-{number}.json").write_text(text + ', "secure": false}')
    monkeypatch.setattr(psutil, "Process", WindowsProcess)
    handle = {"JPY_PARENT_PID": "1234"}
    assert [server["port"] for server in _server_files(handle)] == ["7"]
    monkeypatch.setattr(psutil, "Process", ForbiddenProcess)
    assert list(_server_files(handle)) == []
    assert [server["port"] for server in _server_files({"JPY_PARENT_PID": "8"})] == ["8"]


class SlowServer(StreamServer):
    """A Jupyter server that is asked for a kernel, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.shut_down = threading.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not (got := await next_request(reader)):
            return
        request = got[0]
        self.requests.append(f"{request.method} {request.target}")
        answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        if request.method == "POST":
            self.asked.set()
            await asyncio.to_thread(self.may_answer.wait, 30)
            answer = b'HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{"id": "k-1"}'
        writer.write(answer)
        await writer.drain()
        if request.method == "DELETE":
            self.shut_down.set()


@pytest.mark.parametrize("stops", [1, 2])
async def test_a_cell_stopped_before_its_kernel_has_an_id_leaves_none_behind(stops: int) -> None:
    """Stopped once it waits for the end; stopped again it leaves, and the end still comes."""
    with SlowServer() as server:

        async def cell() -> None:
            async with Jupyter(f"{server.url}/", "own", TOKEN).second_kernel():
                raise AssertionError("it was stopped before")

        task = asyncio.create_task(cell())
        assert await asyncio.to_thread(server.asked.wait, 30)
        for _ in range(stops):
            task.cancel()
            await asyncio.wait([task], timeout=0)
            await asyncio.sleep(0)
        assert task.done() == (stops == 2)
        server.may_answer.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.shut_down.wait, 30)
        assert server.requests == ["POST /api/kernels", "DELETE /api/kernels/k-1"]


async def test_a_kernel_that_was_refused_is_not_shut_down() -> None:
    with Answers(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as server:
        with pytest.raises(WslabError, match="POST api/kernels with 403"):
            async with Jupyter(f"{server.url}/", "own", TOKEN).second_kernel():
                pass
        assert len(server.requests) == 1


async def test_a_kernel_that_hangs_up_or_talks_nonsense_ends_the_wait() -> None:
    async def handler(ws: ServerConnection) -> None:
        said = await ws.recv()
        if said == "nonsense":
            await ws.send("nonsense")
            await ws.wait_closed()

    async with serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        odd = Jupyter(f"http://127.0.0.1:{port}/", "odd")
        for word, told in (("bye", "closed with 1000"), ("nonsense", "found 'nonsense'")):
            async with odd.wire("odd", None) as wire:
                await wire.send(word)
                with pytest.raises(WslabError, match=told):
                    await wire.until(lambda message: True, 10)
    assert list(background.log) == []


def test_its_import_is_light() -> None:
    loaded = modules_after("import wslab_course.lessons.you_use_one.jupyter")
    assert not loaded & {"ipykernel", "jupyter_core", "jupyter_server", "IPython"}
