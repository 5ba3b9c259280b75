import { isInputObjectType, isObjectType, isUnionType } from "graphql";
import { describe } from "vitest";
import { schema } from "../../../src/graph/schema.ts";
import { serviceMode } from "../../gateway.ts";
import { cases, inParts, stateOf, writeOf } from "./cases.ts";
import { account, acme, dns, expect, failure, groupNamed, nobody, people, seen, test, typeOf } from "./mutation.ts";

const groupRoute = "/accounts/{account_id}/iam/user_groups/{user_group_id}";

describe("every mutation", () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});

  test.for(cases)("$title costs $calls", async ({ mutation, input, calls }, { mutate, sandbox, run }) => {
    const given = await input(sandbox, run);
    const before = stateOf(sandbox);
    const done = await mutate(mutation, given);
    expect(done).toEqual({
      result: { __typename: `${typeOf(mutation)}Payload`, messages: [] },
      calls,
      errors: undefined,
    });
    expect(stateOf(sandbox)).not.toEqual(before);
  });

  test("stands in the table above, and takes one input", () => {
    expect(
      [...new Set([...cases.map(({ mutation }) => mutation), ...inParts])].toSorted(),
      "add the mutation to test/graph/mutations/cases.ts: its input, and the calls it makes",
    ).toEqual(fields.map(({ name }) => name).toSorted());
    for (const { name, args } of fields) {
      expect(args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual([`input: ${typeOf(name)}Input!`]);
      expect(isInputObjectType(schema.getType(`${typeOf(name)}Input`))).toBe(true);
    }
  });

  test("gives its payload or one of six errors, each a `MutationError` with a message and Cloudflare's words", () => {
    const errors = ["Conflict", "InvalidInput", "NotFound", "PermissionDenied", "RateLimited", "Upstream"];
    for (const { name, type } of fields) {
      const types = isUnionType(type) ? type.getTypes() : [];
      const payload = types.find((each) => each.name === `${typeOf(name)}Payload`);
      expect(Object.keys(payload?.getFields() ?? {})).toContain("messages");
      expect(types.filter((each) => each !== payload).map((each) => each.name)).toEqual(
        expect.arrayContaining(errors.map((error) => `${error}Error`)),
      );
      for (const each of types.filter((other) => isObjectType(other) && other !== payload)) {
        expect(each.getInterfaces().map(String)).toEqual(["MutationError"]);
        expect(Object.keys(each.getFields())).toEqual(expect.arrayContaining(["message", "cloudflare"]));
      }
    }
  });

  test.for(cases)("$title passes on what Cloudflare remarks", async (each, { mutate, sandbox, run, wire }) => {
    const input = await each.input(sandbox, run);
    const messages = [{ code: 10000, message: "This may take a minute." }, { message: "No code." }];
    wire.answer(writeOf(each), ({ text, ...answer }) => ({
      ...answer,
      text: JSON.stringify({ ...JSON.parse(text), messages }),
    }));
    const { result } = await mutate(each.mutation, input, "messages { code message }");
    expect(result).toEqual({
      __typename: `${typeOf(each.mutation)}Payload`,
      messages: [messages[0], { code: null, message: "No code." }],
    });
  });

  test.skipIf(serviceMode).for(cases)(
    "$title without a credential is UNAUTHENTICATED, and calls nobody",
    async (each, { mutate, sandbox, run }) => {
      const { result, calls, errors } = await mutate(each.mutation, await each.input(sandbox, run), undefined, {
        authorization: "",
      });
      expect({ result, calls }).toEqual({ result: null, calls: [] });
      expect(errors).toMatchObject([{ path: ["result"], extensions: { code: "UNAUTHENTICATED" } }]);
    },
  );
});

const confirm = "confirm: [LAST_SUPER_ADMINISTRATOR, OWN_MEMBERSHIP]";

describe("several mutations in one document", () => {
  test("run in order, each on what the one before left, and each payload shows the group as it was then", async ({
    run,
    sandbox,
  }) => {
    const at = `accountId: "${account}", userGroupId: "${groupNamed(sandbox, "Finance").id}"`;
    const [one, two] = people(sandbox, 0, 1);
    const { data, calls } = await run(`mutation {
      rename: updateUserGroup(input: { accountId: "${account}", userGroupId: "${groupNamed(sandbox, "Finance").id}", name: "Money", policies: [], ${confirm} }) { ...Group }
      grant: addUserGroupPolicy(input: { ${at}, policy: { access: ALLOW, permissionGroupIds: ["${dns}"], resourceGroups: [{ scope: { account: true } }] } }) { ...Grant }
      empty: replaceUserGroupMembers(input: { ${at}, memberIds: [], ${confirm} }) { ...Replaced }
      enter: addUserGroupMembers(input: { ${at}, memberIds: ["${one}", "${two}"] }) { ...Entered }
      leave: removeUserGroupMember(input: { ${at}, memberId: "${one}", ${confirm} }) { ...Left }
    }
    fragment Shown on UserGroup { name policies { access } members { totalCount } }
    fragment Group on UpdateUserGroupPayload { userGroup { ...Shown } }
    fragment Grant on AddUserGroupPolicyPayload { userGroup { ...Shown } }
    fragment Replaced on ReplaceUserGroupMembersPayload { userGroup { ...Shown } }
    fragment Entered on AddUserGroupMembersPayload { userGroup { ...Shown } }
    fragment Left on RemoveUserGroupMemberPayload { userGroup { ...Shown } }`);
    expect(data).toMatchInlineSnapshot(`
      {
        "empty": {
          "userGroup": {
            "members": {
              "totalCount": 0,
            },
            "name": "Money",
            "policies": [
              {
                "access": "ALLOW",
              },
            ],
          },
        },
        "enter": {
          "userGroup": {
            "members": {
              "totalCount": 2,
            },
            "name": "Money",
            "policies": [
              {
                "access": "ALLOW",
              },
            ],
          },
        },
        "grant": {
          "userGroup": {
            "members": {
              "totalCount": 3,
            },
            "name": "Money",
            "policies": [
              {
                "access": "ALLOW",
              },
            ],
          },
        },
        "leave": {
          "userGroup": {
            "members": {
              "totalCount": 1,
            },
            "name": "Money",
            "policies": [
              {
                "access": "ALLOW",
              },
            ],
          },
        },
        "rename": {
          "userGroup": {
            "members": {
              "totalCount": 3,
            },
            "name": "Money",
            "policies": [],
          },
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "DELETE /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
      ]
    `);
  });

  test("that fail hide nothing of the others", async ({ run, sandbox }) => {
    const { id } = groupNamed(sandbox, "Finance");
    const rename = (input: string) =>
      `updateUserGroup(input: { accountId: "${account}", ${confirm}, ${input} }) { __typename ... on MutationError { message } }`;
    const bug = () => {
      throw new TypeError("a bug");
    };
    // What a transport throws is understood; what its answer does to us is a bug.
    const headers = { ratelimit: { join: bug } as never };
    sandbox.stub(`DELETE ${groupRoute}`, () => ({ status: 200, headers, text: '{"success":true}' }));
    const { data, errors, calls, status } = await run(`mutation {
      taken: ${rename(`userGroupId: "${id}", name: "Security", policies: []`)}
      unknown: ${rename(`userGroupId: "${nobody}", name: "Nobody", policies: []`)}
      first: ${rename(`userGroupId: "${id}", name: "One", policies: []`)}
      bug: deleteUserGroup(input: { accountId: "${account}", userGroupId: "${id}", ${confirm} }) { __typename }
      invalid: ${rename(`userGroupId: "${id}", name: ""`)}
      last: ${rename(`userGroupId: "${id}", name: "Two", policies: []`)}
    }`);
    expect({ data, status }).toMatchInlineSnapshot(`
      {
        "data": {
          "bug": null,
          "first": {
            "__typename": "UpdateUserGroupPayload",
          },
          "invalid": {
            "__typename": "InvalidInputError",
            "message": "\`name\` must not be blank or hold control characters.",
          },
          "last": {
            "__typename": "UpdateUserGroupPayload",
          },
          "taken": {
            "__typename": "ConflictError",
            "message": "Cloudflare answered PUT /accounts/{account_id}/iam/user_groups/{user_group_id} with 400: User group name Security is already in use",
          },
          "unknown": {
            "__typename": "NotFoundError",
            "message": "Cloudflare answered PUT /accounts/{account_id}/iam/user_groups/{user_group_id} with 404: User group ffffffffffffffffffffffffffffffff not found",
          },
        },
        "status": 200,
      }
    `);
    expect(errors).toMatchObject([
      { message: "Unexpected error.", path: ["bug"], extensions: { code: "INTERNAL_SERVER_ERROR" } },
    ]);
    expect(calls).toEqual([...Array(3).fill(`PUT ${groupRoute}`), `DELETE ${groupRoute}`, `PUT ${groupRoute}`]);
    expect(acme(sandbox).userGroups.get(id)?.name).toBe("Two");
  });

  test("with a revision seen before: the first is done, the second knows that it was", async ({ run, sandbox }) => {
    const { id } = groupNamed(sandbox, "Finance");
    const { revision } = await seen(run, id);
    const rename = (name: string) =>
      `updateUserGroup(input: { accountId: "${account}", userGroupId: "${id}", name: "${name}", expectedRevision: "${revision}" }) { __typename ${failure} }`;
    const { data } = await run<{ one: object; two: object }, object>(
      `mutation { one: ${rename("One")} two: ${rename("Two")} }`,
    );
    expect(data).toMatchObject({
      one: { __typename: "UpdateUserGroupPayload" },
      two: { __typename: "ConflictError", written: false },
    });
    expect(acme(sandbox).userGroups.get(id)?.name).toBe("One");
  });
});
