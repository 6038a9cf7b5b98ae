"""No plan takes longer than it may, and what it says to do is there to be done."""

import re
from dataclasses import replace

import pytest

from tests.whole import notebook_rules as rules
from wslab_course.workshop import guide, timetable
from wslab_course.workshop.guide import Guide
from wslab_course.workshop.timetable import PLANS, Part, Pause, Plan, Rest, clock, rows, trouble

GUIDES = guide.read_all(rules.NOTEBOOKS)
LONGEST_SITTING = 105  # minutes until people may leave the room
each_plan = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)


def notebook(stem: str, teaching: int, exercises: int) -> Guide:
    return Guide(rules.NOTEBOOKS / f"{stem}.ipynb", stem, teaching, exercises, *[()] * 7)


PLAN = Plan(
    "An hour",
    60,
    (
        Part("04-frames", 50, 20, "The half of it."),
        Pause(10, "Break."),
        Rest("12-chat", 20, "As far as you get."),
        Pause(5, "End.", rests=False),
    ),
)
FRAMES, CHAT = notebook("04-frames", 35, 25), notebook("12-chat", 30, 60)


def test_a_share_is_rounded_up_and_the_rest_takes_what_is_left():
    made = rows(PLAN, [FRAMES, CHAT])
    assert [(row.starts, row.teaching, row.exercises) for row in made] == [
        (0, 20, 5),
        (25, 0, 10),
        (35, 0, 20),
        (55, 0, 5),
    ]
    assert trouble(PLAN, [FRAMES, CHAT]) == []


def test_too_little_left_is_said():
    longer = replace(FRAMES, minutes_teaching=45)
    assert trouble(PLAN, [longer, CHAT]) == [
        "An hour: 15 minutes are left for 12-chat, which needs 20; take smaller shares of the "
        "others."
    ]


def test_a_plan_that_does_not_fit_is_said():
    without_rest = replace(PLAN, items=PLAN.items[:2])
    assert trouble(without_rest, [replace(FRAMES, minutes_teaching=110)]) == [
        "An hour: 70 minutes do not fit into 60."
    ]


def test_a_notebook_that_is_not_there_yet_takes_no_time():
    assert [row.minutes for row in rows(PLAN, [])] == [0, 10, 45, 5]


def test_the_clock():
    assert [clock(minutes) for minutes in (0, 5, 65, 210)] == ["0:00", "0:05", "1:05", "3:30"]


# --- the plans of the course ---------------------------------------------------------------


def test_there_is_half_a_day_a_day_and_95_minutes():
    assert [plan.minutes for plan in PLANS] == [210, 480, 95]


@each_plan
def test_the_plan_fits_into_its_time(plan):
    assert trouble(plan, GUIDES) == []


@each_plan
def test_the_plan_names_notebooks_of_the_course_in_order(plan):
    stems = [item.stem for item in plan.items if not isinstance(item, Pause)]
    assert set(stems) <= set(rules.TOPICS) and stems == sorted(stems)
    there = {made.path.stem for made in GUIDES}
    if there == set(rules.TOPICS):
        assert set(stems) <= there


@each_plan
def test_nobody_sits_for_too_long(plan):
    sitting = 0
    for row in rows(plan, GUIDES):
        rests = isinstance(row.item, Pause) and row.item.rests
        sitting = 0 if rests else sitting + row.minutes
        assert sitting <= LONGEST_SITTING, f"{plan.title}, {clock(row.starts)}: {row.item}"


@each_plan
def test_what_the_plan_says_to_do_is_in_the_notebook(plan):
    books = {book.stem: rules.headings(book.notebook) for book in rules.read_books()}
    for item in plan.items:
        if isinstance(item, Part) and item.stem in books:
            wanted = re.findall(r"“(.+?)”", item.do)
            wanted += [f"Exercise: {name}" for name in re.findall(r"`(.+?)`", item.do)]
            assert set(wanted) <= set(books[item.stem]), item.stem
            assert bool(item.exercises) == ("`" in item.do), item.stem
            assert 0 <= item.teaching <= 100 and 0 <= item.exercises <= 100


@each_plan
def test_nothing_is_left_out_without_a_word(plan):
    for item in plan.items:
        if isinstance(item, Part) and item.teaching < 75:
            assert "“" in item.do, f"{item.stem}: say which part of the notebook is done"


def test_shares_of_nothing_and_of_everything():
    assert [timetable._share(35, percent) for percent in (0, 1, 50, 100)] == [0, 5, 20, 35]
