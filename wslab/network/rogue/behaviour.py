"""Behaviour: a row of the rogue's catalogue, what it sends and what a client owes to that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from wslab.protocol.frames import CloseCode, ClosePayload, Frame, Opcode
from wslab.protocol.handshake import Request, Response, accept_key

MakeResponse = Callable[[Request], bytes]
"""From the request that came, the bytes that answer it."""


class BehaviourEnd(Enum):
    """What the rogue does when it has sent everything."""

    CLOSING = "waits for the client's Close frame, and then ends TCP as it should"
    DROP = "ends TCP at once, with FIN"
    RESET = "ends TCP with RST, as soon as the client has answered the ping"
    HOLD = "does nothing more"

    def __repr__(self) -> str:
        return f"BehaviourEnd.{self.name}"


class ClientDuty(NamedTuple):
    """What a correct client does.

    `sends` is the code in its Close frame: None if it sends no such frame, and 1005 for one
    without a code. `sees` is the close code that it reports to its program.
    """

    words: str
    sends: CloseCode | None
    sees: CloseCode


REFUSES: Final = ClientDuty("fails the handshake", None, CloseCode.ABNORMAL_CLOSURE)
LOSES: Final = ClientDuty("finds the connection lost", None, CloseCode.ABNORMAL_CLOSURE)


def fails(code: CloseCode) -> ClientDuty:
    """It says why in a Close frame, and waits for nothing more (RFC 6455 §7.1.7)."""
    return ClientDuty(f"fails the connection with {int(code)}", code, CloseCode.ABNORMAL_CLOSURE)


def closes(code: CloseCode) -> ClientDuty:
    """It answers the rogue's Close frame with the same code."""
    return ClientDuty("carries on, and answers the Close frame", code, code)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that a rogue does.

    `sends` says it in words. `rule` is the name of the rule in ``wslab.protocol`` that is
    broken first; empty when the act is `legal`, and when the bytes alone cannot show it.
    `duty` is what a correct client does. What travels is `answer`, made from the request,
    then `frames`, and then the `ending`.

    The client has to `offer` permessage-deflate for some acts, and to close first for
    others (`client_closes`).
    """

    name: str
    sends: str
    rule: str
    rfc: str
    duty: ClientDuty
    answer: MakeResponse
    frames: tuple[Frame | bytes, ...] = ()
    ending: BehaviourEnd = BehaviourEnd.CLOSING
    legal: bool = False
    offer: str = ""
    client_closes: bool = False

    @property
    def tail(self) -> bytes:
        """The bytes after the answer."""
        return b"".join(
            frame if isinstance(frame, bytes) else frame.encode() for frame in self.frames
        )

    def __str__(self) -> str:
        """A line of the catalogue."""
        broken = "legal" if self.legal else self.rule or "no rule of the bytes"
        return f"{self.name}: {self.sends} ({broken}, {self.rfc}). A client {self.duty.words}."


def upgrade(*extra: tuple[str, str], without: str = "", version: str = "HTTP/1.1") -> MakeResponse:
    """A valid 101, with the headers `extra` at its end, and one of its own left out."""

    def answer(request: Request) -> bytes:
        key = request.headers.get("Sec-WebSocket-Key") or ""
        headers = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_key(key)),
        ]
        headers = [header for header in headers if header[0] != without]
        return Response(101, "Switching Protocols", [*headers, *extra], version).encode()

    return answer


def refusal(status: int, reason: str, body: str, *extra: tuple[str, str]) -> MakeResponse:
    """An HTTP response with its body in plain text, after which the connection ends."""
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body.encode()))),
        ("Connection", "close"),
    ]
    return literally(Response(status, reason, [*headers, *extra]).encode() + body.encode())


def literally(data: bytes) -> MakeResponse:
    """The same bytes to everybody."""
    return lambda request: data


def close(code: int, reason: str | bytes = "") -> Frame:
    """A Close frame."""
    return Frame(Opcode.CLOSE, ClosePayload(code, reason).encode())


#: Follows each broken rule: a client that minded answers it with the code of its own
#: complaint, one that did not closes in peace.
NORMAL_CLOSE: Final = close(CloseCode.NORMAL_CLOSURE, "nobody minded")
