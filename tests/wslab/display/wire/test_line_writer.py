"""Lines reach the terminal in order, in bounded memory, and nobody waits for them."""

from __future__ import annotations

import io
import threading

import pytest

from tests.wslab.display.wire.terminal import LIMIT, Terminal, failed
from wslab.display.wire import line_writer
from wslab.display.wire.line_writer import LineWriter

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_out_of_sight")


def say(writer: LineWriter, *texts: str) -> None:
    for text in texts:
        writer.put(f"{text}\n".__str__)


def test_lines_are_written_in_order_and_what_the_terminal_lacks_as_an_escape():
    writer, terminal = LineWriter(), Terminal()
    terminal.open_.set()
    say(writer, "before it is open", "client → server")
    writer.open(terminal, failed)
    say(writer, "after")
    assert writer.close() == 0
    assert terminal.lines == ["before it is open", "client \\u2192 server", "after"]


def test_a_terminal_that_takes_nothing_costs_bounded_memory_and_its_gap_is_counted(monkeypatch):
    monkeypatch.setattr(line_writer, "MAX_WAITING_CHARACTERS", 10_000)
    writer, terminal = LineWriter(), Terminal()
    writer.open(terminal, failed)
    say(writer, "first")
    assert terminal.reached.wait(LIMIT)
    made = []
    for number in range(100_000):
        writer.put(lambda n=number: made.append(n) or f"line {n}\n")
    assert len(made) < 2000, "a line without room was made"
    assert sum(map(len, writer._texts)) <= 10_000 + 20
    terminal.open_.set()
    terminal.until(lambda: f"line {made[-1]}\n".encode() in terminal.data)
    say(writer, "later")
    assert writer.close() == 0
    left = 100_000 - len(made)
    assert terminal.lines == [
        *("first", *(f"line {n}" for n in made)),
        f"({left:,} lines left out: they came faster than they were read)",
        "later",
    ]


def test_what_nobody_read_at_the_end_is_counted(monkeypatch):
    monkeypatch.setattr(line_writer, "CLOSE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(line_writer, "MAX_WAITING_CHARACTERS", 1000)
    writer, terminal = LineWriter(), Terminal()
    writer.open(terminal, failed)
    say(writer, *["x" * 99] * 50)
    assert writer.close() == 50
    terminal.open_.set()


def test_a_terminal_that_is_gone_is_told_once():
    told = threading.Event()
    writer, gone = LineWriter(), Terminal()

    def write(data: bytes) -> int:
        raise BrokenPipeError

    gone.write = write
    writer.open(gone, told.set)
    say(writer, "one")
    assert told.wait(LIMIT)
    say(writer, "two")
    assert isinstance(writer.error, BrokenPipeError)
    assert writer.close() == 0


def test_a_terminal_that_leaves_while_the_last_lines_are_written_is_no_error():
    writer, leaving = LineWriter(), Terminal()

    def write(data: bytes) -> int:
        assert writer._closing.wait(LIMIT)
        raise BrokenPipeError

    leaving.write = write
    writer.open(leaving, failed)
    say(writer, "goodbye")
    assert writer.close() == 1 and writer.error is None


def test_lines_go_below_the_buffers_of_the_terminal():
    """A buffer that waits for its terminal could not be flushed at the end."""
    writer, terminal = LineWriter(), Terminal()
    terminal.open_.set()
    with io.TextIOWrapper(io.BufferedWriter(terminal), encoding="utf-8") as stream:
        writer.open(stream, failed)
        say(writer, "client → server")
        assert writer.close() == 0
        assert terminal.lines == ["client → server"]


def test_a_terminal_that_does_not_wait_is_asked_again():
    writer, hasty = LineWriter(), Terminal()
    taken = []
    answers = iter([None, 2, None])

    def write(data: bytes) -> int | None:
        size = next(answers, len(data))
        taken.append(bytes(data[: size or 0]))
        return size

    hasty.write = write
    writer.open(hasty, failed)
    say(writer, "abcdef")
    assert writer.close() == 0
    assert taken == [b"", b"ab", b"", b"cdef\n"]
