"""Stages 4 and 5: each wrong server fails where and as it should."""

from tests.wslab_course.lessons.chat.grading.chat_gradings import (
    assert_fails_as_it_should,
    wrong_servers,
)
from tests.wslab_course.lessons.chat.grading.chat_servers import Chat
from wslab_course.lessons.chat.grading.endurance_checks import _difference


@wrong_servers(4, 5)
def test_a_wrong_server_fails_at_its_stage_with_its_sentence(wrong: type[Chat]) -> None:
    assert_fails_as_it_should(wrong)


def test_what_is_wrong_with_a_history_in_one_sentence() -> None:
    expected = [("one #7", 1), ("two", 2), ("three", 3)]
    for found, sentence in (
        (expected[1:], "it lacks 1 of 3: the first is 'one' (id 1)."),
        ([*expected, expected[2]], "it has 'three' (id 3) 2 times."),
        (
            [("zero", 0), *expected],
            "it has 'zero' (id 0), which came earlier and was not asked for.",
        ),
        (expected[::-1], "it is out of order."),
        ([("one #7", 9), *expected[1:]], "it has 'one' (id 9), which was sent with id 1."),
    ):
        assert _difference(found, expected, "it") == sentence
