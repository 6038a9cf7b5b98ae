"""The exercises and the quiz of notebook 02, before WebSocket."""

from __future__ import annotations

import random
from typing import Any

from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

# --- parse_stream -------------------------------------------------------------------------


def told(stream: bytes, *events: tuple[str, str], nudge: str = "") -> Case:
    """A stream and its events; a verdict shows it as text, which hex would hide."""
    return Case(stream, expected=list(events), label=f"parse_stream({stream!r})", nudge=nudge)


LINES = ["id: 1", "id: 22", "id:3", "data: one", "data:two", "data:  six", ": hush", "event: x"]


def some_stream(rng: random.Random) -> Case:
    """A few lines and blank lines; the last line may be cut short."""
    lines = [rng.choice([*LINES, "", ""]) for _ in range(rng.randrange(1, 9))]
    stream = "".join(f"{line}\n" for line in lines).encode()
    cut = stream[: len(stream) - rng.randrange(4)]
    return Case(cut, label=f"parse_stream({cut!r})")


@exercise(
    cases=[
        told(b"", nudge="An empty stream has no events: return an empty list."),
        told(
            b"id: 1\ndata: one\n\n",
            ("1", "one"),
            nudge="One event is one pair of texts in the list: the id and the data.",
        ),
        told(
            b"id:1\ndata:one\n\n",
            ("1", "one"),
            nudge="The space after the colon may be missing.",
        ),
        told(
            b"id: 1\ndata:  one \n\n",
            ("1", " one "),
            nudge="One space after the colon goes; all others belong to the data.",
        ),
        told(
            b"id: 1\ndata: 12:30\n\n",
            ("1", "12:30"),
            nudge="The first colon ends the field's name; later ones are data.",
        ),
        told(
            b"id: 1\ndata: one\n\nid: 2\ndata: t",
            ("1", "one"),
            nudge="The second event was cut: no blank line, no event.",
        ),
        told(
            b"id: 1\ndata: one\n\ndata: two\n\n",
            ("1", "one"),
            ("1", "two"),
            nudge="An event without an id keeps the one before it.",
        ),
        told(
            b"id: 1\ndata: one\ndata: two\n\n",
            ("1", "one\ntwo"),
            nudge="Each data line is one line of the text; join them with a line feed.",
        ),
        told(
            b": hush\n\nid: 1\nevent: x\ndata: one\n\n",
            ("1", "one"),
            nudge="Comments and other fields do nothing, and without data there is no event.",
        ),
        told(
            "id: 1\ndata: a\u2028b\n\n".encode(),
            ("1", "a\u2028b"),
            nudge="Here a line ends with \\n and with nothing else.",
        ),
        told(
            b"id: 1\ndata: one\n\ndata: \xc3",
            ("1", "one"),
            nudge="The stream is cut inside a letter of two bytes; decode line by line, or with "
            'errors="replace".',
        ),
    ],
    fuzz=some_stream,
    hints=[
        "Cut the text at every \\n. The last piece is what came after the last \\n: no whole line.",
        "Walk over the lines and remember two things: the id, and the data lines so far. A blank "
        "line ends the event.",
        'field, _, value = line.partition(":"), then value.removeprefix(" "); on a blank line '
        'append (number, "\\n".join(data)) if there is data, and empty the data alone.',
    ],
    why="An event counts when its blank line has come. So a stream may break anywhere: what was "
    "half told is dropped, and asked for again by the last id.",
)
def parse_stream(stream: bytes) -> list[tuple[str, str]]:
    """Return the events of an event stream, each as (id, data)."""
    events, number, data = [], "", []
    *lines, _ = stream.decode(errors="replace").split("\n")
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "id":
            number = value
        if field == "data":
            data.append(value)
        if not line and data:
            events.append((number, "\n".join(data)))
            data = []
    return events


def parsed(
    stream,
    *,
    cut=lambda text: text.split("\n")[:-1],
    value_of=lambda rest: rest.removeprefix(" "),
    join="\n".join,
    forget_id=False,
    number_of=str,
):
    """parse_stream with one of its steps done in another way."""
    events, number, data = [], "", []
    for line in cut(stream.decode(errors="replace")):
        field, _, rest = line.partition(":")
        if field == "id":
            number = number_of(value_of(rest))
        if field == "data":
            data.append(value_of(rest))
        if not line and data:
            events.append((number, join(data)))
            data = []
            number = "" if forget_id else number
    return events


@parse_stream.wrong("You let an unfinished event count; it does when its blank line has come.")
def unfinished_counts(stream):
    events = parsed(stream)
    tail = stream.decode(errors="replace").rpartition("\n\n")[2]
    return events + parsed(tail.encode() + b"\n\n") if "data" in tail else events


@parse_stream.wrong("An id stays until another comes; you forgot it after each event.")
def forgets_the_id(stream):
    return parsed(stream, forget_id=True)


@parse_stream.wrong("Several data lines are one text of several lines; you kept the last alone.")
def last_line_wins(stream):
    return parsed(stream, join=lambda data: data[-1])


@parse_stream.wrong("Between two data lines belongs a line feed; you glued them together.")
def glued(stream):
    return parsed(stream, join="".join)


@parse_stream.wrong("strip takes every space; one space after the colon goes, and no other.")
def strips_all(stream):
    return parsed(stream, value_of=str.strip)


@parse_stream.wrong("You cut at ': ', but the space may be missing; cut at the colon alone.")
def wants_the_space(stream):
    return parsed(stream.replace(b"id:", b"id;").replace(b"data:", b"data;").replace(b"; ", b": "))


@parse_stream.wrong("splitlines cuts at more than \\n, such as U+2028; use split('\\n').")
def splits_at_everything(stream):
    return parsed(stream, cut=lambda text: text[: text.rfind("\n") + 1].splitlines())


@parse_stream.wrong("The id is text, as it came; it need not be a number.")
def id_as_number(stream):
    return parsed(stream, number_of=int)


@parse_stream.wrong("Without a data line there is no event, only a blank line.")
def events_without_data(stream):
    events, number, data = [], "", []
    for line in stream.decode(errors="replace").split("\n")[:-1]:
        field, _, value = line.partition(":")
        if field == "id":
            number = value.removeprefix(" ")
        if field == "data":
            data.append(value.removeprefix(" "))
        if not line:
            events.append((number, "\n".join(data)))
            data = []
    return events


# --- worst_delay --------------------------------------------------------------------------

TRANSPORTS = ["polling", "long polling", "sse", "websocket"]


def some_wire(rng: random.Random) -> Case:
    # Sixty-fourths, so that every way to add them up gives the same float.
    return Case(rng.choice(TRANSPORTS), rng.randrange(1, 64) / 64, rng.randrange(1, 640) / 64)


@exercise(
    cases=[
        Case(
            "websocket",
            0.25,
            10.0,
            expected=0.25,
            nudge="The connection is open and the server may speak: the message needs one way.",
        ),
        Case(
            "sse",
            0.25,
            10.0,
            expected=0.25,
            nudge="The answer has begun and goes on: its next piece needs one way.",
        ),
        Case(
            "long polling",
            0.25,
            10.0,
            expected=0.75,
            nudge="Worst is an event right after an answer left: that answer arrives, the next "
            "question goes, the next answer comes.",
        ),
        Case(
            "polling",
            0.25,
            10.0,
            expected=10.75,
            nudge="Worst is an event right after an empty answer left: it arrives, then the pause, "
            "then the next question goes, and its answer comes.",
        ),
    ],
    fuzz=some_wire,
    hints=[
        "Put the event at the worst moment: right after the server has answered.",
        "Then follow the bytes: the answer that left too early, a pause if there is one, the next "
        "question, the next answer. Who may speak unasked skips all but the last.",
        "In ways of one_way each: 1 for sse and websocket, 3 for long polling, and for polling 3 "
        "and the pause.",
    ],
    why="Three ways or one: that is the price of having to be asked. The pause comes on top, and "
    "it alone is yours to choose.",
)
def worst_delay(transport: str, one_way: float, pause: float) -> float:
    """Return the seconds from an event to its arrival, at worst."""
    ways = {"polling": 3, "long polling": 3, "sse": 1, "websocket": 1}[transport]
    return ways * one_way + (pause if transport == "polling" else 0.0)


def late(transport, one_way, pause, **other):
    """worst_delay with another count of ways for some of the transports."""
    ways = {"polling": 3, "long_polling": 3, "sse": 1, "websocket": 1} | other
    return ways[transport.replace(" ", "_")] * one_way + (pause if transport == "polling" else 0.0)


@worst_delay.wrong("So far only polling returns something; three transports are next.")
def polling_only(transport, one_way, pause):
    return late(transport, one_way, pause) if transport == "polling" else None


@worst_delay.wrong("A question that waits already is the best moment; the worst is without one.")
def long_polling_always_waits(transport, one_way, pause):
    return late(transport, one_way, pause, long_polling=1)


@worst_delay.wrong("For long polling you left out the answer that was on its way: three ways.")
def long_polling_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, long_polling=2)


@worst_delay.wrong("The pause alone is not all: question and answers need three ways.")
def pause_alone(transport, one_way, pause):
    return late(transport, one_way, pause, polling=0)


@worst_delay.wrong("For polling you counted the last answer alone; the question travels, too.")
def pause_and_answer(transport, one_way, pause):
    return late(transport, one_way, pause, polling=1)


@worst_delay.wrong("The pause begins when the empty answer has arrived: one way more.")
def pause_and_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, polling=2)


@worst_delay.wrong("Nobody asks for a pushed event; SSE and WebSocket need one way, not two.")
def push_round_trip(transport, one_way, pause):
    return late(transport, one_way, pause, sse=2, websocket=2)


@worst_delay.wrong("SSE asks once, at the start; when the event happens, its answer is under way.")
def sse_asks(transport, one_way, pause):
    return late(transport, one_way, pause, sse=3)


@worst_delay.wrong("Only polling pauses; the others are told as soon as it happens.")
def all_pause(transport, one_way, pause):
    return late(transport, one_way, pause) + (0 if transport == "polling" else pause)


# --- longest_pause ------------------------------------------------------------------------

PERIODS = [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 12.0, 15.0, 18.0, 20.0]


def some_limit(rng: random.Random) -> Case:
    # A period divides the hour, so that no way to compute it has to round.
    one_way = rng.randrange(1, 32) / 64
    if rng.random() < 0.2:
        return Case(3 * one_way - 1 / 64, one_way, 189)
    period = rng.choice([p for p in PERIODS if p >= 2 * one_way])
    return Case(period + one_way, one_way, rng.randrange(100, 900))


@exercise(
    cases=[
        Case(
            10.25,
            0.25,
            189,
            expected=(9.5, 68_040),
            nudge="Three ways take 0.75 s, so the pause is 9.5 s; a poll and its pause take 10 s.",
        ),
        Case(
            0.75,
            0.25,
            189,
            expected=(0.0, 1_360_800),
            nudge="No pause at all keeps the limit; a poll still takes its round trip.",
        ),
        Case(
            0.5,
            0.25,
            189,
            expected=None,
            nudge="Three ways take 0.75 s: no pause keeps this limit, so return None.",
        ),
    ],
    fuzz=some_limit,
    hints=[
        "Turn your worst_delay round: limit is the pause and three ways.",
        "From one poll to the next there is the round trip and the pause. How often does that fit "
        "into an hour?",
        "pause = limit - 3 * one_way; if it is negative, None; else "
        "(pause, round(3600 / (pause + 2 * one_way) * size)).",
    ],
    why="Half the delay, twice the bytes: that is polling's bargain, and nobody but the feed's "
    "owner can say whether it is a good one. At ten seconds it often is.",
)
def longest_pause(limit: float, one_way: float, size: int) -> tuple | None:
    """Return the longest pause, and the bytes of a quiet hour."""
    pause = limit - 3 * one_way
    if pause < 0:
        return None
    polls = 3600 / (pause + 2 * one_way)
    return pause, round(polls * size)


def paused(limit, one_way, size, *, ways=3, trips=2, hour=3600):
    """longest_pause with other counts of ways and another hour."""
    pause = limit - ways * one_way
    if pause < 0:
        return None
    period = pause + trips * one_way
    return pause, round(hour / period * size) if period else 0


@longest_pause.wrong("You spent the whole limit on the pause; three ways are part of the delay.")
def no_ways(limit, one_way, size):
    return paused(limit, one_way, size, ways=0)


@longest_pause.wrong("You took off one way; see the worst moment in worst_delay: three.")
def one_way_off(limit, one_way, size):
    return paused(limit, one_way, size, ways=1)


@longest_pause.wrong("You took off a round trip; the answer that left too early is a third way.")
def round_trip_off(limit, one_way, size):
    return paused(limit, one_way, size, ways=2)


@longest_pause.wrong("From poll to poll there is the round trip, too, not the pause alone.")
def period_is_the_pause(limit, one_way, size):
    return paused(limit, one_way, size, trips=0)


@longest_pause.wrong("A pause cannot be negative: when three ways are too long, return None.")
def negative_pause(limit, one_way, size):
    pause = limit - 3 * one_way
    return pause, round(3600 / (pause + 2 * one_way) * size)


@longest_pause.wrong("An hour has 3,600 seconds; you counted a minute.")
def a_minute(limit, one_way, size):
    return paused(limit, one_way, size, hour=60)


@longest_pause.wrong("You returned the number of polls; each has `size` bytes.")
def polls_alone(limit, one_way, size):
    return paused(limit, one_way, 1)


# --- choose -------------------------------------------------------------------------------

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


# --- quiz ---------------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "how-many",
        "A page asks a server for news twenty times, by HTTP/1.1. How many connections?",
        {
            "a": Option(
                "20: a new one for each request.",
                "Count the recordings of the tap: it saw one connection, and twenty requests "
                "on it.",
            ),
            "b": Option(
                "1, unless somebody closes it.",
                "Yes. HTTP/1.1 keeps a connection by default; HTTP/2 shares one even more.",
            ),
            "c": Option(
                "40: one there and one back, each time.",
                "A connection carries both directions; the answer takes the way of the question.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="02-before-websocket: How many connections",
    ),
    Question(
        "can-it-tell",
        "Something happens at a server. Can it tell its clients by HTTP, at once?",
        {
            "a": Option(
                "No: with HTTP, servers have no way to tell clients.",
                "They have two: an answer that begins late, and an answer that never ends. Both "
                "arrived while nobody was asking anew.",
            ),
            "b": Option(
                "Yes, if the client has asked beforehand.",
                "Yes: a question that waits, or a stream. What HTTP lacks is a message that "
                "belongs to no request.",
            ),
            "c": Option(
                "Yes: it connects to the client.",
                "A page listens on no port, and the tap saw clients connect, never the server.",
                refuted_in="02-before-websocket: An answer that never ends",
            ),
        },
        answer="b",
        misconception="servers have no way to tell clients over HTTP",
        refuted_in="02-before-websocket: A question that waits",
    ),
    Question(
        "why-late",
        "A page polls every ten seconds and keeps its connection. Why does news come late?",
        {
            "a": Option(
                "Because each request sets up a connection.",
                "It keeps one. With a connection for each request news came a round trip later "
                "still; with one for all, the pause was still there.",
            ),
            "b": Option(
                "Because news waits for the next question.",
                "Yes: the pause, and up to three ways. Nothing else counts for much.",
            ),
            "c": Option(
                "Because its headers are long.",
                "They cost bytes: some 200 for each poll. On this wire bytes take no time.",
            ),
        },
        answer="b",
        misconception="HTTP's cost is connection set-up per request",
        refuted_in="02-before-websocket: What a poll costs",
    ),
    Question(
        "idle",
        "A WebSocket is open, and for an hour nothing happens. What travels?",
        {
            "a": Option(
                "A byte now and then; else TCP would close it.",
                "TCP closes nothing by itself. The tap counted no byte, and the table said "
                "ESTABLISHED.",
            ),
            "b": Option(
                "Nothing, if nobody sends.",
                "Yes. Open is an entry in a table at each end. Boxes on the way may think "
                "otherwise: notebook 08.",
            ),
            "c": Option(
                "An empty answer from time to time, as with polling.",
                "Polls that find nothing travel; a WebSocket asks nothing.",
                refuted_in="02-before-websocket: The bill",
            ),
        },
        answer="b",
        misconception="an open connection is a busy connection",
        refuted_in="02-before-websocket: Open and silent",
    ),
    Question(
        "cut",
        "An event stream breaks in the middle of event 2. What does the client do?",
        {
            "a": Option(
                "Nothing: it reconnects, and nothing is lost.",
                "Only if it says what it has: without the number, the server cannot know where "
                "to go on.",
            ),
            "b": Option(
                "It keeps the half, and asks for the rest after 2.",
                "Half an event does not count. Who asks for what comes after 2 loses its end.",
            ),
            "c": Option(
                "It drops the half, and says Last-Event-ID: 1.",
                "Yes, and 2 came again, whole. The server must remember its events, too.",
            ),
        },
        answer="c",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="02-before-websocket: Cut in the middle",
    ),
    Question(
        "cheapest",
        "Three short events go to a page that only listens. Which moves the fewest bytes?",
        {
            "a": Option(
                "The WebSocket: its frames are the smallest.",
                "They are, but its handshake is long: 349 bytes to the stream's 278. With many "
                "events it wins.",
            ),
            "b": Option(
                "The event stream.",
                "Yes: one short request, one short head, and some twenty bytes for each event.",
            ),
            "c": Option(
                "Polling: it needs no open connection.",
                "Each question and answer has a head: 1,734 bytes, most of them to hear nothing.",
            ),
        },
        answer="b",
        misconception="WebSocket is always the better choice",
        refuted_in="02-before-websocket: The bill",
    ),
)
