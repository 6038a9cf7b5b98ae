"""KernelMessage: what the messages between JupyterLab and a kernel say, in two subprotocols.

A message between a page and its kernel has five or more parts: the channel; header, parent
header, metadata and content, each in JSON; and any buffers of raw bytes. On a WebSocket it
travels in one of two ways:

    v1.kernel.websocket.jupyter.org    a binary message that begins with a table of offsets
    no subprotocol                     a text message, all of it one JSON object

https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from wslab.errors import WslabError

V1: Final = "v1.kernel.websocket.jupyter.org"
MAX_OFFSETS_SHOWN: Final = 8  # in an error; a table may have a hundred thousand
OFFSET_BYTES: Final = 8  # bytes of each number in the table, the least significant first
_PARTS_OF_A_MESSAGE: Final = 5  # channel, header, parent header, metadata, content


@dataclass(frozen=True, slots=True)
class KernelMessage:
    """One message between a client and a kernel.

    `channel` is "shell" for questions and their replies, "iopub" for what the kernel tells
    every client, "control" for what cannot wait, "stdin" for questions from the kernel.
    """

    channel: str
    header: dict[str, Any]
    parent_header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    content: dict[str, Any] = field(default_factory=dict)
    buffers: tuple[bytes, ...] = ()

    @property
    def kind(self) -> str:
        """Its type, such as "execute_request"."""
        return str(self.header.get("msg_type", ""))

    @property
    def id(self) -> str:
        """Its own id, which an answer repeats as its `parent`."""
        return str(self.header.get("msg_id", ""))

    @property
    def parent(self) -> str:
        """The id of the message that it answers; "" for none."""
        return str(self.parent_header.get("msg_id", ""))

    @classmethod
    def parse(cls, data: bytes | str) -> KernelMessage:
        """Read a message of the v1 subprotocol (bytes) or without a subprotocol (text).

        Raises WslabError, with what was found, if it is neither.
        """
        if isinstance(data, str):
            return cls._from_json(data)
        channel, *parts = split_v1(data)
        if len(parts) < _PARTS_OF_A_MESSAGE - 1:
            raise WslabError(
                f"a kernel message has a channel and four parts of JSON; found {len(parts)} "
                "parts after the channel"
            )
        header, parent, metadata, content = (
            _object(part) for part in parts[: _PARTS_OF_A_MESSAGE - 1]
        )
        name = channel.decode(errors="replace")
        return cls(name, header, parent, metadata, content, tuple(parts[_PARTS_OF_A_MESSAGE - 1 :]))

    @classmethod
    def _from_json(cls, text: str) -> KernelMessage:
        fields = _object(text)
        try:
            parts = [fields[name] for name in ("header", "parent_header", "metadata", "content")]
            channel = fields["channel"]
        except KeyError as error:
            found = f"found {text[:60]!r}"
            raise WslabError(f"a kernel message in JSON has a field {error}; {found}") from None
        if not isinstance(channel, str):
            raise WslabError(f"the channel of a kernel message is text; found {text[:60]!r}")
        header, parent, metadata, content = (_must_be_object(part, text) for part in parts)
        return cls(channel, header, parent, metadata, content)

    def encode(self) -> bytes:
        """The message in the v1 subprotocol, its JSON without spaces."""
        objects = (self.header, self.parent_header, self.metadata, self.content)
        parts = [json.dumps(part, separators=(",", ":")).encode() for part in objects]
        return join_v1([self.channel.encode(errors="replace"), *parts, *self.buffers])


def split_v1(data: bytes) -> list[bytes]:
    """The parts of a v1 message, channel first: the bytes from each offset to the next.

    Raises WslabError if the table does not describe the message.
    """
    count = int.from_bytes(data[:OFFSET_BYTES], "little")
    if len(data) < OFFSET_BYTES or count < 2 or len(data) < OFFSET_BYTES * (count + 1):
        raise WslabError(
            f"a v1 message begins with a table of offsets; these {len(data)} bytes have no room "
            f"for the {count} offsets that the first {OFFSET_BYTES} bytes announce"
        )
    places = range(OFFSET_BYTES, OFFSET_BYTES * (count + 1), OFFSET_BYTES)
    offsets = [int.from_bytes(data[place : place + OFFSET_BYTES], "little") for place in places]
    if (
        offsets[0] != OFFSET_BYTES * (count + 1)
        or offsets[-1] != len(data)
        or offsets != sorted(offsets)
    ):
        found = ", ".join(map(str, offsets[:MAX_OFFSETS_SHOWN]))
        more = len(offsets) - MAX_OFFSETS_SHOWN
        found += f" and {more:,} more" if more > 0 else ""
        raise WslabError(
            "the offsets of a v1 message rise from the end of the table, "
            f"{OFFSET_BYTES * (count + 1)}, to the end of the message, {len(data)}; found {found}"
        )
    return [data[start:end] for start, end in zip(offsets, offsets[1:], strict=False)]


def join_v1(parts: list[bytes]) -> bytes:
    """A v1 message of these parts: the number of offsets, the offsets, then the parts."""
    offsets = [OFFSET_BYTES * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    table = [len(offsets), *offsets]
    return b"".join([*(number.to_bytes(OFFSET_BYTES, "little") for number in table), *parts])


def _object(data: bytes | str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    return _must_be_object(found, data)


def _must_be_object(found: object, data: bytes | str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise WslabError(f"a part of a kernel message is a JSON object; found {data[:60]!r}")
    return found
