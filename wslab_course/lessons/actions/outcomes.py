"""What two real clients do with each act of the rogue: websockets 17 and Chromium 156.

All of it was measured: the tests of the rogue measure websockets again, and
`tests/browser/test_rogue.py` Chromium. A row that is no longer true fails there.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from wslab.network.rogue.behaviour import REFUSES, Behaviour
from wslab.network.rogue.catalogue import CATALOGUE
from wslab.protocol.frames import CloseCode


class ClientOutcome(NamedTuple):
    """What the program saw, in order, and the code of the client's Close frame.

    For websockets: "open", each message, and the exception with the connection's
    `close_code`. For Chromium: the events, a message with its data, a close with its code
    and whether it was clean. `sends` is None without a Close frame, 1005 for an empty one.
    """

    events: str
    sends: int | None = None

    def __str__(self) -> str:
        """Such as ``open, error, close 1006 unclean; sends Close 1002``."""
        close = {None: "no Close", 1005: "an empty Close"}.get(self.sends, f"Close {self.sends}")
        return f"{self.events}; sends {close}"


class Measured(NamedTuple):
    """What each of the two clients did with one act."""

    websockets: ClientOutcome
    chromium: ClientOutcome


_LOST: Final = "open, close 1006 unclean"
_FAILED: Final = "open, error, close 1006 unclean"
_REFUSED: Final = ClientOutcome("error, close 1006 unclean")
_CLEAN: Final = "open, close 1000 clean"
_ERROR: Final = "open, ConnectionClosedError 1006"
_OK: Final = "open, ConnectionClosedOK 1000"

# fmt: off
#: By the name of the act, in the order of the catalogue.
MEASURED: Final[dict[str, Measured]] = {
    "wrong-accept": Measured(ClientOutcome("InvalidHeaderValue"), _REFUSED),
    "no-accept": Measured(ClientOutcome("InvalidHeader"), _REFUSED),
    "two-accepts": Measured(ClientOutcome("InvalidHeader"), _REFUSED),
    "no-upgrade-header": Measured(ClientOutcome("InvalidUpgrade"), _REFUSED),
    "wrong-upgrade": Measured(ClientOutcome("InvalidUpgrade"), _REFUSED),
    "no-connection-header": Measured(ClientOutcome("InvalidUpgrade"), _REFUSED),
    "http-1.0": Measured(ClientOutcome("InvalidMessage"), ClientOutcome(_CLEAN, 1000)),
    "uninvited-subprotocol": Measured(ClientOutcome("NegotiationError"), _REFUSED),
    "uninvited-extension": Measured(ClientOutcome("NegotiationError"), _REFUSED),
    "two-extension-answers": Measured(ClientOutcome("NegotiationError"), _REFUSED),
    "impossible-window": Measured(ClientOutcome("NegotiationError"), _REFUSED),
    "body-in-101": Measured(ClientOutcome(_OK, 1000), ClientOutcome(_CLEAN, 1000)),
    "status-200": Measured(ClientOutcome("InvalidStatus"), _REFUSED),
    "status-404": Measured(ClientOutcome("InvalidStatus"), _REFUSED),
    "garbage-handshake": Measured(ClientOutcome("InvalidMessage"), _REFUSED),
    "hang-up": Measured(ClientOutcome("InvalidMessage"), _REFUSED),
    "slow-handshake": Measured(ClientOutcome("CannotConnect"), _REFUSED),
    "masked-frame": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "rsv1-unasked": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "rsv2": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "unknown-opcode": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "long-length": Measured(
        ClientOutcome("open, Hello, ConnectionClosedOK 1000", 1000), ClientOutcome(_FAILED, 1002)),
    "top-bit-length": Measured(ClientOutcome(_ERROR, 1009), ClientOutcome(_FAILED, 1002)),
    "oversize": Measured(ClientOutcome(_ERROR, 1009), ClientOutcome(_LOST)),
    "fragmented-ping": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "long-ping": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "orphan-continuation": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "interrupted-message": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "bad-utf8": Measured(ClientOutcome(_ERROR, 1007), ClientOutcome(_FAILED, 1002)),
    "bad-utf8-split": Measured(ClientOutcome(_ERROR, 1007), ClientOutcome(_FAILED, 1002)),
    "bad-deflate": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "rsv1-on-continuation": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "one-byte-close": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "close-1005-on-the-wire": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "close-1006-on-the-wire": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome(_FAILED, 1002)),
    "close-999": Measured(ClientOutcome(_ERROR, 1002), ClientOutcome("open, close 999 clean", 999)),
    "close-bad-reason": Measured(ClientOutcome(_ERROR, 1007), ClientOutcome(_FAILED, 1002)),
    "talk-after-close": Measured(ClientOutcome(_OK, 1000), ClientOutcome(_FAILED, 1000)),
    "drop-without-close": Measured(ClientOutcome(_ERROR), ClientOutcome(_LOST)),
    "reset": Measured(ClientOutcome(_ERROR), ClientOutcome(_LOST)),
    "never-answers-close": Measured(ClientOutcome(_ERROR, 1000), ClientOutcome(_LOST, 1000)),
    "no-tcp-close-after-close": Measured(ClientOutcome(_OK, 1000), ClientOutcome(_CLEAN, 1000)),
    "empty-close": Measured(
        ClientOutcome("open, ConnectionClosedOK 1005", 1005),
        ClientOutcome("open, close 1005 clean", 1005)),
    "ping-before-anything": Measured(ClientOutcome(_OK, 1000), ClientOutcome(_CLEAN, 1000)),
    "ping-inside-a-message": Measured(
        ClientOutcome("open, Hello, ConnectionClosedOK 1000", 1000),
        ClientOutcome("open, message Hello, close 1000 clean", 1000)),
    "pong-unasked": Measured(ClientOutcome(_OK, 1000), ClientOutcome(_CLEAN, 1000)),
    "split-character": Measured(
        ClientOutcome("open, café, ConnectionClosedOK 1000", 1000),
        ClientOutcome("open, message café, close 1000 clean", 1000)),
    "empty-fragments": Measured(
        ClientOutcome("open, Hello, ConnectionClosedOK 1000", 1000),
        ClientOutcome("open, message Hello, close 1000 clean", 1000)),
}
# fmt: on

#: Acts where a client does something other than the catalogue, and so the RFC, requires.
WEBSOCKETS_DIFFERS: Final = {
    "long-length": "it accepts any form of a length",
    "top-bit-length": "1009: it finds the number too big, before it looks at the top bit",
    "bad-deflate": "1002 instead of 1007",
}
CHROMIUM_DIFFERS: Final = {
    "http-1.0": "it reads an HTTP/1.0 answer like any other",
    "oversize": "it hangs up without a Close frame",
    "bad-utf8": "1002 instead of 1007",
    "bad-utf8-split": "1002 instead of 1007",
    "bad-deflate": "1002 instead of 1007",
    "close-999": "it accepts the number, and answers with it",
    "close-bad-reason": "1002 instead of 1007",
    "talk-after-close": "it answers the Close frame, and then objects to what follows",
}


def does_its_duty(act: Behaviour, outcome: ClientOutcome) -> bool:
    """Is this what a correct client does, according to the act's `duty`?"""
    opened = outcome.events.startswith("open")
    if act.duty == REFUSES:
        return not opened and outcome.sends is None
    sees = f" {int(act.duty.sees)}" in outcome.events.rpartition(",")[2]
    return opened and sees and outcome.sends == act.duty.sends


def outcome_table() -> list[dict[str, str]]:
    """One row for each act, as a table that `inspect` shows; all cells are text.

    A client's cell is the code in its Close frame, and what its program sees: a code, or
    the exception of `websockets` where nothing opened.
    """
    return [_row(act, MEASURED[act.name]) for act in CATALOGUE.values()]


def differences() -> list[dict[str, str]]:
    """Where a client does something other than the catalogue requires, one row for each."""
    return [
        {
            "Act": name,
            "A correct client": CATALOGUE[name].duty.words,
            "Client": client,
            "What it does": how,
            "Measured": str(getattr(MEASURED[name], client.lower())),
        }
        for client, differs in (("websockets", WEBSOCKETS_DIFFERS), ("Chromium", CHROMIUM_DIFFERS))
        for name, how in differs.items()
    ]


def _row(act: Behaviour, measured: Measured) -> dict[str, str]:
    rule = "legal" if act.legal else act.rule
    return {
        "Act": act.name,
        "What it sends": f"{act.sends} ({', '.join(filter(None, (rule, act.rfc)))})",
        "A correct client": _codes(act.duty.sends, str(int(act.duty.sees))),
        "websockets 17": _cell(act.name in WEBSOCKETS_DIFFERS, measured.websockets),
        "Chromium 156": _cell(act.name in CHROMIUM_DIFFERS, measured.chromium),
    }


def _cell(differs: bool, outcome: ClientOutcome) -> str:
    said = outcome.events.rpartition(", ")[2]  # the last exception or event
    seen = re.search(r"\d+", said)
    words = _codes(outcome.sends, seen[0]) if seen else said
    return f"differs: {words}" if differs else words


def _codes(sends: int | None, sees: str) -> str:
    """Such as ``1002, sees 1006``."""
    if sends is None:
        return f"none, sees {sees}"
    return f"{'empty' if sends == CloseCode.NO_STATUS_RECEIVED else int(sends)}, sees {sees}"
