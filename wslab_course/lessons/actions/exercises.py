"""The exercises and the quiz of notebook 07, actions."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from wslab.network.client import connect
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

PATIENCE = 0.5  # seconds that a scripted client waits for an answer or for the end

# --- close_payload ------------------------------------------------------------------------


def some_reason(rng: random.Random) -> Case:
    """A reason around the limit, in characters of one to four bytes."""
    alphabet = rng.choice(["x", "xé", "é€", "x€😀", "😀"])
    reason = "".join(rng.choices(alphabet, k=rng.randrange(25, 135)))
    return Case(rng.choice([1000, 3000, 4001, 4999]), reason)


@exercise(
    cases=[
        Case(1000, "", expected=b"\x03\xe8", nudge="No reason: the two bytes of the code alone."),
        Case(1000, "done", expected=b"\x03\xe8done"),
        Case(4001, "Grüße", nudge="The reason travels as UTF-8: reason.encode()."),
        Case(1000, "x" * 123, nudge="123 bytes of reason are allowed; nothing is to be cut."),
        Case(1000, "x" * 124, nudge="124 bytes of reason: one too many."),
        Case(1000, "é" * 62, nudge="62 characters of two bytes: 61 of them fit into 123 bytes."),
        Case(1000, "€" * 42, nudge="42 characters of three bytes: 41 of them fill 123 bytes."),
        Case(4999, "😀" * 31, nudge="31 characters of four bytes: 30 of them fit."),
    ],
    fuzz=some_reason,
    hints=[
        "Count bytes: encode first, then cut, then see whether the last character is whole.",
        "code.to_bytes(2, 'big') makes the two bytes. Half a character at the end of UTF-8 does "
        "not decode; that is how you find it.",
        "reason.encode()[:123].decode(errors='ignore') is the text that fits; encode it again.",
    ],
    why="A cut of UTF-8 at any byte leaves at most one broken character, and at its end; "
    "errors='ignore' drops that one and nothing else.",
)
def close_payload(code: int, reason: str) -> bytes:
    """Write the payload of a Close frame; a reason that is too long is cut."""
    fits = reason.encode()[:123].decode(errors="ignore")
    return code.to_bytes(2, "big") + fits.encode()


@close_payload.wrong("You counted characters: reason[:123] can be up to 492 bytes. Encode first.")
def cut_by_characters(code, reason):
    return code.to_bytes(2, "big") + reason[:123].encode()


@close_payload.wrong(
    "Your cut went through a character: what is left is no UTF-8, an offence 1007."
)
def cut_through_a_character(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:123]


@close_payload.wrong("125 bytes is the limit of the whole payload, and the code takes two of them.")
def cut_at_125(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:125].decode(errors="ignore").encode()


@close_payload.wrong("You did not cut; a control frame of more than 125 bytes breaks a rule.")
def not_cut(code, reason):
    return code.to_bytes(2, "big") + reason.encode()


@close_payload.wrong("The code's bytes are the wrong way round: 1000 is 03 e8, 'big' first.")
def little_endian(code, reason):
    return code.to_bytes(2, "little") + reason.encode()[:123].decode(errors="ignore").encode()


@close_payload.wrong("You wrote the code as digits; it travels as a number in two bytes.")
def code_as_text(code, reason):
    return str(code).encode() + reason.encode()[:123].decode(errors="ignore").encode()


@close_payload.wrong("errors='replace' puts U+FFFD for the half character: three new bytes.")
def replaced(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:123].decode(errors="replace").encode()


@close_payload.wrong("decode() stops at half a character; tell it what to do: errors='ignore'.")
def strict(code, reason):
    return code.to_bytes(2, "big") + reason.encode()[:123].decode().encode()


@close_payload.wrong("You dropped a long reason altogether; keep as much of it as fits.")
def all_or_nothing(code, reason):
    said = reason.encode()
    return code.to_bytes(2, "big") + (said if len(said) <= 123 else b"")


# --- close_event --------------------------------------------------------------------------


def payload(code: int, reason: str = "") -> bytes:
    return code.to_bytes(2, "big") + reason.encode()


@exercise(
    cases=[
        Case([], expected=(1006, False), nudge="No Close frame at all: nobody said a code."),
        Case(
            [("client", payload(1000)), ("server", payload(1000))],
            expected=(1000, True),
            nudge="Both sent a Close frame: clean, with the server's code.",
        ),
        Case(
            [("server", payload(1001, "bye")), ("client", payload(1001, "bye"))],
            expected=(1001, True),
            nudge="The code is in the first two bytes; what follows is the reason.",
        ),
        Case(
            [("client", b""), ("server", b"")],
            expected=(1005, True),
            nudge="The server's Close frame is empty: there is a code for that.",
        ),
        Case(
            [("server", b""), ("client", b"")],
            expected=(1005, True),
            nudge="The server's Close frame is empty: there is a code for that.",
        ),
        Case(
            [("client", payload(1000))],
            expected=(1006, False),
            nudge="The client's Close frame was never answered.",
        ),
        Case(
            [("client", payload(3000)), ("server", payload(4000))],
            expected=(4000, True),
            nudge="The client's event tells what the client received: the server's 4000.",
        ),
        Case(
            [("client", b""), ("server", payload(1000))],
            expected=(1000, True),
            nudge="The client said nothing, the server 1000; the event tells what was received.",
        ),
        Case(
            [("server", payload(4000)), ("client", payload(1000))],
            expected=(4000, True),
            nudge="An answer need not repeat the code; the event tells the server's 4000.",
        ),
        Case(
            [("server", payload(1002)), ("client", payload(1002))],
            expected=(1002, True),
            nudge="Here the server complains, and the client repeats its code: clean.",
        ),
        Case(
            [("client", payload(1002)), ("server", payload(1002))],
            expected=(1006, False),
            nudge="The client complained first: it failed the connection, and reads no further.",
        ),
        Case(
            [("client", payload(1007, "text-is-utf8"))],
            expected=(1006, False),
            nudge="The client failed the connection with 1007; its own program sees 1006.",
        ),
        Case(
            [("client", payload(1007, "no UTF-8")), ("server", payload(1007, "no UTF-8"))],
            expected=(1006, False),
            nudge="The client complained first: it failed the connection, and reads no further.",
        ),
    ],
    hints=[
        "Three results are possible: the server's code, 1005, and 1006. When is each?",
        "Fewer than two Close frames: (1006, False). Else look at who is first, and whether "
        "that is a client with 03 ea (1002) or 03 ef (1007).",
        "dict(closes)['server'] is the server's payload; int.from_bytes(payload[:2], 'big') its "
        "code, and an empty one means 1005.",
    ],
    why="The event tells what the client received. 1005 stands for a frame without a code and "
    "1006 for no frame that counts; so neither is ever read from the wire.",
)
def close_event(closes: list[tuple[str, bytes]]) -> tuple[int, bool]:
    """Predict (code, wasClean) from the Close frames on the wire, in order."""
    complaints = ("client", b"\x03\xea"), ("client", b"\x03\xef")
    if len(closes) < 2 or (closes[0][0], closes[0][1][:2]) in complaints:
        return 1006, False
    payload = dict(closes)["server"]
    return int.from_bytes(payload[:2], "big") if payload else 1005, True


def told(closes, whose="server", empty=1005, complaints=(1002, 1007), size=2, clean=None):
    """close_event with one thing done differently."""
    code = {sender: int.from_bytes(said[:2], "big") for sender, said in closes}
    if not closes or closes[0][0] == "client" and code["client"] in complaints:
        return 1006, bool(clean)
    if len(closes) < 2:
        return 1006, bool(clean)
    said = dict(closes)[whose if whose in dict(closes) else closes[0][0]]
    return int.from_bytes(said[:size], "big") if said else empty, True


@close_event.wrong("You tell the client's own code; its event tells what the server sent.")
def the_clients_code(closes):
    return told(closes, whose="client")


@close_event.wrong("You tell the first Close frame's code; take the server's, first or second.")
def the_first_code(closes):
    return told(closes, whose="first")


@close_event.wrong("A Close frame without a code is no 1000: the event says 1005.")
def empty_is_1000(closes):
    return told(closes, empty=1000)


@close_event.wrong("An empty Close frame is still one, and clean: 1005. 1006 is for none at all.")
def empty_is_1006(closes):
    return (1006, False) if any(not said for _, said in closes) else told(closes)


@close_event.wrong("1006 is never clean: wasClean wants a Close frame from each side.")
def always_clean(closes):
    return told(closes, clean=True)


@close_event.wrong("Take two bytes for the code, payload[:2]; the reason is not part of it.")
def reason_in_the_number(closes):
    return told(closes, size=None)


@close_event.wrong(
    "A client that sends 1002 or 1007 first fails the connection: 1006, whatever comes back."
)
def answered_is_clean(closes):
    return told(closes, complaints=())


@close_event.wrong("1002 from the server is no failure of the client's: look who sends it first.")
def any_complaint(closes):
    if any(said[:2] in (b"\x03\xea", b"\x03\xef") for _, said in closes):
        return 1006, False
    return told(closes)


# --- explain_close ------------------------------------------------------------------------

WHY = {
    1000: "finished",
    1001: "going away",
    1005: "no code",
    1008: "policy",
    1009: "too big",
    1011: "server failed",
}


def some_end(rng: random.Random) -> Case:
    code = rng.choice([*WHY, 1002, 1003, 1012, 2999, 3000, 3999, 4000, 4500, 4999, 5000])
    events = ["open"] + ["message"] * rng.randrange(3) + rng.choice([[], ["close()"]])
    return Case(events, code, True)


@exercise(
    cases=[
        Case(["open", "close()"], 1000, True, expected=("program", "finished")),
        Case(
            ["open", "message"],
            1000,
            True,
            expected=("server", "finished"),
            nudge="The program never called close(), and the end was clean: the server closed.",
        ),
        Case(
            ["open", "error"],
            1006,
            False,
            expected=("nobody", "lost"),
            nudge="It was open, and then it was gone without a goodbye.",
        ),
        Case(
            ["error"],
            1006,
            False,
            expected=("nobody", "never opened"),
            nudge='There is no "open" among the events.',
        ),
        Case(
            ["open"],
            1006,
            False,
            expected=("nobody", "lost"),
            nudge="Chromium tells a cut connection like this, without an error event.",
        ),
        Case(
            ["open", "close()", "error"],
            1006,
            False,
            expected=("program", "lost"),
            nudge="The program said goodbye first, and the goodbye was never answered.",
        ),
        Case(
            ["close()", "error"],
            1006,
            False,
            expected=("program", "never opened"),
            nudge="The program called close() while the WebSocket was CONNECTING.",
        ),
        Case(
            ["open"],
            1005,
            True,
            expected=("server", "no code"),
            nudge="Clean, with an empty Close frame: nothing was lost.",
        ),
        Case(["open"], 1001, True, expected=("server", "going away")),
        Case(["open", "message"], 1008, True, expected=("server", "policy")),
        Case(["open"], 1009, True, expected=("server", "too big")),
        Case(["open"], 1011, True, expected=("server", "server failed")),
        Case(["open"], 4000, True, expected=("server", "own code")),
        Case(["open", "close()"], 4999, True, expected=("program", "own code")),
        Case(
            ["open"],
            3000,
            True,
            expected=("server", "other"),
            nudge="3000 to 3999 are registered by libraries; an application's own begin at 4000.",
        ),
        Case(
            ["open"],
            5000,
            True,
            expected=("server", "other"),
            nudge="The application's own codes end at 4999.",
        ),
    ],
    fuzz=some_end,
    hints=[
        "Two questions that have nothing to do with each other: who, and why.",
        'Who: "close()" among the events decides first, then clean. Why: clean first, '
        'then "open" among the events, then the code.',
        'A dict holds the six codes; .get(code, "other") is for the rest, after you looked '
        "whether 4000 <= code <= 4999.",
    ],
    why="1006 names no one, so only your own log can say more: was it ever open, and did you "
    "call close()? The error event is no help; it may even be missing.",
)
def explain_close(events: list, code: int, clean: bool) -> tuple[str, str]:
    """Say who ended a connection, and why, as its client can know it."""
    who = "program" if "close()" in events else "server" if clean else "nobody"
    if not clean:
        return who, "lost" if "open" in events else "never opened"
    if 4000 <= code <= 4999:
        return who, "own code"
    why = {1000: "finished", 1001: "going away", 1005: "no code"}
    why |= {1008: "policy", 1009: "too big", 1011: "server failed"}
    return who, why.get(code, "other")


def explained(events, code, was_clean, own=range(4000, 5000), lost_by=None):
    """explain_close with one thing done differently."""
    who = "program" if "close()" in events else "server" if was_clean else "nobody"
    lost = not was_clean if lost_by is None else lost_by
    if lost:
        return who, "lost" if "open" in events else "never opened"
    return who, "own code" if code in own else WHY.get(code, "other")


@explain_close.wrong("Nobody sent 1006, the server neither: when it is not clean, nobody closed.")
def the_server_sent_1006(events, code, was_clean):
    who, why = explained(events, code, was_clean)
    return "server" if who == "nobody" else who, why


@explain_close.wrong("A lost connection need not show an error event; let clean decide.")
def waits_for_the_error(events, code, was_clean):
    return explained(events, code, was_clean, lost_by="error" in events)


@explain_close.wrong('Without "open" among the events nothing was lost: it never opened.')
def always_lost(events, code, was_clean):
    who, why = explained(events, code, was_clean)
    return who, "lost" if why == "never opened" else why


@explain_close.wrong("1005 is a clean end without a code; only 1006 is a lost connection.")
def no_code_is_lost(events, code, was_clean):
    return explained(events, code, was_clean, lost_by=code in (1005, 1006))


@explain_close.wrong("1000 does not tell who closed; both sides send it. Look for close().")
def the_code_tells_who(events, code, was_clean):
    _, why = explained(events, code, was_clean)
    return "program" if code == 1000 else "server" if was_clean else "nobody", why


@explain_close.wrong("If the program called close(), it was the program, even if no answer came.")
def unanswered_is_nobody(events, code, was_clean):
    who, why = explained(events, code, was_clean)
    return who if was_clean else "nobody", why


@explain_close.wrong("An application's own codes begin at 4000; 3000 to 3999 belong to libraries.")
def own_from_3000(events, code, was_clean):
    return explained(events, code, was_clean, own=range(3000, 5000))


@explain_close.wrong("An application's own codes end at 4999.")
def own_without_end(events, code, was_clean):
    return explained(events, code, was_clean, own=range(4000, 1 << 16))


# --- divider ------------------------------------------------------------------------------

#: A handler that fails is part of the exercise, and no line for the cell that checks it.
_SILENT = logging.getLogger(__name__)
_SILENT.disabled = True


async def with_a_scripted_client(attempt: Callable[..., Any], script: list[Any]) -> dict[str, Any]:
    """What one client is told by a server with this handler, over real sockets.

    The client sends the messages of its script, each after the answer to the one before,
    and waits for the end when all are sent. It never closes by itself.
    """
    facts: dict[str, Any] = {"answers": [], "close code": "none: still open"}
    handlers: list[asyncio.Task[Any] | None] = []

    async def handler(ws: ServerConnection) -> None:
        handlers.append(asyncio.current_task())
        try:
            await attempt(ws)
        except (ConnectionClosed, ZeroDivisionError):
            raise
        except Exception as error:
            facts["the handler raised"] = f"{type(error).__name__}: {error}"
            raise

    options = {"compression": None, "ping_interval": None, "logger": _SILENT}
    async with serve(handler, "127.0.0.1", 0, close_timeout=PATIENCE, **options) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", close_timeout=PATIENCE) as ws:
            with suppress(ConnectionClosed, TimeoutError):
                for message in [*script, None]:
                    if message is not None:
                        await ws.send(message)
                    async with asyncio.timeout(PATIENCE):
                        facts["answers"].append(await ws.recv())
            if ws.close_code is not None:
                facts["close code"] = int(ws.close_code)
        for task in handlers:
            if task is not None:
                task.cancel()  # it may wait for something else than this client
    return facts


def talk(script: list[Any], answers: list[str], code: int, nudge: str) -> Case:
    sent = ", then ".join(map(repr, script))
    facts = {"answers": answers, "close code": code}
    return Case(script, expected=facts, label=f"a client that sends {sent}", nudge=nudge)


@exercise(
    cases=[
        talk(
            ["8", "done"],
            ["12.5"],
            1000,
            'The answer to "8" is "12.5", and "done" is fulfilled. If the handler raised, '
            "begin there.",
        ),
        talk([b"8"], [], 1003, "bytes are a kind of data that this server does not accept."),
        talk(["1234567890"], [], 1009, "Ten characters are too many; look before you divide."),
        talk(["-8"], [], 1008, "Nothing is wrong with the data; this server's policy forbids it."),
        talk(
            ["0"],
            [],
            1011,
            "Dividing by zero is an unexpected condition inside the server.",
        ),
        talk(["1", "2", "4"], ["100.0", "50.0", "25.0"], 1001, "It leaves after three answers."),
        talk(["123456789", "done"], [str(100 / 123456789)], 1000, "Nine characters are fine."),
        talk(["5", b"\x05"], ["20.0"], 1003, "Look at the type of every message."),
    ],
    run=with_a_scripted_client,
    seconds=8.0,
    hints=[
        "Look at the message before you use it: isinstance(message, bytes), then len(message).",
        "`await ws.close(1003, 'text, please')` ends the talk; `return` after it.",
        "for _ in range(3): receive, judge, answer. After the loop comes 1001. A handler that "
        "raises is closed with 1011 by the library; nothing is left to do for that.",
    ],
    why="Five of the codes are chosen here, before anything is computed. 1011 is the library's: "
    "the ZeroDivisionError leaves the handler, and its text stays in the server.",
)
async def divider(ws) -> None:
    """Answer each number with 100 divided by it; end with the right code."""
    for _ in range(3):
        message = await ws.recv()
        if isinstance(message, bytes):
            return await ws.close(1003, "text, please")
        if len(message) > 9:
            return await ws.close(1009, "at most 9 characters")
        if message == "done":
            return await ws.close(1000)
        if message.startswith("-"):
            return await ws.close(1008, "no negative numbers")
        await ws.send(str(100 / int(message)))
    await ws.close(1001, "three answers are enough")


async def divide(ws, times=3, longest=9, **other):
    """divider with other codes, and other limits."""
    code = {"kind": 1003, "size": 1009, "done": 1000, "policy": 1008, "failed": 1011, "leave": 1001}
    code |= other
    for _ in range(times):
        message = await ws.recv()
        if isinstance(message, bytes):
            return await ws.close(code["kind"])
        if len(message) > longest:
            return await ws.close(code["size"])
        if message == "done":
            return await ws.close(code["done"])
        if message.startswith("-"):
            return await ws.close(code["policy"])
        if message == "0":
            return await ws.close(code["failed"])
        await ws.send(str(100 / int(message)))
    await ws.close(code["leave"])


@divider.wrong("You end every talk with 1000, whatever was wrong; the code is for saying why.")
async def always_1000(ws):
    await divide(ws, kind=1000, size=1000, policy=1000, failed=1000, leave=1000)


@divider.wrong("1007 is for data that is not what it claims, such as text that is not UTF-8; "
               "a kind of data that you do not take at all is 1003.")  # fmt: skip
async def kind_is_1007(ws):
    await divide(ws, kind=1007)


@divider.wrong("Too long is 1009; 1008 is for a policy that has no code of its own.")
async def size_is_policy(ws):
    await divide(ws, size=1008)


@divider.wrong("1002 is for a broken protocol; a negative number breaks your policy: 1008.")
async def policy_is_1002(ws):
    await divide(ws, policy=1002)


@divider.wrong("The division failed inside the server: 1011. The client broke no policy.")
async def zero_is_policy(ws):
    await divide(ws, failed=1008)


@divider.wrong("The server leaves before the talk is done, so it is going away: 1001.")
async def leaves_with_1000(ws):
    await divide(ws, leave=1000)


@divider.wrong("You go on after the third answer; count them, and leave with 1001.")
async def never_leaves(ws):
    await divide(ws, times=10)


@divider.wrong("Nine characters are still allowed; only a longer message is too big.")
async def nine_is_too_long(ws):
    await divide(ws, longest=8)


@divider.wrong("Codes from 4000 on are for what has no registered code; these situations have one.")
async def own_codes(ws):
    await divide(ws, kind=4000, size=4001, policy=4002, failed=4003, leave=4004)


@divider.wrong("You never look at the type of a message; bytes are not accepted: 1003.")
async def type_not_looked_at(ws):
    for _ in range(3):
        message = await ws.recv()
        if len(message) > 9:
            return await ws.close(1009)
        if message == "done":
            return await ws.close(1000)
        if str(message).startswith("-"):
            return await ws.close(1008)
        await ws.send(str(100 / int(message)))
    await ws.close(1001)


# --- quiz ---------------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "what-connects",
        "`ws = WebSocket(url)`. What starts the connection?",
        {
            "a": Option(
                "ws.open()",
                "There is no such method. The object has two for you to call: send and close.",
            ),
            "b": Option("The constructor", "Yes: it begins at once, and does not wait."),
            "c": Option(
                "The first ws.send()",
                "A send before the open event raises InvalidStateError; it starts nothing.",
                refuted_in="07-actions: Send",
            ),
        },
        answer="b",
        misconception="ws.open() opens the connection",
        refuted_in="07-actions: Make it",
    ),
    Question(
        "late-send",
        "`ws.close()` was called. Then comes `ws.send('more')`. What happens?",
        {
            "a": Option(
                "It raises InvalidStateError",
                "That is for CONNECTING. After close() nothing is raised, and nothing is sent.",
            ),
            "b": Option(
                "It is sent before the Close frame, which waits for it",
                "What came before close() still leaves. The tap saw nothing of what came after.",
            ),
            "c": Option(
                "It is dropped without a word; bufferedAmount grows",
                "Yes. The count is the only trace.",
            ),
        },
        answer="c",
        misconception="a send that raises nothing has been sent",
        refuted_in="07-actions: Send",
    ),
    Question(
        "who-begins",
        "Who may begin to close a WebSocket?",
        {
            "a": Option(
                "The client, as it began the connection",
                "Your server said 1001 to a client that had not asked for anything.",
            ),
            "b": Option("Either side; the other answers", "Yes. Two Close frames, in any order."),
            "c": Option(
                "Either side, and then it is over at once",
                "The other side still answers with a Close frame; without it the end is unclean.",
                refuted_in="07-actions: Both ends of one close",
            ),
        },
        answer="b",
        misconception="closing starts at the client",
        refuted_in="07-actions: The server begins",
    ),
    Question(
        "who-ends-tcp",
        "Both Close frames have passed. Who ends TCP first?",
        {
            "a": Option(
                "The server",
                "Yes, whoever began: then the server, and not the client, keeps the old address "
                "blocked for a while.",
            ),
            "b": Option(
                "Whoever sent Close first",
                "Your client began, then your server; each time the tap saw the server end TCP.",
            ),
            "c": Option(
                "The client, as it opened TCP",
                "It waits. In the recording its half ended last.",
            ),
        },
        answer="a",
        misconception="who begins to close ends TCP as well",
        refuted_in="07-actions: Both ends of one close",
    ),
    Question(
        "who-sent-1006",
        "onclose reports code 1006. Who sent it?",
        {
            "a": Option(
                "The server, before it crashed",
                "The recording holds no Close frame at all, and a server that does send 1006 "
                "breaks a rule.",
            ),
            "b": Option(
                "The network, for example a proxy",
                "What sits in between may cut. The tap saw no frame from anybody.",
            ),
            "c": Option("Nobody", "Yes. It is the client's word for: no Close frame that counts."),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in="07-actions: Two codes that nobody sends",
    ),
    Question(
        "through-a-relay",
        "A server closes with 4000. Between it and the client is a relay that speaks WebSocket "
        "on both sides. What does the client see?",
        {
            "a": Option(
                "4000: close codes survive every hop",
                "Your relay was right in all it passed on, and the client saw 1000.",
            ),
            "b": Option(
                "Whatever the relay sends in its own Close frame",
                "Yes. These are two connections, and each has its own end.",
            ),
            "c": Option(
                "1006, always",
                "The relay ended its connection cleanly, with a Close frame of its own.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in="07-actions: Across a hop",
    ),
)
