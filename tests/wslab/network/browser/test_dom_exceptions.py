"""The browser's exceptions: a class each, and the standard's name and number."""

import pytest

from wslab.errors import WslabError
from wslab.network.browser.dom_exceptions import (
    DOMException,
    DOMSyntaxError,
    InvalidAccessError,
    InvalidStateError,
)


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        (InvalidStateError, "InvalidStateError", 11),
        (DOMSyntaxError, "SyntaxError", 12),
        (InvalidAccessError, "InvalidAccessError", 15),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_name_and_code_are_the_standards(kind: type[DOMException], name: str, code: int) -> None:
    error = kind("what to do next")
    assert (error.name, error.code, str(error)) == (name, code, "what to do next")
    assert isinstance(error, DOMException) and isinstance(error, WslabError)


def test_it_is_not_pythons_syntax_error() -> None:
    assert not issubclass(DOMSyntaxError, SyntaxError)
