// Node's built-in WebSocket, which is undici's.

import { readFileSync } from "node:fs";
import { converse } from "./conversation.mjs";

const acts = JSON.parse(readFileSync(new URL("acts.json", import.meta.url)));
const version = `${process.versions.node} (undici ${process.versions.undici})`;
console.log(JSON.stringify({ client: "Node's WebSocket", version }));
await converse(WebSocket, process.argv[2], acts, console.log);
