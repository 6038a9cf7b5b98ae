"""README's table of notebooks, made from the notebooks' own metadata.

Each notebook carries a `wslab` block in its metadata, so that what a notebook
says of itself is written once. `python3 run.py notebooks` refreshes the table.

    title              str    the topic, as in the H1
    minutes_teaching   int
    minutes_exercises  int
    objectives         [str]  what the learner can do afterwards
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from wslab.errors import AuthorError

BEGIN: Final = "<!-- notebooks: made by `python3 run.py notebooks` from their metadata -->"
END: Final = "<!-- /notebooks -->"


@dataclass(frozen=True, slots=True)
class Notebook:
    """What one notebook says of itself."""

    path: Path
    title: str
    minutes_teaching: int
    minutes_exercises: int
    objectives: tuple[str, ...]

    @property
    def number(self) -> str:
        """The two digits that put the notebooks in order."""
        return self.path.name[:2]

    @property
    def minutes(self) -> int:
        """Teaching and exercises together."""
        return self.minutes_teaching + self.minutes_exercises


def read(path: Path) -> Notebook:
    """What one notebook's metadata say. AuthorError when a key is missing or odd."""
    try:
        block = json.loads(path.read_text(encoding="utf-8"))["metadata"]["wslab"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise AuthorError(
            f"{path.name} has no 'wslab' block in its metadata ({type(problem).__name__}: "
            f"{problem}); wslab_course/readme.py lists its keys."
        ) from problem
    wanted = {field.name for field in fields(Notebook)} - {"path"}
    if not isinstance(block, dict) or set(block) != wanted:
        found = sorted(set(block) ^ wanted) if isinstance(block, dict) else type(block).__name__
        raise AuthorError(
            f"{path.name}: the 'wslab' block has other keys than it should: {found}; "
            "wslab_course/readme.py lists them."
        )
    return Notebook(path=path, **{key: _value(path, key, block[key]) for key in block})


def _value(path: Path, key: str, value: Any) -> Any:
    match key:
        case "title":
            fits = isinstance(value, str) and bool(value.strip())
        case "minutes_teaching" | "minutes_exercises":
            fits = type(value) is int and value >= 0
        case _:
            fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not fits:
        raise AuthorError(
            f"{path.name}: {key!r} in the 'wslab' block is {value!r}; "
            "wslab_course/readme.py says what it holds."
        )
    return tuple(value) if isinstance(value, list) else value


def read_all(folder: Path) -> list[Notebook]:
    """All notebooks in a folder, in reading order."""
    return [read(path) for path in sorted(folder.glob("[0-9][0-9]-*.ipynb"))]


def table(notebooks: list[Notebook]) -> str:
    """The notebooks as a Markdown table; empty for no notebooks."""
    if not notebooks:
        return ""
    rows = ["| | notebook | afterwards you can | minutes |", "|---|---|---|---|"]
    for notebook in notebooks:
        link = f"[{_cell(notebook.title)}](notebooks/{notebook.path.name})"
        can = _cell("; ".join(text.strip().rstrip(".") for text in notebook.objectives))
        rows.append(f"| {notebook.number} | {link} | {can} | {notebook.minutes} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def with_table(readme: str, notebooks: list[Notebook]) -> str:
    """README's text with the table between its two markers. AuthorError without markers."""
    return with_between(readme, BEGIN, END, table(notebooks))


def with_between(readme: str, begin: str, end: str, made: str) -> str:
    """README's text with `made`, whole lines, between two markers. AuthorError without them."""
    before, first, rest = readme.partition(begin)
    _, last, after = rest.partition(end)
    if not (first and last):
        raise AuthorError(f"README.md lacks a marker; it needs these two lines:\n{begin}\n{end}")
    between = f"\n\n{made}\n" if made else "\n"
    return before + first + between + last + after


def refresh(root: Path) -> bool:
    """Write the table into README.md under `root`; whether that changed it."""
    readme = root / "README.md"
    before = readme.read_text(encoding="utf-8")
    after = with_table(before, read_all(root / "notebooks"))
    if after == before:
        return False
    readme.write_text(after, encoding="utf-8", newline="\n")
    return True
