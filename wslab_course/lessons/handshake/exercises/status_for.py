"""Exercise status_for of notebook 03, handshake."""

from __future__ import annotations

from collections.abc import Callable

from wslab.protocol.handshake import Request
from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.handshake.exercises.accept_value import SAMPLE_KEY

ALLOWED_ORIGIN = "http://good.example"
_ASKS = {
    "Host": "echo.example",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": SAMPLE_KEY,
    "Sec-WebSocket-Version": "13",
    "Origin": ALLOWED_ORIGIN,
}


def ask_for(target: str, method: str = "GET", **changed: str | None) -> bytes:
    """A valid request for the server of `status_for`, changed; None leaves a header out."""
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
            nudge="There is no Upgrade, and this target has no page.",
        ),
        Case(
            ask_for("/echo", "POST", **_PLAIN),
            expected=405,
            nudge="The list begins with the method.",
        ),
        Case(
            ask_for("/echo"),
            expected=101,
            nudge='This request is valid. Header values are text: the version is "13", not 13.',
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
            nudge="This is not the allowed Origin.",
        ),
        Case(
            ask_for("/echo", Origin=f"{ALLOWED_ORIGIN}.evil.example"),
            expected=403,
            nudge="This Origin only begins like the allowed one: compare the whole value.",
        ),
        Case(
            ask_for("/echo", Key=None),
            expected=400,
            nudge="Either is enough for 400: a missing key, or another version.",
        ),
        Case(ask_for("/echo", Version="12"), expected=400, nudge="The version is 12."),
        Case(
            ask_for("/echo", Version=None),
            expected=400,
            nudge="A missing version is not 13 either.",
        ),
        Case(
            ask_for("/echo", Upgrade="h2c"),
            expected=426,
            nudge="There is an Upgrade, but it does not say websocket.",
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
            nudge="Two things are wrong here; the line that comes first in the list decides.",
        ),
    ],
    hints=[
        "Write the list of the exercise as a chain of `if … : return`, in the same order.",
        "request = Request.parse(head); then request.method, request.target and "
        'request.headers.get("Upgrade", ""), which you compare in small letters.',
        "405 for a method other than GET; without websocket in Upgrade, 200 for / and 426 for "
        "the rest; 400 for a missing key or a version other than 13; 403 for another Origin; "
        "else 101.",
    ],
    why=(
        "A server asks in this order: can HTTP answer the method, was an upgrade asked for, is "
        "the request valid, and last, may this site connect? Only the last answer is your "
        "choice; the protocol gives the others."
    ),
)
def status_for(head: bytes) -> int:
    """Return the status that the guarded server answers with."""
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
    origin: Callable[[str | None], bool] = lambda value: value == ALLOWED_ORIGIN,
    version: bool = True,
) -> int:
    """The reference with one of its decisions changed."""
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


@status_for.wrong("The server answers a plain GET of / with the page: 200, not 426.")
def no_page(head):
    return _status(head, page=False)


@status_for.wrong("You never look at the method: a POST gets 405.")
def any_method(head):
    return _status(head, method=False)


@status_for.wrong("WebSocket with a capital W means the same: compare in small letters.")
def upgrade_with_case(head):
    return _status(head, any_case=False)


@status_for.wrong(
    "You never look at Origin: a request with another Origin, or with none, gets 403."
)
def any_origin(head):
    return _status(head, origin=lambda value: True)


@status_for.wrong("A missing Origin is not the allowed one: that is 403 as well.")
def missing_origin_passes(head):
    return _status(head, origin=lambda value: value in (None, ALLOWED_ORIGIN))


@status_for.wrong(
    "Somebody else owns http://good.example.evil.example: compare the whole Origin, not its start."
)
def origin_prefix(head):
    return _status(head, origin=lambda value: (value or "").startswith(ALLOWED_ORIGIN))


@status_for.wrong("You never look at the version: any other than 13 gets 400.")
def any_version(head):
    return _status(head, version=False)


@status_for.wrong(
    "426 means that the client did not ask for WebSocket. Here it did, with a wrong header: 400."
)
def bad_form_is_426(head):
    return _status(head, form=426)
