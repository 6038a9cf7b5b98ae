"""The arrows point down: which folder may import which, and one test file for each module.

The tables below are the ones of CONTRIBUTING.md. Imports are read out of the
source, inside functions too, so a lazy import does not slip through.
"""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for top in ("wslab", "wslab_course") for path in (ROOT / top).rglob("*.py"))

# What a folder may import of the project, beside itself; "/" at the end means all below, too.
# Inside a folder everything may import everything, as long as no import runs in a circle.
PROTOCOL = ("wslab/errors", "wslab/protocol/")
NETWORK = (*PROTOCOL, "wslab/network")
SHOWN = (*PROTOCOL, "wslab/display", "wslab/display/pictures", "wslab/display/views")
HELPER = ("wslab/errors", "wslab/protocol/", "wslab/network/", "wslab/display/", "wslab/doctor")
LESSON = (*HELPER, "wslab_course/checks")
MAY = {
    "wslab/errors": (),
    "wslab/protocol": ("wslab/errors",),
    "wslab/protocol/rules": ("wslab/errors", "wslab/protocol"),
    "wslab/protocol/recording": ("wslab/errors", "wslab/protocol", "wslab/protocol/rules"),
    "wslab/network": PROTOCOL,
    "wslab/network/tap": NETWORK,
    "wslab/network/browser": NETWORK,
    "wslab/network/rogue": NETWORK,
    "wslab/network/chat": NETWORK,
    "wslab/display": SHOWN,
    "wslab/display/pictures": (*PROTOCOL, "wslab/display"),
    "wslab/display/views": SHOWN,
    "wslab/display/wire": SHOWN,
    "wslab/display/widgets": (*SHOWN, "wslab/display/wire", "wslab/network/"),
    "wslab/doctor": (*PROTOCOL, "wslab/network/"),
    "wslab/__main__": HELPER,
    "wslab_course/checks": HELPER,
    "wslab_course/readme": ("wslab/errors",),
    "wslab_course/lessons": LESSON,
    # Between lessons there are these arrows only.
    "wslab_course/lessons/bad_network": (*LESSON, "wslab_course/lessons/before_websocket"),
    "wslab_course/lessons/security": (*LESSON, "wslab_course/lessons/you_use_one"),
}

# What a folder, and those in it, may import from outside the standard library.
OUTSIDE = {
    "wslab/protocol": {"websockets"},  # `websockets.speedups`, a mask in C where it is installed
    "wslab/protocol/recording": {"dpkt"},
    "wslab/network": {"websockets", "trustme"},
    "wslab/display": {"IPython", "ipywidgets", "anywidget", "traitlets"},
    "wslab/doctor": {"websockets", "packaging"},
    "wslab_course": {"IPython", "websockets"},
    "wslab_course/lessons/duplex": {"tornado"},
    "wslab_course/lessons/before_websocket": {"tornado"},
    "wslab_course/lessons/you_use_one": {"ipykernel", "jupyter_core", "psutil"},
}

# The protocol is pure: no I/O loop, no clock, no randomness. Masks, keys and times are arguments.
IMPURE = {
    "asyncio", "datetime", "random", "secrets", "select", "selectors", "socket", "socketserver",
    "ssl", "subprocess", "threading", "time", "uuid",
}  # fmt: skip


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def folder(module: str) -> str:
    """The row of MAY for a file such as wslab/protocol/frames.py: the longest that holds it."""
    stem = module.removesuffix(".py").removesuffix("/__init__")
    rows = [row for row in MAY if stem == row or stem.startswith(f"{row}/")]
    if rows and max(rows, key=len) == "wslab_course/lessons":  # each lesson is a folder of its own
        return "/".join(stem.split("/")[:3])
    return max(rows, key=len, default="wslab")


def may(here: str, there: str) -> bool:
    """May a module of folder `here` import one of folder `there`?"""
    rule = MAY.get(here, MAY["wslab_course/lessons"] if "/lessons/" in here else ())
    return here == there or any(
        there == row.removesuffix("/") or (row.endswith("/") and there.startswith(row))
        for row in rule
    )


def imports(source: str) -> list[tuple[int, str]]:
    """Line and full dotted name of everything a module imports, wherever in it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # `from wslab.protocol import frames` may name a module, so keep the full name.
            base = "." * node.level + (node.module or "")
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            first = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
                found.append((node.lineno, str(first.value)))
    return found


def module_of(name: str) -> str | None:
    """The file that a dotted name leads to: its module, or the module it is a name of."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:size])
        if path.with_suffix(".py").exists():
            return shown(path.with_suffix(".py"))
        if (path / "__init__.py").exists():
            return shown(path / "__init__.py")
    return None


def judge(source: str, module: str) -> list[str]:
    """Every import of one module that breaks a rule, as "file:line says what"."""
    here = folder(module)
    outside = {name for row, names in OUTSIDE.items() if f"{here}/".startswith(f"{row}/")
               for name in names}  # fmt: skip
    faults = []
    for line, name in imports(source):
        place, top = f"{module}:{line}", name.partition(".")[0]
        if not top:
            faults.append(f"{place} imports {name}; name the module from the top")
        elif top in ("wslab", "wslab_course"):
            there = module_of(name) or f"{top}/__init__.py"
            if there == "wslab/__init__.py":
                faults.append(f"{place} imports {name}; inside the project name its module")
            elif not may(here, folder(there)):
                faults.append(f"{place} {here} imports {name}, which is not below it")
        elif top not in sys.stdlib_module_names:
            if top not in outside and here != "wslab":
                faults.append(f"{place} {here} imports {name}, which is not on its list")
        elif top in IMPURE and here.startswith(("wslab/errors", "wslab/protocol")):
            faults.append(f"{place} {here} imports {name}; masks, keys and times are arguments")
    return faults


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, or []."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_arrows_point_down(path: Path) -> None:
    assert judge(path.read_text(encoding="utf-8"), shown(path)) == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("wslab/protocol/frames.py", "from wslab.network import echo", "not below it"),
        ("wslab/protocol/frames.py", "import wslab.protocol.rules.rule", "not below it"),
        ("wslab/protocol/frames.py", "def f():\n    import time", ":2 wslab/protocol imports time"),
        ("wslab/protocol/frames.py", "import asyncio.events", "imports asyncio.events"),
        ("wslab/protocol/frames.py", "import dpkt", "not on its list"),
        ("wslab/protocol/session.py", "from .frames import Frame", "from the top"),
        ("wslab/network/echo.py", "from wslab.network.tap.tap import Tap", "not below it"),
        ("wslab/network/tap/tap.py", "import wslab.network.chat.server", "not below it"),
        ("wslab/network/echo.py", "import tornado.web", "not on its list"),
        ("wslab/display/inspectors.py", "import wslab.network.echo", "not below it"),
        ("wslab/display/wire/lines.py", "import wslab.network.tap.tap", "not below it"),
        ("wslab/display/markup.py", "import wslab_course.checks.stub", "not below it"),
        ("wslab/doctor.py", "import wslab_course.checks.stub", "not below it"),
        ("wslab_course/checks/stub.py", "import wslab_course.lessons.frames", "not below it"),
        ("wslab_course/lessons/frames/quiz.py", "from wslab import inspect", "name its module"),
        ("wslab_course/lessons/frames/quiz.py", "import wslab", "name its module"),
        ("wslab_course/lessons/frames/quiz.py", "import wslab_course.lessons.chat", "not below it"),
        ("wslab/errors.py", "from importlib import import_module\nimport_module('wslab.doctor')",
         ":2 wslab/errors"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_arrow_is_seen(module: str, source: str, fault: str) -> None:
    [found] = judge(source, module)
    assert fault in found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wslab/protocol/recording/recording.py", "import json, wslab.protocol.rules.rule"),
        ("wslab/display/inspectors.py", "import wslab.display.views.frames"),
        ("wslab/display/widgets/live_wire.py", "from wslab.network.tap.tap import Tap"),
        ("wslab/__main__.py", "import wslab.network.tap.tap, wslab.doctor"),
        ("wslab_course/lessons/duplex/http_echo.py", "import tornado.web"),
        ("wslab_course/lessons/frames/quiz.py", "import wslab_course.checks.quiz"),
        ("wslab_course/lessons/frames/__init__.py", "import wslab_course.lessons.frames.quiz"),
        ("wslab_course/lessons/bad_network/herd.py",
         "import wslab_course.lessons.before_websocket.feed"),
    ],
    ids=str,
)  # fmt: skip
def test_an_allowed_arrow_is_not(module: str, source: str) -> None:
    assert judge(source, module) == []


def test_no_import_runs_in_a_circle() -> None:
    arrows = {
        shown(path): {
            there
            for _, name in imports(path.read_text(encoding="utf-8"))
            if (there := module_of(name)) and there != shown(path)
        }
        for path in MODULES
    }
    assert circle(arrows) == []


def test_a_circle_is_seen() -> None:
    assert circle({"frames": {"closing"}, "closing": {"headers"}, "headers": {"frames"}}) != []
    assert circle({"tap": {"frames"}, "frames": {"closing"}}) == []


def test_each_folder_has_a_row_and_each_row_a_folder() -> None:
    folders = {folder(shown(path)) for path in MODULES} - {"wslab"}
    lessons = {name for name in folders if name.startswith("wslab_course/lessons")}
    assert folders - lessons == {row for row in MAY if not row.startswith("wslab_course/lessons")}
    assert {row for row in MAY if row.startswith("wslab_course/lessons")} <= lessons


def test_no_folder_and_no_file_for_everything() -> None:
    nowhere = {"utils", "util", "core", "helpers", "helper", "common", "misc"}
    assert not [shown(path) for path in MODULES if nowhere & set(path.with_suffix("").parts)]


# --- one test file for each module that decides something --------------------------------

JUDGED_TOGETHER = ("exercises", "exercises.py", "incidents", "quiz.py")  # by test_lessons.py


def decides(source: str) -> bool:
    """Is there a function with a branch or a loop in it?"""
    branches = (
        ast.If,
        ast.IfExp,
        ast.For,
        ast.While,
        ast.Try,
        ast.Match,
        ast.BoolOp,
        ast.comprehension,
    )
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return any(isinstance(part, branches) for node in functions for part in ast.walk(node))


def mirror(path: Path) -> str:
    """Where the tests of a module are."""
    return "tests/" + shown(path.with_name("test_" + path.stem.strip("_") + ".py"))


def lesson_test(path: Path) -> Path:
    """What is said of a lesson as a whole, its tickets and samples included."""
    return (ROOT / mirror(path)).with_name("test_exercises.py")


def test_every_module_that_decides_something_has_its_test_file() -> None:
    lacking = [
        shown(path)
        for path in MODULES
        if path.name != "__init__.py"
        and not set(JUDGED_TOGETHER) & set(path.parts)
        and decides(path.read_text(encoding="utf-8"))
        and not (ROOT / mirror(path)).exists()
        and not lesson_test(path).exists()
    ]
    assert lacking == []


def test_every_test_file_has_its_module() -> None:
    known = {mirror(path) for path in MODULES} | {
        "tests/wslab/protocol/test_oracle.py",  # frames, handshake and session against libraries
        "tests/wslab_course/lessons/test_lessons.py",  # every exercise and every quiz
    }
    homeless = []
    for top in ("wslab", "wslab_course"):
        for path in sorted((ROOT / "tests" / top).rglob("test_*.py")):
            beside = ROOT / path.relative_to(ROOT / "tests").with_name("exercises")
            if shown(path) not in known and not (path.stem == "test_exercises" and beside.is_dir()):
                homeless.append(shown(path))
    assert homeless == []
