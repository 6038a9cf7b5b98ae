"""notebooks/INSTRUCTOR.md is what the notebooks say of themselves, and its links lead somewhere."""

import re

import pytest

from tests.whole import notebook_rules as rules
from wslab.errors import AuthorError
from wslab_course.workshop import guide, instructor
from wslab_course.workshop.guide import Guide, WrongAnswer
from wslab_course.workshop.timetable import Part, Pause, Plan, Rest

FILE = rules.NOTEBOOKS / "INSTRUCTOR.md"
FRAMES = Guide(
    path=rules.NOTEBOOKS / "04-frames.ipynb",
    title="Frames",
    minutes_teaching=30,
    minutes_exercises=25,
    questions=("What travels?", "Why masks?"),
    objectives=("decode a frame by hand.", "mask"),
    key_points=(),
    prerequisites=("00-start", "03-handshake"),
    misconceptions=("masking is encryption",),
    skip_when_late=("the cache",),
    typical_wrong_answers=(WrongAnswer("a | b", "Look at\nthe byte."),),
)


def test_the_guide_is_as_the_notebooks_are():
    fresh = instructor.written(guide.read_all(rules.NOTEBOOKS))
    assert FILE.read_text(encoding="utf-8") == fresh, (
        "notebooks/INSTRUCTOR.md is stale; next: python3 run.py guide"
    )


def test_every_notebook_has_its_section():
    found = re.findall(r"^### (\d\d) .*\n\n\[([\w-]+)\]", FILE.read_text(encoding="utf-8"), re.M)
    assert [stem for _, stem in found] == [book.stem for book in rules.read_books()]


def test_its_links_lead_to_files():
    links = re.findall(r"\]\(([^)]+)\)", FILE.read_text(encoding="utf-8"))
    assert links and [link for link in links if not (rules.NOTEBOOKS / link).exists()] == []


def test_it_names_commands_that_exist():
    import run
    from wslab.__main__ import _parser

    text = FILE.read_text(encoding="utf-8")
    verbs = re.findall(r"run\.py (\w+)", text)
    assert {"doctor", "test", "lab"} <= set(verbs) <= set(run.VERBS)
    [spoken] = re.findall(r"-m wslab (.+)", text)
    assert _parser().parse_args(spoken.split()).host == "0.0.0.0"


def test_what_is_said_of_the_setuptools_it_needs_is_what_the_build_asks():
    build = (rules.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [asked] = re.findall(r'^requires = \["(setuptools\S+)"\]', build, re.M)
    assert f'"{asked}"' in FILE.read_text(encoding="utf-8")


def test_a_section():
    assert instructor.section(FRAMES) == (
        "### 04 Frames\n\n"
        "[04-frames](04-frames.ipynb), 55 minutes: 30 teaching, 25 exercises. "
        "Before it: 00, 03.\n\n"
        "- **It asks**: What travels? Why masks?\n"
        "- **Afterwards they can** decode a frame by hand; mask.\n"
        "- **They may believe**: masking is encryption.\n"
        "- **When late, skip**: the cache.\n\n"
        "| they say | you say |\n"
        "|---|---|\n"
        "| a \\| b | Look at the byte. |\n"
    )


def test_a_timetable_with_a_notebook_that_is_not_there_yet():
    items = (Part("04-frames", 100, 20, "All."), Pause(10, "Break."), Rest("12-chat", 5, "Go."))
    assert instructor.timetable(Plan("An hour", 60, items), [FRAMES]) == (
        "### An hour (1:00)\n\n"
        "| from | minutes | what | how |\n"
        "|---|---|---|---|\n"
        "| 0:00 | 35 | [04 Frames](04-frames.ipynb) | Teaching 30, exercises 5. All. |\n"
        "| 0:35 | 10 | | Break. |\n"
        "| 0:45 | 15 | 12-chat | Not there yet. |\n"
        "| 1:00 | | end | |\n"
    )


@pytest.mark.parametrize("text", ["", instructor.TIMETABLES, instructor.NOTEBOOKS * 2], ids=repr)
def test_a_text_without_its_markers_is_refused(text):
    with pytest.raises(AuthorError, match=r"instructor.md needs the line <!-- \w+ --> once"):
        instructor.written([FRAMES], text)


def test_it_is_written_once(tmp_path):
    (tmp_path / "notebooks").mkdir()
    assert instructor.refresh(tmp_path) is True
    assert instructor.refresh(tmp_path) is False
    text = (tmp_path / "notebooks" / "INSTRUCTOR.md").read_text(encoding="utf-8")
    assert text.startswith(instructor.MADE) and "Not there yet" in text
