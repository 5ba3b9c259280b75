import { globalId, parseGlobalId } from "../../src/graph/node.ts";
import { type PolicyOwner, policiesOf } from "../../src/graph/policy.ts";
import { account, expect, test } from "../gateway.ts";

/** Owners of policies are whole objects: what they were read from is at hand, and nothing of them costs a call. */
const owners = `query ($account: String!) { account(id: $account) {
  userGroups(first: 3) { nodes { id cloudflareId policies { owner { ... on UserGroup { id cloudflareId name } } } } }
  members(first: 5) { nodes { id cloudflareId policies { owner { ... on Member { id cloudflareId email status user { email } } } } } }
} }`;

interface Owned {
  id: string;
  cloudflareId: string;
  policies: { owner: { id: string; cloudflareId: string } }[];
}

test("the owner of a policy is the object that has it, of either type", async ({ run }) => {
  const { data, errors, calls } = await run<{ account: Record<string, { nodes: Owned[] }> }, object>(owners, {
    account,
  });
  expect(errors).toBeUndefined();
  for (const { nodes } of Object.values(data?.account ?? {})) {
    expect(nodes.flatMap(({ policies }) => policies).length).toBeGreaterThan(1);
    for (const { id, cloudflareId, policies } of nodes) {
      for (const { owner } of policies) expect(owner).toMatchObject({ id, cloudflareId });
    }
  }
  expect(calls).toHaveLength(2);
});

test("an owner that is at hand is worked out once, however often its policies lead to it and back", () => {
  const record = { id: "p", access: "allow", permission_groups: [], resource_groups: [] };
  const owner: PolicyOwner = {
    type: "UserGroup",
    accountId: "a",
    record: { id: "g", policies: [record, { ...record, id: "q" }] } as never,
  };
  const policies = policiesOf(owner);
  for (const policy of policies) expect(policiesOf(policy.owner)).toBe(policies);
});

test("the same ID is parsed once", () => {
  const id = globalId("UserGroup", account, "g");
  expect(parseGlobalId(id, "id")).toBe(parseGlobalId(id, "ids"));
});
