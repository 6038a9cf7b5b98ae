"""Exercise explain_close of notebook 07, actions."""

from __future__ import annotations

import random

from wslab_course.checks.exercises import Case, exercise

MEANINGS = {
    1000: "finished",
    1001: "going away",
    1005: "no code",
    1008: "policy",
    1009: "too big",
    1011: "server failed",
}


def some_end(rng: random.Random) -> Case:
    code = rng.choice([*MEANINGS, 1002, 1003, 1012, 2999, 3000, 3999, 4000, 4500, 4999, 5000])
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
            nudge="The program never called close(), and the end was clean, so the server closed.",
        ),
        Case(
            ["open", "error"],
            1006,
            False,
            expected=("nobody", "lost"),
            nudge="It was open, and then it ended without a Close frame.",
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
            nudge="Chromium reports a cut connection like this, without an error event.",
        ),
        Case(
            ["open", "close()", "error"],
            1006,
            False,
            expected=("program", "lost"),
            nudge="The program called close() first, and the server never answered.",
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
            nudge="3000 to 3999 are registered by libraries; an application's own codes begin at "
            "4000.",
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
        "Answer two separate questions: who, and why.",
        'Who: "close()" among the events decides first, then clean. Why: clean first, '
        'then "open" among the events, then the code.',
        'A dict holds the six codes; .get(code, "other") is for the rest, after you test 4000 <= '
        "code <= 4999.",
    ],
    why="1006 does not say who closed, so only your own log can say more: was it ever open, and "
    "did you call close()? The error event does not help; it may even be missing.",
)
def explain_close(events: list, code: int, clean: bool) -> tuple[str, str]:
    """Return who ended a connection, and why, as its client can know it."""
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
    return who, "own code" if code in own else MEANINGS.get(code, "other")


@explain_close.wrong(
    "Neither side sends 1006: when the end is not clean and close() was not called, return "
    '"nobody".'
)
def the_server_sent_1006(events, code, was_clean):
    who, why = explained(events, code, was_clean)
    return "server" if who == "nobody" else who, why


@explain_close.wrong("A lost connection may have no error event; let clean decide.")
def waits_for_the_error(events, code, was_clean):
    return explained(events, code, was_clean, lost_by="error" in events)


@explain_close.wrong(
    'Without "open" among the events the connection was not lost: it never opened.'
)
def always_lost(events, code, was_clean):
    who, why = explained(events, code, was_clean)
    return who, "lost" if why == "never opened" else why


@explain_close.wrong("1005 is a clean end without a code; only 1006 is a lost connection.")
def no_code_is_lost(events, code, was_clean):
    return explained(events, code, was_clean, lost_by=code in (1005, 1006))


@explain_close.wrong("1000 does not say who closed, because both sides send it. Look for close().")
def the_code_tells_who(events, code, was_clean):
    _, why = explained(events, code, was_clean)
    return "program" if code == 1000 else "server" if was_clean else "nobody", why


@explain_close.wrong('If the program called close(), return "program", even if no answer came.')
def unanswered_is_nobody(events, code, was_clean):
    who, why = explained(events, code, was_clean)
    return who if was_clean else "nobody", why


@explain_close.wrong("An application's own codes begin at 4000; 3000 to 3999 belong to libraries.")
def own_from_3000(events, code, was_clean):
    return explained(events, code, was_clean, own=range(3000, 5000))


@explain_close.wrong("An application's own codes end at 4999.")
def own_without_end(events, code, was_clean):
    return explained(events, code, was_clean, own=range(4000, 1 << 16))
