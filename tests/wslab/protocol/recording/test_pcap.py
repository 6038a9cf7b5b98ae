"""Captures of packets: what is put in order, what is written, and what is refused in words."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import CONVERSATIONS, FRAMES, HELLO, HELLO_MASKED
from tests.wslab.protocol.recording.test_recording import HELLOS, REQUEST, RESPONSE, conversation
from wslab.errors import RecordingError, WslabError
from wslab.protocol.frames import Side
from wslab.protocol.recording.recording import Ending, Recording

CLIENT, SERVER = Side.CLIENT, Side.SERVER
REAL = Path(__file__).parents[3] / "recordings"  # tests/recordings/captures.py made them
TAPED = Path(__file__).parents[4] / "notebooks" / "recordings"

# --- pcap: out and in again -----------------------------------------------------------------

Packet = tuple[float, Any]


def opened(data: bytes) -> list[Packet]:
    """The packets of a file that we wrote."""
    return [(float(at), dpkt.ip.IP(packet)) for at, packet in dpkt.pcap.Reader(io.BytesIO(data))]


def packed(packets: Sequence[Packet], link: int = 101, head: bytes = b"") -> bytes:
    """A file of packets, each behind `head`. Their checksums are computed anew."""
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, snaplen=1 << 18, linktype=link)
    for at, packet in packets:
        writer.writepkt(head + bytes(packet), at)
    return file.getvalue()


def written(recording: Recording, tmp_path: Path) -> list[Packet]:
    return opened(recording.to_pcap(tmp_path / "a.pcap", redact=False).read_bytes())


def read(data: bytes, tmp_path: Path, **choice: int) -> Recording:
    (file := tmp_path / "read.pcap").write_bytes(data)
    return Recording.from_pcap(file, **choice)


def same(one: Recording, other: Recording) -> bool:
    return all(one.bytes_from(side) == other.bytes_from(side) for side in Side)


RECORDINGS = {
    **{item.name: conversation(item.frames) for item in CONVERSATIONS},
    **{item.name: conversation(((item.sender, item.data),)) for item in FRAMES},
    **{file.stem: Recording.load(file) for file in sorted(TAPED.glob("*.wscap"))},
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_there_and_back_again(name: str, tmp_path: Path) -> None:
    recording = RECORDINGS[name]
    again = Recording.from_pcap(recording.to_pcap(tmp_path / "a.pcap", redact=False), stream=0)
    assert same(again, recording) and not again.truncated
    assert [(e.sender, e.how) for e in again.endings] == [
        (e.sender, e.how) for e in recording.endings
    ]
    assert [round(sent.at, 6) for sent in again.frames()] == [
        round(sent.at, 6) for sent in recording.frames()
    ]


def test_packets_are_no_longer_than_fits(tmp_path: Path) -> None:
    recording = conversation(((SERVER, bytes(200_000)), (CLIENT, bytes(5))))
    packets = written(recording, tmp_path)
    sizes = [len(ip.data.data) for _, ip in packets if len(ip.data.data) > 5]
    assert sizes[-4:] == [65495, 65495, 65495, 3515] and all(ip.len <= 65535 for _, ip in packets)
    assert same(read(packed(packets), tmp_path), recording)
    for (_, ip), (_, answer) in pairwise(packets):
        if size := len(ip.data.data):  # each is acknowledged before the next: the window is 65,535
            assert (answer.data.sport, answer.data.ack) == (ip.data.dport, ip.data.seq + size)


@pytest.mark.parametrize("how", ["reset", "cut", "refused"])
def test_what_is_no_orderly_end_is_a_reset(how: str, tmp_path: Path) -> None:
    recording = conversation(HELLOS)
    recording.end(Ending(0.0, CLIENT, "eof"))  # it cannot end before its last byte
    recording.end(Ending(1.0, SERVER, how))
    again = read(packed(written(recording, tmp_path)), tmp_path)
    assert [(e.at, e.sender, e.how) for e in again.endings] == [
        (recording.chunks[-2].at, CLIENT, "eof"),
        (1.0, SERVER, "reset"),
    ]


def test_bytes_that_were_not_kept_are_a_gap(tmp_path: Path) -> None:
    recording = Recording(limit=len(conversation(()).bytes_from(CLIENT)) + 200)
    for chunk in conversation((*HELLOS, (SERVER, bytes(500)))).chunks:
        recording.add(chunk)
    recording.end(Ending(1.0, SERVER, "eof"))
    assert recording.truncated
    again = read(packed(written(recording, tmp_path)), tmp_path)
    assert again.truncated and same(again, recording)
    assert again.byte_count(SERVER) == recording.byte_count(SERVER)


def test_secrets_are_overwritten_unless_asked_otherwise(tmp_path: Path) -> None:
    recording = conversation(HELLOS)
    secret = [b"s3cret", b"session=abc"]
    data = recording.to_pcap(tmp_path / "a.pcap").read_bytes()
    assert not any(word in data for word in secret) and b"token=***" in data
    data = recording.to_pcap(tmp_path / "a.pcap", redact=False).read_bytes()
    assert all(word in data for word in secret)


def test_what_never_travelled_is_not_written(tmp_path: Path) -> None:
    recording = Recording.from_har(REAL / "echo.har", index=0)
    with pytest.raises(RecordingError, match="no packets to write.*Rebuilt from echo.har"):
        recording.to_pcap(tmp_path / "a.pcap")
    assert not (tmp_path / "a.pcap").exists()


def test_wireshark_finds_tls_where_it_looks_for_it(tmp_path: Path) -> None:
    for name, port in (("wss-outside", 443), ("wss-inside", 80)):
        assert written(RECORDINGS[name], tmp_path)[0][1].data.dport == port


def test_without_the_library_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = conversation(HELLOS).to_pcap(tmp_path / "a.pcap")
    monkeypatch.setitem(sys.modules, "dpkt", None)
    with pytest.raises(WslabError, match="pip install dpkt"):
        Recording.from_pcap(file)
    with pytest.raises(WslabError, match="pip install dpkt"):
        conversation(HELLOS).to_pcap(file)


# --- pcap: what networks do to packets --------------------------------------------------------


def test_a_capture_of_real_traffic() -> None:
    """Both ends of a Tap, captured by dumpcap; the Tap's own recording beside it."""
    taped = Recording.load(REAL / "echo.wscap")
    for number in (0, 1):
        captured = Recording.from_pcap(REAL / "echo.pcapng", stream=number)
        assert same(captured, taped) and not captured.truncated
        assert [(e.sender, e.how) for e in captured.endings] == [
            (e.sender, e.how) for e in taped.endings
        ]
        assert [str(found) for found in captured.findings() if not found.ok] == []
    inner = Recording.from_pcap(REAL / "echo.pcapng", port=int(taped.target.rpartition(":")[2]))
    assert same(inner, taped) and inner.target == taped.target


def segment(sender: Side, place: int, data: bytes = b"", flags: int = 16) -> Any:
    """A packet of the connection that `written` writes; `place` counts its sender's bytes."""
    ports = (49152, 80) if sender is CLIENT else (80, 49152)
    first = 1_000_001 if sender is CLIENT else 2_000_001
    tcp = dpkt.tcp.TCP(
        sport=ports[0], dport=ports[1], seq=(first + place) % 2**32, flags=flags, data=data
    )
    return dpkt.ip.IP(src=bytes((127, 0, 0, 1)), dst=bytes((127, 0, 0, 1)), p=6, data=tcp)


SYN = segment(CLIENT, -1, flags=2)
SYN_ACK = segment(SERVER, -1, flags=18)
TALK = conversation((*HELLOS, *HELLOS, (SERVER, HELLO * 20)))


@given(
    st.randoms(use_true_random=False),
    st.lists(st.tuples(st.sampled_from(Side), st.integers(0, 400), st.integers(1, 60))),
    st.sampled_from((0, 2**32 - 1_000_100, 2**32 - 2_000_150)),
)
def test_segments_may_come_in_any_order_overlap_and_come_again(
    tmp_path_factory: pytest.TempPathFactory, random: Any, extra: list[Any], later: int
) -> None:
    streams = {side: TALK.bytes_from(side) for side in Side}
    cuts = [(side, at, 50) for side in Side for at in range(0, len(streams[side]), 50)] + extra
    random.shuffle(cuts)
    packets = [SYN, SYN_ACK] + [
        segment(side, place, streams[side][place : place + size]) for side, place, size in cuts
    ]
    moved = []
    for packet in packets:  # the numbers go on at 0 after 2**32
        copy = dpkt.ip.IP(bytes(packet))
        copy.data.seq = (copy.data.seq + later) % 2**32
        moved.append((0.0, copy))
    again = read(packed(moved), tmp_path_factory.mktemp("captures"), stream=0)
    assert same(again, TALK) and not again.truncated


def talk(*packets: Any) -> list[Packet]:
    """The handshake of TCP and of WebSocket, and what else is given."""
    heads = [
        segment(side, 0, f"{text}\r\n".encode())
        for side, text in ((CLIENT, REQUEST), (SERVER, RESPONSE))
    ]
    return [(n / 1000, packet) for n, packet in enumerate((SYN, SYN_ACK, *heads, *packets))]


ASKED, ANSWERED = len(REQUEST) + 2, len(RESPONSE) + 2  # bytes of the two heads


def test_a_hole_keeps_what_is_behind_it_out(tmp_path: Path) -> None:
    late = segment(SERVER, ANSWERED + 3, HELLO[3:])
    again = read(packed(talk(late)), tmp_path)
    assert again.truncated and again.frames() == [] and again.pending(SERVER) == b""
    assert again.byte_count(SERVER) == ANSWERED + len(HELLO)
    filled = read(packed(talk(late, segment(SERVER, ANSWERED, HELLO[:3]))), tmp_path)
    assert not filled.truncated and [round(sent.at, 6) for sent in filled.frames()] == [0.005]


def test_a_probe_of_keep_alive_is_no_data(tmp_path: Path) -> None:
    """It repeats the last byte, or makes one up (RFC 1122 §4.2.3.6)."""
    probes = segment(CLIENT, ASKED - 1, b"\0"), segment(CLIENT, -1), segment(CLIENT, -1, b"\0")
    again = read(packed(talk(*probes, segment(CLIENT, ASKED, HELLO_MASKED))), tmp_path)
    assert again.bytes_from(CLIENT) == f"{REQUEST}\r\n".encode() + HELLO_MASKED
    assert not again.truncated


def test_packets_that_were_cut_by_the_snapshot_length(tmp_path: Path) -> None:
    packets = [(at, bytes(packet)[:-4]) for at, packet in talk(segment(SERVER, ANSWERED, HELLO))]
    heads = [(at, bytes(packet)) for at, packet in talk()]
    again = read(packed(heads + packets[-1:]), tmp_path)
    assert again.truncated and again.pending(SERVER) == HELLO[:3]
    assert again.byte_count(SERVER) == ANSWERED + len(HELLO)


def test_a_packet_that_the_network_card_was_to_cut_has_no_length(tmp_path: Path) -> None:
    big = bytearray(bytes(segment(SERVER, ANSWERED, HELLO)))
    big[2:4] = b"\0\0"
    again = read(packed([*talk(), (1.0, bytes(big))]), tmp_path)
    assert [sent.frame.payload for sent in again.frames()] == [b"Hello"] and not again.truncated


def test_the_same_ports_may_be_taken_again(tmp_path: Path) -> None:
    packets = [packet for _, packet in talk(SYN, segment(CLIENT, ASKED, flags=17))]
    later = [dpkt.ip.IP(bytes(packet)) for packet in packets]
    for packet in later:
        packet.data.seq += 5_000_000
    both = packed([(float(n), packet) for n, packet in enumerate(packets + later)])
    one, other = (read(both, tmp_path, stream=number) for number in (0, 1))
    assert same(one, other) and [chunk.at for chunk in one.chunks] == [2, 3]
    assert [(e.sender, e.how) for e in one.endings] == [(CLIENT, "eof")]


def test_a_capture_may_begin_behind_the_handshake_of_tcp(tmp_path: Path) -> None:
    for first in (1, 2):
        packets = talk(segment(SERVER, ANSWERED, HELLO))[first:]
        again = read(packed(packets), tmp_path)
        assert [sent.sender for sent in again.frames()] == [SERVER] and again.chunks[0].at <= 0.001


def test_what_else_is_in_a_capture_is_left_alone(tmp_path: Path) -> None:
    udp = dpkt.ip.IP(p=17, data=dpkt.udp.UDP(sport=80, dport=1))
    odd = [(0.0, udp), (0.0, b""), (0.0, b"\x45"), (0.0, b"\x45" + bytes(30)), (0.0, b"\xff" * 60)]
    again = read(packed([*odd, *talk(segment(SERVER, ANSWERED, HELLO)), *odd]), tmp_path, stream=0)
    assert [sent.frame.payload for sent in again.frames()] == [b"Hello"]


MAC = bytes(12) + b"\x08\x00"
LINKS = {
    "ethernet": (1, MAC),
    "ethernet with a vlan": (1, MAC[:12] + b"\x81\x00\x00\x07\x08\x00"),
    "bsd loopback": (0, b"\x02\0\0\0"),
    "openbsd loopback": (108, b"\0\0\0\x02"),
    "raw": (12, b""),
    "ipv4": (228, b""),
    "any": (113, bytes(14) + b"\x08\x00"),
    "any, second form": (276, b"\x08\x00" + bytes(18)),
}


@pytest.mark.parametrize("name", LINKS)
def test_links(name: str, tmp_path: Path) -> None:
    link, head = LINKS[name]
    again = read(packed(talk(segment(SERVER, ANSWERED, HELLO)), link, head), tmp_path)
    assert [sent.frame.payload for sent in again.frames()] == [b"Hello"]


@pytest.mark.parametrize("link", [101, 229])
def test_ipv6(link: int, tmp_path: Path) -> None:
    here = bytes(15) + b"\1"
    packets = []
    for at, packet in talk(segment(SERVER, ANSWERED, HELLO)):
        tcp = bytes(packet.data)
        packets.append((at, dpkt.ip6.IP6(src=here, dst=here, nxt=6, plen=len(tcp), data=tcp)))
    again = read(packed(packets, link), tmp_path)
    assert [sent.frame.payload for sent in again.frames()] == [b"Hello"]
    assert again.target == "ws://[::1]:80" and not again.truncated


def test_nanoseconds(tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, snaplen=1 << 18, linktype=101, nano=True)
    for at, packet in talk():
        writer.writepkt(bytes(packet), at)
    assert [round(c.at, 9) for c in read(file.getvalue(), tmp_path).chunks] == [0.002, 0.003]


# --- pcap: what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is not a capture: it begins with nothing"),
        (b"GET / HTTP/1.1", "is not a capture: it begins with 47 45 54"),
        (bytes.fromhex("0a0d0d0a1c0000004d3c2b1a"), "is not a capture"),
        (packed(talk(), 147), "a link of type 147"),
        (packed([]), "holds 0 TCP connections, and none begins with a WebSocket upgrade; choose"),
    ],
    ids=["empty", "text", "cut", "link", "nothing"],
)
def test_what_is_no_capture_is_refused(data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        read(data, tmp_path)
    assert says in str(refused.value) and "read.pcap" in str(refused.value)


def renumbered(packets: Sequence[Packet], port: int) -> list[Packet]:
    """The same, of another client."""
    copies = [(at, dpkt.ip.IP(bytes(packet))) for at, packet in packets]
    for _, packet in copies:
        tcp = packet.data
        if tcp.sport == 80:
            tcp.dport = port
        else:
            tcp.sport = port
    return copies


def many() -> list[Packet]:
    """A page, TLS, an upgrade, one that began earlier, one that says nothing of HTTP."""
    page = segment(CLIENT, 0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    hello = segment(CLIENT, 0, RECORDINGS["wss-outside"].bytes_from(CLIENT))
    middle = segment(CLIENT, 500, HELLO_MASKED)
    odd = segment(CLIENT, 0, b"EHLO a\r\n")
    return [
        *renumbered([(0.0, SYN), (0.1, page)], 1001),
        *renumbered([(0.2, SYN), (0.3, hello)], 1002),
        *renumbered([(0.4, middle)], 1003),
        *renumbered([(0.5, SYN), (0.6, odd)], 1004),
    ]


def test_what_there_is_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        read(packed(many()), tmp_path)
    assert str(refused.value) == (
        "read.pcap holds 4 TCP connections, and none begins with a WebSocket upgrade; "
        "stream=0: 127.0.0.1 port 1001 to 127.0.0.1 port 80, HTTP, 27 bytes; "
        "stream=1: 127.0.0.1 port 1002 to 127.0.0.1 port 80, TLS, "
        f"{RECORDINGS['wss-outside'].byte_count(CLIENT):,} bytes; "
        "stream=2: 127.0.0.1 port 1003 to 127.0.0.1 port 80, begins in mid-stream, 11 bytes; "
        "stream=3: 127.0.0.1 port 1004 to 127.0.0.1 port 80, no HTTP, 8 bytes; "
        "choose one with stream= (--number) or port=, or capture again, from before the client "
        "connects; "
        "a Tap can record what is inside TLS"
    )


def test_which_one_is_said_by_number_or_by_port(tmp_path: Path) -> None:
    data = packed([*many(), *((at + 1, packet) for at, packet in talk())])
    assert read(data, tmp_path).byte_count(CLIENT) == ASKED
    assert read(data, tmp_path, port=80).byte_count(CLIENT) == ASKED
    assert read(data, tmp_path, port=1001).byte_count(CLIENT) == 27
    assert read(data, tmp_path, stream=1).tls_records()
    assert read(data, tmp_path, stream=3).handshake is None
    for choice in ({"stream": 2}, {"stream": 9}, {"port": 81}, {"stream": 4, "port": 1001}):
        with pytest.raises(RecordingError, match="none fits the choice"):
            read(data, tmp_path, **choice)


def test_a_file_that_was_cut_short_keeps_its_beginning(tmp_path: Path) -> None:
    """Where the cut goes through the heads of the last packet, nothing of it is left to count."""
    whole = packed(talk(segment(SERVER, ANSWERED, HELLO)))
    for size in range(1, 16 + 40 + len(HELLO)):
        again = read(whole[:-size], tmp_path)
        assert again.truncated or len(HELLO) < size <= 40 + len(HELLO), size
        assert again.frames() == [] and again.byte_count(CLIENT) == ASKED
    real = (REAL / "echo.pcapng").read_bytes()
    again = read(real[: len(real) // 2], tmp_path)
    assert again.truncated and again.messages()


def test_an_address_that_is_no_version_4(tmp_path: Path) -> None:
    """The link says IPv4, the packet says 5; the library reads it all the same."""
    odd = bytearray(bytes(segment(SERVER, ANSWERED, HELLO)))
    odd[0] = 0x55
    again = read(packed([*talk(), (1.0, bytes(odd))], 1, MAC), tmp_path)
    assert [sent.frame.payload for sent in again.frames()] == [b"Hello"]


def test_a_time_beyond_what_the_file_can_say(tmp_path: Path) -> None:
    late = conversation(HELLOS)
    late.end(Ending(1e300, SERVER, "eof"))
    again = read(packed(written(late, tmp_path)), tmp_path)
    assert again.endings == [Ending(2.0**32 - 1, SERVER, "eof")]


def mutated(whole: bytes, chance: Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(min(len(data), 2000))
        if chance.random() < 0.8:
            data[place] = chance.randrange(256)
        else:
            del data[place : place + chance.randint(1, 40)]
    return bytes(data)


@pytest.mark.parametrize("name", ["echo.har", "echo.pcapng", "a.pcap"])
def test_damaged_files_are_read_or_refused_in_words(name: str, tmp_path: Path) -> None:
    conversation(HELLOS).to_pcap(tmp_path / "a.pcap")
    whole = (tmp_path / name if name == "a.pcap" else REAL / name).read_bytes()
    chance, refused = Random(6455), 0
    for _ in range(300):
        (file := tmp_path / name).write_bytes(mutated(whole, chance))
        try:
            Recording.from_har(file, index=0) if name == "echo.har" else Recording.from_pcap(file)
        except RecordingError:
            refused += 1
    assert 0 < refused < 300


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from([0, 1, 101, 113, 229, 276]))
def test_bytes_of_any_kind_are_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int, link: int
) -> None:
    data = bytearray(packed(talk(), link))
    data[place : place + len(noise)] = noise
    try:
        read(bytes(data), tmp_path_factory.mktemp("captures"))
    except RecordingError:
        pass
