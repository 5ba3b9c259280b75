import { describe } from "vitest";
import { idOf } from "../../../src/sandbox/id-generator.ts";
import { setupOverHttp } from "../../gateway.ts";
import {
  account,
  acme,
  connectorOf,
  dns,
  expect,
  groupNamed,
  mutateBy,
  people,
  policy,
  resourceGroupNamed,
  seen,
  test,
} from "./mutation.ts";

const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";
const key = { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" };

describe("writes to one group from one process take turns", () => {
  test("50 policies added at the same time all land, whoever adds them", async () => {
    await using fixture = await setupOverHttp({ jitter: [0, 5] });
    const mutate = mutateBy(fixture.run);
    const { id, policies } = groupNamed(fixture.sandbox, "Marketing");
    const before = policies.length;
    const zones = Array.from({ length: 50 }, (_, i) => idOf("zone", i));
    const results = await Promise.all(
      zones.map((zone, i) => {
        const added = { access: "ALLOW", permissionGroupIds: [dns], resourceGroups: [{ scope: { zoneIds: [zone] } }] };
        const input = { accountId: account, userGroupId: id, policy: added };
        return mutate("addUserGroupPolicy", input, undefined, i % 2 ? key : undefined);
      }),
    );
    expect(new Set(results.map(({ result }) => result.__typename))).toEqual(new Set(["AddUserGroupPolicyPayload"]));
    const after = groupNamed(fixture.sandbox, "Marketing").policies;
    expect(after).toHaveLength(before + 50);
    const there = after.flatMap(({ resource_groups }) =>
      resource_groups.map(({ scope }) => scope.objects[0]?.key.slice(-32)),
    );
    expect(there).toEqual(expect.arrayContaining(zones));
  });

  test("policies that are added, changed and removed at the same time", async () => {
    await using fixture = await setupOverHttp({ jitter: [0, 5] });
    const mutate = mutateBy(fixture.run);
    const { id } = groupNamed(fixture.sandbox, "Marketing");
    const at = { accountId: account, userGroupId: id };
    const policyId = groupNamed(fixture.sandbox, "Marketing").policies[0]?.id;
    const results = await Promise.all([
      mutate("removeUserGroupPolicy", { ...at, policyId }),
      mutate("updateUserGroupPolicy", { ...at, policyId, policy: { permissionGroupIds: [dns] } }),
      mutate("updateUserGroup", { accountId: account, userGroupId: id, name: "Growth" }),
      mutate("addUserGroupPolicy", { ...at, policy }),
    ]);
    // A policy has another ID after every write: whoever came later found it gone, and undid nothing.
    for (const { result } of results) if (result.__typename === "ConflictError") expect(result.written).toBe(false);
    const removed = results[0].result.__typename === "RemoveUserGroupPolicyPayload";
    const after = acme(fixture.sandbox).userGroups.get(id);
    expect([after?.name, after?.policies.length]).toEqual(["Growth", removed ? 1 : 2]);
  });

  test("of several that saw the same revision the first writes, and the others know", async () => {
    await using fixture = await setupOverHttp({ jitter: [0, 5] });
    const mutate = mutateBy(fixture.run);
    const { id } = groupNamed(fixture.sandbox, "Marketing");
    const expectedRevision = (await seen(fixture.run, id)).revision;
    const names = ["One", "Two", "Three", "Four"];
    const results = await Promise.all(
      names.map((name) =>
        mutate(
          "updateUserGroup",
          { accountId: account, userGroupId: id, name, expectedRevision },
          "userGroup { name }",
        ),
      ),
    );
    const [done, ...more] = results.filter(({ result }) => result.__typename === "UpdateUserGroupPayload");
    expect(more).toEqual([]);
    expect(acme(fixture.sandbox).userGroups.get(id)?.name).toBe(done?.result.userGroup?.name);
    const lost = results.filter(({ result }) => result.__typename === "ConflictError");
    expect(lost.map(({ result }) => [result.written, result.sent])).toEqual(Array(3).fill([false, null]));
  });

  test("members that come, go and are replaced: no turn sees the middle of another", async () => {
    await using fixture = await setupOverHttp({ jitter: [0, 5] });
    const mutate = mutateBy(fixture.run);
    const auditors = groupNamed(fixture.sandbox, "Auditors");
    const at = { accountId: account, userGroupId: auditors.id };
    const [kept = "", gone = ""] = auditors.members.keys();
    const others = people(fixture.sandbox, 20, 21, 22, 23, 24, 25, 26, 27);
    const expectedRevision = (await seen(fixture.run, auditors.id)).members;
    const results = await Promise.all([
      mutate("replaceUserGroupMembers", { ...at, memberIds: [kept, gone], expectedRevision }),
      ...others.map((member) => mutate("addUserGroupMembers", { ...at, memberIds: [member] })),
      mutate("removeUserGroupMember", { ...at, memberId: gone }),
    ]);
    for (const { result } of results) {
      if (result.__typename === "ConflictError") expect(result.written).toBe(false);
      else expect(result.__typename).toMatch(/Payload$/);
    }
    expect(auditors.members.has(kept)).toBe(true);
    const arrived = fixture.sandbox.calls.map(({ method }) => method);
    // Nobody may come between a read and the write that trusts it.
    const put = arrived.indexOf("PUT");
    if (put >= 0) expect(arrived.slice(put - 1, put + 2)).toEqual(["GET", "PUT", "GET"]);
  });

  test("a turn that ends badly lets the next one in", async ({ mutate, sandbox }) => {
    const { id } = groupNamed(sandbox, "Marketing");
    sandbox.injectFault(`PUT ${group}`, { kind: "error", status: 502, body: "html" }, 1);
    const rename = (name: string) =>
      mutate("updateUserGroup", { accountId: account, userGroupId: id, name, policies: [] });
    const [one, two] = await Promise.all([rename("One"), rename("Two")]);
    expect([one.result.outcome, two.result.__typename]).toEqual(["UNKNOWN", "UpdateUserGroupPayload"]);
    expect(acme(sandbox).userGroups.get(id)?.name).toBe("Two");
  });
});

describe("writes to different things are not held up by each other", () => {
  test("while one group is written, others are, and only the next write to it waits", async ({ mutate, sandbox }) => {
    const [marketing, security] = [groupNamed(sandbox, "Marketing").id, groupNamed(sandbox, "Security").id];
    const [entered, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    sandbox.stub(`PUT ${group}`, async ({ params }) => {
      if (params.user_group_id !== marketing) return undefined;
      entered.resolve();
      await left.promise;
      return undefined;
    });
    const rename = (id: string, name: string) =>
      mutate("updateUserGroup", { accountId: account, userGroupId: id, name, policies: [], confirm: [] });
    const first = rename(marketing, "First");
    await entered.promise;
    const next = rename(marketing, "Next");
    await rename(security, "Quick");
    const at = { accountId: account, name: "Quick" };
    await mutate("createUserGroup", { ...at, name: "New" });
    await mutate("updateResourceGroup", { ...at, resourceGroupId: resourceGroupNamed(sandbox, "Staging").id });
    await mutate("deleteSsoConnector", {
      accountId: account,
      ssoConnectorId: connectorOf(sandbox, "acme-retail.example").id,
    });
    const arrived = () =>
      sandbox.calls.filter(({ path, method }) => path.endsWith(marketing) && method === "PUT").length;
    expect([acme(sandbox).userGroups.get(security)?.name, arrived()]).toEqual(["Quick", 1]);
    left.resolve();
    await Promise.all([first, next]);
    expect([acme(sandbox).userGroups.get(marketing)?.name, arrived()]).toEqual(["Next", 2]);
  });
});

describe("what a mutation reads before it writes", () => {
  test("is never what somebody began to read earlier: an edit since then would be lost", async ({
    mutate,
    run,
    sandbox,
    wire,
  }) => {
    const marketing = groupNamed(sandbox, "Marketing");
    const [asked, again] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let reads = 0;
    wire.answer(`GET ${group}`, async (answer) => {
      if (++reads > 1) again.resolve();
      asked.resolve();
      // The first answer is slow, and shows the group as it was when it was asked for.
      if (reads === 1) await again.promise;
      return answer;
    });
    const query = run(`{ account(id: "${account}") { userGroup(id: "${marketing.id}") { name } } }`);
    await asked.promise;
    marketing.policies.push(...structuredClone(groupNamed(sandbox, "DNS Operators").policies));
    const rename = mutate("updateUserGroup", { accountId: account, userGroupId: marketing.id, name: "Growth" });
    // Whoever waits for the slow answer has had every chance to ask anew.
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    again.resolve();
    await Promise.all([query, rename]);
    expect([marketing.name, marketing.policies.length]).toEqual(["Growth", 2]);
  });
});
