"""Exercises and quiz of notebook 10: the WebSocket between JupyterLab and its kernel."""

from __future__ import annotations

from typing import Any

from wslab.protocol.kernel_messages import KernelMessage, join_v1
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

HERE = "10-you-use-one"


# --- Exercise: split ------------------------------------------------------------

_SMALL = join_v1([b"hi", b"abc"])
_EMPTY = join_v1([b"iopub", b"", b"{}"])
_REQUEST = join_v1([b"shell", b'{"msg_id":"a"}', b"{}", b"{}", b'{"code":"6*7"}'])
_BUFFERS = join_v1([b"iopub", b"{}", b"{}", b"{}", b"{}", b"\x00\xff", b"\xfe" * 300])


@exercise(
    cases=[
        Case(_SMALL, expected=[b"hi", b"abc"]),
        Case(_EMPTY, expected=[b"iopub", b"", b"{}"], nudge="An empty part is a part, too."),
        Case(_REQUEST, label="split(an execute_request)"),
        Case(_BUFFERS, label="split(a message with two buffers)"),
    ],
    fuzz=lambda rng: Case(
        join_v1([rng.randbytes(rng.randrange(9)) for _ in range(rng.randrange(1, 9))])
    ),
    hints=[
        "Three steps: read how many offsets there are, read each of them, cut between them.",
        "Offset number n, counted from 1, is message[8 * n : 8 * n + 8], the smallest byte first.",
        "With the offsets in a list, part n is message[offsets[n] : offsets[n + 1]], and there "
        "are count - 1 parts.",
    ],
    why=(
        "Each offset is where one part begins and the one before it ends; the last is the end of "
        "the message. So six numbers cut five parts."
    ),
)
def split(message: bytes) -> list[bytes]:
    """Cut a v1 message into its parts, the channel first."""
    count = int.from_bytes(message[:8], "little")
    places = [8 * n for n in range(1, count + 1)]
    offsets = [int.from_bytes(message[at : at + 8], "little") for at in places]
    return [message[offsets[n] : offsets[n + 1]] for n in range(count - 1)]


def _offsets(message: bytes) -> list[int]:
    count = int.from_bytes(message[:8], "little")
    return [int.from_bytes(message[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]


@split.wrong("These numbers begin with their smallest byte: read them as 'little', not 'big'.")
def network_order(message):
    count = int.from_bytes(message[:8], "big") % 2**20
    places = [8 * n for n in range(1, count + 1)]
    offsets = [int.from_bytes(message[at : at + 8], "big") for at in places]
    return [message[offsets[n] : offsets[n + 1]] for n in range(count - 1)]


@split.wrong("The last offset is the end of the message, not the beginning of one more part.")
def one_too_many(message):
    offsets = _offsets(message)
    return [message[a:b] for a, b in zip(offsets, [*offsets[1:], None], strict=True)]


@split.wrong("The channel is missing: the first part begins at the first offset.")
def without_the_channel(message):
    return split.reference(message)[1:]


@split.wrong("The last part is missing: it ends at the last offset.")
def without_the_last(message):
    return split.reference(message)[:-1]


@split.wrong("Offsets are places from the beginning of the message, so nothing is added to them.")
def from_the_end_of_the_table(message):
    offsets = _offsets(message)
    begin = offsets[0]
    return [message[begin + a : begin + b] for a, b in zip(offsets, offsets[1:], strict=False)]


@split.wrong("Offsets say where a part begins, not how long it is: cut from one to the next.")
def offsets_as_lengths(message):
    parts, at = [], 8 * (int.from_bytes(message[:8], "little") + 1)
    for length in _offsets(message)[:-1]:
        parts.append(message[at : at + length])
        at += length
    return parts


@split.wrong("Parts are bytes: a buffer may hold anything, so decode what you know to be text.")
def decoded(message):
    return [part.decode(errors="replace") for part in split.reference(message)]


@split.wrong("An empty part counts as well: the parts after it would change places.")
def no_empty_parts(message):
    return [part for part in split.reference(message) if part]


# --- what the two others are given ----------------------------------------------


def _said(kind: str, parent: str = "ask-1", channel: str = "iopub", **content: Any) -> Any:
    """A message of the kernel about the request `parent`."""
    return KernelMessage(channel, {"msg_type": kind}, {"msg_id": parent}, {}, content)


_CODE = 'print("hi")'
_BUSY = _said("status", execution_state="busy")
_IDLE = _said("status", execution_state="idle")
_INPUT = _said("execute_input", code=_CODE)
_PRINT = _said("stream", name="stdout", text="hi\n")
_ERR = _said("stream", name="stderr", text="a warning\n")
_REPLY = _said("execute_reply", channel="shell", status="ok")
_OTHER_PRINT = _said("stream", "b7", name="stdout", text="hi\n")
_OTHER_IDLE = _said("status", "b7", execution_state="idle")
_OTHER_REPLY = _said("execute_reply", "b7", channel="shell", status="ok")


# --- Exercise: find_print -------------------------------------------------------


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
        "Three things must hold: what kind of message it is, whose request it answers, and "
        "which of the two streams it is.",
        "m.kind is 'stream', m.parent is the request, and m.content['name'] is 'stdout'. "
        "Only a stream has a name.",
        "for number, m in enumerate(messages): if m.kind == 'stream' and ???: return number",
    ],
    why=(
        "A kernel tells everything to everybody on iopub, so your print is one of many. The parent "
        "says whose it is; the code of your request travels in execute_input and is no print."
    ),
)
def find_print(messages: list, request: str) -> int:
    """The number of the message with what this request printed to stdout."""
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


@find_print.wrong("That is a stream, and nobody asked whose, or which of the two it is.")
def first_stream(messages, request):
    return _first(messages, lambda m: m.kind == "stream")


@find_print.wrong("That message repeats your code; what the code printed is a stream.")
def the_code(messages, request):
    found = _first(messages, lambda m: "print" in str(m.content) and m.parent == request)
    return found if found >= 0 else find_print.reference(messages, request)


@find_print.wrong("That is the first message about your request, whatever it says.")
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


# --- Exercise: is_answered ------------------------------------------------------


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
        _case(False, _BUSY, nudge="busy is where it begins."),
        _case(False, _REPLY, nudge="A reply came, and nothing says that it was the last."),
        _case(False, _BUSY, _PRINT, _REPLY, nudge="Without idle, a print may still come."),
        _case(False, _BUSY, _PRINT, _IDLE, nudge="Without the reply, you have half of it."),
        _case(True, _BUSY, _PRINT, _REPLY, _IDLE),
        _case(True, _BUSY, _REPLY, _PRINT, _IDLE, nudge="The reply may come before the print."),
        _case(True, _BUSY, _PRINT, _IDLE, _REPLY, nudge="The reply may come after idle."),
        _case(True, _BUSY, _IDLE, _REPLY, _OTHER_IDLE, nudge="What others ask changes nothing."),
        _case(False, _BUSY, _REPLY, _OTHER_IDLE, nudge="That idle answers somebody else."),
        _case(False, _BUSY, _OTHER_REPLY, _IDLE, nudge="That reply answers somebody else."),
    ],
    hints=[
        "Two messages must be there, in either order, and both must be about this request.",
        "One has the kind 'execute_reply'; the other has content.get('execution_state') 'idle'.",
        "mine = [m for m in messages if m.parent == request], then look for both in mine with any.",
    ],
    why=(
        "The reply travels on shell, idle on iopub, and nothing promises which arrives first. "
        "Who waits for one of them alone loses a print now and then, and cannot say why."
    ),
)
def is_answered(messages: list, request: str) -> bool:
    """Tell whether the kernel has said all about this request."""
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


@is_answered.wrong("You ask that idle is the last message; the reply, or others, may come later.")
def idle_is_last(messages, request):
    return _has(messages, request) and messages[-1] == _IDLE


@is_answered.wrong("You never look at the parent, so an answer to somebody else counts as yours.")
def anybody(messages, request):
    kinds = [m.kind for m in messages]
    return "execute_reply" in kinds and any(
        m.content.get("execution_state") == "idle" for m in messages
    )


@is_answered.wrong("There are two kinds of status: busy is the beginning, idle the end.")
def any_status(messages, request):
    mine = [m.kind for m in messages if m.parent == request]
    return "execute_reply" in mine and "status" in mine


# --- the questions --------------------------------------------------------------

quiz = Quiz(
    Question(
        "how-a-cell-runs",
        "You press Shift-Enter. What brings your code to the kernel?",
        {
            "a": Option(
                "An HTTP request for each cell.",
                "HTTP starts a kernel and opens the door. The code is a message on a WebSocket "
                "that has been open since then.",
            ),
            "b": Option(
                "A message on a WebSocket that is open all the time.",
                "Yes. One connection, and every cell is an execute_request on it.",
            ),
            "c": Option(
                "The file, which the kernel reads again.",
                "The kernel never opens your notebook. It gets the text of one cell in a message.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in=f"{HERE}: The address of a kernel",
    ),
    Question(
        "how-a-page-logs-in",
        "A program shows the token in an Authorization header. How does the page log in?",
        {
            "a": Option(
                "It sets the same header.",
                "new WebSocket takes a URL and subprotocols, and no headers.",
            ),
            "b": Option(
                "With a cookie, which the browser adds.",
                "Yes. Whoever shows the token gets a cookie; the browser sends it from then on.",
            ),
            "c": Option(
                "It need not: it comes from the same machine.",
                "Without token or cookie the answer was 403, and that client ran on this machine.",
            ),
        },
        answer="b",
        misconception="you can set headers in a browser",
        refuted_in=f"{HERE}: A language is agreed on",
    ),
    Question(
        "where-the-print-is",
        "Your request runs a print. Where is the printed text?",
        {
            "a": Option(
                "In the reply to the request.",
                "Look into the execute_reply: it says that all went well, and holds no text.",
            ),
            "b": Option(
                "In the next frame after the request.",
                "The next frame said busy, and others can come between.",
            ),
            "c": Option(
                "In a message of its own, which every client of the kernel gets.",
                "Yes: a stream on iopub. Its parent names the request.",
            ),
        },
        answer="c",
        misconception="a question has one answer, and it comes next",
        refuted_in=f"{HERE}: What came back",
    ),
    Question(
        "text-or-bytes",
        "Both sides agreed on v1, whose messages are binary. The client sends a text message.",
        {
            "a": Option(
                "It works: text or bytes does not matter.",
                "It mattered: the recording shows no answer, and a connection that ended.",
            ),
            "b": Option(
                "The frame breaks a rule of WebSocket.",
                "Every rule was kept. WebSocket carries text and binary, and asks nobody.",
            ),
            "c": Option(
                "WebSocket is content; the server is not, and hangs up.",
                "Yes. What a message must look like is agreed above WebSocket.",
            ),
        },
        answer="c",
        misconception="text or bytes does not matter",
        refuted_in=f"{HERE}: Break it: the right words in the wrong form",
    ),
)
