#!/usr/bin/env python3
"""One command for everything: python3 run.py [VERB] [further arguments]

  lab        open the course in JupyterLab (the default);
             a notebook to open may come first; further arguments go on
             to JupyterLab, such as --no-browser
  test       check everything: the package, the notebooks, the set-up;
             further arguments go on to pytest, such as -k frames
             (WSLAB_TEST_PATIENCE=5 makes each wait five times as long)
  notebooks  execute the notebooks from top to bottom and save them;
             further arguments say which, such as 00 03
  check      format, lint and types
  bench      measure speed, as ratios; further arguments go on to the benchmarks
  clients    hold other people's WebSocket clients against the echo server and
             the tap, and write what came of it into README.md; further
             arguments say which, such as aiohttp
  conformance
             hold server and tap against the Autobahn TestSuite; further
             arguments say which groups, such as 1 5 7 (--help lists them)
  doctor     is this machine ready, and if not, what to do

The first run makes .venv beside this file. Later runs refresh it only when
requirements.txt or pyproject.toml changed.
"""

# This file parses on any Python, 2.7 included, so that it can say which one it needs.
import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "wslab needs Python 3.11 or newer; this is Python %d.%d (%s): "
        "install a newer one from https://www.python.org/downloads/ and run it with this file.\n"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(2)

import glob
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
import urllib.parse

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "wslab-stamp.txt")  # what was installed; written last
UNFINISHED = "unfinished"
WINDOWS = os.name == "nt"
SCRIPTS = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(SCRIPTS, "python.exe" if WINDOWS else "python")
MEASURED = (
    os.path.join("tests", "wslab", "protocol"),
    os.path.join("tests", "wslab", "test_errors.py"),
)
BROWSER = os.path.join("tests", "browser")
WORKERS = "-n5"  # more than there are cores: most of a test is waiting for something
FIRST = os.path.join("notebooks", "00-start.ipynb")
NEWS = "@jupyterlab/apputils-extension:announcements"


class Stop(Exception):
    """A sentence for the person at the keyboard, who can act on it."""


# --- the set-up ---------------------------------------------------------------------------


def set_up(extra=None):
    """Make `.venv` hold what the files ask for, and `extra` of pyproject.toml as well."""
    stamp = read(STAMP)
    wanted = wanted_stamp()
    if os.path.exists(PYTHON) and stamp in (wanted, wanted + " test"):
        if extra is None or stamp == wanted + " " + extra:
            return
    started = time.monotonic()
    if stamp is not None and (not os.path.exists(PYTHON) or not same_place(stamp, wanted)):
        say("set-up: removing what an interrupted set-up or a moved folder left in .venv")
        remove_venv()
    os.makedirs(VENV, exist_ok=True)
    write(STAMP, UNFINISHED)
    uv = shutil.which("uv")
    if not os.path.exists(PYTHON):
        say("set-up 1/3: making .venv with " + ("uv" if uv else "venv"))
        make_venv(uv)
    say("set-up 2/3: installing the packages (under a minute, mostly download)")
    packages = ["-r", "requirements.txt"] + (["-e", ".[" + extra + "]"] if extra else [])
    if uv:
        step([uv, "pip", "install", "--python", PYTHON] + packages)
    else:
        step([PYTHON, "-m", "pip", "install", "--disable-pip-version-check"] + packages)
    say("set-up 3/3: switching JupyterLab's news question off")
    step([PYTHON, "-m", "jupyter", "labextension", "disable", NEWS])
    write(STAMP, wanted + (" " + extra if extra else ""))
    say("set-up: done in %.0f s" % (time.monotonic() - started))


def remove_venv():
    try:
        shutil.rmtree(VENV)
        return
    except OSError as error:  # Windows keeps the files of a program that runs
        problem = error
    raise Stop(
        "set-up: cannot remove %s: %s. Next: close what runs from it, such as JupyterLab, "
        "and run this again." % (VENV, problem)
    )


def wanted_stamp():
    """The place and a hash of the two files: what a finished set-up was made from."""
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read() + b"\0")
    place = hashlib.sha256(os.path.realpath(ROOT).encode("utf-8", "surrogateescape"))
    return place.hexdigest()[:16] + " " + digest.hexdigest()


def same_place(stamp, wanted):
    """An environment knows its own path, so a moved one has to be made again."""
    return stamp.split()[:1] == wanted.split()[:1]


def make_venv(uv):
    # The base interpreter, because this one may live in the .venv that is being replaced.
    base = getattr(sys, "_base_executable", None) or sys.executable
    if uv:
        step([uv, "venv", "--seed", "--allow-existing", "--python", base, VENV])
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Stop(
            "This Python has no venv or no ensurepip, which Debian and Ubuntu ship apart. "
            "Next: sudo apt install python%d.%d-venv, then run this again." % sys.version_info[:2]
        )
    step([base, "-m", "venv", VENV])


def step(command):
    """Run one command of the set-up: its last line on a terminal, all of it when it fails."""
    lines = []
    width = shutil.get_terminal_size().columns - 4 if sys.stdout.isatty() else 0
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            if width > 0:
                sys.stdout.write("\r  " + printable(lines[-1].strip()[:width].ljust(width)))
                sys.stdout.flush()
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        process.stdout.close()
        if width > 0:
            sys.stdout.write("\r" + " " * (width + 2) + "\r")
    if code:
        raise Stop(
            "\n".join(lines[-25:]) + "\n\nset-up: this command failed with exit code %d:\n  %s\n"
            "Next: read the lines above it. Without the Internet, connect and run this again; "
            "the next run starts the set-up afresh." % (code, " ".join(command))
        )


# --- the verbs ----------------------------------------------------------------------------


def lab(arguments):
    set_up()
    run(PYTHON, "-c", "import run; run.trust()")
    notebook = os.path.join(ROOT, FIRST)
    if arguments and arguments[0].endswith(".ipynb"):
        notebook = os.path.abspath(arguments.pop(0))
    # As the default address it also stands in the link that JupyterLab prints.
    try:
        inside = os.path.relpath(notebook, ROOT).replace(os.sep, "/")
    except ValueError:  # on another drive of Windows
        inside = "../"
    if not os.path.exists(notebook) or inside.startswith("../"):
        raise Stop("lab: %s is not a notebook of this project. Next: ls notebooks" % notebook)
    address = "--LabApp.default_url=/lab/tree/" + urllib.parse.quote(inside)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments = ["--allow-root"] + arguments  # a container has nobody else
    become(PYTHON, "-m", "jupyterlab", "--ServerApp.root_dir=" + ROOT, address, *arguments)


def test(arguments):
    set_up("test")
    pytest = [PYTHON, "-m", "pytest"]
    # A cell of a notebook may take a minute, or longer where the tests are told to be patient.
    patience = float(os.environ.get("WSLAB_TEST_PATIENCE", "1"))
    pytest.append("--nbval-cell-timeout=%g" % (60 * patience))
    if arguments:
        return run(*(pytest + arguments))
    apart = MEASURED + (BROWSER,)
    codes = [
        # Layers 0 and 1 are covered by their own tests, to the last branch; tracing the rest would
        # only slow it, and Python 3.11 spins when a traced program stops a thread that waits.
        run(PYTHON, "-m", "coverage", "run", "-m", "pytest", "-n2", *MEASURED),
        run(PYTHON, "-m", "coverage", "combine", "--quiet"),
        run(PYTHON, "-m", "coverage", "report"),
        run(*(pytest + [WORKERS, "tests", "notebooks"] + ["--ignore=" + path for path in apart])),
        # While its browser is open, playwright's loop counts as running in the thread of the
        # tests, so a test that starts a loop of its own needs another process. Each worker has
        # a browser and a JupyterLab or two, so there are fewer.
        run(*(pytest + ["-n2", BROWSER])),
    ]
    return max(map(abs, codes))


def notebooks(arguments):
    set_up("test")
    return run(PYTHON, "-c", "import run; run.execute()", *arguments)


def check(arguments):
    if arguments:
        raise Stop("check takes no arguments; found: " + " ".join(arguments))
    set_up("test")
    codes = [
        run(PYTHON, "-m", "ruff", "format", "--check", "."),
        run(PYTHON, "-m", "ruff", "check", "."),
        run(PYTHON, "-m", "mypy"),
    ]
    return max(map(abs, codes))


def bench(arguments):
    set_up("test")
    become(PYTHON, "-m", "tests.benchmarks", *arguments)


def clients(arguments):
    set_up("test")
    become(PYTHON, "-m", "tests.conformance.foreign", *arguments)


def conformance(arguments):
    set_up()
    become(PYTHON, "-m", "tests.conformance", *arguments)


def doctor(arguments):
    set_up()
    become(PYTHON, "-m", "wslab", "doctor", *arguments)


VERBS = {
    verb.__name__: verb
    for verb in (lab, test, notebooks, check, bench, clients, conformance, doctor)
}


# --- what runs inside .venv, where Jupyter's packages are -----------------------------------


def trust():
    """Sign the course's own notebooks, so that JupyterLab shows their committed HTML."""
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in sorted(glob.glob(os.path.join(ROOT, "notebooks", "*.ipynb"))):
        try:
            notary.sign(nbformat.read(path, as_version=4))
        except Exception as problem:  # a learner's half-saved file must not keep the lab shut
            say("lab: %s was not trusted: %s" % (os.path.basename(path), problem))


def execute():
    """Execute and save the notebooks named in sys.argv, or all of them."""
    from pathlib import Path

    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    from wslab_course import readme

    failed = 0
    for path in chosen_notebooks(sys.argv[1:]):
        started = time.monotonic()
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook,
            timeout=60,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,  # what one cell prints is one output, however it arrived
            resources={"metadata": {"path": os.path.dirname(path)}},
        )
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
            failed += 1
            say("%s: not saved, because a cell failed:\n%s" % (os.path.basename(path), problem))
            continue
        tidy(notebook)
        nbformat.validate(notebook)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            nbformat.write(notebook, file)
        say("%s: saved, %.1f s" % (os.path.basename(path), time.monotonic() - started))
    if not failed and readme.refresh(Path(ROOT)):
        say("README.md: its table of notebooks is refreshed")
    sys.exit(1 if failed else 0)


def chosen_notebooks(names):
    """Paths for names such as 03, 03-handshake or notebooks/03-handshake.ipynb; all for none."""
    every = sorted(glob.glob(os.path.join(ROOT, "notebooks", "*.ipynb")))
    if not names:
        return every
    chosen = []
    for name in names:
        stem = os.path.splitext(os.path.basename(name))[0]
        found = [path for path in every if os.path.basename(path).startswith(stem)]
        if not found:
            say("there is no notebook %s; there are: %s" % (name, ", ".join(map(short, every))))
            sys.exit(2)
        chosen += found
    return chosen


def short(path):
    return os.path.splitext(os.path.basename(path))[0]


def tidy(notebook):
    """Keep what every machine agrees on; drop versions, timings and widget state."""
    kept = {key: notebook.metadata[key] for key in ("wslab",) if key in notebook.metadata}
    kept["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    kept["language_info"] = {"name": "python"}
    notebook.metadata.clear()
    notebook.metadata.update(kept)
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        for timing in ("execution", "ExecuteTime"):
            cell.metadata.pop(timing, None)
        for output in cell.get("outputs", []):
            if output.output_type == "error":  # its call stack holds paths of this machine
                output.traceback = ["%s: %s" % (output.ename, output.evalue)]
            # A live view names a widget of a kernel that is gone; its text and HTML stay.
            for part in (output.get("data", {}), output.get("metadata", {})):
                part.pop("application/vnd.jupyter.widget-view+json", None)


# --- small things ---------------------------------------------------------------------------


def run(*command):
    """Run one command to its end and return its exit code.

    Ctrl-C reaches the command too, which ends in its own way; then nothing else begins.
    """
    stopped = []

    def pass_on(number, _frame):
        stopped.append(number)
        # A terminal sends Ctrl-C to the whole group, so only SIGTERM has to be handed down.
        if number == signal.SIGTERM and child:
            child.terminate()

    child = None
    before = {n: signal.signal(n, pass_on) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        child = subprocess.Popen(command, cwd=ROOT, env=environment())
        if signal.SIGTERM in stopped:  # while it began
            child.terminate()
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopped:
        raise KeyboardInterrupt
    return code


def become(*command):
    """Let a command take over: it gets every signal itself. Windows has no such call."""
    if WINDOWS:
        sys.exit(run(*command))
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(command[0], list(command), environment())


def environment():
    """The variables that activating .venv would set."""
    variables = dict(os.environ, VIRTUAL_ENV=VENV)
    variables.pop("PYTHONHOME", None)
    # Common in containers; with it, each worker and each kernel compiles everything again.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    for elsewhere in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        variables.pop(elsewhere, None)
    variables["PIP_USER"] = "0"  # over a pip.conf too: what is installed belongs in .venv
    variables["PATH"] = SCRIPTS + os.pathsep + variables.get("PATH", os.defpath)
    return variables


def say(sentence):
    sys.stdout.write(printable(sentence) + "\n")
    sys.stdout.flush()


def printable(text):
    """The text for a terminal or a pipe that may not know each character of a path."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def main(arguments):
    verb = arguments[0] if arguments else "lab"
    if verb in ("-h", "--help", "help"):
        say(__doc__.strip())
        return 0
    if verb not in VERBS:
        sys.stderr.write(
            "run.py has no verb %r; there are: %s. For what each does: python3 run.py --help\n"
            % (verb, ", ".join(VERBS))
        )
        return 2
    try:
        return VERBS[verb](arguments[1:]) or 0
    except Stop as problem:
        sys.stderr.write("%s\n" % problem)
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; an unfinished set-up is repaired by the next run\n")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
