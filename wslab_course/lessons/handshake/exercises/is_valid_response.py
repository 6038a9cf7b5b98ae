"""Exercise is_valid_response of notebook 03, handshake."""

from __future__ import annotations

from collections.abc import Callable

from wslab.protocol.handshake import Response, accept_key
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.handshake.exercises.accept_value import SAMPLE_KEY


def _answer(*extra: str, status: str = "101 Switching Protocols", **changed: str | None) -> bytes:
    """A valid answer to SAMPLE_KEY with some headers replaced, left out (None) or added."""
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Accept": accept_key(SAMPLE_KEY)}
    headers |= changed  # type: ignore[arg-type]
    lines = [f"HTTP/1.1 {status}"]
    for name, value in headers.items():
        if value is not None:
            lines.append(f"{'Sec-WebSocket-Accept' if name == 'Accept' else name}: {value}")
    return "\r\n".join([*lines, *extra, "", ""]).encode()


_GOOD = accept_key(SAMPLE_KEY)
_STATUS = "Read the status: anything but 101 is a refusal."
_WORDS = (
    "Connection holds words with commas between them, and one whole word must be Upgrade. "
    "headers.tokens gives the words one by one."
)


@exercise(
    cases=[
        Case(
            SAMPLE_KEY,
            _answer(),
            expected=True,
            nudge="This answer is valid, but one of your tests fails. The status is a number. "
            "Words may have capital letters, so use .lower() before you compare.",
        ),
        Case(SAMPLE_KEY, _answer(status="200 OK"), expected=False, nudge=_STATUS),
        Case(SAMPLE_KEY, _answer(status="403 Forbidden"), expected=False, nudge=_STATUS),
        Case(SAMPLE_KEY, _answer(Upgrade=None), expected=False, nudge="There is no Upgrade here."),
        Case(
            SAMPLE_KEY,
            _answer(Upgrade="h2c"),
            expected=False,
            nudge="Upgrade names another protocol, h2c.",
        ),
        Case(SAMPLE_KEY, _answer(Connection=None), expected=False, nudge="Connection is missing."),
        Case(SAMPLE_KEY, _answer(Connection="keep-alive"), expected=False, nudge=_WORDS),
        Case(SAMPLE_KEY, _answer(Connection="no-upgrade"), expected=False, nudge=_WORDS),
        Case(SAMPLE_KEY, _answer(Accept=None), expected=False, nudge="There is no Accept here."),
        Case(
            SAMPLE_KEY,
            _answer(Accept=accept_key("d3NsYWIgc2F5cyBoZWxsbw==")),
            expected=False,
            nudge="This Accept answers another key: compare it with accept_key(key).",
        ),
        Case(
            SAMPLE_KEY,
            _answer(Accept=_GOOD.swapcase()),
            expected=False,
            nudge="Case matters in the Accept.",
        ),
        Case(
            SAMPLE_KEY,
            _answer("Sec-WebSocket-Protocol: chat"),
            expected=False,
            nudge="The server chose a subprotocol, in Sec-WebSocket-Protocol; you offered none.",
        ),
        Case(
            SAMPLE_KEY,
            _answer("Sec-WebSocket-Extensions: permessage-deflate"),
            expected=False,
            nudge="The server chose an extension, in Sec-WebSocket-Extensions; you offered none.",
        ),
        Case(
            SAMPLE_KEY,
            _answer(Upgrade="WebSocket", Connection="upgrade"),
            expected=True,
            nudge="Only in the Accept does case matter: WebSocket and upgrade are valid, too.",
        ),
        Case(SAMPLE_KEY, _answer(Connection="keep-alive, Upgrade"), expected=True, nudge=_WORDS),
        Case(
            SAMPLE_KEY,
            _answer("Server: wslab"),
            expected=True,
            nudge="Any other header is allowed.",
        ),
    ],
    hints=[
        "Six things must hold: find them in the text of the exercise, and test one on each line.",
        "Response.parse(head) gives .status and .headers; headers.get(name) is one value, "
        "headers.tokens(name) the comma-separated words, and `name in headers` says it is there.",
        "Compare words in small letters, but the Accept exactly: in base64, A and a are "
        "different. Join status, Upgrade, Connection, Accept, no subprotocol and no extension "
        "with `and`.",
    ],
    why=(
        "A client may go on only if all six hold (RFC 6455 §4.1). Names and words are compared "
        "without regard to case, the Accept exactly. A server may choose only what the client "
        "offered."
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


@is_valid_response.wrong("You test only the status; test the headers as well.")
def only_status(key, head):
    return Response.parse(head).status == 101


@is_valid_response.wrong("You never look at the status: only 101 upgrades the connection.")
def any_status(key, head):
    return _valid(status=False)(key, head)


@is_valid_response.wrong(
    "You tested only the status and the Accept; test Upgrade and Connection, too."
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


@is_valid_response.wrong(
    "“Upgrade: WebSocket” is valid, too: compare words without regard to case."
)
def case_sensitive(key, head):
    return _valid(
        upgrade=lambda value: value == "websocket", connection=lambda words: "Upgrade" in words
    )(key, head)


@is_valid_response.wrong(
    "tokens gives Upgrade with its capital U; use .lower() on each word first."
)
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
    "“no-upgrade” is another word that contains “upgrade”: compare whole words, not parts of the "
    "text."
)
def connection_is_searched(key, head):
    return _valid(connection=lambda words: "upgrade" in ",".join(words).lower())(key, head)


@is_valid_response.wrong("Your function accepts any Accept; compare it with accept_key(key).")
def accept_is_there(key, head):
    return _valid(accept=lambda got, want: got is not None)(key, head)


@is_valid_response.wrong("In base64, A and a are different: compare the Accept exactly.")
def accept_in_small_letters(key, head):
    return _valid(accept=lambda got, want: (got or "").lower() == want.lower())(key, head)


@is_valid_response.wrong("The request offered no subprotocol, so the answer may not choose one.")
def any_subprotocol(key, head):
    return _valid(protocol=False)(key, head)


@is_valid_response.wrong("The request offered no extension, so the answer may not choose one.")
def any_extension(key, head):
    return _valid(extension=False)(key, head)


@is_valid_response.wrong(
    "You do not test subprotocol and extension: the request offered neither, so the answer may "
    "not choose one."
)
def nothing_uninvited(key, head):
    return _valid(protocol=False, extension=False)(key, head)
