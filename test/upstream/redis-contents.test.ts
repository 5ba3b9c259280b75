import { expect, test } from "vitest";
import { redisBudget } from "../../src/upstream/budget/redis.ts";
import { redisWriteCounters } from "../../src/upstream/freshness/redis-write-counters.ts";
import { account, authenticate, setup } from "../gateway.ts";
import { waitFor } from "../wait-for.ts";
import { FakeRedis } from "./fake-redis.ts";

const read = `{ account(id: "${account}") { name userGroups(first: 1) { nodes { name members { nodes { email } } } } } }`;
const write = `mutation { createUserGroup(input: { accountId: "${account}", name: "Secret plans" }) { __typename } }`;

test("Redis gets numbers, IDs and HMACs: no credential, no subject, no name and no e-mail address", async () => {
  await using redis = await FakeRedis.start();
  const { url } = redis;
  const budget = () => redisBudget({ url, quota: { units: 1000, seconds: 300 }, replicas: 2, commandTimeout: 5000 });
  const [whole, shares, counters] = [budget(), budget(), redisWriteCounters({ url })];
  const { run, gateway, sandbox } = setup({ quota: { requests: 1200, seconds: 300 } }, undefined, {
    authenticate,
    budget: whole,
    callerBudget: shares,
    cache: { maxAge: 60_000, counters },
  });
  const headers = { authorization: "Bearer sandbox-admin", "x-caller": "https://issuer.example ada@example.com" };
  try {
    for (const document of [read, write, read]) expect((await run(document, {}, headers)).errors).toBeUndefined();
    // What an answer tells of the quota is published.
    await waitFor(() => expect([...redis.texts.keys()].join(" ")).toContain(":update"));
  } finally {
    await gateway.dispose();
    for (const each of [whole, shares]) await each.dispose();
  }
  expect(sandbox.calls.length).toBeGreaterThan(2);
  const sent = redis.commands.flat().join(" ");
  for (const word of ["sandbox-admin", "issuer.example", "example.com", "@", "%40", "Secret"])
    expect(sent).not.toContain(word);
  expect(sent).toContain(` cloudflare-iam-graphql:writes:${account} `);
  const hmac = "[\\w-]{43}";
  const writes = "(writes|written):(\\*|[0-9a-f]{32})";
  const name = new RegExp(`^cloudflare-iam-graphql:(instance|epoch|${writes}|${hmac}(:[\\w.]+)*)$`);
  const update = {
    policies: '"default";q=1200;w=300',
    closedUntil: expect.any(Number),
    opened: expect.any(Number),
    others: expect.any(Array),
  };
  for (const [key, value] of redis.texts) {
    expect(key).toMatch(name);
    if (key.endsWith(":update")) expect(JSON.parse(value)).toEqual(update);
    else expect(value).toMatch(/^(\d+|[0-9a-f-]{36})$/);
  }
  const kinds = [...redis.texts.keys()].map((key) => key.replace(/^[^:]+:/, "").replace(/^[\w-]{43}/, "HMAC"));
  expect(kinds).toEqual(expect.arrayContaining(["instance", `written:${account}`, "HMAC:update"]));
});
