import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CloudflareError, type Kind } from "../../../src/cloudflare/error.ts";
import type { Context, WatchedState } from "../../../src/graph/context.ts";
import { type SubscribedContext, Subscription } from "../../../src/server/subscription.ts";
import { Polls, pollPauses } from "../../../src/upstream/polls.ts";
import { OperationUsage } from "../../../src/upstream/usage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A subscription to one thing of one credential, and what became of its first event. */
function subscriber(polls: Polls, read: () => Promise<string>) {
  const context = {
    usage: new OperationUsage(),
    subscription: {
      caller: "",
      credential: "credential",
      expiresAt: undefined,
      checkAccount: () => {},
      poll: () => ({}) as Context,
      event: () => ({}) as Context,
    },
  } as unknown as SubscribedContext;
  const { signal } = new AbortController();
  const longest = { milliseconds: 3_600_000, reason: "TIMEOUT" as const };
  const subscription = new Subscription(context, { signal, polls, longest, onClose: () => {} });
  const told: string[] = [];
  void subscription
    .watch({ accountId: "account", id: "thing", read }, ({ value }: WatchedState<string>) => ({
      event: { value },
      last: false,
    }))
    .then(
      async (events) => {
        for await (const { value } of events as AsyncIterable<{ value: string }>) told.push(value);
      },
      (error) => told.push(error.message),
    );
  return { told, leave: () => subscription.close() };
}

const fails = (kind: Kind) => async (): Promise<string> => {
  throw new CloudflareError("", kind, { kind });
};

test.for(["rate_limited", "not_cached", "too_expensive", "access_denied"] as const)(
  "whose first read fails with %s is told so; another who waits with them reads in their own name",
  async (kind) => {
    const polls = new Polls();
    const anna = subscriber(polls, fails(kind));
    const ben = subscriber(polls, async () => "PENDING");
    await vi.advanceTimersByTimeAsync(0);
    expect([anna.told, ben.told]).toEqual([[kind], []]);
    anna.leave();
    await vi.advanceTimersByTimeAsync(pollPauses.least * pollPauses.factor);
    expect(ben.told).toEqual(["PENDING"]);
    ben.leave();
    expect(polls.size).toBe(0);
  },
);

test.for(["unauthenticated", "upstream_failure", "not_found"] as const)(
  "a first read that fails with %s is told to all who wait for it",
  async (kind) => {
    const polls = new Polls();
    const [anna, ben] = [subscriber(polls, fails(kind)), subscriber(polls, async () => "PENDING")];
    await vi.advanceTimersByTimeAsync(0);
    expect([anna.told, ben.told]).toEqual([[kind], [kind]]);
    anna.leave();
    ben.leave();
  },
);
