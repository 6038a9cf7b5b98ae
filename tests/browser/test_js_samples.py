"""The JavaScript samples of notebook 06 in a real browser: broken as found, right as repaired."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from wslab.network.echo import EchoServer
from wslab_course.lessons import events as lesson

pytestmark = pytest.mark.browser

# What the page around a sample has; the sample's own names are handed out as well.
STAGE = """
(url) => {
  const add = (tag, id) =>
    document.body.appendChild(Object.assign(document.createElement(tag), {id}));
  Object.assign(window, {
    url, said: [], thrown: [], say: (text) => said.push(text), label: add("p", "state"),
    button: add("button", "send"), input: add("input", "text"), socket: {},
  });
  window.Known = class extends WebSocket {
    constructor(...given) { super(...given); window.made = this; }
  };
  window.addEventListener("error", (event) => {
    thrown.push(event.error.name);
    event.preventDefault();
  });
}
"""
RUN = """
(code) => {
  try {
    new Function("WebSocket", "url", "say", "button", "input", code)(
      Known, url, say, button, input);
    return "";
  } catch (error) { return `${error.name}: ${error.message}`; }
}
"""


@pytest.fixture
def stage(page: Page) -> Iterator[Page]:
    with EchoServer() as server:
        page.goto(server.http_url + "/plain")
        page.evaluate(STAGE, server.url + "/echo")
        yield page
        page.evaluate("window.made && made.close()")


def run(stage: Page, code: str) -> str:
    """What the script throws at once, if anything."""
    return stage.evaluate(RUN, code)


def says(stage: Page, said: list[str]) -> None:
    stage.wait_for_function("n => said.length >= n", arg=len(said))
    assert stage.evaluate("said") == said


def state(stage: Page, value: int) -> None:
    stage.wait_for_function("n => made.readyState === n", arg=value)


def test_the_slide_does_not_parse(stage: Page) -> None:
    broken = lesson.SAMPLES["opened"].broken
    quotes_only = broken.translate(str.maketrans("“”", '""'))
    var_only = broken.replace("var.", "var ")
    for source in (broken, quotes_only, var_only):
        assert run(stage, source).startswith("SyntaxError")
    assert run(stage, "var.label = 1;") == "SyntaxError: Unexpected token '.'"
    assert run(stage, "say(“Hi”);") == "SyntaxError: Invalid or unexpected token"


def test_the_slide_repaired_runs(stage: Page) -> None:
    assert run(stage, lesson.SAMPLES["opened"].repaired) == ""
    stage.evaluate("socket.onopen()")
    says(stage, ["Connected"])
    assert stage.inner_text("#state") == "Connected"


@pytest.mark.parametrize("case", lesson.repair.cases, ids=str)
def test_each_case_of_the_exercise_is_what_it_claims(case: Any, stage: Page) -> None:
    source = case.args[0]
    assert run(stage, source).startswith("SyntaxError") == ("parses as it is" not in str(case))
    stage.evaluate("window.socket.send = () => {}")
    assert "SyntaxError" not in run(stage, lesson.repair.reference(source))


def test_the_exercise_and_the_sample_agree() -> None:
    slide = lesson.SAMPLES["opened"]
    assert lesson.repair.reference(slide.broken) == slide.repaired


def test_one_go_throws_before_it_closes(stage: Page) -> None:
    assert run(stage, lesson.SAMPLES["one go"].broken).startswith("InvalidStateError")
    says(stage, ["Connection open"])  # and that is all: close() was never reached
    state(stage, 1)


def test_one_go_repaired_is_what_python_does(stage: Page) -> None:
    assert run(stage, lesson.SAMPLES["one go"].repaired) == ""
    says(stage, ["Connection open", "Received: Hello WebSockets!", "Connection closed"])


def test_there_is_no_open_and_no_onopen_to_call(stage: Page) -> None:
    assert run(stage, lesson.SAMPLES["open method"].broken) == (
        "TypeError: ws.open is not a function"
    )
    assert run(stage, "new WebSocket(url).onopen();").startswith("TypeError")
    assert stage.evaluate("new WebSocket(url).onopen") is None


def test_the_open_method_repaired(stage: Page) -> None:
    assert run(stage, lesson.SAMPLES["open method"].repaired) == ""
    says(stage, ["Hello, world!"])
    state(stage, 3)


def test_the_chat_page_throws_early_and_loses_text_late(stage: Page) -> None:
    code = lesson.SAMPLES["chat page"].broken
    # In one turn, so that the connection is still being made.
    stage.evaluate(f"code => {{ ({RUN})(code); input.value = 'early'; button.click(); }}", code)
    assert stage.evaluate("thrown") == ["InvalidStateError"]
    state(stage, 1)
    stage.evaluate("made.close()")
    state(stage, 3)
    stage.fill("#text", "late")
    stage.click("#send")
    assert stage.input_value("#text") == ""
    assert stage.evaluate("said") == [] and stage.evaluate("made.bufferedAmount") == 4


def test_the_chat_page_repaired(stage: Page) -> None:
    code = lesson.SAMPLES["chat page"].repaired
    assert stage.evaluate(f"code => {{ ({RUN})(code); return button.disabled; }}", code) is True
    state(stage, 1)
    stage.fill("#text", "Hello")
    stage.click("#send")
    says(stage, ["Hello"])
    stage.evaluate("made.close(1000)")
    says(stage, ["Hello", "Not connected any more (1000)"])
    assert stage.is_disabled("#send")
    assert stage.evaluate("thrown") == []
