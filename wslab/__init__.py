"""WebSockets you can see: every byte of a real connection visible, explained and checked.

    from wslab import EchoServer, Tap, connect, inspect

Each name below is loaded when it is first used, so that ``import wslab`` costs
next to nothing and pulls in no notebook machinery. Folders and layers: see
CONTRIBUTING.md.
"""

from importlib import import_module
from typing import Final

# Where each public name lives.
_HOMES: Final = {
    "WslabError": "errors",
    # what bytes mean
    "Side": "protocol.frames",
    "Opcode": "protocol.frames",
    "CloseCode": "protocol.frames",
    "Frame": "protocol.frames",
    "FrameReader": "protocol.frames",
    "apply_mask": "protocol.frames",
    "Request": "protocol.handshake",
    "Response": "protocol.handshake",
    "Handshake": "protocol.handshake",
    "accept_key": "protocol.handshake",
    "redacted_text": "protocol.redaction",
    "Session": "protocol.session",
    "Field": "protocol.dissect",
    "dissect": "protocol.dissect",
    "Finding": "protocol.rules.findings",
    "check_handshake": "protocol.rules.handshake",
    "check_session": "protocol.rules.frames",
    "Chunk": "protocol.recording.chunks",
    "Recording": "protocol.recording.recording",
    "KernelMessage": "protocol.kernel_messages",
    # real sockets
    "EchoServer": "network.echo",
    "RogueServer": "network.rogue.server",
    "ChatServer": "network.chat.server",
    "ChatPage": "network.chat.server",
    "TokenBucket": "network.chat.room",
    "Tap": "network.tap.tap",
    "RawClient": "network.raw",
    "connect": "network.client",
    "WebSocket": "network.browser.websocket",
    "DOMException": "network.browser.dom",
    "TRANSITIONS": "network.browser.ready_state",
    "once": "network.browser.dom",
    # how things look
    "inspect": "display.inspectors",
    "Inspection": "display.inspectors",
    "bars": "display.pictures.bars",
    "message_map": "display.pictures.message_map",
    "states": "display.pictures.states",
    "timeline": "display.pictures.timeline",
    "BrowserConsole": "display.widgets.browser_console",
    "LiveWire": "display.widgets.live_wire",
    "FrameBuilder": "display.widgets.frame_builder",
    "ChatPanel": "display.widgets.chat_panel",
    # is this machine ready
    "check_setup": "doctor",
}
_MODULES: Final = {"chat_protocol": "network.chat.protocol"}  # public as a whole

__all__ = [*_HOMES, *_MODULES]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        value: object = import_module(f"wslab.{_MODULES[name]}")
    elif name in _HOMES:
        value = getattr(import_module(f"wslab.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"wslab has no name {name!r}; it has {', '.join(__all__)}")
    globals()[name] = value  # so that this function is asked once for each name
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
