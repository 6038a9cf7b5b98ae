"""The echo page over TLS in a real browser: refused, until the browser knows the certificate.

Chromium is given the hash of the certificate's public key (`--ignore-certificate-errors-spki-
list`): it then trusts this one key, and every other stranger as little as before.
"""

import base64
import hashlib
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import FLAGS, find_chromium
from wslab.network.certificates import Certificate
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import Side

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[EchoServer]:
    with EchoServer(tls=True) as server:
        yield server


@pytest.fixture(scope="module")
def trusting(browser: Browser, server: EchoServer) -> Iterator[Browser]:
    """A second browser, which knows this server's key."""
    flag = f"--ignore-certificate-errors-spki-list={key_hash(server.certificate)}"
    second = browser.browser_type.launch(executable_path=find_chromium(), args=[*FLAGS, flag])
    yield second
    second.close()


def key_hash(certificate: Certificate) -> str:
    """The SHA-256 of the public key, as Chromium wants it."""
    key = load_pem_x509_certificate(certificate.pem.encode()).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()


def echo(page: Page, text: str) -> None:
    """Connect, send and receive with the buttons of the page that is open."""
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("OPEN (1)")
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send text", exact=True).click()
    log = page.get_by_role("log", name="Log", exact=True)
    expect(log).to_contain_text(f"RECEIVED: {text}")


def test_a_stranger_is_refused(page: Page, server: EchoServer) -> None:
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(server.http_url)
    assert server.events.of("open") == []


def test_another_key_is_as_strange_to_the_browser_that_trusts_one(trusting: Browser) -> None:
    page = trusting.new_page()
    with EchoServer(tls=True) as other:
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(other.http_url)
    page.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_trusted_page_echoes_over_wss(trusting: Browser, server: EchoServer, host: str) -> None:
    page = trusting.new_page()
    page.goto(server.http_url.replace("127.0.0.1", host))
    assert page.evaluate("isSecureContext") and page.evaluate("location.protocol") == "https:"
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    echo(page, "over TLS")
    assert [url.startswith(f"wss://{host}:") for url in sockets] == [True]
    page.close()


def test_a_tap_outside_sees_the_browsers_records(trusting: Browser, server: EchoServer) -> None:
    page = trusting.new_page()
    with Tap(server.url, decrypt=False) as tap:
        page.goto(tap.url.replace("wss:", "https:"))
        echo(page, "nobody reads this")
        page.close()
        seen = tap.recordings
    with_records = [recording for recording in seen if recording.tls_records()]
    assert len(with_records) >= 2, "the page and its WebSocket"
    for recording in seen:
        for side in Side:
            data = recording.bytes_from(side)
            assert b"nobody" not in data and b"Sec-WebSocket" not in data
    kinds = {sent.record.name for recording in with_records for sent in recording.tls_records()}
    assert "HANDSHAKE" in kinds and "APPLICATION_DATA" in kinds
