"""README's table of notebooks, made from the notebooks' own metadata.

Each notebook carries a `wslab` block in its metadata, so that what a notebook
says of itself is written once. `python3 run.py notebooks` refreshes the table.

    title                 str          the topic, as in the H1
    minutes_teaching      int
    minutes_exercises     int
    questions             [str]        what the learner wonders at the start
    objectives            [str]        what the learner can do afterwards
    key_points            [str]
    prerequisites         ["NN-topic", ...]
    misconceptions        [str]
    skip_when_late        [str]
    typical_wrong_answers [{"answer": str, "say": str}, ...]
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
class WrongAnswer:
    """An answer that learners give, and what an instructor says to it."""

    answer: str
    say: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What one notebook says of itself, for its readers and for its instructors."""

    path: Path
    title: str
    minutes_teaching: int
    minutes_exercises: int
    questions: tuple[str, ...]
    objectives: tuple[str, ...]
    key_points: tuple[str, ...]
    prerequisites: tuple[str, ...]
    misconceptions: tuple[str, ...]
    skip_when_late: tuple[str, ...]
    typical_wrong_answers: tuple[WrongAnswer, ...]

    @property
    def number(self) -> str:
        """The two digits that put the notebooks in order."""
        return self.path.name[:2]

    @property
    def minutes(self) -> int:
        """Teaching and exercises together."""
        return self.minutes_teaching + self.minutes_exercises


def read(path: Path) -> Guide:
    """The guide in one notebook's metadata. AuthorError when a key is missing or odd."""
    try:
        block = json.loads(path.read_text(encoding="utf-8"))["metadata"]["wslab"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise AuthorError(
            f"{path.name} has no 'wslab' block in its metadata ({type(problem).__name__}: "
            f"{problem}); wslab_course/workshop/guide.py lists its keys."
        ) from problem
    wanted = {field.name for field in fields(Guide)} - {"path"}
    if not isinstance(block, dict) or set(block) != wanted:
        found = sorted(set(block) ^ wanted) if isinstance(block, dict) else type(block).__name__
        raise AuthorError(
            f"{path.name}: the 'wslab' block has other keys than it should: {found}; "
            "wslab_course/workshop/guide.py lists them."
        )
    return Guide(path=path, **{key: _value(path, key, block[key]) for key in block})


def _value(path: Path, key: str, value: Any) -> Any:
    match key:
        case "title":
            fits = isinstance(value, str) and bool(value.strip())
        case "minutes_teaching" | "minutes_exercises":
            fits = type(value) is int and value >= 0
        case "typical_wrong_answers":
            fits = isinstance(value, list) and all(_is_wrong_answer(item) for item in value)
        case _:
            fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not fits:
        raise AuthorError(
            f"{path.name}: {key!r} in the 'wslab' block is {value!r}; "
            "wslab_course/workshop/guide.py says what it holds."
        )
    if key == "typical_wrong_answers":
        return tuple(WrongAnswer(**item) for item in value)
    return tuple(value) if isinstance(value, list) else value


def _is_wrong_answer(item: object) -> bool:
    return (
        isinstance(item, dict)
        and set(item) == {"answer", "say"}
        and all(isinstance(text, str) for text in item.values())
    )


def read_all(folder: Path) -> list[Guide]:
    """The guides of all notebooks in a folder, in reading order."""
    return [read(path) for path in sorted(folder.glob("[0-9][0-9]-*.ipynb"))]


def table(guides: list[Guide]) -> str:
    """The notebooks as a Markdown table; empty for no notebooks."""
    if not guides:
        return ""
    rows = ["| | notebook | afterwards you can | minutes |", "|---|---|---|---|"]
    for guide in guides:
        link = f"[{_cell(guide.title)}](notebooks/{guide.path.name})"
        can = _cell("; ".join(text.strip().rstrip(".") for text in guide.objectives))
        rows.append(f"| {guide.number} | {link} | {can} | {guide.minutes} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def with_table(readme: str, guides: list[Guide]) -> str:
    """README's text with the table between its two markers. AuthorError without markers."""
    return with_between(readme, BEGIN, END, table(guides))


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
