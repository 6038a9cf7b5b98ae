"""Why a connection ends: the codes, and what a Close frame says (RFC 6455 §5.5.1, §7.4)."""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import Final

_UINT16: Final = Struct("!H")


class CloseCode(IntEnum):
    """Why a connection ends (RFC 6455 §7.4.1 and the IANA registry).

    Each member has its value, a phrase, and whether a Close frame may carry it.
    An API uses the three that may not to report that no code was received.
    """

    phrase: str
    sendable: bool

    def __new__(cls, value: int, phrase: str = "", sendable: bool = True) -> CloseCode:
        row = int.__new__(cls, value)
        row._value_ = value
        row.phrase = phrase
        row.sendable = sendable
        return row

    NORMAL_CLOSURE = 1000, "the purpose of the connection is fulfilled", True
    GOING_AWAY = 1001, "the server is stopping, or the user left the page", True
    PROTOCOL_ERROR = 1002, "the peer broke the protocol", True
    UNSUPPORTED_DATA = 1003, "this kind of data is not accepted", True
    NO_STATUS_RECEIVED = 1005, "a Close frame without a code was received", False
    ABNORMAL_CLOSURE = 1006, "the connection ended without a Close frame", False
    INVALID_FRAME_PAYLOAD_DATA = 1007, "the data does not match its type (not UTF-8)", True
    POLICY_VIOLATION = 1008, "the message breaks the receiver's policy", True
    MESSAGE_TOO_BIG = 1009, "the message is too big to process", True
    MANDATORY_EXTENSION = 1010, "the server did not agree to an extension", True
    INTERNAL_ERROR = 1011, "the server met an unexpected condition", True
    SERVICE_RESTART = 1012, "the service is restarting", True
    TRY_AGAIN_LATER = 1013, "the service is overloaded", True
    BAD_GATEWAY = 1014, "a gateway got an invalid response", True
    TLS_HANDSHAKE = 1015, "the TLS handshake failed", False


CLOSE_CODES: Final = {code.value: code for code in CloseCode}
"""Every code of `CloseCode`, by its value."""


class ClosePayload:
    """What a Close frame says: a code and a reason (RFC 6455 §5.5.1, §7.4).

    `code` is None for an empty payload, and for the illegal one-byte payload,
    whose byte is kept in `reason_bytes`; so `ClosePayload.parse(b).encode() == b`.

    Raises ValueError if the code does not fit in 16 bits, or if a reason of two or more
    bytes comes without a code: its first two bytes would be read as the code.
    """

    __slots__ = ("_code", "_reason_bytes")

    def __init__(self, code: int | None = None, reason: str | bytes = b"") -> None:
        if code is not None and not 0 <= code < 1 << 16:
            raise ValueError(f"a close code has 16 bits, so 0 to 65535; found {code}")
        self._code = code if code is None else _close_code(code)
        self._reason_bytes = reason.encode() if isinstance(reason, str) else bytes(reason)
        if code is None and len(self._reason_bytes) > 1:
            raise ValueError(f"a reason needs a close code before it; found only {reason!r}")

    @classmethod
    def parse(cls, payload: bytes) -> ClosePayload:
        """Read the (unmasked) payload of a Close frame."""
        if len(payload) < 2:
            return cls(None, payload)
        return cls(_UINT16.unpack_from(payload)[0], payload[2:])

    def encode(self) -> bytes:
        """The payload's bytes."""
        return (b"" if self.code is None else _UINT16.pack(self.code)) + self.reason_bytes

    @property
    def code(self) -> CloseCode | int | None:
        """Why the connection ends, or None if the frame does not say."""
        return self._code

    @property
    def reason_bytes(self) -> bytes:
        """The reason as raw bytes, without the code."""
        return self._reason_bytes

    @property
    def reason(self) -> str:
        """The reason as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.reason_bytes.decode(errors="replace")

    def __eq__(self, other: object) -> bool:
        return (
            self.encode() == other.encode() if isinstance(other, ClosePayload) else NotImplemented
        )

    def __hash__(self) -> int:
        return hash(self.encode())

    def __repr__(self) -> str:
        code = f"CloseCode.{self.code.name}" if isinstance(self.code, CloseCode) else self.code
        raw = self.reason_bytes
        return f"ClosePayload({code}, {(self.reason if self.reason.encode() == raw else raw)!r})"


def _close_code(value: int) -> CloseCode | int:
    """The member for a close code, or the plain number if it has none."""
    return CLOSE_CODES.get(value, value)
