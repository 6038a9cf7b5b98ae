"""CATALOGUE: everything that a rogue server can do, one act per row."""

from __future__ import annotations

from typing import Final

from wslab.network.rogue.behaviour import (
    LOSES,
    NORMAL_CLOSE,
    REFUSES,
    Behaviour,
    BehaviourEnd,
    close,
    closes,
    fails,
    literally,
    refusal,
    upgrade,
)
from wslab.protocol.frames import CloseCode, Frame, Opcode
from wslab.protocol.handshake import accept_key

DEFLATE: Final = "permessage-deflate"

_TEXT, _MORE, _PING, _PONG = Opcode.TEXT, Opcode.CONTINUATION, Opcode.PING, Opcode.PONG
_YES: Final = upgrade()
_COMPRESSED: Final = upgrade(("Sec-WebSocket-Extensions", DEFLATE))
_BROKEN: Final = fails(CloseCode.PROTOCOL_ERROR)
_UNREADABLE: Final = fails(CloseCode.INVALID_FRAME_PAYLOAD_DATA)
_FINE: Final = closes(CloseCode.NORMAL_CLOSURE)
_BYE: Final = (NORMAL_CLOSE,)
_HELLO: Final = Frame(_TEXT, b"Hello")

# fmt: off
_ACTS: Final = (
    # The handshake: what answers the request.
    Behaviour("wrong-accept", "a 101 whose Sec-WebSocket-Accept answers another key",
        "response-accept-answers-the-key", "RFC 6455 §4.1", REFUSES,
        upgrade(("Sec-WebSocket-Accept", accept_key("another key")),
                without="Sec-WebSocket-Accept"), _BYE),
    Behaviour("no-accept", "a 101 without Sec-WebSocket-Accept",
        "response-accept-comes-once", "RFC 6455 §4.1", REFUSES,
        upgrade(without="Sec-WebSocket-Accept"), _BYE),
    Behaviour("two-accepts", "a 101 with the correct Sec-WebSocket-Accept, then a wrong one",
        "response-accept-comes-once", "RFC 6455 §11.3.3", REFUSES,
        upgrade(("Sec-WebSocket-Accept", accept_key("another key"))), _BYE),
    Behaviour("no-upgrade-header", "a 101 without Upgrade",
        "response-upgrade-is-websocket", "RFC 6455 §4.1", REFUSES,
        upgrade(without="Upgrade"), _BYE),
    Behaviour("wrong-upgrade", "a 101 that upgrades to h2c",
        "response-upgrade-is-websocket", "RFC 6455 §4.1", REFUSES,
        upgrade(("Upgrade", "h2c"), without="Upgrade"), _BYE),
    Behaviour("no-connection-header", "a 101 without Connection",
        "response-connection-names-upgrade", "RFC 6455 §4.1", REFUSES,
        upgrade(without="Connection"), _BYE),
    Behaviour("http-1.0", "a 101 in HTTP/1.0",
        "response-version-is-http-1-1", "RFC 6455 §4.2.2", REFUSES,
        upgrade(version="HTTP/1.0"), _BYE),
    Behaviour("uninvited-subprotocol", "a 101 that chooses a subprotocol not offered",
        "response-subprotocol-was-offered", "RFC 6455 §4.1", REFUSES,
        upgrade(("Sec-WebSocket-Protocol", "uninvited")), _BYE),
    Behaviour("uninvited-extension", "a 101 that accepts an extension not offered",
        "response-extensions-were-offered", "RFC 6455 §4.1", REFUSES,
        upgrade(("Sec-WebSocket-Extensions", "x-uninvited")), _BYE),
    Behaviour("two-extension-answers", "a 101 that accepts permessage-deflate twice",
        "deflate-is-answered-once", "RFC 7692 §5", REFUSES,
        upgrade(("Sec-WebSocket-Extensions", f"{DEFLATE}, {DEFLATE}")), _BYE, offer=DEFLATE),
    Behaviour("impossible-window", "a 101 that accepts permessage-deflate with a window of 16 bits",
        "deflate-answer-has-valid-values", "RFC 7692 §7.1.2.1", REFUSES,
        upgrade(("Sec-WebSocket-Extensions", f"{DEFLATE}; server_max_window_bits=16")), _BYE,
        offer=DEFLATE),
    Behaviour("body-in-101", "a 101 that declares a body of 0 bytes",
        "response-101-has-no-body", "RFC 9110 §8.6", _FINE,
        upgrade(("Content-Length", "0")), _BYE),
    Behaviour("status-200", "200 and a page instead of 101",
        "response-upgrades-or-refuses", "RFC 6455 §4.1", REFUSES,
        refusal(200, "OK", "Welcome!"), ending=BehaviourEnd.DROP),
    Behaviour("status-404", "404, a valid refusal",
        "", "RFC 6455 §4.2.2", REFUSES,
        refusal(404, "Not Found", "There is no such path."), ending=BehaviourEnd.DROP, legal=True),
    Behaviour("garbage-handshake", "the greeting of an SSH server",
        "", "RFC 6455 §4.1", REFUSES,
        literally(b"SSH-2.0-OpenSSH_9.9\r\n"), ending=BehaviourEnd.DROP),
    Behaviour("hang-up", "nothing: it ends TCP after the request",
        "", "RFC 6455 §4.1", REFUSES, literally(b""), ending=BehaviourEnd.DROP),
    Behaviour("slow-handshake", "nothing: it never answers the request",
        "", "RFC 6455 §4.1", REFUSES, literally(b""), ending=BehaviourEnd.HOLD),

    # Frames: the fields of a header.
    Behaviour("masked-frame", "a text frame with a mask",
        "masked-by-the-client-only", "RFC 6455 §5.1", _BROKEN,
        _YES, (Frame(_TEXT, b"Hello", mask=b"mask"), NORMAL_CLOSE)),
    Behaviour("rsv1-unasked", "a text frame with RSV1, and no extension agreed on",
        "reserved-bits-are-zero", "RFC 6455 §5.2", _BROKEN,
        _YES, (Frame(_TEXT, b"Hello", rsv1=True), NORMAL_CLOSE)),
    Behaviour("rsv2", "a text frame with RSV2",
        "reserved-bits-are-zero", "RFC 6455 §5.2", _BROKEN,
        _YES, (Frame(_TEXT, b"Hello", rsv2=True), NORMAL_CLOSE)),
    Behaviour("unknown-opcode", "a frame with the reserved opcode 3",
        "opcode-is-defined", "RFC 6455 §5.2", _BROKEN,
        _YES, (Frame(3, b"Hello"), NORMAL_CLOSE)),
    Behaviour("long-length", "a text frame whose length of 5 is written in 2 extra bytes",
        "length-is-shortest", "RFC 6455 §5.2", _BROKEN,
        _YES, (Frame(_TEXT, b"Hello", length_size=2), NORMAL_CLOSE)),
    Behaviour("top-bit-length", "a binary frame whose 8-byte length has its top bit set",
        "length-top-bit-is-zero", "RFC 6455 §5.2", _BROKEN,
        _YES, (b"\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x05Hello",)),
    Behaviour("oversize", "a binary frame that declares 1 TiB, and 5 bytes of it",
        "", "RFC 6455 §7.4.1, §10.4", fails(CloseCode.MESSAGE_TOO_BIG),
        _YES, (b"\x82\x7f\x00\x00\x01\x00\x00\x00\x00\x00Hello",), legal=True),
    Behaviour("fragmented-ping", "a ping with FIN 0",
        "control-frame-is-whole", "RFC 6455 §5.5", _BROKEN,
        _YES, (Frame(_PING, b"Hello", fin=False), NORMAL_CLOSE)),
    Behaviour("long-ping", "a ping of 126 bytes",
        "control-frame-is-short", "RFC 6455 §5.5", _BROKEN,
        _YES, (Frame(_PING, b"p" * 126), NORMAL_CLOSE)),

    # Messages: what frames make together.
    Behaviour("orphan-continuation", "a continuation frame of a message that was never begun",
        "continuation-has-a-beginning", "RFC 6455 §5.4", _BROKEN,
        _YES, (Frame(_MORE, b"Hello"), NORMAL_CLOSE)),
    Behaviour("interrupted-message", "the first half of a message, and then a new one",
        "message-is-not-interrupted", "RFC 6455 §5.4", _BROKEN,
        _YES, (Frame(_TEXT, b"Hel", fin=False), Frame(_TEXT, b"lo"), NORMAL_CLOSE)),
    # Some clients look at the text only when their program asks for it: no Close may come first.
    Behaviour("bad-utf8", "a text message with the byte ff, which UTF-8 never uses",
        "text-is-utf8", "RFC 6455 §8.1", _UNREADABLE,
        _YES, (Frame(_TEXT, b"Hell\xff"),)),
    Behaviour("bad-utf8-split", "a text message cut inside an é, whose second byte never comes",
        "text-is-utf8", "RFC 6455 §8.1", _UNREADABLE,
        _YES, (Frame(_TEXT, b"caf\xc3", fin=False), Frame(_MORE, b"!"))),
    Behaviour("bad-deflate", "a message marked as compressed that does not unpack",
        "compressed-data-unpacks", "RFC 7692 §7.2.2", _UNREADABLE,
        _COMPRESSED, (Frame(_TEXT, b"\xff\xff\xff", rsv1=True), NORMAL_CLOSE), offer=DEFLATE),
    Behaviour("rsv1-on-continuation", "a message whose second frame claims to be compressed",
        "rsv1-is-on-a-first-frame", "RFC 7692 §6.1", _BROKEN,
        _COMPRESSED,
        (Frame(_TEXT, b"Hel", fin=False), Frame(_MORE, b"lo", rsv1=True), NORMAL_CLOSE),
        offer=DEFLATE),

    # The end: what a Close frame says, and what happens around it.
    Behaviour("one-byte-close", "a Close frame with half a code",
        "close-payload-holds-a-code", "RFC 6455 §5.5.1", _BROKEN,
        _YES, (Frame(Opcode.CLOSE, b"\x03"),)),
    Behaviour("close-1005-on-the-wire", "a Close frame with 1005, the code for a Close without one",
        "close-code-may-be-sent", "RFC 6455 §7.4.1", _BROKEN, _YES, (close(1005),)),
    Behaviour("close-1006-on-the-wire", "a Close frame with 1006, the code for no Close at all",
        "close-code-may-be-sent", "RFC 6455 §7.4.1", _BROKEN, _YES, (close(1006),)),
    Behaviour("close-999", "a Close frame with 999, a number below all codes",
        "close-code-may-be-sent", "RFC 6455 §7.4.2", _BROKEN, _YES, (close(999),)),
    Behaviour("close-bad-reason", "a Close frame whose reason is not UTF-8",
        "close-reason-is-utf8", "RFC 6455 §5.5.1", _UNREADABLE, _YES, (close(1000, b"\xff"),)),
    Behaviour("talk-after-close", "a Close frame, and a text message after it",
        "no-data-after-close", "RFC 6455 §5.5.1", _FINE, _YES, (close(1000), _HELLO)),
    Behaviour("drop-without-close", "nothing: it ends TCP without a Close frame",
        "", "RFC 6455 §7.1.5", LOSES, _YES, ending=BehaviourEnd.DROP),
    Behaviour("reset", "a ping, and it resets TCP when the pong arrives",
        "", "RFC 6455 §7.1.5", LOSES, _YES, (Frame(_PING),), BehaviourEnd.RESET),
    Behaviour("never-answers-close", "nothing: it does not answer the client's Close frame",
        "close-is-answered", "RFC 6455 §5.5.1", LOSES._replace(sends=CloseCode.NORMAL_CLOSURE),
        _YES, ending=BehaviourEnd.HOLD, client_closes=True),
    Behaviour("no-tcp-close-after-close", "a Close frame, but it leaves TCP open after the answer",
        "", "RFC 6455 §7.1.1", _FINE, _YES, (close(1000),), BehaviourEnd.HOLD),

    # Legal, but a surprise to many clients.
    Behaviour("empty-close", "a Close frame without a code",
        "", "RFC 6455 §7.1.5", closes(CloseCode.NO_STATUS_RECEIVED),
        _YES, (Frame(Opcode.CLOSE),), legal=True),
    Behaviour("ping-before-anything", "a ping as the very first frame",
        "", "RFC 6455 §5.5.2", _FINE, _YES, (Frame(_PING, b"first"), close(1000)), legal=True),
    Behaviour("ping-inside-a-message", "a message in two frames with a ping between them",
        "", "RFC 6455 §5.4", _FINE,
        _YES, (Frame(_TEXT, b"Hel", fin=False), Frame(_PING), Frame(_MORE, b"lo"), close(1000)),
        legal=True),
    Behaviour("pong-unasked", "a pong that answers nothing",
        "", "RFC 6455 §5.5.3", _FINE, _YES, (Frame(_PONG, b"heartbeat"), close(1000)), legal=True),
    Behaviour("split-character", "a text message whose frames break in the middle of an é",
        "", "RFC 6455 §8.1", _FINE,
        _YES, (Frame(_TEXT, b"caf\xc3", fin=False), Frame(_MORE, b"\xa9"), close(1000)),
        legal=True),
    Behaviour("empty-fragments", "a message of five frames, of which four are empty",
        "", "RFC 6455 §5.4", _FINE,
        _YES, (Frame(_TEXT, fin=False), Frame(_MORE, fin=False), Frame(_MORE, b"Hello", fin=False),
               Frame(_MORE, fin=False), Frame(_MORE), close(1000)), legal=True),
)
# fmt: on

#: The acts by name, in the order in which they can occur on a connection.
CATALOGUE: Final[dict[str, Behaviour]] = {act.name: act for act in _ACTS}
