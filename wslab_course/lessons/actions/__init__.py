"""Notebook 07, actions: four exercises, the quiz, and what real clients do with each violation."""

from wslab_course.lessons.actions.exercises.close_event import close_event
from wslab_course.lessons.actions.exercises.close_payload import close_payload
from wslab_course.lessons.actions.exercises.divider import divider
from wslab_course.lessons.actions.exercises.explain_close import explain_close
from wslab_course.lessons.actions.outcomes import differences, outcome_table
from wslab_course.lessons.actions.quiz import quiz

__all__ = [
    "close_event",
    "close_payload",
    "differences",
    "divider",
    "explain_close",
    "outcome_table",
    "quiz",
]
