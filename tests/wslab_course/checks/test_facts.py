"""What a learner returned becomes a fact that two runs have in common."""

import gc
import warnings

from wslab_course.checks.facts import spent, spoken


async def answer() -> int:
    return 42


def test_a_coroutine_is_closed_and_named() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert spent(["a", answer(), [answer()]]) == [
            "a",
            "(a coroutine that nobody awaited)",
            ["(a coroutine that nobody awaited)"],
        ]
        gc.collect()
    assert spent("a") == "a"


def test_an_object_becomes_its_type() -> None:
    assert spoken(["open", 1, None, object()]) == ["open", 1, None, "(an object of type object)"]
