"""One table of scripts of the WebSocket API, each with the log that the standard wants.

`test_websocket.py` beside this file plays them in Python, `tests/browser/test_websocket_api.py`
in Chromium too. {echo} is an EchoServer, {wrong} a WrongServer, {nobody} a port where
nothing listens. `api_player` says what the steps mean.
"""

from dataclasses import dataclass
from typing import Any

Steps = list[list[Any]]

FAILED = ["error 3", 'close 3 1006 "" not clean']

NO_ERROR = (
    "TCP ends without a Close frame. RFC 6455 §7.2.1 makes the client fail the connection then, "
    "and the standard fires 'error' for that. Chromium fires 'close' alone."
)


@dataclass(frozen=True)
class Script:
    """`log` is what the standard wants; `chromium` what Chromium does, where that differs."""

    name: str
    steps: Steps
    log: list[str]
    chromium: list[str] | None = None
    why: str = ""  # Chromium differs


SCRIPTS: list[Script] = []


def script(
    name: str, steps: Steps, log: list[str], chromium: list[str] | None = None, why: str = ""
) -> None:
    SCRIPTS.append(Script(name, steps, log, chromium, why))


def opened(url: str, *steps: list[Any], protocols: Any = None) -> Steps:
    """Connect, wait for "open", and go on."""
    new = ["new", url] if protocols is None else ["new", url, protocols]
    return [new, ["wait", "open"], *steps]


def fails(name: str, url: str, *protocols: Any) -> None:
    """The handshake must not succeed."""
    script(name, [["new", url, *protocols], ["wait", "close"]], FAILED)


def breaks(name: str, path: str, *before: str) -> None:
    """The server breaks a rule after "open" and the client's message."""
    steps = opened("{wrong}" + path, ["send", "now"], ["wait", "close"])
    script(name, steps, ["open 1", *before, *FAILED])


def refuses(name: str, url: str, *protocols: Any) -> None:
    """The constructor raises, and nothing else happens."""
    script(name, [["new", url, *protocols]], ["new raises SyntaxError"])


ECHO = "{echo}/echo"
WAIT_CLOSE = ["wait", "close"]
CLEAN_1000 = 'close 3 1000 "" clean'
CLEAN_1005 = 'close 3 1005 "" clean'

# --- opening -----------------------------------------------------------------------------

script(
    "open-and-close",
    [
        ["new", ECHO],
        ["see", "readyState"],
        ["see", "binaryType"],
        ["see", "bufferedAmount"],
        ["see", "protocol"],
        ["see", "extensions"],
        ["wait", "open"],
        ["close"],
        ["see", "readyState"],
        WAIT_CLOSE,
        ["see", "readyState"],
    ],
    [
        "readyState is 0",
        "binaryType is blob",
        "bufferedAmount is 0",
        "protocol is ",
        "extensions is ",
        "open 1",
        "readyState is 2",
        CLEAN_1005,
        "readyState is 3",
    ],
)
script("url-as-given", [["new", "{echo}/echo?a=b"], ["see", "url"]], ["url is {echo}/echo?a=b"])
script("http-becomes-ws", [["new", "{echo_http}"], ["see", "url"]], ["url is {echo}/"])
script("dots-in-the-path", [["new", "{echo}/a/../echo"], ["see", "url"]], ["url is {echo}/echo"])
script(
    "http-opens",
    opened("{echo_http}/echo", ["close", 1000], WAIT_CLOSE),
    ["open 1", CLEAN_1000],
)
for name, url in {
    "url-ftp": "ftp://127.0.0.1/",
    "url-with-fragment": "{echo}/echo#part",
    "url-with-empty-fragment": "{echo}/echo#",
    "url-without-host": "ws://",
    "url-with-bad-port": "ws://127.0.0.1:99999/",
    "url-with-half-an-address": "ws://[::1/",
}.items():
    refuses(name, url)
for name, names in {
    "protocols-repeated": ["chat", "chat"],
    "protocol-empty": "",
    "protocol-with-space": "two words",
    "protocol-with-comma": "chat,echo",
    "protocol-not-ascii": ["schön"],
    "one-bad-protocol-of-two": ["chat", ""],
}.items():
    refuses(name, ECHO, names)
refuses("bad-url-and-bad-protocol", "{echo}/#", "")
fails("refused-port", "{nobody}/")
fails("path-that-is-not-there", "{echo}/nowhere")
for path in (
    "bad-accept", "empty-accept", "two-accepts", "no-upgrade-header", "status-200", "status-403",
    "redirect", "uninvited-subprotocol", "uninvited-extension", "bad-deflate", "no-http",
    "hangs-up",
):  # fmt: skip
    fails(path, "{wrong}/" + path)
fails("subprotocol-in-two-lines", "{wrong}/subprotocol-in-two-lines", "chat")
fails("two-subprotocols", "{wrong}/two-subprotocols", ["chat", "echo"])
fails("subprotocol-other-than-offered", "{wrong}/uninvited-subprotocol", "other")
fails("subprotocol-offered-and-none-chosen", "{echo}/echo", "other")
script(
    "subprotocol-agreed",
    opened(ECHO, ["see", "protocol"], ["close", 1000], WAIT_CLOSE, protocols=["x", "chat"]),
    ["open 1", "protocol is chat", CLEAN_1000],
)
script(
    "subprotocol-as-text",
    opened(ECHO, ["see", "protocol"], ["close", 1000], WAIT_CLOSE, protocols="chat"),
    ["open 1", "protocol is chat", CLEAN_1000],
)
script(
    "no-subprotocol-offered",
    opened(ECHO, ["see", "protocol"], ["close", 1000], WAIT_CLOSE, protocols=[]),
    ["open 1", "protocol is ", CLEAN_1000],
)
script(
    "compression-agreed",
    opened(
        "{deflate}/echo",
        ["see", "extensions"],
        ["send", "Hello, Hello"],
        ["wait", "message"],
        ["send", "Hello, Hello"],
        ["wait", "message"],
        ["send", {"array": "00" * 1000}],
        ["wait", "message"],
        ["close", 1000],
        WAIT_CLOSE,
    ),
    [
        "open 1",
        "extensions is permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
        "message 1 {deflate} text Hello, Hello",
        "message 1 {deflate} text Hello, Hello",
        "message 1 {deflate} Blob of 2000 ending 0000",
        CLEAN_1000,
    ],
)
script(
    "close-while-connecting",
    [["new", "{wrong}/never-answers"], ["close"], ["see", "readyState"], WAIT_CLOSE],
    ["readyState is 2", *FAILED],
)
script(
    "close-while-connecting-with-code",
    [["new", ECHO], ["close", 3000, "no"], ["close"], WAIT_CLOSE, ["see", "readyState"]],
    [*FAILED, "readyState is 3"],
)

# --- messages ----------------------------------------------------------------------------


def echoes(name: str, value: Any, back: str, *before: list[Any]) -> None:
    steps = opened(ECHO, *before, ["send", value], ["wait", "message"], ["close", 1000], WAIT_CLOSE)
    script(name, steps, ["open 1", f"message 1 {{echo}} {back}", CLEAN_1000])


TO_BUFFER = ["set", "binaryType", "arraybuffer"]
echoes("echo-text", "Hello", "text Hello")
echoes("echo-text-beyond-ascii", "Grüße 😀", "text Grüße 😀")
echoes("echo-empty-text", "", "text ")
echoes("echo-half-a-surrogate-pair", {"codes": [0x61, 0xD800, 0x62]}, "text a\ufffdb")
echoes("echo-blob", {"array": "00ff10"}, "Blob 00ff10")
echoes("echo-array-buffer", {"buffer": "00ff10"}, "ArrayBuffer 00ff10", TO_BUFFER)
echoes("echo-view", {"view": "0a0b"}, "ArrayBuffer 0a0b", TO_BUFFER)
echoes("send-blob", {"blob": "0102"}, "Blob 0102")
echoes("echo-empty-binary", {"array": ""}, "Blob ")
echoes("echo-125-bytes", {"repeat": ["a", 125]}, "text of 125 ending aaaa")
echoes("echo-126-bytes", {"repeat": ["a", 126]}, "text of 126 ending aaaa")
echoes("echo-65536-bytes", {"repeat": ["a", 65536]}, "text of 65536 ending aaaa")
echoes("echo-big-message", {"repeat": ["abcd", 2**19]}, "text of 2097152 ending abcd")
echoes(
    "binary-type-typo-is-ignored",
    {"array": "01"},
    "Blob 01",
    ["set", "binaryType", "array-buffer"],
)
script(
    "binary-type-changes-between-messages",
    opened(
        ECHO,
        ["send", {"array": "01"}],
        ["wait", "message"],
        TO_BUFFER,
        ["see", "binaryType"],
        ["send", {"array": "02"}],
        ["wait", "message"],
        ["close", 1000],
        WAIT_CLOSE,
    ),
    [
        "open 1",
        "message 1 {echo} Blob 01",
        "binaryType is arraybuffer",
        "message 1 {echo} ArrayBuffer 02",
        CLEAN_1000,
    ],
)
script(
    "early-send",
    [["new", ECHO], ["send", "too early"], ["see", "bufferedAmount"], ["wait", "open"],
     ["close", 1000], WAIT_CLOSE],
    ["send raises InvalidStateError", "bufferedAmount is 0", "open 1", CLEAN_1000],
)  # fmt: skip
script(
    "buffered-amount-counts-bytes",
    opened(
        ECHO,
        ["send", "é"],
        ["see", "bufferedAmount"],
        ["send", {"array": "010203"}],
        ["see", "bufferedAmount"],
        ["wait", "message"],
        ["wait", "message"],
        ["see", "bufferedAmount"],
        ["close", 1000],
        WAIT_CLOSE,
    ),
    [
        "open 1",
        "bufferedAmount is 2",
        "bufferedAmount is 5",
        "message 1 {echo} text é",
        "message 1 {echo} Blob 010203",
        "bufferedAmount is 0",
        CLEAN_1000,
    ],
)
script(
    "two-messages-at-once",
    opened("{wrong}/two-messages", ["send", "now"], ["wait", "message"], ["wait", "message"]),
    ["open 1", "message 1 {wrong} text one", "message 1 {wrong} text two"],
)
script(
    "fragments-are-one-message",
    opened("{wrong}/fragments", ["send", "now"], ["wait", "message"]),
    ["open 1", "message 1 {wrong} text Hey"],
)
script(
    "character-split-over-frames",
    opened("{wrong}/split-utf8", ["send", "now"], ["wait", "message"]),
    ["open 1", "message 1 {wrong} text €"],
)
script(
    "ping-is-answered",
    opened("{wrong}/ping", ["wait", "message"]),
    ["open 1", "message 1 {wrong} text opcode 10: are you there?"],
)
script(
    "empty-binary-message",
    opened("{wrong}/binary-0", ["send", "now"], ["wait", "message"]),
    ["open 1", "message 1 {wrong} Blob "],
)

# --- closing -----------------------------------------------------------------------------

for code in (1000, 3000, 4999):
    script(
        f"close-with-{code}",
        opened(ECHO, ["close", code, "done"], WAIT_CLOSE),
        ["open 1", f'close 3 {code} "done" clean'],
    )
for code in (0, 999, 1001, 1005, 1006, 1011, 2999, 5000):
    script(
        f"close-with-{code}-is-refused",
        opened(ECHO, ["close", code], ["see", "readyState"], ["close"], WAIT_CLOSE),
        ["open 1", "close raises InvalidAccessError", "readyState is 1", CLEAN_1005],
    )
script(
    "reason-of-123-bytes",
    opened(ECHO, ["close", 1000, "é" * 61 + "a"], WAIT_CLOSE),
    ["open 1", f'close 3 1000 "{"é" * 61}a" clean'],
)
script(
    "reason-of-124-bytes",
    opened(ECHO, ["close", 1000, "é" * 62], ["see", "readyState"], ["close"], WAIT_CLOSE),
    ["open 1", "close raises SyntaxError", "readyState is 1", CLEAN_1005],
)
script(
    "bad-code-and-bad-reason",
    opened(ECHO, ["close", 1001, "x" * 124], ["close"], WAIT_CLOSE),
    ["open 1", "close raises InvalidAccessError", CLEAN_1005],
)
script(
    "bad-code-while-connecting",
    [["new", ECHO], ["close", 1001], ["wait", "open"], ["close"], WAIT_CLOSE, ["close", 1001]],
    [
        "close raises InvalidAccessError", "open 1", CLEAN_1005,
        "close raises InvalidAccessError",
    ],
)  # fmt: skip
script(
    "close-twice",
    opened(ECHO, ["close", 3001, "first"], ["close", 3002, "second"], WAIT_CLOSE, ["close"]),
    ["open 1", 'close 3 3001 "first" clean'],
)
script(
    "messages-leave-before-the-close",
    opened(
        "{wrong}/what-arrives",
        ["send", "one"],
        ["send", {"repeat": ["x", 300000]}],
        ["close", 1000, "ok"],
        ["send", "after"],
        WAIT_CLOSE,
    ),
    ["open 1", 'close 3 4000 "[3, 300000] 03e86f6b" clean'],
)
script(
    "close-without-code-is-empty",
    opened("{wrong}/what-arrives", ["close"], WAIT_CLOSE),
    ["open 1", 'close 3 4000 "[] " clean'],
)
script(
    "reason-without-code",
    opened(ECHO, ["close", None, "bye"], ["see", "readyState"], ["close"], WAIT_CLOSE),
    ["open 1", "close raises InvalidAccessError", "readyState is 1", CLEAN_1005],
)
script(
    "send-after-close",
    opened(
        ECHO,
        ["close", 1000],
        ["send", "12345"],
        ["see", "bufferedAmount"],
        WAIT_CLOSE,
        ["send", {"array": "0102"}],
        ["see", "bufferedAmount"],
    ),
    ["open 1", "bufferedAmount is 5", CLEAN_1000, "bufferedAmount is 7"],
)
for code in (1000, 1001, 1011, 4000):
    script(
        f"server-closes-with-{code}",
        opened(f"{{echo}}/close/{code}", WAIT_CLOSE),
        ["open 1", f'close 3 {code} "the server says so" clean'],
    )
script("server-closes-empty", opened("{wrong}/close-empty", WAIT_CLOSE), ["open 1", CLEAN_1005])
script(
    "handler-fails-at-the-server",
    opened("{echo}/fail", WAIT_CLOSE),
    ["open 1", 'close 3 1011 "the handler raised an exception" clean'],
)
script(
    "everything-in-one-write",
    opened("{wrong}/one-write", WAIT_CLOSE),
    [
        "open 1",
        "message 1 {wrong} text one",
        "message 1 {wrong} Blob 74776f",
        'close 3 4000 "bye" clean',
    ],
)
script(
    "message-after-the-servers-close",
    opened("{wrong}/message-after-close", WAIT_CLOSE),
    ["open 1", *FAILED],
)
script(
    "message-before-the-servers-close",
    opened("{wrong}/message-before-close", ["close", 1000], WAIT_CLOSE),
    ["open 1", CLEAN_1000],
)
script(
    "closing-while-the-server-keeps-tcp",
    opened(
        "{wrong}/slow-end",
        ["until", "readyState", 2],
        ["send", "123"],
        ["see", "bufferedAmount"],
        ["close", 3000],
        WAIT_CLOSE,
    ),
    ["open 1", "bufferedAmount is 3", 'close 3 4000 "slow" clean'],
)
script(
    "server-answers-another-code",
    opened("{wrong}/other-code", ["close", 3000, "yours"], WAIT_CLOSE),
    ["open 1", 'close 3 4321 "mine" clean'],
)
script(
    "server-keeps-tcp",
    opened("{wrong}/keeps-tcp", ["close", 1000], WAIT_CLOSE),
    ["open 1", CLEAN_1000],
)
script(
    "server-ends-tcp-without-close",
    opened("{wrong}/no-close-answer", ["close", 1000], WAIT_CLOSE),
    ["open 1", *FAILED],
    chromium=["open 1", *FAILED[1:]],
    why=NO_ERROR,
)

# --- the network and the server break ------------------------------------------------------

for path in ("drop", "half-message", "reset"):
    script(
        path,
        opened("{wrong}/" + path, ["send", "now"], WAIT_CLOSE),
        ["open 1", *FAILED],
        chromium=["open 1", *FAILED[1:]],
        why=NO_ERROR,
    )
script(
    "drop-after-the-handshake",
    opened("{wrong}/open-and-drop", WAIT_CLOSE),
    ["open 1", *FAILED],
    chromium=["open 1", *FAILED[1:]],
    why=NO_ERROR,
)
for path in (
    "masked", "rsv1", "rsv2", "opcode-3", "opcode-11", "bad-utf8", "cut-utf8", "fragmented-ping",
    "long-ping", "continues-nothing", "interrupted", "wasteful-length", "top-bit",
    "close-1-byte", "close-1005", "close-1006", "close-1015", "close-bad-reason",
):  # fmt: skip
    breaks(path, "/" + path)
breaks("good-then-bad", "/good-then-bad", "message 1 {wrong} text hi")
for code in (999, 1004, 1014, 2999, 5000):  # no API can send these; all show them
    script(
        f"server-closes-with-{code}",
        opened(f"{{wrong}}/close-{code}", ["send", "now"], WAIT_CLOSE),
        ["open 1", f'close 3 {code} "" clean'],
    )

# --- handlers ----------------------------------------------------------------------------

script(
    "attribute-and-listeners-in-order",
    [
        ["new", ECHO],
        ["listen", "open", "A"],
        ["on", "open", "attribute"],
        ["listen", "open", "B"],
        ["wait", "open"],
    ],
    ["open 1", "A hears open", "attribute hears open", "B hears open"],
)
script(
    "attribute-replaced-keeps-its-place",
    [
        ["new", ECHO],
        ["on", "open", "first"],
        ["listen", "open", "A"],
        ["on", "open", "second"],
        ["wait", "open"],
    ],
    ["open 1", "second hears open", "A hears open"],
)
script(
    "attribute-cleared-and-set-goes-last",
    [
        ["new", ECHO],
        ["on", "open", "first"],
        ["listen", "open", "A"],
        ["off", "open"],
        ["on", "open", "second"],
        ["wait", "open"],
    ],
    ["open 1", "A hears open", "second hears open"],
)
script(
    "attribute-cleared",
    [["new", ECHO], ["on", "open", "never"], ["off", "open"], ["see", "onopen"], ["wait", "open"]],
    ["onopen is null", "open 1"],
)


def hears_two(name: str, log: list[str], *steps: list[Any]) -> None:
    """Listeners, and then two messages."""
    sends = [["send", "1"], ["wait", "message"], ["send", "2"], ["wait", "message"]]
    one, two = "message 1 {echo} text 1", "message 1 {echo} text 2"
    full = [{"ONE": one, "TWO": two}.get(line, line) for line in log]
    script(name, opened(ECHO, *steps, *sends), ["open 1", *full])


hears_two("once", ["ONE", "A hears message", "TWO"], ["listen", "message", "A", [], True])
hears_two(
    "once-adds-itself-again",
    ["ONE", "A hears message", "TWO", "A hears message"],
    ["listen", "message", "A", [["listen", "message", "A", [], True]], True],
)
hears_two(
    "removed",
    ["ONE", "B hears message", "TWO", "B hears message"],
    ["listen", "message", "A"],
    ["listen", "message", "B"],
    ["unlisten", "message", "A"],
)
hears_two(
    "removed-by-an-earlier-listener",
    ["ONE", "A hears message", "TWO", "A hears message"],
    ["listen", "message", "A", [["unlisten", "message", "B"]]],
    ["listen", "message", "B"],
)
hears_two(
    "removes-itself",
    ["ONE", "A hears message", "B hears message", "TWO", "B hears message"],
    ["listen", "message", "A", [["unlisten", "message", "A"]]],
    ["listen", "message", "B"],
)
hears_two(
    "added-by-a-listener-hears-the-next-event",
    ["ONE", "A hears message", "TWO", "A hears message", "B hears message"],
    ["listen", "message", "A", [["listen", "message", "B"]]],
)
hears_two(
    "added-twice-runs-once",
    ["ONE", "A hears message", "TWO", "A hears message"],
    ["listen", "message", "A"],
    ["listen", "message", "A"],
)
hears_two(
    "a-listener-that-throws-is-reported",
    [
        "ONE", "A hears message", "reported broken", "B hears message", "own hears message",
        "TWO", "A hears message", "reported broken", "B hears message", "own hears message",
    ],
    ["listen", "message", "A", [["throw", "broken"]]],
    ["listen", "message", "B"],
    ["on", "message", "own"],
)  # fmt: skip
hears_two(
    "an-attribute-that-throws-is-reported",
    [
        "ONE", "own hears message", "reported broken", "A hears message",
        "TWO", "own hears message", "reported broken", "A hears message",
    ],
    ["on", "message", "own", [["throw", "broken"]]],
    ["listen", "message", "A"],
)  # fmt: skip
hears_two(
    "stop-immediate-propagation",
    ["ONE", "A hears message", "TWO", "A hears message"],
    ["listen", "message", "A", [["stop"]]],
    ["listen", "message", "B"],
)
script(
    "close-in-the-first-of-two-messages",
    [
        ["new", "{wrong}/two-messages"],
        ["on", "message", "own", [["close", 1000], ["see", "readyState"]]],
        ["wait", "open"],
        ["send", "now"],
        ["wait", "message"],
        ["see", "readyState"],
    ],
    [
        "open 1", "message 1 {wrong} text one", "own hears message", "readyState is 2",
        "readyState is 2",
    ],
)  # fmt: skip
script(
    "send-in-the-open-handler",
    [
        ["new", ECHO],
        ["on", "open", "own", [["send", "at once"], ["see", "bufferedAmount"]]],
        ["on", "message", "own", [["close", 1000], ["close", 3000]]],
        WAIT_CLOSE,
    ],
    [
        "open 1",
        "own hears open",
        "bufferedAmount is 7",
        "message 1 {echo} text at once",
        "own hears message",
        CLEAN_1000,
    ],
)
script(
    "state-in-the-error-handler",
    [
        ["new", "{nobody}/"],
        ["on", "error", "own", [["see", "readyState"], ["close"], ["send", "x"]]],
        ["on", "close", "own", [["see", "bufferedAmount"]]],
        WAIT_CLOSE,
    ],
    [
        "error 3", "own hears error", "readyState is 3",
        'close 3 1006 "" not clean', "own hears close", "bufferedAmount is 1",
    ],
)  # fmt: skip
