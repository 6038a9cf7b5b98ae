"""The shape of an exercise's function: its stub, and whether an attempt fits it.

The stub is read from the reference's own source, so that signature and docstring
are written once.
"""

from __future__ import annotations

import ast
import dis
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from wslab.errors import AuthorError


def _nothing() -> None: ...


async def _nothing_async() -> None: ...


# What this interpreter makes of an empty body: each version has opcodes of its own for it.
_EMPTY_STEPS = [
    (step.opname, step.argval)
    for empty in (_nothing, _nothing_async)
    for step in dis.get_instructions(empty)
]
# What only marks a place or prepares variables: an empty function has these as well when it
# has several statements that do nothing, or variables of a function around it.
_NEUTRAL_OPS = {"NOP", "CACHE", "RESUME", "MAKE_CELL", "COPY_FREE_VARS"}


def read(reference: Callable[..., Any]) -> tuple[str, str]:
    """The source of a function without its decorators, and the stub made from it.

    Raises AuthorError when there is no source, no docstring, or header and body
    share a line.
    """
    name = reference.__name__
    try:
        text = textwrap.dedent(inspect.getsource(reference))
        node = _function(text)
    except (OSError, TypeError, SyntaxError) as error:
        raise AuthorError(f"exercise {name}: its reference has no source: {error}") from error
    doc = inspect.getdoc(reference)
    if not doc:
        raise AuthorError(f"exercise {name}: its reference needs a one-line docstring")
    lines = text.splitlines()
    header = lines[node.lineno - 1 : node.body[0].lineno - 1]
    if not header:
        raise AuthorError(f"exercise {name}: put the body of its reference on its own lines")
    source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
    return source, "\n".join([*header, f'    """{doc.splitlines()[0]}"""', "    ..."])


def is_empty(attempt: Callable[..., Any]) -> bool:
    """Whether nothing was written: the body is only ``...``, ``pass`` or a docstring.

    The bytecode decides, as it is always there. ``return None`` compiles to the same,
    so where there is source, that has the last word.
    """
    attempt = inspect.unwrap(attempt)
    code = getattr(attempt, "__code__", None)
    if code is None:
        return False
    for step in dis.get_instructions(code):
        if step.opname not in _NEUTRAL_OPS and (step.opname, step.argval) not in _EMPTY_STEPS:
            return False
    try:
        body = _function(textwrap.dedent(inspect.getsource(attempt))).body
    except (OSError, TypeError, SyntaxError):
        return True
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in body
    )


def misfit(attempt: Any, reference: Callable[..., Any]) -> str:
    """One sentence when the attempt cannot be called as the reference is, else ""."""
    name = reference.__name__
    if not callable(attempt):
        return (
            f"check() got {type(attempt).__name__}, expected the function itself: "
            f"lesson.{name}.check({name}), without parentheses after {name}."
        )
    is_async, wants_async = map(inspect.iscoroutinefunction, (attempt, reference))
    if wants_async and not is_async:
        return f"{name} is a plain function here; begin it with `async def`."
    if is_async and not wants_async:
        return f"{name} is a coroutine function here; begin it with `def`, without `async`."
    want = inspect.signature(reference)
    try:
        have = inspect.signature(attempt)
    except (TypeError, ValueError):
        return ""
    if _takes(have, want):
        return ""
    return f"{name} takes {_plain(want)}; yours takes {_plain(have)}."


def _takes(have: inspect.Signature, want: inspect.Signature) -> bool:
    """Whether ``have`` accepts the calls that ``want`` accepts, by position."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    places = [p for p in want.parameters.values() if p.kind in kinds]
    needed = [p for p in places if p.default is inspect.Parameter.empty]
    try:
        have.bind(*needed)
        have.bind(*places)
    except TypeError:
        return False
    return True


def _plain(signature: inspect.Signature) -> str:
    return f"({', '.join(signature.parameters)})"


def _function(text: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node
    raise SyntaxError("no def in it")
