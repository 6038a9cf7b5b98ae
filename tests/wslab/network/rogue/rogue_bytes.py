"""What each rogue sends to the sample request, spelled a second time: in bytes, by hand."""

SWITCH = "HTTP/1.1 101 Switching Protocols"
UPGRADE = "Upgrade: websocket"
CONNECTION = "Connection: Upgrade"
RIGHT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455 §1.3
WRONG = "Sec-WebSocket-Accept: Vrguz3TUn9ngPf9JpcYLpRwPtcc="
ALL = (SWITCH, UPGRADE, CONNECTION, RIGHT)
EXTENSIONS = "Sec-WebSocket-Extensions:"
PLAIN = "Content-Type: text/plain; charset=utf-8"


def head(*lines: str) -> bytes:
    return "".join(line + "\r\n" for line in (*lines, "")).encode()


ANSWERS = {
    "wrong-accept": head(SWITCH, UPGRADE, CONNECTION, WRONG),
    "no-accept": head(SWITCH, UPGRADE, CONNECTION),
    "two-accepts": head(*ALL, WRONG),
    "no-upgrade-header": head(SWITCH, CONNECTION, RIGHT),
    "wrong-upgrade": head(SWITCH, CONNECTION, RIGHT, "Upgrade: h2c"),
    "no-connection-header": head(SWITCH, UPGRADE, RIGHT),
    "http-1.0": head("HTTP/1.0 101 Switching Protocols", UPGRADE, CONNECTION, RIGHT),
    "uninvited-subprotocol": head(*ALL, "Sec-WebSocket-Protocol: uninvited"),
    "uninvited-extension": head(*ALL, f"{EXTENSIONS} x-uninvited"),
    "two-extension-answers": head(*ALL, f"{EXTENSIONS} permessage-deflate, permessage-deflate"),
    "impossible-window": head(*ALL, f"{EXTENSIONS} permessage-deflate; server_max_window_bits=16"),
    "body-in-101": head(*ALL, "Content-Length: 0"),
    "status-200": head("HTTP/1.1 200 OK", PLAIN, "Content-Length: 8", "Connection: close")
    + b"Welcome!",
    "status-404": head("HTTP/1.1 404 Not Found", PLAIN, "Content-Length: 22", "Connection: close")
    + b"There is no such path.",
    "garbage-handshake": b"SSH-2.0-OpenSSH_9.9\r\n",
    "hang-up": b"",
    "slow-handshake": b"",
    "bad-deflate": head(*ALL, f"{EXTENSIONS} permessage-deflate"),
    "rsv1-on-continuation": head(*ALL, f"{EXTENSIONS} permessage-deflate"),
}

HELLO = "48 65 6c 6c 6f"
BYE = "88 0f 03 e8 6e 6f 62 6f 64 79 20 6d 69 6e 64 65 64"  # 1000 "nobody minded"

TAILS = {
    "status-200": "",
    "status-404": "",
    "garbage-handshake": "",
    "hang-up": "",
    "slow-handshake": "",
    "masked-frame": f"81 85 6d 61 73 6b 25 04 1f 07 02 {BYE}",
    "rsv1-unasked": f"c1 05 {HELLO} {BYE}",
    "rsv2": f"a1 05 {HELLO} {BYE}",
    "unknown-opcode": f"83 05 {HELLO} {BYE}",
    "long-length": f"81 7e 00 05 {HELLO} {BYE}",
    "top-bit-length": f"82 7f 80 00 00 00 00 00 00 05 {HELLO}",
    "oversize": f"82 7f 00 00 01 00 00 00 00 00 {HELLO}",
    "fragmented-ping": f"09 05 {HELLO} {BYE}",
    "long-ping": f"89 7e 00 7e {'70 ' * 126} {BYE}",
    "orphan-continuation": f"80 05 {HELLO} {BYE}",
    "interrupted-message": f"01 03 48 65 6c 81 02 6c 6f {BYE}",
    "bad-utf8": "81 05 48 65 6c 6c ff",
    "bad-utf8-split": "01 04 63 61 66 c3 80 01 21",
    "bad-deflate": f"c1 03 ff ff ff {BYE}",
    "rsv1-on-continuation": f"01 03 48 65 6c c0 02 6c 6f {BYE}",
    "one-byte-close": "88 01 03",
    "close-1005-on-the-wire": "88 02 03 ed",
    "close-1006-on-the-wire": "88 02 03 ee",
    "close-999": "88 02 03 e7",
    "close-bad-reason": "88 03 03 e8 ff",
    "talk-after-close": f"88 02 03 e8 81 05 {HELLO}",
    "drop-without-close": "",
    "reset": "89 00",
    "never-answers-close": "",
    "no-tcp-close-after-close": "88 02 03 e8",
    "empty-close": "88 00",
    "ping-before-anything": "89 05 66 69 72 73 74 88 02 03 e8",
    "ping-inside-a-message": "01 03 48 65 6c 89 00 80 02 6c 6f 88 02 03 e8",
    "pong-unasked": "8a 09 68 65 61 72 74 62 65 61 74 88 02 03 e8",
    "split-character": "01 04 63 61 66 c3 80 01 a9 88 02 03 e8",
    "empty-fragments": f"01 00 00 00 00 05 {HELLO} 00 00 80 00 88 02 03 e8",
}


def spelled(name: str) -> tuple[bytes, bytes]:
    """The answer to the handshake, and what comes after it."""
    return ANSWERS.get(name, head(*ALL)), bytes.fromhex(TAILS.get(name, BYE))
