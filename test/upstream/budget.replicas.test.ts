import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { acmeId as account } from "../../src/sandbox/acme.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { messages } from "../gateway-process.ts";
import { Redis, testWithRedis as test } from "./redis.ts";

/** A gateway as a process of its own, with what it logs. */
class Gateway implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: Promise<string>;
  stderr = "";

  constructor(settings: Record<string, string>) {
    const env = { PORT: "0", ...settings };
    this.#child = spawn(process.execPath, ["src/server/main.ts"], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#url = promise;
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const url = /^GraphQL {2}(\S+)/m.exec(text)?.[1];
      if (url) resolve(url);
    });
    this.#child.once("close", () => reject(new Error(this.stderr)));
  }

  /** The codes of the errors of one operation. */
  async ask(query: string): Promise<string[]> {
    const response = await fetch(await this.#url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
      body: JSON.stringify({ query, variables: { account } }),
    });
    const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return errors.map(({ extensions }) => extensions.code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    await once(this.#child, "exit");
  }
}

const groups = "GET /accounts/{account_id}/iam/user_groups";
const members = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const query = `query ($account: String!) {
  account(id: $account) { userGroups(first: 9) { nodes { members(first: 3) { nodes { id } } } } }
}`;

test("two gateways never send more than the quota in any window, with Redis, without it, and after it forgot", async () => {
  const quota = { requests: 90, seconds: 4 };
  const sandbox = createSandbox({ groups: 9, quota });
  const arrivals: number[] = [];
  for (const route of [groups, members]) {
    sandbox.stub(route, () => {
      arrivals.push(Date.now());
      return undefined;
    });
  }
  const upstream = await sandbox.listen();
  await using redis = await Redis.start();
  const settings = {
    CLOUDFLARE_API_BASE_URL: upstream.url,
    REDIS_URL: redis.url,
    UPSTREAM_QUOTA: `${quota.requests}/${quota.seconds}s`,
    UPSTREAM_REPLICAS: "2",
  };
  await using one = new Gateway(settings);
  await using two = new Gateway(settings);
  const codes = new Set<string>();
  const gateways = [one, two];
  await Promise.all(gateways.map((gateway) => gateway.ask("{ __typename }")));

  const end = Date.now() + 15_500;
  const asking = gateways.flatMap((gateway) =>
    [1, 2].map(async () => {
      while (Date.now() < end) {
        for (const code of await gateway.ask(query)) codes.add(code);
        await wait(15);
      }
    }),
  );
  await wait(6_000);
  const before = arrivals.length;
  await redis.kill();
  await wait(4_000);
  const alone = arrivals.length;
  await redis.start();
  await Promise.all(asking);
  await upstream.close();

  const window = quota.seconds * 1000;
  const most = Math.max(...arrivals.map((end) => arrivals.filter((at) => at <= end && at > end - window).length));
  expect(most).toBeLessThanOrEqual(quota.requests);
  expect(arrivals).toHaveLength(sandbox.calls.length);
  expect(new Set(sandbox.calls.map(({ status }) => status))).toEqual(new Set([200]));
  expect(codes).toEqual(new Set(["RATE_LIMITED"]));
  // It was tight: in each part as much was asked for as there was.
  expect([before, alone - before, arrivals.length - alone].map((calls) => calls > 20)).toEqual([true, true, true]);
  for (const { stderr } of gateways) {
    expect(
      messages(stderr)
        .split("\n")
        .filter((line) => line.startsWith("Redis is ")),
    ).toEqual([
      "Redis is unreachable: this replica uses 1/2 of the remaining quota.",
      "Redis is reachable again: the replicas share the quota.",
    ]);
    expect(stderr).not.toContain("sandbox-admin");
  }
}, 40_000);
