"""Exercise is_answered of notebook 10, you use one."""

from __future__ import annotations

from typing import Any

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.you_use_one.exercises.samples import (
    _BUSY,
    _IDLE,
    _OTHER_IDLE,
    _OTHER_REPLY,
    _PRINT,
    _REPLY,
)


def _case(expected: bool, *messages: Any, nudge: str = "") -> Case:
    names = {
        id(_BUSY): "busy",
        id(_IDLE): "idle",
        id(_REPLY): "execute_reply",
        id(_PRINT): "stream",
        id(_OTHER_IDLE): "idle of another",
        id(_OTHER_REPLY): "execute_reply of another",
    }
    listed = ", ".join(names[id(message)] for message in messages)
    label = f"is_answered([{listed}], 'ask-1')"
    return Case(list(messages), "ask-1", expected=expected, label=label, nudge=nudge)


@exercise(
    cases=[
        _case(False),
        _case(False, _BUSY, nudge="busy is the beginning."),
        _case(False, _REPLY, nudge="A reply came, but nothing says that it is the last message."),
        _case(False, _BUSY, _PRINT, _REPLY, nudge="Without idle, a print may still come."),
        _case(False, _BUSY, _PRINT, _IDLE, nudge="Without the reply, the answer is not complete."),
        _case(True, _BUSY, _PRINT, _REPLY, _IDLE),
        _case(True, _BUSY, _REPLY, _PRINT, _IDLE, nudge="The reply may come before the print."),
        _case(True, _BUSY, _PRINT, _IDLE, _REPLY, nudge="The reply may come after idle."),
        _case(
            True, _BUSY, _IDLE, _REPLY, _OTHER_IDLE, nudge="What other clients ask changes nothing."
        ),
        _case(False, _BUSY, _REPLY, _OTHER_IDLE, nudge="That idle answers another client."),
        _case(False, _BUSY, _OTHER_REPLY, _IDLE, nudge="That reply answers another client."),
    ],
    hints=[
        "Two messages must be there, in either order, and both must be about this request.",
        "One has the kind 'execute_reply'; the other has content.get('execution_state') 'idle'.",
        "mine = [m for m in messages if m.parent == request], then look for both in mine with any.",
    ],
    why=(
        "The reply travels on shell, idle on iopub, and either may arrive first. A client that "
        "waits for only one of them sometimes loses a print, and the cause is hard to find."
    ),
)
def is_answered(messages: list, request: str) -> bool:
    """Tell whether the kernel has sent everything about this request."""
    mine = [m for m in messages if m.parent == request]
    replied = any(m.kind == "execute_reply" for m in mine)
    idle = any(m.content.get("execution_state") == "idle" for m in mine)
    return replied and idle


def _has(messages: Any, request: str, *, reply: bool = True, idle: bool = True) -> bool:
    mine = [m for m in messages if m.parent == request]
    replied = any(m.kind == "execute_reply" for m in mine)
    quiet = any(m.content.get("execution_state") == "idle" for m in mine)
    return (replied or not reply) and (quiet or not idle)


@is_answered.wrong("A reply is not the end: it may overtake the print. Wait for idle as well.")
def reply_alone(messages, request):
    return _has(messages, request, idle=False)


@is_answered.wrong("idle is not the end: the reply travels on another channel and may come later.")
def idle_alone(messages, request):
    return _has(messages, request, reply=False)


@is_answered.wrong("You take one or the other; both must be there.")
def either(messages, request):
    return _has(messages, request, idle=False) or _has(messages, request, reply=False)


@is_answered.wrong("You require idle to be the last message; the reply, or others, may come later.")
def idle_is_last(messages, request):
    return _has(messages, request) and messages[-1] == _IDLE


@is_answered.wrong("You never look at the parent, so an answer to another client counts as yours.")
def anybody(messages, request):
    kinds = [m.kind for m in messages]
    return "execute_reply" in kinds and any(
        m.content.get("execution_state") == "idle" for m in messages
    )


@is_answered.wrong("There are two kinds of status: busy is the beginning, idle the end.")
def any_status(messages, request):
    mine = [m.kind for m in messages if m.parent == request]
    return "execute_reply" in mine and "status" in mine
