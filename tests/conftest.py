"""What every test shares: settings that a slow machine cannot fail, and one rule of order."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

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
