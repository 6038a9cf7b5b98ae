"""What two real clients do with every act of the rogue: websockets 17 and Chromium 156.

Measured, not wished for: `test_rogue.py` does it again for websockets, and
`tests/browser/test_rogue.py` for Chromium. A row that no longer holds fails there.
"""

from typing import NamedTuple

from wslab.network.rogue_act import REFUSES, Act


class Outcome(NamedTuple):
    """What the program was told, in order, and the code of the client's Close frame.

    For websockets: "open", each message, and the exception with the connection's
    `close_code`. For Chromium: the events, a message with its data, a close with its code
    and whether it was clean. `sends` is None without a Close frame, 1005 for an empty one.
    """

    events: str
    sends: int | None = None


class Measured(NamedTuple):
    websockets: Outcome
    chromium: Outcome


LOST = "open, close 1006 unclean"
FAILED = "open, error, close 1006 unclean"
REFUSED = Outcome("error, close 1006 unclean")
CLEAN = "open, close 1000 clean"
ERROR = "open, ConnectionClosedError 1006"
OK = "open, ConnectionClosedOK 1000"

# fmt: off
MEASURED = {
    "wrong-accept": Measured(Outcome("InvalidHeaderValue"), REFUSED),
    "no-accept": Measured(Outcome("InvalidHeader"), REFUSED),
    "two-accepts": Measured(Outcome("InvalidHeader"), REFUSED),
    "no-upgrade-header": Measured(Outcome("InvalidUpgrade"), REFUSED),
    "wrong-upgrade": Measured(Outcome("InvalidUpgrade"), REFUSED),
    "no-connection-header": Measured(Outcome("InvalidUpgrade"), REFUSED),
    "http-1.0": Measured(Outcome("InvalidMessage"), Outcome(CLEAN, 1000)),
    "uninvited-subprotocol": Measured(Outcome("NegotiationError"), REFUSED),
    "uninvited-extension": Measured(Outcome("NegotiationError"), REFUSED),
    "two-extension-answers": Measured(Outcome("NegotiationError"), REFUSED),
    "impossible-window": Measured(Outcome("NegotiationError"), REFUSED),
    "body-in-101": Measured(Outcome(OK, 1000), Outcome(CLEAN, 1000)),
    "status-200": Measured(Outcome("InvalidStatus"), REFUSED),
    "status-404": Measured(Outcome("InvalidStatus"), REFUSED),
    "garbage-handshake": Measured(Outcome("InvalidMessage"), REFUSED),
    "hang-up": Measured(Outcome("InvalidMessage"), REFUSED),
    "slow-handshake": Measured(Outcome("CannotConnect"), REFUSED),
    "masked-frame": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "rsv1-unasked": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "rsv2": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "unknown-opcode": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "long-length": Measured(
        Outcome("open, Hello, ConnectionClosedOK 1000", 1000), Outcome(FAILED, 1002)),
    "top-bit-length": Measured(Outcome(ERROR, 1009), Outcome(FAILED, 1002)),
    "oversize": Measured(Outcome(ERROR, 1009), Outcome(LOST)),
    "fragmented-ping": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "long-ping": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "orphan-continuation": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "interrupted-message": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "bad-utf8": Measured(Outcome(ERROR, 1007), Outcome(FAILED, 1002)),
    "bad-utf8-split": Measured(Outcome(ERROR, 1007), Outcome(FAILED, 1002)),
    "bad-deflate": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "rsv1-on-continuation": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "one-byte-close": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "close-1005-on-the-wire": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "close-1006-on-the-wire": Measured(Outcome(ERROR, 1002), Outcome(FAILED, 1002)),
    "close-999": Measured(Outcome(ERROR, 1002), Outcome("open, close 999 clean", 999)),
    "close-bad-reason": Measured(Outcome(ERROR, 1007), Outcome(FAILED, 1002)),
    "talk-after-close": Measured(Outcome(OK, 1000), Outcome(FAILED, 1000)),
    "drop-without-close": Measured(Outcome(ERROR), Outcome(LOST)),
    "reset": Measured(Outcome(ERROR), Outcome(LOST)),
    "never-answers-close": Measured(Outcome(ERROR, 1000), Outcome(LOST, 1000)),
    "no-tcp-close-after-close": Measured(Outcome(OK, 1000), Outcome(CLEAN, 1000)),
    "empty-close": Measured(
        Outcome("open, ConnectionClosedOK 1005", 1005), Outcome("open, close 1005 clean", 1005)),
    "ping-before-anything": Measured(Outcome(OK, 1000), Outcome(CLEAN, 1000)),
    "ping-inside-a-message": Measured(
        Outcome("open, Hello, ConnectionClosedOK 1000", 1000),
        Outcome("open, message Hello, close 1000 clean", 1000)),
    "pong-unasked": Measured(Outcome(OK, 1000), Outcome(CLEAN, 1000)),
    "split-character": Measured(
        Outcome("open, café, ConnectionClosedOK 1000", 1000),
        Outcome("open, message café, close 1000 clean", 1000)),
    "empty-fragments": Measured(
        Outcome("open, Hello, ConnectionClosedOK 1000", 1000),
        Outcome("open, message Hello, close 1000 clean", 1000)),
}
# fmt: on

#: Where a client does not do what the RFC asks of it.
WEBSOCKETS_DIFFERS = {
    "long-length": "it accepts any form of a length",
    "top-bit-length": "1009: the number is too big before it is wrong",
    "bad-deflate": "1002 in place of 1007",
}
CHROMIUM_DIFFERS = {
    "http-1.0": "it reads an HTTP/1.0 answer like any other",
    "oversize": "it hangs up without a Close frame",
    "bad-utf8": "1002 in place of 1007",
    "bad-utf8-split": "1002 in place of 1007",
    "bad-deflate": "1002 in place of 1007",
    "close-999": "it accepts the number, and answers with it",
    "close-bad-reason": "1002 in place of 1007",
    "talk-after-close": "it answers the Close frame, and then minds what follows",
}


def does_its_duty(act: Act, outcome: Outcome) -> bool:
    """Is this what a correct client does?"""
    opened = outcome.events.startswith("open")
    if act.duty == REFUSES:
        return not opened and outcome.sends is None
    sees = f" {int(act.duty.sees)}" in outcome.events.rpartition(",")[2]
    return opened and sees and outcome.sends == act.duty.sends
