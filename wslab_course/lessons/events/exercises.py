"""Exercises, JavaScript samples and quiz of notebook 06: events (WebSockets standard)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wslab.errors import WslabError
from wslab.network.browser.websocket import WebSocket, once
from wslab.network.echo import EchoServer
from wslab.network.rogue.server import RogueServer
from wslab.protocol.closing import CloseCode
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.checks.verdict import Card

TYPES = ("open", "message", "error", "close")

# --- JavaScript that travels from page to page ------------------------------------
#
# `url`, `say` and the elements are what the page around a sample has. The tests run each
# sample in a real browser: as it was found, and repaired.


@dataclass(frozen=True)
class Sample:
    """`broken` as it is found in tutorials and slides, its `fault`, and the `repaired` program."""

    broken: str
    fault: str
    repaired: str


SAMPLES = {
    "opened": Sample(
        """\
socket.onopen = function(event) {
   say(“Connected”);
   var.label = document.getElementById(“state”);
   label.innerHTML = ”Connected”;
}
""",
        "Curly quotes delimit no string, and a name must follow var: nothing of it ever runs.",
        """\
socket.onopen = function(event) {
   say("Connected");
   var label = document.getElementById("state");
   label.innerHTML = "Connected";
}
""",
    ),
    "one go": Sample(
        """\
var ws = new WebSocket(url);
ws.onopen = function(event) { say("Connection open"); };
ws.onmessage = function(event) { say("Received: " + event.data); };
ws.onclose = function(event) { say("Connection closed"); };
ws.send("Hello WebSockets!");
ws.close();
""",
        "send() throws InvalidStateError while CONNECTING, and close() is never reached.",
        """\
const ws = new WebSocket(url);
ws.onopen = () => { say("Connection open"); ws.send("Hello WebSockets!"); };
ws.onmessage = (event) => { say("Received: " + event.data); ws.close(); };
ws.onclose = () => { say("Connection closed"); };
""",
    ),
    "open method": Sample(
        """\
const ws = new WebSocket(url);
ws.open();
ws.send("Hello, world!");
ws.close();
""",
        "There is no open(): the constructor connects, and the open event says when it is done.",
        """\
const ws = new WebSocket(url);
ws.onopen = () => ws.send("Hello, world!");
ws.onmessage = (event) => { say(event.data); ws.close(); };
""",
    ),
    "chat page": Sample(
        """\
const socket = new WebSocket(url);
socket.addEventListener("message", (event) => say(event.data));
socket.addEventListener("error", (event) => console.error(event));
button.addEventListener("click", () => {
  socket.send(input.value);
  input.value = "";
});
""",
        "A click before open throws; a click after close loses the text, and nobody is told.",
        """\
const socket = new WebSocket(url);
button.disabled = true;
socket.addEventListener("open", () => { button.disabled = false; });
socket.addEventListener("message", (event) => say(event.data));
socket.addEventListener("close", (event) => {
  button.disabled = true;
  say(`Not connected any more (${event.code})`);
});
button.addEventListener("click", () => {
  socket.send(input.value);
  input.value = "";
});
""",
    ),
}


def found(name: str) -> Card:
    """A sample as it is found."""
    return Card(f"JavaScript, as found: {name}", code=_sample(name).broken)


def repaired() -> Card:
    """All samples repaired, each under its fault."""
    parts = [f"// {name}: {s.fault}\n{s.repaired}" for name, s in SAMPLES.items()]
    return Card("JavaScript, repaired", code="\n".join(parts).rstrip())


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        raise WslabError(f"there is no sample {name!r}; the samples are {', '.join(SAMPLES)}.")
    return SAMPLES[name]


# --- Exercise: record -------------------------------------------------------------


async def _what_was_recorded(
    record: Callable[[WebSocket], Any], path: str, texts: list[str], page_first: bool
) -> dict[str, Any]:
    """What the list holds after one connection, and what the page's own handlers heard."""
    heard: list[str] = []

    def set_handlers() -> None:
        for type in TYPES:
            setattr(ws, f"on{type}", lambda event: heard.append(event.type))

    async with EchoServer(name="record-check") as server:
        ws = WebSocket(server.url + path)
        try:
            if page_first:
                set_handlers()
            log = record(ws)
            if not page_first:
                set_handlers()
            await _converse(ws, texts)
        finally:
            await _ended(ws)
    return {"recorded": _spoken(log), "the page heard": heard}


async def _converse(ws: WebSocket, texts: list[str]) -> None:
    """Send each text after the echo of the one before, then close; or fail to open."""
    first, _ = await asyncio.wait(
        [asyncio.ensure_future(once(ws, type)) for type in ("open", "close")],
        return_when=asyncio.FIRST_COMPLETED,
    )
    if first.pop().result().type == "open":
        for text in texts:
            ws.send(text)
            await once(ws, "message")
        ws.close(1000)
        await once(ws, "close")


async def _ended(ws: WebSocket) -> None:
    """Leave nothing open, also where the learner's function failed."""
    if ws.readyState != WebSocket.CLOSED:
        closed = asyncio.ensure_future(once(ws, "close"))
        ws.close()
        await closed


def _spoken(value: Any) -> Any:
    """Events in words, so that two runs give equal facts."""
    if isinstance(value, list):
        return [_spoken(item) for item in value]
    plain = value is None or isinstance(value, str | bytes | int | float | dict)
    return value if plain else f"(an object of type {type(value).__name__})"


@exercise(
    run=_what_was_recorded,
    cases=[
        Case(
            "/echo",
            ["Hi"],
            False,
            label="/echo, one message; then the page sets its on… handlers",
            nudge="Four types of event, one listener for each; event.type is the word to keep.",
        ),
        Case("/echo", ["one", "two"], True, label="/echo, two messages; on… handlers were set"),
        Case("/nowhere", [], False, label="/nowhere, a path that is not there"),
    ],
    hints=[
        "The page owns onopen and the others. How else can a function be told of an event?",
        "ws.addEventListener(type, listener), once for each of the four types.",
        "The listener is `lambda event: log.append(event.type)`; return log at the end, "
        "the list itself.",
    ],
    why="Listeners live beside the attributes: whoever set onopen does not notice you.",
)
def record(ws: WebSocket) -> list[str]:
    """A list to which each event of ws adds its type, as it happens."""
    log = []
    for type in ("open", "message", "error", "close"):
        ws.addEventListener(type, lambda event: log.append(event.type))
    return log


@record.wrong(
    "There is one onopen, and it is the page's: who sets it last wins. Use addEventListener."
)
def with_attributes(ws):
    log = []
    for type in TYPES:
        setattr(ws, f"on{type}", lambda event: log.append(event.type))
    return log


@record.wrong("A refused connection has an event that your list lacks; there are four types.")
def without_error(ws):
    log = []
    for type in ("open", "message", "close"):
        ws.addEventListener(type, lambda event: log.append(event.type))
    return log


@record.wrong("You kept the events themselves; keep event.type, the word.")
def whole_events(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, log.append)
    return log


@record.wrong("With once=True the listener hears one event and is gone; here two messages came.")
def only_once(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(event.type), once=True)
    return log


@record.wrong("You returned a copy, made before anything happened; return the list that grows.")
def a_copy(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(event.type))
    return list(log)


@record.wrong(
    "Each lambda looks up your loop's variable when it runs, and by then the loop is over; "
    "event.type is always right."
)
def the_loops_last(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(type))  # noqa: B023  the mistake
    return log


@record.wrong("Give addEventListener a function that takes the event; do not call it yourself.")
def called_at_once(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, log.append(type))
    return log


@record.wrong("The list is empty at first, and fills while you are away: return it all the same.")
def nothing_returned(ws):
    log = []
    for type in TYPES:
        ws.addEventListener(type, lambda event: log.append(event.type))


# --- Exercise: repair -------------------------------------------------------------


@exercise(
    cases=[
        Case("say(“Hi”);\n", expected='say("Hi");\n'),
        Case("say(”Hi”);\n", expected='say("Hi");\n'),
        Case(
            "socket.send(‘Hi’);\n",
            expected="socket.send('Hi');\n",
            nudge="Single quotes curl too: U+2018 and U+2019 become the apostrophe.",
        ),
        Case(
            "var.box = 1;\n",
            expected="var box = 1;\n",
            nudge="After var comes a space, and then the name, whatever name it is.",
        ),
        Case(SAMPLES["opened"].broken, label='lesson.SAMPLES["opened"].broken'),
        Case(
            SAMPLES["one go"].broken,
            label="a sample that parses as it is",
            nudge="What parses must stay as it is, to the byte.",
        ),
    ],
    hints=[
        "Find the five things that JavaScript cannot read; the section on quotes lists them.",
        'str.replace takes one text for another: source.replace("“", \'"\')',
        "Four quotes, “ ” ‘ ’, and then `var.` becomes `var ` with a space.",
    ],
    why=(
        "A word processor bends quotes as you type; a compiler wants the straight ones of ASCII. "
        "A browser reads the whole script before it runs the first line, so one such character "
        "silences it all."
    ),
)
def repair(source: str) -> str:
    """The JavaScript with straight quotes, and a space after each var."""
    for curly, straight in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'")):
        source = source.replace(curly, straight)
    return source.replace("var.", "var ")


def _repair(source: str, quotes: str = "“”‘’", straight: str = "\"\"''", var: str = "var ") -> str:
    return source.translate(str.maketrans(quotes, straight)).replace("var.", var)


@repair.wrong("The quotes at the end of the strings are still curly: ” is U+201D.")
def only_the_left(source):
    return _repair(source, "“", '"')


@repair.wrong("Double quotes are straight now; ‘ and ’ are as foreign to JavaScript.")
def only_the_double(source):
    return _repair(source, "“”", '""')


@repair.wrong("Every quote is now double; let the single ones, ‘ and ’, become apostrophes.")
def all_double(source):
    return _repair(source, straight='""""')


@repair.wrong("Every quote is now an apostrophe. That would run; but “ was double, so keep it so.")
def all_single(source):
    return _repair(source, straight="''''")


@repair.wrong("The quotes are well; `var.` is left, and JavaScript wants a name after var.")
def var_is_left(source):
    return _repair(source, var="var.")


@repair.wrong("You took var away. That runs, and makes a global variable; declare it: `var label`.")
def var_is_gone(source):
    return _repair(source, var="")


@repair.wrong("The quotes are gone, not straight: now the words stand there without any.")
def quotes_are_gone(source):
    return source.encode("ascii", "ignore").decode().replace("var.", "var ")


@repair.wrong("Nothing has changed: replace returns a new text, so keep what it returns.")
def nothing_kept(source):
    source.replace("“", '"')
    return source


# --- Exercise: say_hello ----------------------------------------------------------


async def _what_was_said(say_hello: Callable[[str], Any], path: str) -> dict[str, Any]:
    """Both ends of one attempt."""
    async with EchoServer(name="hello-check") as server:
        returned: Any = None
        try:
            async with asyncio.timeout(2.5):
                returned = _spoken(await say_hello(server.url + path))
        except TimeoutError:
            returned = "(nothing within 2.5 seconds)"
        except WslabError as error:
            if getattr(error, "name", "") == "InvalidStateError":
                raise
            returned = "(nothing: a wait came to its end)"
    # Only now: the server notes an end in its own time. To who was still there it said 1001.
    heard = [event.data for event in server.events if event.kind == "message"]
    ended = any(event.code != CloseCode.GOING_AWAY for event in server.events.of("close"))
    return {"the server heard": heard, "you returned": returned, "closed": ended}


_TASK = 'Send "Hello WebSockets!" in onopen, close in onmessage, and return after the close event.'


@exercise(
    run=_what_was_said,
    cases=[
        Case(
            "/echo",
            expected={
                "the server heard": ["Hello WebSockets!"],
                "you returned": ["open", "Hello WebSockets!", "close"],
                "closed": True,
            },
            label='say_hello(server.url + "/echo")',
            nudge=_TASK,
        ),
        Case(
            "/reverse",
            expected={
                "the server heard": ["Hello WebSockets!"],
                "you returned": ["open", "!stekcoSbeW olleH", "close"],
                "closed": True,
            },
            label='say_hello(server.url + "/reverse")',
            nudge="The second item is what came back, event.data, whatever it is.",
        ),
    ],
    hints=[
        "Each step has its event: when may you send? When is the answer there?",
        "One handler for onopen, which sends, and one for onmessage, which closes.",
        'End with `await once(ws, "close")`, and return the list that the handlers filled.',
    ],
    why=(
        "The program is not a list of steps but of answers to events: each step waits for the "
        "event that allows it. close() in onopen would lose the answer: a message that comes "
        "while CLOSING fires nothing."
    ),
)
async def say_hello(url: str) -> list[str]:
    """Say hello, hear the answer, close: ["open", the answer, "close"]."""
    log = []
    ws = WebSocket(url)

    def opened(event):
        log.append("open")
        ws.send("Hello WebSockets!")

    def received(event):
        log.append(event.data)
        ws.close()

    ws.onopen, ws.onmessage = opened, received
    await once(ws, "close")
    return [*log, "close"]


@say_hello.wrong(
    "InvalidStateError: the object was still CONNECTING. Send from the open event on, not before."
)
async def in_one_go(url):
    ws = WebSocket(url)
    try:
        ws.send("Hello WebSockets!")
    finally:
        ws.close()


@say_hello.wrong(
    "You returned before anything had happened: handlers run while you await. End with "
    '`await once(ws, "close")`.'
)
async def returned_at_once(url):
    return []


@say_hello.wrong(
    "`ws.onopen` is a place for your function, and empty: write `ws.onopen = …`, and neither call "
    "it nor await it."
)
async def called_the_attribute(url):
    WebSocket.onopen(print)


@say_hello.wrong(
    "You closed before the answer was there: what comes while CLOSING fires no message event."
)
async def closed_too_early(url):
    ws, log = WebSocket(url), []
    ws.onmessage = lambda event: log.append(event.data)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    ws.close()
    await once(ws, "close")
    return ["open", *log, "close"]


@say_hello.wrong("Nobody closes: the answer is there, and the connection stays. Call ws.close().")
async def never_closed(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    await once(ws, "message")
    await once(ws, "close")


@say_hello.wrong(
    "You returned before the connection was closed: close() begins it, the close event ends it."
)
async def not_waited(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    answer = await once(ws, "message")
    return ["open", answer.data, "close"]


@say_hello.wrong("The second item is an event; its data is the answer: event.data.")
async def the_event(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    event = await once(ws, "message")
    ws.close()
    await once(ws, "close")
    return ["open", event, "close"]


@say_hello.wrong("All went well on the wire; now return what happened, in order.")
async def silent(url):
    ws = WebSocket(url)
    await once(ws, "open")
    ws.send("Hello WebSockets!")
    await once(ws, "message")
    ws.close()
    await once(ws, "close")


# --- Exercise: next_message -------------------------------------------------------


async def _goodbye(ws: Any) -> None:
    """Whatever the client says, the server leaves."""
    await ws.recv()


async def _what_was_next(
    next_message: Callable[[WebSocket], Any], path: str, texts: list[str]
) -> dict[str, Any]:
    """What each wait returned, what the page's own handler heard, and what went wrong unseen."""
    loop = asyncio.get_running_loop()
    unseen: list[str] = []
    loop.set_exception_handler(lambda _, said: unseen.append(type(said.get("exception")).__name__))
    got, heard = [], []
    async with EchoServer(name="next-check") as server:
        server.register("/bye", _goodbye)
        ws = WebSocket(server.url + path)
        ws.onmessage = lambda event: heard.append(event.data)
        await once(ws, "open")
        for text in texts:
            waiting = asyncio.ensure_future(next_message(ws))
            ws.send(text)
            try:
                async with asyncio.timeout(2.0):
                    got.append(_spoken(await waiting))
            except TimeoutError:
                got.append("(nothing within 2 seconds)")
        if ws.readyState != ws.CLOSED:
            closed = asyncio.ensure_future(once(ws, "close"))
            ws.close()
            await closed
    return {"returned": got, "the page heard": heard, "errors in listeners": unseen}


@exercise(
    run=_what_was_next,
    cases=[
        Case(
            "/echo",
            ["one"],
            label='next_message(ws), and the server sends "one"',
            nudge="A future is a promise: the listener sets its result, and you await it.",
        ),
        Case("/echo", ["one", "two"], label='next_message(ws) twice: "one", then "two"'),
        Case("/bye", ["bye"], label="next_message(ws), and the server closes instead"),
    ],
    seconds=20.0,
    hints=[
        "Two events may end the wait: message and close. One of them comes first.",
        "future = asyncio.get_running_loop().create_future(); a listener calls "
        "future.set_result(event.data), and you `return await future`.",
        "Before set_result ask `if not future.done()`: close comes after every last message. "
        "For close the result is None.",
    ],
    why=(
        "An event finds whoever listens; a future keeps the value until somebody awaits it. The "
        "test with done() is needed because close comes later all the same, and a future takes "
        "one result."
    ),
)
async def next_message(ws: WebSocket) -> str | None:
    """Wait for the next message; its data, or None when ws closes first."""
    future = asyncio.get_running_loop().create_future()

    def settle(event):
        if not future.done():
            future.set_result(getattr(event, "data", None))

    ws.addEventListener("message", settle, once=True)
    ws.addEventListener("close", settle, once=True)
    return await future


@next_message.wrong(
    "When the server closes, no message will ever come; listen for close as well, and return None."
)
async def no_close(ws):
    future = asyncio.get_running_loop().create_future()
    ws.addEventListener("message", lambda event: future.set_result(event.data), once=True)
    return await future


@next_message.wrong(
    "Your future got a second result: after the message, close comes as well. Ask future.done()."
)
async def two_results(ws):
    future = asyncio.get_running_loop().create_future()
    ws.addEventListener("message", lambda event: future.set_result(event.data), once=True)
    ws.addEventListener("close", lambda event: future.set_result(None), once=True)
    return await future


@next_message.wrong("You returned the event; the caller wants what it carries, event.data.")
async def the_whole_event(ws):
    future = asyncio.get_running_loop().create_future()

    def settle(event):
        if not future.done():
            future.set_result(event if event.type == "message" else None)

    ws.addEventListener("message", settle, once=True)
    ws.addEventListener("close", settle, once=True)
    return await future


@next_message.wrong(
    "The page had a handler of its own in onmessage, and you replaced it; use addEventListener."
)
async def took_the_attribute(ws):
    future = asyncio.get_running_loop().create_future()

    def settle(event):
        if not future.done():
            future.set_result(getattr(event, "data", None))

    ws.onmessage = ws.onclose = settle
    return await future


# --- Exercise: predict ------------------------------------------------------------

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


def six_scripts() -> Card:
    """The scripts whose events are to be predicted."""
    code = "\n".join(f"# {letter}\n{source}" for letter, source in SIX_SCRIPTS.items())
    return Card("Six scripts", code=code.rstrip())


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
        return {"right": "", "first other": "?", "you predict": _spoken(predicted)}
    right = [letter for letter in happened if predicted.get(letter) == happened[letter]]
    other = next((letter for letter in happened if letter not in right), "")
    said = _spoken(predicted.get(other)) if other else []
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
        "E: 1011 is a proper Close frame, cleanly exchanged. Bad news is no failed connection."
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
        return f"{other}: {strange[0]!r} is no event; the four are {', '.join(TYPES)}."
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


# --- Quiz -------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "send-at-once",
        'A page says ws = new WebSocket(url) and in the next line ws.send("Hello"). What happens?',
        {
            "a": Option(
                "It is kept, and sent when the connection is open.",
                "Nothing is kept: bufferedAmount stays 0, and an exception stops the program.",
            ),
            "b": Option("send() throws.", "Yes, InvalidStateError: wait for the open event."),
            "c": Option(
                "It is sent: the constructor returns when it is connected.",
                "The constructor returns at once. At that moment not one byte has left.",
            ),
        },
        answer="b",
        misconception="send right after the constructor",
        refuted_in="06-events: Everything in one go",
    ),
    Question(
        "what-is-open",
        "The open event and the opening handshake: how do they belong together?",
        {
            "a": Option(
                "open is the handshake.",
                "The handshake was over before: you saw the 101 in the recording, and no open yet.",
            ),
            "b": Option(
                "ws.open() begins it.",
                "There is no such method. The constructor begins it.",
                refuted_in="06-events: What is not there",
            ),
            "c": Option(
                "open fires after it, when the 101 has arrived and is right.",
                "Yes. The server may think itself connected long before.",
            ),
        },
        answer="c",
        misconception="`open` is the handshake",
        refuted_in="06-events: open is not the handshake",
    ),
    Question(
        "when-message",
        "When does onmessage fire?",
        {
            "a": Option(
                "Whenever data is sent.",
                "Sending fires nothing at the sender, and a receiver must hear the whole message.",
            ),
            "b": Option(
                "For each frame that arrives.",
                "The first frame was there, the pong proved it, and nothing had fired.",
            ),
            "c": Option(
                "When a complete message has arrived.",
                "Yes: one event for one message, however many frames it took.",
            ),
        },
        answer="c",
        misconception="onmessage fires whenever data is sent",
        refuted_in="06-events: One event for one message",
    ),
    Question(
        "slow-handler",
        "Your onmessage handler awaits for a second. Meanwhile the next message arrives. "
        "What happens to it?",
        {
            "a": Option(
                "Its event fires, while the first handler still waits.",
                "Yes: an await in a handler holds nobody back.",
            ),
            "b": Option(
                "It waits until the handler is done.",
                "Three handlers had begun before one had ended.",
            ),
            "c": Option(
                "The sender is told to wait.",
                "Nobody tells the sender anything: the browser goes on reading.",
            ),
        },
        answer="a",
        misconception="awaiting in `onmessage` is backpressure",
        refuted_in="06-events: Awaiting holds nobody back",
    ),
    Question(
        "why-failed",
        "A connection fails. What does the error event tell your program?",
        {
            "a": Option(
                "The HTTP status of the refusal.",
                "The recording had the 404; the event had its type and nothing else.",
            ),
            "b": Option(
                "That something failed, and nothing more.",
                "Yes. A page must not use it to explore its visitor's network.",
            ),
            "c": Option(
                "The reason, in event.message.",
                "There is no such attribute. Look into the console, or at the server.",
            ),
        },
        answer="b",
        misconception="`error` tells you why",
        refuted_in="06-events: Error is mute",
    ),
    Question(
        "who-sent-1006",
        "A close event says 1006. Who sent that code?",
        {
            "a": Option(
                "The server.",
                "It sent no Close frame at all: the recording shows every frame there was.",
            ),
            "b": Option(
                "The network, or a proxy.",
                "What cuts a connection sends no frames; the recording shows none.",
            ),
            "c": Option(
                "Nobody: the browser made it up.",
                "Yes. It stands for a Close frame that never came.",
            ),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in="06-events: 1006 is never on the wire",
    ),
)
