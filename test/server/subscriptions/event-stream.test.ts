import type { ExecutionResult } from "graphql";
import { describe, expect, test } from "vitest";
import { EventQueue } from "../../../src/server/event-queue.ts";
import { eventStream } from "../../../src/server/event-stream.ts";

/** A queue that notes what it tells its owner. */
function noted() {
  const told: string[] = [];
  const queue = new EventQueue<number>({ onTake: () => told.push("take"), onClose: () => told.push("close") });
  return { queue, told };
}

describe("a queue of events", () => {
  test("gives a reader that is late the last state, and not its history", async () => {
    const { queue, told } = noted();
    queue.add(1, false);
    queue.add(2, false);
    expect(await queue.next()).toEqual({ done: false, value: 2 });
    const waiting = queue.next();
    queue.add(3, true);
    expect([await waiting, await queue.next()]).toEqual([
      { done: false, value: 3 },
      { done: true, value: undefined },
    ]);
    expect(told).toEqual(["take", "take", "close"]);
  });

  test("takes nothing after the last event, and keeps that until it is taken", async () => {
    const { queue, told } = noted();
    queue.add(1, true);
    queue.add(2, false);
    expect(told).toEqual([]);
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    expect(told).toEqual(["take", "close"]);
  });

  test("lets a reader go that waits, however often it is closed", async () => {
    const { queue, told } = noted();
    const waiting = queue.next();
    await queue.return();
    await queue.return();
    queue.add(1, false);
    expect([await waiting, await queue.next()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(told).toEqual(["close"]);
  });
});

describe("a stream of events", () => {
  const results = (next: AsyncIterator<ExecutionResult>["next"], left: () => void = () => {}) => ({
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        left();
        return { done: true as const, value: undefined };
      },
    }),
  });

  test("ends in good order where its results fail", async () => {
    const response = eventStream(
      results(async () => {
        throw new Error("a bug");
      }),
      JSON.stringify,
    );
    expect(await response.text()).toBe(":\n\nevent: complete\ndata:\n\n");
  });

  test("tells its results when the client has left", async () => {
    let left = 0;
    const response = eventStream(
      results(
        () => new Promise(() => {}),
        () => {
          left++;
        },
      ),
      JSON.stringify,
    );
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(left).toBe(1);
  });

  test("asks for no result that nobody takes", async () => {
    let asked = 0;
    const response = eventStream(
      results(async () => {
        asked++;
        return { done: false, value: { data: { asked } } };
      }),
      JSON.stringify,
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThan(2);
    await response.body?.cancel();
  });
});
