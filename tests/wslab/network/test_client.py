"""connect: the library's client, loopback defaults, and sentences instead of call stacks."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.patience import LIMIT
from wslab.errors import WslabError
from wslab.network.client import CannotConnect, connect
from wslab.network.echo import EchoServer


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nothing listens: it is bound, so nobody else can take it either."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


async def test_async_with_closes_at_the_end(server: EchoServer) -> None:
    async with connect(server.url) as ws:
        await ws.send("hi")
        assert await ws.recv() == "hi"
    assert ws.close_code == 1000


async def test_await_leaves_the_closing_to_you(server: EchoServer) -> None:
    ws = await connect(server.url)
    await ws.send("hi")
    assert await ws.recv() == "hi"
    await ws.close(4000, "done")
    assert str(server.events[-1]).endswith("4000, 'done', the client closed first")


async def test_async_for_connects_again(server: EchoServer) -> None:
    rounds = 0
    async for ws in connect(server.url):
        rounds += 1
        if rounds == 3:
            break
        await ws.close()
    assert rounds == 3
    await ws.close()


async def test_async_for_tries_until_the_server_is_there() -> None:
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    server = EchoServer(port=holder.getsockname()[1], name="late")
    waited = []

    def delays() -> Iterator[float]:
        for attempt in range(1, 100):
            if attempt == 2:
                holder.close()
                server.start()
            waited.append(attempt)
            yield 0

    async with asyncio.timeout(LIMIT):
        async for ws in connect(f"ws://127.0.0.1:{server.port}", reconnect_delays=delays):
            await ws.send("at last")
            assert await ws.recv() == "at last"
            await ws.close()
            break
    assert waited == [1, 2]
    server.stop()


async def test_defaults_leave_what_was_sent_as_it_is(
    server: EchoServer, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with connect(server.url) as ws:
        assert ws.request is not None
        assert "Sec-WebSocket-Extensions" not in ws.request.headers
        assert ws.ping_interval is None
        assert ws.close_timeout == 2
    with pytest.raises(
        CannotConnect, match=str(free_port)
    ):  # the proxy is really in force for those who ask
        await connect("ws://192.0.2.1", proxy=True)


async def test_explicit_options_win() -> None:
    async with EchoServer(compression="deflate") as server:
        async with connect(
            server.url, compression="deflate", ping_interval=7, additional_headers={"X-Hi": "1"}
        ) as ws:
            assert ws.request is not None
            assert "permessage-deflate" in ws.request.headers["Sec-WebSocket-Extensions"]
            assert ws.request.headers["X-Hi"] == "1"
            assert ws.ping_interval == 7


async def test_messages_up_to_16_mib_come_through(server: EchoServer) -> None:
    async with connect(server.url) as ws:
        await ws.send(bytes(16 * 2**20))
        assert len(await ws.recv()) == 16 * 2**20


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "http://127.0.0.1:80/a",
            "'http://127.0.0.1:80/a' is not a WebSocket URL; it starts with ws:// or wss://. "
            "Write it like 'ws://127.0.0.1:80/a'.",
        ),
        (
            "https://example.test",
            "'https://example.test' is not a WebSocket URL; it starts with ws:// or wss://. "
            "Write it like 'wss://example.test'.",
        ),
        (
            "127.0.0.1:8765",
            "'127.0.0.1:8765' is not a WebSocket URL; it starts with ws:// or wss://. "
            "Write it like 'ws://127.0.0.1:8765/echo'.",
        ),
        (
            "ws://127.0.0.1/#part",
            "'ws://127.0.0.1/#part' is not a WebSocket URL; fragment identifier is meaningless. "
            "Write it like 'ws://127.0.0.1:8765/echo'.",
        ),
    ],
    ids=["http", "https", "no-scheme", "fragment"],
)
def test_a_url_that_is_none_of_websockets_is_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(WslabError) as caught:
        connect(url)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("url", ["", "ws://", "ws://host:99999", "ws://host:x", "ws://[::1", "ws:"])
def test_other_broken_urls_are_sentences_too(url: str) -> None:
    with pytest.raises(WslabError, match="is not a WebSocket URL"):
        connect(url)


@pytest.mark.parametrize("url", [None, 8765, b"ws://127.0.0.1"])
def test_a_url_is_a_str(url: object) -> None:
    with pytest.raises(WslabError, match="pass a str, such as server.url"):
        connect(url)  # type: ignore[arg-type]


def test_a_wrong_option_is_not_blamed_on_the_url() -> None:
    with pytest.raises(ValueError, match="unsupported compression"):
        connect("ws://127.0.0.1", compression="zip")


async def test_where_nothing_listens(free_port: int) -> None:
    with pytest.raises(CannotConnect) as caught:
        await connect(f"ws://127.0.0.1:{free_port}")
    said = f"nothing listens on 127.0.0.1:{free_port}; start the server first."
    assert str(caught.value) == said
    assert isinstance(caught.value, WslabError)
    assert isinstance(caught.value, OSError)  # as in the library
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert caught.value.errno == caught.value.__cause__.errno
    assert caught.value._render_traceback_() == [f"CannotConnect: {said}"]


async def test_where_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with pytest.raises(
            CannotConnect, match=rf"{port} did not answer in time \(open_timeout=0\.05"
        ):
            async with connect(f"ws://127.0.0.1:{port}", open_timeout=0.05):
                pass


async def test_any_other_reason_is_quoted(server: EchoServer) -> None:
    nobodys = ("192.0.2.1", 0)  # RFC 5737: an address that no machine has
    with pytest.raises(CannotConnect, match=rf"cannot reach 127\.0\.0\.1:{server.port} \(.*bind"):
        await connect(server.url, local_addr=nobodys)


async def test_a_refusal_keeps_the_librarys_name_and_the_response(server: EchoServer) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await connect(server.url + "/nope")
    assert caught.value.response.status_code == 404


async def test_a_refusal_in_a_notebook_is_a_sentence_and_what_the_server_said(
    server: EchoServer,
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await connect(server.url + "/no\x1bpe")
    assert caught.value._render_traceback_() == [
        "InvalidStatus: server rejected WebSocket connection: HTTP 404",
        "There is no WebSocket path /nope.",
        "WebSocket paths here: /, /broadcast, /echo, /reverse, /time",
    ]


async def test_the_librarys_log_comes_from_one_logger(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with EchoServer() as server, connect(server.url) as ws:
        await ws.send("x")
        await ws.recv()
    assert {record.name for record in caplog.records} - {"asyncio"} == {"wslab.websockets"}


async def test_nothing_is_printed(server: EchoServer, capfd: pytest.CaptureFixture[str]) -> None:
    ws = await connect(server.url)
    server.stop()
    with pytest.raises(ConnectionClosed):
        await ws.recv()
    assert capfd.readouterr() == ("", "")


def test_a_forgotten_await_is_told_by_the_repr() -> None:
    assert repr(connect("ws://127.0.0.1:9/a")) == (
        "<connect('ws://127.0.0.1:9/a'): not connected yet; write 'await' or 'async with'>"
    )


def test_neither_the_repr_nor_a_refusal_shows_a_secret() -> None:
    assert repr(connect("ws://h/?token=abc&n=1")).startswith("<connect('ws://h/?token=***&n=1')")
    with pytest.raises(WslabError, match=r"Write it like 'ws://\*+@h/\?token=\*\*\*'") as caught:
        connect("http://ann:pw@h/?token=abc")
    assert "abc" not in str(caught.value) and "ann" not in str(caught.value)
