"""The catalogue: each row spelled a second time, in bytes, and its words held against the rules."""

import pytest

from tests.wslab.network.rogue.rogue_bytes import ANSWERS, TAILS, spelled
from tests.wslab.network.rogue.rogue_wire import REQUEST
from wslab.network.rogue.behaviour import LOSES, REFUSES, Behaviour, BehaviourEnd, closes, fails
from wslab.network.rogue.catalogue import _ACTS, CATALOGUE
from wslab.protocol.frames import CloseCode
from wslab.protocol.rules.frames import FRAME_RULES, SESSION_RULES
from wslab.protocol.rules.handshake import RULES

HANDSHAKE_RULES = {rule.name for rule in RULES}
CODES = {rule.name: rule.answer for rule in (*FRAME_RULES, *SESSION_RULES)}

every_act = pytest.mark.parametrize("act", CATALOGUE.values(), ids=list(CATALOGUE))


@every_act
def test_these_bytes_answer_the_sample_request(act: Behaviour) -> None:
    assert (act.answer(REQUEST), act.tail) == spelled(act.name)


@every_act
def test_the_rule_exists_and_what_answers_it_agrees(act: Behaviour) -> None:
    if act.name in ("body-in-101", "talk-after-close"):
        # The server is at fault, and the client is asked to look away (RFC 9110 §15.2; §1.4).
        assert act.rule in HANDSHAKE_RULES | CODES.keys()
        assert act.duty == closes(CloseCode.NORMAL_CLOSURE)
    elif act.rule == "close-is-answered":
        assert act.duty[::2] == LOSES[::2]  # there is no code that could answer silence
    elif act.rule in HANDSHAKE_RULES:
        assert act.duty == REFUSES
    elif act.rule:
        assert act.duty == fails(CODES[act.rule])
    else:
        assert (
            act.legal
            or act.duty in (REFUSES, closes(CloseCode.NORMAL_CLOSURE))
            or (act.duty[::2] == LOSES[::2])
        )


@every_act
def test_a_row_says_where_it_is_written(act: Behaviour) -> None:
    assert act.rfc.startswith("RFC ") and "§" in act.rfc
    assert act.sends and not act.sends.endswith(".")
    assert not (act.legal and act.rule), "a legal act breaks no rule"
    assert act.offer in ("", "permessage-deflate")


def test_names_are_unique_and_in_good_order() -> None:
    assert len(CATALOGUE) == len(_ACTS) == 48
    assert all(name == act.name for name, act in CATALOGUE.items())
    assert not (ANSWERS.keys() | TAILS.keys()) - CATALOGUE.keys()


def test_every_ending_is_used() -> None:
    assert {act.ending for act in CATALOGUE.values()} == set(BehaviourEnd)
