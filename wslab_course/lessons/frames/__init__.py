"""Notebook 04, frames: five exercises, the quiz, and a caching proxy that can be poisoned."""

from wslab_course.lessons.frames.caching_proxy import (
    Accomplice,
    CachingProxy,
    Site,
    fetch,
    http_response,
)
from wslab_course.lessons.frames.exercises.broken_rule import broken_rule
from wslab_course.lessons.frames.exercises.build_frame import build_frame
from wslab_course.lessons.frames.exercises.parse_frame import parse_frame
from wslab_course.lessons.frames.exercises.payload_length import payload_length
from wslab_course.lessons.frames.exercises.unmask import unmask
from wslab_course.lessons.frames.quiz import quiz

__all__ = [
    "Accomplice",
    "CachingProxy",
    "Site",
    "broken_rule",
    "build_frame",
    "fetch",
    "http_response",
    "parse_frame",
    "payload_length",
    "quiz",
    "unmask",
]
