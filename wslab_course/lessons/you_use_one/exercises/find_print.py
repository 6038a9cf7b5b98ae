"""Exercise find_print of notebook 10, you use one."""

from __future__ import annotations

from typing import Any

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.you_use_one.exercises.samples import (
    _BUSY,
    _ERR,
    _IDLE,
    _INPUT,
    _OTHER_PRINT,
    _PRINT,
    _REPLY,
)


@exercise(
    cases=[
        Case([_PRINT], "ask-1", expected=0, label="find_print([stream], 'ask-1')"),
        Case(
            [_BUSY, _INPUT, _PRINT, _IDLE],
            "ask-1",
            expected=2,
            label="find_print([status, execute_input, stream, status], 'ask-1')",
        ),
        Case(
            [_OTHER_PRINT, _BUSY, _PRINT],
            "ask-1",
            expected=2,
            label="find_print([stream of another client, status, stream], 'ask-1')",
        ),
        Case(
            [_BUSY, _ERR, _PRINT],
            "ask-1",
            expected=2,
            label="find_print([status, stream of stderr, stream], 'ask-1')",
        ),
        Case(
            [_BUSY, _REPLY, _PRINT, _OTHER_PRINT, _IDLE],
            "ask-1",
            expected=2,
            label="find_print([status, execute_reply, stream, stream of another, status], 'ask-1')",
        ),
    ],
    hints=[
        "Check three things: the kind of the message, the request that it answers, and which of "
        "the two streams it is.",
        "m.kind is 'stream', m.parent is the request, and m.content['name'] is 'stdout'. "
        "Only a stream has a name.",
        "for number, m in enumerate(messages): if m.kind == 'stream' and ???: return number",
    ],
    why=(
        "On iopub a kernel sends everything to every client, so your print is one of many. The "
        "parent says which request it belongs to. execute_input repeats the code of your request "
        "and is not a print."
    ),
)
def find_print(messages: list, request: str) -> int:
    """Return the index of the message with this request's print to stdout."""
    for number, m in enumerate(messages):
        if m.kind == "stream" and m.parent == request:
            if m.content["name"] == "stdout":
                return number
    return -1


def _first(messages: Any, test: Any) -> int:
    return next((number for number, m in enumerate(messages) if test(m)), -1)


@find_print.wrong("That is somebody else's print: compare the parent with the request.")
def anybodys(messages, request):
    return _first(messages, lambda m: m.content.get("name") == "stdout")


@find_print.wrong("That stream is stderr, where warnings go; a print goes to stdout.")
def any_stream(messages, request):
    return _first(messages, lambda m: m.kind == "stream" and m.parent == request)


@find_print.wrong(
    "That is a stream, but perhaps of another request, or stderr; check the parent and the name."
)
def first_stream(messages, request):
    return _first(messages, lambda m: m.kind == "stream")


@find_print.wrong("That message repeats your code; what the code printed is a stream.")
def the_code(messages, request):
    found = _first(messages, lambda m: "print" in str(m.content) and m.parent == request)
    return found if found >= 0 else find_print.reference(messages, request)


@find_print.wrong("That is the first message about your request, of any kind; look for the stream.")
def first_answer(messages, request):
    return _first(messages, lambda m: m.parent == request)


@find_print.wrong("Count from 0, as enumerate does.")
def from_one(messages, request):
    return find_print.reference(messages, request) + 1


@find_print.wrong("Return its number in the list, not the message.")
def the_message(messages, request):
    return messages[find_print.reference(messages, request)].kind


@find_print.wrong("That is the last stream of stdout; others print after you.")
def last_print(messages, request):
    found = [n for n, m in enumerate(messages) if m.content.get("name") == "stdout"]
    return found[-1]
