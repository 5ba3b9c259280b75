import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { createTransport } from "../../src/cloudflare/transport.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { Admission } from "../../src/upstream/admit/admission.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { within } from "../../src/upstream/budget/redis-connection.ts";
import type { Budget } from "../../src/upstream/budget.ts";
import { Deadline } from "../../src/upstream/deadline.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";
import { setupOverHttp } from "../gateway.ts";
import { Client, eventRequest, pendingConnector, subscriptionTo } from "../server/subscriptions/events.ts";

const pauses = vi.hoisted(() => [] as (number | undefined)[]);
vi.mock("node:timers/promises", async (original) => {
  const timers = await original<typeof import("node:timers/promises")>();
  const setTimeout: typeof timers.setTimeout = (milliseconds, ...rest) => {
    pauses.push(milliseconds);
    return timers.setTimeout(milliseconds, ...rest);
  };
  return { ...timers, setTimeout };
});

// Node warns once in a process of a negative time, so that what it is given is looked at, too.
const warnings: string[] = [];
const onWarning = ({ name }: Error) => void warnings.push(name);
let timers: MockInstance<typeof setTimeout>;
beforeEach(() => {
  warnings.length = 0;
  pauses.length = 0;
  process.on("warning", onWarning);
  timers = vi.spyOn(globalThis, "setTimeout");
});

afterEach(async () => {
  await turn();
  process.off("warning", onWarning);
  const times = [...pauses, ...timers.mock.calls.map(([, milliseconds]) => milliseconds)];
  timers.mockRestore();
  expect(times.length).toBeGreaterThan(0);
  for (const milliseconds of times) {
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(milliseconds).toBeLessThan(2 ** 31);
  }
  expect(warnings).toEqual([]);
});

const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };

function admission(budget: Budget, until: number): Admission {
  const deadline = { until, signal: new AbortController().signal };
  return new Admission({ caller: "a", budget, maxCalls: 100, deadline, waitForReset: true }, new OperationUsage(false));
}

const quota = { units: 100, seconds: 10 };

test("who waits until a moment that is over is told at once", async () => {
  const deadline = new Deadline(new AbortController().signal, Date.now() - 1_000);
  const left = await new Promise((cancel) => deadline.add({ cancel }));
  expect(left).toBe("timeout");
});

test("a read that is asked for when the time is up is refused at once", async () => {
  const never = new Promise<never>(() => {});
  const budget = { ...memoryBudget({ quota }), reserve: () => never, release: () => {}, closedUntil: () => null };
  await expect(admission(budget, Date.now() - 1_000).read("GET /accounts")).rejects.toThrow(
    "the operation's time was up",
  );
});

test("a gate that opens while it is looked at is not waited for", async () => {
  const memory = memoryBudget({ quota });
  const refused = { granted: false, at: 0, left: 0, quota: 100, resetAt: null };
  const takings = [refused, { ...refused, granted: true }];
  const opening = [new Date(Date.now() + 50), null, null];
  const budget: Budget = {
    ...memory,
    release: () => {},
    reserve: async () => takings.shift() ?? refused,
    closedUntil: () => opening.shift() ?? null,
  };
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  await admission(budget, Date.now() + 60_000).read("GET /accounts");
  random.mockRestore();
  expect(takings).toEqual([]);
});

test.each([0, 1, Number.POSITIVE_INFINITY, 2 ** 31, 1e15])(
  "an operation that may take %d ms is answered, whatever comes of its reads",
  async (operationTimeout) => {
    await using fixture = await setupOverHttp({}, {}, { operationTimeout, retry: true });
    const { data, errors } = await fixture.run("{ accounts { nodes { name userGroups { totalCount } } } }");
    if (operationTimeout > 1) expect(errors).toBeUndefined();
    else if (errors) expect(errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }]);
    else expect(data).toBeTruthy();
  },
);

test.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e15])(
  "a call that may take %d ms is waited for",
  async (callTimeout) => {
    await using listening = await listeningSandbox();
    const transport = createTransport({ callTimeout });
    const gateway = createGateway({ transport, baseUrl: listening.url, logging: false, callTimeout });
    for (const query of ["{ accounts { totalCount } }", mutation]) {
      const response = await gateway.fetch("http://gateway/graphql", {
        method: "POST",
        headers,
        body: JSON.stringify({ query }),
      });
      expect((await response.json()) as object).not.toHaveProperty("errors");
    }
    await transport.close();
  },
);

const mutation = `mutation { createUserGroup(input: { accountId: "023e105f4ecef8ad9ca31a8372d0c353", name: "New", policies: [] }) {
  __typename } }`;

test.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e15])("a subscription may last %d ms", async (timeout) => {
  const sandbox = createSandbox();
  const gateway = createGateway({
    transport: sandbox.handle,
    baseUrl: "http://sandbox/client/v4",
    logging: false,
    subscriptions: { timeout },
  });
  const { id } = pendingConnector(sandbox);
  const response = await gateway.fetch("http://gateway/graphql", eventRequest(subscriptionTo(id)));
  const client = new Client(response);
  await vi.waitFor(() => expect(client.told).toEqual(["PENDING"]));
  await turn();
  expect(gateway.status().subscriptions.active).toBe(1);
  await client.leave();
  await gateway.dispose();
});

async function listeningSandbox() {
  const listening = await createSandbox({ jitter: [5, 10] }).listen();
  return { url: listening.url, [Symbol.asyncDispose]: () => listening.close() };
}

test("what Redis may take for ever is waited for", async () => {
  await expect(within(Number.POSITIVE_INFINITY, turn("answered"))).resolves.toBe("answered");
});
