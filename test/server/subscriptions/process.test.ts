import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import { startProcess } from "../../gateway-process.ts";
import { Client, eventRequest, pendingConnector, subscriptionTo } from "./events.ts";

/** A gateway process in front of a sandbox, and a client of it. */
async function started(settings: Record<string, string> = {}) {
  const sandbox = createSandbox({ quota: false });
  const rest = await sandbox.listen();
  const process = await startProcess({
    CLOUDFLARE_API_BASE_URL: rest.url,
    LOG_FORMAT: "text",
    METRICS_PORT: "0",
    ...settings,
  });
  const metric = async (name: string) => {
    const [, url = ""] = /Metrics are at (\S+)\./.exec(process.stdout) ?? [];
    const text = await (await fetch(url)).text();
    return Number(new RegExp(`^iam_gateway_${name} (\\S+)$`, "m").exec(text)?.[1]);
  };
  return {
    sandbox,
    process,
    metric,
    connector: pendingConnector(sandbox),
    [Symbol.asyncDispose]: async () => {
      await process[Symbol.asyncDispose]();
      await rest.close();
    },
  };
}

test("a client that disconnects ends its subscription, and the poll with the last one", async () => {
  await using one = await started();
  const query = subscriptionTo(one.connector.id);
  const leaving = [new AbortController(), new AbortController()];
  const clients: Client[] = [];
  for (const { signal } of leaving) {
    const client = new Client(await fetch(one.process.url, { ...eventRequest(query), signal }));
    client.ended.catch(() => {});
    clients.push(client);
  }
  await vi.waitFor(() => expect(clients.map(({ told }) => told)).toEqual([["PENDING"], ["PENDING"]]), 10_000);
  expect([await one.metric("subscriptions_active"), await one.metric("subscription_polls")]).toEqual([2, 1]);
  leaving[0]?.abort();
  await vi.waitFor(async () => expect(await one.metric("subscriptions_active")).toBe(1), 10_000);
  expect(await one.metric("subscription_polls")).toBe(1);
  leaving[1]?.abort();
  await vi.waitFor(async () => expect(await one.metric("subscriptions_active")).toBe(0), 10_000);
  expect(await one.metric("subscription_polls")).toBe(0);
  expect((await one.process.stop()).code).toBe(0);
});

test("it tells that the domain is verified", async () => {
  await using one = await started();
  const client = new Client(await fetch(one.process.url, eventRequest(subscriptionTo(one.connector.id))));
  await vi.waitFor(() => expect(client.told).toEqual(["PENDING"]), 10_000);
  one.sandbox.verifySso(one.connector.cloudflareId);
  await client.ended;
  expect([client.told.at(-1), client.completed]).toEqual(["VERIFIED ended: VERIFIED", true]);
});

test("SIGTERM ends a subscription with a last event, and the process at once", async () => {
  await using one = await started();
  const client = new Client(await fetch(one.process.url, eventRequest(subscriptionTo(one.connector.id))));
  await vi.waitFor(() => expect(client.told).toEqual(["PENDING"]), 10_000);
  const began = performance.now();
  const stopped = one.process.stop();
  await client.ended;
  expect([client.told, client.completed]).toEqual([["PENDING", "PENDING ended: SHUTDOWN"], true]);
  const { code, stderr } = await stopped;
  expect([code, stderr]).toEqual([0, ""]);
  // SHUTDOWN_GRACE is a minute.
  expect(performance.now() - began).toBeLessThan(20_000);
});

test("with SHUTDOWN_DELAY it goes on until no connection is accepted any more", async () => {
  await using one = await started({ SHUTDOWN_DELAY: "3s" });
  const client = new Client(await fetch(one.process.url, eventRequest(subscriptionTo(one.connector.id))));
  await vi.waitFor(() => expect(client.told).toEqual(["PENDING"]), 10_000);
  const stopped = one.process.stop();
  await pause(1_000);
  expect(client.told).toEqual(["PENDING"]);
  await client.ended;
  expect(client.told).toEqual(["PENDING", "PENDING ended: SHUTDOWN"]);
  expect((await stopped).code).toBe(0);
});

test("SUBSCRIPTION_TIMEOUT and MAX_SUBSCRIPTIONS are heeded", async () => {
  await using one = await started({ SUBSCRIPTION_TIMEOUT: "2s", MAX_SUBSCRIPTIONS: "1" });
  const init = eventRequest(subscriptionTo(one.connector.id));
  const client = new Client(await fetch(one.process.url, init));
  await vi.waitFor(() => expect(client.told).toEqual(["PENDING"]), 10_000);
  const refused = new Client(await fetch(one.process.url, init));
  await refused.ended;
  expect(refused.told).toEqual(["LIMIT_EXCEEDED"]);
  await client.ended;
  expect(client.told).toEqual(["PENDING", "PENDING ended: TIMEOUT"]);
});
