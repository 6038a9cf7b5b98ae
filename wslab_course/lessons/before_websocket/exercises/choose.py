"""Exercise choose of notebook 02, before websocket."""

from __future__ import annotations

from typing import Any

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.before_websocket.exercises.worst_delay import TRANSPORTS

#: The answer to each situation: the transport, and the fact that decides.
CHOICES = {
    "weather": ("polling", "pause"),
    "scores": ("sse", "resume"),
    "log": ("sse", "fewest"),
    "office": ("long polling", "whole"),
    "drawing": ("websocket", "both"),
    "microscope": ("websocket", "binary"),
}
FACTS = sorted({fact for _, fact in CHOICES.values()})

#: The sentence for each wrong transport.
OTHERWISE = {
    ("weather", "long polling"): "It works, but each reader would keep a request open all day "
    "for four events that may come late; polling keeps nothing open.",
    ("weather", "sse"): "It works, but each reader would keep a connection open for four events "
    "a day. They may come a quarter of an hour late, so a poll every quarter of an hour is "
    "enough.",
    ("weather", "websocket"): "It works, but the channel would stay open all day for four "
    "events, and the readers send nothing. The events may come late, so an occasional poll is "
    "enough.",
    ("scores", "polling"): "A goal could come a whole pause late. A million phones would poll "
    "during the whole match, and most answers would be empty, as two of your three polls were.",
    ("scores", "long polling"): "It works, but it needs a request for each goal, and the stream "
    "needs one in all. After a tunnel, EventSource resumes by itself.",
    ("scores", "websocket"): "It would deliver the goals, but the phones send nothing, and your "
    "own code would have to resume after each tunnel. EventSource has that built in.",
    ("log", "polling"): "Lines come in bursts, and then none for minutes: each line waits for "
    "the next poll, and most polls find nothing.",
    ("log", "long polling"): "It needs a request for each line: your three events took 3 "
    "requests and 600 bytes; the stream took 1 request and 278 bytes.",
    ("log", "websocket"): "Nobody answers a log. For one short build the stream is cheaper: your "
    "three events took 278 bytes on it, and 349 on a WebSocket, with its handshake.",
    ("office", "polling"): '"Within a second" means 3,600 polls an hour, for an alarm that may '
    "never come. With long polling the request is already waiting, so the answer comes at once.",
    ("office", "sse"): "This proxy waits for the end of a response, and a stream has no end: no "
    "event would get through.",
    ("office", "websocket"): "This proxy refuses every upgrade, so no 101 comes and no WebSocket "
    "opens.",
    ("drawing", "polling"): "The other pens would move only once per poll, and each point of "
    "your own would be a request as well.",
    ("drawing", "long polling"): "Each point that you draw would be a request with its own head, "
    "thirty times a second; as a message it takes a few bytes.",
    ("drawing", "sse"): "The stream goes one way. Each point that you draw would be a request "
    "with a head and an answer; as a message it takes a few bytes.",
    ("microscope", "polling"): "For twenty pictures a second you would poll every 50 ms, for "
    "pictures that the server could send without being asked.",
    ("microscope", "long polling"): "It carries bytes, but each answer waits for a request: with "
    "50 ms each way an answer comes ten times a second, with two pictures in each.",
    ("microscope", "sse"): "An event stream is text: as base64, 1,024 bytes become 1,368. As a "
    "binary message of a WebSocket they become 1,028.",
}

#: The sentence for the correct transport with a wrong fact.
BECAUSE = {
    "weather": "Polling is correct, but another fact decides. Look at how late the news may come.",
    "scores": "SSE is correct, but another fact decides. Look at what happens to phones in trains.",
    "log": "SSE is correct, but another fact decides. The build is short and the wire is good, "
    "so look at the cost.",
    "office": "Long polling is correct, but another fact decides. Look at when this proxy passes "
    "answers on.",
    "drawing": "WebSocket is correct, but another fact decides. Look at which sides send.",
    "microscope": "WebSocket is correct, but another fact decides. Look at what is sent, not at "
    "which side sends it.",
}


def verdict_on(got: Any, situation: str) -> str | None:
    """None for the correct transport and fact; else one sentence."""
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
        "First rule out what cannot work: which sides must send, what is between them, what is "
        "sent?",
        "Of the transports that are left, take the simplest: WebSocket if both sides send or the "
        "data is binary, a stream if only the server sends, a poll if news may come late.",
        "Polling once, long polling once, SSE twice, WebSocket twice; and each fact once.",
    ],
    why="No transport is best everywhere. Ask which sides send, how late news may come, what is "
    "between them and what is sent; then take the simplest transport that is enough.",
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
    """Choose one transport everywhere, with the correct fact of each situation."""
    return lambda situation: (transport, CHOICES[situation][1])


@choose.wrong(
    "You chose WebSocket everywhere. It often works, but it costs most where only the server sends."
)
def always_websocket(situation):
    return always("websocket")(situation)


@choose.wrong(
    "You chose SSE everywhere. It cannot pass the office's proxy, it goes one way, and it "
    "carries text only."
)
def always_sse(situation):
    return always("sse")(situation)


@choose.wrong(
    "You chose polling everywhere. It works, but it is late or wasteful in five of the six."
)
def always_polling(situation):
    return always("polling")(situation)


@choose.wrong(
    "You chose long polling everywhere. It nearly always works, but it needs a request for each "
    "event."
)
def always_long_polling(situation):
    return always("long polling")(situation)


@choose.wrong("You returned only the transport; return the fact that decides as well.")
def no_fact(situation):
    return CHOICES[situation][0]
