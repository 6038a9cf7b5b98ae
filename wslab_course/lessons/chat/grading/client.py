"""ScriptedClient: a scripted client of a chat server, polite or hostile, that keeps a transcript.

Rules of this file:

* Every wait has a limit, and ends in `CheckFailed`: a sentence about the server.
* That something does not come is never found out by waiting. The script makes something
  else come after it; what has not come by then does not come.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from wslab.network.logger import LIBRARY_LOGGER
from wslab.network.streams import reset
from wslab.protocol.frame_words import count
from wslab.protocol.frames import Frame, Opcode
from wslab_course.lessons.chat.grading.busy_timeout import busy_timeout
from wslab_course.lessons.chat.grading.rubric import Transcript

_LINE_CHARACTERS: Final = 160  # characters of a message that a transcript shows
_FIRST_LINES, _NEWEST_LINES = 6, 24  # lines of a transcript that are kept
_SLOW_BUFFER_BYTES: Final = 4096  # bytes that the system keeps for a slow reader
_READING_BUFFER_BYTES: Final = 256 * 1024  # and once it reads
_MAX_MESSAGE_BYTES: Final = 64 * 2**20  # bytes of one message
_BYTES_BEFORE_THE_CUT: Final = 40  # bytes that are sent of a frame of 200

ChatMessage = dict[str, Any]


class CheckFailed(Exception):
    """A check failed; the text is what happened."""


class ScriptedClient:
    """One client, called `label` in what the rubric says and `name` on the wire."""

    def __init__(self, label: str, name: str, url: str, patience: float) -> None:
        self.label = label
        self.name = name
        self.received: list[ChatMessage] = []  # every JSON object; {} for anything else
        self.ended = False
        self._url = url
        self.patience = patience
        self._lines: list[str] = []
        self._left_out = 0
        self._news = asyncio.Event()
        self._ws: ClientConnection
        self._reader: asyncio.Task[None] | None = None

    @property
    def transcript(self) -> Transcript:
        lines = list(self._lines)
        if self._left_out:
            lines.insert(_FIRST_LINES, f"· {self._left_out:,} lines are left out here")
        return Transcript(self.label, tuple(lines))

    async def open(self, *, slow: bool = False) -> None:
        """Connect. A `slow` client reads nothing until `read` is called."""
        options: dict[str, Any] = {}
        if slow:
            options["sock"] = await _small_socket(self._url, self.patience)
        try:
            async with busy_timeout(self.patience):
                self._ws = await connect(
                    self._url,
                    proxy=None,
                    compression=None,
                    ping_interval=None,
                    open_timeout=None,
                    close_timeout=0.2,
                    max_size=_MAX_MESSAGE_BYTES,
                    logger=LIBRARY_LOGGER,
                    **options,
                )
        except TimeoutError:
            what = f"no answer came within {self.patience:g} s"
            raise CheckFailed(f"{self.label} could not connect: {what}.") from None
        except (OSError, InvalidHandshake, InvalidURI, ValueError, EOFError) as error:
            what = str(error) or type(error).__name__
            raise CheckFailed(f"{self.label} could not connect: {what}.") from None
        self._note("· connects" + (", and does not read" if slow else ""))
        if slow:
            self._ws.transport.pause_reading()  # type: ignore[attr-defined]
        else:
            self.read()

    def read(self) -> None:
        """Begin to read, and go on in the background."""
        transport = self._ws.transport
        with suppress(OSError):
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _READING_BUFFER_BYTES)
        transport.resume_reading()  # type: ignore[attr-defined]
        self._reader = asyncio.create_task(self._read())

    def stop_reading(self) -> None:
        """Stay connected, and read and answer nothing from now on."""
        self._note("· reads no more")
        self._ws.transport.pause_reading()  # type: ignore[attr-defined]

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._ws.recv())
        except (ConnectionClosed, OSError) as error:
            del error
        finally:
            self.ended = True
            if self._ws.close_code is not None:
                self._note(f"· the connection ends: {self.how_it_ended()}")
            self._news.set()

    def _take(self, data: str | bytes) -> None:
        self._note("← " + _shown(data))
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            message = None
        self.received.append(message if isinstance(message, dict) else {})
        self._news.set()

    @property
    def close_code(self) -> int | None:
        return self._ws.close_code

    def how_it_ended(self) -> str:
        """Such as ``1008 too fast``, or ``no Close frame``."""
        code = self._ws.close_code
        reason = f" {self._ws.close_reason}" if self._ws.close_reason else ""
        return "no Close frame" if code in (None, 1006) else f"{code}{reason}"

    def _note(self, line: str) -> None:
        self._lines.append(line)
        if len(self._lines) > _FIRST_LINES + _NEWEST_LINES:
            del self._lines[_FIRST_LINES]
            self._left_out += 1

    # What it sends

    async def send(self, data: str | bytes) -> None:
        """Send a message as it is. CheckFailed when the server has closed, or reads no more."""
        self._note("→ " + _shown(data))
        try:
            async with busy_timeout(self.patience):
                await self._ws.send(data)
        except ConnectionClosed:
            raise self._closed("before it could send this") from None
        except TimeoutError:
            raise CheckFailed(
                f"the server read nothing from {self.label} for {self.patience:g} s."
            ) from None

    async def tell(self, kind: str, **fields: object) -> None:
        """Send a message of the protocol."""
        await self.send(json.dumps({"type": kind, **fields}, ensure_ascii=False))

    async def say(self, text: str) -> None:
        await self.tell("say", text=text)

    async def join(self, **fields: object) -> ChatMessage:
        """Join, and wait until the server says so to this client."""
        await self.tell("join", name=self.name, **fields)
        return await self.hears_of("join", self, f"that {self.label} joined")

    async def try_to_send(self, data: str | bytes) -> None:
        """Send; a server that closes the connection over it may do so."""
        with suppress(CheckFailed):
            await self.send(data)

    # How it ends

    async def close(self) -> None:
        """Close politely: 1000, without a `leave`."""
        self._note("· closes the connection with 1000")
        await self._ws.close()

    def vanish(self) -> None:
        """End TCP with a reset, without a Close frame."""
        self._note("· is gone, without a Close frame")
        reset(self._ws.transport)

    def vanish_in_mid_frame(self, text: str) -> None:
        """Send the first part of a frame, and be gone."""
        payload = json.dumps({"type": "say", "text": text.ljust(160, ".")}).encode()
        frame = Frame(Opcode.TEXT, payload, mask=b"wsck").encode()
        self._note(f"→ {_BYTES_BEFORE_THE_CUT} of the {len(frame)} bytes of a frame")
        self._ws.transport.write(frame[:_BYTES_BEFORE_THE_CUT])
        self._ws.transport.close()  # the bytes leave before the FIN

    async def end(self) -> None:
        """Leave nothing behind, whatever state this is in."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait([self._reader])
        if hasattr(self, "_ws"):
            self._ws.transport.abort()
            async with asyncio.timeout(1):
                await self._ws.wait_closed()

    # What it waits for

    async def until(self, holds: Callable[[], object], what: str, *, closed: str = "") -> None:
        """Wait until something holds. CheckFailed with `what` when the time is over.

        When the server closes the connection, CheckFailed as well; with `closed` as the sentence.
        """
        if holds():
            return
        try:
            async with busy_timeout(self.patience):
                while not holds():
                    if self.ended:
                        raise CheckFailed(closed) if closed else self._closed("meanwhile")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise CheckFailed(what) from None

    async def hears(self, match: Callable[[ChatMessage], object], what: str) -> ChatMessage:
        """The first message that matches, of all it ever heard. `what` ends the sentence."""
        sentence = f"{self.label} did not hear {what} within {self.patience:g} s."
        await self.until(lambda: self.find(match), sentence)
        return self.find(match)[0]

    async def hears_text(self, text: str, what: str) -> ChatMessage:
        """The `say` with this text."""
        return await self.hears(lambda message: is_say(message, text), what)

    async def hears_of(self, kind: str, who: ScriptedClient, what: str) -> ChatMessage:
        """A join or leave of somebody."""
        return await self.hears(lambda message: is_about(message, kind, who), what)

    async def is_refused(self, before: int, what: str) -> ChatMessage | None:
        """Wait for an error after the `before` first messages. `what` begins the sentence."""

        def errors() -> list[ChatMessage]:
            return [message for message in self.received[before:] if message.get("type") == "error"]

        await self.until(
            errors,
            f"{what} got no error within {self.patience:g} s.",
            closed=f"{what} got no error: the server closed the connection instead.",
        )
        return errors()[0]

    def find(self, match: Callable[[ChatMessage], object]) -> list[ChatMessage]:
        return [message for message in self.received if match(message)]

    def times(self, text: str) -> int:
        """How many times it heard a text."""
        return len(self.find(lambda message: is_say(message, text)))

    def _closed(self, when: str) -> CheckFailed:
        return CheckFailed(
            f"the server closed {self.label}'s connection {when} ({self.how_it_ended()})."
        )


def is_say(message: ChatMessage, text: str) -> bool:
    return message.get("type") == "say" and message.get("text") == text


def is_about(message: ChatMessage, kind: str, who: ScriptedClient) -> bool:
    return message.get("type") == kind and message.get("name") == who.name


def _shown(data: str | bytes) -> str:
    """A message in a line. Times differ from run to run, and mean nothing here."""
    if isinstance(data, bytes):
        return f"{count(len(data), 'byte')}: {data[:24].hex(' ')}"
    text = re.sub(r'"at": ?"[^"]{0,40}"', '"at":"…"', data[: 2 * _LINE_CHARACTERS])
    more = (
        f" … {len(data):,} characters"
        if len(data) > 2 * _LINE_CHARACTERS or len(text) > _LINE_CHARACTERS
        else ""
    )
    return text[:_LINE_CHARACTERS] + more


async def _small_socket(url: str, patience: float) -> socket.socket:
    """A connected socket for which the system keeps little, so that a slow reader shows soon."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "wss" else 80)
    try:
        async with busy_timeout(patience):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )
            family, kind, number, _, address = found[0]
            connection = socket.socket(family, kind, number)
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SLOW_BUFFER_BYTES)
                connection.setblocking(False)
                await asyncio.get_running_loop().sock_connect(connection, address)
            except BaseException:
                connection.close()
                raise
    except (OSError, TimeoutError) as error:
        raise CheckFailed(f"a client could not connect: {error}.") from None
    return connection
