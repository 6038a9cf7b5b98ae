"""Rehearsal: names that nobody had, checks that enter themselves, and one stable order."""

import pytest

from wslab.network.chat.protocol import is_name
from wslab.network.chat.server import ChatServer
from wslab_course.lessons.chat.grading.client import CheckFailed
from wslab_course.lessons.chat.grading.grading import CHECKS
from wslab_course.lessons.chat.grading.scene import SCRIPTS, Rehearsal, never


@pytest.fixture
def scene() -> Rehearsal:
    return Rehearsal("ws://127.0.0.1:1/", "", patience=5.0, hosted=False)


def test_no_name_and_no_text_comes_twice(scene: Rehearsal) -> None:
    again = Rehearsal(scene.url, "", patience=5.0, hosted=False)
    names = [where.client("ann").name for where in (scene, again, scene)]
    assert len(set(names)) == 3
    assert all(map(is_name, names))
    assert scene.text("hello") != scene.text("hello")
    assert scene.client("eve", name="ann").name == "ann"


def test_every_check_is_of_a_stage_and_says_what_it_does() -> None:
    assert sorted(CHECKS, key=str) == sorted(SCRIPTS, key=str)
    for one in CHECKS:
        assert one.stage in range(1, 6)
        assert one.did.endswith(".") and one.expected.endswith(".")


async def test_people_join_talk_and_are_gone_at_the_end() -> None:
    with ChatServer() as server:
        scene = Rehearsal(server.url, "", patience=5.0, hosted=False)
        ann, bob = await scene.joins("ann", "bob")
        assert server.rooms["lobby"].names == [ann.name, bob.name]
        await scene.goes_on(ann, bob, after="after nothing")
        text = ann.heard[-1]["text"]
        with pytest.raises(CheckFailed, match="bob heard what nobody said"):
            never(bob, text, "what nobody said")
        never(bob, "something else", "what nobody said")
        await scene.end()
        await scene.end()
        server.wait_for("close", 2)
    assert scene.clients == []
