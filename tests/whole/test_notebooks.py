"""Hygiene of the notebooks. The rules, with their reasons, are in notebook_rules.py.

Every rule is also shown to be able to fail: BREAKS spoils a good notebook in one
way, and the rule named must complain.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat.v4 as v4
import pytest

from tests.whole import notebook_rules as rules
from tests.whole.notebook_rules import Book
from wslab_course import readme

BOOKS = rules.read_books()


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_the_notebook_keeps_every_rule(book: Book) -> None:
    assert rules.complaints(book) == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_its_metadata_can_be_read(book: Book) -> None:
    assert readme.read(book.path).title


def test_only_notebooks_of_the_course_are_there() -> None:
    assert [book.stem for book in BOOKS if book.stem not in rules.TOPICS] == []


# --- the rules themselves ---------------------------------------------------------


def good_book(folder: Path) -> Book:
    """The smallest notebook that keeps every rule."""
    cells = [
        v4.new_markdown_cell("# Frames\n\nA **frame** is bytes; see [here](#Where-it-ends)."),
        v4.new_code_cell("from wslab_course.lessons import frames as lesson"),
        v4.new_code_cell("lesson.quiz.ask()"),
    ]
    for number in range(10):
        cells.append(v4.new_markdown_cell(f"Look at byte {number}. `just` code may say so."))
        output = v4.new_output("execute_result", {"text/plain": f"0x7f {number}"})
        cells.append(v4.new_code_cell(f"show({number})", outputs=[output]))
    for name in ("one", "two", "three"):
        cells.append(v4.new_markdown_cell(f"### Exercise: {name}\n\nReturn it."))
        stub = f'def {name}():\n    """It."""\n    ...\n\n\nlesson.{name}.check({name})'
        cells.append(v4.new_code_cell(stub, metadata={"tags": ["exercise"]}))
    cells += [
        v4.new_markdown_cell("## Where it ends\n\nAn error on purpose."),
        v4.new_code_cell(
            "1 / 0",
            metadata={"tags": ["raises-exception"]},
            outputs=[v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero")],
        ),
        v4.new_markdown_cell("A race."),
        v4.new_code_cell("race()", metadata={"tags": ["nbval-ignore-output"]}),
        v4.new_code_cell("assert ratio > 3"),
        v4.new_markdown_cell("The same questions again."),
        v4.new_code_cell('lesson.quiz.answer("why", ...)'),
    ]
    notebook = v4.new_notebook(cells=cells)
    for count, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    notebook.metadata = v4.new_notebook().metadata | {
        "kernelspec": dict(rules.KERNEL),
        "language_info": {"name": "python"},
        "wslab": {key: [] for key in rules.README_KEYS} | {"title": "Frames"},
    }
    (folder / "notebooks").mkdir(exist_ok=True)
    return Book(folder / "notebooks" / "04-frames.ipynb", notebook, glossary={"frame"})


def first(book: Book, kind: str, tag: str = "") -> Any:
    return next(c for _, c in book.cells(kind) if not tag or tag in rules.tags(c))


def source(text: str, kind: str = "markdown", tag: str = "") -> Callable[[Book], None]:
    """Put this text in place of a cell's (for Markdown: after the title)."""

    def spoil(book: Book) -> None:
        cell = first(book, kind, tag)
        cell.source = text if kind == "code" else f"{cell.source}\n{text}"

    return spoil


def output(text: str = "", **parts: Any) -> Callable[[Book], None]:
    def spoil(book: Book) -> None:
        made = v4.new_output(**(parts or {"output_type": "stream", "text": text}))
        first(book, "code").outputs = [made]

    return spoil


def setting(change: str) -> Callable[[Book], None]:
    """Run one statement on the notebook ``nb``, its first code cell ``code`` and the book."""

    def spoil(book: Book) -> None:
        names = {"nb": book.notebook, "code": first(book, "code"), "book": book, "Path": Path}
        exec(change, names)

    return spoil


EXERCISE = "def one():\n    ...\nlesson.one.check(one)"

BREAKS: list[tuple[Callable[..., Any], str, Callable[[Book], None]]] = [
    (rules.the_format_is_4_5_with_cell_ids, "4.4", setting("nb.nbformat_minor = 4")),
    (rules.the_format_is_4_5_with_cell_ids, "twice", setting("nb.cells[1].id = nb.cells[0].id")),
    (rules.the_format_is_4_5_with_cell_ids, "missing", setting("del nb.cells[1]['id']")),
    (rules.the_format_is_4_5_with_cell_ids, "valid", setting("nb.cells[0].metadata = 7")),
    (rules.name_title_and_topic_agree, "topic", setting("book.path = Path('04-framing.ipynb')")),
    (rules.name_title_and_topic_agree, "begin", setting("nb.cells[0].source = '# Fish'")),
    (rules.name_title_and_topic_agree, "title", setting("nb.metadata.wslab['title'] = 'x'")),
    (rules.name_title_and_topic_agree, "H1", source("# Another")),
    (rules.metadata_is_plain, "keys", setting("nb.metadata['widgets'] = {}")),
    (rules.metadata_is_plain, "plain", setting("nb.metadata.kernelspec['name'] = 'mine'")),
    (rules.metadata_is_plain, "plain", setting("nb.metadata.language_info['version'] = '3'")),
    (rules.metadata_is_plain, "objectives", setting("del nb.metadata.wslab['objectives']")),
    (rules.metadata_is_plain, "nbval-skip", setting("code.metadata = {'tags': ['nbval-skip']}")),
    (rules.every_cell_was_executed_in_order, "None", setting("code.execution_count = None")),
    (rules.every_cell_was_executed_in_order, "counts", setting("code.execution_count = 9")),
    (rules.every_cell_was_executed_in_order, "empty", source(" ", "code")),
    (
        rules.errors_are_on_purpose,
        "stores error",
        output(output_type="error", ename="E", evalue="e"),
    ),
    (
        rules.errors_are_on_purpose,
        "no error",
        setting("code.metadata = {'tags': ['raises-exception']}"),
    ),
    (rules.markdown_is_short, "words", source("word " * 91)),
    (rules.code_is_short, "9 lines", source("x = 1\n" * 9, "code")),
    (rules.code_is_short, "19 lines", source("x = 1\n" * 19, "code", "exercise")),
    (rules.code_is_short, "80 columns", source("x" * 80, "code")),
    (rules.code_stands_between_words, "third", setting("del nb.cells[3]")),
    (rules.the_length_is_right, "34 cells", setting("del nb.cells[34:]")),
    (rules.the_length_is_right, "71 cells", setting("nb.cells += nb.cells[:71 - len(nb.cells)]")),
    (rules.the_length_is_right, "0 exercises", setting("del nb.cells[20:]")),
    (
        rules.unstable_outputs_are_rare_and_asserted,
        "1 in 10",
        setting("code.metadata = {'tags': ['nbval-ignore-output']}"),
    ),
    (
        rules.unstable_outputs_are_rare_and_asserted,
        "no assert",
        setting("nb.cells[-3].source = 'print(1)'"),
    ),
    (rules.unstable_outputs_are_rare_and_asserted, "tag", source("# NBVAL_SKIP\n1", "code")),
    (rules.outputs_are_stable, "port", output("ws://127.0.0.1:43211/echo")),
    (rules.outputs_are_stable, "port", output("localhost:8888")),
    (rules.outputs_are_stable, "address", output("<Tap at 0x7f12ab34cd56>")),
    (rules.outputs_are_stable, "path", output("File /home/me/x.py")),
    (rules.outputs_are_stable, "kernel", output("ipykernel_12/3.py")),
    (rules.outputs_are_stable, "time", output("at 12:34:56")),
    (
        rules.outputs_are_stable,
        "port",
        output(output_type="display_data", data={"text/html": "127.0.0.1:1"}),
    ),
    (
        rules.outputs_are_text_and_html,
        "stderr",
        output(output_type="stream", name="stderr", text="W"),
    ),
    (
        rules.outputs_are_text_and_html,
        "image/png",
        output(output_type="display_data", data={"image/png": ""}),
    ),
    (rules.the_voice_is_plain, "'Simply'", source("Simply run it.")),
    (rules.the_voice_is_plain, "'just'", source("You just run it.")),
    (rules.the_voice_is_plain, "'obviously'", source("It is obviously so.")),
    (rules.no_sleep_synchronises, "time.sleep", source("time.sleep(1)", "code")),
    (rules.no_sleep_synchronises, "asyncio.sleep", source("await asyncio.sleep(1)", "code")),
    (rules.exercises_have_two_cells, "must end", source("def one(): ...", "code", "exercise")),
    (
        rules.exercises_have_two_cells,
        "right before",
        setting("nb.cells[23].source = '### A task'"),
    ),
    (
        rules.exercises_have_two_cells,
        "80 words",
        setting("nb.cells[23].source += ' word' * 80"),
    ),
    (rules.exercises_have_two_cells, "not tagged", source(EXERCISE, "code")),
    (rules.questions_come_back, "first third", setting("nb.cells[2].source = '1'")),
    (rules.questions_come_back, "second half", setting("nb.cells[-1].source = '1'")),
    (rules.links_resolve, "not exist", source("[x](05-fish.ipynb)")),
    (rules.links_resolve, "not exist", source("![x](images/none.png)")),
    (rules.links_resolve, "heading", source("[x](#no-such)")),
    (rules.links_resolve, "out of the project", source("[x](../../)")),
    (rules.links_resolve, "out of the project", source("[x](/etc/passwd)")),
    (rules.terms_are_defined_once, "twice", source("a **frame** again")),
    (rules.terms_are_defined_once, "glossary", source("a **fish**")),
    (rules.terms_are_defined_once, "04-x", setting("book.bold_elsewhere = {'frame': '04-x'}")),
    (rules.nothing_points_at_one_machine, "path", source("open('/tmp/x')", "code")),
    (rules.nothing_points_at_one_machine, "path", source("see ../shared/x")),
    (rules.nothing_points_at_one_machine, "outside", source("open('../x')", "code")),
]


def test_a_good_notebook_breaks_no_rule(tmp_path: Path) -> None:
    assert rules.complaints(good_book(tmp_path)) == []


@pytest.mark.parametrize(
    ("broken", "says", "spoil"),
    BREAKS,
    ids=[f"{number}-{broken.__name__}" for number, (broken, _, _) in enumerate(BREAKS)],
)
def test_the_rule_can_fail(
    broken: rules.Rule, says: str, spoil: Callable[[Book], None], tmp_path: Path
) -> None:
    book = good_book(tmp_path)
    book.notebook = copy.deepcopy(book.notebook)
    spoil(book)
    assert any(says in text for text in broken(book)), list(broken(book))


def test_no_rule_goes_without_a_break() -> None:
    assert {check.__name__ for check in rules.RULES} == {broken.__name__ for broken, _, _ in BREAKS}


def test_what_is_allowed_does_not_count() -> None:
    assert rules.word_count("one `two` [three](four)\n```\nfive\n```\n| six |\n<b>seven</b>") == 3
    assert rules.headings(v4.new_notebook(cells=[v4.new_markdown_cell("## A `b`\n```\n# c\n```")]))
    stable = "0x7f 0x0000000000010000 37:fa:21 ws://127.0.0.1/ GET /chat 1:02"
    stable += " Date: Fri, 14 Nov 2014 09:08:07 GMT"
    assert not [what for what, pattern in rules.UNSTABLE.items() if pattern.search(stable)]


def test_the_glossary_of_00_serves_all(tmp_path: Path) -> None:
    start = v4.new_notebook(cells=[v4.new_markdown_cell("## Glossary\n\n- **Frame**: bytes")])
    v4_file = tmp_path / "00-start.ipynb"
    v4_file.write_text(v4.writes(start), encoding="utf-8")
    other = v4.new_notebook(cells=[v4.new_markdown_cell("a **frame**")])
    (tmp_path / "04-frames.ipynb").write_text(v4.writes(other), encoding="utf-8")
    books = rules.read_books(tmp_path)
    assert [book.glossary for book in books] == [{"frame"}, {"frame"}]
    assert list(rules.terms_are_defined_once(books[0])) == []
    assert list(rules.terms_are_defined_once(books[1])) == []
