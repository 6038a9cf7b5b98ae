"""A fresh Python prints what its code prints, and a failure is told in its own words."""

import pytest

from wslab.errors import WslabError
from wslab_course.lessons.start.fresh_python import fresh_python


def test_it_prints_what_the_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    fresh_python("print('Grüße'); print(6 * 7)")
    assert capsys.readouterr().out == "Grüße\n42\n"


def test_a_failure_is_quoted() -> None:
    with pytest.raises(WslabError, match="ZeroDivisionError"):
        fresh_python("1 / 0")
