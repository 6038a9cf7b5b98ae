"""Notebook 06, events: five exercises, the quiz, and JavaScript that travels from page to page."""

from wslab_course.lessons.events.exercises.next_message import next_message
from wslab_course.lessons.events.exercises.predict import predict, six_scripts
from wslab_course.lessons.events.exercises.record import record
from wslab_course.lessons.events.exercises.repair import repair
from wslab_course.lessons.events.exercises.say_hello import say_hello
from wslab_course.lessons.events.quiz import quiz
from wslab_course.lessons.events.samples import SAMPLES, found, repaired

__all__ = [
    "SAMPLES",
    "found",
    "next_message",
    "predict",
    "quiz",
    "record",
    "repair",
    "repaired",
    "say_hello",
    "six_scripts",
]
