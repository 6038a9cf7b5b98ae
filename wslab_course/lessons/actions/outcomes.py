"""What two real clients do with each act of the rogue: websockets 17 and Chromium 156.

Measured, not wished for: `tests/wslab/network/rogue/test_server.py` does it again for websockets, and
`tests/browser/test_rogue.py` for Chromium. A row that no longer holds fails there.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from wslab.network.rogue.act import REFUSES, Act
from wslab.network.rogue.catalogue import CATALOGUE
from wslab.protocol.frames import CloseCode


class Outcome(NamedTuple):
    """What the program was told, in order, and the code of the client's Close frame.

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

    websockets: Outcome
    chromium: Outcome


_LOST: Final = "open, close 1006 unclean"
_FAILED: Final = "open, error, close 1006 unclean"
_REFUSED: Final = Outcome("error, close 1006 unclean")
_CLEAN: Final = "open, close 1000 clean"
_ERROR: Final = "open, ConnectionClosedError 1006"
_OK: Final = "open, ConnectionClosedOK 1000"

# fmt: off
#: By the name of the act, in the order of the catalogue.
MEASURED: Final[dict[str, Measured]] = {
    "wrong-accept": Measured(Outcome("InvalidHeaderValue"), _REFUSED),
    "no-accept": Measured(Outcome("InvalidHeader"), _REFUSED),
    "two-accepts": Measured(Outcome("InvalidHeader"), _REFUSED),
    "no-upgrade-header": Measured(Outcome("InvalidUpgrade"), _REFUSED),
    "wrong-upgrade": Measured(Outcome("InvalidUpgrade"), _REFUSED),
    "no-connection-header": Measured(Outcome("InvalidUpgrade"), _REFUSED),
    "http-1.0": Measured(Outcome("InvalidMessage"), Outcome(_CLEAN, 1000)),
    "uninvited-subprotocol": Measured(Outcome("NegotiationError"), _REFUSED),
    "uninvited-extension": Measured(Outcome("NegotiationError"), _REFUSED),
    "two-extension-answers": Measured(Outcome("NegotiationError"), _REFUSED),
    "impossible-window": Measured(Outcome("NegotiationError"), _REFUSED),
    "body-in-101": Measured(Outcome(_OK, 1000), Outcome(_CLEAN, 1000)),
    "status-200": Measured(Outcome("InvalidStatus"), _REFUSED),
    "status-404": Measured(Outcome("InvalidStatus"), _REFUSED),
    "garbage-handshake": Measured(Outcome("InvalidMessage"), _REFUSED),
    "hang-up": Measured(Outcome("InvalidMessage"), _REFUSED),
    "slow-handshake": Measured(Outcome("CannotConnect"), _REFUSED),
    "masked-frame": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "rsv1-unasked": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "rsv2": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "unknown-opcode": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "long-length": Measured(
        Outcome("open, Hello, ConnectionClosedOK 1000", 1000), Outcome(_FAILED, 1002)),
    "top-bit-length": Measured(Outcome(_ERROR, 1009), Outcome(_FAILED, 1002)),
    "oversize": Measured(Outcome(_ERROR, 1009), Outcome(_LOST)),
    "fragmented-ping": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "long-ping": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "orphan-continuation": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "interrupted-message": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "bad-utf8": Measured(Outcome(_ERROR, 1007), Outcome(_FAILED, 1002)),
    "bad-utf8-split": Measured(Outcome(_ERROR, 1007), Outcome(_FAILED, 1002)),
    "bad-deflate": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "rsv1-on-continuation": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "one-byte-close": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "close-1005-on-the-wire": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "close-1006-on-the-wire": Measured(Outcome(_ERROR, 1002), Outcome(_FAILED, 1002)),
    "close-999": Measured(Outcome(_ERROR, 1002), Outcome("open, close 999 clean", 999)),
    "close-bad-reason": Measured(Outcome(_ERROR, 1007), Outcome(_FAILED, 1002)),
    "talk-after-close": Measured(Outcome(_OK, 1000), Outcome(_FAILED, 1000)),
    "drop-without-close": Measured(Outcome(_ERROR), Outcome(_LOST)),
    "reset": Measured(Outcome(_ERROR), Outcome(_LOST)),
    "never-answers-close": Measured(Outcome(_ERROR, 1000), Outcome(_LOST, 1000)),
    "no-tcp-close-after-close": Measured(Outcome(_OK, 1000), Outcome(_CLEAN, 1000)),
    "empty-close": Measured(
        Outcome("open, ConnectionClosedOK 1005", 1005), Outcome("open, close 1005 clean", 1005)),
    "ping-before-anything": Measured(Outcome(_OK, 1000), Outcome(_CLEAN, 1000)),
    "ping-inside-a-message": Measured(
        Outcome("open, Hello, ConnectionClosedOK 1000", 1000),
        Outcome("open, message Hello, close 1000 clean", 1000)),
    "pong-unasked": Measured(Outcome(_OK, 1000), Outcome(_CLEAN, 1000)),
    "split-character": Measured(
        Outcome("open, café, ConnectionClosedOK 1000", 1000),
        Outcome("open, message café, close 1000 clean", 1000)),
    "empty-fragments": Measured(
        Outcome("open, Hello, ConnectionClosedOK 1000", 1000),
        Outcome("open, message Hello, close 1000 clean", 1000)),
}
# fmt: on

#: Where a client does not do what the catalogue, after the RFC, asks of it; and how.
WEBSOCKETS_DIFFERS: Final = {
    "long-length": "it accepts any form of a length",
    "top-bit-length": "1009: the number is too big before it is wrong",
    "bad-deflate": "1002 in place of 1007",
}
CHROMIUM_DIFFERS: Final = {
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
    """Is this what a correct client does, as the act's `duty` says it?"""
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
    """Where a client does something else than the catalogue asks for, one row for each."""
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


def _row(act: Act, measured: Measured) -> dict[str, str]:
    rule = "legal" if act.legal else act.rule
    return {
        "Act": act.name,
        "What it sends": f"{act.sends} ({', '.join(filter(None, (rule, act.rfc)))})",
        "A correct client": _codes(act.duty.sends, str(int(act.duty.sees))),
        "websockets 17": _cell(act.name in WEBSOCKETS_DIFFERS, measured.websockets),
        "Chromium 156": _cell(act.name in CHROMIUM_DIFFERS, measured.chromium),
    }


def _cell(differs: bool, outcome: Outcome) -> str:
    said = outcome.events.rpartition(", ")[2]  # the exception, or the event, that came last
    seen = re.search(r"\d+", said)
    words = _codes(outcome.sends, seen[0]) if seen else said
    return f"differs: {words}" if differs else words


def _codes(sends: int | None, sees: str) -> str:
    """Such as ``1002, sees 1006``."""
    if sends is None:
        return f"none, sees {sees}"
    return f"{'empty' if sends == CloseCode.NO_STATUS_RECEIVED else int(sends)}, sees {sees}"
