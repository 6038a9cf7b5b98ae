"""Exercise predict of notebook 06, events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wslab.display.markup import Document
from wslab.network.browser.websocket import WebSocket, once
from wslab.network.echo import EchoServer
from wslab.network.rogue.server import RogueServer
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.facts import plain_facts
from wslab_course.checks.verdict import notice
from wslab_course.lessons.events.exercises.record import TYPES, record

SIX_SCRIPTS = {
    "A": """\
ws = WebSocket(server.url + "/echo")
ws.onopen = lambda event: ws.send("Hello")
ws.onmessage = lambda event: ws.close()
""",
    "B": """\
ws = WebSocket(server.url + "/nowhere")    # no such path: 404
""",
    "C": """\
ws = WebSocket(server.url + "/echo")
ws.onopen = lambda event: (ws.send("Hello"), ws.close())
""",
    "D": """\
ws = WebSocket(server.url + "/echo")
ws.close()
""",
    "E": """\
ws = WebSocket(server.url + "/fails")      # its handler raises: Close 1011
""",
    "F": """\
ws = WebSocket(rogue.url)                  # its first frame breaks a rule
""",
}


def six_scripts() -> Document:
    """The scripts whose events the learner predicts."""
    code = "\n".join(f"# {letter}\n{source}" for letter, source in SIX_SCRIPTS.items())
    return notice("Six scripts", code=code.rstrip())


async def _fail(ws: Any) -> None:
    raise RuntimeError("a handler that fails")


_happened: dict[str, list[str]] = {}


async def what_happens() -> dict[str, list[str]]:
    """The events of the six scripts, each run once against real servers."""
    if not _happened:
        async with EchoServer(name="predict-check") as server, RogueServer("masked-frame") as rogue:
            server.register("/fails", _fail)
            for letter, source in SIX_SCRIPTS.items():
                names: dict[str, Any] = {"WebSocket": WebSocket, "server": server, "rogue": rogue}
                exec(source, names)
                log = record.reference(names["ws"])
                await once(names["ws"], "close")
                _happened[letter] = log
    return _happened


async def _compared(predict: Callable[[], Any]) -> dict[str, Any]:
    """Which predictions are correct, and the first that is not; the answers are not shown."""
    predicted, happened = predict(), await what_happens()
    if not isinstance(predicted, dict):
        return {"right": "", "first other": "?", "you predict": plain_facts(predicted)}
    right = [letter for letter in happened if predicted.get(letter) == happened[letter]]
    other = next((letter for letter in happened if letter not in right), "")
    said = plain_facts(predicted.get(other)) if other else []
    return {"right": " ".join(right), "first other": other, "you predict": said}


_MISTAKES = {
    ("A", ("message", "close")): "A: before the first message there is an open.",
    ("A", ("open", "message", "message", "close")): (
        "A: sending fires no event at the sender; only the answer does."
    ),
    ("A", ("open", "message")): "A: close() is called when the answer has come. Which event "
    "fires last?",
    ("B", ("error",)): "B: error is never the last event. Which event says that the connection "
    "is over?",
    ("B", ("close",)): "B: the connection failed, and the standard has an event for that, before "
    "close.",
    ("B", ("open", "error", "close")): (
        "B: open fires only after a 101, and the answer here is a 404."
    ),
    ("B", ("close", "error")): "B: both events fire, but in the other order: close is always the "
    "last.",
    ("C", ("open", "message", "close")): (
        "C: the answer comes while the object is CLOSING; then a message fires no event."
    ),
    ("C", ("open", "error", "close")): "C: both calls are allowed in onopen; nothing fails here.",
    ("D", ("close",)): "D: the handshake was not complete, so the connection failed, and one "
    "event comes before close.",
    ("D", ("open", "close")): "D: close() was called before the answer came; open never fires "
    "after close().",
    ("D", ("error",)): "D: error is never the last event.",
    ("D", ()): "D: every WebSocket object ends with one last event, this one, too.",
    ("E", ("open", "error", "close")): (
        "E: both sides exchanged a Close frame, so the end is clean. An error code like 1011 "
        "does not make the connection fail."
    ),
    ("E", ("error", "close")): "E: the handler runs after the 101, so one event comes before "
    "these.",
    ("F", ("open", "close")): "F: the browser fails the connection itself. Which event fires "
    "before close then?",
    ("F", ("error", "close")): "F: the handshake was valid, so one event comes before these.",
    ("F", ("open", "message", "error", "close")): (
        "F: the browser does not accept a frame that breaks a rule, so no message event fires."
    ),
}

_LOOK = {
    "A": "A: a 101 comes, one message is sent and echoed, and then you close.",
    "B": "B: there is no 101, so nothing opens. Which two events does a failure fire?",
    "C": "C: it opens, and both calls follow at once. What happens to a message that comes in "
    "CLOSING?",
    "D": "D: close() is called before the 101 has come; the picture has an arrow for that.",
    "E": "E: the 101 came, neither side sends a message, and the end is a Close frame.",
    "F": "F: the 101 came; then the client itself ends the connection, which counts as a failure.",
}


def _verdict_on(got: dict[str, Any]) -> str | None:
    other, said = got["first other"], got["you predict"]
    if not other:
        return None
    if other == "?":
        return 'Return a dict: {"A": ["open", …], "B": […], …}.'
    if said is None:
        return f"{other} is missing: return a list for each of the six letters."
    if not isinstance(said, list):
        return f'{other}: give a list of event names, such as ["open", "close"].'
    if strange := [word for word in said if word not in TYPES]:
        return f"{other}: {strange[0]!r} is not an event; the four are {', '.join(TYPES)}."
    if said and said[-1] != "close" and (other, tuple(said)) not in _MISTAKES:
        return f"{other}: the last event of every connection is close."
    return _MISTAKES.get((other, tuple(said)), _LOOK[other])


@exercise(
    run=_compared,
    judge=_verdict_on,
    cases=[Case(label="your six lists, compared with six real connections")],
    hints=[
        "Ask two questions for each: did a 101 come? Did the connection end with Close frames?",
        "Without a 101 there is no open. If the browser counts the end as a failure, error comes "
        "before close. close is always the last.",
        "A message counts only while the object is OPEN. Three of the six have an error.",
    ],
    why=(
        "open needs a 101; error needs a failed connection; close always comes. A Close frame "
        "with an error code is still a clean end."
    ),
)
def predict() -> dict[str, list[str]]:
    """Return the events of scripts A to F: {"A": ["open", ...], ...}."""
    return {
        "A": ["open", "message", "close"],
        "B": ["error", "close"],
        "C": ["open", "close"],
        "D": ["error", "close"],
        "E": ["open", "close"],
        "F": ["open", "error", "close"],
    }


def _mistaken(letter: str, log: tuple[str, ...]) -> Callable[[], dict[str, list[str]]]:
    def predict_with_a_mistake() -> dict[str, list[str]]:
        return predict.reference() | {letter: list(log)}

    return predict_with_a_mistake


for (_letter, _log), _sentence in _MISTAKES.items():
    predict.wrong(_sentence)(_mistaken(_letter, _log))
