"""What every test shares: settings that a slow machine cannot fail, and one rule of order."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from wslab.network import background

# Two shared cores make any per-example deadline a coin toss; CI repeats the same examples.
settings.register_profile("wslab", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("wslab")

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last.

    While playwright's browser is open its event loop counts as running in this
    thread, so no test could start a loop of its own.
    """
    items.sort(key=lambda item: BROWSER in item.path.parents)


@pytest.fixture
def nothing_goes_wrong_out_of_sight(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails the test for what failed in the background thread, where nobody saw it."""
    background.log.clear()
    yield
    gc.collect()  # an unclosed socket would warn here, and warnings are errors
    assert list(background.log) == []
    others = [r for r in caplog.get_records("call") if not r.name.startswith("wslab")]
    assert [record.message for record in others] == []  # ours are in the log
