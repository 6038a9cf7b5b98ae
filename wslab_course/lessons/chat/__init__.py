"""Notebook 12, chat: five stages, their grader, and the final quiz of the course."""

from wslab_course.lessons.chat.clock import now
from wslab_course.lessons.chat.exercises.chat_1 import chat_1
from wslab_course.lessons.chat.exercises.chat_2 import chat_2
from wslab_course.lessons.chat.exercises.chat_3 import chat_3
from wslab_course.lessons.chat.exercises.chat_4 import chat_4
from wslab_course.lessons.chat.exercises.chat_5 import chat_5
from wslab_course.lessons.chat.final_quiz import quiz as final
from wslab_course.lessons.chat.grading.grading import grade_chat
from wslab_course.lessons.chat.quiz import quiz
from wslab_course.lessons.chat.strangers import HOSTILE, latest

__all__ = [
    "HOSTILE",
    "chat_1",
    "chat_2",
    "chat_3",
    "chat_4",
    "chat_5",
    "final",
    "grade_chat",
    "latest",
    "now",
    "quiz",
]
