// The chat panel: who is there, what was said, and a place to say something. The kernel chats; the
// page shows, and asks.

// Where this page finds the server's own page: directly when both are on this machine, else
// through jupyter-server-proxy. "" when there is no way.
function pageLink(link) {
  if (link === "" || onLoopback(location.hostname) || !onLoopback(new URL(link).hostname)) return link;
  return throughJupyter(link) ?? "";
}

export default drawn(({ root, model, view, ask, signal, onKernelGone }) => {
  const most = model.get("most");
  let state = "out";
  let gone = false;

  // --- what stands on the page

  const link = element("a", { className: "wslab-chat-link", target: "_blank", rel: "noopener" }, "Open the server's page in a new tab");
  const address = pageLink(model.get("link"));
  link.hidden = address === "";
  if (address !== "") link.href = address;

  const name = element("input", { type: "text", maxLength: most.name, autocomplete: "off", spellcheck: false });
  const join = element("button", { type: "submit", className: "wslab-main", textContent: "Join" });
  const leave = button("Leave");
  const status = element("strong", { className: "wslab-chat-status" });
  const joining = element(
    "form",
    {},
    row(field("Your name", name, true), join, leave),
    element("p", { className: "wslab-hint", role: "status" }, "State: ", status),
  );

  const people = element("p", { className: "wslab-hint wslab-chat-people" });
  const talk = element("div", { className: "wslab-chat-talk", role: "log", tabIndex: 0, "aria-label": "What was said" });

  const text = element("input", { type: "text", maxLength: most.text, autocomplete: "off" });
  const say = element("button", { type: "submit", className: "wslab-main", textContent: "Say" });
  const saying = element("form", {}, row(field("Message", text, true), say));

  const head = element("div", { className: "wslab-row wslab-between" }, titled(root, "Chat"), link);
  root.append(head, joining, people, talk, saying);

  // --- what the kernel tells. Strings become text nodes in `element`, and never HTML.

  function drawLine({ kind, who, text: said, at }) {
    const line = element("div", { className: `wslab-chat-line wslab-chat-${kind}` });
    if (at !== "") line.append(element("span", { className: "wslab-chat-at" }, at), " ");
    if (who !== "" || kind === "say") {
      line.append(element("bdi", { className: "wslab-chat-who" }, who || "somebody"), " ");
    }
    line.append(element("bdi", { className: "wslab-chat-text" }, clipped(said)));
    return line;
  }

  function show(lines, everything) {
    const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 40;
    if (everything) talk.replaceChildren();
    talk.append(...lines.map(drawLine));
    while (talk.childElementCount > most.kept) talk.firstElementChild.remove();
    if (atEnd || everything) talk.scrollTop = talk.scrollHeight;
  }

  function showPeople(names) {
    people.replaceChildren("Here: ");
    if (names.length === 0) people.append(state === "in" ? "nobody was named yet." : "join to see who.");
    names.forEach((who, n) => people.append(n > 0 ? ", " : "", element("bdi", {}, who)));
  }

  function showState() {
    const wanted = state !== "out";
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    name.readOnly = wanted;
    join.disabled = gone || wanted;
    leave.disabled = gone || !wanted;
    say.disabled = gone || state !== "in";
    // A button that gets disabled drops the keyboard's focus: hand it to the next thing to do.
    if (focused?.disabled && !gone) (state === "in" ? text : wanted ? leave : name).focus();
  }

  model.on("msg:custom", (update) => {
    if (signal.aborted || (update.view !== null && update.view !== view)) return;
    const came = state !== "in" && update.state === "in";
    const here = root.contains(document.activeElement);
    state = update.state;
    root.dataset.state = state;
    if (status.textContent !== update.status) status.textContent = update.status;
    if (update.name !== "" && (state !== "out" || name.value === "")) name.value = update.name;
    show(update.lines, update.view === view);
    showPeople(update.people);
    showState();
    if (came && here) text.focus();
  });

  // --- what a person does

  onSubmit(joining, () => {
    if (gone || state !== "out") return;
    if (name.value.trim() === "") {
      name.focus();
      status.textContent = "write your name first";
      return;
    }
    ask({ do: "join", name: name.value });
  });
  leave.addEventListener("click", () => ask({ do: "leave" }));
  onSubmit(saying, () => {
    if (gone || state !== "in" || text.value.trim() === "") return;
    ask({ do: "say", text: text.value });
    text.value = "";
  });

  // --- the kernel

  onKernelGone(() => {
    gone = true;
    state = "out";
    root.dataset.state = state;
    status.textContent = "not joined";
    link.hidden = true;
    showState();
  });
  signal.addEventListener("abort", () => {
    if (!gone) ask({ do: "bye" });
  });
  status.textContent = "asking the kernel";
  showPeople([]);
  showState();
  ask({ do: "hello" });
});
