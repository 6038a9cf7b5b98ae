"""Wireshark's dissection of our captures beside our own, field by field.

    python -m tests.conformance.wireshark FOLDER    every .wscap in a folder and below it

Each recording becomes one connection of a capture, and `tshark` reads it as it does when
nobody told it anything. By sender and in order are compared: the first line and the header
lines of a head; of a frame every bit of its header, the masking key, the payload, the close
code, and the text of the message that it completes. What differs needs a `REASON`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.patience import patient
from wslab.protocol.frames import ClosePayload, Opcode, Side
from wslab.protocol.handshake import Deflate
from wslab.protocol.recording import pcap, wscap
from wslab.protocol.recording.recording import Recording
from wslab.protocol.session import Message

INSTALL: Final = "no tshark on this machine; install it with 'sudo apt-get install tshark'"
FIRST_PORT: Final = 20_000  # the client's, of the first recording; the server's is 80
FILE_HEAD: Final = 24  # bytes at the start of a pcap file
BFINAL: Final = 1  # in the first byte of a deflate stream: its first block is the last
LIMIT: Final = patient(300)  # seconds for one run of tshark
AT_ONCE: Final = 2 * 1024 * 1024  # bytes in one capture: tshark writes each of them ten times
LARGEST: Final = 8 * 1024 * 1024  # bytes of a file; larger ones are left out, and counted

REASONS: Final = {
    "empty": "Wireshark 4.0 looks into no frame that is empty, so it ends no message there",
    "disorder": "Wireshark 4.0 takes a continuation without a beginning for one, and joins what "
    "comes after such a fault, or after a message inside a message, with what was before",
    "inflating": "Wireshark 4.0 takes the client's deflate parameters for the server's and the "
    "other way round, and goes no further in a deflate stream that ended (BFINAL)",
    "fragments": "Wireshark 4.0 inflates no message of several frames, and shows it compressed",
    "32 bits": "Wireshark 4.0 adds up the length of a frame in 32 bits, so this one looks whole",
    "upgrade": "Wireshark goes by the Upgrade header of the response, we by its status, 101",
    "folding": "Wireshark 4.0 does not know that a header line may be folded (RFC 9112 §5.2)",
}


DISORDER: Final = ("continuation-has-a-beginning", "message-is-not-interrupted")


class Head(NamedTuple):
    """The head of a request or a response: the words of its first line, the others as hex."""

    first: tuple[str, ...]
    lines: tuple[str, ...]


class Seen(NamedTuple):
    """A frame, as either of the two reads it. None is a field that is not there."""

    fin: bool
    rsv: int
    opcode: int
    masked: bool
    length: int  # the seven bits
    length_16: int | None
    length_64: int | None
    key: str | None
    payload: str  # unmasked, as hex
    close_code: int | None
    text: str | None  # of the message that it completes
    inflated: str | None  # the same, of a message that was compressed


class Difference(NamedTuple):
    """Number `index` of one sender's "heads" or "frames"; `field` is "all" if one has none."""

    recording: str
    sender: Side
    what: str
    index: int
    field: str
    ours: Any
    theirs: Any


Parts = dict[tuple[Side, str], list[Any]]


def compare(recordings: Mapping[str, Recording]) -> list[Difference]:
    """Whatever the two read differently."""
    both = zip(recordings.items(), read_by_wireshark(list(recordings.values())), strict=True)
    return [
        difference
        for (name, recording), theirs in both
        for difference in differences(name, read_by_us(recording), theirs)
    ]


def differences(name: str, ours: Parts, theirs: Parts) -> Iterator[Difference]:
    """The same for one recording."""
    for (side, what), mine in ours.items():
        for index, pair in enumerate(zip_longest(mine, theirs[side, what])):
            if None in pair:
                yield Difference(name, side, what, index, "all", *pair)
                continue
            for field, a, b in zip(pair[0]._fields, *pair, strict=True):
                if a != b:
                    yield Difference(name, side, what, index, field, a, b)


def reason(difference: Difference, recording: Recording) -> str | None:
    """The name of what explains a difference, in `REASONS`; None if nothing does."""
    _, sender, what, index, field, ours, theirs = difference
    if what == "heads":
        folded = field == "lines" and any(line[:2] in ("20", "09") for line in ours)
        return "folding" if folded else None
    deflate = None if recording.handshake is None else recording.handshake.deflate
    until = [each for each in recording.frames() if each.sender is sender][: index + 1]
    if field == "inflated" and deflate is not None:
        if until[-1].frame.opcode == Opcode.CONTINUATION:
            return "fragments"
        packed = [each.frame.payload[:1] for each in until if each.frame.rsv1]
        ended = any(int.from_bytes(first, "big") & BFINAL for first in packed)  # one may be empty
        return "inflating" if _are_unlike(deflate) or ended else None
    if field == "text" and ours is None and deflate is not None:
        return "fragments"
    if field == "text":
        sent = until[-1]
        faults = [found for found in recording.findings() if not found.ok]
        after = any(
            found.rule in DISORDER and found.sender is sender and found.index <= sent.index
            for found in faults
        )
        return "empty" if not sent.frame.length else "disorder" if after else None
    if field == "all" and ours is None:
        return "32 bits" if (theirs.length_64 or 0) > 2**32 - 15 else None
    if field == "all":
        headers = recording.handshake.response.headers
        asked = (token.lower() for token in headers.tokens("Upgrade"))
        return None if "websocket" in asked else "upgrade"
    return None


def _are_unlike(deflate: Deflate) -> bool:
    """Do client and server compress in different ways? Else it is the same to swap the two."""
    client = deflate.client_no_context_takeover, deflate.client_max_window_bits
    return client != (deflate.server_no_context_takeover, deflate.server_max_window_bits)


# --- ours -------------------------------------------------------------------------------


def _nothing() -> Parts:
    return {(side, what): [] for side in Side for what in ("heads", "frames")}


def read_by_us(recording: Recording) -> Parts:
    """Every head and every frame, by sender."""
    parts, handshake = _nothing(), recording.handshake
    if handshake is not None:
        for side, head in zip(Side, (handshake.request, handshake.response), strict=True):
            if head is not None:
                lines = re.split(rb"\r?\n", head.encode())[1:-2]
                first = tuple(head.start_line.split(" ", 2))
                parts[side, "heads"].append(Head(first, tuple(line.hex() for line in lines)))
    for sent, step in zip(recording.frames(), recording.steps(), strict=True):
        frame, size = sent.frame, sent.frame.length_size
        is_close = frame.opcode == Opcode.CLOSE
        code = ClosePayload.parse(frame.payload).code if is_close else None
        text, packed = _text(step.message), step.message is not None and step.message.compressed
        parts[sent.sender, "frames"].append(
            Seen(
                fin=frame.fin,
                rsv=frame.rsv1 << 2 | frame.rsv2 << 1 | frame.rsv3,
                opcode=int(frame.opcode),
                masked=frame.mask is not None,
                length={0: frame.length, 2: 126, 8: 127}[size],
                length_16=frame.length if size == 2 else None,
                length_64=frame.length if size == 8 else None,
                key=frame.mask.hex() if frame.mask else None,
                payload=frame.payload.hex(),
                close_code=None if code is None else int(code),
                text=None if packed else text,
                inflated=text if packed else None,
            )
        )
    return parts


def _text(message: Message | None) -> str | None:
    if message is None or message.opcode != Opcode.TEXT:
        return None
    return message.data if isinstance(message.data, str) else message.data.decode(errors="replace")


# --- theirs -----------------------------------------------------------------------------


def read_by_wireshark(recordings: Sequence[Recording]) -> list[Parts]:
    """The same. All in one capture, and one run: starting it takes longer than reading."""
    found = [_nothing() for _ in recordings]
    with tempfile.TemporaryDirectory() as folder:
        (capture := Path(folder, "all.pcap")).write_bytes(_one_capture(recordings))
        told = tshark("-r", str(capture), "-Y", "websocket || http", "-T", "json", "-x")
    # A name may come twice in an object, so objects stay lists of pairs.
    for packet in json.loads(told, object_pairs_hook=list):
        layers = dict(dict(packet)["_source"])["layers"]
        tcp = dict(dict(layers)["tcp"])
        ports = int(tcp["tcp.srcport"]), int(tcp["tcp.dstport"])
        side = Side.CLIENT if ports[0] >= FIRST_PORT else Side.SERVER
        parts = found[max(ports) - FIRST_PORT]
        for name, tree in layers:
            if name == "websocket":
                parts[side, "frames"].append(_frame(_raw(tree)))
            elif name == "http" and (head := _head(_raw(tree))).first:  # else it is a body
                parts[side, "heads"].append(head)
    return found


def _one_capture(recordings: Sequence[Recording]) -> bytes:
    """Each as `to_pcap` writes it, but for the client's port."""
    whole = bytearray()
    with tempfile.TemporaryDirectory() as folder:
        for port, recording in enumerate(recordings, FIRST_PORT):
            saved = recording.save(Path(folder, "one.wscap"), redact=False)
            packets = pcap.write_packets(wscap.read(saved.read_bytes(), saved.name), port)
            whole += packets[FILE_HEAD if whole else 0 :]
    return bytes(whole)


def tshark(*arguments: str) -> str:
    """What one run prints. AssertionError, with its words, if it fails."""
    answer = subprocess.run(
        ["tshark", *arguments], capture_output=True, timeout=LIMIT, encoding="utf-8"
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _raw(tree: Sequence[tuple[str, Any]]) -> dict[str, list[str]]:
    """The bytes of each field as hex, wherever it stands; JSON has [hex, place, size, …]."""
    found: dict[str, list[str]] = {}
    for name, value in tree:
        if name.endswith("_raw"):
            found.setdefault(name.removesuffix("_raw"), []).append(value[0])
        elif isinstance(value, list) and value and isinstance(value[0], tuple):
            for inner, values in _raw(value).items():
                found.setdefault(inner, []).extend(values)
    return found


def _frame(fields: Mapping[str, Sequence[str]]) -> Seen:
    def number(name: str) -> int:
        return int(fields[name][0], 16)

    def number_or_none(name: str) -> int | None:
        return number(name) if name in fields else None

    shown = fields.get("websocket.payload.text")
    # Where fragments were joined, the last text is the one of the whole.
    text = bytes.fromhex(shown[-1]).decode(errors="replace") if shown else None
    packed = bool(number_or_none("websocket.pmc"))
    return Seen(
        fin=bool(number("websocket.fin")),
        rsv=number("websocket.rsv"),
        opcode=number("websocket.opcode"),
        masked=bool(number("websocket.mask")),
        length=number("websocket.payload_length"),
        length_16=number_or_none("websocket.payload_length_ext_16"),
        length_64=number_or_none("websocket.payload_length_ext_64"),
        key=fields.get("websocket.masking_key", [None])[0],
        payload=fields.get("websocket.payload", [""])[0],
        close_code=number_or_none("websocket.payload.close.status_code"),
        text=None if packed else text,
        inflated=text if packed else None,
    )


def _head(fields: Mapping[str, Sequence[str]]) -> Head:
    first = [
        bytes.fromhex(fields[name][0]).decode("latin-1")
        for name in (
            *("http.request.method", "http.request.uri", "http.request.version"),
            *("http.response.version", "http.response.code", "http.response.phrase"),
        )
        if name in fields
    ]
    lines = [*fields.get("http.request.line", ()), *fields.get("http.response.line", ())]
    ends = re.compile("(0d)?0a$")
    return Head(tuple(first), tuple(ends.sub("", line) for line in lines))


# --- over a folder ------------------------------------------------------------------------


def main(folder: Path) -> int:
    """Compare every recording below `folder`; 1 if a difference has no reason."""
    if shutil.which("tshark") is None:
        print(INSTALL, file=sys.stderr)
        return 2
    files = sorted(folder.rglob("*.wscap"))
    fitting = [file for file in files if file.stat().st_size <= LARGEST]
    reasons: Counter[str | None] = Counter()
    frames = 0
    for batch in _batches(fitting, folder):
        for difference in compare(batch):
            name = reason(difference, batch[difference.recording])
            reasons[name] += 1
            if name is None:
                print(str(difference)[:1000])
        frames += sum(len(recording.frames()) for recording in batch.values())
    print(tshark("--version").partition("\n")[0])
    left_out = len(files) - len(fitting)
    print(f"{len(fitting)} recordings, {frames:,} frames; {left_out} larger files left out")
    for name, times in reasons.items():
        print(f"{times:7,}  {REASONS[name] if name else 'without a reason'}")
    return int(None in reasons or not fitting)


def _batches(files: Sequence[Path], folder: Path) -> Iterator[dict[str, Recording]]:
    batch: dict[str, Recording] = {}
    size = 0
    for file in files:
        if batch and size + file.stat().st_size > AT_ONCE:
            yield batch
            batch, size = {}, 0
        batch[file.relative_to(folder).as_posix()] = Recording.load(file)
        size += file.stat().st_size
    if batch:
        yield batch


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
