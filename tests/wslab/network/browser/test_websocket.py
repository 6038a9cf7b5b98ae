"""The browser's WebSocket in Python: every script writes the log that the standard wants."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.wslab.network.browser.api_player import play
from tests.wslab.network.browser.api_scripts import SCRIPTS, Script
from tests.wslab.network.browser.api_servers import Addresses, serving
from wslab.errors import WslabError
from wslab.network.browser.websocket import Blob, MessageEvent, ReadyState, WebSocket, once


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with serving() as addresses:
        yield addresses


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
async def test_the_log_is_the_standards(script: Script, addresses: Addresses) -> None:
    log = await play(addresses.fill(script.steps))
    assert addresses.hide(log) == script.log


def test_names_are_used_once() -> None:
    names = [script.name for script in SCRIPTS]
    assert len(set(names)) == len(names)


async def test_closed_in_the_turn_in_which_the_handshake_succeeds(addresses: Addresses) -> None:
    """The answer is there, its event is not: to the program this is still CONNECTING."""
    log: list[str] = []
    ws = WebSocket(addresses["echo"])
    for type in ("open", "error", "close"):
        ws.addEventListener(type, lambda event: log.append(event.type))
    ws._endpoint._observer.opened("", "")
    ws.close()
    await once(ws, "close")
    assert log == ["error", "close"]


def test_without_a_loop_the_next_step_is_named() -> None:
    with pytest.raises(WslabError, match="make it in a notebook cell or inside an 'async def'"):
        WebSocket("ws://127.0.0.1:1/")


async def test_constants_and_state_are_plain_numbers_with_names(addresses: Addresses) -> None:
    ws = WebSocket(addresses["echo"] + "/echo?a&token=abc")
    assert [ws.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, ws.CLOSED] == [0, 1, 2, 3]
    assert ws.readyState is ReadyState.CONNECTING
    assert repr(ws) == "<WebSocket /echo?a&token=*** CONNECTING>"
    await once(ws, "open")
    ws.close(1000)
    assert repr(ws) == "<WebSocket /echo?a&token=*** CLOSING>"
    await once(ws, "close")


async def test_what_is_no_message_is_refused(addresses: Addresses) -> None:
    ws = WebSocket(addresses["echo"])
    for wrong in (5, None, {"a": 1}):
        with pytest.raises(TypeError, match=r"send json.dumps\(data\)"):
            ws.send(wrong)  # type: ignore[arg-type]
    ws.close()
    await once(ws, "close")


async def test_sent_data_is_what_it_was_when_it_was_sent(addresses: Addresses) -> None:
    ws = WebSocket(addresses["echo"])
    await once(ws, "open")
    data = bytearray(b"before")
    ws.send(data)
    ws.send(memoryview(data)[:3])
    data[:] = b"after!"
    got: list[Blob] = []

    def take(event: MessageEvent) -> None:
        got.append(event.data)
        if len(got) == 2:
            ws.close()

    ws.onmessage = take
    await once(ws, "close")
    assert await got[0].text() == "before"
    assert await got[1].arrayBuffer() == b"bef"


async def test_a_blob_is_read_by_waiting() -> None:
    blob = Blob(b"gr\xc3\xbcn\xff")
    assert (blob.size, blob.type, repr(blob)) == (6, "", "Blob(size=6)")
    assert await blob.text() == "grün\ufffd"
    assert await Blob().arrayBuffer() == b""


async def test_handlers_run_one_at_a_time_and_never_in_the_caller(addresses: Addresses) -> None:
    ws = WebSocket(addresses["echo"])
    log: list[str] = []
    ws.onopen = lambda event: log.append("open")
    log.append("made")
    await once(ws, "open")
    ws.onmessage = lambda event: log.append(event.data)
    ws.send("1")
    ws.close()
    ws.onclose = lambda event: log.append("close")
    log.append("asked")
    await once(ws, "close")
    assert log == ["made", "open", "asked", "close"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
