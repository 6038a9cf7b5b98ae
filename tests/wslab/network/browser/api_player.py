"""Plays a script of the WebSocket API in Python and writes down what happened.

`tests/browser/api_player.js` does the same in JavaScript, line for line. A script is a list
of steps; a step is a list that begins with its verb:

    ["new", url, protocols?]      make the WebSocket, with a listener that logs every event
    ["wait", type]                until the next event of this type that was not waited for
    ["until", attribute, value]   until it has this value
    ["send", value]               value is a text, or {"view": hex}, {"blob": hex}, …
    ["close", code?, reason?]     code null: not given
    ["see", attribute]            log it
    ["set", attribute, value]
    ["on", type, label, steps?]   set on<type> to a handler that logs its label, then steps
    ["off", type]                 set on<type> to null
    ["listen", type, label, steps?, once?]
    ["unlisten", type, label]
    ["throw", text]               raise an error, from a handler

A step that raises is logged with the exception's name. The log is a list of lines.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tests.patience import LIMIT
from wslab.network.browser.websocket import Blob, DOMException, Event, WebSocket

Step = Sequence[Any]


class Thrown(Exception):
    """The error that a script throws."""


async def play(steps: Sequence[Step]) -> list[str]:
    """The log of one script, on the running loop."""
    player = Player()
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, said: player.log.append(f"reported {said['exception']}"))
    try:
        for step in steps:
            if step[0] in ("wait", "until"):
                patient = getattr(player, step[0])
                if not await patient(*step[1:]):
                    player.log.append(f"nothing came: {step[1]}")
                    break
            else:
                player.do(step)
    finally:
        loop.set_exception_handler(before)
        await player.leave()
    return [line if isinstance(line, str) else await line() for line in player.log]


class Player:
    def __init__(self) -> None:
        self.log: list[Any] = []  # a line, or a function that will know it
        self.ws: WebSocket | None = None
        self.seen: Counter[str] = Counter()
        self.waited: Counter[str] = Counter()
        self.changed = asyncio.Event()
        self.listeners: dict[str, Callable[[Event], None]] = {}

    async def wait(self, type: str) -> bool:
        self.waited[type] += 1
        try:
            async with asyncio.timeout(LIMIT):
                while self.seen[type] < self.waited[type]:
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            return False
        return True

    async def until(self, name: str, value: Any) -> bool:
        """No event tells of CLOSING, so this has to look again and again."""
        try:
            async with asyncio.timeout(LIMIT):
                while getattr(self.ws, name) != value:
                    await asyncio.sleep(0.001)
        except TimeoutError:
            return False
        return True

    async def leave(self) -> None:
        """The log ends here; the connection does too, before the loop."""
        kept, ws = list(self.log), self.ws
        if ws is not None and ws.readyState != ws.CLOSED:
            ws.close()
            async with asyncio.timeout(LIMIT):
                while not self.seen["close"]:
                    self.changed.clear()
                    await self.changed.wait()
        self.log = kept

    def note(self, event: Any) -> None:
        line = f"{event.type} {int(event.target.readyState)}"
        if event.type == "close":
            reason = json.dumps(event.reason, ensure_ascii=False)
            clean = "clean" if event.wasClean else "not clean"
            line += f" {int(event.code)} {reason} {clean}"
        if event.type == "message":
            line += f" {event.origin} "
            if isinstance(event.data, Blob):
                blob = event.data

                async def later() -> str:
                    return f"{line}Blob {_shown((await blob.arrayBuffer()).hex())}"

                self.log.append(later)
            elif isinstance(event.data, bytes):
                self.log.append(f"{line}ArrayBuffer {_shown(event.data.hex())}")
            else:
                self.log.append(f"{line}text {_shown(event.data)}")
        else:
            self.log.append(line)
        self.seen[event.type] += 1
        self.changed.set()

    def do(self, step: Step) -> None:
        verb, *rest = step
        if verb == "throw":
            raise Thrown(rest[0])
        try:
            getattr(self, f"do_{verb}")(*rest)
        except DOMException as error:
            self.log.append(f"{verb} raises {error.name}")

    def do_new(self, url: str, *protocols: Any) -> None:
        self.ws = WebSocket(url, *protocols)
        for type in ("open", "message", "error", "close"):
            self.ws.addEventListener(type, self.note)

    def do_send(self, value: Any) -> None:
        self.the_ws.send(_value(value))

    def do_close(self, *rest: Any) -> None:
        self.the_ws.close(*rest)

    def do_see(self, name: str) -> None:
        value = getattr(self.the_ws, name)
        value = int(value) if isinstance(value, int) else value
        self.log.append(f"{name} is {'null' if value is None else value}")

    def do_set(self, name: str, value: Any) -> None:
        setattr(self.the_ws, name, value)

    def do_on(self, type: str, label: str, steps: Sequence[Step] = ()) -> None:
        setattr(self.the_ws, f"on{type}", self.handler(label, steps))

    def do_off(self, type: str) -> None:
        setattr(self.the_ws, f"on{type}", None)

    def do_listen(
        self, type: str, label: str, steps: Sequence[Step] = (), once: bool = False
    ) -> None:
        listener = self.listeners.setdefault(label, self.handler(label, steps))
        self.the_ws.addEventListener(type, listener, once=once)

    def do_unlisten(self, type: str, label: str) -> None:
        self.the_ws.removeEventListener(type, self.listeners[label])

    @property
    def the_ws(self) -> WebSocket:
        assert self.ws is not None
        return self.ws

    def handler(self, label: str, steps: Sequence[Step]) -> Callable[[Event], None]:
        def handle(event: Event) -> None:
            self.log.append(f"{label} hears {event.type}")
            for step in steps:
                if step[0] == "stop":
                    event.stopImmediatePropagation()
                else:
                    self.do(step)

        return handle


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return value
    [(kind, content)] = value.items()
    if kind == "repeat":
        return content[0] * content[1]
    if kind == "codes":
        return "".join(map(chr, content))
    make = {"buffer": bytes, "view": memoryview, "array": bytearray, "blob": Blob}[kind]
    return make(bytes.fromhex(content))  # type: ignore[operator]


def _shown(text: str) -> str:
    return text if len(text) < 60 else f"of {len(text)} ending {text[-4:]}"
