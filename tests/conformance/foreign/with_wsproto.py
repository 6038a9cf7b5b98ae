"""wsproto: it has no sockets of its own, so here is a plain one."""

import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import wsproto
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    Pong,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate

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


class Client:
    """One connection: events out, events in."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events = self._arriving()

    def send(self, event: Event) -> None:
        self._sock.sendall(self._protocol.send(event))

    def next(self) -> Event:
        return next(self._events)

    def message(self) -> str | bytes:
        """The next message, joined from the pieces that wsproto hands out."""
        parts = []
        while True:
            piece = self.next()
            assert isinstance(piece, Message), f"got {piece!r}, wanted a message"
            parts.append(piece.data)
            if piece.message_finished:
                return parts[0][:0].join(parts)

    def is_at_end(self) -> bool:
        """Whether the server ends TCP and sends no more."""
        return self._sock.recv(1) == b""

    def _arriving(self) -> Iterator[Event]:
        while True:
            data = self._sock.recv(65536)
            self._protocol.receive_data(data or None)
            yield from self._protocol.events()


def main(url: str) -> None:
    introduce("wsproto", wsproto.__version__)
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=LIMIT) as sock:
        client = Client(sock)
        client.send(Request(place.netloc, place.path, extensions=[PerMessageDeflate()]))
        with act("text"):
            same(type(client.next()), AcceptConnection)
            client.send(TextMessage(TEXT))
            same(client.message(), TEXT)
        with act("binary"):
            client.send(BytesMessage(BINARY))
            same(bytes(client.message()), BINARY)
        with act("empty"):
            client.send(TextMessage(""))
            same(client.message(), "")
        with act("ping"):
            client.send(Ping(PING))
            same(client.next(), Pong(PING))
        with act("fragments"):
            last = len(FRAGMENTS) - 1
            for number, part in enumerate(FRAGMENTS):
                client.send(TextMessage(part, message_finished=number == last))
            same(client.message(), "".join(FRAGMENTS))
        with act("close"):
            client.send(CloseConnection(CODE, REASON))
            same(client.next(), CloseConnection(CODE, REASON))
            same(client.is_at_end(), True)


if __name__ == "__main__":
    main(sys.argv[1])
