import { describe } from "vitest";
import type { Sandbox } from "../src/sandbox/sandbox.ts";
import { account, expect, stageOverHttp, test } from "./gateway.ts";
import { FullGraphDocument } from "./operations/graphql.ts";

function groupNamed({ state }: Sandbox, name: string) {
  const group = [...(state.accounts.get(account)?.userGroups.values() ?? [])].find((each) => each.name === name);
  if (!group) throw new Error(`There is no group ${name}.`);
  return group;
}

describe("what Cloudflare leaves unordered comes in one order", () => {
  test("policies of equal meaning under different ids, whatever the read", async () => {
    await using stage = await stageOverHttp({ oddities: ["shuffled"] });
    const group = groupNamed(stage.sandbox, "Security");
    const [policy] = group.policies;
    if (!policy) throw new Error("The group has no policy.");
    for (const n of [1, 2, 3]) group.policies.push({ ...policy, id: String(n).repeat(32) });
    const answers = new Set<string>();
    for (let read = 0; read < 15; read++) {
      const { data, errors } = await stage.run(FullGraphDocument, { account });
      expect(errors).toBeUndefined();
      answers.add(JSON.stringify(data));
    }
    expect(answers.size).toBe(1);
  });

  test("attributes of groups by name, kinds of resource and legacy roles too", async ({ run, sandbox }) => {
    const catalogue = sandbox.state.accounts.get(account)?.permissionGroups;
    const [one] = catalogue?.values() ?? [];
    if (!one) throw new Error("There is no permission group.");
    catalogue?.set(one.id, {
      ...one,
      meta: { ...one.meta, scopes: "zone, account,com", 10: "a", 9: "b", B: "c" } as never,
    });
    const { data } = await run(
      `query ($id: String!) { account(id: "${account}") { permissionGroup(id: $id) { scopes meta { key } } } }`,
      { id: one.id },
    );
    expect(data).toEqual({
      account: {
        permissionGroup: {
          scopes: ["account", "com", "zone"],
          meta: ["10", "9", "B", "description", "editable", "label", "scopes"].map((key) => ({ key })),
        },
      },
    });
  });

  test("scopes of a group, and what is in them", async ({ run, sandbox }) => {
    const scope = (key: string, ...objects: string[]) => ({ key, objects: objects.map((each) => ({ key: each })) });
    sandbox.plant("GET /accounts/{account_id}/iam/resource_groups", () => ({
      status: 200,
      headers: {},
      text: JSON.stringify({
        success: true,
        result: [{ id: "a".repeat(32), scope: [scope("b", "2", "1"), scope("a", "3")] }],
      }),
    }));
    const { data } = await run(
      `{ account(id: "${account}") { resourceGroups { nodes { scopes { key objects { key } } } } } }`,
    );
    expect(data).toEqual({
      account: { resourceGroups: { nodes: [{ scopes: [scope("a", "3"), scope("b", "1", "2")] }] } },
    });
  });

  test("remarks on a write", async () => {
    await using stage = await stageOverHttp({ oddities: ["remarks", "shuffled"] });
    const { id } = groupNamed(stage.sandbox, "Security");
    const told = new Set<string>();
    for (const name of ["a", "b", "c", "d"]) {
      const { data } = await stage.run<{ updateUserGroup: { messages: unknown[] } }, object>(
        `mutation ($input: UpdateUserGroupInput!) {
          updateUserGroup(input: $input) { ... on UpdateUserGroupPayload { messages { code message } } }
        }`,
        { input: { id, accountId: account, name } },
      );
      expect(data?.updateUserGroup.messages).toHaveLength(2);
      told.add(JSON.stringify(data));
    }
    expect(told.size).toBe(1);
  });
});
