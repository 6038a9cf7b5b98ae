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
            nudge="This is another host, which anyone can register; only its end is like yours.",
        ),
        Case(
            "https://club.example.evil.example",
            [_OWN],
            expected=False,
            nudge="The host belongs to evil.example; it only begins like yours.",
        ),
        Case(
            "https://evil.club.example",
            [_OWN],
            expected=False,
            nudge="A sub-domain is another host, and may belong to another owner.",
        ),
        Case(
            "https://evil.example:8443/https://club.example",
            [_OWN],
            expected=False,
            nudge="It contains your origin, but it is another origin.",
        ),
        Case(
            "http://club.example",
            [_OWN],
            expected=False,
            nudge="Without TLS, anyone on the way can send that page: compare the scheme, too.",
        ),  # fmt: skip
        Case(
            "https://club.example:8443",
            [_OWN],
            expected=False,
            nudge="Another port is another server: compare the port, too.",
        ),
        Case("https://shop.example", [_OWN, "https://shop.example"], expected=True),
        Case(
            None, [_OWN], expected=False, nudge="There is no Origin, and None is not in the list."
        ),
        Case(
            None, [_OWN, None], expected=True, nudge="None is in the list, so programs may connect."
        ),
        Case(
            "null",
            [_OWN, None],
            expected=False,
            nudge="A page without its own origin sends the text “null”; it is not a missing "
            "Origin.",
        ),
    ],
    hints=[
        "No part of an origin may differ: it is the same, or it is another one.",
        "Do not parse it or search in it. Which operator tests whether a list holds a value?",
        "A list can hold None as well. So one line is enough for all cases.",
    ],
    why=(
        "An origin is scheme, host and port, and a browser writes it in only one way. So compare "
        "the whole text; every looser comparison lets a wrong origin in."
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
    "endswith on the host lets evil-club.example in: anyone can register that name."
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


@origin_allowed.wrong("You compare only the hosts: scheme and port are part of an origin, too.")
def host_alone(origin, allowed):
    return _some(lambda it, own: urlsplit(it).hostname == urlsplit(own).hostname)(origin, allowed)


@origin_allowed.wrong("Your comparison ignores the port: 8443 is another server.")
def without_the_port(origin, allowed):
    def test(it: str, own: str) -> bool:
        one, other = urlsplit(it), urlsplit(own)
        return (one.scheme, one.hostname) == (other.scheme, other.hostname)

    return _some(test)(origin, allowed)


@origin_allowed.wrong(
    "Your comparison ignores the scheme: a page over http can be forged on the way."
)
def without_the_scheme(origin, allowed):
    return _some(lambda it, own: it.partition("://")[2] == own.partition("://")[2])(origin, allowed)


@origin_allowed.wrong("A sub-domain is another origin, and may have another owner.")
def with_sub_domains(origin, allowed):
    def test(it: str, own: str) -> bool:
        scheme, _, host = own.partition("://")
        return it == own or it.startswith(f"{scheme}://") and it.endswith("." + host)

    return _some(test)(origin, allowed)


@origin_allowed.wrong(
    "You accept every request without an Origin; do so only if None is in the list."
)
def missing_is_fine(origin, allowed):
    return origin is None or origin in allowed


@origin_allowed.wrong(
    "You refuse every request without an Origin; accept it if None is in the list."
)
def missing_is_never_fine(origin, allowed):
    return origin is not None and origin in allowed


@origin_allowed.wrong("“null” is not a missing header: any page in a sandbox sends it.")
def null_is_missing(origin, allowed):
    return (None if origin == "null" else origin) in allowed
