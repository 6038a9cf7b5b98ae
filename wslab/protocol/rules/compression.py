"""How permessage-deflate is negotiated, one function per rule (RFC 7692 §5, §7.1).

A client makes one or more offers; a server answers at most one. A server
declines a faulty offer by not answering it; a client fails the connection
after a faulty answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from wslab.protocol.frames import Side
from wslab.protocol.handshake import DEFLATE, WINDOW_BITS, Extension, Handshake
from wslab.protocol.rules.rule import FAIL, Outcome, Rules

DEFLATE_RULES: Final = Rules[Handshake]()
_rule = DEFLATE_RULES.rule

DECLINE: Final = "the server declines this offer"

SERVER_BITS: Final = "server_max_window_bits"
CLIENT_BITS: Final = "client_max_window_bits"
SERVER_RESETS: Final = "server_no_context_takeover"
CLIENT_RESETS: Final = "client_no_context_takeover"
_DEFINED: Final = (SERVER_RESETS, CLIENT_RESETS, SERVER_BITS, CLIENT_BITS)


def _offers(at: Handshake) -> list[Extension]:
    return [offer for offer in at.offered_extensions if offer.name == DEFLATE]


def _answers(at: Handshake) -> list[Extension]:
    return [answer for answer in at.extensions if answer.name == DEFLATE] if at.upgraded else []


def _each(seen: list[Extension], faults: Callable[[Extension], list[str]]) -> Outcome:
    """Apply the same test to every offer or answer."""
    if not seen:
        return None
    found = [fault for extension in seen for fault in faults(extension)]
    return not found, ", ".join(found or map(str, seen))


def _undefined(extension: Extension) -> list[str]:
    return [name for name, _ in extension.params if name not in _DEFINED]


def _repeated(extension: Extension) -> list[str]:
    counts = Counter(name for name, _ in extension.params)
    return [f"{name} {count} times" for name, count in counts.items() if count > 1]


def _invalid_in_offer(extension: Extension) -> list[str]:
    return [_written(*param) for param in extension.params if not _is_valid(*param, offer=True)]


def _invalid_in_answer(extension: Extension) -> list[str]:
    return [_written(*param) for param in extension.params if not _is_valid(*param, offer=False)]


def _is_valid(name: str, value: str | None, *, offer: bool) -> bool:
    if name in (SERVER_RESETS, CLIENT_RESETS) or (offer and name == CLIENT_BITS and value is None):
        return value is None
    return name not in _DEFINED or value in WINDOW_BITS


def _written(name: str, value: str | None) -> str:
    return name if value is None else f"{name}={value}"


_WINDOWS: Final = (
    "window bits are 8 to 15 without leading zeros, and no_context_takeover has no value"
)


@_rule(
    "RFC 7692 §7.1", "an offer uses only the four defined parameters", DECLINE, sender=Side.CLIENT
)
def deflate_offer_is_defined(at: Handshake) -> Outcome:
    return _each(_offers(at), _undefined)


@_rule("RFC 7692 §7.1", "an offer repeats no parameter", DECLINE, sender=Side.CLIENT)
def deflate_offer_does_not_repeat(at: Handshake) -> Outcome:
    return _each(_offers(at), _repeated)


@_rule("RFC 7692 §7.1", f"in an offer, {_WINDOWS}", DECLINE, sender=Side.CLIENT)
def deflate_offer_has_valid_values(at: Handshake) -> Outcome:
    return _each(_offers(at), _invalid_in_offer)


@_rule("RFC 7692 §5", "a server answers permessage-deflate at most once", FAIL, sender=Side.SERVER)
def deflate_is_answered_once(at: Handshake) -> Outcome:
    answers = _answers(at)
    return (len(answers) == 1, ", ".join(map(str, answers))) if answers else None


@_rule("RFC 7692 §7.1", "an answer uses only the four defined parameters", FAIL, sender=Side.SERVER)
def deflate_answer_is_defined(at: Handshake) -> Outcome:
    return _each(_answers(at), _undefined)


@_rule("RFC 7692 §7.1", "an answer repeats no parameter", FAIL, sender=Side.SERVER)
def deflate_answer_does_not_repeat(at: Handshake) -> Outcome:
    return _each(_answers(at), _repeated)


@_rule("RFC 7692 §7.1", f"in an answer, {_WINDOWS}", FAIL, sender=Side.SERVER)
def deflate_answer_has_valid_values(at: Handshake) -> Outcome:
    return _each(_answers(at), _invalid_in_answer)


@_rule(
    "RFC 7692 §7.1.2.2",
    f"an answer has {CLIENT_BITS} only if the client offered it",
    FAIL,
    sender=Side.SERVER,
)
def deflate_client_window_was_offered(at: Handshake) -> Outcome:
    answers = [str(answer) for answer in _answers(at) if CLIENT_BITS in dict(answer.params)]
    if not answers:
        return None
    offered = any(CLIENT_BITS in dict(offer.params) for offer in _offers(at))
    return offered, f"{', '.join(answers)} in answer to the {_all_offers(at)}"


@_rule(
    "RFC 7692 §7.1.1.1, §7.1.2",
    "an answer grants what a valid offer asks for: no context takeover, windows no larger",
    FAIL,
    sender=Side.SERVER,
)
def deflate_answer_grants_an_offer(at: Handshake) -> Outcome:
    answers, offers = _answers(at), _offers(at)
    if not answers or not offers:
        return None
    if not any(CLIENT_BITS in dict(offer.params) for offer in offers):
        # The rule above already reports this, so it does not count here.
        offers = [Extension(DEFLATE, (*offer.params, (CLIENT_BITS, None))) for offer in offers]
    valid = [o for o in offers if not (_undefined(o) or _repeated(o) or _invalid_in_offer(o))]
    granted = all(any(_grants(answer, offer) for offer in valid) for answer in answers)
    return granted, f"{', '.join(map(str, answers))} in answer to the {_all_offers(at)}"


def _grants(answer: Extension, offer: Extension) -> bool:
    granted, asked = dict(answer.params), dict(offer.params)
    if CLIENT_BITS in granted and CLIENT_BITS not in asked:
        return False
    if SERVER_RESETS in asked and SERVER_RESETS not in granted:
        return False
    if SERVER_BITS in asked and SERVER_BITS not in granted:
        return False
    return all(
        _bits(granted.get(name)) <= _bits(asked.get(name))
        for name in (SERVER_BITS, CLIENT_BITS)
        if name in granted
    )


def _bits(value: str | None) -> int:
    """The window, in bits, that a parameter sets; the largest if it has no valid value."""
    return WINDOW_BITS.get(value or "", 15)


def _all_offers(at: Handshake) -> str:
    return f"offer {', '.join(map(str, _offers(at)))}"
