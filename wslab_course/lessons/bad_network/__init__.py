"""Notebook 08, bad network: four exercises, the quiz, and a network that misbehaves."""

from wslab_course.lessons.bad_network.exercises.backoff import backoff
from wslab_course.lessons.bad_network.exercises.follow import follow
from wslab_course.lessons.bad_network.exercises.heartbeat import heartbeat
from wslab_course.lessons.bad_network.exercises.offer import offer
from wslab_course.lessons.bad_network.frozen_member import with_one_frozen
from wslab_course.lessons.bad_network.herd import herd
from wslab_course.lessons.bad_network.middle_box import MiddleBox
from wslab_course.lessons.bad_network.quiz import quiz
from wslab_course.lessons.before_websocket.feed import Feed

__all__ = [
    "Feed",
    "MiddleBox",
    "backoff",
    "follow",
    "heartbeat",
    "herd",
    "offer",
    "quiz",
    "with_one_frozen",
]
