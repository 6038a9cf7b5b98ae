"""RawClient: a WebSocket client that sends exactly the bytes you give it.

A library keeps the rules for you. To see what happens when one is broken, or to put the
bytes of a standard's example on a real wire, nobody must stand in between.
"""

from __future__ import annotations

import socket
from typing import Final, Self

from wslab.errors import MalformedHandshake, NotRunning, WslabError
from wslab.network.targets import PORTS, split_target
from wslab.protocol.frames import Frame
from wslab.protocol.handshake import Request, Response

SAMPLE_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="  # the sample nonce of RFC 6455 §1.3


class RawClient:
    """One connection on a plain blocking socket; ``with RawClient(server.url) as raw:``.

    Entering connects and makes the opening handshake, always with the same `key` unless
    you give another. `host` is the Host header, else the address in `url`. After that,
    nothing travels but what you `send`. `timeout`, in seconds, bounds every wait.

    WslabError when `url` is not a ws:// URL, when nobody answers, or when the answer is not a 101.
    """

    def __init__(
        self, url: str, *, host: str = "", key: str = SAMPLE_KEY, timeout: float = 5.0
    ) -> None:
        parts = split_target(url, "RawClient", ("ws", "http"))
        self.address = (parts.hostname or "", parts.port or PORTS[parts.scheme])
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._read = b""  # received and not yet handed out
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.request = Request(
            "GET",
            target,
            [
                ("Host", host or parts.netloc.rpartition("@")[2]),
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", key),
                ("Sec-WebSocket-Version", "13"),
            ],
        )
        self.response: Response | None = None

    def __enter__(self) -> Self:
        host, port = self.address
        try:
            self._socket = socket.create_connection(self.address, timeout=self._timeout)
        except (OSError, UnicodeError) as error:  # the latter for an invalid host name
            raise WslabError(
                f"nobody answers on {host}:{port} ({error}); start the server first."
            ) from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._shake_hands()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the TCP connection, without a Close frame: send one first if you want one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire as they are."""
        self._connected.sendall(data)

    def read(self, size: int) -> bytes:
        """The next `size` bytes. WslabError when the server ends the connection before."""
        while len(self._read) < size:
            if not self._more():
                raise WslabError(
                    f"the server ended the connection after {len(self._read)} of {size} bytes: "
                    f"{self._read[:40].hex(' ')}; read_to_end() takes what there is."
                )
        data, self._read = self._read[:size], self._read[size:]
        return data

    def read_frame(self) -> Frame | None:
        """The next whole frame; None when the server ended the connection instead."""
        while (frame := Frame.parse(self._read)) is None:
            if not self._more():
                return None
        self._read = self._read[len(frame.encode()) :]
        return frame

    def read_to_end(self) -> bytes:
        """Every byte until the server ends its direction of the connection."""
        while self._more():
            pass
        data, self._read = self._read, b""
        return data

    @property
    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise NotRunning(
                "RawClient is not connected; use it inside 'with RawClient(url) as raw:'."
            )
        return self._socket

    def _more(self) -> bool:
        """Wait for more bytes; False when none will come."""
        try:
            data = self._connected.recv(65536)
        except TimeoutError:
            raise WslabError(
                f"no more bytes came within {self._timeout:g} s; the server may be waiting for "
                "the rest of what you sent."
            ) from None
        except ConnectionError:
            return False
        self._read += data
        return bool(data)

    def _shake_hands(self) -> None:
        self.send(self.request.encode())
        ended = False
        while (answer := read_101(self._read, ended)) is None:
            ended = not self._more()
        self.response, self._read = answer


def read_101(data: bytes, ended: bool) -> tuple[Response, bytes] | None:
    """The 101 that `data` begins with, and the bytes behind it; None while it is incomplete.

    WslabError when it will not come: `data` is not HTTP or has another status, or `ended` is true.
    """
    try:
        response = Response.parse(data)
    except MalformedHandshake as error:
        raise WslabError(f"the server did not answer with HTTP: {error}") from error
    if response is None:
        if ended:
            raise WslabError(
                "the server ended the connection before it answered the handshake; "
                "check that it speaks WebSocket."
            )
        return None
    if response.status != 101:
        raise WslabError(
            f"the server refused the handshake: {response.start_line!r}, and not 101; "
            "check the path of the URL."
        )
    return response, data[len(response) :]
