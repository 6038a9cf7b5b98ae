"""Notebook 02, before WebSocket: four exercises, the quiz, and one feed served four ways."""

from wslab_course.lessons.before_websocket.delivery import deliver
from wslab_course.lessons.before_websocket.exercises.choose import choose
from wslab_course.lessons.before_websocket.exercises.longest_pause import longest_pause
from wslab_course.lessons.before_websocket.exercises.parse_stream import parse_stream
from wslab_course.lessons.before_websocket.exercises.worst_delay import worst_delay
from wslab_course.lessons.before_websocket.feed import Feed
from wslab_course.lessons.before_websocket.quiz import quiz

__all__ = [
    "Feed",
    "choose",
    "deliver",
    "longest_pause",
    "parse_stream",
    "quiz",
    "worst_delay",
]
