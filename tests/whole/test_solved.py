"""Each notebook, solved and untouched, in a real kernel.

One kernel a notebook. First with its exercise cells swapped for the references and the
quiz answered rightly: it runs clean, and every verdict is correct. Then untouched, each
cell twice in a row: still clean. At the end no thread and no listening port is left but
those that the kernel began with and wslab's own daemon.
"""

from __future__ import annotations

import ast
import copy
import importlib
import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat.v4 as v4
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.patience import patient
from tests.whole import notebook_rules as rules
from wslab_course.checks.quiz import Quiz

BOOKS = rules.read_books()

BEFORE = """
import psutil as _psutil, threading as _threading, time as _time
def _ports():
    listening = _psutil.Process().net_connections("tcp")
    return {c.laddr.port for c in listening if c.status == "LISTEN"}
_threads_before, _ports_before = set(_threading.enumerate()), _ports()
"""
# The executor of the kernel's own loop keeps its threads (asyncio_0 …), and zmq has one once an
# output was large; no cell can end them.
AFTER = """
def _left():
    threads = [t.name for t in set(_threading.enumerate()) - _threads_before
               if not t.name.startswith(("wslab", "asyncio_"))
               and not type(t).__module__.startswith("zmq.")]
    return threads, sorted(_ports() - _ports_before)
_deadline = _time.monotonic() + 3
while _left() != ([], []) and _time.monotonic() < _deadline:
    _time.sleep(0.02)
print(*_left())
"""


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_solved_and_untouched_it_runs_clean(book: rules.Book) -> None:
    assert troubles(book.notebook, book.path.parent, lesson_of(book.notebook)) == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_its_stubs_are_those_of_the_lesson(book: rules.Book) -> None:
    assert strange_stubs(book.notebook, lesson_of(book.notebook)) == []


def strange_stubs(notebook: Any, lesson: Any) -> list[str]:
    """The exercises whose signature or docstring is not the reference's; layout may differ."""
    strange = []
    for cell in notebook.cells:
        match = rules.CHECK.search(cell.source) if cell.cell_type == "code" else None
        if match and "exercise" in rules.tags(cell):
            wanted = ast.dump(ast.parse(getattr(lesson, match[1]).stub).body[0])
            body = rules.parsed(cell.source).body  # type: ignore[union-attr]
            if wanted not in map(ast.dump, body):
                strange.append(match[1])
    return strange


def troubles(notebook: Any, folder: Path, lesson: Any) -> list[str]:
    """Everything that goes wrong in the two passes."""
    client = NotebookClient(
        v4.new_notebook(),
        timeout=patient(60),
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    found: list[str] = []

    def execute(cell: Any, label: str) -> Any:
        cell = copy.deepcopy(cell)
        cell.outputs, cell.execution_count = [], None
        client.nb.cells.append(cell)
        try:
            client.execute_cell(cell, len(client.nb.cells) - 1)
        except CellExecutionError as error:
            found.append(f"{label}: {error.ename}: {error.evalue}")
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                found.append(f"{label}: stderr: {output.text.strip()[:200]}")
        return cell

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    path = os.pathsep.join(filter(None, [str(rules.ROOT), os.environ.get("PYTHONPATH")]))
    with client.setup_kernel(env=os.environ | {"PYTHONPATH": path}):
        execute(v4.new_code_cell(BEFORE), "before")
        for number, cell in enumerate(code, 1):
            label = f"solved code cell {number}"
            swapped = v4.new_code_cell(solved(cell.source, lesson), metadata=cell.metadata)
            for verdict in verdicts(execute(swapped, label)):
                if swapped.source != cell.source and not verdict.startswith("✓"):
                    found.append(f"{label}: {verdict}")
            if swapped.source != cell.source and not verdicts(client.nb.cells[-1]):
                found.append(f"{label}: shows no verdict")
        for number, cell in enumerate(code, 1):
            execute(cell, f"code cell {number}, once")
            execute(cell, f"code cell {number}, twice")
        left = execute(v4.new_code_cell(AFTER), "after")
    printed = "".join(rules.output_texts(left)).strip()
    return found + ([f"left behind: threads and ports {printed}"] if printed != "[] []" else [])


def lesson_of(notebook: Any) -> ModuleType | None:
    """The module that the notebook imports as ``lesson``."""
    for cell in notebook.cells:
        match = re.search(r"^from wslab_course\.lessons import (\w+) as lesson$", cell.source, re.M)
        if match:
            return importlib.import_module(f"wslab_course.lessons.{match[1]}")
    return None


def solved(source: str, lesson: Any) -> str:
    """The cell with the reference in place of the stub and the right answers in the quiz."""
    tree = rules.parsed(source)
    if tree is None or lesson is None or "lesson." not in source:
        return source
    changes: list[tuple[Any, str]] = []
    if match := rules.CHECK.search(source):
        task = getattr(lesson, match[1])
        changes += [(node, task.source) for node in tree.body if named(node, task.name)]
    changes += quiz_changes(tree, lesson)
    lines = source.splitlines()
    for node, text in sorted(changes, key=lambda change: change[0].lineno, reverse=True):
        first, last = node.lineno - 1, node.end_lineno
        before = lines[first].encode()[: node.col_offset].decode()
        after = lines[last - 1].encode()[node.end_col_offset :].decode()
        lines[first:last] = (before + text + after).splitlines()
    return "\n".join(lines)


def named(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name


def quiz_changes(tree: ast.Module, lesson: Any) -> list[tuple[Any, str]]:
    """The calls of ``answer`` and ``answers``, rewritten with the right answers."""
    quizzes = [value for value in vars(lesson).values() if isinstance(value, Quiz)]
    right = {question.name: question.answer for quiz in quizzes for question in quiz}
    changes = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "answer":
            name = ast.literal_eval(node.args[0])
            changes.append((node, f"{ast.unparse(node.func)}({name!r}, {right[name]!r})"))
        if node.func.attr == "answers":
            names = ast.literal_eval(node.args[0])
            chosen = {name: right[name] for name in names}
            changes.append((node, f"{ast.unparse(node.func)}({chosen!r})"))
    return changes


def verdicts(cell: Any) -> list[str]:
    """The first lines of the verdicts that a cell shows."""
    texts = "\n".join(rules.output_texts_plain(cell)).splitlines()
    return [line for line in texts if re.match(r"[✓✗○] \S+: ", line)]


# --- these checks themselves -------------------------------------------------------

LESSON = '''
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

@exercise(cases=[Case(2), Case(3)], hints=["a", "b", "c"], why="It is.")
def double(n: int) -> int:
    """Twice n."""
    return 2 * n

options = {"a": Option("x", "No."), "b": Option("y", "Yes.")}
quiz = Quiz(Question("q", "?", options, "b", "m", "n: h"))
'''
STUB = 'def double(n: int) -> int:\n    """Twice n."""\n    ...\n\n\nlesson.double.check(double)'


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "tiny_lesson.py").write_text(LESSON, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module("tiny_lesson")


def test_the_reference_replaces_the_stub(lesson: Any) -> None:
    swapped = solved("# before\n" + STUB, lesson)
    assert swapped.startswith("# before\ndef double(n: int) -> int:")
    assert "return 2 * n" in swapped and "..." not in swapped
    assert swapped.endswith("\n\n\nlesson.double.check(double)")


def test_a_stub_that_drifted_is_found(lesson: Any) -> None:
    for change, strange in {"": [], "Twice": ["double"], "int": ["double"]}.items():
        source = STUB.replace(change, "Thrice") if change else STUB
        cell = v4.new_code_cell(source, metadata={"tags": ["exercise"]})
        assert strange_stubs(v4.new_notebook(cells=[cell]), lesson) == strange


def test_the_right_answers_replace_the_dots(lesson: Any) -> None:
    assert solved('lesson.quiz.answer("q", ...)', lesson) == "lesson.quiz.answer('q', 'b')"
    group = 'é = 1; lesson.quiz.answers({\n    "q": ...,\n})  # x'
    assert solved(group, lesson) == "é = 1; lesson.quiz.answers({'q': 'b'})  # x"
    assert solved("lesson.quiz.ask()", lesson) == "lesson.quiz.ask()"


def test_a_clean_notebook_is_clean_and_a_dirty_one_is_not(lesson: Any, tmp_path: Path) -> None:
    sources = ["import tiny_lesson as lesson", STUB, 'lesson.quiz.answer("q", ...)']
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    assert troubles(notebook, tmp_path, lesson) == []
    dirty = [
        "import tiny_lesson as lesson",
        "def double(n): ...\nlesson.double.check(double) and None",
        "fresh = globals().setdefault('fresh', [])\nfresh.append(1)\nassert len(fresh) < 3",
        "import sys; print('careful', file=sys.stderr)",
        "import socket; server = socket.create_server(('127.0.0.1', 0))",
        "import threading; gate = threading.Event()\n"
        "threading.Thread(target=gate.wait, name='stray').start()",
    ]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in dirty])
    found = "\n".join(troubles(notebook, tmp_path, lesson))
    for trouble in ("shows no verdict", "twice: AssertionError", "stderr: careful", "stray"):
        assert trouble in found
    assert re.search(r"left behind: threads and ports \['stray'.*\] \[\d+", found)
