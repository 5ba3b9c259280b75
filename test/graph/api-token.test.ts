import { describe } from "vitest";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { ApiToken } from "../../src/sandbox/state.ts";
import { account, expect, setup, test } from "../gateway.ts";
import { within } from "../plan/setup.ts";

const list = "GET /accounts/{account_id}/tokens";
const tokensOf = (sandbox: Sandbox) => sandbox.state.accounts.get(account)?.apiTokens ?? new Map<string, ApiToken>();

function tokenOf(sandbox: Sandbox, name: string): ApiToken {
  const found = [...tokensOf(sandbox).values()].find((token) => token.name === name);
  if (!found) throw new Error(`no token ${name}`);
  return found;
}

interface Granted {
  account: {
    whoCan: {
      totalCount: number;
      complete: boolean;
      apiTokens?: { verdict: string; apiToken: { name: string }; policies: { access: string }[] }[] | null;
      unread: { kind: string; what: string | null; reason: string }[];
      assumptions: { kind: string }[];
    };
  };
}
const granted = "apiTokens { verdict apiToken { name } policies { access } }";
const whoCan = (permission: string, on: string, tokens = granted) =>
  within(`whoCan(permission: ${permission}, on: ${on}, first: 0) { totalCount complete ${tokens} unread { kind what reason }
    assumptions { kind } }`);
const purge = '{ label: "cache_domain_purge" }';
const shop = '{ zoneName: "shop.acme.example" }';

/** Verdicts of tokens by name. */
function verdicts(data: Granted | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (data?.account.whoCan.apiTokens ?? []).map(({ apiToken, verdict }) => [apiToken.name, verdict]),
  );
}
const unreadTokens = (data: Granted | null | undefined) =>
  data?.account.whoCan.unread.filter(({ kind }) => kind === "API_TOKENS");

describe("API tokens of an account", () => {
  test("are listed for 1 call per 50, with dates, creator, networks and policies", async () => {
    const { run, sandbox } = setup();
    const one = tokenOf(sandbox, "log-shipper");
    for (let n = 0; n < 60; n++) tokensOf(sandbox).set(idOf("t", n), { ...one, id: idOf("t", n), name: `more ${n}` });
    const { data, errors, calls } = await run<{ account: { apiTokens: { nodes: object[] } } }, object>(
      within(`apiTokens(first: 100) { nodes { name status createdAt lastUsedAt creatorEmail allowedAddresses deniedAddresses
        policies { access permissionGroups { name scope } resources { key objects { key } } } } }`),
    );
    expect(errors).toBeUndefined();
    expect(calls).toEqual([list, list]);
    expect(data?.account.apiTokens.nodes).toHaveLength(65);
    expect(data?.account.apiTokens.nodes[1]).toMatchObject({
      name: "purge-on-deploy",
      status: "ACTIVE",
      createdAt: "2025-02-03T08:14:00.000Z",
      lastUsedAt: "2026-11-25T17:40:55.000Z",
      creatorEmail: "tomas.herrera@acme.example",
      allowedAddresses: ["203.0.113.0/24"],
      deniedAddresses: ["203.0.113.66/32"],
      policies: [{ access: "ALLOW", permissionGroups: [{ name: "Cache Purge" }] }],
    });
  });

  test("are never shown with a value, should Cloudflare send one, nor is it remembered", async () => {
    const { run, sandbox } = setup({}, undefined, { cache: { maxAge: 60_000 } });
    Object.assign(tokenOf(sandbox, "log-shipper"), { value: "secret-of-the-token" });
    const { data, errors } = await run(
      within("apiTokens { nodes { name policies { access } } } type: __typename"),
      {},
      { authorization: "Bearer sandbox-admin", "cache-control": "max-age=60" },
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain("secret-of-the-token");
    const type = await run<{ __type: { fields: { name: string }[] } }, object>(
      '{ __type(name: "ApiToken") { fields { name } } }',
    );
    expect(type.data?.__type.fields.map(({ name }) => name)).not.toContain("value");
  });
});

describe("the API tokens that a question concerns", () => {
  test.for([
    [purge, shop, { "old-importer": "CONDITIONAL", "purge-all-but-checkout": "ALLOWED", "purge-on-deploy": "ALLOWED" }],
    [
      purge,
      '{ zoneName: "checkout.acme.example" }',
      { "old-importer": "CONDITIONAL", "purge-all-but-checkout": "DENIED" },
    ],
    [purge, '{ zoneName: "www.acme.example" }', { "old-importer": "CONDITIONAL", "purge-all-but-checkout": "ALLOWED" }],
    ['{ name: "Domain DNS" }', shop, { "old-importer": "CONDITIONAL", "terraform-dns": "ALLOWED" }],
    // The same name on another type of resource: nobody says whether it is the same.
    ['{ name: "DNS" }', "{ account: true }", { "old-importer": "UNKNOWN", "terraform-dns": "UNKNOWN" }],
    ['{ label: "account_logs_read" }', "{ account: true }", { "log-shipper": "ALLOWED" }],
    ['{ label: "waf_admin" }', "{ account: true }", {}],
  ] as const)("%s on %s: %o", async ([permission, on, expected], { run }) => {
    const { data, errors } = await run<Granted, object>(whoCan(permission, on));
    expect(errors).toBeUndefined();
    expect(verdicts(data)).toEqual(expected);
    expect(unreadTokens(data)).toEqual([]);
    expect(data?.account.whoCan.assumptions).toContainEqual({ kind: "TOKEN_PERMISSIONS_BY_NAME" });
  });

  test("are not read where they are not selected, and told to be unread", async ({ run }) => {
    const { data, calls } = await run<Granted, object>(whoCan(purge, shop, ""));
    expect(calls).not.toContain(list);
    expect(unreadTokens(data)).toMatchObject([{ what: null, reason: expect.stringContaining("select `apiTokens`") }]);
    expect(data?.account.whoCan.assumptions).not.toContainEqual({ kind: "TOKEN_PERMISSIONS_BY_NAME" });
    const skipped = await run<Granted, object>(whoCan(purge, shop, `... @skip(if: true) { ${granted} }`));
    expect(skipped.calls).not.toContain(list);
  });

  test("that cannot be read are null and unread; the members are there", async ({ run, sandbox }) => {
    sandbox.stub(list, () => errorResponse(new ApiError(403, 9109, "Unauthorized to access requested resource")));
    const { data, errors } = await run<Granted, object>(whoCan(purge, shop));
    expect(errors).toBeUndefined();
    expect(data?.account.whoCan.apiTokens).toBeNull();
    expect(data?.account.whoCan.totalCount).toBe(14);
    expect(unreadTokens(data)).toMatchObject([{ what: null, reason: expect.stringContaining("403") }]);
  });

  test.for(["none", "one creator", "nobody is named"])(
    "may be those of the credential alone: %s",
    async (which, { run, sandbox }) => {
      const tokens = tokensOf(sandbox);
      if (which === "none") tokens.clear();
      for (const token of tokens.values()) {
        if (which === "one creator") token.creator_email_at_creation = "Mara.Lindqvist@acme.example";
        else delete token.creator_email_at_creation;
      }
      const { data } = await run<Granted, object>(whoCan(purge, shop));
      expect(unreadTokens(data)).toMatchObject([
        { reason: expect.stringContaining("only the tokens that this credential has made") },
      ]);
      expect(data?.account.whoCan.complete).toBe(false);
    },
  );

  test("one that is not valid yet is conditional, an expired one is none, a new word or odd policies are unknown", async ({
    run,
    sandbox,
  }) => {
    tokenOf(sandbox, "purge-on-deploy").not_before = "2999-01-01T00:00:00Z";
    tokenOf(sandbox, "old-importer").expires_on = "2024-01-01T00:00:00Z";
    tokenOf(sandbox, "purge-all-but-checkout").status = "frozen" as never;
    tokenOf(sandbox, "log-shipper").policies = "odd" as never;
    const { data, errors } = await run<Granted, object>(whoCan(purge, shop));
    expect(errors).toBeUndefined();
    expect(verdicts(data)).toEqual({
      "log-shipper": "UNKNOWN",
      "purge-all-but-checkout": "UNKNOWN",
      "purge-on-deploy": "CONDITIONAL",
    });
  });

  test("a record that cannot be read is unread under its ID", async ({ run, sandbox }) => {
    const { id } = tokenOf(sandbox, "purge-on-deploy");
    tokensOf(sandbox).set(id, { ...tokenOf(sandbox, "purge-on-deploy"), name: 7 } as never);
    const { data } = await run<Granted, object>(whoCan(purge, shop));
    expect(unreadTokens(data)).toMatchObject([{ what: id }]);
    expect(verdicts(data)).not.toHaveProperty("purge-on-deploy");
  });
});
