import { describe, expect } from "vitest";
import { redisWriteCounters } from "../../src/upstream/freshness/redis-write-counters.ts";
import { account, setup } from "../gateway.ts";
import { waitFor } from "../wait-for.ts";
import { FakeRedis } from "./fake-redis.ts";
import { Redis, testWithRedis } from "./redis.ts";

const admin = (cacheControl?: string) => ({
  authorization: "Bearer sandbox-admin",
  ...(cacheControl && { "cache-control": cacheControl }),
});
const group = `{ account(id: "${account}") { userGroups(first: 3) { nodes { name cloudflareId } } } }`;
const rename = (id: string) => `mutation {
  updateUserGroup(input: { accountId: "${account}", userGroupId: "${id}", name: "Renamed", policies: [] }) { __typename }
}`;

describe("two replicas with one Redis", () => {
  testWithRedis("forget what either writes to, and keep nothing that was read just after it", async () => {
    await using redis = await Redis.start();
    const counters = [redisWriteCounters({ url: redis.url }), redisWriteCounters({ url: redis.url })];
    const one = setup({}, undefined, { cache: { maxAge: 60_000, counters: counters[0] as never } });
    const other = setup({}, () => one.sandbox.handle, { cache: { maxAge: 60_000, counters: counters[1] as never } });
    const ask = async () => {
      const before = one.sandbox.calls.length;
      const { data, upstream } = await other.run<
        { account: { userGroups: { nodes: { name: string; cloudflareId: string }[] } } },
        object
      >(group, {}, admin("max-age=30"));
      return { groups: data?.account.userGroups.nodes ?? [], calls: one.sandbox.calls.length - before, upstream };
    };
    const { groups } = await ask();
    expect(await ask()).toMatchObject({ calls: 0, upstream: { cached: 1 } });
    await one.run(rename(groups[0]?.cloudflareId ?? ""), {});
    const after = await ask();
    expect(after.groups.map(({ name }) => name)).not.toContain(groups[0]?.name);
    expect(after.calls).toBe(1);
    expect((await ask()).calls).toBe(1);

    const texts = await redis.send("KEYS *");
    expect(texts).toContain(`writes:${account}`);
    expect(texts).not.toContain("sandbox-admin");
    for (const { gateway } of [one, other]) await gateway.dispose();
  });

  testWithRedis("use nothing without it, and go on when it is back", async () => {
    await using redis = await Redis.start();
    const changes: boolean[] = [];
    const counters = redisWriteCounters({ url: redis.url, onChange: (away) => changes.push(away) });
    const { run, gateway } = setup({}, undefined, { cache: { maxAge: 60_000, counters } });
    await run(group, {}, admin("max-age=30"));
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
    await redis.kill();
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    await redis.start();
    await waitFor(() => expect(changes.at(-1)).toBe(false));
    // What was counted before is lost with it.
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
    await gateway.dispose();
  });
});

describe("a write", () => {
  testWithRedis("is known to be under way no later than its count, by whoever reads both in between", async () => {
    await using redis = await FakeRedis.start();
    const counters = redisWriteCounters({ url: redis.url });
    await counters.raise(account, false);
    const names = redis.commands.flatMap((command) => /(writes|written):.*$/.exec(command.join(" "))?.[0] ?? []);
    const at = (name: string) => names.findIndex((each) => each.startsWith(name));
    for (const name of [account, "*"]) {
      expect(at(`written:${name}`)).toBeGreaterThanOrEqual(0);
      expect(at(`written:${name}`)).toBeLessThan(at(`writes:${name}`));
    }
    await counters.dispose();
  });
});

describe("a Redis that has lost its data, and kept its connections,", () => {
  testWithRedis("is not believed: its counts could come to where they were", async () => {
    await using redis = await FakeRedis.start();
    const counters = redisWriteCounters({ url: redis.url });
    const { run, gateway } = setup({}, undefined, { cache: { maxAge: 60_000, counters } });
    await run(group, {}, admin("max-age=30"));
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
    redis.texts.clear();
    for (let n = 0; n < 2; n++) expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    await gateway.dispose();
  });
});

describe("an operation", () => {
  testWithRedis("asks once for the counters of its account, and not at all if it accepts nothing old", async () => {
    await using redis = await FakeRedis.start();
    const { run, gateway } = setup({}, undefined, {
      cache: { maxAge: 60_000, counters: redisWriteCounters({ url: redis.url }) },
    });
    const graph = `{ account(id: "${account}") { name userGroups(first: 3) { nodes { members { nodes { email } } } } } }`;
    await run(graph, {}, admin("max-age=30"));
    const asked = () =>
      redis.commands.filter(
        ([name, ...names]) => name.toUpperCase() === "MGET" && names.some((each) => each.includes("writes:")),
      ).length;
    expect(asked()).toBe(1);
    await run(graph, {}, admin("max-age=30"));
    expect(asked()).toBe(2);
    await run(graph, {}, admin());
    expect(asked()).toBe(2);
    await gateway.dispose();
  });
});
