import { describe } from "vitest";
import type { SandboxResponse } from "../../../src/sandbox/answer.ts";
import { type Altered, alteredUpstream, instead, type Json } from "../../altered-upstream.ts";
import { account, test as base, expect } from "../../gateway.ts";
import { type Case, cases, stateOf, writeOf } from "./cases.ts";
import { acme, connectorOf, dns, firewall, groupNamed, people, policy, resourceGroupNamed } from "./mutation.ts";

const groups = "/accounts/{account_id}/iam/user_groups";
const group = `${groups}/{user_group_id}`;
const resources = "/accounts/{account_id}/iam/resource_groups";
const connectors = "/accounts/{account_id}/sso_connectors";
const member = "/accounts/{account_id}/members/{member_id}";

const test = base.extend("altered", async ({ task: _ }, { onCleanup }): Promise<Altered> => {
  const altered = await alteredUpstream();
  onCleanup(() => altered[Symbol.asyncDispose]());
  return altered;
});

const writes = (calls: string[]) => calls.filter((route) => !route.startsWith("GET "));

/** 2xx that do not say that anything was done. */
const vague: [says: string, answer: Partial<SandboxResponse>][] = [
  ["200 in HTML", { status: 200, headers: { "content-type": "text/html" }, text: "<h1>Thanks</h1>" }],
  ["200 with nothing", { status: 200, text: "" }],
  ["202 without a success", { status: 202, text: '{"queued":true}' }],
];
/** Yeses that show nothing. */
const mute: [says: string, answer: Partial<SandboxResponse>][] = [
  ["204", { status: 204, text: "" }],
  ["a success without a result", { status: 200, text: '{"success":true}' }],
  ["a success with a result that cannot be read", { status: 200, text: '{"success":true,"result":"ok"}' }],
];

/** Nothing is shown by which these could be found: a name is not unique, and no filter finds an e-mail address. */
const cannotBeFound = ({ mutation }: Case) => /^(createResourceGroup|inviteMember)$/.test(mutation);
const matrix = (answers: typeof vague) =>
  cases.flatMap((each) => answers.map(([says, answer]) => ({ title: each.title, says, each, answer })));

describe("a write whose answer does not say that it was done is looked into, and never sent again", () => {
  const shown = matrix(vague).filter(({ each }) => !cannotBeFound(each) && !each.mutation.startsWith("beginSso"));

  test.for(shown)("$title, answered with $says: done, once it was seen", async ({ each, answer }, { altered }) => {
    const input = await each.input(altered.sandbox, altered.run);
    altered.wire.answer(writeOf(each), instead(answer));
    const { result, calls } = await altered.mutate(each.mutation, input);
    expect(result.__typename).toMatch(/Payload$/);
    expect(writes(calls)).toEqual([writeOf(each)]);
    expect(calls.at(-1)).toMatch(/^GET /);
    expect(calls.length - each.calls.length).toBeLessThanOrEqual(2);
  });

  test.for(matrix(vague))(
    "$title, answered with $says and not done: unknown",
    async ({ each, answer }, { altered }) => {
      const input = await each.input(altered.sandbox, altered.run);
      const before = stateOf(altered.sandbox);
      altered.sandbox.stub(writeOf(each), () => ({ status: 200, headers: {}, text: "", ...answer }));
      const { result, calls } = await altered.mutate(each.mutation, input);
      expect(result).toMatchObject({
        __typename: "UpstreamError",
        outcome: "UNKNOWN",
        cloudflare: { route: writeOf(each) },
      });
      expect(writes(calls)).toEqual([writeOf(each)]);
      expect(stateOf(altered.sandbox)).toEqual(before);
    },
  );

  test.for(shown.filter(({ says }) => says === "200 in HTML"))(
    "$title, where reads are answered in HTML, too: unknown",
    async ({ each, answer }, { altered }) => {
      const input = await each.input(altered.sandbox, altered.run);
      let written = false;
      altered.wire.answer(writeOf(each), (real) => {
        written = true;
        return instead(answer)(real);
      });
      for (const route of [
        `GET ${groups}`,
        `GET ${group}`,
        `GET ${group}/members`,
        `GET ${group}/members/{member_id}`,
        `GET ${resources}/{resource_group_id}`,
        `GET ${member}`,
        `GET ${connectors}`,
        `GET ${connectors}/{sso_connector_id}`,
      ]) {
        altered.wire.answer(route, (real) => (written ? instead(answer)(real) : real));
      }
      const { result } = await altered.mutate(each.mutation, input);
      expect(result).toMatchObject({
        __typename: "UpstreamError",
        outcome: "UNKNOWN",
        cloudflare: { route: writeOf(each) },
      });
    },
  );
});

describe("a write that Cloudflare says is done is done, whatever it shows", () => {
  const begins = ({ mutation }: Case) => mutation.startsWith("beginSso");

  test.for(matrix(mute).filter(({ each }) => !cannotBeFound(each)))(
    "$title, answered with $says",
    async ({ each, says, answer }, { altered }) => {
      const input = await each.input(altered.sandbox, altered.run);
      altered.wire.answer(writeOf(each), instead(answer));
      const { result, calls } = await altered.mutate(each.mutation, input);
      expect(result.__typename, says).toMatch(/Payload$/);
      expect(writes(calls)).toEqual([writeOf(each)]);
      // What is gone, or begun, needs no look.
      if (/^(delete|removeUserGroupMember|removeMember)/.test(each.mutation) || begins(each))
        expect(calls).toEqual(each.calls);
      else expect(calls.at(-1)).toMatch(/^GET /);
    },
  );

  test.for(mute)(
    "a new resource group cannot be found by its name, which need not be unique: %s",
    async ([, answer], { altered }) => {
      altered.wire.answer(`POST ${resources}`, instead(answer));
      const { result, calls } = await altered.mutate("createResourceGroup", {
        accountId: account,
        name: "EU",
        scope: { account: true },
      });
      expect(result).toMatchObject({
        __typename: "UpstreamError",
        outcome: "WRITTEN",
        message: expect.stringMatching(/^The write was done; reading the result failed: /),
      });
      expect(calls).toEqual([`POST ${resources}`]);
    },
  );

  test("and what cannot be read after it is told as that", async ({ altered }) => {
    altered.wire.answer(`POST ${groups}`, instead({ status: 204, text: "" }));
    altered.wire.answer(`GET ${groups}`, instead({ status: 502, text: "" }));
    const { result } = await altered.mutate("createUserGroup", { accountId: account, name: "New" });
    expect(result).toMatchObject({ __typename: "UpstreamError", outcome: "WRITTEN", cloudflare: { status: 502 } });
  });
});

describe("a write whose answer holds less than was sent is read back before it is called done", () => {
  const place = { accountId: account };

  test("a created group without its policies", async ({ altered }) => {
    altered.result(`POST ${groups}`, ({ policies: _, ...rest }: Json) => rest);
    const input = { ...place, name: "New", policies: [policy] };
    const { result, calls } = await altered.mutate("createUserGroup", input, "userGroup { name policies { access } }");
    expect(result).toEqual({
      __typename: "CreateUserGroupPayload",
      userGroup: { name: "New", policies: [{ access: "ALLOW" }] },
    });
    expect(calls).toEqual([`POST ${groups}`, `GET ${group}`]);
  });

  test("a created group whose policies Cloudflare did not store", async ({ altered }) => {
    altered.wire.answer(`POST ${groups}`, (answer) => {
      const created = groupNamed(altered.sandbox, "New");
      created.policies.splice(0);
      const envelope = JSON.parse(answer.text);
      return { ...answer, text: JSON.stringify({ ...envelope, result: { ...envelope.result, policies: [] } }) };
    });
    const input = { ...place, name: "New", policies: [policy] };
    const { result, calls } = await altered.mutate("createUserGroup", input);
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: true,
      sent: { name: "New", policies: [{ access: "allow" }] },
      current: { __typename: "UserGroup" },
    });
    expect(calls).toEqual([`POST ${groups}`, `GET ${group}`, `GET ${group}`]);
  });

  test("a created group that was sent without policies needs none", async ({ altered }) => {
    const { result, calls } = await altered.mutate("createUserGroup", { ...place, name: "New" });
    expect(result.__typename).toBe("CreateUserGroupPayload");
    expect(calls).toEqual([`POST ${groups}`]);
  });

  const less: [mutation: string, route: string, read: string, input: (altered: Altered) => object, drop: string][] = [
    [
      "createResourceGroup",
      `POST ${resources}`,
      `GET ${resources}/{resource_group_id}`,
      () => ({ ...place, name: "EU", scope: { account: true } }),
      "scope",
    ],
    [
      "updateResourceGroup",
      `PUT ${resources}/{resource_group_id}`,
      `GET ${resources}/{resource_group_id}`,
      ({ sandbox }) => ({
        ...place,
        resourceGroupId: resourceGroupNamed(sandbox, "Storefront").id,
        name: "EU",
        scope: { account: true },
      }),
      "name",
    ],
    [
      "createSsoConnector",
      `POST ${connectors}`,
      `GET ${connectors}`,
      () => ({ ...place, emailDomain: "New.Acme.example", useFedrampLanguage: true }),
      "use_fedramp_language",
    ],
    [
      "updateSsoConnector",
      `PATCH ${connectors}/{sso_connector_id}`,
      `GET ${connectors}/{sso_connector_id}`,
      ({ sandbox }) => ({ ...place, ssoConnectorId: connectorOf(sandbox, "acme.example").id, enabled: false }),
      "enabled",
    ],
  ];
  const without = (result: Json, name: string) => {
    const [record] = [result].flat();
    return { ...record, [name]: undefined };
  };

  test.for(less)("%s", async ([mutation, route, read, input, drop], { altered }) => {
    altered.result(route, (result: Json) => without(result, drop));
    const { result, calls } = await altered.mutate(mutation, input(altered));
    expect(result.__typename).toMatch(/Payload$/);
    expect(calls).toEqual([route, read]);
  });

  test.for(less)(
    "%s, where the rest is not there either",
    async ([mutation, route, read, input, drop], { altered }) => {
      altered.result(route, (result: Json) => without(result, drop));
      altered.result(read, (result: Json) =>
        Array.isArray(result) ? result.map((record) => without(record, drop)) : without(result, drop),
      );
      const { result, calls } = await altered.mutate(mutation, input(altered));
      expect(result).toMatchObject({ __typename: "ConflictError", written: true, current: { id: expect.any(String) } });
      expect(calls).toEqual([route, read, read]);
    },
  );

  test("members that were added, and that the answer does not show, are looked for one by one", async ({ altered }) => {
    const memberIds = people(altered.sandbox, 0, 1, 2);
    const input = { ...place, userGroupId: groupNamed(altered.sandbox, "Security").id, memberIds };
    altered.result(`POST ${group}/members`, (records: Json[]) => records.filter(({ id }) => id !== memberIds[1]));
    const { result, calls } = await altered.mutate("addUserGroupMembers", input);
    expect(result.__typename).toBe("AddUserGroupMembersPayload");
    expect(calls).toEqual([`POST ${group}/members`, `GET ${group}/members/{member_id}`]);
  });

  test("and those who are not there are a conflict, written and all", async ({ altered }) => {
    const memberIds = people(altered.sandbox, 0, 1);
    const security = groupNamed(altered.sandbox, "Security");
    altered.result(`POST ${group}/members`, (records: Json[]) => {
      security.members.delete(memberIds[1] ?? "");
      return records.filter(({ id }) => id !== memberIds[1]);
    });
    const { result } = await altered.mutate("addUserGroupMembers", { ...place, userGroupId: security.id, memberIds });
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: true,
      sent: memberIds.map((id) => ({ id })),
      current: { __typename: "UserGroup" },
    });
  });
});

describe("fields of a policy that we do not know", () => {
  const conditions = { ip: ["192.0.2.0/24"], until: "2027-01-01" };
  const minted = { status: "V", created_on: "2026-01-01T00:00:00Z", modified_on: "2026-01-02T00:00:00Z" };
  const at = ({ sandbox }: Altered) => ({ accountId: account, userGroupId: groupNamed(sandbox, "Security").id });
  const sentBy = ({ wire }: Altered) => wire.sent.find(({ route }) => route === `PUT ${group}`)?.body as Json;

  /** Every policy has them, as long as Cloudflare keeps what it is sent. */
  function conditional(altered: Altered, keeps = true) {
    const add = (record: Json) => ({
      ...record,
      policies: record.policies.map((each: Json) => ({ ...each, ...minted, conditions })),
    });
    const old = new Set(groupNamed(altered.sandbox, "Security").policies.map(({ id }) => id));
    const stored = (record: Json) =>
      keeps || record.policies.every(({ id }: Json) => old.has(id)) ? add(record) : record;
    for (const route of [`GET ${group}`, `PUT ${group}`]) altered.result(route, stored);
  }

  test("are sent back as they were on a rewrite, and those that Cloudflare makes are not", async ({ altered }) => {
    conditional(altered);
    const before = groupNamed(altered.sandbox, "Security").policies.length;
    const { result, calls } = await altered.mutate("addUserGroupPolicy", { ...at(altered), policy });
    expect(result.__typename).toBe("AddUserGroupPolicyPayload");
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`]);
    const { policies } = sentBy(altered);
    expect(policies).toHaveLength(before + 1);
    for (const each of policies.slice(0, before)) {
      expect(Object.keys(each).toSorted()).toEqual(["access", "conditions", "permission_groups", "resource_groups"]);
      expect(each.conditions).toEqual(conditions);
    }
    expect(Object.keys(policies[before]).toSorted()).toEqual(["access", "permission_groups", "resource_groups"]);
  });

  test("stay with the policy that is changed, with a rename, and with the rest when one is removed", async ({
    altered,
  }) => {
    conditional(altered);
    const { policies, id } = groupNamed(altered.sandbox, "Security");
    const policyId = policies[0]?.id;
    const changes: [string, object][] = [
      ["updateUserGroupPolicy", { ...at(altered), policyId, policy: { permissionGroupIds: [firewall] } }],
      ["updateUserGroup", { accountId: account, userGroupId: id, name: "Safety" }],
    ];
    for (const [mutation, input] of changes) {
      altered.wire.sent.splice(0);
      expect((await altered.mutate(mutation, input)).result.__typename).toMatch(/Payload$/);
      for (const each of sentBy(altered).policies) expect(each.conditions).toEqual(conditions);
    }
  });

  test("that are gone afterwards are a conflict, written and all", async ({ altered }) => {
    conditional(altered, false);
    const { result, calls } = await altered.mutate("addUserGroupPolicy", { ...at(altered), policy });
    expect(result).toMatchObject({ __typename: "ConflictError", written: true, current: { __typename: "UserGroup" } });
    expect((result.sent as Json).policies[0].conditions).toEqual(conditions);
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`, `GET ${group}`, `GET ${group}`]);
  });

  test("are named where Cloudflare refuses them", async ({ altered }) => {
    conditional(altered);
    const errors = [{ code: 400, message: "Policy validation failed: additional property" }];
    altered.sandbox.stub(`PUT ${group}`, () => ({
      status: 400,
      headers: {},
      text: JSON.stringify({ success: false, errors }),
    }));
    const { result } = await altered.mutate("addUserGroupPolicy", { ...at(altered), policy });
    expect(result).toMatchObject({
      __typename: "InvalidInputError",
      message: expect.stringMatching(
        /additional property \(The policies were sent with fields that this gateway does not know, as they were read: `conditions`\.\)$/,
      ),
    });
  });

  test("are part of the revision: who writes over what they did not see is told", async ({ altered }) => {
    const { id } = groupNamed(altered.sandbox, "Security");
    const revision = async () => {
      const { data } = await altered.run<Json, object>(
        `{ account(id: "${account}") { userGroup(id: "${id}") { revision } } }`,
      );
      return data.account.userGroup.revision;
    };
    const before = await revision();
    conditional(altered);
    expect(await revision()).not.toBe(before);
    const { result } = await altered.mutate("addUserGroupPolicy", { ...at(altered), policy, expectedRevision: before });
    expect(result).toMatchObject({ __typename: "ConflictError", written: false });
  });

  test("of a scope without an ID are sent back, too", async ({ altered }) => {
    const scope = {
      key: `com.cloudflare.api.account.${account}`,
      objects: [{ key: "*", except: ["x"] }],
      region: "eu",
    };
    const odd = (record: Json) => ({
      ...record,
      policies: [
        { access: "allow", permission_groups: [{ id: dns }], resource_groups: [{ scope }] },
        ...record.policies.slice(1),
      ],
    });
    altered.result(`GET ${group}`, odd);
    await altered.mutate("addUserGroupPolicy", { ...at(altered), policy });
    expect(sentBy(altered).policies[0].resource_groups).toEqual([{ scope }]);
  });

  test("that come and go make no other policy a conflict", async ({ altered }) => {
    const { id } = groupNamed(altered.sandbox, "Security");
    altered.result(`PUT ${group}`, (record: Json) => ({
      ...record,
      policies: record.policies.map((each: Json) => ({ ...each, conditions: null })),
    }));
    const { result, calls } = await altered.mutate("updateUserGroup", {
      accountId: account,
      userGroupId: id,
      name: "Safety",
      policies: [policy],
    });
    expect(result.__typename).toBe("UpdateUserGroupPayload");
    expect(calls).toEqual([`PUT ${group}`]);
    expect(acme(altered.sandbox).userGroups.get(id)?.name).toBe("Safety");
  });
});
