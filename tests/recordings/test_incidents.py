"""The incidents of 11 are what their script causes, and hold what the tickets say of them.

Each fact is asked of the files, and of the same incidents caused once more.
"""

from __future__ import annotations

import asyncio
import getpass
import re
import socket
import zlib
from itertools import pairwise
from operator import ge
from pathlib import Path

import pytest

from tests.patience import LIMIT
from tests.recordings.handshakes import FOLDER
from tests.recordings.incidents import WORDS, Recordings, packed_messages, record
from tests.wslab_course.lessons.you_use_one.jupyter_process import TOKEN
from wslab.protocol.frames import CloseCode, ClosePayload, Frame, Opcode, Side
from wslab.protocol.handshake import Response
from wslab.protocol.recording.recording import Recording
from wslab_course.lessons.before_websocket.feed import Feed

KEPT = {path.stem: Recording.load(path) for path in sorted(FOLDER.glob("ticket-*.wscap"))}
EXACT = {
    *("ticket-1-client", "ticket-1-server", "ticket-2", "ticket-5", "ticket-6"),
    *("ticket-8-first", "ticket-8-second"),
}


def broken(recording: Recording) -> list[tuple[str, int | None]]:
    return [(found.rule, found.index) for found in recording.findings() if not found.ok]


def codes(recording: Recording) -> list[tuple[Side, int | None]]:
    closes = [sent for sent in recording.frames() if sent.frame.opcode == Opcode.CLOSE]
    return [(sent.sender, ClosePayload.parse(sent.frame.payload).code) for sent in closes]


def texts(recording: Recording, side: Side) -> list[str | bytes]:
    return [message.data for message in recording.messages() if message.sender is side]


def ends(recording: Recording) -> list[tuple[Side, str]]:
    return [(ending.sender, ending.how) for ending in recording.endings]


def waits(recording: Recording) -> list[float]:
    """The seconds from each answer to what came next; the last wait is for the end."""
    moments = [sent.at for sent in recording.frames()] + [recording.endings[0].at]
    return [later - earlier for earlier, later in pairwise(moments)][1::2]


def a_proxy_takes_two_headers(made: Recordings) -> None:
    client, server = (made[f"ticket-1-{side.value}"].handshake for side in Side)
    assert client.response.status == server.response.status == 426
    lost = set(client.request.headers) - set(server.request.headers)
    assert lost == {("Upgrade", "websocket"), ("Connection", "Upgrade")}
    assert server.request.headers.get("Via") == "1.1 old-proxy"
    assert broken(made["ticket-1-client"]) == []
    assert [rule for rule, _ in broken(made["ticket-1-server"])] == [
        "request-upgrade-names-websocket",
        "request-connection-names-upgrade",
    ]


def a_letter_is_cut(made: Recordings) -> None:
    names = made["ticket-2"]
    assert broken(names) == [("text-is-utf8", 4)]
    assert names.frames()[4].frame.payload.endswith("ë".encode()[:1])
    assert codes(names)[0] == (Side.SERVER, CloseCode.INVALID_FRAME_PAYLOAD_DATA)


def each_end_accuses_the_other(made: Recordings) -> None:
    for side in Side:
        desk = made[f"ticket-3-{side.value}"]
        assert broken(desk) == [] and codes(desk) == []
        assert ends(desk) == [(side.peer, "reset")]
        # A busy machine makes every wait longer, never shorter.
        assert all(map(ge, waits(desk), (11.5, 32.5, 55)))


def the_code_does_not_pass_the_hop(made: Recordings) -> None:
    client, server = (made[f"ticket-4-{side.value}"] for side in Side)
    assert broken(client) == broken(server) == []
    assert codes(client) == [(Side.SERVER, None), (Side.CLIENT, None)]
    assert codes(server)[0] == (Side.SERVER, CloseCode.MESSAGE_TOO_BIG)
    assert server.frames()[1].frame.encode().startswith(b"\x88\x33\x03\xf1")
    assert server.handshake.response.headers.get("Server") == "wslab"
    assert len(client.messages()[0].data) == 1500


def all_but_the_first_come_back_empty(made: Recordings) -> None:
    sensors = made["ticket-5"]
    assert broken(sensors) == []
    assert texts(sensors, Side.CLIENT) == list(WORDS)
    assert texts(sensors, Side.SERVER) == ["Hello", "", ""], "the library's bug is repaired"
    asked = [sent.frame for sent in sensors.frames() if sent.sender is Side.CLIENT][:3]
    for frame, words in zip(asked, WORDS, strict=True):
        unpacker = zlib.decompressobj(wbits=-15)
        assert unpacker.decompress(frame.payload).decode() == words and unpacker.eof
        assert frame.payload[0] & 1, "BFINAL is not set"


def a_pong_comes_before_the_101(made: Recordings) -> None:
    meter = made["ticket-6"]
    sent, got = (meter.bytes_from(side) for side in Side)
    early = sent[len(meter.handshake.request.encode()) :]
    ping, pong = Frame.parse(early), Frame.parse(got)
    assert (ping.opcode, pong.opcode) == (Opcode.PING, Opcode.PONG)
    assert ping.payload == pong.payload and ping.encode() == early
    assert Response.parse(got[len(pong.encode()) :]).status == 101
    assert broken(meter) == [] and meter.handshake.response is None


def the_proxy_says_101_for_nobody(made: Recordings) -> None:
    feed = made["ticket-7"]
    assert feed.handshake.upgraded and broken(feed) == []
    assert feed.handshake.response.headers.get("Server").startswith("TornadoServer")
    assert feed.frames() == [] and ends(feed)[0] == (Side.SERVER, "eof")


def an_order_is_accepted_twice(made: Recordings) -> None:
    first, second = made["ticket-8-first"], made["ticket-8-second"]
    assert broken(first) == broken(second) == []
    assert texts(first, Side.CLIENT) == texts(second, Side.CLIENT)
    for number, recording in enumerate((first, second), 1):
        (answer,) = texts(recording, Side.SERVER)
        assert answer.startswith(f"accepted, number {number}: ")
    assert ends(first) == [(Side.CLIENT, "reset")] and codes(first) == []
    assert codes(second)[0] == (Side.CLIENT, CloseCode.NORMAL_CLOSURE)


FACTS = (
    *(a_proxy_takes_two_headers, a_letter_is_cut, each_end_accuses_the_other),
    *(the_code_does_not_pass_the_hop, all_but_the_first_come_back_empty),
    *(a_pong_comes_before_the_101, the_proxy_says_101_for_nobody, an_order_is_accepted_twice),
)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_the_file_shows_it(fact) -> None:
    fact(KEPT)


async def test_it_can_be_caused_again(tmp_path: Path) -> None:
    made = await record()
    assert set(made) == set(KEPT)
    saved = {name: taped.save(tmp_path / f"{name}.wscap") for name, taped in made.items()}
    again = {name: Recording.load(path) for name, path in saved.items()}
    for fact in FACTS:
        fact(again)
    for name in sorted(EXACT):
        assert saved[name].read_text(encoding="utf-8") == (FOLDER / f"{name}.wscap").read_text(
            encoding="utf-8"
        ), name


@pytest.mark.parametrize("side", Side)
def test_the_file_has_the_seconds_of_which_the_ticket_speaks(side: Side) -> None:
    desk = KEPT[f"ticket-3-{side.value}"]
    assert waits(desk) == pytest.approx([12, 33, 60], abs=2.5)
    assert desk.endings[0].at == pytest.approx(108, abs=2)


async def test_another_server_answers_the_same_bytes_in_order() -> None:
    """Which is how ticket 6 could stay hidden for years; the feed speaks tornado."""
    sent = KEPT["ticket-6"].bytes_from(Side.CLIENT).replace(b"/echo", b"/socket")
    with Feed() as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(sent)
        answer = await asyncio.wait_for(reader.readuntil(b"alive?"), LIMIT)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 101") and answer.endswith(b"\r\n\r\n\x8a\x06alive?")


async def test_without_context_takeover_the_packed_messages_come_back() -> None:
    """The second way out that ticket 5 names."""
    made = await packed_messages("client_no_context_takeover")
    assert texts(made["ticket-5"], Side.SERVER) == list(WORDS)


@pytest.mark.parametrize("name", KEPT)
def test_nothing_of_anybody_is_in_it(name: str) -> None:
    data = b"\n".join(KEPT[name].bytes_from(side) for side in Side)
    data += b"\n".join(sent.frame.payload for sent in KEPT[name].frames())
    text = (FOLDER / f"{name}.wscap").read_text(encoding="utf-8")
    for secret in {TOKEN, getpass.getuser(), socket.gethostname()} - {"root", "localhost"}:
        assert secret.encode() not in data and secret not in text
    assert not re.search(rb"127\.0\.0\.1|localhost|/home/|/tmp/|\b202[0-57-9]\b", data)
    assert set(re.findall(rb"(?<=proxy/)\d+", data)) <= {b"54321"}
    for hidden in ("Authorization", "Set-Cookie"):
        for head in filter(None, (KEPT[name].handshake.request, KEPT[name].handshake.response)):
            assert set(head.headers.get(hidden, "")) <= set("* ")
