"""The exercise of notebook 11, tickets."""

from __future__ import annotations

from wslab_course.checks.exercises import Case, exercise

_C, _S = "client", "server"


@exercise(
    cases=[
        Case(None, [], expected="door", nudge="Without a status, no answer to the request came."),
        Case(
            426, [], expected="door", nudge="With any status but 101, the connection never opened."
        ),
        Case(200, [], expected="door", nudge="200 is a page, not an upgrade."),
        Case(101, [], expected="cut", nudge="It was open, and no Close frame came."),
        Case(101, [(_S, 1007), (_C, 1007)], expected="server complains"),
        Case(101, [(_C, 1009), (_S, 1009)], expected="client complains"),
        Case(101, [(_C, 1002)], expected="client complains"),
        Case(101, [(_S, 1011)], expected="server complains"),
        Case(101, [(_C, 1000), (_S, 1000)], expected="closed"),
        Case(101, [(_S, 1001), (_C, 1001)], expected="closed"),
        Case(
            101,
            [(_S, None), (_C, None)],
            expected="closed",
            nudge="A Close frame without a code is still a Close frame.",
        ),
        Case(101, [(_S, 1000), (_C, 1002)], expected="closed", nudge="The first Close decides."),
        Case(101, [(_S, 4001), (_C, 4001)], expected="closed", nudge="4001 is not in the list."),
    ],
    hints=[
        "Ask three questions in this order: was it ever open? Is there a Close frame? Which code "
        "does the first one have?",
        "status != 101 is true for None as well. An empty list is false. closes[0] is a pair.",
        "sender, code = closes[0], and then: if code in (1002, 1003, …): return f'{sender} "
        "complains'. Everything else is 'closed'.",
    ],
    why=(
        'The result says where to look, not who is at fault. For "door", read the handshake. For '
        '"cut", compare recordings from two places. If a side complains, read the frame before '
        'its Close. For "closed", read the messages.'
    ),
)
def triage(status: int | None, closes: list) -> str:
    """Return where to look first in the recording of a failure."""
    if status != 101:
        return "door"
    if not closes:
        return "cut"
    sender, code = closes[0]
    if code in (1002, 1003, 1007, 1008, 1009, 1010, 1011):
        return f"{sender} complains"
    return "closed"


def _triage(status, closes, first=0, grumbles=lambda code: 1002 <= (code or 0) <= 1011):
    if status != 101:
        return "door"
    if not closes:
        return "cut"
    sender, code = closes[first]
    return f"{sender} complains" if grumbles(code) else "closed"


@triage.wrong("You use the last Close frame, which is the answer; the first one decides.")
def the_last_close(status, closes):
    return _triage(status, closes, first=-1)


@triage.wrong("A Close frame without a code is a normal close, not a cut.")
def no_code_is_a_cut(status, closes):
    return "cut" if status == 101 and closes[:1] == [(_S, None)] else _triage(status, closes)


@triage.wrong(
    "Not every code other than 1000 is a complaint: 1001 and your own codes are normal closes."
)
def all_but_1000(status, closes):
    return _triage(status, closes, grumbles=lambda code: code not in (1000, None))


@triage.wrong("200 is a good status for a page, but only 101 opens a WebSocket.")
def ok_is_open(status, closes):
    return _triage(101 if status == 200 else status, closes)


@triage.wrong('Without a status the connection was never open: for None, return "door".')
def no_status_is_a_cut(status, closes):
    return "cut" if status is None else _triage(status, closes)


@triage.wrong("You name the other side; return the side that sent the code.")
def the_other_one(status, closes):
    swapped = [(_C if sender == _S else _S, code) for sender, code in closes]
    return _triage(status, swapped)
