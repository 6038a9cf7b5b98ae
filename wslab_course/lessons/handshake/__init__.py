"""Notebook 03, handshake: four exercises (RFC 6455 §4) and the quiz."""

from wslab_course.lessons.handshake.exercises.accept_value import accept_value
from wslab_course.lessons.handshake.exercises.is_valid_response import is_valid_response
from wslab_course.lessons.handshake.exercises.repair import COPIED_2014, repair
from wslab_course.lessons.handshake.exercises.status_for import status_for
from wslab_course.lessons.handshake.quiz import quiz

__all__ = [
    "COPIED_2014",
    "accept_value",
    "is_valid_response",
    "quiz",
    "repair",
    "status_for",
]
