"""The recordings of handshakes are what their script makes, and hold what lessons say of them."""

from pathlib import Path

import pytest

from tests.recordings.handshakes import FOLDER, echo_2014, hello
from wslab.protocol.frames import Opcode, Side
from wslab.protocol.handshake import accept_key
from wslab.protocol.recording.recording import Recording

FILES = sorted(FOLDER.glob("*.wscap"))


async def test_hello_can_be_recorded_again_byte_for_byte(tmp_path: Path) -> None:
    again = (await hello()).save(tmp_path / "hello.wscap")
    assert again.read_text(encoding="utf-8") == (FOLDER / "hello.wscap").read_text(encoding="utf-8")


def test_2014_is_rebuilt_byte_for_byte(tmp_path: Path) -> None:
    again = echo_2014().save(tmp_path / "echo-2014.wscap")
    assert again.read_text(encoding="utf-8") == (FOLDER / "echo-2014.wscap").read_text(
        encoding="utf-8"
    )


def test_2014_has_the_right_accept_and_keeps_every_rule() -> None:
    recording = Recording.load(FOLDER / "echo-2014.wscap")
    assert recording.handshake.accept == accept_key("j6MZV0bC4TBsmQHmnlsEyw==")
    assert [finding.rule for finding in recording.findings() if not finding.ok] == []


def test_a_page_of_another_origin_connected_without_cors_and_without_its_header() -> None:
    recording = Recording.load(FOLDER / "browser.wscap")
    request, response = recording.handshake.request, recording.handshake.response
    assert request.headers.get("Origin") == "http://page.example"
    assert request.headers.get("Host") == "echo.example"
    assert request.target.endswith("?room=1") and recording.handshake.subprotocol == "chat"
    assert b"X-Token" not in request.encode() and b"mine" not in request.encode()
    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
    sent = [(frame.sender, frame.frame.opcode) for frame in recording.frames()]
    assert sent[:2] == [(Side.CLIENT, Opcode.TEXT), (Side.SERVER, Opcode.TEXT)]
    assert [finding.rule for finding in recording.findings() if not finding.ok] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_recording_holds_a_secret(path: Path, tmp_path: Path) -> None:
    saved = Recording.load(path).save(tmp_path / path.name, redact=True)
    assert saved.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
