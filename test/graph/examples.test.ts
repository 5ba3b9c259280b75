import { readdirSync } from "node:fs";
import { describe } from "vitest";
import { zoneKey } from "../../src/sandbox/seed.ts";
import { account, expect, setup, tally, test } from "../gateway.ts";
import {
  AccountMembersDocument,
  AccountsDocument,
  FullGraphDocument,
  GroupsPageDocument,
  GroupsWithPoliciesDocument,
  MembersWithUsersDocument,
  OneGroupDocument,
  RefetchDocument,
  ResourceGroupsOfAZoneDocument,
  SsoConnectorsDocument,
  WhatItCostsDocument,
} from "../operations/graphql.ts";

describe("the example operations of schema/operations", () => {
  test("each has a test here, and opens with a comment on what it shows and costs", () => {
    const operations = readdirSync(new URL("../../schema/operations/", import.meta.url));
    expect(
      operations,
      "add a test of the example operation: of a query here, of a mutation in test/graph/mutations/examples.test.ts",
    ).toHaveLength(30);
  });

  test("01: accounts", async ({ run }) => {
    const { data, errors, calls } = await run(AccountsDocument);
    expect(errors).toBeUndefined();
    expect(data).toMatchInlineSnapshot(`
      {
        "accounts": {
          "nodes": [
            {
              "cloudflareId": "023e105f4ecef8ad9ca31a8372d0c353",
              "createdAt": "2014-03-01T12:21:02.000Z",
              "id": "QWNjb3VudDowMjNlMTA1ZjRlY2VmOGFkOWNhMzFhODM3MmQwYzM1Mw",
              "name": "Acme",
              "settings": {
                "abuseContactEmail": "abuse@acme.example",
                "enforceTwoFactor": true,
              },
              "type": "ENTERPRISE",
            },
            {
              "cloudflareId": "eb78d65290b24279ba6f44721b3ea3c4",
              "createdAt": "2021-09-14T08:02:11.000Z",
              "id": "QWNjb3VudDplYjc4ZDY1MjkwYjI0Mjc5YmE2ZjQ0NzIxYjNlYTNjNA",
              "name": "Acme Ventures",
              "settings": {
                "abuseContactEmail": null,
                "enforceTwoFactor": null,
              },
              "type": "STANDARD",
            },
          ],
          "totalCount": 2,
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "GET /accounts",
      ]
    `);
  });

  test("02: groups with their policies", async ({ run }) => {
    const { data, errors, calls } = await run(GroupsWithPoliciesDocument, { account, search: "dns" });
    expect(errors).toBeUndefined();
    expect(data).toMatchInlineSnapshot(`
      {
        "account": {
          "userGroups": {
            "nodes": [
              {
                "name": "DNS Operators",
                "policies": [
                  {
                    "access": "ALLOW",
                    "permissionGroups": [
                      {
                        "label": "dns_admin",
                        "name": "DNS",
                      },
                    ],
                    "resourceGroups": [
                      {
                        "name": "com.cloudflare.api.account.023e105f4ecef8ad9ca31a8372d0c353",
                        "scopes": [
                          {
                            "kind": "ACCOUNT",
                            "objects": [
                              {
                                "kind": "ALL",
                                "resourceId": null,
                              },
                            ],
                            "resourceId": "023e105f4ecef8ad9ca31a8372d0c353",
                          },
                        ],
                      },
                    ],
                  },
                ],
                "updatedAt": "2025-02-27T16:35:19.000Z",
              },
            ],
            "totalCount": 1,
          },
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "GET /accounts/{account_id}/iam/user_groups",
      ]
    `);
  });

  test("03: the full graph", async ({ run }) => {
    const { data, errors, calls } = await run(FullGraphDocument, { account });
    expect(errors).toBeUndefined();
    expect(data).toMatchSnapshot();
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}": 1,
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members": 16,
        "GET /accounts/{account_id}/sso_connectors": 1,
      }
    `);
  });

  test("04: one group by ID", async ({ run, sandbox }) => {
    const group = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])].find(
      ({ name }) => name === "Auditors",
    );
    const { data, errors, calls } = await run(OneGroupDocument, { account, group: group?.id ?? "" });
    expect(errors).toBeUndefined();
    expect(data).toMatchInlineSnapshot(`
      {
        "account": {
          "userGroup": {
            "createdAt": "2025-01-28T08:30:49.000Z",
            "id": "VXNlckdyb3VwOjAyM2UxMDVmNGVjZWY4YWQ5Y2EzMWE4MzcyZDBjMzUzOmJkYzhkMjBhNTViYjM4MDRkOTc0NmNhZmMwNTk2ZWZm",
            "members": {
              "nodes": [
                {
                  "email": "lukas.fischer@acme.example",
                  "status": "PENDING",
                },
                {
                  "email": "simone.costa@acme.example",
                  "status": "ACCEPTED",
                },
              ],
            },
            "name": "Auditors",
            "policies": [
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "description": "Can access the full account in read-only mode.",
                    "name": "Administrator Read Only",
                  },
                  {
                    "description": "Can read Logpull and Instant Logs of the account.",
                    "name": "Logs Read",
                  },
                ],
              },
            ],
          },
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
      ]
    `);
  });

  test("05: members with their user", async ({ run }) => {
    const { data, errors, calls } = await run(MembersWithUsersDocument, { account });
    expect(errors).toBeUndefined();
    expect(data).toMatchSnapshot();
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members": 5,
        "GET /accounts/{account_id}/members": 2,
      }
    `);
  });

  test("06: resource groups of a zone", async ({ run }) => {
    const zone = zoneKey("www.acme.example").split(".").at(-1) ?? "";
    const { data, errors, calls } = await run(ResourceGroupsOfAZoneDocument, { account, zone });
    expect(errors).toBeUndefined();
    expect(data).toMatchInlineSnapshot(`
      {
        "account": {
          "permissionGroups": {
            "nodes": [
              {
                "cloudflareId": "132c52e7e6654b999c183cfcbafd37d7",
                "name": "Domain DNS",
                "scopes": [
                  "com.cloudflare.api.account.zone",
                ],
              },
            ],
          },
          "resourceGroups": {
            "nodes": [
              {
                "cloudflareId": "a68028fc28dc55cd231837d70c04f9ae",
                "name": "Marketing Sites",
                "scopes": [
                  {
                    "key": "com.cloudflare.api.account.023e105f4ecef8ad9ca31a8372d0c353",
                    "objects": [
                      {
                        "key": "com.cloudflare.api.account.zone.4e34eed87a229b8e4162c680c4db9a64",
                        "kind": "ZONE",
                        "resourceId": "4e34eed87a229b8e4162c680c4db9a64",
                      },
                      {
                        "key": "com.cloudflare.api.account.zone.d4bf898726e3ae264a85176fcc7334d1",
                        "kind": "ZONE",
                        "resourceId": "d4bf898726e3ae264a85176fcc7334d1",
                      },
                    ],
                  },
                ],
              },
            ],
            "totalCount": 1,
          },
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "GET /accounts/{account_id}/iam/resource_groups",
        "GET /accounts/{account_id}/iam/permission_groups",
      ]
    `);
  });

  test("07: SSO connectors with the DNS record to add", async ({ run }) => {
    const { data, errors, calls } = await run(SsoConnectorsDocument, { account });
    expect(errors).toBeUndefined();
    expect(data).toMatchInlineSnapshot(`
      {
        "account": {
          "ssoConnectors": {
            "nodes": [
              {
                "emailDomain": "acme.example",
                "enabled": true,
                "verification": {
                  "dnsRecord": {
                    "content": "cloudflare_dashboard_sso=b8d90c54992e77496a1cc6dbbee400aa",
                    "name": "acme.example",
                    "type": "TXT",
                  },
                  "status": "VERIFIED",
                },
              },
              {
                "emailDomain": "acme-labs.example",
                "enabled": false,
                "verification": {
                  "dnsRecord": {
                    "content": "cloudflare_dashboard_sso=85d3aaa8f5a01622bb4092fb46b71afa",
                    "name": "acme-labs.example",
                    "type": "TXT",
                  },
                  "status": "PENDING",
                },
              },
              {
                "emailDomain": "acme-retail.example",
                "enabled": false,
                "verification": {
                  "dnsRecord": {
                    "content": "cloudflare_dashboard_sso=53866fe8a06973c844da34bc2a952558",
                    "name": "acme-retail.example",
                    "type": "TXT",
                  },
                  "status": "AWAITING",
                },
              },
              {
                "emailDomain": "acme-classic.example",
                "enabled": false,
                "verification": {
                  "dnsRecord": {
                    "content": "cloudflare_dashboard_sso=da2339a45c60968f64930666834cf522",
                    "name": "acme-classic.example",
                    "type": "TXT",
                  },
                  "status": "FAILED",
                },
              },
            ],
          },
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "GET /accounts/{account_id}/sso_connectors",
      ]
    `);
  });

  test("08: pages, one after the other, show every group once, in order", async ({ run }) => {
    const names: unknown[] = [];
    const page = (after: string | null) => run(GroupsPageDocument, { account, first: 5, after });
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages++) {
      const { data, errors, calls } = await page(after);
      expect(errors).toBeUndefined();
      expect(calls).toEqual(["GET /accounts/{account_id}/iam/user_groups"]);
      const groups = data?.account?.userGroups;
      names.push(...(groups?.edges.map(({ node }) => node?.name ?? null) ?? []));
      expect(groups?.pageInfo?.hasPreviousPage).toBe(pages > 0);
      after = groups?.pageInfo?.endCursor ?? null;
      if (!groups?.pageInfo?.hasNextPage) break;
    }
    expect(names).toMatchInlineSnapshot(`
      [
        "Auditors",
        "Contractors",
        "DNS Operators",
        "Finance",
        "Frontend Guild",
        "Marketing",
        "Network Operations",
        "New Joiners",
        "Platform Engineering",
        "Release Managers",
        "Security",
        "Support Tier 1",
        "Support Tier 2",
        "Web Performance",
        "Workers Developers",
        "Zero Trust Administrators",
      ]
    `);
  });

  test("09: refetch by global ID, in order, null for what is gone", async ({ run }) => {
    const { data } = await run(FullGraphDocument, { account, groups: 4, members: 1 });
    const groups = data?.account?.userGroups?.nodes ?? [];
    const gone = Buffer.from(`UserGroup:${account}:${"0".repeat(32)}`).toString("base64url");
    const ids = [...groups.map((group) => group?.id ?? ""), gone, groups[0]?.id ?? ""];
    const refetched = await run(RefetchDocument, { ids });
    expect(refetched.errors).toBeUndefined();
    expect(refetched.data?.nodes?.map((node) => node?.id ?? null)).toEqual(ids.map((id) => (id === gone ? null : id)));
    expect(refetched.data?.nodes?.[0]).toMatchInlineSnapshot(`
      {
        "__typename": "UserGroup",
        "id": "VXNlckdyb3VwOjAyM2UxMDVmNGVjZWY4YWQ5Y2EzMWE4MzcyZDBjMzUzOmJkYzhkMjBhNTViYjM4MDRkOTc0NmNhZmMwNTk2ZWZm",
        "name": "Auditors",
        "policies": [
          {
            "access": "ALLOW",
            "owner": {
              "name": "Auditors",
            },
          },
        ],
      }
    `);
    expect(refetched.calls).toEqual(["GET /accounts/{account_id}/iam/user_groups"]);
  });

  test("10: the account's members with their own policies", async ({ run }) => {
    const { data, errors, calls } = await run(AccountMembersDocument, { account });
    expect(errors).toBeUndefined();
    expect(data).toMatchSnapshot();
    expect(calls).toMatchInlineSnapshot(`
      [
        "GET /accounts/{account_id}/members",
      ]
    `);
  });

  test("15: what it costs, call by call", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const headers = { authorization: "Bearer sandbox-admin", "x-upstream-explain": "analyze" };
    const { errors, calls, upstream } = await run(WhatItCostsDocument, { account }, headers);
    expect(errors).toBeUndefined();
    expect(upstream).toMatchObject({ planned: { min: 1 }, calls: calls.length });
    expect(upstream?.analysis?.calls.map(({ route }) => route).toSorted()).toEqual(calls.toSorted());
    // As many batches as turns of the event loop in which the groups' members came.
    const routes = new Set(upstream?.analysis?.batches.map(({ route }) => route));
    expect([...routes]).toEqual(["GET /accounts/{account_id}/members/{member_id}"]);
  });
});
