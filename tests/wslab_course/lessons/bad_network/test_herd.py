"""The simulated crowd: who tries when, who is let in, and what ends a crowd that never waits."""

from collections import Counter
from random import Random

import pytest

from wslab.errors import WslabError
from wslab_course.lessons.bad_network.herd import MAX_SIMULATED_S, Herd, herd


def doubling(attempt: int, rng: Random) -> float:
    return min(60.0, 5.0 * 2**attempt)


def jittered(attempt: int, rng: Random) -> float:
    return rng.uniform(0, doubling(attempt, rng))


def test_without_jitter_all_come_in_the_same_second() -> None:
    crowd = herd(doubling)
    assert [n for n in crowd.per_second() if n] == [50, 50, 40]
    assert [at for at, n in enumerate(crowd.per_second()) if n] == [5, 15, 35]
    assert crowd.peak == 50
    assert crowd.all_back == 35 + 40 + 60 + 60  # ten more each time


def test_with_jitter_they_spread_and_are_back_earlier() -> None:
    crowd, other = herd(jittered), herd(doubling)
    assert crowd.peak < other.peak / 2
    assert crowd.all_back is not None and other.all_back is not None
    assert crowd.all_back < other.all_back / 2
    assert crowd == herd(jittered) != herd(jittered, seed=1)


def test_the_server_lets_in_so_many_in_a_second_and_nobody_while_it_is_down() -> None:
    crowd = herd(jittered, clients=30, down=7.5, room=3)
    accepted = [attempt for attempt in crowd.attempts if attempt.accepted]
    assert len(accepted) == len({attempt.client for attempt in accepted}) == 30
    assert min(attempt.at for attempt in accepted) >= 7.5
    assert max(Counter(int(attempt.at) for attempt in accepted).values()) <= 3
    times = [attempt.at for attempt in crowd.attempts]
    assert times == sorted(times)
    assert sum(crowd.per_second(3600)) == len(crowd.attempts)


def test_a_server_that_never_comes_back_ends_the_simulation() -> None:
    crowd = herd(doubling, clients=2, down=float("inf"))
    assert crowd.all_back is None
    assert crowd.attempts[-1].at <= MAX_SIMULATED_S


def test_nobody_is_a_crowd_too() -> None:
    assert herd(doubling, clients=0) == Herd((), 0)
    assert Herd((), 0).peak == 0 and Herd((), 0).all_back is None


def test_who_never_waits_is_stopped() -> None:
    with pytest.raises(WslabError, match="20,000 times within 0 s"):
        herd(lambda attempt, rng: 0.0)


@pytest.mark.parametrize("seconds", [None, "5", -1, float("nan"), float("inf")])
def test_what_is_no_waiting_time_is_refused(seconds: object) -> None:
    with pytest.raises(WslabError, match=r"wait\(0, rng\) returned .*number of seconds"):
        herd(lambda attempt, rng: seconds)  # type: ignore[arg-type, return-value]


def test_who_never_tries_is_not_back() -> None:
    drawn = iter([15.0, MAX_SIMULATED_S + 1] * 25)
    crowd = herd(lambda attempt, rng: next(drawn), room=25)
    assert len(crowd.attempts) == 25 and all(attempt.accepted for attempt in crowd.attempts)
    assert crowd.all_back is None
