import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import type { Transport, WireResponse } from "../../src/cloudflare/transport.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { TimeSlice } from "../../src/execution/time-slice.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { type Budget, budgetKey } from "../../src/upstream/budget.ts";
import { createChain } from "../../src/upstream/chain.ts";
import { Deadline } from "../../src/upstream/deadline.ts";
import { RequestDeduplication } from "../../src/upstream/deduplication.ts";
import { acceptsNothing } from "../../src/upstream/freshness/directive.ts";
import { Freshness } from "../../src/upstream/freshness.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";
import { runs } from "../property.ts";

const CALL_TIMEOUT = 10_000;
const MOST_UNKNOWN = 3;

/** What Cloudflare makes of a token, when it answers. */
type Kind = "good" | "bad" | "vague" | "failing" | "now and then";
const tokens: Record<string, Kind> = {
  good1: "good",
  good2: "good",
  good3: "good",
  bad1: "bad",
  bad2: "bad",
  bad3: "bad",
  bad4: "bad",
  vague: "vague",
  failing: "failing",
  flapping: "now and then",
};
/** The good ones come from elsewhere, but for one. */
const addressOf = (token: string) => (/good[12]/.test(token) ? undefined : "192.0.2.1");

function answer(status: number, code?: number): WireResponse {
  const errors = code === undefined ? [] : [{ code, message: "refused" }];
  const result = code === undefined ? { id: "g", name: "Group", policies: [] } : null;
  return { status, headers: {}, text: JSON.stringify({ success: status < 400, errors, messages: [], result }) };
}

/** A budget that writes down what was taken and given back. */
function ledger(budget: Budget) {
  const units = new Map<string, number>();
  const add = (key: string, more: number) => units.set(key, (units.get(key) ?? 0) + more);
  const counted: Budget = {
    reserve: async (key, wanted, spare) => {
      const taking = await budget.reserve(key, wanted, spare);
      if (taking.granted) add(key, wanted);
      return taking;
    },
    release: (key, back, from) => {
      add(key, -back);
      budget.release(key, back, from);
    },
    status: (key) => budget.status(key),
    observe: (key, headers) => budget.observe(key, headers),
    close: (key, until) => budget.close(key, until),
    answered: (key) => budget.answered(key),
    closedUntil: (key) => budget.closedUntil(key),
    forget: (key) => budget.forget(key),
    dispose: () => budget.dispose(),
  };
  return { counted, units };
}

/** A gateway's chain on a network whose answers come when they are told to, beside a model of what is known of each token. */
function world(rate: { calls: number; milliseconds: number } | false, concurrency: number) {
  const pending: { token: string; answer: (how: "answer" | "break" | "unreachable") => void }[] = [];
  const sent = new Map<string, number>();
  const refusedAt = new Map<string, number>();
  const known = new Set<string>();
  /** When calls of each unknown credential have reached Cloudflare. */
  const unknown = new Map<string, number[]>();
  const wrong: string[] = [];
  let revoked = false;

  const respond = (token: string): WireResponse => {
    const kind = tokens[token];
    const bad = kind === "bad" || (kind === "now and then" && revoked);
    if (bad) {
      refusedAt.set(token, Date.now());
      known.delete(token);
      return answer(401, 10000);
    }
    if (kind === "vague") return answer(403, 10000);
    if (kind === "failing") return answer(503, 1);
    if (Date.now() >= (refusedAt.get(token) ?? Number.NEGATIVE_INFINITY) + 60_000) {
      known.add(token);
      unknown.delete(token);
    }
    return answer(200);
  };

  function arrives(token: string) {
    const now = Date.now();
    sent.set(token, (sent.get(token) ?? 0) + 1);
    if (now < (refusedAt.get(token) ?? Number.NEGATIVE_INFINITY) + 60_000)
      wrong.push(`${token} was sent though it was refused`);
    if (known.has(token)) return;
    if (addressOf(token)) unknown.set(token, [...(unknown.get(token) ?? []), now]);
    const lately = [...unknown.values()].filter((times) => times.some((at) => now - at < 60_000));
    if (lately.length > MOST_UNKNOWN) wrong.push(`${lately.length} unknown credentials of one address`);
  }

  const transport: Transport = (request) =>
    new Promise((resolve, reject) => {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
      const arrived = Date.now();
      arrives(token);
      const fail = (kind: "timeout" | "upstream_failure" | "unavailable" | "aborted") => {
        if (kind === "unavailable") {
          // It has not reached Cloudflare, so that its credential takes no place.
          sent.set(token, (sent.get(token) ?? 0) - 1);
          const times = unknown.get(token) ?? [];
          const index = times.indexOf(arrived);
          if (index >= 0) unknown.set(token, times.toSpliced(index, 1));
        }
        done(() => reject(new CloudflareError(request.route, kind, { kind })));
      };
      const timer = setTimeout(() => fail("timeout"), CALL_TIMEOUT);
      const done = (settle: () => void) => {
        clearTimeout(timer);
        const place = pending.indexOf(call);
        if (place < 0) return;
        pending.splice(place, 1);
        settle();
      };
      const call = {
        token,
        answer: (how: "answer" | "break" | "unreachable") => {
          if (how === "answer") done(() => resolve(respond(token)));
          else fail(how === "break" ? "upstream_failure" : "unavailable");
        },
      };
      pending.push(call);
      request.signal?.addEventListener("abort", () => fail("aborted"), { once: true });
    });

  const { counted, units } = ledger(memoryBudget({ quota: { units: 1_000, seconds: 300 } }));
  const logger = { debug: () => {}, warn: () => {} };
  const limits = { rate, concurrency, maxUnknownCredentials: MOST_UNKNOWN, callTimeout: CALL_TIMEOUT, breaker: true };
  const chain = createChain({
    transport,
    baseUrl: "http://x",
    budget: counted,
    deduplication: new RequestDeduplication(),
    freshness: new Freshness({ maxAge: 0, staleIfError: 0, size: 1, counters: undefined }),
    maxCalls: 600,
    retry: true,
    logger,
    slice: new TimeSlice(),
    ...limits,
  });
  const operations: { ended: boolean; leave: () => void }[] = [];

  /** One operation. */
  function ask(token: string, calls: number, writes: boolean, same: boolean) {
    const credential = { token };
    const key = budgetKey(credential);
    const leaving = new AbortController();
    const usage = new OperationUsage();
    const deadline = new Deadline(leaving.signal, Date.now() + 30_000);
    const address = addressOf(token);
    const access = { rights: null, needs: "read" as const };
    const operationOf = {
      caller: key,
      access,
      credential,
      problem: "",
      key,
      requestId: "1",
      address,
      deadline,
      isolated: writes,
      directive: acceptsNothing,
      usage,
    };
    const { call, lock } = chain(operationOf);
    const operation = { ended: false, leave: () => leaving.abort("left") };
    const one = (index: number) => {
      const params = { account_id: "a", user_group_id: same ? `g${index}` : `g${index}-${operations.length}` };
      return writes
        ? lock(`thing ${index % 2}`, () => call(userGroups.update, params, { policies: [] } as never))
        : call(userGroups.get, params);
    };
    operations.push(operation);
    void Promise.allSettled(Array.from({ length: calls }, (_, index) => one(index))).then(() => {
      operation.ended = true;
    });
  }

  const settle = async () => {
    for (let turns = 0; turns < 8; turns++) await turn();
    expect(wrong).toEqual([]);
  };

  return {
    ask,
    operations,
    pending,
    settle,
    revoke: () => {
      revoked = !revoked;
    },
    async pass(milliseconds: number) {
      await vi.advanceTimersByTimeAsync(milliseconds);
      await settle();
    },
    /** Everybody has ended in time, and each unit that was taken was sent or is back. */
    async end() {
      for (let seconds = 0; operations.some(({ ended }) => !ended); seconds++) {
        expect(seconds, "somebody waits for ever").toBeLessThan(200);
        for (const call of pending.slice(0, 3)) call.answer("answer");
        await this.pass(1_000);
      }
      for (let calls = pending.length; calls > 0; calls--) pending[0]?.answer("answer");
      await settle();
      for (const token of Object.keys(tokens)) {
        expect([token, units.get(budgetKey({ token })) ?? 0]).toEqual([token, sent.get(token) ?? 0]);
      }
      await vi.advanceTimersByTimeAsync(2 * 3_600_000 + 60_000);
      expect(vi.getTimerCount(), "timers that are left").toBe(0);
    },
  };
}

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      token: fc.constantFrom(...Object.keys(tokens), "flapping"),
      calls: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: 4, max: 30 }) },
      ),
      writes: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      same: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      which: fc.nat(),
      count: fc.integer({ min: 1, max: 8 }),
      how: fc.oneof(
        { weight: 8, arbitrary: fc.constant("answer" as const) },
        { weight: 1, arbitrary: fc.constantFrom("break" as const, "unreachable" as const) },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      milliseconds: fc.constantFrom(1, 50, 700, 2_000, 11_000, 61_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.constant({ kind: "revoke" as const }) },
);

const limits = fc.record({
  rate: fc.oneof(fc.constant(false as const), fc.constant({ calls: 8, milliseconds: 500 })),
  concurrency: fc.constantFrom(2, 128),
});

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("whatever known, unknown and refused credentials ask: none is sent within a minute of its refusal, units are sent or back, everybody ends", async () => {
  await fc.assert(
    fc.asyncProperty(limits, fc.array(event, { maxLength: 40 }), async ({ rate, concurrency }, events) => {
      vi.setSystemTime(1_800_000_000_000);
      const { ask, operations, pending, revoke, settle, pass, ...rest } = world(rate, concurrency);
      for (const each of events) {
        if (each.kind === "ask") ask(each.token, each.calls, each.writes, each.same);
        if (each.kind === "answer") {
          for (let calls = 0; calls < each.count; calls++)
            pending[each.which % Math.max(1, pending.length)]?.answer(each.how);
        }
        if (each.kind === "leave") operations[each.which % Math.max(1, operations.length)]?.leave();
        if (each.kind === "revoke") revoke();
        if (each.kind === "pass") await pass(each.milliseconds);
        await settle();
      }
      await rest.end.call({ pass });
      vi.clearAllTimers();
    }),
    runs(150),
  );
}, 60_000);
