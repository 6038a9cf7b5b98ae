"""README's table is what the notebooks say of themselves."""

import json
from pathlib import Path

import pytest

from wslab.errors import AuthorError
from wslab_course.workshop import guide
from wslab_course.workshop.guide import WrongAnswer

ROOT = Path(__file__).parents[3]

BLOCK = {
    "title": "Frames",
    "minutes_teaching": 30,
    "minutes_exercises": 25,
    "questions": ["Why does a client mask?"],
    "objectives": ["decode a frame by hand.", "tell a | from a bar"],
    "key_points": ["A frame is 2 to 14 header bytes and a payload."],
    "prerequisites": ["03-handshake"],
    "misconceptions": ["masking is encryption"],
    "skip_when_late": ["the cache"],
    "typical_wrong_answers": [{"answer": "it encrypts", "say": "the key travels along"}],
}


def save(folder: Path, name: str, metadata: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps({"cells": [], "metadata": metadata}), encoding="utf-8")
    return path


def test_a_notebook_says_what_it_is(tmp_path):
    made = guide.read(save(tmp_path, "04-frames.ipynb", {"wslab": BLOCK}))
    assert (made.number, made.title, made.minutes) == ("04", "Frames", 55)
    assert made.prerequisites == ("03-handshake",)
    assert made.typical_wrong_answers == (WrongAnswer("it encrypts", "the key travels along"),)


@pytest.mark.parametrize("metadata", [{}, {"wslab": {}}, {"wslab": []}, [], None], ids=repr)
def test_a_missing_block_names_the_notebook(tmp_path, metadata):
    with pytest.raises(AuthorError, match="04-frames.ipynb"):
        guide.read(save(tmp_path, "04-frames.ipynb", metadata))


@pytest.mark.parametrize("key", BLOCK)
def test_a_missing_key_is_named(tmp_path, key):
    block = {name: value for name, value in BLOCK.items() if name != key}
    with pytest.raises(AuthorError, match=rf"04-frames.ipynb.*{key}"):
        guide.read(save(tmp_path, "04-frames.ipynb", {"wslab": block}))


def test_a_misspelt_key_is_named(tmp_path):
    with pytest.raises(AuthorError, match="minutes_teching"):
        guide.read(save(tmp_path, "04-x.ipynb", {"wslab": {**BLOCK, "minutes_teching": 3}}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", ""),
        ("title", 4),
        ("minutes_teaching", "30"),
        ("minutes_teaching", True),
        ("minutes_exercises", -1),
        ("questions", "why?"),
        ("objectives", [1]),
        ("typical_wrong_answers", ["it encrypts"]),
        ("typical_wrong_answers", [{"answer": "it encrypts"}]),
        ("typical_wrong_answers", [{"answer": "it encrypts", "say": None}]),
    ],
    ids=str,
)
def test_an_odd_value_is_named(tmp_path, key, value):
    with pytest.raises(AuthorError, match=rf"04-x.ipynb: '{key}'"):
        guide.read(save(tmp_path, "04-x.ipynb", {"wslab": {**BLOCK, key: value}}))


def test_a_notebook_that_is_no_json(tmp_path):
    path = tmp_path / "04-x.ipynb"
    path.write_text("<<<<<<< a merge that went wrong")
    with pytest.raises(AuthorError, match="04-x.ipynb"):
        guide.read(path)


def test_the_table_in_reading_order(tmp_path):
    save(tmp_path, "04-frames.ipynb", {"wslab": BLOCK})
    save(tmp_path, "00-start.ipynb", {"wslab": {**BLOCK, "title": "Start", "objectives": ["run"]}})
    save(tmp_path, "Untitled.ipynb", {})
    assert guide.table(guide.read_all(tmp_path)) == (
        "| | notebook | afterwards you can | minutes |\n"
        "|---|---|---|---|\n"
        "| 00 | [Start](notebooks/00-start.ipynb) | run | 55 |\n"
        "| 04 | [Frames](notebooks/04-frames.ipynb) "
        "| decode a frame by hand; tell a \\| from a bar | 55 |\n"
    )


def test_readme_is_refreshed_once_and_keeps_the_rest(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"# Title\n\n{guide.BEGIN}\nold\n{guide.END}\n\nthe rest\n", encoding="utf-8")
    save(tmp_path / "notebooks", "04-frames.ipynb", {"wslab": BLOCK})
    assert guide.refresh(tmp_path) is True
    assert guide.refresh(tmp_path) is False
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"# Title\n\n{guide.BEGIN}\n\n| | notebook |")
    assert text.endswith(f"| 55 |\n\n{guide.END}\n\nthe rest\n") and "old" not in text


def test_no_notebook_makes_no_table():
    assert guide.with_table(f"{guide.BEGIN}old{guide.END}", []) == f"{guide.BEGIN}\n{guide.END}"


@pytest.mark.parametrize("readme", ["", guide.BEGIN, guide.END, guide.END + guide.BEGIN], ids=repr)
def test_a_readme_without_markers(readme):
    with pytest.raises(AuthorError, match="README.md lacks a marker"):
        guide.with_table(readme, [])


def test_readme_holds_the_table_of_the_notebooks_as_they_are():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fresh = guide.with_table(readme, guide.read_all(ROOT / "notebooks"))
    assert readme == fresh, "README's table is stale; next: python3 run.py notebooks"


def test_each_prerequisite_is_a_notebook_that_comes_earlier():
    notebooks = guide.read_all(ROOT / "notebooks")
    names = [made.path.stem for made in notebooks]
    for position, made in enumerate(notebooks):
        assert set(made.prerequisites) <= set(names[:position]), made.path.name
