// The live wire: what passes through a tap, newest first; pick a row to see its bytes explained.
const COLUMNS = ["Time", "Conn.", "Direction", "What", "Length", "It carries"];

export default drawn(({ root, model, view, ask, signal, onKernelGone }) => {
  let rows = []; // newest first, as the kernel sent them
  let state = { total: 0, keep: 0, running: true };
  let waiting = null; // while paused: what the rows will be
  let cameMeanwhile = 0;
  let picked = null;
  let gone = false;

  // --- what stands on the page

  const pause = button("Pause", "wslab-small");
  const clear = button("Clear", "wslab-small");
  const said = element("p", { className: "wslab-hint", role: "status" });
  const counts = element("p", { className: "wslab-hint" });
  const body = element("tbody");
  const head = element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col", textContent: name })));
  const caption = element("caption", {
    textContent: "Newest first. Pick a row to see its bytes; the arrow keys move between rows.",
  });
  const table = element("table", { className: "wslab-wire" }, caption, element("thead", {}, head), body);
  const scroll = element(
    "div",
    { className: "wslab-wire-scroll", role: "region", tabIndex: 0, "aria-label": "What passed through the tap" },
    table,
  );
  const about = element("div", { className: "wslab-wire-inspected", role: "region", "aria-label": "The row you picked" });
  root.append(
    element("div", { className: "wslab-row wslab-between" }, titled(root, "Live wire"), row(pause, clear)),
    said,
    scroll,
    counts,
    about,
  );

  // --- rows

  function drawRow(row) {
    const open = element("button", { type: "button", className: "wslab-wire-open", tabIndex: -1, textContent: row.at });
    open.setAttribute("aria-label", `${row.at}, ${row.who}, ${row.what}: inspect`);
    const texts = [String(row.connection), row.who, row.what, row.length, row.says];
    const names = ["connection", "who", "what", "length", "says"];
    const made = element("tr", {}, element("th", { scope: "row" }, open));
    texts.forEach((text, n) => {
      const inner = names[n] === "says" ? element("bdi", {}, text) : text;
      made.append(element("td", { className: `wslab-wire-${names[n]}` }, inner));
    });
    made.dataset.sender = row.sender;
    made.dataset.kind = row.kind;
    made.row = row;
    return made;
  }

  function opens() {
    return [...body.querySelectorAll(".wslab-wire-open")];
  }

  // One row can be reached with Tab; from there the arrow keys go on.
  function keepOneReachable(wanted) {
    const all = opens();
    const now = wanted ?? all.find((open) => open.tabIndex === 0) ?? all[0];
    for (const open of all) if (open !== now && open.tabIndex === 0) open.tabIndex = -1;
    if (now) now.tabIndex = 0;
  }

  function show(newest, everything) {
    const focused = body.contains(document.activeElement);
    if (everything) body.replaceChildren();
    body.prepend(...newest.slice(0, state.keep).map(drawRow));
    while (body.rows.length > state.keep) body.lastElementChild.remove();
    if (body.rows.length === 0) {
      const words = "Nothing has passed yet. Connect a client to tap.url.";
      body.append(element("tr", { className: "wslab-wire-none" }, element("td", { colSpan: COLUMNS.length, textContent: words })));
    } else {
      body.querySelector(".wslab-wire-none")?.remove();
    }
    keepOneReachable();
    if (focused && !body.contains(document.activeElement)) opens().at(-1)?.focus();
  }

  function sayCounts() {
    const here = waiting ? body.querySelectorAll("tr[data-kind]").length : rows.length;
    const left = state.total - here - (waiting ? cameMeanwhile : 0);
    let words = here ? `${counted(here, "row")} here` : "";
    if (left > 0) words += `, ${counted(left, "older row")} left out (only the newest ${state.keep} stay here; the tap keeps every byte)`;
    counts.textContent = words && `${words}. Time runs from the tap's first connection.`;
    if (waiting) counts.textContent += ` Paused: ${counted(cameMeanwhile, "new row")} meanwhile.`;
  }

  function sayState() {
    const words = state.running
      ? ""
      : "The tap is not running, so nothing passes. After tap.start(), press “Watch again”.";
    if (said.textContent !== words) said.textContent = words;
    pause.textContent = waiting ? "Resume" : state.running ? "Pause" : "Watch again";
  }

  model.on("msg:custom", (update) => {
    if (signal.aborted) return;
    if (update.rows) hearRows(update);
    else if (update.inspected?.view === view) hearInspection(update);
  });

  function hearRows({ rows: newest, everything, view: whose, total, keep, running }) {
    if (everything && whose !== null && whose !== view) return; // another view has just come
    state = { total, keep, running };
    const all = [...newest, ...(everything ? [] : (waiting ?? rows))].slice(0, keep);
    if (waiting && !everything) {
      waiting = all;
      cameMeanwhile += newest.length;
    } else {
      rows = all;
      if (waiting) waiting = all;
      cameMeanwhile = 0;
      show(newest, everything);
    }
    sayState();
    sayCounts();
  }

  // --- what a person does

  pause.addEventListener("click", () => {
    if (waiting) {
      rows = waiting;
      waiting = null;
      show(rows, true);
    } else if (!state.running) {
      ask({ do: "watch" });
    } else {
      waiting = rows;
      cameMeanwhile = 0;
    }
    sayState();
    sayCounts();
  });

  clear.addEventListener("click", () => {
    picked = null;
    cameMeanwhile = 0;
    about.replaceChildren();
    ask({ do: "clear" });
  });

  function pick(made) {
    if (gone) return;
    picked = made.row;
    for (const other of body.rows) other.removeAttribute("aria-current");
    made.setAttribute("aria-current", "true");
    keepOneReachable(made.querySelector(".wslab-wire-open"));
    const { connection, kind, index } = picked;
    ask({ do: "inspect", connection, kind, index });
  }

  function hearInspection({ inspected: asked, html }) {
    if (!picked || asked.connection !== picked.connection || asked.kind !== picked.kind || asked.index !== picked.index) return;
    const words = `Connection ${picked.connection}, ${picked.at}: ${picked.who}, ${picked.what}`;
    about.replaceChildren(element("p", { className: "wslab-wire-picked", textContent: words }), ...inspected(html));
  }

  body.addEventListener("click", (event) => {
    const made = event.target.closest("tr[data-kind]");
    if (made) pick(made);
  });

  body.addEventListener("keydown", (event) => {
    const all = opens();
    const here = all.indexOf(document.activeElement);
    const places = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 };
    const to = all[places[event.key]];
    if (here < 0 || !to) return;
    event.preventDefault();
    keepOneReachable(to);
    to.focus();
  });

  // --- the kernel

  onKernelGone(() => {
    gone = true;
    pause.disabled = true;
    clear.disabled = true;
    for (const open of opens()) open.disabled = true;
    said.textContent = "";
  });
  signal.addEventListener("abort", () => {
    if (!gone) ask({ do: "leave" });
  });
  show([], true);
  ask({ do: "watch" });
});
