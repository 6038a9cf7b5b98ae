from enum import Enum
from xml.etree import ElementTree

from tests.wslab.display.pages import Page
from wslab.display.pictures.canvas import Picture
from wslab.display.pictures.states import states
from wslab.protocol.session import STATE_TRANSITIONS


def page(picture: Picture) -> Page:
    return Page(picture._repr_html_())


def test_the_state_diagram_is_the_table():
    picture = states(STATE_TRANSITIONS)
    drawn = page(picture).drawn
    for (state, event), after in STATE_TRANSITIONS.items():
        assert state.name in drawn and after.name in drawn
        assert any(event.value in label for label in drawn)
        assert any(
            line.startswith(f"{state.name} → {after.name}: ") and event.value in line
            for line in picture.text.splitlines()
        )
    assert len(set(drawn) & {"CONNECTING", "OPEN", "CLOSING", "CLOSED"}) == 4


class Light(Enum):
    RED = "red"
    GREEN = "green"
    AMBER = "amber"


class Tick(Enum):
    TICK = "<tick>"


def test_any_table_draws_backwards_too():
    table = {
        (Light.RED, Tick.TICK): Light.GREEN,
        (Light.GREEN, Tick.TICK): Light.AMBER,
        (Light.AMBER, Tick.TICK): Light.RED,
    }
    picture = states(table, title="A lamp")
    assert page(picture).drawn.count("<tick>") == 3
    assert "AMBER → RED: <tick>" in picture.text
    assert "<title>A lamp</title>" in picture.svg


def test_two_ways_round_from_one_state_do_not_overlap():
    class Step(Enum):
        ONE = "one"
        TWO = "two"
        FAR = "far"

    table = {
        (Light.RED, Tick.TICK): Light.GREEN,
        (Light.GREEN, Tick.TICK): Light.AMBER,
        (Light.RED, Step.FAR): Light.AMBER,
        (Light.AMBER, Step.ONE): Light.RED,
        (Light.AMBER, Step.TWO): Light.GREEN,
    }
    svg = ElementTree.fromstring(states(table).svg)
    labels = [
        (text.get("x"), text.get("y"), text.text)
        for text in svg.iter()
        if text.tag.endswith("text") and text.text in ("one", "two", "far")
    ]
    assert len(labels) == 3 and len({place[:2] for place in labels}) == 3


def test_an_empty_table():
    assert states({}).text == ""


def test_the_same_table_gives_the_same_bytes():
    assert states(STATE_TRANSITIONS) == states(STATE_TRANSITIONS)
