"""WebSockets you can see: every byte of a real connection visible, explained and checked.

    from wslab import EchoServer, Tap, connect, inspect

Each name below is loaded when it is first used, so that ``import wslab`` costs
next to nothing and pulls in no notebook machinery. Rooms and layers: see
CONTRIBUTING.md.
"""

from importlib import import_module

# Where each public name lives.
_HOMES = {
    # what bytes mean
    "Side": "wslab.protocol.frames",
    "Opcode": "wslab.protocol.frames",
    "CloseCode": "wslab.protocol.frames",
    "Frame": "wslab.protocol.frames",
    "FrameReader": "wslab.protocol.frames",
    "Request": "wslab.protocol.handshake",
    "Response": "wslab.protocol.handshake",
    "Handshake": "wslab.protocol.handshake",
    "accept_key": "wslab.protocol.handshake",
    "Session": "wslab.protocol.session",
    "Finding": "wslab.protocol.rules.findings",
    "Field": "wslab.protocol.dissect",
    "dissect": "wslab.protocol.dissect",
    "Chunk": "wslab.protocol.recording.recording",
    "Recording": "wslab.protocol.recording.recording",
    # real sockets
    "EchoServer": "wslab.network.echo",
    "RogueServer": "wslab.network.rogue.server",
    "ChatServer": "wslab.network.chat.server",
    "ChatPage": "wslab.network.chat.server",
    "Tap": "wslab.network.tap.tap",
    "connect": "wslab.network.client",
    # how things look
    "inspect": "wslab.display.inspectors",
    "Inspection": "wslab.display.inspectors",
    "BrowserConsole": "wslab.display.widgets.browser_console",
    "LiveWire": "wslab.display.widgets.live_wire",
    "FrameBuilder": "wslab.display.widgets.frame_builder",
    "ChatPanel": "wslab.display.widgets.chat_panel",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"wslab has no name {name!r}; it has {', '.join(_HOMES)}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # so that this function is asked once for each name
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
