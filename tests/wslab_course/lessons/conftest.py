"""What the tests of several lessons need."""

import pytest

from tests.patience import patient
from wslab_course.lessons.chat.grading import grading


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat server that is right is right on a slow machine, too."""
    monkeypatch.setattr(grading, "GRADING_TIMEOUT_S", patient(120))
