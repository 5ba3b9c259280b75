import { expect, test, vi } from "vitest";
import type { Call, CallOptions } from "../../src/cloudflare/client.ts";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { type CallEvent, callEvents, WaitingTime, waits } from "../../src/upstream/call-events.ts";

const params = { account_id: "a" };
const { route } = userGroups.list;

/** The observer of one operation, and what it was told. */
function observed() {
  const events: CallEvent[] = [];
  const waiting = new WaitingTime();
  return {
    events,
    observer: { requestId: "r", waiting, onCall: (event: CallEvent) => void events.push(event), startCall: undefined },
  };
}

test("a call is told once when it has ended, as its trace says", async () => {
  const { events, observer } = observed();
  const trace = { route, attempts: 0, status: null as number | null };
  const next = (async (_endpoint: unknown, _params: unknown, _body: unknown, options: CallOptions) => {
    Object.assign(options.trace ?? {}, { attempts: 2, status: 200, waited: 40, rayId: "ray", remaining: 7 });
    return "answer";
  }) as unknown as Call;
  expect(await callEvents(observer)?.(next)(userGroups.list, params, undefined, { trace })).toBe("answer");
  const told = { requestId: "r", route, method: "GET", sent: true, status: 200, retries: 1, waited: 40 };
  expect(events).toMatchObject([{ ...told, rayId: "ray", error: null, remaining: 7 }]);
});

test("one that fails is told with its kind, and one that was never sent as such", async () => {
  const { events, observer } = observed();
  const failure = new CloudflareError(route, "no", { kind: "unavailable" });
  const next = (async () => {
    throw failure;
  }) as unknown as Call;
  await expect(callEvents(observer)?.(next)(userGroups.list, params)).rejects.toBe(failure);
  expect(events).toMatchObject([{ sent: false, status: null, retries: 0, waited: 0, error: "unavailable" }]);
});

test("without a listener there is no link", () => {
  expect(callEvents({ ...observed().observer, onCall: undefined })).toBeUndefined();
});

test("an operation waits while one of its calls is under way, and calls at the same time count once", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { observer } = observed();
  const held: (() => void)[] = [];
  const next = (() => new Promise<void>((resolve) => held.push(resolve))) as unknown as Call;
  const call = waits(observer)(next);
  const calls = [call(userGroups.list, params), call(userGroups.list, params)];
  vi.advanceTimersByTime(100);
  held[0]?.();
  await calls[0];
  vi.advanceTimersByTime(50);
  held[1]?.();
  await calls[1];
  vi.advanceTimersByTime(1_000);
  expect(observer.waiting.milliseconds).toBe(150);
  vi.useRealTimers();
});
