import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "vitest";
import { FairQueue, type Rate } from "../../src/upstream/fair-queue.ts";

/** One call, as the model knows it. */
export interface Asked {
  caller: string;
  operation: object;
  first: boolean;
  does: Does;
  state: "waits" | "runs" | "ended" | "left";
  leaving: AbortController | undefined;
  known: boolean;
  /** Why it left. */
  reason: unknown;
  /** Ends it while it runs. */
  end: () => void;
  outcome: Promise<unknown>;
}

/** What a task does: `asks` starts another in its own first step, `leaves` makes the others of its operation leave. */
export type Does = "answers" | "fails" | "throws" | "asks" | "leaves";

/** A call that is asked for. */
export type Asking = Pick<Asked, "caller" | "operation" | "first" | "does" | "leaving" | "known">;

/**
 * Turns on a clock that only tests move, beside a reference model of who waits and who runs. At every start it is checked who
 * may have been overtaken, and how often.
 */
export function playedTurns(concurrency: number, rate: Rate | false) {
  let now = 0;
  let timer: { due: number; run: () => void } | undefined;
  const starts: number[] = [];
  const asked: Asked[] = [];
  const overtaken = new Map<string, number>();
  /** Callers whose credential is known, or who are preferred, among those with calls. */
  const lane = new Map<string, boolean>();
  const unknownStarts: number[] = [];
  /** Known callers that started while an unknown one waited and was allowed to, one after the other. */
  let overlooked = 0;
  /** Known callers that started since an unknown one went before another known one. */
  let since = Number.POSITIVE_INFINITY;
  /** What was found inside a task, where an exception would be the task's own. */
  const wrong: unknown[] = [];
  const check = (checks: () => void) => {
    try {
      checks();
    } catch (error) {
      wrong.push(error);
    }
  };
  /** Calls whose end has been told. */
  const told = new Set<Asked>();
  const fairQueue = new FairQueue({
    concurrency,
    rate,
    now: () => now,
    after: (milliseconds, run) => {
      check(() => expect(timer, "one timer at most").toBeUndefined());
      const mine = { due: now + milliseconds, run };
      timer = mine;
      return () => {
        check(() => expect(timer, "only a timer that has not run is called off").toBe(mine));
        timer = undefined;
      };
    },
  });

  const names = new Map<object, string>();
  const nameOf = (operation: object) => names.get(operation) ?? names.set(operation, `#${names.size}`).get(operation);
  const lineOf = ({ caller, operation, first }: Asking) => `${caller} ${first} ${nameOf(operation)}`;
  /** Who came to a line, in that order: those whose operation it is, and those whom it has joined. */
  const lines = new Map<string, Asked[]>();
  const comes = (line: string, call: Asked) => lines.set(line, [...(lines.get(line) ?? []), call]);
  const waiting = () => asked.filter(({ state }) => state === "waits");
  const running = (caller?: string) =>
    asked.filter((call) => call.state === "runs" && (caller === undefined || call.caller === caller));
  const ready = () =>
    new Set(
      waiting()
        .map(({ caller }) => caller)
        .filter((caller) => running(caller).length < concurrency),
    );
  const within = (moments: number[]) => (rate ? moments.filter((start) => now - start < rate.milliseconds).length : 0);
  const lately = () => within(starts);
  const mostUnknown = rate ? Math.ceil(rate.calls / 4) : Number.POSITIVE_INFINITY;

  /** Of everybody who waits for a turn of this kind, nobody sees the same other one go twice before them. */
  function overtakes(kind: string, who: string, others: Iterable<string>) {
    for (const key of overtaken.keys()) if (key.startsWith(`${kind}: ${who} <`)) overtaken.delete(key);
    for (const other of new Set(others)) {
      if (other === who) continue;
      const key = `${kind}: ${other} < ${who}`;
      const times = (overtaken.get(key) ?? 0) + 1;
      overtaken.set(key, times);
      check(() => expect(times, key).toBeLessThanOrEqual(1));
    }
  }

  /** Whoever does not wait any more begins anew when they wait again. */
  function forget() {
    const [callers, lines, kinds] = [ready(), new Set(waiting().map(lineOf)), new Set(waiting().map(kindOf))];
    for (const key of overtaken.keys()) {
      const [kind, who = ""] = key.split(/: | < /);
      const still = { callers, lines, kinds }[kind as "callers"].has(who);
      if (!still) overtaken.delete(key);
    }
  }
  const kindOf = ({ caller, first }: Asked) => `${caller} ${first ? "writes" : "reads"}`;

  function started(call: Asked) {
    const { state, caller } = call;
    const slots = running(caller).length;
    const earlier = lately();
    // Of one that was joined it is not told whose turn it was: it was somebody's.
    const mine = [...lines].filter(([, calls]) => calls.includes(call)).map(([line]) => line);
    const next = mine.some((line) => lines.get(line)?.find((other) => other.state === "waits") === call);
    const before = ready();
    const known = lane.get(caller) ?? true;
    const inLane = (which: boolean) => [...before].filter((each) => (lane.get(each) ?? true) === which);
    const unknownEarlier = within(unknownStarts);
    call.state = "runs";
    starts.push(now);
    if (!known) {
      unknownStarts.push(now);
      if (rate) check(() => expect(unknownEarlier, "a quarter of the rate").toBeLessThan(mostUnknown));
      // A slot that has fallen free is told in a microtask: until then nobody knows that its caller is ready.
      const untold = (each: string) =>
        asked.some((other) => other.caller === each && other.state === "ended" && !told.has(other));
      if (inLane(true).some((each) => !untold(each))) {
        check(() => expect(since, "known ones go first").toBeGreaterThanOrEqual(7));
        since = 0;
      }
      overlooked = 0;
    } else {
      since++;
      overlooked = inLane(false).length > 0 && unknownEarlier < mostUnknown ? overlooked + 1 : 0;
      check(() => expect(overlooked, "one in eight is an unknown one's").toBeLessThan(8));
    }
    check(() => expect(state, "runs once, and not after it has left").toBe("waits"));
    check(() => expect(slots).toBeLessThan(concurrency));
    if (rate) check(() => expect(earlier).toBeLessThan(rate.calls));
    check(() => expect(next, "first come, first served").toBe(true));
    overtakes("callers", caller, inLane(known));
    const others = waiting().filter((other) => other.caller === caller);
    const sameKind = others.filter(({ first }) => first === call.first).map(lineOf);
    overtakes("lines", mine.join(), mine.length === 1 ? sameKind : []);
    for (const line of mine) overtakes("lines", line, []);
    overtakes("kinds", kindOf(call), others.map(kindOf));
    forget();
  }

  function ask(asking: Asking): Asked {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call: Asked = {
      ...asking,
      state: "waits",
      reason: asking.leaving,
      outcome: promise,
      end: () => {
        call.state = "ended";
        if (call.does === "fails") reject(call);
        else resolve(call);
        forget();
      },
    };
    const { caller } = call;
    const there = asked.some((other) => other.caller === caller && (other.state === "waits" || other.state === "runs"));
    if (!there) lane.set(caller, call.known);
    else if (call.known) lane.set(caller, true);
    asked.push(call);
    comes(lineOf(call), call);
    const task = () => {
      started(call);
      if (call.does === "throws") {
        call.state = "ended";
        throw call;
      }
      if (call.does === "asks") ask({ ...asking, does: "answers" });
      if (call.does === "leaves") for (const other of asked) if (other.operation === call.operation) leave(other);
      return promise;
    };
    if (asking.leaving?.signal.aborted) call.state = "left";
    call.outcome = fairQueue.run(call.caller, call.operation, call.leaving?.signal, task, call.first, call, call.known);
    call.outcome.catch(() => {}).then(() => told.add(call));
    return call;
  }

  function leave({ leaving }: Asked) {
    if (!leaving) return;
    for (const call of asked) if (call.leaving === leaving && call.state === "waits") call.state = "left";
    forget();
    leaving.abort(leaving);
  }

  return {
    fairQueue,
    ask,
    leave,
    /** A caller is in the first lane from now on. */
    prefer(caller: string) {
      lane.set(caller, true);
      fairQueue.prefer(caller);
    },
    /** All calls of a caller that wait are called off. */
    reject(caller: string) {
      const reason = { caller };
      for (const call of asked) {
        if (call.caller === caller && call.state === "waits") Object.assign(call, { state: "left", reason });
      }
      forget();
      fairQueue.reject(caller, reason);
    },
    /** Another operation of the same caller waits for a call, too. */
    join(call: Asked, operation: object) {
      if (call.state === "waits") comes(lineOf({ ...call, operation }), call);
      fairQueue.join(call, operation);
    },
    asked,
    running,
    waiting,
    starts,
    /** Time goes by; a timer goes off so much later than it should, or the first one earlier. */
    async pass(milliseconds: number, late = 0) {
      const until = now + milliseconds;
      for (let skew = late; timer && timer.due + skew <= until; skew = Math.max(0, late)) {
        const { due, run } = timer;
        now = Math.max(now, due + skew);
        timer = undefined;
        run();
        // What has ended is told in microtasks, and Node runs them between two timers.
        await turn();
      }
      now = Math.max(now, until);
      // Whoever is late is not later than that.
      const { due = Number.POSITIVE_INFINITY, run } = timer ?? {};
      if (due > now) return;
      timer = undefined;
      run?.();
    },
    /** Nobody waits who could run, and there is a timer just as long as somebody waits for the rate alone. */
    async settled() {
      await turn();
      if (wrong.length > 0) throw wrong[0];
      const blocked = ready().size > 0;
      const unknownOnly = [...ready()].every((caller) => lane.get(caller) === false);
      const full = rate && (lately() === rate.calls || (unknownOnly && within(unknownStarts) === mostUnknown));
      if (blocked) expect(full, "somebody waits who could run").toBe(true);
      expect(timer !== undefined, "a timer while somebody waits for the rate").toBe(blocked);
    },
    /** Everything ends: what did not leave has run, once, with its own outcome; nothing is left behind. */
    async end() {
      for (let rounds = 0; waiting().length + running().length > 0; rounds++) {
        expect(rounds, "somebody never gets their turn").toBeLessThanOrEqual(2 * asked.length);
        for (const call of running()) {
          call.end();
          await turn();
        }
        if (timer) await this.pass(timer.due - now);
        await this.settled();
      }
      for (const { outcome, state, does, leaving, reason } of asked) {
        const [settled] = await Promise.allSettled([outcome]);
        const call = asked.find((other) => other.outcome === outcome);
        if (state === "left") expect(settled).toEqual({ status: "rejected", reason });
        else if (does === "fails" || does === "throws") expect(settled).toMatchObject({ status: "rejected" });
        else expect(settled.status === "fulfilled" && settled.value).toBe(call);
        if (leaving) expect(getEventListeners(leaving.signal, "abort")).toEqual([]);
      }
      expect(timer).toBeUndefined();
    },
  };
}
