"""What every test shares: settings that a slow machine cannot fail, and who runs when and where."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbval.kernel
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.patience import patient
from wslab.network import background

# Two shared cores make any per-example deadline a coin toss; CI repeats the same examples.
settings.register_profile(
    "wslab", deadline=None, derandomize=bool(os.environ.get("CI")), max_examples=25
)
settings.register_profile("nightly", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "wslab"))


def start_new_kernel(start: Any = nbval.kernel.start_new_kernel, **options: Any) -> Any:
    """Start a kernel for nbval; start another if it does not answer.

    Kernels choose free ports and bind them a second later. Meanwhile another of the many
    processes may have taken one, and the kernel never answers.
    """
    options["startup_timeout"] = patient(20)
    try:
        return start(**options)
    except RuntimeError:
        return start(**options)


nbval.kernel.start_new_kernel = start_new_kernel

TESTS = Path(__file__).parent
BROWSER = TESTS / "browser"
GRADING = "tests/wslab_course/lessons/chat/grading"
# Files whose tests are long and need nothing of each other, the longest first.
SPREAD = (
    "tests/whole/test_setup.py",
    "tests/whole/test_run.py",
    "tests/wslab_course/lessons/test_lessons.py",
    "tests/whole/test_solved.py",
    f"{GRADING}/test_grading.py",
    f"{GRADING}/test_endurance_checks.py",
    f"{GRADING}/test_hostile_checks.py",
    f"{GRADING}/test_talk_checks.py",
    "tests/wslab/protocol/rules/test_connection.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first, so that no worker is left alone with one; browser tests come last.

    While playwright's browser is open its event loop counts as running in this
    thread, so no test could start a loop of its own.
    """

    def turn(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return SPREAD.index(file) if file in SPREAD else len(SPREAD)

    items.sort(key=lambda item: (BROWSER in item.path.parents, turn(item)))


def pytest_collection_finish() -> None:
    """What is here now stays; without it `gc.collect()` after a test has little to look through."""
    gc.collect()
    gc.freeze()


class ByFile(LoadFileScheduling):
    """With `-n`, a file is one worker's, so that what it shares is made once; but for `SPREAD`."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in SPREAD else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture
def nothing_goes_wrong_out_of_sight(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fails the test for what failed in the background thread, where nobody saw it.

    A service that does not stop in time is such a failure; on a busy machine it has longer.
    """
    monkeypatch.setattr(background, "STOP_TIMEOUT_S", patient(5))
    background.log.clear()
    yield
    gc.collect()  # an unclosed socket would warn here, and warnings are errors
    assert list(background.log) == []
    others = [r for r in caplog.get_records("call") if not r.name.startswith("wslab")]
    assert [record.message for record in others] == []  # ours are in the log
