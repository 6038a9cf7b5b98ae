"""notebooks/INSTRUCTOR.md: its minutes add up and are the notebooks', and all it names is there."""

import re

import pytest

from tests.whole import notebook_rules as rules
from wslab_course import readme

PAGE = (rules.NOTEBOOKS / "INSTRUCTOR.md").read_text(encoding="utf-8")
NOTEBOOKS = {notebook.path.stem: notebook for notebook in readme.read_all(rules.NOTEBOOKS)}
HEADINGS = {book.stem: rules.headings(book.notebook) for book in rules.read_books()}
LONGEST_SITTING = 105  # minutes until people may leave the room

# "### Half a day (3:30)", then the rows of its table
TIMETABLES = re.findall(r"^### (.+) \((\d:\d\d)\)\n((?:\n?\|.*)+)", PAGE, re.M)
AFTER = PAGE.partition("## The notebooks\n")[2]
# "### 04 Frames", then everything up to the next heading
SECTIONS = re.findall(r"^### (\d\d) (.+)\n((?:(?!###).*\n)*)", AFTER, re.M)


def clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def test_there_is_half_a_day_a_day_and_95_minutes():
    assert [length for _, length, _ in TIMETABLES] == ["3:30", "8:00", "1:35"]


@pytest.mark.parametrize(
    "length, table", [found[1:] for found in TIMETABLES], ids=["3:30", "8:00", "1:35"]
)
def test_the_minutes_of_a_timetable_add_up(length, table):
    rows = re.findall(r"^\| (\d:\d\d) \| (\d*) ?\|(.*)\| (.*)\|$", table, re.M)
    now = sitting = 0
    stems = []
    for starts, minutes, what, how in rows:
        assert starts == clock(now), f"{starts} {what}{how}: the rows above end at {clock(now)}"
        now += int(minutes or 0)
        sitting = 0 if re.match(r"Break|Lunch", how) else sitting + int(minutes or 0)
        assert sitting <= LONGEST_SITTING, f"{starts}: nobody sits for {sitting} minutes"
        for stem in re.findall(r"\((.+)\.ipynb\)", what):
            stems.append(stem)
            fits(NOTEBOOKS[stem], int(minutes), how)
    assert clock(now) == length and len(rows) == table.count("\n") - 2
    assert stems == sorted(stems)


def fits(notebook, minutes, how):
    """Whether so many minutes are enough for the parts that are named, and no more than all."""
    split = re.match(r"Teaching (\d+), exercises (\d+)\.", how)
    teaching, exercises = map(int, split.groups()) if split else (minutes, 0)
    if split:
        assert teaching + exercises == minutes, how
        assert exercises <= notebook.minutes_exercises and "`" in how, how
        assert teaching <= notebook.minutes_teaching, how
    assert minutes <= notebook.minutes, how
    if teaching < 0.7 * notebook.minutes_teaching:
        assert "“" in how, f"{how}: say which part of {notebook.path.stem} is done"
    named = re.findall(r"“(.+?)”", how) + [f"Exercise: {n}" for n in re.findall(r"`(.+?)`", how)]
    assert set(named) <= set(HEADINGS[notebook.path.stem]), how


def test_each_notebook_has_its_section_with_its_own_minutes_and_objectives():
    assert [number for number, _, _ in SECTIONS] == [found.number for found in NOTEBOOKS.values()]
    for (number, title, text), found in zip(SECTIONS, NOTEBOOKS.values(), strict=True):
        stem = found.path.stem
        assert title == found.title
        assert (
            f"[{stem}]({stem}.ipynb), {found.minutes} minutes: {found.minutes_teaching} teaching, "
            f"{found.minutes_exercises} exercises. Before it: " in text
        )
        for objective in found.objectives:
            assert objective.rstrip(".") in text, stem
        [before] = re.findall(r"Before it: (.*)\.", text)
        assert before == "nothing" or max(before.split(", ")) < number, stem


def test_its_links_lead_to_files():
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert links and [link for link in links if not (rules.NOTEBOOKS / link).exists()] == []


def test_it_names_commands_that_exist():
    import run
    from wslab.__main__ import _parser

    verbs = re.findall(r"run\.py (\w+)", PAGE)
    assert {"doctor", "test", "lab"} <= set(verbs) <= set(run.VERBS)
    [spoken] = re.findall(r"-m wslab (.+)", PAGE)
    assert _parser().parse_args(spoken.split()).host == "0.0.0.0"


def test_what_is_said_of_the_setuptools_it_needs_is_what_the_build_asks():
    build = (rules.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [asked] = re.findall(r'^requires = \["(setuptools\S+)"\]', build, re.M)
    assert f'"{asked}"' in PAGE
