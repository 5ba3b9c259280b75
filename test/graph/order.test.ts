import fc from "fast-check";
import { describe } from "vitest";
import { orderOf } from "../../src/graph/order.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { account, expect, type Setup, setupOverHttp, test } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { runs } from "../property.ts";

function groupNamed({ state }: Sandbox, name: string) {
  const group = [...(state.accounts.get(account)?.userGroups.values() ?? [])].find((each) => each.name === name);
  if (!group) throw new Error(`There is no group ${name}.`);
  return group;
}

describe("a list that is described as sorted", () => {
  const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
  const emails = ["c@x", "B@x", "a@x", "b@x", "A@x"];
  const records = emails.map((email, i) => ({ id: String(i).repeat(32), email }));
  const text = JSON.stringify({ success: true, errors: [], messages: [], result: records });
  const asked = (paging: string) =>
    `{ account(id: "${account}") { userGroups(first: 1) { nodes { members(${paging}) {
      nodes { email } edges { cursor node { email } } pageInfo { hasNextPage } } } } } }`;
  interface Members {
    nodes: { email: string }[];
    edges: { cursor: string; node: { email: string } }[];
  }
  type Groups = { account: { userGroups: { nodes: { members: Members }[] } } };

  /** The members of the first group, whose list Cloudflare shuffled. */
  async function members(fixture: Setup, paging: string) {
    const { data, errors } = await fixture.run<Groups, object>(asked(paging));
    expect(errors).toBeUndefined();
    return data?.account.userGroups.nodes[0]?.members;
  }

  test("is put in order where a page is the whole of it, and equal records by ID", async () => {
    await using fixture = await setupOverHttp();
    fixture.sandbox.stub(membersRoute, () => ({ status: 200, headers: {}, text }));
    const nodes = (some: string[]) => some.map((email) => ({ email }));
    expect((await members(fixture, "first: 10"))?.nodes).toEqual(nodes(["a@x", "A@x", "B@x", "b@x", "c@x"]));
    expect((await members(fixture, "first: 10, direction: DESC"))?.nodes).toEqual(
      nodes(["c@x", "B@x", "b@x", "a@x", "A@x"]),
    );
    // A part of it is what Cloudflare says it is.
    expect((await members(fixture, "first: 3"))?.nodes).toEqual(nodes(["c@x", "B@x", "a@x"]));
  });

  test("has cursors of the list as Cloudflare has it", async () => {
    await using fixture = await setupOverHttp();
    fixture.sandbox.stub(membersRoute, () => ({ status: 200, headers: {}, text }));
    const whole = await members(fixture, "first: 10");
    for (const { cursor, node } of whole?.edges ?? []) {
      const behind = await members(fixture, `first: 10, after: "${cursor}"`);
      expect(behind?.nodes.map(({ email }) => email)).toEqual(emails.slice(emails.indexOf(node.email) + 1));
    }
  });

  test("that Cloudflare sorts is passed on as it is, whatever the order of equal records", () => {
    const record = fc.record({ id: fc.string({ maxLength: 2 }), name: fc.option(fc.constantFrom("a", "A", "b", "c")) });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 12 }),
        fc.constantFrom("asc" as const, "desc" as const),
        (some, direction) => {
          const order = orderOf(some, { text: ({ name }) => name, direction });
          const sign = direction === "asc" ? 1 : -1;
          const key = (name: string | null) => (name ?? "").toLowerCase();
          const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
          const ordered = some.every(({ name }, i) => sign * compare(key(some[i - 1]?.name ?? name), key(name)) <= 0);
          const asItIs = ordered || some.some(({ name }) => name === null);
          const sorted = [...some].sort((a, b) => sign * compare(key(a.name), key(b.name)) || compare(a.id, b.id));
          expect(order?.map((i) => some[i])).toEqual(asItIs ? undefined : sorted);
        },
      ),
      runs(1_000),
    );
  });
});

describe("what Cloudflare leaves unordered comes in one order", () => {
  test("policies of equal meaning under different IDs, whatever the read", async () => {
    await using fixture = await setupOverHttp({ quirks: ["shuffled"] });
    const group = groupNamed(fixture.sandbox, "Security");
    const [policy] = group.policies;
    if (!policy) throw new Error("The group has no policy.");
    for (const n of [1, 2, 3]) group.policies.push({ ...policy, id: String(n).repeat(32) });
    const answers = new Set<string>();
    for (let read = 0; read < 15; read++) {
      const { data, errors } = await fixture.run(FullGraphDocument, { account });
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
    sandbox.stub("GET /accounts/{account_id}/iam/resource_groups", () => ({
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
    await using fixture = await setupOverHttp({ quirks: ["remarks", "shuffled"] });
    const { id } = groupNamed(fixture.sandbox, "Security");
    const told = new Set<string>();
    for (const name of ["a", "b", "c", "d"]) {
      const { data } = await fixture.run<{ updateUserGroup: { messages: unknown[] } }, object>(
        `mutation ($input: UpdateUserGroupInput!) {
          updateUserGroup(input: $input) { ... on UpdateUserGroupPayload { messages { code message } } }
        }`,
        { input: { userGroupId: id, accountId: account, name } },
      );
      expect(data?.updateUserGroup.messages).toHaveLength(2);
      told.add(JSON.stringify(data));
    }
    expect(told.size).toBe(1);
  });
});
