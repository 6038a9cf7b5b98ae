// ws from npm: the browser's API, and pings and fragments of its own.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import WebSocket from "ws";
import { converse } from "./conversation.mjs";

const acts = JSON.parse(readFileSync(new URL("acts.json", import.meta.url)));
const { version } = createRequire(import.meta.url)("ws/package.json");
console.log(JSON.stringify({ client: "ws", version }));

const ping = (ws, payload) => new Promise((resolve) => {
  ws.once("pong", (data) => resolve(data.toString()));
  ws.ping(payload);
});
const fragments = (ws, parts) => parts.forEach((part, index) =>
  ws.send(part, { fin: index === parts.length - 1 }));

await converse(WebSocket, process.argv[2], acts, console.log, { ping, fragments });
