"""What we use of the library `websockets` beyond its documented interface, and nowhere else.

A new version may rename any of it without a word. `TRIED_WITH` is the version that it was last
tried with, and the tests of this file name what is gone.
"""

from __future__ import annotations

import asyncio
from typing import Final

from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection

TRIED_WITH: Final = "17.4"


class ObservedConnection(ServerConnection):
    """A connection of a server that tells a subclass when it comes, speaks and goes."""

    def has_come(self) -> None:
        """TCP is there, and nothing was read yet."""

    def is_about_to_send(self) -> None:
        """Bytes are about to leave, such as a Close frame."""

    def has_gone(self) -> None:
        """TCP has ended."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.has_come()
        super().connection_made(transport)

    def send_data(self) -> None:
        self.is_about_to_send()
        super().send_data()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.has_gone()


def cancel_handlers(server: Server) -> None:
    """Cancel every handler that still runs; ``server.wait_closed()`` waits for their end."""
    for task in server.handler_tasks.copy():
        task.cancel()


def destination(connecting: connect) -> str:
    """Where a connection goes, or went last, as host:port."""
    return f"{connecting.ws_uri.host}:{connecting.ws_uri.port}"


def uses_proxy(connecting: connect) -> bool:
    """Whether a connection may lead through a proxy."""
    return connecting.proxy is not None
