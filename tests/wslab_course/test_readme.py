"""README's table is what the notebooks say of themselves."""

import json
from pathlib import Path

import pytest

from wslab.errors import AuthorError
from wslab_course import readme

ROOT = Path(__file__).parents[2]

BLOCK = {
    "title": "Frames",
    "minutes_teaching": 30,
    "minutes_exercises": 25,
    "objectives": ["decode a frame by hand.", "tell a | from a bar"],
}


def save(folder: Path, name: str, metadata: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps({"cells": [], "metadata": metadata}), encoding="utf-8")
    return path


def test_a_notebook_says_what_it_is(tmp_path):
    made = readme.read(save(tmp_path, "04-frames.ipynb", {"wslab": BLOCK}))
    assert (made.number, made.title, made.minutes) == ("04", "Frames", 55)
    assert made.objectives == ("decode a frame by hand.", "tell a | from a bar")


@pytest.mark.parametrize("metadata", [{}, {"wslab": {}}, {"wslab": []}, [], None], ids=repr)
def test_a_missing_block_names_the_notebook(tmp_path, metadata):
    with pytest.raises(AuthorError, match="04-frames.ipynb"):
        readme.read(save(tmp_path, "04-frames.ipynb", metadata))


@pytest.mark.parametrize("key", BLOCK)
def test_a_missing_key_is_named(tmp_path, key):
    block = {name: value for name, value in BLOCK.items() if name != key}
    with pytest.raises(AuthorError, match=rf"04-frames.ipynb.*{key}"):
        readme.read(save(tmp_path, "04-frames.ipynb", {"wslab": block}))


def test_a_misspelt_key_is_named(tmp_path):
    with pytest.raises(AuthorError, match="minutes_teching"):
        readme.read(save(tmp_path, "04-x.ipynb", {"wslab": {**BLOCK, "minutes_teching": 3}}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", ""),
        ("title", 4),
        ("minutes_teaching", "30"),
        ("minutes_teaching", True),
        ("minutes_exercises", -1),
        ("objectives", "decode"),
        ("objectives", [1]),
    ],
    ids=str,
)
def test_an_odd_value_is_named(tmp_path, key, value):
    with pytest.raises(AuthorError, match=rf"04-x.ipynb: '{key}'"):
        readme.read(save(tmp_path, "04-x.ipynb", {"wslab": {**BLOCK, key: value}}))


def test_a_notebook_that_is_no_json(tmp_path):
    path = tmp_path / "04-x.ipynb"
    path.write_text("<<<<<<< a merge that went wrong")
    with pytest.raises(AuthorError, match="04-x.ipynb"):
        readme.read(path)


def test_the_table_in_reading_order(tmp_path):
    save(tmp_path, "04-frames.ipynb", {"wslab": BLOCK})
    save(tmp_path, "00-start.ipynb", {"wslab": {**BLOCK, "title": "Start", "objectives": ["run"]}})
    save(tmp_path, "Untitled.ipynb", {})
    assert readme.table(readme.read_all(tmp_path)) == (
        "| | notebook | afterwards you can | minutes |\n"
        "|---|---|---|---|\n"
        "| 00 | [Start](notebooks/00-start.ipynb) | run | 55 |\n"
        "| 04 | [Frames](notebooks/04-frames.ipynb) "
        "| decode a frame by hand; tell a \\| from a bar | 55 |\n"
    )


def test_readme_is_refreshed_once_and_keeps_the_rest(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"# Title\n\n{readme.BEGIN}\nold\n{readme.END}\n\nthe rest\n", encoding="utf-8")
    save(tmp_path / "notebooks", "04-frames.ipynb", {"wslab": BLOCK})
    assert readme.refresh(tmp_path) is True
    assert readme.refresh(tmp_path) is False
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# Title\n\n{readme.BEGIN}\n\n| | notebook |")
    assert text.endswith(f"| 55 |\n\n{readme.END}\n\nthe rest\n") and "old" not in text


def test_no_notebook_makes_no_table():
    assert (
        readme.with_table(readme.BEGIN + "old" + readme.END, []) == f"{readme.BEGIN}\n{readme.END}"
    )


@pytest.mark.parametrize(
    "text", ["", readme.BEGIN, readme.END, readme.END + readme.BEGIN], ids=repr
)
def test_a_readme_without_markers(text):
    with pytest.raises(AuthorError, match="README.md lacks a marker"):
        readme.with_table(text, [])


def test_readme_holds_the_table_of_the_notebooks_as_they_are():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    fresh = readme.with_table(text, readme.read_all(ROOT / "notebooks"))
    assert text == fresh, "README's table is stale; next: python3 run.py notebooks"
