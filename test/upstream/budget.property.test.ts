import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import type { Budget, Quota, QuotaStatus } from "../../src/upstream/budget.ts";
import { runs } from "../property.ts";

/** What was taken and sent, as a reader of the contract would write it down. */
interface Grant {
  at: number;
  units: number;
}

/** A budget with a clock, and everything that was granted. */
class World {
  now = 1_800_000_000_000;
  readonly budget: Budget;
  readonly grants: Record<string, Grant[]> = { anna: [], bert: [] };

  constructor(quota: Quota | false) {
    this.budget = memoryBudget({ quota, now: () => this.now });
  }

  /** What was granted in the last so many milliseconds. */
  spent(caller: string, milliseconds: number): number {
    const counted = this.grants[caller]?.filter(({ at }) => at > this.now - milliseconds) ?? [];
    return counted.reduce((sum, { units }) => sum + units, 0);
  }

  async take(caller: string, units: number, spare: boolean) {
    const taking = await this.budget.reserve(caller, units, spare);
    if (taking.granted) this.grants[caller]?.push({ at: taking.at, units });
    return taking;
  }

  /** Gives back some of a granted taking; `blindly` without saying of which. */
  giveBack(caller: string, which: number, share: number, blindly: boolean): void {
    const grants = this.grants[caller] ?? [];
    const grant = grants[which % Math.max(1, grants.length)];
    if (!grant) return;
    const units = Math.floor(grant.units * share);
    grant.units -= units;
    if (blindly) this.budget.release(caller, units);
    else this.budget.release(caller, units, grant.at);
  }
}

const quota: Quota = { units: 40, seconds: 20 };
const caller = fc.constantFrom("anna", "bert");
const taking = fc.record({ units: fc.integer({ min: 1, max: 45 }), spare: fc.boolean() });
const policies = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("default", "burst", "other"),
    units: fc.integer({ min: 1, max: 50 }),
    seconds: fc.constantFrom(1, 2, 5, 7, 20),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
);

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("take" as const), caller, takings: fc.array(taking, { maxLength: 4 }) }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 9000 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("giveBack" as const),
        caller,
        which: fc.nat({ max: 50 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        blindly: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("announce" as const), caller, policies }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("remain" as const),
        caller,
        name: fc.constantFrom("default", "burst", "other", "unheard-of"),
        left: fc.nat({ max: 50 }),
        seconds: fc.option(fc.nat({ max: 400 })),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("close" as const), caller, ms: fc.integer({ min: -1000, max: 5000 }) }),
    },
  ),
  { minLength: 1, maxLength: 40 },
);

type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

/** A policy, and the moment before which nobody can know what was spent in its window. */
type Held = Quota & { name: string; since: number };

/** Does the steps, and hands every taking and its caller's policies to a look at the world. */
async function play(
  world: World,
  all: Step[],
  look: (caller: string, granted: boolean, spare: boolean, holding: Held[]) => void,
): Promise<void> {
  const holding: Record<string, Held[]> = {};
  const closed: Record<string, number> = {};
  const first = [{ name: "", ...quota, since: 0 }];
  for (const step of all) {
    if (step.do === "wait") world.now += step.ms;
    else if (step.do === "take") {
      const { caller, takings } = step;
      const taken = await Promise.all(takings.map(({ units, spare }) => world.take(caller, units, spare)));
      for (const [index, { granted }] of taken.entries()) {
        if (granted) expect(world.now).toBeGreaterThanOrEqual(closed[caller] ?? 0);
        look(caller, granted, takings.length === 1 && (takings[index]?.spare ?? false), holding[caller] ?? first);
      }
    } else if (step.do === "giveBack") {
      world.giveBack(step.caller, step.which, step.share, step.blindly);
      // Those that are not named are looked for first.
      await world.budget.status(step.caller);
    } else if (step.do === "close") {
      const until = world.now + step.ms;
      world.budget.close(step.caller, new Date(until));
      closed[step.caller] = Math.max(until, closed[step.caller] ?? 0);
      const opens = closed[step.caller] ?? 0;
      expect(world.budget.closedUntil(step.caller)?.getTime() ?? null).toBe(opens > world.now ? opens : null);
    } else if (step.do === "announce") {
      const text = step.policies.map(({ name, units, seconds }) => `"${name}";q=${units};w=${seconds}`).join(", ");
      world.budget.observe(step.caller, { "ratelimit-policy": text });
      const before = holding[step.caller] ?? first;
      const longest = Math.max(...before.map(({ seconds }) => seconds));
      const told = step.policies.map((policy) => {
        const same = before.find(({ seconds }) => seconds === policy.seconds);
        return { ...policy, since: same?.since ?? (longest >= policy.seconds ? 0 : world.now) };
      });
      const kept = (holding[step.caller] ?? []).filter(({ name }) => !told.some((policy) => policy.name === name));
      holding[step.caller] = [...told, ...kept];
    } else {
      const { caller, name, left, seconds } = step;
      const named = (holding[caller] ?? first).some((policy) => policy.name === name);
      world.budget.observe(caller, { ratelimit: `"${name}";r=${left}${seconds === null ? "" : `;t=${seconds}`}` });
      const standing = await world.budget.status(caller);
      if (named) expect(standing.left).toBeLessThanOrEqual(left);
    }
  }
}

describe("whatever happens in whatever order", () => {
  test("no interval of a window's length holds more than its quota, and the last tenth is not spared", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const world = new World(quota);
        await play(world, all, (caller, granted, spare, holding) => {
          if (!granted) return;
          for (const { units, seconds, since } of holding) {
            const spent = world.spent(caller, Math.min(seconds * 1000, world.now - since + 1));
            expect(spent).toBeLessThanOrEqual(spare ? units - Math.ceil(units / 10) : units);
          }
        });
      }),
      runs(2000),
    );
  });

  test("a refused taking can be had at its resetAt, and not a millisecond before", async () => {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(steps, caller, taking, async (all, caller, { units, spare }) => {
        const world = new World(quota);
        await play(world, all, () => {});
        const { granted, resetAt, quota: size } = await world.take(caller, units, spare);
        if (granted) return;
        if (resetAt === null) {
          expect(units + (spare ? Math.ceil(size / 10) : 0)).toBeGreaterThan(0);
          world.now += 86_400_000;
          expect(await world.take(caller, units, spare)).toMatchObject({ granted: false });
          return;
        }
        checked++;
        const at = resetAt.getTime();
        expect(at).toBeGreaterThan(world.now);
        world.now = at - 1;
        expect(await world.take(caller, units, spare)).toMatchObject({ granted: false, resetAt });
        world.now = at;
        expect(await world.take(caller, units, spare)).toMatchObject({ granted: true });
      }),
      runs(2000),
    );
    expect(checked).toBeGreaterThan(100);
  });
});

/** The contract in the simplest words: a unit counts until its slot, a twentieth of the window, is 22 slots old. */
function standingOf(grants: Grant[], now: number): Pick<QuotaStatus, "left" | "resetAt"> {
  const slot = quota.seconds * 50;
  const counted = grants
    .map(({ at, units }) => ({ units, until: (Math.floor(at / slot) + 22) * slot }))
    .filter(({ until, units }) => until > now && units > 0);
  const left = counted.reduce((rest, { units }) => rest - units, quota.units);
  const first = Math.min(...counted.map(({ until }) => until));
  return { left, resetAt: counted.length ? new Date(first) : null };
}

test("one caller, step by step, is what the simplest model says; nothing waits longer than 11/10 of a window", async () => {
  const simple = steps.map((all) => all.filter((step) => ["take", "wait", "giveBack"].includes(step.do)));
  await fc.assert(
    fc.asyncProperty(simple, async (all) => {
      const world = new World(quota);
      for (const step of all) {
        if (step.do === "wait") world.now += step.ms;
        // Given back to the slot it came from, as long as it is within the window.
        if (step.do === "giveBack") {
          const grants = world.grants.anna ?? [];
          const grant = grants[step.which % Math.max(1, grants.length)];
          if (grant && grant.at > world.now - quota.seconds * 1000)
            world.giveBack("anna", step.which, step.share, false);
        }
        for (const { units, spare } of step.do === "take" ? step.takings : []) {
          const { left } = standingOf(world.grants.anna ?? [], world.now);
          const kept = spare ? quota.units / 10 : 0;
          const late = world.spent("anna", quota.seconds * 1100) + units + kept <= quota.units;
          const taken = await world.take("anna", units, spare);
          expect(taken.granted).toBe(left >= units + kept);
          if (late) expect(taken.granted).toBe(true);
        }
        expect(await world.budget.status("anna")).toMatchObject(standingOf(world.grants.anna ?? [], world.now));
      }
    }),
    runs(500),
  );
});
