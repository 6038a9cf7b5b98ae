"""Exercise repair of notebook 03, handshake."""

from __future__ import annotations

from collections.abc import Callable

from wslab.errors import MalformedHandshake
from wslab.protocol.handshake import Handshake, Request
from wslab.protocol.rules.handshake import check_handshake
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.handshake.exercises.accept_value import SAMPLE_KEY

COPIED_2014 = """\
Cache-Control:no-cache
Connection:Upgrade
Cookie:__utma=1.2.3; __utmb=4.5
Host:echo.websocket.org
Origin:http://www.websocket.org
Pragma:no-cache
Sec-WebSocket-Extensions:permessage-deflate; client_max_window_bits, x-webkit-deflate-frame
Sec-WebSocket-Key:j6MZV0bC4TBsmQHmnlsEyw==
Sec-WebSocket-Version:13
Upgrade:websocket
User-Agent:Mozilla/5.0 Chrome/34.0.1847.131
"""
"""The request headers of the 2014 capture as its tool copied them; the cookie is made up."""

_SHORT = f"""\
Host:echo.example
Upgrade:websocket
Connection:Upgrade
Sec-WebSocket-Key:{SAMPLE_KEY}
Sec-WebSocket-Version:13
"""


def _facts_of_repair(repair: Callable[[str, str], object], copied: str, target: str) -> object:
    """The head that a learner returned, as facts that are the same for every correct head."""
    head = repair(copied, target)
    if head is None:
        return None
    if not isinstance(head, bytes):
        return {"problem": f"it is {type(head).__name__}, not bytes"}
    try:
        request = Request.parse(head)
    except MalformedHandshake:
        return {"problem": "not a request head: " + repr(head[:30])}
    if request is None:
        return {"problem": "the head does not end: the blank line is missing"}
    names = [name.lower() for name, _ in request.headers]
    wanted = [line.partition(":")[0].lower() for line in copied.splitlines()]
    return {
        "problem": "none",
        "target": request.target,
        "rules broken": [f.rule for f in check_handshake(Handshake(request)) if not f.ok],
        "headers lost": [name for name in wanted if name not in [*names, "cookie"]],
        "cookie": "cookie" in names,
        "bytes after the head": len(head) - len(request),
    }


@exercise(
    run=_facts_of_repair,
    cases=[
        Case(
            _SHORT,
            "/echo",
            label="five lines without a cookie, target /echo",
            nudge="A head is the start line GET target HTTP/1.1, the headers, and one empty line; "
            "each of these lines ends with \\r\\n. The copied lines end with only \\n.",
        ),
        Case(
            f"{_SHORT}Cookie:a=1\n",
            "/",
            label="the same and Cookie:a=1, target /",
            nudge="Remove the cookie's line and no other; everything else stays unchanged.",
        ),
        Case(
            f"{_SHORT}User-Agent:cookie monster\n",
            "/",
            label="the same and User-Agent:cookie monster, target /",
            nudge="Remove only the header whose name is cookie; here the word is in a value.",
        ),
        Case(COPIED_2014, "/?encoding=text", label="lesson.COPIED_2014, target /?encoding=text"),
        Case(
            "cookie:a=1\n" + _SHORT.replace("Connection:", "connection:") + "COOKIE:b=2\n",
            "/chat",
            label="cookie:a=1 in front, COOKIE:b=2 behind, target /chat",
        ),
    ],
    hints=[
        "What does a head begin with, what ends each line, and what ends the head?",
        "copied.splitlines() gives the lines. Leave out those whose name is cookie, in capital "
        'or small letters, put "GET … HTTP/1.1" in front, and join with "\\r\\n".',
        'lines = [f"GET {target} HTTP/1.1", *kept, "", ""] and then '
        '"\\r\\n".join(lines).encode(): the two empty strings make the end of the last line and '
        "the blank line.",
    ],
    why=(
        "The tool showed the headers and left out the rest of the head: the start line, CRLF, "
        "the blank line. A cookie works like a password, so it must not be published. Case does "
        "not matter in header names, so cookie: is a cookie, too."
    ),
)
def repair(copied: str, target: str) -> bytes:
    """Make a complete request head of copied lines, without the cookie."""
    kept = [line for line in copied.splitlines() if not line.lower().startswith("cookie:")]
    lines = [f"GET {target} HTTP/1.1", *kept, "", ""]
    return "\r\n".join(lines).encode()


def _kept(copied: str) -> list[str]:
    return [line for line in copied.splitlines() if not line.lower().startswith("cookie:")]


@repair.wrong("The start line is missing: a head begins with GET, the target and HTTP/1.1.")
def no_start_line(copied, target):
    return "\r\n".join([*_kept(copied), "", ""]).encode()


@repair.wrong("The blank line is missing: without it the server waits for more headers.")
def no_blank_line(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *_kept(copied), ""]).encode()


@repair.wrong("Not all of your lines end with CRLF, the two bytes 0d 0a; some have only LF.")
def bare_line_feeds(copied, target):
    return "\n".join([f"GET {target} HTTP/1.1", *_kept(copied), "", ""]).encode()


@repair.wrong("The cookie is still there: anyone can read it and use it.")
def cookie_kept(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *copied.splitlines(), "", ""]).encode()


@repair.wrong("Case does not matter in header names: cookie: and COOKIE: are cookies, too.")
def only_capital_cookie(copied, target):
    kept = [line for line in copied.splitlines() if not line.startswith("Cookie:")]
    return "\r\n".join([f"GET {target} HTTP/1.1", *kept, "", ""]).encode()


@repair.wrong("The word cookie may be in a value; look at the name, before the colon.")
def cookie_anywhere(copied, target):
    kept = [line for line in copied.splitlines() if "cookie" not in line.lower()]
    return "\r\n".join([f"GET {target} HTTP/1.1", *kept, "", ""]).encode()


@repair.wrong("Your head ends with two empty lines; splitlines() gives no empty line at the end.")
def two_blank_lines(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *_kept(copied), "", "", ""]).encode()


@repair.wrong("HTTP/1.0 has no upgrade: write HTTP/1.1.")
def http_1_0(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.0", *_kept(copied), "", ""]).encode()


@repair.wrong("You always ask for /; the second argument is the target.")
def always_the_root(copied, target):
    return "\r\n".join(["GET / HTTP/1.1", *_kept(copied), "", ""]).encode()


@repair.wrong("That is text, but bytes travel on a wire: call .encode().")
def still_text(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *_kept(copied), "", ""])
