import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import type { Admission } from "../../src/upstream/admit/admission.ts";
import { Credentials } from "../../src/upstream/credential-guard/credentials.ts";
import { Probes } from "../../src/upstream/credential-guard/probes.ts";
import type { CredentialGuard } from "../../src/upstream/credential-guard.ts";
import { FairQueue } from "../../src/upstream/fair-queue.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";
import { waitForTurn } from "../../src/upstream/wait-for-turn.ts";
import type { Lease } from "../../src/upstream/write-lock.ts";

const params = { account_id: "a", user_group_id: "g" };

/** One operation whose calls take turns one by one, in front of a client whose calls are held until `answer`. */
function operation(lease?: Partial<Lease>, callTimeout = 10_000) {
  const credentials = new Credentials();
  credentials.works("anna");
  const admission = { releaseUnit: vi.fn(), reacquire: vi.fn(async () => {}) };
  const state: { stopped: CloudflareError | undefined } = { stopped: undefined };
  const held: PromiseWithResolvers<unknown>[] = [];
  const client = () => {
    const answer = Promise.withResolvers<unknown>();
    held.push(answer);
    return answer.promise;
  };
  const call = waitForTurn({
    fairQueue: new FairQueue({ concurrency: 1, rate: false }),
    probes: new Probes(credentials),
    callTimeout,
    caller: "anna",
    key: "anna",
    guard: { known: true } as CredentialGuard,
    usage: new OperationUsage(),
    admission: admission as unknown as Admission,
    writer: { hurried: false, lease: lease as Lease | undefined },
    stop: () => state.stopped,
  })(client as Call);
  const trace = () => ({ route: userGroups.get.route, attempts: 0, status: null });
  const read = (signal = new AbortController().signal) =>
    call(userGroups.get, params, undefined, { signal, until: Number.POSITIVE_INFINITY, trace: trace() });
  return { call, read, held, state, admission, trace };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

test("calls of one credential go one after the other, as the fair queue allows", async () => {
  const { read, held } = operation();
  const first = read();
  const second = read();
  await settle();
  expect(held).toHaveLength(1);
  held[0]?.resolve("first");
  expect(await first).toBe("first");
  await settle();
  held[1]?.resolve("second");
  expect(await second).toBe("second");
});

test("a call whose client leaves while it waits is never sent, and releases its unit", async () => {
  const { read, held, admission } = operation();
  void read();
  const leaving = new AbortController();
  const second = read(leaving.signal);
  await settle();
  leaving.abort(new Error("left"));
  await expect(second).rejects.toThrow("left");
  expect(held).toHaveLength(1);
  expect(admission.releaseUnit).toHaveBeenCalledOnce();
});

test("a failure that stops the credential's calls ends those that wait, too", async () => {
  const { read, held, state } = operation();
  const reads = [read(), read(), read()];
  await settle();
  state.stopped = new CloudflareError("", "refused", { kind: "unauthenticated" });
  held[0]?.reject(new CloudflareError("", "401", { kind: "unauthenticated", status: 401 }));
  for (const { status } of await Promise.allSettled(reads)) expect(status).toBe("rejected");
  expect(held).toHaveLength(1);
});

test("a call that waited for more than five seconds reserves a unit of now", async () => {
  const { read, held, admission } = operation();
  const first = read();
  const second = read();
  await vi.advanceTimersByTimeAsync(5_001);
  held[0]?.resolve("first");
  await first;
  await settle();
  held[1]?.resolve("second");
  await second;
  expect(admission.reacquire).toHaveBeenCalledOnce();
});

test("a write that finds no turn in time was not sent, and says so", async () => {
  const { call, read, held, trace } = operation(undefined, 20);
  void read();
  const write = call(userGroups.remove, params, undefined, { trace: trace() });
  await expect(write).rejects.toMatchObject({ kind: "unavailable", message: /no turn within 20 ms/ });
  expect(held).toHaveLength(1);
});

test("a write whose lock was lost while it waited is not sent", async () => {
  const { call, held, trace } = operation({ over: true, sends: () => {}, ended: () => {} } as unknown as Lease);
  const write = call(userGroups.remove, params, undefined, { trace: trace() });
  await expect(write).rejects.toMatchObject({ kind: "unavailable", message: /was not sent/ });
  expect(held).toEqual([]);
});
