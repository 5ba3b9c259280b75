import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { createClient } from "../../src/cloudflare/client.ts";
import type { Endpoint } from "../../src/cloudflare/endpoint.ts";
import { accounts, members, permissionGroups, userGroups } from "../../src/cloudflare/index.ts";
import type { Transport } from "../../src/cloudflare/wire.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { ReadCache, readKey } from "../../src/upstream/freshness/read-cache.ts";
import { account, compileAt } from "../gateway.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const MB = 1024 * 1024;

/** Bytes in use, once everything that nobody holds is gone. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

const ids = (seed: number | string) => `${seed}`.padStart(32, "0");
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
const permission = (i: number, k: number) => ({
  id: ids(`${i}a${k}`),
  name: `Permission ${i} of ${k}`,
  meta: { category: "Zone", label: `label_${i}_${k}` },
});
const resource = (i: number, k: number) => ({
  id: ids(`${i}b${k}`),
  name: `Zones ${k}`,
  scope: {
    key: `com.cloudflare.api.account.${ids(k)}`,
    objects: [{ key: `com.cloudflare.api.account.zone.${ids(`${i}c${k}`)}` }],
  },
});
const policy = (i: number, k: number) => ({
  id: ids(`${i}d${k}`),
  access: "allow",
  permission_groups: many(3, (j) => permission(i * 3 + j, k)),
  resource_groups: many(2, (j) => resource(i * 2 + j, k)),
});
const group = (i: number, k: number, name = `Group ${i} of ${k}`) => ({
  id: ids(`${i}e${k}`),
  name,
  created_on: `2025-01-01T00:00:${i}.${k}Z`,
  modified_on: `2025-02-01T00:00:${i}.${k}Z`,
  policies: many(2, (j) => policy(i * 2 + j, k)),
});
const person = (i: number, k: number) => ({
  id: ids(`${i}f${k}`),
  email: `person.${i}.${k}@acme.example`,
  status: "accepted",
  user: {
    id: ids(`${i}0${k}`),
    email: `person.${i}.${k}@acme.example`,
    first_name: `First ${k}`,
    last_name: `Last ${i}`,
    two_factor_authentication_enabled: true,
  },
  roles: [{ id: ids(`${i}1${k}`), name: "Administrator", description: `Everything but ${k}`, permissions: {} }],
  policies: [policy(i, k)],
});

const kinds: [name: string, count: number, endpoint: Endpoint, result: (k: number) => unknown][] = [
  ["groups", 40, userGroups.list, (k) => many(50, (i) => group(i, k))],
  [
    "groups with names in another script",
    100,
    userGroups.list,
    (k) => many(20, (i) => group(i, k, "管理者".repeat(80) + i + k)),
  ],
  ["one group each", 2000, userGroups.get, (k) => group(1, k)],
  [
    "members of groups",
    300,
    userGroups.members.list,
    (k) => many(20, (i) => ({ id: ids(`${i}2${k}`), email: `member.${i}.${k}@acme.example`, status: "active" })),
  ],
  ["empty lists", 20_000, userGroups.members.list, () => []],
  ["members", 40, members.list, (k) => many(50, (i) => person(i, k))],
  ["permission groups", 60, permissionGroups.list, (k) => many(100, (i) => permission(i, k))],
  [
    "accounts",
    5000,
    accounts.get,
    (k) => ({ id: ids(k), name: `Account ${k}`, type: "enterprise", settings: { enforce_twofactor: k % 2 === 0 } }),
  ],
];

describe("what a read takes is estimated within half of what it takes", () => {
  test.for(kinds)("%s", async ([, count, endpoint, result]) => {
    let text = "";
    const call = createClient({
      transport: async () => ({ status: 200, headers: {}, text }),
      baseUrl: "http://x",
      credential: { token: "t" },
    });
    const cache = new ReadCache({ size: 512 * MB, longest: 60_000 });
    const paged = endpoint.perPage ? { page: 1, per_page: endpoint.perPage.max } : {};
    const read = async (cache: ReadCache, k: number) => {
      const records = result(k);
      const info = Array.isArray(records)
        ? { page: 1, per_page: 50, count: records.length, total_count: records.length }
        : undefined;
      text = Buffer.from(
        JSON.stringify({ success: true, errors: [], messages: [], result: records, result_info: info }),
      ).toString();
      const params = { account_id: ids(k), user_group_id: ids(k), ...paged };
      const answer = await call(endpoint, params as never);
      cache.keep(
        readKey({ credential: "c".repeat(43), account: ids(k) }, endpoint, params),
        answer as never,
        cache.invalidations.next(),
        undefined,
      );
    };
    // Whatever is made once is made by these.
    const other = new ReadCache({ size: MB, longest: 60_000 });
    for (let k = 0; k < 20; k++) await read(other, k);
    other.dispose();
    const before = await heap();
    for (let k = 0; k < count; k++) await read(cache, k);
    text = "";
    const taken = (await heap()) - before;
    expect(cache.used.reads).toBe(count);
    const estimated = cache.used.bytes;
    console.info(
      `${count} reads take ${(taken / MB).toFixed(1)} MB, estimated at ${(estimated / taken).toFixed(2)} of it`,
    );
    expect(taken / estimated).toBeLessThan(1.5);
    expect(estimated / taken).toBeLessThan(1.5);
    cache.dispose();
  });
});

test("10,000 credentials take CACHE_SIZE, and 24 MB for all else that is kept of them", async () => {
  const size = 8 * MB;
  const transport: Transport = async ({ headers }) => {
    const k = Number(headers.authorization?.replace("Bearer token", ""));
    const records = many(5, (i) => group(i, k));
    const text = JSON.stringify({
      success: true,
      errors: [],
      messages: [],
      result: records,
      result_info: { page: 1, per_page: 20, total_count: 5 },
    });
    return { status: 200, headers: {}, text };
  };
  const gateway = createGateway({
    transport,
    logging: false,
    compileAt,
    rate: false,
    cache: { maxAge: 3_600_000, size },
  });
  const query = JSON.stringify({ query: `{ account(id: "${account}") { userGroups(first: 20) { nodes { name } } } }` });
  const ask = async (k: number) => {
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer token${k}`, "cache-control": "max-age=60" },
      body: query,
    });
    return (await response.json()) as { errors?: unknown; extensions: { upstream: { cached: number } } };
  };
  for (let k = 0; k < 50; k++) await ask(20_000 + k);
  const before = await heap();
  for (let k = 0; k < 10_000; k++) expect((await ask(k)).errors).toBeUndefined();
  const taken = (await heap()) - before;
  console.info(`10,000 credentials take ${(taken / MB).toFixed(1)} MB`);
  // The last ones are remembered, the first ones are not.
  expect((await ask(9_999)).extensions.upstream.cached).toBe(1);
  expect((await ask(0)).extensions.upstream.cached).toBe(0);
  expect(taken).toBeLessThan(size + 24 * MB);
  await gateway.dispose();
}, 120_000);
