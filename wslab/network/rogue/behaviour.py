"""Behaviour: one row of the rogue's catalogue, what it sends and how a client must react."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from wslab.protocol.frames import CloseCode, ClosePayload, Frame, Opcode
from wslab.protocol.handshake import Request, Response, accept_key

MakeResponse = Callable[[Request], bytes]
"""Makes the bytes that answer a client's request."""


class BehaviourEnd(Enum):
    """What the rogue does when it has sent everything."""

    CLOSING = "waits for the client's Close frame, and then ends TCP with FIN"
    DROP = "ends TCP at once, with FIN"
    RESET = "ends TCP with RST, as soon as the client has answered the ping"
    HOLD = "does nothing more, and leaves TCP open"

    def __repr__(self) -> str:
        return f"BehaviourEnd.{self.name}"


class ClientDuty(NamedTuple):
    """What a correct client does (RFC 6455 §7.1.5, §7.1.7).

    `sends` is the code in its Close frame: None if it sends no such frame, and 1005 for one
    without a code. `sees` is the close code that it reports to its program.
    """

    words: str
    sends: CloseCode | None
    sees: CloseCode


REFUSES: Final = ClientDuty("fails the handshake", None, CloseCode.ABNORMAL_CLOSURE)
LOSES: Final = ClientDuty("reports a lost connection", None, CloseCode.ABNORMAL_CLOSURE)


def fails(code: CloseCode) -> ClientDuty:
    """The client sends a Close frame with this code, and reads no more (RFC 6455 §7.1.7)."""
    return ClientDuty(f"fails the connection with {int(code)}", code, CloseCode.ABNORMAL_CLOSURE)


def closes(code: CloseCode) -> ClientDuty:
    """The client answers the rogue's Close frame with the same code (RFC 6455 §5.5.1)."""
    return ClientDuty("carries on, and answers the Close frame", code, code)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One act of a rogue server.

    `sends` describes it in words. `rule` names the first rule of ``wslab.protocol`` that it
    breaks; it is empty if the act is `legal`, or if the bytes alone cannot show the fault.
    `duty` is what a correct client does. The server sends `answer`, made from the request,
    then `frames`, and then ends as `ending` says.

    For some acts the client has to `offer` permessage-deflate; for others it has to close
    first (`client_closes`).
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
        broken = "legal" if self.legal else self.rule or "no rule about bytes"
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
    """The same bytes for every client."""
    return lambda request: data


def close(code: int, reason: str | bytes = "") -> Frame:
    """A Close frame."""
    return Frame(Opcode.CLOSE, ClosePayload(code, reason).encode())


#: Follows each broken rule. A client that noticed the fault sends the code of that fault;
#: a client that did not notice answers with 1000.
NORMAL_CLOSE: Final = close(CloseCode.NORMAL_CLOSURE, "no objections")
