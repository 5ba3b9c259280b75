import { describe } from "vitest";
import { accountKey, zoneKey } from "../../../src/sandbox/seed.ts";
import { account, acme, dns, expect, globalId, groupNamed, nobody, resourceGroupNamed, test } from "./mutation.ts";

const groups = "/accounts/{account_id}/iam/resource_groups";
const group = `${groups}/{resource_group_id}`;
const shown = "resourceGroup { id cloudflareId name meta { key value } scopes { kind objects { kind resourceId } } }";
const zone = zoneKey("www.acme.example").slice(-32);
const everything = { key: accountKey(account), objects: [{ key: "*" }] };

describe("createResourceGroup", () => {
  test("names zones, and answers all of the group", async ({ mutate, sandbox, wire }) => {
    const input = { accountId: account, name: "EU zones", scope: { zoneIds: [zone] } };
    const { result, calls } = await mutate("createResourceGroup", input, shown);
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "POST /accounts/{account_id}/iam/resource_groups",
        ],
        "result": {
          "__typename": "CreateResourceGroupPayload",
          "resourceGroup": {
            "cloudflareId": "cb446aa3797e043164b54e9d21767efd",
            "id": "UmVzb3VyY2VHcm91cDowMjNlMTA1ZjRlY2VmOGFkOWNhMzFhODM3MmQwYzM1MzpjYjQ0NmFhMzc5N2UwNDMxNjRiNTRlOWQyMTc2N2VmZA",
            "meta": [
              {
                "key": "editable",
                "value": "true",
              },
            ],
            "name": "EU zones",
            "scopes": [
              {
                "kind": "ACCOUNT",
                "objects": [
                  {
                    "kind": "ZONE",
                    "resourceId": "d4bf898726e3ae264a85176fcc7334d1",
                  },
                ],
              },
            ],
          },
        },
      }
    `);
    const scope = { key: accountKey(account), objects: [{ key: zoneKey("www.acme.example") }] };
    expect(wire.sent[0]?.body).toEqual({ name: "EU zones", scope });
    expect(resourceGroupNamed(sandbox, "EU zones")).toMatchObject({ meta: { editable: "true" }, scope });
  });

  test("may give a name a second time", async ({ mutate, sandbox }) => {
    const input = { accountId: account, name: "Storefront", scope: { account: true } };
    expect((await mutate("createResourceGroup", input)).result.__typename).toBe("CreateResourceGroupPayload");
    expect([...acme(sandbox).resourceGroups.values()].filter(({ name }) => name === "Storefront")).toHaveLength(2);
  });

  test("is read by nobody again: a policy made of it shows its name", async ({ run, sandbox }) => {
    const { data, calls } = await run(`mutation {
      createResourceGroup(input: { accountId: "${account}", name: "EU zones", scope: { account: true } }) { __typename }
      addUserGroupPolicy(input: { accountId: "${account}", userGroupId: "${groupNamed(sandbox, "Finance").id}", policy: {
        access: ALLOW, permissionGroupIds: ["${dns}"], resourceGroups: [{ id: "${resourceGroupNamed(sandbox, "Storefront").id}" }] } }) {
        ... on AddUserGroupPolicyPayload { userGroup { policies { resourceGroups { name } } } } } }`);
    expect(data).toMatchObject({
      addUserGroupPolicy: { userGroup: { policies: [{ resourceGroups: [{ name: "Storefront" }] }] } },
    });
    expect(calls).toHaveLength(3);
  });
});

describe("updateResourceGroup", () => {
  test("with name and scope writes both, and reads nothing", async ({ mutate, sandbox, wire }) => {
    const { id } = resourceGroupNamed(sandbox, "Storefront");
    const input = {
      resourceGroupId: globalId("ResourceGroup", account, id),
      name: "Everything",
      scope: { account: true },
    };
    const { result, calls } = await mutate("updateResourceGroup", input, shown);
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "PUT /accounts/{account_id}/iam/resource_groups/{resource_group_id}",
        ],
        "result": {
          "__typename": "UpdateResourceGroupPayload",
          "resourceGroup": {
            "cloudflareId": "e92ff2d546b461d7019113334aa16b20",
            "id": "UmVzb3VyY2VHcm91cDowMjNlMTA1ZjRlY2VmOGFkOWNhMzFhODM3MmQwYzM1MzplOTJmZjJkNTQ2YjQ2MWQ3MDE5MTEzMzM0YWExNmIyMA",
            "meta": [
              {
                "key": "editable",
                "value": "true",
              },
            ],
            "name": "Everything",
            "scopes": [
              {
                "kind": "ACCOUNT",
                "objects": [
                  {
                    "kind": "ALL",
                    "resourceId": null,
                  },
                ],
              },
            ],
          },
        },
      }
    `);
    expect(wire.sent[0]?.body).toEqual({ name: "Everything", scope: everything });
    expect(acme(sandbox).resourceGroups.get(id)).toMatchObject({ name: "Everything", scope: everything });
  });

  test.for([{ name: "Shop" }, { scope: { account: true } }])(
    "with %o reads the rest and keeps it",
    async (change, { mutate, sandbox, wire }) => {
      const before = structuredClone(resourceGroupNamed(sandbox, "Storefront"));
      const { result, calls } = await mutate("updateResourceGroup", {
        accountId: account,
        resourceGroupId: before.id,
        ...change,
      });
      expect(result.__typename).toBe("UpdateResourceGroupPayload");
      expect(calls).toEqual([`GET ${group}`, `PUT ${group}`]);
      const body = { name: change.name ?? before.name, scope: change.scope ? everything : before.scope };
      expect(wire.sent[1]?.body).toEqual(body);
      expect(acme(sandbox).resourceGroups.get(before.id)).toMatchObject({ ...body, meta: before.meta });
    },
  );

  test.for([
    ["none", null],
    ["two", [everything, everything]],
  ] as const)("without a scope refuses to repeat %s", async ([, scope], { mutate, sandbox, wire }) => {
    const { id } = resourceGroupNamed(sandbox, "Storefront");
    wire.answer(`GET ${group}`, (answer) => {
      const envelope = JSON.parse(answer.text);
      return { ...answer, text: JSON.stringify({ ...envelope, result: { ...envelope.result, scope } }) };
    });
    const { result, calls } = await mutate("updateResourceGroup", {
      accountId: account,
      resourceGroupId: id,
      name: "Shop",
    });
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: false,
      message: expect.stringContaining("not exactly one scope"),
      current: { __typename: "ResourceGroup" },
    });
    expect(calls).toEqual([`GET ${group}`]);
  });

  test("reads afresh for each mutation of a document: somebody else may write in between", async ({
    run,
    sandbox,
    wire,
  }) => {
    const storefront = resourceGroupNamed(sandbox, "Storefront");
    wire.answer(`PUT ${group}`, (answer) => {
      storefront.scope = everything;
      return answer;
    });
    const rename = (name: string) =>
      `updateResourceGroup(input: { accountId: "${account}", resourceGroupId: "${storefront.id}", name: "${name}" }) { __typename }`;
    const { calls } = await run(`mutation { one: ${rename("One")} two: ${rename("Two")} }`);
    expect(storefront).toMatchObject({ name: "Two", scope: everything });
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`, `GET ${group}`, `PUT ${group}`]);
  });
});

describe("deleteResourceGroup", () => {
  test("takes it away, once", async ({ mutate, sandbox }) => {
    const { id } = resourceGroupNamed(sandbox, "Internal Tools");
    const { result, calls } = await mutate(
      "deleteResourceGroup",
      { accountId: account, resourceGroupId: id },
      "deletedId",
    );
    expect({ result, calls }).toEqual({
      result: { __typename: "DeleteResourceGroupPayload", deletedId: globalId("ResourceGroup", account, id) },
      calls: [`DELETE ${group}`],
    });
    expect(acme(sandbox).resourceGroups.has(id)).toBe(false);
    const again = await mutate("deleteResourceGroup", { resourceGroupId: result.deletedId });
    expect(again.result).toMatchObject({ __typename: "NotFoundError", cloudflare: { status: 404 } });
  });
});

describe("a resource group that Cloudflare made", () => {
  test.for([
    ["updateResourceGroup", { name: "Mine", scope: { account: true } }],
    ["deleteResourceGroup", {}],
  ] as const)("is a conflict of %s", async ([mutation, more], { mutate, sandbox }) => {
    const built = structuredClone(resourceGroupNamed(sandbox, accountKey(account)));
    const { result } = await mutate(mutation, { accountId: account, resourceGroupId: built.id, ...more });
    expect(result).toMatchObject({
      __typename: "ConflictError",
      message: expect.stringContaining("(Cloudflare made this resource group: it can be neither changed nor deleted.)"),
      written: false,
      cloudflare: { status: 422, errors: [{ code: 422, message: expect.stringContaining("non-editable") }] },
    });
    expect(acme(sandbox).resourceGroups.get(built.id)).toEqual(built);
  });
});

describe("an anonymous resource group", () => {
  test("lives in its policy only: it cannot be changed, deleted, or named by another policy", async ({
    mutate,
    run,
    sandbox,
  }) => {
    const { id } = groupNamed(sandbox, "Frontend Guild");
    type Ids = { account: { userGroup: { policies: { resourceGroups: { id: string }[] }[] } } };
    const { data } = await run<Ids, object>(
      `{ account(id: "${account}") { userGroup(id: "${id}") { policies { resourceGroups { id } } } } }`,
    );
    const anonymous = data?.account.userGroup.policies[0]?.resourceGroups[0]?.id;
    const policy = { access: "ALLOW", permissionGroupIds: [dns], resourceGroups: [{ id: anonymous }] };
    for (const [mutation, input, path] of [
      ["updateResourceGroup", { resourceGroupId: anonymous, name: "Mine" }, ["resourceGroupId"]],
      ["deleteResourceGroup", { resourceGroupId: anonymous }, ["resourceGroupId"]],
      ["addUserGroupPolicy", { accountId: account, userGroupId: id, policy }, ["policy", "resourceGroups", "0", "id"]],
    ] as const) {
      const { result, calls } = await mutate(mutation, input);
      expect(result.fields).toEqual([
        { path, message: "is of something without an ID of Cloudflare's, which no write can name" },
      ]);
      expect(calls).toEqual([]);
    }
    expect(
      (await mutate("deleteResourceGroup", { accountId: account, resourceGroupId: nobody })).result.__typename,
    ).toBe("NotFoundError");
  });
});
