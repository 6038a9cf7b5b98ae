"""Strips of bars: one scale for all, a twin with every number, and nothing that escapes."""

import re
from xml.etree import ElementTree

from wslab.display.pictures.bars import bars

SVG = "{http://www.w3.org/2000/svg}"


def heights(svg: str) -> list[float]:
    return [float(rect.get("height", 0)) for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect")]


def test_the_twin_has_every_number() -> None:
    picture = bars(range(12), [0.5], titles=["up", "half"], unit="MiB", step="round")
    assert picture.text.splitlines() == [
        "up: at most 11 MiB in one round",
        "  round   0:   0  1  2  3  4  5  6  7  8  9",
        "  round  10:  10 11",
        "",
        "half: at most 0.5 MiB in one round",
        "  round   0:  0.5",
        "  it ends after 1 round",
    ]
    assert repr(picture) == picture.text


def test_rows_share_one_scale_and_zero_has_no_bar() -> None:
    tall, short = heights(bars([0, 10], [5, 0]).svg)
    assert tall == 2 * short


def test_the_longest_bars_carry_their_number() -> None:
    svg = bars([1, 7, 7], titles=["a"], unit="attempts").svg
    assert svg.count(">7 attempts<") == 1


def test_a_shorter_row_is_marked_where_it_ends() -> None:
    picture = bars([1, 2, 3], [0, 0], step="round")
    assert picture.svg.count(">ends after 2 rounds<") == 1
    assert picture.text.endswith("it ends after 2 rounds") and picture.text.count("ends") == 1


def test_empty_rows_are_drawn_too() -> None:
    for rows in ([], [[]], [[0, 0]]):
        picture = bars(*rows, title="nothing")
        assert heights(picture.svg) == []
        assert "<title>nothing</title>" in picture.svg
    assert bars([]).text == "at most 0 in one step"


def test_too_many_bars_are_counted() -> None:
    picture = bars([1] * 125)
    assert len(heights(picture.svg)) == 120
    assert ">5 more numbers<" in picture.svg
    assert len(re.findall(r"\b1\b", picture.text.partition("\n")[2])) == 125


def test_titles_are_escaped_in_both_forms() -> None:
    picture = bars([1], titles=["<b>\u202e"])
    assert "<b>" not in picture.svg and "\u202e" not in picture.svg + picture.text
