/**
 * What every host of the gateway is tried with, over real HTTP: a query, a mutation, GraphiQL, a wrong path and a request
 * that its client aborts. The host is a process of its own, with the sandbox as its REST API.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type * as sandboxModule from "../src/sandbox.ts";

/** A host, as its example starts it. */
export interface Host {
  /** Its name in the table of examples. */
  example: string;
  /** Its version in the table, such as `versionOf("express")`. */
  version: string;
  /** The program that serves `/graphql` on the port `PORT`, and its arguments. */
  command: string[];
  /** What ends the calls of a request, if its client cannot. @default "aborted request" */
  aborted?: string;
}

/** What tests of one host alone need. */
export interface Served {
  /** Where the host listens: `http://127.0.0.1:PORT`. Empty before the tests begin. */
  readonly url: string;
  readonly upstream: Upstream;
  /** Cloudflare's ID of the sandbox's account. */
  readonly accountId: string;
}

/** The version of a dependency that is installed. */
export function versionOf(name: string): string {
  return JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
}

/** The REST API of a host: a sandbox on a port. It counts calls when they arrive, and can hold back the answers. */
export class Upstream {
  readonly sandbox: sandboxModule.Sandbox;
  readonly server: Server;
  /** Method and path of the calls that have arrived. */
  calls: string[] = [];
  #held: { arrived: () => void; left: () => void; released: Promise<void> } | undefined;

  constructor(sandbox: sandboxModule.Sandbox) {
    this.sandbox = sandbox;
    this.server = createServer(async (request, response) => {
      this.calls.push(`${request.method} ${request.url}`);
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      response.once("close", () => !response.writableFinished && this.#held?.left());
      this.#held?.arrived();
      await this.#held?.released;
      const url = `http://127.0.0.1${request.url}`;
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const answer = await sandbox.handle({ method: request.method ?? "", url, headers, body: body || undefined });
      response.writeHead(answer.status, answer.headers).end(answer.text);
    });
  }

  /** Answers nothing until `release`. `arrived` resolves with the first call, `left` when its client no longer waits. */
  hold() {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#held = { arrived: arrived.resolve, left: left.resolve, released: released.promise };
    const release = () => {
      this.#held = undefined;
      released.resolve();
    };
    return { arrived: arrived.promise, left: left.promise, release };
  }
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}

/** Starts a process and waits until it listens. `end` kills it, with what it has started. */
async function start([program = "", ...args]: string[], env: Record<string, string>) {
  const port = await freePort();
  const child = spawn(program, args, { env: { ...process.env, ...env, PORT: String(port) }, detached: true });
  const closed = once(child, "close");
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, "SIGKILL");
    await closed;
  };
  for (const deadline = Date.now() + 60_000; ; await wait(50)) {
    if (child.exitCode !== null) throw new Error(`The host ended:\n${printed}`);
    const socket = connect(port, "127.0.0.1");
    const listening = await once(socket, "connect").catch(() => undefined);
    socket.destroy();
    if (listening) return { url: `http://127.0.0.1:${port}`, end };
    if (Date.now() < deadline) continue;
    await end();
    throw new Error(`The host does not listen:\n${printed}`);
  }
}

const groups = `query ($account: String!) {
  account(id: $account) { userGroups { nodes { name members { nodes { id } } } } }
}`;
const rename = `mutation ($input: UpdateUserGroupInput!) {
  updateUserGroup(input: $input) { ... on UpdateUserGroupPayload { userGroup { name } } }
}`;

/** Declares the tests of a host, and the line of JSON that says which passed. */
export function checkHost(
  host: Host,
  { createSandbox, exampleIds }: Pick<typeof sandboxModule, "createSandbox" | "exampleIds">,
): Served {
  const upstream = new Upstream(createSandbox());
  const { accountId, userGroupId } = exampleIds(upstream.sandbox);
  const served = { url: "", upstream, accountId };
  const passed: string[] = [];
  let end: (() => Promise<void>) | undefined;

  before(async () => {
    await once(upstream.server.listen(0, "127.0.0.1"), "listening");
    const { port } = upstream.server.address() as AddressInfo;
    const api = `http://127.0.0.1:${port}/client/v4`;
    const started = await start(host.command, { CLOUDFLARE_API_BASE_URL: api });
    served.url = started.url;
    end = started.end;
  });
  afterEach((context) => {
    if ("passed" in context && context.passed) passed.push(context.name);
    upstream.calls = [];
  });
  after(async () => {
    await end?.();
    upstream.server.close();
    upstream.server.closeAllConnections();
    console.log(JSON.stringify({ example: host.example, version: host.version, passed }));
  });

  const post = (query: string, variables: object, init: RequestInit = {}) =>
    fetch(`${served.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
      body: JSON.stringify({ query, variables }),
      ...init,
    });
  const userGroups = () => upstream.sandbox.state.accounts.get(accountId)?.userGroups;

  test("query", async () => {
    const response = await post(groups, { account: accountId });
    const { data, errors } = await response.json();
    assert.deepEqual([response.status, errors], [200, undefined]);
    const expected = Array.from(userGroups()?.values() ?? [], ({ name, members }) => `${name}: ${members.size}`);
    const nodes: { name: string; members: { nodes: object[] } }[] = data.account.userGroups.nodes;
    const found = nodes.map(({ name, members }) => `${name}: ${members.nodes.length}`);
    assert.deepEqual(found.toSorted(), expected.toSorted());
    assert.equal(upstream.calls.length, 1 + expected.length);
  });

  test("mutation", async () => {
    const response = await post(rename, { input: { accountId, userGroupId, name: "Renamed" } });
    const data = { updateUserGroup: { userGroup: { name: "Renamed" } } };
    assert.deepEqual([response.status, await response.json()], [200, { data }]);
    assert.equal(userGroups()?.get(userGroupId)?.name, "Renamed");
    assert.equal(upstream.calls.filter((call) => !call.startsWith("GET ")).length, 1);
  });

  test("GraphiQL", async () => {
    const opened = await fetch(`${served.url}/graphql`, { headers: { accept: "text/html" } });
    assert.deepEqual([opened.status, opened.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    const page = await opened.text();
    for (const [pattern, type] of [
      [/src="([^"]+\.js)"/, "text/javascript; charset=utf-8"],
      [/href="([^"]+\.css)"/, "text/css; charset=utf-8"],
    ] as const) {
      const [, file = "nothing"] = pattern.exec(page) ?? [];
      const loaded = await fetch(new URL(file, `${served.url}/graphql`));
      assert.deepEqual([file, loaded.status, loaded.headers.get("content-type")], [file, 200, type]);
      assert.ok((await loaded.text()).length > 100_000);
    }
  });

  test("wrong path", async () => {
    const below = await fetch(`${served.url}/graphql/nothing`);
    assert.equal(below.status, 404);
    assert.match((await below.json()).errors[0].message, /^There is nothing at \/graphql\/nothing: /);
    const beside = await fetch(`${served.url}/nothing`);
    assert.equal(beside.status, 404);
    assert.deepEqual(upstream.calls, []);
  });

  const all = 1 + (userGroups()?.size ?? 0);
  test(`${host.aborted ?? "aborted request"}: 1 of ${all} calls sent`, async () => {
    const held = upstream.hold();
    const leaving = new AbortController();
    const late = new AbortController();
    try {
      const answer = post(groups, { account: accountId }, { signal: leaving.signal });
      await Promise.race([held.arrived, answer]);
      leaving.abort();
      await assert.rejects(answer, { name: "AbortError" });
      await Promise.race([held.left, wait(8_000, undefined, { signal: late.signal })]);
    } finally {
      late.abort();
      held.release();
    }
    // Further calls would come before that of a later request, or at the latest with it.
    const later = await post("{ accounts(first: 1) { nodes { name } } }", {});
    assert.equal((await later.json()).data.accounts.nodes.length, 1);
    assert.equal(upstream.calls.length, 2, `besides the later request: ${upstream.calls.join(", ")}`);
  });

  return served;
}
