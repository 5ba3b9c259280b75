import fc from "fast-check";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { account, expect, setup, test } from "../gateway.ts";
import { runs } from "../property.ts";
import { naiveTokenVerdict, naiveVerdict } from "./naive.ts";
import { groupOf, idOf, play, type World, worlds, zone as zoneKey } from "./worlds.ts";

const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const everybody = [0, 1, 2, 3, 4];
const grants = `grants { access coverage implied permissionGroup { cloudflareId } role { name } resourceGroup { id }
  sources { __typename ... on GroupMembership { userGroup { name } } ... on LegacyRole { role { name } } } }`;
const asked = "$permission: PermissionInput!, $on: ResourceInput!";

/** Everybody, one by one and as a list. */
const whole = `query (${asked}, ${everybody.map((n) => `$m${n}: ID!`).join()}) { account(id: "${account}") {
  ${everybody.map((n) => `a${n}: access(memberId: $m${n}, permission: $permission, on: $on) { verdict ${grants} }`).join("\n")}
  whoCan(permission: $permission, on: $on, first: 1000) { totalCount apiTokens { verdict apiToken { cloudflareId } } edges { cursor verdict node { cloudflareId email } ${grants} } }
} }`;
/** One member, who alone is looked up in the groups. */
const alone = `query (${asked}, $m: ID!) { account(id: "${account}") {
  access(memberId: $m, permission: $permission, on: $on) { verdict ${grants} nearMisses { missing } complete unread { kind what } } } }`;
/** The list in pages from either end. */
const pages = `query (${asked}, $size: Int, ${everybody.map((n) => `$c${n}: String`).join()}) { account(id: "${account}") {
  ${everybody
    .map(
      (n) => `
  p${n}: whoCan(permission: $permission, on: $on, first: $size, after: $c${n}) { ...page }
  b${n}: whoCan(permission: $permission, on: $on, last: $size, before: $c${n}) { ...page }`,
    )
    .join("\n")}
} } fragment page on GranteeConnection { edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;

interface Answer {
  verdict: string;
  grants: unknown[];
}
interface Edge extends Answer {
  cursor: string;
  node: { cloudflareId: string; email: string };
}
interface Listed {
  totalCount: number;
  edges: Edge[];
  apiTokens: { verdict: string; apiToken: { cloudflareId: string } }[];
}
interface Page {
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

function variablesOf({ asked: { label, key }, members }: World) {
  const zone = key.includes(".zone.") && !key.endsWith("*") ? key.slice(key.lastIndexOf(".") + 1) : undefined;
  const inZone = key === zoneKey(1) ? { zoneName: "zone1.example" } : { zoneId: zone };
  const on = key.endsWith(`account.${account}`) ? { account: true } : zone ? inZone : { key };
  const ids = everybody.map((n) => [`m${n}`, members[n]?.id ?? idOf("m", 99)]);
  return { permission: { id: groupOf(label).id }, on, ...Object.fromEntries(ids) };
}

test("who can is what each of them can, as somebody else works it out, in pages as in one", {
  timeout: 300_000,
}, async () => {
  const { run, sandbox } = setup({}, undefined, { maxObjects: false });
  const state = sandbox.state.accounts.get(account);
  if (!state) throw new Error("no account");
  const failing = new Set<string>();
  for (const route of [membersRoute, `${membersRoute}/{member_id}`]) {
    sandbox.stub(route, ({ params }) =>
      failing.has(params.user_group_id ?? "")
        ? errorResponse(new ApiError(400, 400, "Policy validation failed"))
        : undefined,
    );
  }
  const seen: Record<string, number> = {};
  const data = async <T>(query: string, variables: object): Promise<T> => {
    const { data, errors } = await run<{ account: T }, object>(query, variables);
    // A word of tomorrow fails its own field.
    for (const { path } of errors ?? []) expect(path?.at(-1)).toBe("access");
    return data?.account as T;
  };
  await fc.assert(
    fc.asyncProperty(worlds, fc.integer({ min: 1, max: 3 }), async (world, size) => {
      play(world, state);
      failing.clear();
      for (const group of world.groups) if (group.failing) failing.add(group.id);
      const variables = variablesOf(world);
      const { whoCan, ...one } = await data<Record<string, Answer> & { whoCan: Listed }>(whole, variables);
      const listed = new Map(whoCan.edges.map((edge) => [edge.node.cloudflareId, edge]));
      for (const [n, { id }] of world.members.entries()) {
        const expected = naiveVerdict(world, world.asked, id);
        const { verdict, grants } = one[`a${n}`] as Answer;
        expect(verdict).toBe(expected);
        seen[verdict] = (seen[verdict] ?? 0) + 1;
        expect(listed.get(id)?.verdict ?? "NOT_GRANTED").toBe(expected);
        if (verdict !== "NOT_GRANTED") expect(listed.get(id)?.grants).toEqual(grants);
      }
      const ofTokens = new Map(whoCan.apiTokens.map(({ apiToken, verdict }) => [apiToken.cloudflareId, verdict]));
      for (const token of world.tokens) {
        const expected = naiveTokenVerdict(world, world.asked, token);
        expect(ofTokens.get(token.id) ?? "NOT_GRANTED", JSON.stringify(token)).toBe(expected);
        seen[`${expected} token`] = (seen[`${expected} token`] ?? 0) + 1;
      }
      expect(listed.size).toBe(whoCan.totalCount);
      const emails = whoCan.edges.map(({ node }) => node.email);
      expect(emails).toEqual(emails.toSorted());

      const { access } = await data<{ access: Answer & { complete: boolean; unread: object[] } }>(alone, {
        ...variables,
        m: variables.m0,
      });
      expect(access).toMatchObject(one.a0 as Answer);
      expect(access.complete).toBe(access.unread.length === 0);

      const cursors = whoCan.edges.map(({ cursor }) => cursor);
      const at = Object.fromEntries(everybody.map((n) => [`c${n}`, cursors[n * size - 1] ?? null]));
      const cut = await data<Record<string, Page>>(pages, { ...variables, ...at, size });
      for (const n of everybody) {
        const from = at[`c${n}`] === null ? 0 : n * size;
        const { edges, pageInfo } = cut[`p${n}`] as Page;
        const expected = cursors.slice(from, from + size);
        expect(edges.map(({ cursor }) => cursor)).toEqual(expected);
        expect(pageInfo).toEqual({
          hasNextPage: from + size < cursors.length,
          hasPreviousPage: from > 0,
          startCursor: expected[0] ?? null,
          endCursor: expected.at(-1) ?? null,
        });
        const to = at[`c${n}`] === null ? cursors.length : n * size - 1;
        expect((cut[`b${n}`] as Page).edges.map(({ cursor }) => cursor)).toEqual(
          cursors.slice(Math.max(0, to - size), to),
        );
      }
    }),
    { ...runs(2000), verbose: 0 as const },
  );
  for (const verdict of ["ALLOWED", "DENIED", "NOT_GRANTED", "CONDITIONAL", "UNKNOWN"]) {
    expect(seen[verdict], verdict).toBeGreaterThan(50);
    expect(seen[`${verdict} token`], `${verdict} token`).toBeGreaterThan(20);
  }
});
