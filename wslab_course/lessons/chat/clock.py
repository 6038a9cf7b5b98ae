"""The time as the protocol of the chat writes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Handler = Callable[..., Awaitable[None]]


def now() -> str:
    """The time as the protocol writes it: ISO 8601, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
