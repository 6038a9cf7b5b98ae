"""The browser's WebSocket in Python: every script writes the log that the standard wants."""

from collections.abc import Iterator

import pytest

from tests.network.api_player import play
from tests.network.api_scripts import SCRIPTS, Script
from tests.network.api_servers import Addresses, serving


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with serving() as addresses:
        yield addresses


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
async def test_the_log_is_the_standards(script: Script, addresses: Addresses) -> None:
    log = await play(addresses.fill(script.steps))
    assert addresses.hide(log) == script.log


def test_names_are_used_once() -> None:
    names = [script.name for script in SCRIPTS]
    assert len(set(names)) == len(names)
