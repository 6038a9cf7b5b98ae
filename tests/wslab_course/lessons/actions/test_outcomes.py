"""The measured table in words; whether it is true is measured by the two test_rogue.py."""

import re

import pytest

from wslab.network.rogue.behaviour import LOSES, REFUSES, closes, fails
from wslab.network.rogue.catalogue import CATALOGUE
from wslab.protocol.frames import CloseCode
from wslab_course.lessons.actions.outcomes import (
    CHROMIUM_DIFFERS,
    MEASURED,
    WEBSOCKETS_DIFFERS,
    ClientOutcome,
    differences,
    does_its_duty,
    outcome_table,
)


def act(duty):
    return next(act for act in CATALOGUE.values() if act.duty == duty)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (ClientOutcome("error, close 1006 unclean"), "error, close 1006 unclean; sends no Close"),
        (
            ClientOutcome("open, close 1005 clean", 1005),
            "open, close 1005 clean; sends an empty Close",
        ),
        (ClientOutcome("open, close 999 clean", 999), "open, close 999 clean; sends Close 999"),
    ],
)
def test_an_outcome_in_words(outcome, words):
    assert str(outcome) == words


@pytest.mark.parametrize(
    ("duty", "outcome", "done"),
    [
        (REFUSES, ClientOutcome("error, close 1006 unclean"), True),
        (REFUSES, ClientOutcome("open, close 1006 unclean"), False),
        (REFUSES, ClientOutcome("error, close 1006 unclean", 1002), False),
        (LOSES, ClientOutcome("open, ConnectionClosedError 1006"), True),
        (LOSES, ClientOutcome("open, ConnectionClosedError 1006", 1002), False),
        (
            fails(CloseCode.PROTOCOL_ERROR),
            ClientOutcome("open, error, close 1006 unclean", 1002),
            True,
        ),
        (
            fails(CloseCode.PROTOCOL_ERROR),
            ClientOutcome("open, error, close 1006 unclean", 1007),
            False,
        ),
        (
            closes(CloseCode.NORMAL_CLOSURE),
            ClientOutcome("open, Hello, close 1000 clean", 1000),
            True,
        ),
        (closes(CloseCode.NORMAL_CLOSURE), ClientOutcome("open, close 1006 unclean", 1000), False),
        (closes(CloseCode.NORMAL_CLOSURE), ClientOutcome("InvalidMessage"), False),
    ],
)
def test_duty_done_or_not(duty, outcome, done):
    assert does_its_duty(act(duty), outcome) is done


def test_every_act_has_one_row_and_every_cell_has_words():
    rows = outcome_table()
    assert [row["Act"] for row in rows] == list(CATALOGUE) == list(MEASURED)
    assert all(cell for row in rows for cell in row.values())
    assert len({tuple(row) for row in rows}) == 1


@pytest.mark.parametrize(
    ("name", "correct", "websockets", "chromium"),
    [
        ("long-length", "1002, sees 1006", "differs: 1000, sees 1000", "1002, sees 1006"),
        ("oversize", "1009, sees 1006", "1009, sees 1006", "differs: none, sees 1006"),
        ("close-999", "1002, sees 1006", "1002, sees 1006", "differs: 999, sees 999"),
        ("never-answers-close", "1000, sees 1006", "1000, sees 1006", "1000, sees 1006"),
        ("empty-close", "empty, sees 1005", "empty, sees 1005", "empty, sees 1005"),
        ("split-character", "1000, sees 1000", "1000, sees 1000", "1000, sees 1000"),
        ("status-404", "none, sees 1006", "InvalidStatus", "none, sees 1006"),
        ("http-1.0", "none, sees 1006", "InvalidMessage", "differs: 1000, sees 1000"),
    ],
)
def test_a_row_has_the_code_that_is_sent_and_the_code_that_is_seen(
    name, correct, websockets, chromium
):
    [row] = [row for row in outcome_table() if row["Act"] == name]
    assert (row["A correct client"], row["websockets 17"], row["Chromium 156"]) == (
        correct,
        websockets,
        chromium,
    )


def test_a_row_says_what_is_sent_and_what_that_breaks():
    sends = {row["Act"]: row["What it sends"] for row in outcome_table()}
    assert sends["rsv2"] == "a text frame with RSV2 (reserved-bits-are-zero, RFC 6455 §5.2)"
    assert sends["empty-close"] == "a Close frame without a code (legal, RFC 6455 §7.1.5)"
    assert sends["hang-up"].endswith("it ends TCP after the request (RFC 6455 §4.1)")


def test_the_rows_that_differ_are_those_that_the_two_tables_name():
    for column, differs in (
        ("websockets 17", WEBSOCKETS_DIFFERS),
        ("Chromium 156", CHROMIUM_DIFFERS),
    ):
        marked = [row["Act"] for row in outcome_table() if row[column].startswith("differs: ")]
        assert sorted(marked) == sorted(differs)


def test_each_difference_is_a_row_with_what_was_measured():
    rows = differences()
    assert [row["Act"] for row in rows] == [*WEBSOCKETS_DIFFERS, *CHROMIUM_DIFFERS]
    assert rows[0] == {
        "Act": "long-length",
        "A correct client": "fails the connection with 1002",
        "Client": "websockets",
        "What it does": "it accepts any form of a length",
        "Measured": "open, Hello, ConnectionClosedOK 1000; sends Close 1000",
    }
    chromium = [row for row in rows if row["Client"] == "Chromium"]
    assert all(re.search(r"close \d+ (un)?clean", row["Measured"]) for row in chromium)
