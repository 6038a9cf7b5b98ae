"""The poisoned cache: what the proxy believes, and what a mask changes about it."""

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.wslab.network.sockets import LIMIT, read_to_end
from wslab.errors import MalformedHandshake
from wslab.network.echo import EchoServer
from wslab.network.raw import RawClient
from wslab.protocol.frames import Frame, Opcode, apply_mask
from wslab.protocol.handshake import Request, Response
from wslab.protocol.http_head import MAX_HEAD_BYTES
from wslab_course.lessons.frames.caching_proxy import (
    Accomplice,
    CachingProxy,
    Scanner,
    Site,
    fetch,
    http_response,
)

URL = "http://cdn.example/library.js"
REAL = b'greet("hello")'
GET = b"GET /library.js HTTP/1.1\r\nHost: cdn.example\r\n\r\n"
FORGED = http_response(b'steal("cookies")')
KEY = bytes.fromhex("37fa213d")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/library.js": REAL}) as site:
        yield site


@pytest.fixture
def proxy(site: Site) -> Iterator[CachingProxy]:
    with Accomplice(FORGED) as evil:
        with CachingProxy({"cdn.example": site, "evil.example": evil}) as proxy:
            yield proxy


def attack(proxy: CachingProxy, *frames: Frame) -> None:
    with RawClient(proxy.url, host="evil.example") as page:
        for frame in frames:
            page.send(frame.encode())
            assert page.read(len(FORGED)) == FORGED


# --- what a cache is for ----------------------------------------------------------------


def test_the_second_visitor_is_served_from_the_cache(proxy: CachingProxy, site: Site) -> None:
    assert [fetch(URL, through=proxy) for _ in range(3)] == [REAL] * 3
    assert site.asked == ["/library.js"]
    assert proxy.cache == {URL: http_response(REAL)}
    assert proxy.log == [
        f"saw a request for {URL}",
        f"kept the answer for {URL}",
        *[f"served {URL} from the cache"] * 2,
    ]


def test_only_a_200_is_kept(proxy: CachingProxy, site: Site) -> None:
    missing = "http://cdn.example/missing.js"
    assert fetch(missing, through=proxy) == b""
    assert proxy.cache == {}
    assert fetch(URL, through=proxy) == REAL
    assert list(proxy.cache) == [URL]


def test_a_kept_alive_connection_is_learned_from_in_order(proxy: CachingProxy, site: Site) -> None:
    site.pages["/second.js"] = b"second()"
    connection = http.client.HTTPConnection(proxy.host, proxy.port, timeout=LIMIT)
    for path, body in (("/missing.js", b""), ("/second.js", b"second()"), ("/library.js", REAL)):
        connection.request("GET", path, headers={"Host": "cdn.example"})
        assert connection.getresponse().read() == body
    connection.close()
    assert proxy.cache == {
        "http://cdn.example/second.js": http_response(b"second()"),
        URL: http_response(REAL),
    }


def test_cached_answers_may_come_before_a_request_that_is_passed_on(proxy: CachingProxy) -> None:
    fetch(URL, through=proxy)
    other = GET.replace(b"library", b"missing")
    with socket.create_connection((proxy.host, proxy.port), timeout=LIMIT) as client:
        client.sendall(GET + GET + other)
        client.shutdown(socket.SHUT_WR)
        assert read_to_end(client) == http_response(REAL) * 2 + http_response(b"", 404, "Not Found")


def test_an_unknown_host_and_a_stopped_service_are_a_bad_gateway(proxy: CachingProxy) -> None:
    proxy.routes["off.example"] = Site({})
    for host in ("nobody.example", "off.example"):
        connection = http.client.HTTPConnection(proxy.host, proxy.port, timeout=LIMIT)
        connection.request("GET", "/", headers={"Host": host})
        assert connection.getresponse().status == 502
        connection.close()


def test_a_websocket_passes_through_unharmed() -> None:
    with EchoServer() as server, CachingProxy({"echo.example": server}) as proxy:
        with RawClient(proxy.url, host="echo.example") as client:
            for payload in (b"Hello", bytes(200_000)):
                client.send(Frame(Opcode.BINARY, payload, mask=KEY).encode())
                assert client.read_frame() == Frame(Opcode.BINARY, payload)


# --- the attack --------------------------------------------------------------------------


def test_an_unmasked_frame_poisons_the_cache(proxy: CachingProxy, site: Site) -> None:
    attack(proxy, Frame(Opcode.TEXT, GET))
    assert proxy.cache == {URL: FORGED}
    assert fetch(URL, through=proxy) == b'steal("cookies")'
    assert site.asked == []


@pytest.mark.parametrize("key", [KEY, bytes.fromhex("5ca10e77"), b"GET "])
def test_a_masked_frame_does_not(proxy: CachingProxy, site: Site, key: bytes) -> None:
    attack(proxy, Frame(Opcode.TEXT, GET, mask=key))
    assert proxy.cache == {}
    assert fetch(URL, through=proxy) == REAL
    assert site.asked == ["/library.js"]


@pytest.mark.parametrize("key", [KEY, bytes(4)])
def test_a_key_that_can_be_foreseen_is_no_mask(proxy: CachingProxy, key: bytes) -> None:
    attack(proxy, Frame(Opcode.BINARY, apply_mask(GET, key), mask=key))
    assert fetch(URL, through=proxy) == b'steal("cookies")'


def test_the_accomplice_answers_frame_by_frame() -> None:
    with Accomplice(b"forged") as evil, RawClient(evil.url) as client:
        two = Frame(Opcode.TEXT, b"a").encode() + Frame(Opcode.TEXT, b"b", mask=KEY).encode()
        client.send(two[:-1])
        assert client.read(6) == b"forged"
        client.send(two[-1:])
        assert client.read(6) == b"forged"


# --- the mistake itself ---------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_scanner_finds_messages_anywhere_in_pieces_of_any_size(size: int) -> None:
    stream = b"\x81\x7e\x00\x2fGET nonsense " + GET + b"GEGET" + GET
    scanner = Scanner(Request, b"GET ")
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    found = [data for piece in pieces for _, data in scanner.feed(piece)]
    assert found == [GET, GET]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_scanner_takes_a_body_with_its_head(size: int) -> None:
    stream = b"\x82\x20" + FORGED + b"HTTP/1.1 junk\r\n" + http_response(b"")
    scanner = Scanner(Response, b"HTTP/1.1 ")
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [data for piece in pieces for _, data in scanner.feed(piece)] == [
        FORGED,
        http_response(b""),
    ]


@pytest.mark.parametrize("length", ["9999999999", "9" * 5000, "-1", "x", "²"], ids=range(5))
def test_a_length_that_cannot_be_trusted_keeps_no_body(length: str) -> None:
    try:
        head = Response(200, "OK", [("Content-Length", length)])
    except ValueError:
        pytest.skip("no such header can be written")
    [(_, data)] = Scanner(Response, b"HTTP/1.1 ").feed(head.encode() + b"body")
    assert data == head.encode()


def test_endless_noise_is_not_kept() -> None:
    scanner = Scanner(Request, b"GET ")
    for _ in range(100):
        scanner.feed(b"\x00" * 1000 + b"GET /" + b"a" * 70_000)
    assert len(scanner._held) < 100_000


def test_of_a_long_piece_no_more_is_read_than_a_head_may_have() -> None:
    """A stranger may repeat the mark: at none of them is all that follows copied and read."""
    sizes = []

    class Refusing(Request):
        @classmethod
        def parse(cls, data: bytes) -> None:
            sizes.append(len(data))
            raise MalformedHandshake("not this time")

    text = b"GET " * 40_000
    assert Scanner(Refusing, b"GET ").feed(text) == []
    assert len(sizes) == 40_000 and max(sizes) <= MAX_HEAD_BYTES + 1 < len(text)


# --- a service like the others ----------------------------------------------------------------


def test_stop_ends_open_connections_and_leaves_no_port(site: Site) -> None:
    before = threading.active_count()
    proxy = CachingProxy({"cdn.example": site}).start()
    with socket.create_connection((proxy.host, proxy.port), timeout=LIMIT) as client:
        client.sendall(GET)
        assert client.recv(1) == b"H"
        port = proxy.port
        proxy.stop()
        proxy.stop()
        read_to_end(client)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
    assert threading.active_count() == before


def test_a_client_that_resets_disturbs_nobody(proxy: CachingProxy) -> None:
    with socket.create_connection((proxy.host, proxy.port), timeout=LIMIT) as client:
        client.sendall(b"no http at all\r\n\r\n")
        assert read_to_end(client) == b""
    page = RawClient(proxy.url, host="evil.example").__enter__()
    page.send(Frame(Opcode.TEXT, b"unread").encode())
    page.close()
    assert fetch(URL, through=proxy) == REAL


@pytest.mark.parametrize("declared", ["9" * 5_000, "-1", "1e3"], ids=["long", "minus", "word"])
def test_a_length_that_is_not_a_number_means_no_body(declared: str) -> None:
    """Python refuses to read more than 4,300 digits; the proxy must survive that."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {declared}\r\n\r\n".encode()
    ((response, data),) = Scanner(Response, b"HTTP/1.1 ").feed(head)
    assert (response.status, data) == (200, head)


def test_its_log_shows_no_secret(proxy: CachingProxy, site: Site) -> None:
    site.pages["/page?token=abc"] = b"page()"
    url, shown = "http://cdn.example/page?token=abc", "http://cdn.example/page?token=***"
    for _ in range(2):
        connection = http.client.HTTPConnection(proxy.host, proxy.port, timeout=LIMIT)
        connection.request("GET", "/page?token=abc", headers={"Host": "cdn.example"})
        assert connection.getresponse().read() == b"page()"
        connection.close()
    assert list(proxy.cache) == [url], "and the cache itself knows"
    assert proxy.log == [
        f"saw a request for {shown}",
        f"kept the answer for {shown}",
        f"served {shown} from the cache",
    ]
