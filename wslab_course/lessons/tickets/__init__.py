"""Notebook 11, tickets: eight incidents to diagnose from bytes, one exercise, and the quiz."""

from wslab_course.lessons.tickets.exercises import triage
from wslab_course.lessons.tickets.incidents.ticket_1 import ticket_1
from wslab_course.lessons.tickets.incidents.ticket_2 import ticket_2
from wslab_course.lessons.tickets.incidents.ticket_3 import ticket_3
from wslab_course.lessons.tickets.incidents.ticket_4 import ticket_4
from wslab_course.lessons.tickets.incidents.ticket_5 import ticket_5
from wslab_course.lessons.tickets.incidents.ticket_6 import ticket_6
from wslab_course.lessons.tickets.incidents.ticket_7 import ticket_7
from wslab_course.lessons.tickets.incidents.ticket_8 import ticket_8
from wslab_course.lessons.tickets.quiz import quiz
from wslab_course.lessons.tickets.score import score

__all__ = [
    "quiz",
    "score",
    "ticket_1",
    "ticket_2",
    "ticket_3",
    "ticket_4",
    "ticket_5",
    "ticket_6",
    "ticket_7",
    "ticket_8",
    "triage",
]
