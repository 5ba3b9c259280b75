import { describe } from "vitest";
import { examples } from "../../src/server/examples.ts";
import { account, expect, type Run, tally, test } from "../gateway.ts";
import { readPage } from "../markdown.ts";
import {
  BeforeSomebodyLeavesDocument,
  GroupsWithAccessToAZoneDocument,
  TokensNobodyUsesDocument,
  WhatCanTheyDoDocument,
  WhoCanPurgeCacheDocument,
  WhomSsoForcesDocument,
  WhyCanDocument,
  WhyNotDocument,
} from "../operations/graphql.ts";

/** The answer of an example: without errors, and as it was. */
async function answered<Data>(running: Promise<Run<Data>>): Promise<Run<Data>> {
  const answer = await running;
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toMatchSnapshot();
  return answer;
}

describe("the example operations about access", () => {
  test("16: who can purge a zone's cache", async ({ run, sandbox }) => {
    const { zone } = examples(sandbox) as { zone: string };
    const { calls } = await answered(run(WhoCanPurgeCacheDocument, { account, zone }));
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}": 1,
        "GET /accounts/{account_id}/iam/permission_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members": 2,
        "GET /accounts/{account_id}/members": 2,
        "GET /accounts/{account_id}/tokens": 1,
        "GET /zones/{zone_id}": 1,
      }
    `);
  });

  test("26: whom single sign-on forces through the identity provider", async ({ run }) => {
    const { calls, data } = await run(WhomSsoForcesDocument, { account });
    const counted = data?.account?.ssoConnectors?.nodes?.map((each) => [
      each?.emailDomain,
      each?.enforcementPreview?.forced.length,
      each?.enforcementPreview?.outside.length,
    ]);
    expect(counted).toContainEqual(["acme.example", 60, 0]);
    expect(counted).toContainEqual(["acme-labs.example", 0, 60]);
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}/members": 2,
        "GET /accounts/{account_id}/sso_connectors": 1,
      }
    `);
  });

  test("27: before somebody leaves", async ({ run, sandbox }) => {
    const { member } = examples(sandbox) as { member: string };
    const { calls, data } = await run(BeforeSomebodyLeavesDocument, { account, member });
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members": 16,
        "GET /accounts/{account_id}/members": 2,
        "GET /accounts/{account_id}/members/{member_id}": 1,
        "GET /accounts/{account_id}/sso_connectors": 1,
        "GET /accounts/{account_id}/tokens": 1,
      }
    `);
    const { offboarding } = data?.account?.member ?? {};
    const last = offboarding?.rights?.map(({ lastHolder }) => lastHolder) ?? [];
    // First those that nobody else has.
    expect(last).toEqual(last.toSorted((a, b) => Number(b ?? 0) - Number(a ?? 0)));
    expect(offboarding).toMatchObject({ limitations: [{}, {}, {}], complete: false });
  });

  test("17: why this person can", async ({ run, sandbox }) => {
    const { member } = examples(sandbox) as { member: string };
    const { data, calls } = await answered(run(WhyCanDocument, { account, member }));
    expect(readPage("README.md")).toContain(`> ${data?.account?.access?.sentence}\n`);
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}": 1,
        "GET /accounts/{account_id}/iam/permission_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}": 2,
        "GET /accounts/{account_id}/members/{member_id}": 1,
      }
    `);
  });

  test("18: why this person cannot", async ({ run, sandbox }) => {
    const { "WhyNot.zone": zone, "WhyNot.member": member } = examples(sandbox) as Record<string, string>;
    const { data, calls } = await answered(run(WhyNotDocument, { account, member: member ?? "", zone: zone ?? "" }));
    const { sentence, nearMisses } = data?.account?.access ?? {};
    expect(readPage("README.md")).toContain(`> ${sentence}\n>\n> ${nearMisses?.[0]?.sentence}\n`);
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}": 1,
        "GET /accounts/{account_id}/iam/permission_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}": 2,
        "GET /accounts/{account_id}/members/{member_id}": 1,
        "GET /zones/{zone_id}": 1,
      }
    `);
  });

  test("19: what a person can do", async ({ run, sandbox }) => {
    const { member } = examples(sandbox) as { member: string };
    const { calls } = await answered(run(WhatCanTheyDoDocument, { account, member }));
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}": 16,
        "GET /accounts/{account_id}/members/{member_id}": 1,
      }
    `);
  });

  test("20: which groups give access to a zone", async ({ run, sandbox }) => {
    const { zone } = examples(sandbox) as { zone: string };
    const { data, calls } = await answered(run(GroupsWithAccessToAZoneDocument, { account, zone }));
    const found = data?.account?.userGroups?.totalCount;
    expect(readPage("README.md")).toContain(`finds ${found} of 16 groups for \`shop.acme.example\``);
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}/iam/user_groups": 1,
        "GET /zones": 1,
        "GET /zones/{zone_id}": 1,
      }
    `);
  });

  test("21: tokens nobody uses", async ({ run }) => {
    const { data, calls } = await answered(run(TokensNobodyUsesDocument, { account }));
    const lastUse = new Map(
      data?.account?.apiTokens?.nodes.map((token) => [token?.name, token?.lastUsedAt ?? "never"]),
    );
    const { "log-shipper": shipper, "purge-all-but-checkout": purge } = Object.fromEntries(lastUse);
    expect([shipper, purge?.slice(0, 7)]).toEqual(["never", "2024-06"]);
    expect(readPage("README.md")).toMatch(
      /`log-shipper` was never used, and\n`purge-all-but-checkout` last in June 2024/,
    );
    expect(tally(calls)).toMatchInlineSnapshot(`
      {
        "GET /accounts/{account_id}/tokens": 1,
      }
    `);
  });
});
