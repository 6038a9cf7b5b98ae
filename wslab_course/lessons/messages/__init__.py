"""Notebook 05, messages: five exercises and the quiz. The oracle is ``wslab.protocol.session``."""

from wslab_course.lessons.messages.exercises.close_code import close_code
from wslab_course.lessons.messages.exercises.inflate import inflate
from wslab_course.lessons.messages.exercises.reassemble import reassemble
from wslab_course.lessons.messages.exercises.show_early import show_early
from wslab_course.lessons.messages.exercises.split_text import split_text
from wslab_course.lessons.messages.quiz import quiz

__all__ = [
    "close_code",
    "inflate",
    "quiz",
    "reassemble",
    "show_early",
    "split_text",
]
