"""The ready states of a WebSocket in a browser, and what leads from one to the next.

The table is the one that `browser.WebSocket` runs and that notebook 06 draws.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final


class ReadyState(IntEnum):
    """The four values of `readyState`."""

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3


class ReadyStateTrigger(Enum):
    """What can happen to a WebSocket and, after the colon, the events that its listeners get."""

    OPENED = "the 101 arrives: open"
    CLOSE_CALLED = "you call close()"
    CLOSE_RECEIVED = "a Close frame arrives"
    ENDED = "TCP has ended: close"
    FAILED = "it failed: error, close"


_S, _H = ReadyState, ReadyStateTrigger

#: `{(state, what happens): next state}`; what is not listed changes nothing.
TRANSITIONS: Final[dict[tuple[ReadyState, ReadyStateTrigger], ReadyState]] = {
    (_S.CONNECTING, _H.OPENED): _S.OPEN,
    (_S.CONNECTING, _H.CLOSE_CALLED): _S.CLOSING,
    (_S.CONNECTING, _H.FAILED): _S.CLOSED,
    (_S.OPEN, _H.CLOSE_CALLED): _S.CLOSING,
    (_S.OPEN, _H.CLOSE_RECEIVED): _S.CLOSING,
    (_S.OPEN, _H.FAILED): _S.CLOSED,
    (_S.CLOSING, _H.ENDED): _S.CLOSED,
    (_S.CLOSING, _H.FAILED): _S.CLOSED,
}
