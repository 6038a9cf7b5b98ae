"""Exercise choose of notebook 02, before websocket."""

from __future__ import annotations

from typing import Any

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.before_websocket.exercises.worst_delay import TRANSPORTS

#: What each situation asks for: the transport, and the fact that decides.
CHOICES = {
    "weather": ("polling", "pause"),
    "scores": ("sse", "resume"),
    "log": ("sse", "fewest"),
    "office": ("long polling", "whole"),
    "drawing": ("websocket", "both"),
    "microscope": ("websocket", "binary"),
}
FACTS = sorted({fact for _, fact in CHOICES.values()})

#: What to say to those who choose another transport.
OTHERWISE = {
    ("weather", "long polling"): "It works, but each reader would hold a request open all day, "
    "for four events that may come late; a poll leaves nothing open.",
    ("weather", "sse"): "It works, but each reader would keep a connection open for four events a "
    "day; they may come a quarter of an hour late, so ask that often.",
    ("weather", "websocket"): "A channel for both sides, open all day, on which nobody speaks: "
    "four events that may come late are worth a poll now and then.",
    ("scores", "polling"): "A goal would come a pause late, and a million phones would ask in "
    "vain all through the match, as two of your three polls did.",
    ("scores", "long polling"): "It works, with a request for each goal where the stream needs "
    "one in all; and after a tunnel, EventSource resumes by itself.",
    ("scores", "websocket"): "It would deliver, but the phones have nothing to say, and after "
    "each tunnel you would resume by your own code; EventSource has it built in.",
    ("log", "polling"): "Lines come in bursts and then not for minutes: each line waits for the "
    "pause, and most questions are in vain.",
    ("log", "long polling"): "A request for each line: your three events took 3 requests and "
    "600 bytes, the stream took 1 and 278.",
    ("log", "websocket"): "Nobody answers a log. For one short build the stream is cheaper: your "
    "three events took 278 bytes, with the WebSocket's handshake 349.",
    ("office", "polling"): "Within a second means 3,600 polls an hour, for an alarm that may "
    "never come; a question that waits is answered at once.",
    ("office", "sse"): "This proxy waits for the end of an answer, and a stream has none: no "
    "event would get through.",
    ("office", "websocket"): "This proxy refuses every upgrade, so there is no 101, and no "
    "WebSocket.",
    ("drawing", "polling"): "The pens of the others would move once in a pause, and each point of "
    "your own would be a request besides.",
    ("drawing", "long polling"): "Each point that you draw would be a request with a head of its "
    "own, thirty times a second; a message takes a few bytes.",
    ("drawing", "sse"): "The stream goes one way. Each point that you draw would be a request "
    "with a head and an answer; as a message it takes a few bytes.",
    ("microscope", "polling"): "Twenty pictures a second: you would ask every 50 ms for what the "
    "server could send by itself.",
    ("microscope", "long polling"): "It carries bytes, but each answer waits for a question: "
    "on a wire of 50 ms each way the pictures come ten times a second, in pairs.",
    ("microscope", "sse"): "An event stream is text: as base64, 1,024 bytes become 1,368. A "
    "WebSocket has binary messages: 1,028.",
}

#: What to say to those who choose rightly, for another reason.
BECAUSE = {
    "weather": "Polling it is. But what decides? Look at how late the news may come.",
    "scores": "SSE it is. But what decides? Look at what happens to phones in trains.",
    "log": "SSE it is. But what decides? The build is short and the wire is good, so look at "
    "the cost.",
    "office": "Long polling it is. But what decides? Look at when this proxy hands answers on.",
    "drawing": "WebSocket it is. But what decides? Look at who speaks.",
    "microscope": "WebSocket it is. But what decides? Look at what is sent, not at who sends.",
}


def verdict_on(got: Any, situation: str) -> str | None:
    """None for the right transport for the right reason; else one sentence."""
    if not isinstance(got, tuple | list) or len(got) != 2:
        return f'Return two texts for "{situation}": the transport and the fact.'
    transport, fact = got
    if transport not in TRANSPORTS:
        return f"The transports are {', '.join(map(repr, TRANSPORTS))}; found {transport!r}."
    if fact not in FACTS:
        return f"The facts are {', '.join(map(repr, FACTS))}; found {fact!r}."
    right, reason = CHOICES[situation]
    if transport != right:
        return OTHERWISE[situation, transport]
    return None if fact == reason else BECAUSE[situation]


@exercise(
    cases=[Case(situation) for situation in CHOICES],
    judge=verdict_on,
    hints=[
        "Strike out what cannot work: who must speak, what stands on the way, what is sent?",
        "Of those that are left, take the one that does least: WebSocket where both sides speak or "
        "bytes travel, a stream where one tells, a poll where late is fine.",
        "Polling once, long polling once, SSE twice, WebSocket twice; and each fact once.",
    ],
    why="No transport wins everywhere. Ask who speaks, how late news may come, what stands on the "
    "way and what is sent; then take the one that does least and still does it.",
)
def choose(situation: str) -> tuple[str, str]:
    """Return the transport for a situation and the fact that decides."""
    return {
        "weather": ("polling", "pause"),
        "scores": ("sse", "resume"),
        "log": ("sse", "fewest"),
        "office": ("long polling", "whole"),
        "drawing": ("websocket", "both"),
        "microscope": ("websocket", "binary"),
    }[situation]


def always(transport):
    """Choose one transport everywhere, with the right fact where there is one."""
    return lambda situation: (transport, CHOICES[situation][1])


@choose.wrong("WebSocket everywhere works often, and costs most where nobody has to answer.")
def always_websocket(situation):
    return always("websocket")(situation)


@choose.wrong("SSE everywhere: it cannot pass the office's proxy, and it tells one way, in text.")
def always_sse(situation):
    return always("sse")(situation)


@choose.wrong("Polling everywhere works, and is late or wasteful in five of the six.")
def always_polling(situation):
    return always("polling")(situation)


@choose.wrong("Long polling everywhere works nearly always, at a request for each event.")
def always_long_polling(situation):
    return always("long polling")(situation)


@choose.wrong("The transport alone is half of the answer; return the fact that decides as well.")
def no_fact(situation):
    return CHOICES[situation][0]
