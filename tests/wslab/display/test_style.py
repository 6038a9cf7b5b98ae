"""The style sheet reaches no further than its fragment, and needs nothing from outside."""

from __future__ import annotations

import re

from wslab.display.style import STYLE


def test_every_rule_stands_below_our_class() -> None:
    rules = re.sub(r"@container wslab [^{]*{", "", STYLE).split("}")
    selectors = [part.strip() for rule in rules for part in rule.partition("{")[0].split(",")]
    assert len(selectors) > 20
    assert [part for part in selectors if part and not part.startswith(".wslab")] == []


def test_nothing_comes_from_outside_and_nothing_moves() -> None:
    for word in ("url(", "@import", "http", "animation", "transition", "<"):
        assert word not in STYLE
