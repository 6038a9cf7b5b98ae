import pytest

from tests.wslab.display.captures import HOSTILE
from tests.wslab.display.pages import assert_same_facts
from wslab.display.inspectors import inspect
from wslab.display.markup import Document
from wslab.display.views.rows import MAX_ROWS, add_rows
from wslab.errors import WslabError

LONG = "a sentence that is too long for a column of names"


def shown(rows, title="") -> Document:
    document = Document()
    add_rows(document, rows, title)
    assert_same_facts(document.text, document.html)
    return document


def test_keys_are_columns_and_the_first_value_is_the_header_of_its_row():
    html = shown([{"Act": "reset", "Code": 1006}, {"Act": "hang-up", "Code": None}]).html
    assert '<th scope="col">Act</th><th scope="col">Code</th>' in html
    assert '<th scope="row" class="wslab-nw">reset</th><td class="wslab-nw">1006</td>' in html
    assert "<td" in html and ">None<" in html


def test_the_title_is_the_caption_and_its_absence_is_a_count():
    rows = [{"Act": "reset"}]
    assert "<caption>What they did</caption>" in shown(rows, "What they did").html
    assert "<caption>1 row</caption>" in shown(rows).html
    assert inspect(rows, title="What they did").text.startswith("What they did\n")


def test_columns_of_sentences_wrap_and_columns_of_names_do_not():
    html = shown([{"Act": LONG, "Does": LONG, "Code": "1000"}]).html
    assert f'<th scope="row" class="wslab-nw">{LONG}</th>' in html
    assert f'<td class="wslab-prose">{LONG}</td>' in html
    assert '<td class="wslab-nw">1000</td>' in html


def test_whatever_stands_in_a_cell_is_escaped():
    html = shown([{HOSTILE: "x", "b": HOSTILE}]).html
    assert "<script" not in html


def test_many_rows_are_cut_and_counted():
    text = shown([{"n": n} for n in range(MAX_ROWS + 5)]).text
    assert f"The first {MAX_ROWS} are shown; 5 more rows left out." in text
    assert f"{MAX_ROWS + 5} rows" in text
    assert f" {MAX_ROWS - 1}\n" in text and f" {MAX_ROWS}\n" not in text


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"a": 1}, {"b": 1}], r"row 1 has the keys \['b'\], row 0 has \['a'\]"),
        ([{"a": 1, "b": 2}, {"b": 1, "a": 2}], r"the same keys in the same order"),
        ([{}], "at least one"),
    ],
)
def test_rows_that_do_not_fit_together_are_refused(rows, says):
    with pytest.raises(WslabError, match=says):
        shown(rows)
