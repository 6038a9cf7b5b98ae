"""RogueServer: a WebSocket server that breaks one rule at a time, on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from wslab.errors import WslabError
from wslab.network.background import run
from wslab.network.rogue.behaviour import Behaviour, BehaviourEnd, refusal
from wslab.network.rogue.catalogue import CATALOGUE
from wslab.network.streams import READ_BYTES, StreamServer, next_request, reset
from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import ClosePayload, Frame, FrameReader, Opcode
from wslab.protocol.handshake import Handshake, Request
from wslab.protocol.redaction import redacted_text


class RogueServer(StreamServer):
    """Does one act of the catalogue to every client; ``with RogueServer("masked-frame") as rogue``.

    `act` is a name in ``RogueServer.catalogue()``, which says what each act sends, which rule
    that breaks, and what a correct client does. The path of the URL makes no difference.
    `log` says what happened, one line per event.

    The server ends a connection that is still open after `patience` seconds.

    Raises WslabError for a name that is not in the catalogue.
    """

    def __init__(
        self,
        act: str,
        *,
        patience: float = 10.0,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str | None = None,
    ) -> None:
        super().__init__(host=host, port=port, name=name)
        if act not in CATALOGUE:
            raise WslabError(
                f"RogueServer has no act {act!r}; choose one of {', '.join(CATALOGUE)}, "
                "or print(*RogueServer.catalogue().values(), sep='\\n') to read what they do."
            )
        self.act: Behaviour = CATALOGUE[act]
        self.patience = patience
        self._log: list[str] = []
        self._arrived = 0  # clients so far

    @staticmethod
    def catalogue() -> dict[str, Behaviour]:
        """Every act by its name: what it sends, the rule it breaks, what a correct client does."""
        return dict(CATALOGUE)

    @property
    def url(self) -> str:
        """The WebSocket URL, such as ``ws://127.0.0.1:8765``. Raises NotRunning if stopped."""
        self._need_running()
        return f"ws://{self._place}"

    @property
    def log(self) -> list[str]:
        """What was sent and what came back, in words, oldest first. It stays after a stop."""
        return list(self._log)

    def wait_closed(self, timeout: float = 5.0) -> list[str]:
        """Wait until every connection so far has ended; return the log.

        `timeout` is in seconds; after it, this raises WslabError. To let a cell's own loop go
        on meanwhile, write ``await asyncio.to_thread(rogue.wait_closed)``.
        """

        async def until() -> list[str]:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=timeout)
            if self._tasks:
                raise WslabError(
                    f"a connection did not end within {timeout:g} s; close the client, "
                    "or give RogueServer a smaller patience."
                )
            return self.log

        return run(until(), timeout + 1)

    # From here on everything runs on the background loop.

    async def _open(self) -> None:
        self._log.clear()
        self._arrived = 0
        await super()._open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._arrived += 1
        visit = _Visit(f"client {self._arrived}", self._log, reader, writer)
        try:
            async with asyncio.timeout(self.patience):
                await visit.play(self.act)
        except TimeoutError:
            visit.say(f"the server ends TCP after {self.patience:g} s of patience")
        except ConnectionError:
            visit.say(f"{visit.client} resets TCP")


class _Visit:
    """One client's connection, from its request to its end."""

    def __init__(
        self,
        client: str,
        log: list[str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.client = client
        self.say = log.append
        self._reader, self._writer = reader, writer
        self._frames = FrameReader()
        self._rest = b""  # came with the request, and was not read yet

    async def play(self, act: Behaviour) -> None:
        if (got := await next_request(self._reader)) is None:
            self.say(f"{self.client} ends TCP without a request")
            return
        request, self._rest = got
        self.say(f"{self.client} asks for {redacted_text(request.target)}")
        # Each line is logged before its bytes leave: what a client has seen is in the log.
        if (fault := _unfit(request, act)) is not None:
            self.say(f"{self.client} is refused: {fault}")
            await self._send(refusal(400, "Bad Request", fault + "\n")(request))
            await self._end()
            return
        self.say(f"{self.client} gets {act.sends}")
        await self._send(act.answer(request) + act.tail)
        if act.ending is BehaviourEnd.HOLD:
            await self._watch(_never)
        elif act.ending is BehaviourEnd.DROP:
            await self._end()
        elif act.ending is BehaviourEnd.RESET:
            await self._watch(lambda frame: frame.opcode == Opcode.PONG)
            self._reset()
        elif await self._watch(lambda frame: frame.opcode == Opcode.CLOSE):
            await self._end()

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _watch(self, wanted: Callable[[Frame], bool]) -> bool:
        """Note what the client sends, up to a frame that is `wanted`; False if it ends first."""
        while True:
            piece = self._rest or await self._reader.read(READ_BYTES)
            self._rest = b""
            if not piece:
                self.say(f"{self.client} ends TCP")
                return False
            for frame in self._frames.feed(piece):
                self.say(f"{self.client} sends {_in_words(frame)}")
                if wanted(frame):
                    return True

    async def _end(self) -> None:
        """End TCP as RFC 6455 §7.1.1 advises: send no more, then wait until the client ends it.

        A socket that is closed with unread bytes would send RST, and the client could lose
        what it has not read.
        """
        self.say("the server ends TCP")
        self._writer.write_eof()
        await self._watch(_never)

    def _reset(self) -> None:
        self.say("the server resets TCP")
        reset(self._writer.transport)


def _never(frame: Frame) -> bool:
    return False


def _unfit(request: Request, act: Behaviour) -> str | None:
    """Why the act cannot work with this client; None if it can."""
    if "websocket" not in (word.lower() for word in request.headers.tokens("Upgrade")):
        return "this is not a WebSocket client; use connect(rogue.url)."
    offered = [offer.name for offer in Handshake(request).offered_extensions]
    if act.offer and act.offer not in offered:
        return (
            f"{act.name} needs a client that offers {act.offer}; "
            "use connect(rogue.url, compression='deflate')."
        )
    return None


def _in_words(frame: Frame) -> str:
    """Such as ``CLOSE 1002 'incorrect masking'`` or ``TEXT, 5 bytes``."""
    if frame.opcode != Opcode.CLOSE:
        return f"{opcode_name(frame.opcode)}, {len(frame.payload)} bytes"
    payload = ClosePayload.parse(frame.payload)
    code = "without a code" if payload.code is None else str(int(payload.code))
    return f"CLOSE {code} {payload.reason!r}" if payload.reason else f"CLOSE {code}"
