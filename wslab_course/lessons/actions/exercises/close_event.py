"""Exercise close_event of notebook 07, actions."""

from __future__ import annotations

from wslab_course.checks.exercises import Case, exercise


def payload(code: int, reason: str = "") -> bytes:
    return code.to_bytes(2, "big") + reason.encode()


@exercise(
    cases=[
        Case(
            [],
            expected=(1006, False),
            nudge="No Close frame was sent, so there is no code from either side.",
        ),
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
            nudge="The client's event holds the code that the client received: the server's 4000.",
        ),
        Case(
            [("client", b""), ("server", payload(1000))],
            expected=(1000, True),
            nudge="The client sent no code, the server 1000; the event holds the code that was "
            "received.",
        ),
        Case(
            [("server", payload(4000)), ("client", payload(1000))],
            expected=(4000, True),
            nudge="An answer may have another code; the event holds the server's 4000.",
        ),
        Case(
            [("server", payload(1002)), ("client", payload(1002))],
            expected=(1002, True),
            nudge="Here the server sends 1002 first, and the client repeats it: that is clean.",
        ),
        Case(
            [("client", payload(1002)), ("server", payload(1002))],
            expected=(1006, False),
            nudge="The client sent the error code first: it failed the connection, and reads no "
            "further.",
        ),
        Case(
            [("client", payload(1007, "text-is-utf8"))],
            expected=(1006, False),
            nudge="The client failed the connection with 1007; its own program sees 1006.",
        ),
        Case(
            [("client", payload(1007, "no UTF-8")), ("server", payload(1007, "no UTF-8"))],
            expected=(1006, False),
            nudge="The client sent the error code first: it failed the connection, and reads no "
            "further.",
        ),
    ],
    hints=[
        "Three results are possible: the server's code, 1005, and 1006. When does each occur?",
        "Fewer than two Close frames: (1006, False). Else look at the first frame: is it the "
        "client's, with 03 ea (1002) or 03 ef (1007)?",
        "dict(closes)['server'] is the server's payload; int.from_bytes(payload[:2], 'big') is "
        "its code, and an empty payload means 1005.",
    ],
    why="The event holds the code that the client received. 1005 stands for a Close frame "
    "without a code, and 1006 for a connection without a valid Close from the server; so neither "
    "is ever read from the wire.",
)
def close_event(closes: list[tuple[str, bytes]]) -> tuple[int, bool]:
    """Predict (code, wasClean) from the Close frames on the wire, in order."""
    complaints = ("client", b"\x03\xea"), ("client", b"\x03\xef")
    if len(closes) < 2 or (closes[0][0], closes[0][1][:2]) in complaints:
        return 1006, False
    payload = dict(closes)["server"]
    return int.from_bytes(payload[:2], "big") if payload else 1005, True


def event_with(closes, whose="server", empty=1005, complaints=(1002, 1007), size=2, clean=None):
    """close_event with one thing done differently."""
    code = {sender: int.from_bytes(said[:2], "big") for sender, said in closes}
    if not closes or closes[0][0] == "client" and code["client"] in complaints:
        return 1006, bool(clean)
    if len(closes) < 2:
        return 1006, bool(clean)
    said = dict(closes)[whose if whose in dict(closes) else closes[0][0]]
    return int.from_bytes(said[:size], "big") if said else empty, True


@close_event.wrong(
    "You return the client's own code; its event holds the code that the server sent."
)
def the_clients_code(closes):
    return event_with(closes, whose="client")


@close_event.wrong(
    "You return the code of the first Close frame; take the server's, whether first or second."
)
def the_first_code(closes):
    return event_with(closes, whose="first")


@close_event.wrong("A Close frame without a code does not mean 1000: the event says 1005.")
def empty_is_1000(closes):
    return event_with(closes, empty=1000)


@close_event.wrong(
    "An empty Close frame is still a Close frame, so the end is clean: 1005. 1006 means that "
    "none came."
)
def empty_is_1006(closes):
    return (1006, False) if any(not said for _, said in closes) else event_with(closes)


@close_event.wrong("1006 is never clean: wasClean needs a Close frame from each side.")
def always_clean(closes):
    return event_with(closes, clean=True)


@close_event.wrong("Read the code from two bytes, payload[:2]; the reason is not part of it.")
def reason_in_the_number(closes):
    return event_with(closes, size=None)


@close_event.wrong(
    "A client that sends 1002 or 1007 first fails the connection: 1006, whatever comes back."
)
def answered_is_clean(closes):
    return event_with(closes, complaints=())


@close_event.wrong(
    "1002 from the server does not fail the connection at the client: look at which side sends "
    "it first."
)
def any_complaint(closes):
    if any(said[:2] in (b"\x03\xea", b"\x03\xef") for _, said in closes):
        return 1006, False
    return event_with(closes)
