import { describe } from "vitest";
import { endpoints } from "../../src/cloudflare/index.ts";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { account, expect, setupOverHttp, test } from "../gateway.ts";

const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const reads = endpoints.filter(({ route }) => route.startsWith("GET ")).map(({ route }) => route);

/** The same in other words each time, so that nothing is shared as a whole. */
const graph = (groups: number) => `query ($account: String!) {
  account(id: $account) { name userGroups(first: ${groups}) { nodes { name members { nodes { email } } } } }
}`;
const codes = (errors: readonly { extensions?: Record<string, unknown> }[] | undefined) =>
  new Set(errors?.map(({ extensions }) => extensions?.code));

const limit: Fault = { kind: "error", status: 429, body: "limited", retryAfter: "300" };

describe("a storm of 429", () => {
  test("ends with the calls that were under way: everybody is told, and nothing more is sent", async () => {
    await using storm = await setupOverHttp({ groups: 40 }, {}, { retry: true, concurrency: 8 });
    for (const route of reads) storm.sandbox.injectFault(route, limit);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => storm.run(graph(10 + i), { account })));
    for (const { errors } of answers) {
      expect(codes(errors)).toEqual(new Set(["RATE_LIMITED"]));
      const wait = Date.parse(String(errors?.[0]?.extensions?.resetAt)) - Date.now();
      expect(wait).toBeGreaterThan(290_000);
      expect(wait).toBeLessThanOrEqual(300_000);
    }
    expect(storm.sandbox.calls.length).toBeLessThanOrEqual(8);
    const after = await storm.run(graph(5), { account });
    expect(after.calls).toEqual([]);
    expect(after.data).toBeUndefined();
  });

  test("in the midst of an operation leaves what is done, and sends no more than was under way", async () => {
    await using storm = await setupOverHttp({ groups: 40 }, {}, { retry: true, concurrency: 4 });
    storm.sandbox.injectFault(membersRoute, limit);
    const { data, errors, calls } = await storm.run(graph(40), { account });
    expect(codes(errors)).toEqual(new Set(["RATE_LIMITED"]));
    expect(errors).toHaveLength(40);
    expect(data).toMatchObject({ account: { name: expect.any(String), userGroups: { nodes: { length: 40 } } } });
    expect(calls.filter((route) => route === membersRoute).length).toBeLessThanOrEqual(4);
  });

  test("that is short is waited out", async () => {
    await using storm = await setupOverHttp({ groups: 3 }, {}, { retry: true });
    const brief: Fault = { kind: "error", status: 429, body: "empty", retryAfter: "0" };
    storm.sandbox.injectFault(membersRoute, brief, 1);
    storm.sandbox.injectFault(membersRoute, brief, 3);
    const { errors } = await storm.run(graph(3), { account });
    expect(errors).toBeUndefined();
  });
});

test("a block of a moment holds up what comes meanwhile, and then it goes", async () => {
  await using storm = await setupOverHttp({ groups: 3 }, {}, { retry: true });
  storm.sandbox.injectFault(membersRoute, { ...limit, retryAfter: "1" } as Fault, 1);
  const first = storm.run(graph(3), { account });
  while (!storm.sandbox.calls.some(({ route }) => route === membersRoute)) await new Promise(setImmediate);
  const names = Array.from({ length: 5 }, (_, i) => storm.run(`${graph(1 + (i % 3))} # ${i}`, { account }));
  for (const { errors } of [await first, ...(await Promise.all(names))]) expect(errors).toBeUndefined();
});

test("an upstream that announces a small quota never has to refuse", async () => {
  const quota = { requests: 60, seconds: 300 };
  await using strict = await setupOverHttp({ groups: 12, quota }, {}, { retry: true, explain: true });
  // Until the first answer nobody knows.
  await strict.run("{ accounts { nodes { name } } }");
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => strict.run(graph(3 + (i % 10)), { account })));
  expect(strict.sandbox.calls.length).toBeLessThanOrEqual(60);
  expect(answers.some(({ errors }) => errors === undefined)).toBe(true);
  for (const { errors } of answers) {
    if (errors) expect(codes(errors)).toEqual(new Set(["RATE_LIMITED"]));
    // Refused by us: Cloudflare was not asked.
    for (const { extensions } of errors ?? []) expect(extensions).not.toHaveProperty("cloudflare");
  }
});
