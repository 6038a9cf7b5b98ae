"""The public names are the design's, they are documented, and importing them costs nothing."""

import subprocess
import sys

import pytest

import wslab

PUBLIC = {
    "TRANSITIONS", "BrowserConsole", "ChatPage", "ChatPanel", "ChatServer", "Chunk", "CloseCode",
    "DOMException", "EchoServer", "Field", "Finding", "Frame", "FrameBuilder", "FrameReader",
    "Handshake", "Inspection", "KernelMessage", "LiveWire", "Opcode", "RawClient", "Recording",
    "Request", "Response", "RogueServer", "Session", "Side", "Tap", "TokenBucket", "WebSocket",
    "WslabError", "accept_key", "apply_mask", "bars", "chat_protocol", "check_handshake",
    "check_session", "check_setup", "connect", "dissect", "inspect", "message_map", "once",
    "redacted_text", "states", "timeline",
}  # fmt: skip

HEAVY = {
    "IPython",
    "ipykernel",
    "ipywidgets",
    "anywidget",
    "jupyter_client",
    "tornado",
    "traitlets",
}


def modules_after(code: str) -> set[str]:
    """The top-level names in sys.modules of a fresh Python that ran `code`."""
    show = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{show}"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_public_names_are_the_designs():
    assert set(wslab.__all__) == PUBLIC
    assert len(wslab.__all__) == len(PUBLIC), "a name is listed twice"


def test_dir_lists_them():
    assert set(dir(wslab)) >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_name_resolves_and_is_documented(name):
    value = getattr(wslab, name)
    assert value is getattr(wslab, name), "the second look finds another object"
    if name.isupper():
        return  # a table; the comment above it is in its module
    assert value.__doc__ and value.__doc__.strip(), f"{name} has no docstring"
    assert not value.__doc__.startswith(f"{name}("), f"{name} has only a generated docstring"


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(AttributeError, match=r"wslab has no name 'Fraem'; it has .*Frame"):
        _ = wslab.Fraem


def test_star_import_brings_exactly_the_public_names():
    namespace: dict[str, object] = {}
    exec("from wslab import *", namespace)
    assert set(namespace) - {"__builtins__"} == PUBLIC


def test_import_is_light():
    assert not modules_after("import wslab") & (HEAVY | {"websockets", "asyncio"})


def test_the_helper_imports_nothing_of_the_course():
    code = "import wslab\nfor name in wslab.__all__: getattr(wslab, name)"
    assert "wslab_course" not in modules_after(code)


def test_looking_and_listening_need_no_notebook():
    code = "from wslab import EchoServer, Recording, RogueServer, Tap, connect, inspect"
    assert not modules_after(code) & HEAVY
