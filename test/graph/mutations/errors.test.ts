import { describe } from "vitest";
import { ApiError, errorResponse } from "../../../src/sandbox/answer.ts";
import { serviceMode } from "../../gateway.ts";
import { cases, stateOf, writeOf } from "./cases.ts";
import { account, connectorOf, dns, expect, groupNamed, nobody, policy, test } from "./mutation.ts";

const groups = "/accounts/{account_id}/iam/user_groups";
const group = `${groups}/{user_group_id}`;
const reader = { authorization: "Bearer sandbox-reader" };

/** A refusal as Cloudflare sends it. */
function saying(status: number, code: number, message: string, pointer?: string) {
  const error = { code, message, ...(pointer !== undefined && { source: { pointer } }) };
  return { status, headers: {}, text: JSON.stringify({ success: false, result: null, messages: [], errors: [error] }) };
}

describe("what Cloudflare refuses is data, and nothing was changed", () => {
  const answers = [
    ["PermissionDeniedError", saying(403, 9109, "Unauthorized to access requested resource"), {}],
    ["NotFoundError", saying(404, 7003, "No route for the URI"), {}],
    ["ConflictError", saying(409, 409, "Conflict"), { written: false, sent: null, current: null }],
    ["InvalidInputError", saying(400, 1001, "No."), { fields: [{ path: [], message: "No." }] }],
    ["InvalidInputError", saying(422, 422, "No.", ""), { fields: [{ path: [], message: "No." }] }],
    ["InvalidInputError", saying(400, 1001, ""), { fields: [{ path: [], message: "" }] }],
    ["RateLimitedError", errorResponse(new ApiError(200, 971, "Please wait")), { resetAt: expect.any(String) }],
    ["UpstreamError", saying(405, 10405, "Method not allowed"), { outcome: "REFUSED" }],
  ] as const;
  const matrix = cases.flatMap((each) =>
    answers.map(([type, answer, more]) => ({ title: each.title, status: answer.status, type, each, answer, more })),
  );

  test.for(matrix)("$title: $status is a $type", async ({ each, type, answer, more }, { mutate, run, sandbox }) => {
    const input = await each.input(sandbox, run);
    const before = stateOf(sandbox);
    sandbox.stub(writeOf(each), () => answer);
    const { result, calls, errors } = await mutate(each.mutation, input);
    expect(errors).toBeUndefined();
    expect(result).toEqual({
      __typename: type,
      message: expect.stringContaining(`Cloudflare answered ${writeOf(each)} with ${answer.status}`),
      cloudflare: {
        route: writeOf(each),
        status: answer.status,
        rayId: expect.stringMatching(/^[0-9a-f]{16}-AMS$/),
        errors: answer.text
          ? JSON.parse(answer.text).errors.map(({ code, message }: { code: number; message: string }) => ({
              code,
              message,
            }))
          : [],
      },
      ...more,
    });
    expect(calls).toEqual(each.calls.slice(0, each.calls.indexOf(writeOf(each)) + 1));
    expect(stateOf(sandbox)).toEqual(before);
  });

  test.for(cases)("$title by who may only read is PermissionDeniedError", async (each, { mutate, run, sandbox }) => {
    const input = await each.input(sandbox, run);
    const before = stateOf(sandbox);
    const { result } = await mutate(each.mutation, input, undefined, reader);
    expect(result).toMatchObject({
      __typename: "PermissionDeniedError",
      cloudflare: { status: 403, errors: [{ code: 9109 }] },
    });
    expect(stateOf(sandbox)).toEqual(before);
  });

  test.for(cases.filter(({ mutation }) => !/^(create|invite)/.test(mutation)))(
    "$title of what is not there is NotFoundError",
    async (each, { mutate, run, sandbox }) => {
      const input = await each.input(sandbox, run);
      const before = stateOf(sandbox);
      const key = ["userGroupId", "resourceGroupId", "ssoConnectorId"].find((name) => name in input) ?? "memberId";
      const { result, calls } = await mutate(each.mutation, { ...input, [key]: nobody });
      expect(result).toMatchObject({ __typename: "NotFoundError", cloudflare: { status: 404 } });
      expect(calls).toEqual(each.calls.slice(0, 1));
      expect(stateOf(sandbox)).toEqual(before);
    },
  );

  test.skipIf(serviceMode).for(cases)(
    "$title with a bad token is UNAUTHENTICATED, as every read is",
    async (each, { mutate, run, sandbox }) => {
      const { result, calls, errors } = await mutate(each.mutation, await each.input(sandbox, run), undefined, {
        authorization: "Bearer bad",
      });
      expect(result).toBeNull();
      expect(calls).toHaveLength(1);
      expect(errors).toMatchObject([{ path: ["result"], extensions: { code: "UNAUTHENTICATED" } }]);
    },
  );

  test("a rate limit says when to come back", async ({ mutate, sandbox }) => {
    sandbox.injectFault(`DELETE ${group}`, { kind: "error", status: 429, body: "limited", retryAfter: "120" });
    const { result } = await mutate("deleteUserGroup", {
      accountId: account,
      userGroupId: groupNamed(sandbox, "Security").id,
    });
    const seconds = (Date.parse(result.resetAt ?? "") - Date.now()) / 1000;
    expect(Math.round(seconds / 10)).toBe(12);
  });
});

describe("where Cloudflare points into the body, the input's path is given", () => {
  const finance = { accountId: account, name: "x", policies: [policy, policy] };
  test.for([
    ["createUserGroup", "/name", ["name"]],
    ["createUserGroup", "#/name", ["name"]],
    ["createUserGroup", "/policies/1/access", ["policies", "1", "access"]],
    ["createUserGroup", "/policies/0/permission_groups", ["policies", "0", "permissionGroupIds"]],
    ["createUserGroup", "/policies/0/permission_groups/0/id", ["policies", "0", "permissionGroupIds", "0"]],
    ["createUserGroup", "/policies/0/resource_groups/0/id", ["policies", "0", "resourceGroups", "0", "id"]],
    [
      "createUserGroup",
      "/policies/0/resource_groups/0/scope/objects/0/key",
      ["policies", "0", "resourceGroups", "0", "scope"],
    ],
    ["createUserGroup", "", []],
    ["addUserGroupPolicy", "/policies/4/access", ["policy", "access"]],
    ["addUserGroupPolicy", "/policies/4/permission_groups/0/id", ["policy", "permissionGroupIds", "0"]],
    ["addUserGroupPolicy", "/policies/0/access", []],
    ["updateUserGroupPolicy", "/policies/1/resource_groups/0", ["policy", "resourceGroups", "0"]],
    ["updateUserGroupPolicy", "/policies/0/resource_groups/0", []],
    ["removeUserGroupPolicy", "/policies/0/access", []],
    ["addUserGroupMembers", "/1/id", ["memberIds", "1"]],
    ["replaceUserGroupMembers", "/0", ["memberIds", "0"]],
    ["createResourceGroup", "/scope/objects/0/key", ["scope"]],
    ["createSsoConnector", "/email_domain", ["emailDomain"]],
    ["updateSsoConnector", "/use_fedramp_language", ["useFedrampLanguage"]],
  ] as const)("%s: %s", async ([mutation, pointer, path], { mutate, sandbox }) => {
    const { id, policies, members } = groupNamed(sandbox, "Security");
    const at = { accountId: account, userGroupId: id, memberIds: [...members.keys()].slice(0, 2) };
    const { memberIds, ...user } = at;
    const inputs: Record<string, object> = {
      createUserGroup: finance,
      addUserGroupPolicy: { ...user, policy },
      updateUserGroupPolicy: { ...user, policyId: policies[1]?.id, policy: { permissionGroupIds: [dns] } },
      removeUserGroupPolicy: { ...user, policyId: policies[1]?.id },
      addUserGroupMembers: at,
      replaceUserGroupMembers: at,
      createResourceGroup: { accountId: account, name: "x", scope: { account: true } },
      createSsoConnector: { accountId: account, emailDomain: "new.acme.example" },
      updateSsoConnector: {
        accountId: account,
        ssoConnectorId: connectorOf(sandbox, "acme.example").id,
        useFedrampLanguage: true,
      },
    };
    const write = cases.filter((each) => each.mutation === mutation).map(writeOf)[0] ?? "";
    sandbox.stub(write, () => saying(400, 400, "Not this.", pointer));
    const { result } = await mutate(mutation, inputs[mutation] ?? {});
    expect(result).toMatchObject({ __typename: "InvalidInputError", fields: [{ path, message: "Not this." }] });
  });
});
