"""The command line: ``python -m wslab echo | chat | tap | inspect | doctor``.

The servers say their URL in the first line of standard output, at once, and run
until SIGINT (Ctrl-C), SIGTERM or SIGHUP (the terminal is closed; Windows has SIGBREAK
for it). Everything else they say goes to standard error. Exit codes: 0 done or
stopped; 1 the doctor found something; 2 a wrong argument, with one line that says
what to do; 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wslab.errors import WslabError

# Each verb imports what it needs, so that `echo` runs where IPython is not installed.
if TYPE_CHECKING:
    from wslab.protocol.recording.recording import Recording

POLL_S: Final = 0.5  # seconds; on Windows a wait without a limit does not hear Ctrl-C


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; return the exit code."""
    choice = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without "→" gets \u2192
    try:
        code = int(choice.run(choice))
        if sys.stdout is not None:  # as after `>&-` in a shell
            sys.stdout.flush()
        return code
    except WslabError as error:
        print(f"wslab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        # What is still buffered must not fail once more when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if _reader_has_gone(error):  # it has seen enough, as in `… | head`
            return 0
        _note(f"cannot write the output: {error.strerror}; send it elsewhere.")
        return 2


def _reader_has_gone(error: OSError) -> bool:
    if sys.platform == "win32" and error.errno == errno.EINVAL:  # what it says of a closed pipe
        return True
    return isinstance(error, BrokenPipeError)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wslab", description="WebSockets you can see.")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    for verb, what, serves in (
        ("echo", "an echo server, with a page to try it from", "WebSocket paths"),
        ("chat", "a chat server, with a page to chat from", "the chat behind it"),
    ):
        server = verbs.add_parser(
            verb,
            help=what,
            description=f"Serve the {verb} page and {serves} on one port until Ctrl-C.",
        )
        server.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
        )
        server.add_argument("--port", type=int, default=0, help="port (default: any free one)")
        server.set_defaults(run=_serve, verb=verb)

    tap = verbs.add_parser(
        "tap",
        help="a relay that prints what passes",
        description="Relay to TARGET and print each frame as it passes, until Ctrl-C.",
    )
    tap.add_argument("target", metavar="TARGET", help="the server's URL: ws, wss, http or https")
    tap.add_argument("--port", type=int, default=0, help="port (default: any free one)")
    tap.add_argument(
        "--save",
        metavar="FILE",
        type=Path,
        help="write the recording there at the end, and remember it until then (64 MiB of each "
        "connection at most); a second connection goes to FILE with -2",
    )
    tap.add_argument("--bytes", action="store_true", help="print every field of each frame, too")
    tap.set_defaults(run=_tap)

    look = verbs.add_parser(
        "inspect",
        help="explain a recording, byte by byte",
        description="Print what the recording in FILE holds.",
    )
    look.add_argument(
        "file", metavar="FILE", type=Path, help="a recording (.wscap), a .har, a .pcap or a .pcapng"
    )
    look.add_argument("--number", metavar="N", type=int, help="which connection of a .har or .pcap")
    look.set_defaults(run=_inspect)

    doctor = verbs.add_parser(
        "doctor",
        help="is this machine ready for the course?",
        description="Check what the course needs and say what to do about what is missing.",
    )
    doctor.set_defaults(run=_doctor)
    return parser


def _serve(choice: argparse.Namespace) -> int:
    from wslab.network.chat.server import ChatServer
    from wslab.network.echo import EchoServer

    kind = {"echo": EchoServer, "chat": ChatServer}[choice.verb]
    with _stop_signals() as stopped, kind(choice.host, choice.port) as server:
        print(server.url, flush=True)
        _note(f"the {choice.verb} page is {server.http_url}/ until Ctrl-C")
        if _warn_of_others(choice.host) and choice.verb == "chat":
            _note("who connects reads everything that is said, and may take any name not in use")
            _note(f"others open http://<the address of this machine>:{server.port}/")
        _wait_for(stopped)
    return 0


def _warn_of_others(host: str) -> bool:
    """Say what it means to listen on `host`; False if only this machine reaches it."""
    if _is_loopback(host):
        return False
    _note(
        f"listening on {host or 'every address'}: every machine that reaches this one can "
        "connect, unencrypted and without a password; do this only on a network you trust"
    )
    return True


def _tap(choice: argparse.Namespace) -> int:
    from wslab.display.wire.lines import WireLines
    from wslab.network.tap.tap import Tap
    from wslab.protocol.recording.recording import MAX_RECORDING_BYTES
    from wslab.protocol.redaction import redacted_text

    if choice.save is not None:
        _try_to_save(choice.save)
    lines = WireLines(fields=choice.bytes)
    # Without a file the lines are all that is wanted. With one, each recording is written at the
    # end, and so must be remembered until then.
    limit, keep = (0, 1) if choice.save is None else (MAX_RECORDING_BYTES, None)
    hooks = {"record": lines.record, "on_end": lines.connection_ended}
    with _stop_signals() as stopped:
        with Tap(choice.target, port=choice.port, limit=limit, keep=keep, **hooks) as tap:
            line = f"{tap.url} -> {choice.target}"
            shown = redacted_text(line)
            print(shown, flush=True)
            if shown != line:
                _note("a secret of TARGET is shown as ***; connect with the real one")
            _note("recording, until Ctrl-C" if limit else "until Ctrl-C; --save FILE would keep it")
            lines.begin(sys.stdout, stopped.set)
            _wait_for(stopped)
        if left := lines.close():
            _note(f"{left:,} lines were not written: nobody read them")
        if choice.save is not None:
            _save(tap.recordings, choice.save)
    if lines.error is not None:
        raise lines.error
    return 0


def _try_to_save(file: Path) -> None:
    """WslabError if `file` cannot be written: now, and not when there is a recording to lose."""
    try:
        if not file.absolute().parent.is_dir():
            raise WslabError(f"cannot save to {file}: there is no such folder; make it first.")
        if file.is_dir():
            raise WslabError(f"cannot save to {file}: it is a folder; name a file in it.")
        is_new = not file.exists()
        file.open("ab").close()
        if is_new:
            file.unlink()
    except OSError as error:
        raise _cannot_save(file, error) from error


def _cannot_save(file: Path, error: OSError) -> WslabError:
    return WslabError(f"cannot save to {file}: {error.strerror}; choose another FILE.")


def _save(recordings: Sequence[Recording], file: Path) -> None:
    """One file a connection: notes.wscap, notes-2.wscap, notes-3.wscap …"""
    if not recordings:
        _note("nothing connected, so nothing was saved")
    for number, recording in enumerate(recordings, start=1):
        place = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        try:
            recording.save(place)
        except OSError as error:
            raise _cannot_save(place, error) from error
        _note(f"saved {place}")


def _inspect(choice: argparse.Namespace) -> int:
    from wslab.display.inspectors import inspect
    from wslab.protocol.recording.recording import Recording

    kind = choice.file.suffix.lower()
    if kind == ".har":
        recording = Recording.from_har(choice.file, index=choice.number)
    elif kind in (".pcap", ".pcapng"):
        recording = Recording.from_pcap(choice.file, stream=choice.number)
    else:
        recording = Recording.load(choice.file)
    print(inspect(recording).text)
    return 0


def _doctor(choice: argparse.Namespace) -> int:
    from wslab import doctor

    return doctor.main()


def _note(text: str) -> None:
    with suppress(OSError):  # whoever read it has gone, such as the terminal: go on without
        print(f"wslab: {text}", file=sys.stderr, flush=True)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that stop signals set, from before the port opens until all is closed and saved.

    A shell that runs a program in the background makes it ignore SIGINT, and
    Python then leaves it so; a handler of our own hears it all the same. SIGHUP
    stays ignored where it was, as `nohup` wants it.
    """
    stopped = threading.Event()
    signals = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signals.append(signal.SIGHUP)
    if sys.platform == "win32":
        signals.append(signal.SIGBREAK)
    before = [signal.signal(number, lambda *_: stopped.set()) for number in signals]
    try:
        yield stopped
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _wait_for(stopped: threading.Event) -> None:
    while not stopped.wait(POLL_S):
        pass


if __name__ == "__main__":
    sys.exit(main())
