import { describe, expect, test, vi } from "vitest";
import { FullGraphDocument } from "../../src/operations.ts";
import { createSandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { JWKS_TIMEOUT, KeySet } from "../../src/server/callers/key-set.ts";
import { exampleVariables } from "../../src/server/examples.ts";
import { createWorker, createWorkerGateway, type WorkerOptions } from "../../src/server/worker.ts";
import { durableObjectBudget } from "../../src/upstream/budget/durable-object-budget.ts";
import { CredentialQuota } from "../../src/upstream/budget/quota-object.ts";
import { Sweep } from "../../src/upstream/sweep.ts";
import { deferredTransport, oneCall } from "../deferred-transport.ts";
import { durableObjects } from "../upstream/durable-objects.ts";

const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };

function request(query: string, more: RequestInit & { variables?: object } = {}): Request {
  const { variables, ...init } = more;
  const body = JSON.stringify({ query, variables });
  return new Request("https://worker/graphql", { method: "POST", headers, body, ...init });
}

function setup(options: Partial<WorkerOptions> = {}, sandboxOptions: SandboxOptions = { groups: 100 }) {
  const sandbox = createSandbox(sandboxOptions);
  const gateway = createWorkerGateway({ transport: sandbox.handle, logging: false, ...options });
  const waited: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void waited.push(promise) };
  const ask = async (query: string, variables?: object) =>
    (await gateway.fetch(request(query, variables ? { variables } : {}), context)).json();
  return { sandbox, gateway, waited, context, ask };
}

const fullGraph = async (sandbox: ReturnType<typeof createSandbox>) => {
  const { print } = await import("graphql");
  return [print(FullGraphDocument), exampleVariables(FullGraphDocument, sandbox)] as const;
};

test("FullGraph takes as many calls as on Node, and one message for each fan-out", async () => {
  const { namespace, messages } = durableObjects(CredentialQuota);
  const budget = durableObjectBudget({ namespace, secret: "a secret of this test, and of no other" });
  const { sandbox, ask, waited } = setup({ budget });
  const [query, variables] = await fullGraph(sandbox);
  expect(await ask(query, variables)).not.toHaveProperty("errors");
  await Promise.all(waited);
  expect(sandbox.calls).toHaveLength(103);
  const reserved = messages.map(({ message }) => (message.reserve as { units: number } | undefined)?.units ?? 0);
  // What is left, by which the plan is judged; the account, its groups, its connectors, all members; and what answers told.
  expect(reserved.toSorted((one, other) => one - other)).toEqual([0, 0, 1, 1, 1, 100]);
});

test("six calls of a request are on the wire at once, and no other request waits for them", async () => {
  const sandbox = createSandbox({ groups: 20 });
  const network = deferredTransport(sandbox.handle);
  const { ask } = setup({ transport: network.transport });
  await network.knows(ask(oneCall));
  const members =
    "query ($id: String!) { account(id: $id) { userGroups(first: 20) { nodes { members { totalCount } } } } }";
  const { account: id } = exampleVariables(FullGraphDocument, sandbox);
  const first = ask(members, { id });
  const openAll = () => {
    for (const { open } of network.held.splice(0)) open();
  };
  await network.arrived(1);
  openAll();
  await network.arrived(6);
  // The same request again has calls of its own, and is answered while the first one is not.
  const stuck = network.held.splice(0);
  const second = ask(members, { id });
  await network.arrived(1);
  let answered = false;
  void second.finally(() => {
    answered = true;
  });
  while (!answered) {
    openAll();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await second).not.toHaveProperty("errors");
  for (const { open } of stuck) open();
  answered = false;
  void first.finally(() => {
    answered = true;
  });
  while (!answered) {
    openAll();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await first).not.toHaveProperty("errors");
});

test("unknown credentials of one address look for a place by themselves", async () => {
  const sandbox = createSandbox({ groups: 1 });
  const network = deferredTransport(sandbox.handle);
  const { gateway, context } = setup({ transport: network.transport, maxUnknownCredentials: 1 });
  const askAs = async (token: string) => {
    const sent = { ...headers, authorization: `Bearer ${token}`, "cf-connecting-ip": "192.0.2.1" };
    return (await gateway.fetch(request(oneCall, { headers: sent }), context)).json();
  };
  const first = askAs("sandbox-admin");
  await network.arrived(1);
  const second = askAs("sandbox-reader");
  await network.arrived(1);
  network.held.pop()?.open();
  expect(await first).not.toHaveProperty("errors");
  while (network.held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  network.held.pop()?.open();
  expect(await second).not.toHaveProperty("errors");
});

test("the operation is waited for when its client has left", async () => {
  const { gateway, context, waited } = setup();
  const response = gateway.fetch(request(oneCall), context);
  expect(waited).toHaveLength(1);
  await Promise.all(waited);
  expect((await response).status).toBe(200);
});

test("operations are executed without HTTP, too", async () => {
  const { gateway } = setup();
  const { data } = await gateway.execute(oneCall, { credential: { token: "sandbox-admin" } });
  expect(data).toHaveProperty("accounts");
});

test("a Worker makes its gateway at the first request, from its bindings", async () => {
  const sandbox = createSandbox();
  const made: string[] = [];
  const worker = createWorker<{ name: string }>(({ name }) => {
    made.push(name);
    return { transport: sandbox.handle, logging: false };
  });
  expect(made).toEqual([]);
  const context = { waitUntil: () => {} };
  for (let i = 0; i < 2; i++)
    expect((await worker.fetch(request(oneCall), { name: "production" }, context)).status).toBe(200);
  expect(made).toEqual(["production"]);
});

describe("the JWKS, where no request waits for another one", () => {
  const jwks = JSON.stringify({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: "1", alg: "HS256" }] });
  const answer = { status: 200, headers: {}, text: jwks };

  test("is read once for all that come meanwhile, each of which looks for it itself", async () => {
    let reads = 0;
    const opened = Promise.withResolvers<void>();
    const transport = async () => {
      reads++;
      await opened.promise;
      return answer;
    };
    const keys = new KeySet({ url: "https://x/certs", transport, log: () => {}, separateRequests: true });
    const asked = Array.from({ length: 10 }, () => keys.current());
    await new Promise((resolve) => setImmediate(resolve));
    opened.resolve();
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(reads).toBe(1);
  });

  test("is read by another request, where the one that reads it was ended by the runtime", async () => {
    vi.useFakeTimers();
    try {
      let reads = 0;
      const transport = () => (++reads === 1 ? new Promise<never>(() => {}) : Promise.resolve(answer));
      const keys = new KeySet({ url: "https://x/certs", transport, log: () => {}, separateRequests: true });
      void keys.current().catch(() => {});
      const asked = keys.current();
      // With its request go its timers, so that it never even fails.
      vi.clearAllTimers();
      vi.advanceTimersByTime(JWKS_TIMEOUT + 1_000);
      expect(await asked).toBeTypeOf("function");
      expect(reads).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("a timer that the runtime has dropped is made up for at the next use", () => {
  vi.useFakeTimers();
  try {
    const run = vi.fn(() => true);
    const sweep = new Sweep(1_000, run);
    sweep.watch();
    vi.clearAllTimers();
    vi.setSystemTime(Date.now() + 30_000);
    sweep.watch();
    expect(run).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 60_000);
    sweep.watch();
    expect(run).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1_000);
    expect(run).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

describe("options", () => {
  test.each(["graphiql", "compileAt", "requestDeduplication", "concurrency", "rate", "trustProxy"])(
    "there is no `%s`",
    (name) => {
      expect(() => createWorkerGateway({ [name]: 1 } as never)).toThrow(
        `createWorkerGateway: there is no option \`${name}\` in a Worker`,
      );
    },
  );

  test("others are checked as those of createGateway", () => {
    expect(() => createWorkerGateway({ maxCalls: -1 })).toThrow("createWorkerGateway: `maxCalls: -1` is not allowed");
    expect(() => createWorkerGateway({ readonly: true } as never)).toThrow("`readOnly` perhaps?");
  });
});
