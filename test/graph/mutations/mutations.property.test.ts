import fc from "fast-check";
import { describe, test } from "vitest";
import { schema } from "../../../src/graph/schema.ts";
import { acmeId } from "../../../src/sandbox/acme.ts";
import type { Quirk } from "../../../src/sandbox/quirks.ts";
import { expect, type Setup, setup } from "../../gateway.ts";
import { runs } from "../../property.ts";
import type { Input } from "./model/checks.ts";
import { accountIds, inputOf, step } from "./model/commands.ts";
import { type AccountView, accountView, type Catalogue, catalogue, look, Model } from "./model/model.ts";
import { mutations, play } from "./model/rules.ts";
import { noon, people, type Result, typeOf } from "./mutation.ts";

test("the model knows every mutation", () => {
  const all = Object.keys(schema.getMutationType()?.getFields() ?? {});
  // Of several at once test/graph/changes/changes.property.test.ts has a model.
  expect([...mutations, "applyChanges"].toSorted(), "add the mutation to test/graph/mutations/model/rules.ts").toEqual(
    all.toSorted(),
  );
});

async function read<View = AccountView>({ run }: Setup, selection = accountView): Promise<Map<string, View>> {
  const views = new Map<string, View>();
  for (const id of accountIds) {
    const { data } = await run<{ account: View }, object>(`{ account(id: "${id}") { ${selection} } }`);
    if (data) views.set(id, data.account);
  }
  return views;
}

/** One document with several mutations, each under an alias. */
async function post({ run }: Setup, given: { mutation: string; input: Input }[], writes: boolean) {
  const variables = Object.fromEntries(given.map(({ input }, i) => [`input${i}`, input]));
  const made = {
    createUserGroup: "userGroup",
    createResourceGroup: "resourceGroup",
    createSsoConnector: "ssoConnector",
    inviteMember: "member",
  };
  const fields = given.map(({ mutation }, i) => {
    const node = made[mutation as keyof typeof made];
    const shown = node ? `... on ${typeOf(mutation)}Payload { made: ${node} { cloudflareId } }` : "";
    return `m${i}: ${mutation}(input: $input${i}) { __typename ${shown} ... on MutationError { message } }`;
  });
  const types = given.map(({ mutation }, i) => `$input${i}: ${typeOf(mutation)}Input!`);
  const { data, errors } = await run<Record<string, Result & { made?: { cloudflareId: string } }>, object>(
    `mutation (${types.join(", ")}) { ${fields.join(" ")} }`,
    variables,
    { authorization: `Bearer ${writes ? "sandbox-admin" : "sandbox-reader"}` },
  );
  expect(errors).toBeUndefined();
  return given.map((_, i) => data?.[`m${i}`]);
}

/** Manners in which Cloudflare may answer without saying anything else. */
const manners: Quirk[] = [
  "shuffled",
  "emptyAsNull",
  "emptyAsAbsent",
  "unknownFields",
  "scopeAsArray",
  "permissionGroupsById",
  "resourceGroupsById",
  "codeMissing",
  "errorChain",
  "connectorUpdateAsArray",
];
const sequences = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 8, size: "max" }),
  quirks: fc.subarray(manners, { maxLength: 2 }),
});

describe("mutations", () => {
  test("in whatever sequence end where a reference model ends", { timeout: 240_000 }, async () => {
    const results = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(sequences, async ({ steps, quirks }) => {
        const size = { groups: 4, members: 8, membersPerGroup: 3 };
        const options = { ...size, quirks, clock: noon, scim: ["Team 0002"] };
        // Whole accounts are looked at: a thousand groups of a thousand members, as far as can be planned.
        const world = setup(options, undefined, { maxObjects: false });
        const [barred = ""] = people(world.sandbox, 7);
        world.sandbox.state.accounts.get(acmeId)?.withoutDsr.add(barred);
        const model = new Model({ barred: [barred], scim: ["Team 0002"] });
        let now = await read(world);
        let before = now;
        for (const [id, all] of await read<Catalogue>(world, catalogue))
          model.adopt(id, all, now.get(id) as AccountView);
        const gone: string[] = [];
        for (const { commands, writes, verified } of steps) {
          for (const [id, view] of now) model.learn(id, view);
          const planned = commands.map((each) => {
            const input = inputOf(each, model, { now, before }, gone);
            return { mutation: each.mutation, input, ...play(model, each.mutation, input, writes) };
          });
          const got = await post(world, planned, writes);
          for (const [i, { mutation, input, types, made }] of planned.entries()) {
            const result = got[i];
            expect(types, JSON.stringify([mutation, input, result])).toContain(result?.__typename);
            results.set(
              `${mutation} ${result?.__typename}`,
              1 + (results.get(`${mutation} ${result?.__typename}`) ?? 0),
            );
            made?.(result?.made?.cloudflareId ?? "");
            if (mutation.startsWith("delete") && result?.__typename.endsWith("Payload")) gone.push(String(input.id));
          }
          for (const n of verified) {
            const connectors = [...(model.accounts.get(acmeId)?.connectors ?? [])];
            const [id, connector] = connectors[n % (connectors.length || 1)] ?? [];
            if (id && connector) world.sandbox.verifySso(id);
            if (connector) connector.status = "VERIFIED";
          }
          before = now;
          now = await read(world);
          for (const id of accountIds) expect(look(now.get(id) as AccountView)).toEqual(model.look(id));
        }
      }),
      runs(300),
    );
    // Nothing was proved of a mutation that never succeeded, nor of an error that never came.
    const seen = (ending: string) =>
      [...results].filter(([key]) => key.endsWith(ending)).reduce((sum, [, n]) => sum + n, 0);
    for (const mutation of mutations) expect(seen(`${typeOf(mutation)}Payload`), mutation).toBeGreaterThan(3);
    for (const error of ["InvalidInput", "NotFound", "Conflict", "PermissionDenied"]) {
      expect(seen(`${error}Error`), error).toBeGreaterThan(30);
    }
    expect(seen("ConfirmationRequiredError")).toBeGreaterThan(5);
  });
});
