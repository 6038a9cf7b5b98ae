"""The set-up: which Python, what a reader installs, Binder, and the checks of a fresh clone."""

import ast
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import run
from tests.patience import patient

ROOT = Path(__file__).parents[2]
RUN = ROOT / "run.py"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS_ALONE = (".git", ".venv", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis")


def interpreters(pattern: str) -> list[str]:
    """Pythons on this machine whose version matches; a shim that leads nowhere is none."""
    named = [f"python{minor}" for minor in ("2.7", *(f"3.{n}" for n in range(6, 16)))]
    found = [path for name in named if (path := shutil.which(name))]
    found += [sys.executable, *map(str, Path.home().glob(".pyenv/versions/*/bin/python"))]
    fitting: dict[str, str] = {}
    for path in found:
        ask = [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(ask, capture_output=True, text=True)
        if answer.returncode == 0 and re.fullmatch(pattern, answer.stdout.strip()):
            fitting.setdefault(answer.stdout.strip(), path)
    return list(fitting.values())


# --- which Python ----------------------------------------------------------------------


def test_an_old_python_is_told_in_one_sentence():
    pretend = f"import sys; sys.version_info = (3, 10, 9); exec(open({str(RUN)!r}).read())"
    answer = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True)
    assert answer.returncode == 2 and answer.stdout == ""
    assert answer.stderr.startswith("wslab needs Python 3.11 or newer; this is Python 3.10")
    assert answer.stderr.count("\n") == 1


def test_real_old_pythons_are_told_too():
    old = interpreters(r"2\.7|3\.([0-9]|10)")
    if not old:
        pytest.skip("no Python older than 3.11 on this machine")
    for python in old:
        answer = subprocess.run([python, str(RUN), "lab"], capture_output=True, text=True)
        assert answer.returncode == 2, f"{python}: {answer.stderr}"
        assert re.fullmatch(r"wslab needs Python 3\.11 .*\n", answer.stderr)


def test_run_parses_on_any_python():
    """What Python 2.7 or 3.6 cannot parse, on a machine that has neither."""
    source = RUN.read_text(encoding="utf-8")
    assert source.isascii(), "Python 2 wants a coding line for anything else"
    for node in ast.walk(ast.parse(source)):
        modern = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.Match, ast.Await)
        assert not isinstance(node, modern), f"run.py:{node.lineno}"
        if isinstance(node, ast.FunctionDef):
            names = [*node.args.args, *node.args.posonlyargs]
            assert not node.args.kwonlyargs and not node.returns, f"run.py:{node.lineno}"
            assert not any(name.annotation for name in names), f"run.py:{node.lineno}"
        if isinstance(node, ast.Raise):
            assert node.cause is None, f"run.py:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"run.py:{node.lineno}"


def test_run_needs_nothing_but_the_standard_library():
    tree = ast.parse(RUN.read_text(encoding="utf-8"))
    names = [
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    ]
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert not [node for node in tree.body if isinstance(node, ast.ImportFrom)]


# --- what is installed -------------------------------------------------------------------


def wanted() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line.partition("#")[0]) for line in lines if line[0] not in "#-"]


def test_each_requirement_says_why_and_the_package_comes_last():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"\S[^#]+ # \S.*", line) for line in asked)
    assert asked[-1].startswith("-e . ")


def test_each_range_has_both_ends():
    for requirement in wanted():
        assert sorted(part.operator for part in requirement.specifier) == ["<", ">="]


def test_a_range_that_is_written_twice_is_the_same_twice():
    ours = {canonicalize_name(item.name): item.specifier for item in wanted()}
    asked = (
        PYPROJECT["project"]["dependencies"] + PYPROJECT["project"]["optional-dependencies"]["test"]
    )
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        assert ours.get(name, requirement.specifier) == requirement.specifier, name
    assert {Requirement(line).name for line in PYPROJECT["project"]["dependencies"]} <= set(ours)


# --- Binder --------------------------------------------------------------------------------


def binder_python() -> str:
    runtime = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    version = re.fullmatch(r"python-(3\.\d+)", runtime)
    assert version, f"repo2docker reads python-X.Y; found {runtime!r}"
    return version[1]


def test_binder_has_a_python_that_the_package_accepts():
    assert (
        f"Programming Language :: Python :: {binder_python()}"
        in PYPROJECT["project"]["classifiers"]
    )


def test_binder_installs_what_a_reader_installs():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt"]


def test_post_build_runs_and_stops_at_the_first_failure():
    path = ROOT / "binder" / "postBuild"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/bash" and "set -e" in lines
    if os.name != "nt":
        assert path.stat().st_mode & stat.S_IXUSR


def test_binder_as_repo2docker_reads_it():
    pytest.importorskip("repo2docker", reason="repo2docker does not run on Windows")
    command = [sys.executable, "-W", "ignore", "-m", "repo2docker", "--no-build", "--debug", ROOT]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=patient(120))
    assert answer.returncode == 0, answer.stderr
    assert f"python={binder_python()}" in answer.stderr
    steps = [line for line in answer.stdout.splitlines() if line.startswith(("RUN", "COPY"))]
    order = [
        next(place for place, line in enumerate(steps) if want in line)
        for want in (
            "COPY --chown=0:0 src/ ${REPO_DIR}/",
            'pip install --no-cache-dir -r "binder/requirements.txt"',
            "RUN ./binder/postBuild",
        )
    ]
    assert order == sorted(order), "the project is there before it is installed"


@pytest.mark.slow
def test_binder_installs_into_a_clean_environment(tmp_path):
    version = binder_python()
    found = interpreters(re.escape(version))
    if not found or os.name == "nt":
        pytest.skip(f"no Python {version} on this machine, which is the one in binder/runtime.txt")
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*OURS_ALONE))
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    environment["PATH"] = f"{tmp_path}/env/bin{os.pathsep}{environment['PATH']}"
    environment["JUPYTER_CONFIG_DIR"] = str(tmp_path / "config")

    def build(*command: str) -> str:
        answer = subprocess.run(
            command,
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        offline = "NewConnectionError" in answer.stdout or "name resolution" in answer.stdout
        if answer.returncode and offline and not os.environ.get("CI"):
            pytest.skip("the package index cannot be reached from here")
        assert answer.returncode == 0, answer.stdout[-3000:]
        return answer.stdout

    build(found[0], "-m", "venv", str(tmp_path / "env"))
    build("pip", "install", "-r", "binder/requirements.txt")
    build("./binder/postBuild")
    assert build("python", "-m", "wslab.doctor").endswith("ready: 7 checks passed\n")
    news = next((tmp_path / "env").rglob("page_config.json")).read_text(encoding="utf-8")
    assert json.loads(news)["disabledExtensions"] == {run.NEWS: True}


# --- the checks of a fresh clone ---------------------------------------------------------


def test_ci_runs_what_readme_says():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = script.splitlines()
    assert lines[0] == "#!/usr/bin/env bash" and "set -euo pipefail" in lines
    assert lines[-2:] == ["python3 run.py test", "python3 run.py check"]
    assert "\npython3 run.py test\n" in readme and "\npython3 run.py lab\n" in readme


WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
NAMED = re.findall(r"Python :: (3\.\d+)", " ".join(PYPROJECT["project"]["classifiers"]))


def test_github_runs_the_same_script_once_and_the_package_on_every_python_we_name():
    jobs = yaml.safe_load(WORKFLOW)["jobs"]
    everything, package = jobs["everything"]["steps"], jobs["package"]["steps"]
    assert "install -qy --no-install-recommends tshark" in everything[-2]["run"]
    assert everything[-1]["run"] == "bash .ci/run"
    assert package[-1]["run"] == "python run.py test notebooks tests --ignore=tests/browser"
    matrix = jobs["package"]["strategy"]["matrix"]
    assert [everything[1]["with"]["python-version"], *matrix["python"]] == NAMED
    assert package[1]["with"]["allow-prereleases"] is True
    systems = [matrix["system"][0], *(one["system"] for one in matrix["include"])]
    assert systems == ["ubuntu-latest", "windows-latest", "macos-latest"]
    assert {one["python"] for one in matrix["include"]} <= set(NAMED)


def test_what_others_wrote_for_github_cannot_change_below_us():
    used = re.findall(r"uses: (.*)", WORKFLOW)
    assert len(used) == 4
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one) for one in used)
    assert WORKFLOW.count("persist-credentials: false") == WORKFLOW.count("uses: actions/checkout@")


def test_readme_and_pyproject_name_the_same_pythons():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"With Python {', '.join(NAMED[:-1])} or {NAMED[-1]}, on Linux" in readme
    assert PYPROJECT["project"]["requires-python"] == f">={NAMED[0]}"
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{NAMED[0].replace('.', '')}"
    assert f"sys.version_info < ({NAMED[0].replace('.', ', ')})" in RUN.read_text(encoding="utf-8")


def test_a_dev_container_is_set_up_by_run_and_opens_nothing_by_itself():
    path = ROOT / ".devcontainer" / "devcontainer.json"
    container = json.loads(path.read_text(encoding="utf-8"))
    image, _, version = container["image"].rpartition(":")
    assert image == "mcr.microsoft.com/devcontainers/python" and version in NAMED
    python, script, verb = container["postCreateCommand"].split()
    assert (python, script) == ("python3", RUN.name) and verb in run.VERBS
    assert container["otherPortsAttributes"] == {"onAutoForward": "ignore"}
    assert "forwardPorts" not in container and "visibility" not in path.read_text(encoding="utf-8")
    settings = container["customizations"]["vscode"]["settings"]
    inside = settings["python.defaultInterpreterPath"].removeprefix("${containerWorkspaceFolder}/")
    assert inside == ".venv/bin/python"


def test_files_are_checked_out_as_they_were_committed():
    """On Windows, git would otherwise give each line another end."""
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert not [
        path
        for pattern in ("*.py", "notebooks/*.ipynb", "tests/recordings/*.wscap", ".ci/run", "*.md")
        for path in ROOT.glob(pattern)
        if b"\r\n" in path.read_bytes()
    ]


def test_tools_are_strict():
    tools = PYPROJECT["tool"]
    assert tools["pytest"]["strict"] is True and tools["pytest"]["filterwarnings"][0] == "error"
    assert tools["coverage"]["run"]["branch"] is True and tools["mypy"]["strict"] is True
    assert tools["ruff"]["lint"]["select"] == ["E", "F", "W", "I", "UP", "B"]


def test_both_licences_are_named():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["license"] == "BSD-3-Clause AND CC-BY-4.0"
    assert f"SPDX-License-Identifier: {PYPROJECT['project']['license']}" in text
    assert "Redistributions in binary form" in text and "creativecommons.org" in text
