"""A certificate made on the spot: whom it is for, who trusts it, and what it leaves behind."""

import asyncio
import builtins
import http.client
import os
import ssl
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.patience import LIMIT
from tests.whole.test_exports import modules_after
from wslab.errors import NotRunning, WslabError
from wslab.network.certificates import Certificate, why_not_trusted
from wslab.network.client import CannotConnect, connect
from wslab.network.echo import EchoServer


@pytest.fixture(scope="module")
def server() -> Iterator[EchoServer]:
    with EchoServer(tls=True) as server:
        yield server


def named(server: EchoServer, host: str) -> str:
    return f"wss://{host}:{server.port}/echo"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_it_is_valid_for_this_machine(server: EchoServer, host: str) -> None:
    options = {"ssl": server.client_context, "host": "127.0.0.1", "server_hostname": host}
    async with connect(named(server, host), **options) as ws:
        await ws.send("Hello")
        assert await ws.recv() == "Hello"


async def test_and_for_no_other_name(server: EchoServer) -> None:
    options = {"ssl": server.client_context, "host": "127.0.0.1"}
    with pytest.raises(CannotConnect, match="is not trusted: .*not valid for 'example.org'"):
        await connect(named(server, "example.org"), **options)


def test_other_hosts_can_be_named() -> None:
    server_side, client_side = ssl.MemoryBIO(), ssl.MemoryBIO()
    for host, fits in (("chat.example", True), ("other.example", False)):
        certificate = Certificate("chat.example")
        client = certificate.client_context.wrap_bio(server_side, client_side, server_hostname=host)
        server = certificate.server_context.wrap_bio(client_side, server_side, server_side=True)
        told = [shake(end) for end in (client, server, client)]
        assert (told[-1] is None) is fits
        server_side, client_side = ssl.MemoryBIO(), ssl.MemoryBIO()


def shake(end: ssl.SSLObject) -> str | None:
    """What keeps this end from being done, or None."""
    try:
        end.do_handshake()
    except ssl.SSLError as error:
        return str(error.reason or error)
    return None


async def test_without_its_context_nobody_trusts_it(server: EchoServer) -> None:
    with pytest.raises(CannotConnect) as caught:
        await connect(server.url)
    assert "its certificate is not trusted: " in str(caught.value)
    assert "ssl=server.client_context" in str(caught.value)
    assert "_ssl.c" not in str(caught.value)


async def test_nor_does_the_context_of_another_server(server: EchoServer) -> None:
    with pytest.raises(CannotConnect, match="not trusted"):
        await connect(server.url, ssl=Certificate().client_context)


async def test_a_server_that_speaks_no_tls_is_told_apart() -> None:
    async with EchoServer() as plain:
        with pytest.raises(CannotConnect, match=r"cannot reach .* \(ConnectionResetError\)"):
            await connect(named(plain, "127.0.0.1"))


async def test_a_server_that_answers_in_clear_is_told_apart_too() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(CannotConnect, match=r"TLS with 127.* failed .*speaks wss://"):
            await connect(f"wss://127.0.0.1:{port}/")


def test_the_addresses_say_tls(server: EchoServer) -> None:
    assert server.url == f"wss://127.0.0.1:{server.port}"
    assert server.http_url == f"https://127.0.0.1:{server.port}"


async def test_the_page_and_the_socket_share_the_port(server: EchoServer) -> None:
    def get() -> tuple[int, bytes]:
        place = urlsplit(server.http_url).netloc
        page = http.client.HTTPSConnection(place, timeout=LIMIT, context=server.client_context)
        try:
            page.request("GET", "/")
            answer = page.getresponse()
            return answer.status, answer.read()
        finally:
            page.close()

    status, body = await asyncio.to_thread(get)
    assert status == 200 and b"<title>" in body


async def test_a_second_start_shows_the_same_certificate() -> None:
    server = EchoServer(tls=True)
    with pytest.raises(NotRunning):
        _ = server.url
    context = server.client_context
    for _ in range(2):
        with server:
            async with connect(server.url, ssl=context) as ws:
                await ws.send("still trusted")
                assert await ws.recv() == "still trusted"


@pytest.mark.parametrize("host", ["0.0.0.0", ""])
async def test_every_interface_is_no_name(host: str) -> None:
    async with EchoServer(host, tls=True) as server:
        async with connect(server.url, ssl=server.client_context) as ws:
            assert ws.subprotocol is None


def test_a_plain_server_has_none() -> None:
    server = EchoServer()
    with pytest.raises(WslabError, match=r"server speaks ws://.*EchoServer\(tls=True\)"):
        _ = server.client_context


def test_pem_is_for_other_programs() -> None:
    certificate = Certificate()
    for pem in (certificate.pem, certificate.authority_pem):
        assert pem.startswith("-----BEGIN CERTIFICATE-----\n") and "PRIVATE" not in pem
    context = ssl.create_default_context(cadata=certificate.authority_pem)
    assert context.cert_store_stats()["x509_ca"] >= 1
    assert repr(certificate) == "<Certificate for this machine, made on the spot>"


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    certificate = Certificate()
    _ = certificate.server_context, certificate.client_context
    assert os.listdir(tmp_path) == []


def test_without_trustme_the_next_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refusing(name: str, *rest: object) -> object:
        if name == "trustme":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "trustme", raising=False)
    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(WslabError, match="pip install trustme"):
        EchoServer(tls=True)


def test_who_needs_no_certificate_does_not_pay_for_it() -> None:
    loaded = modules_after("from wslab import EchoServer, Tap, connect\nEchoServer()")
    assert not loaded & {"trustme", "cryptography"}


def test_other_errors_are_no_matter_of_trust() -> None:
    assert why_not_trusted(OSError("gone")) is None
    assert why_not_trusted(None) is None
