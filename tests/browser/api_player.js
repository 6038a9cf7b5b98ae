// Plays a script of the WebSocket API in a page and writes down what happened.
// tests/wslab/network/browser/api_player.py does the same in Python and says what the steps mean.
async (steps) => {
  const LIMIT = 10000; // milliseconds for one wait
  const log = []; // a line, or a promise of one
  const seen = {}, waited = {}, listeners = {};
  let ws = null;
  let changed = () => {};

  const shown = (text) =>
    text.length < 60 ? text : `of ${text.length} ending ${text.slice(-4)}`;
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const hex = (buffer) =>
    [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  function valueOf(value) {
    if (typeof value === "string") return value;
    const [[kind, content]] = Object.entries(value);
    if (kind === "repeat") return content[0].repeat(content[1]);
    if (kind === "codes") return String.fromCharCode(...content);
    if (kind === "buffer") return bytes(content).buffer;
    if (kind === "view") return new DataView(bytes(content).buffer);
    if (kind === "array") return bytes(content);
    return new Blob([bytes(content)]);
  }

  function note(event) {
    let line = `${event.type} ${event.target.readyState}`;
    if (event.type === "close") {
      line += ` ${event.code} ${JSON.stringify(event.reason)}`;
      line += event.wasClean ? " clean" : " not clean";
    }
    if (event.type === "message") {
      line += ` ${event.origin} `;
      const data = event.data;
      if (data instanceof Blob)
        log.push(data.arrayBuffer().then((buffer) => `${line}Blob ${shown(hex(buffer))}`));
      else if (data instanceof ArrayBuffer) log.push(`${line}ArrayBuffer ${shown(hex(data))}`);
      else log.push(`${line}text ${shown(data)}`);
    } else log.push(line);
    seen[event.type] = (seen[event.type] ?? 0) + 1;
    changed();
  }

  const handler = (label, steps = []) => (event) => {
    log.push(`${label} hears ${event.type}`);
    for (const step of steps)
      if (step[0] === "stop") event.stopImmediatePropagation();
      else perform(step);
  };

  const verbs = {
    new(url, ...protocols) {
      ws = new WebSocket(url, ...protocols);
      for (const type of ["open", "message", "error", "close"]) ws.addEventListener(type, note);
    },
    send: (value) => ws.send(valueOf(value)),
    close: (code, ...rest) => ws.close(code ?? undefined, ...rest),
    see: (name) => log.push(`${name} is ${ws[name]}`),
    set(name, value) { ws[name] = value; },
    on(type, label, steps) { ws[`on${type}`] = handler(label, steps); },
    off(type) { ws[`on${type}`] = null; },
    listen(type, label, steps, once = false) {
      listeners[label] ??= handler(label, steps);
      ws.addEventListener(type, listeners[label], { once });
    },
    unlisten: (type, label) => ws.removeEventListener(type, listeners[label]),
  };

  function perform([verb, ...rest]) {
    if (verb === "throw") throw new Error(rest[0]);
    try {
      verbs[verb](...rest);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      log.push(`${verb} raises ${error.name}`);
    }
  }

  async function wait(type) {
    waited[type] = (waited[type] ?? 0) + 1;
    const arrived = new Promise((resolve) => {
      changed = () => { if ((seen[type] ?? 0) >= waited[type]) resolve(true); };
      changed();
    });
    const late = new Promise((resolve) => setTimeout(resolve, LIMIT, false));
    const result = await Promise.race([arrived, late]);
    await new Promise((resolve) => setTimeout(resolve)); // other listeners of the event first
    return result;
  }

  async function until(name, value) {
    const end = performance.now() + LIMIT;
    while (ws[name] !== value && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 1));
    return ws[name] === value;
  }

  const patient = { wait, until };
  const report = (event) => {
    log.push(`reported ${event.error.message}`);
    event.preventDefault();
  };
  window.addEventListener("error", report);
  for (const step of steps) {
    if (!(step[0] in patient)) perform(step);
    else if (!(await patient[step[0]](...step.slice(1)))) {
      log.push(`nothing came: ${step[1]}`);
      break;
    }
  }
  window.removeEventListener("error", report);
  if (ws && ws.readyState < 2) ws.close();
  return Promise.all(log);
}
