from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from tests.wslab.display.pages import Page
from wslab.display.pictures.canvas import Canvas, Picture


@given(st.text(st.characters(), max_size=30))
def test_no_text_breaks_a_drawing(text):
    canvas = Canvas()
    canvas.text(1, 2, text, tilt=3, mono=True, bold=True, dim=True)
    canvas.box(0, 0, 5, 5, "#123456", stroke=1)
    canvas.path("M0 0h5", fill=True)
    root = ElementTree.fromstring(canvas.svg(10, 10, text, f"{text}\n{text}"))
    assert len(root) == 5 and root.get("viewBox") == "0 0 10 10"


def test_a_drawing_has_a_name_a_description_and_the_pages_own_colour():
    svg = Canvas().svg(1, 1, "the name", "two\nlines")
    assert 'role="img"' in svg and 'fill="currentColor"' in svg
    assert "<title>the name</title><desc>two lines</desc>" in svg


def test_a_picture_shows_itself_both_ways():
    picture = Picture(Canvas().svg(1, 1, "t", "d"), "the twin")
    assert repr(picture) == "the twin"
    assert Page(picture._repr_html_()).facts == ["the twin"]
