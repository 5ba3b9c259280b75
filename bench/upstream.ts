import { createServer, type Socket } from "node:net";
import { acmeId } from "../src/sandbox/acme.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import { accountOf, MEMBERS, SIZES } from "./work.ts";

/**
 * A mock upstream: a process that answers with bytes made before. The sandbox is asked once for every path and query,
 * whatever page it is, and what it said is sent from then on. HTTP is spoken by hand, because `node:http` needs as long
 * for an answer as the baseline for a call, and would be what is measured. GET only, no `Ratelimit`, any bearer.
 *
 * `GET /control?latency=40` sets the milliseconds that an answer waits, and tells calls and connections so far.
 */
const sandboxes = new Map(
  SIZES.map((groups) => [accountOf(groups), createSandbox({ groups, membersPerGroup: MEMBERS, quota: false })]),
);

const answers = new Map<string, Buffer>();
let latency = 0;
let calls = 0;
let connections = 0;

/** What the sandbox says to a path, with the account's ID in place of Acme's. */
async function ask(path: string): Promise<Buffer> {
  const account = /^\/client\/v4\/accounts\/(\w+)/.exec(path)?.[1] ?? "";
  const { status, text } = (await sandboxes.get(account)?.handle({
    method: "GET",
    url: `http://sandbox${path.replace(account, acmeId)}`,
    headers: { authorization: "Bearer sandbox-admin" },
  })) ?? { status: 404, text: "" };
  return message(status, text.replaceAll(acmeId, account));
}

function message(status: number, text: string): Buffer {
  const body = Buffer.from(text);
  const head = `HTTP/1.1 ${status} -\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

async function answer(socket: Socket, path: string): Promise<void> {
  calls++;
  const bytes = answers.get(path) ?? (await ask(path));
  answers.set(path, bytes);
  if (latency) setTimeout(send, latency, socket, bytes);
  else send(socket, bytes);
}

function send(socket: Socket, bytes: Buffer): void {
  if (socket.writable) socket.write(bytes);
}

/** Reads and sets what the bench has to know. */
function control(path: string): Buffer {
  latency = Number(new URLSearchParams(path.split("?")[1]).get("latency") ?? latency);
  return message(200, JSON.stringify({ calls, connections }));
}

/** One request at a time on each connection, as undici sends them without pipelining. */
function serve(socket: Socket): void {
  let rest = "";
  let counted = false;
  socket.setNoDelay();
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    rest += chunk.toString("latin1");
    for (let end = rest.indexOf("\r\n\r\n"); end !== -1; end = rest.indexOf("\r\n\r\n")) {
      const path = rest.slice(4, rest.indexOf(" ", 4));
      const isGet = rest.startsWith("GET ");
      const known = rest.slice(0, end).toLowerCase().includes("\r\nauthorization: bearer ");
      rest = rest.slice(end + 4);
      if (path.startsWith("/control")) {
        send(socket, control(path));
        continue;
      }
      if (!counted) connections++;
      counted = true;
      if (isGet && known) void answer(socket, path);
      else send(socket, message(isGet ? 403 : 405, ""));
    }
  });
}

const server = createServer(serve);
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  if (address && typeof address === "object") console.log(`http://127.0.0.1:${address.port}`);
});
process.once("SIGTERM", () => process.exit());
