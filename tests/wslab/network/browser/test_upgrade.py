"""What the browser's WebSocket asks for, and which answers it takes."""

from base64 import b64decode

import pytest

from wslab.network.browser.upgrade import is_acceptable, upgrade_request
from wslab.network.browser.ws_url import WsUrl
from wslab.protocol.handshake import Handshake, Response
from wslab.protocol.rules.handshake import check_handshake

URL = WsUrl.parse("ws://127.0.0.1:8765/chat?room=1")


def answered(*more: tuple[str, str], offered: tuple[str, ...] = (), status: int = 101) -> Handshake:
    request = upgrade_request(URL, offered)
    expected = Handshake(request).expected_accept or ""
    headers = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", expected),
        *more,
    ]
    return Handshake(request, Response(status, "", headers))


def test_the_request_keeps_every_rule() -> None:
    handshake = Handshake(upgrade_request(URL, ["chat", "echo"]))
    assert [finding for finding in check_handshake(handshake) if not finding.ok] == []
    assert handshake.request.target == "/chat?room=1"
    assert handshake.request.headers.get("Host") == "127.0.0.1:8765"
    assert handshake.subprotocols == ["chat", "echo"]
    assert "Origin" not in handshake.request.headers


def test_every_key_is_new() -> None:
    keys = {Handshake(upgrade_request(URL, [])).key for _ in range(20)}
    assert len(keys) == 20
    assert {len(b64decode(key or "")) for key in keys} == {16}


@pytest.mark.parametrize(
    "handshake",
    [
        answered(),
        answered(("Sec-WebSocket-Protocol", "chat"), offered=("x", "chat")),
        answered(("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=10")),
    ],
    ids=["plain", "subprotocol", "deflate"],
)
def test_it_is_taken(handshake: Handshake) -> None:
    assert is_acceptable(handshake)


CHAT = ("Sec-WebSocket-Protocol", "chat")


@pytest.mark.parametrize(
    "handshake",
    [
        answered(status=200),
        answered(status=426),
        answered(CHAT),
        answered(CHAT, offered=("x",)),
        answered(CHAT, CHAT, offered=("chat",)),
        answered(offered=("chat",)),
        answered(("Sec-WebSocket-Extensions", "x-unknown")),
        answered(("Sec-WebSocket-Accept", "again")),
        Handshake(upgrade_request(URL, [])),
    ],
    ids=[
        "200", "426", "not-offered", "another", "twice", "none-of-the-offered", "extension",
        "accept-twice", "no-answer",
    ],
)  # fmt: skip
def test_it_is_not_taken(handshake: Handshake) -> None:
    assert not is_acceptable(handshake)
