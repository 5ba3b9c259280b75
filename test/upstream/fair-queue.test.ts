import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { FairQueue } from "../../src/upstream/fair-queue.ts";

/** Tasks that tell when they start and end when they are told to. */
function desk(options: ConstructorParameters<typeof FairQueue>[0]) {
  const fairQueue = new FairQueue(options);
  const started: string[] = [];
  const open: (() => void)[] = [];
  const ask = (name: string, operation: object, first = false, caller = "a", signal?: AbortSignal, call?: object) =>
    fairQueue.run(
      caller,
      operation,
      signal,
      () => {
        started.push(name);
        return new Promise<string>((resolve) => open.push(() => resolve(name)));
      },
      first,
      call,
    );
  /** The one that has run longest ends. */
  const end = async () => {
    open.shift()?.();
    await turn();
  };
  return { fairQueue, started, ask, end };
}

describe("nobody waits when nothing limits", () => {
  test("and what runs is counted all the same", async () => {
    const { fairQueue, ask, end } = desk({ concurrency: Number.POSITIVE_INFINITY, rate: false });
    void ask("one", {});
    void ask("two", {});
    expect(fairQueue.status).toEqual({ running: 2, waiting: 0 });
    await end();
    expect(fairQueue.status.running).toBe(1);
    await end();
    expect(fairQueue.status.running).toBe(0);
  });

  test.for([
    { concurrency: 2, rate: { calls: 2, milliseconds: 60_000 } },
    { concurrency: Number.POSITIVE_INFINITY, rate: false as const },
  ])("a task runs before `run` returns, and its promise is the answer (%o)", (options) => {
    const fairQueue = new FairQueue(options);
    const answer = Promise.resolve("done");
    let ran = 0;
    const task = () => {
      ran++;
      return answer;
    };
    expect(fairQueue.run("a", {}, undefined, task)).toBe(answer);
    expect(fairQueue.run("a", {}, undefined, task)).toBe(answer);
    expect(ran).toBe(2);
  });

  test.for([
    { concurrency: 1, rate: false as const },
    { concurrency: Number.POSITIVE_INFINITY, rate: false as const },
  ])("a task that throws has failed, and its slot is free (%o)", async (options) => {
    const fairQueue = new FairQueue(options);
    const thrown = new Error("thrown");
    const task = () => {
      throw thrown;
    };
    await expect(fairQueue.run("a", {}, undefined, task)).rejects.toBe(thrown);
    await expect(fairQueue.run("a", {}, undefined, async () => "next")).resolves.toBe("next");
  });

  test("whoever has left before has no turn", async () => {
    for (const concurrency of [1, Number.POSITIVE_INFINITY]) {
      const fairQueue = new FairQueue({ concurrency, rate: false });
      const never = async () => expect.unreachable();
      await expect(fairQueue.run("a", {}, AbortSignal.abort("gone"), never)).rejects.toBe("gone");
      await expect(fairQueue.run("a", {}, undefined, async () => "next")).resolves.toBe("next");
    }
  });

  test("limits that nobody could keep are refused", () => {
    for (const concurrency of [0, -1, Number.NaN]) expect(() => new FairQueue({ concurrency })).toThrow(RangeError);
    for (const calls of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new FairQueue({ rate: { calls, milliseconds: 1000 } })).toThrow(RangeError);
    }
    for (const milliseconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new FairQueue({ rate: { calls: 1, milliseconds } })).toThrow(RangeError);
    }
  });
});

describe("turns", () => {
  test("a short operation behind one of 1,000 calls gets the next slot that falls free, or the one after", async () => {
    const { ask, started, end } = desk({ concurrency: 4, rate: false });
    const long = {};
    for (let call = 0; call < 1000; call++) void ask(`long ${call}`, long);
    await end();
    void ask("short", {});
    expect(started).toHaveLength(5);
    await end();
    await end();
    expect(started.slice(5)).toContain("short");
  });

  test("operations take fairQueue, and each goes in the order of its calls", async () => {
    const { ask, started, end } = desk({ concurrency: 1, rate: false });
    const [a, b, c] = [{}, {}, {}];
    for (const name of ["a1", "a2", "a3", "a4"]) void ask(name, a);
    for (const name of ["b1", "b2"]) void ask(name, b);
    void ask("c1", c);
    for (let ended = 0; ended < 6; ended++) await end();
    expect(started).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  });

  test("writes go first, one for one read at most", async () => {
    const { ask, started, end } = desk({ concurrency: 1, rate: false });
    const [long, mutation, other] = [{}, {}, {}];
    for (const name of ["r1", "r2", "r3", "r4"]) void ask(name, long);
    for (const name of ["w1", "w2"]) void ask(name, mutation, true);
    void ask("v1", other, true);
    for (let ended = 0; ended < 6; ended++) await end();
    expect(started).toEqual(["r1", "w1", "r2", "v1", "r3", "w2", "r4"]);
  });

  test("what a short operation has joined does not wait for the long one's line", async () => {
    const { fairQueue, ask, started, end } = desk({ concurrency: 1, rate: false });
    const [long, short, call] = [{}, {}, {}];
    for (const name of ["l1", "l2", "l3"]) void ask(name, long);
    const joined = ask("joined", long, false, "a", undefined, call);
    void ask("l4", long);
    fairQueue.join(call, short);
    fairQueue.join({}, short);
    for (let ended = 0; ended < 2; ended++) await end();
    expect(started).toEqual(["l1", "l2", "joined"]);
    fairQueue.join(call, short);
    for (let ended = 0; ended < 2; ended++) await end();
    expect(started).toEqual(["l1", "l2", "joined", "l3", "l4"]);
    expect(await joined).toBe("joined");
  });

  test("slots are each caller's own; the rate is everybody's, and callers take turns under it", async () => {
    let now = 0;
    const timers: (() => void)[] = [];
    const after = (_: number, run: () => void) => {
      timers.push(run);
      return () => {};
    };
    const { ask, started } = desk({ concurrency: 3, rate: { calls: 4, milliseconds: 1000 }, now: () => now, after });
    const [a, b] = [{}, {}];
    for (const name of ["a1", "a2", "a3", "a4"]) void ask(name, a);
    expect(started).toEqual(["a1", "a2", "a3"]);
    for (const name of ["b1", "b2", "b3"]) void ask(name, b, false, "b");
    for (const name of ["c1", "c2", "c3"]) void ask(name, {}, false, "c");
    expect(started).toEqual(["a1", "a2", "a3", "b1"]);
    now = 1000;
    expect(timers).toHaveLength(1);
    timers[0]?.();
    expect(started.slice(4)).toEqual(["b2", "c1", "b3", "c2"]);
  });

  test("with real timers no interval has more starts than the rate says", async () => {
    let [now, looks] = [0, 0];
    const clock = () => {
      looks++;
      now = performance.now();
      return now;
    };
    const fairQueue = new FairQueue({ rate: { calls: 10, milliseconds: 40 }, now: clock });
    const starts: number[] = [];
    const task = async () => starts.push(now);
    await Promise.all(Array.from({ length: 35 }, () => fairQueue.run("a", {}, undefined, task)));
    expect(starts).toHaveLength(35);
    expect(looks, "a timer that goes off when it is time").toBeLessThan(110);
    for (const [index, start] of starts.slice(10).entries())
      expect(start - (starts[index] ?? 0)).toBeGreaterThan(39.99);
  });
});

/** A clock that is moved by hand, with one timer. */
function clock() {
  const state = { now: 0, timer: undefined as { due: number; run: () => void } | undefined };
  const after = (milliseconds: number, run: () => void) => {
    const timer = { due: state.now + milliseconds, run };
    state.timer = timer;
    return () => {
      if (state.timer === timer) state.timer = undefined;
    };
  };
  const pass = (until: number) => {
    while (state.timer && state.timer.due <= until) {
      const { due, run } = state.timer;
      state.now = due;
      state.timer = undefined;
      run();
    }
    state.now = until;
  };
  return { now: () => state.now, after, pass };
}

describe("callers whose credential is known to work", () => {
  const rate = { calls: 200, milliseconds: 1000 };

  test("have the rate to themselves, but for a quarter, while 300 connections send random tokens: nobody of them waits", async () => {
    const { now, after, pass } = clock();
    const fairQueue = new FairQueue({ rate, now, after });
    let invented = 0;
    // Each has the next token ready as soon as the one before was sent.
    const flood = (): void =>
      void fairQueue.run(
        `invented ${invented++}`,
        {},
        undefined,
        async () => void setImmediate(flood),
        false,
        undefined,
        false,
      );
    for (let connection = 0; connection < 300; connection++) flood();
    const waits: number[] = [];
    for (let moment = 0; moment < 10_000; moment += 20) {
      pass(moment);
      for (let call = 0; call < 3; call++) {
        void fairQueue.run("known", {}, undefined, async () => void waits.push(now() - moment));
      }
      await turn();
    }
    // 1,500 calls of one who has 150 a second for certain.
    expect(waits).toHaveLength(1500);
    expect(Math.max(...waits)).toBe(0);
  });

  test("do not keep new ones out: one start in eight is theirs", () => {
    const { now, after, pass } = clock();
    const fairQueue = new FairQueue({ rate, now, after, concurrency: 10_000 });
    const started: string[] = [];
    for (let call = 0; call < 5_000; call++)
      void fairQueue.run("heavy", {}, undefined, async () => void started.push("heavy"));
    for (let call = 0; call < 100; call++) {
      const task = async () => void started.push("new");
      void fairQueue.run(`new ${call}`, {}, undefined, task, false, undefined, false);
    }
    pass(4_000);
    expect(started).toHaveLength(1_000);
    const places = started.flatMap((name, place) => (name === "new" ? [place] : []));
    expect(places).toHaveLength(100);
    for (const [index, place] of places.entries()) expect(place).toBe(200 + 7 + 8 * index);
  });

  test("an unknown caller for whom a known one waits is preferred, with the calls that wait already", async () => {
    const { now, after, pass } = clock();
    const own = new FairQueue({ rate: { calls: 1, milliseconds: 1000 }, now, after });
    const order: string[] = [];
    for (const caller of ["first", "a", "b", "holder"]) {
      void own.run(caller, {}, undefined, async () => void order.push(caller), false, undefined, false);
    }
    own.prefer("holder");
    own.prefer("nobody");
    pass(3_000);
    expect(order).toEqual(["first", "holder", "a", "b"]);
  });
});

test("calls that are called off take nobody's turn, and the others go on", async () => {
  const { now, after, pass } = clock();
  const fairQueue = new FairQueue({ rate: { calls: 1, milliseconds: 1000 }, now, after });
  const order: string[] = [];
  const ask = (caller: string, first = false) =>
    fairQueue.run(caller, {}, undefined, async () => void order.push(caller), first);
  void ask("a");
  const off = [ask("refused"), ask("refused"), ask("refused", true)];
  void ask("b");
  fairQueue.reject("refused", "called off");
  fairQueue.reject("nobody", "called off");
  for (const call of off) await expect(call).rejects.toBe("called off");
  pass(1_000);
  expect(order).toEqual(["a", "b"]);
});

describe("whoever leaves", () => {
  test("is gone at once, with the signal's reason, and the others move up", async () => {
    const { ask, started, end } = desk({ concurrency: 1, rate: false });
    const leaving = new AbortController();
    void ask("runs", {});
    const left = Array.from({ length: 1000 }, () => ask("left", leaving, false, "a", leaving.signal));
    void ask("stays", {});
    expect(getEventListeners(leaving.signal, "abort")).toHaveLength(1000);
    leaving.abort("gone");
    for (const outcome of await Promise.allSettled(left))
      expect(outcome).toEqual({ status: "rejected", reason: "gone" });
    await end();
    expect(started).toEqual(["runs", "stays"]);
  });

  test("while they run, keeps their slot until the task has ended", async () => {
    const { ask, started, end } = desk({ concurrency: 1, rate: false });
    const leaving = new AbortController();
    const first = ask("first", {}, false, "a", leaving.signal);
    void ask("second", {});
    leaving.abort();
    await turn();
    expect(started).toEqual(["first"]);
    await end();
    expect(await first).toBe("first");
    expect(started).toEqual(["first", "second"]);
  });

  test("never runs, even if somebody who was told before them makes their turn come", async () => {
    let now = 0;
    const after = () => () => {};
    const { ask, started } = desk({ rate: { calls: 1, milliseconds: 1000 }, now: () => now, after });
    const leaving = new AbortController();
    void ask("first", {});
    leaving.signal.addEventListener("abort", () => {
      now = 5000;
      void ask("told", {}, false, "b");
    });
    const left = ask("left", {}, false, "a", leaving.signal);
    leaving.abort("gone");
    await expect(left).rejects.toBe("gone");
    now = 10_000;
    void ask("next", {}, false, "b");
    expect(started).toEqual(["first", "told"]);
    now = 11_000;
    void ask("last", {}, false, "b");
    expect(started).toEqual(["first", "told", "next"]);
  });
});

test("nothing is kept of anybody who neither waits nor runs", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const fairQueue = new FairQueue({ concurrency: 2, rate: false });
  const gone: WeakRef<object>[] = [];
  const round = async (callers: number) => {
    for (let caller = 0; caller < callers; caller++) {
      const [operation, leaving] = [{}, new AbortController()];
      const task = async () => undefined;
      const call = {};
      const kept = [operation, task, call, leaving.signal];
      if (gone.length < 1000) gone.push(...kept.map((one) => new WeakRef(one)));
      const key = crypto.randomUUID();
      const asked = Array.from({ length: 4 }, () => fairQueue.run(key, operation, leaving.signal, task, false, call));
      if (caller % 2 === 0) leaving.abort();
      await Promise.allSettled(asked);
    }
    await turn();
    gc();
    return process.memoryUsage().heapUsed;
  };
  await round(2000);
  const before = await round(2000);
  expect((await round(20_000)) - before).toBeLessThan(2 * 1024 * 1024);
  expect(gone.filter((ref) => ref.deref() !== undefined)).toEqual([]);
});
