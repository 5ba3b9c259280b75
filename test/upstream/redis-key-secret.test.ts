import { describe, expect } from "vitest";
import { redisBudget } from "../../src/upstream/budget/redis.ts";
import { redisWriteCounters } from "../../src/upstream/freshness/redis-write-counters.ts";
import { account, authenticate, setup } from "../gateway.ts";
import { waitFor } from "../wait-for.ts";
import { Redis, testWithRedis } from "./redis.ts";

const quota = { units: 1000, seconds: 300 };
const [one, other] = ["one secret, of 32 characters here", "another secret, of 32 characters"];
const read = `{ account(id: "${account}") { name userGroups(first: 1) { nodes { name } } } }`;
const write = `mutation { createUserGroup(input: { accountId: "${account}", name: "Plans" }) { __typename } }`;
const headers = {
  authorization: "Bearer sandbox-admin",
  "x-caller": "https://issuer.example ada",
  "cache-control": "max-age=30",
};

/** Everything that a gateway leaves in a Redis: of its quotas, of its callers' shares, and of its writes. */
async function leftBy(redis: Redis, keySecret: string | undefined): Promise<Map<string, string>> {
  const { url } = redis;
  const server = { url, keySecret, commandTimeout: 5_000 };
  const [budget, callerBudget] = [0, 1].map(() => redisBudget({ ...server, quota, replicas: 2 }));
  const { run, gateway } = setup({ quota: { requests: 1200, seconds: 300 } }, undefined, {
    authenticate,
    budget: budget as never,
    callerBudget: callerBudget as never,
    cache: { maxAge: 60_000, counters: redisWriteCounters(server) },
  });
  for (const document of [read, write, read]) expect((await run(document, {}, headers)).errors).toBeUndefined();
  // What an answer tells of the quota is published.
  await waitFor(async () => expect([...(await contents(redis)).values()].join(" ")).toContain("closedUntil"));
  await gateway.dispose();
  for (const each of [budget, callerBudget]) await each?.dispose();
  return contents(redis);
}

/** Keys and texts, as they are. */
async function contents(redis: Redis): Promise<Map<string, string>> {
  const parts = async (command: string) => (await redis.send(command)).split("\r\n");
  const keys = (await parts("KEYS *")).filter((each) => each.startsWith("cloudflare-iam-graphql:"));
  const texts = await Promise.all(keys.map(async (key) => (await parts(`GET ${key}`))[1] ?? ""));
  return new Map(keys.map((key, i) => [key, texts[i] ?? ""]));
}

describe("the keys of a Redis", () => {
  testWithRedis("are others under another secret, and nothing in it names credential, caller or account", async () => {
    await using redis = await Redis.start();
    const seen: Map<string, string>[] = [];
    for (const secret of [undefined, one, other]) {
      seen.push(await leftBy(redis, secret));
      await redis.send("FLUSHALL");
    }
    const [open, ...hidden] = seen;
    const named = [...(open?.keys() ?? [])].flatMap((key) => /[\w-]{32,43}(?=:|$)/.exec(key) ?? []);
    expect(named).toContain(account);
    expect(new Set(named).size).toBeGreaterThanOrEqual(3);
    for (const contents of hidden) {
      expect(contents.size).toBeGreaterThan(4);
      for (const [key, text] of contents) {
        expect(key).toMatch(/^cloudflare-iam-graphql:[\w-]{43}$/);
        for (const name of named) expect(`${key} ${text}`).not.toContain(name);
      }
    }
    const keys = seen.map((contents) => [...contents.keys()]);
    expect(new Set(keys.flat()).size).toBe(keys.flat().length);
  });

  testWithRedis("are the same for replicas of one secret, and nobody else's", async () => {
    await using redis = await Redis.start();
    const budgets = [one, one, other, undefined].map((keySecret) =>
      redisBudget({ url: redis.url, keySecret, quota, replicas: 1 }),
    );
    const counters = [one, one, other, undefined].map((keySecret) => redisWriteCounters({ url: redis.url, keySecret }));
    const versions = () =>
      Promise.all(counters.map(async (each) => (await each.read([account]))?.[0]?.version as string));
    const before = await versions();
    expect(await budgets[0]?.reserve("key", 10, false)).toMatchObject({ granted: true });
    await counters[0]?.raise(account, true);
    expect(await Promise.all(budgets.map(async (each) => (await each.status("key")).left))).toEqual([
      990, 990, 1000, 1000,
    ]);
    const after = await versions();
    expect(after.map((version, i) => version === before[i])).toEqual([false, false, true, true]);
    expect(after[0]).toBe(after[1]);
    for (const each of [...budgets, ...counters]) await each.dispose();
  });
});
