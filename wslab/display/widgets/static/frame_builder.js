// The frame builder: the fields of a frame, its bytes as they would travel, and a server's answer.
const BITS = [
  ["fin", "FIN", "the last frame of its message"],
  ["rsv1", "RSV1", "reserved bit 1"],
  ["rsv2", "RSV2", "reserved bit 2"],
  ["rsv3", "RSV3", "reserved bit 3"],
];

export default drawn(({ root, model, view, ask, signal, onKernelGone }) => {
  let gone = false;
  let sending = false;
  let target = "";
  let written = "text"; // how the payload field is to be read
  let asked = 0; // number of the newest form that was sent
  let answered = 0;
  let wanted = null; // the form to send when the last one is answered
  let sound = true; // every field can be read

  // --- the fields

  const problems = {};
  const controls = {};
  function labelled(name, label, control) {
    const id = freshId(name);
    const problem = element("span", { className: "wslab-problem", id: `${id}-problem`, role: "status" });
    control.id = id;
    control.setAttribute("aria-describedby", problem.id);
    controls[name] = control;
    problems[name] = problem;
    const words = element("label", { for: id, textContent: label });
    return [words, control, problem];
  }
  function checked(name, label, control, className = "") {
    return element("div", { className: `wslab-field ${className}` }, ...labelled(name, label, control));
  }
  function toggle(name, label, title) {
    const id = freshId(name);
    const box = element("input", { type: "checkbox", id });
    controls[name] = box;
    return element("label", { className: "wslab-toggle", for: id, title }, box, label);
  }

  const masked = toggle("masked", "Mask", "a client masks every frame");
  const key = checked("key", "Masking key, 4 bytes in hex", element("input", { type: "text", spellcheck: false, autocomplete: "off" }), "wslab-builder-key");
  const opcode = checked("opcode", "Opcode", element("select"));
  const length = checked("length", "Form of the length", element("select"));
  const [payloadLabel, payload, payloadProblem] = labelled("payload", "Payload", element("textarea", { rows: 2, spellcheck: false }));
  const group = freshId("written");
  const writings = ["text", "hex"].map((name) => {
    const id = freshId(name);
    const radio = element("input", { type: "radio", name: group, value: name, id });
    radio.addEventListener("change", () => rewrite(name));
    controls[`as-${name}`] = radio;
    return element("label", { className: "wslab-toggle", for: id }, radio, name === "text" ? "as text" : "as hex");
  });
  const fields = element(
    "div",
    { className: "wslab-builder-fields" },
    element(
      "fieldset",
      {},
      element("legend", { textContent: "What it is" }),
      element("div", { className: "wslab-row wslab-toggles" }, ...BITS.map(([name, label, title]) => toggle(name, label, title))),
      row(opcode),
    ),
    element(
      "fieldset",
      {},
      element("legend", { textContent: "Length and mask" }),
      element("div", { className: "wslab-row wslab-toggles" }, masked),
      row(key, length),
    ),
    element(
      "fieldset",
      { className: "wslab-builder-payload" },
      element("legend", { textContent: "What it carries" }),
      element("div", { className: "wslab-row wslab-toggles" }, payloadLabel, ...writings),
      payload,
      payloadProblem,
    ),
  );

  // --- what comes of them

  const size = element("span", {});
  const bytes = element("code", { className: "wslab-builder-bytes" });
  const kept = element("p", { className: "wslab-hint", role: "status" });
  const mark = element("strong", {});
  const verdict = element("span", {});
  const python = element("code", { className: "wslab-builder-python", tabIndex: 0, role: "textbox", "aria-readonly": "true", "aria-label": "The frame in Python" });
  const copy = button("Copy", "wslab-small");
  const copied = element("span", { className: "wslab-hint", role: "status" });
  const outcome = element(
    "fieldset",
    {},
    element("legend", {}, "The frame: ", size),
    bytes,
    kept,
    element("p", { className: "wslab-builder-verdict", role: "status" }, mark, " ", verdict),
    element("div", { className: "wslab-builder-copy" }, python, copy),
    copied,
  );
  const send = button("Send", "wslab-main");
  const sendHint = element("span", { className: "wslab-hint" });
  const answer = element("div", { className: "wslab-builder-answer", role: "status" });
  const explained = element("div", {});
  const wire = element(
    "fieldset",
    { hidden: true },
    element("legend", { textContent: "On the wire" }),
    element("div", { className: "wslab-row wslab-builder-send" }, send, sendHint),
    answer,
    explained,
  );
  const alone = element("p", { className: "wslab-hint", hidden: true, textContent: "To send the frame, name a server: FrameBuilder(server)." });
  const anatomy = element("div", { className: "wslab-builder-anatomy", role: "region", "aria-label": "Every bit of the frame, explained" });
  root.append(titled(root, "Frame builder"), fields, outcome, wire, alone, anatomy);

  // --- from the page to the kernel

  function read() {
    const form = {};
    for (const name of ["fin", "rsv1", "rsv2", "rsv3", "masked"]) form[name] = controls[name].checked;
    for (const name of ["key", "length", "payload"]) form[name] = controls[name].value;
    return { ...form, opcode: Number(controls.opcode.value), written };
  }

  // One question at a time: whoever types fast is answered as fast as the kernel can.
  function changed() {
    if (gone) return;
    controls.key.disabled = !controls.masked.checked;
    wanted = read();
    askNext();
  }
  function askNext() {
    if (wanted === null || asked !== answered) return;
    asked += 1;
    ask({ do: "form", form: wanted, number: asked });
    wanted = null;
  }
  function rewrite(now) {
    if (gone) return;
    const form = read();
    written = now;
    wanted = null;
    asked += 1;
    ask({ do: "rewrite", form, written: now, number: asked });
  }

  for (const event of ["input", "change"]) {
    fields.addEventListener(event, ({ target: control }) => {
      if (control.type !== "radio") changed();
    });
  }
  send.addEventListener("click", () => {
    if (!send.disabled) ask({ do: "send" });
  });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(python.textContent);
      copied.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(python);
      copied.textContent = "It is selected: copy it with the keyboard.";
    }
  });

  // --- from the kernel to the page

  function offer(select, pairs) {
    const now = select.value;
    select.replaceChildren(...pairs.map(([value, words]) => element("option", { value: String(value), textContent: words })));
    if (now) select.value = now;
  }

  function fill(form) {
    for (const name of ["fin", "rsv1", "rsv2", "rsv3", "masked"]) controls[name].checked = form[name];
    for (const name of ["key", "length", "payload", "opcode"]) {
      if (controls[name].value !== String(form[name])) controls[name].value = String(form[name]);
    }
    written = form.written;
    controls[`as-${written}`].checked = true;
    controls.key.disabled = !form.masked;
  }

  function show(update) {
    if (update.view !== view) fill(update.form);
    else if (update.number !== null) answered = update.number;
    for (const [name, problem] of Object.entries(problems)) {
      problem.textContent = update.problems[name] ?? "";
      if (update.problems[name]) controls[name].setAttribute("aria-invalid", "true");
      else controls[name].removeAttribute("aria-invalid");
    }
    sound = Object.keys(update.problems).length === 0;
    kept.textContent = update.note;
    size.textContent = update.size;
    bytes.textContent = update.hex;
    if (python.textContent !== update.python) {
      python.textContent = update.python;
      copied.textContent = "";
    }
    mark.className = update.verdict.ok ? "wslab-ok" : "wslab-bad";
    mark.textContent = update.verdict.ok ? "passed" : "BROKEN";
    if (verdict.textContent !== update.verdict.words) verdict.textContent = update.verdict.words;
    anatomy.replaceChildren(...inspected(update.html));
    enable();
  }

  function enable() {
    send.disabled = gone || sending || !sound;
    send.textContent = sending ? "Sending …" : "Send";
  }

  function showAnswer({ words, sent, frames }) {
    answer.replaceChildren(element("p", { textContent: words }));
    const line = (who, { what, hex: bytesText, says }) =>
      element(
        "div",
        { className: "wslab-builder-line" },
        element("span", {}, element("strong", { textContent: who }), element("br"), what),
        element("span", {}, element("code", { textContent: bytesText }), element("br"), element("bdi", { textContent: says })),
      );
    answer.append(line("client → server", sent), ...frames.map((frame) => line("server → client", frame)));
    explained.replaceChildren(...frames.filter((frame) => frame.html).map(explain));
  }

  // Two frames are explained on one page, so the tables of this one have a longer name.
  function explain({ what, html }, number) {
    const name = `Frame ${number} of the answer`;
    const made = element("details", {}, element("summary", { textContent: `${name}, bit by bit: ${what}` }), ...inspected(html));
    for (const region of made.querySelectorAll("[role='region']")) {
      region.setAttribute("aria-label", `${name}: ${region.getAttribute("aria-label")}`);
    }
    return made;
  }

  model.on("msg:custom", (update) => {
    if (signal.aborted) return;
    if (update.choices && update.view === view) {
      offer(controls.opcode, update.choices.opcodes);
      offer(controls.length, update.choices.lengths);
      target = update.target;
      wire.hidden = !target;
      alone.hidden = Boolean(target);
      sendHint.textContent = `A new connection to ${target}: the handshake, this frame, and what comes back within 2 seconds.`;
    } else if (update.form) {
      if (update.view === null && update.number !== null) answered = asked = Math.max(asked, update.number);
      show(update);
      askNext();
    } else if ("sending" in update) {
      sending = update.sending;
      if (update.answer) showAnswer(update.answer);
      enable();
    } else if ("failed" in update) {
      answered = asked; // the form that was asked about is not answered any more
    }
  });

  onKernelGone(() => {
    gone = true;
    for (const control of root.querySelectorAll("input, select, textarea, button")) control.disabled = true;
    copy.disabled = false;
    enable();
  });
  ask({ do: "hello" });
});
