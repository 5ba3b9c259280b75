import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Transport } from "../../src/cloudflare/wire.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway } from "../../src/server/gateway.ts";
import type { WriteCount, WriteCounters } from "../../src/upstream/freshness/write-counters.ts";
import { account, compileAt, setup } from "../gateway.ts";
import { runs } from "../property.ts";

const MAX_AGE = 30_000;
const STALE = 120_000;
/** Milliseconds that a call takes at most, and for which a read may show what was before a write. */
const LATENCY = 2_000;
const LAG = 8_000;
const QUIET = 10_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const tokens = ["sandbox-admin", "sandbox-reader"] as const;
const headers = [
  undefined,
  "max-age=0",
  "no-cache",
  "max-age=10",
  "max-age=30",
  "max-age=900",
  "max-age=10, stale-if-error=60",
];

/** What happens next. */
type Step =
  | { kind: "read"; replica: number; token: number; document: number; header: number }
  | { kind: "write"; replica: number }
  | { kind: "edit" }
  | { kind: "revoke"; token: number; status: 401 | 403 }
  | { kind: "restore"; token: number; status: 401 | 403 }
  | { kind: "redis"; replica: number; away: boolean }
  | { kind: "upstream"; fails: boolean };

const replica = fc.nat(1);
const token = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      replica,
      token,
      document: fc.nat(4),
      header: fc.nat(headers.length - 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("write" as const), replica }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("edit" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("revoke" as const, "restore" as const, "restore" as const),
      token,
      status: fc.constantFrom(401 as const, 403 as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("redis" as const), replica, away: fc.constantFrom(true, false, false) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("upstream" as const), fails: fc.constantFrom(true, false, false) }),
  },
);

/** Lets time pass, and between its steps whatever is to be done in this process: else operations would run out of time. */
async function pass(milliseconds: number): Promise<void> {
  let left = milliseconds;
  do {
    await vi.advanceTimersByTimeAsync(Math.min(left, 500));
    for (let turns = 0; turns < 6; turns++) await turn();
    left -= 500;
  } while (left > 0);
}

/** Counters that two replicas share, each of which may lose its way to them. */
function sharedCounters() {
  const counts = new Map<string, { count: number; quiet: number }>();
  const away = [false, false];
  const of = (name: string) => counts.get(name) ?? { count: 0, quiet: 0 };
  const counters = (replica: number): WriteCounters => ({
    read: async (accounts) =>
      away[replica]
        ? null
        : accounts.map(
            (name): WriteCount => ({
              version: String(of(name).count),
              quietUntil: of(name).quiet > Date.now() ? Date.now() + QUIET : 0,
            }),
          ),
    raise: async (name, ended) => {
      if (away[replica]) return;
      const quiet = Date.now() + (ended ? QUIET : 60_000);
      for (const each of [name, "*"]) counts.set(each, { count: of(each).count + 1, quiet });
    },
    dispose: async () => {},
  });
  return { away, counters };
}

interface Write {
  replica: number;
  sent: number;
  ended: number;
  /** Redis knew of its beginning and of its end. */
  told: boolean;
}

/** Documents that show the group, on pages of different sizes, alone, and from a list at hand. */
function documentsOf(groupId: string): string[] {
  return [
    `{ account(id: "${account}") { userGroups(first: 3) { nodes { cloudflareId name } } } }`,
    `{ account(id: "${account}") { userGroup(id: "${groupId}") { cloudflareId name } } }`,
    `{ account(id: "${account}") { userGroups(first: 20) { nodes { cloudflareId name policies { access } } } } }`,
    `{ account(id: "${account}") { a: userGroup(id: "${groupId}") { cloudflareId name } userGroups(first: 4) { nodes { cloudflareId name } } } }`,
    `{ account(id: "${account}") { userGroups(first: 2) { nodes { cloudflareId name members { nodes { email } } } } } }`,
  ];
}

/** Two gateways before one upstream whose one group changes its name, and all that was wrong with their answers. */
function world(latencies: number[], lags: boolean, deduplicates: boolean) {
  const sandbox = createSandbox({ quota: false });
  const group = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])][0] as {
    id: string;
    name: string;
  };
  const history = [{ name: group.name, at: Number.NEGATIVE_INFINITY }];
  const writes: Write[] = [];
  const revoked = new Map<string, { status: number; since: number }>();
  const restored = new Map<string, number>();
  /** By replica and token: since when the gateway knows that the token is revoked. */
  const known = new Map<string, number>();
  const wrong: string[] = [];
  let fails = false;
  let remembered = 0;
  let versions = 0;
  let calls = 0;
  const { away, counters } = sharedCounters();
  const pause = (share: number) =>
    new Promise((resolve) => setTimeout(resolve, (latencies[calls++ % latencies.length] ?? 0) * share));
  const changed = () => {
    if (history.at(-1)?.name !== group.name) history.push({ name: group.name, at: Date.now() });
  };
  const refused = (status: number) => ({
    status,
    headers: {},
    text: JSON.stringify({
      success: false,
      errors: [{ code: status === 401 ? 1000 : 10000, message: "refused" }],
      messages: [],
      result: null,
    }),
  });

  const transport =
    (replica: number): Transport =>
    async (request) => {
      const caller = request.headers.authorization?.replace("Bearer ", "") ?? "";
      const isWrite = request.method !== "GET";
      const write: Write = { replica, sent: Date.now(), ended: Number.POSITIVE_INFINITY, told: !away[replica] };
      let unauthenticated = false;
      if (isWrite) writes.push(write);
      await pause(1);
      try {
        if (fails && !isWrite) return refused(503);
        const revocation = revoked.get(caller);
        if (revocation) {
          unauthenticated = revocation.status === 401;
          return refused(revocation.status);
        }
        const { status, headers, text } = await sandbox.handle(request);
        changed();
        const [before, now] = history.slice(-2);
        const late =
          lags &&
          !isWrite &&
          now &&
          Date.now() - now.at < LAG &&
          calls % 2 === 0 &&
          writes.some(({ ended }) => Math.abs(ended - now.at) <= LATENCY);
        const shown = late && before ? text.replaceAll(`"${now.name}"`, `"${before.name}"`) : text;
        return { status, headers, text: shown.replace(/"name":"([^"@]*)"/g, `"name":"$1@${caller}"`) };
      } finally {
        await pause(1);
        write.ended = Date.now();
        write.told &&= !away[replica];
        // The gateway learns it when the answer arrives, not when it is made.
        if (unauthenticated) queueMicrotask(() => known.set(`${replica} ${caller}`, Date.now()));
      }
    };
  const gateways = [0, 1].map((replica) =>
    createGateway({
      transport: transport(replica),
      baseUrl: "http://sandbox/client/v4",
      logging: false,
      compileAt,
      retry: false,
      quota: false,
      rate: false,
      breaker: false,
      explain: true,
      requestDeduplication: deduplicates,
      cache: { maxAge: MAX_AGE, staleIfError: STALE, counters: counters(replica) },
    }),
  );
  const documents = documentsOf(group.id);

  async function ask(replica: number, caller: string, query: string, cacheControl?: string, variables = {}) {
    const response = await gateways[replica]?.fetch("http://gateway/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${caller}`,
        ...(cacheControl && { "cache-control": cacheControl }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response?.json()) as {
      data: unknown;
      errors?: unknown[];
      extensions?: { upstream: Record<string, never> };
    };
  }

  async function read({ replica, token, document, header }: Extract<Step, { kind: "read" }>) {
    const began = Date.now();
    const caller = tokens[token] as string;
    const seenRevoked = known.get(`${replica} ${caller}`) ?? Number.POSITIVE_INFINITY;
    const wasAway = away[replica];
    const cacheControl = headers[header];
    const age = Math.min(MAX_AGE, Number(/max-age=(\d+)/.exec(cacheControl ?? "")?.[1] ?? 0) * 1000);
    const stale = Number(/stale-if-error=(\d+)/.exec(cacheControl ?? "")?.[1] ?? 0) * 1000;
    const answer = await ask(replica, caller, documents[document] as string, cacheControl);
    const upstream = answer.extensions?.upstream as unknown as
      | {
          planned: { min: number; max: number };
          calls: number;
          shared: number;
          cached: number;
          age: number | null;
          stale: number;
        }
      | undefined;
    if (!upstream) return;
    remembered += upstream.cached;
    const accepted = upstream.stale > 0 ? Math.max(age, stale) : age;
    const ended = Date.now();
    const says = (what: string) =>
      wrong.push(`${what} (${JSON.stringify({ began, ended, replica, caller, cacheControl, document, upstream })})`);

    if (age === 0 && stale === 0 && upstream.cached > 0) says("it accepts nothing old");
    if (upstream.cached > 0 && (upstream.age ?? 0) * 1000 - (ended - began) > accepted)
      says("it is older than asked for");
    if (wasAway && away[replica] && upstream.cached > 0) says("it was answered from memory without Redis");
    const spent = upstream.calls + upstream.shared + upstream.cached;
    if (!answer.errors && upstream.stale === 0 && spent < upstream.planned.min) says("fewer than planned");
    if (!answer.errors && spent > upstream.planned.max) says("more than planned");

    const names = JSON.stringify(answer.data ?? null).matchAll(/"cloudflareId":"([^"]*)","name":"([^"]*)@([^"@]*)"/g);
    const slack = (deduplicates ? 2 * LATENCY : 0) + (lags ? LAG : 0);
    const written = writes.filter((write) => write.replica === replica || write.told);
    const visible = Math.max(
      Number.NEGATIVE_INFINITY,
      ...written.filter((write) => write.ended + QUIET + 2 * LATENCY < began).map((write) => write.sent),
    );
    for (const [, id, name, whose] of names) {
      if (whose !== caller) says(`a record of ${whose}`);
      if (id !== group.id) continue;
      const at = history.findLastIndex((each) => each.name === name);
      const until = history[at + 1]?.at ?? Number.POSITIVE_INFINITY;
      if (until < began - accepted - slack) says(`the name ${name} was gone at ${until}`);
      if (until < visible) says(`the name ${name} was overwritten by us at ${until}`);
    }
    const underWay = written.some((write) => write.sent < began && ended < write.ended + QUIET);
    if (underWay && upstream.cached > 0) says("a write was under way, or has just ended");
    if (began > seenRevoked && revoked.get(caller)?.status === 401 && upstream.cached > 0) says("the token is revoked");
  }

  return {
    wrong,
    remembered: () => remembered,
    async take(step: Step) {
      if (step.kind === "read") return read(step);
      if (step.kind === "write") {
        const query = `mutation { updateUserGroup(input: { accountId: "${account}", userGroupId: "${group.id}", name: "w${versions++}", policies: [] }) { __typename } }`;
        await ask(step.replica, tokens[0], query);
      } else if (step.kind === "edit") {
        group.name = `e${versions++}`;
        changed();
      } else if (step.kind === "revoke") {
        revoked.set(tokens[step.token] as string, { status: step.status, since: Date.now() });
      } else if (step.kind === "restore") {
        const caller = tokens[step.token] as string;
        revoked.delete(caller);
        restored.set(caller, Date.now());
        for (const replica of [0, 1]) known.delete(`${replica} ${caller}`);
      } else if (step.kind === "redis") away[step.replica] = step.away;
      else if (step.kind === "upstream") fails = step.fails;
    },
    async dispose() {
      await Promise.all(gateways.map((gateway) => gateway.dispose()));
    },
  };
}

test("no answer is older than asked for, shows what another credential sees, or misses a write of ours", async () => {
  const steps = fc.array(fc.tuple(step, fc.constantFrom(0, 1, 500, 1_000, 3_000, 12_000)), {
    minLength: 20,
    maxLength: 60,
  });
  const latencies = fc.array(fc.integer({ min: 0, max: LATENCY }), { minLength: 1, maxLength: 5 });
  let remembered = 0;
  await fc.assert(
    fc.asyncProperty(steps, latencies, fc.boolean(), fc.boolean(), async (steps, latencies, lags, deduplicates) => {
      const { wrong, take, dispose, remembered: count } = world(latencies, lags, deduplicates);
      const running: Promise<void>[] = [];
      for (const [step, milliseconds] of steps) {
        running.push(take(step));
        await pass(milliseconds);
      }
      await pass(60_000);
      await Promise.all(running);
      await dispose();
      remembered += count();
      expect(wrong).toEqual([]);
    }),
    runs(80),
  );
  console.info(`${remembered} reads from memory`);
  expect(remembered).toBeGreaterThan(100);
}, 120_000);

test("where nothing old is accepted, the calls are those of a gateway that remembers nothing", async () => {
  const steps = fc.array(
    fc.tuple(fc.nat(4), fc.nat(1), fc.constantFrom(undefined, "max-age=0", "no-cache", "no-store")),
    {
      minLength: 3,
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const asked = [];
      for (const cache of [{}, { maxAge: MAX_AGE, staleIfError: STALE }]) {
        const { run, sandbox } = setup({}, undefined, { cache });
        const group = [...(sandbox.state.accounts.get(account)?.userGroups.keys() ?? [])][0] as string;
        const calls: string[][] = [];
        for (const [document, token, cacheControl] of steps) {
          const headers = {
            authorization: `Bearer ${tokens[token]}`,
            ...(cacheControl && { "cache-control": cacheControl }),
          };
          calls.push((await run(documentsOf(group)[document] as string, {}, headers)).calls);
        }
        asked.push(calls);
      }
      expect(asked[1]).toEqual(asked[0]);
    }),
    runs(40),
  );
}, 60_000);
