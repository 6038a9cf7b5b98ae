"""Captures of packets, pcap and pcapng, as Wireshark and tcpdump have them.

Their bytes are put in order, as the receiving TCP does (RFC 9293 §3.4). On the way out the
packets are made up, and nothing inside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from io import BytesIO
from ipaddress import ip_address
from struct import error as StructError
from typing import Any, Final

from wslab.errors import MalformedHandshake, RecordingError, WslabError
from wslab.protocol.frames import Side
from wslab.protocol.handshake import Request
from wslab.protocol.recording.chunks import Chunk, Ending, beginning
from wslab.protocol.recording.tls_records import is_tls
from wslab.protocol.recording.wscap import MISREAD, Contents, listed

_HOST: Final = bytes((127, 0, 0, 1))
_PORT: Final = 49152  # the client's: the first port that is never assigned (RFC 6335 §6)
_RAW_IP: Final = 101  # the link type of packets that begin with the IP header
_MAX_SEGMENT_BYTES: Final = 65535 - 20 - 20  # bytes in one packet, after the IP and TCP headers
_MSS: Final = b"\x02\x04" + _MAX_SEGMENT_BYTES.to_bytes(
    2, "big"
)  # tells the peer so (RFC 9293 §3.7.1)
_FIN, _SYN, _RST, _PSH, _ACK = 1, 2, 4, 8, 16  # RFC 9293 §3.1

_Address = tuple[str, int]


def _dpkt() -> Any:
    """The library for both file formats: python-pcapng reads only one, and scapy is GPL."""
    try:
        import dpkt  # type: ignore[import-untyped]
    except ImportError as error:
        raise WslabError(
            "a capture needs the package dpkt; install it with: pip install dpkt"
        ) from error
    return dpkt


def write_packets(contents: Contents, port: int = _PORT) -> bytes:
    """A pcap file with one connection between two ports of 127.0.0.1; `port` is the client's.

    The server's is 80, or 443 if the bytes are TLS, so that Wireshark decodes them unasked.
    Time starts at 1970. What a tap did on purpose (a cut, a refusal) becomes a reset, and
    bytes that were not kept become a gap.

    Raises RecordingError if the bytes never travelled, because no packet could say so;
    WslabError without the package dpkt.
    """
    if contents.note:
        raise RecordingError(
            "this recording has no packets to write, because its bytes never travelled: "
            f"{contents.note} Record the connection with a Tap, or capture it with Wireshark."
        )
    dpkt, file = _dpkt(), BytesIO()
    writer = dpkt.pcap.Writer(file, snaplen=2**18, linktype=_RAW_IP)
    for at, packet in _packets(dpkt, contents, port):
        writer.writepkt(bytes(packet), min(at, 2**32 - 1))  # a field of 32 bits
    return file.getvalue()


def _packets(dpkt: Any, contents: Contents, port: int) -> Iterator[tuple[float, Any]]:
    tls = is_tls(beginning(contents.chunks, Side.CLIENT))
    ports = {Side.CLIENT: port, Side.SERVER: 443 if tls else 80}
    places = {Side.CLIENT: 1_000_000, Side.SERVER: 2_000_000}  # sequence numbers
    lost = dict(contents.counts)

    def packet(sender: Side, flags: int, data: bytes = b"", options: bytes = b"") -> Any:
        acknowledged = places[sender.peer] % 2**32 if flags & _ACK else 0
        tcp = dpkt.tcp.TCP(
            sport=ports[sender], dport=ports[sender.peer], seq=places[sender] % 2**32,
            ack=acknowledged, off=5 + len(options) // 4, flags=flags, opts=options, data=data,
        )  # fmt: skip
        places[sender] += len(data) + bool(flags & (_SYN | _FIN))
        return dpkt.ip.IP(src=_HOST, dst=_HOST, p=6, df=1, data=tcp)

    yield 0.0, packet(Side.CLIENT, _SYN, options=_MSS)
    yield 0.0, packet(Side.SERVER, _SYN | _ACK, options=_MSS)
    yield 0.0, packet(Side.CLIENT, _ACK)
    for at, event in _in_order(contents):
        sender = event.sender
        if isinstance(event, Chunk):
            lost[sender] -= len(event.data)
            for start in range(0, len(event.data), _MAX_SEGMENT_BYTES):
                yield (
                    at,
                    packet(sender, _PSH | _ACK, event.data[start : start + _MAX_SEGMENT_BYTES]),
                )
                yield at, packet(sender.peer, _ACK)
        else:
            places[sender] += lost[sender]
            lost[sender] = 0
            yield at, packet(sender, (_FIN if event.how == "eof" else _RST) | _ACK)
            if event.how == "eof":
                yield at, packet(sender.peer, _ACK)


def _in_order(contents: Contents) -> list[tuple[float, Chunk | Ending]]:
    """Chunks and endings by time; each sender's chunks stay in order, its end after them."""
    now, last = 0.0, {side: 0.0 for side in Side}
    events: list[tuple[float, Chunk | Ending]] = []
    for chunk in contents.chunks:
        now = last[chunk.sender] = max(now, chunk.at)
        events.append((now, chunk))
    events += [(max(end.at, last[end.sender]), end) for end in contents.endings]
    return sorted(events, key=lambda event: event[0])


def read_packets(
    data: bytes, name: str, port: int | None = None, stream: int | None = None
) -> Contents:
    """One TCP connection of a capture file: the first that begins with a WebSocket upgrade.

    `port` is the port at either end; `stream` is its number in Wireshark (tcp.stream). With
    one of them, a connection without an upgrade is accepted too. If bytes were not captured,
    it is truncated. Checksums are ignored: they are wrong if a network card fills them in.

    Raises RecordingError, with what was found, if there is no such connection; WslabError
    without the package dpkt.
    """
    streams, is_cut = _streams(_dpkt(), data, name)
    fitting = [
        one
        for one in streams
        if stream in (None, one.number) and (port is None or port in (p for _, p in one.ends))
    ]
    found = [one for one in fitting if one.kind == _UPGRADE]
    if not found and (stream is not None or port is not None):
        found = [one for one in fitting if one.kind != _HEADLESS]
    if not found:
        wanted = "begins with a WebSocket upgrade" if stream is port is None else "fits the choice"
        raise RecordingError(
            f"{name} holds {len(streams)} TCP connections, and none {wanted}"
            f"{listed(map(str, streams))}; choose one with stream= (--number) or port=, or capture "
            "again, from before the client connects; a Tap can record what is inside TLS"
        )
    chosen = found[0]
    counts = {side: max(way.kept, way.end) for side, way in chosen.ways.items()}
    truncated = is_cut or any(way.kept < counts[side] for side, way in chosen.ways.items())
    host, number = chosen.ends[1]
    target = f"ws://[{host}]:{number}" if ":" in host else f"ws://{host}:{number}"
    return Contents(target, counts, truncated, chosen.chunks, list(chosen.endings.values()))


@dataclass(slots=True)
class _Way:
    """One direction of a TCP connection. A place is an offset in bytes from its first one."""

    first: int | None = None  # the sequence number of its first byte
    kept: int = 0  # bytes in order
    end: int = 0  # the place after the last byte known to exist
    waiting: list[tuple[int, bytes]] = field(default_factory=list)  # a heap, by place


_UPGRADE: Final = "a WebSocket upgrade"
_HEADLESS: Final = "begins in mid-stream"


@dataclass(slots=True)
class _TcpStream:
    """One TCP connection of a capture; `ends` are the addresses of client and server."""

    number: int
    ends: tuple[_Address, _Address]
    opened: bool  # a SYN was captured
    began: float
    ways: dict[Side, _Way] = field(default_factory=lambda: {side: _Way() for side in Side})
    chunks: list[Chunk] = field(default_factory=list)
    endings: dict[Side, Ending] = field(default_factory=dict)

    def sender(self, address: _Address) -> Side:
        return Side.CLIENT if address == self.ends[0] else Side.SERVER

    def take(self, sender: Side, at: float, tcp: Any, size: int) -> None:
        """One more packet, which carried `size` bytes, perhaps not all of them captured."""
        way, at = self.ways[sender], max(0.0, at - self.began)
        start = tcp.seq + bool(tcp.flags & _SYN)
        way.first = start if way.first is None else way.first
        # Sequence numbers wrap after 4 GiB: of the places, take the one nearest the expected.
        place = way.kept + (start - way.first - way.kept + 2**31) % 2**32 - 2**31
        if size or tcp.flags & _FIN:
            way.end = max(way.end, place + size)
        heappush(way.waiting, (place, tcp.data))
        while way.waiting and way.waiting[0][0] <= way.kept:
            place, data = heappop(way.waiting)
            if new := data[way.kept - place :]:  # the bytes before these are here already
                self.chunks.append(Chunk(at, sender, new))
                way.kept += len(new)
        if tcp.flags & (_FIN | _RST):
            how = "eof" if tcp.flags & _FIN else "reset"
            self.endings.setdefault(sender, Ending(at, sender, how))

    @property
    def kind(self) -> str:
        """What it carries, in words."""
        start = beginning(self.chunks, Side.CLIENT)
        try:
            request = Request.parse(start)
        except MalformedHandshake:
            request = None
        if request is not None:
            asked = (token.lower() for token in request.headers.tokens("Upgrade"))
            return _UPGRADE if "websocket" in asked else "HTTP"
        return ("TLS" if is_tls(start) else "no HTTP") if self.opened else _HEADLESS

    def __str__(self) -> str:
        client, server = (f"{host} port {port}" for host, port in self.ends)
        size = sum(way.kept for way in self.ways.values())
        return f"stream={self.number}: {client} to {server}, {self.kind}, {size:,} bytes"


def _streams(dpkt: Any, data: bytes, name: str) -> tuple[list[_TcpStream], bool]:
    """Every TCP connection of a file, in order of first packet; whether the file is cut short."""
    broken = dpkt.Error, StructError, ValueError
    streams: list[_TcpStream] = []
    latest: dict[frozenset[_Address], _TcpStream] = {}
    try:
        reader = dpkt.pcap.UniversalReader(BytesIO(data))
    except broken as error:
        raise RecordingError(
            f"{name} is not a capture: it begins with {data[:8].hex(' ') or 'nothing'}; save one "
            "from Wireshark, tshark or tcpdump, as pcapng or pcap"
        ) from error
    opens = _links(dpkt).get(reader.datalink())
    if opens is None:
        raise RecordingError(
            f"{name} was captured on a link of type {reader.datalink()}, which wslab does not "
            "know; capture on Ethernet or on the loopback interface"
        )
    try:
        for at, packet in reader:
            if (ip := _with_tcp(dpkt, opens, packet)) is not None:
                _sort(streams, latest, float(at), ip)
    except broken:
        return streams, True
    return streams, False


def _sort(
    streams: list[_TcpStream], latest: dict[frozenset[_Address], _TcpStream], at: float, ip: Any
) -> None:
    """Give a packet to its connection; begin a new one if the packet is its first."""
    tcp, opening = ip.data, ip.data.flags & (_SYN | _ACK)
    source, target = (str(ip_address(ip.src)), tcp.sport), (str(ip_address(ip.dst)), tcp.dport)
    stream = latest.get(frozenset((source, target)))
    # A SYN with another number: a new connection between the same two ports.
    if stream is None or (
        opening == _SYN and stream.ways[stream.sender(source)].first != tcp.seq + 1
    ):
        ends = (target, source) if opening == _SYN | _ACK else (source, target)
        stream = _TcpStream(len(streams), ends, bool(opening & _SYN), at)
        latest[frozenset(ends)] = stream
        streams.append(stream)
    # The length in the IP header is 0 if the network card was to split the packet later.
    declared = ip.plen + 40 if len(ip.src) == 16 else ip.len
    stream.take(stream.sender(source), at, tcp, len(tcp.data) + max(0, declared - len(ip)))


def _with_tcp(dpkt: Any, opens: Callable[[bytes], Any], data: bytes) -> Any:
    """The IP packet inside a captured packet if it carries TCP; None otherwise."""
    try:
        packet = opens(data)
    except (dpkt.Error, StructError, *MISREAD):
        return None
    while isinstance(packet, dpkt.Packet) and not isinstance(packet, dpkt.ip.IP | dpkt.ip6.IP6):
        packet = packet.data
    return packet if isinstance(getattr(packet, "data", None), dpkt.tcp.TCP) else None


def _links(dpkt: Any) -> dict[int, Callable[[bytes], Any]]:
    """What parses a packet, by link type (tcpdump.org/linktypes.html)."""
    ip, ip6, loopback = dpkt.ip.IP, dpkt.ip6.IP6, dpkt.loopback.Loopback

    def either(data: bytes) -> Any:
        return (ip6 if data[0] >> 4 == 6 else ip)(data)

    return {
        0: loopback, 1: dpkt.ethernet.Ethernet, 12: either, _RAW_IP: either, 108: loopback,
        113: dpkt.sll.SLL, 228: ip, 229: ip6, 276: dpkt.sll2.SLL2,
    }  # fmt: skip
