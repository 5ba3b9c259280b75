import fc from "fast-check";
import { describe } from "vitest";
import type { Call, CallDeadline } from "../../src/cloudflare/client.ts";
import { CloudflareError, type CloudflareErrorInit } from "../../src/cloudflare/error.ts";
import { endpoints } from "../../src/cloudflare/index.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { retry } from "../../src/upstream/retry.ts";
import { account, expect, setupOverHttp, test } from "../gateway.ts";

const start = Date.parse("2026-11-22T12:00:00Z");
const groupsRoute = userGroups.list.route;

const answer = (status: number): CloudflareErrorInit => ({ kind: "upstream_failure", status });
const reset = (code: string): CloudflareErrorInit => ({
  kind: "upstream_failure",
  cause: Object.assign(new Error(code), { code }),
});
const limited = (seconds: number): CloudflareErrorInit => ({
  kind: "rate_limited",
  status: 429,
  resetAt: new Date(start + seconds * 1000),
});

/** A call that meets these failures in turn and then is answered, on a clock that only pauses move, each longer than it was asked for. */
function played(failures: CloudflareErrorInit[], random = () => 0.5, until?: number, oversleeps = 0) {
  let now = start;
  const attempts: number[] = [];
  const pauses: number[] = [];
  const call: Call = async ({ route }) => {
    attempts.push(now - start);
    const failure = failures[attempts.length - 1];
    if (failure) throw new CloudflareError(route, "failed", failure);
    return { result: "done", info: undefined, messages: [] } as never;
  };
  const repeated = retry({
    random,
    now: () => now,
    wait: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds + oversleeps;
    },
  })(call);
  const leaving = new AbortController();
  const waiting: CallDeadline | undefined =
    until === undefined ? undefined : { signal: leaving.signal, until: start + until };
  const run = (endpoint: Parameters<Call>[0] = userGroups.list) =>
    repeated(endpoint, { account_id: account } as never, undefined, waiting).then(
      ({ result }) => result as unknown,
      (error: CloudflareError) => error,
    );
  return { run, attempts, pauses };
}

describe("what is repeated", () => {
  test.for<[says: string, failure: CloudflareErrorInit]>([
    ...[502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527].map((status): [string, CloudflareErrorInit] => [
      String(status),
      answer(status),
    ]),
    ["ECONNRESET", reset("ECONNRESET")],
    ["EPIPE", reset("EPIPE")],
    ["UND_ERR_SOCKET", reset("UND_ERR_SOCKET")],
    ["a rate limit that ends in time", limited(5)],
  ])("%s, until it is answered", async ([, failure]) => {
    const { run, attempts } = played([failure, failure]);
    expect(await run()).toBe("done");
    expect(attempts).toHaveLength(3);
  });

  test.for<[says: string, failure: CloudflareErrorInit]>([
    ["500", answer(500)],
    ["501", answer(501)],
    ["528", answer(528)],
    ["404", { kind: "not_found", status: 404 }],
    ["a refusal", { kind: "rejected", status: 400 }],
    ["an answer that fits no schema", { kind: "invalid_response", status: 200 }],
    ["an answer that never came", { kind: "timeout" }],
    ["an upstream that is not there", { kind: "unavailable" }],
    ["an answer that is too long", { kind: "upstream_failure" }],
    ["a caller that left", { kind: "aborted" }],
    ["a rate limit that ends too late", limited(31)],
  ])("not %s", async ([, failure]) => {
    const { run, attempts, pauses } = played([failure]);
    expect(await run()).toMatchObject({ kind: failure.kind, status: failure.status ?? null });
    expect([attempts.length, pauses]).toEqual([1, []]);
  });

  test("never a write", async () => {
    const writes = endpoints.filter(({ route }) => !route.startsWith("GET "));
    expect(writes.length).toBeGreaterThan(10);
    for (const row of writes) {
      const { run, attempts } = played([answer(503)]);
      expect(await run(row)).toMatchObject({ status: 503 });
      expect(attempts).toHaveLength(1);
    }
  });

  test("three attempts in all, and the last failure is told", async () => {
    const { run, attempts, pauses } = played([answer(502), answer(503), answer(504), answer(520)]);
    expect(await run()).toMatchObject({ status: 504 });
    expect(attempts).toHaveLength(3);
    expect(pauses).toEqual([250, 500]);
  });

  test("a rate limit is waited for to its end, and not less", async () => {
    const { run, attempts } = played([limited(5)], () => 0);
    expect(await run()).toBe("done");
    expect(attempts).toEqual([0, 5_000]);
  });

  test("a rate limit that does not end before the deadline is told at once, with its end", async () => {
    const { run, attempts } = played([limited(5)], () => 0, 5_000);
    expect(await run()).toMatchObject({ kind: "rate_limited", resetAt: new Date(start + 5_000) });
    expect(attempts).toEqual([0]);
  });
});

test("whoever leaves ends the pause, at once", async () => {
  const leaving = new AbortController();
  let calls = 0;
  const call: Call = async ({ route }) => {
    calls++;
    throw new CloudflareError(route, "failed", answer(503));
  };
  const repeated = retry({ first: 3_600_000, random: () => 0.5 })(call);
  const waiting = { signal: leaving.signal, until: Number.POSITIVE_INFINITY };
  const read = repeated(userGroups.list, { account_id: account }, undefined, waiting);
  leaving.abort();
  await expect(read).rejects.toMatchObject({ status: 503 });
  expect(calls).toBe(1);
});

test("any schedule: at most three attempts, none past the deadline, pauses within their bounds", async () => {
  const failure = fc.oneof(
    fc.constantFrom(502, 503, 504, 520, 523, 527, 500, 404).map(answer),
    fc.constant(reset("ECONNRESET")),
    fc.integer({ min: 0, max: 40 }).map(limited),
  );
  const schedule = fc.record({
    failures: fc.array(failure, { maxLength: 5 }),
    randoms: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 3, maxLength: 3 }),
    until: fc.integer({ min: 1, max: 45_000 }),
    oversleeps: fc.integer({ min: 0, max: 2_000 }),
  });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ failures, randoms, until, oversleeps }) => {
      let drawn = 0;
      const { run, attempts, pauses } = played(failures, () => randoms[drawn++] ?? 0, until, oversleeps);
      const result = await run();
      expect(attempts.length).toBeLessThanOrEqual(3);
      for (const at of attempts) expect(at).toBeLessThan(until);
      for (const [i, pause] of pauses.entries()) {
        const ends = (failures[i]?.resetAt?.getTime() ?? 0) - start - (attempts[i] ?? 0);
        const least = Math.max(0, ends);
        expect(pause).toBeGreaterThanOrEqual(least);
        expect(pause).toBeLessThanOrEqual(least + 500 * 2 ** i);
      }
      // What is told is what the last attempt met.
      const met = failures[attempts.length - 1];
      if (met) expect(result).toMatchObject({ kind: met.kind, status: met.status ?? null });
      else expect(result).toBe("done");
    }),
    { numRuns: 1_000 },
  );
});

describe("over HTTP, an upstream that", () => {
  const query = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
  const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename } }`;
  const createRoute = userGroups.create.route;
  const html = (status: number): Fault => ({ kind: "error", status, body: "html" });
  const storm = (retryAfter: string): Fault => ({ kind: "error", status: 429, body: "limited", retryAfter });

  test.for<[says: string, fault: Fault]>([
    ["answers 502 in HTML", html(502)],
    ["answers 522 in HTML", html(522)],
    ["resets the connection", { kind: "reset", at: "head" }],
    ["resets within the body", { kind: "reset", at: "body" }],
    ["limits for a moment", storm("0")],
  ])("%s twice, and then as usual, is not noticed", async ([, fault]) => {
    await using fixture = await setupOverHttp({}, {}, { retry: true });
    for (const nth of [1, 2]) fixture.sandbox.injectFault(groupsRoute, fault, nth);
    const { errors, calls } = await fixture.run(query, { account });
    expect(errors).toBeUndefined();
    expect(calls).toEqual(Array(3).fill(groupsRoute));
  });

  test.for<[says: string, fault: Fault, code: string, attempts: number]>([
    ["answers 502 in HTML", html(502), "UPSTREAM_ERROR", 3],
    ["resets connections", { kind: "reset", at: "head" }, "UPSTREAM_ERROR", 3],
    ["blocks for a moment, again and again", storm("0"), "RATE_LIMITED", 3],
    ["blocks for five minutes", storm("300"), "RATE_LIMITED", 1],
    ["never answers", { kind: "hang" }, "TIMEOUT", 1],
    ["drips", { kind: "slowBody", milliseconds: 20 }, "TIMEOUT", 1],
  ])("%s leaves a typed error in time, and a write is sent once", async ([says, fault, code, attempts]) => {
    await using fixture = await setupOverHttp({}, { callTimeout: 500 }, { retry: true });
    fixture.sandbox.injectFault(groupsRoute, fault);
    fixture.sandbox.injectFault(createRoute, fault);
    const started = performance.now();
    const { data, errors, calls } = await fixture.run<{ account: object }, object>(query, { account });
    expect(data).toEqual({ account: { userGroups: null } });
    expect(errors).toMatchObject([{ extensions: { code } }]);
    if (code === "RATE_LIMITED") expect(errors?.[0]?.extensions?.resetAt).toMatch(/^\d{4}-.*Z$/);
    expect(calls).toEqual(Array(attempts).fill(groupsRoute));
    const write = await fixture.run<{ createUserGroup: { __typename: string } }, object>(create, { account });
    expect(write.data?.createUserGroup.__typename).toMatch(/^(UpstreamError|RateLimitedError)$/);
    // While Cloudflare blocks everything for minutes, nothing is sent at all.
    expect(write.calls).toEqual(says === "blocks for five minutes" ? [] : [createRoute]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test("storms with 429 at a fan-out: at most three calls each, and an end", async () => {
    await using fixture = await setupOverHttp({}, {}, { retry: true, operationTimeout: 1_500 });
    fixture.sandbox.injectFault(userGroups.members.list.route, storm("1"));
    const nested = `query ($account: String!) { account(id: $account) { userGroups { nodes { members { totalCount } } } } }`;
    const started = performance.now();
    const { errors, calls } = await fixture.run(nested, { account });
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(errors).toHaveLength(16);
    for (const error of errors ?? []) expect(error.extensions?.code).toMatch(/^(RATE_LIMITED|TIMEOUT)$/);
    expect(calls.length).toBeLessThanOrEqual(1 + 16 * 3);
  });
});
