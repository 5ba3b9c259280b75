import fc from "fast-check";
import { parse, print, validate } from "graphql";
import { describe, test } from "vitest";
import { acmeId, venturesId } from "../src/sandbox/acme.ts";
import { idOf } from "../src/sandbox/mint.ts";
import type { Sandbox, SandboxOptions } from "../src/sandbox/sandbox.ts";
import { zoneKey } from "../src/sandbox/seed.ts";
import { supplyOf } from "./documents/supply.ts";
import { documents, type Operation } from "./documents.ts";
import { expect, type Stage, stage } from "./gateway.ts";
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

async function theatre(options: SandboxOptions) {
  const beside: Stage = stage(options);
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

/** As somebody would paste it into GraphiQL. */
function shown({ document, variables }: Operation): string {
  return `${print(document)}\n${JSON.stringify(variables)}`;
}

describe("any query", () => {
  test.each(worlds)(
    "in a world with %s is answered as by somebody naive",
    { timeout: 120_000 },
    async (_, n, options) => {
      const { run, witness, supply } = await theatre(options);
      await fc.assert(
        fc.asyncProperty(documents(sdl, supply), async (operation) => {
          const document = parse(print(operation.document));
          expect(validate(sdl, document), shown(operation)).toEqual([]);
          const answer = await run(print(document), operation.variables);
          const objection = await witness.objection(document, operation.variables, answer);
          if (objection) throw new Error(`${objection}\n${shown(operation)}`);
        }),
        runs(n),
      );
    },
  );
});
