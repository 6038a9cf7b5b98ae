"""What a tap saw of a client and a rogue."""

from wslab.protocol.frames import ClosePayload, Opcode, Side
from wslab.protocol.handshake import Request
from wslab.protocol.recording.recording import Recording

#: The request of every test: the sample nonce of RFC 6455 §1.3, and all that an act may need.
REQUEST = Request(
    "GET",
    "/",
    [
        ("Host", "rogue.example"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
    ],
)


def close_code_of_client(recording: Recording) -> int | None:
    """The code of the client's first Close frame; 1005 without a code, None without a frame."""
    for sent in recording.frames():
        if sent.sender is Side.CLIENT and sent.frame.opcode == Opcode.CLOSE:
            code = ClosePayload.parse(sent.frame.payload).code
            return 1005 if code is None else int(code)
    return None


def broken_by_the_server(recording: Recording) -> list[str]:
    """The rules that the server broke, in order."""
    findings = recording.findings()
    return [found.rule for found in findings if not found.ok and found.sender is Side.SERVER]
