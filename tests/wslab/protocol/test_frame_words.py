import pytest

from wslab.protocol.frame_words import close_code_words, count, opcode_name, opcode_words
from wslab.protocol.frames import CloseCode, Opcode


def test_every_opcode_has_words_that_begin_with_its_name():
    assert all(opcode_words(opcode).startswith(f"{opcode.name}: ") for opcode in Opcode)


def test_numbers_agree_with_their_noun():
    assert (count(0), count(1), count(2000)) == ("0 bytes", "1 byte", "2,000 bytes")


def test_names():
    assert opcode_name(1) == "TEXT"
    assert opcode_name(0x3) == "0x3 (reserved)"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1000, "NORMAL_CLOSURE"),
        (1006, "must never appear"),
        (3001, "registered"),
        (4001, "private"),
        (42, "nobody has defined"),
    ],
)
def test_close_codes_in_words(code, words):
    assert words in close_code_words(code)


def test_every_close_code_has_words():
    assert all(row.phrase in close_code_words(row) for row in CloseCode)
