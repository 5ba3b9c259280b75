import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WriteLocks, type Writer } from "../src/upstream/write-lock.ts";

/** A caller, known or not, who notes when it is hurried. */
function writer(caller: string, known = true): Writer & { hurried: number } {
  const self = { caller, known, hurried: 0, hurry: () => void self.hurried++ };
  return self;
}

/** Locks, and writes that end when they are told to. */
function desk(longest = 10_000) {
  const locks = new WriteLocks(longest);
  const started: string[] = [];
  const open: (() => void)[] = [];
  const write = (name: string, by: Writer, thing = "group") =>
    locks.run(thing, by, () => {
      started.push(name);
      return new Promise<string>((resolve) => open.push(() => resolve(name)));
    });
  const end = async () => {
    open.shift()?.();
    await turn();
  };
  return { locks, started, write, end };
}

describe("writes to one thing", () => {
  test("happen in order, well or badly, and those to another at once", async () => {
    const { locks, started, write, end } = desk();
    const a = writer("a");
    const bad = locks.run("group", a, async () => {
      started.push("bad");
      await turn();
      throw new Error("badly");
    });
    void write("next", a);
    void write("elsewhere", a, "other");
    expect(started).toEqual(["bad", "elsewhere"]);
    await expect(bad).rejects.toThrow("badly");
    await turn();
    expect(started).toEqual(["bad", "elsewhere", "next"]);
    await end();
    await end();
    expect(locks.size).toBe(0);
  });

  test("of several callers take turns: nobody waits for all that another has asked before", async () => {
    const { started, write, end } = desk();
    const [a, b, c] = [writer("a"), writer("b"), writer("c")];
    for (const name of ["a1", "a2", "a3", "a4"]) void write(name, a);
    for (const name of ["b1", "b2"]) void write(name, b);
    void write("c1", c);
    for (let ended = 0; ended < 7; ended++) await end();
    expect(started).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  });

  test("300 with invented tokens hold up another's for one of them, the one that is under way", async () => {
    const { started, write, end } = desk();
    for (let n = 0; n < 300; n++) void write(`invented ${n}`, writer(`invented ${n}`, false));
    void write("known", writer("known"));
    await end();
    expect(started).toEqual(["invented 0", "known"]);
  });

  test("of unknown callers have one turn in eight while known ones wait", async () => {
    const { started, write, end } = desk();
    for (let n = 0; n < 20; n++) void write(`known ${n}`, writer("known"));
    void write("new", writer("new", false));
    for (let ended = 0; ended < 20; ended++) await end();
    expect(started.indexOf("new")).toBe(8);
  });

  test("an unknown caller that holds up a known one is told to hurry, and nobody else is", () => {
    const { write } = desk();
    const [holder, other, known] = [writer("holder", false), writer("other", false), writer("known")];
    void write("holder", holder);
    void write("other", other);
    expect([holder.hurried, other.hurried]).toEqual([0, 0]);
    void write("known", known);
    expect([holder.hurried, other.hurried, known.hurried]).toEqual([1, 0, 0]);
  });

  test("an unknown caller whose turn comes while a known one waits is told, too", async () => {
    const { write, end } = desk();
    const [late, known] = [writer("late", false), writer("known")];
    for (let n = 0; n < 10; n++) void write(`known ${n}`, known);
    void write("late", late);
    for (let ended = 0; ended < 7; ended++) await end();
    expect(late.hurried).toBe(0);
    await end();
    expect(late.hurried).toBe(1);
  });
});

describe("the wait", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  test("has an end: the write is not sent, and says so", async () => {
    const { locks, started, write, end } = desk(10_000);
    void write("holder", writer("a"));
    const waits = write("late", writer("b"));
    waits.catch(() => {});
    await vi.advanceTimersByTimeAsync(9_999);
    void write("next", writer("c"));
    await vi.advanceTimersByTimeAsync(1);
    await expect(waits).rejects.toMatchObject({
      kind: "unavailable",
      message: "The write was not sent: others to the same thing were not done within 10000 ms.",
    });
    await end();
    expect(started).toEqual(["holder", "next"]);
    await end();
    expect([locks.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
