import fc from "fast-check";
import { describe, vi } from "vitest";
import type { Transport } from "../../src/cloudflare/transport.ts";
import { acmeId } from "../../src/sandbox/acme.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { callerRate } from "../../src/server/caller-rate.ts";
import { callerQuota } from "../../src/upstream/budget/caller-quota.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { redisBudget } from "../../src/upstream/budget/redis.ts";
import type { Budget } from "../../src/upstream/budget.ts";
import { authenticate, expect, setup, test } from "../gateway.ts";
import { runs } from "../property.ts";
import { Redis, testWithRedis } from "./redis.ts";

const asking = (caller: string) => ({ authorization: "Bearer sandbox-admin", "x-caller": caller });
const nameOf = (n: number) => `query Q${n} { account(id: "${acmeId}") { name } }`;

describe("the quota of a caller", () => {
  test("is their own: who has spent it is told their remainder and when it returns, and others go on", async () => {
    const { run } = setup({}, undefined, { authenticate, callerQuota: { units: 3, seconds: 300 }, explain: true });
    for (let n = 0; n < 3; n++) expect((await run(nameOf(n), {}, asking("anna"))).upstream?.remaining).toBe(2 - n);
    const refused = await run(nameOf(3), {}, asking("anna"));
    expect(refused.calls).toEqual([]);
    expect(refused.errors?.[0]).toMatchObject({
      message: expect.stringContaining("takes 1 call, and of this caller's quota of 3 0 are left. Come back at 20"),
      extensions: { code: "RATE_LIMITED", cost: { needed: 1, left: 0, limit: 3 }, resetAt: expect.any(String) },
    });
    const returns = Date.parse(String(refused.errors?.[0]?.extensions?.resetAt)) - Date.now();
    // The window, and at most a tenth of it.
    expect(returns).toBeGreaterThan(290_000);
    expect(returns).toBeLessThanOrEqual(331_000);
    expect((await run(nameOf(4), {}, asking("ben"))).data).toEqual({ account: { name: "Acme" } });
  });

  test("is paid for a shared call by the caller who sent it", async () => {
    const gate = Promise.withResolvers<void>();
    const held = (sandbox: Sandbox): Transport => {
      return (request) => gate.promise.then(() => sandbox.handle(request));
    };
    const { run, sandbox } = setup({}, held, {
      authenticate,
      callerQuota: { units: 10, seconds: 300 },
      explain: true,
    });
    const asked = ["anna", "ben", "carol"].map((caller, n) => run(nameOf(n), {}, asking(caller)));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    gate.resolve();
    await Promise.all(asked);
    expect(sandbox.calls).toHaveLength(1);
    const left = [];
    for (const caller of ["anna", "ben", "carol"])
      left.push((await run("{ __typename }", {}, asking(caller))).upstream?.remaining);
    expect(left).toEqual([9, 10, 10]);
  });

  test("that is used up refuses no equal operation of another caller at the same time", async () => {
    const { run } = setup({}, undefined, { authenticate, callerQuota: { units: 1, seconds: 300 } });
    await run(nameOf(0), {}, asking("anna"));
    const [anna, ben] = await Promise.all(["anna", "ben"].map((caller) => run(nameOf(1), {}, asking(caller))));
    expect(anna?.errors?.[0]?.extensions?.code).toBe("RATE_LIMITED");
    expect(ben?.data).toEqual({ account: { name: "Acme" } });
  });

  test("does not bind who comes with a credential of their own", async () => {
    const { run } = setup({}, undefined, { callerQuota: { units: 1, seconds: 300 } });
    for (let n = 0; n < 3; n++) expect((await run(nameOf(n))).errors).toBeUndefined();
  });

  test("of a thousand subjects is a thousand quotas, and the token's bounds them all", {
    timeout: 60_000,
  }, async () => {
    const { run, sandbox } = setup({}, undefined, {
      authenticate,
      callerQuota: { units: 1, seconds: 300 },
      quota: { units: 900, seconds: 300 },
      // What is shared costs nothing, and would be answered beyond it.
      requestDeduplication: false,
    });
    const codes: unknown[] = [];
    for (let n = 0; n < 1100; n += 100) {
      const asked = Array.from({ length: 100 }, (_, i) => run(nameOf(n + i), {}, asking(`subject ${(n + i) % 1000}`)));
      for (const { errors } of await Promise.all(asked)) codes.push(errors?.[0]?.message ?? "answered");
    }
    expect(codes.filter((code) => code === "answered")).toHaveLength(900);
    expect(codes.filter((code) => String(code).includes("Cloudflare's quota of 900"))).toHaveLength(100);
    expect(codes.filter((code) => String(code).includes("this caller's quota of 1"))).toHaveLength(100);
    expect(sandbox.calls.length).toBeLessThanOrEqual(900);
  });

  testWithRedis("is one for two replicas with Redis", async () => {
    await using redis = await Redis.start();
    const options = { url: redis.url, quota: { units: 5, seconds: 300 }, replicas: 2 };
    const budgets = [redisBudget(options), redisBudget(options)];
    const caller = `https://issuer.example anna@example.com ${crypto.randomUUID()}`;
    const [one, two] = budgets.map((callerBudget) => setup({}, undefined, { authenticate, callerBudget }));
    try {
      const answers = [];
      for (let n = 0; n < 8; n++) {
        const { errors } = (await (n % 2 === 0 ? one : two)?.run(nameOf(n), {}, asking(caller))) ?? {};
        answers.push(errors?.[0]?.extensions?.code ?? "answered");
      }
      expect(answers).toEqual([...Array(5).fill("answered"), ...Array(3).fill("RATE_LIMITED")]);
    } finally {
      await Promise.all(budgets.map((budget) => budget.dispose()));
    }
  });

  test("and the token's are never exceeded, and what is given back is there again", async () => {
    const step = fc.record({
      caller: fc.constantFrom("anna", "ben"),
      units: fc.integer({ min: 1, max: 6 }),
      back: fc.nat(6),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const now = () => 1_000_000;
        const whole = memoryBudget({ quota: { units: 30, seconds: 300 }, now });
        const shares = memoryBudget({ quota: { units: 20, seconds: 300 }, now });
        const spent: Record<string, number> = { anna: 0, ben: 0 };
        for (const { caller, units, back } of steps) {
          const budget = callerQuota(whole, shares, caller);
          const all = (spent.anna ?? 0) + (spent.ben ?? 0);
          const own = spent[caller] ?? 0;
          const { granted, at } = await budget.reserve("token", units, false);
          expect(granted).toBe(own + units <= 20 && all + units <= 30);
          if (!granted) continue;
          const returned = Math.min(back, units);
          if (returned > 0) budget.release("token", returned, at);
          spent[caller] = own + units - returned;
          expect((await budget.status("token")).left).toBe(
            Math.min(20 - (spent[caller] ?? 0), 30 - (spent.anna ?? 0) - (spent.ben ?? 0)),
          );
        }
      }),
      runs(200),
    );
  });
});

test("a caller's share is not spent on calls that the credential's quota refuses", async () => {
  const [whole, shares] = [3, 5].map((units) => memoryBudget({ quota: { units, seconds: 300 } }));
  const budget = callerQuota(whole as Budget, shares as Budget, "anna");
  for (let n = 0; n < 3; n++) expect((await budget.reserve("token", 1, false)).granted).toBe(true);
  for (let n = 0; n < 3; n++) expect((await budget.reserve("token", 1, false)).granted).toBe(false);
  expect(await budget.status("another token")).toMatchObject({ left: 2, of: "caller" });
});

describe("the rate of a caller", () => {
  test("bounds their requests: 429 with the time until the next, before the body is read", async () => {
    const callerRate = { calls: 2, milliseconds: 60_000 };
    const { run, sandbox } = setup({}, undefined, { authenticate, callerRate });
    for (let n = 0; n < 2; n++) expect((await run(nameOf(n), {}, asking("anna"))).status).toBe(200);
    const refused = await run(nameOf(2), {}, asking("anna"));
    expect(refused).toMatchObject({
      status: 429,
      errors: [{ extensions: { code: "RATE_LIMITED", limit: { name: "CALLER_RATE", allowed: 2 } } }],
    });
    expect((await run(nameOf(3), {}, asking("ben"))).status).toBe(200);
    expect(sandbox.calls).toHaveLength(3);
  });

  test("keeps nobody out for longer than its interval where the clock is set back", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const admit = callerRate({ calls: 1, milliseconds: 60_000 });
      admit("anna");
      expect(() => admit("anna")).toThrow("Come back in 60 s");
      vi.setSystemTime(Date.now() - 3_600_000);
      admit("anna");
      expect(() => admit("anna")).toThrow("Come back in 60 s");
    } finally {
      vi.useRealTimers();
    }
  });
});
