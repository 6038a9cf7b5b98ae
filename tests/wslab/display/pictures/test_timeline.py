from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wslab.display.captures import CLIENT, HOSTILE, SERVER, closed, long
from tests.wslab.display.pages import Page
from wslab.display.pictures.canvas import Picture
from wslab.display.pictures.timeline import timeline

LOCK_STEP = [(0.0, CLIENT, "one?"), (0.025, SERVER, "one!"), (0.05, CLIENT, "two?")]
DUPLEX = [(0.0, CLIENT, "one?"), (0.001, CLIENT, "two?"), (0.025, SERVER, "one!")]


def page(picture: Picture) -> Page:
    return Page(picture._repr_html_())


def test_a_recording_in_order_without_a_clock():
    picture = timeline(closed())
    assert picture.text.splitlines()[2] == '   3  client → server  TEXT "Hello"'
    assert "ms" not in picture.text
    seen = page(picture).drawn
    assert seen[:2] == ["client", "server"]
    assert len(seen) == 2 + 8 and all(label in picture.text for label in seen)


def test_a_recording_with_its_times():
    assert "2.0 ms  client → server" in timeline(closed(), times=True).text
    assert '2.0 ms · TEXT "Hello"' in page(timeline(closed(), times=True)).drawn


def test_two_lanes_share_one_axis():
    picture = timeline(LOCK_STEP, DUPLEX, titles=("lock-step", "full duplex"), delay=0.025)
    drawn = page(picture).drawn
    assert drawn.count("client") == 2 and "lock-step" in drawn and "50 ms" in drawn
    assert "1 label left out where arrows are close" in drawn
    assert picture.text.index("lock-step") < picture.text.index("full duplex")
    assert picture.text.count("two?") == 2


def test_time_is_to_scale():
    def starts(picture):
        root = ElementTree.fromstring(picture.svg)
        arrows = [p for p in root.iter() if p.get("d", "").startswith("M") and "L" in p.get("d")]
        return [float(arrow.get("d").split("L")[0].split()[1]) for arrow in arrows]

    a, b, c = starts(timeline(LOCK_STEP))
    assert b - a == pytest.approx(c - b, abs=0.2) and b > a
    near, nearer, far = starts(timeline(DUPLEX))
    assert (far - near) / (nearer - near) == pytest.approx(25, rel=0.05)


def test_long_times_are_in_seconds():
    drawn = page(timeline([(0, CLIENT, "Over."), (8, SERVER, "Over.")])).drawn
    assert "2 s" in drawn and "ms" not in drawn


def test_arrows_slope_when_the_journey_takes_time():
    assert "rotate(" in timeline(LOCK_STEP, delay=0.01).svg
    assert "rotate(" not in timeline(LOCK_STEP).svg


def test_a_long_recording_is_a_bounded_picture():
    assert len(timeline(long(10_000)).svg) < 30_000


def test_more_arrows_than_fit_are_counted_and_still_in_the_twin():
    picture = timeline([(n, CLIENT, f"event {n}") for n in range(300)], scale=False)
    assert "100 more" in page(picture).drawn
    assert "event 299" in picture.text


def test_what_is_left_out_is_said_inside_the_drawing():
    picture = timeline([(n / 1000, CLIENT, f"event {n}") for n in range(300)])
    root = ElementTree.fromstring(picture.svg)
    [note] = [t for t in root.iter() if "left out" in (t.text or "") and t.get("y")]
    assert note.text.startswith("100 more, ")
    assert float(note.get("y")) < float(root.get("height"))


def test_nothing_to_draw():
    assert page(timeline([])).drawn == ["client", "server"]
    assert page(timeline([(0.0, CLIENT, "only")])).drawn == ["client", "server", "only"]


@given(st.text(st.characters(), max_size=40))
def test_hostile_labels_are_only_text(label):
    page(timeline([(0.0, CLIENT, label), (1.0, None, label)], titles=(label,)))


def test_hostile_text_by_name():
    assert "<script" not in timeline([(0.0, CLIENT, HOSTILE)])._repr_html_()


def test_the_same_input_gives_the_same_bytes():
    assert timeline(closed()) == timeline(closed())
