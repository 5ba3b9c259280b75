import fc from "fast-check";
import { describe } from "vitest";
import { type Quirk, quirks } from "../../src/sandbox/quirks.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { account, test as base, expect, type Run, setup } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { expectations } from "./quirks.ts";

/** What the full graph leaves out: every resource alone, dates, filters, pages from the end. */
const wide = `query ($account: String!) {
  accounts { totalCount nodes { name type createdAt } }
  account(id: $account) {
    name type createdAt settings { abuseContactEmail enforceTwoFactor } managedBy { parentOrgName }
    groups: userGroups(last: 3) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { name createdAt updatedAt } }
    found: userGroups(search: "support", first: 1) { totalCount pageInfo { hasNextPage } nodes { name } }
    named: userGroups(name: "Support Tier") { nodes { name } }
    none: userGroups(name: "nobody") { nodes { name } }
    members(first: 50) {
      totalCount pageInfo { hasNextPage }
      nodes {
        email status user { cloudflareId email firstName lastName } roles { name grants { area read write } }
        policies { access permissionGroups { name label } resourceGroups { name } }
      }
    }
    permissionGroups(first: 100) { totalCount nodes { name label scopes description meta { key value } } }
    resourceGroups { totalCount nodes { name meta { key value } scopes { key objects { key } } } }
    nothing: resourceGroups(name: "nobody") { nodes { name } }
    ssoConnectors { nodes { emailDomain enabled createdAt updatedAt verification { status } } }
  }
}`;

/** The full graph, the same in small pages, and what it leaves out; and all that crossed the wire. */
async function ask(options: SandboxOptions, prepare?: (sandbox: Sandbox) => void) {
  const wire: string[] = [];
  const { run, sandbox } = setup(options, (sandbox) => async (request) => {
    const response = await sandbox.handle(request);
    wire.push(`${request.route} ${response.status} ${response.headers["retry-after"]} ${response.text}`);
    // Who is told what remains never meets the limit.
    const { ratelimit: _, "ratelimit-policy": __, ...headers } = response.headers;
    return { ...response, headers };
  });
  prepare?.(sandbox);
  const full = await run(FullGraphDocument, { account });
  const paged = await run(FullGraphDocument, { account, groups: 5, members: 3 });
  return { full, paged, wide: await run<unknown, object>(wide, { account }), wire };
}

const pathsOf = ({ errors }: Run<unknown>) =>
  errors?.map(({ path, extensions }) => `${path?.join(".")} ${extensions?.code}`) ?? [];

const revise = (data: unknown, change?: (key: string, value: unknown) => unknown) =>
  JSON.parse(JSON.stringify(data), change) as unknown;

/** The data with null wherever an error is. */
function nullAt(data: unknown, { errors }: Run<unknown>): unknown {
  const copy = revise(data) as Record<string | number, never>;
  for (const { path = [] } of errors ?? []) {
    let holder = copy;
    for (const key of path.slice(0, -1)) holder = holder[key] as never;
    Object.assign(holder, { [path.at(-1) as string]: null });
  }
  return copy;
}

/** A group whose policy names a resource group that is gone: Cloudflare refuses to list its members. */
function breakPolicy(sandbox: Sandbox): void {
  const groups = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])];
  const policies = groups.find(({ name }) => name === "Security")?.policies ?? [];
  const [policy] = policies;
  const [gone] = policy?.resource_groups ?? [];
  if (policy && gone) policies.push({ ...policy, resource_groups: [{ ...gone, id: "f".repeat(32) }] });
}

// The full graph takes 19 calls. A window of 400 seconds tells its own Retry-After from the five minutes of none.
const quota = { requests: 18, seconds: 200 };

/** What is answered when nothing is odd: read once, changed never. */
const test = base
  .extend("plain", { scope: "file" }, () => ask({}))
  .extend("broken", { scope: "file" }, () => ask({}, breakPolicy))
  .extend("tight", { scope: "file" }, () => ask({ quota }));

describe("an quirk of answers", () => {
  const cases = Object.entries(expectations).map(([name, expected]) => ({ ...expected, name: name as Quirk }));

  test.for(cases)("$name $says", async (expected, { plain }) => {
    const odd = await ask({ quirks: [expected.name] });
    if (!expected.writes) expect(odd.wire).not.toEqual(plain.wire);
    for (const operation of ["full", "paged", "wide"] as const) {
      expect(plain[operation].errors, operation).toBeUndefined();
      const usual = revise(nullAt(revise(plain[operation].data, expected.instead), odd[operation]), expected.aside);
      expect(revise(odd[operation].data, expected.aside), operation).toEqual(usual);
      for (const path of pathsOf(odd[operation])) expect(path).toMatch(/ UPSTREAM_INVALID$/);
    }
    const invalid = (expected.invalid ?? []).map((path) => `${path} UPSTREAM_INVALID`);
    expect(pathsOf(odd.full).toSorted()).toEqual(invalid.toSorted());
    expect(odd.full.calls.length - plain.full.calls.length).toBe(expected.calls ?? 0);
  });

  const harmless = cases.flatMap(({ name, instead, aside, invalid, writes }) =>
    instead || aside || invalid || writes ? [] : [name],
  );

  test("any of the harmless ones together, in any order, change no answer", async ({ plain }) => {
    expect(harmless.length).toBeGreaterThan(15);
    const { data } = plain.full;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(harmless), async (names) => {
        const { run } = setup({ quirks: names });
        expect(await run(FullGraphDocument, { account })).toMatchObject({ data, errors: undefined });
      }),
      { numRuns: 50, seed: 1, verbose: 1 },
    );
  });

  test("has a test here, whichever it is", () => {
    const tested = Object.keys({ ...expectations, ...refused, ...limited });
    expect(tested.toSorted()).toEqual(Object.keys(quirks).toSorted());
  });
});

const said = {
  code: 400,
  message: expect.stringContaining("Policy validation failed"),
  pointer: null,
  documentationUrl: null,
};
const chained = { code: 11000, message: "the reason behind the reason", pointer: null, documentationUrl: null };
const linked = { documentationUrl: "https://developers.cloudflare.com/fundamentals/", pointer: "/policies/0" };

/** What is shown of each refusal. */
const refused: Partial<Record<Quirk, object>> = {
  memberFailuresWithArray: { status: 400, errors: [said] },
  codeMissing: { status: 400, errors: [{ ...said, code: null }] },
  errorChain: { status: 400, errors: [said, chained] },
  errorDetails: { status: 400, errors: [{ ...said, ...linked }] },
  typeNull: { status: 400, errors: [said] },
  plainText: { status: 400, errors: [] },
  nullBody: { status: 400, errors: [] },
  downInHtml: { status: 522, errors: [] },
};

/** Without an envelope it may be anybody's refusal. */
const anybodys = new Set(["plainText", "nullBody"]);

describe("an quirk of refusals fails one field as UPSTREAM_ERROR, or UPSTREAM_INVALID without an envelope, with what can be read of it", () => {
  test.for(Object.entries(refused))("%s", async ([name, cloudflare], { broken: plain }) => {
    const odd = await ask({ quirks: [name as Quirk] }, breakPolicy);
    expect(odd.wire).not.toEqual(plain.wire);
    expect(odd.full.data).toEqual(plain.full.data);
    const code = anybodys.has(name) ? "UPSTREAM_INVALID" : "UPSTREAM_ERROR";
    expect(pathsOf(odd.full)).toEqual([`account.userGroups.nodes.10.members ${code}`]);
    expect(odd.full.errors?.[0]?.extensions?.cloudflare).toMatchObject(cloudflare);
    for (const operation of ["paged", "wide"] as const) {
      expect(odd[operation]).toMatchObject({ errors: undefined, data: plain[operation].data });
    }
  });
});

/** What is shown of each refusal for the limit's sake. */
const limited: Partial<Record<Quirk, object>> = {
  codeIsStatus: { status: 429, errors: [{ code: 429 }] },
  limitUnder200: { status: 200, errors: [{ code: 971 }] },
  limitEmpty: { status: 429, errors: [] },
  limitNull: { status: 429, errors: [] },
  limitWithoutRetryAfter: { status: 429, errors: [{ code: 971 }] },
  limit10429: { status: 200, errors: [{ code: 10429 }] },
  limitOlderText: { status: 429, errors: [{ code: 971, message: expect.stringMatching(/^More than 1200/) }] },
};

describe("an quirk of the limit fails one field as RATE_LIMITED, with the time to come back", () => {
  test.for(Object.entries(limited))("%s", async ([name, cloudflare], { tight: plain }) => {
    const odd = await ask({ quota, quirks: [name as Quirk] });
    expect(odd.wire).not.toEqual(plain.wire);
    expect(odd.full.data).toEqual(plain.full.data);
    expect(pathsOf(odd.full)).toEqual(pathsOf(plain.full));
    expect(odd.full.errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", cloudflare } }]);
    const wait = Date.parse(String(odd.full.errors?.[0]?.extensions?.resetAt)) - Date.now();
    expect(Math.round(wait / 100_000)).toBe(name === "limitWithoutRetryAfter" ? 3 : 2);
  });
});
