"""Our frames against two libraries that know the protocol well, in both directions.

What we encode they must read as we meant it, and what they encode we must read as
they meant it. On bytes that break a rule, somebody who refuses them must find that
our rules refuse them too: where the libraries differ, the difference is listed.
"""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from websockets.frames import Frame as WebsocketsFrame
from websockets.frames import Opcode as WebsocketsOpcode
from websockets.protocol import CLIENT, SERVER, Protocol
from wsproto.frame_protocol import FrameProtocol, ParseFailed
from wsproto.frame_protocol import Opcode as WsprotoOpcode

from wslab.protocol.frames import Frame, FrameReader, Opcode, Side
from wslab.protocol.rules.frames import check_session
from wslab.protocol.session import Session

payloads = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([125, 126, 127, 65535, 65536]).map(bytes),
    st.integers(0, 3000).map(lambda size: bytes(range(256)) * (size // 256 + 1)),
)
data_opcodes = st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION])
keys = st.binary(min_size=4, max_size=4)


@given(data_opcodes, payloads, st.booleans(), st.none() | keys)
@settings(max_examples=200)
def test_websockets_reads_what_we_write(
    opcode: Opcode, payload: bytes, fin: bool, mask: bytes | None
) -> None:
    wire = Frame(opcode, payload, fin=fin, mask=mask).encode()
    reader = Protocol(SERVER if mask else CLIENT, max_size=None)
    begun = opcode is Opcode.CONTINUATION
    if begun:
        reader.receive_data(Frame(Opcode.BINARY, b"", fin=False, mask=mask and b"abcd").encode())
    reader.receive_data(wire)
    frame = reader.events_received()[int(begun)]
    assert reader.parser_exc is None and isinstance(frame, WebsocketsFrame)
    assert (int(frame.opcode), bytes(frame.data), frame.fin) == (int(opcode), payload, fin)


@given(st.sampled_from(list(WebsocketsOpcode)), payloads, st.booleans(), st.booleans())
@settings(max_examples=200)
def test_we_read_what_websockets_writes(
    opcode: WebsocketsOpcode, payload: bytes, fin: bool, mask: bool
) -> None:
    if opcode >= WebsocketsOpcode.CLOSE:  # it refuses to write an illegal control frame
        fin, payload = True, payload[:125]
    wire = WebsocketsFrame(opcode, payload, fin=fin).serialize(mask=mask)
    frame = Frame.parse(wire)
    assert frame is not None and frame.encode() == wire
    assert (int(frame.opcode), frame.payload, frame.fin) == (int(opcode), payload, fin)
    assert (frame.mask is not None) == mask


@given(st.sampled_from([Opcode.TEXT, Opcode.BINARY]), st.text(max_size=300), st.booleans())
def test_wsproto_reads_what_we_write(opcode: Opcode, text: str, masked: bool) -> None:
    wire = Frame(opcode, text.encode(), mask=b"\x01\x02\x03\xff" if masked else None).encode()
    reader = FrameProtocol(client=not masked, extensions=[])
    reader.receive_bytes(wire)
    (frame,) = reader.received_frames()
    payload = frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)
    assert (int(frame.opcode), payload) == (int(opcode), text.encode())
    assert frame.frame_finished and frame.message_finished


@given(payloads, st.booleans(), st.booleans())
def test_we_read_what_wsproto_writes(payload: bytes, fin: bool, client: bool) -> None:
    writer = FrameProtocol(client=client, extensions=[])
    wire = writer.send_data(payload, fin)
    frame = Frame.parse(wire)
    assert frame is not None and frame.encode() == wire
    assert (int(frame.opcode), frame.payload) == (int(WsprotoOpcode.BINARY), payload)
    assert frame.fin == fin and (frame.mask is not None) == client


# Small frames with every kind of fault, often: uniform bytes would be nearly all noise.
odd_frames = st.builds(
    Frame,
    st.sampled_from([0, 1, 2, 3, 8, 9, 10, 11]),
    st.sampled_from(
        [b"", b"\x03", b"\x03\xe8", b"\x03\xee", b"\x03\xe8\xff", b"Hello", b"\xe2\x98"]
    ),
    fin=st.booleans(),
    rsv1=st.sampled_from([False, False, False, True]),
    rsv2=st.sampled_from([False, False, False, True]),
    mask=st.sampled_from([None, b"abcd", b"abcd", b"abcd"]),
    length_size=st.sampled_from([None, None, None, 2, 8]),
)
streams = st.lists(odd_frames, min_size=1, max_size=4).map(
    lambda frames: b"".join(frame.encode() for frame in frames)
) | st.binary(min_size=2, max_size=40)


def until_close(stream: bytes) -> bytes:
    """The whole frames of a stream up to its first Close: no library listens any longer."""
    whole = b""
    for frame in FrameReader().feed(stream):
        whole += frame.encode()
        if frame.opcode == Opcode.CLOSE:
            break
    return whole


def faults(stream: bytes) -> list[str]:
    """The rules that our side sees broken when a client sends `stream`, in order."""
    session = Session()
    steps = [session.feed(Side.CLIENT, frame) for frame in FrameReader().feed(stream)]
    return [finding.rule for finding in check_session(steps) if not finding.ok]


@given(streams)
@example(b"\x01\x80abcd\x88\x80abcd")
@settings(max_examples=600)
def test_what_websockets_refuses_breaks_a_rule_and_the_reverse(stream: bytes) -> None:
    whole = until_close(stream)
    reader = Protocol(SERVER, max_size=None)
    reader.receive_data(whole)
    # It refuses a Close between two fragments, which RFC 6455 §5.4 allows.
    allowed = str(reader.parser_exc) == "incomplete fragmented message"
    refused = reader.parser_exc is not None and not allowed
    # It accepts a wasteful length, and checks the text of messages above this parser.
    elsewhere = {"length-is-shortest", "text-is-utf8"}
    assert refused == bool(set(faults(whole)) - elsewhere)


@given(streams)
@settings(max_examples=600)
def test_what_wsproto_refuses_breaks_a_rule_and_the_reverse(stream: bytes) -> None:
    whole = until_close(stream)
    reader, refused = FrameProtocol(client=False, extensions=[]), False
    reader.receive_bytes(whole)
    try:
        list(reader.received_frames())
    except ParseFailed:
        refused = True
    assert refused == bool(faults(whole))
