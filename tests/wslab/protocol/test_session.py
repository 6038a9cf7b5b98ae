"""What a sequence of frames means: states, messages, compression, UTF-8."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import CONVERSATIONS, DEFLATE, SMILE, Conversation, packed
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.handshake import Deflate
from wslab.protocol.session import (
    STATE_TRANSITIONS,
    EndpointState,
    Session,
    StateTrigger,
    Step,
    inflate,
)


def steps_of(conversation: Conversation) -> list[Step]:
    session = Session(conversation.deflate)
    steps = []
    for sender, data in conversation.frames:
        frame = Frame.parse(data)
        assert frame is not None and frame.encode() == data
        steps.append(session.feed(sender, frame))
    return steps


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda item: item.name)
def test_messages(conversation: Conversation) -> None:
    steps = steps_of(conversation)
    messages = [step.message for step in steps if step.message is not None]
    assert tuple(message.data for message in messages) == conversation.messages
    assert [step.index for step in steps] == list(range(len(steps)))


def test_a_message_tells_how_it_travelled() -> None:
    session = Session(DEFLATE)
    whole = packed(b"Hello" * 50)
    session.feed(Side.CLIENT, Frame(Opcode.BINARY, whole[:3], fin=False, rsv1=True, mask=b"1234"))
    step = session.feed(Side.CLIENT, Frame(Opcode.CONTINUATION, whole[3:], mask=b"abcd"))
    assert step.message is not None and step.open_message is Opcode.BINARY
    assert step.message.data == b"Hello" * 50
    assert (step.message.frames, step.message.compressed) == (2, True)
    assert (step.message.sender, step.message.opcode) == (Side.CLIENT, Opcode.BINARY)


def test_the_two_directions_do_not_mix() -> None:
    session = Session()
    session.feed(Side.CLIENT, Frame(Opcode.TEXT, b"from the ", fin=False))
    assert session.feed(Side.SERVER, Frame(Opcode.TEXT, b"hi")).open_message is None
    step = session.feed(Side.CLIENT, Frame(Opcode.CONTINUATION, b"client"))
    assert step.message is not None and step.message.data == "from the client"


def test_states_through_a_closing_handshake() -> None:
    session = Session()
    assert session.state(Side.CLIENT) is EndpointState.OPEN is session.state(Side.SERVER)
    step = session.feed(Side.SERVER, Frame(Opcode.CLOSE))
    assert (step.before, step.after, step.close_sent) == (
        EndpointState.OPEN,
        EndpointState.CLOSING,
        False,
    )
    assert session.state(Side.CLIENT) is EndpointState.CLOSING
    step = session.feed(Side.CLIENT, Frame(Opcode.CLOSE))
    assert (step.before, step.after, step.close_sent) == (
        EndpointState.CLOSING,
        EndpointState.CLOSING,
        False,
    )
    assert session.feed(Side.CLIENT, Frame(Opcode.PING)).close_sent
    session.end()
    assert session.state(Side.CLIENT) is EndpointState.CLOSED is session.state(Side.SERVER)
    session.end()  # nothing follows CLOSED
    assert session.state(Side.CLIENT) is EndpointState.CLOSED


def test_the_table_of_transitions_leaves_no_state_without_an_end() -> None:
    for state in EndpointState:
        ends = STATE_TRANSITIONS.get((state, StateTrigger.TCP_ENDS))
        assert ends is (None if state is EndpointState.CLOSED else EndpointState.CLOSED)
    assert (repr(EndpointState.OPEN), repr(StateTrigger.TCP_ENDS)) == (
        "EndpointState.OPEN",
        "StateTrigger.TCP_ENDS",
    )


def test_a_control_or_reserved_frame_leaves_the_open_message_alone() -> None:
    session = Session()
    session.feed(Side.SERVER, Frame(Opcode.TEXT, b"a", fin=False))
    for opcode in (Opcode.PING, Opcode.PONG, 0x3, 0xB):
        assert session.feed(Side.SERVER, Frame(opcode)).open_message is Opcode.TEXT
    step = session.feed(Side.SERVER, Frame(Opcode.CONTINUATION, b"b"))
    assert step.message is not None and step.message.data == "ab"


@given(st.text(max_size=40), st.data())
def test_text_cut_anywhere_is_still_text(text: str, data: st.DataObject) -> None:
    raw, session, start = text.encode(), Session(), 0
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=5))) + [len(raw)]
    opcode = Opcode.TEXT
    for number, cut in enumerate(cuts):
        fin = number == len(cuts) - 1
        step = session.feed(Side.SERVER, Frame(opcode, raw[start:cut], fin=fin))
        assert step.bad_utf8 is None
        start, opcode = cut, Opcode.CONTINUATION
    assert step.message is not None and step.message.data == text


@given(st.binary(max_size=40), st.integers(0, 40))
def test_the_first_impossible_byte_is_named_wherever_the_cut(raw: bytes, cut: int) -> None:
    try:
        raw.decode()
        expected = None
    except UnicodeDecodeError as error:
        expected = error.start
    session = Session()
    first = session.feed(Side.SERVER, Frame(Opcode.TEXT, raw[:cut], fin=False))
    second = session.feed(Side.SERVER, Frame(Opcode.CONTINUATION, raw[cut:]))
    found = [step.bad_utf8 for step in (first, second) if step.bad_utf8 is not None]
    assert found == ([] if expected is None else [expected])


def test_the_offset_counts_from_the_start_of_the_message() -> None:
    session = Session()
    session.feed(Side.SERVER, Frame(Opcode.TEXT, b"abc" + SMILE[:2], fin=False))
    step = session.feed(Side.SERVER, Frame(Opcode.CONTINUATION, b"("))
    assert step.bad_utf8 == 3


@given(st.lists(st.binary(max_size=400), max_size=6), st.booleans(), st.integers(9, 15))
def test_what_zlib_packs_is_unpacked(messages: list[bytes], forgets: bool, bits: int) -> None:
    session = Session(Deflate(client_no_context_takeover=forgets, client_max_window_bits=bits))
    packer = zlib.compressobj(wbits=-bits)
    for data in messages:
        if forgets:
            packer = zlib.compressobj(wbits=-bits)
        wire = (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        step = session.feed(Side.CLIENT, Frame(Opcode.BINARY, wire, rsv1=True, mask=b"abcd"))
        assert step.message is not None and step.message.data == data and step.deflate


def test_a_window_reaches_back_over_long_messages() -> None:
    session, packer = Session(DEFLATE), zlib.compressobj(wbits=-15)
    for number in range(5):
        data = bytes(range(256)) * 100 + b"%d" % number
        wire = (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        step = session.feed(Side.SERVER, Frame(Opcode.BINARY, wire, rsv1=True))
        assert step.message is not None and step.message.data == data


def test_a_back_reference_may_reach_over_the_whole_window() -> None:
    session, packer = Session(DEFLATE), zlib.compressobj(wbits=-15)
    noise = random.Random(7692).randbytes(32_400)  # zlib looks back 32,506 bytes at most
    for data in (noise, noise[:100]):
        wire = (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        step = session.feed(Side.SERVER, Frame(Opcode.BINARY, wire, rsv1=True))
        assert step.message is not None and step.message.data == data
    assert len(wire) < 20


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed(bytes(5_000_000))
    session = Session(DEFLATE, max_message=1000)
    step = session.feed(Side.SERVER, Frame(Opcode.BINARY, bomb, rsv1=True))
    assert step.message is None and step.bad_deflate == "unpacks to more than 1,000 bytes"
    assert inflate(packed(bytes(1000)), limit=1000) == bytes(1000)
    with pytest.raises(ValueError, match="more than 999 bytes"):
        inflate(packed(bytes(1000)), limit=999)


def test_after_bad_data_the_next_message_counts() -> None:
    session = Session(DEFLATE)
    assert session.feed(Side.SERVER, Frame(Opcode.TEXT, b"\xff\xff", rsv1=True)).bad_deflate
    step = session.feed(Side.SERVER, Frame(Opcode.TEXT, packed(b"ok"), rsv1=True))
    assert step.message is not None and step.message.data == "ok"


@pytest.mark.parametrize(
    "wire",
    [
        "f2 48 cd c9 c9 07 00",
        "f2 00 11 00 00",
        "00 05 00 fa ff 48 65 6c 6c 6f 00",
        "f3 48 cd c9 c9 07 00 00",
        "f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
    ],
    ids=["one block", "from the window", "not packed", "a last block", "two blocks"],
)
def test_the_examples_of_rfc_7692(wire: str) -> None:
    """§7.2.3: the word Hello in every form."""
    assert inflate(bytes.fromhex(wire), window=b"Hello") == b"Hello"


def test_an_empty_message_is_one_byte() -> None:
    """RFC 7692 §7.2.3.6. Without that byte, what a receiver appends is no DEFLATE."""
    assert inflate(b"\x00") == b""
    with pytest.raises(ValueError, match="not DEFLATE"):
        inflate(b"")


@pytest.mark.parametrize("cut", range(1, 6))
def test_data_that_is_cut_short_does_not_unpack(cut: int) -> None:
    with pytest.raises(ValueError, match="not DEFLATE data"):
        inflate(packed(b"Hello")[:cut])


def test_data_that_leaves_a_block_open_does_not_unpack() -> None:
    with pytest.raises(ValueError, match="ends inside a block"):
        inflate(bytes.fromhex("00 10 00 ef ff"))  # 16 bytes are to follow


def test_a_great_many_last_blocks_unpack() -> None:
    blocks = 20_000
    assert inflate(b"\x01\x01\x00\xfe\xffa" * blocks + b"\x00") == b"a" * blocks


def test_one_lost_message_is_one_fault() -> None:
    """A later message that reaches back to it cannot be unpacked, and is innocent."""
    session, packer = Session(DEFLATE), zlib.compressobj(wbits=-15)
    noise = random.Random(7692).randbytes(1000)
    wires = [(packer.compress(noise) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for _ in range(3)]
    wires[0] = b"\xff" + wires[0]
    steps = [session.feed(Side.SERVER, Frame(Opcode.BINARY, wire, rsv1=True)) for wire in wires]
    assert [bool(step.bad_deflate) for step in steps] == [True, False, False]
    assert all(step.message is None for step in steps)


def test_without_takeover_every_message_is_judged_alone() -> None:
    session = Session(Deflate(server_no_context_takeover=True))
    steps = [session.feed(Side.SERVER, Frame(Opcode.TEXT, b"\xff", rsv1=True)) for _ in range(2)]
    assert all(step.bad_deflate for step in steps)
