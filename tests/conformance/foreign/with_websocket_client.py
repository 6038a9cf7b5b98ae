"""websocket-client: blocking, and frames can be made by hand."""

import sys

import websocket
from websocket import ABNF

from tests.conformance.foreign.conversation import (
    BINARY,
    CODE,
    FRAGMENTS,
    LIMIT,
    PING,
    REASON,
    TEXT,
    act,
    introduce,
    same,
)


def main(url: str) -> None:
    introduce("websocket-client", websocket.__version__)
    ws = websocket.create_connection(url, timeout=LIMIT)
    with act("text"):
        ws.send(TEXT)
        same(ws.recv(), TEXT)
    with act("binary"):
        ws.send_binary(BINARY)
        same(ws.recv(), BINARY)
    with act("empty"):
        ws.send("")
        same(ws.recv(), "")
    with act("ping"):
        ws.ping(PING)
        same(ws.recv_data(control_frame=True), (ABNF.OPCODE_PONG, PING))
    with act("fragments"):
        last = len(FRAGMENTS) - 1
        for number, part in enumerate(FRAGMENTS):
            opcode = ABNF.OPCODE_CONT if number else ABNF.OPCODE_TEXT
            ws.send_frame(ABNF.create_frame(part, opcode, fin=int(number == last)))
        same(ws.recv(), "".join(FRAGMENTS))
    with act("close"):
        ws.close(CODE, REASON.encode(), timeout=LIMIT)
        same(ws.close_frame and ws.close_frame.data, CODE.to_bytes(2) + REASON.encode())


if __name__ == "__main__":
    main(sys.argv[1])
