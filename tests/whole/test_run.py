"""run.py: the set-up it keeps, the verbs it has, and the notebooks it executes and trusts."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.sign import NotebookNotary

import run
from tests.patience import patient

ROOT = Path(__file__).parents[2]
RUN = ROOT / "run.py"


# --- a set-up is made, kept, refreshed and repaired --------------------------------------


class Steps(list[list[str]]):
    """The commands of a set-up, carried out as far as a test needs: a Python appears."""

    def __init__(self) -> None:
        self.fail_at = ""

    def __call__(self, command: list[str]) -> None:
        self.append(command)
        if self.fail_at and self.fail_at in command:
            raise KeyboardInterrupt
        if "venv" in command:
            Path(run.PYTHON).parent.mkdir(parents=True, exist_ok=True)
            Path(run.PYTHON).touch()

    def take(self) -> list[str]:
        """What was done since the last look, each step in a word."""
        words = ("venv", "install", "labextension")
        done = [next(word for word in words if word in command) for command in self]
        self.clear()
        return done


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A project with no .venv yet; run.py works on it."""
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    move_to(tmp_path, monkeypatch)
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    return tmp_path


def move_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VENV", "STAMP", "SCRIPTS", "PYTHON"):
        inside = Path(getattr(run, name)).relative_to(run.ROOT)
        monkeypatch.setattr(run, name, str(folder / inside))
    monkeypatch.setattr(run, "ROOT", str(folder))


@pytest.fixture
def steps(house, monkeypatch):
    made = Steps()
    monkeypatch.setattr(run, "step", made)
    return made


def test_a_set_up_is_made_once(steps):
    run.set_up()
    assert steps.take() == ["venv", "install", "labextension"]
    run.set_up()
    assert steps.take() == []


def test_progress_is_told(steps, capsys):
    run.set_up()
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "set-up 1/3",
        "set-up 2/3",
        "set-up 3/3",
        "set-up",
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_changed_file_refreshes_it(steps, house, name):
    run.set_up()
    steps.take()
    (house / name).write_text((house / name).read_text(encoding="utf-8") + "# changed\n")
    run.set_up()
    assert steps.take() == ["install", "labextension"]


def test_test_tools_are_installed_when_asked_for_and_then_kept(steps):
    run.set_up()
    assert not [command for command in steps if ".[test]" in command]
    steps.take()
    run.set_up("test")
    assert [command for command in steps if ".[test]" in command]
    assert steps.take() == ["install", "labextension"]
    run.set_up()
    run.set_up("test")
    assert steps.take() == []


@pytest.mark.parametrize("moment", ["venv", "install", "labextension"])
def test_an_interrupted_set_up_is_made_afresh(steps, house, moment):
    steps.fail_at = moment
    with pytest.raises(KeyboardInterrupt):
        run.set_up()
    half = house / ".venv" / "half-installed"
    half.touch()
    steps.take()
    steps.fail_at = ""
    run.set_up()
    assert steps.take() == ["venv", "install", "labextension"]
    assert not half.exists()


def test_an_interrupted_refresh_is_made_afresh(steps, house):
    run.set_up()
    (house / "requirements.txt").write_text("-e .\n")
    steps.fail_at = "install"
    with pytest.raises(KeyboardInterrupt):
        run.set_up()
    steps.fail_at = ""
    steps.take()
    run.set_up()
    assert steps.take() == ["venv", "install", "labextension"]


def test_a_vanished_interpreter_is_made_afresh(steps):
    run.set_up()
    steps.take()
    Path(run.PYTHON).unlink()
    run.set_up()
    assert steps.take() == ["venv", "install", "labextension"]


def test_a_moved_project_is_made_afresh(steps, house, monkeypatch):
    run.set_up()
    steps.take()
    moved = house.rename(house.with_name("moved"))
    move_to(moved, monkeypatch)
    run.set_up()
    assert steps.take() == ["venv", "install", "labextension"]


def test_an_environment_that_windows_holds_is_a_sentence(steps, house, monkeypatch):
    def busy(folder):
        raise PermissionError(13, "Access is denied", str(house / "python.exe"))

    run.set_up()
    Path(run.STAMP).write_text(run.UNFINISHED)
    monkeypatch.setattr(run.shutil, "rmtree", busy)
    with pytest.raises(run.Stop, match=r"Access is denied.*Next: close what runs from it"):
        run.set_up()


def test_an_environment_of_somebody_else_is_added_to_and_not_deleted(steps, house):
    Path(run.PYTHON).parent.mkdir(parents=True)
    Path(run.PYTHON).touch()
    theirs = house / ".venv" / "theirs"
    theirs.touch()
    run.set_up()
    assert steps.take() == ["install", "labextension"] and theirs.exists()


def test_pip_installs_into_the_environment_whatever_its_settings_say(monkeypatch):
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    settings = {name: v for name, v in run.environment().items() if name.startswith("PIP_")}
    assert settings["PIP_USER"] == "0" and settings["PIP_INDEX_URL"].startswith("https://mirror")
    assert not {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"} & set(settings)


def test_uv_is_used_when_there_is_one(steps, monkeypatch):
    monkeypatch.setattr(run.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    run.set_up()
    assert [command[0] for command in steps] == ["/bin/uv", "/bin/uv", run.PYTHON]


def test_a_python_without_ensurepip_names_the_package_to_install(steps, monkeypatch):
    real = run.importlib.util.find_spec
    lacks = "ensurepip"
    monkeypatch.setattr(
        run.importlib.util, "find_spec", lambda name: None if name == lacks else real(name)
    )
    with pytest.raises(run.Stop, match=r"sudo apt install python3\.\d+-venv"):
        run.set_up()
    assert steps.take() == []


def test_a_command_that_fails_shows_its_last_lines_and_the_next_step(house):
    fails = [sys.executable, "-c", "print('no such package'); raise SystemExit(3)"]
    with pytest.raises(run.Stop, match=r"(?s)no such package.*exit code 3.*Next: "):
        run.step(fails)


def test_main_turns_a_stop_into_a_sentence(monkeypatch, capsys):
    def stop(_):
        raise run.Stop("what happened. Next: what to do.")

    monkeypatch.setitem(run.VERBS, "doctor", stop)
    assert run.main(["doctor"]) == 2
    assert capsys.readouterr().err == "what happened. Next: what to do.\n"


def test_main_turns_ctrl_c_into_a_sentence(monkeypatch, capsys):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setitem(run.VERBS, "lab", interrupt)
    assert run.main([]) == 130
    assert "stopped" in capsys.readouterr().err


# --- verbs -------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["--help", "-h", "help"])
def test_help_needs_no_set_up(tmp_path, ask):
    shutil.copy(RUN, tmp_path)
    answer = subprocess.run([sys.executable, tmp_path / "run.py", ask], capture_output=True)
    assert answer.returncode == 0 and answer.stderr == b""
    for verb in run.VERBS:
        assert re.search(rb"(?m)^  %s\s+\w" % verb.encode(), answer.stdout.replace(b"\r", b""))
    assert [path.name for path in tmp_path.iterdir()] == ["run.py"]


def test_an_unknown_verb_says_which_exist(tmp_path):
    shutil.copy(RUN, tmp_path)
    command = [sys.executable, tmp_path / "run.py", "lap"]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 2 and answer.stdout == ""
    assert f"'lap'; there are: {', '.join(run.VERBS)}. " in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run.py"]


@pytest.fixture
def commands(monkeypatch):
    """What the verbs would run, without a set-up."""
    seen: list[list[str]] = []

    def note(*command):
        seen.append([str(word) for word in command[1:]])
        return 0

    monkeypatch.setattr(run.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(run, "set_up", lambda extra=None: seen.append(["set-up", str(extra)]))
    monkeypatch.setattr(run, "run", note)
    monkeypatch.setattr(run, "become", note)
    return seen


@pytest.fixture
def shelf(house):
    """Two notebooks to open; their names are not JupyterLab's concern here."""
    (house / "notebooks").mkdir()
    for name in ("00-start.ipynb", "04 frames.ipynb"):
        (house / "notebooks" / name).touch()
    return house / "notebooks"


def test_lab_is_the_default_and_opens_the_first_notebook(shelf, commands):
    assert run.main([]) == 0
    assert commands[0] == ["set-up", "None"]
    assert "run.trust()" in commands[1][-1]
    assert commands[2] == [
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={run.ROOT}",
        "--LabApp.default_url=/lab/tree/notebooks/00-start.ipynb",
    ]


def test_lab_passes_arguments_on(shelf, commands):
    run.main(["lab", "--no-browser", "--port=1"])
    assert commands[-1][-3].endswith("/00-start.ipynb")
    assert commands[-1][-2:] == ["--no-browser", "--port=1"]


def test_lab_opens_another_notebook_when_told(shelf, commands, monkeypatch):
    monkeypatch.chdir(shelf)
    run.main(["lab", "04 frames.ipynb", "--no-browser"])
    assert commands[-1][-2:] == [
        "--LabApp.default_url=/lab/tree/notebooks/04%20frames.ipynb",
        "--no-browser",
    ]


def test_lab_runs_for_root_too(shelf, commands, monkeypatch):
    monkeypatch.setattr(run.os, "geteuid", lambda: 0, raising=False)
    run.main(["lab"])
    assert commands[-1][-1] == "--allow-root"


def test_lab_says_so_of_another_drive_of_windows(shelf, commands, monkeypatch, capsys):
    def apart(path, start):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(run.os.path, "relpath", apart)
    assert run.main(["lab", str(shelf / "00-start.ipynb")]) == 2
    assert "is not a notebook of this project. Next: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["notebooks/05-none.ipynb", "../elsewhere.ipynb"])
def test_lab_says_when_there_is_no_such_notebook(shelf, commands, monkeypatch, capsys, name):
    (shelf.parents[1] / "elsewhere.ipynb").touch()
    monkeypatch.chdir(shelf.parent)
    assert run.main(["lab", name]) == 2
    assert "is not a notebook of this project. Next: " in capsys.readouterr().err


def test_test_covers_the_lower_layers_and_runs_all_the_rest(commands):
    assert run.main(["test"]) == 0
    assert commands[0] == ["set-up", "test"]
    covered, combine, report, rest, browser = commands[1:]
    assert covered == ["-m", "coverage", "run", "-m", "pytest", "-n2", *run.MEASURED]
    assert combine[:3] == ["-m", "coverage", "combine"]
    assert report == ["-m", "coverage", "report"]
    # A folder that is named is searched even if it is to be ignored; so only "tests" is.
    elsewhere = [*run.MEASURED, run.BROWSER]
    ignored = [f"--ignore={path}" for path in elsewhere]
    assert rest[-3 - len(ignored) :] == [run.WORKERS, "tests", "notebooks", *ignored]
    assert browser[-2:] == ["-n2", run.BROWSER]
    assert all((ROOT / path).exists() for path in elsewhere)


@pytest.mark.parametrize("part", range(5))
def test_test_fails_when_any_part_does(monkeypatch, part):
    codes = [0] * 5
    codes[part] = -15
    monkeypatch.setattr(run, "set_up", lambda extra=None: None)
    monkeypatch.setattr(run, "run", lambda *command: codes.pop(0))
    assert run.main(["test"]) == 15 and codes == [], "every part runs"


def test_notebooks_are_compared_strictly(pytestconfig):
    """Whoever runs pytest, and however: a cell is a test, and its whole output is compared."""
    options = pytestconfig.option
    assert options.nbval and not options.nbval_lax and options.nbval_current_env
    sanitize = (ROOT / options.nbval_sanitize_with).read_text(encoding="utf-8").splitlines()
    assert [line for line in sanitize if not line.startswith("#")] == []


@pytest.mark.parametrize(("patience", "limit"), [(None, "60"), ("2.5", "150")])
def test_a_cell_has_a_minute_or_longer_when_told(commands, monkeypatch, patience, limit):
    monkeypatch.delenv("WSLAB_TEST_PATIENCE", raising=False)
    if patience:
        monkeypatch.setenv("WSLAB_TEST_PATIENCE", patience)
    run.main(["test", "notebooks"])
    assert f"--nbval-cell-timeout={limit}" in commands[-1]


def test_test_passes_arguments_on(commands):
    run.main(["test", "-k", "frames"])
    assert commands[-1][-2:] == ["-k", "frames"]


def test_check_formats_lints_and_types(commands):
    assert run.main(["check"]) == 0
    assert [" ".join(command[1:]) for command in commands[1:]] == [
        "ruff format --check .",
        "ruff check .",
        "mypy",
    ]


def test_check_fails_when_one_of_them_does(monkeypatch):
    monkeypatch.setattr(run, "set_up", lambda extra=None: None)
    monkeypatch.setattr(run, "run", lambda *command: int("format" in command))
    assert run.main(["check"]) == 1


def test_other_verbs_pass_arguments_on(commands):
    for verb in ("bench", "notebooks", "conformance", "doctor"):
        run.main([verb, "one", "two"])
        assert commands[-1][-2:] == ["one", "two"]


def test_a_commands_exit_code_is_returned():
    assert run.run(sys.executable, "-c", "raise SystemExit(7)") == 7


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups")
@pytest.mark.parametrize("how", ["terminated", "interrupted"])
def test_a_request_to_end_reaches_the_command(how):
    """SIGTERM or Ctrl-C ends what run.py runs and begins nothing more: nothing is left behind."""
    child = (
        "import signal, sys, threading\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(2))\n"
        "print('up', flush=True)\n"
        "threading.Event().wait()"
    )
    parent = (
        "import run, sys\n"
        f"run.VERBS['test'] = lambda _: run.run(sys.executable, '-c', {child!r})"
        " + run.run(sys.executable, '-c', 'print(\"late\")')\n"
        "sys.exit(run.main(['test']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None and process.stdout.readline() == "up\n"
        if how == "terminated":
            process.terminate()
        else:  # a terminal sends it to everybody in the group
            os.killpg(process.pid, signal.SIGINT)
        assert process.wait(patient(20)) == 130
        # A child that still lived would hold the pipes.
        out, err = process.communicate(timeout=patient(20))
        assert out == "" and err.startswith("\nstopped;")


SLEEPER = """
import os, threading, time, pathlib, pytest

@pytest.mark.parametrize("number", range(4))
def test_waits(number):
    pathlib.Path(__file__).with_name(f"{os.getpid()}.up").touch()
    threading.Event().wait()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups")
def test_ctrl_c_ends_the_workers_of_pytest_too(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(SLEEPER, encoding="utf-8")
    (tmp_path / "pytest.ini").touch()
    pytest = ["-m", "pytest", "-c", str(tmp_path / "pytest.ini"), "-n2", str(tmp_path)]
    parent = f"import run, sys; sys.exit(run.run(sys.executable, *{pytest!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    with process:
        deadline = time.monotonic() + patient(60)
        while len(list(tmp_path.glob("*.up"))) < 2:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)  # between two looks; nothing tells when a file is made
        workers = [int(path.stem) for path in tmp_path.glob("*.up")]
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=patient(60))
    _, alive = psutil.wait_procs(map(psutil.Process, filter(psutil.pid_exists, workers)), 20)
    assert alive == []


# --- notebooks are executed and saved ----------------------------------------------------


def notebook(*sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    for number, source in enumerate(sources):
        cell = nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        cell.metadata.update({"tags": ["exercise"], "execution": {"iopub.status.busy": "now"}})
        made.cells.append(cell)
    made.metadata.update(
        {
            "kernelspec": {"display_name": "my venv", "language": "python", "name": "my-venv"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "widgets": {},
            "wslab": {"title": "kept"},
        }
    )
    return made


def execute(folder: Path, *names: str, **settings: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(RUN, folder)
    (folder / "README.md").write_text((ROOT / "README.md").read_text(encoding="utf-8"))
    command = [sys.executable, "-c", "import run; run.execute()", *names]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_execute_saves_outputs_the_same_way_each_time(tmp_path):
    path = tmp_path / "notebooks" / "x-demo.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook("1 + 1", "import os; os.path.basename(os.getcwd())"), path)
    answer = execute(tmp_path)
    assert answer.returncode == 0, answer.stderr
    first = path.read_bytes()
    saved = json.loads(first)
    assert saved["metadata"] == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
        "wslab": {"title": "kept"},
    }
    assert [cell["id"] for cell in saved["cells"]] == ["cell-0", "cell-1"]
    assert [cell["metadata"] for cell in saved["cells"]] == [{"tags": ["exercise"]}] * 2
    assert [cell["execution_count"] for cell in saved["cells"]] == [1, 2]
    shown = [cell["outputs"][0]["data"]["text/plain"] for cell in saved["cells"]]
    assert shown == [["2"], ["'notebooks'"]]
    assert execute(tmp_path, "x-demo").returncode == 0
    assert path.read_bytes() == first


def test_execute_keeps_the_text_and_html_of_a_widget_and_not_its_view(tmp_path):
    path = tmp_path / "notebooks" / "x-demo.ipynb"
    path.parent.mkdir()
    view = "application/vnd.jupyter.widget-view+json"
    bundle = {view: {"model_id": "0123"}, "text/plain": "a twin", "text/html": "<p>a twin</p>"}
    shows = f"display({bundle}, raw=True, metadata={{{view!r}: {{}}}})"
    nbformat.write(notebook(shows), path)
    answer = execute(tmp_path)
    assert answer.returncode == 0, answer.stderr
    [output] = json.loads(path.read_bytes())["cells"][0]["outputs"]
    assert output["data"] == {"text/html": ["<p>a twin</p>"], "text/plain": ["a twin"]}
    assert output["metadata"] == {}


def test_execute_saves_nothing_of_a_notebook_that_fails(tmp_path):
    path = tmp_path / "notebooks" / "x-demo.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook("1 / 0"), path)
    before = path.read_bytes()
    answer = execute(tmp_path)
    assert answer.returncode == 1
    assert "x-demo.ipynb: not saved" in answer.stdout and "ZeroDivisionError" in answer.stdout
    assert path.read_bytes() == before


def test_a_folder_with_a_space_and_a_terminal_without_its_letters(tmp_path):
    folder = tmp_path / "mit Abstand ü"
    path = folder / "notebooks" / "x-☺.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook("print('☺')"), path)
    answer = execute(folder, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert answer.returncode == 0, answer.stderr
    assert "x-\\u263a.ipynb: saved" in answer.stdout
    saved = path.read_bytes()
    assert "☺\\n".encode() in saved and b"\r" not in saved


def test_execute_names_the_notebooks_when_asked_for_another(tmp_path):
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook(), tmp_path / "notebooks" / "x-demo.ipynb")
    answer = execute(tmp_path, "77")
    assert answer.returncode == 2 and "no notebook 77; there are: x-demo" in answer.stdout


def test_trust_signs_the_courses_notebooks(tmp_path):
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks" / "x-demo.ipynb"
    made = notebook("1")
    made.cells[0].outputs = [nbformat.v4.new_output("display_data", {"text/html": "<b>1</b>"})]
    nbformat.write(made, path)
    (tmp_path / "notebooks" / "half-saved.ipynb").write_text("{")
    shutil.copy(RUN, tmp_path)
    command = [sys.executable, "-c", "import run; run.trust()"]
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    answer = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith("lab: half-saved.ipynb was not trusted")
    notary = NotebookNotary(data_dir=str(tmp_path / "data"))
    try:
        assert notary.check_signature(nbformat.read(path, as_version=4))
    finally:
        notary.store.close()
