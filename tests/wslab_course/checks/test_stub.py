"""The stub is read from the reference; attempts are told from stubs by what they do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from wslab.errors import AuthorError
from wslab_course.checks import stub


def compiled(source: str) -> Callable[..., Any]:
    """A function without source, as from exec."""
    space: dict[str, Any] = {}
    exec(source, space)
    return space["f"]


def reference(
    data: bytes,
    key: bytes = b"1234",
) -> bytes:
    """One line.

    More lines.
    """
    return data


async def aio(x: int) -> int:
    """Awaits."""
    return x


def test_the_stub_keeps_the_header_and_one_line_of_the_docstring() -> None:
    source, text = stub.read(reference)
    assert text == (
        'def reference(\n    data: bytes,\n    key: bytes = b"1234",\n) -> bytes:\n'
        '    """One line."""\n    ...'
    )
    assert source.startswith("def reference(") and source.endswith("return data")
    assert stub.read(aio)[1] == 'async def aio(x: int) -> int:\n    """Awaits."""\n    ...'


def test_decorators_are_no_part_of_it() -> None:
    @functools.lru_cache
    @functools.wraps(aio)
    def decorated(x):
        """It is."""
        return x

    source, _ = stub.read(decorated.__wrapped__)
    assert source == 'async def aio(x: int) -> int:\n    """Awaits."""\n    return x'


def test_a_reference_that_cannot_be_read_is_the_authors_mistake() -> None:
    with pytest.raises(AuthorError, match="no source"):
        stub.read(compiled("def f():\n    'x'"))

    def silent():
        return 1

    with pytest.raises(AuthorError, match="docstring"):
        stub.read(silent)

    def flat(): "One line."  # fmt: skip  # noqa: E704

    with pytest.raises(AuthorError, match="own lines"):
        stub.read(flat)


EMPTY = [
    "def f(a, b): ...",
    "def f(a): pass",
    'def f(a):\n    "doc"',
    'def f(a):\n    "doc"\n    ...',
    'def f(a):\n    "doc"\n    pass\n    ...\n    pass',
    "async def f(a): ...",
    'async def f(a):\n    "doc"\n    ...',
    "def f(a, *b, c=3, **d) -> int: ...",
    'def f(a):\n    "a docstring that the learner changed"\n    ...',
    "class C:\n    def m(self, a): ...\nf = C().m",
    "class C:\n    async def m(self, a):\n        'doc'\n        ...\nf = C.m",
    "def g(x):\n    def f(a):\n        nonlocal x\n        ...\n    return f\nf = g(1)",
    "def g(x):\n    async def f(a):\n        nonlocal x\n        ...\n    return f\nf = g(1)",
]
WRITTEN = [
    "def f(a): return a",
    "def f(a): return 5",
    "def f(a): return b''",
    "def f(a): return ...",
    "def f(a): x = 1",
    "def f(a): raise NotImplementedError",
    "def f(a): yield",
    "def f(a): a",
    "def f(a):\n    while True: pass",
    "async def f(a): return 1",
    "async def f(a): await a",
    "f = lambda a: a",
    "f = lambda a: ...",
    "f = lambda a: 0",
    "def f(a): return 0",
    "def f(a): return 1",
    "def f(a): return True",
    "def f(a): return False",
    "def f(a): return ''",
    "def f(a): return ()",
    'def f(a):\n    "doc"\n    return "doc"',
    "async def f(a): return ...",
    "async def f(a): return 0",
    "async def f(a): yield",
    "async def f(a): raise ValueError",
    "def f(a):\n    ...\n    def inner(): ...",
    "def f(a):\n    ...\n    def inner(): return a",
    "class C:\n    def m(self): return self\nf = C().m",
    "def g(x):\n    def f(a): return x\n    return f\nf = g(1)",
]


@pytest.mark.parametrize("source", EMPTY)
def test_nothing_written_is_seen(source: str) -> None:
    assert stub.is_empty(compiled(source))


@pytest.mark.parametrize("source", WRITTEN)
def test_something_written_is_seen(source: str) -> None:
    assert not stub.is_empty(compiled(source))


def test_with_source_even_return_none_is_an_attempt() -> None:
    def none(x):
        """Doc."""
        return None

    def empty(x):
        """Doc."""
        # a comment
        ...

    @functools.wraps(empty)
    def wrapped(x):
        return empty(x)

    def reworded(x):
        """The learner wrote this line anew, and nothing else."""
        ...

    class Holder:
        def method(self, x):
            """Doc."""
            ...

        def none(self, x):
            return None

    assert not stub.is_empty(none) and not stub.is_empty(Holder().none)
    assert stub.is_empty(reworded) and stub.is_empty(Holder().method)
    assert stub.is_empty(empty) and stub.is_empty(wrapped)
    assert not stub.is_empty(len) and not stub.is_empty(functools.partial(empty, 1))


def test_a_misfit_is_one_sentence() -> None:
    def short(data): ...

    def other_names(a, b=None): ...

    def anything(*args): ...

    def keyword_only(data, *, key): ...

    assert stub.misfit(other_names, reference) == stub.misfit(anything, reference) == ""
    assert stub.misfit(short, reference) == "reference takes (data, key); yours takes (data)."
    assert "yours takes (data, key)" in stub.misfit(keyword_only, reference)
    assert "begin it with `async def`" in stub.misfit(short, aio)
    assert "without `async`" in stub.misfit(aio, reference)
    assert stub.misfit(b"", reference).startswith("check() got bytes")
    assert "lesson.reference.check(reference)" in stub.misfit(None, reference)
    assert stub.misfit(dict, reference) == ""  # a built-in without a signature
