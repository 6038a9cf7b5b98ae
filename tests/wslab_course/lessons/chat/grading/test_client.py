"""What a scripted client sends, hears, and says of a server that does otherwise."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from wslab.network.chat.server import ChatPage, ChatServer
from wslab_course.lessons.chat.grading.client import CheckFailed, ScriptedClient, is_say

PATIENCE = 0.3  # seconds; only what never comes takes as long


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with ChatServer(keepalive=0.3) as server:
        yield server


def client(server: ChatPage | str, label: str = "ann", patience: float = 5.0) -> ScriptedClient:
    url = server if isinstance(server, str) else server.url
    return ScriptedClient(label, label, url, patience)


async def test_it_joins_says_hears_and_keeps_a_transcript(server: ChatServer) -> None:
    ann = client(server)
    await ann.open()
    await ann.join()
    await ann.say("hi")
    message = await ann.hears_text("hi", "its own words")
    assert is_say(message, "hi") and ann.times("hi") == 1
    await ann.close()
    await ann.end()
    assert ann.transcript.client == "ann"
    assert list(ann.transcript.lines) == [
        "· connects",
        '→ {"type": "join", "name": "ann"}',
        '← {"type":"join","id":1,"at":"…","name":"ann"}',
        '→ {"type": "say", "text": "hi"}',
        '← {"type":"say","id":2,"at":"…","name":"ann","text":"hi"}',
        "· closes the connection with 1000",
        "· the connection ends: 1000",
    ]


async def test_what_does_not_come_is_a_sentence(server: ChatServer) -> None:
    ann = client(server, patience=PATIENCE)
    await ann.open()
    with pytest.raises(CheckFailed, match=r"^ann did not hear the news within 0\.3 s\.$"):
        await ann.hears_text("news", "the news")
    with pytest.raises(CheckFailed, match=r"^this got no error within 0\.3 s\.$"):
        await ann.is_refused(0, "this")
    await ann.end()


async def test_a_closed_connection_is_a_sentence(server: ChatServer) -> None:
    ann = client(server)
    await ann.open()
    await ann.send("x" * 20_000)
    with pytest.raises(CheckFailed, match=r"closed ann's connection meanwhile \(1009 frame with"):
        await ann.hears_text("news", "the news")
    with pytest.raises(CheckFailed, match="before it could send this"):
        await ann.say("x")
    await ann.try_to_send("x")
    with pytest.raises(
        CheckFailed, match="this got no error: the server closed the connection instead"
    ):
        await ann.is_refused(len(ann.received), "this")
    assert ann.close_code == 1009
    await ann.end()


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:1/", "http://127.0.0.1:1/", "no url", "ws://a.invalid/"]
)
async def test_what_cannot_be_reached_is_a_sentence(url: str, slow: bool) -> None:
    ann = client(url)
    with pytest.raises(CheckFailed, match="could not connect: "):
        await ann.open(slow=slow)
    await ann.end()


async def test_rubbish_is_heard_as_nothing(server: ChatServer) -> None:
    async def chat(ws) -> None:
        for data in (b"\xff", "[" * 50_000, "[]", "7", '{"type": {}}', '{"type": "say"}'):
            await ws.send(data)
        await ws.wait_closed()

    async with ChatPage(chat) as rubbish:
        ann = client(rubbish)
        await ann.open()
        await ann.hears(lambda message: message.get("type") == "say", "a say")
        assert ann.received == [{}, {}, {}, {}, {"type": {}}, {"type": "say"}]
        await ann.end()
    assert "← 1 byte: ff" in ann.transcript.lines


async def test_a_slow_client_reads_nothing_until_it_does(server: ChatServer) -> None:
    ann, sam = client(server), client(server, "sam")
    await sam.open(slow=True)
    await sam.tell("join", name="sam")
    await ann.open()
    await ann.join()
    await ann.say("hi")
    await ann.hears_text("hi", "its own words")
    assert sam.received == []
    sam.read()
    await sam.hears_text("hi", "ann")
    await sam.end()
    await ann.end()


@pytest.mark.parametrize("way", ["vanish", "vanish_in_mid_frame", "stop_reading"])
async def test_ways_to_be_gone(server: ChatServer, way: str) -> None:
    ann, dan = client(server), client(server, "dan")
    for one in (ann, dan):
        await one.open()
        await one.join()
    getattr(dan, way)(*["half a text"] * (way == "vanish_in_mid_frame"))
    left = await ann.hears_of("leave", dan, "that dan left")
    assert left["why"] == "lost"
    assert not [message for message in ann.received if message["type"] == "say"]
    await dan.end()
    await ann.end()


async def test_a_long_transcript_keeps_its_ends(server: ChatServer) -> None:
    ann = client(server)
    await ann.open()
    for number in range(100):
        await ann.send(json.dumps({"type": "history", "since": number, "x": "y" * 1000}))
    await ann.end()
    lines = ann.transcript.lines
    assert len(lines) < 40
    assert lines[0] == "· connects"
    assert any("lines are left out" in line for line in lines)
    assert all(len(line) < 200 for line in lines)


async def test_a_server_that_reads_nothing_is_a_sentence() -> None:
    async def deaf(ws) -> None:
        await asyncio.Event().wait()

    async with ChatPage(deaf) as server:
        ann = client(server, patience=PATIENCE)
        await ann.open()
        with pytest.raises(CheckFailed, match=r"the server read nothing from ann for 0\.3 s\."):
            while True:
                await ann.send("x" * 16_000)
        await ann.end()
