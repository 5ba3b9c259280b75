import { describe } from "vitest";
import { account, acme, dns, expect, groupNamed, test } from "./mutation.ts";

describe("createUserGroup", () => {
  test("costs one call", async ({ mutate, sandbox, sent }) => {
    const { result, calls } = await mutate("createUserGroup", { accountId: account, name: "Zone Editors" }, "userGroup { id revision name }");
    expect({ result, calls, sent }).toMatchInlineSnapshot(`
      {
        "calls": [
          "POST /accounts/{account_id}/iam/user_groups",
        ],
        "result": {
          "__typename": "CreateUserGroupPayload",
          "userGroup": {
            "id": "VXNlckdyb3VwOjAyM2UxMDVmNGVjZWY4YWQ5Y2EzMWE4MzcyZDBjMzUzOjFhNjg1MjNiNmIyZjcyNTllNzY0OWNjMzE5ZWRjODdj",
            "name": "Zone Editors",
            "revision": "SQka1m13CCLScTfQvjOt8k",
          },
        },
        "sent": [
          {
            "body": {
              "name": "Zone Editors",
            },
            "route": "POST /accounts/{account_id}/iam/user_groups",
          },
        ],
      }
    `);
    expect(groupNamed(sandbox, "Zone Editors")).toMatchInlineSnapshot(`
            {
              "created_on": "2026-03-01T12:00:00.000000Z",
              "id": "1a68523b6b2f7259e7649cc319edc87c",
              "lag": 0,
              "members": Map {},
              "modified_on": "2026-03-01T12:00:00.000000Z",
              "name": "Zone Editors",
              "policies": [],
              "scim": false,
            }
          `);
  });
});
