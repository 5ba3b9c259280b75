import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:https";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { account } from "../gateway.ts";
import { listening, mockUpstream, rawMockUpstream } from "../mock-upstream.ts";
import type { Asked } from "./runtime-script.ts";
import { certificates } from "./tls.ts";

const bin = new URL("../../node_modules/.bin/", import.meta.url).pathname;

/** Runtimes as npm has them for this machine; where one cannot be had, that is printed, and nothing of it is claimed. */
const runtimes: [name: string, command: string, args: string[]][] = (
  [
    ["Node", process.execPath, []],
    ["Bun", `${bin}bun`, ["run"]],
    ["Deno", `${bin}deno`, ["run", "-A", "--no-check", "--node-modules-dir=manual"]],
  ] as [string, string, string[]][]
).filter(([name, command]) => {
  try {
    execFileSync(command, ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    console.warn(`${name} cannot be started here: its test is left out.`);
    return false;
  }
});

const query = "{ accounts(first: 1) { nodes { name } } }";
const write = `mutation { deleteUserGroup(input: { accountId: "${account}", userGroupId: "${"f".repeat(32)}", confirm: [LAST_SUPER_ADMINISTRATOR, OWN_MEMBERSHIP] }) {
  __typename ... on UpstreamError { outcome } } }`;
const token = { authorization: "Bearer sandbox-admin" };
const key = { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" };

describe.each(runtimes)("%s", (name, command, args) => {
  test("fetchTransport() keeps the contract there, and createTransport() is made or says why not", async () => {
    const sandbox = createSandbox();
    const api = await sandbox.listen();
    await using elsewhere = await mockUpstream((_, outgoing) => outgoing.end("{}"));
    await using packed = await mockUpstream((_, outgoing) =>
      outgoing
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync('{"success":true,"result":[{"id":"a","name":"Packed"}]}')),
    );
    await using redirecting = await mockUpstream((_, outgoing) =>
      outgoing.writeHead(307, { location: `${elsewhere.url}/x?y` }).end(),
    );
    await using breaking = await rawMockUpstream((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{", () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      );
    });
    await using silent = await rawMockUpstream(() => undefined);
    await using large = await mockUpstream((_, outgoing) => outgoing.end("x".repeat(200_000)));
    await using page = await mockUpstream((_, outgoing) =>
      outgoing.writeHead(404, { "content-type": "text/html" }).end("<b>Not here</b>"),
    );
    await using tls = await listening(
      createServer(certificates().good, (_, outgoing) => outgoing.end("{}")),
      "https",
    );
    const gone = await rawMockUpstream(() => undefined);
    await gone[Symbol.asyncDispose]();

    const ask = (says: string, { url }: { url: string }, more: Partial<Asked> = {}): Asked => ({
      says,
      baseUrl: url,
      query,
      headers: token,
      callTimeout: 5_000,
      ...more,
    });
    const asked = [
      ask("answered", api),
      ask("answered by key", api, { headers: key }),
      ask("packed", packed),
      ask("redirected", redirecting),
      ask("redirected by key", redirecting, { headers: key }),
      ask("redirected write", redirecting, { query: write }),
      ask("refused", gone),
      ask("refused write", gone, { query: write }),
      ask("no such name", { url: "http://nobody.invalid" }),
      ask("untrusted", tls),
      ask("untrusted write", tls, { query: write }),
      ask("broken", breaking),
      ask("broken write", breaking, { query: write }),
      ask("silent", silent, { callTimeout: 300 }),
      ask("silent write", silent, { query: write, callTimeout: 300 }),
      ask("large", large),
      ask("page", page),
    ];
    const { stdout } = await promisify(execFile)(command, [
      ...args,
      new URL("runtime-script.ts", import.meta.url).pathname,
      JSON.stringify(asked),
    ]);
    await api.close();

    const told = JSON.parse(stdout);
    const failed = (code: string, message = /./) => ({
      errors: [{ message: expect.stringMatching(message), extensions: { code } }],
    });
    const wrote = (outcome: string) => ({ data: { deleteUserGroup: { __typename: "UpstreamError", outcome } } });
    const acme = { data: { accounts: { nodes: [{ name: "Acme" }] } } };
    const { createTransport, ...rest } = told;
    expect(rest).toMatchObject({
      answered: acme,
      "answered by key": acme,
      packed: { data: { accounts: { nodes: [{ name: "Packed" }] } } },
      redirected: failed(
        "UPSTREAM_INVALID",
        /redirected \(307\) to http:\/\/127\.0\.0\.1:\d+\/x, which is not followed/,
      ),
      "redirected by key": failed("UPSTREAM_INVALID", /redirected \(307\)/),
      "redirected write": wrote("UNKNOWN"),
      refused: failed("UPSTREAM_UNAVAILABLE"),
      "refused write": wrote("NOT_SENT"),
      "no such name": failed("UPSTREAM_UNAVAILABLE"),
      untrusted: failed("UPSTREAM_UNAVAILABLE"),
      "untrusted write": wrote("NOT_SENT"),
      broken: failed("UPSTREAM_ERROR"),
      "broken write": wrote("UNKNOWN"),
      silent: failed("TIMEOUT", /did not answer within 300 ms/),
      "silent write": wrote("UNKNOWN"),
      large: failed("UPSTREAM_ERROR", /more than 100000 bytes/),
      page: failed("UPSTREAM_INVALID", /404 and a body of type text\/html.*“Not here”/),
    });
    expect(elsewhere.opened()).toBe(0);
    if (name === "Bun") expect(createTransport).toMatch(/Bun replaces by its own: use fetchTransport\(\)/);
    else expect(createTransport).toBe("made");
  }, 60_000);
});
