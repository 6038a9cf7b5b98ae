"""ChatUnderTest: names that nobody had, checks that enter themselves, and one stable order."""

import pytest

from wslab.network.chat.protocol import is_name
from wslab.network.chat.server import ChatServer
from wslab_course.lessons.chat.grading.client import CheckFailed
from wslab_course.lessons.chat.grading.grading import CHECKS
from wslab_course.lessons.chat.grading.script import SCRIPTS, ChatUnderTest, did_not_hear


@pytest.fixture
def chat() -> ChatUnderTest:
    return ChatUnderTest("ws://127.0.0.1:1/", "", patience=5.0, hosted=False)


def test_no_name_and_no_text_comes_twice(chat: ChatUnderTest) -> None:
    again = ChatUnderTest(chat.url, "", patience=5.0, hosted=False)
    names = [where.client("ann").name for where in (chat, again, chat)]
    assert len(set(names)) == 3
    assert all(map(is_name, names))
    assert chat.text("hello") != chat.text("hello")
    assert chat.client("eve", name="ann").name == "ann"


def test_every_check_is_of_a_stage_and_says_what_it_does() -> None:
    assert sorted(CHECKS, key=str) == sorted(SCRIPTS, key=str)
    for one in CHECKS:
        assert one.stage in range(1, 6)
        assert one.did.endswith(".") and one.expected.endswith(".")


async def test_people_join_talk_and_are_gone_at_the_end() -> None:
    with ChatServer() as server:
        chat = ChatUnderTest(server.url, "", patience=5.0, hosted=False)
        ann, bob = await chat.joins("ann", "bob")
        assert server.rooms["lobby"].names == [ann.name, bob.name]
        await chat.still_delivers(ann, bob, after="after nothing")
        text = ann.received[-1]["text"]
        with pytest.raises(CheckFailed, match="bob heard what nobody said"):
            did_not_hear(bob, text, "what nobody said")
        did_not_hear(bob, "something else", "what nobody said")
        await chat.end()
        await chat.end()
        server.wait_for("close", 2)
    assert chat.clients == []
