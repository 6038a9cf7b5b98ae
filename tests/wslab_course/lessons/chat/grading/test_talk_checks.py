"""Stages 1 and 2: each wrong server fails where and as it should."""

from tests.wslab_course.lessons.chat.grading.chat_gradings import (
    assert_fails_as_it_should,
    wrong_servers,
)
from tests.wslab_course.lessons.chat.grading.chat_servers import Chat


@wrong_servers(1, 2)
def test_a_wrong_server_fails_at_its_stage_with_its_sentence(wrong: type[Chat]) -> None:
    assert_fails_as_it_should(wrong)
