"""JavaScript that is copied from page to page: as it was found, and repaired."""

from __future__ import annotations

from dataclasses import dataclass

from wslab.display.markup import Document
from wslab.errors import WslabError
from wslab_course.checks.verdict import notice

#
# The page around a sample provides `url`, `say` and the elements. The tests run each
# sample in a real browser: as it was found, and repaired.


@dataclass(frozen=True)
class Sample:
    """`broken` as it is found in tutorials and slides, its `fault`, and the `repaired` program."""

    broken: str
    fault: str
    repaired: str


SAMPLES = {
    "opened": Sample(
        """\
socket.onopen = function(event) {
   say(“Connected”);
   var.label = document.getElementById(“state”);
   label.innerHTML = ”Connected”;
}
""",
        "Curly quotes do not delimit a string, and a name must follow var: no line of it runs.",
        """\
socket.onopen = function(event) {
   say("Connected");
   var label = document.getElementById("state");
   label.innerHTML = "Connected";
}
""",
    ),
    "one go": Sample(
        """\
var ws = new WebSocket(url);
ws.onopen = function(event) { say("Connection open"); };
ws.onmessage = function(event) { say("Received: " + event.data); };
ws.onclose = function(event) { say("Connection closed"); };
ws.send("Hello WebSockets!");
ws.close();
""",
        "send() throws InvalidStateError while CONNECTING, so close() is never called.",
        """\
const ws = new WebSocket(url);
ws.onopen = () => { say("Connection open"); ws.send("Hello WebSockets!"); };
ws.onmessage = (event) => { say("Received: " + event.data); ws.close(); };
ws.onclose = () => { say("Connection closed"); };
""",
    ),
    "open method": Sample(
        """\
const ws = new WebSocket(url);
ws.open();
ws.send("Hello, world!");
ws.close();
""",
        "There is no open(): the constructor connects, and the open event says when it is "
        "connected.",
        """\
const ws = new WebSocket(url);
ws.onopen = () => ws.send("Hello, world!");
ws.onmessage = (event) => { say(event.data); ws.close(); };
""",
    ),
    "chat page": Sample(
        """\
const socket = new WebSocket(url);
socket.addEventListener("message", (event) => say(event.data));
socket.addEventListener("error", (event) => console.error(event));
button.addEventListener("click", () => {
  socket.send(input.value);
  input.value = "";
});
""",
        "A click before open throws; a click after close loses the text without any message.",
        """\
const socket = new WebSocket(url);
button.disabled = true;
socket.addEventListener("open", () => { button.disabled = false; });
socket.addEventListener("message", (event) => say(event.data));
socket.addEventListener("close", (event) => {
  button.disabled = true;
  say(`Not connected any more (${event.code})`);
});
button.addEventListener("click", () => {
  socket.send(input.value);
  input.value = "";
});
""",
    ),
}


def found(name: str) -> Document:
    """A sample as it is found."""
    return notice(f"JavaScript, as found: {name}", code=_sample(name).broken)


def repaired() -> Document:
    """All samples repaired, each under its fault."""
    parts = [f"// {name}: {s.fault}\n{s.repaired}" for name, s in SAMPLES.items()]
    return notice("JavaScript, repaired", code="\n".join(parts).rstrip())


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        raise WslabError(f"there is no sample {name!r}; the samples are {', '.join(SAMPLES)}.")
    return SAMPLES[name]
