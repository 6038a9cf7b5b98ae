"""The same words for the same thing, in every view."""

from __future__ import annotations

from collections.abc import Sequence

from wslab.display.spans import Code, Line, hex_bytes
from wslab.protocol.frame_words import count
from wslab.protocol.frames import CloseCode, ClosePayload, Frame, Opcode, Side

__all__ = ["carries", "count", "direction", "joined", "preview"]


def direction(sender: Side) -> str:
    """Who sends to whom: "client → server"."""
    return f"{sender.value} → {sender.peer.value}"


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def preview(data: bytes | str, limit: int = 48) -> str:
    """The first `limit` characters in quotes; bytes that are not UTF-8 show as U+FFFD."""
    text = data if isinstance(data, str) else data[: 4 * limit].decode(errors="replace")
    # A character that the slice cut in half is not the sender's fault.
    if isinstance(data, bytes) and len(data) > 4 * limit:
        text = text.rstrip("\ufffd")
    more = len(text) > limit or len(data) > 4 * limit
    return f'"{text[:limit]}"' + (" …" if more else "")


def carries(frame: Frame) -> Line:
    """The payload in a few words."""
    payload = frame.payload
    if frame.rsv1:
        return f"{count(len(payload))}, compressed"
    if frame.opcode == Opcode.CLOSE and len(payload) >= 2:
        close = ClosePayload.parse(payload)
        name = f", {close.code.name}" if isinstance(close.code, CloseCode) else ""
        reason = (", ", Code(preview(close.reason))) if close.reason_bytes else ()
        return (f"{int.from_bytes(payload[:2], 'big')}{name}", *reason)
    if not payload:
        return "nothing"
    if frame.opcode == Opcode.BINARY:
        return Code(hex_bytes(payload[:12]) + (" …" if len(payload) > 12 else ""))
    return Code(preview(payload))
