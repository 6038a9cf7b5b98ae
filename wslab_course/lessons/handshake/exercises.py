"""Exercises and quiz of notebook 03: the opening handshake (RFC 6455 §4)."""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha1

from wslab.errors import MalformedHandshake
from wslab.protocol.handshake import GUID, Handshake, Request, Response, accept_key
from wslab.protocol.rules.frames import check_handshake
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3's sample


# --- Exercise: accept_value -----------------------------------------------------


@exercise(
    cases=[
        Case(RFC_KEY, expected="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        Case("d3NsYWIgc2F5cyBoZWxsbw=="),
        Case("j6MZV0bC4TBsmQHmnlsEyw==", expected="Psgr6cQUXMgP1tz5StleqjOWtpE="),
    ],
    fuzz=lambda rng: Case(b64encode(rng.randbytes(16)).decode()),
    hints=[
        "Three steps, each one line: put two texts together, hash, write the hash as text.",
        "sha1 and b64encode both want bytes: .encode() before the first, .decode() after the last.",
        "b64encode(sha1((key + GUID).encode()).???()).decode() and ??? is not hexdigest.",
    ],
    why=(
        "The key is used as the text that it is; nobody decodes it. A digest is 20 raw bytes, "
        "and base64 turns those into the 28 characters that fit in a header."
    ),
)
def accept_value(key: str) -> str:
    """The Sec-WebSocket-Accept that answers this Sec-WebSocket-Key."""
    digest = sha1((key + GUID).encode()).digest()
    return b64encode(digest).decode()


@accept_value.wrong("You decoded the key first. The server never does: it hashes the text itself.")
def decoded_key(key):
    return b64encode(sha1(b64decode(key) + GUID.encode()).digest()).decode()


@accept_value.wrong(
    "You wrote the hash in hex and then in base64. Take the raw bytes: digest(), not hexdigest()."
)
def hex_in_base64(key):
    return b64encode(sha1((key + GUID).encode()).hexdigest().encode()).decode()


@accept_value.wrong("That is the hash in hex, 40 characters. The header carries base64.")
def hex_only(key):
    return sha1((key + GUID).encode()).hexdigest()


@accept_value.wrong(
    "The GUID is missing: any program can hash a key, only WebSocket adds this one."
)
def no_guid(key):
    return b64encode(sha1(key.encode()).digest()).decode()


@accept_value.wrong("The GUID comes after the key, and you put it before.")
def guid_first(key):
    return b64encode(sha1((GUID + key).encode()).digest()).decode()


@accept_value.wrong("The GUID is hashed in capital letters, as the RFC writes it; yours are small.")
def small_guid(key):
    return b64encode(sha1((key + GUID.lower()).encode()).digest()).decode()


@accept_value.wrong("That is the base64 of URLs, with - and _. The header has the usual + and /.")
def urlsafe(key):
    return urlsafe_b64encode(sha1((key + GUID).encode()).digest()).decode()


@accept_value.wrong("Your value is bytes; a header is text. Decode it at the end.")
def still_bytes(key):
    return b64encode(sha1((key + GUID).encode()).digest())


@accept_value.wrong("str(…) writes the b and the quotes as well; .decode() gives the text alone.")
def bytes_in_quotes(key):
    return str(b64encode(sha1((key + GUID).encode()).digest()))


@accept_value.wrong("The hash is missing: you wrote key and GUID in base64 as they are.")
def no_hash(key):
    return b64encode((key + GUID).encode()).decode()


# --- Exercise: is_valid_response ------------------------------------------------


def _answer(*extra: str, status: str = "101 Switching Protocols", **changed: str | None) -> bytes:
    """A right answer to RFC_KEY with some headers replaced, left out (None) or added."""
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Accept": accept_key(RFC_KEY)}
    headers |= changed  # type: ignore[arg-type]
    lines = [f"HTTP/1.1 {status}"]
    for name, value in headers.items():
        if value is not None:
            lines.append(f"{'Sec-WebSocket-Accept' if name == 'Accept' else name}: {value}")
    return "\r\n".join([*lines, *extra, "", ""]).encode()


_GOOD = accept_key(RFC_KEY)
_STATUS = "Read the status: anything but 101 is a refusal."
_WORDS = (
    "Connection holds words with commas between them: one of them must be Upgrade, the whole "
    "word. headers.tokens gives them one by one."
)


@exercise(
    cases=[
        Case(
            RFC_KEY,
            _answer(),
            expected=True,
            nudge="Nothing is wrong here, yet one of your tests fails. A status is a number; "
            "words come as they were written, so make them small before you compare.",
        ),
        Case(RFC_KEY, _answer(status="200 OK"), expected=False, nudge=_STATUS),
        Case(RFC_KEY, _answer(status="403 Forbidden"), expected=False, nudge=_STATUS),
        Case(RFC_KEY, _answer(Upgrade=None), expected=False, nudge="There is no Upgrade here."),
        Case(RFC_KEY, _answer(Upgrade="h2c"), expected=False, nudge="Upgrade names h2c."),
        Case(RFC_KEY, _answer(Connection=None), expected=False, nudge="Connection is missing."),
        Case(RFC_KEY, _answer(Connection="keep-alive"), expected=False, nudge=_WORDS),
        Case(RFC_KEY, _answer(Connection="no-upgrade"), expected=False, nudge=_WORDS),
        Case(RFC_KEY, _answer(Accept=None), expected=False, nudge="There is no Accept here."),
        Case(
            RFC_KEY,
            _answer(Accept=accept_key("d3NsYWIgc2F5cyBoZWxsbw==")),
            expected=False,
            nudge="This Accept answers another key: compare it with accept_key(key).",
        ),
        Case(
            RFC_KEY,
            _answer(Accept=_GOOD.swapcase()),
            expected=False,
            nudge="Case matters in the Accept.",
        ),
        Case(
            RFC_KEY,
            _answer("Sec-WebSocket-Protocol: chat"),
            expected=False,
            nudge="The server chose a subprotocol, in Sec-WebSocket-Protocol; you offered none.",
        ),
        Case(
            RFC_KEY,
            _answer("Sec-WebSocket-Extensions: permessage-deflate"),
            expected=False,
            nudge="The server chose an extension, in Sec-WebSocket-Extensions; you offered none.",
        ),
        Case(
            RFC_KEY,
            _answer(Upgrade="WebSocket", Connection="upgrade"),
            expected=True,
            nudge="Only the Accept minds case: WebSocket and upgrade are as good.",
        ),
        Case(RFC_KEY, _answer(Connection="keep-alive, Upgrade"), expected=True, nudge=_WORDS),
        Case(
            RFC_KEY,
            _answer("Server: wslab"),
            expected=True,
            nudge="A header that is not in the statement does no harm.",
        ),
    ],
    hints=[
        "Six things must hold; count them in the statement, and test one a line.",
        "Response.parse(head) gives .status and .headers; headers.get(name) is one value, "
        "headers.tokens(name) the comma-separated words, and `name in headers` says it is there.",
        "Compare words in small letters, but the Accept exactly: base64 tells A from a. Join "
        "status, Upgrade, Connection, Accept, no subprotocol and no extension with `and`.",
    ],
    why=(
        "A client may go on only if all six hold (RFC 6455 §4.1). Names and words are compared "
        "without regard to case, the Accept exactly. What was not offered cannot be chosen."
    ),
)
def is_valid_response(key: str, head: bytes) -> bool:
    """Tell whether a client that sent this key may go on after this answer."""
    response = Response.parse(head)
    headers = response.headers
    return (
        response.status == 101
        and headers.get("Upgrade", "").lower() == "websocket"
        and "upgrade" in [word.lower() for word in headers.tokens("Connection")]
        and headers.get("Sec-WebSocket-Accept") == accept_key(key)
        and "Sec-WebSocket-Protocol" not in headers
        and "Sec-WebSocket-Extensions" not in headers
    )


def _valid(
    status: bool = True,
    upgrade: Callable[[str | None], bool] = lambda value: (value or "").lower() == "websocket",
    connection: Callable[[list[str]], bool] = lambda words: "upgrade" in map(str.lower, words),
    accept: Callable[[str | None, str], bool] = lambda got, want: got == want,
    protocol: bool = True,
    extension: bool = True,
) -> Callable[[str, bytes], bool]:
    """The reference with one of its tests replaced or left out."""

    def is_valid_response(key: str, head: bytes) -> bool:
        response = Response.parse(head)
        assert response is not None
        headers = response.headers
        return (
            (response.status == 101 or not status)
            and upgrade(headers.get("Upgrade"))
            and connection(headers.tokens("Connection"))
            and accept(headers.get("Sec-WebSocket-Accept"), accept_key(key))
            and not (protocol and "Sec-WebSocket-Protocol" in headers)
            and not (extension and "Sec-WebSocket-Extensions" in headers)
        )

    return is_valid_response


@is_valid_response.wrong("A 101 is where it begins; now read the headers as well.")
def only_status(key, head):
    return Response.parse(head).status == 101


@is_valid_response.wrong("The Accept is right and the status is not looked at: only 101 upgrades.")
def any_status(key, head):
    return _valid(status=False)(key, head)


@is_valid_response.wrong(
    "You tested status and Accept alone; Upgrade and Connection must be there and right."
)
def status_and_accept(key, head):
    response = Response.parse(head)
    return response.status == 101 and response.headers.get("Sec-WebSocket-Accept") == accept_key(
        key
    )


@is_valid_response.wrong("Upgrade must be there and name websocket; you never look at it.")
def no_upgrade(key, head):
    return _valid(upgrade=lambda value: True)(key, head)


@is_valid_response.wrong("Connection must hold the word Upgrade; you never look at it.")
def no_connection(key, head):
    return _valid(connection=lambda words: True)(key, head)


@is_valid_response.wrong("“Upgrade: WebSocket” is right too: words compare without regard to case.")
def case_sensitive(key, head):
    return _valid(
        upgrade=lambda value: value == "websocket", connection=lambda words: "Upgrade" in words
    )(key, head)


@is_valid_response.wrong("tokens gives Upgrade with its capital U; make each word small first.")
def words_keep_their_case(key, head):
    return _valid(connection=lambda words: "upgrade" in words)(key, head)


@is_valid_response.wrong(
    "Connection is a list of words: “keep-alive, Upgrade” holds Upgrade; use headers.tokens."
)
def connection_is_one_word(key, head):
    return _valid(connection=lambda words: [word.lower() for word in words] == ["upgrade"])(
        key, head
    )


@is_valid_response.wrong(
    "“no-upgrade” is another word that contains yours: compare whole words, not parts of text."
)
def connection_is_searched(key, head):
    return _valid(connection=lambda words: "upgrade" in ",".join(words).lower())(key, head)


@is_valid_response.wrong("Any Accept passes; compare it with the one that answers the key.")
def accept_is_there(key, head):
    return _valid(accept=lambda got, want: got is not None)(key, head)


@is_valid_response.wrong("base64 tells A from a: compare the Accept exactly.")
def accept_in_small_letters(key, head):
    return _valid(accept=lambda got, want: (got or "").lower() == want.lower())(key, head)


@is_valid_response.wrong("The request offered no subprotocol, so the answer may not choose one.")
def any_subprotocol(key, head):
    return _valid(protocol=False)(key, head)


@is_valid_response.wrong("The request offered no extension, so the answer may not choose one.")
def any_extension(key, head):
    return _valid(extension=False)(key, head)


@is_valid_response.wrong(
    "Subprotocol and extension are still missing: the request offered neither, so none may come."
)
def nothing_uninvited(key, head):
    return _valid(protocol=False, extension=False)(key, head)


# --- Exercise: repair -----------------------------------------------------------

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
Sec-WebSocket-Key:{RFC_KEY}
Sec-WebSocket-Version:13
"""


def _facts_of_repair(repair: Callable[[str, str], object], copied: str, target: str) -> object:
    """What the head that a learner returns is, in facts that any right head shares."""
    head = repair(copied, target)
    if head is None:
        return None
    if not isinstance(head, bytes):
        return {"problem": f"{type(head).__name__}, where bytes travel"}
    try:
        request = Request.parse(head)
    except MalformedHandshake:
        return {"problem": "no request head: " + repr(head[:30])}
    if request is None:
        return {"problem": "a head that goes on: the blank line is missing"}
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
            "each of these lines ends with \\r\\n. The copied lines end with \\n alone.",
        ),
        Case(
            f"{_SHORT}Cookie:a=1\n",
            "/",
            label="the same and Cookie:a=1, target /",
            nudge="The cookie's line must go, and no other; everything else stays as it was.",
        ),
        Case(
            f"{_SHORT}User-Agent:cookie monster\n",
            "/",
            label="the same and User-Agent:cookie monster, target /",
            nudge="Only the header whose name is cookie must go; here the word is in a value.",
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
        "copied.splitlines() gives the lines. Leave out those whose name is cookie in any case, "
        'put "GET … HTTP/1.1" in front, and join with "\\r\\n".',
        'lines = [f"GET {target} HTTP/1.1", *kept, "", ""] and then "\\r\\n".join(lines).encode(): '
        "the two empty strings make the last line end and the blank line.",
    ],
    why=(
        "The tool showed headers and left out what makes them a head: the start line, CRLF, the "
        "blank line. A cookie is a password that nobody meant to publish; header names have no "
        "case, so cookie: is one too."
    ),
)
def repair(copied: str, target: str) -> bytes:
    """Make a whole request head of copied header lines, without the cookie."""
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


@repair.wrong("Not all of your lines end with CRLF, the two bytes 0d 0a; some have LF alone.")
def bare_line_feeds(copied, target):
    return "\n".join([f"GET {target} HTTP/1.1", *_kept(copied), "", ""]).encode()


@repair.wrong("The cookie is still there, for everyone to read and to use.")
def cookie_kept(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *copied.splitlines(), "", ""]).encode()


@repair.wrong("Header names have no case: cookie: and COOKIE: are cookies too.")
def only_capital_cookie(copied, target):
    kept = [line for line in copied.splitlines() if not line.startswith("Cookie:")]
    return "\r\n".join([f"GET {target} HTTP/1.1", *kept, "", ""]).encode()


@repair.wrong("The word cookie may stand in a value; look at the name, before the colon.")
def cookie_anywhere(copied, target):
    kept = [line for line in copied.splitlines() if "cookie" not in line.lower()]
    return "\r\n".join([f"GET {target} HTTP/1.1", *kept, "", ""]).encode()


@repair.wrong("Your head ends with two empty lines; splitlines() gives no empty line at the end.")
def two_blank_lines(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *_kept(copied), "", "", ""]).encode()


@repair.wrong("HTTP/1.0 knows no upgrade: write HTTP/1.1.")
def http_1_0(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.0", *_kept(copied), "", ""]).encode()


@repair.wrong("You always ask for /; the second argument says what to ask for.")
def always_the_root(copied, target):
    return "\r\n".join(["GET / HTTP/1.1", *_kept(copied), "", ""]).encode()


@repair.wrong("That is text; on a wire travel bytes: .encode() it.")
def still_text(copied, target):
    return "\r\n".join([f"GET {target} HTTP/1.1", *_kept(copied), "", ""])


# --- Exercise: status_for -------------------------------------------------------

ORIGIN = "http://good.example"
_ASKS = {
    "Host": "echo.example",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": RFC_KEY,
    "Sec-WebSocket-Version": "13",
    "Origin": ORIGIN,
}


def ask_for(target: str, method: str = "GET", **changed: str | None) -> bytes:
    """A right request for the server of `status_for`, changed; None leaves a header out."""
    names = {"Key": "Sec-WebSocket-Key", "Version": "Sec-WebSocket-Version"}
    headers = _ASKS | {names.get(name, name): value for name, value in changed.items()}
    kept = [(name, value) for name, value in headers.items() if value is not None]
    return Request(method, target, kept).encode()


_PLAIN = {"Upgrade": None, "Connection": None, "Key": None, "Version": None, "Origin": None}


@exercise(
    cases=[
        Case(
            ask_for("/", **_PLAIN),
            expected=200,
            nudge="Plain HTTP, and the target is /: the second line of the list applies first.",
        ),
        Case(
            ask_for("/echo", **_PLAIN),
            expected=426,
            nudge="No Upgrade, and a target that has no page.",
        ),
        Case(
            ask_for("/echo", "POST", **_PLAIN),
            expected=405,
            nudge="The list begins with the method.",
        ),
        Case(
            ask_for("/echo"),
            expected=101,
            nudge='Nothing is wrong here. Header values are text: the version is "13", not 13.',
        ),
        Case(
            ask_for("/"), expected=101, nudge="Upgrade is websocket, so the target does not matter."
        ),
        Case(
            ask_for("/echo", Origin=None),
            expected=403,
            nudge="There is no Origin, so it is not the allowed one.",
        ),
        Case(
            ask_for("/echo", Origin="http://evil.example"),
            expected=403,
            nudge="This Origin is another one.",
        ),
        Case(
            ask_for("/echo", Origin=f"{ORIGIN}.evil.example"),
            expected=403,
            nudge="This Origin contains the allowed one, and is another: compare the whole.",
        ),
        Case(
            ask_for("/echo", Key=None),
            expected=400,
            nudge="One of the two is enough for 400: no key, or another version.",
        ),
        Case(ask_for("/echo", Version="12"), expected=400, nudge="The version is 12."),
        Case(ask_for("/echo", Version=None), expected=400, nudge="No version is not 13 either."),
        Case(
            ask_for("/echo", Upgrade="h2c"),
            expected=426,
            nudge="There is an Upgrade, and it does not say websocket.",
        ),
        Case(
            ask_for("/echo", Upgrade="WebSocket"),
            expected=101,
            nudge="Case does not matter in Upgrade.",
        ),
        Case(ask_for("/", "POST"), expected=405, nudge="The list begins with the method."),
        Case(
            ask_for("/echo", Key=None, Origin="http://evil.example"),
            expected=400,
            nudge="Two things are wrong here; the one that comes first in the list decides.",
        ),
    ],
    hints=[
        "Write the statement's list as a chain of `if … : return`, in its order.",
        "request = Request.parse(head); then request.method, request.target and "
        'request.headers.get("Upgrade", ""), which you compare in small letters.',
        "405 for another method; without websocket in Upgrade 200 for / and 426 for the rest; "
        "400 without a key or another version than 13; 403 for another Origin; 101.",
    ],
    why=(
        "The order is what a server can know: first whether HTTP can answer at all, then whether "
        "an upgrade was asked for, then whether it was asked rightly, and last whether this site "
        "may. Only the last is a choice of yours; the others are the protocol's."
    ),
)
def status_for(head: bytes) -> int:
    """The status with which the guarded server answers this request."""
    request = Request.parse(head)
    headers = request.headers
    if request.method != "GET":
        return 405
    if headers.get("Upgrade", "").lower() != "websocket":
        return 200 if request.target == "/" else 426
    if "Sec-WebSocket-Key" not in headers or headers.get("Sec-WebSocket-Version") != "13":
        return 400
    return 101 if headers.get("Origin") == "http://good.example" else 403


def _status(
    head: bytes,
    *,
    method: bool = True,
    page: bool = True,
    any_case: bool = True,
    form: int = 400,
    origin: Callable[[str | None], bool] = lambda value: value == ORIGIN,
    version: bool = True,
) -> int:
    """The reference with one of its decisions taken in another way."""
    request = Request.parse(head)
    assert request is not None
    headers = request.headers
    upgrade = headers.get("Upgrade", "") or ""
    if method and request.method != "GET":
        return 405
    if (upgrade.lower() if any_case else upgrade) != "websocket":
        return 200 if page and request.target == "/" else 426
    if "Sec-WebSocket-Key" not in headers:
        return form
    if version and headers.get("Sec-WebSocket-Version") != "13":
        return form
    return 101 if origin(headers.get("Origin")) else 403


@status_for.wrong("A plain GET of / is answered with the page: 200, not 426.")
def no_page(head):
    return _status(head, page=False)


@status_for.wrong("You never look at the method: a POST gets 405.")
def any_method(head):
    return _status(head, method=False)


@status_for.wrong("WebSocket with a capital W asks for the same: compare in small letters.")
def upgrade_with_case(head):
    return _status(head, any_case=False)


@status_for.wrong("You never look at Origin: whoever sends another, or none, gets 403.")
def any_origin(head):
    return _status(head, origin=lambda value: True)


@status_for.wrong("No Origin is another Origin than the one allowed: 403 as well.")
def missing_origin_passes(head):
    return _status(head, origin=lambda value: value in (None, ORIGIN))


@status_for.wrong(
    "Somebody else owns http://good.example.evil.example: compare the whole Origin, not its start."
)
def origin_prefix(head):
    return _status(head, origin=lambda value: (value or "").startswith(ORIGIN))


@status_for.wrong("You never look at the version: without 13 it is 400.")
def any_version(head):
    return _status(head, version=False)


@status_for.wrong(
    "426 says that nobody asked for WebSocket. Here somebody did, with a header that is wrong: 400."
)
def bad_form_is_426(head):
    return _status(head, form=426)


# --- Quiz -----------------------------------------------------------------------

quiz = Quiz(
    Question(
        "after-101",
        "The server has answered 101. What may the client send next on this connection?",
        {
            "a": Option(
                "Another GET, since WebSocket runs over HTTP.",
                "HTTP ended with the blank line. A GET is read as a frame that breaks the "
                "rules, and answered with a Close frame of code 1002.",
            ),
            "b": Option(
                "Frames only: HTTP is over on this connection.",
                "Yes. HTTP opened the door; the same TCP connection now carries frames.",
            ),
            "c": Option(
                "Nothing: frames need a second connection.",
                "There is no second one. The frames follow on the same TCP connection, from "
                "the byte after the head.",
            ),
        },
        answer="b",
        misconception="WebSocket runs over HTTP",
        refuted_in="03-handshake: Where HTTP ends",
    ),
    Question(
        "what-the-key-is-for",
        "What is Sec-WebSocket-Key for?",
        {
            "a": Option(
                "It encrypts the connection.",
                "It encrypts nothing: you read key and answer in clear text, and the Hello too.",
            ),
            "b": Option(
                "It proves who the client is.",
                "It is drawn anew for each connection and says nothing about anybody.",
            ),
            "c": Option(
                "It proves that the server read this very request and speaks WebSocket.",
                "Yes. An answer from a cache, or from a server that knows only HTTP, cannot fit.",
            ),
        },
        answer="c",
        misconception="the key is a password",
        refuted_in="03-handshake: An answer that fits no other key",
    ),
    Question(
        "cors",
        "A page of page.example opens a WebSocket to echo.example, which sends no CORS "
        "headers. What happens?",
        {
            "a": Option(
                "The browser refuses: CORS protects the server.",
                "A browser was recorded doing it, and it connected. CORS plays no part here.",
            ),
            "b": Option(
                "It connects, unless the server itself checks Origin.",
                "Yes. Origin tells the server which site asks; only the server can say no.",
            ),
            "c": Option(
                "It connects, and the page can send but not read.",
                "The recorded page read its echo. To send and not to read is how CORS treats "
                "plain HTTP; a WebSocket has no such half permission.",
            ),
        },
        answer="b",
        misconception="CORS protects you",
        refuted_in="03-handshake: Who may come in",
    ),
    Question(
        "headers-in-a-browser",
        "In a page, how do you send a token with the upgrade request?",
        {
            "a": Option(
                "new WebSocket(url, [], {headers: {…}})",
                "A browser ignores a third argument. In the recording its header is not there.",
            ),
            "b": Option(
                "By setting the Authorization header before open.",
                "The interface has no way to set a header, this one included.",
            ),
            "c": Option(
                "Not in a header: in the URL, a cookie, a subprotocol or the first message.",
                "Yes. URL and subprotocols are all that a page chooses; the browser adds cookies.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="03-handshake: What a page can choose",
    ),
    Question(
        "what-101-says",
        "Your client got a right 101. What do you know now?",
        {
            "a": Option(
                "My server is up and its handler runs.",
                "A front door answered so, with nobody behind it, and hung up.",
            ),
            "b": Option(
                "Something on the way that read my request speaks WebSocket.",
                "Yes: that and no more. Wait for a first message before you trust it.",
            ),
            "c": Option(
                "The connection stays open until one side closes it.",
                "It did not stay open for a single frame: the client saw 1006.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in="03-handshake: A 101 and nobody home",
    ),
    Question(
        "which-status",
        "You get 426 Upgrade Required. What did the server miss in your request?",
        {
            "a": Option(
                "A newer version of HTTP.",
                "HTTP/1.1 is what an upgrade needs. The answer's Upgrade header says websocket.",
            ),
            "b": Option(
                "A request to change to WebSocket: Upgrade, or its word in Connection.",
                "Yes. The target speaks WebSocket, and you asked for it in plain HTTP.",
            ),
            "c": Option(
                "An Origin that it likes.",
                "That is 403: asked rightly, and refused.",
                refuted_in="03-handshake: Who may come in",
            ),
        },
        answer="b",
        misconception="426 wants a newer HTTP",
        refuted_in="03-handshake: One port, two protocols",
    ),
)
