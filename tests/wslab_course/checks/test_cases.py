"""Cases are run in order, expected values come from the reference, likeness from behaviour."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from wslab.errors import AuthorError
from wslab_course.checks.calls import Raised, Returned, TimedOut
from wslab_course.checks.cases import FUZZ_CASES, REFERENCE, Case, CaseRunner, KnownWrong


def double(n: int) -> int:
    return 2 * n


def square(n: int) -> int:
    return n * n


def refuse(n: int) -> int:
    raise ValueError(n)


def judging(*numbers: int, **options: Any) -> CaseRunner:
    cases = [Case(number) for number in numbers]
    wrongs = [KnownWrong(square, "You squared it."), KnownWrong(refuse, "You refused.")]
    return CaseRunner(double, cases, wrongs, **({"seconds": 5} | options))


def test_the_reference_says_what_is_expected_once() -> None:
    one = judging(1, 2)
    assert [case.expected for case in one.cases] == [REFERENCE, REFERENCE]
    assert [case.expected for case in one.prepared()] == [2, 4]
    assert one.prepared() is one.prepared()
    assert one.case(1).args == (2,)


def test_the_first_failure_is_the_smallest() -> None:
    one = judging(0, 2, 3, 4)
    trial, at = one.attempt(square)
    assert at == 2
    assert trial.outcomes == [Returned(0), Returned(4), Returned(9), Returned(16)]
    assert one.attempt(double)[1] is None


def test_random_cases_run_last_smallest_first_and_only_when_the_others_pass() -> None:
    def draw(rng: random.Random) -> Case:
        return Case(rng.randrange(3, 10**6))

    one = judging(0, fuzz=draw)
    trial, at = one.attempt(square)
    numbers = [case.args[0] for case in one.prepared()[1:]]
    lengths = [len(str(number)) for number in numbers]
    assert lengths == sorted(lengths) and len(numbers) == FUZZ_CASES
    assert at == 1 and len(trial.outcomes) == 1 + FUZZ_CASES
    again = judging(0, fuzz=draw)
    assert [case.args[0] for case in again.prepared()[1:]] == numbers

    trial, at = judging(3, fuzz=draw).attempt(square)
    assert at == 0 and len(trial.outcomes) == 1


def test_likeness_is_in_behaviour() -> None:
    one = judging(0, 2, 3)

    def power(n: int) -> int:
        return n**2

    def odd_elsewhere(n: int) -> int:
        return n**2 if n else -1

    def give_up(n: int) -> int:
        raise ValueError("no")

    def fall(n: int) -> int:
        raise LookupError("no")

    for function, sentence in [
        (power, "You squared it."),
        (odd_elsewhere, ""),
        (give_up, "You refused."),
        (fall, ""),
    ]:
        trial, at = one.attempt(function)
        assert at is not None
        assert one.recognised(at, trial.outcomes) == sentence


def test_each_known_wrong_answer_runs_once_a_case() -> None:
    calls: list[int] = []

    def counted(n: int) -> int:
        calls.append(n)
        return n * n

    one = CaseRunner(
        double, [Case(2), Case(3)], [KnownWrong(counted, "You squared it.")], seconds=5
    )
    for _ in range(3):
        trial, at = one.attempt(square)
        assert at == 1 and one.recognised(at, trial.outcomes) == "You squared it."
    assert sorted(calls) == [2, 3]


def test_a_judge_tells_by_its_sentence() -> None:
    def judge(got: int, n: int) -> str | None:
        return None if got >= 2 * n else "Too small."

    one = judging(1, judge=judge)
    assert one.attempt(lambda n: 100)[1] is None
    trial, at = one.attempt(lambda n: -7)  # another value than the squares, the same sentence
    assert at == 0 and one.recognised(at, trial.outcomes) == "You squared it."
    assert one.complaint(one.case(0), Returned(0)) == "Too small."


def test_a_loop_is_not_like_an_await() -> None:
    one = judging(1)
    pairs: list[tuple[Any, Any, bool]] = [
        (TimedOut(1), TimedOut(2), True),
        (TimedOut(1, waiting=True), TimedOut(1), False),
        (TimedOut(1), Returned(1), False),
        (Raised("A", "x", 1, "", Exception()), Raised("A", "y", 2, "", Exception()), True),
        (Raised("A", "x", 1, "", Exception()), Raised("B", "x", 1, "", Exception()), False),
        (Raised("A", "x", 1, "", Exception()), TimedOut(1), False),
    ]
    for first, second, alike in pairs:
        assert one._alike(one.case(0), first, second) is alike


@pytest.mark.parametrize("reference", [refuse, lambda n: n], ids=["raises", "wrong"])
def test_a_reference_that_fails_is_the_authors_mistake(reference: Callable[..., Any]) -> None:
    with pytest.raises(AuthorError, match="its reference"):
        CaseRunner(reference, [Case(1, expected=2)], []).attempt(double)


def test_a_case_shows_its_arguments_or_its_label() -> None:
    assert repr(Case(b"\x01", 2)) == 'Case(bytes.fromhex("01"), 2)'
    assert repr(Case(b"\x01", label="a byte")) == "a byte"


def test_a_case_says_what_it_expects() -> None:
    assert Case(1).expected is REFERENCE
    assert Case(1).expected_text() == ""
    assert Case(1, expected=b"\x01\x02").expected_text() == "01 02 (2 bytes)"
    assert Case(1, raises=ValueError).expected_text() == "ValueError raised"
