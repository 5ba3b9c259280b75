import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Call } from "../../src/cloudflare/client.ts";
import { endpoint } from "../../src/cloudflare/endpoint.ts";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import { list } from "../../src/cloudflare/result.ts";
import { pagesOfWindow } from "../../src/loaders/fewest-pages.ts";
import { createLoaders } from "../../src/loaders/loaders.ts";
import { runs } from "../property.ts";

const Thing = z.object({ id: z.string() });
type Thing = z.output<typeof Thing>;

/** A list as Cloudflare's are, and every call to it, so that a property can count. */
function mockUpstream(world: { count: number; min: number; max: number; totals: boolean; honest?: number }) {
  const { count, min, max, totals } = world;
  const records: Thing[] = Array.from({ length: count }, (_, i) => ({ id: `thing${i}` }));
  const things = {
    list: endpoint("GET /accounts/{account_id}/things", {
      query: z.object({ name: z.string().optional(), direction: z.string().optional() }),
      result: list(Thing),
      perPage: { min, default: min, max },
    }),
    get: endpoint("GET /accounts/{account_id}/things/{thing_id}", { result: Thing }),
  };
  const calls: { route: string; page?: number; per_page?: number }[] = [];
  const call = (async (
    record: { route: string },
    params: { page: number; per_page: number; thing_id: string; name?: string },
  ) => {
    calls.push({ route: record.route, ...(params.page && { page: params.page, per_page: params.per_page }) });
    if (record.route === things.get.route) {
      const result = records.find(({ id }) => id === params.thing_id);
      if (!result) throw new CloudflareError(record.route, "none", { kind: "not_found" });
      return { result, info: undefined, messages: [] };
    }
    expect(params.per_page).toBeGreaterThanOrEqual(min);
    expect(params.per_page).toBeLessThanOrEqual(max);
    const size = Math.min(params.per_page, world.honest ?? max);
    const result = records.slice((params.page - 1) * size, params.page * size);
    const total = params.name === undefined ? count : count + 17;
    const info = totals ? { page: params.page, per_page: size, count: result.length, total_count: total } : undefined;
    return { result, info, messages: [] };
  }) as unknown as Call;
  return { things, records, calls, loaders: () => createLoaders(call) };
}

/** The fewest pages that hold `[from, to)`, by trying every size. */
function fewest(from: number, to: number, min: number, max: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let size = min; size <= max; size++) {
    best = Math.min(best, Math.floor((to - 1) / size) - Math.floor(from / size) + 1);
  }
  return best;
}

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 40 }))
  .map(([min, more]) => ({ min, max: min + more }));
const settings = runs(1_500);

describe("window", () => {
  const windows = fc.record({
    sizes,
    count: fc.integer({ min: 0, max: 200 }),
    offset: fc.integer({ min: 0, max: 220 }),
    limit: fc.integer({ min: 1, max: 120 }),
  });

  test("equals a slice of the list, whether or not there is a total, a filter, or an upstream that cuts the page size", async () => {
    const worlds = fc.tuple(
      windows,
      fc.boolean(),
      fc.boolean(),
      fc.option(fc.integer({ min: 6, max: 12 }), { nil: undefined }),
    );
    await fc.assert(
      fc.asyncProperty(worlds, async ([{ sizes, count, offset, limit }, totals, filtered, honest]) => {
        const cuts = honest !== undefined && totals ? { honest } : {};
        const { things, records, loaders } = mockUpstream({ count, ...sizes, totals, ...cuts });
        const params = { account_id: "a", ...(filtered && { name: "x" }) };
        const window = await loaders().window(things.list, params, offset, limit);
        expect(window.records).toEqual(records.slice(offset, offset + limit));
        expect(await window.hasNext()).toBe(offset + limit < count);
        if (window.total !== null) expect(window.total).toBe(count);
        if (totals && !filtered) expect(window.total).toBe(count);
      }),
      settings,
    );
  });

  test("costs one call where one page covers it, and no more than the pages that hold it otherwise", async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ sizes: { min, max }, count, offset, limit }) => {
        const { things, calls, loaders } = mockUpstream({ count, min, max, totals: true });
        await loaders().window(things.list, { account_id: "a" }, offset, limit);
        const end = Math.max(offset + 1, Math.min(offset + limit, count));
        expect(calls.length).toBeGreaterThanOrEqual(1);
        expect(calls.length).toBeLessThanOrEqual(fewest(offset, offset + limit, min, max));
        // Without a known end the plan was made for the whole window; with it, for what is there.
        if (fewest(offset, offset + limit, min, max) === 1) expect(calls).toHaveLength(1);
        else expect(calls.length).toBeLessThanOrEqual(fewest(offset, end, min, max) + 1);
      }),
      settings,
    );
  });

  test("shows the record in front of it and the one behind it where that costs no page more", () => {
    const lists = fc.tuple(windows, fc.boolean());
    fc.assert(
      fc.property(lists, ([{ sizes, count, offset, limit }, known]) => {
        const end = offset + limit;
        if (known && Math.min(end, count) <= offset) return;
        const plan = pagesOfWindow(offset, end, known ? count : null, sizes, () => false);
        const to = known ? Math.min(end, count) : end;
        const pages = plan.last - plan.first + 1;
        expect(pages).toBe(fewest(offset, to, sizes.min, sizes.max));
        const shows = (from: number, to: number) => (plan.first - 1) * plan.size <= from && plan.last * plan.size >= to;
        expect(shows(offset, to)).toBe(true);
        if (pages > 1) return;
        const front = Math.max(0, offset - 1);
        const one = (from: number, to: number) => fewest(from, to, sizes.min, sizes.max) === 1;
        // Whether a record follows is told first, then what stands beside the window.
        if (!known && one(offset, end + 1)) expect(shows(offset, end + 1)).toBe(true);
        if (one(front, end + 1)) expect(shows(front, known ? Math.min(end + 1, count) : end + 1)).toBe(true);
        else if (one(front, to) && (known || !one(offset, end + 1))) expect(shows(front, to)).toBe(true);
      }),
      settings,
    );
  });

  test("with a known total asks for exactly the pages that exist", async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ sizes: { min, max }, count, offset, limit }) => {
        const { things, calls, loaders } = mockUpstream({ count, min, max, totals: true });
        const one = loaders();
        const first = await one.window(things.list, { account_id: "a" }, 0, 1);
        if (first.total === null || (await first.hasNext()) === false) return;
        calls.length = 0;
        const end = Math.min(offset + limit, count);
        await one.window(things.list, { account_id: "a" }, offset, limit);
        expect(calls.length).toBeLessThanOrEqual(end <= offset ? 0 : fewest(offset, end, min, max));
      }),
      settings,
    );
  });
});

describe("list", () => {
  test("reads every record, without a total too, in as many calls as there are pages (and one to see the end)", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 200 }), fc.boolean(), async ({ min, max }, count, totals) => {
        const { things, records, calls, loaders } = mockUpstream({ count, min, max, totals });
        expect(await loaders().list(things.list, { account_id: "a" })).toEqual(records);
        const pages = Math.max(1, Math.ceil(count / max));
        expect(calls.length).toBeLessThanOrEqual(totals || count % max !== 0 || count === 0 ? pages : pages + 1);
      }),
      settings,
    );
  });
});

describe("one", () => {
  test("never pays more than twice the better of single records and the list, in whatever order keys arrive", async () => {
    const arrivals = fc.array(fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        sizes,
        fc.integer({ min: 0, max: 100 }),
        fc.boolean(),
        fc.scheduler(),
        async (ticks, { min, max }, count, totals, scheduler) => {
          const world = mockUpstream({ count, min, max, totals });
          const loaders = world.loaders();
          const asked = new Set<string>();
          const waves = ticks.map((keys) =>
            scheduler.schedule(Promise.resolve()).then(() =>
              Promise.all(
                keys.map(async (key) => {
                  const id = `thing${key}`;
                  asked.add(id);
                  const record = await loaders.one(world.things, { account_id: "a" }, id).catch((error) => error);
                  if (key < count) expect(record).toEqual({ id });
                  else expect(record).toMatchObject({ kind: "not_found" });
                }),
              ),
            ),
          );
          await scheduler.waitFor(Promise.all(waves));
          const pages = Math.max(1, Math.ceil(count / max));
          expect(world.calls.length).toBeLessThanOrEqual(2 * Math.min(pages, asked.size));
        },
      ),
      settings,
    );
  });
});
