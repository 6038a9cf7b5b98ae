"""What all widgets share: one script, one look, a name and a twin that do not change."""

from __future__ import annotations

import importlib.metadata
import re
import threading
from pathlib import Path

import pytest
import traitlets
from ipykernel import kernelbase

from tests.patience import LIMIT
from wslab.display.markup import Document, Heading, Paragraph
from wslab.display.widgets import page_widget as widgets
from wslab.display.widgets.page_widget import PageWidget
from wslab.network import background

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def page(tmp_path, monkeypatch) -> type[PageWidget]:
    """A widget of the plainest kind."""
    for name in ("widgets.js", "widgets.css"):
        (tmp_path / name).write_text(widgets._static(name), encoding="utf-8")
    (tmp_path / "bell.js").write_text("export default drawn(() => {});", encoding="utf-8")
    (tmp_path / "bell.css").write_text(".wslab-page .bell { color: red }", encoding="utf-8")
    monkeypatch.setattr(widgets, "_STATIC", tmp_path)

    class Bell(PageWidget, page="bell"):
        """Rings."""

        rung = traitlets.Int(0).tag(sync=True)
        about = "of the front door"
        twin = Document([Heading("Bell"), Paragraph("Run this cell to ring it.")])

    return Bell


def test_script_and_style_are_one_each_ours_first(page):
    bell = page()
    assert bell._esm.startswith("// What the scripts of all widgets share.")
    assert bell._esm.endswith("\nexport default drawn(() => {});")
    assert bell._css.startswith("\n.wslab{") and bell._css.endswith(
        "\n.wslab-page .bell { color: red }"
    )
    assert "function element(" in bell._esm


def test_two_of_them_look_the_same_in_text(page):
    first, second = page(), page()
    assert repr(first) == repr(second) == "<Bell of the front door>"
    bundles = []
    for bell in (first, second):
        data, metadata = bell._repr_mimebundle_()
        assert metadata == {}
        assert data.pop(VIEW)["model_id"] == bell.model_id
        bundles.append(data)
    assert bundles[0] == bundles[1]
    assert bundles[0]["text/plain"] == "Bell\n\nRun this cell to ring it."
    assert "Run this cell to ring it." in bundles[0]["text/html"]
    assert set(bundles[0]) == {"text/plain", "text/html"}


def test_a_subclass_without_a_page_of_its_own_keeps_its_parents(page):
    class Louder(page):
        pass

    assert Louder.page == "bell" and Louder()._esm == page()._esm
    assert repr(Louder()) == "<Louder of the front door>"


def test_the_base_alone_is_nothing_to_show():
    with pytest.raises(NotImplementedError):
        repr(PageWidget())


def test_a_trait_may_be_set_in_any_thread(page):
    bell = page()
    thread = threading.Thread(target=lambda: setattr(bell, "rung", 1))
    thread.start()
    thread.join(LIMIT)
    assert bell.rung == 1


def test_every_rule_of_the_style_stands_below_our_class():
    sheet = re.sub(r"/\*.*?\*/", "", widgets._static("widgets.css"), flags=re.DOTALL)
    rules = re.sub(r"@container [^{]*{", "", sheet).split("}")
    selectors = [rule.partition("{")[0].strip() for rule in rules]
    parts = [part for selector in selectors for part in re.split(r",(?![^(]*\))", selector)]
    wrong = [
        part.strip()
        for part in parts
        if part.strip()
        and not re.match(r'(\[data-jp-theme-light="false"\] )?\.wslab-page\b', part.strip())
    ]
    assert len(parts) > 25
    assert wrong == []


@pytest.mark.parametrize(
    "name", sorted(path.name for path in widgets._STATIC.iterdir() if path.is_file())
)
def test_nothing_comes_from_outside_nothing_moves_and_nobody_writes_html(name):
    source = widgets._static(name)
    for word in (
        *(
            "http://",
            "https://",
            "import ",
            "import(",
            "@import",
            "url(",
            "animation",
            "transition",
        ),
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("),
    ):
        assert word not in source, word


def test_a_callback_that_fails_tells_the_page(page, monkeypatch):
    told: list[dict] = []
    monkeypatch.setattr(page, "send", lambda self, content: told.append(content))
    background.log.clear()
    done = threading.Event()

    def fail(word: str) -> None:
        done.set()
        raise ValueError(word * 1_000)

    bell = page()
    bell.in_background(fail, "x.")
    assert done.wait(10)
    background.call(lambda: None)  # which runs after it
    (failed,) = told
    assert failed["failed"].startswith("The kernel could not do that: ValueError: x.x.x.")
    assert failed["failed"].endswith("x. Run this cell again.") and len(failed["failed"]) < 400
    assert background.log.pop().startswith("<Bell of the front door> failed: ValueError: x.x")
    bell.attempt(told.clear)
    assert told == []


def test_ipykernel_has_what_we_switch_off():
    """The private name (tried with 7.4); without it a page waits for a cell that blocks."""
    version = importlib.metadata.version("ipykernel")
    kernel = Path(kernelbase.__file__).read_text(encoding="utf-8")
    assert '(comm, "_reply_subshell_for", None)' in kernel, (
        f"ipykernel {version} asks a comm for no `_reply_subshell_for` any more; "
        "mend _answer_in_any_thread in wslab/display/widgets/page_widget.py"
    )
