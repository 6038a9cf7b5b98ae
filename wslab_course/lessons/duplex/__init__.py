"""Notebook 01, duplex: three exercises, the quiz, and the race of four ways to talk."""

from wslab_course.lessons.duplex.exercises.duplex import duplex
from wslab_course.lessons.duplex.exercises.full_duplex import full_duplex
from wslab_course.lessons.duplex.exercises.seconds_needed import seconds_needed
from wslab_course.lessons.duplex.http_echo import HttpEcho
from wslab_course.lessons.duplex.measurement import measure
from wslab_course.lessons.duplex.quiz import quiz

__all__ = [
    "HttpEcho",
    "duplex",
    "full_duplex",
    "measure",
    "quiz",
    "seconds_needed",
]
