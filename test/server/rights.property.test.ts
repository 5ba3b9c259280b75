import fc from "fast-check";
import { describe, test } from "vitest";
import type { Transport } from "../../src/cloudflare/transport.ts";
import { acmeId, venturesId } from "../../src/sandbox/acme.ts";
import { roles } from "../../src/sandbox/catalogue.ts";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Gateway, GatewayOptions } from "../../src/server/gateway.ts";
import { boundedDocuments } from "../execution/bounded-documents.ts";
import { supplyOf } from "../execution/documents/supply.ts";
import type { Operation } from "../execution/documents.ts";
import { authenticate, expect, setup } from "../gateway.ts";
import { runs } from "../property.ts";
import { sdl } from "../reference.ts";

const size = { groups: 6, membersPerGroup: 7, members: 30, accounts: 4 };
const options: Partial<GatewayOptions> = {
  authenticate,
  explain: true,
  limits: { tokens: Infinity, depth: Infinity, aliases: Infinity, rootFields: Infinity, directives: Infinity },
  maxObjects: false,
  maxAnswerSize: false,
};

/** Accounts of the world that a caller has no right to are taken out of it. */
function without(sandbox: Sandbox, rights: [string, string][]): Sandbox {
  const kept = new Set(rights.map(([account]) => account));
  for (const id of [...sandbox.state.accounts.keys()])
    if (!kept.has(id) && !kept.has("*")) sandbox.state.accounts.delete(id);
  return sandbox;
}

const world = setup(size).sandbox;
const ids = [...world.state.accounts.keys()];
const nowhere = "0123456789abcdef0123456789abcdef";

const rightsOf = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .subarray([acmeId, venturesId, ...ids.slice(2), nowhere])
      .chain((accounts) =>
        fc.tuple(...accounts.map((id) => fc.tuple(fc.constant(id), fc.constantFrom("read", "write")))),
      ) as fc.Arbitrary<[string, string][]>,
  },
  { weight: 1, arbitrary: fc.constantFrom<[string, string][]>([["*", "read"]], [["*", "write"]]) },
);
const explanation = fc.constantFrom(undefined, "plan", "analyze");

interface Asked {
  operation: Operation;
  rights: [string, string][];
  explain: string | undefined;
}

function headersOf({ rights, explain }: Asked, caller = "anna") {
  return {
    authorization: "Bearer sandbox-admin",
    "x-caller": caller,
    "x-rights": JSON.stringify(rights),
    "x-request-id": "the-same",
    ...(explain && { "x-upstream-explain": explain }),
  };
}

interface Told {
  message: string;
  path?: readonly (string | number)[];
  extensions?: Record<string, unknown>;
}

/** All that an answer tells. Errors have no order, and one that stands twice is told once: both depend on time. */
function told({ data, errors }: { data?: unknown; errors?: unknown }): string {
  const all = (errors ?? []) as Told[];
  const whole = all.map(({ path, ...error }) => {
    const { sameAs } = error.extensions ?? {};
    const { message, extensions } = typeof sameAs === "number" ? (all[sameAs] as Told) : error;
    // Whether its list was at hand by then decides how it is known that something is missing.
    if (extensions?.code === "NOT_FOUND") return JSON.stringify([path, "NOT_FOUND"]);
    const { rayId: _, ...cloudflare } = (extensions?.cloudflare ?? {}) as Record<string, unknown>;
    return JSON.stringify([path, message, { ...extensions, cloudflare }]);
  });
  // The time of a read is that of the run, and the ray ID of a call counts the calls of the sandbox.
  return JSON.stringify([data, whole.sort()], (name, value) => (/^(readAt|rayId)/.test(name) ? null : value));
}

/** The longer texts of a part of the world: IDs, names, addresses; words of enums are shorter. */
function textsOf(part: unknown, found = new Set<string>()): Set<string> {
  if (typeof part === "string" && part.length > 15) found.add(part);
  if (part instanceof Map) for (const [key, value] of part) textsOf([key, value], found);
  else if (typeof part === "object" && part !== null) for (const value of Object.values(part)) textsOf(value, found);
  return found;
}

/** What an answer says that stands only in accounts without a right, and not in the question. */
function leaked(sandbox: Sandbox, { operation, rights }: Asked, answer: string): string[] {
  const allowed = new Set(rights.map(([account]) => account));
  if (allowed.has("*")) return [];
  const accounts = [...sandbox.state.accounts];
  // Legacy roles are Cloudflare's own, the same in all accounts.
  const own = textsOf([accounts.filter(([id]) => allowed.has(id)), roles]);
  const foreign = textsOf(accounts.filter(([id]) => !allowed.has(id)));
  // Global IDs of the question, too.
  const decoded = (text: string) => `${text} ${Buffer.from(text, "base64url")}`;
  const question = JSON.stringify(operation).replace(/[\w-]{20,}/g, decoded);
  return [...foreign].filter((text) => !own.has(text) && answer.includes(text) && !question.includes(text));
}

const supply = async () => {
  const { run } = setup(size);
  const zone = (name: string) => idOf("zone", name);
  const zones: [string, string] = [zone("shop.acme.example"), zone("ventures.acme.example")];
  return supplyOf(async (query) => (await run(query)).data, [acmeId, venturesId], zones);
};

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant("error" as const),
    status: fc.constantFrom(400, 403, 404, 500, 520),
    body: fc.constantFrom("html", "empty", "null"),
  }),
  fc.constant<Fault>({ kind: "truncated" }),
);
const mishap = fc.record({ call: fc.nat(), fault: faults });

/** The accounts that the calls were about; `*` for their list. A zone is asked for by its ID alone: only its row tells whose it is. */
function accountsAsked(sandbox: Sandbox): Set<string> {
  const named = sandbox.calls.filter(({ route }) => route !== "GET /zones/{zone_id}");
  return new Set(named.map(({ path, query }) => query["account.id"] ?? /^\/accounts\/(\w+)/.exec(path)?.[1] ?? "*"));
}

/** Waits until nothing has been asked for through several turns. */
async function idle(gateway: Gateway): Promise<void> {
  for (let turns = 0; turns < 5; turns++) {
    await new Promise(setImmediate);
    const { running, waiting } = gateway.status().calls;
    if (running + waiting > 0) turns = 0;
  }
}

describe("a caller with any rights", () => {
  test("is answered as if there were no account without a right, by no call to one, whatever fails", {
    timeout: 120_000,
  }, async () => {
    const asked: fc.Arbitrary<Asked> = fc.record({
      operation: boundedDocuments(sdl, await supply()),
      rights: rightsOf,
      explain: explanation,
    });
    const seen = { answered: 0, forbidden: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(asked, fc.array(mishap, { maxLength: 3 }), async (one, mishaps) => {
        const { query, variables } = one.operation;
        const [whole, part] = [setup(size, undefined, options), setup(size, undefined, options)];
        without(part.sandbox, one.rights);
        const probe = await setup(size, undefined, options).run(query, variables, headersOf(one));
        for (const { sandbox } of [whole, part]) {
          for (const { call, fault } of mishaps) {
            const route = probe.calls[call % probe.calls.length];
            if (route) sandbox.injectFault(route, fault);
          }
        }
        const answers = [];
        for (const { run } of [whole, part]) answers.push(await run<unknown, object>(query, variables, headersOf(one)));
        const [answer, expected] = answers as [(typeof answers)[0], (typeof answers)[0]];
        expect(leaked(whole.sandbox, one, JSON.stringify(answer))).toEqual([]);
        // What fails decides which reads follow, and which are under way by then depends on time.
        if (mishaps.length === 0) expect(told(answer)).toBe(told(expected));
        expect(answer.upstream?.planned).toEqual(expected.upstream?.planned);
        if (mishaps.length === 0) expect(accountsAsked(whole.sandbox)).toEqual(accountsAsked(part.sandbox));
        const allowed = new Set(one.rights.map(([account]) => account));
        if (!allowed.has("*"))
          expect([...accountsAsked(whole.sandbox)].filter((account) => !allowed.has(account))).toEqual([]);
        if (answer.data) seen.answered++;
        if (told(answer).includes("has no right to read")) seen.forbidden++;
        if (mishaps.length > 0 && probe.calls.length > 0) seen.failed++;
      }),
      runs(150),
    );
    // Nothing is proved where all is refused, or nothing.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(30);
  });

  test("is answered as if there were no account without a right, where all of them are remembered", {
    timeout: 120_000,
  }, async () => {
    const asked: fc.Arbitrary<Asked> = fc.record({
      operation: boundedDocuments(sdl, await supply()).filter(({ query }) => !/\bmutation\b/.test(query)),
      rights: rightsOf,
      explain: explanation,
    });
    const seen = { remembered: 0, forbidden: 0 };
    await fc.assert(
      fc.asyncProperty(asked, fc.boolean(), async (one, onlyIfCached) => {
        const { query, variables } = one.operation;
        const [whole, part] = [setup(size, undefined, options), setup(size, undefined, options)];
        without(part.sandbox, one.rights);
        const all = { ...one, rights: [["*", "read"]] as [string, string][], explain: undefined };
        await whole.run(query, variables, headersOf(all, "ben"));
        // Reads that an error has made needless may end after the answer: they are the other caller's.
        await idle(whole.gateway);
        whole.sandbox.calls.length = 0;
        const old = { "cache-control": onlyIfCached ? "max-age=60, only-if-cached" : "max-age=60" };
        const answer = await whole.run<unknown, object>(query, variables, { ...headersOf(one), ...old });
        expect(leaked(whole.sandbox, one, JSON.stringify(answer))).toEqual([]);
        const allowed = new Set(one.rights.map(([account]) => account));
        if (!allowed.has("*"))
          expect([...accountsAsked(whole.sandbox)].filter((account) => !allowed.has(account))).toEqual([]);
        if (allowed.size === 0) expect([answer.upstream?.cached ?? 0, answer.age]).toEqual([0, null]);
        if (onlyIfCached) expect(answer.calls).toEqual([]);
        else {
          const expected = await part.run(query, variables, headersOf(one));
          expect(told(answer)).toBe(told(expected));
        }
        if (answer.upstream?.cached) seen.remembered++;
        if (told(answer).includes("has no right to read")) seen.forbidden++;
      }),
      runs(40),
    );
    expect(seen.remembered).toBeGreaterThan(4);
    expect(seen.forbidden).toBeGreaterThan(4);
  });

  test("is answered as alone, beside others with other rights who ask the same, and leave", {
    timeout: 120_000,
  }, async () => {
    const supplied = await supply();
    const several = fc.array(boundedDocuments(sdl, supplied), { minLength: 1, maxLength: 2 }).chain((operations) =>
      fc.array(
        fc.record({
          operation: fc.constantFrom(...operations),
          rights: rightsOf,
          explain: fc.constant(undefined),
          leaves: fc.boolean(),
        }),
        { minLength: 2, maxLength: 5 },
      ),
    );
    const seen = { shared: 0, left: 0 };
    await fc.assert(
      fc.asyncProperty(several, fc.scheduler(), async (callers, scheduler) => {
        const late = (sandbox: Sandbox): Transport => {
          return (request) => scheduler.schedule(Promise.resolve()).then(() => sandbox.handle(request));
        };
        const { gateway, sandbox } = setup(size, late, options);
        const asked = callers.map((one, i) => {
          const leaving = new AbortController();
          const answer = gateway
            .fetch("http://gateway/graphql", {
              method: "POST",
              headers: { "content-type": "application/json", ...headersOf(one, `caller ${i}`) },
              body: JSON.stringify(one.operation),
              signal: leaving.signal,
            })
            .then((response) => response.json() as Promise<{ data: unknown; errors: unknown }>)
            .catch(() => undefined);
          return { one, answer, leave: () => leaving.abort() };
        });
        for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
        // Somebody always stays.
        for (const { one, leave } of asked.slice(1)) {
          if (!one.leaves) continue;
          leave();
          seen.left++;
        }
        const answers = await scheduler.waitFor(Promise.all(asked.map(({ answer }) => answer)));
        const alone = await Promise.all(
          callers.map((one) =>
            setup(size, undefined, options).run<unknown, object>(
              one.operation.query,
              one.operation.variables,
              headersOf(one),
            ),
          ),
        );
        for (const [i, { one }] of asked.entries()) {
          const answer = answers[i];
          if (i > 0 && one.leaves) continue;
          expect(told(answer ?? { data: "none" })).toBe(told(alone[i] ?? {}));
        }
        if (sandbox.calls.length < alone.reduce((sum, { calls }) => sum + calls.length, 0)) seen.shared++;
      }),
      runs(40),
    );
    expect(seen.shared).toBeGreaterThan(8);
    expect(seen.left).toBeGreaterThan(8);
  });
});
