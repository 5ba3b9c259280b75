import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisServer } from "../../src/server/serve-redis.ts";
import { readSettings, SettingsError } from "../../src/server/settings.ts";
import { redisBudget } from "../../src/upstream/budget/redis.ts";
import type { RedisServer } from "../../src/upstream/budget/redis-options.ts";
import { redisWriteCounters } from "../../src/upstream/freshness/redis-write-counters.ts";
import { type Certificate, certificates } from "../cloudflare/tls.ts";
import { startProcess } from "../gateway-process.ts";
import { blocksOf, readPage } from "../markdown.ts";
import { waitFor } from "../wait-for.ts";
import { testWithRedis } from "./redis.ts";

const quota = { units: 100, seconds: 300 };
const password = "s3cret-password";

/** The options that docs/running.md shows. */
const shown = blocksOf(readPage("docs/running.md"))
  .filter(({ language }) => language === "json")
  .map(({ code }) => JSON.parse(code) as object);

let folder: string;
let good: Certificate;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "redis-options-"));
  good = certificates().good;
  for (const [name, text] of Object.entries(good)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A `redis-server` with arguments of its own, once it has printed that it is ready. It ends with this process, however that ends. */
async function started(args: string[], ready = /Ready to accept connections|Sentinel ID is/): Promise<AsyncDisposable> {
  const script = 'redis-server "$@" & read -r _; kill -9 $!; wait $!';
  const shell = spawn("sh", ["-c", script, "sh", ...args], { stdio: ["pipe", "pipe", "ignore"], cwd: folder });
  let printed = "";
  shell.stdout.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  await waitFor(() => expect(printed).toMatch(ready));
  return {
    [Symbol.asyncDispose]: async () => {
      if (shell.exitCode !== null) return;
      shell.stdin.end();
      await once(shell, "exit");
    },
  };
}

const inMemory = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];

/** Counts under a new key in one budget, and reads it in another: only Redis is between them. */
async function counts(server: RedisServer): Promise<string> {
  const key = randomUUID();
  const away: boolean[] = [];
  const [one, other] = [0, 1].map(() =>
    redisBudget({ ...server, quota, replicas: 2, onChange: (gone) => away.push(gone) }),
  );
  if (!one || !other) throw new Error();
  try {
    expect(await one.reserve(key, 10, false)).toMatchObject({ granted: true });
    await waitFor(async () => expect((await other.status(key)).left).toBe(90));
    expect(away).toEqual([]);
  } finally {
    await one.dispose();
    await other.dispose();
  }
  const counters = redisWriteCounters(server);
  await counters.raise(key, true);
  expect(await counters.read([key])).toEqual([
    { version: expect.stringMatching(/ [0-9a-f-]{36}$/), quietUntil: expect.any(Number) },
  ]);
  await counters.dispose();
  return key;
}

describe("Redis", () => {
  testWithRedis("with a password", async () => {
    const port = await freePort();
    const user = ["--user", "gateway", "on", `>${password}`, "~*", "+@all"];
    await using _redis = await started(["--port", String(port), "--requirepass", password, ...user, ...inMemory]);
    for (const name of ["", "gateway"]) await counts({ url: `redis://${name}:${password}@127.0.0.1:${port}` });
    await counts({ client: { password, socket: { host: "127.0.0.1", port } } });
  });

  testWithRedis("over TLS, with an authority of one's own", async () => {
    const port = await freePort();
    const files = ["--tls-cert-file", "cert", "--tls-key-file", "key", "--tls-ca-cert-file", "cert"];
    await using _redis = await started([
      "--port",
      "0",
      "--tls-port",
      String(port),
      "--tls-auth-clients",
      "no",
      "--requirepass",
      password,
      ...files,
      ...inMemory,
    ]);
    const url = `rediss://127.0.0.1:${port}`;
    await counts({ client: { url, password, socket: { ca: good.cert } } });
    const { socket, ...rest } = shown[0] as { socket: object };
    await counts({ client: { ...rest, password, socket: { ...socket, host: "127.0.0.1", port, ca: good.cert } } });
    const settings = { REDIS_URL: url.replace("//", `//:${password}@`), NODE_EXTRA_CA_CERTS: join(folder, "cert") };
    await using gateway = await startProcess(settings, "--sandbox");
    const query = "{ accounts { totalCount } }";
    await gateway.ask({ query }, { authorization: "Bearer sandbox-admin" });
    expect((await gateway.stop()).stderr).toBe("");
    // Nobody who is not known is told the counters' names.
    const away: boolean[] = [];
    const stranger = redisBudget({ url, quota, replicas: 2, onChange: (gone) => away.push(gone) });
    await stranger.reserve("key", 1, false);
    expect(away).toEqual([true]);
    await stranger.dispose();
  });

  testWithRedis(
    "found by Sentinel, also after another server has become the master",
    { timeout: 120_000 },
    async () => {
      const [master, replica, sentinel] = (await Promise.all([freePort(), freePort(), freePort()])).map(String) as [
        string,
        string,
        string,
      ];
      const secrets = ["--requirepass", password, "--masterauth", password];
      const first = await started(["--port", master, ...secrets, ...inMemory]);
      await using _second = await started(
        ["--port", replica, "--replicaof", "127.0.0.1", master, ...secrets, ...inMemory],
        /MASTER <-> REPLICA sync: Finished/,
      );
      const monitor = [
        `port ${sentinel}`,
        "bind 127.0.0.1",
        `sentinel monitor iam 127.0.0.1 ${master} 1`,
        `sentinel auth-pass iam ${password}`,
        "sentinel down-after-milliseconds iam 300",
        "sentinel failover-timeout iam 3000",
      ];
      writeFileSync(join(folder, "sentinel.conf"), monitor.join("\n"));
      await using _sentinel = await started(["sentinel.conf", "--sentinel"], /\+slave slave/);
      const file = join(folder, "redis.json");
      const client = {
        ...shown[1],
        sentinelRootNodes: [{ host: "127.0.0.1", port: Number(sentinel) }],
        nodeClientOptions: { password },
      };
      writeFileSync(file, JSON.stringify(client));
      const server = redisServer(readSettings({ REDIS_OPTIONS_FILE: file })) as RedisServer;
      const key = await counts(server);
      const away: boolean[] = [];
      const budget = redisBudget({ ...server, quota, replicas: 1, onChange: (gone) => away.push(gone) });
      await waitFor(async () => expect((await budget.status(key)).left).toBe(90));
      await first[Symbol.asyncDispose]();
      await waitFor(async () => {
        await budget.reserve("other", 1, false);
        expect(away.slice(0, 2)).toEqual([true, false]);
      });
      // The new master has what the old one had counted.
      expect((await budget.status(key)).left).toBeLessThanOrEqual(90);
      await budget.dispose();
    },
  );
});

describe("a file with the secret of keys", () => {
  const given = (text: string | undefined) => {
    const file = join(folder, "key-secret");
    if (text === undefined) rmSync(file, { force: true });
    else writeFileSync(file, text);
    return () => redisServer(readSettings({ REDIS_URL: "redis://redis", REDIS_KEY_SECRET_FILE: file }));
  };

  test("is read without the line break at its end, and refused without repeating it", () => {
    const keySecret = "s3cret-".repeat(5);
    expect(given(`${keySecret}\n`)()).toEqual({ url: "redis://redis", keySecret });
    expect(given("s3cret\n")).toThrow(
      new SettingsError("The secret in the file of REDIS_KEY_SECRET_FILE must be a text of at least 32 characters."),
    );
    expect(given(undefined)).toThrow(new SettingsError("The file of REDIS_KEY_SECRET_FILE cannot be read (ENOENT)."));
  });
});

describe("a file of options", () => {
  const refused = (text: string) => {
    const file = join(folder, "options.json");
    writeFileSync(file, text);
    return () => redisServer(readSettings({ REDIS_OPTIONS_FILE: file }));
  };

  test("that is no JSON object is refused without repeating any of it", () => {
    for (const text of ["s3cret", '"s3cret"', '["s3cret"]', "null"])
      expect(refused(text)).toThrow(
        new SettingsError("REDIS_OPTIONS_FILE must be a JSON object with options of the Redis client."),
      );
  });

  test("that is not there is refused", () => {
    expect(() => redisServer(readSettings({ REDIS_OPTIONS_FILE: join(folder, "none") }))).toThrow(
      new SettingsError("The file of REDIS_OPTIONS_FILE cannot be read (ENOENT)."),
    );
  });
});
