"""The recordings of a kernel's WebSocket hold what 10 says of them, and nothing of anybody."""

import getpass
import re
import socket

import pytest

from tests.recordings.handshakes import FOLDER
from tests.recordings.kernel import HOST, IN_JSON, REQUEST, record
from tests.wslab_course.lessons.you_use_one.jupyter_process import TOKEN
from wslab.protocol.frames import Opcode, Side
from wslab.protocol.kernel_messages import V1, KernelMessage
from wslab.protocol.recording.recording import Recording

NAMES = ("kernel", "kernel-json", "kernel-broken", "kernel-refused")
SAID = [
    ("iopub", "execute_input"),
    ("iopub", "execute_result"),
    ("iopub", "status"),
    ("iopub", "status"),
    ("iopub", "stream"),
    ("shell", "execute_reply"),
]
each = pytest.mark.parametrize("name", NAMES)


def taped(name: str) -> Recording:
    return Recording.load(FOLDER / f"{name}.wscap")


def answers(recording: Recording) -> list[KernelMessage]:
    """What the kernel said about our request."""
    read = [
        KernelMessage.parse(message.data)
        for message in recording.messages()
        if message.sender is Side.SERVER
    ]
    return [message for message in read if message.parent == "ask-1"]


def asked(recording: Recording) -> list[bytes | str]:
    return [found.data for found in recording.messages() if found.sender is Side.CLIENT]


@each
def test_nothing_of_anybody_is_in_it(name: str) -> None:
    data = b"\n".join(taped(name).bytes_from(side) for side in Side)
    unmasked = b"\n".join(sent.frame.payload for sent in taped(name).frames())
    text = (FOLDER / f"{name}.wscap").read_text(encoding="utf-8")
    for secret in {TOKEN, getpass.getuser(), socket.gethostname()} - {"root", "localhost"}:
        assert secret.encode() not in data + unmasked and secret not in text
    assert not re.search(rb"127\.0\.0\.1|localhost|/home/|/tmp/", data + unmasked)
    for found in re.findall(rb"\b[0-9a-f]{8}-[0-9a-f-]{24,27}", data + unmasked):
        assert re.fullmatch(rb"0{7}\d-[04-]*(0|42|8000-0*42)", found), found
    assert taped(name).handshake.request.headers.get("Host") == HOST
    assert set(taped(name).handshake.response.headers.get("Set-Cookie", "")) <= set("* ")


@each
def test_every_rule_of_websocket_is_kept(name: str) -> None:
    assert [str(found) for found in taped(name).findings() if not found.ok] == []


def test_v1_is_agreed_on_and_travels_in_binary() -> None:
    recording = taped("kernel")
    assert recording.handshake.subprotocol == V1
    assert {sent.frame.opcode for sent in recording.frames()} == {Opcode.BINARY, Opcode.CLOSE}
    assert asked(recording) == [REQUEST]
    assert sorted((found.channel, found.kind) for found in answers(recording)) == SAID
    kinds = [found.kind for found in answers(recording)]
    assert kinds.index("execute_reply") < kinds.index("stream"), "10 says that it overtook"


def test_without_a_subprotocol_it_is_json() -> None:
    recording = taped("kernel-json")
    assert recording.handshake.subprotocol is None
    assert {sent.frame.opcode for sent in recording.frames()} == {Opcode.TEXT, Opcode.CLOSE}
    assert asked(recording) == [IN_JSON]
    assert sorted((found.channel, found.kind) for found in answers(recording)) == SAID


def test_a_wrong_offset_gets_no_answer_and_text_ends_it_without_a_close() -> None:
    recording = taped("kernel-broken")
    assert len(asked(recording)) == 3
    last_answer = max(s.index for s in recording.frames() if s.sender is Side.SERVER)
    assert [s.frame.opcode for s in recording.frames()][last_answer + 1 :] == [2, 1]
    assert Opcode.CLOSE not in [sent.frame.opcode for sent in recording.frames()]
    assert [ending.sender for ending in recording.endings][0] is Side.SERVER


def test_without_a_token_it_is_403() -> None:
    recording = taped("kernel-refused")
    assert "Authorization" not in recording.handshake.request.headers
    assert recording.handshake.response.status == 403


async def test_they_can_be_made_again() -> None:
    again = await record()
    assert set(again) == set(NAMES)
    for name in ("kernel", "kernel-json"):
        assert asked(again[name]) == asked(taped(name))
        assert sorted((found.channel, found.kind) for found in answers(again[name])) == SAID
    assert again["kernel-broken"].endings[0].sender is Side.SERVER
    assert again["kernel-refused"].handshake.response.status == 403
