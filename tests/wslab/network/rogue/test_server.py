"""The rogue does what its catalogue says, byte for byte; and websockets does what is measured."""

import asyncio
import socket
import time

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.wslab.network.rogue.rogue_bytes import spelled
from tests.wslab.network.rogue.rogue_wire import REQUEST, broken_by_the_server, close_code_of_client
from tests.wslab.network.sockets import LIMIT, reach, read, read_to_end, reset
from wslab.errors import NotRunning, WslabError
from wslab.network.client import connect
from wslab.network.raw import RawClient
from wslab.network.rogue.behaviour import Behaviour, BehaviourEnd, close
from wslab.network.rogue.catalogue import CATALOGUE
from wslab.network.rogue.server import RogueServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Frame, Opcode, Side
from wslab_course.lessons.actions.outcomes import (
    MEASURED,
    WEBSOCKETS_DIFFERS,
    ClientOutcome,
    does_its_duty,
)

KEY = bytes.fromhex("37fa213d")
CLOSE = Frame(Opcode.CLOSE, close(1000).payload, mask=KEY).encode()
PONG = Frame(Opcode.PONG, mask=KEY).encode()

#: What the client does when it has all bytes, and who ends the connection then, and how.
THEN = {
    BehaviourEnd.CLOSING: (CLOSE, (Side.SERVER, "eof")),
    BehaviourEnd.DROP: (b"", (Side.SERVER, "eof")),
    BehaviourEnd.RESET: (PONG, (Side.SERVER, "reset")),
    BehaviourEnd.HOLD: (CLOSE, (Side.CLIENT, "eof")),
}

every_act = pytest.mark.parametrize("act", CATALOGUE.values(), ids=list(CATALOGUE))


@every_act
def test_it_sends_these_bytes_and_breaks_this_rule(act: Behaviour) -> None:
    expected = b"".join(spelled(act.name))
    says, ending = THEN[act.ending]
    with RogueServer(act.name) as rogue, Tap(rogue.url) as tap:
        with reach(tap) as client:
            client.sendall(REQUEST.encode())
            assert read(client, len(expected)) == expected
            client.sendall(says)
            if act.ending is BehaviourEnd.HOLD:
                client.shutdown(socket.SHUT_WR)
            try:
                assert read_to_end(client) == b""
            except ConnectionResetError:
                assert act.ending is BehaviourEnd.RESET
        recording = tap.wait_closed()
    assert recording.bytes_from(Side.SERVER) == expected
    assert (recording.endings[0].sender, recording.endings[0].how) == ending
    broken = broken_by_the_server(recording)
    if act.rule != "close-is-answered" and "close-is-answered" in broken:
        broken.remove("close-is-answered")  # a rogue that has played its act leaves as it likes
    assert broken == ([act.rule] if act.rule else [])


# --- websockets ------------------------------------------------------------------------------


async def measure(act: Behaviour, url: str) -> str:
    """What a program with websockets lives through, in words."""
    told = []
    deflate = "deflate" if act.offer else None
    limits = {"open_timeout": 0.3 if act.name == "slow-handshake" else LIMIT, "close_timeout": 0.2}
    try:
        async with connect(url, compression=deflate, **limits) as ws:
            told.append("open")
            try:
                if act.client_closes:
                    await ws.close()
                while True:
                    told.append(str(await ws.recv()))
            except ConnectionClosed as error:
                told.append(f"{type(error).__name__} {ws.close_code:d}")
    except (WebSocketException, OSError) as error:
        told.append(type(error).__name__)
    return ", ".join(told)


@every_act
async def test_what_websockets_does(act: Behaviour) -> None:
    # When both Close frames have passed, websockets waits for the server's end of TCP, without
    # a limit of its own: here the rogue's patience is the limit.
    patience = 0.5 if act.name == "no-tcp-close-after-close" else LIMIT
    with RogueServer(act.name, patience=patience) as rogue, Tap(rogue.url) as tap:
        events = await measure(act, tap.url)
        recording = await asyncio.to_thread(tap.wait_closed)
    assert ClientOutcome(events, close_code_of_client(recording)) == MEASURED[act.name].websockets


def test_websockets_does_its_duty_but_for_these() -> None:
    undone = [act.name for act in CATALOGUE.values() if not _right(act)]
    assert undone == list(WEBSOCKETS_DIFFERS)


def _right(act: Behaviour) -> bool:
    return does_its_duty(act, MEASURED[act.name].websockets)


def test_every_act_is_measured() -> None:
    assert list(MEASURED) == list(CATALOGUE)


# --- the log -----------------------------------------------------------------------------------


def test_the_log_says_what_happened_to_each_client() -> None:
    with RogueServer("masked-frame") as rogue:
        for code in (1002, 1000):
            with RawClient(rogue.url + "/any/path") as raw:
                assert raw.read_frame() == Frame(Opcode.TEXT, b"Hello", mask=b"mask")
                raw.send(Frame(Opcode.TEXT, b"why?", mask=KEY).encode())
                reason = "no masks, please" if code == 1002 else ""
                raw.send(Frame(Opcode.CLOSE, close(code, reason).payload, mask=KEY).encode())
                raw.read_to_end()
            rogue.wait_closed()
    assert rogue.log == [
        "client 1 asks for /any/path",
        "client 1 gets a text frame with a mask",
        "client 1 sends TEXT, 4 bytes",
        "client 1 sends CLOSE 1002 'no masks, please'",
        "the server ends TCP",
        "client 1 ends TCP",
        "client 2 asks for /any/path",
        "client 2 gets a text frame with a mask",
        "client 2 sends TEXT, 4 bytes",
        "client 2 sends CLOSE 1000",
        "the server ends TCP",
        "client 2 ends TCP",
    ]


def test_a_reset_waits_for_the_pong_so_that_the_client_was_open() -> None:
    with RogueServer("reset") as rogue, RawClient(rogue.url) as raw:
        assert raw.read_frame() == Frame(Opcode.PING)
        raw.send(Frame(Opcode.TEXT, mask=KEY).encode() + PONG)
        assert raw.read_to_end() == b""
        log = rogue.wait_closed()
    assert log[2:] == [
        "client 1 sends TEXT, 0 bytes",
        "client 1 sends PONG, 0 bytes",
        "the server resets TCP",
    ]


def test_a_client_that_resets_is_told_from_one_that_ends() -> None:
    with RogueServer("never-answers-close") as rogue:
        client = socket.create_connection((rogue.host, rogue.port), timeout=LIMIT)
        client.sendall(REQUEST.encode())
        assert read(client, 1) == b"H"
        reset(client)
        assert rogue.wait_closed()[-1] == "client 1 resets TCP"


def test_what_comes_with_the_request_is_not_lost() -> None:
    with (
        RogueServer("empty-close") as rogue,
        socket.create_connection((rogue.host, rogue.port), timeout=LIMIT) as client,
    ):
        client.sendall(REQUEST.encode() + Frame(Opcode.CLOSE, mask=KEY).encode())
        assert read_to_end(client).endswith(b"\x88\x00")
        client.close()
        assert "client 1 sends CLOSE without a code" in rogue.wait_closed()


@pytest.mark.parametrize("name", ["slow-handshake", "never-answers-close", "oversize"])
def test_patience_ends_what_nobody_ends(name: str) -> None:
    begin = time.monotonic()
    with RogueServer(name, patience=0.2) as rogue:
        with socket.create_connection((rogue.host, rogue.port), timeout=LIMIT) as client:
            client.sendall(REQUEST.encode())
            read_to_end(client)
        assert rogue.wait_closed()[-1] == "the server ends TCP after 0.2 s of patience"
    assert time.monotonic() - begin >= 0.2


def test_a_client_that_never_asks_is_bounded_too() -> None:
    with RogueServer("bad-utf8", patience=0.05) as rogue:
        with socket.create_connection((rogue.host, rogue.port), timeout=LIMIT) as client:
            assert read_to_end(client) == b""
        with socket.create_connection((rogue.host, rogue.port), timeout=LIMIT) as client:
            client.shutdown(socket.SHUT_WR)
            assert read_to_end(client) == b""
        assert sorted(rogue.wait_closed()) == [
            "client 2 ends TCP without a request",
            "the server ends TCP after 0.05 s of patience",
        ]


# --- what cannot be played ------------------------------------------------------------------------


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(WslabError, match=r"no rogue does 'masked'; .*wrong-accept, .*masked-frame"):
        RogueServer("masked")


def test_a_client_that_offers_too_little_is_told() -> None:
    with RogueServer("bad-deflate") as rogue:
        with pytest.raises(WslabError, match="400 Bad Request"):
            RawClient(rogue.url).__enter__()
        assert rogue.wait_closed()[1] == (
            "client 1 is refused: bad-deflate wants a client that offers permessage-deflate; "
            "use connect(rogue.url, compression='deflate')."
        )


def test_a_plain_get_is_told() -> None:
    with RogueServer("masked-frame") as rogue:
        with socket.create_connection((rogue.host, rogue.port), timeout=LIMIT) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: rogue.example\r\n\r\n")
            answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(b"\r\n\r\nthis is no WebSocket client; use connect(rogue.url).\n")


def test_waiting_for_the_end_has_a_limit_and_a_next_step() -> None:
    with RogueServer("never-answers-close") as rogue:
        assert rogue.wait_closed() == []
        with RawClient(rogue.url) as raw:
            raw.send(CLOSE)
            with pytest.raises(WslabError, match="smaller patience"):
                rogue.wait_closed(0.05)


# --- a service like the others -----------------------------------------------------------


def test_stop_ends_open_connections_and_a_new_start_forgets() -> None:
    rogue = RogueServer("never-answers-close").start()
    with RawClient(rogue.url) as raw:
        rogue.stop()
        rogue.stop()
        assert raw.read_to_end() == b""
    with pytest.raises(NotRunning, match="call rogueserver.start"):
        _ = rogue.url
    assert rogue.log[0] == "client 1 asks for /"
    with rogue:
        assert rogue.url == f"ws://127.0.0.1:{rogue.port}"
        assert rogue.log == []


def test_the_catalogue_can_be_asked_and_not_changed() -> None:
    catalogue = RogueServer.catalogue()
    assert catalogue == CATALOGUE
    catalogue.clear()
    assert len(RogueServer.catalogue()) == len(CATALOGUE) >= 20


def test_its_log_shows_no_secret() -> None:
    with RogueServer("masked-frame") as rogue:
        with RawClient(f"{rogue.url}/?token=abc"):
            pass
        assert rogue.wait_closed()[0] == "client 1 asks for /?token=***"
