"""What the exercises of notebook 06 say of real connections, and to predictions in odd shapes."""

from typing import Any

import pytest

from tests.patience import LIMIT
from wslab.display.markup import Preformatted
from wslab.errors import WslabError
from wslab.network.background import run
from wslab_course.lessons import events as lesson
from wslab_course.lessons.events.exercises.predict import what_happens

RIGHT = lesson.predict.reference()


def test_the_reference_is_what_happens() -> None:
    assert run(what_happens(), timeout=LIMIT) == RIGHT


@pytest.mark.parametrize(
    ("predicted", "says"),
    [
        (["open"], "Return a dict"),
        ({"A": RIGHT["A"]}, "B is missing"),
        (RIGHT | {"C": ("open", "close")}, "C: give a list"),
        (RIGHT | {"E": ["open", "Close"]}, "E: 'Close' is not an event"),
        (RIGHT | {"F": ["close", "open"]}, "F: the last event of every connection is close"),
        (RIGHT | {"D": ["message", "close"]}, "D: close() is called before the 101"),
    ],
)
def test_a_prediction_in_another_shape_is_told_what_is_wrong(predicted: Any, says: str) -> None:
    verdict = lesson.predict.check(lambda: predicted)
    assert verdict.state == "not yet" and verdict.nudge.startswith(says)


def test_a_verdict_does_not_tell_the_answers() -> None:
    verdict = lesson.predict.check(lambda: {})
    assert "error" not in repr(verdict)


def test_an_unknown_sample_names_those_that_exist() -> None:
    assert lesson.found("one go").blocks[-1] == Preformatted(lesson.SAMPLES["one go"].broken)
    with pytest.raises(WslabError, match="one go"):
        lesson.found("none")
    code = lesson.repaired().blocks[-1].code
    assert all(sample.repaired.rstrip() in code for sample in lesson.SAMPLES.values())
