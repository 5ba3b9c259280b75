import fc from "fast-check";
import { parse, validate } from "graphql";
import { describe, test } from "vitest";
import type { GatewayOptions } from "../src/gateway.ts";
import { schema } from "../src/graph/schema.ts";
import { type Plan, planOf } from "../src/plan.ts";
import { acmeId, venturesId } from "../src/sandbox/acme.ts";
import { idOf } from "../src/sandbox/mint.ts";
import type { Sandbox, SandboxOptions } from "../src/sandbox/sandbox.ts";
import { zoneKey } from "../src/sandbox/seed.ts";
import { supplyOf } from "./documents/supply.ts";
import { documents } from "./documents.ts";
import { expect, type Stage, stage, tally } from "./gateway.ts";
import { sdl, Witness } from "./naive.ts";
import { runs } from "./property.ts";

const worlds: [name: string, runs: number, options: SandboxOptions][] = [
  ["Acme as it is seeded", 200, {}],
  ["hardly anything", 80, { groups: 2, membersPerGroup: 2, members: 6, accounts: 2 }],
  ["nothing", 40, { groups: 0, members: 0, accounts: 2 }],
  ["more groups and accounts than a page", 100, { groups: 520, membersPerGroup: 3, members: 130, accounts: 120 }],
  ["more members than a page", 100, { groups: 4, membersPerGroup: 510, members: 600 }],
];

/** A catalogue of several pages, too. */
function grown(sandbox: Sandbox): Sandbox {
  const catalogue = sandbox.state.accounts.get(acmeId)?.permissionGroups;
  const [one] = catalogue?.values() ?? [];
  for (let n = 0; one && n < 120; n++) {
    const id = idOf("permission group", n);
    catalogue?.set(id, { ...one, id, name: `Permission ${n % 40}`, meta: { ...one.meta, label: `permission_${n}` } });
  }
  return sandbox;
}

/** Whatever is asked is sent at once: nothing is refused for its cost. */
const boundless: Partial<GatewayOptions> = { maxCalls: false, quota: false, concurrency: false, rate: false };

async function theatre(options: SandboxOptions) {
  const beside: Stage = stage(options, undefined, boundless);
  const witness = new Witness(grown(stage(options).sandbox));
  grown(beside.sandbox);
  const ask = async (query: string) => {
    const answer = await beside.run(query);
    expect(await witness.objection(parse(query), {}, answer), query).toBeUndefined();
    return answer.data;
  };
  const zone = zoneKey("shop.acme.example").split(".").at(-1) ?? "";
  return { ...beside, witness, supply: await supplyOf(ask, [acmeId, venturesId], zone) };
}

/** Runs that show a counterexample once, as small as it was found. */
function quietly(n: number) {
  return { ...runs(n), verbose: 0 as const };
}

function told(plan: Plan, calls: string[]): string {
  return `${JSON.stringify(plan)} and not ${JSON.stringify(tally(calls))}`;
}

function within(calls: number, { min, max }: Plan): boolean {
  return min <= calls && calls <= (max ?? Number.POSITIVE_INFINITY);
}

describe("any query", () => {
  test.each(worlds)(
    "in a world with %s is answered as by somebody naive, for what it was said to cost",
    {
      timeout: 120_000,
    },
    async (_, n, options) => {
      const { run, witness, supply } = await theatre(options);
      await fc.assert(
        fc.asyncProperty(documents(sdl, supply), async ({ query, variables }) => {
          const document = parse(query);
          expect(validate(sdl, document)).toEqual([]);
          const answer = await run(query, variables);
          expect(await witness.objection(document, variables, answer)).toBeUndefined();
          const plan = planOf(schema, document, undefined, variables);
          expect(within(answer.calls.length, plan), told(plan, answer.calls)).toBe(true);
        }),
        quietly(n),
      );
    },
  );
});
