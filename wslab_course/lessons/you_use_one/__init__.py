"""Notebook 10, you use one: three exercises, the quiz, and the WebSocket of this very notebook."""

from wslab_course.lessons.you_use_one.exercises.find_print import find_print
from wslab_course.lessons.you_use_one.exercises.is_answered import is_answered
from wslab_course.lessons.you_use_one.exercises.split import split
from wslab_course.lessons.you_use_one.jupyter import find_jupyter
from wslab_course.lessons.you_use_one.quiz import quiz

__all__ = [
    "find_jupyter",
    "find_print",
    "is_answered",
    "quiz",
    "split",
]
