"""Exercise origin_allowed of notebook 09, security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from wslab_course.checks.exercises import Case, exercise

_OWN = "https://club.example"


@exercise(
    cases=[
        Case(_OWN, [_OWN], expected=True),
        Case("https://evil.example", [_OWN], expected=False),
        Case(
            "https://evil-club.example",
            ["https://club.example"],
            expected=False,
            nudge="Another host, which anybody can register; only its end is like yours.",
        ),
        Case(
            "https://club.example.evil.example",
            [_OWN],
            expected=False,
            nudge="The host is evil's; it only begins like yours.",
        ),
        Case(
            "https://evil.club.example",
            [_OWN],
            expected=False,
            nudge="A sub-domain is another host, and may belong to somebody else.",
        ),
        Case(
            "https://evil.example:8443/https://club.example",
            [_OWN],
            expected=False,
            nudge="Your origin stands somewhere in it. That does not make it yours.",
        ),
        Case(
            "http://club.example",
            [_OWN],
            expected=False,
            nudge="Without TLS anybody on the way can be that page: the scheme counts.",
        ),  # fmt: skip
        Case(
            "https://club.example:8443",
            [_OWN],
            expected=False,
            nudge="Another port is another server: the port counts.",
        ),
        Case("https://shop.example", [_OWN, "https://shop.example"], expected=True),
        Case(None, [_OWN], expected=False, nudge="No Origin, and None is not in the list."),
        Case(None, [_OWN, None], expected=True, nudge="None is in the list: programs may come."),
        Case(
            "null",
            [_OWN, None],
            expected=False,
            nudge="“null” is what a page without an origin of its own sends: a text, and a page.",
        ),
    ],
    hints=[
        "How much of an origin may differ? Nothing: it is the same, or it is another one.",
        "Neither parse it nor search in it. Which operator asks whether a list holds a value?",
        "None is a value that a list can hold as well. So one line does for all cases.",
    ],
    why=(
        "An origin is scheme, host and port, and a browser writes it in one way only. So whole "
        "texts are compared, and every clever comparison lets somebody in."
    ),
)
def origin_allowed(origin: str | None, allowed: list) -> bool:
    """Tell whether a handshake with this Origin may go on."""
    return origin in allowed


def _some(test: Callable[[str, str], bool]) -> Callable[[Any, list], bool]:
    """origin_allowed with another comparison of two origins."""

    def origin_allowed(origin: Any, allowed: list) -> bool:
        if origin is None:
            return None in allowed
        return any(test(origin, own) for own in allowed if own is not None)

    return origin_allowed


@origin_allowed.wrong(
    "endswith on the host lets evil-club.example in: anybody can register that name."
)
def ends_like_it(origin, allowed):
    return _some(
        lambda it, own: it.startswith("https:") and it.endswith(own.removeprefix("https://"))
    )(origin, allowed)


@origin_allowed.wrong("startswith lets club.example.evil.example in: its owner is evil.example.")
def begins_like_it(origin, allowed):
    return _some(lambda it, own: it.startswith(own))(origin, allowed)


@origin_allowed.wrong("A search finds your origin inside a longer one. Compare the whole text.")
def contains_it(origin, allowed):
    return _some(lambda it, own: own in it)(origin, allowed)


@origin_allowed.wrong("You compare hosts alone: scheme and port are part of an origin.")
def host_alone(origin, allowed):
    return _some(lambda it, own: urlsplit(it).hostname == urlsplit(own).hostname)(origin, allowed)


@origin_allowed.wrong("The port is missing in your comparison: 8443 is another server.")
def without_the_port(origin, allowed):
    def test(it: str, own: str) -> bool:
        one, other = urlsplit(it), urlsplit(own)
        return (one.scheme, one.hostname) == (other.scheme, other.hostname)

    return _some(test)(origin, allowed)


@origin_allowed.wrong("The scheme is missing in your comparison: http can be forged on the way.")
def without_the_scheme(origin, allowed):
    return _some(lambda it, own: it.partition("://")[2] == own.partition("://")[2])(origin, allowed)


@origin_allowed.wrong("A sub-domain is another origin, and not always in the same hands.")
def with_sub_domains(origin, allowed):
    def test(it: str, own: str) -> bool:
        scheme, _, host = own.partition("://")
        return it == own or it.startswith(f"{scheme}://") and it.endswith("." + host)

    return _some(test)(origin, allowed)


@origin_allowed.wrong("You let everybody in who sends no Origin; do so only if None is listed.")
def missing_is_fine(origin, allowed):
    return origin is None or origin in allowed


@origin_allowed.wrong("You refuse who sends no Origin in any case; None may be in the list.")
def missing_is_never_fine(origin, allowed):
    return origin is not None and origin in allowed


@origin_allowed.wrong("“null” is not a missing header: a page in a sandbox sends it, any page's.")
def null_is_missing(origin, allowed):
    return (None if origin == "null" else origin) in allowed
