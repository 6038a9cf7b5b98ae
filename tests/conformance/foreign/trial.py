"""One client held against EchoServer: what it says, what the server saw, what the tap recorded."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, groupby, product
from typing import Final

from tests.conformance.foreign.catalogue import ROOT, Client
from tests.conformance.foreign.conversation import ACTS, BINARY, CODE, FRAGMENTS, PING, REASON, TEXT
from tests.patience import patient
from wslab.errors import WslabError
from wslab.network.echo import EchoServer
from wslab.network.tap.tap import Tap
from wslab.protocol.frames import ClosePayload, Opcode, Side
from wslab.protocol.recording.recording import Recording

LIMIT: Final = patient(120.0)  # seconds until a client is killed
MESSAGES: Final = {"text": TEXT, "binary": BINARY, "empty": "", "fragments": "".join(FRAGMENTS)}


@dataclass(frozen=True, slots=True)
class Way:
    """How client and server meet. `compressing`: the server accepts permessage-deflate."""

    tapped: bool
    compressing: bool

    def __str__(self) -> str:
        where = "through the tap" if self.tapped else "straight"
        return f"{where}, {'with' if self.compressing else 'without'} compression"


WAYS: Final = [Way(*choice) for choice in product((False, True), repeat=2)]


@dataclass(slots=True)
class Trial:
    """What came of it. No `faults`: client, server and recording tell the same story."""

    client: Client
    way: Way
    version: str = ""
    verdicts: dict[str, str] = field(default_factory=dict)  # by act: ok, failed or cannot
    faults: list[str] = field(default_factory=list)
    recording: Recording | None = None

    def does(self, act: str) -> bool:
        """Whether the client says that it did this act."""
        return self.verdicts.get(act) == "ok"

    def messages(self) -> list[str | bytes]:
        """What each side has sent if the client says the truth."""
        return [message for act, message in MESSAGES.items() if self.does(act)]

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Note a fault unless `found` is what was wanted."""
        if found != wanted:
            self.faults.append(f"{what}: found {_short(found)}, wanted {_short(wanted)}")


def hold(client: Client, way: Way, limit: float = LIMIT) -> Trial:
    """Run one client once. `limit` is in seconds; a client that takes longer is killed."""
    trial = Trial(client, way)
    with ExitStack() as stack:
        compression = "deflate" if way.compressing else None
        server = stack.enter_context(EchoServer(compression=compression))
        url = f"{server.url}/echo"
        tap = stack.enter_context(Tap(url)) if way.tapped else None
        _listen_to(trial, tap.url if tap else url, limit)
        if not server.events.of("open"):
            trial.faults.append("the server never saw its handshake")
            return trial
        try:
            server.wait_for("close")
            trial.recording = tap.wait_closed() if tap else None
        except WslabError as error:
            trial.faults.append(str(error))
        _ask_server(trial, server)
        if tap and trial.recording:
            trial.expect("connections through the tap", len(tap.recordings), 1)
            _ask_recording(trial, trial.recording)
    return trial


def _listen_to(trial: Trial, url: str, limit: float) -> None:
    """Run the client to its end, and take down what it says."""
    command = [*trial.client.command, url]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=limit)
        said, end = done.stdout, f"exit code {done.returncode}" if done.returncode else ""
        printed = done.stderr
    except subprocess.TimeoutExpired as error:
        said, end = error.stdout or b"", f"killed after {limit:g} s"
        printed = error.stderr or b""
    for line in said.decode(errors="replace").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue  # a warning of its library, say
        if "act" in told:
            trial.verdicts[told["act"]] = told["verdict"]
            if told["verdict"] == "failed":
                trial.faults.append(f"{told['act']} failed: {told['says']}")
        else:
            trial.version = told["version"]
    if end:
        trial.faults.append(f"{end}; it printed: {printed.decode(errors='replace')[-2000:]}")
    for act in ACTS:
        if act not in trial.verdicts:
            trial.faults.append(f"{act}: the client never said how it went")


def _ask_server(trial: Trial, server: EchoServer) -> None:
    """Hold what the client says against the server's events."""
    got = [event.data for event in server.events.of("message") if event.data is not None]
    trial.expect("messages at the server", _whole(got), trial.messages())
    if trial.does("close"):
        ends = [(event.code, event.reason) for event in server.events.of("close")]
        trial.expect("close at the server", ends, [(CODE, REASON)])
    errors = [event.detail for event in server.events.of("error")]
    trial.expect("errors at the server", errors, [])


def _ask_recording(trial: Trial, recording: Recording) -> None:
    """Hold what the client says against every byte that passed."""
    handshake = recording.handshake
    if not trial.way.compressing:
        trial.expect("compression agreed", handshake and handshake.deflate, None)
    messages = recording.messages()
    for side in Side:
        sent = _whole(message.data for message in messages if message.sender is side)
        trial.expect(f"messages of the {side.value}", sent, trial.messages())
        closes = [ClosePayload.parse(data) for data in _payloads(recording, side, Opcode.CLOSE)]
        wanted = [ClosePayload(CODE, REASON)] if trial.does("close") else []
        trial.expect(f"Close frames of the {side.value}", closes, wanted)
        trial.expect(f"bytes of no frame, {side.value}", recording.pending(side), b"")
    pings = [PING] if trial.does("ping") else []
    trial.expect("pings of the client", _payloads(recording, Side.CLIENT, Opcode.PING), pings)
    trial.expect("pongs of the server", _payloads(recording, Side.SERVER, Opcode.PONG), pings)
    if trial.does("fragments"):
        frames = [
            message.frames
            for message in messages
            if (message.sender, message.data) == (Side.CLIENT, MESSAGES["fragments"])
        ]
        trial.expect("frames of the fragmented message", frames, [len(FRAGMENTS)])
    trial.faults += [str(finding) for finding in recording.findings() if not finding.ok]


def _payloads(recording: Recording, side: Side, opcode: Opcode) -> list[bytes]:
    return [
        sent.frame.payload
        for sent in recording.frames()
        if sent.sender is side and sent.frame.opcode == opcode
    ]


def _whole(messages: Iterable[str | bytes]) -> list[str | bytes]:
    """The messages, with binary ones that follow each other joined: a pipe has no messages."""
    groups = (list(group) for _, group in groupby(messages, type))
    joined = ([b"".join(group)] if isinstance(group[0], bytes) else group for group in groups)
    return list(chain.from_iterable(joined))


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) < 300 else f"{shown[:200]}... ({len(shown):,} characters)"
