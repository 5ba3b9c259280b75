import * as fc from "fast-check";
import { describe, expect } from "vitest";
import { EPOCH, redisWriteCounters, WRITE_LIFETIME } from "../../src/upstream/freshness/redis-write-counters.ts";
import { account, setup } from "../gateway.ts";
import { runs } from "../property.ts";
import { FakeRedis } from "./fake-redis.ts";
import { Redis, testWithRedis } from "./redis.ts";

/** Lets so many milliseconds pass for every key: what it then had left is gone, or less. */
async function pass(redis: Redis, milliseconds: number): Promise<void> {
  const script = [
    "for _, key in ipairs(redis.call('KEYS', '*')) do",
    "local left = redis.call('PTTL', key)",
    "if left >= 0 then",
    "if left <= tonumber(ARGV[1]) then redis.call('DEL', key)",
    "else redis.call('PEXPIRE', key, left - ARGV[1]) end end end return 'OK'",
  ].join(" ");
  expect(await redis.send(`EVAL "${script}" 0 ${milliseconds}`)).toBe("$2\r\nOK\r\n");
}

/** Names of the keys of a Redis, without what all of them begin with. */
async function namesIn(redis: Redis): Promise<string[]> {
  const told = await redis.send("KEYS *");
  return [...told.matchAll(/^cloudflare-iam-graphql:(.*)\r$/gm)].map(([, name = ""]) => name).toSorted();
}

describe("what Redis knows of writes", () => {
  testWithRedis("is gone two days after the last one, and nothing else is left but the instance", async () => {
    await using redis = await Redis.start();
    await using counters = disposable(redisWriteCounters({ url: redis.url }));
    for (let n = 0; n < 50; n++) await counters.raise(`account-${n}`, true);
    await counters.read(["account-0"]);
    expect(await namesIn(redis)).toHaveLength(2 * 51 + 2);
    await pass(redis, WRITE_LIFETIME - 60_000);
    expect(await namesIn(redis)).toHaveLength(51 + 1);
    await pass(redis, 120_000);
    expect(await namesIn(redis)).toEqual(["instance"]);
  });

  testWithRedis("is never the same after a write as before it, however long ago that is", async () => {
    await using redis = await Redis.start();
    const replicas = [0, 1].map(() => redisWriteCounters({ url: redis.url, commandTimeout: 10_000 }));
    const replica = fc.nat({ max: 1 });
    const times = fc.constantFrom(1, 10_000, EPOCH - 1, EPOCH, EPOCH + 1, WRITE_LIFETIME - EPOCH, WRITE_LIFETIME);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ read: replica }) },
      { weight: 2, arbitrary: fc.record({ write: replica, account: fc.constantFrom("a", "b"), ended: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ pass: times }) },
    );
    let [run, writes] = [0, 0];
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      run++;
      const accounts = [`a${run}`, `b${run}`, "*"];
      /** The write that an account had last, by the version that was told of it. */
      const seen = accounts.map(() => new Map<string, number>());
      const last = accounts.map(() => 0);
      for (const each of steps) {
        if ("pass" in each) await pass(redis, each.pass);
        else if ("write" in each) {
          await replicas[each.write]?.raise(`${each.account}${run}`, each.ended);
          writes++;
          for (const name of [`${each.account}${run}`, "*"]) last[accounts.indexOf(name)] = writes;
        } else {
          const told = await replicas[each.read]?.read(accounts);
          for (const [i, { version }] of told?.entries() ?? []) {
            expect(seen[i]?.get(version) ?? last[i]).toBe(last[i]);
            seen[i]?.set(version, last[i] ?? 0);
          }
        }
      }
    });
    await fc.assert(property, runs(500));
    for (const each of replicas) await each.dispose();
  });

  testWithRedis("makes no read from before a write look fresh when the write is forgotten", async () => {
    await using redis = await Redis.start();
    const counters = [0, 1].map(() => redisWriteCounters({ url: redis.url }));
    const cache = (n: number) => ({ cache: { maxAge: 60_000, counters: counters[n] as never } });
    const one = setup({}, undefined, cache(0));
    const other = setup({}, () => one.sandbox.handle, cache(1));
    const query = `{ account(id: "${account}") { userGroups(first: 3) { nodes { name } } } }`;
    const headers = { authorization: "Bearer sandbox-admin", "cache-control": "max-age=60" };
    const create = `mutation { createUserGroup(input: { accountId: "${account}", name: "A new one" }) { __typename } }`;
    const callsOf = async () => {
      const before = one.sandbox.calls.length;
      await other.run(query, {}, headers);
      return one.sandbox.calls.length - before;
    };
    expect([await callsOf(), await callsOf()]).toEqual([1, 0]);
    await one.run(create, {});
    await pass(redis, WRITE_LIFETIME);
    expect(await namesIn(redis)).toEqual(["instance"]);
    expect(await callsOf()).toBe(1);
    for (const { gateway } of [one, other]) await gateway.dispose();
  });
});

describe("a Redis", () => {
  testWithRedis("that keeps no epoch is not used", async () => {
    await using redis = await FakeRedis.start(([name, key = ""]) =>
      name === "SET" && key.endsWith(":epoch") ? "+OK\r\n" : undefined,
    );
    await using counters = disposable(redisWriteCounters({ url: redis.url }));
    expect(await counters.read([account])).toBeNull();
  });

  testWithRedis("with something else than an id of a write is not believed", async () => {
    await using redis = await FakeRedis.start();
    const told: string[] = [];
    await using counters = disposable(redisWriteCounters({ url: redis.url, onInvalid: (what) => told.push(what) }));
    redis.texts.set(`cloudflare-iam-graphql:writes:${account}`, "7");
    const versions = [await counters.read([account]), await counters.read([account])].map((each) => each?.[0]?.version);
    expect(new Set(versions).size).toBe(2);
    expect(told).toEqual(["an account's last write has no id"]);
  });
});

function disposable<T extends { dispose(): Promise<void> }>(given: T): T & AsyncDisposable {
  return Object.assign(given, { [Symbol.asyncDispose]: () => given.dispose() });
}
