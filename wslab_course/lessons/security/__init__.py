"""Notebook 09, security: four exercises, the quiz, a club with members, and its attackers."""

from wslab_course.lessons.security.exercises.hardened import hardened
from wslab_course.lessons.security.exercises.origin_allowed import origin_allowed
from wslab_course.lessons.security.exercises.redact import redact
from wslab_course.lessons.security.exercises.redeem import redeem
from wslab_course.lessons.security.intruders import visit_all
from wslab_course.lessons.security.members import MembersServer
from wslab_course.lessons.security.old_proxy import OldProxy
from wslab_course.lessons.security.quiz import quiz
from wslab_course.lessons.you_use_one.jupyter import find_jupyter

__all__ = [
    "MembersServer",
    "OldProxy",
    "find_jupyter",
    "hardened",
    "origin_allowed",
    "quiz",
    "redact",
    "redeem",
    "visit_all",
]
