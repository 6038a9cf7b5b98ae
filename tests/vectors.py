"""One table of named byte vectors: frames, and conversations made of frames.

Frames, rules, dissect and inspectors are all tested against it. A vector says who
sent it and which rules it breaks, by name, in the order in which they are listed.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

from wslab.protocol.frames import Side
from wslab.protocol.handshake import Deflate

CLIENT, SERVER = Side.CLIENT, Side.SERVER


class FrameVector(NamedTuple):
    """One whole frame, as it travels."""

    name: str
    sender: Side
    data: bytes
    breaks: tuple[str, ...] = ()


def _hex(text: str) -> bytes:
    return bytes.fromhex(text)


HELLO = _hex("8105 48656c6c6f")
HELLO_MASKED = _hex("8185 37fa213d 7f9f4d5158")

FRAMES: tuple[FrameVector, ...] = (
    # RFC 6455 §5.7, the examples of the standard itself
    FrameVector("hello", SERVER, HELLO),
    FrameVector("hello masked", CLIENT, HELLO_MASKED),
    FrameVector("first half of hello", SERVER, _hex("0103 48656c")),
    FrameVector("ping hello", SERVER, _hex("8905 48656c6c6f")),
    FrameVector("pong hello masked", CLIENT, _hex("8a85 37fa213d 7f9f4d5158")),
    FrameVector("256 bytes", SERVER, _hex("827e 0100") + bytes(256)),
    FrameVector("64 KiB", SERVER, _hex("827f 0000000000010000") + bytes(65536)),
    # the edges of the three length forms
    FrameVector("empty text", SERVER, _hex("8100")),
    FrameVector("empty text masked", CLIENT, _hex("8180 00000000")),
    FrameVector("125 bytes", SERVER, _hex("827d") + bytes(125)),
    FrameVector("126 bytes", SERVER, _hex("827e 007e") + bytes(126)),
    FrameVector("65,535 bytes", SERVER, _hex("827e ffff") + bytes(65535)),
    FrameVector("126 bytes masked", CLIENT, _hex("82fe 007e 01020304") + bytes(126)),
    # the ways to say good-bye
    FrameVector("empty close", SERVER, _hex("8800")),
    FrameVector("close 1000", SERVER, _hex("8802 03e8")),
    FrameVector("close 1000 masked", CLIENT, _hex("8882 01020304 02ea")),
    FrameVector("close 1001 with a reason", SERVER, _hex("8805 03e9") + b"bye"),
    FrameVector("close 3000", SERVER, _hex("8802 0bb8")),
    FrameVector("close 4999", SERVER, _hex("8802 1387")),
    # one broken rule each
    FrameVector("unmasked client", CLIENT, HELLO, ("masked-by-the-client-only",)),
    FrameVector("masked server", SERVER, HELLO_MASKED, ("masked-by-the-client-only",)),
    FrameVector("rsv1 unasked", SERVER, _hex("c105 48656c6c6f"), ("reserved-bits-are-zero",)),
    FrameVector("rsv2", SERVER, _hex("a105 48656c6c6f"), ("reserved-bits-are-zero",)),
    FrameVector("rsv3", SERVER, _hex("9105 48656c6c6f"), ("reserved-bits-are-zero",)),
    FrameVector("opcode 3", SERVER, _hex("8300"), ("opcode-is-defined",)),
    FrameVector("opcode 0xB", SERVER, _hex("8b00"), ("opcode-is-defined",)),
    FrameVector("3 in two length bytes", SERVER, _hex("827e 0003 616263"), ("length-is-shortest",)),
    FrameVector(
        "3 in eight length bytes",
        SERVER,
        _hex("827f 0000000000000003 616263"),
        ("length-is-shortest",),
    ),
    FrameVector("ping of 126", SERVER, _hex("897e 007e") + bytes(126), ("control-frame-is-short",)),
    FrameVector("fragmented ping", SERVER, _hex("0900"), ("control-frame-is-whole",)),
    FrameVector("fragmented close", SERVER, _hex("0800"), ("control-frame-is-whole",)),
    FrameVector("close of 1 byte", SERVER, _hex("8801 03"), ("close-payload-holds-a-code",)),
    FrameVector("close 999", SERVER, _hex("8802 03e7"), ("close-code-may-be-sent",)),
    FrameVector("close 1004", SERVER, _hex("8802 03ec"), ("close-code-may-be-sent",)),
    FrameVector("close 1005", SERVER, _hex("8802 03ed"), ("close-code-may-be-sent",)),
    FrameVector("close 1006", SERVER, _hex("8802 03ee"), ("close-code-may-be-sent",)),
    FrameVector("close 1015", SERVER, _hex("8802 03f7"), ("close-code-may-be-sent",)),
    FrameVector("close 2999", SERVER, _hex("8802 0bb7"), ("close-code-may-be-sent",)),
    FrameVector("close 5000", SERVER, _hex("8802 1388"), ("close-code-may-be-sent",)),
    FrameVector("close bad reason", SERVER, _hex("8804 03e8 c328"), ("close-reason-is-utf8",)),
    # several at once
    FrameVector(
        "everything wrong",
        CLIENT,
        _hex("7b7e 0001 00"),
        (
            "masked-by-the-client-only",
            "reserved-bits-are-zero",
            "opcode-is-defined",
            "length-is-shortest",
            "control-frame-is-whole",
        ),
    ),
)

HEADERS_ALONE: tuple[FrameVector, ...] = (
    # judged before any payload arrives, because it may never arrive
    FrameVector("8 EiB", SERVER, _hex("827f 7fffffffffffffff")),
    FrameVector("top bit", SERVER, _hex("827f ffffffffffffffff"), ("length-top-bit-is-zero",)),
    FrameVector(
        "close of 4 GiB", SERVER, _hex("887f 0000000100000000"), ("control-frame-is-short",)
    ),
)


class Conversation(NamedTuple):
    """Whole frames in order. `breaks` pairs each broken rule with its frame's number."""

    name: str
    frames: tuple[tuple[Side, bytes], ...]
    breaks: tuple[tuple[int, str], ...] = ()
    messages: tuple[str | bytes, ...] = ()
    deflate: Deflate | None = None


def packed(data: bytes) -> bytes:
    """A permessage-deflate payload with an empty window (RFC 7692 §7.2.1)."""
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def finished(data: bytes) -> bytes:
    """The same, ended by a block with BFINAL 1, which is legal too (RFC 7692 §7.2.3.4)."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush(zlib.Z_FINISH)


ENDS_AND_GOES_ON = finished(b"Hel") + packed(b"lo")
DEFLATE = Deflate()
FORGETFUL = Deflate(server_no_context_takeover=True)
SMILE = "☺".encode()

CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "hello and echo", ((CLIENT, HELLO_MASKED), (SERVER, HELLO)), (), ("Hello", "Hello")
    ),
    Conversation(
        "two fragments with a ping between",
        ((SERVER, _hex("0103 48656c")), (SERVER, _hex("8900")), (SERVER, _hex("8002 6c6f"))),
        (),
        ("Hello",),
    ),
    Conversation(
        "a character cut by a frame boundary",
        ((SERVER, b"\x01\x01" + SMILE[:1]), (SERVER, b"\x80\x02" + SMILE[1:])),
        (),
        ("☺",),
    ),
    Conversation("binary", ((SERVER, _hex("8202 ff00")),), (), (b"\xff\x00",)),
    Conversation(
        "orphan continuation", ((SERVER, _hex("8000")),), ((0, "continuation-has-a-beginning"),)
    ),
    Conversation(
        "message inside a message",
        ((SERVER, _hex("0101 61")), (SERVER, _hex("8101 62"))),
        ((1, "message-is-not-interrupted"),),
        ("b",),
    ),
    Conversation(
        "text after close",
        ((SERVER, _hex("8802 03e8")), (SERVER, _hex("8101 61"))),
        ((1, "no-data-after-close"),),
        ("a",),
    ),
    Conversation(
        "a message goes on after close",
        (
            (CLIENT, _hex("0181 00000000 61")),
            (CLIENT, _hex("8880 00000000")),
            (CLIENT, _hex("8081 00000000 62")),
        ),
        ((2, "no-data-after-close"),),
        ("ab",),
    ),
    Conversation(
        "a ping answered after close",
        (
            (SERVER, _hex("8802 03e8")),
            (CLIENT, _hex("8980 01020304")),
            (SERVER, _hex("8a00")),
            (CLIENT, _hex("8882 01020304 02ea")),
        ),
    ),
    Conversation(
        "closed from both sides",
        ((CLIENT, _hex("8882 01020304 02ea")), (SERVER, _hex("8802 03e8"))),
    ),
    Conversation(
        "text with an impossible byte",
        ((SERVER, _hex("8103 61ff62")),),
        ((0, "text-is-utf8"),),
        (b"a\xffb",),
    ),
    Conversation(
        "text that ends in mid-character",
        ((SERVER, _hex("8102 e298")),),
        ((0, "text-is-utf8"),),
        (b"\xe2\x98",),
    ),
    Conversation(
        "an impossible byte is seen in its own frame",
        ((SERVER, _hex("0102 e228")), (SERVER, _hex("8001 61"))),
        ((0, "text-is-utf8"),),
        (b"\xe2\x28a",),
    ),
    Conversation(
        "half of a UTF-16 pair is seen at its second byte",
        ((SERVER, _hex("0101 ed")), (SERVER, _hex("0001 a0")), (SERVER, _hex("8001 80"))),
        ((1, "text-is-utf8"),),
        (b"\xed\xa0\x80",),
    ),
    Conversation(
        "the last character before those halves",
        ((SERVER, _hex("0102 ed9f")), (SERVER, _hex("8001 bf"))),
        (),
        ("\ud7ff",),
    ),
    # RFC 7692 §7.2.3, the examples of the standard itself
    Conversation(
        "compressed hello", ((SERVER, _hex("c107 f248cdc9c90700")),), (), ("Hello",), DEFLATE
    ),
    Conversation(
        "compressed in two frames",
        ((SERVER, _hex("4103 f248cd")), (SERVER, _hex("8004 c9c90700"))),
        (),
        ("Hello",),
        DEFLATE,
    ),
    Conversation(
        "the second hello leans on the first",
        ((SERVER, _hex("c107 f248cdc9c90700")), (SERVER, _hex("c105 f200110000"))),
        (),
        ("Hello", "Hello"),
        DEFLATE,
    ),
    Conversation(
        "not compressed at all",
        ((SERVER, _hex("c10b 000500faff48656c6c6f00")),),
        (),
        ("Hello",),
        DEFLATE,
    ),
    Conversation(
        "a stream that ends, and goes on",
        ((SERVER, _hex("c108 f348cdc9c9070000")), (SERVER, _hex("c105 f200110000"))),
        (),
        ("Hello", "Hello"),
        DEFLATE,
    ),
    Conversation(
        "a stream that ends in the middle of its message",
        ((SERVER, b"\xc1" + bytes([len(ENDS_AND_GOES_ON)]) + ENDS_AND_GOES_ON),),
        (),
        ("Hello",),
        DEFLATE,
    ),
    Conversation(
        "two blocks", ((SERVER, _hex("c10d f248050000 00ffffcac9c90700")),), (), ("Hello",), DEFLATE
    ),
    Conversation(
        "plain beside compressed",
        ((SERVER, HELLO), (SERVER, _hex("c107 f248cdc9c90700"))),
        (),
        ("Hello", "Hello"),
        DEFLATE,
    ),
    Conversation(
        "back reference into a forgotten window",
        ((SERVER, _hex("c107 f248cdc9c90700")), (SERVER, _hex("c105 f200110000"))),
        ((1, "compressed-data-unpacks"),),
        ("Hello",),
        FORGETFUL,
    ),
    Conversation(
        "rsv1 on a continuation",
        ((SERVER, _hex("4103 f248cd")), (SERVER, _hex("c004 c9c90700"))),
        ((1, "rsv1-is-on-a-first-frame"),),
        ("Hello",),
        DEFLATE,
    ),
    Conversation(
        "rsv1 on a ping", ((SERVER, _hex("c900")),), ((0, "rsv1-is-on-a-first-frame"),), (), DEFLATE
    ),
    Conversation(
        "compressed garbage",
        ((SERVER, _hex("c102 ffff")),),
        ((0, "compressed-data-unpacks"),),
        (),
        DEFLATE,
    ),
    Conversation(
        "compressed bytes that are not text",
        ((SERVER, b"\xc1" + bytes([len(packed(b"a\xff"))]) + packed(b"a\xff")),),
        ((0, "text-is-utf8"),),
        (b"a\xff",),
        DEFLATE,
    ),
)
