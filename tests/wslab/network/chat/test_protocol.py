"""The table of the chat protocol, and the reading of what strangers send against it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wslab.network.chat.protocol import (
    CLOSES,
    ERRORS,
    LIMITS,
    MESSAGES,
    NAME_CHARACTERS,
    TEXT_CHARACTERS,
    WHY,
    Refusal,
    describe,
    encode,
    is_name,
    read,
    same_name,
)
from wslab.protocol.frames import Side

GOOD = [
    {"type": "join", "name": "Ann"},
    {"type": "join", "name": "Zoë O'Hara-2", "since": 0, "key": "k"},
    {"type": "say", "text": "x"},
    {"type": "say", "text": "<b>\n\t🎉" + "y" * (TEXT_CHARACTERS - 6), "tag": "1"},
    {"type": "history", "since": 10**30},
    {"type": "leave"},
]


@pytest.mark.parametrize("message", GOOD, ids=lambda message: str(sorted(message)))
def test_a_good_message_is_read(message: dict[str, Any]) -> None:
    assert read(json.dumps(message)) == message
    assert read(encode(message)) == message
    assert read(json.dumps({**message, "more": [1]})) == message  # what no row names is ignored


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "not-json"),
        ("{", "not-json"),
        ('{"type": "leave"} x', "not-json"),
        (b'{"type": "leave"}', "not-json"),
        ("[" * 20_000, "not-json"),
        ('{"a":' * 5_000, "not-json"),
        ("1" * 6_000, "not-json"),
        ("[]", "not-json"),
        ("null", "not-json"),
        ('"say"', "not-json"),
        ("NaN", "not-json"),
        ("{}", "unknown-type"),
        ('{"type": "fly"}', "unknown-type"),
        ('{"type": "error", "code": "x", "text": "y"}', "unknown-type"),
        ('{"type": ["say"]}', "unknown-type"),
        ('{"type": {}}', "unknown-type"),
        ('{"type": null}', "unknown-type"),
        ('{"type": "say"}', "bad-field"),
        ('{"type": "say", "text": 5}', "bad-field"),
        ('{"type": "say", "text": null}', "bad-field"),
        ('{"type": "say", "text": ["a"]}', "bad-field"),
        ('{"type": "say", "text": ""}', "bad-field"),
        ('{"type": "say", "text": "\\ud800"}', "bad-field"),
        ('{"type": "say", "text": "\\u0000"}', "bad-field"),
        ('{"type": "say", "text": "\\u001b[2J"}', "bad-field"),
        ('{"type": "say", "text": "a", "tag": 1}', "bad-field"),
        ('{"type": "say", "text": "a", "tag": null}', "bad-field"),
        (json.dumps({"type": "say", "text": "x" * (TEXT_CHARACTERS + 1)}), "too-long"),
        (json.dumps({"type": "join", "name": "x" * (NAME_CHARACTERS + 1)}), "too-long"),
        ('{"type": "join"}', "bad-field"),
        ('{"type": "join", "name": true}', "bad-field"),
        ('{"type": "join", "name": "a\\nb"}', "bad-name"),
        ('{"type": "join", "name": "<b>"}', "bad-name"),
        ('{"type": "join", "name": " ann"}', "bad-name"),
        ('{"type": "join", "name": "a\\u202eb"}', "bad-name"),
        ('{"type": "join", "name": "ann", "since": -1}', "bad-field"),
        ('{"type": "join", "name": "ann", "since": true}', "bad-field"),
        ('{"type": "join", "name": "ann", "since": 1.0}', "bad-field"),
        ('{"type": "history"}', "bad-field"),
        ('{"type": "history", "since": "1"}', "bad-field"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_wrong_message_is_told_what_is_wrong(data: str | bytes, code: str) -> None:
    wrong = read(data)
    assert isinstance(wrong, Refusal)
    assert (wrong.code, wrong.text[-1]) == (code, ".")
    assert wrong.code in ERRORS
    assert read(encode(wrong.message), Side.SERVER) == wrong.message  # it is a message itself


@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(json.dumps),
        st.dictionaries(
            st.sampled_from(["type", "name", "text", "since", "key", "tag"]),
            st.sampled_from(["join", "say", "history", "leave"]) | st.integers() | st.text(),
        ).map(json.dumps),
    )
)
def test_nothing_a_stranger_sends_raises(data: str | bytes) -> None:
    message = read(data)
    if isinstance(message, Refusal):
        assert message.code in ERRORS
    else:
        encode(message).encode()  # and what is let in can be sent on
        assert read(encode(message)) == message


@pytest.mark.parametrize("name", ["a", "Ann", "Łukasz", "安娜", "अनु", "R2-D2", "dr. x_y", "O'Hara"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "a ", "\tb", "a\x00b", "a\u200bb", "<i>", "🎉", "a" * 25, "a&b", '"']
)
def test_no_names(name: str) -> None:
    assert not is_name(name)


def test_names_that_look_alike_are_the_same() -> None:
    assert same_name("ANN") == same_name("ann") == same_name("\uff21nn")
    assert same_name("Straße") == same_name("STRASSE")
    assert same_name("ann") != same_name("anna")


def test_the_description_has_every_row_of_the_tables() -> None:
    assert max(map(len, describe().splitlines())) < 80
    text = re.sub(r"\n {14,18}", " ", describe())
    for rule in MESSAGES:
        assert f"  {rule.type}: {rule.says}" in text
        for field in rule.fields:
            assert field.says in text
    for table in (ERRORS, WHY, CLOSES):
        for key, says in table.items():
            assert str(key) in text and says in text
    for figure in (LIMITS.message_bytes, LIMITS.clients, LIMITS.history, LIMITS.queue):
        assert f"{figure:,}" in text


def test_a_full_history_fits_into_a_message_of_a_mebibyte() -> None:
    """Which is what clients of the `websockets` library take by default."""
    event = {"type": "say", "id": 10**15, "at": "2026-01-01T00:00:00.000Z", "name": "𐐀" * 24}
    history = {
        "type": "history",
        "since": 10**15,
        "events": [{**event, "text": "🎉" * TEXT_CHARACTERS, "tag": "🎉" * 32}] * LIMITS.history,
        "complete": False,
        "names": ["𐐀" * NAME_CHARACTERS] * LIMITS.clients,
    }
    assert is_name("𐐀" * NAME_CHARACTERS)
    assert len(encode(history).encode()) < 2**20
    longest = json.dumps({"type": "say", "text": "🎉" * TEXT_CHARACTERS, "tag": "🎉" * 32})
    assert len(longest) < LIMITS.message_bytes  # escaped, too
