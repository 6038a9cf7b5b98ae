"""Notebook 00, start: one exercise, the quiz, and a separate Python process to break."""

from wslab_course.lessons.start.exercises import greet
from wslab_course.lessons.start.fresh_python import fresh_python
from wslab_course.lessons.start.quiz import quiz

__all__ = [
    "fresh_python",
    "greet",
    "quiz",
]
