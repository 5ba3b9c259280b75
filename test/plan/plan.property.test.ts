import fc from "fast-check";
import { type DocumentNode, parse, TypeInfo, validate, visit, visitWithTypeInfo } from "graphql";
import { describe, test } from "vitest";
import type { Transport } from "../../src/cloudflare/transport.ts";
import type { Cost } from "../../src/graph/cost.ts";
import { schema } from "../../src/graph/schema.ts";
import { type Plan, planOf } from "../../src/plan/plan.ts";
import { acmeId, venturesId } from "../../src/sandbox/acme.ts";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import type { Quirk } from "../../src/sandbox/quirks.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { GatewayOptions } from "../../src/server/gateway.ts";
import { boundedDocuments } from "../execution/bounded-documents.ts";
import { supplyOf } from "../execution/documents/supply.ts";
import { expect, type Setup, setup, tally } from "../gateway.ts";
import { runs } from "../property.ts";
import { answerable, answerableInLarge, ReferenceImplementation, sdl } from "../reference.ts";

/** Where to look when the answers differ. */
const disagrees =
  "src/graph/ and the reference implementation in test/reference/ disagree; a new field belongs to both";

const worlds: [name: string, runs: number, options: SandboxOptions][] = [
  ["Acme as it is seeded", 200, {}],
  ["hardly anything", 80, { groups: 2, membersPerGroup: 2, members: 6, accounts: 2 }],
  ["nothing", 40, { groups: 0, members: 0, accounts: 2 }],
  ["more groups and accounts than a page", 100, { groups: 520, membersPerGroup: 3, members: 130, accounts: 120 }],
  ["more members than a page", 100, { groups: 4, membersPerGroup: 510, members: 600 }],
];

/** A catalogue of several pages, too. */
function grown(sandbox: Sandbox): Sandbox {
  const catalogue = sandbox.state.accounts.get(acmeId)?.permissionGroups;
  const [one] = catalogue?.values() ?? [];
  for (let n = 0; one && n < 120; n++) {
    const id = idOf("permission group", n);
    catalogue?.set(id, { ...one, id, name: `Permission ${n % 40}`, meta: { ...one.meta, label: `permission_${n}` } });
  }
  return sandbox;
}

/** Whatever is asked is sent at once: nothing is refused for its cost. */
const boundless: Partial<GatewayOptions> = {
  limits: { tokens: Infinity, depth: Infinity, aliases: Infinity, rootFields: Infinity, directives: Infinity },
  maxObjects: false,
  maxAnswerSize: false,
  maxCalls: false,
  quota: false,
  concurrency: false,
  rate: false,
};

async function theatre(options: SandboxOptions, transport?: (sandbox: Sandbox) => Transport) {
  const beside: Setup = setup(options, transport, { ...boundless, explain: true });
  const totals = !options.quirks?.includes("totalCountAbsent");
  const reference = new ReferenceImplementation(grown(setup(options).sandbox), totals);
  grown(beside.sandbox);
  const ask = async (query: string) => {
    const answer = await beside.run(query);
    expect(await reference.objection(parse(query), {}, answer), query).toBeUndefined();
    return answer.data;
  };
  const zone = (name: string) => idOf("zone", name);
  const zones: [string, string] = [zone("shop.acme.example"), zone("ventures.acme.example")];
  return { ...beside, reference, supply: await supplyOf(ask, [acmeId, venturesId], zones) };
}

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant("error" as const),
    status: fc.constantFrom(400, 401, 403, 404, 429, 500, 502, 520),
    body: fc.constantFrom("html", "empty", "null", "limited"),
  }),
  fc.constant<Fault>({ kind: "truncated" }),
  fc.constant<Fault>({ kind: "huge", bytes: 2000 }),
  // Records that came are counted, and page 1 does not show them: a list that is short of its count is read on, beyond the plan.
  fc.record({ kind: fc.constant("shifted" as const), records: fc.integer({ min: 0, max: 60 }) }),
  fc.record({ kind: fc.constant("repeated" as const), records: fc.integer({ min: 1, max: 60 }) }),
);
/** Something that goes wrong with the calls of one route, or with one of the first: the route of some call there is. */
const mishap = fc.record({
  call: fc.nat(),
  fault: faults,
  when: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
});

/** Runs that show a counterexample once, as small as it was found. */
function quietly(n: number) {
  return { ...runs(n), verbose: 0 as const };
}

function told(plan: Plan, calls: string[]): string {
  return `${JSON.stringify(plan)} and not ${JSON.stringify(tally(calls))}`;
}

/** Where an error at a path took more than the field at its end: the place of what is null instead. */
function lostWith(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let at = data;
  for (const [i, key] of path.entries()) {
    if (at === null || at === undefined) return ["data", ...path.slice(0, i)];
    at = (at as Record<string | number, unknown>)[key];
  }
  return at === null ? [] : path;
}

function within(calls: number, { min, max }: Plan): boolean {
  return min <= calls && calls <= (max ?? Number.POSITIVE_INFINITY);
}

/** Whether a document asks for what is worked out of whole lists, whose calls have no bound. */
function evaluates(document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const Field = () => {
    const cost = types.getFieldDef()?.extensions.cost as Cost | undefined;
    found ||= cost?.kind === "evaluation";
  };
  visit(document, visitWithTypeInfo(types, { Field }));
  return found;
}

describe("any query", () => {
  test.each(worlds)("is answered rightly and at the price: %s", { timeout: 120_000 }, async (_, n, options) => {
    const { run, reference, supply } = await theatre(options);
    const isLarge = (options.groups ?? 0) > 500 || (options.members ?? 0) > 500;
    const seen = { answered: 0, plain: 0, bounded: 0 };
    await fc.assert(
      fc.asyncProperty(
        boundedDocuments(isLarge ? answerableInLarge : answerable, supply),
        async ({ query, variables }) => {
          const document = parse(query);
          expect(validate(sdl, document)).toEqual([]);
          const answer = await run(query, variables);
          expect(await reference.objection(document, variables, answer), disagrees).toBeUndefined();
          const plan = planOf(schema, document, undefined, variables);
          expect(within(answer.calls.length, plan), told(plan, answer.calls)).toBe(true);
          expect(answer.upstream).toMatchObject({ planned: plan, calls: answer.calls.length, shared: 0, retries: 0 });
          if (answer.data) seen.answered++;
          if (evaluates(document)) return;
          seen.plain++;
          if (plan.max !== null) seen.bounded++;
        },
      ),
      quietly(n),
    );
    // Nothing is proved by an answer without data, nor by a plan without a bound.
    expect(seen.answered).toBeGreaterThan(n * 0.75);
    expect(seen.bounded).toBeGreaterThan(n * 0.05);
    expect(seen.plain - seen.bounded).toBeLessThan(n * 0.25);
  });

  // What records leave out is read elsewhere, and pages that are cut or do not tell where a list ends cost more: no plan knows it.
  test.each<[Quirk, Quirk, Quirk, Quirk]>([
    ["permissionGroupsById", "resourceGroupsById", "groupMembersWithoutStatus", "shuffled"],
    ["totalCountAbsent", "emptyAsAbsent", "unknownFields", "errorDetails"],
    ["perPageClamped", "totalCountOfTheFound", "emptyAsArray", "remarks"],
  ])("is answered rightly with %s, %s, %s, %s", { timeout: 120_000 }, async (...quirks) => {
    const { run, reference, supply } = await theatre({ quirks });
    await fc.assert(
      fc.asyncProperty(boundedDocuments(answerable, supply), async ({ query, variables }) => {
        const answer = await run(query, variables);
        expect(await reference.objection(parse(query), variables, answer), disagrees).toBeUndefined();
      }),
      quietly(60),
    );
  });

  test("costs no more than it was said to, whatever goes wrong", { timeout: 120_000 }, async () => {
    const size = { groups: 6, membersPerGroup: 7, members: 130 };
    const usual = await theatre(size);
    await fc.assert(
      fc.asyncProperty(
        boundedDocuments(answerable, usual.supply),
        fc.array(mishap, { minLength: 1, maxLength: 4 }),
        async (one, mishaps) => {
          const routes = (await usual.run(one.query, one.variables)).calls;
          const { sandbox, run } = setup(size, undefined, boundless);
          grown(sandbox);
          for (const { call, fault, when } of mishaps) {
            const route = routes[call % routes.length];
            if (route) sandbox.injectFault(route, fault, when);
          }
          const { calls, data, errors } = await run<unknown, object>(one.query, one.variables);
          for (const { path = [] } of errors ?? []) expect(lostWith(data, path), path.join(".")).toEqual([]);
          const { max } = planOf(schema, parse(one.query), undefined, one.variables);
          expect(calls.length, told({ min: 0, max }, calls)).toBeLessThanOrEqual(max ?? Number.POSITIVE_INFINITY);
        },
      ),
      quietly(250),
    );
  });

  test("costs no more beside others of the same caller, and what is shared is sent once", {
    timeout: 120_000,
  }, async () => {
    let order: fc.Scheduler | undefined;
    const sent =
      (sandbox: Sandbox): Transport =>
      (request) =>
        order ? order.schedule(Promise.resolve()).then(() => sandbox.handle(request)) : sandbox.handle(request);
    const { run, sandbox, supply, reference } = await theatre({ groups: 6, membersPerGroup: 7, members: 130 }, sent);
    const several = fc
      .array(boundedDocuments(answerable, supply), { minLength: 2, maxLength: 4 })
      .chain((operations) => fc.tuple(fc.constant(operations), fc.shuffledSubarray([...operations, ...operations])));
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(several, fc.scheduler(), async ([, operations], scheduler) => {
        order = scheduler;
        const before = sandbox.calls.length;
        // Under names of their own: equal operations would be one.
        const asked = operations.map(({ query, variables }, i) =>
          run(`query Caller${i} ${query.replace(/^query /, "")}`, variables),
        );
        // All of them are under way, and wait for their first calls, before any call is answered.
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        const answers = await scheduler.waitFor(Promise.all(asked));
        order = undefined;
        for (const [i, { query, variables }] of operations.entries()) {
          const [document, answer] = [parse(query), answers[i]];
          const spent = answer?.upstream ?? { calls: -1, shared: 0 };
          expect(await reference.objection(document, variables, answer ?? {}), disagrees).toBeUndefined();
          const plan = planOf(schema, document, undefined, variables);
          expect(within(spent.calls + spent.shared, plan), `${JSON.stringify([plan, spent])} ${query}`).toBe(true);
        }
        const calls = answers.reduce((sum, { upstream }) => sum + (upstream?.calls ?? 0), 0);
        expect(calls).toBe(sandbox.calls.length - before);
        shared += answers.reduce((sum, { upstream }) => sum + (upstream?.shared ?? 0), 0);
      }),
      quietly(150),
    );
    expect(shared).toBeGreaterThan(100);
  });
});
