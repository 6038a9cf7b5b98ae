"""Exercise parse_stream of notebook 02, before websocket."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise


def case_of(stream: bytes, *events: tuple[str, str], nudge: str = "") -> Case:
    """A stream and its events; a verdict shows the stream as text, since hex is hard to read."""
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
        case_of(b"", nudge="An empty stream has no events: return an empty list."),
        case_of(
            b"id: 1\ndata: one\n\n",
            ("1", "one"),
            nudge="One event is one pair of texts in the list: the id and the data.",
        ),
        case_of(
            b"id:1\ndata:one\n\n",
            ("1", "one"),
            nudge="The space after the colon may be missing.",
        ),
        case_of(
            b"id: 1\ndata:  one \n\n",
            ("1", " one "),
            nudge="Remove one space after the colon; all others belong to the data.",
        ),
        case_of(
            b"id: 1\ndata: 12:30\n\n",
            ("1", "12:30"),
            nudge="The first colon ends the field's name; later ones are data.",
        ),
        case_of(
            b"id: 1\ndata: one\n\nid: 2\ndata: t",
            ("1", "one"),
            nudge="The second event was cut: without a blank line there is no event.",
        ),
        case_of(
            b"id: 1\ndata: one\n\ndata: two\n\n",
            ("1", "one"),
            ("1", "two"),
            nudge="An event without an id has the id of the event before it.",
        ),
        case_of(
            b"id: 1\ndata: one\ndata: two\n\n",
            ("1", "one\ntwo"),
            nudge="Each data line is one line of the text; join them with a line feed.",
        ),
        case_of(
            b": hush\n\nid: 1\nevent: x\ndata: one\n\n",
            ("1", "one"),
            nudge="Comments and other fields do nothing, and without data there is no event.",
        ),
        case_of(
            "id: 1\ndata: a\u2028b\n\n".encode(),
            ("1", "a\u2028b"),
            nudge="Here only \\n ends a line.",
        ),
        case_of(
            b"id: 1\ndata: one\n\ndata: \xc3",
            ("1", "one"),
            nudge="The stream is cut inside a letter of two bytes; decode line by line, or with "
            'errors="replace".',
        ),
    ],
    fuzz=some_stream,
    hints=[
        "Cut the text at every \\n. The last piece came after the last \\n, so it is not a "
        "complete line.",
        "Go through the lines and remember two things: the id, and the data lines so far. A "
        "blank line ends the event.",
        'field, _, value = line.partition(":"), then value.removeprefix(" "); on a blank line '
        'append (number, "\\n".join(data)) if there is data; then empty the data and keep the id.',
    ],
    why="An event counts when its blank line has come. So a stream may break anywhere: the "
    "client drops an incomplete event, and asks for it again with the last id.",
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


@parse_stream.wrong(
    "You counted an unfinished event; an event counts when its blank line has come."
)
def unfinished_counts(stream):
    events = parsed(stream)
    tail = stream.decode(errors="replace").rpartition("\n\n")[2]
    return events + parsed(tail.encode() + b"\n\n") if "data" in tail else events


@parse_stream.wrong("An id is kept until another comes; you dropped it after each event.")
def forgets_the_id(stream):
    return parsed(stream, forget_id=True)


@parse_stream.wrong("Several data lines make one text of several lines; you kept only the last.")
def last_line_wins(stream):
    return parsed(stream, join=lambda data: data[-1])


@parse_stream.wrong(
    "You joined the data lines with nothing between them; put a line feed between two lines."
)
def glued(stream):
    return parsed(stream, join="".join)


@parse_stream.wrong("strip removes every space; remove only one space after the colon.")
def strips_all(stream):
    return parsed(stream, value_of=str.strip)


@parse_stream.wrong("You cut at ': ', but the space may be missing; cut at the colon alone.")
def wants_the_space(stream):
    return parsed(stream.replace(b"id:", b"id;").replace(b"data:", b"data;").replace(b"; ", b": "))


@parse_stream.wrong("splitlines cuts at more than \\n, such as U+2028; use split('\\n').")
def splits_at_everything(stream):
    return parsed(stream, cut=lambda text: text[: text.rfind("\n") + 1].splitlines())


@parse_stream.wrong("Return the id as text, unchanged; it does not have to be a number.")
def id_as_number(stream):
    return parsed(stream, number_of=int)


@parse_stream.wrong(
    "You counted a blank line without data as an event; without a data line there is none."
)
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
