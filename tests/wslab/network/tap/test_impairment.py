"""The queue of a tap: times and bytes go in, times and bytes come out. No sockets."""

import pytest

from wslab.network.tap.impairment import BitFlips, DelayQueue, EndMark, Impairment


def test_without_impairment_everything_is_due_at_once_and_in_order() -> None:
    held = DelayQueue(Impairment())
    assert not held and held.wait(0.0) is None
    held.put(b"ab", 0.0)
    held.put(b"c", 0.0)
    held.put(EndMark.EOF, 0.0)
    assert held.size == 3 and held.wait(0.0) == 0
    assert [held.take(), held.take()] == [b"ab", b"c"]
    assert held.size == 0 and held
    assert held.take() is EndMark.EOF and not held


def test_bytes_are_handed_on_without_a_copy() -> None:
    data = bytes(1000)
    held = DelayQueue(Impairment())
    held.put(data, 0.0)
    assert held.take() is data


def test_a_delay_counts_from_each_arrival() -> None:
    impairment = Impairment(delay=2.0)
    held = DelayQueue(impairment)
    held.put(b"a", 10.0)
    held.put(b"b", 11.0)
    assert held.wait(10.5) == pytest.approx(1.5)
    held.take()
    assert held.wait(12.0) == pytest.approx(1.0)
    impairment.delay = 0.0
    assert held.wait(10.0) == 0, "a removed delay holds nothing back"


def test_frozen_bytes_are_never_due() -> None:
    impairment = Impairment(frozen=True)
    held = DelayQueue(impairment)
    held.put(b"a", 0.0)
    assert held.wait(1e9) is None
    impairment.frozen = False
    assert held.wait(0.0) == 0


def test_pieces() -> None:
    held = DelayQueue(Impairment(piece=3))
    held.put(b"abcdefgh", 0.0)
    held.put(b"ij", 0.0)
    pieces = []
    while held:
        pieces.append(held.take())
        assert held.size == 10 - sum(map(len, pieces))
    assert pieces == [b"abc", b"def", b"gh", b"ij"]


def test_a_piece_size_may_change_in_the_middle_of_a_chunk() -> None:
    impairment = Impairment(piece=3)
    held = DelayQueue(impairment)
    held.put(b"abcdefgh", 0.0)
    assert held.take() == b"abc"
    impairment.piece = None
    assert held.take() == b"defgh" and not held


def test_clear() -> None:
    held = DelayQueue(Impairment(piece=1))
    held.put(b"abc", 0.0)
    held.take()
    held.clear()
    held.put(b"xyz", 0.0)
    assert (held.size, held.take()) == (3, b"x")


@pytest.mark.parametrize(
    ("impairment", "active"),
    [
        (Impairment(), False),
        (Impairment(delay=0.1), True),
        (Impairment(frozen=True), True),
        (Impairment(piece=1), True),
    ],
    ids=["none", "delay", "frozen", "piece"],
)
def test_active(impairment: Impairment, active: bool) -> None:
    assert impairment.active is active


def test_flips_count_from_the_senders_first_byte_and_work_once() -> None:
    flips = BitFlips()
    flips.add(5, 0)
    flips.add(6, 7)
    flips.add(100, 3)
    data = b"\x00\x00\x00"
    assert flips.apply(data, start=4) == (b"\x00\x80\x01", [(5, 0x00, 0x80), (6, 0x00, 0x01)])
    assert data == b"\x00\x00\x00", "the recorded bytes stay as they were"
    assert flips.apply(data, start=4) == (data, [])
    assert flips, "the one that lies ahead is still waiting"


def test_two_flips_of_one_bit_undo_each_other() -> None:
    flips = BitFlips()
    flips.add(0, 4)
    flips.add(0, 4)
    assert flips.apply(b"a", 0)[0] == b"a"
