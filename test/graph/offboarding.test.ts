import { describe } from "vitest";
import { idOf } from "../../src/sandbox/id-generator.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { account, expect, type Setup, setup, setupOverHttp, tally, test } from "../gateway.ts";

const person = (name: string) => idOf("member", account, `${name}@acme.example`);

const everything = `userGroups { name } policies { cloudflareId } roles { name }
  rights { lastHolder grant { permissionGroup { name } role { name } sources { __typename } } otherHolders { email } possibleHolders { email } }
  remainingSuperAdministrators { email } apiTokens { name lastUsedAt } ssoConnectors { emailDomain }
  limitations { kind sentence documentationUrl } complete unread { kind what reason } readAt`;

interface Right {
  lastHolder: boolean | null;
  grant: { permissionGroup: { name: string } | null; role: { name: string } | null; sources: { __typename: string }[] };
  otherHolders: { email: string }[] | null;
  possibleHolders: { email: string }[] | null;
}
interface Preview {
  userGroups: { name: string }[] | null;
  policies: object[] | null;
  roles: { name: string }[];
  rights: Right[] | null;
  remainingSuperAdministrators: { email: string }[] | null;
  apiTokens: { name: string; lastUsedAt: string | null }[] | null;
  ssoConnectors: { emailDomain: string }[] | null;
  limitations: { kind: string }[];
  complete: boolean;
  unread: { kind: string; what: string | null; reason: string }[];
}

async function preview(run: Setup["run"], name: string, fields = everything) {
  const query = `{ account(id: "${account}") { member(id: "${person(name)}") { offboarding { ${fields} } } } }`;
  const answer = await run<{ account: { member: { offboarding: Preview | null } } }, object>(query);
  return { ...answer, offboarding: answer.data?.account.member.offboarding as Preview };
}

const acmeOf = (sandbox: Sandbox) =>
  sandbox.state.accounts.get(account) as NonNullable<ReturnType<Sandbox["state"]["accounts"]["get"]>>;
const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

describe("Member.offboarding", () => {
  test("what goes and what stays, over HTTP, for what it says it costs", async () => {
    await using fixture = await setupOverHttp({}, {}, { explain: true });
    const { offboarding, errors, calls, upstream } = await preview(fixture.run, "mara.lindqvist");
    expect(errors).toBeUndefined();
    expect(tally(calls)).toEqual({
      "GET /accounts/{account_id}/iam/user_groups": 1,
      [membersRoute]: acmeOf(fixture.sandbox).userGroups.size,
      "GET /accounts/{account_id}/members": 2,
      "GET /accounts/{account_id}/members/{member_id}": 1,
      "GET /accounts/{account_id}/sso_connectors": 1,
      "GET /accounts/{account_id}/tokens": 1,
    });
    expect(upstream?.planned).toEqual({ min: 1, max: null });
    expect(offboarding.userGroups?.map(({ name }) => name)).toEqual(["Marketing", "Platform Engineering"]);
    expect(offboarding.policies).toHaveLength(1);
    expect(offboarding.roles).toEqual([{ name: "Super Administrator - All Privileges" }]);
    expect(offboarding.remainingSuperAdministrators).toEqual([]);
    expect(offboarding.apiTokens).toEqual([{ name: "terraform-dns", lastUsedAt: "2026-11-20T06:02:11.000Z" }]);
    expect(offboarding.ssoConnectors).toEqual([{ emailDomain: "acme.example" }]);
    expect(offboarding.limitations.map(({ kind }) => kind)).toEqual([
      "ORGANIZATION_MEMBERSHIP",
      "USER_TOKENS",
      "DIRECTORY",
    ]);
    const [first, ...more] = offboarding.rights ?? [];
    expect(first).toMatchObject({
      lastHolder: true,
      grant: { role: { name: "Super Administrator - All Privileges" } },
      otherHolders: [],
      possibleHolders: [],
    });
    expect(more.map(({ lastHolder }) => lastHolder)).not.toContain(true);
    const reader = more.find(({ grant }) => grant.permissionGroup?.name === "Administrator Read Only");
    expect(reader?.otherHolders).toContainEqual({ email: "tomas.herrera@acme.example" });
    expect(reader?.possibleHolders).toContainEqual({ email: "owen.gallagher@acme.example" });
    // Two tokens do not tell who made them.
    expect(offboarding.unread.map(({ kind, what }) => [kind, what])).toEqual([
      ["API_TOKENS", "purge-all-but-checkout"],
      ["API_TOKENS", "old-importer"],
    ]);
    expect(offboarding.complete).toBe(false);
  });

  test("nothing is written, and what is not selected is not read and said to be unread", async ({ run }) => {
    const { offboarding, calls } = await preview(run, "tomas.herrera", "complete unread { kind what reason }");
    expect(calls.every((route) => route.startsWith("GET "))).toBe(true);
    expect(calls.filter((route) => /tokens|sso/.test(route))).toEqual([]);
    expect(offboarding.unread).toEqual([
      { kind: "API_TOKENS", what: null, reason: "They were not read: select `apiTokens`." },
      { kind: "SSO_CONNECTORS", what: null, reason: "They were not read: select `ssoConnectors`." },
    ]);
  });

  test("another Super Administrator remains, and one who was invited does not count", async ({ run, sandbox }) => {
    const { members } = acmeOf(sandbox);
    const [mara, tomas, aiko] = ["mara.lindqvist", "tomas.herrera", "aiko.tanaka"].map((name) =>
      members.get(person(name)),
    );
    if (!mara || !tomas || !aiko) throw new Error("nobody");
    tomas.roles = structuredClone(mara.roles);
    aiko.roles = structuredClone(mara.roles);
    aiko.status = "pending";
    const { offboarding } = await preview(run, "mara.lindqvist");
    expect(offboarding.remainingSuperAdministrators).toEqual([{ email: "tomas.herrera@acme.example" }]);
    const right = offboarding.rights?.find(({ grant }) => grant.role?.name === "Super Administrator - All Privileges");
    expect(right).toMatchObject({
      lastHolder: false,
      otherHolders: [{ email: "tomas.herrera@acme.example" }],
      possibleHolders: [{ email: "aiko.tanaka@acme.example" }],
    });
  });

  test("a right on several zones is another's only if they have it on all of them", async ({ run, sandbox }) => {
    const { members, zones } = acmeOf(sandbox);
    const [leaving, other] = ["kenji.mori", "anna.novak"].map((name) => members.get(person(name)));
    const [one, two] = [...zones.keys()];
    const [template] = acmeOf(sandbox).userGroups.values();
    const [policy] = template?.policies ?? [];
    if (!leaving || !other || !policy) throw new Error("nobody");
    const bots = [...acmeOf(sandbox).permissionGroups.values()].find(({ meta }) => meta.label === "bot_management");
    const on = (...ids: (string | undefined)[]) => ({
      ...structuredClone(policy),
      id: idOf("policy", ids.join()),
      access: "allow" as const,
      permission_groups: [structuredClone(bots)] as never,
      resource_groups: [
        {
          id: idOf("place", ids.join()),
          scope: {
            key: `com.cloudflare.api.account.${account}`,
            objects: ids.map((id) => ({ key: `com.cloudflare.api.account.zone.${id}` })),
          },
        },
      ] as never,
    });
    leaving.policies.push(on(one, two));
    other.policies.push(on(one));
    const rightOf = async () => {
      const { offboarding } = await preview(run, "kenji.mori");
      return offboarding.rights?.find(
        ({ grant: { permissionGroup, sources } }) =>
          permissionGroup?.name === bots?.name && sources.some(({ __typename }) => __typename === "DirectPolicy"),
      );
    };
    const before = await rightOf();
    expect(before?.otherHolders).not.toContainEqual({ email: "anna.novak@acme.example" });
    other.policies.push(on(two));
    expect((await rightOf())?.otherHolders).toContainEqual({ email: "anna.novak@acme.example" });
  });

  test.for<[route: string, kind: string, nulls: (keyof Preview)[]]>([
    ["GET /accounts/{account_id}/members", "MEMBER", ["rights", "remainingSuperAdministrators"]],
    ["GET /accounts/{account_id}/iam/user_groups", "USER_GROUPS", ["userGroups"]],
    ["GET /accounts/{account_id}/tokens", "API_TOKENS", ["apiTokens"]],
    ["GET /accounts/{account_id}/sso_connectors", "SSO_CONNECTORS", ["ssoConnectors"]],
  ])("%s fails: its part is null and named, and all others stand", async ([route, kind, nulls]) => {
    const { run, sandbox } = setup();
    sandbox.injectFault(route, { kind: "error", status: 502, body: "html" });
    const { offboarding, errors } = await preview(run, "mara.lindqvist");
    expect(errors).toBeUndefined();
    const parts = [
      "userGroups",
      "policies",
      "rights",
      "remainingSuperAdministrators",
      "apiTokens",
      "ssoConnectors",
    ] as const;
    expect(parts.filter((part) => offboarding[part] === null)).toEqual(nulls);
    expect(offboarding.unread).toContainEqual({ kind, what: null, reason: expect.stringContaining("502") });
    expect(offboarding.complete).toBe(false);
  });

  test("where the members of a group cannot be read, nobody is the last holder of what it may give", async ({
    run,
    sandbox,
  }) => {
    sandbox.injectFault(membersRoute, { kind: "error", status: 502, body: "html" }, 1);
    const { offboarding } = await preview(run, "mara.lindqvist");
    expect(offboarding.rights?.map(({ lastHolder }) => lastHolder)).not.toContain(true);
    expect(offboarding.unread.map(({ kind }) => kind)).toContain("USER_GROUP_MEMBERS");
  });

  test("a member who is not there is null, and costs what a look-up does", async ({ run }) => {
    const { data, calls } = await run<{ account: { member: null } }, object>(
      `{ account(id: "${account}") { member(id: "${"0".repeat(32)}") { offboarding { complete } } } }`,
    );
    expect([data?.account.member, calls]).toEqual([null, ["GET /accounts/{account_id}/members/{member_id}"]]);
  });
});

describe("SsoConnector.enforcementPreview", () => {
  const query = `{ account(id: "${account}") { ssoConnectors { nodes { emailDomain enforcementPreview {
    forced { email } outside { email } complete unread { kind what reason } } } } } }`;
  interface Connector {
    emailDomain: string;
    enforcementPreview: {
      forced: { email: string }[];
      outside: { email: string }[];
      complete: boolean;
      unread: object[];
    } | null;
  }
  const connectors = async (run: Setup["run"]) => {
    const { data, ...rest } = await run<{ account: { ssoConnectors: { nodes: Connector[] } } }, object>(query);
    const nodes = data?.account.ssoConnectors.nodes ?? [];
    return {
      ...rest,
      of: (domain: string) => nodes.find(({ emailDomain }) => emailDomain === domain)?.enforcementPreview,
    };
  };

  test("members by their domain, in any case; a subdomain is another one", async ({ run, sandbox }) => {
    const { members } = acmeOf(sandbox);
    const [mara, tomas] = ["mara.lindqvist", "tomas.herrera"].map((name) => members.get(person(name)));
    if (!mara || !tomas) throw new Error("nobody");
    mara.email = mara.user.email = "Mara@ACME-Labs.example";
    tomas.email = tomas.user.email = "tomas@eu.acme-labs.example";
    const { of, calls } = await connectors(run);
    expect(tally(calls)).toEqual({
      "GET /accounts/{account_id}/sso_connectors": 1,
      "GET /accounts/{account_id}/members": 2,
    });
    expect(of("acme-labs.example")?.forced).toEqual([{ email: "Mara@ACME-Labs.example" }]);
    expect(of("acme-labs.example")?.outside).toHaveLength(members.size - 1);
    expect(of("acme.example")?.forced).toHaveLength(members.size - 2);
    expect(of("acme.example")?.outside).toContainEqual({ email: "tomas@eu.acme-labs.example" });
    expect(of("acme.example")?.complete).toBe(true);
  });

  test("somebody without an address is in neither list, and named", async ({ run, sandbox }) => {
    const mara = acmeOf(sandbox).members.get(person("mara.lindqvist"));
    Object.assign(mara ?? {}, { email: null, user: null });
    const { of } = await connectors(run);
    expect(of("acme.example")).toMatchObject({
      complete: false,
      unread: [{ kind: "MEMBER", what: person("mara.lindqvist") }],
    });
  });

  test("where members cannot be read it fails, and is no empty list", async ({ run, sandbox }) => {
    sandbox.injectFault("GET /accounts/{account_id}/members", { kind: "error", status: 502, body: "html" });
    const { of, errors } = await connectors(run);
    expect(of("acme.example")).toBeNull();
    expect(errors?.[0]?.extensions?.code).toBe("UPSTREAM_ERROR");
  });
});
