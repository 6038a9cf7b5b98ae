// The browser console: the page's own WebSocket, its actions, its events, and what it throws.

const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
const ROWS = 500; // older ones leave the log

const ADVICE = {
  construct: {
    SyntaxError:
      "A Location begins with ws:// or wss:// and has no #; a subprotocol is one word, named once.",
    SecurityError:
      "A page that came over https may not open ws://. Take wss://, or the route through Jupyter.",
  },
  send: { InvalidStateError: "send works from the open event on; here the state is CONNECTING." },
  close: {
    InvalidAccessError: "A page may close with 1000, or with a code from 3000 to 4999.",
    SyntaxError: "A reason has at most 123 bytes of UTF-8.",
  },
};

const THROUGH_JUPYTER =
  "This route leads through jupyter-server-proxy. Text and binary pass as they are. A close code and its reason do not: the other side sees 1005, “no code”. A server that is not there seems to open, and then closes with 1006.";

// The ways from this page to the server, the best first. Connect says what is wrong with a URL.
function routes(url) {
  const direct = { name: "direct", url, hint: "" };
  const proxied = throughJupyter(url);
  if (proxied === null) return [direct];
  const way = { name: "through Jupyter", url: proxied.replace(/^http/, "ws"), hint: THROUGH_JUPYTER };
  const near = onLoopback(location.hostname) && location.protocol !== "https:";
  return near ? [direct, way] : [way, direct];
}

function input(properties) {
  return element("input", { type: "text", autocomplete: "off", spellcheck: false, ...properties });
}

function select(options) {
  return element("select", {}, ...options.map((text) => element("option", {}, text)));
}

function form(legend, ...children) {
  return element("form", {}, element("fieldset", {}, element("legend", {}, legend), ...children));
}

// The log: one row an action, an event or an exception; the newest last, and never too many.
function makeLog(view) {
  return function log(kind, what, note = "") {
    const atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 40;
    const word = element("span", { className: "wslab-kind" }, kind);
    const words = element("span", { className: "wslab-words" }, note);
    const line = element("span", { className: "wslab-what" }, words);
    if (what !== "") line.prepend(element("code", {}, element("bdi", {}, what)), " ");
    const entry = element("div", { className: `wslab-entry wslab-${kind}` }, word, " ", line);
    view.append(entry);
    while (view.childElementCount > ROWS) view.firstElementChild.remove();
    if (atEnd) view.scrollTop = view.scrollHeight;
    return words;
  };
}

export default drawn(({ root, model, signal }) => {
  const ways = routes(model.get("url"));
  let ws = null;

  const state = element("strong", { className: "wslab-state" });
  const place = input({ inputMode: "url", autocapitalize: "off", value: ways[0].url });
  const route = select(ways.map((way) => way.name));
  const protocols = input({ placeholder: "none; or: chat, superchat" });
  const binaryType = select(["blob", "arraybuffer"]);
  const connect = element("button", { type: "submit", className: "wslab-main" }, "Connect");
  const hint = element("p", { className: "wslab-hint", role: "note" }, ways[0].hint);
  const message = input({ value: "Hello" });
  const sendText = element("button", { type: "submit", className: "wslab-main" }, "Send text");
  const sendBinary = button("Send binary");
  const code = input({ inputMode: "numeric", placeholder: "none", size: 6 });
  const reason = input({ placeholder: "none" });
  const disconnect = element("button", { type: "submit" }, "Disconnect");
  const clear = button("Clear log", "wslab-small");
  const heading = element("strong", { id: freshId("log") }, "Log");
  const view = element("div", {
    ...{ className: "wslab-log", role: "log", tabIndex: 0 },
    ...{ "aria-live": "polite", "aria-labelledby": heading.id },
  });
  const log = makeLog(view);

  const connection = form(
    "Connection",
    row(field("Location", place, true), field("Route", route), connect),
    row(field("Subprotocols", protocols, true), field("binaryType", binaryType)),
    hint,
  );
  const sending = form("Send", row(field("Message", message, true), sendText, sendBinary));
  const closing = form("Disconnect", row(field("Code", code), field("Reason", reason, true), disconnect));
  root.append(
    element(
      "div",
      { className: "wslab-row wslab-between" },
      titled(root, "Browser console"),
      element("span", {}, "Ready state: ", state),
    ),
    ...[connection, sending, closing],
    element(
      "div",
      {},
      element("div", { className: "wslab-row wslab-between" }, heading, clear),
      view,
    ),
  );

  // Buttons stay where the keyboard is: one that cannot act says why in the log instead.
  function show() {
    const now = ws === null ? "" : STATES[ws.readyState];
    state.textContent = ws === null ? "no socket yet" : `${now} (${ws.readyState})`;
    state.dataset.state = now;
    const live = ws !== null && ws.readyState !== WebSocket.CLOSED;
    connect.setAttribute("aria-disabled", live);
    for (const one of [sendText, sendBinary, disconnect]) one.setAttribute("aria-disabled", !live);
  }

  // Do it and write it down; what the API throws is a row of the log and goes no further.
  function act(method, words, action) {
    log("action", words);
    try {
      action();
    } catch (error) {
      log("exception", `${error.name}: ${error.message}`, ADVICE[method][error.name] ?? "");
    }
    show();
  }

  function whatCame(data) {
    if (typeof data === "string") {
      const size = counted(new TextEncoder().encode(data).length, "byte");
      log("event", "message", `text, ${size}: ${clipped(data)}`);
    } else if (data instanceof ArrayBuffer) {
      const bytes = new Uint8Array(data);
      log("event", "message", `binary (ArrayBuffer), ${counted(bytes.length, "byte")}: ${hex(bytes)}`);
    } else {
      const head = `binary (Blob), ${counted(data.size, "byte")}: `;
      const words = log("event", "message", head); // its place is here; a Blob is read later
      data.arrayBuffer().then((bytes) => {
        words.textContent = head + hex(new Uint8Array(bytes));
      });
    }
  }

  function listen(socket) {
    const when = (name, listener) =>
      socket.addEventListener(name, (event) => {
        listener(event);
        show();
      });
    when("open", () =>
      log("event", "open", `protocol "${socket.protocol}", extensions "${socket.extensions}"`),
    );
    when("message", ({ data }) => whatCame(data));
    when("error", () => log("event", "error", "the browser does not tell a page why"));
    when("close", (event) =>
      log("event", "close", `code ${event.code}, reason "${event.reason}", wasClean ${event.wasClean}`),
    );
  }

  function open() {
    if (ws !== null && ws.readyState !== WebSocket.CLOSED) {
      log("note", "", `The state is ${STATES[ws.readyState]}: press Disconnect before you connect again.`);
      return;
    }
    const url = place.value.trim();
    const names = protocols.value.split(/[\s,]+/).filter((name) => name !== "");
    const offered = names.length > 0 ? `, ${JSON.stringify(names)}` : "";
    act("construct", `ws = new WebSocket("${url}"${offered})`, () => {
      const made = new WebSocket(url, names);
      made.binaryType = binaryType.value;
      ws = made;
      listen(ws);
    });
  }

  function send(binary) {
    if (ws === null) {
      log("note", "", "There is no socket yet: press Connect first.");
      return;
    }
    const bytes = new TextEncoder().encode(message.value);
    const size = counted(bytes.length, "byte");
    const words = binary ? `ws.send(bytes)  // ${size}: ${hex(bytes)}` : `ws.send(${JSON.stringify(clipped(message.value))})`;
    act("send", words, () => {
      ws.send(binary ? bytes : message.value);
      if (ws.readyState > WebSocket.OPEN) {
        const kept = `bufferedAmount is ${ws.bufferedAmount}`;
        log("note", "", `The state is ${STATES[ws.readyState]}: nothing is sent, and nothing thrown; ${kept}.`);
      }
    });
  }

  function close() {
    if (ws === null) {
      log("note", "", "There is no socket yet: press Connect first.");
      return;
    }
    const given = [];
    if (code.value.trim() !== "" || reason.value !== "") {
      given.push(code.value.trim() === "" ? undefined : Number(code.value));
    }
    if (reason.value !== "") given.push(reason.value);
    const words = given.map((one) => (typeof one === "string" ? JSON.stringify(one) : String(one)));
    act("close", `ws.close(${words.join(", ")})`, () => ws.close(...given));
  }

  onSubmit(connection, open);
  onSubmit(sending, () => send(false));
  onSubmit(closing, close);
  sendBinary.addEventListener("click", () => send(true));
  clear.addEventListener("click", () => view.replaceChildren());
  binaryType.addEventListener("change", () => {
    if (ws !== null) ws.binaryType = binaryType.value;
  });
  route.addEventListener("change", () => {
    const way = ways[route.selectedIndex];
    place.value = way.url;
    hint.textContent = way.hint;
  });
  signal.addEventListener("abort", () => ws?.close());
  show();
});
