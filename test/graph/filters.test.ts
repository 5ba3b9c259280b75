import { describe } from "vitest";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import { account, expect, setup, tally, test } from "../gateway.ts";
import { costs, plan, within } from "../plan/setup.ts";

const zone = (name: string) => idOf("zone", `${name}.acme.example`);
const groups = "GET /accounts/{account_id}/iam/user_groups";
const resourceGroups = "GET /accounts/{account_id}/iam/resource_groups";

interface Found {
  account: { found: { nodes: { name: string | null }[]; totalCount: number; pageInfo: { endCursor: string } } };
}
const found = (list: string, field = "name") =>
  within(`found: ${list} { nodes { name: ${field} } totalCount pageInfo { endCursor } }`);

describe("user groups that give access to a zone", () => {
  test("are those with policies on it, on all zones and on the account, and no others", async ({ run }) => {
    const { data, errors, calls } = await run<Found, object>(found(`userGroups(zoneId: "${zone("www")}")`));
    expect(errors).toBeUndefined();
    const names = data?.account.found.nodes.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["Marketing", "Web Performance", "DNS Operators", "Auditors"]));
    for (const name of ["Release Managers", "Frontend Guild", "Finance"]) expect(names).not.toContain(name);
    expect(tally(calls)).toEqual({ [groups]: 1, "GET /zones/{zone_id}": 1 });
  });

  test("one whose policies cannot be read may be one of them, and a page is cut out of what was found", async ({
    run,
    sandbox,
  }) => {
    const { data } = await run<Found, object>(found(`userGroups(zoneId: "${zone("tools")}", first: 2)`));
    const { nodes, totalCount, pageInfo } = data?.account.found ?? {};
    expect(nodes).toHaveLength(2);
    const next = await run<Found, object>(
      found(`userGroups(zoneId: "${zone("tools")}", first: 1000, after: "${pageInfo?.endCursor}")`),
    );
    expect(next.data?.account.found.nodes).toHaveLength((totalCount ?? 0) - 2);
    const finance = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])].find(
      ({ name }) => name === "Finance",
    );
    if (finance) finance.policies = "a word" as never;
    const odd = await run<Found, object>(found(`userGroups(zoneId: "${zone("tools")}")`));
    expect(odd.data?.account.found.nodes).toContainEqual({ name: "Finance" });
    expect(odd.data?.account.found.totalCount).toBe((totalCount ?? 0) + 1);
  });

  test("a zone of another account is an error; one of which nobody knows whose it is, is taken for the account's", async ({
    run,
    sandbox,
  }) => {
    const foreign = await run(found(`userGroups(zoneId: "${zone("ventures")}")`));
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "zoneId" });
    sandbox.stub("GET /zones/{zone_id}", () => errorResponse(new ApiError(403, 9109, "Unauthorized to access")));
    const { data, errors } = await run<Found, object>(found(`userGroups(zoneId: "${zone("www")}")`));
    expect(errors).toBeUndefined();
    expect(data?.account.found.totalCount).toBeGreaterThan(3);
  });
});

test("resource groups of a zone by its name cost one call more", async ({ run }) => {
  const byId = await run<Found, object>(found(`resourceGroups(zoneId: "${zone("shop")}")`));
  const byName = await run<Found, object>(found('resourceGroups(zoneName: "shop.acme.example")'));
  expect(byName.data?.account.found.nodes).toEqual([{ name: "Storefront" }]);
  expect(byName.data?.account.found.nodes).toEqual(byId.data?.account.found.nodes);
  expect(tally(byName.calls)).toEqual({ [resourceGroups]: 1, "GET /zones": 1 });
  for (const args of [
    'zoneName: "ventures.acme.example"',
    'zoneName: "is:x"',
    `zoneName: "a.b", zoneId: "${zone("shop")}"`,
  ]) {
    const { errors } = await run(found(`resourceGroups(${args})`));
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "zoneName" });
  }
});

describe("a search that Cloudflare does not know", () => {
  test("finds members by e-mail address and name, in all of them", async () => {
    const { run } = setup({ members: 120 });
    for (const [search, email] of [
      ["ALMEIDA", "beatriz.almeida@acme.example"],
      ["beatriz al", "beatriz.almeida@acme.example"],
      ["mara.lindqvist@", "mara.lindqvist@acme.example"],
    ]) {
      const { data, calls } = await run<Found, object>(found(`members(search: "${search}", first: 1)`, "email"));
      expect(data?.account.found).toMatchObject({ nodes: [{ name: email }], totalCount: 1 });
      expect(calls).toHaveLength(3);
    }
  });

  test("finds permission groups by name and label", async ({ run }) => {
    const { data } = await run<Found, object>(found('permissionGroups(search: "CACHE")'));
    expect(data?.account.found.nodes).toEqual([{ name: "Cache Domain Purge" }]);
    const byLabel = await run<Found, object>(found('permissionGroups(search: "_readonly")', "label"));
    expect(byLabel.data?.account.found.totalCount).toBeGreaterThan(1);
  });

  test("a record that cannot be read may be one of them: it is an error at its place", async ({ run, sandbox }) => {
    const [id] = sandbox.state.accounts.get(account)?.members.keys() ?? [];
    const members = sandbox.state.accounts.get(account)?.members;
    members?.set(id ?? "", { ...members.get(id ?? ""), user: "nobody" } as never);
    const { data, errors } = await run<Found, object>(found('members(search: "almeida")', "email"));
    expect(data?.account.found.nodes).toEqual([null, { name: "beatriz.almeida@acme.example" }]);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "UPSTREAM_INVALID" });
  });

  test("is planned as the whole list, however short the page", async () => {
    const { run } = setup({ members: 120 });
    expect(plan(within("members(first: 1) { totalCount }"))).toEqual({ min: 1, max: 1 });
    const search = within('members(first: 1, search: "a") { totalCount }');
    expect(plan(search)).toEqual({ min: 1, max: null });
    expect(await costs(run, search)).toBe(3);
    expect(plan(within('permissionGroups(search: "a") { totalCount }'))).toEqual({ min: 1, max: null });
    expect(plan(within(`userGroups(zoneId: "${zone("shop")}") { totalCount }`))).toEqual({ min: 2, max: null });
    expect(plan(within('resourceGroups(zoneName: "shop.acme.example") { totalCount }'))).toEqual({ min: 2, max: 2 });
  });
});
