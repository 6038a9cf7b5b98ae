"""What a learner returned becomes a fact that two runs have in common."""

import gc
import warnings

from wslab_course.checks.facts import plain_facts, without_coroutines


async def answer() -> int:
    return 42


def test_a_coroutine_is_closed_and_named() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert without_coroutines(["a", answer(), [answer()]]) == [
            "a",
            "(a coroutine that nobody awaited)",
            ["(a coroutine that nobody awaited)"],
        ]
        gc.collect()
    assert without_coroutines("a") == "a"


def test_an_object_becomes_its_type() -> None:
    assert plain_facts(["open", 1, None, object()]) == [
        "open",
        1,
        None,
        "(an object of type object)",
    ]
