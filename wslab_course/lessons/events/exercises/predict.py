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
    """The scripts whose events are to be predicted."""
    code = "\n".join(f"# {letter}\n{source}" for letter, source in SIX_SCRIPTS.items())
    return notice("Six scripts", code=code.rstrip())


async def _fail(ws: Any) -> None:
    raise RuntimeError("a handler that fails")


_happened: dict[str, list[str]] = {}


async def what_happens() -> dict[str, list[str]]:
    """The events of the six scripts, each played once on real servers."""
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
    """Which predictions hold, and the first that does not; the answers stay untold."""
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
        "A: your own message fires nothing at your end; only the answer does."
    ),
    ("A", ("open", "message")): "A: close() is called when the answer is here. What fires last?",
    ("B", ("error",)): "B: error is never the last event. Which one says that it is over?",
    ("B", ("close",)): "B: the connection failed, and the standard has an event for that first.",
    ("B", ("open", "error", "close")): (
        "B: open fires after a 101 alone, and the answer here is a 404."
    ),
    ("B", ("close", "error")): "B: both, and the other way round: close is always the last.",
    ("C", ("open", "message", "close")): (
        "C: the answer comes, while the object is CLOSING; then a message fires nothing."
    ),
    ("C", ("open", "error", "close")): "C: both calls are allowed in onopen; nothing fails here.",
    ("D", ("close",)): "D: no handshake was done, so nothing can close cleanly: it failed first.",
    ("D", ("open", "close")): "D: you left before the answer; open never comes after close().",
    ("D", ("error",)): "D: error is never the last event.",
    ("D", ()): "D: every WebSocket that was made ends with one last event, this one too.",
    ("E", ("open", "error", "close")): (
        "E: 1011 is a proper Close frame, cleanly exchanged. Bad news is not a failed connection."
    ),
    ("E", ("error", "close")): "E: the handler runs after the 101, so one event comes before.",
    ("F", ("open", "close")): "F: the browser fails the connection itself. What fires first then?",
    ("F", ("error", "close")): "F: the handshake was in order, so one event comes before.",
    ("F", ("open", "message", "error", "close")): (
        "F: a frame that breaks a rule is not read, so it becomes no message."
    ),
}

_LOOK = {
    "A": "A: a 101 comes, one message is sent and echoed, and then you close.",
    "B": "B: there is no 101, so nothing opens; and which two events tell of a failure?",
    "C": "C: it opens, and both calls are made at once; what becomes of a message in CLOSING?",
    "D": "D: close() is called before the 101 is here; the picture has an arrow for that.",
    "E": "E: the 101 was there, nobody sends a message, and the end is a Close frame.",
    "F": "F: the 101 was there; then the client itself ends it, and calls that a failure.",
}


def _verdict_on(got: dict[str, Any]) -> str | None:
    other, said = got["first other"], got["you predict"]
    if not other:
        return None
    if other == "?":
        return 'Return a dict: {"A": ["open", …], "B": […], …}.'
    if said is None:
        return f"{other} is missing: give each of the six letters its list."
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
        "Two questions for each: did a 101 come? Did the connection end with Close frames?",
        "No 101: no open. No proper end, in the browser's eyes: error before close. Always: "
        "close, last.",
        "A message counts only while the object is OPEN. Three of the six have an error.",
    ],
    why=(
        "open needs a 101; error needs a failed connection; close needs nothing. A Close frame "
        "with an angry code is still a clean end."
    ),
)
def predict() -> dict[str, list[str]]:
    """The events of the scripts A to F: {"A": ["open", ...], ...}."""
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
