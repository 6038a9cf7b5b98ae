"""Kernel messages: v1's table of offsets, the JSON of old, and messages that are neither."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wslab.errors import WslabError
from wslab.protocol.kernel_messages import KernelMessage, join_v1, split_v1

# Two parts, byte by byte: three offsets, 32 (the end of the table), 34, 37.
SMALL = bytes.fromhex(
    "0300000000000000 2000000000000000 2200000000000000 2500000000000000 6869 616263"
)
REQUEST = KernelMessage(
    "shell",
    {"msg_id": "a1", "msg_type": "execute_request"},
    content={"code": "6*7"},
    buffers=(b"\x00\xff", b""),
)
FIELDS = ("channel", "header", "parent_header", "metadata", "content")


def test_the_table_says_where_each_part_ends() -> None:
    assert split_v1(SMALL) == [b"hi", b"abc"]
    assert join_v1([b"hi", b"abc"]) == SMALL


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8))
def test_what_is_joined_can_be_split(parts: list[bytes]) -> None:
    assert split_v1(join_v1(parts)) == parts


def test_jupyters_own_code_reads_what_we_write() -> None:
    jupyter = pytest.importorskip("jupyter_server.services.kernels.connection.base")
    channel, parts = jupyter.deserialize_msg_from_ws_v1(REQUEST.encode())
    assert (channel, [bytes(part) for part in parts[-2:]]) == ("shell", [b"\x00\xff", b""])
    theirs = jupyter.serialize_msg_to_ws_v1(parts, channel)
    assert theirs == REQUEST.encode()


@given(st.integers(0, 36), st.integers(0, 255))
def test_no_wrong_byte_is_more_than_an_error(place: int, byte: int) -> None:
    data = bytearray(SMALL)
    data[place] = byte
    try:
        assert b"".join(split_v1(bytes(data))) == bytes(data)[32:]
    except WslabError:
        assert place < 32, "the table was right"


IN_JSON = '{"channel": %s, "header": %s, "parent_header": {}, "metadata": {}, "content": {}}'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "these 0 bytes have no room"),
        (SMALL[:31], "31 bytes have no room for the 3"),
        (bytes(8), "no room for the 0"),
        (b"\xff" * 40, "no room for the 18446744073709551615"),
        (SMALL[:-1], "to the end of the message, 36; found 32, 34, 37"),
        (SMALL[:8] + b"\x21" + SMALL[9:], "from the end of the table, 32"),
        (SMALL[:16] + b"\x30" + SMALL[17:], "found 32, 48, 37"),
        (join_v1([b"shell", b"{}", b"{}", b"{}"]), "found 3 parts after the channel"),
        (join_v1([b"shell", b"{}", b"[]", b"{}", b"{}"]), r"found b'\[\]'"),
        (join_v1([b"shell", b"{}", b"{}", b"{", b"{}"]), "found b'{'"),
        ("[]", r"found '\[\]'"),
        ('{"channel": "shell"}', "has a field 'header'"),
        (IN_JSON % ("7", "{}"), "the channel of a kernel message is text; found"),
        (IN_JSON % ('"shell"', "[]"), "a part of a kernel message is a JSON object; found"),
    ],
    ids=str,
)
def test_what_is_no_message(data: bytes | str, words: str) -> None:
    with pytest.raises(WslabError, match=words):
        KernelMessage.parse(data)


def test_a_long_table_is_not_quoted_whole() -> None:
    data = bytearray(join_v1([b"x"] * 10_000))
    data[-1:] = b""  # one byte less than the last offset announces
    with pytest.raises(WslabError) as caught:
        split_v1(bytes(data))
    assert str(caught.value).endswith("80022, 80023 and 9,993 more")
    assert len(str(caught.value)) < 300


def test_a_message_in_v1_and_in_json() -> None:
    assert KernelMessage.parse(REQUEST.encode()) == REQUEST
    text = json.dumps({name: getattr(REQUEST, name) for name in FIELDS})
    read = KernelMessage.parse(text)
    assert (read.channel, read.header, read.content) == ("shell", REQUEST.header, {"code": "6*7"})
    assert (read.kind, read.id, read.parent, read.buffers) == ("execute_request", "a1", "", ())


def test_a_channel_of_any_characters_can_be_written() -> None:
    message = KernelMessage.parse(IN_JSON % ('"\\ud800"', "{}"))
    assert KernelMessage.parse(message.encode()).channel == "?"


def test_an_answer_names_what_it_answers() -> None:
    answer = KernelMessage("shell", {"msg_type": "execute_reply"}, parent_header=REQUEST.header)
    assert (answer.parent, answer.id, KernelMessage("iopub", {}).kind) == ("a1", "", "")
