import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Lease, type Rank, WriteLocks, type Writer } from "../../src/upstream/write-lock.ts";

/** A caller of some rank, who notes when it is hurried. */
function writer(caller: string, rank: Rank = 0): Writer & { hurried: number } {
  const self = { caller, rank, hurried: 0, hurry: () => void self.hurried++ };
  return self;
}

/** Locks, and writes that end when they are told to. */
function desk(longest = 10_000) {
  const locks = new WriteLocks(longest);
  const started: string[] = [];
  const open: (() => void)[] = [];
  const write = (name: string, by: Writer, thing = "group", sends = false) => {
    const written = locks.run(thing, by, (lease) => {
      started.push(name);
      if (sends) lease.sends();
      return new Promise<string>((resolve) => open.push(() => resolve(name)));
    });
    // Writes that are left behind end in time, when their test is over.
    written.catch(() => {});
    return written;
  };
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
    for (let n = 0; n < 300; n++) void write(`invented ${n}`, writer(`invented ${n}`, 2));
    void write("known", writer("known"));
    await end();
    expect(started).toEqual(["invented 0", "known"]);
  });

  test("of unknown callers have one turn in eight while known ones wait", async () => {
    const { started, write, end } = desk();
    for (let n = 0; n < 20; n++) void write(`known ${n}`, writer("known"));
    void write("new", writer("new", 2));
    for (let ended = 0; ended < 20; ended++) await end();
    expect(started.indexOf("new")).toBe(8);
  });

  test("go by what their credentials have shown: in the account, elsewhere, nowhere, one in eight of each that comes behind", async () => {
    const { started, write, end } = desk();
    for (let n = 0; n < 30; n++) void write("account", writer("a"));
    for (let n = 0; n < 10; n++) void write("elsewhere", writer("b", 1));
    void write("nowhere", writer("c", 2));
    for (let ended = 0; ended < 40; ended++) await end();
    const places = (name: string) => started.flatMap((each, place) => (each === name ? [place] : []));
    expect(places("elsewhere").slice(0, 4)).toEqual([8, 16, 24, 32]);
    expect(places("nowhere")).toEqual([37]);
  });

  test("an unknown caller that holds up a known one is told to hurry, and nobody else is", () => {
    const { write } = desk();
    const [holder, other, known] = [writer("holder", 2), writer("other", 2), writer("known")];
    void write("holder", holder);
    void write("other", other);
    expect([holder.hurried, other.hurried]).toEqual([0, 0]);
    void write("known", known);
    expect([holder.hurried > 0, other.hurried, known.hurried]).toEqual([true, 0, 0]);
  });

  test("an unknown caller whose turn comes while a known one waits is told, too", async () => {
    const { write, end } = desk();
    const [late, known] = [writer("late", 2), writer("known")];
    for (let n = 0; n < 10; n++) void write(`known ${n}`, known);
    void write("late", late);
    for (let ended = 0; ended < 7; ended++) await end();
    expect(late.hurried).toBe(0);
    await end();
    expect(late.hurried).toBeGreaterThan(0);
  });
});

describe("the wait", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  test("has an end: the write is not sent, and says so", async () => {
    const { locks, started, write, end } = desk(10_000);
    void write("holder", writer("a"), "group", true);
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

  test("is not for a holder of whom nothing is on the wire: after a quarter of it that one's turn is over", async () => {
    const { locks, started, write } = desk(10_000);
    const leases: Lease[] = [];
    const done = Promise.withResolvers<void>();
    const idle = locks.run("group", writer("idle"), async (lease) => {
      leases.push(lease);
      await done.promise;
    });
    // While nobody waits, it may take its time.
    leases[0]?.sends();
    await vi.advanceTimersByTimeAsync(60_000);
    leases[0]?.ended();
    expect(leases[0]?.lost).toBe(false);
    void write("next", writer("other"));
    void write("last", writer("third"));
    await vi.advanceTimersByTimeAsync(2_499);
    expect(started).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([started, leases[0]?.lost]).toEqual([["next"], true]);
    // The one that has lost its turn ends nobody else's.
    done.resolve();
    await idle;
    expect([started, locks.size]).toEqual([["next"], 1]);
  });

  test("is for a holder that sends", async () => {
    const { locks, started, write } = desk(10_000);
    const done = Promise.withResolvers<void>();
    let lease: Lease | undefined;
    void locks.run("group", writer("busy"), async (own) => {
      lease = own;
      own.sends();
      await done.promise;
    });
    void write("next", writer("other"));
    await vi.advanceTimersByTimeAsync(9_000);
    expect(started).toEqual([]);
    // Between two of its calls nothing is on the wire for a moment.
    lease?.ended();
    await vi.advanceTimersByTimeAsync(900);
    expect(lease?.lost).toBe(false);
    done.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(["next"]);
  });
});
