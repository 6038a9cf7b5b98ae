"""The tree of exceptions is as its docstring draws it, and a notebook shows one sentence."""

from __future__ import annotations

import pytest

from wslab import errors


def test_the_docstring_draws_the_tree_that_is() -> None:
    made = {
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, Exception)
    }
    drawn = {word for word in (errors.__doc__ or "").split() if word in made}
    assert drawn == made and len(made) == 5
    assert all(issubclass(getattr(errors, name), errors.WslabError) for name in made)


def test_a_notebook_shows_the_sentence_and_no_call_stack() -> None:
    shell = pytest.importorskip("IPython.core.interactiveshell")
    error = errors.NotRunning("tap is not running; call tap.start() first")
    assert error._render_traceback_() == ["NotRunning: tap is not running; call tap.start() first"]
    assert hasattr(shell.InteractiveShell, "showtraceback")  # which looks for that method
