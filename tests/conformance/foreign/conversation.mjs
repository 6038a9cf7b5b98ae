// The acts for everything that has the browser's WebSocket API; conversation.py says what they are.
// `tell` is given each verdict as text. `more` has what a class offers beyond the API:
// ping(ws, payload) returns the Pong's payload, fragments(ws, parts) sends one message.

export async function converse(WebSocket, url, acts, tell, more = {}) {
  const ws = new WebSocket(url);
  ws.binaryType = "arraybuffer";

  const next = (type) => new Promise((resolve, reject) => {
    ws.addEventListener(type, resolve, { once: true });
    ws.addEventListener("close", (event) => reject(new Error(`closed with ${event.code}`)),
      { once: true });
  });
  const answer = async (send) => {
    const message = next("message");
    await send();
    return (await message).data;
  };
  const echo = (data) => answer(() => ws.send(data));

  async function act(name, play) {
    try {
      await play();
    } catch (error) {
      await tell(JSON.stringify({ act: name, verdict: "failed", says: String(error) }));
      throw error;
    }
    await tell(JSON.stringify({ act: name, verdict: "ok", says: "" }));
  }
  const cannot = (name, says) => tell(JSON.stringify({ act: name, verdict: "cannot", says }));

  await act("text", async () => {
    await next("open");
    same(await echo(acts.text), acts.text);
  });
  await act("binary", async () => {
    const sent = Uint8Array.from({ length: acts.binary }, (_, index) => index % 256);
    const got = new Uint8Array(await echo(sent));
    same(got.length, sent.length);
    same(got.findIndex((byte, index) => byte !== sent[index]), -1);
  });
  await act("empty", async () => same(await echo(""), ""));
  if (more.ping) await act("ping", async () => same(await more.ping(ws, acts.ping), acts.ping));
  else await cannot("ping", "the browser's API has none");
  if (more.fragments)
    await act("fragments", async () =>
      same(await answer(() => more.fragments(ws, acts.fragments)), acts.fragments.join("")));
  else await cannot("fragments", "the browser's API has none");
  await act("close", async () => {
    const closed = new Promise((resolve) => ws.addEventListener("close", resolve));
    ws.close(acts.code, acts.reason);
    const event = await closed;
    same([event.code, event.reason, event.wasClean].join(), [acts.code, acts.reason, true].join());
  });
}

function same(got, wanted) {
  if (got !== wanted) throw new Error(`got ${got}, wanted ${wanted}`);
}
