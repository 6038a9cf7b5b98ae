"""The arrows point down: who may import whom, and one test file for each module.

The tables below are the ones of CONTRIBUTING.md. Imports are read out of the
source, inside functions too, so a lazy import does not slip through.
"""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "wslab"

LAYERS = {"errors": 0, "protocol": 1, "network": 2, "display": 3, "course": 4, "lessons": 5}
FACE = 6  # __main__, and the package's own table of names

# What a room may import from outside the standard library.
OUTSIDE = {
    "errors": set(),
    "protocol": set(),
    "network": {"websockets"},
    "display": {"IPython", "ipywidgets", "anywidget", "traitlets"},
    "course": {"websockets", "IPython", "packaging"},
    "lessons": {"websockets", "nest_asyncio"},
}
# The modules of display that live in a page that answers; the others show what protocol describes.
WIDGETS = {"widgets", "browser_console", "live_wire", "frame_builder", "chat_panel"}
OUTSIDE_OF_ONE = {
    "protocol/captures.py": {"dpkt"},
    "network/certificates.py": {"trustme"},
    "network/jupyter.py": {"ipykernel", "jupyter_core"},
    "network/feed.py": {"tornado"},
    "network/http_echo.py": {"tornado"},
}

# Layer 1 is pure: no I/O loop, no clock, no randomness. Masks, keys and times are arguments.
IMPURE = {
    "asyncio", "datetime", "random", "secrets", "select", "selectors", "socket", "socketserver",
    "ssl", "subprocess", "threading", "time", "uuid",
}  # fmt: skip

# Inside a room: which of its main modules a main module may reach, by whatever way.
# The other modules of a room are parts of these; they only must not run in a circle.
REACH = {
    "protocol": {
        "frames": set(),
        "handshake": {"frames"},
        "dissect": {"frames", "handshake"},
        "session": {"frames", "handshake"},
        "rules": {"frames", "handshake", "session"},
        "recording": {"frames", "handshake", "session", "rules"},
    },
    "network": {
        "background": set(),
        "browser": {"background"},
        "chat": {"background"},
        "client": {"background"},
        "echo": {"background"},
        "feed": {"background"},
        "rogue": {"background"},
        "tap": {"background"},
    },
    "display": {
        "pictures": set(),
        "inspectors": {"pictures"},
        "widgets": {"inspectors", "pictures"},
        "browser_console": {"widgets", "inspectors", "pictures"},
        "live_wire": {"widgets", "inspectors", "pictures"},
        "frame_builder": {"widgets", "inspectors", "pictures"},
        "chat_panel": {"widgets", "inspectors", "pictures"},
    },
}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(name: str) -> str:
    """The room of a dotted name below wslab: "protocol" for "protocol.frames"."""
    return name.partition(".")[0]


def imports(source: str, path: Path) -> list[tuple[int, str]]:
    """Line and full dotted name of everything a module imports, wherever in it."""
    package = ["wslab", *path.relative_to(PACKAGE).parts[:-1]]
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from wslab.protocol import frames` may name a module, so keep the full name.
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            first = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
                found.append((node.lineno, str(first.value)))
    return found


def judge(source: str, path: Path) -> list[str]:
    """Every import of one module that breaks a rule, as "file:line says what"."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    here, module = parts[0], parts[-1]
    layer = LAYERS.get(here, FACE)
    faults = []
    for line, name in imports(source, path):
        place = f"wslab/{shown(path)}:{line}"
        top, _, inside = name.partition(".")
        if top == "wslab" and not inside:
            faults.append(f"{place} imports the whole package; name the module")
        elif top == "wslab":
            there = room(inside)
            if there not in LAYERS and layer < FACE:
                faults.append(f"{place} imports {name}; inside the package name its module")
            elif LAYERS.get(there, 0) > layer:
                faults.append(f"{place} {here} (layer {layer}) imports {name} above it")
            elif here == "display" and there == "network" and module not in WIDGETS:
                faults.append(
                    f"{place} {module} shows what protocol describes; only widgets listen"
                )
        elif top not in sys.stdlib_module_names:
            allowed = OUTSIDE.get(here, set()) | OUTSIDE_OF_ONE.get(shown(path), set())
            if layer < FACE and top not in allowed:
                faults.append(f"{place} {here} imports {name}, which is not on its list")
        elif here in ("errors", "protocol") and top in IMPURE:
            faults.append(f"{place} {here} imports {name}; masks, keys and times are arguments")
    return faults


def neighbours(where: str) -> dict[str, set[str]]:
    """For each module of a room, the modules of that room that it imports."""
    paths = [path for path in MODULES if room(".".join(path.relative_to(PACKAGE).parts)) == where]
    found: dict[str, set[str]] = {}
    for path in paths:
        names = [name.split(".") for _, name in imports(path.read_text(encoding="utf-8"), path)]
        inside = {name[2] for name in names if name[:2] == ["wslab", where] and len(name) > 2}
        found[path.stem] = inside & {other.stem for other in paths}
    return found


def reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    """Every module that `start` leads to; `start` itself only if there is a circle."""
    seen: set[str] = set()
    ahead = set(arrows[start])
    while ahead:
        seen.add(module := ahead.pop())
        ahead |= arrows[module] - seen
    return seen


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_arrows_point_down(path):
    assert not judge(path.read_text(encoding="utf-8"), path)


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("protocol/frames.py", "from wslab.network import tap", ":1 protocol (layer 1) imports"),
        ("protocol/frames.py", "def f():\n    import time", ":2 protocol imports time"),
        ("protocol/rules.py", "import asyncio.events", "imports asyncio.events"),
        ("protocol/frames.py", "from websockets import frames", "not on its list"),
        ("network/echo.py", "import tornado.web", "not on its list"),
        ("display/inspectors.py", "from ..network.tap import Tap", "only widgets"),
        ("display/pictures.py", "from wslab.doctor import doctor", "layer 3"),
        ("course/guide.py", "import wslab_course.lessons.frames.exercises", "layer 4"),
        ("lessons/frames.py", "from wslab import inspect", "name its module"),
        ("lessons/frames.py", "import wslab", "name the module"),
        ("errors.py", "import importlib\nimportlib.import_module('wslab.protocol')", ":2 errors"),
    ],
    ids=lambda value: value.splitlines()[-1].strip() if isinstance(value, str) else None,
)
def test_a_wrong_arrow_is_seen(path, source, fault):
    [found] = judge(source, PACKAGE / path)
    assert fault in found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("network/feed.py", "import tornado.web"),
        ("display/widgets.py", "from wslab.network.tap.tap import Tap"),
        ("display/widgets.py", "from wslab.display.inspectors import inspect"),
        ("protocol/recording.py", "import json\nfrom .rules import check_session"),
        ("__main__.py", "from wslab.network.tap.tap import Tap\nfrom wslab.doctor import main"),
    ],
    ids=lambda value: value.splitlines()[-1].strip() if isinstance(value, str) else None,
)
def test_a_right_arrow_is_not(path, source):
    assert judge(source, PACKAGE / path) == []


@pytest.mark.parametrize("where", sorted(LAYERS.keys() - {"errors"}))
def test_no_room_runs_in_a_circle(where):
    arrows = neighbours(where)
    assert [module for module in arrows if module in reached(module, arrows)] == []


@pytest.mark.parametrize(
    ("where", "module"),
    [
        (path.parent.name, path.stem)
        for path in MODULES
        if path.stem in REACH.get(path.parent.name, ())
    ],
    ids=str,
)
def test_main_modules_reach_only_what_is_below_them(where, module):
    arrows = neighbours(where)
    main = reached(module, arrows) & REACH[where].keys()
    assert main <= REACH[where][module]


def test_a_circle_is_seen():
    arrows = {
        "frames": {"closing"},
        "closing": {"headers"},
        "headers": {"frames"},
        "tap": {"frames"},
    }
    assert reached("frames", arrows) == {"frames", "closing", "headers"}
    assert "tap" not in reached("tap", arrows)


def test_every_room_has_a_layer():
    rooms = {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert rooms == set(LAYERS) - {"errors"}
    top = {path.name for path in PACKAGE.glob("*.py")}
    assert top == {"__init__.py", "__main__.py", "errors.py"}


def test_no_room_for_everything():
    nowhere = {"utils", "util", "core", "helpers", "helper", "common", "misc"}
    assert not [shown(path) for path in MODULES if nowhere & set(path.with_suffix("").parts)]


# --- one test file for each module ------------------------------------------------------

ROOMS_WITH_TESTS = ["protocol", "network", "display", "course"]  # lessons: tests/wslab_course/lessons/test_lessons.py


def expected_tests() -> set[str]:
    inside = {
        f"{where}/test_{path.stem}.py"
        for where in ROOMS_WITH_TESTS
        for path in (PACKAGE / where).glob("*.py")
        if path.name != "__init__.py"
    }
    return inside | {"test_errors.py", "test_main.py"}


def actual_tests() -> set[str]:
    tests = ROOT / "tests"
    return {
        path.relative_to(tests).as_posix()
        for where in ROOMS_WITH_TESTS
        for path in (tests / where).glob("test_*.py")
    } | {name for name in ("test_errors.py", "test_main.py") if (tests / name).exists()}


def test_every_module_has_its_test_file():
    assert sorted(expected_tests() - actual_tests()) == []


def test_every_test_file_has_its_module():
    assert sorted(actual_tests() - expected_tests()) == []
