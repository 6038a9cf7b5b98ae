"""A browser's HAR: the messages of one WebSocket, their frames rebuilt.

A HAR holds messages, not bytes; the note of the recording says so.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode
from calendar import timegm
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from wslab.errors import RecordingError
from wslab.protocol.frames import Frame, Opcode, Side
from wslab.protocol.handshake import Request, Response
from wslab.protocol.recording.chunks import Chunk
from wslab.protocol.recording.wscap import MISREAD, Contents, listed
from wslab.protocol.redaction import redacted_text

REBUILT: Final = (
    "Rebuilt from {}: a HAR holds messages, not the bytes that travelled. The heads are built "
    "from the headers that it lists. Each message became one frame, uncompressed, with the "
    "masking key 00 00 00 00 if the client sent it. Fragments, pings, pongs, Close frames and "
    "the end of TCP are not in a HAR."
)
_KEY: Final = bytes(4)  # masks nothing, so that nobody mistakes it for a browser's random key
_SENDERS: Final = {"send": Side.CLIENT, "receive": Side.SERVER}
_DATE: Final = re.compile(r"(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):([\d.]+)(?:Z|([+-])(\d\d):?(\d\d))")


def read_har(data: bytes, name: str, index: int | None = None, url: str | None = None) -> Contents:
    """One WebSocket of a HAR: number `index`, from 0, or the one with `url` in its URL.

    It reads the files of Chromium's developer tools (front_end/models/har/Log.ts in
    devtools-frontend), Playwright and mitmproxy. Those of Firefox (har-builder.js in
    devtools/client/netmonitor/src/har) hold only the handshake, and are refused.

    Raises RecordingError for anything else, and if more than one WebSocket fits.
    """
    try:
        sockets = list(filter(_is_websocket, json.loads(data)["log"]["entries"]))
        urls = [str(entry["request"]["url"]) for entry in sockets]
        meant = [
            (target, entry)
            for number, (target, entry) in enumerate(zip(urls, sockets, strict=True))
            if index in (None, number) and (url is None or url in target)
        ]
        if len(meant) != 1:
            there = listed(f"index={n}: {redacted_text(target)}" for n, target in enumerate(urls))
            raise RecordingError(
                f"{name} holds {len(urls)} WebSockets, and {len(meant)} fit{there}; choose "
                "one with index= or url= (--number), or save a HAR again and open the Network "
                "panel before the page"
            )
        [(target, entry)] = meant
        chunks = list(_rebuilt(entry))
    except (*MISREAD, RecursionError) as error:
        found = f"no {error}" if isinstance(error, KeyError) else error
        raise RecordingError(
            f"{name} cannot be read as a HAR with WebSocket messages: {found}; save one from "
            "Chromium's developer tools, and open the Network panel before the page"
        ) from error
    counts = {side: sum(len(c.data) for c in chunks if c.sender is side) for side in Side}
    return Contents(target, counts, False, chunks, [], REBUILT.format(name))


def _is_websocket(entry: Mapping[str, Any]) -> bool:
    # Firefox writes no resource type.
    return entry.get("_resourceType") == "websocket" or entry["response"]["status"] == 101


def _rebuilt(entry: Mapping[str, Any]) -> Iterator[Chunk]:
    asked, answered = entry["request"], entry["response"]
    messages, status = entry.get("_webSocketMessages"), int(answered["status"])
    if status == 101 and messages is None:
        raise ValueError("it lists no messages (a HAR from Firefox never does)")
    if status != 101 and messages:
        raise ValueError(f"its handshake has the status {status} and not 101, yet it has messages")
    parts, at, start = urlsplit(asked["url"]), 0.0, _seconds(entry["startedDateTime"])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    yield Chunk(at, Side.CLIENT, Request(asked["method"], target, _headers(asked)).encode())
    if status:  # 0 if no server answered
        response = Response(status, answered["statusText"], _headers(answered))
        at = max(at, entry["timings"].get("wait", 0) / 1000)
        yield Chunk(at, Side.SERVER, response.encode())
    for message in messages or ():
        kind, opcode, text = message["type"], message["opcode"], message["data"]
        if kind == "error":
            continue  # the tool's own words about a failure; neither side sent them
        if kind not in _SENDERS or opcode not in (Opcode.TEXT, Opcode.BINARY):
            raise ValueError(f"it lists a message of type {kind!r} with opcode {opcode!r}")
        # Seconds since 1970; Playwright writes milliseconds, or -1 for "not known".
        when = float(message["time"])
        if not math.isfinite(when):
            raise ValueError(f"it lists a message with the time {when}")
        at = max(at, (when / 1000 if when > 1e11 else when) - start)
        payload = text.encode() if opcode == Opcode.TEXT else b64decode(text, validate=True)
        sender = _SENDERS[kind]
        mask = _KEY if sender.must_mask else None
        yield Chunk(at, sender, Frame(opcode, payload, mask=mask).encode())


def _headers(head: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(line["name"], line["value"]) for line in head["headers"]]


def _seconds(date: str) -> float:
    """Seconds since 1970 of a date in ISO 8601."""
    if (match := _DATE.fullmatch(date)) is None:
        raise ValueError(f"its date is {date!r}")
    *day, second, sign, hours, minutes = match.groups("0")
    east = int(hours) * 3600 + int(minutes) * 60
    return timegm((*map(int, day), 0)) + float(second) + (east if sign == "-" else -east)
