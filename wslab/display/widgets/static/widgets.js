// What the scripts of all widgets share. It stands in front of each, in the same module.

// An element with properties, attributes (names with a dash, and `role`) and children. Text enters
// the page here, as text and never as HTML: a string child becomes a text node.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

function row(...children) {
  return element("div", { className: "wslab-row" }, ...children);
}

function button(text, className = "") {
  return element("button", { type: "button", className }, text);
}

function field(word, control, wide = false) {
  control.id = freshId("field");
  const label = element("label", { for: control.id }, word);
  return element("div", { className: wide ? "wslab-field wslab-wide" : "wslab-field" }, label, control);
}

// The heading of a widget, which also names the group that its root is.
function titled(root, words) {
  const title = element("p", { className: "wslab-title", id: freshId("title"), role: "heading", "aria-level": "4" }, words);
  root.setAttribute("role", "group");
  root.setAttribute("aria-labelledby", title.id);
  return title;
}

function onSubmit(form, action) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    action();
  });
}

// The HTML of an Inspection, as nodes. The kernel made it, in the one place that escapes; nothing
// else may come in here.
function inspected(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}

// Ids must differ between two widgets on one page, and between two views of one widget.
let idsGiven = 0;
const pageWide = Math.random().toString(36).slice(2, 8);
function freshId(word) {
  idsGiven += 1;
  return `wslab-${pageWide}-${idsGiven}-${word}`;
}

const SHOWN = 4096; // characters or bytes of one message that a page shows

// Text, cut where it gets long; what is left out is counted.
function clipped(text) {
  if (text.length <= SHOWN) return text;
  return `${text.slice(0, SHOWN)} … and ${(text.length - SHOWN).toLocaleString("en")} more characters`;
}

// Bytes as pairs of hex digits.
function hex(bytes) {
  const digits = Array.from(bytes.subarray(0, SHOWN), (byte) => byte.toString(16).padStart(2, "0"));
  const rest = bytes.length - digits.length;
  return digits.join(" ") + (rest > 0 ? ` … and ${rest.toLocaleString("en")} more` : "");
}

function counted(number, unit) {
  return `${number.toLocaleString("en")} ${unit}${number === 1 ? "" : "s"}`;
}

function onLoopback(host) {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
}

// Where jupyter-server-proxy has a server of the kernel's machine, over HTTP or HTTPS; null
// for any other server, and outside of Jupyter. A string put together: assigning a query to
// URL.pathname would encode its "?".
function throughJupyter(url) {
  try {
    const { hostname, port, protocol, pathname, search } = new URL(url);
    const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const place = `proxy/${port || (/^(https|wss):/.test(protocol) ? 443 : 80)}${pathname}${search}`;
    return onLoopback(hostname) ? `${location.origin}${baseUrl.replace(/\/*$/, "/")}${place}` : null;
  } catch {
    return null;
  }
}

// Call back once when the kernel that this widget belongs to is gone: restarted, shut down, or
// dead. ipywidgets marks the view when a restart cuts its line; JupyterLab's kernel tells the rest.
function whenKernelGone(model, el, signal, callback) {
  const over = new AbortController();
  const gone = () => {
    if (over.signal.aborted || signal.aborted) return;
    over.abort();
    callback();
  };
  const look = () => {
    if (el.classList.contains("jupyter-widgets-disconnected")) gone();
  };
  const marks = new MutationObserver(look);
  marks.observe(el, { attributes: true, attributeFilter: ["class"] });
  const statuses = ["restarting", "autorestarting", "terminating", "dead"];
  const kernel = model.widget_manager?.kernel;
  const onStatus = (_, status) => {
    if (statuses.includes(status)) gone();
  };
  kernel?.statusChanged?.connect(onStatus);
  kernel?.disposed?.connect(gone);
  const letGo = () => {
    marks.disconnect();
    kernel?.statusChanged?.disconnect(onStatus);
    kernel?.disposed?.disconnect(gone);
  };
  over.signal.addEventListener("abort", letGo);
  signal.addEventListener("abort", letGo);
  look();
}

// The module of a widget: `export default drawn(draw)`. `draw` gets
//   root           the element to fill, inside our style; shortcuts of the notebook are off in it
//   model          anywidget's model: get, set, save_changes, send, on
//   view           an id of this view, as a widget may be shown more than once
//   ask            sends the kernel a message, with that id
//   signal         aborted when the view goes away: close and stop whatever runs
//   onKernelGone   takes a function to call when the kernel is gone, to switch off what needs it;
//                  the sentence that says so is shown by us
// and may be async. A message `{failed: sentence}` of the kernel is shown as well, above what
// `draw` made.
function drawn(draw) {
  async function render({ model, el, signal }) {
    const notice = element("p", { className: "wslab-notice", role: "status" });
    const root = element("div", { className: "wslab-body" });
    const page = element("div", { className: "wslab wslab-page" }, notice, root);
    page.setAttribute("data-lm-suppress-shortcuts", "true");
    // JupyterLab cancels the line break of Enter inside a cell, which is what submits a form.
    page.addEventListener("beforeinput", (event) => event.stopPropagation(), { capture: true });
    el.append(page);
    const listeners = [];
    const onKernelGone = (listener) => listeners.push(listener);
    model.on("msg:custom", ({ failed }) => {
      if (failed && !signal.aborted) notice.textContent = failed;
    });
    const view = freshId("view");
    const ask = (what) => model.send({ ...what, view });
    await draw({ root, model, view, ask, signal, onKernelGone });
    whenKernelGone(model, el, signal, () => {
      page.dataset.kernel = "gone";
      notice.textContent =
        "The kernel restarted or stopped, and its servers are gone: run this cell again.";
      for (const listener of listeners) listener();
    });
  }
  return { render };
}
